"""Promising pairs in portions that say nothing about each other: what is known of their records is in memory a portion at a time.

Invariant: what is found out about a portion does not depend on any other. Its records share no group, and no DOI or page by which
`shared_places` would look at them together, with those of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from typing import TypeVar

from prisma_tool.dedupe.joined.joined_groups import JoinedGroups

Key = TypeVar("Key", str, int)
Link = tuple[Key, Key]

PAIRS = 10_000
"""About so many pairs are looked at together; more where they hang together."""


def independent_portions(pairs: Iterable[Link[Key]], ties: Iterable[Link[Key]]) -> Iterator[list[Link[Key]]]:
    """The pairs in portions of at least `PAIRS`, but for the last, none of which hangs together with another.

    Args:
        pairs: what is to be compared, each pair once.
        ties: what must be looked at together beside; records that are in no pair may take part.
    """
    wanted = list(pairs)
    groups = JoinedGroups(chain(wanted, ties))

    def name(pair: Link[Key]) -> Key:
        return groups.name(pair[0])

    portion: list[Link[Key]] = []
    for _, together in groupby(sorted(wanted, key=name), key=name):
        portion += together
        if len(portion) >= PAIRS:
            yield portion
            portion = []
    if portion:
        yield portion
