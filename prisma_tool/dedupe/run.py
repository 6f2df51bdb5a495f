"""Deduplicating a review: comparing what is new with all, and stating verdicts as events.

Invariants: nothing is deleted; a verdict that stands, above all a person's, is never restated, save that the engine asks anew where it
was unsure and a correction has told more; records compared before are not compared again unless they were corrected.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from prisma_tool.dedupe import blocking
from prisma_tool.dedupe.blocking import collection_paused
from prisma_tool.dedupe.clustering import Judged, judge_pair, without_chains
from prisma_tool.dedupe.first_glance import promising_pairs
from prisma_tool.dedupe.joined import changed_rules
from prisma_tool.dedupe.joined.least_certain import least_certain
from prisma_tool.dedupe.judging import evidence, findings, place, rules
from prisma_tool.dedupe.judging.shared_places import mark_shared
from prisma_tool.dedupe.normalise import BLOCKING_FIELDS, Comparable, blocking_values, normalise
from prisma_tool.dedupe.record_table import RecordTable
from prisma_tool.dedupe.strict_mode import strictly
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.vocabulary import DuplicateVerdict
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.batches import portions
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import clusters, records

RULES_VERSION = 4
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
    """Which records are new, the pairs that are worth a comparison, and what is known of the records that take part in them.

    A review's records pass by twice: first all, of which only numbers stay, then those in such a pair and in the groups of these.
    """

    fresh: frozenset[str]
    pairs: list[tuple[str, str]]
    comparables: dict[str, Comparable]
    groups: dict[str, frozenset[str]]
    """The clusters of several records that stand, by each of their keys."""


def configuration_hash() -> str:
    """A fingerprint of all thresholds, stored with each result."""
    titles = (findings.SAME_TITLE, findings.LIKE_TITLE, findings.SPELT_OTHERWISE, findings.UNLIKE_TITLE, findings.TELLING_WORDS)
    abstracts = (evidence.TELLING_ABSTRACT, evidence.EQUAL_ABSTRACTS, evidence.OTHER_ABSTRACTS, evidence.OTHER_NUMBERS)
    parts = (RULES_VERSION, *titles, *abstracts, evidence.RARE_NUMBERS, place.SEVERAL_PAGES, rules.SEVERAL_NAMES)
    return hashlib.sha256(
        repr((*parts, blocking.RARE_WORDS, blocking.LARGEST_BLOCK, blocking.LARGEST_WORD_BLOCK)).encode()
    ).hexdigest()[:16]


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
        corrected = clusters.corrected_keys(transaction)
        fresh = frozenset(clusters.waiting_keys(transaction) | corrected)
        if not fresh and not changes:
            return
        work = _gather(transaction, fresh) if fresh else _DedupeWork(fresh, [], {}, {})
        stated = _judge(work, _settled(transaction, corrected), strict=strict) if fresh else []
        compared = _summary(work, stated) | {"strict": strict} if fresh else {}
        until = clusters.latest_arrival(transaction) if fresh else clusters.compared_until(transaction)
        moment = (until or transaction.now()).isoformat()
    del work  # the log needs the memory
    payload = {"configuration": configuration_hash(), "compared_until": moment, **compared, **changes}
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
        work = _gather(transaction, frozenset((key,)))
    apart = [pair for pair in _judged(work) if pair.b not in work.groups.get(pair.a, ()) and pair.comparison.findings]
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


def _gather(transaction: Transaction, fresh: frozenset[str]) -> _DedupeWork:
    pairs, groups = _pairs_and_groups(transaction, fresh)
    involved = {member for pair in pairs for key in pair for member in groups.get(key, (key,))}
    return _DedupeWork(fresh, pairs, _comparables(transaction, involved), groups)


def _pairs_and_groups(transaction: Transaction, fresh: frozenset[str]) -> tuple[list[tuple[str, str]], dict[str, frozenset[str]]]:
    keys: list[str] = []
    members: dict[str, set[str]] = {}
    table = RecordTable()
    for key, cluster, citation in records.all_contents(transaction, BLOCKING_FIELDS):
        keys.append(key)
        table.add(blocking_values(citation))
        if key != cluster:
            members.setdefault(cluster, {cluster}).add(key)
    promising = promising_pairs(table, [key in fresh for key in keys])
    groups = {key: group for cluster in members.values() for group in [frozenset(cluster)] for key in group}
    return [(keys[i], keys[j]) for i, j in promising.pairs], groups


def _comparables(transaction: Transaction, keys: Collection[str]) -> dict[str, Comparable]:
    stored = (record for portion in portions(keys) for record in records.records_by_key(transaction, portion).values())
    marked = mark_shared([normalise(record.key, record.source, record.citation) for record in stored])
    return {record.key: record for record in marked}


def _settled(transaction: Transaction, corrected: Collection[str]) -> set[tuple[str, str]]:
    """The pairs whose verdict stands, and is not asked anew after a correction."""
    touched = set(corrected)
    verdicts = clusters.verdicts(transaction)
    return {pair for pair, verdict in verdicts.items() if touched.isdisjoint(pair) or not _asks(verdict)}


def _asks(verdict: Event) -> bool:
    return verdict.reviewer == ENGINE and verdict.text("verdict") == DuplicateVerdict.UNSURE


def _judged(work: _DedupeWork) -> Iterator[Judged]:
    return (judge_pair(work.comparables[a], work.comparables[b]) for a, b in work.pairs)


def _judge(work: _DedupeWork, settled: Collection[tuple[str, str]], *, strict: bool) -> list[Judged]:
    undecided = (pair for pair in _judged(work) if (pair.a, pair.b) not in settled)
    return without_chains(map(strictly, undecided) if strict else undecided, work.comparables, work.groups)


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
    source = {key: record.source for key, record in work.comparables.items()}
    counts = Counter(
        (pair.comparison.verdict.value, pair.comparison.rule, " and ".join(sorted((source[pair.a], source[pair.b]))))
        for pair in stated
    )
    return {
        "fresh": len(work.fresh),
        "stated": len(stated),
        "found": [[*what, n] for what, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))],
    }
