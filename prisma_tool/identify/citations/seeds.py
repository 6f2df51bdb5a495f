"""Seed references: the reports from which a citation search goes out, with all numbers that any of their records has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from prisma_tool.model.record.citation import Citation
from prisma_tool.reports.state import Phase, load_review_state
from prisma_tool.sources.citations.index import Seed
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import update
from prisma_tool.store.records import records

_PREPRINT = re.compile(r"PPR\d+")


def included_keys(transaction: Transaction) -> list[str]:
    """The included reports, by their keys, in the order of arrival."""
    return [report.key for report in load_review_state(transaction).reports if report.phase is Phase.INCLUDED]


def seeds_of(transaction: Transaction, keys: Sequence[str]) -> list[Seed]:
    """The reports of these keys as seeds, each once, in the order of the keys.

    Raises:
        DecisionError: an unknown key.
    """
    records.require(transaction, keys)
    cluster_of = update.clusters_of(transaction, keys)
    names = list(dict.fromkeys(cluster_of[key] for key in keys))
    members = update.members_of(transaction, set(names))
    stored = records.records_by_key(transaction, [key for group in members.values() for key in group])
    return [_seed(name, [stored[key] for key in [name, *sorted(members[name])] if key in stored]) for name in names]


def _seed(key: str, held: Sequence[records.StoredRecord]) -> Seed:
    def first(values: Iterable[str]) -> str:
        return next(filter(None, values), "")

    preprint = first(record.accession for record in held if _PREPRINT.fullmatch(record.accession))
    return Seed(key, first(one.citation.pmid for one in held), first(one.citation.doi for one in held), preprint)


def seed_of_work(key: str, citation: Citation) -> Seed:
    """A work that a round found, as a seed of the next."""
    return Seed(key, citation.pmid, citation.doi)
