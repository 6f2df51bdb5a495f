"""The searches of a review as the terminal application shows and runs them; the texts and the screen are elsewhere.

Invariant: a search runs in a thread of its own and speaks to the application in messages only; it reads and writes the review in
transactions of its own, so that the reviewer goes on meanwhile. What searching needs is imported when somebody searches or looks at
the searches: the first record need not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Event as Flag
from typing import TYPE_CHECKING

from prisma_tool.errors import PrismaError, ReviewError
from prisma_tool.model.protocol.declared_searches import DeclaredSearch
from prisma_tool.model.protocol.protocol import CITATION_SEARCH, SearchPlan
from prisma_tool.model.record.keys import CITATION_INDEXES
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import RecordState, RunStatus
from prisma_tool.review.open_review import Review
from prisma_tool.review.protocol.strategy_files import strategy_of
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import records
from prisma_tool.store.runs import reruns, runs
from prisma_tool.tui.sessions.other_runs import REJECTED, UNDELIVERED, VANISHED, OtherRun, RunSet, other_runs
from prisma_tool.updates.acknowledgement import open_items
from prisma_tool.updates.changes_since_decision import ChangeSinceDecision

if TYPE_CHECKING:
    from prisma_tool.identify.files.declared_search import Reconciliation
    from prisma_tool.identify.run.services import Services
    from prisma_tool.identify.search.run_report import RunReport
    from prisma_tool.identify.strategy.strategy_check import StrategyReport

LISTED_AT_MOST = 500
"""Records of a set that are listed; the rest are only counted."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """The latest run of a search."""

    id: str
    started: datetime
    report: RunReport

    @property
    def undelivered(self) -> tuple[str, ...]:
        """Ids that the source reported and did not give."""
        return self.report.undelivered

    @property
    def sets(self) -> tuple[RunSet, ...]:
        """The four sets, and what could not be had."""
        report = self.report
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in report.changes.items())
        lost = len(report.undelivered)
        return (
            RunSet(RecordState.NEW.value, report.new),
            RunSet(RecordState.SEEN.value, report.seen),
            RunSet(RecordState.CHANGED.value, report.changed, kinds),
            RunSet(VANISHED, report.vanished),
            *((RunSet(UNDELIVERED, lost),) if lost else ()),
        )


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """A search of the protocol and its latest run, if it was ever run."""

    plan: SearchPlan
    last: LastRun | None

    @property
    def name(self) -> str:
        """The name of the search."""
        return self.plan.name

    @property
    def id(self) -> str:
        """What tells it from every other entry."""
        return self.name


@dataclass(frozen=True, slots=True)
class DeclaredEntry:
    """A declared search, its strategy (or why that cannot be read), and each time that it was done against its imports."""

    search: DeclaredSearch
    strategy: str
    times: tuple[Reconciliation, ...]

    @property
    def name(self) -> str:
        """The name of the search."""
        return self.search.name

    @property
    def id(self) -> str:
        """What tells it from every other entry."""
        return self.name


@dataclass(frozen=True, slots=True)
class CitationEntry:
    """The newest citation search, the command that goes on with it (empty where it is complete), and how many works the review had already.

    `known` is None where the search did not end, so that nobody counted.
    """

    last: LastRun
    command: str
    known: int | None = None

    @property
    def name(self) -> str:
        """What all citation searches are called."""
        return CITATION_SEARCH

    @property
    def id(self) -> str:
        """What tells it from every other entry."""
        return self.last.id


Entry = SearchEntry | CitationEntry | DeclaredEntry | OtherRun
"""A search that is run from here, the newest citation search, a search that is declared, or what was imported."""


def latest_run(entry: Entry | None) -> LastRun | OtherRun | None:
    """The run whose records are listed below an entry; a declared search has its runs as entries of their own."""
    if isinstance(entry, SearchEntry | CitationEntry):
        return entry.last
    return entry if isinstance(entry, OtherRun) else None


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A record of a set: its key, its title, and what changed about it."""

    key: str
    title: str
    detail: str = ""


