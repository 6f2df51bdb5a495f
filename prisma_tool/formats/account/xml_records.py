"""Records in XML that are read one by one: cut out by their tags first, each parsed by itself.

So a broken record costs one reject, and only one tree is in memory. A file that declares entities is refused whole. Invariant: one
frame for each start tag.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element
from xml.parsers.expat import ExpatError

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, ParsedEntry, Reject
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Decoding, decoding
from prisma_tool.formats.text.framing import framed_by_tag
from prisma_tool.formats.text.xml_tree import read_tree
from prisma_tool.model.record.citation import Citation

Read = Callable[[Element], tuple[Citation, str]]
"""A record's element to its citation and accession."""

_ENTITY = re.compile(r"<!ENTITY\b")
_BARE = re.compile(r"&(?!(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|amp|lt|gt|quot|apos);)")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z][A-Za-z0-9]{1,30};")
_NUMBERED = re.compile(r"&#(?:x([0-9A-Fa-f]{1,8})|(\d{1,9}));")
_PREFIX = re.compile(r"(</?|\s)[A-Za-z][\w.-]*:(?=[A-Za-z])")
_ALLOWED = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LAST = 0x10FFFF


@dataclass(frozen=True, slots=True)
class RecordXml:
    """A kind of XML export: the element that holds one record, and what makes a citation and an accession of it.

    `noun` and `advice` are for sentences about the file as a whole: what it should hold, and what to do instead. `shown_by` is the text
    that shows an export without records to be one; where it is None, a file must have a record.
    """

    name: str
    tag: str
    read: Read
    noun: str
    advice: str
    shown_by: str | None = None

    def open(self, data: ByteSource) -> FileAccount:
        """The account of the records in `data`.

        Raises:
            FormatError: here, not text; while reading, no record, or the XML defines entities of its own.
        """
        text = decoding(data)
        account = FileAccount(self.name, text.encoding)
        account.pieces = self._pieces(text, account)
        return account

    def _pieces(self, text: Decoding, account: FileAccount) -> Iterator[ParsedEntry | Reject]:
        start, end = re.compile(rf"<{self.tag}(?=[\s>/])"), re.compile(rf"</{self.tag}\s*>")
        pieces = framed_by_tag(self._counted(text.blocks(end=">"), account), start)
        next(pieces)
        for frame in pieces:
            yield _piece(frame.line, frame.raw, end, self.read)
        account.warnings += text.warnings

    def _counted(self, texts: Iterator[str], account: FileAccount) -> Iterator[str]:
        shown = False
        for block in texts:
            if _ENTITY.search(block):
                raise FormatError(f"The XML defines entities of its own, which is refused as unsafe. {self.advice}")
            account.declared += announced(block, self.tag)
            shown = shown or (self.shown_by is not None and self.shown_by in block)
            yield block
        if not (account.declared or shown):
            raise FormatError(f"No {self.noun} found: the text holds no <{self.tag}>. {self.advice}")


def announced(text: str, tag: str) -> int:
    """How many records the text announces, by their start tags, apart from the cutting."""
    return sum(part[:1] in {">", "/"} or part[:1].isspace() for part in text.split(f"<{tag}")[1:])


def _piece(line: int, text: str, end: re.Pattern[str], read: Read) -> ParsedEntry | Reject:
    closing = end.search(text)
    raw = text[: closing.end()] if closing else text.strip()
    element = _tree(raw) if closing else f"the record is not closed: {end.pattern.partition(chr(92))[0]}> is missing"
    if isinstance(element, str):
        return Reject(line, element, raw)
    citation, accession = read(element)
    return Reject(line, "no bibliographic field", raw) if citation.is_empty else ParsedEntry(citation, accession, raw, line)


def _tree(raw: str) -> Element | str:
    """The record's tree, mended where its meaning is plain, else why it cannot be read."""
    problem = ""
    for text in _attempts(raw):
        try:
            return read_tree(text.encode())
        except ExpatError as error:
            problem = problem or f"not well-formed XML ({str(error).partition(':')[0]}, line {error.lineno} of the record)"
    return problem


def _attempts(raw: str) -> Iterator[str]:
    """The record as it stands; then with HTML's names for characters resolved, bare ampersands escaped, and prefixes left out."""
    yield raw
    named = _NAMED.sub(lambda match: html.escape(html.unescape(match[0]), quote=False), _NUMBERED.sub(_permitted, raw))
    yield _PREFIX.sub(r"\1", _BARE.sub("&amp;", named))


def _permitted(reference: re.Match[str]) -> str:
    """A reference to a character, unless XML forbids the character."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return reference[0] if code <= _LAST and _ALLOWED.match(chr(code)) else ""
