"""Records for other programs, as CSV and RIS. Invariant: our own readers give back what was written, identity included.

CSV ends its lines with a newline, RIS with CR LF as its specification says. Cells that a spreadsheet would run are defused, see
`cells`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prisma_tool.formats.cells import defused
from prisma_tool.formats.names import write_author
from prisma_tool.formats.prose import line
from prisma_tool.formats.ris_fields import REGISTRATION_NOTE, TYPE_NAMES
from prisma_tool.formats.ris_tags import tagged
from prisma_tool.model.citation import Author, Citation

CSV_COLUMNS = (
    "key",
    "source",
    "accession",
    "cluster",
    "representative",
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "nct",
    "abstract",
    "publication_types",
    "url",
    "title_abstract",
    "full_text",
    "reason",
    "note",
)
_RIS_TAG = re.compile(r"[A-Z][A-Z0-9]")
_NOT_REPEATED = frozenset({"TY", "ER", "ID", "AN"})
_TYPES = {name.lower(): tag for tag, name in reversed(TYPE_NAMES.items())}


@dataclass(frozen=True, slots=True)
class ExportRow:
    """A record with its place in the review; the outcomes are empty where a stage does not apply to it."""

    key: str
    source: str
    accession: str
    cluster: str
    representative: bool
    citation: Citation
    title_abstract: str
    full_text: str
    reason: str = ""
    note: str = ""


def write_csv(rows: Iterable[ExportRow]) -> str:
    """The rows as a table with the columns `CSV_COLUMNS`, in the order given."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    writer.writerows([defused(cell) for cell in _cells(row)] for row in rows)
    return text.getvalue()


def _cells(row: ExportRow) -> tuple[str, ...]:
    citation = row.citation
    return (
        row.key,
        row.source,
        row.accession,
        row.cluster,
        "true" if row.representative else "false",
        citation.title or citation.vernacular_title,
        "; ".join(_without_semicolon(author) for author in citation.authors),
        str(citation.year or ""),
        citation.journal or citation.journal_abbreviation,
        citation.volume,
        citation.issue,
        citation.pages,
        citation.doi,
        citation.pmid,
        citation.nct,
        citation.abstract_text,
        "; ".join(citation.publication_types),
        " ".join(citation.urls),
        row.title_abstract,
        row.full_text,
        row.reason,
        row.note,
    )


def _without_semicolon(author: Author) -> str:
    """Semicolons part authors in a cell, so one inside a group's name gives way to a comma."""
    return write_author(author).replace(";", ",")


def write_ris(rows: Iterable[ExportRow]) -> str:
    """The rows as RIS for reference managers; AN carries the accession, so that reading it back finds the same key."""
    return "".join(f"{entry}\r\n" for row in rows for entry in _ris_lines(row))


def _ris_lines(row: ExportRow) -> Iterator[str]:
    yield f"TY  - {_ris_type(row.citation)}"
    for tag, value in (*_ris_pairs(row), *_spare_pairs(row.citation)):
        if value:
            yield f"{tag}  - {value}"
    yield "ER  - "
    yield ""


def _ris_type(citation: Citation) -> str:
    """The type as it came, else by the source's words, else a journal article; a register's entry is a report."""
    came = next((value for tag, value in citation.extra if tag == "TY" and _is_type(value)), "")
    named = (_TYPES.get(name.lower(), "") for name in citation.publication_types)
    return came or next(filter(None, named), "RPRT" if citation.trial else "JOUR")


def _is_type(value: str) -> bool:
    return value.isascii() and value.isalpha() and value.isupper()


def _ris_pairs(row: ExportRow) -> Iterator[tuple[str, str]]:
    citation = row.citation
    yield "AN", line(row.accession)
    yield "TI", line(citation.title or citation.vernacular_title)
    yield "TT", line(citation.vernacular_title)
    yield from (("AU", line(write_author(author))) for author in citation.authors)
    yield "PY", str(citation.year or "")
    yield "DA", "" if citation.published == str(citation.year) else line(citation.published)
    yield "JF", line(citation.journal)
    yield "T2", line(citation.journal)
    yield "J2", line(citation.journal_abbreviation)
    yield "VL", line(citation.volume)
    yield "IS", line(citation.issue)
    yield from zip(("SP", "EP"), _ends(line(citation.pages)), strict=False)
    yield "DO", citation.doi
    yield "PM", citation.pmid
    yield "C2", citation.pmcid
    yield "N1", _note(REGISTRATION_NOTE, citation.registry_numbers)
    yield "AB", _foldless(citation.abstract_text)
    yield from (("KW", line(word)) for word in (*citation.keywords, *citation.mesh))
    yield from (("M3", line(name)) for name in citation.publication_types)
    yield from (("SN", number) for number in citation.issn)
    yield "PB", line(citation.publisher)
    yield from (("LA", line(name)) for name in citation.languages)
    yield from (("UR", line(url)) for url in citation.urls)
    yield "N1", line(_screening(row))


def _spare_pairs(citation: Citation) -> Iterator[tuple[str, str]]:
    """Tags that came from RIS and that no field takes go out as they came in."""
    return ((tag, line(value)) for tag, value in citation.extra if _RIS_TAG.fullmatch(tag) and tag not in _NOT_REPEATED)


def _ends(pages: str) -> tuple[str, ...]:
    """First and last page, where joining them again gives the same text; else the whole as first page."""
    first, _, last = pages.partition("-")
    return (first, last) if first and last and first != last and pages == f"{first.strip()}-{last.strip()}" else (pages,)


def _note(prefix: str, values: tuple[str, ...]) -> str:
    return prefix + "; ".join(map(line, values)) if values else ""


def _foldless(abstract: str) -> str:
    """The abstract with its paragraphs as lines; a line that would be taken for a tag stays on the line before."""
    first, *others = abstract.split("\n")
    return first + "".join((" " if tagged(text) else "\r\n") + line(text) for text in others)


def _screening(row: ExportRow) -> str:
    full_text = f"{row.full_text} ({row.reason})" if row.full_text and row.reason else row.full_text
    facts = (("title/abstract", row.title_abstract), ("full text", full_text), ("note", row.note))
    told = "; ".join(f"{name} {value}" for name, value in facts if value)
    return f"Screening: {told}" if told else ""
