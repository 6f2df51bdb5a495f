"""The one way in which a deposit writes JSON: sorted keys, no spaces, letters as they are; equal values give equal bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from prisma_tool.errors import FormatError

_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def line_of(value: Any) -> bytes:
    """A value as one line."""
    return (_encode(value) + "\n").encode()


def lines_of(values: Iterable[Any]) -> Iterator[bytes]:
    """Values as lines."""
    return map(line_of, values)


def document(value: Any) -> bytes:
    """A value as a file for people too: indented."""
    return (json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def value_of(line: bytes, place: str) -> Any:
    """The value of a line.

    Raises:
        FormatError: it is no JSON, or not written as `line_of` would.
    """
    try:
        value = json.loads(line)
        same = line_of(value) == line
    except (ValueError, RecursionError):
        raise FormatError(f"{place} is no JSON") from None
    if not same:
        raise FormatError(f"{place} is not written as deposits write it")
    return value
