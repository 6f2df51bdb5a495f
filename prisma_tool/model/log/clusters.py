"""Which records describe one report, from pairwise verdicts; and which of them stands for the cluster.

Invariant: no cluster holds a pair that was judged different, and the result does not depend on the order of the input.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from prisma_tool.model.log.events import ENGINE, Event
from prisma_tool.model.vocabulary import DuplicateVerdict


class Pair(Struct, frozen=True):
    """A standing verdict about two keys, `a < b`."""

    a: str
    b: str
    verdict: str
    by_person: bool
    order: tuple[int, str]
    """When it was given, see `Event.order`."""

    @classmethod
    def of(cls, event: Event) -> Pair:
        """The pair that a `duplicate` event speaks of."""
        return cls(event.subject, event.text("other"), event.text("verdict"), event.reviewer != ENGINE, event.order)


class ClusterMember(Struct, frozen=True):
    """What choosing a representative needs to know of a record; `source_order` is the order in which sources joined the review."""

    key: str
    left_column: bool
    completeness: int
    source_order: int


def clusters(keys: Iterable[str], pairs: Iterable[Pair]) -> list[tuple[str, ...]]:
    """Partition `keys`: each "same" joins, unless that would put a pair judged "different" together.

    A person's verdicts are honoured before the engine's, older before newer, so that a contradiction is settled the same way on
    every machine. Returns sorted tuples in the order of their first key.
    """
    held = set(keys)
    known = [pair for pair in pairs if pair.a in held and pair.b in held]
    apart = {frozenset((pair.a, pair.b)) for pair in known if pair.verdict == DuplicateVerdict.DIFFERENT}
    same = [pair for pair in known if pair.verdict == DuplicateVerdict.SAME]
    # Most records are joined with none, and need no group to be joined.
    groups = {key: {key} for pair in same for key in (pair.a, pair.b)}
    for pair in sorted(same, key=lambda pair: (not pair.by_person, pair.order, pair.a, pair.b)):
        _join(groups, pair, apart)
    alone = [(key,) for key in held if key not in groups]
    return sorted([*alone, *{tuple(sorted(group)) for group in groups.values()}])


def _join(groups: dict[str, set[str]], pair: Pair, apart: set[frozenset[str]]) -> None:
    left, right = groups[pair.a], groups[pair.b]
    if left is right or (apart and any(frozenset((a, b)) in apart for a in left for b in right)):
        return
    left |= right
    for key in right:
        groups[key] = left


def representative(members: Iterable[str], records: Mapping[str, ClusterMember]) -> str:
    """The member that stands for a cluster.

    Database or register before other methods (counting rule 7), then the most complete, then the source that joined first, then
    the smaller key.
    """

    def preference(key: str) -> tuple[bool, int, int, str]:
        record = records[key]
        return not record.left_column, -record.completeness, record.source_order, key

    first, *others = members
    return min(first, *others, key=preference) if others else first
