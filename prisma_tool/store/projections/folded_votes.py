"""The state at an earlier moment folded from the log without an object for each vote: most of a log are votes, and most of them alike.

Invariant: it is the state that `rebuild.folded_state` gives, without single votes and assignments. What votes mean is not decided here: of the
reports on which the same people said the same, the votes on one are folded, and all others share what comes of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain

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
from prisma_tool.store.projections import as_of, rebuild

_Question = tuple[str, Stage]
"""A cluster and a stage."""
_Vote = tuple[str, str, str]
"""Who voted, the payload of the vote as text, and the id of its event."""

_LEFT_OUT = (EventKind.DECISION, EventKind.ASSIGNMENT)
_STAGES = {stage.value: stage for stage in Stage}


def folded_without_votes(transaction: Transaction, at: datetime) -> State | None:
    """The state that the log amounted to at a moment; None where single votes are asked for by themselves, or a pilot round was under way."""
    first = list(event_rows.events(transaction, kinds=FIRST_KINDS, received_by=at))
    if transaction.protocol.tools or any(event.kind == EventKind.VERSION for event in first):
        return None
    contributors = contributors_of(transaction.protocol)
    others = rebuild.lean_events(transaction, at, but=_LEFT_OUT)
    held = standing(others, contributors.including(), first)
    if team_of(held.values()).pilots:
        return None
    cluster_of, pairs = clustered(as_of.cluster_members_at(transaction, at).values(), held)
    taken_back = undone(event for event in first if contributors.include(event))
    votes = _votes(_newest_votes(transaction, at, taken_back), cluster_of, contributors)
    shared, single = _alike(votes, _ruled(held, cluster_of))
    examples = (questions[0] for questions in shared)
    whole = _events_of(transaction, (vote for question in chain(single, examples) for vote in votes[question]))
    outcomes = outcomes_of(held | whole, cluster_of, pairs, with_merges(transaction.protocol, held))
    return State(held, cluster_of, dict(_for_all(outcomes, shared)))


def _newest_votes(
    transaction: Transaction, at: datetime, taken_back: Collection[str]
) -> dict[tuple[str, str, str], tuple[str, str]]:
    """The payload and the id of the newest vote that was not taken back, by record, stage and reviewer."""
    columns = (EventRow.subject, EventRow.stage, EventRow.reviewer, sa.cast(EventRow.payload, sa.Text), EventRow.id)
    statement = sa.select(*columns).where(EventRow.kind == EventKind.DECISION, EventRow.received <= at)
    rows = chain.from_iterable(transaction.streamed(statement.order_by(EventRow.clock, EventRow.id)))
    newest: dict[tuple[str, str, str], tuple[str, str]] = {}
    for subject, stage, reviewer, payload, event_id in rows:
        if event_id not in taken_back:
            newest[subject, stage, reviewer] = payload, event_id
    return newest


def _votes(
    newest: Mapping[tuple[str, str, str], tuple[str, str]], cluster_of: Mapping[str, str], contributors: Contributors
) -> dict[_Question, list[_Vote]]:
    """The votes that count on each report at each stage."""
    may_vote = {reviewer: contributors.may_vote(reviewer) for reviewer in {reviewer for _, _, reviewer in newest}}
    votes: dict[_Question, list[_Vote]] = {}
    for (subject, stage, reviewer), (payload, event_id) in newest.items():
        if may_vote[reviewer] and subject in cluster_of:
            votes.setdefault((cluster_of[subject], _STAGES[stage]), []).append((reviewer, payload, event_id))
    return votes


def _ruled(held: Mapping[Slot, Event], cluster_of: Mapping[str, str]) -> set[_Question]:
    rulings = (place for place in held if place.kind == EventKind.ADJUDICATION and place.subject in cluster_of)
    return {(cluster_of[place.subject], _STAGES[place.stage]) for place in rulings}


def _alike(
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
            said = frozenset([(reviewer, _said(payload)) for reviewer, payload, _ in cast])
            shared.setdefault((question[1], said), []).append(question)
    return list(shared.values()), single


@lru_cache(maxsize=4096)
def _said(payload: str) -> str:
    """Verdict and reason of a vote, without its note."""
    values = json_text.parse(payload)
    return repr((values.get("verdict"), values.get("reason")))


def _events_of(transaction: Transaction, votes: Iterable[_Vote]) -> dict[Slot, Event]:
    events = event_rows.with_ids(transaction, [event_id for _, _, event_id in votes])
    return {place: event for event in events if (place := slot(event)) is not None}


def _for_all(outcomes: Mapping[_Question, Outcome], shared: Iterable[Sequence[_Question]]) -> Iterator[tuple[_Question, Outcome]]:
    """The outcomes, of questions that share one each."""
    yield from outcomes.items()
    for questions in shared:
        if (result := outcomes.get(questions[0])) is not None:
            yield from ((question, result) for question in questions)
