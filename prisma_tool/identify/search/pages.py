"""Fetching a search that comes in a chain of pages, each read ahead while the one before is stored.

Invariant: the run is complete only when as many records arrived as the first page announced. The checkpoint holds the token of the
next page; a token that the service no longer knows starts the chain anew, without loss, because a run counts each record once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prisma_tool.errors import SearchRefused
from prisma_tool.identify.run.raw_answers import packed
from prisma_tool.identify.search.execution import Execution, ReceivedAnswer
from prisma_tool.identify.search.prefetch import Ahead
from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.sources.page_chain import RecordPage
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.runs import run_progress, runs


@dataclass(frozen=True, slots=True)
class PagedService:
    """A service that gives a search in pages: its name, how its kept answers are called, and what its client does.

    `pages` takes parameters, the token to begin at ("" for the first page) and how many records are still to come; `facts` gives what is
    kept with the run about the service.
    """

    label: str
    answers: str
    pages: Callable[[Mapping[str, str], str, int | None], Iterator[RecordPage]]
    facts: Callable[[], Mapping[str, Any]]


def fetch_pages(execution: Execution, plan: SearchPlan, service: PagedService) -> None:
    """Fetch the pages that the run still lacks.

    Raises:
        SearchRefused: the service names a parameter or the syntax as wrong.
        Interrupted: the service fails, or the person who waits stopped the search.
    """
    checkpoint = execution.checkpoint()
    if checkpoint.get("finished"):
        return
    if not checkpoint.get("token"):
        _note_service(execution, service)
    token = str(checkpoint.get("token", ""))
    if not _chain_ended(execution, plan, service, token):
        execution.listener.tell(f"{plan.name}: {service.label} no longer knows where we stopped; starting over.")
        if not _chain_ended(execution, plan, service, ""):
            raise execution.start_over(f"{service.label} refuses its own page tokens; the same command asks for all pages again.")


def _chain_ended(execution: Execution, plan: SearchPlan, service: PagedService, token: str) -> bool:
    """Fetch pages to the end; false where the service refuses a page token, which then has expired."""
    try:
        _fetch_chain(execution, plan, service, token)
    except SearchRefused:
        # Where the same question went well before, only the token can be at fault.
        if execution.checkpoint().get("token"):
            return False
        raise
    return True


def balances(transaction: Transaction, run: runs.Run, label: str) -> bool:
    """True where the service of this name delivered all that it reported; growth since the first page is told, a shortfall is asked for anew."""
    unreadable = list(run.checkpoint.get("unreadable", ()))
    run_progress.set_undelivered(transaction, run.id, unreadable)
    reached, reported = runs.tally(transaction, run.id).fetched + len(unreadable), run.reported or 0
    if reached < reported:
        warning = f"{label} reported {reported} records but delivered {reached}."
        run_progress.add_warnings(transaction, run.id, [warning])
        run_progress.set_checkpoint(transaction, run.id, {})
        return False
    if reached > reported:
        warning = f"{label}'s count grew from {reported} to {reached} while it was read."
        run_progress.add_warnings(transaction, run.id, [warning])
    run_progress.set_reported(transaction, run.id, reached)
    return True


def _note_service(execution: Execution, service: PagedService) -> None:
    facts = service.facts()
    with execution.review.store.write() as transaction:
        run_progress.add_service_facts(transaction, execution.run_id, facts)


def _fetch_chain(execution: Execution, plan: SearchPlan, service: PagedService, token: str) -> None:
    received, total = _so_far(execution) if token else (0, None)
    remaining = None if total is None else total - received
    with Ahead([_arrivals(service, plan.parameters, token, remaining)]) as ahead:
        for page, arrival in ahead.results(execution.go_on):
            if page.total is not None:
                total = page.total
                _note_total(execution, plan, service.label, total)
            execution.store(arrival, _checkpoint(execution, page, arrival))
            received += arrival.parsed.declared if arrival.parsed else 0
            execution.listener.advance(plan.name, received, total)


def _arrivals(
    service: PagedService, parameters: Mapping[str, str], token: str, remaining: int | None
) -> Iterator[tuple[RecordPage, ReceivedAnswer]]:
    for page in service.pages(parameters, token, remaining):
        yield page, ReceivedAnswer(service.answers, "json", packed(page.raw), page.parsed)


def _so_far(execution: Execution) -> tuple[int, int | None]:
    with execution.review.store.read() as transaction:
        run = runs.run(transaction, execution.run_id)
        return runs.tally(transaction, run.id).fetched + len(run.checkpoint.get("unreadable", ())), run.reported


def _checkpoint(execution: Execution, page: RecordPage, arrival: ReceivedAnswer) -> dict[str, Any]:
    """Where to resume after this page; records without a readable number are listed by their place, as they have no other name."""
    earlier = execution.checkpoint().get("unreadable", []) if page.total is None else []
    name = execution.next_name(arrival)
    unreadable = [*earlier, *(f"{name}#{reject.line}" for reject in page.parsed.rejects)]
    return {"token": page.next_token, "finished": not page.next_token, "unreadable": unreadable}


def _note_total(execution: Execution, plan: SearchPlan, label: str, total: int) -> None:
    if total == 0:
        execution.listener.tell(f"{plan.name}: {label} finds nothing, and says so twice.")
    with execution.review.store.write() as transaction:
        run_progress.set_reported(transaction, execution.run_id, total)
