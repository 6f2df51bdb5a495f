"""Editing single values and lists of review.toml, with comments and layout left as they stand.

Pure: text in, text out. Invariant: the text that comes back states what it stated before with these values in their places, and nothing
else; or an error is raised.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from copy import deepcopy
from difflib import SequenceMatcher
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Array

from prisma_tool.errors import ReviewError
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol

Value = str | int | bool | tuple[str, ...]


def value_at(text: str, path: str) -> Any:
    """What the text states at a path such as "criteria.include"; None where it states nothing.

    Raises:
        ReviewError: it is not valid TOML.
    """
    here: Any = _stated(text)
    for name in path.split("."):
        here = here.get(name) if isinstance(here, dict) else None
    return tuple(here) if isinstance(here, list) else here


def crossed(before: str, now: str, values: Mapping[str, Value]) -> list[str]:
    """The paths at which the text has come to state something else, neither what it stated before nor what is wanted."""
    return [path for path, value in values.items() if value_at(now, path) not in (value_at(before, path), value)]


def with_values(text: str, values: Mapping[str, Value]) -> str:
    """The text with these values at their paths.

    Raises:
        ReviewError: a value is not allowed there, or the file is laid out in a way that cannot be edited here.
    """
    try:
        document = tomlkit.parse(text)
        for path, value in values.items():
            if value_at(text, path) != value:
                _set(document, path.split("."), value)
        result = tomlkit.dumps(document)
        is_meant = _stated(result) == _meant(text, values)
    except (TOMLKitError, TypeError, AttributeError, KeyError, IndexError, ValueError) as error:
        raise _unusual(values) from error
    if not is_meant:
        raise _unusual(values)
    parse_protocol(result)
    return result


def _stated(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReviewError(f"{FILE_NAME} is not valid TOML: {error}.") from error


def _meant(text: str, values: Mapping[str, Value]) -> dict[str, Any]:
    meant = deepcopy(_stated(text))
    for path, value in values.items():
        *tables, name = path.split(".")
        here = meant
        for table in tables:
            here = here.setdefault(table, {})
        here[name] = list(value) if isinstance(value, tuple) else value
    return meant


def _set(document: Any, path: Sequence[str], value: Value) -> None:
    *tables, name = path
    here = document
    for table in tables:
        if table not in here:
            here[table] = tomlkit.table()
        here = here[table]
    if isinstance(value, str):
        here[name] = tomlkit.string(value, multiline=_has_lines(value))
    elif not isinstance(value, tuple):
        here[name] = value
    elif isinstance(here.get(name), Array):
        _edit_list(here[name], value)
    else:
        here[name] = _new_list(value)


def _has_lines(text: str) -> bool:
    return "\n" in text and '"' * 3 not in text and not text.endswith('"') and "\\" not in text


def _new_list(texts: Sequence[str]) -> Array:
    array = tomlkit.array()
    array.extend(texts)
    return array.multiline(len(texts) > 1)


def _edit_list(array: Any, wanted: Sequence[str]) -> None:
    """Change what differs and nothing else, so that a remark stays behind its item."""
    if not array:
        array.multiline(len(wanted) > 1)
    written = list(map(str, array))
    for _, begin, end, first, last in reversed(SequenceMatcher(None, written, wanted, autojunk=False).get_opcodes()):
        put = wanted[first:last]
        for place, text in enumerate(put[: end - begin], begin):
            if str(array[place]) != text:
                array[place] = text
        for place in reversed(range(begin + len(put), end)):
            del array[place]
        for place, text in enumerate(put[end - begin :], end):
            array.insert(place, text)


def _unusual(values: Mapping[str, Value]) -> ReviewError:
    return ReviewError(
        f"{FILE_NAME} is laid out in a way that cannot be edited here; change {', '.join(values)} in the file itself (e)."
    )
