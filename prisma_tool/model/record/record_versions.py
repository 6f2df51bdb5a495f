"""Which contents of a record count as its versions, when several copies of a review have delivered it.

Pure. Invariant: the result depends on the set of contents alone, not on how often or in which order copies were united; it is what one
database would have kept, had all runs delivered to it in the order of their beginning.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from prisma_tool.model.record.changes import KINDS, changes
from prisma_tool.model.record.citation import Citation


@dataclass(frozen=True, slots=True)
class Delivered:
    """A content that a run delivered, and its labels: kinds of change, and words that make it a version by themselves."""

    run: str
    content: str
    citation: Citation
    labels: tuple[str, ...]

    @property
    def forced(self) -> tuple[str, ...]:
        """The words that make it a version although no change of a known kind does, such as "reparsed"."""
        return tuple(word for word in self.labels if word not in KINDS)


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of a record, first to current, each with its kinds of change, and the contents that changed nothing when they came."""

    visible: tuple[tuple[Delivered, tuple[str, ...]], ...]
    aside: tuple[Delivered, ...]

    def state_of(self, run: str) -> str:
        """What a run meant for the record: new, changed or seen (`RecordState`)."""
        if self.visible[0][0].run == run:
            return "new"
        brought = any(delivered.run == run and kinds and not delivered.forced for delivered, kinds in self.visible[1:])
        return "changed" if brought else "seen"


def versions(deliveries: Iterable[Delivered]) -> Versions:
    """The versions among these contents; ids of runs sort by the time of their beginning."""
    ordered = sorted(deliveries, key=lambda delivered: (delivered.run, bool(delivered.forced), delivered.content))
    visible: list[tuple[Delivered, tuple[str, ...]]] = [(ordered[0], ())]
    aside = []
    for delivered in ordered[1:]:
        current = visible[-1][0]
        kinds = (*delivered.forced, *changes(current.citation, delivered.citation))
        if kinds and delivered.content != current.content:
            visible.append((delivered, kinds))
        else:
            aside.append(delivered)
    return Versions(tuple(visible), tuple(aside))
