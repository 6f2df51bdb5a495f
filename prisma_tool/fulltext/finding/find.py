"""Finding full texts: asks services in their order, fetches and checks what they name, and stores each answer as it comes.

Invariants: everything is written by the thread that called; what a service led to is stored together with the document, and a document is on the
disk before the event that names it; nothing that fails is taken for "no copy".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from prisma_tool.errors import ExitCode, Interrupted, PrismaError, SearchRefused, worst
from prisma_tool.fulltext.attempts import full_texts
from prisma_tool.fulltext.finding.document_check import UNREADABLE, document_problem
from prisma_tool.fulltext.finding.find_request import FindRequest
from prisma_tool.fulltext.finding.first_page import PageReader
from prisma_tool.fulltext.finding.host_queues import HostQueues
from prisma_tool.fulltext.finding.report_search import ReportSearch, WantedText
from prisma_tool.fulltext.finding.service_answers import ServiceAttempt, TextAnswer
from prisma_tool.fulltext.finding.wanted_texts import wanted_texts
from prisma_tool.fulltext.retrieval import document_name, keep_file
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import RetrievalStatus
from prisma_tool.reports.notices import ServiceNotice, keep_notices
from prisma_tool.reports.state import SOUGHT, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.sources.fulltexts.download import Downloader
from prisma_tool.sources.fulltexts.locations import TextReply, TextService, host_of
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log

CHECKS = ("check 1", "check 2")
"""Names of the queues in which documents are looked at, so that no host waits for that."""
WORK = "full texts"
PORTION, LARGEST_PORTION = 50, 32 << 20
"""So many answers, or bytes of documents, are kept in one step; fewer where nothing came for a moment. What is cut off is asked again."""


class FindListener(Protocol):
    """Learns how the search gets on."""

    def tell(self, text: str) -> None:
        """A line of narration."""

    def advance(self, search: str, done: int, total: int | None) -> None:
        """How many of the reports are through."""

    def cancelled(self) -> bool:
        """True once the person wants it to stop."""


class TextServices(Protocol):
    """The services in the order in which they are asked, what fetches documents, and sentences about services that are left out."""

    @property
    def services(self) -> tuple[TextService, ...]:
        """The services."""

    @property
    def downloader(self) -> Downloader:
        """What fetches documents."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """Why services are left out."""

    def requests_sent(self) -> int:
        """How many requests were sent so far."""


@dataclass(slots=True)
class FindReport:
    """What came of it: by report, what services answered now; who was marked as retracted; what failed.

    `lately` counts the reports about which every service had answered lately, so that none was asked; the `unnumbered` have no number that
    any service goes by. `offered_before` are those of the former to whom a service had offered a copy that nobody has taken yet.
    """

    wanted: int = 0
    unnumbered: tuple[str, ...] = ()
    lately: int = 0
    answers: dict[str, list[ServiceAttempt]] = field(default_factory=dict)
    retrieved: dict[str, str] = field(default_factory=dict)
    retracted: list[str] = field(default_factory=list)
    left_out: tuple[str, ...] = ()
    problems: dict[str, PrismaError] = field(default_factory=dict)
    requests: int = 0
    stopped: bool = False
    offered_before: list[str] = field(default_factory=list)

    @property
    def offered(self) -> list[str]:
        """The reports of which a copy is offered, now or from before, that waits for a person's word."""
        now = (key for key, attempts in self.answers.items() if any(one.answer is TextAnswer.OFFERED for one in attempts))
        return [key for key in dict.fromkeys((*now, *self.offered_before)) if key not in self.retrieved]

    @property
    def exit_code(self) -> ExitCode:
        """Done; incomplete where a service failed or it was stopped; failed where a service refuses."""
        codes = [error.exit_code for error in self.problems.values()]
        return worst([*codes, ExitCode.INCOMPLETE] if self.stopped else codes)


