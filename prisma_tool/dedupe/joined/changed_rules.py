"""What stands joined by the rules of an earlier pass and would not be joined by the present ones.

Invariant: nothing is undone. Only the pairs that the engine's verdicts hold together are judged again, once for each change of the rules; the
outcome is kept in the log, in the event of the pass.
"""

from __future__ import annotations

from collections.abc import Iterable

from prisma_tool.dedupe.clustering import Judged, judge_pair
from prisma_tool.dedupe.joined.joined_groups import JoinedGroups
from prisma_tool.dedupe.judging.shared_places import mark_shared
from prisma_tool.dedupe.normalise import normalise
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.vocabulary import DuplicateVerdict
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import clusters, records
from prisma_tool.store.records.clusters import JoinedPair


def last_pass(transaction: Transaction) -> Event | None:
    """The newest pass of deduplication; None before the first."""
    return next(event_rows.events(transaction, kinds=[EventKind.DEDUPLICATION], newest_first=True, limit=1), None)


def joined_before(transaction: Transaction) -> list[Judged]:
    """The pairs that stand joined by the engine alone and that the present rules would not join, each as they judge it now.

    A pair whose two records the present rules would bring together by way of others is none: its join does not hang on it.
    """
    pairs = clusters.joined(transaction)
    judged = _judged(transaction, [pair for pair in pairs if not pair.by_person])
    by_person = [(pair.a, pair.b) for pair in pairs if pair.by_person]
    still = [(pair.a, pair.b) for pair in judged if pair.comparison.verdict is DuplicateVerdict.SAME]
    groups = JoinedGroups([*by_person, *still])
    return [pair for pair in judged if not groups.together(pair.a, pair.b)]


def _judged(transaction: Transaction, pairs: Iterable[JoinedPair]) -> list[Judged]:
    keys = [(pair.a, pair.b) for pair in pairs]
    stored = records.records_by_key(transaction, {key for pair in keys for key in pair})
    marked = mark_shared([normalise(key, record.source, record.citation) for key, record in stored.items()])
    comparables = {record.key: record for record in marked}
    return [judge_pair(comparables[a], comparables[b]) for a, b in keys]


def reasons_to_ask(transaction: Transaction) -> dict[tuple[str, str], tuple[str, int]]:
    """For the pairs that the newest change of the rules called in question, why, and when that was found (`Event.order`)."""
    passes = event_rows.events(transaction, kinds=[EventKind.DEDUPLICATION], newest_first=True)
    newest = next((event for event in passes if "joined_before" in event.payload), None)
    if newest is None:
        return {}
    return {(a, b): (reason, newest.clock) for a, b, reason in newest.payload["joined_before"]}
