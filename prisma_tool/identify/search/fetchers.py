"""How a run fetches its records from each live source, in one table: who is asked, what still lacks, and when the run has all.

Invariant: every source of `model.protocol.live_sources` is here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prisma_tool.identify.run.services import Services
from prisma_tool.identify.search.execution import Execution
from prisma_tool.identify.search.pages import PagedService, balances, fetch_pages
from prisma_tool.identify.search.pubmed import fetch_pubmed, undelivered
from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.model.record.keys import CLINICALTRIALS, EUROPEPMC, PUBMED
from prisma_tool.sources.europepmc import SYNONYM
from prisma_tool.sources.transport import Transport
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.runs import run_progress
from prisma_tool.store.runs.runs import Run

SYNONYMS_USED = "synonyms"
"""In a run's `service`: whether the strategy was widened by the service's synonyms, in words."""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """What a run asks of a source: the way to it, fetching what the run lacks, and whether it then has all that was reported."""

    transport: Callable[[Services], Transport]
    fetch: Callable[[Execution, SearchPlan, Services], None]
    is_complete: Callable[[Transaction, Run], bool]


def _names_undelivered(transaction: Transaction, run: Run) -> bool:
    run_progress.set_undelivered(transaction, run.id, undelivered(transaction, run))
    return True


def _fetch_studies(execution: Execution, plan: SearchPlan, services: Services) -> None:
    client = services.ctgov
    fetch_pages(execution, plan, PagedService(CLINICALTRIALS, "studies", client.pages, client.version))


def _fetch_results(execution: Execution, plan: SearchPlan, services: Services) -> None:
    words = "used" if plan.parameters[SYNONYM] == "true" else "not used"
    service = PagedService(EUROPEPMC, "results", services.europepmc.pages, lambda: {SYNONYMS_USED: words})
    fetch_pages(execution, plan, service)


FETCHERS: Mapping[str, Fetcher] = {
    PUBMED: Fetcher(
        lambda services: services.pubmed.transport,
        lambda execution, plan, services: fetch_pubmed(execution, plan, services.pubmed),
        _names_undelivered,
    ),
    CLINICALTRIALS: Fetcher(
        lambda services: services.ctgov.transport,
        _fetch_studies,
        lambda transaction, run: balances(transaction, run, CLINICALTRIALS),
    ),
    EUROPEPMC: Fetcher(
        lambda services: services.europepmc.transport,
        _fetch_results,
        lambda transaction, run: balances(transaction, run, EUROPEPMC),
    ),
}
