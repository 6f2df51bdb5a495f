"""JSON as texts: reading it fast, and the one canonical text that hashes are made of.

The fast library is trusted only where it gives, byte by byte, what the standard library's `json` does; for everything else (numbers with a
fraction, letters beyond ASCII, numbers beyond 64 bits, what is no JSON by the letter) that one answers, so that no hash and no stored value
depends on which of the two was asked. Held by a property test.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import msgspec

_decode = msgspec.json.decode
_encode = msgspec.json.Encoder(order="sorted").encode
# One encoder for all: `json.dumps` would make one for every text.
_standard = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode
_SIMPLE = frozenset({str, int, bool, type(None)})
"""Types whose JSON has one spelling, as long as it is ASCII."""
_TEXT = frozenset({str})


def parse(text: str | bytes) -> Any:
    """The value that a JSON text states.

    Raises:
        ValueError: it is no JSON (a `json.JSONDecodeError`), or no text.
        RecursionError: it nests its values too deeply.
    """
    try:
        return _decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return json.loads(text)


_SHORT = 200
"""Characters of a text that many may have in common, such as a vote without a note; longer ones hardly ever are."""

_parse_once = lru_cache(maxsize=4096)(parse)


def parse_shared(text: str) -> Any:
    """As `parse`; equal short texts share one value, so nobody may change it.

    Raises:
        ValueError, RecursionError: as for `parse`.
    """
    return _parse_once(text) if len(text) <= _SHORT else parse(text)


def canonical(content: Any) -> bytes:
    """The one text of a value: keys sorted, nothing between the tokens, ASCII alone.

    Raises:
        TypeError, ValueError: the value has no JSON.
    """
    return (_is_plain(content) and _spelled_alike(content)) or _standard(content).encode()


def are_spelled_alike(one: Any, other: Any) -> bool:
    """Whether two values certainly have one canonical text; False also where that is not seen at once.

    1, 1.0 and true are equal, but no two of them are written alike.
    """
    return one == other and bool(text := _quickly(one)) and text == _quickly(other)


def is_spelled_alike(text: str) -> bool:
    """Whether a text stands between the quotation marks of the canonical text of its value letter for letter."""
    return text.isascii() and text.isprintable() and '"' not in text and "\\" not in text


def _spelled_alike(content: Any) -> bytes:
    """The canonical text by the fast library; empty where it would spell it otherwise."""
    text = _quickly(content)
    return text if text.isascii() and _DELETE not in text else b""


_DELETE = b"\x7f"
"""The one ASCII character that the two spell differently."""


def _quickly(content: Any) -> bytes:
    """The text by the fast library; empty where it has none."""
    try:
        return _encode(content)
    except (OverflowError, ValueError):
        return b""


def _is_plain(value: Any, depth: int = 3) -> bool:
    """Whether a value holds only what has one spelling, and tables and lists of that, a few levels deep."""
    kind = type(value)
    if kind in _SIMPLE:
        return True
    if not depth or kind not in (dict, list):
        return False
    parts = value
    if kind is dict:
        if not _TEXT.issuperset(map(type, value)):
            return False
        parts = value.values()
    # Most parts are simple, and a call for each would cost more than the writing.
    nested = [part for part in parts if type(part) not in _SIMPLE]
    return not nested or all(_is_plain(part, depth - 1) for part in nested)
