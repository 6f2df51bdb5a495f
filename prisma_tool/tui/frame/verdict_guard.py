"""Whether a key that decides was meant for the record that is on the screen. Pure: every time is given.

Invariant: a key counts only where its record had been painted when the key arrived and, for a verdict, had stood for a moment; of a key
that is held down, none of the repeats that follow closely counts.
"""

from __future__ import annotations

from collections.abc import Hashable
from math import inf

NOT_PAINTED = "too fast: the record was not shown yet; press again"
TOO_FAST = "too fast: the record had just appeared; press again"
HELD = "too fast: the key seems to be held down; press again"


class VerdictGuard:
    """Follows what is painted. `pause` is for how long a record must stand, in seconds; 0 asks only that it was painted.

    Half of the pause must lie between two presses of one key: terminals do not tell repeats from presses.
    """

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self.is_painted = False
        """Whether what was asked for last is on the screen."""
        self._item: Hashable = None
        self._since = inf
        self._pressed: dict[str, float] = {}

    def coming(self) -> None:
        """Something is about to be painted."""
        self.is_painted = False

    def painted(self, item: Hashable, at: float) -> None:
        """This was painted; what was on the screen already has stood since then."""
        if item != self._item or self._since == inf:
            self._item, self._since = item, at
        self.is_painted = True

    def appeared(self, at: float) -> None:
        """What is on the screen could not be seen until now: the reviewer was at another place."""
        self._since = at

    def unseen(self, at: float) -> str:
        """Why a key that arrived at this time was not meant for what is on the screen; empty where it was."""
        return "" if self.is_painted and at >= self._since else NOT_PAINTED

    def too_fast(self, key: str, at: float) -> str:
        """Why a verdict by this key does not count; empty where it does. Every press is remembered, so that no repeat outlasts it."""
        before, self._pressed[key] = self._pressed.get(key, -inf), at
        if at - before < self.pause / 2:
            return HELD
        return self.unseen(at) or (TOO_FAST if at - self._since < self.pause else "")
