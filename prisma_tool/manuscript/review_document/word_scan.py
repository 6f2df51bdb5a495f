"""Where the generated parts stand in the XML of a Word document, in bytes, so that nothing else of it has to be written anew.

A part is a content control at the place of paragraphs, whose tag names it. LibreOffice (7.4) makes of such a control one within its first
paragraph and drops the tag; there two bookmarks in the first and the last paragraph name the part. Bookmarks alone are none: who takes a
control away and leaves its words has made them their own.

Invariant: the document is read by a parser that opens nothing, and one that declares a document type is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from prisma_tool.errors import PrismaError
from prisma_tool.manuscript.review_document.marks import Mark, parsed_mark
from prisma_tool.manuscript.review_document.word_text import fragment_facts

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TAG = "prisma-tool"
BEGIN, END = "ptb", "pte"
_BOOKMARK = re.compile(f"({BEGIN}|{END})_([a-z]+)_([a-z]+)_([0-9a-f]+)")
_HOMES = frozenset({"w:body", "w:tc", "w:sdtContent", "w:txbxContent"})
_IN_PARAGRAPH = "it stands inside a paragraph or a row of a table, where a whole part does not fit"
_SHARED = "it shares a paragraph with words of yours"


@dataclass(slots=True)
class _Element:
    """An element while it is read: where it begins and ends, and which of its children matter."""

    name: str
    start: int
    parent: _Element | None
    attributes: dict[str, str]
    end: int = -1
    tag: _Element | None = None
    content: _Element | None = None

    def up_to(self, name: str) -> _Element | None:
        """The nearest of this element and those around it that has this name."""
        one: _Element | None = self
        while one is not None and one.name != name:
            one = one.parent
        return one


@dataclass(frozen=True, slots=True)
class WordPart:
    """A part as it stands in a document: the bytes (from, to) that are replaced, those of its tag where it has a control still."""

    name: str
    mark: Mark
    text: str
    obstacle: str
    content: tuple[int, int]
    tag: tuple[int, int] | None = None


@dataclass(slots=True)
class _WordScan:
    """One reading of a document."""

    data: bytes
    controls: list[_Element] = field(default_factory=list)
    bookmarks: list[_Element] = field(default_factory=list)
    _open: _Element | None = None
    _ended: _Element | None = None
    _parser: expat.XMLParserType = field(default_factory=lambda: expat.ParserCreate(None))

    def read(self) -> None:
        parser = self._parser
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.DefaultHandler = lambda _: self._close()
        parser.StartDoctypeDeclHandler = _refuse
        parser.XmlDeclHandler = _require_utf8
        try:
            parser.Parse(self.data, True)
        except expat.ExpatError as error:
            raise PrismaError(f"its text is damaged: {error}") from error

    def _close(self) -> None:
        """An element that has ended ends where the next thing begins."""
        if self._ended is not None:
            self._ended.end = self._parser.CurrentByteIndex
            self._ended = None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._close()
        if attributes.get("xmlns:w", W) != W:
            raise PrismaError("it is saved as Strict Open XML; save it as an ordinary Word document (.docx) first")
        element = _Element(name, self._parser.CurrentByteIndex, self._open, attributes)
        self._open = element
        if name == "w:bookmarkStart":
            self.bookmarks.append(element)
        elif name == "w:tag" and element.parent and element.parent.parent and element.parent.name == "w:sdtPr":
            element.parent.parent.tag = element
        elif name == "w:sdtContent" and element.parent:
            element.parent.content = element
        elif name == "w:sdt":
            self.controls.append(element)

    def _end(self, _: str) -> None:
        self._close()
        if self._open is not None:
            self._ended, self._open = self._open, self._open.parent


def _refuse(*_: object) -> None:
    raise PrismaError("its text declares a document type, which is refused as unsafe")


def _require_utf8(_: str, encoding: str | None, __: int) -> None:
    if (encoding or "utf-8").casefold() not in {"utf-8", "utf8"}:
        raise PrismaError(f"its text is in the encoding {encoding}; save it again with Word or LibreOffice")


def word_parts(data: bytes) -> list[WordPart]:
    """The parts in the text of a document, in their order.

    Raises:
        PrismaError: the text cannot be read; the message begins without naming the file.
    """
    scan = _WordScan(data)
    scan.read()
    controls = [part for control in scan.controls if (part := _of_control(scan, control))]
    taken = [part.content for part in controls]
    marked = [part for part in _of_bookmarks(scan) if not any(_overlap(part.content, other) for other in taken)]
    placed = sorted([*controls, *marked], key=lambda part: part.content)
    return [_nested(part, placed) for part in placed]


def _of_control(scan: _WordScan, control: _Element) -> WordPart | None:
    tag, content = control.tag, control.content
    if tag is None or content is None:
        return None
    program, _, rest = tag.attributes.get("w:val", "").partition(":")
    if program != TAG:
        return None
    name, _, mark = rest.partition(":")
    facts = fragment_facts(scan.data[content.start : content.end])
    fits = control.parent is not None and control.parent.name in _HOMES
    obstacle = facts.obstacle if fits else _IN_PARAGRAPH
    return WordPart(name, parsed_mark(mark), facts.text, obstacle, (content.start, content.end), (tag.start, tag.end))


def _of_bookmarks(scan: _WordScan) -> Iterator[WordPart]:
    """The parts whose controls LibreOffice moved into their first paragraphs."""
    ends: dict[tuple[str, str], _Element] = {}
    begins: dict[tuple[str, str], _Element] = {}
    for bookmark in scan.bookmarks:
        if match := _BOOKMARK.fullmatch(bookmark.attributes.get("w:name", "")):
            which, family, own, mark = match.groups()
            (begins if which == BEGIN else ends)[f"{family}.{own}", mark] = bookmark
    for (name, mark), begin in begins.items():
        first, last = _paragraph(begin), _paragraph(ends.get((name, mark)))
        if first is not None and last is not None and _holds_control(scan, first):
            yield _between(scan, name, mark, first, last)


def _between(scan: _WordScan, name: str, mark: str, first: _Element, last: _Element) -> WordPart:
    home = first.parent
    if home is None or home is not last.parent or home.name not in _HOMES or last.start < first.start:
        return WordPart(name, parsed_mark(mark), "", _IN_PARAGRAPH, (first.start, first.end))
    facts = fragment_facts(scan.data[first.start : last.end])
    # Words before its beginning or behind its end, in the paragraphs that it begins and ends with, are the authors'.
    # In a lone paragraph LibreOffice puts both bookmarks at its beginning.
    shared = "" if first is last or facts.within_marks == facts.text else _SHARED
    return WordPart(name, parsed_mark(mark), facts.text, facts.obstacle or shared, (first.start, last.end))


def _paragraph(element: _Element | None) -> _Element | None:
    return element.up_to("w:p") if element is not None else None


def _holds_control(scan: _WordScan, paragraph: _Element) -> bool:
    return any(paragraph.start < control.start < paragraph.end for control in scan.controls)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _nested(part: WordPart, placed: list[WordPart]) -> WordPart:
    inner = [other for other in placed if other is not part and _overlap(part.content, other.content)]
    if any(_length(other) <= _length(part) for other in inner):
        return WordPart(part.name, part.mark, part.text, "another part stands inside it", part.content, part.tag)
    return part


def _length(part: WordPart) -> int:
    return part.content[1] - part.content[0]
