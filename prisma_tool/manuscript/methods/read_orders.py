"""In which order titles and abstracts were screened, from `order` events."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_tool.flow.read import CountedVersion
from prisma_tool.manuscript.methods.facts import OrderedScreening, PrioritisationFacts
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.screening.prioritised.queue_order import OrderName
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction


def prioritisation(transaction: Transaction, counted: CountedVersion) -> PrioritisationFacts:
    """Who chose to screen by relevance in a version, and what was shown by chance meanwhile."""
    orders = list(event_rows.not_undone(transaction, EventKind.ORDER, counted.when.at))
    since = counted.reports.era.cut
    keys = {record.key for report in counted.reports.reports for record in report.records}
    drawn = {
        event.subject: bool(event.payload.get("stopping"))
        for event in orders
        if event.text("why") == "chance" and event.received > since and event.subject in keys
    }
    for_stopping = sum(drawn.values())
    spells = (spell for spell in _spells(orders) if spell.until is None or spell.until > since)
    return PrioritisationFacts(tuple(spells), len(drawn) - for_stopping, for_stopping)


def _spells(orders: list[Event]) -> Iterator[OrderedScreening]:
    """From when to when each reviewer went by relevance, and what read the meaning of the records meanwhile."""
    by_reviewer: dict[str, list[Event]] = {}
    for event in orders:
        if event.text("order") and not event.subject:
            by_reviewer.setdefault(event.reviewer, []).append(event)
    for chosen in by_reviewer.values():
        begun: Event | None = None
        for event in chosen:
            by_relevance = event.text("order") == OrderName.RELEVANCE
            if begun is not None and not (by_relevance and event.text("model") == begun.text("model")):
                yield _spell(begun, event)
                begun = None
            if begun is None and by_relevance:
                begun = event
        if begun is not None:
            yield _spell(begun, None)


def _spell(begun: Event, ended: Event | None) -> OrderedScreening:
    return OrderedScreening(begun.reviewer, begun.at, ended.at if ended else None, begun.tool_version, begun.text("model"))
