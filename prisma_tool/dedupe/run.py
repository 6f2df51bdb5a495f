"""Deduplicating a review: comparing what is new with all, and stating verdicts as events.

Invariants: nothing is deleted; a verdict that stands, above all a person's, is never restated, save that the engine asks anew where it
was unsure and a correction has told more; records compared before are not compared again unless they were corrected.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from prisma_tool.dedupe import blocking, changed_rules, compare
from prisma_tool.dedupe.blocking import collection_paused
from prisma_tool.dedupe.clustering import Judged, judge_pair, without_chains
from prisma_tool.dedupe.least_certain import least_certain
from prisma_tool.dedupe.normalise import Comparable, normalise
from prisma_tool.dedupe.strict_mode import strictly
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.vocabulary import DuplicateVerdict
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import clusters, records

RULES_VERSION = 1
"""Raised whenever the rules in `compare` change meaning, so that the configuration's hash tells results apart."""


@dataclass(frozen=True, slots=True)
class DedupeReport:
    """Where deduplication stands; the keys of `dedupe --json`. Both kinds of sources count together (counting rule 7)."""

    records: int
    unique: int
    duplicates_removed: int
    clusters: int
    uncertain: int
    seconds: float
    least_certain: int = 0
    """Pairs that the engine joined and that least speaks for; those below among them."""
    joined_before_would_ask: int = 0
    """Pairs that stand joined by earlier rules and that the present ones would not join."""


@dataclass(frozen=True, slots=True)
class _DedupeWork:
    """All records, those to compare, the groups that stand, and the pairs already judged."""

    comparables: list[Comparable]
    fresh: frozenset[str]
    groups: dict[str, frozenset[str]]
    judged: frozenset[tuple[str, str]]
    until: datetime


def configuration_hash() -> str:
    """A fingerprint of all thresholds, stored with each result."""
    parts = (RULES_VERSION, compare.SAME_TITLE, compare.LIKE_TITLE, compare.UNLIKE_TITLE, compare.TELLING_WORDS)
    return hashlib.sha256(repr((*parts, blocking.RARE_WORDS, blocking.LARGEST_BLOCK)).encode()).hexdigest()[:16]


def deduplicate(review: Review, clock: Callable[[], float], *, strict: bool = False) -> DedupeReport:
    """Compare the records that arrived since the last pass with all, and join those that are one report.

    Args:
        review: the review; verdicts are stored as events.
        clock: gives seconds, for the report's figure.
        strict: join on certain grounds only (see `strict_mode`) and leave everything else that looks the same to a person.
    """
    started = clock()
    with collection_paused():
        _pass(review, strict=strict)
    with review.store.read() as transaction:
        return current_report(transaction, round(clock() - started, 3))


def _pass(review: Review, *, strict: bool) -> None:
    with review.store.read() as transaction:
        changes = _changed_rules(transaction)
        work = _gather(transaction) if clusters.waiting_keys(transaction) or clusters.corrected_keys(transaction) else None
        if work is None and not changes:
            return
        unchanged = {"compared_until": (clusters.compared_until(transaction) or transaction.now()).isoformat()}
    stated = [] if work is None else _judge(work, strict=strict)
    compared = unchanged if work is None else {**_summary(work, stated), "strict": strict}
    payload = {"configuration": configuration_hash(), **compared, **changes}
    with review.store.write() as transaction:
        event_log.append(transaction, [*map(_draft, stated), event_log.Draft(EventKind.DEDUPLICATION, payload=payload)])


def _changed_rules(transaction: Transaction) -> dict[str, object]:
    """Where the rules have changed since the last pass, which pairs stand joined that they would not join; nothing is undone."""
    newest = changed_rules.last_pass(transaction)
    if newest is None or newest.text("configuration") == configuration_hash():
        return {}
    pairs = changed_rules.joined_before(transaction)
    return {"joined_before": [[pair.a, pair.b, pair.comparison.rule] for pair in pairs]}


