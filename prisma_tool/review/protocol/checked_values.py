"""Values of a TOML file, checked on their way in.

Invariant: whatever is wrong is told with the file's name, the key and what is allowed there; nothing is guessed.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, ClassVar

from prisma_tool.errors import ReviewError
from prisma_tool.model.log.events import ENGINE
from prisma_tool.model.text import one_line


class CheckedValues:
    """Reads values of a document; `where` names the file, `allowed` the keys of each table ("" is the document itself).

    Every method raises a ReviewError for a value that is not allowed.
    """

    allowed: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def __init__(self, where: str) -> None:
        self.where = where

    def known(self, table: str, data: Mapping[str, Any], allowed: tuple[str, ...] = ()) -> None:
        """Check that a table has no other keys than those allowed; a misspelt rule must not be passed over."""
        names = allowed or self.allowed[table]
        for key in data:
            if key not in names:
                close = difflib.get_close_matches(key, names, n=1)
                hint = f"did you mean '{close[0]}'?" if close else f"known are: {', '.join(names)}."
                raise self.wrong(f"{table}.{key}".lstrip("."), f"is not a known key; {hint}")

    def wrong(self, key: str, problem: str) -> ReviewError:
        """The error for a key, with the file's name."""
        return ReviewError(f"{self.where}: '{one_line(key)}' {problem}")

    def table(self, data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """A table of the document, empty where there is none."""
        value = data.get(name, {})
        if not isinstance(value, dict):
            raise self.wrong(name, f"must be a table: write [{name}] on a line of its own.")
        self.known(name, value)
        return value

    def tables(self, data: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
        """An array of tables."""
        value = data.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.wrong(name, f"must be written as [[{name}]] tables.")
        return value

    def text(self, data: Mapping[str, Any], key: str, table: str = "") -> str:
        """A text, empty where there is none.

        Args:
            data: The table as read.
            key: The key in it.
            table: The name of the table with its dot ("screening."), for the message; empty for the document.
        """
        value = data.get(key, "")
        if not isinstance(value, str):
            raise self.wrong(table + key, "must be a text in quotes.")
        return value.strip()

    def texts(self, data: Mapping[str, Any], key: str, table: str = "") -> tuple[str, ...]:
        """A list of texts, each in one line.

        Args:
            data: The table as read.
            key: The key in it.
            table: As in `text`.
        """
        value = data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(table + key, 'must be a list of texts, like ["one", "two"].')
        return tuple(one_line(item) for item in value if item.strip())

    def names(self, data: Mapping[str, Any], key: str) -> tuple[str, ...]:
        """A list of people's names, each once."""
        names = self.texts(data, key)
        if len({name.casefold() for name in names}) < len(names):
            raise self.wrong(key, "names somebody twice.")
        if any(name.casefold() == ENGINE for name in names):
            raise self.wrong(key, f"cannot name anybody '{ENGINE}': that is how deduplication signs its verdicts.")
        return names

    def choice(self, data: Mapping[str, Any], key: str, allowed: tuple[str, ...], table: str, default: str = "") -> str:
        """One of a few words.

        Args:
            data: The table as read.
            key: The key in it.
            allowed: The words.
            table: As in `text`.
            default: The word where none is given; empty for the first that is allowed.
        """
        value = data.get(key, default or allowed[0])
        if value not in allowed:
            raise self.wrong(table + key, f"must be one of: {', '.join(allowed)}.")
        return str(value)

    def flag(self, data: Mapping[str, Any], key: str, table: str, *, default: bool) -> bool:
        """True or false.

        Args:
            data: The table as read.
            key: The key in it.
            table: As in `text`.
            default: What holds where nothing is given.
        """
        value = data.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(table + key, "must be true or false.")
        return value
