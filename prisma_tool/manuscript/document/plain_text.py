"""A document as plain text, for the fields of a web form.

Invariant: every line is cleaned of what would move a terminal's cursor; nothing is markup.
"""

from __future__ import annotations

from prisma_tool.manuscript.document.blocks import Block, CodeBlock, Document, Heading, Paragraph, Points, Table, cell_lines
from prisma_tool.model.text import clean, one_line


def render_text(document: Document) -> str:
    """The document as text that ends with a newline."""
    return "\n\n".join([one_line(document.title), *map(_block, document.blocks)]) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(_, text):
            return one_line(text).upper()
        case Paragraph(text):
            return one_line(text)
        case Points(items):
            return "\n".join(f"- {one_line(item)}" for item in items)
        case CodeBlock(lines):
            return "\n".join(clean(line) for line in lines)
        case Table(columns, rows, _):
            return "\n".join("\t".join(one_line(" ".join(cell_lines(cell))) for cell in row) for row in (columns, *rows))
