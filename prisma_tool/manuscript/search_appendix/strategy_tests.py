"""What tests of the strategies found: hits for each line, and known records that a strategy finds or misses.

Invariant: a test belongs to exactly the strategy that it was made with; a wording that was changed since has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from prisma_tool.identify.strategy.guard.press import PressHeading
from prisma_tool.identify.strategy.hits import COUNTED
from prisma_tool.identify.strategy.known_item_test import TESTED, Missed
from prisma_tool.identify.strategy.peer_review import REVIEWED
from prisma_tool.manuscript.search_appendix.data import KnownItemTest, PeerReviewAnswer, StrategyLine
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.text import one_line
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction


@dataclass(frozen=True, slots=True)
class LineCounts:
    """When a strategy was counted, the hits by line number, and those of the whole; None where the service refused."""

    at: datetime
    hits: Mapping[int, int | None]
    whole: int | None


@dataclass(frozen=True, slots=True)
class StrategyTests:
    """The newest count of each (search, strategy), and all known-item tests of each search, oldest first."""

    counts: Mapping[tuple[str, str], LineCounts] = field(default_factory=dict)
    known: Mapping[str, tuple[KnownItemTest, ...]] = field(default_factory=dict)
    reviewed: Mapping[tuple[str, str], tuple[PeerReviewAnswer, ...]] = field(default_factory=dict)
    """The answers of a peer review by (search, strategy), in the order of PRESS's headings."""


def tests(transaction: Transaction) -> StrategyTests:
    """The tests that a review keeps."""
    return tests_in(event_rows.events(transaction, kinds=[EventKind.STRATEGY]))


def tests_in(events: Iterable[Event]) -> StrategyTests:
    """The tests that these events tell of, in the order of their ids. Pure."""
    counts: dict[tuple[str, str], LineCounts] = {}
    known: dict[str, tuple[KnownItemTest, ...]] = {}
    reviewed: dict[tuple[str, str], dict[tuple[str, str], PeerReviewAnswer]] = {}
    for event in events:
        if event.text("act") == COUNTED:
            counts[event.subject, event.text("strategy")] = _counts(event)
        elif event.text("act") == TESTED:
            known[event.subject] = (*known.get(event.subject, ()), _known(event))
        elif event.text("act") == REVIEWED:
            answer = PeerReviewAnswer(event.at, event.text("heading"), one_line(event.text("answer")), one_line(event.text("by")))
            # The newest answer of a person under a heading stands.
            reviewed.setdefault((event.subject, event.text("strategy")), {})[answer.heading, answer.by] = answer
    return StrategyTests(counts, known, {of: tuple(sorted(given.values(), key=_place)) for of, given in reviewed.items()})


def _place(answer: PeerReviewAnswer) -> tuple[int, datetime]:
    headings = [heading.value for heading in PressHeading]
    return (headings.index(answer.heading) if answer.heading in headings else len(headings)), answer.at


def _counts(event: Event) -> LineCounts:
    lines = event.payload.get("lines", ())
    return LineCounts(event.at, {int(line["line"]): line["count"] for line in lines}, event.payload.get("count"))


def _known(event: Event) -> KnownItemTest:
    payload = event.payload
    return KnownItemTest(
        at=event.at,
        retrieved=tuple(one_line(str(item)) for item in payload.get("found", ())),
        missed=tuple(
            Missed(one_line(str(item["id"])), tuple(map(int, item["lost_by"])), bool(item.get("in_source", True)))
            for item in payload.get("missed", ())
        ),
        lines=tuple(StrategyLine(int(line["line"]), line["text"]) for line in payload.get("lines", ())),
    )
