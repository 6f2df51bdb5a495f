"""What a stopping rule goes by where every report has been screened: numbers, without a queue and without the order of all reports.

Invariant: the numbers are those of `label_sequence.viewpoint`; where more matters than is read here, there are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import OutcomeState
from prisma_tool.reports.counted_state import load_counted_state
from prisma_tool.reports.state import Report, at_stage
from prisma_tool.screening.prioritised.label_sequence import (
    STAGE,
    all_arrived_before,
    drawn_by_chance,
    relevance_of_screened,
    sees_only_own_votes,
)
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import queues, screening_places

_NEWEST = 2_000
"""Among so many votes the last relevant report is looked for; where it is not, all votes are read."""


@dataclass(frozen=True, slots=True)
class FinishedScreening:
    """A screening after which nothing is open, as one viewer may know it.

    Attributes:
        screened: How many reports were screened.
        relevant: How many relevant ones are among them.
        since_relevant: How many were screened after the last relevant one; all where none is.
        drawn: Of each that was drawn by chance: how many reports were open then, how many relevant ones known, and whether it was relevant.
    """

    screened: int
    relevant: int
    since_relevant: int
    drawn: tuple[tuple[int, int, bool], ...]


def finished_screening(transaction: Transaction, viewer: str) -> FinishedScreening | None:
    """What came of a screening after which nothing is open.

    None where something is open, where a version was closed, and where reports were added after the first vote or are relevant or not by a ruling
    alone: then it matters when each was added and screened.
    """
    if event_rows.not_undone(transaction, EventKind.VERSION) or any(map(_is_open, load_counted_state(transaction).reports)):
        return None
    ruled = screening_places.ruled(transaction, STAGE)
    if not all_arrived_before(transaction) or ruled - screening_places.places_of(transaction, STAGE, ruled).keys():
        return None
    states = queues.outcome_states(transaction, STAGE)
    at_stage_now = states.keys() - queues.removed_clusters(transaction, states)
    relevance = {key: relevant for key, relevant in relevance_of_screened(transaction, viewer).items() if key in at_stage_now}
    chance = drawn_by_chance(transaction, viewer)
    return FinishedScreening(
        screened=len(relevance),
        relevant=sum(relevance.values()),
        since_relevant=_since_relevant(transaction, relevance, viewer),
        drawn=tuple((left, known, relevance[key]) for key, (left, known) in chance.items() if key in relevance),
    )


def _is_open(report: Report) -> bool:
    return at_stage(report, STAGE) and report.title_abstract in (None, OutcomeState.PENDING)


def _since_relevant(transaction: Transaction, relevance: Mapping[str, bool], viewer: str) -> int:
    """How many reports were screened after the last relevant one."""
    if not any(relevance.values()):
        return len(relevance)
    voter = viewer if sees_only_own_votes(transaction.protocol, viewer) else None
    newest = screening_places.newest_votes(transaction, STAGE, _NEWEST, voter)
    places = screening_places.places_of(transaction, STAGE, relevance.keys() & {cluster for cluster, _ in newest}, voter)
    # Whatever was screened after the oldest of these votes is among them.
    if _last_relevant(places, relevance) <= (newest[-1][1], ""):
        places = screening_places.places(transaction, STAGE, voter)
    last = _last_relevant(places, relevance)
    return sum((place, key) > last for key, place in places.items() if key in relevance)


def _last_relevant(places: Mapping[str, int], relevance: Mapping[str, bool]) -> tuple[int, str]:
    """The place and the key of the last relevant report among these."""
    return max(((place, key) for key, place in places.items() if relevance.get(key)), default=(-1, ""))
