"""The pieces that PubMed's articles and book chapters share: authors, abstracts, identifiers, links.

Invariant: only the record's own values are taken. The papers it cites carry PMIDs and DOIs too, in ReferenceList and
CommentsCorrections; every look-up here names its path from the record's root and never searches the whole tree.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from prisma_tool.formats.text.html_text import readable_text
from prisma_tool.formats.text.inline_markup import readable
from prisma_tool.formats.text.missing_values import no_author
from prisma_tool.formats.text.tidy import lines
from prisma_tool.model.record.citation import Author, Link, Section
from prisma_tool.model.record.identifiers import normal_doi, normal_pmid


def texts(element: Element, path: str) -> tuple[str, ...]:
    """The text of every element at `path`, each once, empty ones left out."""
    return lines([readable(child) for child in element.findall(path)])


def text(element: Element, path: str) -> str:
    """The text of the first element at `path`, or an empty string."""
    return readable_text(readable(element.find(path)))


def identifiers(element: Element, path: str) -> tuple[str, ...]:
    """MeSH's identifiers (UI) of the elements at `path`, each once."""
    return lines([child.get("UI", "") for child in element.findall(path)])


def authors(element: Element, path: str) -> tuple[Author, ...]:
    """The authors at `path`; spellings that PubMed marks as superseded (ValidYN="N") are left out."""
    persons = (_author(one) for one in element.findall(path) if one.get("ValidYN", "Y") != "N")
    return tuple(one for one in persons if one.family and not no_author(str(one)))


def no_persons(element: Element, path: str) -> tuple[str, ...]:
    """The names at `path` that are none ("Anonymous")."""
    names = (str(_author(one)) for one in element.findall(path))
    return tuple(dict.fromkeys(filter(no_author, names)))


def _author(element: Element) -> Author:
    collective = text(element, "CollectiveName")
    if collective:
        return Author(collective, collective=True)
    orcids = (readable(one) for one in element.findall("Identifier") if one.get("Source") == "ORCID")
    return Author(
        family=text(element, "LastName"),
        given=text(element, "ForeName") or text(element, "Initials"),
        suffix=text(element, "Suffix"),
        orcid=next((one.rstrip("/").rpartition("/")[2] for one in orcids), ""),
    )


def sections(element: Element, path: str, kind: str = "") -> tuple[Section, ...]:
    """The abstract's parts under their printed headings.

    Args:
        element: The record's element.
        path: Where the parts are below it.
        kind: Goes before each heading; empty for the abstract proper.
    """
    parts = ((readable_text(readable(one)), one.get("Label", "")) for one in element.findall(path))
    return tuple(Section(" ".join(filter(None, (kind, *lines([label])))), words) for words, label in parts if words)


def other_abstracts(element: Element) -> tuple[Section, ...]:
    """Abstracts in other languages and for other readers, headed by their type and language."""
    others: list[Section] = []
    for one in element.findall("OtherAbstract"):
        kind = " ".join(lines([one.get("Type", ""), one.get("Language", "")]))
        others += sections(one, "AbstractText", kind)
    return tuple(others)


def links(element: Element) -> tuple[Link, ...]:
    """Corrections, retractions, comments and updates, in PubMed's own words."""
    return tuple(
        Link(one.get("RefType", ""), normal_pmid(text(one, "PMID")), text(one, "RefSource"))
        for one in element.findall("CommentsCorrectionsList/CommentsCorrections")
    )


def article_ids(element: Element, path: str, kind: str) -> tuple[str, ...]:
    """The record's own identifiers of one IdType at `path`.

    Args:
        element: The record's element.
        path: Where the identifiers are below it.
        kind: The IdType wanted, such as "doi"; an identifier without one is a "pubmed".
    """
    return lines([readable(one) for one in element.findall(path) if one.get("IdType", "pubmed") == kind])


def locations(element: Element, path: str, kind: str) -> tuple[str, ...]:
    """Electronic locations of one type that PubMed does not call invalid.

    Args:
        element: The record's element.
        path: Where the locations are below it.
        kind: The EIdType wanted: "doi" or "pii".
    """
    elements = element.findall(path)
    return lines([readable(one) for one in elements if one.get("EIdType") == kind and one.get("ValidYN", "Y") != "N"])


def first_doi(candidates: tuple[str, ...]) -> str:
    """The first of the values that is a DOI."""
    return next(filter(None, map(normal_doi, candidates)), "")


def pages(element: Element, path: str) -> str:
    """Pages as printed, from either of PubMed's two spellings."""
    pagination = element.find(path)
    if pagination is None:
        return ""
    ends = (text(pagination, "StartPage"), text(pagination, "EndPage"))
    return text(pagination, "MedlinePgn") or "-".join(filter(None, ends))


def kept(*pairs: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """The pairs that have a value, for `Citation.extra`."""
    return tuple((tag, value) for tag, value in pairs if value)
