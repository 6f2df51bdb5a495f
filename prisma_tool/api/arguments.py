"""Arguments as programs give them: one of a wrong type is refused with a sentence, before anything is done.

Invariant: what passes is of the type that the documentation states, so that nothing behind it fails in words of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike, fspath
from pathlib import Path
from typing import Any, TypeVar

from prisma_tool.errors import UsageError
from prisma_tool.formats.account.account import ParsedEntry
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.well_typed import ill_typed_field

Item = TypeVar("Item")


def path_of(value: str | PathLike[str], name: str) -> Path:
    """A path.

    Raises:
        TypeError: it is none.
        UsageError: it holds a null character, which no file's name can.
    """
    text = fspath(value) if isinstance(value, PathLike) else value
    if not isinstance(text, str):
        raise _wrong(name, "a path", value)
    if "\0" in text:
        raise UsageError(f"{name}: no file's name holds a null character: {text!r}.")
    return Path(text)


def text_of(value: Any, name: str) -> str:
    """A text.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, str):
        raise _wrong(name, "a text", value)
    return value


def optional_text(value: Any, name: str) -> str | None:
    """A text or None, likewise."""
    return None if value is None else text_of(value, name)


def columns_of(value: Mapping[str, str] | None) -> Mapping[str, str] | None:
    """Fields of a citation to headers, or None.

    Raises:
        TypeError: it is no mapping of texts to texts.
    """
    if value is None:
        return None
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for pair in value.items() for text in pair):
        raise _wrong("columns", "a mapping of texts to texts", value)
    return value


def texts_of(value: Iterable[str], name: str) -> list[str]:
    """Several texts; one text alone is refused, because its letters would be taken for them.

    Raises:
        TypeError: they are none.
    """
    return items_of(value, name, (str,))


def items_of(value: Iterable[Item], name: str, kinds: tuple[type[Item], ...]) -> list[Item]:
    """Several objects of some types.

    Raises:
        TypeError: they are none, or one of them is of another type.
    """
    meant = f"several of {' or '.join(kind.__name__ for kind in kinds)}"
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise _wrong(name, meant, value)
    items = list(value)
    for number, item in enumerate(items):
        if not isinstance(item, kinds):
            raise _wrong(f"{name}, item {number}", f"one of {' or '.join(kind.__name__ for kind in kinds)}", item)
    return items


def citations_of(value: Iterable[Citation | ParsedEntry], name: str) -> list[Citation | ParsedEntry]:
    """Citations and entries whose fields are of their types.

    Raises:
        TypeError: they are none; the sentence names the field.
    """
    items = items_of(value, name, (Citation, ParsedEntry))
    for number, item in enumerate(items):
        if field := ill_typed_field(content(item)):
            raise TypeError(
                f"{name}, item {number}: {field} is {getattr(content(item), field)!r}, of the type "
                f"{type(getattr(content(item), field)).__name__}; the documentation of Citation says what stands there."
            )
    return items


def content(item: Citation | ParsedEntry) -> Citation:
    """The citation of an entry, or the citation itself."""
    return item if isinstance(item, Citation) else item.citation


def number_of(value: Any, name: str) -> float:
    """A number.

    Raises:
        TypeError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(name, "a number", value)
    return value


def seed_of(value: Any) -> int:
    """A seed of random draws.

    Raises:
        TypeError: it is no whole number.
        UsageError: it is negative.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong("seed", "a whole number", value)
    if value < 0:
        raise UsageError(f"seed: {value} is negative; choose 0 or more.")
    return value


def _wrong(name: str, meant: str, value: Any) -> TypeError:
    return TypeError(f"{name} must be {meant}, and is of the type {type(value).__name__}.")
