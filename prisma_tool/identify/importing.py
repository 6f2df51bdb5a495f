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
from prisma_tool.formats.account import Entry, Parsed, Reject
from prisma_tool.formats.registry import read
from prisma_tool.identify.platforms import proposal
from prisma_tool.identify.raw import RawFolder
from prisma_tool.identify.rejects import rejects_text
from prisma_tool.model.keys import slug
from prisma_tool.model.text import clean, fold, one_line
from prisma_tool.model.vocabulary import RunStatus, SourceKind
from prisma_tool.review.files import read_file, told_about, write_atomically
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


_LONGEST_STEM, _LONGEST_SUFFIX = 50, 10
"""In characters; folder entries end at 255 bytes, and a character of a name takes up to four."""


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    data: bytes
    sha256: str
    parsed: Parsed

    @property
    def name(self) -> str:
        """The name of copies of the file: readable text, short enough for a folder entry with further suffixes."""
        stem, suffix = one_line(self.path.stem), one_line(self.path.suffix)
        return f"{stem[:_LONGEST_STEM]}{suffix[:_LONGEST_SUFFIX]}" or "file"


@dataclass(frozen=True, slots=True)
class _Group:
    """The entries of a file that come from one source, and the rejects that are told with them."""

    label: str
    entries: tuple[Entry, ...]
    rejects: tuple[Reject, ...]


class _Discarded(Exception):
    """No error: carries what a trial import came to out of the transaction that it rolls back."""

    def __init__(self, takings: list[records.Taken]) -> None:
        super().__init__()
        self.takings = takings


def check_file(review: Review, path: Path, how: Import) -> FileReport:
    """Everything that `import_file` does, and told like it, but nothing is stored.

    Raises:
        PrismaError: the file is missing, cannot be read as any known format, or the kind contradicts the known source.
    """
    file = _read(path, how)
    try:
        with review.store.write() as transaction:
            raise _Discarded(_import_groups(review, transaction, file, how, keep=False))  # noqa: TRY301 - leaving is the rollback
    except _Discarded as trial:
        return _report(path, file.parsed, how.source, _sum(trial.takings), known_file=_all_known(trial.takings))


def import_file(review: Review, path: Path, how: Import) -> FileReport:
    """Import one file, atomically.

    Raises:
        PrismaError: the file is missing, cannot be read as any known format, or the kind contradicts the known source.
    """
    file = _read(path, how)
    with review.store.write() as transaction:
        takings = _import_groups(review, transaction, file, how, keep=True)
    rejects = _keep_rejects(review, file)
    return _report(path, file.parsed, how.source, _sum(takings), rejects_file=rejects, known_file=_all_known(takings))


def _read(path: Path, how: Import) -> _File:
    data = read_file(path)
    parsed = read(data, format=how.format, source_column=how.source_column)
    return _File(path, data, hashlib.sha256(data).hexdigest(), parsed)


def _import_groups(review: Review, transaction: Transaction, file: _File, how: Import, *, keep: bool) -> list[records.Taken]:
    groups = _by_source(file.parsed, how.source)
    return [_import_group(review, transaction, file, how, group, keep=keep) for group in groups]


def _sum(takings: Sequence[records.Taken]) -> records.Taken:
    return records.Taken(
        sum(one.new for one in takings),
        sum(one.seen for one in takings),
        sum(one.changed for one in takings),
        tuple(warning for one in takings for warning in one.warnings),
    )


_KNOWN_FILE = "imported before"


def _all_known(takings: Sequence[records.Taken]) -> bool:
    return bool(takings) and all(one.warnings == (_KNOWN_FILE,) for one in takings)


def _require_label(label: str) -> None:
    if not fold(label):
        raise UsageError(f"'{one_line(label)}' cannot name a source: give a label with letters or digits, such as Embase.")


def _by_source(parsed: Parsed, fallback: str) -> list[_Group]:
    """Entries by the source that each names, in whatever spelling; the rest under the given label, and the rejects there or first."""
    by_slug: dict[str, tuple[str, list[Entry]]] = {}
    for entry in parsed.entries:
        label = entry.source or fallback
        by_slug.setdefault(slug(label), (label, []))[1].append(entry)
    if not by_slug:
        return [_Group(fallback, (), parsed.rejects)]
    home = slug(fallback) if slug(fallback) in by_slug else next(iter(by_slug))
    return [
        _Group(label, tuple(entries), parsed.rejects if source == home else ()) for source, (label, entries) in by_slug.items()
    ]


def _import_group(
    review: Review, transaction: Transaction, file: _File, how: Import, group: _Group, *, keep: bool
) -> records.Taken:
    _require_label(group.label)
    source = runs.register_source(transaction, one_line(group.label), how.kind or _shown_kind(group.label))
    if how.kind is not None and source.kind is not how.kind:
        raise UsageError(
            f"{source.name} is registered as a {source.kind}, not a {how.kind}; give the other kind a name of its own."
        )
    if runs.import_of(transaction, file.sha256, source.slug) is not None:
        return records.Taken(0, len(group.entries), 0, (_KNOWN_FILE,))
    run = runs.begin_run(
        transaction,
        source.slug,
        operator=operator(),
        file_name=one_line(file.path.name),
        file_sha256=file.sha256,
        format=file.parsed.format,
        encoding=file.parsed.encoding,
        declared=len(group.entries) + len(group.rejects),
        rejected=[{"line": reject.line, "reason": reject.reason} for reject in group.rejects],
        warnings=list(file.parsed.warnings),
    )
    if keep:
        run.raw = [RawFolder(review.folder, run.id).keep(file.name, file.data)]
    taken = records.take(transaction, run.id, [_delivery(source.slug, file.parsed.format, entry) for entry in group.entries])
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
    target = review.folder / "rejects" / f"{Path(file.name).stem}-{file.sha256[:8]}{Path(file.name).suffix}"
    with told_about(target):
        target.parent.mkdir(exist_ok=True)
    write_atomically(target, rejects_text(file.parsed, file.data).encode())
    return str(target)


def _report(
    path: Path, parsed: Parsed, source: str, taken: records.Taken, *, rejects_file: str = "", known_file: bool = False
) -> FileReport:
    return FileReport(
        path=clean(str(path)),
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
        warnings=() if known_file else tuple(filter(None, (proposal(parsed, source), *parsed.warnings, *taken.warnings))),
    )
