"""Whether the files of a review's folder and its database belong together: raw/, rejects/, fulltext/ and journal/.

Invariant: nothing is changed here. What the system or a program puts beside files by itself (hidden names) is passed over.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from prisma_tool.history.findings import CheckResult
from prisma_tool.model.log.events import EventKind
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.runs.runs import Run

_OF_THE_SYSTEM = frozenset({"thumbs.db", "desktop.ini"})
_INBOX = "inbox"
_KEPT_APART = re.compile(r"~[0-9a-f]{8}(?=\.[^.]*$|$)")
"""What a merge adds to the name of a file of which this folder holds another under the same name."""
_REJECTS = re.compile(r"-([0-9a-f]{8})(?:\.[^/]*)?$")
"""How the name of a file of rejects ends: with the beginning of the SHA-256 of the file they stood in."""


def folder_checks(folder: Path, transaction: Transaction, runs: Sequence[Run]) -> Iterator[CheckResult]:
    """What of the folder belongs to nothing in the database."""
    yield _raw_folders(folder, runs)
    yield _rejects(folder, runs)
    yield _documents(folder, transaction)


def _raw_folders(folder: Path, runs: Sequence[Run]) -> CheckResult:
    known = {run.id for run in runs}
    strays = sorted(
        {
            path.parts[1]
            for path in _files(folder, "raw")
            if len(path.parts) < len(("raw", "run", "file")) or path.parts[1] not in known
        }
    )
    named = {raw["path"] for run in runs for raw in run.raw}
    beside = sum(
        path.as_posix() not in named and _named_apart(path).as_posix() not in named
        for path in _files(folder, "raw")
        if path.parts[1] not in strays
    )
    hint = f"; {beside} further files are left from steps that were interrupted" if beside else ""
    return (
        "runs of raw/",
        _with_advice(
            [f"raw/{name} belongs to no run of the database" for name in strays],
            "It was put back from an older copy or copied without review.db-wal (`prisma-tool restore` and `prisma-tool rescue` bring "
            "back what lacks), or an import was interrupted: import its file again, then delete this folder.",
        ),
        f"all belong to runs of the database{hint}",
    )


def _rejects(folder: Path, runs: Sequence[Run]) -> CheckResult:
    known = {run.file_sha256[:8] for run in runs if run.file_sha256}
    strays = [
        path.as_posix()
        for path in _files(folder, "rejects")
        if (match := _REJECTS.search(_named_apart(path).name)) is None or match[1] not in known
    ]
    advice = "Import the file that they come from again, or move them elsewhere."
    problems = [f"{name} belongs to no import of the database" for name in strays]
    return "files of rejects/", _with_advice(problems, advice), "all belong to imports of the database"


def _documents(folder: Path, transaction: Transaction) -> CheckResult:
    named = {event.text("file") for event in event_rows.events(transaction, kinds=[EventKind.RETRIEVAL])}
    strays = [
        path.as_posix()
        for path in _files(folder, "fulltext")
        if path.parts[1] != _INBOX and not {path.as_posix(), _named_apart(path).as_posix()} & named
    ]
    advice = "Attach it with `prisma-tool retrieve KEY retrieved --file FILE`, or move it to fulltext/inbox/."
    problems = [f"{name} is the full text of no record" for name in strays]
    return "files of fulltext/", _with_advice(problems, advice), "all are named by retrievals"


def _with_advice(problems: list[str], advice: str) -> list[str]:
    """The first problems, then what to do: a finding shows three sentences."""
    shown = problems if len(problems) <= 2 else [problems[0], f"{len(problems) - 1} more like it"]  # noqa: PLR2004 - the third is the advice
    return [*shown, advice] if problems else []


def _named_apart(path: Path) -> Path:
    """The path of the file beside which a merge kept this one."""
    return path.with_name(_KEPT_APART.sub("", path.name))


def _files(folder: Path, name: str) -> Iterator[Path]:
    """The files below a folder of the review, as paths within the review, in order."""
    for parent, folders, names in os.walk(folder / name):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for one in sorted(names):
            if not one.startswith(".") and one.lower() not in _OF_THE_SYSTEM:
                yield (Path(parent) / one).relative_to(folder)
