"""Reports that were sought and not retrieved: what was tried, and when.

Invariant: there is a row for every record behind the figure's boxes of reports not retrieved; an attempt that nobody noted is not told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from prisma_tool.flow.flow import Adjustment, Count, Flow
from prisma_tool.flow.read import flow_at
from prisma_tool.flow.scope import Scope, resolve
from prisma_tool.fulltext.attempts import FullText, attempt_text, full_texts
from prisma_tool.manuscript.document.blocks import Block, Document, Paragraph, Table
from prisma_tool.manuscript.tables.listed_reports import ListedReport, listed_reports
from prisma_tool.manuscript.tables.review_table import ReviewTable, entered_sentences, scope_sentence
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review

_COLUMNS = ("key", "reference", "attempts", "last_attempt", "note", "identified_by", "doi", "pmid", "registry_numbers")
_ARMS = {"dbr_notretrieved_reports": "databases and registers", "other_notretrieved_reports": "other methods"}
HOW_TO_NOTE = '`prisma-tool retrieve KEY --asked "Name"` and `--tried "Place"` note an attempt, `--on DAY` when it was.'
NOT_NOTED = "no attempt was noted"


@dataclass(frozen=True, slots=True)
class MissingReport:
    """A report that was not retrieved: the attempts in words, oldest first, the day of the newest, and the note on the status."""

    report: ListedReport
    attempts: tuple[str, ...]
    last: str
    note: str
    arm: str


def not_retrieved_table(review: Review, version: str, style: str) -> ReviewTable:
    """The reports not retrieved, of the review as it stands or of a closed version.

    Raises:
        PrismaError: no such version, or the citation style cannot be used.
    """
    scope = Scope(version=version)
    with review.store.read() as transaction:
        when = resolve(transaction, scope)
        flow = flow_at(transaction, review.protocol, when, scope, listed=False)
        arms = {key: arm for name, arm in _ARMS.items() for key in _count(flow, name).records}
        reports = listed_reports(transaction, arms, style)
        known = full_texts(transaction, {key: report.records for key, report in reports.items()})
    return _table(flow, [_row(reports[key], known[key], arm, when.at) for key, arm in arms.items()], version)


def _count(flow: Flow, name: str) -> Count:
    counted: Count | None = getattr(flow, name)
    return counted or Count()


def _row(report: ListedReport, known: FullText, arm: str, by: datetime | None) -> MissingReport:
    attempts = [event for event in known.attempts if by is None or event.received <= by]
    last = f"{attempts[-1].at:%Y-%m-%d}" if attempts else ""
    return MissingReport(report, tuple(map(attempt_text, attempts)), last, one_line(known.note), arm)


def _table(flow: Flow, rows: list[MissingReport], version: str) -> ReviewTable:
    adjustments: tuple[Adjustment, ...] = tuple(one for name in _ARMS for one in _count(flow, name).adjustments)
    blocks: list[Block] = [Paragraph(_sentence(rows)), Paragraph(scope_sentence(flow, version))]
    blocks += map(Paragraph, entered_sentences(adjustments, "reports"))
    if rows:
        reading = ((row.report.reference, "; ".join(row.attempts) or NOT_NOTED, row.note) for row in rows)
        blocks.append(Table(("Report", "What was tried", "Note"), tuple(reading)))
    data = [dict(zip(_COLUMNS, _cells(row), strict=True)) | {"attempts": list(row.attempts)} for row in rows]
    return ReviewTable(
        document=Document("Reports sought and not retrieved", tuple(blocks), landscape=True),
        header=_COLUMNS,
        rows=tuple(map(_cells, rows)),
        data={"version": version, "interim": flow.interim, "n": len(rows), "reports": data},
        hints=(HOW_TO_NOTE,) if any(not row.attempts for row in rows) else (),
    )


def _sentence(rows: list[MissingReport]) -> str:
    if not rows:
        return "Every report that was sought was retrieved, or is still being sought."
    noted = sum(bool(row.attempts) for row in rows)
    n = len(rows)
    return f"{n} {'report was' if n == 1 else 'reports were'} sought and not retrieved; attempts are noted for {noted}."


def _cells(row: MissingReport) -> tuple[str, ...]:
    return (
        row.report.key,
        row.report.reference,
        "; ".join(row.attempts),
        row.last,
        row.note,
        row.arm,
        *row.report.numbers.values(),
    )
