"""Tagged text of Ovid ("Ovid", "Reprint/Medlars" and plain displays) and of Embase.com, to an account of citations.

An entry begins with its number: `<12>` or `<12. >` at Ovid, `RECORD 12` at Embase.com. Fields are `TI  - ` lines, or names on lines of
their own ("Accession Number", "AUTHOR NAMES") with the value below. Invariant: one entry or reject for each number line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.dialects.load import platform_table
from prisma_tool.formats.tagged.tag_translation import entry, opened, translated
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look, decoding
from prisma_tool.formats.text.framing import Frame
from prisma_tool.formats.text.printed_source import source_parts
from prisma_tool.formats.text.tag_values import Pair
from prisma_tool.model.text import fold

FORMAT = "ovid-tagged"
_NAMES = platform_table("ovid")["tagged"]
TAGS, LONG_NAMES = _NAMES["names"], _NAMES["long_names"]
_START = re.compile(r"\n(?=[^\S\n]{0,8}(?:<\d{1,9}\s?\.?\s*>|(?:RECORD|Record) \d{1,9})[^\S\n]*(?:\n|$))")
_NUMBER = re.compile(r"<(\d+)[\s.]*>|(?:RECORD|Record) \d+")
_TAG = re.compile(r"\s{0,4}([A-Z][A-Z0-9])\s{1,4}-(?:\s+(.*)|)$")
_BRACKETED = re.compile(r"\s*\[[^\]\n]*\]|\s+\d+(?=$|;)|\s*\((?:[^()]*@[^()]*|\d[\d,\s]*)\)")
_PEOPLE: tuple[str, ...] = tuple(_NAMES["people"])
_WORDS = frozenset(_NAMES["lists"])
"""Tags of authors, the fullest names first, and of lists."""
_WORD_END = re.compile(r"\n|;|\.\s{2,}")
_BLANKS = re.compile(r"\s{2,}")
_LIKE = re.compile(r"[A-Za-z][A-Za-z /&().'-]{1,60}")
_PREFIX = re.compile(r"^[^:]{0,40}:\s+(?=\S*\d)")


def recognises(look: Look) -> bool:
    """True where the first line that is not blank, or one after a short head, numbers an entry as Ovid or Embase do."""
    return bool(declared(look.text[:_HEAD])) and bool(_FIELD.search(look.text))


_HEAD = 4000
_FIELD = re.compile(
    r"^[^\S\n]{0,8}(?:[A-Z][A-Z0-9]\s{1,4}- |(?:title|author|accession number|source)[^\S\n]*$)", re.MULTILINE | re.IGNORECASE
)


def declared(text: str) -> int:
    """How many lines number an entry."""
    rows = (row.strip() for row in text.split("\n") if "<" in row or "ECORD " in row or "ecord " in row)
    return sum(_is_number(row) for row in rows)


def _is_number(row: str) -> bool:
    if row.startswith("<") and row.endswith(">"):
        return row[1:-1].rstrip(" .").isdecimal()
    word, _, number = row.partition(" ")
    return word in {"RECORD", "Record"} and number.isdecimal()


def parse_ovid_tagged(data: ByteSource) -> Parsed:
    """The account of a file in Ovid's or Embase's tagged format.

    Raises:
        FormatError: not text, or no line numbers an entry.
    """
    return open_ovid_tagged(data).whole()


def open_ovid_tagged(data: ByteSource) -> FileAccount:
    """The account of the same, to be read entry by entry.

    Raises:
        FormatError: here, not text; while reading, no line numbers an entry.
    """
    return opened(FORMAT, decoding(data), _START, declared, _read)


def _read(frame: Frame, *, orphaned: bool) -> Iterator[ParsedEntry | Reject]:
    if not orphaned:
        pairs, also = translated(_single_values(_pairs(frame.raw)), TAGS)
        yield entry(frame, pairs, also)


def _pairs(raw: str) -> list[Pair]:
    """The fields under Ovid's tags; a name without a tag stays as it is."""
    rows = raw.split("\n")
    fields: list[tuple[str, list[str]]] = []
    for row, below in pairwise([*rows[1:], ""]):
        tag = _TAG.match(row)
        name = "" if tag else _long_name(row, below)
        if tag:
            fields.append((tag[1], [tag[2] or ""]))
        elif name:
            fields.append((name, []))
        elif fields and row.strip():
            fields[-1][1].append(row.strip())
    return [(tag, "\n".join(values)) for tag, values in fields]


def _long_name(row: str, below: str) -> str:
    """The tag for a field's long name on its own line; an unknown name is one where its value below is indented."""
    name = row.strip()
    if not name or row[0].isspace() or not _LIKE.fullmatch(name):
        return ""
    tag: str = LONG_NAMES.get(fold(name), "")
    indented = below[:1].isspace() and bool(below.strip())
    return tag if tag and (indented or name.isupper()) else name if indented else ""


def _single_values(pairs: list[Pair]) -> Iterator[Pair]:
    """The fields with one name a value, and the parts of the source where no field of their own holds them."""
    tags = {tag for tag, _ in pairs}
    for tag, value in pairs:
        if tag in _PEOPLE:
            yield from ((tag, name) for name in _names(value)) if tag == _people(tags) else ()
        elif tag == "SO":
            yield from ((part, text) for part, text in source_parts(value) if part not in tags)
            yield tag, value
        else:
            name = "AN" if tag == "UI" and "AN" not in tags else tag
            yield from ((name, text) for text in _values(name, value))


def _values(tag: str, value: str) -> list[str]:
    if tag in _WORDS:
        return [word for part in _WORD_END.split(value) if (word := part.strip(" .-"))]
    if tag == "PM":
        return [value.partition("[")[0]]  # Embase puts an address behind PubMed's number.
    if tag == "AN":
        return [_PREFIX.sub("", " ".join(value.split("\n"))).rstrip(". ")]
    return [value if tag in {"AB", "TI"} else _BLANKS.sub(" ", " ".join(value.split("\n")))]


def _people(tags: set[str]) -> str:
    """Full names before short ones."""
    return next(tag for tag in _PEOPLE if tag in tags)


def _names(value: str) -> list[str]:
    """Names of one field; degrees and places in brackets, and the numbers of affiliations, are left out."""
    parts = (part for row in value.split("\n") for part in re.split(r";|\s{2,}", _BRACKETED.sub("", row)))
    names = (part.strip() for part in parts)
    return [name.rstrip(".") if name[-3:-1].isalpha() else name for name in names if name.strip(" .")]
