"""Narrowing a queue to what a reviewer looks for.

    CAR-T leuk* "bone marrow" -mice is:maybe label:pilot source:Embase year:2020
    CAR-T = year >= 2015 and (type = Review or label = pilot)

Words, phrases and prefixes are looked for in the index of words; `is:` asks for the reviewer's own verdict or what waits, the other
names of `queue_values.FIELDS` for what the report has. All must hold. A single `=` begins a condition in the language of `--where`, of
which `name:value` is the short form. Invariant: only what the reviewer may know is asked (counting rule 25).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prisma_tool.errors import UsageError
from prisma_tool.model.text import one_line
from prisma_tool.model.text_query import text_query
from prisma_tool.records.condition import Condition, parse_condition
from prisma_tool.records.facets import demands, term_for, with_value
from prisma_tool.records.filter_text import is_condition, parts_of
from prisma_tool.screening.queue import Queue, QueueMark
from prisma_tool.screening.queue_values import FIELDS, STATES, QueueReading
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.index import text_index
from prisma_tool.store.queues import queues

_TERM = re.compile(rf"(?:^|(?<=\s))(?P<name>{'|'.join(FIELDS)}):(?:\"(?P<quoted>[^\"]*)\"|(?P<value>\S+))", re.IGNORECASE)
_BARE = re.compile(rf"(?:^|(?<=\s))({'|'.join(FIELDS)}):(?=\s|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class QueueQuery:
    """What was typed, taken apart: the text to look for, and the condition on the reports, if there is one."""

    text: str
    where: str

    @property
    def condition(self) -> Condition | None:
        """The condition.

        Raises:
            UsageError: it cannot be understood.
        """
        return parse_condition(self.where, FIELDS) if self.where else None


def parse_queue_query(typed: str) -> QueueQuery:
    """What a reviewer looks for, from the line that was typed.

    Raises:
        UsageError: an unknown state after `is:`, or nothing after a name's colon.
    """
    words, where = parts_of(typed)
    if bare := _BARE.search(words):
        raise UsageError(f'After {bare[0]} stands what is looked for, without a space, as in year:2020 or label:"to discuss".')
    pairs = [_pair(match) for match in _TERM.finditer(words)]
    states = [_state(value) for name, value in pairs if name == "is"]
    terms = [
        *([f"is in ({', '.join(states)})"] if states else []),
        *(term_for(name, value) for name, value in pairs if name != "is"),
        *([f"({where})"] if where else []),
    ]
    return QueueQuery(_TERM.sub(" ", words), " and ".join(terms))


def has_value(typed: str, name: str, value: str) -> bool:
    """Whether a line asks for this value."""
    words, where = parts_of(typed)
    return demands(where, name, value) or any(_pair(match) == (name, value) for match in _TERM.finditer(words))


def with_queue_value(typed: str, name: str, value: str) -> str:
    """A line that asks for this value as well, or no longer where it did; in its condition where it has one, or the short form cannot hold it."""
    words, where = parts_of(typed)
    if any(_pair(match) == (name, value) for match in _TERM.finditer(words)):
        words = _TERM.sub(lambda match: "" if _pair(match) == (name, value) else match[0], words).strip()
    elif is_condition(typed) or '"' in value:
        where = with_value(where, name, value)
    else:
        words = f'{words} {name}:"{value}"' if re.search(r"\s", value) else f"{words} {name}:{value}"
    return " ".join(part for part in (words.strip(), f"= {where}" if where else "") if part)


def _pair(match: re.Match[str]) -> tuple[str, str]:
    return match["name"].lower(), match["value"] if match["quoted"] is None else match["quoted"]


def _state(state: str) -> str:
    if state.lower() not in STATES:
        raise UsageError(f"There is no state '{one_line(state)}'; after is: stands one of {', '.join(STATES)}.")
    return state.lower()


def matching_keys(transaction: Transaction, queue: Queue, asked: QueueQuery, reading: QueueReading) -> set[str] | None:
    """The keys of the queue that meet what was asked; None where nothing was. `reading` has what the condition asks for.

    Raises:
        UsageError: what was typed cannot be meant.
    """
    sets = []
    if terms := text_query(asked.text):
        sets.append(queues.clusters_of(transaction, text_index.keys_matching(transaction, terms)))
    if (condition := asked.condition) is not None:
        sets.append(set(_meeting(condition, queue, reading)))
    return set.intersection(*sets) if sets else None


def _meeting(condition: Condition, queue: Queue, reading: QueueReading) -> Iterable[str]:
    for key, mark in zip(queue.keys, map(QueueMark, queue.marks), strict=True):
        if condition.holds(_values(reading, key, mark)):
            yield key


def _values(reading: QueueReading, key: str, mark: QueueMark) -> Callable[[str], tuple[str, ...]]:
    return lambda name: reading.values(key, mark, name)
