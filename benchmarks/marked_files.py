"""Files in which each value of a record is marked as the record's own, tags in any order: no mark may turn up in another record.

A mark is a word such as `zq004dqz`, the fourth record's field `d`. `marked(name, draw)` writes a file, `misplaced(file, parsed)` says
which marks were read into another record, and which are nowhere in their own.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Row = tuple[str, str]
Rows = list[Row]
_MARK = re.compile(r"zq(\d{3})([a-z])qz", re.IGNORECASE)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class MarkedFile:
    """The text, how many records it has, and their marks; `kept_whole` is false where the file does not show whose some lines are."""

    text: str
    size: int
    marks: frozenset[Row]
    kept_whole: bool = True


def _mark(number: int, letter: str) -> str:
    return f"zq{number:03d}{letter}qz"


def _rows(number: int, tags: Sequence[str], draw: random.Random) -> Rows:
    """A value for each tag, marked; some tags are left out, their order is any, the first tag is the title's and stays."""
    rows = [
        (tag, _VALUES.get(kind, "Words {}").format(_mark(number, letter)))
        for letter, (tag, kind) in zip(_LETTERS, _kinds(tags), strict=False)
    ]
    chosen = [rows[0], *(row for row in rows[1:] if draw.random() < 0.8)]
    draw.shuffle(chosen)
    return chosen


_VALUES = {
    "author": "{}, Anna",
    "doi": "10.1000/{}",
    "number": "{}",
    "address": "https://example.org/{}",
    "abstract": "First {}, and more words",
}


def _kinds(tags: Sequence[str]) -> Iterator[Row]:
    for tag in tags:
        name, _, kind = tag.partition(":")
        yield name, kind


def _ris(records: list[Rows], draw: random.Random) -> tuple[str, bool]:
    """Plain; with tags before TY, or tags without content after ER, in each record; or with some of both, which shows nothing."""
    order = draw.choice(("plain", "before", "after", "unclear"))
    parts = []
    for rows in records:
        before = order == "before" or (order == "unclear" and draw.random() < 0.5)
        movable = [row for row in rows if before or row[0] not in _CONTENT]
        outside = [] if order == "plain" else movable[: draw.randint(1, max(1, len(movable) - 1))]
        inside = "".join(f"{tag}  - {value}\n" for tag, value in rows if (tag, value) not in outside)
        moved = "".join(f"{tag}  - {value}\n" for tag, value in outside)
        parts.append(f"{moved if before else ''}TY  - JOUR\n{inside}ER  - \n{'' if before else moved}\n")
    return "".join(parts), order != "unclear"


_CONTENT = frozenset({"TI", "AU", "AB"})
"""Tags that would be an entry of their own after an entry's end."""


def _lines(
    start: str, form: str, end: str = "", head: str = "", foot: str = ""
) -> Callable[[list[Rows], random.Random], tuple[str, bool]]:
    def write(records: list[Rows], draw: random.Random) -> tuple[str, bool]:
        gap = draw.choice(("\n", "\n\n"))
        entries = (start + "".join(form.format(tag, value) for tag, value in rows) + end for rows in records)
        return head + gap.join(entries) + foot, True

    return write


def _numbered(records: list[Rows], _: random.Random) -> tuple[str, bool]:
    entries = (f"<{number}>\n" + "".join(f"{tag}  - {value}\n" for tag, value in rows) for number, rows in enumerate(records, 1))
    return "\n".join(entries), True


def _endnote(records: list[Rows], draw: random.Random) -> tuple[str, bool]:
    """The type anywhere among the tags."""
    parts = []
    for rows in records:
        lines = [f"%{tag} {value}\n" for tag, value in rows]
        lines.insert(draw.randint(0, len(lines)), "%0 Journal Article\n")
        parts.append("".join(lines))
    return "\n".join(parts), True