def find_texts(review: Review, request: FindRequest, reviewer: str, services: TextServices, listener: FindListener) -> FindReport:
    """Look for full texts; what is found is stored within a moment, and what was not is asked again.

    Raises:
        DecisionError: an unknown key, or a report that is not sought.
    """
    with review.store.read() as transaction:
        wanted = wanted_texts(transaction, request.keys, again=request.again)
    searches = [ReportSearch(one, _askable(one, services), request.any_version) for one in wanted]
    unnumbered = tuple(search.wanted.key for search in searches if not search.services)
    report = FindReport(wanted=len(wanted), unnumbered=unnumbered, left_out=services.left_out)
    before = services.requests_sent()
    readers = {name: PageReader() for name in CHECKS}
    with HostQueues() as queues:
        finder = _Finder(review, reviewer, services, listener, report, queues, readers)
        try:
            finder.work_through(searches)
        except KeyboardInterrupt:
            report.stopped = True
        finally:
            finder.flush()
            for reader in readers.values():
                reader.close()
    report.requests = services.requests_sent() - before
    return report


def _askable(wanted: WantedText, services: TextServices) -> list[str]:
    return [service.label for service in services.services if service.can_ask(wanted.question)]


@dataclass(frozen=True, slots=True)
class _Portion:
    """What a service led to for one report, not yet kept."""

    key: str
    attempts: list[ServiceAttempt]
    document: bytes
    retracted: str


