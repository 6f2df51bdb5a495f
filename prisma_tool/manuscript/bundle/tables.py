"""The tables of a deposit, made from its data: records, decisions, merges, runs, strategies, what was excluded, included and not retrieved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from prisma_tool.formats.text.spreadsheet_cells import Cell, table_lines
from prisma_tool.manuscript.bundle.deposited_review import DepositedReview
from prisma_tool.model.log.events import EventKind
from prisma_tool.reports.state import Phase, Report
from prisma_tool.store.copies import deposit
from prisma_tool.store.engine import event_rows
from prisma_tool.store.records import clusters, records
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.store.runs import runs

Row = Iterable[Cell]
_IDENTIFIERS = ("doi", "pmid", "registry_numbers")
_CITATION = ("title", "year", "journal", *_IDENTIFIERS)


def citation_cells(record: StoredRecord) -> tuple[Cell, ...]:
    """Title, year, journal and identifiers of a record, as `CITATION_COLUMNS` names them."""
    content = record.citation
    return (content.title, content.year, content.journal, content.doi, content.pmid, "; ".join(content.registry_numbers))


CITATION_COLUMNS = _CITATION


def _records(review: DepositedReview) -> Iterator[Row]:
    yield ("key", "source", "cluster", "representative", *_CITATION, "title_abstract", "full_text", "reason", "state")
    for record in records.all_records(review.transaction):
        report = review.report_of[record.key]
        outcomes = (report.title_abstract or "", report.full_text or "")
        stands = "true" if record.key == report.key else "false"
        cells = (record.key, record.source, report.key, stands, *citation_cells(record))
        yield (*cells, *outcomes, review.reason(report), report.phase.value)


def _decisions(review: DepositedReview) -> Iterator[Row]:
    yield ("event", "kind", "stage", "record", "reviewer", "verdict", "reason", "day", "via", "stands")
    standing = deposit.standing_votes(review.transaction)
    for event in event_rows.events(review.transaction, kinds=[EventKind.DECISION, EventKind.ADJUDICATION]):
        reason = event.text("reason")
        what = (event.text("verdict"), review.protocol.reason_label(reason) if reason else "")
        how = (f"{event.at:%Y-%m-%d}", event.via, "true" if event.id in standing else "false")
        yield (event.id, event.kind, event.stage, event.subject, event.reviewer, *what, *how)


def _merges(review: DepositedReview) -> Iterator[Row]:
    yield ("event", "record", "other", "verdict", "by", "rule", "day")
    for (key, other), event in clusters.verdicts(review.transaction).items():
        yield (event.id, key, other, event.text("verdict"), event.reviewer, event.text("reason"), f"{event.at:%Y-%m-%d}")


def _runs(review: DepositedReview) -> Iterator[Row]:
    yield (
        *("run", "source", "search", "status", "started", "finished", "reported", "declared", "rejected", "undelivered"),
        *("file", "file_sha256", "format", "strategy"),
    )
    for run in runs.all_runs(review.transaction):
        times = (_moment(run.started), "" if run.finished is None else _moment(run.finished))
        counts = (run.reported, run.declared, len(run.rejected), len(run.undelivered))
        file = (run.file_name, run.file_sha256, run.format)
        yield (run.id, run.source, run.search or "", run.status.value, *times, *counts, *file, run.query)


def _moment(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _representatives(review: DepositedReview, phases: Iterable[Phase]) -> list[tuple[Report, StoredRecord]]:
    reports = [report for report in review.state.reports if report.phase in phases]
    stored = records.records_by_key(review.transaction, [report.key for report in reports])
    return [(report, stored[report.key]) for report in reports]


def _excluded(review: DepositedReview) -> Iterator[Row]:
    yield ("key", *_CITATION, "reason")
    for report, record in _representatives(review, [Phase.EXCLUDED]):
        yield (report.key, *citation_cells(record), review.reason(report))


def _included(review: DepositedReview) -> Iterator[Row]:
    yield ("study", "key", *_CITATION)
    for report, record in _representatives(review, [Phase.INCLUDED]):
        for study in report.studies or (report.key,):
            yield (study, report.key, *citation_cells(record))


def _not_retrieved(review: DepositedReview) -> Iterator[Row]:
    yield ("key", *_CITATION)
    for report, record in _representatives(review, [Phase.NOT_RETRIEVED]):
        yield (report.key, *citation_cells(record))


TABLES: Mapping[str, Callable[[DepositedReview], Iterator[Row]]] = {
    "records.csv": _records,
    "decisions.csv": _decisions,
    "merges.csv": _merges,
    "runs.csv": _runs,
    "excluded.csv": _excluded,
    "included.csv": _included,
    "not-retrieved.csv": _not_retrieved,
}
"""What makes the rows of each table, its header first."""


def table(rows: Iterable[Row]) -> Iterator[bytes]:
    """The bytes of a table."""
    return (line.encode() for line in table_lines(rows))


def strategies(review: DepositedReview) -> dict[str, bytes]:
    """The strategy of each search as it was last run from here, or as it is declared, by the name of its file."""
    last = {search.name: search.strategy for search in review.protocol.declared if search.strategy}
    last |= {run.search: run.query for run in runs.all_runs(review.transaction) if run.search and run.query}
    names = {name: f"strategies/{number:02}-{_plain(name)}.txt" for number, name in enumerate(sorted(last), 1)}
    return {names[name]: f"{query}\n".encode() for name, query in last.items()}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "search"
