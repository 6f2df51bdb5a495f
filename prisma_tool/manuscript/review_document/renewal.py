"""What becomes of each part of a manuscript that its authors have worked on. Pure.

Invariant: what a person wrote inside a part is overwritten only where that was asked for, and never where it holds what belongs to the
authors by its kind: comments, tracked changes, notes, references, parts of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol

from prisma_tool.manuscript.review_document.marks import Mark, mark_of
from prisma_tool.manuscript.review_document.parts import ManuscriptSettings
from prisma_tool.model.text import one_line


class PartState(StrEnum):
    """What a refresh did to a part."""

    RENEWED = "renewed"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class PartResult:
    """What a refresh did to one place of a part, and why."""

    name: str
    state: PartState
    why: str = ""

    @property
    def sentence(self) -> str:
        """As a line for the person who refreshed."""
        return f"{self.state}: {self.name}{f' ({self.why})' if self.why else ''}"

    def as_json(self) -> dict[str, Any]:
        """As `--json` has it."""
        return {**asdict(self), "state": self.state.value}


class PlacedPart(Protocol):
    """A part as it stands in a file: its mark, its present text, and what forbids to replace it (empty: nothing)."""

    @property
    def name(self) -> str:
        """The part."""

    @property
    def mark(self) -> Mark:
        """What was kept when it was written."""

    @property
    def text(self) -> str:
        """What stands there now."""

    @property
    def obstacle(self) -> str:
        """Why it cannot be replaced, in words; empty where it can."""


def judged(placed: PlacedPart, new_text: str | None, settings: ManuscriptSettings, *, overwrite: bool) -> PartResult:
    """What is to be done with a part; `new_text` is what the review's data say now, None for a part that is not one of this program."""
    name = one_line(placed.name)
    if new_text is None:
        return PartResult(name, PartState.KEPT, "this version of prisma-tool writes no such part")
    now, new = mark_of(placed.text, settings), mark_of(new_text, settings)
    if placed.mark == new == now:
        return PartResult(name, PartState.UNCHANGED)
    if placed.obstacle:
        return PartResult(name, PartState.KEPT, placed.obstacle)
    edited = now.text not in (placed.mark.text, new.text)
    if edited and not overwrite:
        also = "" if new.text == placed.mark.text else ", and the review's data have changed"
        return PartResult(name, PartState.KEPT, f"edited by hand since it was written{also}; --overwrite replaces it")
    return PartResult(name, PartState.RENEWED, "what was edited by hand was overwritten" if edited else "")


def all_results(results: Sequence[PartResult], names: Iterable[str]) -> tuple[PartResult, ...]:
    """The results with what is missing, and with what stands in several places said as such."""
    times = Counter(result.name for result in results)
    return (*(_numbered(result, times) for result in results), *_missing(times, names))


def _numbered(result: PartResult, times: Mapping[str, int]) -> PartResult:
    if times[result.name] == 1:
        return result
    why = "; ".join(filter(None, (f"stands in {times[result.name]} places", result.why)))
    return PartResult(result.name, result.state, why)


def _missing(times: Mapping[str, int], names: Iterable[str]) -> Iterator[PartResult]:
    for name in names:
        if not times.get(name):
            yield PartResult(name, PartState.MISSING, "it is not in the document, and stays out")
