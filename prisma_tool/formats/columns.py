"""The columns of tables: which header means which field, ours, PubMed's, Scopus's, Embase's and the usual synonyms.

Headers are compared folded and without blanks, so "Publication Year", "publication_year" and "PublicationYear" are one.
"""

from __future__ import annotations

from prisma_tool.model.text import fold

SYNONYMS: dict[str, tuple[str, ...]] = {
    "title": ("title", "ti", "article title", "primary title", "document title", "study title", "brief title"),
    "authors": ("authors", "author", "au", "author names", "first authors", "author full names", "authors list", "author s"),
    "year": ("year", "py", "publication year", "pub year", "published year", "publication date", "published", "date", "da"),
    "journal": (
        "journal",
        "journal book",
        "source title",
        "publication title",
        "jo",
        "journal name",
        "publication",
        "secondary title",
    ),
    "journal_abbreviation": ("journal abbreviation", "abbreviated source title", "ja"),
    "volume": ("volume", "vl", "vol"),
    "issue": ("issue", "is", "number"),
    "pages": ("pages", "page", "page range"),
    "first_page": ("page start", "start page", "first page", "sp"),
    "last_page": ("page end", "end page", "last page", "ep"),
    "doi": ("doi", "do", "digital object identifier", "article doi"),
    "pmid": ("pmid", "pubmed id", "pubmedid", "pubmed", "medline pmid"),
    "pmcid": ("pmcid", "pmc id", "pmc"),
    "nct": ("nct", "nct number", "nct id", "trial number", "clinical trial numbers", "registry numbers", "trial registration"),
    "abstract": ("abstract", "ab", "abstract note", "summary", "brief summary", "notes abstract"),
    "keywords": ("keywords", "author keywords", "kw", "manual tags", "mesh terms", "key words"),
    "publication_types": ("publication types", "publication type", "document type", "item type", "type of reference"),
    "language": ("language", "languages", "language of original document", "la"),
    "publisher": ("publisher", "pb"),
    "issn": ("issn", "sn"),
    "url": ("url", "urls", "link", "study url", "ur"),
    "accession": ("accession", "accession number", "an", "ut", "ut unique wos id", "eid"),
    "id": ("id", "record id", "study id", "item id"),
    "key": ("key",),
}
"""Field of a citation (or identity) to folded headers; the first header of a table that means a field is taken for it."""

TELLING = frozenset({"title", "abstract", "doi", "pmid", "nct"})
"""A table without any of these fields holds no citations."""


def squeezed(header: str) -> str:
    """A header as it is compared: "Publication_Year" gives "publicationyear"."""
    return fold(header).replace(" ", "")


def columns(header: list[str]) -> dict[str, int]:
    """The position of each known field in a header row; where several headers mean one field, the earlier synonym wins."""
    squeezed_headers = [squeezed(cell) for cell in header]
    found = {}
    for field, synonyms in SYNONYMS.items():
        names = (synonym.replace(" ", "") for synonym in synonyms)
        position = next((squeezed_headers.index(name) for name in names if name in squeezed_headers), None)
        if position is not None:
            found[field] = position
    return found
