"""Reports excluded at full text, with the reason of each (PRISMA 2020 item 16b).

Invariant: there is a row for every record behind the figure's boxes of excluded reports; near misses, which a person marked with a label,
come first. A note is the one that stands on a vote or ruling that excludes, as far as the viewer may read it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from prisma_tool.flow.flow import Adjustment, Flow
from prisma_tool.flow.read import flow_at
from prisma_tool.flow.scope import Scope, resolve
from prisma_tool.manuscript.document.blocks import Block, Document, Heading, Paragraph, Table
from prisma_tool.manuscript.tables.listed_reports import ListedReport, listed_reports
from prisma_tool.manuscript.tables.review_table import ReviewTable, entered_sentences, scope_sentence
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.text import fold, one_line
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.reports.blinding import sight
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import record_events

NEAR_MISS = "near miss"
_NEAR_MISSES = frozenset({NEAR_MISS, "near misses"})
_COLUMNS = ("key", "near_miss", "reference", "reason", "note", "identified_by", "doi", "pmid", "registry_numbers")
_ARMS = {"dbr_excluded": "databases and registers", "other_excluded": "other methods"}
HOW_TO_MARK = f'`prisma-tool label KEY "{NEAR_MISS}"` marks a report that readers might expect among the included ones.'


@dataclass(frozen=True, slots=True)
class ExcludedReport:
    """A report that was excluded at full text: why, what was noted, and whether it is marked as a near miss."""

    report: ListedReport
    reason: str
    note: str
    near_miss: bool
    arm: str


def excluded_keys(flow: Flow) -> list[tuple[str, str, str]]:
    """(key, reason, list of the flow) of every record behind the boxes of excluded reports, in the figure's order."""
    lists = ((name, getattr(flow, name)) for name in _ARMS)
    return [(key, label, name) for name, lines in lists for label, counted in lines.items() for key in counted.records]


def near_misses(transaction: Transaction, members: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Those of the reports (by key, with their records) that are labelled as near misses."""
    keys = {record for records in members.values() for record in records}
    marked = {key for key, label in record_events.labels_on(transaction, keys) if fold(label) in _NEAR_MISSES}
    return frozenset(key for key, records in members.items() if not marked.isdisjoint(records))


def excluded_table(review: Review, viewer: str, version: str, style: str) -> ReviewTable:
    """The excluded reports of the review as it stands, or of a closed version.

    Raises:
        PrismaError: no such version, or the citation style cannot be used.
    """
    scope = Scope(version=version)
    with review.store.read() as transaction:
        when = resolve(transaction, scope)
        flow = flow_at(transaction, review.protocol, when, scope, listed=False)
        rows = _excluded(transaction, flow, viewer, style, when.at)
    return _table(flow, rows, version)


def _excluded(transaction: Transaction, flow: Flow, viewer: str, style: str, by: datetime | None) -> list[ExcludedReport]:
    keys = excluded_keys(flow)
    reports = listed_reports(transaction, [key for key, _, _ in keys], style)
    members = {key: report.records for key, report in reports.items()}
    near, notes = near_misses(transaction, members), _notes(transaction, members, viewer, by)
    rows = [ExcludedReport(reports[key], reason, notes[key], key in near, _ARMS[name]) for key, reason, name in keys]
    return sorted(rows, key=lambda row: not row.near_miss)


def _notes(transaction: Transaction, members: Mapping[str, tuple[str, ...]], viewer: str, by: datetime | None) -> dict[str, str]:
    """What was noted when a report was excluded, each text once."""
    keys = {record for records in members.values() for record in records}
    kinds = (EventKind.DECISION, EventKind.ADJUDICATION)
    readable = sight(transaction, viewer, keys)
    events = [
        event for event in record_events.standing_on(transaction, keys, kinds) if _excludes(event, by) and readable.event(event)
    ]
    texts: dict[str, list[str]] = {}
    for event in events:
        texts.setdefault(event.subject, []).append(one_line(event.text("note")))
    return {key: "; ".join(dict.fromkeys(_of_members(records, texts))) for key, records in members.items()}


def _of_members(records: Iterable[str], texts: Mapping[str, list[str]]) -> Iterator[str]:
    return (text for record in records for text in texts.get(record, ()) if text)


def _excludes(event: Event, by: datetime | None) -> bool:
    known = by is None or event.received <= by
    return known and event.stage == Stage.FULL_TEXT and event.text("verdict") == Verdict.EXCLUDE


def _adjustments(flow: Flow) -> tuple[Adjustment, ...]:
    return tuple(one for name in _ARMS for counted in getattr(flow, name).values() for one in counted.adjustments)


def _table(flow: Flow, rows: list[ExcludedReport], version: str) -> ReviewTable:
    near, others = [row for row in rows if row.near_miss], [row for row in rows if not row.near_miss]
    blocks: list[Block] = [Paragraph(_sentence(len(rows), len(near))), Paragraph(scope_sentence(flow, version))]
    blocks += map(Paragraph, entered_sentences(_adjustments(flow), "reports"))
    if near:
        blocks += [Heading(1, "Near misses"), _reading_table(near)]
    if others:
        blocks += [Heading(1, "Other excluded reports"), _reading_table(others)] if near else [_reading_table(others)]
    data = [dict(zip(_COLUMNS, _cells(row), strict=True)) | {"near_miss": row.near_miss} for row in rows]
    return ReviewTable(
        document=Document("Reports excluded at full text, with reasons", tuple(blocks), landscape=True),
        header=_COLUMNS,
        rows=tuple(map(_cells, rows)),
        data={"version": version, "interim": flow.interim, "n": len(rows), "near_misses": len(near), "reports": data},
        hints=(HOW_TO_MARK,) if rows and not near else (),
    )


def _sentence(n: int, near: int) -> str:
    if not n:
        return "No report was excluded at full text."
    marked = (
        f"{near} marked as near {'miss stands' if near == 1 else 'misses stand'} first."
        if near
        else "None is marked as a near miss."
    )
    return f"{n} {'report was' if n == 1 else 'reports were'} excluded after the full text was assessed. {marked}"


def _reading_table(rows: Iterable[ExcludedReport]) -> Table:
    return Table(("Report", "Reason", "Note"), tuple((row.report.reference, row.reason, row.note) for row in rows), (60, 18, 22))


def _cells(row: ExcludedReport) -> tuple[str, ...]:
    near = "yes" if row.near_miss else ""
    return (row.report.key, near, row.report.reference, row.reason, row.note, row.arm, *row.report.numbers.values())
