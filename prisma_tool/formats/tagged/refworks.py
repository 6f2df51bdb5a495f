"""RefWorks tagged text (RefWorks, CNKI, ProQuest), to an account of citations.

`RT` begins an entry, a tag is two signs and a blank at the beginning of a line. Tags: RefWorks, "RefWorks Tagged Format". Invariant:
one entry or reject for each `RT` line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.tagged.tag_translation import entry, opened, tagged_lines, translated
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look, decoding
from prisma_tool.formats.text.framing import Frame
from prisma_tool.formats.text.tag_values import Pair

FORMAT = "refworks-tagged"
_START = re.compile(r"\n(?=RT )")
_TAG = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|$)")
_HEAD = re.compile(r"\s*RT [A-Z][^\n]*\n(?:[A-Z][A-Z0-9] ?[^\n]*\n)*?(?:A1|T1|SR|ID|JF|YR) ")
_ORDINARY = frozenset({"journal article", "journal", "generic", "article"})
NAMES = {
    "RT": "M3",
    "A1": "AU",
    "A2": "ED",
    "T1": "TI",
    "T2": "T2",
    "T3": "T3",
    "OT": "TT",
    "JF": "JF",
    "JO": "JA",
    "YR": "PY",
    "FD": "DA",
    "VO": "VL",
    "IS": "IS",
    "SP": "SP",
    "OP": "EP",
    "K1": "KW",
    "AB": "AB",
    "NO": "N1",
    "SN": "SN",
    "DO": "DO",
    "AN": "AN",
    "PB": "PB",
    "LA": "LA",
    "LK": "UR",
    "UL": "UR",
    "DB": "DB",
    "DS": "DP",
}
"""RefWorks's tag to RIS's."""


def recognises(look: Look) -> bool:
    """True where the text begins with the type of a reference and another tag of RefWorks."""
    return bool(_HEAD.match(look.text))


def declared(text: str) -> int:
    """How many lines begin an entry."""
    return sum(row.startswith("RT ") for row in text.split("\n"))


def parse_refworks(data: ByteSource) -> Parsed:
    """The account of a file in RefWorks's tagged format.

    Raises:
        FormatError: not text, or no line begins with `RT`.
    """
    return open_refworks(data).whole()


def open_refworks(data: ByteSource) -> FileAccount:
    """The account of the same, to be read entry by entry.

    Raises:
        FormatError: here, not text; while reading, no line begins with `RT`.
    """
    return opened(FORMAT, decoding(data), _START, declared, _read)


def _read(frame: Frame, *, orphaned: bool) -> Iterator[ParsedEntry | Reject]:
    if not orphaned:
        pairs, also = translated(_specific(tagged_lines(frame.raw, _TAG)), NAMES)
        yield entry(frame, pairs, also)


def _specific(pairs: list[Pair]) -> Iterator[Pair]:
    """The pairs without types that say nothing, and without the semicolon that CNKI puts behind a language."""
    for tag, value in pairs:
        if tag == "LA":
            yield tag, value.rstrip("; ")
        elif tag != "RT" or value.strip().lower() not in _ORDINARY:
            yield tag, value
