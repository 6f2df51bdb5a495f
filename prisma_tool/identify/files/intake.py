"""Entries of one file into runs, a batch at a time: one run for each source that the file names.

Invariants: per run `declared == entries + rejects` and `reported == new + seen + changed`; a source that took a file of this content
before takes nothing again, not even a run (counting rule 2); memory does not grow with the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from prisma_tool.errors import UsageError
from prisma_tool.formats.account.account import FileAccount, ParsedEntry
from prisma_tool.identify.files.declared_search import declared_kind
from prisma_tool.identify.files.plausibility import Plausibility
from prisma_tool.identify.files.provenance import Provenance, shown_kind
from prisma_tool.identify.files.reviewer_exports import ExportedScreening, read_screening
from prisma_tool.model.protocol.live_sources import own_number
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import fold, one_line
from prisma_tool.model.vocabulary import RunStatus, SourceKind
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import records
from prisma_tool.store.records.original_texts import OriginalTexts
from prisma_tool.store.runs import run_progress, runs

MOST_WARNINGS = 20
"""Further warnings of one kind are counted, not told: a file that is wrong throughout would bury all else."""


READ_BY = "read_by"
"""Under what a run's `service` keeps how a person had its file read."""

_slug = lru_cache(maxsize=1_000)(slug)
"""Labels come again with every entry."""


@dataclass(frozen=True, slots=True)
class File:
    """What every run of a file's import says about it; `encoding` is one that a person named."""

    name: str
    sha256: str
    label: str
    kind: SourceKind | None
    operator: str
    provenance: Provenance
    read_by: Mapping[str, Any] = field(default_factory=dict)
    """How a person had the file read, where that does not follow from its content: the columns named."""
    encoding: str | None = None


@dataclass(slots=True)
class _SourceIntake:
    """What one source takes from the file; `run` is None where it took this file before."""

    source: runs.Source
    run: runs.Run | None
    originals: OriginalTexts
    earlier: runs.Run | None = None
    """The run that took it before."""
    copies: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)


class Intake:
    """Takes the entries of one file, batch by batch, within one transaction; `close` completes the runs."""

    def __init__(self, transaction: Transaction, file: File, *, listens: bool) -> None:
        self.transaction, self.file, self.listens = transaction, file, listens
        self.streams: dict[str, _SourceIntake] = {}
        self.missing: Counter[str] = Counter()
        self.plausibility = Plausibility(transaction.now().year)
        self.register_entries = 0
        self.speaking = 0
        self.statements: list[tuple[str, ExportedScreening | None]] = []

    def take(self, batch: Sequence[ParsedEntry], account: FileAccount) -> None:
        """Store one batch of entries.

        Raises:
            UsageError: a source's label cannot name one, or the given kind is not the registered one.
        """
        self.plausibility.take(batch)
        by_slug: dict[str, list[ParsedEntry]] = {}
        labels: dict[str, str] = {}
        for entry in batch:
            label = entry.source or self.file.label
            labels.setdefault(_slug(label), label)
            by_slug.setdefault(_slug(label), []).append(entry)
            self._count(entry)
        for source, entries in by_slug.items():
            self._take(self._stream(labels[source], account), entries, account.format)

    def _count(self, entry: ParsedEntry) -> None:
        citation = entry.citation
        title = citation.title or citation.vernacular_title
        values = (("title", title), ("abstract", citation.abstract), ("year", citation.year), ("doi", citation.doi))
        self.missing.update(name for name, value in values if not value)
        self.register_entries += citation.is_register_entry

    def _stream(self, label: str, account: FileAccount) -> _SourceIntake:
        name = slug(label)
        if name not in self.streams:
            self.streams[name] = _opened(self.transaction, self.file, label, account)
        return self.streams[name]

    def _take(self, stream: _SourceIntake, entries: Sequence[ParsedEntry], file_format: str) -> None:
        stream.entries += len(entries)
        pairs = [read_screening(entry.citation) for entry in entries]
        self.speaking += sum(statement is not None and bool(statement.votes) for statement, _ in pairs)
        citations = [citation for _, citation in pairs]
        deliveries = [_delivery(stream.source.slug, file_format, *both) for both in zip(entries, citations, strict=True)]
        if stream.run is None:
            stream.taken["seen"] += len(entries)
            keyed = records.with_keys(self.transaction, deliveries, stream.copies, stream.originals)[0] if self.listens else []
            keys = [key for key, _ in keyed]
        else:
            taken = records.store_batch(self.transaction, stream.run.id, deliveries, stream.copies, stream.originals)
            stream.taken.update({"new": taken.new, "seen": taken.seen, "changed": taken.changed})
            stream.warnings += taken.warnings
            keys = list(taken.keys)
        if self.listens:
            self.statements += zip(keys, (statement for statement, _ in pairs), strict=True)

    def close(self, account: FileAccount, keep: Callable[[str], Mapping[str, Any]] | None) -> None:
        """Complete the runs when all entries were read; `keep` stores the untouched file for a run."""
        home = self._stream(self.file.label, account) if not self.streams else self._home()
        for stream in self.streams.values():
            if stream.run is None:
                continue
            rejects = account.rejects if stream is home else []
            run_progress.finish(
                self.transaction,
                stream.run.id,
                RunStatus.COMPLETE,
                declared=stream.entries + len(rejects),
                rejected=[{"line": reject.line, "reason": reject.reason} for reject in rejects],
                warnings=[*account.warnings, *shortened(stream.warnings)],
                reported=stream.taken["new"] + stream.taken["seen"] + stream.taken["changed"],
                raw=[] if keep is None else [dict(keep(stream.run.id))],
            )

    def _home(self) -> _SourceIntake:
        """The source that the rejects are told with: the given label's, or the first that the file names."""
        return self.streams.get(slug(self.file.label)) or next(iter(self.streams.values()))

    @property
    def known_file(self) -> bool:
        """True where every source of the file took it before."""
        return bool(self.streams) and all(stream.run is None for stream in self.streams.values())

    @property
    def runs(self) -> Iterator[tuple[runs.Source, runs.Run, bool]]:
        """Each source of the file with the run that holds what it took, and whether that is an earlier one."""
        for stream in self.streams.values():
            run = stream.run or stream.earlier
            if run is not None:
                yield stream.source, run, stream.run is None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the file's sources."""
        return tuple(dict.fromkeys(stream.source.kind.value for stream in self.streams.values()))

    def total(self, name: str) -> int:
        """How many entries were `new`, `seen` or `changed`."""
        return sum(stream.taken[name] for stream in self.streams.values())

    @property
    def warnings(self) -> list[str]:
        """What a person should know about single records."""
        return shortened([warning for stream in self.streams.values() for warning in stream.warnings])


