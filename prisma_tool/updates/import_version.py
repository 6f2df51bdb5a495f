"""Bringing in a version of the review that was done elsewhere: its included and excluded records, and its studies (counting rule 21).

Invariants: all or nothing, in one transaction; the records stand under a source of their own, which is never counted as identified;
each has a ruling signed with the version's label, which holds until somebody decides anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prisma_tool.errors import DecisionError, FormatError
from prisma_tool.file_io import read_file
from prisma_tool.formats.account.account import Parsed, ParsedEntry
from prisma_tool.formats.named_encoding import read_in
from prisma_tool.formats.text.cell_values import squeezed
from prisma_tool.identify.run.raw_answers import RawFolder, packed
from prisma_tool.model.log.events import Channel, EventKind
from prisma_tool.model.log.versions import VersionOrigin
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import clean, fold, one_line
from prisma_tool.model.vocabulary import RunStatus, SourceKind, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.queues import closed_versions
from prisma_tool.store.records import records
from prisma_tool.store.runs import run_progress, runs
from prisma_tool.store.runs.runs import Source
from prisma_tool.updates.close_version import free_label


@dataclass(frozen=True, slots=True)
class VersionImport:
    """What is to be brought in.

    `included` and `excluded` are files of records; `study_column` is the column of the included file that names each report's study;
    `source` is the label of the source that is to hold the records, empty for one made from the version's label; `encoding` is that of the files,
    where a person named it (`known_encoding` gave it).
    """

    label: str
    included: Path
    excluded: Path | None = None
    study_column: str | None = None
    source: str = ""
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedVersion:
    """What came in: how many studies and reports were included, how many reports excluded, and the source that holds them."""

    label: str
    source: str
    studies: int
    reports: int
    excluded: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _VersionFile:
    path: Path
    data: bytes
    parsed: Parsed
    included: bool
    encoding_given: bool


def import_version(review: Review, earlier: VersionImport) -> ImportedVersion:
    """Store an earlier version, all of it or nothing.

    Raises:
        PrismaError: a file is missing, or holds an entry that cannot be read.
        DecisionError: the label or the source is in use, the study column is missing, or a record is in both files.
    """
    files = [_read(earlier.included, earlier.encoding, included=True)]
    files += [_read(earlier.excluded, earlier.encoding, included=False)] if earlier.excluded else []
    _require_column(files[0], earlier.study_column)
    with review.store.through(Channel.FILE).write() as transaction:
        label = free_label(transaction, earlier.label)
        source = _source(transaction, one_line(earlier.source) or f"Version {label}")
        imported = [_import_file(review, transaction, file, source, label) for file in files]
        included = imported[0][0]
        excluded = [key for keys, _ in imported[1:] for key, _ in keys]
        _require_disjoint([key for key, _ in included], excluded)
        links = [(key, _study(entry, earlier.study_column)) for key, entry in included]
        payload = _payload(transaction, source, links)
        event_log.append(
            transaction, [*_rulings(label, links, excluded), event_log.Draft(EventKind.VERSION, label, payload=payload)]
        )
    warnings = tuple(warning for _, file_warnings in imported for warning in file_warnings)
    return ImportedVersion(label, source.name, len(_studies(links)), len(dict(links)), len(set(excluded)), warnings)


def _read(path: Path, encoding: str | None, *, included: bool) -> _VersionFile:
    data = read_file(path)
    parsed = read_in(data, encoding)
    if parsed.rejects:
        first = parsed.rejects[0]
        raise FormatError(
            f"{path}, line {first.line}: {first.reason} ({len(parsed.rejects)} of {parsed.declared} entries). Nothing was stored: "
            "a version comes in whole. Mend or take out these entries."
        )
    return _VersionFile(path, data, parsed, included, encoding is not None)


def _require_column(file: _VersionFile, column: str | None) -> None:
    if column is None or any(_cell(entry, column) for entry in file.parsed.entries):
        return
    columns = dict.fromkeys(name for entry in file.parsed.entries for name, _ in entry.citation.extra)
    hint = (
        f"Columns that no field was read from: {clean(', '.join(list(columns)[:12]))}."
        if columns
        else "It has no further columns."
    )
    raise DecisionError(f"{file.path} has no column '{one_line(column)}' with studies. {hint} Nothing was stored.")


def _cell(entry: ParsedEntry, column: str) -> str:
    return next((one_line(value) for name, value in entry.citation.extra if squeezed(name) == squeezed(column)), "")


def _study(entry: ParsedEntry, column: str | None) -> str:
    return _cell(entry, column) if column else ""


def _source(transaction: Transaction, name: str) -> Source:
    """The source that is to hold the version's records: a new one, or that of an import which was taken back."""
    if not fold(name):
        raise DecisionError(f"'{name}' cannot name a source: give --source a label with letters or digits.")
    existing = runs.find_source(transaction, slug(name))
    in_use = {closing.source for closing in closed_versions.standing_closings(transaction)}
    if existing and (
        existing.slug in in_use or not all(run.service.get("version") for run in runs.of_source(transaction, existing.slug))
    ):
        raise DecisionError(f"The source {existing.name} is in use; give this version's records another one: --source NAME.")
    return runs.register_source(transaction, name, SourceKind.DATABASE)