def _table(records: list[Rows], _: random.Random) -> tuple[str, bool]:
    headers = list(dict.fromkeys(tag for rows in records for tag, _ in rows))
    text = io.StringIO()
    csv.writer(text).writerows([headers, *([dict(rows).get(header, "") for header in headers] for rows in records)])
    return text.getvalue(), True


def _csl(records: list[Rows], _: random.Random) -> tuple[str, bool]:
    def value(tag: str, text: str) -> Any:
        return [{"family": text.partition(",")[0], "given": "Anna"}] if tag == "author" else text

    items = [{"type": "article-journal", **{tag: value(tag, text) for tag, text in rows}} for rows in records]
    return json.dumps(items, indent=1), True


def _xml(head: str, foot: str, record: str, within: str = "{}") -> Callable[[list[Rows], random.Random], tuple[str, bool]]:
    """Tags are paths such as `tig/atl`."""

    def write(records: list[Rows], _: random.Random) -> tuple[str, bool]:
        parts = ("".join(_nested(tag.split("/"), value) for tag, value in rows) for rows in records)
        return head + "\n".join(f"<{record}>{within.format(part)}</{record}>" for part in parts) + foot, True

    return write


def _nested(path: Sequence[str], value: str) -> str:
    return value if not path else f"<{path[0]}>{_nested(path[1:], value)}</{path[0]}>"


def _euctr(records: list[Rows], _: random.Random) -> tuple[str, bool]:
    parts = []
    for number, rows in enumerate(records, 1):
        head = (
            f"EudraCT Number: 2014-{number:06d}-42\nSponsor Protocol Number: {dict(rows).get('Sponsor Protocol Number', 'X')}\n"
        )
        parts.append(head + "".join(f"{tag}: {value}\n" for tag, value in rows if tag != "Sponsor Protocol Number"))
    return "\n".join(parts), True


