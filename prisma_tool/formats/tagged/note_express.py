"""NoteExpress text (.net), which CNKI, Wanfang and VIP export, to an account of citations.

A field is `{Name}: value` at the beginning of a line; `{Reference Type}` begins an entry. Invariant: one entry or reject for each
such line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.tagged.tag_translation import entry, opened, tagged_lines, translated
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look, decoding
from prisma_tool.formats.text.framing import Frame

FORMAT = "noteexpress"
_START = re.compile(r"\n(?=\{Reference Type\}:)")
_TAG = re.compile(r"\{([A-Za-z][A-Za-z /]{1,30})\}: ?(.*)$")
_HEAD = re.compile(r"\s*\{Reference Type\}:")
_ORDINARY = frozenset({"journal article", "generic"})
NAMES = {
    "Reference Type": "M3",
    "Title": "TI",
    "Translated Title": "TT",
    "Author": "AU",
    "Secondary Author": "ED",
    "Journal": "JF",
    "Secondary Title": "T2",
    "Year": "PY",
    "Date": "DA",
    "Volume": "VL",
    "Issue": "IS",
    "Pages": "SP",
    "Keywords": "KW",
    "Abstract": "AB",
    "ISBN/ISSN": "SN",
    "DOI": "DO",
    "Publisher": "PB",
    "Language": "LA",
    "URL": "UR",
    "Accession Number": "AN",
    "Notes": "N1",
    "Database Provider": "DP",
}
"""NoteExpress's name of a field to RIS's tag."""


def recognises(look: Look) -> bool:
    """True where the text begins with the type of a reference in braces."""
    return bool(_HEAD.match(look.text))


def declared(text: str) -> int:
    """How many lines begin an entry."""
    return sum(row.startswith("{Reference Type}:") for row in text.split("\n"))


def parse_note_express(data: ByteSource) -> Parsed:
    """The account of a NoteExpress file.

    Raises:
        FormatError: not text, or no line begins with `{Reference Type}`.
    """
    return open_note_express(data).whole()


def open_note_express(data: ByteSource) -> FileAccount:
    """The account of the same, to be read entry by entry.

    Raises:
        FormatError: here, not text; while reading, no line begins with `{Reference Type}`.
    """
    return opened(FORMAT, decoding(data), _START, declared, _read)


def _read(frame: Frame, *, orphaned: bool) -> Iterator[ParsedEntry | Reject]:
    if not orphaned:
        fields = (
            pair for pair in tagged_lines(frame.raw, _TAG) if pair[0] != "Reference Type" or pair[1].lower() not in _ORDINARY
        )
        pairs, also = translated(fields, NAMES)
        yield entry(frame, pairs, also)
