"""Running the protocol's searches: resumable, reconciled, each batch durable before the next is asked for.

Invariants: a run that is `complete` has `reported == stored + undelivered`; anything else is `incomplete` (the same command resumes
it) or `failed`, never "0 hits"; an earlier run is never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from prisma_tool.errors import ExitCode, Interrupted, PrismaError, SearchRefused
from prisma_tool.formats.account import Parsed
from prisma_tool.identify.raw import RawFolder
from prisma_tool.model.keys import PUBMED, slug
from prisma_tool.model.protocol import SearchPlan
from prisma_tool.model.vocabulary import RunStatus, SourceKind
from prisma_tool.review.review import Review, operator
from prisma_tool.sources.ctgov import ClinicalTrials, Page
from prisma_tool.sources.pubmed import BATCH, Listing, PubMed
from prisma_tool.store import records, runs
from prisma_tool.store.database import Transaction
from prisma_tool.store.schema import RunRow

Tell = Callable[[str], None]
"""Receives a line of narration for the person who waits."""

MISSING_ASKED_AGAIN = 2
"""How often ids that were listed but not delivered are asked for once more before they count as undelivered."""


@dataclass(frozen=True, slots=True)
class Services:
    """The clients of the two services."""

    pubmed: PubMed
    ctgov: ClinicalTrials
    clock: Callable[[], float]


@dataclass(frozen=True, slots=True)
class RunReport:
    """What became of one search; the keys of `search --json`."""

    search: str
    source: str
    status: RunStatus
    reported: int | None
    fetched: int
    stored: int
    new: int
    seen: int
    changed: int
    vanished: int
    undelivered: tuple[str, ...]
    warnings: tuple[str, ...]
    query: str
    translation: str
    requests: int
    seconds: float

    @property
    def exit_code(self) -> ExitCode:
        """Done, incomplete (resumable) or failed."""
        codes = {RunStatus.COMPLETE: ExitCode.DONE, RunStatus.FAILED: ExitCode.FAILED, RunStatus.REFUSED: ExitCode.FAILED}
        return codes.get(self.status, ExitCode.INCOMPLETE)


@dataclass(frozen=True, slots=True)
class Execution:
    """One run while it is under way: where it stores, and how it reports."""

    review: Review
    run_id: str
    source: str
    raw: RawFolder
    tell: Tell

    def store(self, name: str, body: bytes, parsed: Parsed, checkpoint: dict[str, object]) -> None:
        """Make one answer durable: the untouched bytes, its records, and the place to resume from."""
        kept = self.raw.keep(name, body)
        deliveries = [records.Delivery(self.source, entry.accession, entry.citation) for entry in parsed.entries]
        with self.review.store.write() as transaction:
            taken = records.take(transaction, self.run_id, deliveries)
            row = runs.run(transaction, self.run_id)
            row.raw = [*row.raw, kept]
            row.checkpoint = {**row.checkpoint, **checkpoint}
            unreadable = (f"{name}, record {reject.line} cannot be read: {reject.reason}" for reject in parsed.rejects)
            row.warnings = [*row.warnings, *taken.warnings, *unreadable]

    def checkpoint(self, **facts: object) -> dict[str, object]:
        """Add facts to the place to resume from; returns all of them."""
        with self.review.store.write() as transaction:
            row = runs.run(transaction, self.run_id)
            row.checkpoint = {**row.checkpoint, **facts}
            return dict(row.checkpoint)


def run_searches(review: Review, plans: Sequence[SearchPlan], services: Services, tell: Tell) -> Iterator[RunReport]:
    """Run these searches one after the other; each ends in a report, also where it fails."""
    for plan in plans:
        yield _run_search(review, plan, services, tell)


def _run_search(review: Review, plan: SearchPlan, services: Services, tell: Tell) -> RunReport:
    run_id, resumed = _begin(review, plan)
    tell(f"{plan.name}: {'resuming' if resumed else 'searching'} {plan.source} ...")
    execution = Execution(review, run_id, slug(plan.source), RawFolder(review.folder, run_id), tell)
    transport = services.pubmed.transport if plan.source == PUBMED else services.ctgov.transport
    started, sent = services.clock(), transport.requests_sent
    status, problem = RunStatus.COMPLETE, ""
    try:
        _fetch_all(execution, plan, services)
    except SearchRefused as error:
        status, problem = RunStatus.FAILED, error.message
    except Interrupted as error:
        status, problem = RunStatus.INCOMPLETE, error.message
    return _end(execution, plan, status, problem, (transport.requests_sent - sent, services.clock() - started))


def _begin(review: Review, plan: SearchPlan) -> tuple[str, bool]:
    """The run to work on: the unfinished one of the same strategy, else a new one."""
    kind = SourceKind.DATABASE if plan.source == PUBMED else SourceKind.REGISTER
    with review.store.write() as transaction:
        source = runs.register_source(transaction, plan.source, kind)
        runs.register_search(transaction, plan.name, source.slug)
        last = runs.last_run(transaction, plan.name, RunStatus)
        if last is not None and last.status in (RunStatus.RUNNING, RunStatus.INCOMPLETE) and last.query == plan.strategy:
            last.status = RunStatus.RUNNING
            return last.id, True
        fresh = runs.begin_run(transaction, source.slug, search=plan.name, query=plan.strategy, operator=operator())
        return fresh.id, False


def _fetch_all(execution: Execution, plan: SearchPlan, services: Services) -> None:
    if plan.source == PUBMED:
        _fetch_pubmed(execution, plan, services.pubmed)
    else:
        _fetch_ctgov(execution, plan, services.ctgov)


def _fetch_pubmed(execution: Execution, plan: SearchPlan, client: PubMed) -> None:
    ids = _listed_ids(execution, plan, client)
    for attempt in range(1 + MISSING_ASKED_AGAIN):
        missing = _missing(execution, ids)
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            body, parsed = client.fetch(batch)
            execution.store(f"efetch-{attempt}-{batch[0]}-{batch[-1]}.xml", body, parsed, {})
            execution.tell(f"{plan.name}: {len(ids) - len(missing) + start + len(batch)} of {len(ids)} asked for")


def _listed_ids(execution: Execution, plan: SearchPlan, client: PubMed) -> list[str]:
    """The ids of the run: from its checkpoint where it was listed before, else from the service."""
    known = execution.checkpoint()
    if isinstance(known.get("ids"), list):
        return [str(pmid) for pmid in known["ids"]]  # type: ignore[attr-defined] # JSON: checked to be a list above
    kept: list[dict[str, object]] = []

    def keep(listing: Listing) -> None:
        kept.append(execution.raw.keep(f"esearch-{len(kept) + 1}.json", listing.raw))

    first, ids = client.list_ids(plan.parameters["term"], keep)
    grown = [f"PubMed's count grew from {first.count} to {len(ids)} while it was listed."] if len(ids) > first.count else []
    with execution.review.store.write() as transaction:
        row = runs.run(transaction, execution.run_id)
        row.reported, row.translation = len(ids), first.translation
        row.warnings = [*row.warnings, *first.warnings, *grown]
        row.raw = [*row.raw, *kept]
        row.checkpoint = {"ids": list(ids)}
    return list(ids)


def _missing(execution: Execution, ids: Sequence[str]) -> list[str]:
    with execution.review.store.read() as transaction:
        delivered = runs.delivered_accessions(transaction, execution.run_id, ids)
    return [pmid for pmid in ids if pmid not in delivered]


def _fetch_ctgov(execution: Execution, plan: SearchPlan, client: ClinicalTrials) -> None:
    known = execution.checkpoint()
    if known.get("finished"):
        return
    token, number = str(known.get("token", "")), int(str(known.get("pages", 0)))
    if not token:
        _note_service(execution, client)
    try:
        _fetch_pages(execution, plan, client, token, number)
    except SearchRefused:
        reached = execution.checkpoint()
        if not reached.get("token"):
            raise
        # Only the page token can be refused where the same question went well: it has expired. The search starts over, and
        # known records are not counted twice.
        _fetch_pages(execution, plan, client, "", int(str(reached["pages"])))


def _note_service(execution: Execution, client: ClinicalTrials) -> None:
    facts = client.version()
    with execution.review.store.write() as transaction:
        runs.run(transaction, execution.run_id).service = facts


def _fetch_pages(execution: Execution, plan: SearchPlan, client: ClinicalTrials, token: str, number: int) -> None:
    for page in client.pages(plan.parameters, token):
        number += 1
        name = f"studies-{number:04d}.json"
        if page.total is not None:
            _note_total(execution, page.total)
        execution.store(name, page.raw, page.parsed, _place(execution, page, name, number))
        execution.tell(f"{plan.name}: page {number}, {len(page.parsed.entries)} records")


def _place(execution: Execution, page: Page, name: str, number: int) -> dict[str, object]:
    """Where to resume after this page; records without a readable number are listed by their place, as they have no other name."""
    earlier = execution.checkpoint().get("unreadable") if page.total is None else None
    unreadable = [*(earlier if isinstance(earlier, list) else ()), *(f"{name}#{reject.line}" for reject in page.parsed.rejects)]
    return {"token": page.next_token, "pages": number, "finished": not page.next_token, "unreadable": unreadable}


def _note_total(execution: Execution, total: int) -> None:
    with execution.review.store.write() as transaction:
        runs.run(transaction, execution.run_id).reported = total


def _end(execution: Execution, plan: SearchPlan, status: RunStatus, problem: str, effort: tuple[int, float]) -> RunReport:
    with execution.review.store.write() as transaction:
        row = runs.run(transaction, execution.run_id)
        row.requests, row.seconds = row.requests + effort[0], round(row.seconds + effort[1], 3)
        row.warnings = [*row.warnings, problem] if problem else row.warnings
        if status is RunStatus.COMPLETE:
            status = _reconcile(transaction, execution, plan)
        row.status, row.finished = status, transaction.now()
        return _report(transaction, execution.run_id, plan)


def _reconcile(transaction: Transaction, execution: Execution, plan: SearchPlan) -> RunStatus:
    """Compare what the service reported with what is stored; name what was not delivered and what has vanished."""
    row = runs.run(transaction, execution.run_id)
    delivered = runs.delivered_keys(transaction, row.id)
    if plan.source == PUBMED:
        stored = runs.delivered_accessions(transaction, row.id, row.checkpoint["ids"])
        row.undelivered = [pmid for pmid in row.checkpoint["ids"] if pmid not in stored]
    elif not _ctgov_balances(row, len(delivered)):
        return RunStatus.INCOMPLETE
    row.vanished = sorted(_earlier_keys(transaction, plan.name) - delivered)
    return RunStatus.COMPLETE


def _ctgov_balances(row: RunRow, delivered: int) -> bool:
    """True where the register delivered all that it reported; growth since the first page is told, a shortfall is asked for anew."""
    row.undelivered = list(row.checkpoint.get("unreadable", ()))
    reached, reported = delivered + len(row.undelivered), row.reported or 0
    if reached < reported:
        row.warnings = [*row.warnings, f"ClinicalTrials.gov reported {reported} records but delivered {reached}."]
        row.checkpoint = {}
        return False
    if reached > reported:
        row.warnings = [*row.warnings, f"ClinicalTrials.gov's count grew from {reported} to {reached} while it was read."]
    row.reported = reached
    return True


def _earlier_keys(transaction: Transaction, search: str) -> set[str]:
    last = runs.last_run(transaction, search, [RunStatus.COMPLETE])
    return runs.delivered_keys(transaction, last.id) if last else set()


def _report(transaction: Transaction, run_id: str, plan: SearchPlan) -> RunReport:
    row, counted = runs.run(transaction, run_id), runs.tally(transaction, run_id)
    return RunReport(
        search=plan.name,
        source=plan.source,
        status=RunStatus(row.status),
        reported=row.reported,
        fetched=counted.fetched,
        stored=counted.fetched,
        new=counted.new,
        seen=counted.seen,
        changed=counted.changed,
        vanished=len(row.vanished),
        undelivered=tuple(row.undelivered),
        warnings=tuple(row.warnings),
        query=row.query,
        translation=row.translation,
        requests=row.requests,
        seconds=row.seconds,
    )


def chosen_plans(plans: Sequence[SearchPlan], names: Sequence[str]) -> list[SearchPlan]:
    """The searches of these names, or all.

    Raises:
        PrismaError: there is no search, or none of that name.
    """
    if not plans:
        raise PrismaError("review.toml has no searches yet: add a [[search]] table (name, source, term) and run this again.")
    unknown = [name for name in names if name not in {plan.name for plan in plans}]
    if unknown:
        listed = ", ".join(plan.name for plan in plans)
        raise PrismaError(f"There is no search '{unknown[0]}' in review.toml; its searches are: {listed}.")
    return [plan for plan in plans if not names or plan.name in names]
