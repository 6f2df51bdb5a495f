"""Importing files, each all or nothing, with an account that balances.

Invariants: `declared == parsed + rejected` and `parsed == new + seen + changed`; a file whose content was imported before for the
same source adds nothing, not even a run (counting rule 2). Entries are stored as they are read, in one transaction per file.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from tempfile import SpooledTemporaryFile, gettempdir
from typing import IO, Any, cast

from prisma_tool.file_io import explained_errors, write_atomically
from prisma_tool.formats.account.account import FileAccount, ParsedEntry, Reject
from prisma_tool.formats.joining import joined, ties_of
from prisma_tool.formats.registry import open_entries
from prisma_tool.formats.tables import xlsx_reader
from prisma_tool.formats.text.byte_source import ByteSource, blocks
from prisma_tool.formats.text.encodings.given_encoding import is_other_than_utf8, utf8_parts, valid_as_utf8
from prisma_tool.identify.files.attach_runs import attach_runs
from prisma_tool.identify.files.declared_search import Reconciliation, SearchOfFile
from prisma_tool.identify.files.intake import File, Intake
from prisma_tool.identify.files.plausibility import ImportFinding
from prisma_tool.identify.files.preview import RecordPreview, previews
from prisma_tool.identify.files.provenance import Provenance, proposal, recognised
from prisma_tool.identify.files.reviewer_exports import ExportedScreening
from prisma_tool.identify.run.raw_answers import RawFolder, packed_file
from prisma_tool.model.file_names import safe_name
from prisma_tool.model.text import clean, one_line
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.plain_files import FileBytes, PlainFile, open_found
from prisma_tool.review.open_review import Review
from prisma_tool.review.trial import on_trial
from prisma_tool.store.engine.database import Transaction

BATCH = 2_000
"""How many entries are in memory at a time; the first of them show where the file comes from."""
_SMALL = 4 << 20
"""In bytes: what is no larger needs no file on the disk meanwhile."""

Listener = Callable[[Transaction, Sequence[tuple[str, ExportedScreening | None]]], Any]
"""Told, in the transaction of the import, each entry's key and what the file says reviewers said about it."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file; the keys of `import --json`.

    `encoding_given` is true where a person named the encoding, `missing` counts the entries without a title, abstract, year and DOI, `mapping` says by which header each field of a table was
    read, `speaking` counts the entries that carry decisions of another program. `search_notes` are sentences about the searches. `findings` are what a person should look at,
    `preview` the first records of a file that was only checked.
    """

    path: str
    format: str
    encoding: str
    encoding_given: bool
    declared: int
    parsed: int
    rejected: tuple[tuple[int, str], ...]
    new: int
    seen: int
    changed: int
    known_file: bool = False
    rejects_file: str = ""
    warnings: tuple[str, ...] = ()
    kind: str = ""
    platform: str = ""
    missing: Mapping[str, int] = field(default_factory=dict)
    register_entries: int = 0
    mapping: Mapping[str, str] = field(default_factory=dict)
    speaking: int = 0
    earlier_work: Any = None
    searches: tuple[Reconciliation, ...] = ()
    """The declared searches that the file was attached to, each held against all that was imported of it."""
    search_notes: tuple[str, ...] = ()
    findings: tuple[ImportFinding, ...] = ()
    preview: tuple[RecordPreview, ...] = ()


@dataclass(frozen=True, slots=True)
class Import:
    """How files are to be read: the source's label, its kind (None: as the source shows), format and columns if given.

    `columns` maps fields of a citation to headers of a table; `listener` is told what the file says about each entry; `encoding` is
    one that a person named (`known_encoding` gave it), and decides.
    """

    source: str
    kind: SourceKind | None = None
    format: str | None = None
    source_column: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    listener: Listener | None = None
    encoding: str | None = None
    search: SearchOfFile = field(default_factory=SearchOfFile)
    """What a person said of the search behind the files."""
    folders: Mapping[Path, Path] = field(default_factory=dict)
    """In which folder a file was found that nobody named by itself: no link of that folder is followed."""

    @property
    def read_by(self) -> Mapping[str, Any]:
        """What a person said of the file's columns."""
        named = {"source_column": self.source_column, "columns": dict(self.columns)}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class _NamedFile:
    """A file as it is, and as it is read: the same, or in UTF-8 where a person named its encoding."""

    path: Path
    data: PlainFile
    sha256: str
    readable: ByteSource

    @property
    def safe(self) -> Path:
        """The name of copies of the file; its own is kept in the run."""
        return Path(safe_name(self.path.name))


class _Discarded(Exception):
    """No error: carries what a trial import came to out of the transaction that it rolls back."""

    def __init__(self, report: FileReport) -> None:
        super().__init__()
        self.report = report


def check_file(review: Review, path: Path, how: Import) -> FileReport:
    """Everything that `import_file` does, and told like it, but nothing is stored.

    Raises:
        PrismaError: the file is missing, cannot be read as any known format, or the kind contradicts the known source.
    """
    with _open(path, how) as file, on_trial(review) as tried:
        try:
            with tried.store.write() as transaction:
                raise _Discarded(_import(tried, transaction, file, how, None)[0])  # noqa: TRY301 - leaving is the rollback
        except _Discarded as trial:
            return trial.report


def import_file(review: Review, path: Path, how: Import) -> FileReport:
    """Import one file, atomically.

    Raises:
        PrismaError: the file is missing, cannot be read as any known format, or the kind contradicts the known source.
    """
    # Compressing the untouched copy takes about as long as parsing; zlib leaves the other core to it.
    with _open(path, how) as file, _scratch(review.folder) as copy, ThreadPoolExecutor(1) as aside:
        copying = aside.submit(packed_file, file.data, copy)

        def keep(run: str) -> Mapping[str, Any]:
            with explained_errors(review.folder):
                answer = copying.result()
            return RawFolder(review.folder, run).keep(file.safe.name, answer)

        with review.store.write() as transaction:
            report, account = _import(review, transaction, file, how, keep)
        return _with_rejects(review, file, report, account)


