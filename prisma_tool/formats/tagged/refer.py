"""EndNote's tagged text (.enw, Refer; also Google Scholar, AIS eLibrary and library catalogues), to an account of citations.

`%0` begins an entry, but some exporters put other tags before it or leave it out; there an empty line before a tag parts entries.
Invariant: one entry or reject for each `%0` line and for each group of tags that no `%0` belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.dialects.load import platform_table
from prisma_tool.formats.tagged.tag_translation import entry, translated
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look, decode
from prisma_tool.formats.text.framing import Frame
from prisma_tool.formats.text.tag_values import Pair

FORMAT = "endnote-tagged"
_TAG = re.compile(r"%([0-9A-Z@!#$&(*+,.<>=?^[\]~-])(?:[ \t]+(.*)|$)", re.MULTILINE)
_HEAD = re.compile(r"\s*%[0-9A-Z@](?:[ \t]+\S|[ \t]*\n%)")
_NAMES = frozenset("AEY")
_TYPE = re.compile(r"^%0(?=[ \t]|$)", re.MULTILINE)
_ROW = re.compile(r"^.*$", re.MULTILINE)
_TITLE = re.compile(r"^%T(?=[ \t]|$)", re.MULTILINE)
_ONE_TYPE = 2
"""Parts of a group with one type."""
_GROUP = re.compile(r"\n[^\S\n]*\n(?:[^\S\n]*\n)*(?=%)")
_DIALECT = platform_table("endnote")["tagged"]
NAMES: Mapping[str, str] = _DIALECT["names"]
"""EndNote's sign to RIS's tag."""
_ORDINARY = frozenset(_DIALECT["ordinary"])
"""Types that say nothing about the design or form of a publication."""


def recognises(look: Look) -> bool:
    """True where the text begins with a percent sign, a tag and a value."""
    return bool(_HEAD.match(look.text)) and bool(declared(look.text))


def declared(text: str) -> int:
    """How many entries the text announces: as many as a group of tags has types (`%0`).

    A group without a type is an entry of its own where the file has no types, or where it and the entry before both have a title;
    otherwise somebody put an empty line between the tags of one entry.
    """
    typed = _TYPE.search(text) is not None
    count, has_title = 0, False
    for group in _paragraphs(text):
        parts = _TYPE.split(group)
        titled = bool(_TITLE.search(parts[-1] if len(parts) > _ONE_TYPE else group))
        joins = typed and count and len(parts) == 1 and not (titled and has_title)
        count += 0 if joins else max(1, len(parts) - 1)
        has_title = titled or (bool(joins) and has_title)
    return count


def _paragraphs(text: str) -> Iterator[str]:
    """The groups of tags, cut at empty lines."""
    whole = f"\n\n{text}"
    begins = [match.end() for match in _GROUP.finditer(whole) if _TAG.match(whole, match.end())]
    for begin, end in pairwise([*begins, len(whole)]):
        yield whole[begin:end]


def parse_endnote_tagged(data: ByteSource) -> Parsed:
    """The account of a file in EndNote's tagged format.

    Raises:
        FormatError: not text, or no line begins with a percent sign and a tag.
    """
    return open_endnote_tagged(data).whole()


def open_endnote_tagged(data: ByteSource) -> FileAccount:
    """The account of the same, to be read entry by entry.

    Raises:
        FormatError: as `parse_endnote_tagged`.
    """
    decoded = decode(data)
    announced = declared(decoded.text)
    if not announced:
        raise FormatError("No EndNote entry found: no line begins with “%0” or another tag. Export the records again as RIS.")
    pieces = map(_entry, _cut(decoded.text))
    return FileAccount(FORMAT, decoded.encoding, pieces, announced, warnings=list(decoded.warnings))


def _cut(text: str) -> Iterator[Frame]:
    """The entries, by the rule that `declared` tells, found line by line; the last is held until it is known to be whole."""
    typed = _TYPE.search(text) is not None
    begin, waiting = 0, list[str]()
    for line, rows in _groups(text):
        types = _types(rows)
        if typed and waiting and not types and not (_is_titled(rows) and _is_titled(waiting)):
            waiting.extend(("", *rows))
            continue
        for first, end in pairwise([0, *types[1:], len(rows)]):
            if waiting:
                yield Frame(begin, "\n".join(waiting))
            begin, waiting = line + first, rows[first:end]
    if waiting:
        yield Frame(begin, "\n".join(waiting))


def _groups(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines from a tag after an empty line to the next such tag, with the number of the first."""
    begin, blank, rows = 0, True, list[str]()
    for number, match in enumerate(_ROW.finditer(text), start=1):
        row = match.group()
        if blank and _TAG.match(row):
            if begin:
                yield begin, rows
            begin, rows = number, []
        rows.append(row)
        blank = not row.strip()
    if begin:
        yield begin, rows


def _types(rows: list[str]) -> list[int]:
    return [number for number, row in enumerate(rows) if (match := _TAG.match(row)) and match[1] == "0"]


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
            fields += [(tag[1], [name]) for name in (tag[2] or "").split(f"%{tag[1]}" if tag[1] in _NAMES else "\n")]
        elif fields and row.strip():
            fields[-1][1].append(row)
    return [(tag, "\n".join(values)) for tag, values in fields]


def _specific(pairs: list[Pair]) -> Iterator[Pair]:
    """The pairs without types that say nothing, so that `%9` ("Ph.D. thesis") speaks."""
    for tag, value in pairs:
        if tag != "M3" or value.strip().lower() not in _ORDINARY:
            yield tag, value
