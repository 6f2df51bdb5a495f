"""A new review from what can be read of a damaged one: its database, its newest snapshot, its journal and its untouched answers.

Invariants: the damaged folder is only read, and only plain files in it; each record and event is there once, whatever origins had it; what is known
to be missing is named, and where nothing is, the new review is as the old one was.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from random import SystemRandom
from tempfile import TemporaryDirectory
from typing import Any

from prisma_tool.errors import ExitCode, PrismaError, ReviewError, UsageError
from prisma_tool.file_io import explained_errors, write_atomically
from prisma_tool.model.log.event_ids import EventIds
from prisma_tool.model.log.events import Event, EventKind, by_order
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import counted, one_line
from prisma_tool.plain_files import NotPlainFile, is_plain_file, listed, open_plain
from prisma_tool.rescue.lost_files import lost_files
from prisma_tool.rescue.raw_records import restore_records
from prisma_tool.review.copies.files import FOLDERS
from prisma_tool.review.environment import Environment
from prisma_tool.review.journal import FOLDER as JOURNAL
from prisma_tool.review.journal import JournalContents, journal_contents
from prisma_tool.review.open_review import create_review, database_address, open_review, utc_now
from prisma_tool.review.protocol.edit import set_database
from prisma_tool.review.protocol.first_text import new_protocol_text, with_id
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.review.snapshots import FOLDER as BACKUPS
from prisma_tool.review.snapshots import Snapshot, newest_snapshot
from prisma_tool.store.copies.origin_rows import logged_protocols, review_in
from prisma_tool.store.copies.reassembly import Reassembly
from prisma_tool.store.copies.salvage import DamagedDatabase, damaged_database
from prisma_tool.store.engine import health
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.opening import name_review, open_store
from prisma_tool.store.projections import rebuild
from prisma_tool.store.runs import runs
from prisma_tool.version import VERSION

_DATABASE, _SNAPSHOT, _JOURNAL = "database", "snapshot", "journal"
_PIECE = 1 << 16


@dataclass(slots=True)
class RescueResult:
    """What was rescued: where it is, records and events by origin, what is known to be missing, and what else a person should know."""

    folder: Path
    snapshot: str = ""
    records: dict[str, int] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> ExitCode:
        """Incomplete where something is known to be missing."""
        return ExitCode.INCOMPLETE if self.missing else ExitCode.DONE

    def as_json(self) -> Mapping[str, Any]:
        """The object of `rescue --json`."""
        return {**asdict(self), "folder": str(self.folder), "complete": not self.missing}


@dataclass(frozen=True, slots=True)
class _Origins:
    """What there is to rescue from."""

    folder: Path
    database: DamagedDatabase | None
    snapshot: Snapshot | None
    snapshot_rows: DamagedDatabase | None
    journal: JournalContents[Event]
    text: str


def damaged_folder(start: Path) -> Path:
    """The folder to rescue: the nearest that looks like a review's, whether or not its review.toml is there.

    Raises:
        ReviewError: there is none.
    """
    signs = (FILE_NAME, "review.db", JOURNAL)
    for folder in (start.absolute(), *start.absolute().parents):
        if any((folder / sign).exists() for sign in signs):
            return folder
    raise ReviewError(f"There is no review in {start} or above it, not even a damaged one: no {', '.join(signs)}.")


def rescue(
    start: Path, target: Path | None, environment: Environment, tell: Callable[[str], None], now: Callable[[], datetime] = utc_now
) -> RescueResult:
    """Build a new review in `target` (else beside the damaged folder) from what can be read of the review around `start`.

    Raises:
        UsageError: the target lies in the damaged folder.
        PrismaError: there is nothing to rescue, the target is not empty, or it cannot be written.
    """
    folder = damaged_folder(start)
    new_folder = _new_folder(folder, target)
    with TemporaryDirectory() as work, _origins(folder, Path(work), tell) as origins:
        result = RescueResult(new_folder)
        with _undone_on_failure(new_folder):
            _build(origins, result, tell, now)
    _verify(result, environment, tell, now)
    return result


def _new_folder(folder: Path, target: Path | None) -> Path:
    new_folder = (target or folder.with_name(f"{folder.name}-rescued")).absolute()
    if new_folder.resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{new_folder} lies in the damaged folder, which is not changed; name a folder outside it with --to.")
    with explained_errors(new_folder):
        if new_folder.exists() and (not new_folder.is_dir() or any(new_folder.iterdir())):
            raise ReviewError(f"{new_folder} exists and is not empty; nothing was done. Name another folder with --to.")
    return new_folder


@contextmanager
def _undone_on_failure(folder: Path) -> Iterator[None]:
    existed = folder.exists()
    try:
        yield
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if existed:
            folder.mkdir(exist_ok=True)
        raise


@contextmanager
def _origins(folder: Path, work: Path, tell: Callable[[str], None]) -> Iterator[_Origins]:
    journal = journal_contents(folder)
    text = _own_text(folder)
    protocol = _parsed(text)
    copy, copy_of_snapshot = work / "damaged.db", work / "snapshot.db"
    _copy_damaged(_database_file(folder, protocol), copy)
    with damaged_database(copy) as database:
        review = (protocol.id if protocol else "") or review_in(database)
        other = bool(review) and review_in(database) not in ("", review)
        if other:
            tell(f"The database belongs to another review ({review_in(database)}) and is left out.")
        snapshot = newest_snapshot(folder / BACKUPS, review)
        if snapshot:
            _copy_damaged(snapshot.path, copy_of_snapshot)
        with damaged_database(copy_of_snapshot) as snapshot_rows:
            yield _Origins(
                folder,
                None if other else database,
                snapshot,
                snapshot_rows if snapshot else None,
                journal,
                text if protocol else "",
            )


def _own_text(folder: Path) -> str:
    path = folder / FILE_NAME
    if not is_plain_file(path):
        return ""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return ""


def _parsed(text: str) -> Protocol | None:
    if not text:
        return None
    try:
        return parse_protocol(text)
    except PrismaError:
        return None


def _database_file(folder: Path, protocol: Protocol | None) -> Path:
    """Where the damaged SQLite file is; of a review on a server, what it may have left in the folder."""
    if protocol is not None:
        with suppress(PrismaError):
            address = database_address(folder, protocol)
            if isinstance(address, Path):
                return address
    return folder / "review.db"


def _copy_damaged(source: Path, target: Path) -> None:
    """Copy a database file with its log, piece by piece, so that a part that the disk does not give costs no other."""
    for suffix in ("", "-wal"):
        part = source.with_name(source.name + suffix)
        if not is_plain_file(part):
            continue
        with part.open("rb", buffering=0) as original, target.with_name(target.name + suffix).open("wb") as copy:
            size = part.stat().st_size
            for start in range(0, size, _PIECE):
                try:
                    original.seek(start)
                    piece = original.read(_PIECE)
                except OSError:
                    piece = bytes(min(_PIECE, size - start))
                copy.write(piece)


def _build(origins: _Origins, result: RescueResult, tell: Callable[[str], None], now: Callable[[], datetime]) -> None:
    text = _protocol_text(origins, result)
    review = _review_id(origins, text)
    if review and not parse_protocol(text).id:
        text = with_id(text, review)
    create_review(result.folder, text=text)
    if parse_protocol(text).database_url:
        result.notes.append(
            f"The new review has its database in {result.folder / 'review.db'}; {FILE_NAME} of the old one names another."
        )
        set_database(result.folder, "")
    _copy_files(origins.folder, result)
    protocol = parse_protocol((result.folder / FILE_NAME).read_text("utf-8"))
    store = open_store(
        result.folder / "review.db",
        protocol=protocol,
        now=now,
        new_id=EventIds(now, SystemRandom().getrandbits),
        tool_version=VERSION,
        backups=result.folder / BACKUPS,
        tell=tell,
        create=True,
    )
    try:
        with store.write() as transaction:
            name_review(transaction, protocol.id)
            _fill(transaction, origins, result)
    finally:
        store.close()


def _protocol_text(origins: _Origins, result: RescueResult) -> str:
    """The text of review.toml, else the newest that the log holds."""
    if origins.text:
        return origins.text
    logged = [event for event in origins.journal.events.values() if event.kind == EventKind.PROTOCOL]
    databases = filter(None, (origins.database, origins.snapshot_rows))
    logged += chain.from_iterable(map(logged_protocols, databases))
    for event in sorted(logged, key=by_order, reverse=True):
        if _parsed(event.text("text")):
            result.notes.append(
                f"{FILE_NAME} is missing or cannot be read; the newest text of it that the log holds stands in its place."
            )
            return event.text("text")
    result.missing.append(f"{FILE_NAME}: it cannot be read, and the log holds no text of it; a new one was written")
    return new_protocol_text(title="", pubmed="", ctgov="", reviewers=())


def _review_id(origins: _Origins, text: str) -> str:
    databases = filter(None, (origins.database, origins.snapshot_rows))
    return parse_protocol(text).id or next(filter(None, map(review_in, databases)), "")


def _copy_files(folder: Path, result: RescueResult) -> None:
    for name in (*FOLDERS, JOURNAL):
        for entry in listed(folder, Path(name)):
            if problem := entry.problem or _copied(folder, entry.path, result.folder):
                result.missing.append(f"{one_line(str(entry.path))} {problem}; it was not copied")


def _copied(folder: Path, relative: Path, target: Path) -> str:
    """Copy one plain file of the damaged folder; returns why it could not be read, or nothing."""
    destination = target / relative
    try:
        with open_plain(folder / relative, inside=folder) as stream:
            with explained_errors(destination.parent):
                destination.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(destination, iter(lambda: stream.read(_PIECE), b""))
    except NotPlainFile as error:
        return error.reason
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return ""


def _fill(transaction: Transaction, origins: _Origins, result: RescueResult) -> None:
    parts, journal = Reassembly(transaction), origins.journal
    # Of a run that came to its end the journal has the last word: a database without its log may hold an earlier state.
    parts.take_runs((entry for entry in journal.runs.values() if entry.run.get("status") == "complete"), _JOURNAL)
    if origins.database:
        parts.take_database(origins.database, _DATABASE)
    if origins.snapshot and origins.snapshot_rows:
        result.snapshot = origins.snapshot.path.name
        parts.take_database(origins.snapshot_rows, _SNAPSHOT, without=journal.left_out)
    parts.take_runs(journal.runs.values(), _JOURNAL)
    parts.take_events(journal.events.values(), _JOURNAL)
    parts.mend()
    parts.index()
    restored = _read_answers(transaction, parts, result)
    parts.settle()
    _account(origins, parts, restored, result)
    lost = lost_files(transaction, result.folder, parts.whole_runs)
    if _was_shared(origins):
        result.missing.append(
            "events of colleagues, perhaps: this journal has what was done from this folder; rescue in their folders too, and merge"
        )
        result.notes += [f"{line}; perhaps a colleague's folder has them" for line in lost]
    else:
        result.missing += lost


def _read_answers(transaction: Transaction, parts: Reassembly, result: RescueResult) -> int:
    restored = 0
    for run in sorted(runs.all_runs(transaction), key=lambda one: one.id):
        if run.id not in parts.whole_runs:
            answers = restore_records(transaction, result.folder, run)
            restored += answers.restored
            where = f"{run.search or run.file_name or run.id} ({run.source}, {run.started:%Y-%m-%d})"
            result.missing += [f"records of {where}, perhaps: {problem}" for problem in answers.problems]
            if not answers.problems and run.reported and not runs.delivered_keys(transaction, run.id):
                result.missing.append(f"the {run.reported} records of {where}: raw/ has no answer of it")
    return restored


def _was_shared(origins: _Origins) -> bool:
    """Whether the damaged review was on a server; then each folder holds what was fetched and attached from it."""
    protocol = _parsed(origins.text)
    return protocol is not None and bool(protocol.database_url)


def _account(origins: _Origins, parts: Reassembly, restored: int, result: RescueResult) -> None:
    counts = parts.counts()
    _count_origins(parts, counts, restored, result)
    lost_records, undone = parts.lost_subjects()
    lost_events = set(undone) | set(parts.lost_events(parts.altered | origins.journal.damaged))
    lost_events -= origins.journal.left_out
    fewer = parts.most["event"] - counts["events"] - len(origins.journal.left_out)
    if lost_events or fewer > 0:
        named = f": {', '.join(sorted(lost_events)[:3])}" + (", ..." if len(lost_events) > 3 else "") if lost_events else ""  # noqa: PLR2004 - enough to look for
        result.missing.append(f"{counted(max(len(lost_events), fewer), 'event')}{named}")
    if not _log_is_whole(origins.database) and not _journal_is_whole(origins.journal, parts):
        result.missing.append("events, perhaps: neither the database's log nor the journal is whole")
    fewer = max(parts.most["record"] - counts["records"], len(lost_records))
    if fewer > 0:
        named = f": {', '.join(lost_records[:3])}" + (", ..." if len(lost_records) > 3 else "") if lost_records else ""  # noqa: PLR2004 - same
        result.missing.append(f"{counted(fewer, 'record')}{named}")
    result.missing += [f"{what}: {number}" for what, number in sorted(parts.made_up.items())]
    result.notes += _damage(origins)


def _log_is_whole(database: DamagedDatabase | None) -> bool:
    return database is not None and not database.problem and database.has_table("event") and not database.unreadable.get("event")


def _journal_is_whole(journal: JournalContents[Event], parts: Reassembly) -> bool:
    """Whether the journal has all its lines, as far as can be seen: from its first event on it has what the other origins have."""
    first = min((event.clock for event in journal.events.values()), default=None)
    return first is not None and not journal.unreadable and not parts.events_since(first) - journal.events.keys()


def _count_origins(parts: Reassembly, counts: Mapping[str, int], restored: int, result: RescueResult) -> None:
    by_origin: Counter[tuple[str, str]] = parts.taken
    result.events = {origin: by_origin["event", origin] for origin in (_DATABASE, _SNAPSHOT, _JOURNAL)} | {
        "total": counts["events"]
    }
    contents = {origin: by_origin["record", origin] for origin in (_DATABASE, _SNAPSHOT)}
    result.records = contents | {"raw": restored, "total": counts["records"]}


def _damage(origins: _Origins) -> Iterator[str]:
    database, journal = origins.database, origins.journal
    if database is not None and database.problem:
        yield f"The database cannot be read ({database.problem})."
    if database is not None and database.unreadable:
        yield (
            "Not readable in the database: "
            + ", ".join(f"{n} places of {table}" for table, n in sorted(database.unreadable.items()))
            + "."
        )
    if journal.unreadable:
        yield f"{journal.unreadable} lines of the journal are no whole entries."
    if origins.snapshot is None:
        yield "There is no readable snapshot of this review."


def _verify(result: RescueResult, environment: Environment, tell: Callable[[str], None], now: Callable[[], datetime]) -> None:
    """Open the new review as any other and hold what follows from its log against the log."""
    if environment.database:
        tell("PRISMA_TOOL_DATABASE names another database: unset it before you work in the new review.")
    with open_review(result.folder, replace(environment, database=""), tell, now) as review, review.store.read() as transaction:
        problems = [*health.integrity(transaction), *rebuild.differences(transaction)]
    if problems:
        raise PrismaError(
            f"The new review in {result.folder} is not sound: {problems[0]}. Keep the damaged folder and report this."
        )
