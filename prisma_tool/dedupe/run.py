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

from prisma_tool.dedupe import blocking, evidence, findings, place, rules
from prisma_tool.dedupe.blocking import collection_paused
from prisma_tool.dedupe.clustering import Judged, judge_pair, without_chains
from prisma_tool.dedupe.normalise import Comparable, normalise
from prisma_tool.dedupe.shared_dois import mark_shared_dois
from prisma_tool.dedupe.strict_mode import strictly
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.vocabulary import DuplicateVerdict
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import clusters, records

RULES_VERSION = 2
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
    titles = (findings.SAME_TITLE, findings.LIKE_TITLE, findings.SPELT_OTHERWISE, findings.UNLIKE_TITLE, findings.TELLING_WORDS)
    abstracts = (evidence.TELLING_ABSTRACT, evidence.EQUAL_ABSTRACTS, evidence.OTHER_ABSTRACTS, evidence.OTHER_NUMBERS)
    parts = (RULES_VERSION, *titles, *abstracts, evidence.RARE_NUMBERS, place.SEVERAL_PAGES, rules.SEVERAL_NAMES)
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
        if not clusters.waiting_keys(transaction) and not clusters.corrected_keys(transaction):
            return
        work = _gather(transaction)
    stated = _judge(work, strict=strict)
    with review.store.write() as transaction:
        summary = event_log.Draft(EventKind.DEDUPLICATION, payload={**_summary(work, stated), "strict": strict})
        event_log.append(transaction, [*map(_draft, stated), summary])


def last_findings(transaction: Transaction) -> list[tuple[str, str, str, int]]:
    """What the last pass of deduplication stated, the most frequent first; empty before the first pass.

    Returns:
        Rows of verdict, rule, the slugs of the two sources ("a and b") and the number of pairs.
    """
    newest = next(event_rows.events(transaction, kinds=[EventKind.DEDUPLICATION], newest_first=True, limit=1), None)
    return [] if newest is None else [(row[0], row[1], row[2], int(row[3])) for row in newest.payload.get("found", [])]


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
    counted = clusters.counts(transaction)
    return DedupeReport(
        records=counted.records,
        unique=counted.unique,
        duplicates_removed=counted.records - counted.unique,
        clusters=counted.joined,
        uncertain=len(clusters.uncertain(transaction)),
        seconds=seconds,
    )


def _gather(transaction: Transaction) -> _DedupeWork:
    members: dict[str, set[str]] = {}
    comparables = []
    for record in records.all_records(transaction):
        members.setdefault(record.cluster, set()).add(record.key)
        comparables.append(normalise(record.key, record.source, record.citation))
    corrected = clusters.corrected_keys(transaction)
    return _DedupeWork(
        comparables=mark_shared_dois(comparables),
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
        "configuration": configuration_hash(),
        "compared_until": work.until.isoformat(),
        "fresh": len(work.fresh),
        "stated": len(stated),
        "found": [[*what, n] for what, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))],
    }
