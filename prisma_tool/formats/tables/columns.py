"""The columns of tables: which header means which field, in the words of the databases and programs that export tables.

Headers are compared folded and without blanks, so "Publication Year", "publication_year" and "PublicationYear" are one. Invariant: a
header means at most one field; for a field with several headers the earlier synonym comes first.
"""

from __future__ import annotations

from collections.abc import Mapping

from prisma_tool.errors import UsageError
from prisma_tool.formats.platforms.table_dialects import TableDialect, tagged_tables
from prisma_tool.formats.text.cell_values import squeezed

SYNONYMS: dict[str, tuple[str, ...]] = {
    "title": (
        *("title", "ti", "article title", "primary title", "document title", "study title", "brief title", "item title", "t1"),
        *("reference title", "display name", "paper title", "publication title full", "titel", "titre", "titulo", "titolo"),
    ),
    "vernacular_title": ("vernacular title", "original title", "translated title", "tt", "title in original language"),
    "authors": (
        *("author full names", "authors", "author", "au", "author names", "first authors", "authors list", "creators", "a1"),
        *("authorships author display name", "authorships raw author name", "autores", "auteurs", "autoren", "book authors"),
    ),
    "group_authors": ("group authors", "corporate authors", "corporate author", "collective authors", "book group authors"),
    "year": (
        *("year", "py", "publication year", "pub year", "published year", "year of publication", "publicationdateyear"),
        *("year published", "jahr", "annee", "ano", "anno", "yr"),
    ),
    "published": (
        *("publication date", "date published", "date of publication", "cover date", "published", "date", "da", "pub date", "dp"),
        *("issue date", "date of issue", "first publication date"),
    ),
    "early_access": ("early access date", "date of early access"),
    "journal": (
        *(
            "journal",
            "journal book",
            "source title",
            "publication title",
            "pubtitle",
            "jf",
            "jo",
            "journal name",
            "publication",
            "jt",
            "t2",
        ),
        *("secondary title", "journal title", "full journal title", "journal full title", "periodical", "publication name", "so"),
        *("parent title", "primary location source display name", "container title", "host title", "book title", "venue"),
        *("proceedings title", "anthology title", "zeitschrift", "revue", "revista", "conference title", "conference name"),
    ),
    "journal_abbreviation": (
        *("journal abbreviation", "abbreviated source title", "ja", "journal iso abbreviation", "iso abbreviation", "ji", "j9"),
        *("abbreviated journal", "j2", "ta", "journal abbrev", "iso journal abbreviation"),
    ),
    "volume": ("volume", "journal volume", "vl", "vol", "volume number", "vi", "biblio volume", "band"),
    "issue": ("issue", "is", "number", "issue number", "ip", "biblio issue", "journal issue", "no", "heft"),
    "pages": ("pages", "page", "page range", "pagination", "page numbers", "page info", "pgs", "pg", "seiten", "paginas"),
    "first_page": ("page start", "start page", "first page", "sp", "bp", "beginning page", "spage", "biblio first page"),
    "last_page": ("page end", "end page", "last page", "ep", "ending page", "epage", "biblio last page"),
    "article_number": ("article number", "art no", "article no", "elocation id", "e location", "article id"),
    "doi": (
        "doi",
        "do",
        "di",
        "digital object identifier",
        "article doi",
        "doi number",
        "doi url",
        "doi link",
        "item doi",
        "ids doi",
    ),
    "pmid": (
        *("pmid", "pubmed id", "pubmed", "medline pmid", "pm", "pubmed identifier", "pubmed number", "ids pmid", "pubmed pmid"),
        *("pubmed unique identifier", "pmid number"),
    ),
    "pmcid": ("pmcid", "pmc id", "pmc", "ids pmcid"),
    "nct": (
        *("nct", "nct number", "nct id", "trial number", "clinical trial numbers", "clinical trial number", "registry numbers"),
        *("trial registration", "registration number", "trial registration number", "trial id", "clinical trial id"),
    ),
    "abstract": (
        *("abstract", "ab", "abstract note", "summary", "brief summary", "notes abstract", "abstract text", "n2"),
        *("zusammenfassung", "resume", "resumo", "resumen", "description"),
    ),
    "keywords": (
        *("keywords", "author keywords", "kw", "de", "keyword", "key words", "index keywords", "keywords plus", "manual tags"),
        *("ieee terms", "inspec controlled terms", "inspec non controlled terms", "descriptors", "subjects", "subject", "ot"),
        *("emtree drug index terms", "emtree drug index terms major focus", "emtree medical index terms", "subject terms"),
        *("emtree medical index terms major focus", "keywords display name", "schlagworter", "palabras clave"),
    ),
    "mesh": ("mesh", "mesh terms", "mesh headings", "mh", "mesh display name", "mesh descriptor name"),
    "publication_types": (
        *(
            "document type",
            "doctype",
            "publication types",
            "publication type",
            "item type",
            "type of reference",
            "dt",
            "pt",
            "type",
        ),
        *("article type", "pub type", "content type", "type of publication", "reference type", "type of work", "ty"),
    ),
    "language": ("language", "languages", "language of original document", "la", "lg", "sprache", "langue", "idioma"),
    "publisher": ("publisher", "pb", "pu", "publisher name"),
    "issn": ("issn", "sn", "issns", "journal issn", "eissn", "e issn", "ei", "print issn", "electronic issn", "issn l", "essn"),
    "url": (
        *("url", "urls", "link", "links", "study url", "ur", "fulltext url", "full text url", "external url", "source urls"),
        *("source url", "open url link", "dimensions url", "web address", "article url", "pdf link", "landing page url"),
        *("primary location landing page url", "article link", "lk", "plink", "documenturl"),
    ),
    "accession": (
        *("accession", "accession number", "accession no", "an", "ut", "ut unique wos id", "eid", "unique id", "lens id"),
        *("publication id", "pui", "embase accession id", "eric number", "openalex id", "wos id", "cn number", "storeid"),
    ),
    "id": ("id", "record id", "study id", "item id", "reference id"),
    "key": ("key",),
}
"""Field of a citation (or identity) to folded headers."""

