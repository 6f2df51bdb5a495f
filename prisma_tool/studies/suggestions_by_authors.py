"""Reports that look like parts of one study without sharing a number: the same people under like titles.

The weakest ground, so it is only sought among reports that passed title/abstract screening, where a handful is left to compare.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from rapidfuzz import fuzz

from prisma_tool.dedupe.normalise import Comparable, normalise
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import rebuild
from prisma_tool.store.records.records import StoredRecord

LIKE_TITLES = 55.0
"""Set ratio (0-100) of the titles' words: reports of one trial share its drug, disease and design."""
SHARED_NAMES = 3


def forward_clusters(transaction: Transaction) -> set[str]:
    """The clusters that title/abstract screening let through."""
    outcomes = rebuild.kept_state(transaction, votes=False).outcomes
    passed = (OutcomeState.INCLUDE, OutcomeState.MAYBE)
    return {
        cluster for (cluster, stage), outcome in outcomes.items() if stage is Stage.TITLE_ABSTRACT and outcome.state in passed
    }


def pairs_by_same_people(records: Iterable[StoredRecord]) -> Iterator[tuple[StoredRecord, StoredRecord]]:
    """Pairs of publications by the same people under like titles; two different registry numbers speak against a pair."""
    comparable = [
        (normalise(record.key, record.source, record.citation), record)
        for record in records
        if not record.citation.is_register_entry
    ]
    for (a, first), (b, second) in combinations(comparable, 2):
        if _same_people(a, b) and not _other_trials(a, b) and fuzz.token_set_ratio(a.title, b.title) >= LIKE_TITLES:
            yield first, second


def _same_people(a: Comparable, b: Comparable) -> bool:
    return bool(a.surname) and a.surname == b.surname and len(a.names & b.names) >= SHARED_NAMES


def _other_trials(a: Comparable, b: Comparable) -> bool:
    return bool(a.registry and b.registry) and a.registry.isdisjoint(b.registry)
