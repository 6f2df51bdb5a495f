"""Works and references of Crossref (api.crossref.org) as citations.

Names of fields: Crossref's documentation of its metadata format. Not every publisher deposits references; a reference without a DOI is
kept with the words that were deposited.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from prisma_tool.errors import FormatError
from prisma_tool.formats.text import json_tree as tree
from prisma_tool.formats.text.author_names import read_medline_author
from prisma_tool.formats.text.dates import year_in
from prisma_tool.formats.text.html_text import readable_text
from prisma_tool.formats.text.page_ranges import normal_pages
from prisma_tool.formats.text.tidy import quoted
from prisma_tool.model.record.citation import Author, Citation, Section
from prisma_tool.model.record.identifiers import normal_doi, normal_issns, registry_numbers
from prisma_tool.model.text import fold


def parse_message(data: bytes) -> dict[str, Any]:
    """The `message` of an answer.

    Raises:
        FormatError: it has none.
    """
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"not JSON: “{quoted(data[:400].decode('utf-8', 'replace'))}”") from error
    message = document.get("message") if isinstance(document, dict) else None
    if not isinstance(message, dict):
        raise FormatError(f"no answer of Crossref: “{quoted(json.dumps(document)[:400])}”")
    return message


def references(message: Any) -> Iterator[tuple[str, Citation]]:
    """What a work cites: the DOI of each reference (may be empty), and what was deposited about it."""
    for one in tree.nodes(message, "reference"):
        doi = normal_doi(tree.text(one, "DOI"))
        citation = Citation(
            title=readable_text(
                tree.text(one, "article-title") or tree.text(one, "volume-title") or tree.text(one, "unstructured")
            ),
            authors=tuple(author for author in [read_medline_author(tree.text(one, "author"))] if author.family),
            year=year_in(tree.text(one, "year")),
            published=tree.text(one, "year"),
            journal=readable_text(tree.text(one, "journal-title")),
            volume=tree.text(one, "volume"),
            pages=normal_pages(tree.text(one, "first-page")),
            doi=doi,
        )
        if not citation.is_empty:
            yield doi, citation


def works(message: Any) -> Iterator[tuple[str, Citation]]:
    """The works of a list by their DOIs."""
    for one in tree.nodes(message, "items"):
        doi = normal_doi(tree.text(one, "DOI"))
        if doi:
            yield doi, work_citation(one)


def work_citation(node: Any) -> Citation:
    """A work as a citation."""
    title = _whole_title(node)
    abstract = readable_text(tree.long_text(node, "abstract"))
    issued = _issued(tree.find(node, "issued", "date-parts"))
    return Citation(
        title=title,
        authors=tuple(_authors(node)),
        year=year_in(issued),
        published=issued,
        journal=readable_text(next(iter(tree.texts(node, "container-title")), "")),
        volume=tree.text(node, "volume"),
        issue=tree.text(node, "issue"),
        pages=normal_pages(tree.text(node, "page")),
        issn=normal_issns(" ".join(tree.texts(node, "ISSN"))),
        publisher=tree.text(node, "publisher"),
        languages=tuple(filter(None, (tree.text(node, "language"),))),
        abstract=(Section("", abstract),) if abstract else (),
        publication_types=tuple(filter(None, (tree.text(node, "type").replace("-", " "),))),
        doi=normal_doi(tree.text(node, "DOI")),
        mentioned_numbers=registry_numbers(f"{title}\n{abstract}"),
    )


def _whole_title(node: Any) -> str:
    """Title and subtitle, which publishers deposit apart; some repeat the subtitle in the title."""
    title, subtitle = (readable_text(next(iter(tree.texts(node, name)), "")) for name in ("title", "subtitle"))
    if not subtitle or fold(title).endswith(fold(subtitle)):
        return title
    return f"{title}{'' if title.endswith(('?', '!', ':')) else ':'} {subtitle}" if title else subtitle


def _authors(node: Any) -> Iterator[Author]:
    for one in tree.nodes(node, "author"):
        group, family = tree.text(one, "name"), tree.text(one, "family")
        if group or family:
            yield Author(group, collective=True) if group else Author(family, tree.text(one, "given"))


def _issued(parts: Any) -> str:
    """The date as year, month and day."""
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else parts
    numbers = first if isinstance(first, list) else []
    return "-".join(f"{part:0>2}" for part in map(str, numbers) if part.isdecimal())