KeyedEntries = list[tuple[str, ParsedEntry]]


def _import_file(
    review: Review, transaction: Transaction, file: _VersionFile, source: Source, label: str
) -> tuple[KeyedEntries, tuple[str, ...]]:
    """Import one file under `source`; returns its entries by key, and warnings."""
    entries = file.parsed.entries
    run = runs.begin_run(
        transaction,
        source.slug,
        operator=review.operator,
        file_name=one_line(file.path.name),
        file_sha256=hashlib.sha256(file.data).hexdigest(),
        format=file.parsed.format,
        encoding=file.parsed.encoding,
        declared=file.parsed.declared,
        service={"version": label, "included": file.included} | ({"encoding_given": True} if file.encoding_given else {}),
    )
    raw = [RawFolder(review.folder, run.id).keep("included" if file.included else "excluded", packed(file.data))]
    deliveries = [records.Delivery(source.slug, entry.accession, entry.citation, entry.raw) for entry in entries]
    arrival = records.store_batch(transaction, run.id, deliveries)
    warnings = (*file.parsed.warnings, *arrival.warnings)
    run_progress.finish(transaction, run.id, RunStatus.COMPLETE, warnings=list(warnings), reported=len(entries), raw=raw)
    keyed, _ = records.with_keys(transaction, deliveries)
    return [(key, entry) for (key, _), entry in zip(keyed, entries, strict=True)], warnings


def _require_disjoint(included: Sequence[str], excluded: Sequence[str]) -> None:
    both = sorted(set(included) & set(excluded))
    if both:
        raise DecisionError(f"{both[0]} is in both files, included and excluded; nothing was stored. Take it out of one.")


def _rulings(label: str, links: Sequence[tuple[str, str]], excluded: Sequence[str]) -> Iterator[event_log.Draft]:
    for key in dict(links):
        for stage in Stage:
            yield _ruling(label, key, stage, Verdict.INCLUDE)
    for key in dict.fromkeys(excluded):
        yield _ruling(label, key, Stage.TITLE_ABSTRACT, Verdict.EXCLUDE)
    for key, study in dict.fromkeys(links):
        if study:
            yield event_log.Draft(EventKind.STUDY, key, reviewer=label, payload={"study": study, "linked": True})


def _ruling(label: str, key: str, stage: Stage, verdict: Verdict) -> event_log.Draft:
    payload = {"verdict": verdict.value, "reason": "", "version": label}
    return event_log.Draft(EventKind.ADJUDICATION, key, stage, label, payload)


def _studies(links: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The included keys by study; a report without one is a study of its own, under its key."""
    members: dict[str, list[str]] = {}
    for key, study in dict.fromkeys(links):
        members.setdefault(study or key, []).append(key)
    return members


def _payload(transaction: Transaction, source: Source, links: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """What this version and the one before it included together; only the newest closing is looked at later."""
    before = next(reversed(closed_versions.standing_closings(transaction)), None)
    studies = {item.label: list(item.records) for item in before.studies} if before else {}
    for label, keys in _studies(links).items():
        studies.setdefault(label, []).extend(keys)
    typed = {"studies": before.typed_studies, "reports": before.typed_reports} if before else {}
    return {
        "act": VersionOrigin.IMPORTED.value,
        "source": source.slug,
        "studies": [{"label": label, "records": keys} for label, keys in sorted(studies.items())],
        "reports": [*(before.reports if before else ()), *dict(links)],
        "pending": [],
        "typed": {kind: [{"n": item.n, "note": item.note} for item in numbers] for kind, numbers in typed.items()},
    }
