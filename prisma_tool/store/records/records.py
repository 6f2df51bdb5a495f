"""Records and their versions: storing what a run delivered, and reading contents back.

Invariants: a record is never overwritten; new content is a further version, and every delivery stands in `run_record`. Whoever reads a
record gets its content with the corrections that stand on it; what is stored and compared with later deliveries is the source's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.corrections import Edit, edited
from prisma_tool.model.record.changes import EDITED_FIELD, changes, same_record
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.codec import decode, encode
from prisma_tool.model.record.field_sizes import may_be_large, size_warnings
from prisma_tool.model.record.keys import content_accession, record_key
from prisma_tool.model.record.merged_view import MergedRecord, merged
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import RecordState
from prisma_tool.store.engine.arrival import arrival_time
from prisma_tool.store.engine.batches import delete_in, insert_all, select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.packed_texts import packed
from prisma_tool.store.engine.schema import IdentifierRow, MembershipRow, RecordRow, RunRecordRow, SourceRow, VersionRow
from prisma_tool.store.index import text_index
from prisma_tool.store.index.corrections import Edits, standing_edits
from prisma_tool.store.index.record_index import CURRENT, facts_of, identifier_rows, index_again
from prisma_tool.store.projections import update
from prisma_tool.store.records.original_texts import OriginalTexts
from prisma_tool.store.records.similar_keys import similar_keys


@dataclass(frozen=True, slots=True)
class Delivery:
    """One record as a run delivers it: the source's slug, its accession (empty if the source gives none), content and original."""

    source: str
    accession: str
    citation: Citation
    raw: str = ""


class StoredRecord(Struct, frozen=True, gc=False):
    """A record with its current content, as other rooms see it."""

    key: str
    source: str
    accession: str
    cluster: str
    citation: Citation
    edits: tuple[Edit, ...] = ()
    """The corrections that stand on it and that `citation` follows."""
    delivered: Citation | None = None
    """The content as the source delivered it, where corrections stand."""

    @property
    def corrected(self) -> frozenset[str]:
        """The names of the corrected fields."""
        return frozenset(edit.field for edit in self.edits)

    @property
    def original(self) -> Citation:
        """The content as the source delivered it."""
        return self.delivered or self.citation

    @property
    def is_representative(self) -> bool:
        """True for the record that stands for its cluster."""
        return self.key == self.cluster


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """What storing a batch came to: how many entries were new, seen, changed, what a person should know, and each entry's key."""

    new: int
    seen: int
    changed: int
    warnings: tuple[str, ...]
    keys: tuple[str, ...] = ()


def store_batch(
    transaction: Transaction,
    run: str,
    deliveries: Sequence[Delivery],
    copies: Counter[str] | None = None,
    originals: OriginalTexts | None = None,
) -> StoredBatch:
    """Store a batch that a run delivered. An entry met twice in a run is counted where it was met first, then as seen.

    Args:
        transaction: A transaction that writes.
        run: The id of the run.
        deliveries: The entries in the order in which they came.
        copies: How many entries without an accession have had each key so far, carried from one batch of a file to the next, which
            numbers like entries (`#2`, `#3`); it is added to. None where the batch is all.
        originals: The source's records by their text: an entry without an accession whose text is a stored record's is this record, as it
            is stored. None where deliveries have no text of their own.
    """
    keyed, warnings, known = _with_contents(transaction, deliveries, copies, originals)
    states, cut = _store(transaction, run, keyed, known)
    keys = tuple(key for key, _ in keyed)
    return StoredBatch(states[RecordState.NEW], states[RecordState.SEEN], states[RecordState.CHANGED], (*warnings, *cut), keys)


def store_keyed(transaction: Transaction, run: str, keyed: Sequence[tuple[str, Delivery]]) -> int:
    """Store what a run delivered under keys that are known already; returns how many records are new."""
    states, _ = _store(transaction, run, keyed, _contents(transaction, {key for key, _ in keyed}))
    return states[RecordState.NEW]


def delivered_later(transaction: Transaction, run: str, keys: Collection[str]) -> set[str]:
    """Those of the records with these keys whose present content came from a later run."""
    statement = _select_current(RecordRow.key).where(VersionRow.run > run)
    return {key for (key,) in select_in(transaction.session, statement, RecordRow.key, keys)}