def shortened(warnings: Sequence[str]) -> list[str]:
    """Warnings, of which at most `MOST_WARNINGS` are spelt out."""
    rest = len(warnings) - MOST_WARNINGS
    return [*warnings[:MOST_WARNINGS], f"and {rest} more warnings like these."] if rest > 0 else list(warnings)


def _opened(transaction: Transaction, file: File, label: str, account: FileAccount) -> _SourceIntake:
    if not fold(label):
        raise UsageError(f"'{one_line(label)}' cannot name a source: give a label with letters or digits, such as Embase.")
    kind = file.kind or declared_kind(transaction.protocol, slug(label)) or shown_kind(label, file.provenance)
    source = runs.register_source(transaction, one_line(label), kind)
    if file.kind is not None and source.kind is not file.kind:
        raise UsageError(
            f"{source.name} is registered as a {source.kind}, not a {file.kind}; give the other kind a name of its own."
        )
    originals = OriginalTexts(transaction, source.slug)
    earlier = runs.import_of(transaction, file.sha256, source.slug)
    if earlier is not None:
        return _SourceIntake(source, None, originals, earlier, warnings=_read_otherwise(earlier, account.encoding))
    facts = {"database": file.provenance.database, "platform": file.provenance.platform}
    run = runs.begin_run(
        transaction,
        source.slug,
        operator=file.operator,
        file_name=file.name,
        file_sha256=file.sha256,
        format=account.format,
        encoding=account.encoding,
        service={name: value for name, value in facts.items() if value}
        | ({"header": list(account.header)} if account.header else {})
        | ({READ_BY: dict(file.read_by)} if file.read_by else {})
        | ({"encoding_given": True} if file.encoding else {}),
    )
    return _SourceIntake(source, run, originals)


def delivery_of(source: str, file_format: str, entry: ParsedEntry) -> records.Delivery:
    """An entry of a file as its import delivers it, without what a screening program wrote beside the record."""
    return _delivery(source, file_format, entry, read_screening(entry.citation)[1])


def _read_otherwise(earlier: runs.Run, encoding: str) -> list[str]:
    if encoding == earlier.encoding:
        return []
    return [f"It was read as {earlier.encoding} then, not as {encoding}; save it as UTF-8 to have it read again as another file."]


_TABLES = frozenset({"csv", "xlsx", "jsonl"})


def _delivery(source: str, file_format: str, entry: ParsedEntry, citation: Citation) -> records.Delivery:
    """Records of PubMed and ClinicalTrials.gov meet their fetched selves: the key is the PMID or NCT number, whatever the file says.

    In tables the accession column is the team's own word and stands.
    """
    service_number = own_number(source, citation)
    named = entry.accession if file_format in _TABLES else ""
    return records.Delivery(source, named or service_number or entry.accession, citation, entry.raw)
