"""How the protocol changed, from the texts of review.toml in the log (PRISMA 2020 item 24c).

Pure, save for `read_changes`. Invariant: a change is told where two texts that were in force here after each other differ in what a
protocol settles; answers for the manuscript, the figure's words and the like are none.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.review.protocol_log import ProtocolAct
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction

PARTS: Mapping[str, str] = {
    "title": "the title",
    "question": "the question",
    "criteria": "the eligibility criteria",
    "criterion": "the ordered criteria",
    "reason": "the exclusion reasons",
    "search": "the searches",
    "screening": "the rules of screening",
    "register": "the treatment of register entries",
    "reviewers": "the reviewers",
    "adjudicators": "the adjudicators",
    "tools": "the automation tools",
}
"""What of review.toml is the protocol of a review, and how it is called."""
UNREADABLE = "the text, in a way that cannot be compared"


@dataclass(frozen=True, slots=True)
class ProtocolChange:
    """That parts of the protocol changed: when it was noted, which, and whether votes had been stored before."""

    at: datetime
    parts: tuple[str, ...]
    after_first_vote: bool


@dataclass(frozen=True, slots=True)
class ProtocolHistory:
    """When the first text of the protocol was noted (None for none), and the changes since, oldest first."""

    first: datetime | None = None
    changes: tuple[ProtocolChange, ...] = ()


def read_changes(transaction: Transaction, by: datetime | None = None) -> ProtocolHistory:
    """The history of this folder's protocol, as far as it was known by a moment."""
    own = list(event_rows.events(transaction, kinds=[EventKind.PROTOCOL], merged=False, received_by=by))
    votes = event_rows.events(transaction, kinds=[EventKind.DECISION], received_by=by, limit=1)
    return history(own, next(iter(votes), None))


def history(texts: Iterable[Event], first_vote: Event | None) -> ProtocolHistory:
    """The history that these events of the protocol tell, oldest first."""
    own = [event for event in texts if event.text("act") != ProtocolAct.RESTATED]
    return ProtocolHistory(own[0].at, tuple(_changes(own, first_vote))) if own else ProtocolHistory()


def _changes(texts: list[Event], first_vote: Event | None) -> Iterator[ProtocolChange]:
    for before, after in pairwise(texts):
        parts = tuple(_differing(_parsed(before), _parsed(after)))
        if parts:
            yield ProtocolChange(after.at, parts, first_vote is not None and first_vote.order < after.order)


def _parsed(event: Event) -> Mapping[str, Any] | None:
    try:
        return tomllib.loads(event.text("text"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _differing(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[str]:
    if before is None or after is None:
        yield UNREADABLE
        return
    yield from (words for key, words in PARTS.items() if (before.get(key) or None) != (after.get(key) or None))