@dataclass(slots=True)
class _Finder:
    review: Review
    reviewer: str
    services: TextServices
    listener: FindListener
    report: FindReport
    queues: HostQueues
    readers: Mapping[str, PageReader]
    open_searches: list[ReportSearch] = field(default_factory=list)
    waiting: dict[str, list[ReportSearch]] = field(default_factory=dict)
    unstored: list[_Portion] = field(default_factory=list)
    total: int = 0
    checked: int = 0

    def work_through(self, searches: Sequence[ReportSearch]) -> None:
        self.open_searches, self.total = list(searches), len(searches)
        for search in searches:
            search.begin()
            if search.is_answered:
                self.report.lately += 1
                self.report.offered_before += [search.wanted.key] if search.wanted.is_offered else []
        for search in searches:
            self.go_on(search)
        self.ask_waiting()
        while self.queues.open_pieces and not self.report.stopped:
            if self.queues.handle_next():
                self.ask_waiting()
            else:
                self.flush()
            self.report.stopped = self.listener.cancelled()

    def go_on(self, search: ReportSearch) -> None:
        """Fetch what is left of a service's copies, else store what the service led to and turn to the next."""
        if search.address:
            self.fetch(search)
            return
        self.store(search)
        while not search.document and (name := search.next_service()):
            if name not in self.report.problems:
                self.waiting.setdefault(name, []).append(search)
                return
        self.finish(search)

    def finish(self, search: ReportSearch) -> None:
        if not search.document and (page := search.publisher_page()):
            search.attempts.append(page)
            self.store(search)
        self.open_searches.remove(search)
        self.listener.advance(WORK, self.total - len(self.open_searches), self.total)

    def ask_waiting(self) -> None:
        """Ask services about the reports that wait for them: a full question, or what there is once no more can come."""
        earlier: set[str] = set()
        for service in self.services.services:
            waiting = self.waiting.get(service.label, [])
            more_can_come = any(search.service in earlier or not search.service for search in self.open_searches)
            while len(waiting) >= service.at_once or (waiting and not more_can_come):
                batch, waiting[:] = waiting[: service.at_once], waiting[service.at_once :]
                self.ask(service, batch)
            earlier.add(service.label)

    def ask(self, service: TextService, batch: list[ReportSearch]) -> None:
        questions = [search.wanted.question for search in batch]

        def work() -> dict[str, TextReply] | PrismaError:
            if service.label in self.report.problems:
                return self.report.problems[service.label]
            try:
                return dict(service.ask(questions))
            except (SearchRefused, Interrupted) as error:
                return error

        self.queues.submit(service.host, work, lambda result: self.answered(service, batch, result))

    def answered(self, service: TextService, batch: list[ReportSearch], result: dict[str, TextReply] | PrismaError) -> None:
        if isinstance(result, PrismaError) and service.label not in self.report.problems:
            self.report.problems[service.label] = result
            self.listener.tell(result.message)
        for search in batch:
            if not isinstance(result, PrismaError):
                search.answer(result.get(search.wanted.key))
            self.go_on(search)

    def fetch(self, search: ReportSearch) -> None:
        address, md5 = search.address, search.copies[0].md5

        def handle(result: object) -> None:
            document = search.hop(result)  # type: ignore[arg-type] # what `hop` of the downloader gave
            if document:
                self.check(search, document)
            else:
                self.go_on(search)

        self.queues.submit(host_of(address), lambda: self.services.downloader.hop(address, md5), handle)

    def check(self, search: ReportSearch, document: bytes) -> None:
        self.checked += 1

        def handle(problem: object) -> None:
            search.check(document, str(problem))
            self.go_on(search)

        name = CHECKS[self.checked % len(CHECKS)]
        self.queues.submit(name, lambda: _problem(search, document, self.readers[name]), handle)

    def store(self, search: ReportSearch) -> None:
        """Have what a service led to kept with the next portion."""
        attempts = search.finished_service()
        if attempts or search.retracted:
            self.unstored.append(_Portion(search.wanted.key, attempts, search.document, search.retracted))
            search.retracted = ""
        if len(self.unstored) >= PORTION or sum(len(one.document) for one in self.unstored) > LARGEST_PORTION:
            self.flush()

    def flush(self) -> None:
        """Keep what services led to, with the documents, in one step."""
        portions, self.unstored = self.unstored, []
        if not portions:
            return
        with self.review.store.write() as transaction:
            for portion in portions:
                self.keep(transaction, portion)
        for portion in portions:
            self.report.answers.setdefault(portion.key, []).extend(portion.attempts)

    def keep(self, transaction: Transaction, portion: _Portion) -> None:
        """Keep one answer; a report that somebody took elsewhere meanwhile keeps no document."""
        key, attempts = portion.key, portion.attempts
        events = [event_log.Draft(EventKind.EFFORT, key, reviewer=self.reviewer, payload=one.payload()) for one in attempts]
        if portion.document and self.wants_file(transaction, key):
            file = keep_file(self.review, document_name(key, portion.document), portion.document)
            note = f"{attempts[-1].service}: {attempts[-1].copy}"
            payload = {"status": RetrievalStatus.RETRIEVED.value, "file": file, "note": note}
            events.append(event_log.Draft(EventKind.RETRIEVAL, key, reviewer=self.reviewer, payload=payload))
            self.report.retrieved[key] = file
        event_log.append(transaction, events)
        self.note_retraction(transaction, portion)

    def wants_file(self, transaction: Transaction, key: str) -> bool:
        report = reports_of(transaction, [key]).get(key)
        if report is None or report.phase not in SOUGHT:
            return False
        return not full_texts(transaction, {key: [record.key for record in report.records]})[key].files

    def note_retraction(self, transaction: Transaction, portion: _Portion) -> None:
        if not portion.retracted:
            return
        members = [record.key for record in reports_of(transaction, [portion.key])[portion.key].records]
        notice = ServiceNotice(portion.key, "retracted", portion.retracted)
        if keep_notices(transaction, [notice], {portion.key: members}, self.reviewer):
            self.report.retracted.append(portion.key)


def _problem(search: ReportSearch, document: bytes, reader: PageReader) -> str:
    """Why a document is not taken; one whose MD5 is what the service says of the report needs no readable page."""
    wanted, copy = search.wanted, search.copies[0]
    problem = document_problem(document, reader.words(document), wanted.question.doi, wanted.titles)
    return "" if problem == UNREADABLE and copy.md5 else problem
