"""Fetching one document from an address that a service named, hop by hop.

Owns what may count as a document: an answer that begins as a PDF, of a size that articles have. Invariant: every hop is looked at before it
is followed, each host is asked at a pace of its own, and what is not a document says in a few words what it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urljoin

import requests

from prisma_tool.errors import Interrupted, SearchRefused
from prisma_tool.plain_files import is_pdf
from prisma_tool.sources.failures import TransientError
from prisma_tool.sources.fulltexts.locations import host_of
from prisma_tool.sources.public_hosts import address_problem
from prisma_tool.sources.transport import Ask, ServiceAnswer, TooMuchError, Transport, judge_status

LARGEST_DOCUMENT = 80 << 20
"""Bytes; an article with all its pictures stays below, and whatever is larger can be fetched by hand."""
MOST_HOPS = 5
_END, _TAIL = b"%%EOF", 2048
"""What stands at the end of a PDF (ISO 32000, 7.5.5), give or take what servers add."""
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Hop:
    """What one request came to: a document, an address further on, or the reason why there is neither."""

    document: bytes = b""
    further: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Downloader:
    """Fetches documents; `transport_to` gives the way to a host, `allowed` are hosts that may be private (those of stand-ins)."""

    transport_to: Callable[[str], Transport]
    allowed: Collection[str] = ()

    def hop(self, address: str, md5: str = "") -> Hop:
        """One request. With the MD5 of the file that is meant nothing else is taken for an answer."""
        problem = address_problem(address, self.allowed)
        if problem:
            return Hop(problem=f"the address was not followed: {problem}")
        host = host_of(address)
        try:
            ask = Ask(address, {}, name="PDF", largest=LARGEST_DOCUMENT)
            return self.transport_to(host).fetch(ask, lambda answer: _hop(answer, address, md5))
        except TooMuchError:
            return Hop(problem=f"more than {LARGEST_DOCUMENT >> 20} MB, or without end")
        except (Interrupted, SearchRefused):
            return Hop(problem=f"{host} gave no usable answer")


def _hop(answer: ServiceAnswer, address: str, md5: str) -> Hop:
    if answer.status in _MOVED and answer.headers.get("Location"):
        return Hop(further=urljoin(address, answer.headers["Location"]))
    if answer.status != requests.codes.too_many_requests and 400 <= answer.status < 500:  # noqa: PLR2004 - the client errors of HTTP
        return Hop(problem=f"refused with status {answer.status}")
    judge_status(answer)
    if md5 and hashlib.md5(answer.body, usedforsecurity=False).hexdigest() != md5:
        raise TransientError("not the file that the service names")
    if is_pdf(answer.body):
        if _END not in answer.body[-_TAIL:]:
            raise TransientError("a PDF that was cut off")
        return Hop(document=answer.body)
    beginning = answer.body[:1000].lstrip().lower()
    what = (
        "a web page instead of a PDF"
        if beginning.startswith((b"<!doctype html", b"<html")) or b"<html" in beginning
        else "no PDF"
    )
    return Hop(problem=what if answer.body else "an empty answer")
