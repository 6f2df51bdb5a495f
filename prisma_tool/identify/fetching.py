"""Fetching what a run still lacks, from whichever service its search asks, and settling whether it then holds everything.

Invariant: a run is settled only when the records that the service reported are all stored or named as undelivered.
"""

from __future__ import annotations

from prisma_tool.identify.execution import Execution
from prisma_tool.identify.fetching_ctgov import balances, fetch_ctgov
from prisma_tool.identify.fetching_pubmed import fetch_pubmed, undelivered
from prisma_tool.identify.services import Services
from prisma_tool.model.keys import PUBMED
from prisma_tool.model.protocol import SearchPlan
from prisma_tool.store.database import Transaction
from prisma_tool.store.schema import RunRow

__all__ = ["Execution", "fetch_all", "settled"]


def fetch_all(execution: Execution, plan: SearchPlan, services: Services) -> None:
    """Fetch what the run of this search still lacks.

    Raises:
        SearchRefused: the service will not answer this question.
        Interrupted: the service fails, or the person who waits stopped the search; the same command goes on.
    """
    if plan.source == PUBMED:
        fetch_pubmed(execution, plan, services.pubmed)
    else:
        fetch_ctgov(execution, plan, services.ctgov)


def settled(transaction: Transaction, row: RunRow, plan: SearchPlan) -> bool:
    """True where the run holds all that the service reported; names what was not delivered, and tells growth and shortfall.

    The checkpoint of a settled run is empty: nothing is left to go on with.
    """
    if plan.source == PUBMED:
        row.undelivered = undelivered(transaction, row)
    elif not balances(transaction, row):
        return False
    row.checkpoint = {}
    return True