def _store(
    transaction: Transaction, run: str, keyed: Sequence[tuple[str, Delivery]], known: dict[str, tuple[int, Citation]]
) -> tuple[Counter[RecordState], Sequence[str]]:
    """How many records came to be in each state, and warnings about those whose words do not all fit the index."""
    # Only a known record can have been delivered before.
    delivered = _delivered_keys(transaction, run, known)
    states: Counter[RecordState] = Counter()
    batch = _Batch(transaction, run, known, standing_edits(transaction, {key for key, _ in keyed}))
    for key, delivery in keyed:
        state = batch.put(key, delivery)
        states[RecordState.SEEN if key in delivered else state] += 1
        if key not in delivered:
            delivered.add(key)
            batch.run_records.append({"run": run, "record": key, "state": state})
    batch.write()
    return states, batch.warnings


def reparse(transaction: Transaction, run: str, contents: Mapping[str, Delivery], kind: str) -> dict[str, tuple[str, ...]]:
    """Store what a later parser makes of records that `run` delivered, where that differs, as further versions of a `kind` of change.

    What a run delivered and what states it gave stay; a record whose current content is from a later run is left as it is, and so is
    an unknown key.

    Args:
        transaction: A transaction that writes.
        run: The id of the run whose answers were read again.
        contents: What is read in them now, by the record's key.
        kind: The kind of change that marks such versions.

    Returns:
        The kinds of change beside `kind`, by key, for each record that got a further version.
    """
    current = _select_current(RecordRow.key, VersionRow.version, VersionRow.run, VersionRow.content)
    rows = select_in(transaction.session, current, RecordRow.key, contents.keys())
    versions = {row.key: row for row in rows if row.run <= run}
    batch, kinds = _Batch(transaction, run, {}, standing_edits(transaction, versions)), dict[str, tuple[str, ...]]()
    for key, version in versions.items():
        if encode(contents[key].citation) != version.content:
            kinds[key] = changes(decode(version.content), contents[key].citation)
            batch.add_further(key, version.version + 1, contents[key], (kind, *kinds[key]))
    batch.write()
    return kinds


_EMPTY = Citation()


class _Batch:
    """Collects the rows of one batch, so that they are written in a handful of statements."""

    def __init__(self, transaction: Transaction, run: str, known: dict[str, tuple[int, Citation]], edits: Edits) -> None:
        self.transaction, self.run, self.known, self.edits = transaction, run, known, edits
        self.now = arrival_time(transaction, transaction.now())
        self.records: list[dict[str, Any]] = []
        self.versions: list[dict[str, Any]] = []
        self.run_records: list[dict[str, Any]] = []
        self.identifiers: dict[str, Citation] = {}
        self.changed: dict[str, dict[str, Any]] = {}
        self.warnings: list[str] = []
        self.position = transaction.session.execute(sa.select(sa.func.coalesce(sa.func.max(RecordRow.position), 0))).scalar_one()

    def put(self, key: str, delivery: Delivery) -> RecordState:
        if key not in self.known:
            self._add(key, delivery)
            return RecordState.NEW
        version, old = self.known[key]
        kinds = changes(old, delivery.citation)
        if kinds:
            self.add_further(key, version + 1, delivery, kinds)
            return RecordState.CHANGED
        if self._touches_edits(key, old, delivery.citation):
            self.add_further(key, version + 1, delivery, (EDITED_FIELD,))
        return RecordState.SEEN

    def _touches_edits(self, key: str, old: Citation, new: Citation) -> bool:
        """What the source says otherwise about a corrected field is kept, also where it would not matter by itself."""
        edits = self.edits.get(key, ())
        return any(getattr(new, edit.field) not in (getattr(old, edit.field), getattr(_EMPTY, edit.field)) for edit in edits)

    def _corrected(self, key: str, citation: Citation) -> Citation:
        return edited(citation, self.edits.get(key, ()))

    def add_further(self, key: str, version: int, delivery: Delivery, kinds: tuple[str, ...]) -> None:
        self._add_version(key, version, delivery, kinds)
        self.changed[key] = {"version": version, **facts_of(self._corrected(key, delivery.citation))}

    def _add(self, key: str, delivery: Delivery) -> None:
        self.position += 1
        self.records.append(
            {
                "key": key,
                "source": delivery.source,
                "accession": delivery.accession,
                "run": self.run,
                "position": self.position,
                "added": self.now,
                "version": 1,
                **facts_of(self._corrected(key, delivery.citation)),
            }
        )
        self._add_version(key, 1, delivery, ())

    def _add_version(self, key: str, version: int, delivery: Delivery, kinds: tuple[str, ...]) -> None:
        self.known[key] = (version, delivery.citation)
        self.identifiers[key] = self._corrected(key, delivery.citation)
        content, raw = encode(delivery.citation), _storable_text(delivery.raw)
        if may_be_large(content) or may_be_large(raw):
            self.warnings += size_warnings(key, delivery.citation, raw)
        self.versions.append(
            {
                "record": key,
                "version": version,
                "run": self.run,
                "stored": self.now,
                "changes": list(kinds),
                "content": content,
                "raw": packed(raw, content),
            }
        )

    def write(self) -> None:
        session = self.transaction.session
        insert_all(session, RecordRow, self.records)
        insert_all(session, MembershipRow, [{"record": row["key"], "cluster": row["key"]} for row in self.records])
        insert_all(session, VersionRow, self.versions)
        insert_all(session, RunRecordRow, self.run_records)
        delete_in(session, IdentifierRow, IdentifierRow.record, self.changed)
        insert_all(
            session, IdentifierRow, [row for key, citation in self.identifiers.items() for row in identifier_rows(key, citation)]
        )
        new = {key: citation for key, citation in self.identifiers.items() if key not in self.changed}
        again = {key: citation for key, citation in self.identifiers.items() if key in self.changed}
        self.warnings += map(text_index.cut_warning, text_index.add(self.transaction, new) + index_again(self.transaction, again))
        self._write_changed()

    def _write_changed(self) -> None:
        for key, values in self.changed.items():
            self.transaction.session.execute(sa.update(RecordRow).where(RecordRow.key == key).values(values))
        # A record that gained an abstract may now be the one to show for its cluster; and a merged copy's events may come first.
        regrouped = self.changed.keys() | update.named_keys(self.transaction, [row["key"] for row in self.records])
        if regrouped:
            touched = update.recluster(self.transaction, regrouped)
            update.refresh_outcomes(self.transaction, touched)


