"""OpenAlex as a service for full texts: where the copies of works lie, many reports a question. It wants a key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from prisma_tool.formats.text import json_tree as tree
from prisma_tool.model.record.identifiers import normal_doi
from prisma_tool.sources.citations.openalex import judge_openalex
from prisma_tool.sources.failures import TransientError
from prisma_tool.sources.fulltexts.json_answer import json_object
from prisma_tool.sources.fulltexts.locations import (
    TextLocation,
    TextQuestion,
    TextReply,
    best_first,
    host_of,
    version_named,
    web_address,
)
from prisma_tool.sources.transport import Ask, ServiceAnswer, Transport

PER_PAGE = 100
"""Twice as many as are asked for at once, because a DOI may have two works."""
_FIELDS = "id,doi,ids,is_retracted,best_oa_location,locations"
_UNSAFE = re.compile(r"[|,\s]")
"""Signs that part filters; a DOI with one of them cannot be asked for."""


@dataclass(frozen=True, slots=True)
class OpenAlexTexts:
    """The service."""

    transport: Transport
    base: str
    api_key: str = field(repr=False)
    label: ClassVar[str] = "OpenAlex"
    at_once: ClassVar[int] = 50

    @property
    def host(self) -> str:
        """The host that its questions go to."""
        return host_of(self.base)

    def can_ask(self, question: TextQuestion) -> bool:
        """Whether the report has a DOI that can be asked for."""
        return bool(question.doi) and not _UNSAFE.search(question.doi)

    def ask(self, questions: Sequence[TextQuestion]) -> Mapping[str, TextReply]:
        """The copies of each. A DOI may have two works; all their copies count."""
        keys = {question.doi: question.key for question in questions}
        parameters = {"filter": f"doi:{'|'.join(keys)}", "per_page": str(PER_PAGE), "cursor": "*", "select": _FIELDS}
        ask = Ask(f"{self.base}/works", {**parameters, "api_key": self.api_key}, name="works", secret=self.api_key)
        works: dict[str, list[dict[str, Any]]] = {}
        # Nothing at all is believed only when the service says so twice.
        for node in self.transport.fetch(ask, _works) or self.transport.fetch(ask, _works):
            works.setdefault(normal_doi(tree.text(node, "doi")), []).append(node)
        return {keys[doi]: _reply(nodes) for doi, nodes in works.items() if doi in keys}


def _works(answer: ServiceAnswer) -> tuple[dict[str, Any], ...]:
    judge_openalex(answer)
    document = json_object(answer)
    count, nodes = tree.number(document, "meta", "count"), tree.find(document, "results")
    if count is None or not isinstance(nodes, list):
        raise TransientError("an answer without a count and a list")
    if count > len(nodes):
        raise TransientError(f"a list of {len(nodes)} works where {count} are counted")
    return tuple(node for node in nodes if isinstance(node, dict))


def _reply(works: Sequence[dict[str, Any]]) -> TextReply:
    nodes = [node for work in works for node in (tree.find(work, "best_oa_location"), *tree.nodes(work, "locations"))]
    locations = [_location(node) for node in nodes if isinstance(node, dict) and tree.find(node, "is_oa") is True]
    return TextReply(True, best_first(locations), any(tree.find(work, "is_retracted") is True for work in works))


def _location(node: dict[str, Any]) -> TextLocation:
    return TextLocation(
        web_address(tree.text(node, "pdf_url")),
        web_address(tree.text(node, "landing_page_url")),
        version_named(tree.text(node, "version")),
        tree.text(node, "license"),
    )
