"""Works of OpenAlex (api.openalex.org) as citations, with what each of them cites.

Names of fields: OpenAlex's documentation of the Work object. An abstract comes as an inverted index, the places of each word.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prisma_tool.errors import FormatError
from prisma_tool.formats.text import json_tree as tree
from prisma_tool.formats.text.author_names import is_group
from prisma_tool.formats.text.html_text import readable_text
from prisma_tool.formats.text.page_ranges import joined_pages
from prisma_tool.formats.text.tidy import quoted
from prisma_tool.model.record.citation import Author, Citation, Section
from prisma_tool.model.record.identifiers import normal_doi, normal_pmcid, normal_pmid, registry_numbers

_WORK = re.compile(r"(?:https?://openalex\.org/)?(W[1-9]\d{0,12})", re.IGNORECASE)
_LONGEST_ABSTRACT = 20_000
"""Words. An index that names places beyond is no abstract."""
_RETRACTED = "Retracted Publication"


@dataclass(frozen=True, slots=True)
class OpenAlexWork:
    """One work: its number (W...), its content, and the numbers of what it cites."""

    number: str
    citation: Citation
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorksPage:
    """A page of works, the cursor of the next ("" at the end), and the total."""

    works: tuple[OpenAlexWork, ...]
    next_cursor: str
    total: int


def work_number(text: str) -> str:
    """The number of a work in its short form, from an address or alone; empty where there is none."""
    match = _WORK.fullmatch(text.strip())
    return match[1].upper() if match else ""


def parse_works(data: bytes) -> WorksPage:
    """A page of a list of works.

    Raises:
        FormatError: it is none.
    """
    document = _document(data)
    results, total = document.get("results"), tree.number(document, "meta", "count")
    if not isinstance(results, list) or total is None:
        raise FormatError(f"no list of works: “{quoted(json.dumps(document)[:400])}”")
    return WorksPage(tuple(filter(None, map(_work, results))), tree.text(document, "meta", "next_cursor"), total)


def parse_work(data: bytes) -> OpenAlexWork:
    """A single work.

    Raises:
        FormatError: it is none.
    """
    work = _work(_document(data))
    if work is None:
        raise FormatError("no work of OpenAlex")
    return work


def _document(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"not JSON: “{quoted(data[:400].decode('utf-8', 'replace'))}”") from error
    if not isinstance(document, dict):
        raise FormatError("no object of OpenAlex")
    return document


def _work(node: Any) -> OpenAlexWork | None:
    number = work_number(tree.text(node, "id"))
    if not number:
        return None
    references = (work_number(one) for one in tree.texts(node, "referenced_works"))
    return OpenAlexWork(number, _citation(node, number), tuple(dict.fromkeys(filter(None, references))))


def _citation(node: Any, number: str) -> Citation:
    title = readable_text(tree.text(node, "display_name") or tree.text(node, "title"))
    abstract = _abstract(tree.find(node, "abstract_inverted_index"))
    types = tuple(filter(None, (tree.text(node, "type"), _RETRACTED if tree.find(node, "is_retracted") is True else "")))
    return Citation(
        title=title,
        authors=tuple(_authors(node)),
        year=tree.number(node, "publication_year"),
        published=tree.text(node, "publication_date"),
        journal=tree.text(node, "primary_location", "source", "display_name"),
        volume=tree.text(node, "biblio", "volume"),
        issue=tree.text(node, "biblio", "issue"),
        pages=joined_pages(tree.text(node, "biblio", "first_page"), tree.text(node, "biblio", "last_page")),
        languages=tuple(filter(None, (tree.text(node, "language"),))),
        abstract=(Section("", abstract),) if abstract else (),
        publication_types=types,
        doi=normal_doi(tree.text(node, "doi") or tree.text(node, "ids", "doi")),
        pmid=normal_pmid(tree.text(node, "ids", "pmid")),
        pmcid=normal_pmcid(tree.text(node, "ids", "pmcid")),
        mentioned_numbers=registry_numbers(f"{title}\n{abstract}"),
        urls=(f"https://openalex.org/{number}",),
    )


def _authors(node: Any) -> Iterator[Author]:
    for one in tree.nodes(node, "authorships"):
        name = tree.text(one, "author", "display_name") or tree.text(one, "raw_author_name")
        given, _, family = name.rpartition(" ")
        if name:
            yield Author(name, collective=True) if is_group(name) else Author(family, given)


def _abstract(index: Any) -> str:
    if not isinstance(index, dict):
        return ""
    placed = [(place, word) for word, places in index.items() if isinstance(places, list) for place in places]
    known = sorted((place, str(word)) for place, word in placed if isinstance(place, int) and 0 <= place < _LONGEST_ABSTRACT)
    return readable_text(" ".join(word for _, word in known[:_LONGEST_ABSTRACT]))
