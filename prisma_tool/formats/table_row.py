"""One row of a table as a citation. Invariant: a cell under an unknown header, and a spare synonym's, is kept in `extra`."""

from __future__ import annotations

import re

from prisma_tool.formats.dates import year_in
from prisma_tool.formats.names import read_author
from prisma_tool.formats.prose import line, lines, paragraphs
from prisma_tool.model.citation import Author, Citation, Section
from prisma_tool.model.identifiers import normal_doi, normal_pmcid, normal_pmid, normal_registry_number, registry_numbers

_ISSN = re.compile(r"(?<![\d-])(\d{4})-?(\d{3}[\dXx])(?![\dXx-])")
_DASHES = re.compile(r"[‐‑‒–—−]")
_INITIALED = re.compile(r"[^\W\d_][\w' -]+ [A-Z]{1,3}(?:, [^\W\d_][\w' -]+ [A-Z]{1,3})+\.?")
_IDENTITY = frozenset({"accession", "id", "key"})


def row_citation(values: list[str], header: list[str], positions: dict[str, int]) -> Citation:
    """The citation in the cells of one row; `positions` says which column holds which field."""

    def cell(field: str) -> str:
        return values[positions[field]] if field in positions else ""

    title, abstract = line(cell("title")), paragraphs(cell("abstract"))
    registered = tuple(dict.fromkeys(_registered(cell("nct")) + registry_numbers(cell("accession"))))
    mentioned = registry_numbers(f"{title}\n{abstract}")
    return Citation(
        title=title,
        authors=_authors(cell("authors")),
        year=year_in(cell("year")),
        published=line(cell("year")),
        journal=line(cell("journal")),
        journal_abbreviation=line(cell("journal_abbreviation")),
        volume=line(cell("volume")),
        issue=line(cell("issue")),
        pages=_pages(cell("pages"), cell("first_page"), cell("last_page")),
        issn=tuple(dict.fromkeys(f"{a}-{b.upper()}" for a, b in _ISSN.findall(cell("issn")))),
        publisher=line(cell("publisher")),
        languages=_listed(cell("language")),
        abstract=(Section("", abstract),) if abstract else (),
        publication_types=_listed(cell("publication_types")),
        keywords=_listed(cell("keywords")),
        doi=normal_doi(cell("doi")),
        pmid=normal_pmid(cell("pmid")),
        pmcid=normal_pmcid(cell("pmcid")),
        registry_numbers=registered,
        mentioned_numbers=tuple(number for number in mentioned if number not in registered),
        urls=tuple(url for url in lines(cell("url").split()) if url.startswith(("http://", "https://"))),
        extra=_extra(values, header, positions),
    )


def _authors(text: str) -> tuple[Author, ...]:
    """Authors split at semicolons; PubMed's "Smith J, Lee AB." is the one comma list that is unmistakable."""
    parts = text.rstrip(". ").split(", ") if _INITIALED.fullmatch(line(text)) else re.split(r"[;\n]", text)
    return tuple(author for author in map(read_author, parts) if author.family)


def _registered(text: str) -> tuple[str, ...]:
    known = registry_numbers(text)
    return known or tuple(map(normal_registry_number, lines(re.split(r"[;,|\s]+", text))))


def _pages(whole: str, first: str, last: str) -> str:
    ends = "-".join(dict.fromkeys(filter(None, (line(first), line(last)))))
    return _DASHES.sub("-", line(whole) or ends)


def _listed(text: str) -> tuple[str, ...]:
    return lines(re.split(r"[;\n]", text))


def _extra(values: list[str], header: list[str], positions: dict[str, int]) -> tuple[tuple[str, str], ...]:
    taken = {position for field, position in positions.items() if field not in _IDENTITY}
    rest = (
        (line(name), line(value)) for number, (name, value) in enumerate(zip(header, values, strict=False)) if number not in taken
    )
    return tuple((name, value) for name, value in rest if name and value)