def _storable_text(raw: str) -> str:
    """An original entry in the characters that both databases take: PostgreSQL knows no NUL, UTF-8 no lone surrogate."""
    return raw.replace("\x00", "\ufffd").encode(errors="replace").decode()


def with_keys(
    transaction: Transaction,
    deliveries: Sequence[Delivery],
    copies: Counter[str] | None = None,
    originals: OriginalTexts | None = None,
) -> tuple[list[tuple[str, Delivery]], list[str]]:
    """Each delivery with its key, and warnings for people; nothing is stored. Entries without an accession that are alike to the letter get `#2`, `#3`, ..."""
    keyed, warnings, _ = _with_contents(transaction, deliveries, copies, originals)
    return keyed, warnings


def _with_contents(
    transaction: Transaction, deliveries: Sequence[Delivery], copies: Counter[str] | None, originals: OriginalTexts | None
) -> tuple[list[tuple[str, Delivery]], list[str], dict[str, tuple[int, Citation]]]:
    """The same, and what is stored under these keys."""
    plain_keys = [_plain_key(delivery) for delivery in deliveries]
    known = _contents(transaction, plain_keys)
    keyed, warnings = _assign_keys(plain_keys, deliveries, known, Counter() if copies is None else copies)
    further_keys = {key for key, _ in keyed}.difference(plain_keys)
    known |= _contents(transaction, further_keys)
    if originals is None:
        return keyed, warnings, known
    own_keys = [
        key if delivery.accession else originals.key_of(key, _storable_text(delivery.raw), known) for key, delivery in keyed
    ]
    known |= _contents(transaction, set(own_keys).difference(known))
    pairs = zip(own_keys, keyed, strict=True)
    # The same text says the same, whatever is read in it now: nothing has changed at the source.
    as_stored = [(own, replace(one, citation=known[own][1]) if own != key else one) for own, (key, one) in pairs]
    return as_stored, warnings, known


def _assign_keys(
    plain_keys: Sequence[str], deliveries: Sequence[Delivery], known: Mapping[str, tuple[int, Citation]], copies: Counter[str]
) -> tuple[list[tuple[str, Delivery]], list[str]]:
    """Of two deliveries under one unknown key the first is the record that the key names."""
    first_citations = {key: citation for key, (_, citation) in known.items()}
    keyed, warnings = list[tuple[str, Delivery]](), list[str]()
    for key, delivery in zip(plain_keys, deliveries, strict=True):
        if not delivery.accession:
            copies[key] += 1
            keyed.append((f"{key}#{copies[key]}" if copies[key] > 1 else key, delivery))
            continue
        first_citation = first_citations.setdefault(key, delivery.citation)
        same = first_citation is delivery.citation or same_record(first_citation, delivery.citation)
        own_key = key if same else f"{key}~{content_accession(delivery.citation)}"
        if own_key != key:
            warnings.append(f"{key} arrived with another title and no shared identifier; it was kept apart as {own_key}.")
        keyed.append((own_key, delivery))
    return keyed, warnings


def _plain_key(delivery: Delivery) -> str:
    return record_key(delivery.source, delivery.accession or content_accession(delivery.citation))


