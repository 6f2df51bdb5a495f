"""How duplicates were found, read for the search appendix (PRISMA-S item 16).

Invariant: records of the flow diagram are told by what they are: duplicates among all records, or hits that an earlier version had
screened, or numbers that were entered by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from prisma_tool.flow.flow import Flow
from prisma_tool.flow.version_view import counted_reports
from prisma_tool.manuscript.search_appendix.data import Deduplication, DeduplicationPass
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import DuplicateVerdict
from prisma_tool.reports.state import ReviewState
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import rebuild


def read_deduplication(transaction: Transaction, review_state: ReviewState, flow: Flow, at: datetime | None) -> Deduplication:
    """The deduplication of a review at a moment (None for now); the flow is that of the version reported."""
    passes = list(event_rows.events(transaction, kinds=[EventKind.DEDUPLICATION], received_by=at))
    records, reports = review_state.record_number, sum(report.n for report in review_state.reports)
    known = {record.key for record in counted_reports(review_state, transaction.protocol).identified if record.known}
    # What an earlier version had screened is always listed.
    in_box, unlisted = flow.duplicates.records, flow.duplicates.unlisted
    return Deduplication(
        records=records,
        reports=reports,
        removed=records - reports,
        uncertain=review_state.uncertain_pairs,
        waiting=len(review_state.waiting),
        passes=tuple(map(_pass, passes)),
        rules=tuple(_rules(passes)),
        by_hand=tuple(_by_hand(rebuild.pairs_by_people(transaction, at))),
        in_flow=sum(key not in known for key in in_box) + unlisted,
        found_again=sum(key in known for key in in_box),
        entered=flow.duplicates.n - flow.duplicates.members,
    )


def _pass(event: Event) -> DeduplicationPass:
    payload = event.payload
    return DeduplicationPass(
        event.at, event.tool_version, int(payload.get("fresh", 0)), bool(payload.get("strict")), event.text("configuration")
    )


def _rules(passes: Iterable[Event]) -> Iterator[tuple[str, str, int]]:
    """(verdict, rule, pairs) over all passes and sources, the most frequent first."""
    pairs: Counter[tuple[str, str]] = Counter()
    for event in passes:
        for verdict, rule, _, n in event.payload.get("found", ()):
            pairs[str(verdict), one_line(str(rule))] += int(n)
    yield from sorted(((verdict, rule, n) for (verdict, rule), n in pairs.items()), key=lambda item: (-item[2], item[:2]))


def _by_hand(verdicts: Iterable[Event]) -> Iterator[tuple[str, int]]:
    """(verdict, pairs) that people stated and that stand."""
    stated = Counter(event.text("verdict") for event in verdicts)
    yield from ((verdict.value, stated[verdict.value]) for verdict in DuplicateVerdict if stated[verdict.value])
