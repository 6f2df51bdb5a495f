"""The records of one report and the verdicts that join them, as text. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content

from prisma_tool.model.log.events import ENGINE, Event
from prisma_tool.model.text import one_line
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.tui.widgets.record_text import QUIET, authors, day, printed_in


def cluster_text(records: Sequence[StoredRecord], verdicts: Sequence[Event]) -> Content:
    """Each record with its source, then why they are together; empty for a single record about which nobody said anything."""
    if len(records) == 1 and not verdicts:
        return Content("")
    parts = [_record(record) for record in records]
    return Content("\n\n").join([*parts, *([Content("\n").join(list(_verdicts(verdicts)))] if verdicts else [])])


def _record(record: StoredRecord) -> Content:
    shown = " (shown)" if record.is_representative else ""
    return Content.assemble(
        (one_line(record.citation.title) or "(no title)", "bold"),
        "\n",
        authors(record.citation.authors),
        "\n",
        printed_in(record.citation),
        "\n",
        (f"{one_line(record.source)} ({one_line(record.key)}){shown}", QUIET),
    )


def _verdicts(verdicts: Sequence[Event]) -> Iterator[Content]:
    for event in verdicts:
        who = "by rule" if event.reviewer == ENGINE else f"by {one_line(event.reviewer)}"
        pair = one_line(f"{event.subject} and {event.text('other')}")
        why = one_line(event.text("reason"))
        yield Content(f"{pair}: {event.text('verdict')}, {who}, {day(event)}{f' ({why})' if why else ''}")
