"""Joining and splitting by a person: verdicts that no engine overrules, undone by another verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, takewhile

from prisma_tool.dedupe.compare import Finding, examine
from prisma_tool.dedupe.joined.least_certain import LeastCertain, least_certain
from prisma_tool.dedupe.normalise import normalise
from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import DuplicateVerdict
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, update
from prisma_tool.store.records import clusters, records


def merge(review: Review, a: str, b: str, reviewer: str) -> None:
    """State that two records (by key) describe the same report; lifts earlier "different" verdicts between their clusters.

    Raises:
        DecisionError: an unknown key, the same key twice, or records that are together already.
    """
    with review.store.write() as transaction:
        left, right = _groups(transaction, a, b)
        if b in left:
            raise DecisionError(f"{a} and {b} are together already; nothing was changed.")
        apart = {
            pair for pair, event in clusters.verdicts(transaction).items() if event.text("verdict") == DuplicateVerdict.DIFFERENT
        }
        lifted = [(x, y) for x in left for y in right if (min(x, y), max(x, y)) in apart]
        _state(transaction, {(a, b), *lifted}, DuplicateVerdict.SAME, reviewer)


def confirm(review: Review, a: str, b: str, reviewer: str) -> None:
    """State that two records (by key) that are together describe the same report, so that the pair is a person's.

    Raises:
        DecisionError: an unknown key, the same key twice, or records that are apart meanwhile.
    """
    with review.store.write() as transaction:
        if b not in _groups(transaction, a, b)[0]:
            raise DecisionError(f"{a} and {b} are not together any more; nothing was changed.")
        _state(transaction, {(a, b)}, DuplicateVerdict.SAME, reviewer)


def split(review: Review, key: str, reviewer: str) -> list[str]:
    """Take a record out of its cluster; returns the keys it was with.

    Raises:
        DecisionError: an unknown key, or one that stands alone.
    """
    with review.store.write() as transaction:
        others = sorted(_groups(transaction, key)[0] - {key})
        if not others:
            raise DecisionError(f"{key} stands alone; there is nothing to split.")
        _state(transaction, {(key, other) for other in others}, DuplicateVerdict.DIFFERENT, reviewer)
        return others


def undo_last(review: Review, reviewer: str) -> list[Event]:
    """Take back this person's last answer about duplicates, however many pairs it stated; returns the verdicts undone."""
    with review.store.write() as transaction:
        verdicts = event_rows.events(transaction, kinds=[EventKind.DUPLICATE], reviewer=reviewer, newest_first=True)
        in_force = (event for event in verdicts if not event_rows.find_undone(transaction, [event.id]))
        last = next(in_force, None)
        if last is None:
            return []
        # One answer may have stated several pairs, at one moment and with no other's clock between theirs, also where it was merged.
        before = count(1)
        together = [last, *takewhile(lambda event: event.at == last.at and event.clock >= last.clock - next(before), in_force)]
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, event.id, reviewer=reviewer) for event in together])
        return together


def not_duplicate(review: Review, a: str, b: str, reviewer: str) -> None:
    """State that two records (by key) are two reports; if they were together, they part.

    Raises:
        DecisionError: an unknown key, or the same key twice.
    """
    not_duplicates(review, [(a, b)], reviewer)


def not_duplicates(review: Review, pairs: Sequence[tuple[str, str]], reviewer: str) -> None:
    """State of several pairs that they are two reports each; one answer, which one undo takes back.

    Raises:
        DecisionError: an unknown key, or the same key twice in a pair; then nothing was stored.
    """
    with review.store.write() as transaction:
        for a, b in pairs:
            _groups(transaction, a, b)
        _state(transaction, pairs, DuplicateVerdict.DIFFERENT, reviewer)


def explain(review: Review, key: str) -> tuple[list[str], list[Event]]:
    """The keys of a record's cluster in sorted order, and the verdicts about the record that are in force.

    Raises:
        DecisionError: an unknown key.
    """
    with review.store.read() as transaction:
        return sorted(_groups(transaction, key)[0]), clusters.verdicts_about(transaction, key)


def doubts(review: Review, key: str) -> list[LeastCertain]:
    """The least certain joined pairs of which a record (by key) is one."""
    with review.store.read() as transaction:
        return [pair for pair in least_certain(transaction) if key in (pair.a, pair.b)]


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A pair that a person is asked about, with both titles and the reason."""

    a: str
    b: str
    title_a: str
    title_b: str
    reason: str


def uncertain_pairs(review: Review) -> list[Uncertain]:
    """The pairs that wait for a person, the likeliest duplicates first: those on which more fields agree and fewer differ."""
    with review.store.read() as transaction:
        uncertain = sorted(clusters.uncertain(transaction), key=_promise)
        return _titled(transaction, [(event.subject, event.text("other"), event.text("reason")) for event in uncertain])


def least_certain_pairs(review: Review) -> list[Uncertain]:
    """The joined pairs that a person may want to look at, in the order of `least_certain`; the reason tells why each is listed."""
    with review.store.read() as transaction:
        return _titled(transaction, [(pair.a, pair.b, pair.explanation) for pair in least_certain(transaction)])


def _titled(transaction: Transaction, pairs: Sequence[tuple[str, str, str]]) -> list[Uncertain]:
    stored = records.records_by_key(transaction, {key for a, b, _ in pairs for key in (a, b)})
    title = {key: one_line(record.citation.title) or "(no title)" for key, record in stored.items()}
    return [Uncertain(a, b, title[a], title[b], reason) for a, b, reason in pairs]


def _promise(event: Event) -> tuple[int, str]:
    findings = list(event.payload.get("findings", {}).values())
    weight = findings.count(Finding.DIFFERS) + 2 * findings.count(Finding.CONTRADICTS) - findings.count(Finding.AGREES)
    return weight, event.id


def objections(review: Review, a: str, b: str) -> list[str]:
    """What speaks against joining two records (by key), in words; empty where nothing does. A person may know better.

    Raises:
        DecisionError: an unknown key.
    """
    with review.store.read() as transaction:
        records.require(transaction, [a, b])
        stored = records.records_by_key(transaction, [a, b])
    comparison = examine(*(normalise(key, stored[key].source, stored[key].citation) for key in (a, b)))
    contradictions = [f"{name} {finding}" for name, finding in comparison.findings if finding is Finding.CONTRADICTS]
    return [*([comparison.rule] if comparison.vetoed else []), *contradictions]


def _groups(transaction: Transaction, *keys: str) -> list[set[str]]:
    records.require(transaction, keys)
    if len(set(keys)) < len(keys):
        raise DecisionError(f"{keys[0]} was named twice; name two different records.")
    names = update.clusters_of(transaction, keys)
    members = update.members_of(transaction, set(names.values()))
    return [set(members[names[key]]) for key in keys]


def _state(transaction: Transaction, pairs: Iterable[tuple[str, str]], verdict: DuplicateVerdict, reviewer: str) -> None:
    ordered = sorted((min(pair), max(pair)) for pair in pairs)
    payload = {"verdict": verdict.value, "reason": "by hand"}
    drafts = [event_log.Draft(EventKind.DUPLICATE, a, reviewer=reviewer, payload={"other": b, **payload}) for a, b in ordered]
    event_log.append(transaction, drafts)