def _delivered_keys(transaction: Transaction, run: str, keys: Collection[str]) -> set[str]:
    statement = sa.select(RunRecordRow.record).where(RunRecordRow.run == run)
    return {key for (key,) in select_in(transaction.session, statement, RunRecordRow.record, keys)}


def _contents(transaction: Transaction, keys: Collection[str]) -> dict[str, tuple[int, Citation]]:
    rows = select_in(
        transaction.session, _select_current(RecordRow.key, VersionRow.version, VersionRow.content), RecordRow.key, set(keys)
    )
    return {key: (version, decode(content)) for key, version, content in rows}


def _select_current(*columns: Any) -> sa.Select[Any]:
    """The current version of each record."""
    return sa.select(*columns).join(VersionRow, CURRENT)


_STORED = (
    _select_current(RecordRow.key, SourceRow.name, RecordRow.accession, MembershipRow.cluster, VersionRow.content)
    .join(MembershipRow, MembershipRow.record == RecordRow.key)
    .join(SourceRow, SourceRow.slug == RecordRow.source)
)


def _stored_record(row: Any, edits: Edits) -> StoredRecord:
    key, source, accession, cluster, content = row
    delivered = decode(content)
    own_edits = edits.get(key, ())
    if not own_edits:
        return StoredRecord(key, source, accession, cluster, delivered)
    return StoredRecord(key, source, accession, cluster, edited(delivered, own_edits), own_edits, delivered)


def all_records(transaction: Transaction) -> Iterator[StoredRecord]:
    """All records with their current content, in the order of their arrival, a portion in memory at a time."""
    edits = standing_edits(transaction)
    rows = transaction.streamed(_STORED.order_by(RecordRow.position))
    return (_stored_record(row, edits) for row in chain.from_iterable(rows))


def all_contents(transaction: Transaction, fields: Collection[str]) -> Iterator[tuple[str, str, Citation]]:
    """Key, cluster and these fields of the current content of all records, in the order of `all_records`, for a fraction of its cost."""
    statement = _select_current(RecordRow.key, MembershipRow.cluster, VersionRow.content)
    statement = statement.join(MembershipRow, MembershipRow.record == RecordRow.key).order_by(RecordRow.position)
    edits = standing_edits(transaction)
    for key, cluster, content in chain.from_iterable(transaction.streamed(statement)):
        yield key, cluster, edited(decode(content, fields), edits.get(key, ()))


def records_by_key(transaction: Transaction, keys: Collection[str]) -> dict[str, StoredRecord]:
    """These records with their current content; unknown keys are left out."""
    edits = standing_edits(transaction, keys)
    return {row[0]: _stored_record(row, edits) for row in select_in(transaction.session, _STORED, RecordRow.key, keys)}


def current_since(transaction: Transaction, keys: Collection[str]) -> dict[str, datetime]:
    """When the current content of each of these records was delivered."""
    return dict(select_in(transaction.session, _select_current(RecordRow.key, VersionRow.stored), RecordRow.key, keys))


def merged_records(representative: str, members: Iterable[StoredRecord]) -> MergedRecord:
    """The merged view of the records of one report, under the key of its representative; what a person corrected speaks first."""
    records = {record.key: record for record in members}
    citations = {key: record.citation for key, record in records.items()}
    return merged(representative, citations, {key: record.corrected for key, record in records.items() if record.edits})


def known_keys(transaction: Transaction, keys: Collection[str]) -> set[str]:
    """Which of these keys exist."""
    return {key for (key,) in select_in(transaction.session, sa.select(RecordRow.key), RecordRow.key, keys)}


def require(transaction: Transaction, keys: Collection[str]) -> None:
    """Check that all these records exist.

    Raises:
        DecisionError: one does not; the sentence offers keys that look like it.
    """
    missing = sorted(set(keys) - known_keys(transaction, keys))
    if missing:
        raise unknown(transaction, missing[0])


def unknown(transaction: Transaction, key: str) -> DecisionError:
    """The error of a record that does not exist; the sentence offers keys that look like its key."""
    similar = similar_keys(transaction, key.split(":", 1)[-1])
    hint = (
        f"Did you mean {' or '.join(similar)}?" if similar else "Keys look like pubmed:34531250; `prisma-tool export` lists them."
    )
    return DecisionError(f"There is no record {one_line(key)} in this review. {hint}")


def keys_with(transaction: Transaction, scheme: str, values: Collection[str]) -> set[str]:
    """Records that carry one of these identifiers; `scheme` is doi, pmid or registry."""
    statement = sa.select(IdentifierRow.record).where(IdentifierRow.scheme == scheme)
    return {key for (key,) in select_in(transaction.session, statement, IdentifierRow.value, set(values))}
