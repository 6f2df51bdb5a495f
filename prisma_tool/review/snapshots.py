"""The snapshots of a review in its folder `backups/`: taking them, listing them, and letting daily ones go.

Invariant: taking a snapshot never makes a decision wait, nor takes the last room on a disk on which decisions are still to be stored.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

from prisma_tool.errors import PrismaError, StoreError
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.snapshots import SnapshotKind, SnapshotName, parse_name, superseded
from prisma_tool.plain_files import is_plain_file
from prisma_tool.review.journal import Entry
from prisma_tool.store.engine.snapshots import contents_of, take_snapshot

FOLDER = "backups"
_ROOM = 3
"""As many times its own size must be free for a snapshot that nobody asked for."""

_PATIENCE = 1.0
"""Seconds of waiting for a snapshot before it is worth a word."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot in a folder: its path, when and why it was taken, its size, its events, and why it cannot be read (empty where it can)."""

    path: Path
    taken: datetime
    kind: SnapshotKind
    size: int
    review: str
    events: int
    problem: str

    @property
    def readable(self) -> bool:
        """Whether the review can be restored from it."""
        return not self.problem


def snapshots(folder: Path) -> list[Snapshot]:
    """The snapshots in a folder of them, newest first, each of them read to see whether it is whole."""
    return [_snapshot(path) for path in _by_age(folder)]


def newest_snapshot(folder: Path, review: str) -> Snapshot | None:
    """The newest readable snapshot of a review (any review where `review` is empty); states that a restore put aside come last."""
    paths = sorted(_by_age(folder), key=lambda path: _name(path).kind is SnapshotKind.RESTORE)
    examined = (_snapshot(path) for path in paths)
    return next((each for each in examined if each.readable and (not review or each.review in ("", review))), None)


def _by_age(folder: Path) -> list[Path]:
    paths = [path for path in folder.glob("*.db") if is_plain_file(path)]
    return sorted(paths, key=lambda path: (_name(path), path.name), reverse=True)


def _name(path: Path) -> SnapshotName:
    """What a file's name says; a file of another name was taken when it was written, for all that is known."""
    return parse_name(path.name) or SnapshotName(datetime.fromtimestamp(path.stat().st_mtime, UTC), SnapshotKind.OTHER)


def _snapshot(path: Path) -> Snapshot:
    name, contents = _name(path), contents_of(path)
    return Snapshot(path, name.moment, name.kind, path.stat().st_size, contents.review, contents.events, contents.problem)


def discard_superseded(folder: Path) -> None:
    """Remove the daily snapshots that later ones supersede."""
    names = filter(None, (parse_name(path.name) for path in folder.glob("*.db")))
    for name in superseded(names):
        with suppress(OSError):
            (folder / name.file_name).unlink()


class DailySnapshots:
    """Takes a snapshot on the first deed of a day, beside whoever goes on; `finish` waits for it and says what went wrong."""

    def __init__(self, database: Path | None, folder: Path, tell: Callable[[str], None]) -> None:
        """Snapshots of the SQLite file `database` into `folder`; with None, for a database on a server, there are none."""
        self._database, self._folder, self._tell = database, folder, tell
        self._day = ""
        self._thread: Thread | None = None
        self._problem = ""

    def note(self, entries: Sequence[Entry]) -> None:
        """Something was committed: where it is the day's first deed, begin its snapshot."""
        moment = max(entry.received for entry in entries)
        day = f"{moment:%Y%m%d}"
        if self._database is None or day == self._day or not any(_is_deed(entry) for entry in entries):
            return
        self._day = day
        if not any(self._folder.glob(f"review-{day}T*-{SnapshotKind.DAILY}*.db")):
            self.finish()
            name = SnapshotName(moment, SnapshotKind.DAILY)
            self._thread = Thread(target=self._take, args=(self._database, name), name="daily snapshot")
            self._thread.start()

    def _take(self, database: Path, name: SnapshotName) -> None:
        try:
            require_room(database, self._folder)
            take_snapshot(database, self._folder, name)
            discard_superseded(self._folder)
        except (PrismaError, OSError) as error:
            self._problem = str(error)

    def finish(self) -> None:
        """Wait for a snapshot under way."""
        if self._thread is not None:
            self._thread.join(_PATIENCE)
            if self._thread.is_alive():
                self._tell(f"What was done is stored. Today's snapshot of the database is being written to {self._folder} ...")
            self._thread.join()
            self._thread = None
        if self._problem:
            self._tell(f"What was done is stored, but today's snapshot could not be taken: {self._problem}")
            self._problem = ""


def _is_deed(entry: Entry) -> bool:
    return not isinstance(entry, Event) or entry.kind != EventKind.PROTOCOL


def require_room(database: Path, folder: Path) -> None:
    """Refuse a snapshot that would leave the disk almost full.

    Raises:
        StoreError: it would.
    """
    size = database.stat().st_size
    if shutil.disk_usage(folder if folder.exists() else folder.parent).free < _ROOM * size:
        raise StoreError(
            f"{folder} has too little room for {size / 1e6:.0f} MB more. Make room, or run `prisma-tool backup --to DIR`."
        )
