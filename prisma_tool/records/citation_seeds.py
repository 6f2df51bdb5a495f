"""Seeds of a citation search by the names that people give: sets of `export --set`, and records."""

from __future__ import annotations

from collections.abc import Sequence

from prisma_tool.records.report_sets import SETS, holds
from prisma_tool.reports.state import load_review_state
from prisma_tool.store.engine.database import Transaction


def seed_keys(transaction: Transaction, origins: Sequence[str]) -> tuple[str, ...]:
    """The keys that sets and records name, each once; the reports of a set come first, in the order of arrival."""
    sets = [origin for origin in origins if origin in SETS]
    reports = load_review_state(transaction).reports if sets else ()
    members = [report.key for report in reports if any(holds(name, report) for name in sets)]
    return tuple(dict.fromkeys((*members, *(origin for origin in origins if origin not in SETS))))
