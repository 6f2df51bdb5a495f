"""The page of one record: its text as while screening, then the records of its report, where it stands, and what was done. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.content import Content

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.tui.search.text import moment
from prisma_tool.tui.sessions.record_page_data import Opened, Told
from prisma_tool.tui.widgets.highlight import Term
from prisma_tool.tui.widgets.record_text import QUIET, Page, page, printed_in


def opened_page(opened: Opened, protocol: Protocol, wanted: tuple[Term, ...]) -> Page:
    """Everything about a record."""
    body = page(opened, wanted)
    parts = [
        _section("Where it stands", _standing(opened, protocol)),
        _section(f"The {len(opened.records)} records of this report", _members(opened))
        if len(opened.records) > 1
        else Content(""),
        _section("What was done", _done(opened.history)),
    ]
    return Page(body.notices, Content("\n\n").join([body.content, *(part for part in parts if part)]), body.marks)


def _section(heading: str, lines: Iterable[Content]) -> Content:
    return Content("\n").join([Content.styled(heading, "bold underline"), *lines])


def _standing(opened: Opened, protocol: Protocol) -> Iterator[Content]:
    report = opened.report
    reason = f": {one_line(protocol.reason_label(report.reason))}" if report.reason else ""
    yield Content.styled(f"{report.phase.value.capitalize()}{reason}", "bold")
    if opened.key != report.key:
        yield Content(f"Duplicate, counted under {one_line(report.key)}")
    if report.studies:
        yield Content.assemble(("Studies  ", QUIET), ", ".join(map(one_line, report.studies)))
    yield from map(Content, opened.votes)


def _members(opened: Opened) -> Iterator[Content]:
    for record in sorted(opened.records, key=lambda record: not record.is_representative):
        yield Content("\n").join([_member_head(record), *(Content(f"  {line}") for line in _member_facts(record) if line)])


def _member_head(record: StoredRecord) -> Content:
    shown = ", shown for all" if record.is_representative else ""
    return Content.assemble((one_line(record.key), "bold"), f" · {one_line(record.source)}{shown}")


def _member_facts(record: StoredRecord) -> Iterator[str]:
    citation = record.citation
    yield one_line(citation.title or citation.vernacular_title) or "(no title)"
    yield printed_in(citation)
    numbers = (("DOI", citation.doi), ("PMID", citation.pmid), ("PMCID", citation.pmcid))
    known = [f"{name} {one_line(value)}" for name, value in numbers if value]
    yield " · ".join([*known, *map(one_line, citation.registry_numbers)])


def _done(history: tuple[Told, ...]) -> Iterator[Content]:
    if not history:
        yield Content.styled("Nothing yet: no vote, note, label or link.", QUIET)
    for one in history:
        yield Content.assemble((f"{moment(one.event.at)}  ", QUIET), one.words)
