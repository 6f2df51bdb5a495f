"""The state at an earlier moment: wound back from what is kept now where little has come since, otherwise folded from the log.

Invariant: all ways give the same, save that what is not folded whole lacks what `stored_state` without votes leaves out, or some of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from prisma_tool.model.log.events import Event, EventKind, Slot, slot, standing
from prisma_tool.model.log.fold import State, outcomes_of
from prisma_tool.model.log.merged_reasons import with_merges
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow
from prisma_tool.store.projections import as_of, folded_votes, rebuild, update

_FEW = 5_000
"""So many events are wound back in less time than a log of a hundred thousand takes to be folded."""

_OF_ONE_REPORT = frozenset(
    {
        *update.NUMEROUS_KINDS,
        EventKind.RETRIEVAL,
        EventKind.REMOVAL,
        EventKind.STUDY,
        EventKind.LABEL,
        EventKind.PARTICIPANTS,
    }
)
"""Kinds of which an event changes no cluster, and no outcome but that of its own report."""
_OF_ALL = frozenset({EventKind.PROTOCOL, EventKind.VERSION})
"""Kinds that say how all others are read."""


def state_at(transaction: Transaction, at: datetime) -> State:
    """The state that the log amounted to at a moment.

    What `stored_state` without votes leaves out may be left out here too, but not where counting asks for it: where tools vote, or a version
    was closed.
    """
    return wound_back(transaction, at) or _folded(transaction, at)


def _folded(transaction: Transaction, at: datetime) -> State:
    lean = folded_votes.folded_lean(transaction, at)
    return lean.state if lean else rebuild.folded_state(transaction, at)


def wound_back(transaction: Transaction, at: datetime) -> State | None:
    """The kept state with what came after a moment taken from it; None where more than some reports changed, or too much has come."""
    if not _follows_from_kept(transaction, at):
        return None
    later = list(event_rows.events(transaction, received_after=at, limit=_FEW + 1))
    if len(later) > _FEW or not _OF_ALL.isdisjoint(event.kind for event in later):
        return None
    places = _places(transaction, later)
    if not _OF_ONE_REPORT.issuperset(place.kind for place in places):
        return None
    return _without(transaction, places, at)


def _follows_from_kept(transaction: Transaction, at: datetime) -> bool:
    """Whether records and rules are still those of that moment, and no vote is asked for by itself."""
    if transaction.protocol.tools or transaction.protocol != transaction.kept_protocol:
        return False
    closed = list(event_rows.events(transaction, kinds=[EventKind.VERSION], limit=1))
    return as_of.records_unchanged_since(transaction, at) and not closed


def _places(transaction: Transaction, events: Iterable[Event]) -> set[Slot]:
    """The slots in which these events may have changed what stands; an undo changes the slot of what it takes back."""
    places: set[Slot] = set()
    known: set[str] = set()
    further = list(events)
    while further:
        known |= {event.id for event in further}
        places |= {place for event in further if (place := slot(event)) is not None}
        named = {event.subject for event in further if event.kind == EventKind.UNDO}
        # A copy may have brought undo events that name each other.
        further = event_rows.with_ids(transaction, named - known)
    return places


def _without(transaction: Transaction, places: Collection[Slot], at: datetime) -> State:
    """The kept state with these slots as they were at a moment, and the outcomes of the reports with votes in them."""
    kept = rebuild.stored_state(transaction, votes=False)
    then = _standing_then(transaction, places, at)
    standing_then = {place: event for place, event in kept.standing.items() if place not in places} | {
        place: event for place, event in then.items() if place.kind not in update.NUMEROUS_KINDS
    }
    voted = {place.subject for place in places if place.kind in update.VOTES}
    names = {kept.cluster_of[key] for key in voted if key in kept.cluster_of}
    cluster_of = {key: name for name, keys in update.members_of(transaction, names).items() for key in keys}
    votes = {
        place: event
        for events in update.standing_votes(transaction, cluster_of).values()
        for event in events
        if (place := slot(event)) is not None and place not in places
    }
    outcomes = {question: result for question, result in kept.outcomes.items() if question[0] not in names}
    pairs = [pair for joined in update.joins_of(transaction, cluster_of).values() for pair in joined]
    deciding = standing_then | votes | then
    outcomes |= outcomes_of(deciding, cluster_of, pairs, with_merges(transaction.protocol, deciding))
    return State(standing_then, kept.cluster_of, outcomes)


def _standing_then(transaction: Transaction, places: Collection[Slot], at: datetime) -> dict[Slot, Event]:
    """What stood in these slots at a moment; slots in which nothing did are left out."""
    kinds = sorted({place.kind for place in places})
    statement = event_rows.EVENTS.where(EventRow.received <= at, EventRow.kind.in_(kinds))
    rows = select_in(transaction.session, statement, EventRow.subject, {place.subject for place in places})
    answers = (event for event in map(event_rows.event_of, rows) if slot(event) in places)
    undos = event_rows.events(transaction, kinds=[EventKind.UNDO], received_by=at)
    return standing(answers, event_rows.contributors(transaction).include, undos)
