"""Records as MEDLINE text (.nbib), which PubMed saves and EndNote, Zotero, Rayyan and Covidence read.

Tags: National Library of Medicine, "MEDLINE/PubMed Data Element (Field) Descriptions". An entry begins with PMID, or with the owner
NOTNLM where the record has none (programs refuse an empty PMID); another source's accession stands under OID, "other ID". Invariant: see `writers.NOT_CARRIED`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from prisma_tool.formats.account.export_row import ExportRow
from prisma_tool.formats.medline.fields import LINKS
from prisma_tool.formats.text.html_text import guarded
from prisma_tool.formats.text.tidy import line
from prisma_tool.model.record.citation import Author, Citation, Link, Section
from prisma_tool.model.record.identifiers import registry_numbers

_WIDTH, _INDENT = 88, "      "
_TAGS_OF_LINKS = {kind: tag for tag, kind in LINKS.items()}
_OWNER = "NOTNLM"
_NO_WORDS = frozenset({"LID", "AID", "OID"})
_BANK = "ClinicalTrials.gov"

Pair = tuple[str, str]


def write_medline(rows: Iterable[ExportRow]) -> Iterator[bytes]:
    """The rows as MEDLINE text, in the order given, parted by empty lines."""
    return (f"{_entry(row)}\n\n".encode() for row in rows)


def _entry(row: ExportRow) -> str:
    return "\n".join(_wrapped(tag, _guarded(tag, line(value))) for tag, value in _pairs(row) if line(value))


def _guarded(tag: str, value: str) -> str:
    return value if tag in _NO_WORDS else guarded(value)


def _wrapped(tag: str, value: str) -> str:
    """A field on as many lines as it needs; a word is never broken, so that joining the lines gives the text back."""
    return textwrap.fill(
        value,
        width=_WIDTH,
        initial_indent=f"{tag:<4}- ",
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
    )


def _pairs(row: ExportRow) -> Iterator[Pair]:
    citation = row.citation
    yield ("PMID", citation.pmid) if citation.pmid else ("OWN", _OWNER)
    yield "OID", "" if row.accession in (citation.pmid, citation.pmcid) else row.accession
    yield "STAT", citation.status
    # Some readers want the medium behind each number; which one it is was not kept.
    yield from (("IS", f"{number} (Undetermined)") for number in citation.issn)
    yield "VI", citation.volume
    yield "IP", citation.issue
    yield "DP", citation.published or str(citation.year or "")
    yield "TI", citation.title or citation.vernacular_title
    yield "TT", citation.vernacular_title
    yield "PG", citation.pages
    # PubMed gives a DOI in both places; readers look in one of them.
    yield from ((tag, f"{citation.doi} [doi]") for tag in ("LID", "AID") if citation.doi)
    yield from (("LID", url) for url in citation.urls)
    yield "AB", _abstract(citation.abstract)
    yield from (("OAB", part.text) for part in citation.other_abstracts)
    yield from (("CN" if author.collective else "FAU", _name(author)) for author in citation.authors)
    yield from (("LA", name) for name in citation.languages)
    yield from (("SI", number if _is_whole(number) else f"{_bank(number)}/{number}") for number in citation.registry_numbers)
    yield from (("PT", name) for name in citation.publication_types)
    yield from (_link(link) for link in citation.links if link.kind in _TAGS_OF_LINKS)
    yield from _places(citation)


def _places(citation: Citation) -> Iterator[Pair]:
    yield "PB", citation.publisher
    yield "TA", citation.journal_abbreviation
    yield "JT", citation.journal
    yield from (("MH", term) for term in citation.mesh)
    yield from (("OT", word) for word in citation.keywords)
    yield "PMC", citation.pmcid


def _is_whole(number: str) -> bool:
    """A number of an unknown register, read with its bank, stays as it was; CTRI's and SLCTR's own hold a slash."""
    return "/" in number and not registry_numbers(number)


def _bank(number: str) -> str:
    if "/" in number:
        return number.partition("/")[0]
    return _BANK if number.startswith("NCT") else number.rstrip("0123456789-").strip() or "Registry"


def _abstract(sections: tuple[Section, ...]) -> str:
    """Headings in capitals before a colon, as PubMed prints them."""
    return " ".join(f"{part.label}: {part.text}" if part.label else part.text for part in sections)


def _name(author: Author) -> str:
    if author.collective:
        return author.family
    given = f"{author.given} {author.suffix}".strip()
    return f"{author.family}, {given}" if given else author.family


def _link(link: Link) -> Pair:
    return _TAGS_OF_LINKS[link.kind], f"{link.note} PMID: {link.pmid}" if link.pmid else link.note
