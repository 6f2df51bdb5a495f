"""One look at everything that may have changed: searches and citation searches rerun, duplicates joined, retractions checked.

Invariant: what is new is counted from the last watch that came to its end, so that a watch which was cut off loses nothing: the next one tells it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from prisma_tool.dedupe.run import deduplicate
from prisma_tool.errors import ExitCode, worst
from prisma_tool.identify.citations.question import CitationQuestion
from prisma_tool.identify.run.progress import Listener, SearchStopped
from prisma_tool.identify.run.services import Services
from prisma_tool.identify.search.run import run_searches
from prisma_tool.identify.search.run_report import RunReport
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.live_sources import added_source
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import one_line
from prisma_tool.reports.state import PENDING_SCREENING, load_review_state
from prisma_tool.review.open_review import Review
from prisma_tool.sources.crossref_updates import CrossrefUpdates
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.queues.closed_versions import arrived_since
from prisma_tool.store.records import records
from prisma_tool.store.records.record_events import CITATIONS
from prisma_tool.store.runs import runs
from prisma_tool.updates.acknowledgement import open_items
from prisma_tool.updates.changes_since_decision import ChangeSinceDecision
from prisma_tool.updates.watching.citations import CitationRerun, questions_to_rerun, rerun
from prisma_tool.updates.watching.retractions import RetractionCheck, check_retractions


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report that waits to be screened and of which the review had no record before: its key, title and source."""

    key: str
    title: str
    source: str


@dataclass(frozen=True, slots=True)
class WatchReport:
    """What a watch came to.

    `since` is when the last one ended (None: this is the first), `changed` are changes about decided reports since, `waiting` those from before
    that nobody has answered; `citations` are the citation searches, `unread` counts the searches of either kind that were not begun;
    `unreachable` names those of them whose source a package searched that is not installed now.
    """

    at: datetime
    since: datetime | None
    searches: tuple[RunReport, ...]
    retractions: RetractionCheck
    new: tuple[NewReport, ...]
    changed: tuple[ChangeSinceDecision, ...]
    waiting: tuple[ChangeSinceDecision, ...]
    unread: int = 0
    citations: tuple[CitationRerun, ...] = ()
    unreachable: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """What failed or is incomplete wins; then what has changed after a decision, then what is new."""
        codes = [one.exit_code for one in self.searches] + [one.exit_code for one in self.citations]
        codes += [error.exit_code for error in self.retractions.problems.values()]
        trouble = worst([*codes, *([ExitCode.INCOMPLETE] if self.unread else [])])
        if trouble is not ExitCode.DONE:
            return trouble
        if self.changed:
            return ExitCode.DECIDED_CHANGED
        return ExitCode.NEW_TO_SCREEN if self.new else ExitCode.DONE


def watch(review: Review, services: Services, crossref: CrossrefUpdates, listener: Listener) -> WatchReport:
    """Rerun all searches of the protocol, the citation searches and the retraction checks, and say what is new.

    Raises:
        StoreError: the database cannot be read or written.
        PrismaError: an answer cannot be kept.
    """
    with review.store.read() as transaction:
        started, since, questions = transaction.now(), _last(transaction), questions_to_rerun(transaction)
        unreachable = _unreachable(transaction)
    plans = review.protocol.searches
    searches = tuple(run_searches(review, plans, services, listener))
    stopped = any(SearchStopped().message in report.warnings for report in searches)
    citations = () if stopped else tuple(_until_stopped(review, questions, listener))
    deduplicate(review, services.clock)
    listener.tell("asking PubMed and Crossref about retractions ...")
    retractions = check_retractions(review, services.pubmed, crossref)
    with review.store.read() as transaction:
        new = _new(transaction, since or started)
        changes = open_items(transaction).changes
    changed = tuple(change for change in changes if change.since > (since or started))
    waiting = tuple(change for change in changes if change not in changed)
    unread = len(plans) - len(searches) + len(questions) - len(citations) + len(unreachable)
    report = WatchReport(started, since, searches, retractions, new, changed, waiting, unread, citations, unreachable)
    if report.exit_code in (ExitCode.DONE, ExitCode.NEW_TO_SCREEN, ExitCode.DECIDED_CHANGED):
        _note(review, report)
    return report


def _until_stopped(review: Review, questions: Sequence[CitationQuestion], listener: Listener) -> Iterator[CitationRerun]:
    for question in questions:
        report = rerun(review, question, listener)
        yield report
        if report.stopped:
            return


def _unreachable(transaction: Transaction) -> tuple[str, ...]:
    """The declared searches that this program ran itself once: without the package that knows their source they cannot be rerun.

    One of a source whose package is there is declared because somebody states what was searched elsewhere.
    """
    declared = {one.name: slug(one.source) for one in transaction.protocol.declared if added_source(one.source) is None}
    return tuple(sorted(runs.searched_from_here(transaction, declared)))


def _last(transaction: Transaction) -> datetime | None:
    """When the last watch ended, by the time of this database."""
    return max((event.received for event in event_rows.not_undone(transaction, EventKind.WATCH)), default=None)


def _new(transaction: Transaction, since: datetime) -> tuple[NewReport, ...]:
    arrived = arrived_since(transaction, since)
    state = load_review_state(transaction)
    waiting = [report for report in state.reports if report.phase in PENDING_SCREENING]
    fresh = [report for report in waiting if all(record.key in arrived for record in report.records)]
    stored = records.records_by_key(transaction, [report.key for report in fresh])
    return tuple(_entry(stored[report.key]) for report in fresh)


def _entry(record: records.StoredRecord) -> NewReport:
    title = one_line(record.citation.title or record.citation.vernacular_title)
    return NewReport(record.key, title, one_line(record.source))


def _note(review: Review, report: WatchReport) -> None:
    done = sum(one.report is not None for one in report.citations)
    payload = {"new": len(report.new), "changed": len(report.changed), CITATIONS: done}
    with review.store.write() as transaction:
        event_log.append(transaction, [event_log.Draft(EventKind.WATCH, payload=payload)])
