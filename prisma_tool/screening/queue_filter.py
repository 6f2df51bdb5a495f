"""Narrowing a queue to what a reviewer looks for.

    CAR-T leuk* "bone marrow" -mice is:maybe label:pilot source:Embase

Words, phrases and prefixes are looked for in the index of words; `is:` asks for the reviewer's own verdict or what waits, `label:` for
a label, `source:` for a source. All must hold. Invariant: only what the reviewer may know is asked (counting rule 25).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prisma_tool.errors import UsageError
from prisma_tool.model.text import one_line
from prisma_tool.model.text_query import text_query
from prisma_tool.screening.queue import Queue, QueueMark
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.index import text_index
from prisma_tool.store.queues import queues

STATES: Mapping[str, QueueMark] = {
    "undecided": QueueMark.WAITS,
    "include": QueueMark.INCLUDED,
    "exclude": QueueMark.EXCLUDED,
    "maybe": QueueMark.MAYBE,
    "ongoing": QueueMark.ONGOING,
    "awaiting": QueueMark.AWAITING,
    "settled": QueueMark.SETTLED,
    "not-retrieved": QueueMark.NOT_RETRIEVED,
}
"""What may stand after `is:`."""
_CONDITION = re.compile(r"(?:^|(?<=\s))(?P<name>is|label|source):(?:\"(?P<quoted>[^\"]*)\"|(?P<value>\S+))", re.IGNORECASE)
_CLUSTERS: Mapping[str, Callable[[Transaction, str], set[str]]] = {
    "label": queues.clusters_with_label,
    "source": queues.clusters_of_source,
}


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """What was typed, taken apart: the text to look for, the marks asked for, and ("label" or "source", value) pairs in `groups`."""

    text: str
    marks: tuple[QueueMark, ...]
    groups: tuple[tuple[str, str], ...]


def parse_queue_query(typed: str) -> QueueQuery:
    """What a reviewer looks for, from the line that was typed.

    Raises:
        UsageError: an unknown state after `is:`.
    """
    conditions = [_condition(match) for match in _CONDITION.finditer(typed)]
    marks = tuple(_mark(value) for name, value in conditions if name == "is")
    return QueueQuery(_CONDITION.sub(" ", typed), marks, tuple(condition for condition in conditions if condition[0] != "is"))


def has_condition(typed: str, name: str, value: str) -> bool:
    """Whether a line asks for this value."""
    return any(_condition(match) == (name, value) for match in _CONDITION.finditer(typed))


def with_condition(typed: str, name: str, value: str) -> str:
    """A line that asks for this value as well, or no longer where it did; no value with a quotation mark can be asked for."""
    if not has_condition(typed, name, value):
        return (
            f'{typed.strip()} {name}:"{value}"'.strip() if re.search(r"\s", value) else f"{typed.strip()} {name}:{value}".strip()
        )
    return _CONDITION.sub(lambda match: "" if _condition(match) == (name, value) else match[0], typed).strip()


def _condition(match: re.Match[str]) -> tuple[str, str]:
    return match["name"].lower(), match["value"] if match["quoted"] is None else match["quoted"]


def _mark(state: str) -> QueueMark:
    if state.lower() not in STATES:
        raise UsageError(f"There is no state '{one_line(state)}'; after is: stands one of {', '.join(STATES)}.")
    return STATES[state.lower()]


def matching_keys(transaction: Transaction, queue: Queue, typed: str) -> set[str] | None:
    """The keys of the queue that meet what was typed; None where nothing was asked.

    Raises:
        UsageError: what was typed cannot be meant.
    """
    filters = parse_queue_query(typed)
    sets = [_CLUSTERS[name](transaction, value) for name, value in filters.groups]
    if terms := text_query(filters.text):
        sets.append(queues.clusters_of(transaction, text_index.keys_matching(transaction, terms)))
    if filters.marks:
        sets.append({key for key, mark in zip(queue.keys, queue.marks, strict=True) if mark in filters.marks})
    return set.intersection(*sets) if sets else None
