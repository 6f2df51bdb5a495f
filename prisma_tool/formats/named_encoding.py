"""Files whose encoding a person may have named, read whole. Invariant: the account tells the encoding that was named."""

from __future__ import annotations

from dataclasses import replace

from prisma_tool.formats.account.account import Parsed
from prisma_tool.formats.registry import read
from prisma_tool.formats.text.encodings.given_encoding import as_utf8, is_other_than_utf8, valid_as_utf8


def read_in(data: bytes, encoding: str | None) -> Parsed:
    """The account of a file in the format that its content shows; `encoding` is one that `known_encoding` gave, or None to find it.

    Raises:
        FormatError: the file is in no known format, or not in the encoding.
    """
    if not encoding:
        return read(data)
    parsed = read(as_utf8(data, encoding))
    doubts = (valid_as_utf8(encoding),) if is_other_than_utf8(data, encoding) else ()
    return replace(parsed, encoding=encoding, warnings=(*parsed.warnings, *doubts))
