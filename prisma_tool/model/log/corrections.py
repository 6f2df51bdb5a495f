"""Corrections of single fields of a record, laid over what its source delivered.

Invariant: the delivered content is never changed; a correction is an event that says which field it replaces, by what, and what the
source had said then. Of several corrections of one field one stands (see `events.slot`); without any, the source speaks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from prisma_tool.model.log.events import Event
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.codec import decode, encode
from prisma_tool.model.record.identifiers import registry_numbers

_FIELDS = frozenset(Citation.__struct_fields__)
_NOTHING = Citation()


@dataclass(frozen=True, slots=True)
class Edit:
    """One standing correction: the field of `Citation`, its value, what the source had said, and who corrected it when.

    `origin` names where the value comes from ("PubMed 12345"); empty where a person wrote it. `event` is the id to undo, `done` as of an event.
    """

    field: str
    value: Any
    was: Any
    by: str
    at: datetime
    origin: str
    event: str
    done: datetime


def edit_of(event: Event) -> Edit | None:
    """The correction that an event states; None for a field that only a newer version knows."""
    name = event.text("field")
    if name not in _FIELDS:
        return None
    value, was = (_from_json(name, event.payload.get(part)) for part in ("value", "was"))
    return Edit(name, value, was, event.reviewer, event.at, event.text("origin"), event.id, event.done)


def payload(name: str, value: Any, was: Any, origin: str = "") -> dict[str, Any]:
    """What an event that corrects the field `name` says; values are kept as `codec` keeps them.

    Args:
        name: The field of `Citation`.
        value: What it is to be.
        was: What the source says at the moment.
        origin: Where the value is from, such as "PubMed 345312"; empty where somebody typed it.
    """
    return {"field": name, "value": _to_json(name, value), "was": _to_json(name, was), "origin": origin}


def _to_json(name: str, value: Any) -> Any:
    return json.loads(encode(replace(_NOTHING, **{name: value}))).get(name)


def _from_json(name: str, stored: Any) -> Any:
    if stored is None:
        return getattr(_NOTHING, name)
    return getattr(decode(json.dumps({name: stored})), name)


def edited(citation: Citation, edits: Iterable[Edit]) -> Citation:
    """The content as it reads with these corrections; numbers that title and abstract mention follow both."""
    values = {edit.field: edit.value for edit in edits}
    if not values:
        return citation
    corrected = replace(citation, **values)
    if values.keys() & {"title", "abstract"}:
        mentioned = registry_numbers(f"{corrected.title}\n{corrected.abstract_text}")
        corrected = replace(
            corrected, mentioned_numbers=tuple(number for number in mentioned if number not in corrected.registry_numbers)
        )
    return corrected
