"""What one viewer may know of title/abstract screening, in the order in which it happened: the ground for ranking and stopping.

Counting rule 25: in blind pairs a reviewer's own votes alone, without a named viewer finished outcomes alone. Invariant: nobody learns
from these labels how another reviewer voted on a record that they have not voted on themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from prisma_tool.model.log.clock import microseconds
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import OutcomeState, Stage, Verdict
from prisma_tool.reports.state import Report, ReviewState, load_review_state
from prisma_tool.reports.version_scope import VersionSorter
from prisma_tool.screening.queue import Queue, QueueMark, read_queue
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import update
from prisma_tool.store.queues import queues, ranking_rows, screening_places
from prisma_tool.store.queues.ranking_rows import FirstVote

STAGE = Stage.TITLE_ABSTRACT
RELEVANT = frozenset({OutcomeState.INCLUDE.value, OutcomeState.MAYBE.value, OutcomeState.CONFLICT.value})
"""A conflict counts as relevant: somebody wanted the report."""


@dataclass(frozen=True, slots=True)
class Label:
    """A report that was screened, under the key of its representative."""

    key: str
    relevant: bool


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """Title/abstract screening of the current version as one viewer may see it; reports are named by the key of their representative.

    Attributes:
        labels: The screened reports, in the order in which they were screened first; a vote that was changed since keeps its place.
        waiting: The reports that wait for the viewer, in the order of arrival.
        open: Those that are open (in a blind pair: for the viewer, and during a pilot round whatever it holds back).
        earlier: What closed versions decided, by report: whether it was relevant.
        chance: By report that was drawn by chance: how many reports were open then, and how many relevant ones were known.
        voted: By screened report its place among all events: of the viewer's first vote, of the one that finished it first, or of the ruling
            that settled it without any.
        since: How many reports had been screened when the last of the open ones was added; 0 where all were there before.
        later: Screened reports that were added after that: no draw from what was open then could have brought them.
    """

    labels: tuple[Label, ...]
    waiting: tuple[str, ...]
    open: tuple[str, ...]
    earlier: Mapping[str, bool]
    chance: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    voted: Mapping[str, int] = field(default_factory=dict)
    since: int = 0
    later: frozenset[str] = frozenset()

    @property
    def left(self) -> int:
        """How many reports are open."""
        return len(self.open)

    @property
    def pool(self) -> int:
        """Reports of the current version at this stage: screened or open."""
        return len(self.labels) + self.left

    @property
    def relevant(self) -> int:
        """Relevant reports among the screened."""
        return sum(label.relevant for label in self.labels)

    @property
    def known(self) -> int:
        """Relevant reports that were known when the last of the open ones was added."""
        return sum(label.relevant for label in self.labels[: self.since])

    @property
    def tested(self) -> list[Label]:
        """What was screened since then: what speaks of the reports that are open now."""
        return [label for label in self.labels[self.since :] if label.key not in self.later]


def viewpoint(transaction: Transaction, viewer: str, review_state: ReviewState | None = None) -> Viewpoint:
    """What a viewer may know.

    Args:
        transaction: An open transaction.
        viewer: The name of a reviewer; empty for nobody in particular.
        review_state: The state of the review where it is at hand already; None reads it where it is needed.
    """
    queue = read_queue(transaction, STAGE, viewer)
    own_only = sees_only_own_votes(transaction.protocol, viewer)
    earlier = _earlier(transaction, review_state)
    voter = viewer if own_only else None
    places = screening_places.places(transaction, STAGE, voter)
    labels = relevance_of_screened(transaction, viewer)
    queued = set(queue.keys)
    screened = sorted((key for key in labels if key in queued and key not in earlier), key=lambda key: (places.get(key, -1), key))
    current = tuple(Label(key, labels[key]) for key in screened)
    known = earlier.keys() | {label.key for label in current}
    waiting = tuple(key for key in _marked(queue, {QueueMark.WAITS}) if key not in known)
    # A pilot round closes the rest of the queue for a while only: it is still to be screened, and a rule that went by the round alone
    # would hold as soon as the round is done.
    in_pilot = STAGE in update.team_now(transaction).pilots
    open_marks = {QueueMark.WAITS} if own_only and not in_pilot else {QueueMark.WAITS, QueueMark.OTHERS}
    still_open = tuple(key for key in _marked(queue, open_marks) if key not in known)
    since, later = _since_added(transaction, current, still_open, voter, places)
    return Viewpoint(current, waiting, still_open, earlier, drawn_by_chance(transaction, viewer), places, since, later)


def sees_only_own_votes(protocol: Protocol, viewer: str) -> bool:
    """Whether a viewer is one of a blind pair, who learns from no votes but the own."""
    rules = protocol.screening.at(STAGE)
    return bool(viewer) and rules.blind and rules.reviewers_per_record > 1


def all_arrived_before(transaction: Transaction) -> bool:
    """Whether every record had been added before anybody voted or ruled."""
    earliest, last = screening_places.earliest_verdict(transaction, STAGE), screening_places.last_arrival(transaction)
    if earliest is None or last is None:
        return True
    return microseconds(last) <= min(earliest.clock, microseconds(earliest.received))


def _since_added(
    transaction: Transaction, labels: Sequence[Label], still_open: Sequence[str], voter: str | None, places: Mapping[str, int]
) -> tuple[int, frozenset[str]]:
    """How many labels were given before the last of the open reports was added, and which reports were added later still."""
    if not labels or (all(label.key in places for label in labels) and all_arrived_before(transaction)):
        return 0, frozenset()
    screened = _moments(transaction, voter)
    arrived = {key: microseconds(moment) for key, moment in ranking_rows.arrived(transaction).items()}
    # What was there before the first label was there from the beginning.
    begun = min(screened.get(label.key, 0) for label in labels)
    added = max(begun, max((arrived.get(key, 0) for key in still_open), default=0))
    since = max((place for place, label in enumerate(labels, 1) if screened.get(label.key, 0) < added), default=0)
    return since, frozenset(label.key for label in labels if arrived.get(label.key, 0) > added)


def _moments(transaction: Transaction, voter: str | None) -> dict[str, int]:
    """When each report was screened, as `screening_places` has it, but no later than this database stored it, in microseconds."""
    first = ranking_rows.first_votes(transaction, STAGE, voter)
    moments: dict[str, int] = {}
    for vote in ranking_rows.votes_in_order(transaction, STAGE, voter):
        moment = _moment(first[vote.cluster, vote.reviewer])
        moments[vote.cluster] = max(moments.get(vote.cluster, moment), moment)
    if voter is not None:
        return moments
    return {cluster: _moment(ruling) for cluster, ruling in ranking_rows.first_rulings(transaction, STAGE).items()} | moments


def _moment(given: FirstVote) -> int:
    return min(given.clock, microseconds(given.received))


def relevance_of_screened(transaction: Transaction, viewer: str, keys: Collection[str] | None = None) -> dict[str, bool]:
    """By screened report whether it is relevant: the viewer's own votes, and where all may be seen what came of those of others.

    With `keys` only the reports that these represent.
    """
    own = queues.own_verdicts(transaction, STAGE, viewer, keys) if viewer else {}
    labels = {cluster: verdict != Verdict.EXCLUDE for cluster, verdict in own.items()}
    if sees_only_own_votes(transaction.protocol, viewer):
        return labels
    states = queues.outcome_states(transaction, STAGE) if keys is None else queues.outcome_states_of(transaction, STAGE, keys)
    return labels | {cluster: state in RELEVANT for cluster, state in states.items() if state != OutcomeState.PENDING}


def _marked(queue: Queue, marks: Collection[QueueMark]) -> Iterator[str]:
    return (key for key, mark in zip(queue.keys, queue.marks, strict=True) if mark in marks)


def _earlier(transaction: Transaction, review_state: ReviewState | None) -> dict[str, bool]:
    """The title/abstract outcomes that stand since an earlier version was closed; they are nobody's secret any more."""
    if review_state is None:
        if not event_rows.not_undone(transaction, EventKind.VERSION):
            return {}
        review_state = load_review_state(transaction)
    if not review_state.era.closings:
        return {}
    sorter = VersionSorter(review_state.era)
    last = ranking_rows.last_verdicts_received(transaction, STAGE)
    return {
        report.key: report.title_abstract in RELEVANT
        for report in review_state.reports
        if report.title_abstract not in (None, OutcomeState.PENDING) and _decided_before(report, sorter, last.get(report.key))
    }


def _decided_before(report: Report, sorter: VersionSorter, last: datetime | None) -> bool:
    closed_since = [since for record in report.records if (since := sorter.known_since(record)) is not None]
    return bool(closed_since) and (last is None or last <= max(closed_since))


def drawn_by_chance(transaction: Transaction, viewer: str) -> dict[str, tuple[int, int]]:
    """The reports that were shown to the viewer (to anybody, where all may be seen) by chance."""
    own_only = sees_only_own_votes(transaction.protocol, viewer)
    events = event_rows.not_undone(transaction, EventKind.ORDER)
    drawn = (event for event in events if event.text("why") == "chance" and (not own_only or event.reviewer == viewer))
    return {event.subject: (int(event.payload["open"]), int(event.payload["found"])) for event in drawn}
