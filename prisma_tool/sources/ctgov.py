"""ClinicalTrials.gov API v2: its version, and the pages of a search by token (reference clinicaltrials_gov.md, E).

Pages are strictly sequential; one may be empty and still have a token, and only the last has none. Studies are asked for whole:
what is not stored today could not be replayed tomorrow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from prisma_tool.errors import FormatError, SearchRefused
from prisma_tool.formats.account import Parsed
from prisma_tool.formats.ctgov_json import StudiesPage, parse_studies
from prisma_tool.sources.transport import Answer, Ask, TransientError, Transport, judge_status

PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its records, the untouched answer, the token of the next page ("" at the end) and, on the first, the total."""

    parsed: Parsed
    raw: bytes
    next_token: str
    total: int | None


@dataclass(frozen=True, slots=True)
class ClinicalTrials:
    """A client."""

    transport: Transport
    base: str

    def version(self) -> dict[str, Any]:
        """`apiVersion` and `dataTimestamp` of the service, to be kept with the run."""
        return self.transport.fetch(Ask(f"{self.base}/version", {}, name="version"), _version)

    def pages(self, parameters: Mapping[str, str], token: str = "") -> Iterator[Page]:
        """The pages of a search, from the first or from `token` on.

        Raises:
            SearchRefused: the service names a parameter or the syntax as wrong.
            Interrupted: the service fails.
        """
        while True:
            page = self._page(parameters, token)
            yield page
            if not page.next_token:
                return
            token = page.next_token

    def _page(self, parameters: Mapping[str, str], token: str) -> Page:
        place = {"pageToken": token} if token else {"countTotal": "true"}
        asked = {**parameters, "format": "json", "pageSize": str(PAGE_SIZE), **place}
        return self.transport.fetch(Ask(f"{self.base}/studies", asked, name="studies"), _page_of if token else _first_page_of)


def _judge(answer: Answer) -> None:
    # The service refuses in plain text; a page of markup comes from something in between.
    if answer.status == requests.codes.bad_request and not answer.body.lstrip().startswith(b"<"):
        raise SearchRefused(f"ClinicalTrials.gov refuses the request: {answer.excerpt}. Check the search in review.toml.")
    if answer.status == requests.codes.request_uri_too_large:
        raise SearchRefused("ClinicalTrials.gov finds the strategy too long for one request; divide it into two searches.")
    judge_status(answer)


def _version(answer: Answer) -> dict[str, Any]:
    _judge(answer)
    try:
        data = json.loads(answer.body)
    except ValueError:
        raise TransientError(f"not the JSON that was asked for: {answer.excerpt}") from None
    if not isinstance(data, dict) or "dataTimestamp" not in data:
        raise TransientError("an answer of the wrong shape")
    return {name: str(data.get(name, "")) for name in ("apiVersion", "dataTimestamp")}


def _page_of(answer: Answer) -> Page:
    _judge(answer)
    try:
        page: StudiesPage = parse_studies(answer.body)
    except FormatError as error:
        raise TransientError(error.message) from None
    return Page(page.parsed, answer.body, page.next_page_token, page.total)


def _first_page_of(answer: Answer) -> Page:
    page = _page_of(answer)
    if page.total is None:
        # Without its total an empty answer could not be told from a search that finds nothing.
        raise TransientError("a first page without the total that was asked for")
    return page
