"""From which sources the publications come that capture register entries, as far as links and identifiers prove it.

Invariant: an entry without a proof is left out; the same strong grounds count as in `links.captured_through`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import records
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.store.runs import runs
from prisma_tool.studies.links import reported_pmids


def captured_sources(transaction: Transaction, keys: Collection[str]) -> dict[str, tuple[str, ...]]:
    """By entry, the names of the sources of its publications in the review, sorted; entries without any are left out.

    Args:
        transaction: An open transaction.
        keys: Records of register entries.
    """
    if not keys:
        return {}
    entries = records.records_by_key(transaction, keys)
    numbers = {number for entry in entries.values() for number in entry.citation.registry_numbers}
    pmids = {pmid for entry in entries.values() for pmid in reported_pmids(entry)}
    related = records.keys_with(transaction, "registry", numbers) | records.keys_with(transaction, "pmid", pmids)
    registers = {source.name for source in runs.sources(transaction) if source.kind is SourceKind.REGISTER}
    candidates = [
        record
        for record in records.records_by_key(transaction, related).values()
        if record.source not in registers and not record.citation.is_register_entry
    ]
    sources = {key: _sources(entry, candidates) for key, entry in entries.items()}
    return {key: names for key, names in sources.items() if names}


def _sources(entry: StoredRecord, candidates: Iterable[StoredRecord]) -> tuple[str, ...]:
    numbers, pmids = set(entry.citation.registry_numbers), reported_pmids(entry)
    publications = (
        record
        for record in candidates
        if record.citation.pmid in pmids or not numbers.isdisjoint(record.citation.registry_numbers)
    )
    return tuple(sorted({record.source for record in publications}))
