"""Fields that are too large to be what they are called. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from prisma_tool.model.record.citation import Citation

LARGE = 1_000_000
"""In bytes of UTF-8. The longest abstracts have some ten thousand, the longest lists of authors and the fullest entries of registers some
hundred thousand; what is larger is a document, or entries that ran together because a quotation mark was never closed."""
_MOST_BYTES = 4
_NAMES = {"extra": "content of tags that no field takes"}


def large_fields(citation: Citation) -> Iterator[tuple[str, int]]:
    """The names and sizes, in bytes, of the fields that hold more than `LARGE`."""
    for name in citation.__struct_fields__:
        size = _size(getattr(citation, name))
        if size > LARGE:
            yield _NAMES.get(name, name.replace("_", " ")), size


def may_be_large(text: str) -> bool:
    """Whether a text, or a part of it, may be larger than `LARGE`; quick."""
    return len(text) > LARGE // _MOST_BYTES


def size_warnings(key: str, citation: Citation, original: str) -> Iterator[str]:
    """What a person should know about the fields of a record, or about an `original` entry of which no field shows why it is large."""
    large = list(large_fields(citation))
    if not large and _size(original) > LARGE:
        large = [("original entry", _size(original))]
    for name, size in large:
        yield (
            f"{key}: its {name} has {size / 1_000_000:.1f} MB, which was kept but is hardly meant; look whether the file has a quotation "
            "mark that is never closed, or a whole document in this field."
        )


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode(errors="replace"))
    if isinstance(value, tuple):
        return sum(map(_size, value))
    return sum(_size(getattr(value, name)) for name in value.__struct_fields__) if isinstance(value, Struct) else 0
