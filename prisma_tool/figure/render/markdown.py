"""The flow as Markdown: the Mermaid flowchart, the caption, the numbers as a table, and the figure in words.

Invariant: text from outside stays text; a reader who cannot see the chart finds every number in the table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_tool.figure.layout.layout import describe
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.figure.render.mermaid import render_mermaid
from prisma_tool.figure.words.caption import caption
from prisma_tool.figure.words.labels import BoxEntry, format_count
from prisma_tool.figure.words.line_breaking import NO_BREAK
from prisma_tool.figure.words.options import PLAIN, FigureOptions
from prisma_tool.flow.flow import Flow
from prisma_tool.model.text import one_line

_ACTIVE = re.compile(r"([\\`*_\[\]<>#|~$&!^])")
_LEADING = re.compile(r"^(\d+)([.)])")
_LINKS = re.compile(r"(?<=[A-Za-z])(://)|(?<=\bwww)(\.)", re.IGNORECASE)
_INDENT = "&emsp;"


def render_markdown(flow: Flow, options: FigureOptions = PLAIN) -> str:
    """The document (CommonMark with tables), ending in a newline.

    Raises:
        UsageError: an option that does not fit this flow.
    """
    planned = plan(flow, options)
    parts = (
        f"# {escaped(planned.title)}",
        f"```mermaid\n{render_mermaid(planned)}```",
        escaped(caption(flow, options)),
        "\n\n".join(escaped(note) for note in planned.footnotes),
        "## Numbers",
        "\n".join(
            _table(_rows(planned.stamp, "Pending"), *(_rows(cell.entries, planned.phase_of(cell)) for cell in planned.cells))
        ),
        "## The figure in words",
        escaped(planned.alt or describe(planned)),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def escaped(text: str) -> str:
    """Text in one line of which nothing is markup or a link."""
    line = _LEADING.sub(r"\1\\\2", _ACTIVE.sub(r"\\\1", one_line(text.replace(NO_BREAK, " "))))
    return _LINKS.sub(lambda match: match.group(0).replace(":", "\\:").replace(".", "\\."), line)


def _table(*parts: Iterator[str]) -> Iterator[str]:
    yield "| Phase | Line | Count |"
    yield "| --- | --- | --- |"
    for rows in parts:
        yield from rows


def _rows(entries: tuple[BoxEntry, ...], phase: str) -> Iterator[str]:
    for entry in entries:
        n = (
            ""
            if entry.count is None
            else format_count(entry.count.n, entry.thousands).replace(NO_BREAK, " ") + (entry.after or "")
        )
        yield f"| {phase} | {_INDENT * entry.level}{escaped(entry.label)} | {n} |"
