"""Europe PMC as a service for full texts: the open PDFs of its records, many reports a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from prisma_tool.formats.europepmc.reader import read_object
from prisma_tool.formats.text import json_tree as tree
from prisma_tool.formats.text.decoding import decode
from prisma_tool.model.record.identifiers import normal_doi
from prisma_tool.sources.europepmc import EuropePmc
from prisma_tool.sources.fulltexts.locations import (
    TextLocation,
    TextQuestion,
    TextReply,
    TextVersion,
    best_first,
    host_of,
    web_address,
)

_OPEN = frozenset({"OA", "F"})
"""Europe PMC's codes of links that anybody may follow: open access, and free."""


@dataclass(frozen=True, slots=True)
class EuropePmcTexts:
    """The service."""

    client: EuropePmc
    label: ClassVar[str] = "Europe PMC"
    at_once: ClassVar[int] = 100

    @property
    def host(self) -> str:
        """The host that its questions go to."""
        return host_of(self.client.base)

    def can_ask(self, question: TextQuestion) -> bool:
        """Whether the report has a number that can be asked for."""
        return bool(_term(question))

    def ask(self, questions: Sequence[TextQuestion]) -> Mapping[str, TextReply]:
        """The copies of each."""
        query = " OR ".join(_term(question) for question in questions)
        nodes: list[dict[str, Any]] = []
        for page in self.client.pages({"query": query, "synonym": "false"}):
            nodes += tree.nodes(read_object(decode(page.raw).text), "resultList", "result")
        by_number: dict[str, dict[str, Any]] = {}
        for node in nodes:
            numbers = (normal_doi(tree.text(node, "doi")), tree.text(node, "pmid"), tree.text(node, "pmcid"))
            by_number |= {number: node for number in numbers if number}
        found_nodes = {one.key: by_number.get(one.pmid) or by_number.get(one.doi) for one in questions}
        return {key: _reply(node) for key, node in found_nodes.items() if node is not None}


def _term(question: TextQuestion) -> str:
    if question.pmid.isdecimal():
        return f"(SRC:MED AND EXT_ID:{question.pmid})"
    return f'DOI:"{question.doi}"' if question.doi and '"' not in question.doi else ""


def _reply(node: dict[str, Any]) -> TextReply:
    version = _version(node)
    licence = tree.text(node, "license")
    links = tree.nodes(node, "fullTextUrlList", "fullTextUrl")
    locations = [
        TextLocation(web_address(tree.text(link, "url")), "", version, licence)
        for link in links
        if tree.text(link, "documentStyle") == "pdf" and tree.text(link, "availabilityCode") in _OPEN
    ]
    types = {kind.casefold() for kind in tree.texts(node, "pubTypeList", "pubType")}
    return TextReply(known=True, locations=best_first(locations), retracted="retracted publication" in types)


def _version(node: dict[str, Any]) -> TextVersion:
    if tree.text(node, "source") == "PPR":
        return TextVersion.SUBMITTED
    return TextVersion.ACCEPTED if tree.text(node, "authMan") == "Y" else TextVersion.PUBLISHED
