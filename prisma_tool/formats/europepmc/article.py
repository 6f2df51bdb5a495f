"""One result of Europe PMC (resultType=core) as a citation.

Invariant: the relation of a preprint to its article is kept as a link in the service's own words, joined as PubMed joins its own
("Preprint of" is "PreprintOf"), so that it links the two and merges nothing. What changes from day to day (how often cited) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from prisma_tool.formats.text import json_tree as tree
from prisma_tool.formats.text.author_names import read_medline_author
from prisma_tool.formats.text.dates import year_in
from prisma_tool.formats.text.html_text import readable_text
from prisma_tool.formats.text.page_ranges import normal_pages
from prisma_tool.formats.text.tidy import lines
from prisma_tool.model.record.citation import Author, Citation, Link, Section
from prisma_tool.model.record.identifiers import normal_doi, normal_issns, normal_pmcid, normal_pmid, registry_numbers

MEDLINE, PREPRINTS = "MED", "PPR"
"""Europe PMC's codes of the sources whose records are PubMed's, and of preprints."""
_HEADING = re.compile(r"<h[1-6]>(.*?)</h[1-6]>", re.IGNORECASE | re.DOTALL)
_LINK_WORD = re.compile(r"[^A-Za-z]+")


def accession(source: str, number: str) -> str:
    """The number under which Europe PMC has a record, empty where it has none.

    Numbers with letters (PPR123456, PMC1234567) and PubMed's own are used as they are, as in Europe PMC's files. A bare number of another
    source (theses, patents) could be a PMID and carries its source: ETH:123456.
    """
    bare = number.isdecimal() and source not in ("", MEDLINE)
    return f"{source}:{number}" if bare else number


def article_citation(result: Any) -> Citation:
    """The citation of a result; missing parts are empty."""
    info, source = tree.find(result, "journalInfo"), tree.text(result, "source")
    abstract = tuple(_sections(tree.long_text(result, "abstractText")))
    title = readable_text(tree.text(result, "title"))
    publisher = tree.text(result, "bookOrReportDetails", "publisher")
    published = tree.text(info, "dateOfPublication") or tree.text(result, "firstPublicationDate") or tree.text(result, "pubYear")
    number = tree.text(result, "pmid") or (tree.text(result, "id") if source == MEDLINE else "")
    return Citation(
        title=title,
        authors=tuple(_authors(result)),
        year=year_in(tree.text(result, "pubYear")) or year_in(published),
        published=published,
        journal=readable_text(tree.text(info, "journal", "title")) or (publisher if source == PREPRINTS else ""),
        journal_abbreviation=tree.text(info, "journal", "isoabbreviation") or tree.text(info, "journal", "medlineAbbreviation"),
        volume=tree.text(info, "volume"),
        issue=tree.text(info, "issue"),
        pages=normal_pages(tree.text(result, "pageInfo")),
        issn=normal_issns(" ".join((tree.text(info, "journal", "issn"), tree.text(info, "journal", "essn")))),
        publisher=publisher,
        languages=lines([tree.text(result, "language")]),
        abstract=abstract,
        publication_types=tree.texts(result, "pubTypeList", "pubType"),
        mesh=tuple(_headings(result)),
        keywords=tree.texts(result, "keywordList", "keyword"),
        doi=normal_doi(tree.text(result, "doi")),
        pmid=normal_pmid(number),
        pmcid=normal_pmcid(tree.text(result, "pmcid")),
        mentioned_numbers=registry_numbers("\n".join((title, *(part.text for part in abstract)))),
        links=tuple(_links(result)),
        urls=tuple(_urls(source, tree.text(result, "id"))),
        extra=tuple(_extra(result)),
    )


def _authors(result: Any) -> Iterator[Author]:
    listed = tree.nodes(result, "authorList", "author")
    if not listed:
        names = tree.text(result, "authorString").removesuffix(".")
        yield from (read_medline_author(name) for name in lines(names.split(", ")))
    for one in listed:
        group, family = tree.text(one, "collectiveName"), tree.text(one, "lastName")
        if group:
            yield Author(group, collective=True)
        elif family:
            yield Author(family, tree.text(one, "firstName") or tree.text(one, "initials"), orcid=_orcid(one))
        elif name := tree.text(one, "fullName"):
            yield read_medline_author(name)


def _orcid(author: Any) -> str:
    return tree.text(author, "authorId", "value") if tree.text(author, "authorId", "type") == "ORCID" else ""


def _sections(abstract: str) -> Iterator[Section]:
    """The abstract by its headings; what stands before the first has none."""
    parts = _HEADING.split(abstract)
    for label, text in zip(["", *parts[1::2]], parts[0::2], strict=True):
        words = readable_text(text)
        if words:
            yield Section(readable_text(label), words)


def _headings(result: Any) -> Iterator[str]:
    """MeSH headings as PubMed prints them: the asterisk before what the paper is mainly about."""
    for heading in tree.nodes(result, "meshHeadingList", "meshHeading"):
        names = [_starred(heading, "descriptorName")]
        names += [_starred(one, "qualifierName") for one in tree.nodes(heading, "meshQualifierList", "meshQualifier")]
        yield "/".join(filter(None, names))


def _starred(node: Any, name: str) -> str:
    text = tree.text(node, name)
    return f"*{text}" if text and tree.text(node, "majorTopic_YN") == "Y" else text


def _links(result: Any) -> Iterator[Link]:
    """Corrections, retractions, and the preprint of an article; of one that has no PMID the number stands first in the note."""
    for one in tree.nodes(result, "commentCorrectionList", "commentCorrection"):
        number, source = tree.text(one, "id"), tree.text(one, "source")
        kind = _LINK_WORD.sub(" ", tree.text(one, "type"))
        pmid = normal_pmid(number) if source in ("", MEDLINE) else ""
        note = tree.text(one, "reference") if pmid else " ".join(filter(None, (number, tree.text(one, "reference"))))
        yield Link("".join(word if word == "and" else word[:1].upper() + word[1:] for word in kind.split()), pmid, note)


def _urls(source: str, number: str) -> Iterator[str]:
    if source and number and source.isalnum() and number.isalnum():
        yield f"https://europepmc.org/article/{source}/{number}"


def _extra(result: Any) -> Iterator[tuple[str, str]]:
    facts = (
        ("Source in Europe PMC", tree.text(result, "source")),
        ("Preprint version", tree.text(result, "versionNumber")),
        ("First published", tree.text(result, "firstPublicationDate")),
        ("Licence", tree.text(result, "license")),
    )
    yield from (fact for fact in facts if fact[1])
