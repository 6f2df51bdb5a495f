"""How fast the people of a review decide: how many decisions of late, and when the last was.

Read only. It tells how many, never how anybody voted (counting rule 25).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import votes_by_report

LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class RecentPace:
    """Decisions that stand and were made in the last seven days, and when the last of all was made."""

    decisions: int
    last: datetime


def pace(transaction: Transaction) -> Mapping[str, RecentPace]:
    """The pace of everybody who ever decided, by name."""
    since = transaction.now() - LATELY
    return {name: RecentPace(n, last) for name, n, last in votes_by_report.decided_since(transaction, since)}
