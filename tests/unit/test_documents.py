"""A document's tables, whole in Markdown, Word and plain text, with cells of several lines and pages on their side."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.enum.section import WD_ORIENT

from prisma_tool.manuscript.document.blocks import CodeBlock, Document, Heading, Paragraph, Points, Table, cell_lines
from prisma_tool.manuscript.document.docx import render_word
from prisma_tool.manuscript.document.markdown import render_markdown
from prisma_tool.manuscript.document.plain_text import render_text

LINES = Table(("A", "B"), ((("one", "<b>|two\n"), "x"),), (3, 1))


def opened(document: Document) -> Any:
    return docx.Document(io.BytesIO(render_word(document)))


def test_a_cell_of_several_lines_stays_in_its_row() -> None:
    assert render_markdown(Document("T", (LINES,))).splitlines()[-1] == r"| one<br>\<b\>\|two | x |"
    assert render_text(Document("T", (LINES,))).splitlines()[-1] == "one <b>|two\tx"
    cell = opened(Document("T", (LINES,))).tables[0].rows[1].cells[0]
    assert [paragraph.text for paragraph in cell.paragraphs] == ["one", "<b>|two"]


def test_a_cell_without_lines_is_an_empty_one() -> None:
    assert cell_lines(()) == cell_lines("") == ("",)


def test_shares_divide_the_width_of_the_page() -> None:
    widths = [column.width.cm for column in opened(Document("T", (LINES,))).tables[0].columns]
    assert [round(width, 2) for width in widths] == [12.75, 4.25]


def test_a_page_on_its_side_gives_its_tables_more_room() -> None:
    upright, lying = (opened(Document("T", (LINES,), landscape=turned)) for turned in (False, True))
    assert upright.sections[0].orientation == WD_ORIENT.PORTRAIT
    assert lying.sections[0].orientation == WD_ORIENT.LANDSCAPE
    assert lying.sections[0].page_width == upright.sections[0].page_height
    assert round(sum(column.width.cm for column in lying.tables[0].columns), 1) == 25.7


def test_plain_text_holds_every_block_and_nothing_that_moves_a_cursor() -> None:
    blocks = (Heading(1, "Head"), Paragraph("a\x1b[2Jb\nc"), Points(("p", "q")), CodeBlock(("x  y", "\u202ez")))
    assert render_text(Document("T", blocks)) == "T\n\nHEAD\n\nab c\n\n- p\n- q\n\nx  y\nz\n"
