"""Fetching a PubMed search: all ids first, then the records by explicit ids, in batches that arrive while others are stored.

Invariant: every id that was listed is either delivered or named as undelivered. The checkpoint holds the count at the start, the ids
and the ranges of UIDs that are still to be listed; it is written per listing, never per batch of records.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from prisma_tool.identify.run.raw_answers import packed
from prisma_tool.identify.search.execution import Execution, ReceivedAnswer
from prisma_tool.identify.search.prefetch import Ahead
from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.sources.portions import Portions
from prisma_tool.sources.pubmed import BATCH, EVERYTHING, SMALLEST_BATCH, IdListing, PubMed, lists_all
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.runs import run_progress
from prisma_tool.store.runs.runs import Run

MISSING_ASKED_AGAIN = 2
"""How often ids that were listed but not delivered are asked for once more before they count as undelivered."""
ABREAST = 3
"""Requests under way at once while the service is slow, so that one that thinks for a second can still be asked three times in it."""


def fetch_pubmed(execution: Execution, plan: SearchPlan, client: PubMed) -> None:
    """List all that matches the plan's term and fetch what of it the run still lacks.

    Raises:
        SearchRefused: the strategy or the key is refused.
        Interrupted: the service fails, counts more than it lists, or the person who waits stopped the search.
    """
    ids = _listed(execution, plan, client)
    for _ in range(1 + MISSING_ASKED_AGAIN):
        missing = _missing(execution, ids)
        if not missing:
            break
        _fetch(execution, plan, client, missing, len(ids))
    execution.listener.advance(plan.name, len(ids), len(ids))


def undelivered(transaction: Transaction, run: Run) -> list[str]:
    """The ids that were listed for a run but not delivered."""
    return list(run_progress.missing_accessions(transaction, run.id, map(str, run.checkpoint.get("ids", ()))))


def _fetch(execution: Execution, plan: SearchPlan, client: PubMed, missing: array[int], total: int) -> None:
    received = total - len(missing)
    portions = Portions(missing, BATCH, SMALLEST_BATCH)
    helpers = (_arrivals_if_slow(client, portions) for _ in range(ABREAST - 1))
    with closing(portions), Ahead([_arrivals(client, portions), *helpers]) as ahead:
        for requested, arrival in ahead.results(execution.go_on):
            execution.store(arrival)
            received += requested
            execution.listener.advance(plan.name, received, total)


def _arrivals(client: PubMed, portions: Portions) -> Iterator[tuple[int, ReceivedAnswer]]:
    """How many ids were asked for, and what came; compressed in the thread that fetches."""
    for batch in client.batches(portions):
        yield len(batch.asked), ReceivedAnswer("efetch", "xml", packed(batch.raw), batch.parsed)


def _arrivals_if_slow(client: PubMed, portions: Portions) -> Iterator[tuple[int, ReceivedAnswer]]:
    if portions.help_wanted():
        yield from _arrivals(client, portions)


def _missing(execution: Execution, ids: array[int]) -> array[int]:
    with execution.review.store.read() as transaction:
        return array("L", map(int, run_progress.missing_accessions(transaction, execution.run_id, map(str, ids))))


def _listed(execution: Execution, plan: SearchPlan, client: PubMed) -> array[int]:
    """The ids of the run: from its checkpoint where it was listed before, else from the service."""
    term, checkpoint = plan.parameters["term"], execution.checkpoint()
    if "ids" not in checkpoint:
        checkpoint = _begin(execution, plan, client.listing(term))
    if checkpoint.get("spans"):
        checkpoint = _list_spans(execution, term, client, checkpoint)
    return array("L", map(int, checkpoint["ids"]))


def _begin(execution: Execution, plan: SearchPlan, first: IdListing) -> dict[str, Any]:
    """Keep the first listing; where it cannot hold all ids, everything is to be listed in ranges."""
    execution.check(first)
    if not first.count:
        execution.listener.tell(f"{plan.name}: PubMed finds nothing, and says so twice.")
    whole = lists_all(first)
    ids = sorted(set(map(int, first.ids))) if whole else []
    checkpoint = {"count": first.count, "ids": ids, "spans": [] if whole else [EVERYTHING]}
    execution.listener.advance(plan.name, 0, first.count)
    if whole and len(ids) < first.count:
        raise execution.start_over(_shortfall(first.count, len(ids)))
    execution.store(_answer(first), checkpoint)
    with execution.review.store.write() as transaction:
        run_progress.set_reported(transaction, execution.run_id, len(ids) if whole else None)
        run_progress.set_translation(transaction, execution.run_id, first.translation)
    return checkpoint


def _list_spans(execution: Execution, term: str, client: PubMed, checkpoint: Mapping[str, Any]) -> dict[str, Any]:
    ids = set(map(int, checkpoint["ids"]))
    for part, waiting in client.spans(term, [(low, high) for low, high in checkpoint["spans"]]):
        execution.go_on()
        ids |= set(map(int, part.ids))
        execution.store(_answer(part), {**checkpoint, "ids": sorted(ids), "spans": waiting})
    _reconcile(execution, int(checkpoint["count"]), len(ids))
    return {**checkpoint, "ids": sorted(ids), "spans": []}


def _reconcile(execution: Execution, counted: int, listed: int) -> None:
    """Compare the union of all ranges with the count at the start: growth is told, a shortfall is not accepted."""
    if listed < counted:
        raise execution.start_over(_shortfall(counted, listed))
    with execution.review.store.write() as transaction:
        run_progress.set_reported(transaction, execution.run_id, listed)
        if listed > counted:
            warning = f"PubMed's count grew from {counted} to {listed} while it was listed."
            run_progress.add_warnings(transaction, execution.run_id, [warning])


def _shortfall(counted: int, listed: int) -> str:
    return f"PubMed counted {counted} records but listed {listed} ids; the search is not complete. The same command lists them again."


def _answer(listing: IdListing) -> ReceivedAnswer:
    return ReceivedAnswer("esearch", "json", packed(listing.raw))