IDENTIFYING = frozenset({"title", "abstract", "doi", "pmid", "nct"})
"""A table without any of these fields holds no citations."""

_FIELD_OF = {synonym.replace(" ", ""): (field, rank) for field, names in SYNONYMS.items() for rank, synonym in enumerate(names)}


def columns(header: list[str]) -> dict[str, tuple[int, ...]]:
    """The positions of each known field in a header row, best first; of equal headers only the first counts."""
    if tagged := tagged_table(header):
        return _tagged(header, tagged)
    ranked: dict[str, list[tuple[int, int]]] = {}
    names = set()
    for position, cell in enumerate(header):
        name = squeezed(cell)
        if name in _FIELD_OF and name not in names:
            names.add(name)
            field, rank = _FIELD_OF[name]
            ranked.setdefault(field, []).append((rank, position))
    return {field: tuple(position for _, position in sorted(ranked[field])) for field in SYNONYMS if field in ranked}


def tagged_table(header: list[str]) -> TableDialect | None:
    """The platform whose two-letter tags these headers are, or None."""
    names = {cell.strip() for cell in header}
    return next((one for one in tagged_tables() if one.tag_signature <= names), None)


def _tagged(header: list[str], traits: TableDialect) -> dict[str, tuple[int, ...]]:
    tags = list(traits.tags or {})
    placed = {cell.strip(): position for position, cell in reversed(list(enumerate(header))) if cell.strip() in tags}
    positions: dict[str, tuple[int, ...]] = {}
    for tag in sorted(placed, key=tags.index):
        field = (traits.tags or {})[tag]
        positions[field] = (*positions.get(field, ()), placed[tag])
    return positions


def chosen_columns(header: list[str], chosen: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """The columns as guessed, with those that a person names (field to header) in place of the guess.

    Raises:
        UsageError: no such field, or no column of that name; an empty header takes a guessed column away.
    """
    by_field = columns(header)
    names = [squeezed(cell) for cell in header]
    for field, heading in chosen.items():
        if field not in SYNONYMS:
            raise UsageError(f"“{field}” is no field of a record. Known are {', '.join(SYNONYMS)}.")
        if squeezed(heading) not in names and heading.strip():
            raise UsageError(
                f"No column “{heading}” for {field}. Headers seen: {', '.join(filter(None, map(str.strip, header)))}."
            )
        position = names.index(squeezed(heading)) if heading.strip() else None
        by_field = {name: tuple(one for one in positions if one != position) for name, positions in by_field.items()}
        by_field[field] = () if position is None else (position,)
    return {field: positions for field, positions in by_field.items() if positions}


def mapping_in_words(header: list[str], positions: Mapping[str, tuple[int, ...]]) -> tuple[tuple[str, str], ...]:
    """The map of columns in words, a field with its headers a pair."""
    return tuple((field, ", ".join(header[position].strip() for position in places)) for field, places in positions.items())
