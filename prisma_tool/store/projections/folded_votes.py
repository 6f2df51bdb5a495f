"""The state folded from the log without an object for each vote: most of a log are votes, and most of them say the same.

Invariant: it is the state that `model.log.fold.fold` makes of the same events. What votes mean is not decided here: of the reports on which
the same people said the same, the votes on one are folded, and all others share what comes of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from sys import intern
from typing import Any

import sqlalchemy as sa

from prisma_tool.model import json_text
from prisma_tool.model.log.contributors import Contributors, contributors_of
from prisma_tool.model.log.events import Event, EventKind, Slot, slot, standing, undone
from prisma_tool.model.log.fold import FIRST_KINDS, State, clustered, outcomes_of
from prisma_tool.model.log.merged_reasons import with_merges
from prisma_tool.model.log.outcomes import Outcome
from prisma_tool.model.log.team import team_of
from prisma_tool.model.vocabulary import Stage
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow
from prisma_tool.store.projections import as_of, update

_Question = tuple[str, Stage]
"""A cluster and a stage."""
_Place = tuple[str, str, str]
"""The record, the stage and the reviewer of a vote."""
_Vote = tuple[str, str, str]
"""Who voted, what (verdict and reason), and the id of the event."""

_STAGES = {stage.value: stage for stage in Stage}
_DECISION, _PAIR = EventKind.DECISION.value, EventKind.DUPLICATE.value
_OF_A_PAIR = ("other", "verdict")


@dataclass(frozen=True, slots=True)
class LeanState:
    """A state whose `standing` has no votes, and the ids of those that stand, by record, stage and reviewer."""

    state: State
    votes: Mapping[_Place, str]


def folded_lean(
    transaction: Transaction, at: datetime | None = None, look: Callable[[Event], None] | None = None
) -> LeanState | None:
    """The state that the log amounts to, or amounted to at a moment; None where a pilot round is under way, tools vote, or a version was closed.

    There the votes on one report do not say what those on another mean, or are asked for one by one.

    Args:
        transaction: The transaction to read in.
        at: Only what this database had stored by then; None for all.
        look: Is shown each event, whole. Without it assignments, of which there may be as many as records, are left out.
    """
    first = list(event_rows.events(transaction, kinds=(*FIRST_KINDS, EventKind.PILOT), received_by=at))
    contributors = contributors_of(transaction.protocol)
    counts = contributors.including()
    closed = any(event.kind == EventKind.VERSION for event in first)
    if transaction.protocol.tools or closed or team_of(standing(first, counts).values()).pilots:
        return None
    newest = _NewestVotes(undone(event for event in first if event.kind == EventKind.UNDO and counts(event)))
    held = standing(newest.others(transaction, at, look), counts, first)
    members = update.cluster_members(transaction) if at is None else as_of.cluster_members_at(transaction, at)
    cluster_of, pairs = clustered(members.values(), held)
    counting = newest.counting(contributors)
    votes = _on_reports(counting, cluster_of)
    shared, single = _sharing(votes, _ruled(held, cluster_of))
    examples = (questions[0] for questions in shared)
    whole = _events_of(transaction, (vote for question in chain(single, examples) for vote in votes[question]))
    outcomes = outcomes_of(held | whole, cluster_of, pairs, with_merges(transaction.protocol, held))
    state = State(held, cluster_of, dict(_for_all(outcomes, shared)))
    return LeanState(state, {place: event_id for place, (_, event_id) in counting.items()})


_FOLDED = (
    *(getattr(EventRow, name) for name in ("id", "kind", "subject", "stage", "reviewer", "at", "received")),
    sa.literal("").label("tool_version"),
    event_rows.PAYLOAD,
    EventRow.clock,
)
"""As many of `event_rows.COLUMNS`, in their order, as folding needs."""
_OF_A_VOTE = (EventRow.subject, EventRow.stage, EventRow.reviewer, sa.cast(EventRow.payload, sa.Text), EventRow.id)


def lean_events(
    transaction: Transaction,
    at: datetime | None,
    look: Callable[[Event], None] | None = None,
    but: Collection[EventKind] = (),
) -> Iterator[Event]:
    """The log, oldest first, as folding needs it: without hashes and what they are made of, and without the findings behind a pair.

    Args:
        transaction: The transaction to read in.
        at: Only what this database had stored by then; None for all.
        look: Is shown each event, whole, on the way.
        but: The kinds that are left out.
    """
    statement = sa.select(*(_FOLDED if look is None else event_rows.COLUMNS))
    if but:
        statement = statement.where(EventRow.kind.not_in(but))
    for event in map(event_rows.event_of, _in_order(transaction, statement, at)):
        if look is not None:
            look(event)
        yield _lean(event)


def _in_order(transaction: Transaction, statement: Any, at: datetime | None) -> Iterator[Any]:
    if at is not None:
        statement = statement.where(EventRow.received <= at)
    return chain.from_iterable(transaction.streamed(statement.order_by(EventRow.clock, EventRow.id)))


def _lean(event: Event) -> Event:
    # Rows have a text of their own for each value, of which a log has a handful.
    texts = (intern(event.kind), intern(event.subject), intern(event.stage), intern(event.reviewer))
    payload = event.payload
    kept = {name: payload.get(name) for name in _OF_A_PAIR} if event.kind == _PAIR else payload
    return Event(event.id, *texts, event.at, event.received, "", kept, event.clock)


class _NewestVotes:
    """What each vote said, and the id of its event: the newest that was not taken back, by record, stage and reviewer."""

    def __init__(self, taken_back: Collection[str]) -> None:
        self._taken_back = taken_back
        self._newest: dict[_Place, tuple[str, str]] = {}

    def others(self, transaction: Transaction, at: datetime | None, look: Callable[[Event], None] | None) -> Iterator[Event]:
        """All events but the votes, which are taken in on the way or, where nobody looks at each event, before."""
        if look is not None:
            yield from self._others_of_all(_in_order(transaction, sa.select(*event_rows.COLUMNS), at), look)
            return
        statement = sa.select(*_OF_A_VOTE).where(EventRow.kind == _DECISION)
        for subject, stage, reviewer, payload, event_id in _in_order(transaction, statement, at):
            if event_id not in self._taken_back:
                self._newest[subject, stage, reviewer] = _stated_in(payload), event_id
        yield from lean_events(transaction, at, but=(EventKind.DECISION, EventKind.ASSIGNMENT))

    def _others_of_all(self, rows: Iterator[Any], look: Callable[[Event], None]) -> Iterator[Event]:
        for event in map(event_rows.event_of, rows):
            look(event)
            if event.kind != _DECISION:
                yield _lean(event)
            elif event.id not in self._taken_back:
                place = intern(event.subject), intern(event.stage), intern(event.reviewer)
                self._newest[place] = _verdict_and_reason(event.text("verdict"), event.text("reason")), event.id

    def counting(self, contributors: Contributors) -> dict[_Place, tuple[str, str]]:
        """Those that count."""
        people = {reviewer for _, _, reviewer in self._newest}
        silent = {reviewer for reviewer in people if not contributors.may_vote(reviewer)}
        if not silent:
            return self._newest
        return {place: vote for place, vote in self._newest.items() if place[2] not in silent}


def _on_reports(counting: Mapping[_Place, tuple[str, str]], cluster_of: Mapping[str, str]) -> dict[_Question, list[_Vote]]:
    """The votes on each report at each stage."""
    votes: dict[_Question, list[_Vote]] = {}
    for (subject, stage, reviewer), (stated, event_id) in counting.items():
        if subject in cluster_of:
            votes.setdefault((cluster_of[subject], _STAGES[stage]), []).append((reviewer, stated, event_id))
    return votes


def _ruled(held: Mapping[Slot, Event], cluster_of: Mapping[str, str]) -> set[_Question]:
    rulings = (place for place in held if place.kind == EventKind.ADJUDICATION and place.subject in cluster_of)
    return {(cluster_of[place.subject], _STAGES[place.stage]) for place in rulings}


def _sharing(
    votes: Mapping[_Question, Sequence[_Vote]], ruled: Collection[_Question]
) -> tuple[list[list[_Question]], list[_Question]]:
    """The questions to which the same people said the same, together, and those of which more matters than that."""
    shared: dict[tuple[Stage, frozenset[tuple[str, str]]], list[_Question]] = {}
    single: list[_Question] = []
    for question, cast in votes.items():
        people = {reviewer.casefold() for reviewer, _, _ in cast}
        if question in ruled or len(people) < len(cast):
            single.append(question)
        else:
            stated = frozenset([(reviewer, words) for reviewer, words, _ in cast])
            shared.setdefault((question[1], stated), []).append(question)
    return list(shared.values()), single


@lru_cache(maxsize=4096)
def _stated_in(payload: str) -> str:
    """The same of a payload as text; a log of votes without notes has a handful of them."""
    values = json_text.parse(payload)
    return _verdict_and_reason(*("" if values.get(name) is None else str(values[name]) for name in ("verdict", "reason")))


@lru_cache(maxsize=4096)
def _verdict_and_reason(verdict: str, reason: str) -> str:
    """What matters of a vote, one text for all that say it."""
    return json.dumps([verdict, reason])


def _events_of(transaction: Transaction, votes: Iterable[_Vote]) -> dict[Slot, Event]:
    events = event_rows.with_ids(transaction, [event_id for _, _, event_id in votes])
    return {place: event for event in events if (place := slot(event)) is not None}


def _for_all(outcomes: Mapping[_Question, Outcome], shared: Iterable[Sequence[_Question]]) -> Iterator[tuple[_Question, Outcome]]:
    """The outcomes, of questions that share one each."""
    yield from outcomes.items()
    for questions in shared:
        if (result := outcomes.get(questions[0])) is not None:
            yield from ((question, result) for question in questions)
