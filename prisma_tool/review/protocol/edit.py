"""Editing review.toml by commands that say so: comments and layout stay, and what cannot be read back is not written.

Invariant: a password never reaches the file; the file is replaced whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from prisma_tool.errors import ReviewError
from prisma_tool.file_io import read_file, write_atomically
from prisma_tool.model.protocol.stopping import Rule
from prisma_tool.model.text import one_line
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol

LISTS = {"reviewer": "reviewers", "adjudicator": "adjudicators", "observer": "observers"}
"""The list of review.toml that names the people of each role."""


def add_person(folder: Path, role: str, name: str) -> str:
    """Write somebody into the list of a role (a key of `LISTS`) in review.toml; returns the name as written.

    Raises:
        ReviewError: the name is empty or listed already, or the file cannot be read or written.
    """
    person = one_line(name)
    if not person:
        raise ReviewError("A name is needed; nothing was written.")

    def add(document: tomlkit.TOMLDocument) -> None:
        listed: Any = document.get(LISTS[role])
        if listed is None:
            # tomlkit puts a key of the document itself before its first table.
            document[LISTS[role]] = listed = tomlkit.array()
        if any(str(listed_name).casefold() == person.casefold() for listed_name in listed):
            raise ReviewError(f"{FILE_NAME} names {person} among its {LISTS[role]} already.")
        listed.append(person)

    _edit(folder, add)
    return person


def set_database(folder: Path, url: str) -> None:
    """Write the address of the review's database; empty takes it away, so that review.db in the folder is used.

    Raises:
        ReviewError: the file cannot be read or written.
    """

    def change(document: tomlkit.TOMLDocument) -> None:
        table: Any = document.get("database")
        if table is None:
            document["database"] = table = tomlkit.table()
        if url:
            table["url"] = url
        else:
            table.pop("url", None)
        if not table:
            document.remove("database")

    _edit(folder, change)


def _edit(folder: Path, change: Callable[[tomlkit.TOMLDocument], None]) -> None:
    path = folder / FILE_NAME
    try:
        document = tomlkit.parse(read_file(path).decode("utf-8-sig"))
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise ReviewError(f"{path} cannot be edited: {error}. Nothing was changed.") from error
    change(document)
    text = tomlkit.dumps(document)
    parse_protocol(text, str(path))
    write_atomically(path, text.encode())


def with_rule(text: str, rule: Rule) -> str:
    """The text with this stopping rule.

    Raises:
        ReviewError: the file is laid out in a way that cannot be edited here.
    """
    try:
        document = tomlkit.parse(text)
        screening = document.setdefault("screening", tomlkit.table())
        stopping = screening.setdefault("stopping", tomlkit.table())
        for name, value in rule.as_payload().items():
            if stopping.get(name) != value:
                stopping[name] = value
        result = tomlkit.dumps(document)
        stated = parse_protocol(result).screening.stopping
    except (TOMLKitError, TypeError, AttributeError) as error:
        raise _unusual() from error
    if stated != rule:
        raise _unusual()
    return result


def _unusual() -> ReviewError:
    return ReviewError(
        f"{FILE_NAME} is laid out in a way that cannot be edited here; write the rule into [screening.stopping] yourself."
    )
