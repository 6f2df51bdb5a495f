"""The page of one record: its text as while screening, then the records of its report, where it stands, and what was done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.content import Content

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.tui.sessions.record_page_data import HistoryLine, RecordDetails
from prisma_tool.tui.widgets.highlight import HighlightTerm
from prisma_tool.tui.widgets.record_text import QUIET, ReportPage, printed_in, report_page
from prisma_tool.tui.widgets.verdict_look import standing
from prisma_tool.tui.words.phrases import moment


def record_details_page(details: RecordDetails, protocol: Protocol, highlighted: tuple[HighlightTerm, ...]) -> ReportPage:
    """Everything about a record."""
    body = report_page(details, highlighted)
    parts = [
        _section("Where it stands", _state(details, protocol)),
        _section(f"The {len(details.records)} records of this report", _members(details))
        if len(details.records) > 1
        else Content(""),
        _section("What was done", _history(details.history)),
    ]
    return ReportPage(body.notices, Content("\n\n").join([body.content, *(part for part in parts if part)]), body.marks)


def _section(heading: str, lines: Iterable[Content]) -> Content:
    return Content("\n").join([Content.styled(heading, "bold underline"), *lines])


def _state(details: RecordDetails, protocol: Protocol) -> Iterator[Content]:
    report = details.report
    reason = f": {one_line(protocol.reason_label(report.reason))}" if report.reason else ""
    yield standing(report.phase, f"{report.phase.value.capitalize()}{reason}").stylize("bold")
    if details.key != report.key:
        yield Content(f"Duplicate, counted under {one_line(report.key)}")
    if report.studies:
        yield Content.assemble(("Studies  ", QUIET), ", ".join(map(one_line, report.studies)))
    yield from map(Content, details.votes)


def _members(details: RecordDetails) -> Iterator[Content]:
    for record in sorted(details.records, key=lambda record: not record.is_representative):
        yield Content("\n").join([_member_head(record), *(Content(f"  {line}") for line in _member_facts(record) if line)])


def _member_head(record: StoredRecord) -> Content:
    representative = ", shown for all" if record.is_representative else ""
    return Content.assemble((one_line(record.key), "bold"), f" · {one_line(record.source)}{representative}")


def _member_facts(record: StoredRecord) -> Iterator[str]:
    citation = record.citation
    yield one_line(citation.title or citation.vernacular_title) or "(no title)"
    yield printed_in(citation)
    numbers = (("DOI", citation.doi), ("PMID", citation.pmid), ("PMCID", citation.pmcid))
    known = [f"{name} {one_line(value)}" for name, value in numbers if value]
    yield " · ".join([*known, *map(one_line, citation.registry_numbers)])


def _history(lines: tuple[HistoryLine, ...]) -> Iterator[Content]:
    if not lines:
        yield Content.styled("Nothing yet: no vote, note, label or link.", QUIET)
    for line in lines:
        yield Content.assemble((f"{moment(line.event.at)}  ", QUIET), line.words)
