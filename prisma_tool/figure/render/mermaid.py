"""The flow as a Mermaid flowchart, which many sites and editors draw from text.

Invariant: whatever a label holds, it arrives as text: every character that Mermaid or HTML could act on is written as its code; every
"(n = 17)" stands unbroken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_tool.figure.layout.grid import Header, Plan
from prisma_tool.figure.layout.shapes import Fill, Outline
from prisma_tool.figure.words.labels import BoxEntry
from prisma_tool.figure.words.line_breaking import NO_BREAK, wrap

LETTERS_PER_LINE = 44
_WIDE = '%%{init: {"flowchart": {"wrappingWidth": 600}}}%%'
"""Mermaid breaks lines where it likes, also inside a count, unless they are narrower than this (in pixels)."""
_UNSAFE = re.compile(r"[^\w ().,=/*†+–-]|^[-+*=/]|(?<=\d)\.(?=\s)")
"""Anything else, and what would begin a list at the start of a line."""
_INDENT = "&ensp;"


def render_mermaid(planned: Plan) -> str:
    """The flowchart, ending in a newline; boxes and arrows are those of the figure."""
    return "\n".join([_WIDE, "flowchart TD", *(f"    {line}" for line in _lines(planned)), ""])


def _lines(planned: Plan) -> Iterator[str]:
    if planned.stamp:
        yield f'interim["{_label(planned.stamp)}"]:::stamp'
    for header in planned.headers:
        yield f'{header.key}["<b>{safe(header.text)}</b>"]:::header'
    for cell in planned.cells:
        yield f'{cell.key}["{_label(cell.entries)}"]{_style(cell.fill, cell.outline)}'
    for header in planned.headers:
        yield from _above(header, planned)
    yield from (f"{link.start} --> {link.end}" for link in planned.links)
    yield f"classDef default fill:{Fill.WHITE.value},stroke:#1A1A1A,color:#1A1A1A,text-align:left"
    yield f"classDef grey fill:{Fill.GREY.value},stroke:#1A1A1A,color:#1A1A1A,text-align:left"
    yield f"classDef header fill:{Fill.HEADER.value},stroke:#1A1A1A,color:#1A1A1A"
    yield f"classDef stamp fill:{Fill.STAMP.value},stroke:#1A1A1A,color:#1A1A1A,stroke-dasharray:4"
    yield "classDef extension fill:#FFFFFF,stroke:#1A1A1A,color:#1A1A1A,stroke-dasharray:4,text-align:left"


def _above(header: Header, planned: Plan) -> Iterator[str]:
    """A line that is not drawn but puts the header over its column."""
    cells = [cell for cell in planned.cells if cell.column is header.first]
    if cells:
        yield f"{header.key} ~~~ {min(cells, key=lambda cell: cell.row).key}"


def _style(fill: Fill, outline: Outline) -> str:
    if outline is Outline.DASHED:
        return ":::extension"
    return ":::grey" if fill is Fill.GREY else ""


def _label(entries: tuple[BoxEntry, ...]) -> str:
    lines = (_INDENT * entry.level + safe(line) for entry in entries for line in wrap(entry.text, LETTERS_PER_LINE, _letters))
    return "<br/>".join(lines)


def _letters(text: str) -> float:
    return len(text)


def safe(text: str) -> str:
    """`text` with everything but letters, digits and plain marks as Mermaid's codes (#35; for a number sign)."""
    return _UNSAFE.sub(lambda match: f"#{ord(match.group())};", text.replace(NO_BREAK, " "))