def last_findings(transaction: Transaction) -> list[tuple[str, str, str, int]]:
    """What the last pass of deduplication stated, the most frequent first; empty before the first pass.

    Returns:
        Rows of verdict, rule, the slugs of the two sources ("a and b") and the number of pairs.
    """
    passes = event_rows.events(transaction, kinds=[EventKind.DEDUPLICATION], newest_first=True)
    newest = next((event for event in passes if "found" in event.payload), None)
    return [] if newest is None else [(row[0], row[1], row[2], int(row[3])) for row in newest.payload["found"]]


def neighbours(review: Review, key: str) -> list[Judged]:
    """Records that were worth a comparison with this one and are not joined with it, the likest first, with the reasons why not."""
    with review.store.read() as transaction:
        work = _gather(transaction)
    records_ = work.comparables
    judged = [judge_pair(records_[i], records_[j]) for i, j in blocking.candidate_pairs(records_, {key})]
    apart = [pair for pair in judged if pair.b not in work.groups[pair.a] and pair.comparison.findings]
    return sorted(apart, key=lambda pair: (-pair.comparison.likeness, pair.a, pair.b))


def current_report(transaction: Transaction, seconds: float = 0.0) -> DedupeReport:
    """The numbers as they stand now."""
    counted, least = clusters.counts(transaction), least_certain(transaction)
    return DedupeReport(
        records=counted.records,
        unique=counted.unique,
        duplicates_removed=counted.records - counted.unique,
        clusters=counted.joined,
        uncertain=len(clusters.uncertain(transaction)),
        seconds=seconds,
        least_certain=len(least),
        joined_before_would_ask=sum(bool(pair.would_ask) for pair in least),
    )


def _gather(transaction: Transaction) -> _DedupeWork:
    members: dict[str, set[str]] = {}
    comparables = []
    for record in records.all_records(transaction):
        members.setdefault(record.cluster, set()).add(record.key)
        comparables.append(normalise(record.key, record.source, record.citation))
    corrected = clusters.corrected_keys(transaction)
    return _DedupeWork(
        comparables=comparables,
        fresh=frozenset(clusters.waiting_keys(transaction) | corrected),
        groups={key: frozenset(group) for group in members.values() for key in group},
        judged=frozenset(
            pair for pair, verdict in clusters.verdicts(transaction).items() if corrected.isdisjoint(pair) or not _asks(verdict)
        ),
        until=clusters.latest_arrival(transaction) or transaction.now(),
    )


def _asks(verdict: Event) -> bool:
    return verdict.reviewer == ENGINE and verdict.text("verdict") == DuplicateVerdict.UNSURE


def _judge(work: _DedupeWork, *, strict: bool) -> list[Judged]:
    by_key = {record.key: record for record in work.comparables}
    pairs = blocking.candidate_pairs(work.comparables, work.fresh)
    judged = (judge_pair(work.comparables[i], work.comparables[j]) for i, j in pairs)
    undecided = (pair for pair in judged if (pair.a, pair.b) not in work.judged)
    return without_chains(map(strictly, undecided) if strict else undecided, by_key, work.groups)


def _draft(pair: Judged) -> event_log.Draft:
    comparison = pair.comparison
    payload = {
        "other": pair.b,
        "verdict": comparison.verdict.value,
        "reason": comparison.reason,
        "findings": {name: finding.value for name, finding in comparison.findings},
    }
    return event_log.Draft(EventKind.DUPLICATE, pair.a, reviewer=ENGINE, payload=payload)


def _summary(work: _DedupeWork, stated: Sequence[Judged]) -> dict[str, object]:
    source = {record.key: record.source for record in work.comparables}
    counts = Counter(
        (pair.comparison.verdict.value, pair.comparison.rule, " and ".join(sorted((source[pair.a], source[pair.b]))))
        for pair in stated
    )
    return {
        "compared_until": work.until.isoformat(),
        "fresh": len(work.fresh),
        "stated": len(stated),
        "found": [[*what, n] for what, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))],
    }