class SearchSession:
    """The searches of a review; `connect` makes the clients of the services, in the thread that will use them."""

    def __init__(self, review: Review, reviewer: str, connect: Callable[[], Services]) -> None:
        self.review, self.reviewer, self.connect = review, reviewer, connect

    def entries(self) -> list[Entry]:
        """The searches of the protocol that are run from here, the newest citation search, those that are declared, then what was imported.

        Raises:
            StoreError: the database cannot be read.
        """
        from prisma_tool.identify.files.declared_search import reconciled

        with self.review.store.read() as transaction:
            times = reconciled(transaction, self.review.protocol)
            live = [SearchEntry(plan, _last(transaction, plan)) for plan in self.review.protocol.searches]
            cited = _cited(transaction)
            listed = {entry.last.id for entry in cited}
            others = [other for other in other_runs(transaction) if other.id not in listed]
        return [*live, *cited, *(self._declared(search, times) for search in self.review.protocol.declared), *others]

    def _declared(self, search: DeclaredSearch, times: Sequence[Reconciliation]) -> DeclaredEntry:
        try:
            strategy = strategy_of(self.review.folder, search)
        except ReviewError as error:
            strategy = error.message
        return DeclaredEntry(search, strategy, tuple(one for one in times if one.search == search.name))

    def changes(self) -> list[ChangeSinceDecision]:
        """What has changed about decided records and waits for somebody.

        Raises:
            StoreError: the database cannot be read.
        """
        with self.review.store.read() as transaction:
            return list(open_items(transaction).changes)

    def records_of(self, last: LastRun | OtherRun, run_set: RunSet) -> list[RunRecord]:
        """The records of a set, at most `LISTED_AT_MOST` of them.

        Raises:
            StoreError: the database cannot be read.
        """
        if run_set.name == UNDELIVERED:
            return [RunRecord(one_line(accession), "") for accession in last.undelivered[:LISTED_AT_MOST]]
        if run_set.name == REJECTED and isinstance(last, OtherRun):
            return [RunRecord(line, reason) for line, reason in last.rejects[:LISTED_AT_MOST]]
        with self.review.store.read() as transaction:
            return _records_of(transaction, last, run_set)

    def check(self, plan: SearchPlan) -> StrategyReport:
        """Check the strategy of a search with its service; nothing is fetched or stored.

        Raises:
            StoreError: the database cannot be read.
        """
        from prisma_tool.identify.run.progress import Narrator
        from prisma_tool.identify.strategy.strategy_check import check_strategies

        return next(iter(check_strategies(self.review, [plan], self.connect(), Narrator(lambda _: None))))

    def run(self, plan: SearchPlan, task: SearchTask) -> RunReport:
        """Run or rerun a search to its end, in the calling thread.

        Raises:
            PrismaError: it could not even begin.
        """
        from prisma_tool.identify.search.run import run_searches

        return next(iter(run_searches(self.review, [plan], self.connect(), task)))


def _last(transaction: Transaction, plan: SearchPlan) -> LastRun | None:
    from prisma_tool.identify.search.run_report import report_of

    row = runs.last_run(transaction, plan.name, RunStatus)
    return LastRun(row.id, row.started, report_of(transaction, row.id, plan)) if row else None


def _cited(transaction: Transaction) -> list[CitationEntry]:
    from prisma_tool.identify.citations.question import command_again
    from prisma_tool.store.records.record_events import CITED

    last = _last(transaction, SearchPlan(CITATION_SEARCH, CITATION_INDEXES, {}))
    if last is None:
        return []
    service = runs.run(transaction, last.id).service
    command = "" if last.report.status is RunStatus.COMPLETE else command_again(CITATION_SEARCH, service)
    return [CitationEntry(last, command, service.get(CITED, {}).get("known"))]


def _records_of(transaction: Transaction, last: LastRun | OtherRun, run_set: RunSet) -> list[RunRecord]:
    if run_set.name == VANISHED:
        keys = list(runs.run(transaction, last.id).vanished[:LISTED_AT_MOST])
    else:
        keys = reruns.delivered_in_state(transaction, last.id, run_set.name, LISTED_AT_MOST)
    stored = records.records_by_key(transaction, keys)
    kinds = reruns.changes_by(transaction, last.id, keys) if run_set.name == RecordState.CHANGED else {}
    return [RunRecord(key, one_line(stored[key].citation.title), ", ".join(kinds.get(key, ()))) for key in keys if key in stored]


@dataclass(frozen=True, slots=True)
class SearchEnded:
    """How a search ended: with a report, or with a sentence about why it could not begin."""

    plan: SearchPlan
    report: RunReport | None
    problem: str = ""


class SearchTask:
    """One search under way, as the application sees it: how far it is, its last message, and whether it is to stop.

    It is the search's listener: its methods are called from the search's thread, its values are read from the application's.
    """

    def __init__(self, plan: SearchPlan, on_progress: Callable[[], object], on_end: Callable[[SearchEnded], object]) -> None:
        self.plan, self._on_progress, self._on_end, self._stop = plan, on_progress, on_end, Flag()
        self.progress: tuple[int, int | None] = (0, None)
        self.message = ""

    def tell(self, text: str) -> None:
        """Keep a line of narration."""
        self.message = one_line(text)
        self._on_progress()

    def advance(self, search: str, done: int, total: int | None) -> None:
        """Keep how far the search is."""
        del search
        self.progress = (done, total)
        self._on_progress()

    def cancelled(self) -> bool:
        """True once the reviewer wants it to stop."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask it to stop; what has arrived is kept, and the same search goes on from there."""
        self._stop.set()

    def perform(self, searches: SearchSession) -> None:
        """Run the search and tell how it ended; an expected failure is told, not raised."""
        try:
            report = searches.run(self.plan, self)
        except PrismaError as error:
            self._on_end(SearchEnded(self.plan, None, one_line(error.message)))
        else:
            self._on_end(SearchEnded(self.plan, report))


def ended_text(ended: SearchEnded) -> str:
    """One line on how a search ended."""
    name = one_line(ended.plan.name)
    if ended.report is None:
        return f"{name} could not be run: {ended.problem}"
    report = ended.report
    if report.status is not RunStatus.COMPLETE:
        return f"{name}: {report.status}. {one_line(last_warning(report.warnings))}".rstrip()
    return f"{name}: {report.new:,} new, {report.seen:,} seen, {report.changed:,} changed, {report.vanished:,} vanished"


def last_warning(warnings: Sequence[str]) -> str:
    """The warning that was given last; a run that did not finish ends with the reason."""
    return warnings[-1] if warnings else ""
