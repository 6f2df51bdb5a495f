"""Which keys hang together by pairs: a disjoint-set forest. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class JoinedGroups(Generic[Key]):
    """Keys in groups; a key that no pair names is a group by itself."""

    def __init__(self, pairs: Iterable[tuple[Key, Key]]) -> None:
        self._parents: dict[Key, Key] = {}
        for a, b in pairs:
            self._parents[self.name(a)] = self.name(b)

    def together(self, a: Key, b: Key) -> bool:
        """Whether pairs lead from one key to the other."""
        return self.name(a) == self.name(b)

    def name(self, key: Key) -> Key:
        """One key of the group of this one, the same for each key of the group."""
        parent = self._parents.get(key, key)
        while parent != key:
            self._parents[key] = grandparent = self._parents.get(parent, parent)
            key, parent = parent, grandparent
        return key
