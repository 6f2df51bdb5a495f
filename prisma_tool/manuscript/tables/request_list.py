"""The list for a library: the full texts that are wanted and that nobody has found, with what was tried.

Invariant: every report that is sought and has no full text is a row, whatever was tried for it; an attempt that nobody noted is not told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from prisma_tool.formats.account.export_row import ExportRow
from prisma_tool.formats.ris.writer import write_ris
from prisma_tool.fulltext.attempts import FullText, attempt_text, full_texts
from prisma_tool.manuscript.document.blocks import Block, Document, Paragraph, Table
from prisma_tool.manuscript.tables.listed_reports import ListedReport, listed_reports
from prisma_tool.manuscript.tables.review_table import ReviewTable
from prisma_tool.model.text import counted, one_line
from prisma_tool.reports.state import Phase, Report, load_review_state
from prisma_tool.review.open_review import Review

_WANTED = frozenset({Phase.SEEKING, Phase.NOT_RETRIEVED})
_COLUMNS = (
    "key",
    "reference",
    "title",
    "journal",
    "year",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "registry_numbers",
    "tried",
    "note",
)
_STYLE = "vancouver"
NOTHING_TRIED = "nothing was noted as tried"


@dataclass(frozen=True, slots=True)
class RequestedText:
    """A full text that is wanted: its report, its source's label, what was tried, oldest first, and what was noted when it was given up."""

    report: ListedReport
    source: str
    tried: tuple[str, ...]
    note: str

    @property
    def known(self) -> tuple[str, ...]:
        """All that is known of the search for it."""
        return (*self.tried, *([f"Noted: {self.note}"] if self.note else []))


def request_list(review: Review) -> ReviewTable:
    """The full texts that are wanted: those of reports not yet retrieved or marked as not retrieved."""
    with review.store.read() as transaction:
        state = load_review_state(transaction)
        wanted = {report.key: report for report in state.reports if report.phase in _WANTED}
        known = full_texts(transaction, {key: [one.key for one in report.records] for key, report in wanted.items()})
        listed = listed_reports(transaction, [key for key in wanted if not known[key].files], _STYLE)
        labels = {slug: source.name for slug, source in state.sources.items()}
    rows = tuple(_requested(report, wanted[key], known[key], labels) for key, report in listed.items())
    return _list(rows)


def _requested(report: ListedReport, of: Report, known: FullText, labels: Mapping[str, str]) -> RequestedText:
    source = next(one.source for one in of.records if one.key == report.key)
    return RequestedText(report, labels.get(source, source), tuple(map(attempt_text, known.attempts)), one_line(known.note))


def _list(rows: tuple[RequestedText, ...]) -> ReviewTable:
    blocks: list[Block] = [Paragraph(_sentence(rows))]
    if rows:
        numbers = (" · ".join(f"{name} {value}" for name, value in _numbers(row)) for row in rows)
        reading = (
            (row.report.reference, number, row.known or (NOTHING_TRIED,)) for row, number in zip(rows, numbers, strict=True)
        )
        blocks.append(Table(("Full text wanted", "Numbers", "What was tried"), tuple(reading), (5, 2, 4)))
    data = [dict(zip(_COLUMNS, _cells(row), strict=True)) | {"tried": list(row.tried)} for row in rows]
    return ReviewTable(
        document=Document("Full texts wanted", tuple(blocks), landscape=True),
        header=_COLUMNS,
        rows=tuple(map(_cells, rows)),
        data={"n": len(rows), "reports": data},
        hints=("`prisma-tool retrieve --find --all` asks services first.",) if any(not row.known for row in rows) else (),
        more_writers={".ris": lambda: b"".join(write_ris(map(_export_row, rows)))},
    )


def _sentence(rows: tuple[RequestedText, ...]) -> str:
    if not rows:
        return "No full text is wanted: every report that is sought was retrieved."
    untried = sum(not row.known for row in rows)
    wanted = f"{counted(len(rows), 'full text')} {'is' if len(rows) == 1 else 'are'} wanted"
    return (
        f"{wanted}; for {untried} of them nothing was noted as tried."
        if untried
        else f"{wanted}; what was tried stands beside each."
    )


def _numbers(row: RequestedText) -> list[tuple[str, str]]:
    named = (
        ("DOI", row.report.citation.doi),
        ("PMID", row.report.citation.pmid),
        ("", "; ".join(row.report.citation.registry_numbers)),
    )
    return [(name, one_line(value)) for name, value in named if value]


def _cells(row: RequestedText) -> tuple[str, ...]:
    one = row.report.citation
    place = (one.title, one.journal or one.journal_abbreviation, str(one.year or ""), one.volume, one.issue, one.pages)
    return (
        row.report.key,
        row.report.reference,
        *map(one_line, place),
        *row.report.numbers.values(),
        "; ".join(row.tried),
        row.note,
    )


def _export_row(row: RequestedText) -> ExportRow:
    """The reference for a library's program, with what was tried as notes: nothing of what reviewers decided goes out with it."""
    key, citation = row.report.key, row.report.citation
    kind = tuple(pair for pair in citation.extra if pair[0] == "TY")
    notes = tuple(("N1", note) for note in row.known)
    return ExportRow(key, row.source, "", key, True, replace(citation, extra=(*kind, *notes)), "", "")
