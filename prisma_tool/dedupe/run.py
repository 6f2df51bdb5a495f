"""Deduplicating a review: comparing what is new with all, and stating verdicts as events.

Invariants: nothing is deleted; a verdict that stands, above all a person's, is never restated, save that the engine asks anew where it
was unsure and a correction has told more; records compared before are not compared again unless they were corrected.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from prisma_tool.dedupe import blocking
from prisma_tool.dedupe.blocking import collection_paused
from prisma_tool.dedupe.clustering import Judged, judge_pair, strength, without_chains
from prisma_tool.dedupe.compare import Finding
from prisma_tool.dedupe.first_glance import promising_pairs
from prisma_tool.dedupe.joined import changed_rules
from prisma_tool.dedupe.joined.least_certain import least_certain
from prisma_tool.dedupe.judging import evidence, findings, place, rules
from prisma_tool.dedupe.judging.shared_places import mark_shared
from prisma_tool.dedupe.normalise import BLOCKING_FIELDS, Comparable, blocking_values, normalise
from prisma_tool.dedupe.portions import independent_portions
from prisma_tool.dedupe.record_table import RecordTable
from prisma_tool.dedupe.strict_mode import strictly
from prisma_tool.model.log.events import ENGINE, EventKind
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
    """The pairs that are worth a comparison, in independent portions.

    A review's records pass by twice: first all, of which only numbers stay, then those in such a pair and in the groups of these, a
    portion at a time.
    """

    portions: list[list[tuple[str, str]]]
    groups: dict[str, frozenset[str]]
    """The clusters of several records that stand, by each of their keys."""

    def read(self, transaction: Transaction) -> Iterator[tuple[list[tuple[str, str]], dict[str, Comparable]]]:
        """Each portion with what is known of its records and of their groups."""
        for pairs in self.portions:
            involved = {member for pair in pairs for key in pair for member in self.groups.get(key, (key,))}
            yield pairs, _comparables(transaction, involved)


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
        fresh = clusters.waiting_keys(transaction) | corrected
        if not fresh and not changes:
            return
        stated, counts = _judge(transaction, fresh, corrected, strict=strict) if fresh else ([], Counter())
        compared = {"fresh": len(fresh), **_summary(counts), "strict": strict} if fresh else {}
        until = clusters.latest_arrival(transaction) if fresh else clusters.compared_until(transaction)
        moment = (until or transaction.now()).isoformat()
    del fresh  # the log needs the memory
    payload = {"configuration": configuration_hash(), "compared_until": moment, **compared, **changes}
    with review.store.write() as transaction:
        event_log.append(transaction, chain(map(_draft, stated), [event_log.Draft(EventKind.DEDUPLICATION, payload=payload)]))


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
        work = _gather(transaction, {key})
        judged = [pair for portion in work.read(transaction) for pair in _judged(*portion)]
    apart = [pair for pair in judged if pair.b not in work.groups.get(pair.a, ()) and pair.comparison.findings]
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


def _gather(transaction: Transaction, fresh: Collection[str]) -> _DedupeWork:
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
    by_group = ((key, cluster) for cluster, joined in members.items() for key in joined)
    ties = chain(by_group, ((keys[i], keys[j]) for i, j in table.ties()))
    return _DedupeWork(list(independent_portions([(keys[i], keys[j]) for i, j in promising.pairs], ties)), groups)


def _comparables(transaction: Transaction, keys: Collection[str]) -> dict[str, Comparable]:
    stored = (record for portion in portions(keys) for record in records.records_by_key(transaction, portion).values())
    marked = mark_shared([normalise(record.key, record.source, record.citation) for record in stored])
    return {record.key: record for record in marked}


def _settled(transaction: Transaction, corrected: Collection[str]) -> set[tuple[str, str]]:
    """The pairs whose verdict stands, and is not asked anew after a correction."""
    touched = set(corrected)
    return {
        (a, b)
        for a, b, verdict, reviewer in clusters.verdict_rows(transaction)
        if touched.isdisjoint((a, b)) or reviewer != ENGINE or verdict != DuplicateVerdict.UNSURE
    }


def _judged(pairs: Iterable[tuple[str, str]], comparables: Mapping[str, Comparable]) -> Iterator[Judged]:
    return (judge_pair(comparables[a], comparables[b]) for a, b in pairs)


def _judge(
    transaction: Transaction, fresh: Collection[str], corrected: Collection[str], *, strict: bool
) -> tuple[list[Judged], Counter[_Ground]]:
    """What is to be stated of the pairs with fresh records, the strongest first, and how often each was found."""
    work, settled = _gather(transaction, fresh), _settled(transaction, corrected)
    stated: list[Judged] = []
    counts: Counter[_Ground] = Counter()
    for pairs, comparables in work.read(transaction):
        undecided = (pair for pair in _judged(pairs, comparables) if (pair.a, pair.b) not in settled)
        groups = {key: work.groups[key] for key in comparables if key in work.groups}
        here = without_chains(map(strictly, undecided) if strict else undecided, comparables, groups)
        stated += here
        counts.update(_ground(pair, comparables) for pair in here)
    return sorted(stated, key=strength), counts


def _draft(pair: Judged) -> event_log.Draft:
    comparison = pair.comparison
    payload = {
        "other": pair.b,
        "verdict": comparison.verdict.value,
        "reason": comparison.reason,
        "findings": _in_words(comparison.findings),
    }
    return event_log.Draft(EventKind.DUPLICATE, pair.a, reviewer=ENGINE, payload=payload)


@lru_cache(maxsize=4096)
def _in_words(findings: tuple[tuple[str, Finding], ...]) -> Mapping[str, str]:
    """Findings as they stand in an event, one object for all that have the same."""
    return {name: finding.value for name, finding in findings}


_Ground = tuple[str, str, str]
"""A verdict, its rule, and the slugs of the two sources."""


def _ground(pair: Judged, comparables: Mapping[str, Comparable]) -> _Ground:
    sources = sorted((comparables[pair.a].source, comparables[pair.b].source))
    return pair.comparison.verdict.value, pair.comparison.rule, " and ".join(sources)


def _summary(counts: Counter[_Ground]) -> dict[str, object]:
    return {
        "stated": counts.total(),
        "found": [[*what, n] for what, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))],
    }
