"""Comparing the projections with the log, and building them anew from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.log.contributors import contributors_of, version_labels
from prisma_tool.model.log.events import ENGINE, Event, EventKind, Slot, standing
from prisma_tool.model.log.fold import FIRST_KINDS, State, fold
from prisma_tool.model.log.outcomes import Outcome
from prisma_tool.model.vocabulary import DuplicateVerdict, OutcomeState, Stage
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.batches import insert_all, select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, MembershipRow, OutcomeRow, StandingRow
from prisma_tool.store.index import record_index
from prisma_tool.store.index.corrections import edits_in_log, ever_edited
from prisma_tool.store.projections import as_of, folded_votes, update

_OMITTED_KINDS = (*update.NUMEROUS_KINDS, EventKind.EDIT)
_KEPT_KINDS = [kind for kind in EventKind if kind not in _OMITTED_KINDS]
"""SQLite finds what stands on a record by its index only where it is told the kinds that are wanted."""


def folded_state(transaction: Transaction, at: datetime | None = None, look: Callable[[Event], None] | None = None) -> State:
    """The state that the whole log amounts to, or that it amounted to at a moment (by `received` and the records' arrival).

    `look` is shown each event, whole, on the way: reading a log twice costs as much as folding it.
    """
    records = update.cluster_members(transaction) if at is None else as_of.cluster_members_at(transaction, at)
    first = event_rows.events(transaction, kinds=FIRST_KINDS, received_by=at)
    return fold(records.values(), folded_votes.lean_events(transaction, at, look), transaction.protocol, first)


def stored_state(transaction: Transaction, *, votes: bool = True) -> State:
    """The state as the projections keep it; equal to `folded_state` and far cheaper.

    Without `votes` the single votes and assignments are left out of `standing`, as are verdicts on pairs that join, of which there are as many
    as duplicates, and those by which the engine keeps apart, and corrections, whose texts are long; what they mean for clusters and outcomes is there all the same.
    """
    standing = dict(map(event_rows.standing_event_of, transaction.rows(_STANDING))) if votes else stored_acts(transaction)
    return State(standing, memberships(transaction), _outcomes(transaction))


_STANDING = sa.select(*event_rows.SLOT, *event_rows.COLUMNS).join(EventRow, EventRow.id == StandingRow.event)


def stored_acts(transaction: Transaction, *, assessed: bool = True) -> dict[Slot, Event]:
    """The standing events of a state without votes; without `assessed` also without retrievals of reports with an outcome at full text."""
    by_person = sa.and_(StandingRow.verdict == DuplicateVerdict.DIFFERENT, EventRow.reviewer != ENGINE)
    asked = sa.or_(StandingRow.kind != EventKind.DUPLICATE, StandingRow.verdict == DuplicateVerdict.UNSURE, by_person)
    statement = _STANDING.where(StandingRow.kind.not_in(_OMITTED_KINDS), asked)
    if not assessed:
        at_full_text = sa.select(MembershipRow.record).join(OutcomeRow, OutcomeRow.cluster == MembershipRow.cluster)
        retrieved = at_full_text.where(OutcomeRow.stage == Stage.FULL_TEXT)
        statement = statement.where(sa.or_(StandingRow.kind != EventKind.RETRIEVAL, StandingRow.subject.not_in(retrieved)))
    rows = transaction.rows(statement)
    return dict(map(event_rows.standing_event_of, rows))


def standing_pairs(transaction: Transaction, at: datetime | None = None) -> list[Event]:
    """The verdicts on pairs that stand, or stood at a moment: all of them, also the settled ones that a state without votes leaves out."""
    first = list(event_rows.events(transaction, kinds=FIRST_KINDS, received_by=at))
    counts = contributors_of(transaction.protocol, version_labels(first)).include
    pairs = event_rows.events(transaction, kinds=[EventKind.DUPLICATE], received_by=at)
    return list(standing(pairs, counts, first).values())


def pairs_by_people(transaction: Transaction, at: datetime | None = None) -> list[Event]:
    """Those of the standing verdicts on pairs that people stated; now they are read from what is kept, without the engine's many."""
    if at is not None:
        return [event for event in standing_pairs(transaction, at) if event.reviewer != ENGINE]
    statement = _STANDING.where(StandingRow.kind == EventKind.DUPLICATE, EventRow.reviewer != ENGINE)
    return [event for _, event in map(event_rows.standing_event_of, transaction.rows(statement))]


def stored_part(transaction: Transaction, clusters: Mapping[str, Collection[str]]) -> State:
    """The kept state of some clusters alone, without their single votes; its cost does not grow with the review.

    Args:
        transaction: The transaction to read in.
        clusters: The keys of all members of each cluster, by its name.
    """
    keys = {key for members in clusters.values() for key in members}
    rows = select_in(transaction.session, _STANDING.where(StandingRow.kind.in_(_KEPT_KINDS)), StandingRow.subject, keys)
    standing = dict(map(event_rows.standing_event_of, rows))
    cluster_of = {key: name for name, members in clusters.items() for key in members}
    return State(standing, cluster_of, stored_outcomes(transaction, clusters))


def stored_outcomes(transaction: Transaction, clusters: Collection[str]) -> dict[tuple[str, Stage], Outcome]:
    """The outcomes of these clusters, as they are kept."""
    return dict(_outcome(row) for row in select_in(transaction.session, _OUTCOME, OutcomeRow.cluster, clusters))


# Columns, not mapped objects: a review has hundreds of thousands of outcomes, and an object costs several times its row.
_OUTCOME = sa.select(OutcomeRow.cluster, OutcomeRow.stage, OutcomeRow.state, OutcomeRow.reason, OutcomeRow.reasons_differ)


# Calling an enumeration costs four times a look into a dictionary.
_STAGES = {stage.value: stage for stage in Stage}
_STATES = {state.value: state for state in OutcomeState}


@lru_cache(maxsize=1024)
def same_outcome(state: str, reason: str, reasons_differ: bool) -> Outcome:
    """An outcome, one object for all that are equal: hundreds of thousands of reports share a handful of them."""
    return Outcome(_STATES[state], reason, reasons_differ)


def _outcome(row: Sequence[Any]) -> tuple[tuple[str, Stage], Outcome]:
    cluster, stage, state, reason, reasons_differ = row
    return (cluster, _STAGES[stage]), same_outcome(state, reason, reasons_differ)


def memberships(transaction: Transaction) -> dict[str, str]:
    """The cluster of each record, as it is kept."""
    statement = sa.select(MembershipRow.record, MembershipRow.cluster)
    return transaction.once(memberships, lambda: dict(transaction.rows(statement)))


def _outcomes(transaction: Transaction) -> dict[tuple[str, Stage], Outcome]:
    return dict(_outcome(row) for row in transaction.rows(_OUTCOME))


def differences(transaction: Transaction, look: Callable[[Event], None] | None = None) -> list[str]:
    """What the projections keep otherwise than the log says, in words; empty when all is well. `look` is shown each event of the log."""
    expected = _expected(transaction, look)
    standing_rows = chain.from_iterable(transaction.streamed(sa.select(*event_rows.SLOT, StandingRow.event)))
    kept: tuple[tuple[str, Iterable[tuple[Any, Any]], Mapping[Any, Any]], ...] = (
        ("standing event", ((row[:-1], row[-1]) for row in standing_rows), expected.ids),
        ("cluster", memberships(transaction).items(), expected.cluster_of),
        ("outcome", _outcomes(transaction).items(), expected.outcomes),
    )
    stale = [
        f"completeness of {key}: kept otherwise than its content says"
        for key in record_index.stale_keys(transaction, ever_edited(transaction))
    ]
    return stale + [
        f"{what} of {slot}: kept {stored_value}, the log says {expected_value}"
        for what, stored, in_log in kept
        for slot, stored_value, expected_value in _differing(stored, in_log)
    ]


@dataclass(frozen=True, slots=True)
class _Expected:
    """What the projections should hold: the id of the event that stands in each slot, clusters and outcomes."""

    ids: Mapping[tuple[str, ...], str]
    cluster_of: Mapping[str, str]
    outcomes: Mapping[tuple[str, Stage], Outcome]


def _expected(transaction: Transaction, look: Callable[[Event], None] | None) -> _Expected:
    lean = folded_votes.folded_lean(transaction, look=look or _overlook)
    state, votes = (lean.state, lean.votes) if lean else (folded_state(transaction, look=look), {})
    ids: dict[tuple[str, ...], str] = {place: event.id for place, event in state.standing.items()}
    ids.update(((EventKind.DECISION.value, *place, ""), event_id) for place, event_id in votes.items())
    return _Expected(ids, state.cluster_of, state.outcomes)


def _overlook(event: Event) -> None:
    """Nobody looks."""


def _differing(stored: Iterable[tuple[Any, Any]], expected: Mapping[Any, Any]) -> list[tuple[Any, Any, Any]]:
    """What is kept under a key, and what should be, where these differ; None for nothing."""
    missing = dict(expected)
    other = [(key, value, wanted) for key, value in stored if (wanted := missing.pop(key, None)) != value]
    return sorted(other + [(key, None, wanted) for key, wanted in missing.items()], key=lambda difference: str(difference[0]))


def rebuild(transaction: Transaction) -> None:
    """Replace the projections by what the log says."""
    record_index.refresh(transaction, ever_edited(transaction), edits_in_log(transaction))
    state = folded_state(transaction)
    update.clear(transaction)
    insert_all(
        transaction.session,
        StandingRow,
        [
            {**slot._asdict(), "event": event.id, "verdict": event.text("verdict") or event.text("status")}
            for slot, event in state.standing.items()
        ],
    )
    insert_all(transaction.session, MembershipRow, [{"record": key, "cluster": name} for key, name in state.cluster_of.items()])
    rows = [update.outcome_row(name, stage, result) for (name, stage), result in state.outcomes.items()]
    insert_all(transaction.session, OutcomeRow, rows)
