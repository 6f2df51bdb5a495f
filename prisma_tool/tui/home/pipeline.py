"""The phases of PRISMA as boxes in a row: what has come so far, a bar, what waits there, and on the lower edge what left. Pure.

Invariants: no number is cut, whatever the width; a bar is full only where all of a phase is done; a phase in which nothing is to be done has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from textual.content import Content

from prisma_tool.history.overview import Overview
from prisma_tool.tui.frame.place_table import PLACES
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.text_columns import fitted
from prisma_tool.tui.widgets.title_line import going_to

LEAST_WIDTH, _MOST_WIDTH = 76, 190
_GAPS = 4
_PLURAL = re.compile(r"^1 (report|record|duplicate|conflict|pair|search(?=es))(?:e?s)\b")
Detail = tuple[int, str, str, str]
"""How many, in long words, in short words, and the style."""
_WORK, _LEFT, _TROUBLE = "$text-accent", QUIET, "$text-warning"


@dataclass(frozen=True, slots=True)
class PhaseBox:
    """One phase: its key and name, how much of how much is done, what else is to be said, and how many reports left the review here."""

    key: str
    name: str
    short: str
    n: int
    of: int | None
    unit: str
    done: int
    details: tuple[Detail, ...]
    left: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come here yet."""
        return not (self.n or self.of)


def boxes_of(overview: Overview) -> tuple[PhaseBox, ...]:
    """The five phases from the sources to the studies."""
    titles = overview.unique - overview.removed
    screened = titles - overview.to_screen - overview.title_conflicts
    waiting = overview.sought - overview.assessed - overview.not_retrieved
    sources = (
        (len(overview.open_items.unfinished), "searches not complete", "incomplete", _TROUBLE),
        (len(overview.open_items.undelivered), "searches lack records", "lack records", _TROUBLE),
    )
    unique = (
        (overview.surplus, "duplicates joined", "joined", _LEFT),
        (overview.removed, "removed before screening", "removed", _LEFT),
        (overview.waiting_for_comparison, "records to compare", "new", _WORK),
        (overview.uncertain_pairs, "pairs to settle", "pairs", _WORK),
    )
    screening = (
        (overview.to_screen, "to screen", "to do", _WORK),
        (overview.title_conflicts, "in conflict", "conflicts", _TROUBLE),
    )
    texts = (
        (overview.seeking, "to retrieve", "to get", _WORK),
        (overview.to_assess, "to assess", "to assess", _WORK),
        (overview.conflicts - overview.title_conflicts, "in conflict", "conflicts", _TROUBLE),
        (overview.not_retrieved, "not retrieved", "not found", _LEFT),
        (overview.ongoing, "ongoing", "ongoing", _LEFT),
        (overview.awaiting, "awaiting classification", "awaiting", _LEFT),
    )
    studies = (
        (overview.included, "reports included", "reports", _LEFT),
        (overview.unlinked, "reports to link", "to link", _WORK),
    )
    return (
        PhaseBox("2", "Sources", "Sources", overview.records, None, "records", overview.records, sources),
        PhaseBox("3", "Unique reports", "Unique", overview.unique, None, "reports", overview.unique, unique),
        PhaseBox("4", "Titles and abstracts", "Titles", screened, titles, "screened", screened, screening, overview.screened_out),
        PhaseBox(
            "5",
            "Full texts",
            "Texts",
            overview.assessed,
            overview.sought,
            "assessed",
            overview.sought - waiting,
            texts,
            overview.excluded,
        ),
        PhaseBox("6", "Studies", "Studies", overview.studies, None, "included", overview.studies, studies),
    )


def pipeline(overview: Overview, width: int) -> Content:
    """The boxes beside one another, over so many columns; where a terminal is narrower than 80, what has no room is cut."""
    boxes = boxes_of(overview)
    cells = (min(max(width, LEAST_WIDTH), _MOST_WIDTH) - _GAPS) // len(boxes)
    drawn = [list(_box(box, cells)) for box in boxes]
    places = {place.key: going_to(place.name) for place in PLACES}
    height = max(map(len, drawn))
    lines = [
        _across(
            boxes,
            [_line(lines, row, height, cells).stylize(places[box.key]) for box, lines in zip(boxes, drawn, strict=True)],
            row,
        )
        for row in range(height)
    ]
    return Content("\n").join(lines)


def _line(box: Sequence[Content], row: int, height: int, cells: int) -> Content:
    """A line of a box that is drawn as high as the highest: empty lines stand above its lower edge."""
    if row == height - 1:
        return box[-1]
    return box[row] if row < len(box) - 1 else _inside(Content(" " * (cells - 2)))


def _across(boxes: Sequence[PhaseBox], parts: Sequence[Content], row: int) -> Content:
    arrow = Content.styled("▸", QUIET) if row == 1 else Content(" ")
    return arrow.join(list(parts)) if boxes else Content("")


def _box(box: PhaseBox, cells: int) -> Iterator[Content]:
    inner = cells - 2
    name = f"{box.key} {box.name}" if len(box.name) + 4 <= inner else f"{box.key} {box.short}"
    yield Content.assemble(
        ("╭ ", QUIET), (fitted(name, min(len(name), inner - 2)), "bold"), (f" {'─' * (inner - 2 - len(name))}╮", QUIET)
    )
    details = (line for one in box.details if one[0] for line in _detail(one, inner - 1))
    texts = [_count(box, inner - 1), *_bar(box, inner - 2), *details]
    for text, style in texts:
        yield _inside(Content.styled(f" {fitted(text, inner - 1)}", QUIET if box.is_empty else style))
    yield Content.styled(_lower_edge(box.left, inner), QUIET)


def _inside(content: Content) -> Content:
    edge = Content.styled("│", QUIET)
    return edge + content + edge


def _count(box: PhaseBox, width: int) -> tuple[str, str]:
    """`535 of 563 screened`, in as many words as there is room for."""
    whole = f"{box.n:,}" if box.of is None else f"{box.n:,} of {box.of:,}"
    tight = whole.replace(" of ", "/")
    words = (_one(f"{whole} {box.unit}"), whole, tight, tight.replace(",", ""))
    return next((text for text in words if len(text) <= width), f"{box.n}"), "bold"


def _bar(box: PhaseBox, width: int) -> Iterator[tuple[str, str]]:
    if box.of:
        filled = width * box.done // box.of
        filled = min(max(filled, 1), width - 1) if 0 < box.done < box.of else filled
        yield "━" * filled + "╌" * (width - filled), "$text-success" if box.done == box.of else "$text-accent"


def _detail(detail: Detail, width: int) -> Iterator[tuple[str, str]]:
    """The number with its words, on a line more where there is no room beside it: a number alone says nothing."""
    n, long, short, style = detail
    words = (_one(f"{n:,} {long}"), _one(f"{n:,} {short}"))
    fitting = next((text for text in words if len(text) <= width), words[-1])
    return ((line, style) for line in wrap(fitting, width))


def _one(words: str) -> str:
    """Of one thing, its name in the singular."""
    return _PLURAL.sub(r"1 \1", words)


def _lower_edge(left: int, inner: int) -> str:
    """The edge, with how many reports left the review here."""
    words = (
        next((text for text in (f" −{left:,} excluded ", f" −{left:,} ", f" −{left} ") if len(text) <= inner), "") if left else ""
    )
    before = (inner - len(words)) // 2
    return f"╰{'─' * before}{words}{'─' * (inner - before - len(words))}╯"
