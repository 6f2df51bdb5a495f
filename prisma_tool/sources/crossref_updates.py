"""Crossref's notices about works: which were retracted, and about which there is an expression of concern, many DOIs a question.

A notice names in `update-to` the works that it updates; the filter `updates` finds the notices by these. Retraction Watch's data are part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prisma_tool.formats.text import json_tree as tree
from prisma_tool.model.record.identifiers import normal_doi
from prisma_tool.sources.citations.crossref import message_of
from prisma_tool.sources.failures import TransientError
from prisma_tool.sources.transport import Ask, ServiceAnswer, Transport

DOIS_AT_ONCE = 40
ROWS = 1_000
_UNSAFE = re.compile(r"[,\s]")
"""Signs that part filters; a DOI with one of them cannot be asked for."""
_KINDS: Mapping[str, str] = {
    "retraction": "retracted",
    "withdrawal": "retracted",
    "removal": "retracted",
    "partial_retraction": "retracted",
    "expression_of_concern": "expression of concern",
}
"""Crossref's types of update that speak of the work itself, in a reviewer's words."""


@dataclass(frozen=True, slots=True)
class CrossrefNotice:
    """A notice about a work: the work's DOI, the kind of notice, and the notice's own DOI."""

    doi: str
    kind: str
    notice: str


@dataclass(frozen=True, slots=True)
class CrossrefUpdates:
    """The client; with an e-mail address its requests travel in the polite pool."""

    transport: Transport
    base: str
    email: str = ""

    def about(self, dois: Sequence[str]) -> list[CrossrefNotice]:
        """The notices about up to `DOIS_AT_ONCE` works.

        Raises:
            SearchRefused: the service will not answer.
            Interrupted: it fails.
        """
        wanted = {doi for doi in dois if not _UNSAFE.search(doi)}
        if not wanted:
            return []
        filters = ",".join(f"updates:{doi}" for doi in sorted(wanted))
        parameters = {"filter": filters, "rows": str(ROWS), "select": "DOI,update-to"}
        polite = {"mailto": self.email} if self.email else {}
        ask = Ask(f"{self.base}/works", {**parameters, **polite}, name="updates", secret=self.email)
        items = self.transport.fetch(ask, _whole_list)
        return [notice for item in items for notice in _notices(item) if notice.doi in wanted]


def _whole_list(answer: ServiceAnswer) -> tuple[dict[str, Any], ...]:
    message, _ = message_of(answer)
    items, total = tree.nodes(message, "items"), tree.number(message, "total-results")
    if total is None or total > len(items):
        raise TransientError("a list that is not whole")
    return items


def _notices(item: dict[str, Any]) -> Iterator[CrossrefNotice]:
    for update in tree.nodes(item, "update-to"):
        kind = _KINDS.get(tree.text(update, "type").lower())
        if kind:
            yield CrossrefNotice(normal_doi(tree.text(update, "DOI")), kind, normal_doi(tree.text(item, "DOI")))
