"""A document as a Word file.

Invariant: the same document gives the same bytes. Names and times in the container are fixed, and its members keep their order.
"""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

from prisma_tool.figure.render.reproducible_zip import with_fixed_dates
from prisma_tool.manuscript.document.blocks import Block, CodeBlock, Document, Heading, Paragraph, Points, Table, cell_lines
from prisma_tool.model.text import clean, one_line

LISTING_STYLE = "Strategy"
MONOSPACED = "Courier New"
_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
_NOT_XML = re.compile("[\ufffe\uffff]")
"""What XML 1.0 cannot hold although it is no control character."""
_SMALL, _LISTING, _MARGIN = 8, 9, 2.0
"""Sizes of text in tables and listings in points, and the page's margins in centimetres."""
_PAGE = (21.0, 29.7)
"""A4, in centimetres."""
_WIDE = 6
"""Tables of more columns than this get smaller letters still."""
_LETTER, _PADDING = 0.16, 0.42
"""About the width of a small letter, and of a cell's margins, in centimetres."""
_LONGEST_CELL = 60
"""In characters; a longer cell claims no more of the width."""


def render_word(document: Document) -> bytes:
    """The document as the bytes of a .docx file."""
    import docx

    word = docx.Document()
    page = _PAGE[::-1] if document.landscape else _PAGE
    _prepare(word, document.title, page)
    word.add_heading(_line(document.title), level=0)
    for block, after in zip(document.blocks, (*document.blocks[1:], None), strict=True):
        _add(word, block, page[0] - 2 * _MARGIN)
        if isinstance(block, Paragraph) and isinstance(after, (CodeBlock, Table)):
            # What introduces a listing or table stays on its page.
            word.paragraphs[-1].paragraph_format.keep_with_next = True
    stream = io.BytesIO()
    word.save(stream)
    return with_fixed_dates(stream.getvalue())


def _prepare(word: Any, title: str, page: tuple[float, ...]) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt

    properties = word.core_properties
    properties.title, properties.author, properties.last_modified_by = _line(title)[:255], "", ""
    properties.comments, properties.subject, properties.keywords = "", "", ""
    properties.created = properties.modified = _MOMENT
    properties.revision = 1
    for section in word.sections:
        section.page_width, section.page_height = Cm(page[0]), Cm(page[1])
        section.orientation = WD_ORIENT.LANDSCAPE if page[0] > page[1] else WD_ORIENT.PORTRAIT
        section.left_margin = section.right_margin = Cm(_MARGIN)
    style = word.styles.add_style(LISTING_STYLE, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = word.styles["Normal"]
    style.font.name, style.font.size = MONOSPACED, Pt(_LISTING)
    style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.left_indent = Cm(0.5)


def _add(word: Any, block: Block, room: float) -> None:
    match block:
        case Heading(level, text):
            word.add_heading(_line(text), level=level)
        case Paragraph(text):
            word.add_paragraph(_line(text))
        case Points(items):
            for item in items:
                word.add_paragraph(_line(item), style="List Bullet")
        case CodeBlock(lines):
            _add_listing(word, lines)
        case Table():
            _add_table(word, block, room)


def _add_listing(word: Any, lines: tuple[str, ...]) -> None:
    """A paragraph for each line, letter by letter; an empty one parts the listing from what follows."""
    for line in lines:
        word.add_paragraph(_xml(clean(line).replace("\n", " ")), style=LISTING_STYLE)
    word.add_paragraph("", style=LISTING_STYLE)


def _add_table(word: Any, table: Table, room: float) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Cm, Pt

    size = Pt(_SMALL - 1 if len(table.columns) > _WIDE else _SMALL)
    word_table = word.add_table(rows=0, cols=len(table.columns), style="Table Grid")
    word_table.autofit = False
    widths = [Cm(share) for share in _widths(table, room)]
    for column, width in zip(word_table.columns, widths, strict=True):
        column.width = width
    for number, texts in enumerate((table.columns, *table.rows)):
        row = word_table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - python-docx has no name for it
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width = width
            for place, line in enumerate(cell_lines(text)):
                paragraph = cell.add_paragraph() if place else cell.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(1)
                run = paragraph.add_run(_line(line))
                run.font.size, run.bold = size, number == 0
    # The heading row stands again at the top of each page.
    word_table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - python-docx has no name for it
    word.add_paragraph("")


def _widths(table: Table, room: float) -> list[float]:
    """The width of each column in centimetres: room for its longest word, and what is left over by its longest cell."""
    if table.shares:
        return [room * share / sum(table.shares) for share in table.shares]
    columns = [[" ".join(cell_lines(cell)) for cell in column] for column in zip(table.columns, *table.rows, strict=True)]
    words = [max(_length(word) for cell in column for word in (cell.split() or [""])) for column in columns]
    cells = [max(len(cell) for cell in column) for column in columns]
    least = [min(word, _LONGEST_CELL) * _LETTER + _PADDING for word in words]
    shares = [1 + min(cell, _LONGEST_CELL) - min(word, _LONGEST_CELL) for word, cell in zip(words, cells, strict=True)]
    spare = max(0.0, room - sum(least))
    widths = [narrow + spare * share / sum(shares) for narrow, share in zip(least, shares, strict=True)]
    return [room * width / sum(widths) for width in widths]


def _length(word: str) -> float:
    """The length of a word in small letters; a capital takes up about one and a half."""
    return len(word) + sum(map(str.isupper, word)) / 2


def _line(text: str) -> str:
    return _xml(one_line(text))


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)
