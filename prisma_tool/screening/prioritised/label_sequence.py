"""What one viewer may know of title/abstract screening, in the order in which it happened: the ground for ranking and stopping.

Counting rule 25: in blind pairs a reviewer's own votes alone, without a named viewer finished outcomes alone. Invariant: nobody learns
from these labels how another reviewer voted on a record that they have not voted on themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import OutcomeState, Stage, Verdict
from prisma_tool.reports.counted_state import load_counted_state
from prisma_tool.reports.state import Report, ReviewState, at_stage, load_review_state
from prisma_tool.reports.version_scope import VersionSorter
from prisma_tool.screening.queue import Queue, QueueMark, read_queue
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import update
from prisma_tool.store.queues import queues, ranking_rows
from prisma_tool.store.queues.ranking_rows import OrderedVote

STAGE = Stage.TITLE_ABSTRACT
_RELEVANT = frozenset({OutcomeState.INCLUDE.value, OutcomeState.MAYBE.value, OutcomeState.CONFLICT.value})
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
        labels: The screened reports, in the order of screening.
        waiting: The reports that wait for the viewer, in the order of arrival.
        open: Those that are open (in a blind pair: for the viewer, and during a pilot round whatever it holds back).
        earlier: What closed versions decided, by report: whether it was relevant.
        chance: By report that was drawn by chance: how many reports were open then, and how many relevant ones were known.
        voted: By report the place, among all events, of the last vote that the viewer may know.
    """

    labels: tuple[Label, ...]
    waiting: tuple[str, ...]
    open: tuple[str, ...]
    earlier: Mapping[str, bool]
    chance: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    voted: Mapping[str, int] = field(default_factory=dict)

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
    def sequence(self) -> LabelSequence:
        """The same without naming a report."""
        relevance = {label.key: label.relevant for label in self.labels}
        drawn = [(left, known, relevance[key]) for key, (left, known) in self.chance.items() if key in relevance]
        return LabelSequence([label.relevant for label in self.labels], self.left, drawn)


@dataclass(frozen=True, slots=True)
class LabelSequence:
    """What a stopping rule goes by: whether each screened report was relevant, in the order of screening, and how many are left.

    `drawn` says of each that was drawn by chance and screened: how many were open then, how many relevant ones known, and whether it was.
    """

    relevance: Sequence[bool]
    left: int
    drawn: Sequence[tuple[int, int, bool]] = ()

    @property
    def pool(self) -> int:
        """Reports of the current version at this stage: screened or open."""
        return len(self.relevance) + self.left

    @property
    def relevant(self) -> int:
        """Relevant reports among the screened."""
        return sum(self.relevance)


def finished_sequence(transaction: Transaction) -> LabelSequence | None:
    """What `viewpoint` shows nobody in particular, without naming a report; None where more than finished outcomes matters."""
    closed = event_rows.not_undone(transaction, EventKind.VERSION)
    if closed or _drawn(transaction, ""):
        return None
    finished = sorted(ranking_rows.finished_with_last_vote(transaction, STAGE))
    voted = [clock for clock, _, _ in finished if clock >= 0]
    if len(set(voted)) < len(voted):
        # Of two votes that machines gave at once, the ids of the events say which comes first.
        return None
    removed = queues.removed_clusters(transaction, {cluster for _, cluster, _ in finished})
    relevance = [state in _RELEVANT for _, cluster, state in finished if cluster not in removed]
    return LabelSequence(relevance, sum(report.n for report in load_counted_state(transaction).reports if _is_open(report)))


def _is_open(report: Report) -> bool:
    return at_stage(report, STAGE) and report.title_abstract in (None, OutcomeState.PENDING)


def viewpoint(transaction: Transaction, viewer: str, review_state: ReviewState | None = None) -> Viewpoint:
    """What a viewer may know.

    Args:
        transaction: An open transaction.
        viewer: The name of a reviewer; empty for nobody in particular.
        review_state: The state of the review where it is at hand already; None reads it where it is needed.
    """
    queue = read_queue(transaction, STAGE, viewer)
    own_only = sees_only_own_votes(transaction.protocol, viewer)
    votes = ranking_rows.votes_in_order(transaction, STAGE, viewer if own_only else None)
    earlier = _earlier(transaction, review_state)
    labels = _own_labels(votes, viewer) if own_only else _team_labels(transaction, votes, viewer)
    queued = set(queue.keys)
    current = tuple(Label(key, relevant) for key, relevant in labels.items() if key in queued and key not in earlier)
    known = earlier.keys() | {label.key for label in current}
    waiting = tuple(key for key in _marked(queue, {QueueMark.WAITS}) if key not in known)
    # A pilot round closes the rest of the queue for a while only: it is still to be screened, and a rule that went by the round alone
    # would hold as soon as the round is done.
    in_pilot = STAGE in update.team_now(transaction).pilots
    open_marks = {QueueMark.WAITS} if own_only and not in_pilot else {QueueMark.WAITS, QueueMark.OTHERS}
    still_open = tuple(key for key in _marked(queue, open_marks) if key not in known)
    voted = {vote.cluster: vote.clock for vote in votes}
    return Viewpoint(current, waiting, still_open, earlier, _drawn(transaction, viewer), voted)


def sees_only_own_votes(protocol: Protocol, viewer: str) -> bool:
    """Whether a viewer is one of a blind pair, who learns from no votes but the own."""
    rules = protocol.screening.at(STAGE)
    return bool(viewer) and rules.blind and rules.reviewers_per_record > 1


def _own_labels(votes: Sequence[OrderedVote], viewer: str) -> dict[str, bool]:
    labels: dict[str, bool] = {}
    for vote in votes:
        if vote.reviewer == viewer:
            labels.pop(vote.cluster, None)
            labels[vote.cluster] = vote.verdict != Verdict.EXCLUDE
    return labels


def _team_labels(transaction: Transaction, votes: Sequence[OrderedVote], viewer: str) -> dict[str, bool]:
    """Finished outcomes in the order of the vote that finished them, and the viewer's own votes."""
    states = queues.outcome_states(transaction, STAGE)
    last = {vote.cluster: index for index, vote in enumerate(votes)}
    own = _own_labels(votes, viewer) if viewer else {}
    finished = {cluster for cluster, state in states.items() if state != OutcomeState.PENDING}
    ordered = sorted(finished | own.keys(), key=lambda cluster: (last.get(cluster, -1), cluster))
    return {cluster: states[cluster] in _RELEVANT if cluster in finished else own[cluster] for cluster in ordered}


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
    last = ranking_rows.last_votes_received(transaction, STAGE)
    return {
        report.key: report.title_abstract in _RELEVANT
        for report in review_state.reports
        if report.title_abstract not in (None, OutcomeState.PENDING) and _decided_before(report, sorter, last.get(report.key))
    }


def _decided_before(report: Report, sorter: VersionSorter, voted: datetime | None) -> bool:
    closed_since = [since for record in report.records if (since := sorter.known_since(record)) is not None]
    return bool(closed_since) and (voted is None or voted <= max(closed_since))


def _drawn(transaction: Transaction, viewer: str) -> dict[str, tuple[int, int]]:
    """The reports that were shown to the viewer (to anybody, where all may be seen) by chance."""
    own_only = sees_only_own_votes(transaction.protocol, viewer)
    events = event_rows.not_undone(transaction, EventKind.ORDER)
    drawn = (event for event in events if event.text("why") == "chance" and (not own_only or event.reviewer == viewer))
    return {event.subject: (int(event.payload["open"]), int(event.payload["found"])) for event in drawn}
