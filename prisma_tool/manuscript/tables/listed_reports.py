"""The reports behind numbers of the flow diagram, with what a table says of each.

Invariant: a key of the flow gives one listed report, whatever its records have become since; the reference speaks of all records of the
report together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prisma_tool.manuscript.citations.items import csl_item
from prisma_tool.manuscript.citations.references import references
from prisma_tool.model.record.citation import Citation
from prisma_tool.reports.state import reports_of
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records.records import merged_records, records_by_key


@dataclass(frozen=True, slots=True)
class ListedReport:
    """A report: the key that the flow counts it under, all its records, its merged content, and its reference in a style."""

    key: str
    records: tuple[str, ...]
    citation: Citation
    reference: str

    @property
    def numbers(self) -> dict[str, str]:
        """The identifiers of the report, as columns."""
        registry = "; ".join(self.citation.registry_numbers)
        return {"doi": self.citation.doi, "pmid": self.citation.pmid, "registry_numbers": registry}


def listed_reports(transaction: Transaction, keys: Iterable[str], style: str) -> dict[str, ListedReport]:
    """The reports of these keys, by key, in their order.

    Raises:
        PrismaError: the citation style cannot be used.
    """
    wanted = list(dict.fromkeys(keys))
    reports = reports_of(transaction, wanted)
    records = {key: tuple(record.key for record in report.records) for key, report in reports.items()}
    stored = records_by_key(transaction, {member for members in records.values() for member in members})
    citations = {key: merged_records(key, [stored[member] for member in records[key]]).citation for key in reports}
    items = [csl_item(citation, key, stored[key].source) for key, citation in citations.items()]
    lines = references(items, style)
    return {
        key: ListedReport(key, records[key], citations[key], line) for key, line in zip(citations, lines, strict=True)
    }  # fmt: skip


def members_of(reports: Iterable[ListedReport]) -> dict[str, Sequence[str]]:
    """The records of each report, by its key."""
    return {report.key: report.records for report in reports}
