"""ClinicalTrials.gov API v2: its version, and the pages of a search by token (https://clinicaltrials.gov/data-api/api).

Studies are asked for whole: what is not stored today could not be replayed tomorrow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from prisma_tool.errors import FormatError, SearchRefused
from prisma_tool.formats.registers.ctgov_reader import StudiesPage, parse_studies
from prisma_tool.model.text import one_line
from prisma_tool.sources.failures import TransientError
from prisma_tool.sources.page_chain import RecordPage, follow
from prisma_tool.sources.portions import Size
from prisma_tool.sources.transport import Ask, ServiceAnswer, Transport, judge_status

PAGE_SIZE, SMALLEST_PAGE = 1000, 50
HIGHEST_TOTAL = 99_999_999
"""There are no more NCT numbers."""
_LONGEST_FACT = 100


@dataclass(frozen=True, slots=True)
class ClinicalTrials:
    """A client."""

    transport: Transport
    base: str

    def version(self) -> dict[str, Any]:
        """`apiVersion` and `dataTimestamp` of the service, to be kept with the run."""
        return self.transport.fetch(Ask(f"{self.base}/version", {}, name="version"), _version)

    def count(self, parameters: Mapping[str, str]) -> int:
        """How many studies a search finds; none of them is fetched.

        Raises:
            SearchRefused, Interrupted: as for `pages`.
        """
        query = {**parameters, "format": "json", "fields": "NCTId", "pageSize": "1", "countTotal": "true"}
        ask = Ask(f"{self.base}/studies", query, name="studies")
        # As with pages: nothing found is believed only when the service says so twice.
        return self.transport.fetch(ask, _first_page_of).total or self.transport.fetch(ask, _first_page_of).total or 0

    def among(self, parameters: Mapping[str, str], numbers: Sequence[str]) -> frozenset[str]:
        """The numbers, former ones included, of those of up to `PAGE_SIZE` studies that a search finds.

        Raises:
            SearchRefused, Interrupted: as for `pages`.
        """
        filters = {"filter.ids": ",".join(numbers), "fields": "NCTId,NCTIdAlias"}
        paging = {"format": "json", "pageSize": str(PAGE_SIZE), "countTotal": "true"}
        page = self.transport.fetch(
            Ask(f"{self.base}/studies", {**parameters, **filters, **paging}, name="studies"), _first_page_of
        )
        return frozenset(
            number for entry in page.parsed.entries for number in (entry.accession, *entry.citation.registry_numbers)
        )

    def pages(self, parameters: Mapping[str, str], token: str = "", remaining: int | None = None) -> Iterator[RecordPage]:
        """The pages of a search, from the first or from `token` on; `remaining` is how many records are still to come, if known.

        Raises:
            SearchRefused: the service names a parameter or the syntax as wrong.
            Interrupted: the service fails, or its chain has no end.
        """
        size = Size(PAGE_SIZE, min(PAGE_SIZE, SMALLEST_PAGE))
        return follow("ClinicalTrials.gov", lambda at, size: self._request(parameters, at, size), size, token, remaining)

    def _request(self, parameters: Mapping[str, str], token: str, size: Size) -> RecordPage:
        paging = {"pageToken": token} if token else {"countTotal": "true"}
        query = {**parameters, "format": "json", "pageSize": str(size.now), **paging}
        ask = Ask(f"{self.base}/studies", query, name="studies", divisible=size.divisible)
        return self.transport.fetch(ask, _page_of if token else _first_page_of)


def _judge(answer: ServiceAnswer) -> None:
    # The service refuses in plain text; a page of markup comes from something in between.
    if answer.status == requests.codes.bad_request and not answer.body.lstrip().startswith(b"<"):
        raise SearchRefused(f"ClinicalTrials.gov refuses the request: {answer.excerpt}. Check the search in review.toml.")
    if answer.status == requests.codes.request_uri_too_large:
        raise SearchRefused("ClinicalTrials.gov finds the strategy too long for one request; divide it into two searches.")
    judge_status(answer)


def _version(answer: ServiceAnswer) -> dict[str, Any]:
    _judge(answer)
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise TransientError(f"not the JSON that was asked for: {answer.excerpt}") from None
    if not isinstance(data, dict) or "dataTimestamp" not in data:
        raise TransientError("an answer of the wrong shape")
    return {name: one_line(str(data.get(name, "")))[:_LONGEST_FACT] for name in ("apiVersion", "dataTimestamp")}


def _page_of(answer: ServiceAnswer) -> RecordPage:
    _judge(answer)
    try:
        page: StudiesPage = parse_studies(answer.body)
    except FormatError as error:
        # What began as a page but is no JSON was cut short on its way.
        raise TransientError(error.message, heavy=b'"studies"' in answer.body[:1000]) from None
    return RecordPage(page.parsed, answer.body, page.next_page_token, page.total)


def _first_page_of(answer: ServiceAnswer) -> RecordPage:
    page = _page_of(answer)
    if page.total is None or page.total > HIGHEST_TOTAL:
        # Without its total an empty answer could not be told from a search that finds nothing.
        raise TransientError("a first page without a credible total")
    return page
