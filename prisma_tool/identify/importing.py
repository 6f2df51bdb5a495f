"""Importing files, each all or nothing, with an account that balances.

Invariants: `declared == parsed + rejected` and `parsed == new + seen + changed`; a file whose content was imported before for the
same source adds nothing, not even a run (counting rule 2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prisma_tool.errors import UsageError
from prisma_tool.formats.account import Entry, Parsed
from prisma_tool.formats.registry import read
from prisma_tool.identify.raw import RawFolder
from prisma_tool.model.keys import slug
from prisma_tool.model.vocabulary import RunStatus, SourceKind
from prisma_tool.review.files import read_file, write_atomically
from prisma_tool.review.review import Review, operator
from prisma_tool.store import records, runs
from prisma_tool.store.database import Transaction


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file; the keys of `import --json`."""

    path: str
    format: str
    encoding: str
    declared: int
    parsed: int
    rejected: tuple[tuple[int, str], ...]
    new: int
    seen: int
    changed: int
    known_file: bool = False
    rejects_file: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """How files are to be read: the source's label, its kind (None: as the source shows), format and source column if given."""

    source: str
    kind: SourceKind | None = None
    format: str | None = None
    source_column: str | None = None


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    data: bytes
    sha256: str
    parsed: Parsed


def check_file(path: Path, how: Import) -> FileReport:
    """Everything that `import_file` does but store.

    Raises:
        PrismaError: the file is missing or cannot be read as any known format.
    """
    parsed = read(read_file(path), format=how.format, source_column=how.source_column)
    return _report(path, parsed, records.Taken(0, 0, 0, ()))


def import_file(review: Review, path: Path, how: Import) -> FileReport:
    """Import one file, atomically.

    Raises:
        PrismaError: the file is missing, cannot be read as any known format, or the kind contradicts the known source.
    """
    data = read_file(path)
    file = _File(path, data, hashlib.sha256(data).hexdigest(), read(data, format=how.format, source_column=how.source_column))
    with review.store.write() as transaction:
        groups = _by_source(file.parsed, how.source)
        takings = [_import_group(review, transaction, file, how, label, entries) for label, entries in groups.items()]
    taken = records.Taken(
        sum(one.new for one in takings),
        sum(one.seen for one in takings),
        sum(one.changed for one in takings),
        tuple(warning for one in takings for warning in one.warnings),
    )
    rejects = _keep_rejects(review, file)
    return _report(path, file.parsed, taken, rejects_file=rejects, known_file=_all_known(takings))


_KNOWN_FILE = "imported before"


def _all_known(takings: Sequence[records.Taken]) -> bool:
    return bool(takings) and all(one.warnings == (_KNOWN_FILE,) for one in takings)


def _by_source(parsed: Parsed, fallback: str) -> dict[str, list[Entry]]:
    """Entries by the source that each names; the rest, and a file of rejects only, under the given label."""
    groups: dict[str, list[Entry]] = {}
    for entry in parsed.entries:
        groups.setdefault(entry.source or fallback, []).append(entry)
    return groups or {fallback: []}


def _import_group(
    review: Review, transaction: Transaction, file: _File, how: Import, label: str, entries: list[Entry]
) -> records.Taken:
    source = runs.register_source(transaction, label, how.kind or _shown_kind(label))
    if how.kind is not None and source.kind is not how.kind:
        raise UsageError(
            f"{source.name} is registered as a {source.kind}, not a {how.kind}; give the other kind a name of its own."
        )
    if runs.import_of(transaction, file.sha256, source.slug) is not None:
        return records.Taken(0, len(entries), 0, (_KNOWN_FILE,))
    rejects = file.parsed.rejects if label == how.source or len(entries) == len(file.parsed.entries) else ()
    run = runs.begin_run(
        transaction,
        source.slug,
        operator=operator(),
        file_name=file.path.name,
        file_sha256=file.sha256,
        format=file.parsed.format,
        encoding=file.parsed.encoding,
        declared=len(entries) + len(rejects),
        rejected=[{"line": reject.line, "reason": reject.reason} for reject in rejects],
        warnings=list(file.parsed.warnings),
    )
    run.raw = [RawFolder(review.folder, run.id).keep(file.path.name, file.data)]
    taken = records.take(transaction, run.id, [_delivery(source.slug, file.parsed.format, entry) for entry in entries])
    run.status, run.finished, run.warnings = RunStatus.COMPLETE, transaction.now(), [*run.warnings, *taken.warnings]
    run.reported = taken.new + taken.seen + taken.changed
    return taken


def _shown_kind(label: str) -> SourceKind:
    return SourceKind.REGISTER if slug(label) == "ctgov" else SourceKind.DATABASE


def _delivery(source: str, file_format: str, entry: Entry) -> records.Delivery:
    """Records of the two fetched services meet their fetched selves: the key is the PMID or NCT number, whatever the file says.

    In tables the accession column is the team's own word and stands (design.md, Identity).
    """
    own = {"pubmed": entry.citation.pmid, "ctgov": entry.citation.nct}.get(source, "")
    named = entry.accession if file_format == "csv" else ""
    return records.Delivery(source, named or own or entry.accession, entry.citation, entry.raw)


def _keep_rejects(review: Review, file: _File) -> str:
    """Write the untouched rejects of a file beside each other, ready to be mended and imported; returns the path or nothing."""
    if not file.parsed.rejects:
        return ""
    target = review.folder / "rejects" / f"{file.path.stem}-{file.sha256[:8]}{file.path.suffix}"
    target.parent.mkdir(exist_ok=True)
    write_atomically(target, "\n\n".join(reject.raw for reject in file.parsed.rejects).encode("utf-8", "surrogateescape"))
    return str(target)


def _report(path: Path, parsed: Parsed, taken: records.Taken, *, rejects_file: str = "", known_file: bool = False) -> FileReport:
    return FileReport(
        path=str(path),
        format=parsed.format,
        encoding=parsed.encoding,
        declared=parsed.declared,
        parsed=len(parsed.entries),
        rejected=tuple((reject.line, reject.reason) for reject in parsed.rejects),
        new=taken.new,
        seen=taken.seen,
        changed=taken.changed,
        known_file=known_file,
        rejects_file=rejects_file,
        warnings=() if known_file else (*parsed.warnings, *taken.warnings),
    )
