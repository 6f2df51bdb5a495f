"""Crossref as a citation index: the references that publishers deposited, in batches by DOI. It does not say what cites a work."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import requests

from prisma_tool.errors import FormatError, SearchRefused
from prisma_tool.formats.citation_indexes.crossref import parse_message, references, works
from prisma_tool.formats.text import json_tree as tree
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.identifiers import normal_doi
from prisma_tool.sources.citations.index import CitationDirection, IndexFacts, IndexReply, LooseWork, Relation, Seed
from prisma_tool.sources.failures import TransientError
from prisma_tool.sources.transport import Ask, ServiceAnswer, Transport, judge_status

_FIELDS = "DOI,title,subtitle,author,issued,container-title,volume,issue,page,ISSN,publisher,language,abstract,type"
_UNSAFE = re.compile(r"[,\s]")
"""Signs that part filters; a DOI with one of them cannot be asked for."""


@dataclass(frozen=True, slots=True)
class Crossref:
    """The index; ids are DOIs. With an e-mail address its requests travel in the polite pool."""

    transport: Transport
    base: str
    email: str = ""
    label: ClassVar[str] = "Crossref"
    directions: ClassVar[frozenset[CitationDirection]] = frozenset((CitationDirection.BACKWARD,))
    told_with_seeds: ClassVar[frozenset[CitationDirection]] = frozenset((CitationDirection.BACKWARD,))
    seeds_at_once: ClassVar[int] = 20
    relations_at_once: ClassVar[int] = 20
    works_at_once: ClassVar[int] = 50

    def number(self, own: str) -> str:
        """What of an id may name a record."""
        del own
        return ""

    def seeds(self, seeds: Sequence[Seed]) -> IndexReply:
        """Which of these seeds are there, by DOI; what they cite comes along, as far as it was deposited."""
        by_doi = {seed.doi: seed.key for seed in seeds if seed.doi and not _UNSAFE.search(seed.doi)}
        if not by_doi:
            return IndexReply(IndexFacts(), ())
        message, raw = self._listed(list(by_doi), "DOI,reference")
        items = {doi: node for node in tree.nodes(message, "items") if (doi := normal_doi(tree.text(node, "DOI"))) in by_doi}
        relations = [Relation(doi, CitationDirection.BACKWARD, cited) for doi, node in items.items() for cited in _cited(node)]
        loose = [LooseWork(doi, CitationDirection.BACKWARD, one) for doi, node in items.items() for one in _without_doi(node)]
        printed = {doi: one for node in items.values() for doi, one in references(node) if doi}
        known = {by_doi[doi]: doi for doi in items}
        return IndexReply(IndexFacts(known, tuple(relations), tuple(loose), printed=printed), (raw,))

    def related(self, ids: Sequence[str], direction: CitationDirection) -> IndexReply:
        """Nothing that did not come with the seeds."""
        del ids, direction
        return IndexReply(IndexFacts(), ())

    def works(self, ids: Sequence[str]) -> IndexReply:
        """These works, with abstracts where publishers deposited them."""
        asked = [doi for doi in ids if not _UNSAFE.search(doi)]
        if not asked:
            return IndexReply(IndexFacts(), ())
        message, raw = self._listed(asked, _FIELDS)
        wanted = set(asked)
        return IndexReply(IndexFacts(works={doi: one for doi, one in works(message) if doi in wanted}), (raw,))

    def _listed(self, dois: Sequence[str], fields: str) -> tuple[dict[str, Any], bytes]:
        filters = ",".join(f"doi:{doi}" for doi in dois)
        parameters: Mapping[str, str] = {"filter": filters, "rows": str(len(dois)), "select": fields}
        polite = {"mailto": self.email} if self.email else {}
        return self.transport.fetch(
            Ask(f"{self.base}/works", {**parameters, **polite}, name="works", secret=self.email), message_of
        )


def _cited(node: Any) -> Iterator[str]:
    return (doi for doi in dict.fromkeys(doi for doi, _ in references(node)) if doi)


def _without_doi(node: Any) -> Iterator[Citation]:
    return (citation for doi, citation in references(node) if not doi)


def message_of(answer: ServiceAnswer) -> tuple[dict[str, Any], bytes]:
    """The message of an answer that lists works, and its bytes.

    Raises:
        SearchRefused: the request is refused.
        TransientError: it is no such answer.
    """
    if answer.status == requests.codes.bad_request and not answer.body.lstrip().startswith(b"<"):
        raise SearchRefused(f"Crossref refuses the request: {answer.excerpt}.")
    judge_status(answer)
    try:
        message = parse_message(answer.body)
    except FormatError as error:
        raise TransientError(error.message) from None
    if not isinstance(message.get("items"), list):
        raise TransientError("an answer without a list of works")
    return message, answer.body