@contextmanager
def _open(path: Path, how: Import) -> Iterator[_NamedFile]:
    folder = how.folders.get(path)
    with explained_errors(path):
        opened = PlainFile(path) if folder is None else open_found(path, folder)
    with opened as data, _scratch() as utf8:
        readable = _recoded(data, how.encoding, utf8) if how.encoding else data
        yield _NamedFile(path, data, _sha256(data), readable)


def _scratch(folder: Path | None = None) -> IO[bytes]:
    """A file for what is needed only meanwhile, in memory as long as it is small; it has no name that could stay behind."""
    return cast("IO[bytes]", SpooledTemporaryFile(_SMALL, dir=None if folder is None else str(folder)))


def _recoded(data: ByteSource, encoding: str, target: IO[bytes]) -> ByteSource:
    with explained_errors(Path(gettempdir())):
        target.writelines(utf8_parts(data, encoding))
    return FileBytes(target)


def _sha256(data: ByteSource) -> str:
    digest = hashlib.sha256()
    for block in blocks(data):
        digest.update(block)
    return digest.hexdigest()


def _opened(file: _NamedFile, how: Import) -> FileAccount:
    account = open_entries(file.readable, format=how.format, source_column=how.source_column, columns=how.columns)
    if how.encoding:
        account.encoding = how.encoding
        if is_other_than_utf8(file.data, how.encoding):
            account.warnings.append(valid_as_utf8(how.encoding))
    return account


def _import(
    review: Review, transaction: Transaction, file: _NamedFile, how: Import, keep: Callable[[str], Mapping[str, Any]] | None
) -> tuple[FileReport, FileAccount]:
    account = _opened(file, how)
    batches = _batches(account.entries)
    first = next(batches, [])
    preview = previews(transaction, first, how.source, account.format) if keep is None else ()
    provenance = recognised(account.format, account.header, first, account.platform)
    described = File(
        one_line(file.path.name), file.sha256, how.source, how.kind, review.operator, provenance, how.read_by, how.encoding
    )
    intake = Intake(transaction, described, listens=how.listener is not None)
    with _collector_paused():
        while first:
            intake.take(first, account)
            first = next(batches, [])
    file.data.require_unchanged()
    intake.close(account, keep)
    attached = attach_runs(transaction, review, how.search, intake.runs)
    earlier = how.listener(transaction, intake.statements) if how.listener else None
    report = replace(_report(file, how, account, intake, provenance), earlier_work=earlier, preview=preview)
    return replace(report, searches=attached.searches, search_notes=attached.notes), account


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Entries and rows refer to each other in no circle: looking for one in every batch finds nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _batches(entries: Iterator[ParsedEntry]) -> Iterator[list[ParsedEntry]]:
    while batch := list(islice(entries, BATCH)):
        yield batch


def _report(file: _NamedFile, how: Import, account: FileAccount, intake: Intake, provenance: Provenance) -> FileReport:
    known = intake.known_file
    rejects = sorted(account.rejects, key=lambda reject: reject.line)
    warnings = tuple(intake.warnings) if known else (proposal(provenance, how.source), *account.warnings, *intake.warnings)
    return FileReport(
        path=clean(str(file.path)),
        format=account.format,
        encoding=account.encoding,
        encoding_given=how.encoding is not None,
        declared=account.declared,
        parsed=account.parsed,
        rejected=tuple((reject.line, reject.reason) for reject in rejects),
        new=intake.total("new"),
        seen=intake.total("seen"),
        changed=intake.total("changed"),
        known_file=known,
        warnings=tuple(filter(None, warnings)),
        kind=", ".join(intake.kinds),
        platform=str(provenance),
        missing={name: intake.missing[name] for name in ("title", "abstract", "year", "doi")},
        register_entries=intake.register_entries,
        mapping=dict(account.mapping),
        speaking=intake.speaking,
        findings=intake.plausibility.findings(),
    )


def _with_rejects(review: Review, file: _NamedFile, report: FileReport, account: FileAccount) -> FileReport:
    """Write the untouched rejects of a file beside each other, ready to be mended and imported, and say where."""
    if not account.rejects:
        return report
    rejects = sorted(account.rejects, key=lambda reject: reject.line)
    rejected = Rejected(account.format, rejects, account.header)
    target = review.folder / "rejects" / f"{file.safe.stem}-{file.sha256[:8]}{rejects_suffix(rejected, file.safe.suffix)}"
    with explained_errors(target):
        target.parent.mkdir(exist_ok=True)
    write_atomically(target, rejects_text(rejected, file.readable).encode())
    return replace(report, rejects_file=str(target))


@dataclass(frozen=True, slots=True)
class Rejected:
    """The rejects of a file with what is known of it; `header` is that of a table."""

    format: str
    rejects: Sequence[Reject]
    header: tuple[str, ...] = ()


def rejects_suffix(rejected: Rejected, suffix: str) -> str:
    """The suffix of the file of rejects: the file's own, unless that names a binary format."""
    return ".csv" if rejected.format == xlsx_reader.FORMAT else suffix


def rejects_text(rejected: Rejected, original: ByteSource) -> str:
    """The rejects of a file, which was read from `original`, as text."""
    raw = (reject.raw for reject in rejected.rejects)
    return "".join(joined(rejected.format, raw, ties_of(rejected.format, original, rejected.header)))
