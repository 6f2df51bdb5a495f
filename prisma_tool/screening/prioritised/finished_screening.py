"""What a stopping rule goes by where every report has been screened: numbers, without a queue and without the order of all reports.

Invariant: the numbers are those of `label_sequence.viewpoint`; where more matters than is read here, there are none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import OutcomeState, Verdict
from prisma_tool.reports.counted_state import load_counted_state
from prisma_tool.reports.state import Report, at_stage
from prisma_tool.screening.prioritised.label_sequence import (
    RELEVANT,
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

    None where something is open, where a version was closed, and where reports were added after the first verdict or are relevant or not by a ruling
    alone: then it matters when each was added and screened.
    """
    passing = [report for report in load_counted_state(transaction).reports if at_stage(report, STAGE)]
    if event_rows.not_undone(transaction, EventKind.VERSION) or any(map(_is_open, passing)):
        return None
    if not all_arrived_before(transaction) or screening_places.ruled_alone(transaction, STAGE):
        return None
    view = _View.of(transaction, viewer)
    screened, relevant = view.own_numbers() if view.voter else _numbers(passing)
    return FinishedScreening(screened, relevant, view.since_relevant() if relevant else screened, tuple(view.drawn()))


def _is_open(report: Report) -> bool:
    return report.title_abstract in (None, OutcomeState.PENDING)


def _numbers(passing: Iterable[Report]) -> tuple[int, int]:
    """How many reports were screened, and how many relevant ones are among them."""
    numbers = [(report.n, report.title_abstract in RELEVANT) for report in passing]
    return sum(n for n, _ in numbers), sum(n for n, is_relevant in numbers if is_relevant)


@dataclass(frozen=True, slots=True)
class _View:
    """What a viewer may know; `voter` is the viewer who learns from no votes but the own, and `removed` is not at the stage."""

    transaction: Transaction
    viewer: str
    voter: str | None
    removed: frozenset[str]

    @classmethod
    def of(cls, transaction: Transaction, viewer: str) -> _View:
        """The view of this one."""
        voter = viewer if sees_only_own_votes(transaction.protocol, viewer) else None
        taken_out = queues.removed_clusters(transaction, ())
        voted = queues.outcome_states_of(transaction, STAGE, taken_out)
        return cls(transaction, viewer, voter, frozenset(queues.removed_clusters(transaction, voted) if voted else taken_out))

    def own_numbers(self) -> tuple[int, int]:
        """How many reports the viewer has screened, and how many of them were relevant to the viewer."""
        counts = queues.counted_own_verdicts(self.transaction, STAGE, self.viewer, self.removed)
        return counts.total(), counts.total() - counts[Verdict.EXCLUDE]

    def relevance(self, keys: Collection[str]) -> dict[str, bool]:
        """Whether those of these reports that were screened are relevant."""
        return relevance_of_screened(self.transaction, self.viewer, set(keys) - self.removed)

    def drawn(self) -> Iterator[tuple[int, int, bool]]:
        """What was drawn by chance, as `FinishedScreening.drawn` has it."""
        chance = drawn_by_chance(self.transaction, self.viewer)
        relevance = self.relevance(chance.keys())
        return ((left, known, relevance[key]) for key, (left, known) in chance.items() if key in relevance)

    def since_relevant(self) -> int:
        """How many reports were screened after the last relevant one, where there is one."""
        newest = screening_places.newest_votes(self.transaction, STAGE, _NEWEST, self.voter)
        relevance = self.relevance({cluster for cluster, _ in newest})
        places = screening_places.places_of(self.transaction, STAGE, relevance.keys(), self.voter)
        # Whatever was screened after the oldest of these votes is among them.
        if _last_relevant(places, relevance) <= (newest[-1][1], ""):
            places = screening_places.places(self.transaction, STAGE, self.voter)
            relevance = self.relevance(places.keys())
        last = _last_relevant(places, relevance)
        return sum((place, key) > last for key, place in places.items() if key in relevance)


def _last_relevant(places: Mapping[str, int], relevance: Mapping[str, bool]) -> tuple[int, str]:
    """The place and the key of the last relevant report among these."""
    return max(((place, key) for key, place in places.items() if relevance.get(key)), default=(-1, ""))
