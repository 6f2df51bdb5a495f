"""Notes that belong to the template's own marks, * (where the records come from) and ** (who excluded them).

Invariant: what the protocol says on a mark replaces what counting says on it; all other footnotes stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from prisma_tool.flow.flow import Flow
from prisma_tool.flow.notes.placeholders import filled
from prisma_tool.model.protocol.figure_words import MARKED_BY_TEMPLATE

_MARK = re.compile(r"\*{1,2}(?!\*)")


def mark_of(note: str) -> str:
    """The mark that a footnote begins with: "*", "**", or none."""
    match = _MARK.match(note)
    return match[0] if match else ""


def notes_on(mark: str, flow: Flow, fill: Callable[[str], str] | None = None) -> tuple[str, ...]:
    """The notes on a mark, with it; `fill` fills the placeholders of the review's own."""
    fill = fill or (lambda note: filled(note, flow))
    own = [flow.words.notes[key] for key, its_mark in MARKED_BY_TEMPLATE.items() if its_mark == mark and key in flow.words.notes]
    if own:
        return tuple(f"{mark} {fill(note)}" for note in own)
    return tuple(note for note in flow.footnotes if mark_of(note) == mark)


def unmarked_footnotes(flow: Flow) -> tuple[str, ...]:
    """The footnotes that belong to no mark."""
    return tuple(note for note in flow.footnotes if not mark_of(note))


def bound_footnotes(flow: Flow) -> tuple[str, ...]:
    """All footnotes as a reader finds them below the figure: those of the template's marks first."""
    return (*(note for mark in MARKED_BY_TEMPLATE.values() for note in notes_on(mark, flow)), *unmarked_footnotes(flow))
