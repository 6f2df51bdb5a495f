"""Unpaywall: the legal open copies of a DOI, one DOI a question; the service wants an e-mail address with each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import quote

import requests

from prisma_tool.errors import SearchRefused
from prisma_tool.formats.text import json_tree as tree
from prisma_tool.model.record.identifiers import normal_doi
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
from prisma_tool.sources.transport import Ask, ServiceAnswer, Transport, judge_status

NO_EMAIL = (
    "Unpaywall is left out: it wants an e-mail address with every question. Put yours into UNPAYWALL_EMAIL (or NCBI_EMAIL); it is sent to "
    "Unpaywall and to nobody else."
)


@dataclass(frozen=True, slots=True)
class Unpaywall:
    """The service."""

    transport: Transport
    base: str
    email: str = field(repr=False)
    label: ClassVar[str] = "Unpaywall"
    at_once: ClassVar[int] = 1

    @property
    def host(self) -> str:
        """The host that its questions go to."""
        return host_of(self.base)

    def can_ask(self, question: TextQuestion) -> bool:
        """Whether the report has a DOI."""
        return bool(question.doi)

    def ask(self, questions: Sequence[TextQuestion]) -> Mapping[str, TextReply]:
        """The copies of each."""
        return {question.key: self._one(question.doi) for question in questions}

    def _one(self, doi: str) -> TextReply:
        ask = Ask(f"{self.base}/{quote(doi, safe='/')}", {"email": self.email}, name="DOI", secret=self.email)
        return self.transport.fetch(ask, lambda answer: _reply(answer, doi))


def _reply(answer: ServiceAnswer, doi: str) -> TextReply:
    document = json_object(answer)
    if answer.status == requests.codes.unprocessable:
        raise SearchRefused("Unpaywall refuses the e-mail address in UNPAYWALL_EMAIL (or NCBI_EMAIL). Give a real one.")
    if answer.status == requests.codes.not_found and document is not None:
        return TextReply(known=False)
    judge_status(answer)
    if document is None or normal_doi(tree.text(document, "doi")) != doi:
        raise TransientError("an answer that is not about this DOI")
    nodes = [tree.find(document, "best_oa_location"), *tree.nodes(document, "oa_locations")]
    return TextReply(known=True, locations=best_first([_location(node) for node in nodes if isinstance(node, dict)]))


def _location(node: dict[str, Any]) -> TextLocation:
    return TextLocation(
        web_address(tree.text(node, "url_for_pdf")),
        web_address(tree.text(node, "url_for_landing_page") or tree.text(node, "url")),
        version_named(tree.text(node, "version")),
        tree.text(node, "license"),
    )