_RIS = (
    "TI",
    "AU:author",
    "AU:author",
    "AB:abstract",
    "T2",
    "KW",
    "KW",
    "N1",
    "AN:number",
    "DO:doi",
    "PB",
    "UR:address",
    "C1",
    "CY",
    "XX",
)
_ENDNOTE_RECORD = (
    *(
        "titles/title",
        "titles/secondary-title",
        "contributors/authors/author:author",
        "abstract:abstract",
        "accession-num:number",
    ),
    *(
        "keywords/keyword",
        "publisher",
        "electronic-resource-num:doi",
        "notes",
        "urls/related-urls/url:address",
        "custom3",
        "label",
    ),
)
_EBSCO = (
    *(
        "artinfo/tig/atl",
        "artinfo/aug/au:author",
        "jinfo/jtl",
        "artinfo/ab:abstract",
        "artinfo/sug/subj",
        "pubinfo/pub",
        "language",
    ),
    *("artinfo/pubtype", "plink:address"),
)
FORMATS: dict[str, tuple[Sequence[str], Callable[[list[Rows], random.Random], tuple[str, bool]]]] = {
    "ris": (_RIS, _ris),
    "medline": (
        ("TI", "FAU:author", "AB:abstract", "JT", "OT", "MH", "LID:address", "GR", "PB", "XYZ", "AD", "PL", "OAB", "TT"),
        _lines("PMID- 1\n", "{:<4}- {}\n"),
    ),
    "endnote-tagged": (
        ("T", "A:author", "A:author", "X:abstract", "J", "K", "Z", "M:number", "R:doi", "I", "U:address", "1", "F"),
        _endnote,
    ),
    "wos-tagged": (
        ("TI", "AU:author", "AB:abstract", "SO", "DE", "UT:number", "DI:doi", "PU", "FU", "C1", "CL", "CT"),
        _lines("PT J\n", "{} {}\n", "ER\n", "FN Clarivate Analytics Web of Science\nVR 1.0\n", "EF\n"),
    ),
    "refworks-tagged": (
        ("T1", "A1:author", "A1:author", "AB:abstract", "JF", "K1", "NO", "AN:number", "DO:doi", "PB", "LK:address", "CN", "U1"),
        _lines("RT Journal Article\nSR 1\n", "{} {}\n"),
    ),
    "noteexpress": (
        (
            "Title",
            "Author:author",
            "Abstract:abstract",
            "Journal",
            "Keywords",
            "Notes",
            "DOI:doi",
            "Publisher",
            "URL:address",
            "Author Address",
        ),
        _lines("{{Reference Type}}: Journal Article\n".format(), "{{{}}}: {}\n"),
    ),
    "ovid-tagged": (
        ("TI", "AU:author", "AB:abstract", "JN", "KW", "AN:number", "DO:doi", "PB", "UR:address", "IN", "XX"),
        _numbered,
    ),
    "euctr-text": (
        ("Full Title", "Sponsor Protocol Number", "Sponsor Name", "Medical condition", "Disease", "Population Age"),
        _euctr,
    ),
    "bibtex": (
        (
            "title",
            "author:author",
            "abstract:abstract",
            "journal",
            "keywords",
            "note",
            "doi:doi",
            "publisher",
            "url:address",
            "annote",
            "zzz",
        ),
        _lines("@article{{key,\n".format(), "  {} = {{{}}},\n", "}\n"),
    ),
    "csv": (
        (
            "Title",
            "Authors:author",
            "Abstract:abstract",
            "Journal",
            "Keywords",
            "Notes",
            "DOI:doi",
            "Publisher",
            "URL:address",
            "Accession:number",
            "Zzz",
        ),
        _table,
    ),
    "csl-json": (
        (
            "title",
            "author:author",
            "abstract:abstract",
            "container-title",
            "keyword",
            "note",
            "DOI:doi",
            "publisher",
            "URL:address",
            "annote",
            "zzz",
        ),
        _csl,
    ),
    "ebsco-xml": (_EBSCO, _xml("<records>", "</records>", "rec", '<header uiTerm="1"><controlInfo>{}</controlInfo></header>')),
    "endnote-xml": (_ENDNOTE_RECORD, _xml("<xml><records>", "</records></xml>", "record")),
    "ictrp-xml": (
        (
            "Public_title",
            "Scientific_title",
            "Primary_sponsor",
            "Condition",
            "Intervention",
            "Primary_outcome",
            "web_address:address",
            "Zzz",
        ),
        _xml("<Trials_downloaded_from_ICTRP>\n", "</Trials_downloaded_from_ICTRP>", "Trial", "<TrialID>NCT01234567</TrialID>{}"),
    ),
}
"""The tags of each format, of which the first is a title, with the kind of value where it has a form; and how the records are written."""


def marked(name: str, draw: random.Random) -> MarkedFile:
    """A file of format `name` with two to six records."""
    tags, write = FORMATS[name]
    records = [_rows(number, tags, draw) for number in range(1, draw.randint(2, 6) + 1)]
    text, kept_whole = write(records, draw)
    if draw.random() < 0.2:
        text = text.replace("\n", "\r\n")
    marks = frozenset(mark for rows in records for _, value in rows for mark in _MARK.findall(value))
    return MarkedFile(text, len(records), marks, kept_whole)


def misplaced(file: MarkedFile, entries: Sequence[Any]) -> list[str]:
    """What is wrong with the entries that were read: their number, marks of two records in one, marks that are nowhere."""
    found = [
        frozenset((number, letter.lower()) for number, letter in _MARK.findall(f"{one.citation!r} {one.accession}"))
        for one in entries
    ]
    troubles = [f"one entry holds {sorted(marks)}" for marks in found if len({number for number, _ in marks}) > 1]
    if file.kept_whole:
        troubles += [f"{file.size} records are {len(entries)} entries"] if len(entries) != file.size else []
        troubles += [f"nowhere is {mark}" for mark in sorted(file.marks - frozenset().union(*found))]
    return troubles
