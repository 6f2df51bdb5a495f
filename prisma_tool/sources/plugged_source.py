"""The client of a source that a package adds: its requests go the way of all others, and what it makes of the answers is checked.

Invariant: an answer of which the plug-in makes no sound page is asked for again, and never taken for an empty one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from prisma_tool.errors import FormatError, SearchRefused
from prisma_tool.formats.account.account import Parsed
from prisma_tool.formats.plugged_formats import checked_account
from prisma_tool.model.protocol.source_plugins import STRATEGY, SourcePlugin, SourceRequest
from prisma_tool.model.text import clean
from prisma_tool.plugins.foreign_code import ForeignFailure, run_foreign
from prisma_tool.sources.failures import TransientError
from prisma_tool.sources.page_chain import RecordPage, follow
from prisma_tool.sources.portions import Size
from prisma_tool.sources.transport import Ask, ServiceAnswer, Transport, judge_status

HIGHEST_TOTAL = 999_999_999
LARGEST_PAGE = 1_000
"""So many records beyond its own total, and a chain of pages counts as endless."""
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class SourcePage:
    """A page of records: its account, the token of the next page ("" at the end), and how many records the search finds in all.

    Every record needs its accession, the source's own number. The first page must have the total.
    """

    parsed: Parsed
    next_token: str = ""
    total: int | None = None


@dataclass(frozen=True, slots=True)
class PluggedSource:
    """A client. Parameters hold the query under `strategy`."""

    plugin: SourcePlugin
    transport: Transport

    def count(self, parameters: Mapping[str, str]) -> int:
        """How many records a search finds.

        Raises:
            SearchRefused, Interrupted: as for `pages`.
        """
        return self._page(parameters, "").total or 0

    def pages(self, parameters: Mapping[str, str], token: str = "", remaining: int | None = None) -> Iterator[RecordPage]:
        """The pages of a search, from the first or from `token` on; `remaining` is how many records are still to come.

        Raises:
            SearchRefused: the service or the plug-in refuses the query.
            Interrupted: the service fails, or its chain of pages has no end.
        """
        size = Size(LARGEST_PAGE, LARGEST_PAGE)
        return follow(self.plugin.label, lambda at, _: self._page(parameters, at), size, token, remaining)

    def _page(self, parameters: Mapping[str, str], token: str) -> RecordPage:
        request = self._request(parameters[STRATEGY], token)
        ask = Ask(request.address, dict(request.parameters), request.post, "search")
        return self.transport.fetch(ask, lambda answer: self._judged(answer, is_first=not token))

    def _request(self, query: str, token: str) -> SourceRequest:
        """The plug-in's request, to an address that nobody on the way can read or change."""
        label = self.plugin.label
        try:
            request = run_foreign(lambda: self.plugin.request(query, token), SearchRefused)
        except ForeignFailure as failure:
            raise SearchRefused(_failed(self.plugin, failure)) from failure
        if not _is_sound_request(request):
            raise SearchRefused(f"The plug-in for {label} made no request of the query. Tell its authors.")
        if not _is_private(request.address):
            raise SearchRefused(f"The plug-in for {label} names no https address: {clean(request.address)}. Tell its authors.")
        return request

    def _judged(self, answer: ServiceAnswer, *, is_first: bool) -> RecordPage:
        if answer.status not in (requests.codes.ok, requests.codes.bad_request):
            judge_status(answer)
        try:
            page = read_page(self.plugin, answer.body)
        except FormatError as error:
            judge_status(answer)
            raise TransientError(error.message) from None
        judge_status(answer)
        if is_first and page.total is None:
            # Without its total an empty answer could not be told from a search that finds nothing.
            raise TransientError("a first page without a total")
        return RecordPage(page.parsed, answer.body, page.next_token, page.total if is_first else None)


def _is_sound_request(request: object) -> bool:
    return (
        type(request) is SourceRequest
        and type(request.address) is str
        and isinstance(request.parameters, Mapping)
        and all(type(text) is str for pair in request.parameters.items() for text in pair)
    )


def _is_private(address: str) -> bool:
    """Whether nobody on the way can read or change what goes to an address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)


def read_page(plugin: SourcePlugin, body: bytes) -> SourcePage:
    """What the plug-in makes of an answer, checked.

    Raises:
        FormatError: it makes no sound page of it.
        SearchRefused: the answer says that the query is refused.
    """
    try:
        page = run_foreign(lambda: plugin.read(body), FormatError, SearchRefused)
    except ForeignFailure as failure:
        raise FormatError(_failed(plugin, failure)) from failure
    if type(page) is not SourcePage or type(page.next_token) is not str or not _is_total(page.total):
        raise FormatError(f"The plug-in for {plugin.label} made no page of an answer. Tell its authors.")
    parsed = checked_account(plugin.label, lambda: page.parsed)
    if not all(entry.accession.strip() for entry in parsed.entries):
        raise FormatError(f"The plug-in for {plugin.label} gave a record without an accession. Tell its authors.")
    return SourcePage(parsed, page.next_token, page.total)


def _is_total(total: object) -> bool:
    return total is None or (type(total) is int and 0 <= total <= HIGHEST_TOTAL)


def _failed(plugin: SourcePlugin, failure: ForeignFailure) -> str:
    return f"The plug-in for {plugin.label} failed: {failure}. Tell its authors."
