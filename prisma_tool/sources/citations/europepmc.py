"""Europe PMC as a citation index: its references and citations modules, and the records behind them by its search.

A reference that the service could not match to one of its records has no id and stays a loose work, with the words that were printed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import requests

from prisma_tool.errors import FormatError, Interrupted
from prisma_tool.formats.europepmc.article import accession, article_citation
from prisma_tool.formats.europepmc.reader import ServiceMessage, read_object
from prisma_tool.formats.text import json_tree as tree
from prisma_tool.formats.text.decoding import decode
from prisma_tool.model.record.citation import Citation
from prisma_tool.sources.citations.index import CitationDirection, IndexFacts, IndexReply, LooseWork, Relation, Seed
from prisma_tool.sources.europepmc import EuropePmc, judge_message
from prisma_tool.sources.failures import TransientError
from prisma_tool.sources.transport import Ask, ServiceAnswer, Transport, judge_status

PAGE = 1000
MOST_PAGES = 100
_MODULES = {CitationDirection.BACKWARD: ("references", "reference"), CitationDirection.FORWARD: ("citations", "citation")}


@dataclass(frozen=True, slots=True)
class EuropePmcCitations:
    """The index; ids are `MED/12345`."""

    client: EuropePmc
    label: ClassVar[str] = "Europe PMC"
    directions: ClassVar[frozenset[CitationDirection]] = frozenset(CitationDirection)
    told_with_seeds: ClassVar[frozenset[CitationDirection]] = frozenset()
    seeds_at_once: ClassVar[int] = 100
    relations_at_once: ClassVar[int] = 1
    works_at_once: ClassVar[int] = 200

    @property
    def transport(self) -> Transport:
        """The way to the service."""
        return self.client.transport

    def number(self, own: str) -> str:
        """What of an id may name a record."""
        source, _, number = own.partition("/")
        return accession(source, number)

    def seeds(self, seeds: Sequence[Seed]) -> IndexReply:
        """Which of these seeds are there, by PMID, preprint number or DOI."""
        terms = [term for seed in seeds if (term := _term(seed))]
        if not terms:
            return IndexReply(IndexFacts(), ())
        held, answers = self._records(" OR ".join(terms))
        return IndexReply(IndexFacts(known=dict(_matched(seeds, held))), answers)

    def related(self, ids: Sequence[str], direction: CitationDirection) -> IndexReply:
        """What the module of a direction lists for one record, page by page."""
        (own,) = ids
        listed: list[dict[str, Any]] = []
        answers: list[bytes] = []
        for page in range(1, MOST_PAGES + 1):
            total, nodes, raw = self._module_page(own, direction, page)
            listed += nodes
            answers.append(raw)
            if len(listed) >= total or not nodes:
                break
        if len(listed) < total:
            raise Interrupted(
                f"{self.label} counts {total} entries for {own} but lists {len(listed)}; the same command asks again."
            )
        return IndexReply(_facts(own, direction, listed), tuple(answers))

    def works(self, ids: Sequence[str]) -> IndexReply:
        """The records of these ids, abstracts included."""
        by_source: dict[str, list[str]] = defaultdict(list)
        for one in ids:
            source, _, number = one.partition("/")
            by_source[source].append(number)
        query = " OR ".join(f"(SRC:{source} AND EXT_ID:({' OR '.join(numbers)}))" for source, numbers in by_source.items())
        held, answers = self._records(query)
        return IndexReply(IndexFacts(works=held), answers)

    def _records(self, query: str) -> tuple[dict[str, Citation], tuple[bytes, ...]]:
        pages = list(self.client.pages({"query": query, "synonym": "false"}))
        held = {
            _id_of(node): article_citation(node)
            for page in pages
            for node in tree.nodes(_document(page.raw), "resultList", "result")
        }
        return held, tuple(page.raw for page in pages)

    def _module_page(self, own: str, direction: CitationDirection, page: int) -> tuple[int, tuple[dict[str, Any], ...], bytes]:
        module, name = _MODULES[direction]
        parameters = {"page": str(page), "pageSize": str(PAGE), "format": "json"}
        ask = Ask(f"{self.client.base}/{own}/{module}", parameters, name=module)
        return self.client.transport.fetch(ask, lambda answer: _module_answer(answer, name))


def _document(raw: bytes) -> dict[str, Any]:
    return read_object(decode(raw).text)


def _module_answer(answer: ServiceAnswer, name: str) -> tuple[int, tuple[dict[str, Any], ...], bytes]:
    if answer.status not in (requests.codes.ok, requests.codes.bad_request, requests.codes.not_found):
        judge_status(answer)
    try:
        document = _document(answer.body)
    except ServiceMessage as message:
        raise judge_message(message) from None
    except FormatError as error:
        judge_status(answer)
        raise TransientError(error.message) from None
    total, nodes = tree.number(document, "hitCount"), tree.nodes(document, f"{name}List", name)
    if total is None or f"{name}List" not in document:
        raise TransientError("an answer without a count and a list")
    return total, nodes, answer.body


def _facts(own: str, direction: CitationDirection, listed: Sequence[dict[str, Any]]) -> IndexFacts:
    read = [(_id_of(node), _printed(node)) for node in listed]
    relations = tuple(Relation(own, direction, number) for number in dict.fromkeys(number for number, _ in read if number))
    loose = tuple(LooseWork(own, direction, one) for number, one in read if not number and not one.is_empty)
    return IndexFacts(relations=relations, loose=loose, printed={number: one for number, one in read if number})


def _printed(node: dict[str, Any]) -> Citation:
    """What a list of references or citations says of a work."""
    title = tree.text(node, "title") or tree.text(node, "unstructuredInformation")
    info = {"volume": node.get("volume"), "issue": node.get("issue"), "journal": {"title": node.get("journalAbbreviation")}}
    return article_citation({**node, "title": title, "journalInfo": info})


def _id_of(node: Any) -> str:
    source, number = tree.text(node, "source"), tree.text(node, "id")
    return f"{source}/{number}" if source.isalnum() and number.replace(".", "").isalnum() else ""


def _term(seed: Seed) -> str:
    """The number by which a seed is asked for; one is enough, the surest first."""
    if seed.pmid:
        return f"(SRC:MED AND EXT_ID:{seed.pmid})"
    if seed.preprint:
        return f"(SRC:PPR AND EXT_ID:{seed.preprint})"
    return f'DOI:"{seed.doi}"' if seed.doi and '"' not in seed.doi else ""


def _matched(seeds: Sequence[Seed], held: dict[str, Citation]) -> Iterator[tuple[str, str]]:
    by_doi = {citation.doi: own for own, citation in reversed(list(held.items())) if citation.doi}
    for seed in seeds:
        own = f"MED/{seed.pmid}" if seed.pmid else f"PPR/{seed.preprint}" if seed.preprint else by_doi.get(seed.doi, "")
        if own in held:
            yield seed.key, own
