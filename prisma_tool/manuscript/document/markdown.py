"""A document as Markdown (CommonMark with tables).

Invariant: text from outside stays text. Every character that Markdown or HTML would act on is escaped, and a listing stands in a
fence that is longer than any run of backticks within it.
"""

from __future__ import annotations

import re

from prisma_tool.manuscript.document.blocks import (
    Block,
    CellText,
    CodeBlock,
    Document,
    Heading,
    Paragraph,
    Points,
    Table,
    cell_lines,
)
from prisma_tool.model.text import clean, one_line

_ACTIVE = re.compile(r"([\\`*_\[\]<>#|~$&!^])")
_LEADING = re.compile(r"^([-+=:]|\d+(?=[.)]))")
_LINKS = re.compile(r"(?<=[A-Za-z])(://)|(?<=\bwww)(\.)", re.IGNORECASE)
_TICKS = re.compile(r"`+")
SHORTEST_FENCE = 3


def render_markdown(document: Document) -> str:
    """The document as text that ends with a newline."""
    parts = [f"# {escaped(document.title)}", *map(_block, document.blocks)]
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    """Text in one line, of which nothing is markup or a link; where it begins a line, use `opening`."""
    line = _ACTIVE.sub(r"\\\1", one_line(text))
    return _LINKS.sub(lambda match: match.group(0).replace(":", "\\:").replace(".", "\\."), line)


def opening(text: str) -> str:
    """Escaped text that begins a line: its first characters start no list, rule or heading."""
    return _LEADING.sub(lambda match: _leading(match.group(1)), escaped(text))


def _leading(first: str) -> str:
    # "1." would begin a numbered list: there the point is what must be escaped, and a digit cannot be.
    return f"\\{first}" if not first.isdigit() else f"{first}\\"


def _block(block: Block) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * (level + 1)} {escaped(text)}"
        case Paragraph(text):
            return opening(text)
        case Points(items):
            return "\n".join(f"- {opening(item)}" for item in items)
        case CodeBlock(lines):
            return _fenced([clean(line) for line in lines])
        case Table(columns, rows, _):
            return "\n".join([_row(columns), f"|{' --- |' * len(columns)}", *map(_row, rows)])


def _row(cells: tuple[CellText, ...]) -> str:
    return f"| {' | '.join('<br>'.join(map(escaped, cell_lines(cell))) for cell in cells)} |"


def _fenced(lines: list[str]) -> str:
    text = "\n".join(lines)
    longest = max((len(ticks) for ticks in _TICKS.findall(text)), default=0)
    fence = "`" * max(SHORTEST_FENCE, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
