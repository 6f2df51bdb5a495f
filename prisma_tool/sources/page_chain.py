"""Following a search from page to page: shared by the services that give a search in pages, each naming the next one.

Pages are strictly sequential; one may be empty and still name a next one, and only the last names none. Invariant: whoever takes the
pages gets each once, or an error; a chain that ends early, turns in a circle or has no end is never taken for a whole search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prisma_tool.errors import Interrupted
from prisma_tool.formats.account.account import Parsed
from prisma_tool.sources.portions import Size
from prisma_tool.sources.transport import TooMuchError

HEAVY_PAGE = 32 * 1024 * 1024
"""Bytes. Some records can be a hundred times as long as others; after such a page, smaller ones are asked for."""
EMPTY_PAGES = 20
"""So many pages without a record in a row, and the chain counts as endless."""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page: its records, the untouched answer, the token of the next page ("" at the end) and, on the first, the total."""

    parsed: Parsed
    raw: bytes
    next_token: str
    total: int | None


RequestPage = Callable[[str, Size], RecordPage]
"""Asks for the page of a token ("" for the first), of so many records; a first page must have its total."""


class _Progress:
    """Watches a chain of pages, so that one without an end is left."""

    def __init__(self, service: str, page_size: int, token: str) -> None:
        self._service, self._page_size, self._empty = service, page_size, 0
        self._known = {hash(token)}

    def note(self, page: RecordPage, remaining: int | None) -> None:
        """A page, where `remaining` records were to come before it, names a next one.

        Raises:
            Interrupted: the chain leads nowhere, back to where it was, or far beyond its total.
        """
        if hash(page.next_token) in self._known:
            raise Interrupted(f"{self._service} names the same page again as the next one; the search is not complete.")
        self._known.add(hash(page.next_token))
        self._empty = 0 if page.parsed.declared else self._empty + 1
        if self._empty >= EMPTY_PAGES:
            raise Interrupted(f"{self._service} sent {EMPTY_PAGES} pages without a record in a row; the search is not complete.")
        # A search may grow while it is read, but not by a page's worth of records and more.
        if remaining is not None and page.parsed.declared - remaining > self._page_size:
            raise Interrupted(f"{self._service} sends more and more records beyond its own total; the search is not complete.")


def follow(service: str, request: RequestPage, size: Size, token: str, remaining: int | None) -> Iterator[RecordPage]:
    """The pages of a search, from the first or from `token` on; `remaining` is how many records are still to come, if known.

    A chain that ends too early is asked for its last page once more, because an empty answer in passing would end it.

    Raises:
        SearchRefused: the service names a parameter or the syntax as wrong.
        Interrupted: the service fails, or its chain has no end.
    """
    progress = _Progress(service, size.largest, token)
    while True:
        page = _page(request, token, size)
        # Only the first page counts for the total; what a later one says would hide that the chain goes beyond it.
        remaining = remaining if token else page.total
        if not page.next_token and page.parsed.declared < (remaining or 0):
            page = _page(request, token, size)
        yield page
        if not page.next_token:
            return
        progress.note(page, remaining)
        token, remaining = page.next_token, None if remaining is None else remaining - page.parsed.declared


def _page(request: RequestPage, token: str, size: Size) -> RecordPage:
    while True:
        try:
            page = request(token, size)
        except TooMuchError:
            size.shrink()
            continue
        # Nothing found is believed only when the service says so twice.
        page = request(token, size) if page.total == 0 else page
        (size.shrink if len(page.raw) > HEAVY_PAGE else size.grow)()
        return page
