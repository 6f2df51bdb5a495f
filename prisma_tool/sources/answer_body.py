"""The body of an answer, read and decompressed in small pieces.

Invariants: never more than a bound (`LARGEST_ANSWER` where nothing smaller is said) is taken, neither as it was sent nor decompressed,
whatever the headers say;
what nobody waits for any longer is read no further.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import requests
import urllib3

from prisma_tool.sources.failures import AnswerTooLargeError, TransientError

LARGEST_ANSWER = 128 * 1024 * 1024
"""Bytes; three times what a thousand of the longest records come to. More of them are asked for in smaller portions."""
ACCEPTED_ENCODING = "gzip"
"""The one compression that is asked for, and that is undone here: a library's own decoder may inflate without a bound."""
_PIECE = 64 * 1024
_GZIP_WINDOW = zlib.MAX_WBITS + 16
NETWORK_ERRORS = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


def read_body(response: requests.Response, is_abandoned: Callable[[], bool], largest: int = 0) -> bytes:
    """The whole body, decompressed.

    Raises:
        AnswerTooLargeError: it is larger than `largest` bytes, or where that is 0 than `LARGEST_ANSWER`.
        TransientError: it broke off, cannot be decompressed, or nobody waits for it any longer.
    """
    largest = largest or LARGEST_ANSWER
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    sent = _bounded(_sent(response.raw, is_abandoned), largest)
    try:
        if encoding in {"", "identity"}:
            return _collected(sent)
        if encoding in {ACCEPTED_ENCODING, "x-gzip"}:
            return _collected(_bounded(_decompressed(sent), largest))
    except NETWORK_ERRORS:
        raise TransientError("the answer broke off or stalled", heavy=True) from None
    except zlib.error:
        raise TransientError("an answer that cannot be decompressed", heavy=True) from None
    raise TransientError("an answer in a compression that was not asked for")


def _sent(raw: Any, is_abandoned: Callable[[], bool]) -> Iterator[bytes]:
    # `read1` returns what is there: waiting for a full piece would not end while an answer drips in.
    while piece := raw.read1(_PIECE, decode_content=False):
        if is_abandoned():
            raise TransientError("the answer was not complete in time", heavy=True)
        yield piece


def _collected(pieces: Iterable[bytes]) -> bytes:
    # Not a list to be joined: pieces of two bytes would cost twenty times their size.
    body = bytearray()
    for piece in pieces:
        body += piece
    return bytes(body)


def _bounded(pieces: Iterable[bytes], largest: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > largest:
            raise AnswerTooLargeError(largest)
        yield piece


def _decompressed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    member = zlib.decompressobj(_GZIP_WINDOW)
    for piece in pieces:
        rest, is_full = piece, False
        while rest or is_full:
            if member.eof:
                # A gzip stream may have several members, one after the other.
                member = zlib.decompressobj(_GZIP_WINDOW)
            content = member.decompress(rest, _PIECE)
            rest, is_full = member.unconsumed_tail or member.unused_data, len(content) == _PIECE and not member.eof
            yield content
    if not member.eof:
        raise zlib.error("the stream ends in the middle")
