"""Records as RIS, which every reference manager and screening program takes.

Lines end with CR LF as the specification says. AN carries the accession and DB the source, so that reading back finds the same
record; tags that came from RIS and that no field takes go out as they came in. Invariant: see `writers.NOT_CARRIED`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from prisma_tool.formats.account.export_row import OWN_NOTES, SCREENING_NOTE, ExportRow, own_notes
from prisma_tool.formats.ris.tag_lines import tagged
from prisma_tool.formats.ris.tag_meanings import REGISTRATION_NOTE, SINGLE, TYPE_NAMES
from prisma_tool.formats.text.author_names import write_author
from prisma_tool.formats.text.html_text import guarded
from prisma_tool.formats.text.tag_values import ADDRESSES
from prisma_tool.formats.text.tidy import line
from prisma_tool.model.record.citation import Citation

_TAG = re.compile(r"[A-Z][A-Z0-9]")
_NOT_REPEATED = frozenset({"TY", "ER", "ID", "AN"})
_TYPES = {name.lower(): tag for tag, name in reversed(list(TYPE_NAMES.items()))}

Pair = tuple[str, str]


def write_ris(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The rows as RIS, in the order given."""
    return ("".join(f"{text}\r\n" for text in _lines(row)).encode() for row in rows)


def _lines(row: ExportRow) -> Iterator[str]:
    pairs = list(_pairs(row))
    spare = [_shown(pair, {tag for tag, value in pairs if value}) for pair in _spare(row.citation)]
    named = [] if any(tag == "DB" for tag, _ in spare) else [("DB", line(row.source))]
    yield f"TY  - {_type(row.citation)}"
    for tag, value in (*pairs, *named, *spare, *(("N1", line(note)) for note in _notes(row))):
        if value:
            text = value if tag in ADDRESSES else guarded(value)
            yield f"{tag}  - {text}".replace("\n", "\r\n")
    yield "ER  - "
    yield ""


def _notes(row: ExportRow) -> Iterator[str]:
    """Our notes; that of the outcomes also holds the word by which ASReview knows a label."""
    label = {"1": " [ASReview_relevant]", "0": " [ASReview_irrelevant]"}.get(row.included, "")
    return (f"{note}{label}" if note.startswith(SCREENING_NOTE) else note for note in own_notes(row))


def _type(citation: Citation) -> str:
    """The type as it came, else by the source's words, else a journal article; a register's entry is a report."""
    came = next((value for tag, value in citation.extra if tag == "TY" and _is_type(value)), "")
    named = (_TYPES.get(name.lower(), "") for name in citation.publication_types)
    return came or next(filter(None, named), "RPRT" if citation.trial else "JOUR")


def _is_type(value: str) -> bool:
    return value.isascii() and value.isalpha() and value.isupper()


def _pairs(row: ExportRow) -> Iterator[Pair]:
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


def _spare(citation: Citation) -> Iterator[Pair]:
    """Tags that came from RIS and that no field takes; what an earlier export of ours said about screening is out of date."""
    for tag, value in citation.extra:
        if tag == "C2" and value == citation.pmcid:
            continue
        if _TAG.fullmatch(tag) and tag not in _NOT_REPEATED and not value.startswith(OWN_NOTES):
            yield tag, line(value)


_ONCE = frozenset(tag for tags in SINGLE.values() for tag in tags)


def _shown(pair: Pair, written: set[str]) -> Pair:
    """A spare tag, or a note of it where it would be read as a field that the record leaves empty (MEDLINE's DA is no date of issue).

    So is one that stands there already and that programs read once: some refuse a file with two dates in an entry.
    """
    tag, value = pair
    fields = (tags for tags in SINGLE.values() if tag in tags and tag not in written)
    taken = any(next(one for one in tags if one == tag or one in written) == tag for tags in fields)
    return ("N1", f"{tag}: {value}") if taken or (tag in written and tag in _ONCE) else pair


def _ends(pages: str) -> tuple[str, ...]:
    """First and last page, where joining them again gives the same text; else the whole as first page."""
    first, _, last = pages.partition("-")
    return (first, last) if first and last and first != last and pages == f"{first.strip()}-{last.strip()}" else (pages,)


def _note(prefix: str, values: tuple[str, ...]) -> str:
    return prefix + "; ".join(map(line, values)) if values else ""


def _foldless(abstract: str) -> str:
    """The abstract with its paragraphs as lines; a line that would be taken for a tag stays on the line before."""
    first, *others = abstract.split("\n")
    return first + "".join((" " if tagged(text) else "\n") + line(text) for text in others)
