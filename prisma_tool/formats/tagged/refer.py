"""EndNote's tagged text (.enw, Refer; also Google Scholar, AIS eLibrary and library catalogues), to an account of citations.

`%0` begins an entry, but some exporters put other tags before it or leave it out; there an empty line before a tag parts entries.
Invariant: one entry or reject for each `%0` line and for each group of tags that no `%0` belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.dialects.load import platform_table
from prisma_tool.formats.tagged.tag_translation import entry, translated
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Decoding, Look, decoding
from prisma_tool.formats.text.framing import Frame
from prisma_tool.formats.text.tag_values import Pair

FORMAT = "endnote-tagged"
_TAG = re.compile(r"%([0-9A-Z@!#$&(*+,.<>=?^[\]~-])(?:[ \t]+(.*)|$)", re.MULTILINE)
_HEAD = re.compile(r"\s*%[0-9A-Z@](?:[ \t]+\S|[ \t]*\n%)")
_TYPE = re.compile(r"^%0(?=[ \t]|$)", re.MULTILINE)
_ROW = re.compile(r"^(?:(?P<blank>[^\S\n]*$)|%(?P<tag>[0-9A-Z@!#$&(*+,.<>=?^[\]~-])(?=[ \t]|$)|.)", re.MULTILINE)
"""What a line begins with, for counting."""
_DIALECT = platform_table("endnote")["tagged"]
NAMES: Mapping[str, str] = _DIALECT["names"]
"""EndNote's sign to RIS's tag."""
_PEOPLE = frozenset(_DIALECT["people"])
_ORDINARY = frozenset(_DIALECT["ordinary"])
"""Types that say nothing about the design or form of a publication."""


def recognises(look: Look) -> bool:
    """True where the text begins with a percent sign, a tag and a value."""
    return bool(_HEAD.match(look.text)) and _announces(look.text)


def _announces(text: str) -> bool:
    count = Announced(typed=_TYPE.search(text) is not None)
    count.take(text)
    return bool(count.entries)


class Announced:
    """Counts the entries that a text announces, as its blocks are taken: one for each type (`%0`).

    Tags after an empty line without a type are an entry of their own where the file has no types (`typed`), or where they and the entry
    before both have a title; otherwise somebody put an empty line between the tags of one entry.
    """

    def __init__(self, *, typed: bool) -> None:
        self._typed = typed
        self._whole, self._titled = 0, False
        self._blank, self._tags = True, frozenset[str]()

    @property
    def entries(self) -> int:
        """How many entries the blocks so far announce."""
        return self._whole + (bool(self._tags) and not self._joins())

    def take(self, block: str) -> None:
        """Count on in a block, which ends with a line."""
        for row in _ROW.finditer(block.removesuffix("\n")):
            tag = row["tag"]
            if tag and (self._blank or (tag == "0" and "0" in self._tags)):
                self._close()
                self._tags = frozenset(tag)
            elif tag and self._tags:
                self._tags |= {tag}
            self._blank = row["blank"] is not None

    def _close(self) -> None:
        if self._tags:
            joins = self._joins()
            self._whole += not joins
            self._titled = "T" in self._tags or (joins and self._titled)

    def _joins(self) -> bool:
        """True where the last tags belong to the entry before."""
        return self._typed and self._whole > 0 and "0" not in self._tags and not (self._titled and "T" in self._tags)


def parse_endnote_tagged(data: ByteSource) -> Parsed:
    """The account of a file in EndNote's tagged format.

    Raises:
        FormatError: not text, or no line begins with a percent sign and a tag.
    """
    return open_endnote_tagged(data).whole()


def open_endnote_tagged(data: ByteSource) -> FileAccount:
    """The account of the same, to be read entry by entry.

    Raises:
        FormatError: here, not text; while reading, no line begins with a percent sign and a tag.
    """
    text = decoding(data)
    account = FileAccount(FORMAT, text.encoding)
    account.pieces = _pieces(text, account)
    return account


def _pieces(text: Decoding, account: FileAccount) -> Iterator[ParsedEntry | Reject]:
    typed = any(map(_TYPE.search, text.again().blocks()))
    announced = Announced(typed=typed)
    yield from map(_entry, _cut(_counted(text.blocks(), announced), typed=typed))
    account.declared = announced.entries
    if not account.declared:
        raise FormatError("No EndNote entry found: no line begins with “%0” or another tag. Export the records again as RIS.")
    account.warnings += text.warnings


def _counted(blocks: Iterable[str], announced: Announced) -> Iterator[str]:
    for block in blocks:
        announced.take(block)
        yield block


def _cut(blocks: Iterable[str], *, typed: bool) -> Iterator[Frame]:
    """The entries, by the rule that `Announced` tells; the last is held until it is known to be whole."""
    begin, waiting = 0, list[str]()
    for line, rows in _parts(blocks):
        if typed and waiting and not _is_typed(rows) and not (_is_titled(rows) and _is_titled(waiting)):
            waiting.extend(("", *rows))
            continue
        if waiting:
            yield Frame(begin, "\n".join(waiting))
        begin, waiting = line, rows
    if waiting:
        yield Frame(begin, "\n".join(waiting))


def _parts(blocks: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Lines from a tag after an empty line, or from a further type, to the next such line, with the number of the first."""
    begin, blank, typed, rows = 0, True, False, list[str]()
    for number, row in enumerate((row for block in blocks for row in block.removesuffix("\n").split("\n")), start=1):
        tag = _TAG.match(row)
        is_type = tag is not None and tag[1] == "0"
        if tag and (blank or (is_type and typed)):
            if begin:
                yield begin, rows
            begin, typed, rows = number, False, []
        rows.append(row)
        typed = typed or (is_type and begin > 0)
        blank = not row.strip()
    if begin:
        yield begin, rows


def _is_typed(rows: list[str]) -> bool:
    return any(match[1] == "0" for match in map(_TAG.match, rows) if match)


def _is_titled(rows: list[str]) -> bool:
    return any(match[1] == "T" for match in map(_TAG.match, rows) if match)


def _entry(frame: Frame) -> ParsedEntry | Reject:
    pairs, also = translated(_pairs(frame.raw), NAMES)
    return entry(frame, _specific(pairs), also)


def _pairs(raw: str) -> list[Pair]:
    fields: list[tuple[str, list[str]]] = []
    for row in raw.split("\n"):
        tag = _TAG.match(row)
        if tag:
            # CNKI writes all authors in one line, each with its tag.
            fields += [(tag[1], [name]) for name in (tag[2] or "").split(f"%{tag[1]}" if tag[1] in _PEOPLE else "\n")]
        elif fields and row.strip():
            fields[-1][1].append(row)
    return [(tag, "\n".join(values)) for tag, values in fields]


def _specific(pairs: list[Pair]) -> Iterator[Pair]:
    """The pairs without types that say nothing, so that `%9` ("Ph.D. thesis") speaks."""
    for tag, value in pairs:
        if tag != "M3" or value.strip().lower() not in _ORDINARY:
            yield tag, value
