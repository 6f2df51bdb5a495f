"""Europe PMC's RESTful web service: the pages of a search by cursor (https://europepmc.org/RestfulWebService).

A cursor that names itself is how the service says that the end is reached. Records are asked for whole (resultType=core): what is not
stored today could not be replayed tomorrow. Nothing is widened by synonyms unless the parameters say so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import requests

from prisma_tool.errors import FormatError, SearchRefused
from prisma_tool.formats.europepmc.reader import ResultPage, ServiceMessage, parse_results
from prisma_tool.sources.failures import TransientError
from prisma_tool.sources.page_chain import RecordPage, follow
from prisma_tool.sources.portions import Size
from prisma_tool.sources.transport import Ask, ServiceAnswer, Transport, judge_status

PAGE_SIZE, SMALLEST_PAGE = 1000, 25
"""Records asked for at once: the most that the service gives, and where asking for fewer would no longer help."""
HIGHEST_TOTAL = 999_999_999
LONGEST_ADDRESS = 1_500
"""Signs of a strategy that still travel in the address; longer ones go by POST."""
QUERY, SYNONYM = "query", "synonym"
_FIRST = "*"
_TOO_MANY = 429
_SERVER_ERRORS = 500


@dataclass(frozen=True, slots=True)
class EuropePmc:
    """A client. Parameters are the service's own: `query` and `synonym` ("true" or "false")."""

    transport: Transport
    base: str

    def count(self, parameters: Mapping[str, str]) -> int:
        """How many records a search finds; none of them is fetched.

        Raises:
            SearchRefused, Interrupted: as for `pages`.
        """
        ask = self._ask(parameters, {"resultType": "idlist", "pageSize": "1"})
        # As with pages: nothing found is believed only when the service says so twice.
        return self.transport.fetch(ask, _first_page_of).total or self.transport.fetch(ask, _first_page_of).total or 0

    def among(self, parameters: Mapping[str, str], pmids: Sequence[str]) -> frozenset[str]:
        """The PMIDs of those of up to `PAGE_SIZE` articles that a search finds; without a query, of those that are there at all.

        Raises:
            SearchRefused, Interrupted: as for `pages`.
        """
        wanted = f"SRC:MED AND EXT_ID:({' OR '.join(pmids)})"
        query = f"({parameters[QUERY]}) AND {wanted}" if parameters.get(QUERY) else wanted
        ask = self._ask({**parameters, QUERY: query}, {"resultType": "idlist", "pageSize": str(PAGE_SIZE)})
        return frozenset(entry.accession for entry in self.transport.fetch(ask, _first_page_of).parsed.entries)

    def pages(self, parameters: Mapping[str, str], token: str = "", remaining: int | None = None) -> Iterator[RecordPage]:
        """The pages of a search, from the first or from the cursor `token` on; `remaining` is how many records are still to come.

        Raises:
            SearchRefused: the service names the query or the cursor as wrong.
            Interrupted: the service fails, or its chain has no end.
        """
        size = Size(PAGE_SIZE, min(PAGE_SIZE, SMALLEST_PAGE))
        return follow("Europe PMC", lambda at, size: self._request(parameters, at, size), size, token, remaining)

    def _request(self, parameters: Mapping[str, str], token: str, size: Size) -> RecordPage:
        paging = {"resultType": "core", "pageSize": str(size.now), "cursorMark": token or _FIRST}
        ask = self._ask(parameters, paging, divisible=size.divisible)
        page, raw = self.transport.fetch(ask, lambda answer: ((_page_of if token else _first_page_of)(answer), answer.body))
        following = page.next_cursor if page.next_cursor != paging["cursorMark"] else ""
        return RecordPage(page.parsed, raw, following, None if token else page.total)

    def _ask(self, parameters: Mapping[str, str], paging: Mapping[str, str], *, divisible: bool = False) -> Ask:
        post = len(parameters.get(QUERY, "")) > LONGEST_ADDRESS
        address = f"{self.base}/{'searchPOST' if post else 'search'}"
        return Ask(address, {SYNONYM: "false", **parameters, **paging, "format": "json"}, post, "search", divisible=divisible)


def judge_message(message: ServiceMessage) -> Exception:
    """What an answer that is only a message means: a refusal of the request, or a failure that may pass."""
    if message.code == _TOO_MANY or message.code >= _SERVER_ERRORS or not message.code:
        return TransientError(message.message)
    return SearchRefused(f"{message.message} Check the search in review.toml.")


def _page_of(answer: ServiceAnswer) -> ResultPage:
    try:
        # A refusal says why in JSON, whatever its status; a page of markup comes from something in between.
        if answer.status not in (requests.codes.ok, requests.codes.bad_request, requests.codes.not_found):
            judge_status(answer)
        page = parse_results(answer.body)
    except ServiceMessage as message:
        raise judge_message(message) from None
    except FormatError as error:
        judge_status(answer)
        # What began as a page but is no JSON was cut short on its way.
        raise TransientError(error.message, heavy=b'"resultList"' in answer.body[:5000]) from None
    judge_status(answer)
    return page


def _first_page_of(answer: ServiceAnswer) -> ResultPage:
    page = _page_of(answer)
    if page.total is None or page.total > HIGHEST_TOTAL:
        # Without its total an empty answer could not be told from a search that finds nothing.
        raise TransientError("a first page without a credible total")
    return page
