"""Caption and footnotes as text beside the figure, for journals that print them themselves.

Invariant: the notes and their marks are those of the figure drawn with the same options.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from prisma_tool.errors import UsageError
from prisma_tool.figure.layout.omissions import FOOTNOTES
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.figure.render.markdown import escaped
from prisma_tool.figure.words.caption import caption
from prisma_tool.figure.words.options import PLAIN, FigureOptions
from prisma_tool.flow.flow import Flow


def render_notes(flow: Flow, path: Path, options: FigureOptions = PLAIN) -> bytes:
    """The text for a file of this name: plain (.txt) or Markdown (.md), one paragraph for the caption and one for each note.

    Raises:
        UsageError: another suffix, or an option that does not fit this flow.
    """
    suffix = path.suffix.lower()
    if suffix not in {".txt", ".md"}:
        raise UsageError(f"{path}: caption and footnotes are written as .txt or .md.")
    inside = replace(options, notes_outside=False, hide=options.hide - {FOOTNOTES})
    paragraphs = (caption(flow, inside), *plan(flow, inside).footnotes)
    return ("\n\n".join(escaped(text) if suffix == ".md" else text for text in paragraphs) + "\n").encode()
