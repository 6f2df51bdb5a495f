"""A table for the manuscript: words and tables for reading, rows for a spreadsheet, plain data for programs.

Invariant: `header` and each of `rows` have the same length, and `data` says how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prisma_tool.flow.flow import Adjustment, Flow
from prisma_tool.formats.text.spreadsheet_cells import Cell, table_lines
from prisma_tool.manuscript.document.blocks import Document
from prisma_tool.manuscript.document.docx import render_word
from prisma_tool.manuscript.document.markdown import render_markdown
from prisma_tool.model.text import one_line


@dataclass(frozen=True, slots=True)
class ReviewTable:
    """One table: `document` is what people read, `header` and `rows` the spreadsheet, `data` the object of `--json`."""

    document: Document
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    data: Mapping[str, Any]
    printed: str = ""
    """What stands on the terminal where that is other than the Markdown."""
    hints: tuple[str, ...] = ()
    """What the person who asked for the table may want to do next; it stands in no file."""

    @property
    def markdown(self) -> str:
        """The document as Markdown."""
        return render_markdown(self.document)

    @property
    def writers(self) -> Mapping[str, Callable[[], bytes]]:
        """What writes the table, by suffix."""
        return {
            ".docx": lambda: render_word(self.document),
            ".md": self.markdown.encode,
            ".csv": lambda: "".join(table_lines([self.header, *self.rows])).encode(),
        }


def scope_sentence(flow: Flow, version: str) -> str:
    """Which state of the review a table shows."""
    if version:
        return f"As it was when the version {one_line(version)} was closed."
    if flow.interim:
        return "INTERIM: work is pending, so rows may still be added or change."
    return "As in the flow diagram of the review as it stands."


def entered_sentences(adjustments: tuple[Adjustment, ...], what: str) -> Iterator[str]:
    """What the figure's number holds beyond the rows: what a person entered without records."""
    for adjustment in adjustments:
        note = one_line(adjustment.note).rstrip(".")
        yield f"Beyond these rows the figure's number holds {adjustment.n:+d} {what} entered by hand: {note}."
