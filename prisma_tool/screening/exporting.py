"""Exporting records with what has become of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from prisma_tool.errors import UsageError
from prisma_tool.formats.export import ExportRow, write_csv, write_ris
from prisma_tool.model.citation import Citation
from prisma_tool.model.merged import merged
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.review.files import write_atomically
from prisma_tool.review.review import Review
from prisma_tool.screening.queue import at_stage
from prisma_tool.screening.reports import PENDING_ASSESSMENT, PENDING_SCREENING, Phase, Report, load
from prisma_tool.store import records
from prisma_tool.store.database import Transaction

WRITERS: Mapping[str, Callable[[Iterator[ExportRow]], str]] = {".csv": write_csv, ".ris": write_ris}

_CONFLICTS = frozenset({Phase.SCREENING_CONFLICT, Phase.ASSESSMENT_CONFLICT})
_OPEN = PENDING_SCREENING | PENDING_ASSESSMENT | {Phase.SEEKING}

SETS: Mapping[str, Callable[[Report], bool]] = {
    "all": lambda report: bool(report.records),
    "unique": lambda report: bool(report.records),
    "included": lambda report: report.phase is Phase.INCLUDED,
    "excluded": lambda report: report.phase in (Phase.SCREENED_OUT, Phase.EXCLUDED),
    "undecided": lambda report: report.phase in _OPEN,
    "conflicts": lambda report: report.phase in _CONFLICTS or report.reasons_differ,
    "not-retrieved": lambda report: report.phase is Phase.NOT_RETRIEVED,
    "ongoing": lambda report: report.phase is Phase.ONGOING,
    "awaiting": lambda report: report.phase is Phase.AWAITING,
}
"""Which reports a set holds. `all` writes every record as it came; the others one row a report, with the best of its records."""


def export(review: Review, path: Path, name: str) -> int:
    """Write a set of records to `path`; returns how many.

    Raises:
        UsageError: an unknown set, or a suffix that no writer has.
        PrismaError: the file cannot be written.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path}: records are written as {', '.join(WRITERS)}; choose one of these suffixes.")
    if name not in SETS:
        raise UsageError(f"There is no set '{name}'; sets are: {', '.join(SETS)}.")
    with review.store.read() as transaction:
        rows = list(_rows(transaction, name))
    write_atomically(path, writer(iter(rows)).encode())
    return len(rows)


def _rows(transaction: Transaction, name: str) -> Iterator[ExportRow]:
    reports = {report.key: report for report in load(transaction).reports if SETS[name](report)}
    views = {} if name == "all" else _views(transaction, reports)
    for record in records.all_records(transaction):
        report = reports.get(record.cluster)
        if report is None or (name != "all" and not record.is_representative):
            continue
        yield ExportRow(
            key=record.key,
            source=record.source,
            accession=record.accession,
            cluster=record.cluster,
            representative=record.is_representative,
            citation=views.get(record.key, record.citation),
            title_abstract=_word(report, Stage.TITLE_ABSTRACT, report.title_abstract),
            full_text=_word(report, Stage.FULL_TEXT, report.full_text),
            reason=transaction.protocol.reason_label(report.reason) if report.reason else "",
        )


def _views(transaction: Transaction, reports: Mapping[str, Report]) -> dict[str, Citation]:
    """The merged view of each report that has several records: one row shows the best of all."""
    several = {key: [record.key for record in report.records] for key, report in reports.items() if len(report.records) > 1}
    held = records.records_by_key(transaction, {member for members in several.values() for member in members})
    return {key: merged(key, {member: held[member].citation for member in members}).citation for key, members in several.items()}


def _word(report: Report, stage: Stage, state: OutcomeState | None) -> str:
    """The outcome at a stage: empty where the report does not pass through it."""
    if not at_stage(report, stage) or (report.phase is Phase.NOT_RETRIEVED and stage is Stage.FULL_TEXT):
        return ""
    return state.value if state else OutcomeState.PENDING.value
