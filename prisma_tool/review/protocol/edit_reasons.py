"""Editing the exclusion reasons of review.toml: renaming, moving, adding and taking out, with everything else left as it stands.

Pure: text in, text out. Invariants: an id never changes, so that votes keep their reason; comments and layout stay; the text that comes
back states the intended reasons, or an error is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import tomlkit
from tomlkit.items import AoT, Comment, Item, Table

from prisma_tool.errors import ReviewError
from prisma_tool.model.protocol.protocol import Reason
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import one_line
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol


def renamed(text: str, reason_id: str, label: str) -> str:
    """The text of review.toml with another label for the reason of this id.

    Raises:
        ReviewError: the file is laid out in a way that cannot be edited here.
    """
    reasons = [replace(reason, label=one_line(label)) if reason.id == reason_id else reason for reason in _reasons(text)]
    return _stating(text, reasons)


def moved(text: str, reason_id: str, place: int) -> str:
    """The text with the reason of this id at a place of the list, counted from 1; beyond the end is last.

    Raises:
        ReviewError: the file is laid out in a way that cannot be edited here.
    """
    reasons = _reasons(text)
    moving = next(reason for reason in reasons if reason.id == reason_id)
    others = [reason for reason in reasons if reason.id != reason_id]
    return _stating(text, [*others[: place - 1], moving, *others[place - 1 :]])


def added(text: str, reason: Reason, place: int) -> str:
    """The text with a further reason at a place of the list, counted from 1.

    Raises:
        ReviewError: the file is laid out in a way that cannot be edited here.
    """
    reasons = _reasons(text)
    return _stating(text, [*reasons[: place - 1], reason, *reasons[place - 1 :]])


def without(text: str, reason_id: str) -> str:
    """The text without a reason.

    Raises:
        ReviewError: it is the only one, or the file is laid out in a way that cannot be edited here.
    """
    remaining = [reason for reason in _reasons(text) if reason.id != reason_id]
    if not remaining:
        raise ReviewError(f"{FILE_NAME} would be left without an exclusion reason; add another one first.")
    return _stating(text, remaining)


def fresh_id(label: str, taken: Sequence[str]) -> str:
    """An id for a new reason that no reason has, or ever had in this review."""
    plain = slug(label)
    numbered = (f"{plain}-{n}" for n in range(2, len(taken) + 3))
    return plain if plain not in taken else next(candidate for candidate in numbered if candidate not in taken)


def _reasons(text: str) -> list[Reason]:
    return list(parse_protocol(text).reasons)


def _stating(text: str, reasons: Sequence[Reason]) -> str:
    """The text with these reasons in this order; what is said of each stands in the places of the tables that are there."""
    document = tomlkit.parse(text)
    if "reason" not in document:
        result = "\n\n".join([text.rstrip("\n"), *map(_new_table, reasons)]) + "\n"
    else:
        _fill(document["reason"], reasons)
        result = tomlkit.dumps(document)
    if list(parse_protocol(result).reasons) != list(reasons):
        raise _unusual()
    return result


def _unusual() -> ReviewError:
    return ReviewError(f"The reasons in {FILE_NAME} are laid out in a way that cannot be edited here; change them in the file.")


def _new_table(reason: Reason) -> str:
    return f"[[reason]]\nid = {tomlkit.string(reason.id).as_string()}\nlabel = {tomlkit.string(reason.label).as_string()}"


def _fill(tables: Any, reasons: Sequence[Reason]) -> None:
    if not isinstance(tables, AoT):
        raise _unusual()
    remarks = {_id_of(table): _remarks(table) for table in tables}
    # What stands after the last reason speaks of what follows the list.
    after = _taken_trailing(tables[-1])
    if len(tables) > len(reasons):
        del tables[len(reasons) :]
        after = [*_remarks_of(_taken_trailing(tables[-1])), *after]
    while len(tables) < len(reasons):
        tables[-1].value.append(None, tomlkit.nl())
        tables.append(tomlkit.table().append("id", ""))
    for table, reason in zip(tables, reasons, strict=True):
        _state(table, reason, remarks.get(reason.id, {}))
    _put_trailing(tables[-1], after)


def _id_of(table: Table) -> str:
    return str(table.get("id", "")).strip() or slug(one_line(str(table.get("label", ""))))


def _remarks(table: Table) -> dict[str, str]:
    """The comments behind the values of a table, which go with the reason."""
    return {name: str(_trivia(table, name).comment) for name in ("id", "label") if name in table}


def _trivia(table: Table, name: str) -> Any:
    item: Any = table.item(name)
    return item.trivia


def _state(table: Table, reason: Reason, remarks: dict[str, str]) -> None:
    if "id" in table or slug(reason.label) != reason.id:
        _set(table, "id", reason.id, remarks)
    _set(table, "label", reason.label, remarks)


def _set(table: Table, name: str, value: str, remarks: dict[str, str]) -> None:
    if name not in table:
        after = _taken_trailing(table)
        table[name] = value
        _put_trailing(table, after)
    elif str(table[name]) != value:
        table[name] = value
    trivia, comment = _trivia(table, name), remarks.get(name, "")
    trivia.comment_ws = (trivia.comment_ws or "  ") if comment else ""
    trivia.comment = comment


def _taken_trailing(table: Table) -> list[Item]:
    """The comments and empty lines after the last value of a table, taken out of it."""
    body = table.value.body
    values = [position for position, (key, _) in enumerate(body) if key is not None]
    begin = values[-1] + 1 if values else 0
    trailing = [item for _, item in body[begin:]]
    del body[begin:]
    return trailing


def _remarks_of(items: list[Item]) -> list[Item]:
    """These items, or nothing where they are empty lines alone."""
    return items if any(isinstance(item, Comment) for item in items) else []


def _put_trailing(table: Table, items: Sequence[Item]) -> None:
    for item in items:
        table.value.append(None, item)
