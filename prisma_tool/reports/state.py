"""What has become of each report: the one classification that status, queues and the flow diagram share.

The phases are the boxes of the PRISMA 2020 flow diagram (Page et al. 2021, BMJ 372:n71) and what still waits before each of them.
Invariant: every cluster of records lies in exactly one `Phase`. Pure, save for `load_review_state` and `reports_of`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.log.fold import State, newest
from prisma_tool.model.log.outcomes import Outcome
from prisma_tool.model.log.versions import Era
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.record.keys import CITATION_INDEXES, slug
from prisma_tool.model.vocabulary import DuplicateVerdict, OutcomeState, RetrievalStatus, Stage
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import earlier_state, rebuild, update
from prisma_tool.store.queues import closed_versions
from prisma_tool.store.records import clusters, report_rows
from prisma_tool.store.records.report_rows import CountedRecord
from prisma_tool.store.runs import runs
from prisma_tool.store.runs.runs import Source


class Phase(StrEnum):
    """What has become of a report; the first that applies, in the order of the review."""

    REMOVED_AUTOMATIC = "removed by automation"
    REMOVED_OTHER = "removed for other reasons"
    SCREENING = "to be screened"
    SCREENING_CONFLICT = "conflict at title/abstract"
    SCREENED_OUT = "excluded at title/abstract"
    SEEKING = "full text to be retrieved"
    NOT_RETRIEVED = "not retrieved"
    ASSESSING = "full text to be assessed"
    ASSESSMENT_CONFLICT = "conflict at full text"
    EXCLUDED = "excluded at full text"
    ONGOING = "ongoing"
    AWAITING = "awaiting classification"
    INCLUDED = "included"


BEFORE_SCREENING = frozenset({Phase.REMOVED_AUTOMATIC, Phase.REMOVED_OTHER})
PENDING_SCREENING = frozenset({Phase.SCREENING, Phase.SCREENING_CONFLICT})
PENDING_ASSESSMENT = frozenset({Phase.ASSESSING, Phase.ASSESSMENT_CONFLICT})
ASSESSED = frozenset({Phase.EXCLUDED, Phase.ONGOING, Phase.AWAITING, Phase.INCLUDED})
SOUGHT = ASSESSED | PENDING_ASSESSMENT | {Phase.SEEKING, Phase.NOT_RETRIEVED}

_CITED = slug(CITATION_INDEXES)
_FEW = 50
"""So many keys are those of one report, or of a page of them."""
_FULL_TEXT_PHASES = {
    OutcomeState.INCLUDE: Phase.INCLUDED,
    OutcomeState.EXCLUDE: Phase.EXCLUDED,
    OutcomeState.ONGOING: Phase.ONGOING,
    OutcomeState.AWAITING: Phase.AWAITING,
    OutcomeState.CONFLICT: Phase.ASSESSMENT_CONFLICT,
    OutcomeState.MAYBE: Phase.ASSESSING,
    OutcomeState.PENDING: Phase.ASSESSING,
}


class Report(Struct, frozen=True, gc=False):
    """One report: its records and what has become of it; or several of which the same is known, counted and not listed.

    `key` is the representative's. `left` is true in the column of databases and registers, false in that of other methods.
    `title_abstract` and `full_text` are None where nobody voted at the stage. `reason` is the id of the exclusion reason of the stage at
    which it was excluded, empty without one; `reasons_differ` marks an open difference of reasons. `studies` are labels, sorted.
    """

    key: str
    records: tuple[CountedRecord, ...]
    left: bool
    phase: Phase
    title_abstract: OutcomeState | None
    full_text: OutcomeState | None
    reason: str
    reasons_differ: bool
    studies: tuple[str, ...]
    only_cited: bool = False
    """True where nothing but citation indexes led to it: such a report is screened before it is sought, and no person picked it."""
    n: int = 1
    """How many reports these are. Those that are not listed have no key and no records (`counted_state`)."""

    def at(self, stage: Stage) -> OutcomeState | None:
        """The outcome at a stage, None where nobody voted."""
        return self.title_abstract if stage is Stage.TITLE_ABSTRACT else self.full_text


@dataclass(frozen=True, slots=True)
class RecordTotals:
    """How many records each source (by slug) has, and how many of these stand for no report; those of registers are listed too."""

    numbers: Mapping[str, int]
    surplus: Mapping[str, int]
    of_registers: Sequence[CountedRecord]


@dataclass(frozen=True, slots=True)
class ReviewState:
    """A review at one moment: its sources by slug, its reports in the order of arrival, and the state they were read from."""

    sources: Mapping[str, Source]
    reports: tuple[Report, ...]
    state: State
    waiting: frozenset[str]
    """Keys that arrived since deduplication last ran."""
    era: Era = field(default_factory=Era)
    """The versions that were closed, and what came since (counting rules 21, 22)."""
    totals: RecordTotals | None = None
    """The records, where they are counted and not listed."""

    @property
    def record_number(self) -> int:
        """How many records there are."""
        return sum(len(report.records) for report in self.reports) if self.totals is None else sum(self.totals.numbers.values())

    @property
    def uncertain_pairs(self) -> int:
        """Pairs that wait for a person: judged unsure, not brought together meanwhile nor kept apart by a person (counting rule 6)."""
        unsure = [pair for pair, event in self._between_clusters() if event.text("verdict") == DuplicateVerdict.UNSURE]
        apart = {
            pair
            for pair, event in self._between_clusters()
            if event.text("verdict") == DuplicateVerdict.DIFFERENT and event.reviewer != ENGINE
        }
        return sum(pair not in apart for pair in unsure)

    def _between_clusters(self) -> Iterator[tuple[frozenset[str | None], Event]]:
        """The standing verdicts on pairs of two clusters, with the two."""
        for slot, event in self.state.standing.items():
            if slot.kind == EventKind.DUPLICATE:
                pair = frozenset((self.state.cluster_of.get(slot.subject), self.state.cluster_of.get(slot.object)))
                if len(pair) > 1:
                    yield pair, event


def load_review_state(transaction: Transaction, at: datetime | None = None, before: tuple[int, str] | None = None) -> ReviewState:
    """The review as it stands, or stood at a moment.

    Args:
        transaction: An open transaction.
        at: The moment, by when the database stored what it knows; None for now.
        before: The order of the event that closed a version: that version and later ones are left out. None for none.
    """
    return transaction.once((load_review_state, at, before), lambda: _read_review_state(transaction, at, before))


def _read_review_state(transaction: Transaction, at: datetime | None, before: tuple[int, str] | None) -> ReviewState:
    state = rebuild.stored_state(transaction, votes=False) if at is None else earlier_state.state_at(transaction, at)
    holdings = report_rows.counted_records(transaction, at)
    sources = {source.slug: source for source in runs.sources(transaction)}
    all_reports = tuple(reports(holdings, sources, state, transaction.protocol))
    era = closed_versions.read_era(transaction, None if at is None else state.standing, at, before)
    return ReviewState(sources, all_reports, state, frozenset(clusters.waiting_keys(transaction, at)), era)


def reports_of(transaction: Transaction, keys: Collection[str]) -> dict[str, Report]:
    """The report of each of these keys; unknown keys are left out. Reads no more of the review than their clusters."""
    wanted = frozenset(keys)
    if len(wanted) > _FEW and (whole := transaction.known((load_review_state, None, None))) is not None:
        by_key = transaction.once(_by_record, lambda: _by_record(whole.reports))
        return {key: by_key[key] for key in keys if key in by_key}
    # What is shown of one report asks for it from several sides; of many nobody does, and they would be kept until the end.
    by_key = (
        transaction.once((reports_of, wanted), lambda: _reports_by_key(transaction, wanted))
        if len(wanted) <= _FEW
        else _reports_by_key(transaction, wanted)
    )
    return {key: by_key[key] for key in keys if key in by_key}


def _reports_by_key(transaction: Transaction, keys: Collection[str]) -> dict[str, Report]:
    """The reports of these keys, each by the keys of all of its records."""
    names = set(update.clusters_of(transaction, keys).values())
    groups = update.members_of(transaction, names)
    holdings = report_rows.counted_records_of(transaction, [key for members in groups.values() for key in members])
    sources = {source.slug: source for source in runs.sources(transaction)}
    all_reports = reports(holdings, sources, rebuild.stored_part(transaction, groups), transaction.protocol)
    return _by_record(all_reports)


def _by_record(all_reports: Iterable[Report]) -> dict[str, Report]:
    return {record.key: report for report in all_reports for record in report.records}


def reports(
    holdings: Iterable[CountedRecord], sources: Mapping[str, Source], state: State, protocol: Protocol
) -> Iterator[Report]:
    """Every report in the order of its first record's arrival.

    Args:
        holdings: The records, in the order of arrival.
        sources: All sources of these records, by slug.
        state: What the log came to; it names the cluster of each record.
        protocol: The rules by which the outcomes are read.
    """
    groups: dict[str, list[CountedRecord]] = {}
    for holding in holdings:
        groups.setdefault(state.cluster_of[holding.key], []).append(holding)
    events = _CurrentEvents(state)
    left_sources = {slug for slug, source in sources.items() if source.kind.in_left_column}
    for key, records in groups.items():
        of = {record.source for record in records}
        left, only_cited = not left_sources.isdisjoint(of), of == {_CITED}
        screened = left or only_cited or protocol.screening.screen_other_methods
        yield _report(key, tuple(records), events, left=left, only_cited=only_cited, screened=screened)


class _CurrentEvents:
    """The retrievals, removals and study links in force, by record key."""

    def __init__(self, state: State) -> None:
        self.outcomes = state.outcomes
        self._single: dict[str, dict[str, Event]] = {EventKind.RETRIEVAL: {}, EventKind.REMOVAL: {}}
        self._studies: dict[str, list[Event]] = {}
        for slot, event in state.standing.items():
            if slot.kind in self._single:
                self._single[slot.kind][slot.subject] = event
            elif slot.kind == EventKind.STUDY:
                self._studies.setdefault(slot.subject, []).append(event)

    def newest_of(self, kind: EventKind, records: Iterable[CountedRecord]) -> Event | None:
        event_by_key = self._single[kind]
        events = [event_by_key[record.key] for record in records if record.key in event_by_key] if event_by_key else None
        return newest(events) if events else None

    def studies(self, records: Iterable[CountedRecord]) -> tuple[str, ...]:
        if not self._studies:
            return ()
        links = (event for record in records for event in self._studies.get(record.key, ()))
        return tuple(sorted({event.text("study") for event in links if event.payload.get("linked")}))


def _report(
    key: str, records: tuple[CountedRecord, ...], events: _CurrentEvents, *, left: bool, only_cited: bool, screened: bool
) -> Report:
    votes = events.outcomes.get((key, Stage.TITLE_ABSTRACT))
    assessed = events.outcomes.get((key, Stage.FULL_TEXT))
    phase = (
        _removal(events.newest_of(EventKind.REMOVAL, records), voted=bool(votes or assessed))
        or (_screening(votes) if screened else None)
        or _assessment(assessed, events.newest_of(EventKind.RETRIEVAL, records), entry=_is_entry(key, records))
    )
    return _classified(key, records, votes, assessed, phase, left=left, studies=events.studies(records), only_cited=only_cited)


def _classified(  # noqa: PLR0913 - each is said of a report by itself
    key: str,
    records: tuple[CountedRecord, ...],
    votes: Outcome | None,
    assessed: Outcome | None,
    phase: Phase,
    *,
    left: bool,
    studies: tuple[str, ...] = (),
    only_cited: bool = False,
    n: int = 1,
) -> Report:
    excluding = assessed if phase in ASSESSED | PENDING_ASSESSMENT else votes
    return Report(
        key=key,
        records=records,
        left=left,
        phase=phase,
        title_abstract=votes.state if votes else None,
        full_text=assessed.state if assessed else None,
        reason=excluding.reason if excluding else "",
        reasons_differ=excluding is not None and excluding.reasons_differ,
        studies=studies,
        only_cited=only_cited,
        n=n,
    )


def unlisted_reports(votes: Outcome | None, assessed: Outcome | None, n: int) -> Report:
    """So many reports from databases alike: without listing them, and without removal, retrieval or link to a study."""
    return _classified("", (), votes, assessed, _screening(votes) or _assessment(assessed, None, entry=False), left=True, n=n)


def at_stage(report: Report, stage: Stage) -> bool:
    """Whether a report passes through a stage at all (counting rules 9 and 13)."""
    if stage is Stage.FULL_TEXT:
        return report.phase in SOUGHT
    is_screened = report.left or report.title_abstract is not None or report.phase is Phase.SCREENING
    return is_screened and report.phase not in BEFORE_SCREENING


def _removal(removal: Event | None, *, voted: bool) -> Phase | None:
    """The phase of a report that was taken out; stopping takes out only what nobody voted on, whatever a copy brings later.

    Counting rule 10 (docs/counting.md).
    """
    if removal is None or not removal.payload.get("removed") or (voted and removal.payload.get("stop")):
        return None
    return Phase.REMOVED_AUTOMATIC if removal.text("as") == "automation" else Phase.REMOVED_OTHER


def stopped_records(review_state: ReviewState) -> dict[str, str]:
    """The records that were set aside when a prioritised screening was stopped, by key: when and by which rule, in words."""
    return {
        slot.subject: f"on {event.at:%Y-%m-%d} ({event.text('rule')})"
        for slot, event in review_state.state.standing.items()
        if slot.kind == EventKind.REMOVAL and event.payload.get("removed") and event.payload.get("stop")
    }


def _screening(screened: Outcome | None) -> Phase | None:
    """The phase of a report that title/abstract screening has not let through; None for one that is sought (counting rule 13)."""
    if screened is None or screened.state is OutcomeState.PENDING:
        return Phase.SCREENING
    if screened.state is OutcomeState.CONFLICT:
        return Phase.SCREENING_CONFLICT
    return Phase.SCREENED_OUT if screened.state is OutcomeState.EXCLUDE else None


def _assessment(assessed: Outcome | None, retrieval: Event | None, *, entry: bool) -> Phase:
    """The phase of a report that is sought (counting rule 14).

    A full-text vote implies that it was retrieved, and a register entry always is.
    """
    if assessed is not None:
        return _FULL_TEXT_PHASES[assessed.state]
    status = retrieval.text("status") if retrieval else ""
    if status == RetrievalStatus.NOT_RETRIEVED:
        return Phase.NOT_RETRIEVED
    return Phase.ASSESSING if entry or status == RetrievalStatus.RETRIEVED else Phase.SEEKING


def _is_entry(key: str, records: Iterable[CountedRecord]) -> bool:
    return key in [record.key for record in records if record.register_entry]
