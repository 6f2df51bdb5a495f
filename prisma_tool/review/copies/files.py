"""Bringing the files of a copy of a review into this one: raw answers, full texts and rejects.

Invariants: no file here is overwritten; one that has another content in the copy is kept beside it under a name with its hash. Only what
a run or an event names is taken, from plain files below the copy's folder, and only if it is what its name says; whatever else lies there
is listed with the reason. What was taken can be put away again.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from prisma_tool.file_io import explained_errors, write_atomically
from prisma_tool.model.log.events import EventKind
from prisma_tool.plain_files import LARGEST, NotPlainFile, lies_below, listed, open_plain, pdf_problem
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.runs import runs

FOLDERS = ("raw", "fulltext", "rejects")
_INBOX = PurePosixPath("fulltext/inbox")
"""Where people put what belongs to no report yet: each folder's own affair."""
_PIECE = 1 << 20
_HASH_LENGTH = 8
_KEPT_APART = re.compile(r"~([0-9a-f]{8})$")
_HASHED = re.compile(r"-([0-9a-f]{8})$")


@dataclass(frozen=True, slots=True)
class LeftFile:
    """A file of the copy that was not taken: its name there, and why."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """What runs and events name: answers by path with the SHA-256 of their content, full texts by path, imported files by their hash."""

    answers: Mapping[str, tuple[str, int]]
    full_texts: frozenset[str]
    imports: frozenset[str]

    @classmethod
    def of(cls, *transactions: Transaction) -> NamedFiles:
        """What the rows of these databases name."""
        all_runs = [run for transaction in transactions for run in runs.all_runs(transaction)]
        retrievals = (
            event for transaction in transactions for event in event_rows.events(transaction, kinds=[EventKind.RETRIEVAL])
        )
        return cls(
            {answer["path"]: (answer["sha256"], _size(answer.get("bytes"))) for run in all_runs for answer in run.raw},
            frozenset(event.text("file") for event in retrievals),
            frozenset(run.file_sha256[:_HASH_LENGTH] for run in all_runs if run.rejected),
        )

    def includes(self, path: PurePosixPath) -> bool:
        """Whether a run or an event names this file."""
        name = path.as_posix()
        if not lies_below(name, path.parts[0]):
            return False
        if path.parts[0] == "rejects":
            ending = _HASHED.search(path.stem)
            return len(path.parts) == 2 and ending is not None and ending[1] in self.imports  # noqa: PLR2004 - the folder and the file
        return name in (self.answers if path.parts[0] == "raw" else self.full_texts)


def _size(stated: object) -> int:
    return min(stated, LARGEST) if isinstance(stated, int) and stated >= 0 else LARGEST


@dataclass(slots=True)
class TakenFiles:
    """What came of a copy's files: the paths that were written here, those kept apart from another file of their name, and those left."""

    written: list[Path] = field(default_factory=list)
    kept_apart: list[str] = field(default_factory=list)
    left: list[LeftFile] = field(default_factory=list)

    def put_away(self) -> None:
        """Remove what was written: the merge was refused."""
        for path in self.written:
            with explained_errors(path):
                path.unlink(missing_ok=True)


def take_files(source: Path, target: Path, named: NamedFiles) -> TakenFiles:
    """Copy what is missing in `target` from the folders of the copy `source`, as far as it is named and sound.

    Raises:
        PrismaError: a file cannot be written here; what came before it was put away again.
    """
    taken = TakenFiles()
    try:
        for name in FOLDERS:
            for entry in listed(source, Path(name)):
                if _INBOX not in PurePosixPath(entry.path.as_posix()).parents:
                    reason = entry.problem or _take(source, target, PurePosixPath(entry.path.as_posix()), named, taken)
                    if reason:
                        taken.left.append(LeftFile(_printable(entry.path), reason))
    except BaseException:
        taken.put_away()
        raise
    return taken


def _printable(path: Path) -> str:
    name = path.as_posix()
    return name if name.isprintable() else ascii(name)[1:-1]


def _take(source: Path, target: Path, relative: PurePosixPath, named: NamedFiles, taken: TakenFiles) -> str:
    """Take one file, where it is not here yet; returns why it was left, or nothing."""
    path, destination = source / relative, target / relative
    try:
        with open_plain(path, inside=source) as stream:
            digest = _digest(stream)
            if _holds(destination, digest):
                return ""
            reason = _objection(path, stream, relative, digest, named)
            if reason:
                return reason
            if destination.exists():
                destination = destination.with_name(f"{destination.stem}~{digest[:_HASH_LENGTH]}{destination.suffix}")
                if _holds(destination, digest):
                    return ""
                taken.kept_apart.append(destination.relative_to(target).as_posix())
            _write(destination, stream, taken)
    except NotPlainFile as error:
        return error.reason
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return ""


def _holds(destination: Path, digest: str) -> bool:
    if not destination.is_file():
        return False
    with explained_errors(destination), open_plain(destination) as stream:
        return _digest(stream) == digest


def _objection(path: Path, stream: BinaryIO, relative: PurePosixPath, digest: str, named: NamedFiles) -> str:
    """Why a file must not come in; empty where it may."""
    original = _without_mark(relative, digest)
    if not named.includes(original):
        return "is named by no run and no event"
    stream.seek(0)
    if relative.parts[0] == "fulltext":
        problem = pdf_problem(path, stream)
        return f"is no PDF: {problem}" if problem else ""
    if relative.parts[0] == "raw":
        sha256, size = named.answers[original.as_posix()]
        return _altered(stream, sha256, size)
    return ""


def _without_mark(relative: PurePosixPath, digest: str) -> PurePosixPath:
    """The name under which a file that an earlier merge kept apart is known to the log."""
    mark = _KEPT_APART.search(relative.stem)
    is_apart = mark is not None and digest.startswith(mark[1])
    return relative.with_name(_KEPT_APART.sub("", relative.stem) + relative.suffix) if is_apart else relative


def _altered(stream: BinaryIO, sha256: str, size: int) -> str:
    """Whether a kept answer is still the one that the run names; no more of it is unpacked than the run says that there is."""
    digest = hashlib.sha256()
    try:
        with gzip.GzipFile(fileobj=stream) as unpacked:
            while size >= 0 and (piece := unpacked.read(_PIECE)):
                size -= len(piece)
                digest.update(piece)
    except (OSError, EOFError, zlib.error):
        return "is damaged: it cannot be unpacked"
    return "" if size >= 0 and digest.hexdigest() == sha256 else "was altered: its content does not fit the SHA-256 in its run"


def _write(destination: Path, stream: BinaryIO, taken: TakenFiles) -> None:
    stream.seek(0)
    with explained_errors(destination.parent):
        destination.parent.mkdir(parents=True, exist_ok=True)
    # Noted first: whatever happens in between, it is put away.
    taken.written.append(destination)
    write_atomically(destination, _pieces(stream))


def _pieces(stream: BinaryIO) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(stream):
        digest.update(piece)
    return digest.hexdigest()
