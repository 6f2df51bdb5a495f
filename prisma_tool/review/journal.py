"""The journal: a second copy of the log in plain text, one JSON line an event, one file a day.

Beside events it holds each run as it stood after it began, changed or ended, so that the untouched answers in raw/ can be read again where the
database is lost, and which events a person left out when a snapshot was put back.

Invariant: a line is appended after its event is committed, so the journal never holds what the database refused. It holds what was
done from this folder, also where the database is on a server. Reading believes nothing: a line that is no whole, unaltered entry is
passed over and named.
"""

from __future__ import annotations

import errno
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from prisma_tool.model import json_text
from prisma_tool.model.log.clock import FURTHEST
from prisma_tool.model.log.contents import content_hash
from prisma_tool.model.log.events import Event
from prisma_tool.model.log.run_entry import RunEntry
from prisma_tool.model.utc import utc_text
from prisma_tool.plain_files import is_plain_file

FOLDER = "journal"
_SUFFIX = ".jsonl"
_PROTOCOL = b'"kind":"protocol"'
_LEFT_OUT = "left_out"

Entry = Event | RunEntry


class Journal:
    """Appends to the journal of a review's folder.

    A journal that cannot be written costs no decision: the event is in the database. It is said once, and what lacks is written with
    the next entry that can be, or named by `prisma-tool doctor`.
    """

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self._folder, self._tell = folder / FOLDER, tell
        self._failed = False
        self._unwritten = b""

    def append(self, entries: Sequence[Entry]) -> None:
        """Append these entries, which were committed just now."""
        moment = max(entry.received for entry in entries)
        for start in range(0, len(entries), _TOGETHER):
            self._write(moment, b"".join(_line(_values(entry)) for entry in entries[start : start + _TOGETHER]))

    def leave_out(self, ids: Collection[str], moment: datetime) -> None:
        """Note that a person did not want these events back when a snapshot was restored."""
        self._write(moment, _line({_LEFT_OUT: sorted(ids)}))

    def _write(self, moment: datetime, lines: bytes) -> None:
        path = self._folder / f"{moment:%Y-%m-%d}{_SUFFIX}"
        lines = self._unwritten + lines
        try:
            self._folder.mkdir(exist_ok=True)
            _append(path, lines)
        except OSError as error:
            self._unwritten = lines
            if not self._failed:
                self._tell(
                    f"What was done is stored, but {path} could not be written ({error.strerror}): the second copy of the log lacks it."
                )
            self._failed = True
        else:
            self._unwritten = b""


_TOGETHER = 5_000
"""So many lines are written in one piece: those of a whole pass of deduplication would fill the memory."""

_HOW = (
    os.O_RDWR
    | os.O_APPEND
    | os.O_CREAT
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)
"""Neither through a link nor waiting at a pipe."""


def append(folder: Path, events: Iterable[Event]) -> None:
    """Append events to the journal in a folder of that name, each to the file of the day on which it was stored.

    Raises:
        OSError: a file cannot be written.
    """
    by_day: dict[str, list[Event]] = {}
    for event in events:
        by_day.setdefault(f"{event.received:%Y-%m-%d}", []).append(event)
    for day, of_the_day in by_day.items():
        folder.mkdir(exist_ok=True)
        _append(folder / f"{day}{_SUFFIX}", b"".join(_line(line_of(event)) for event in of_the_day))


def _append(path: Path, lines: bytes) -> None:
    handle = os.open(path, _HOW, 0o666)
    try:
        size = os.lseek(handle, 0, os.SEEK_END)
        # A line that a crash or a full disk cut off must not swallow the next one.
        if size and not _ends_line(handle):
            lines = b"\n" + lines
        # In one piece, so that two programs do not write into each other's lines.
        if os.write(handle, lines) != len(lines):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(handle)


def _ends_line(handle: int) -> bool:
    os.lseek(handle, -1, os.SEEK_END)
    return os.read(handle, 1) == b"\n"


def _line(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _values(entry: Entry) -> Mapping[str, Any]:
    return (
        line_of(entry)
        if isinstance(entry, Event)
        else {"run": dict(entry.run), "source": dict(entry.source), "received": utc_text(entry.received)}
    )


def line_of(event: Event) -> Mapping[str, Any]:
    """An event as the object of its line."""
    values = {name: getattr(event, name) for name in Event.__struct_fields__}
    return values | {"at": utc_text(event.at), "received": utc_text(event.received), "payload": dict(event.payload)}


_Kept = TypeVar("_Kept")


@dataclass(slots=True)
class JournalContents(Generic[_Kept]):
    """What a folder's journal holds.

    `events` (or what is kept of each) are by id, without those that were left out at a restore, whose ids are in `left_out`; `runs` hold the last state of each.
    `unreadable` counts lines that are no whole, unaltered entry, `damaged` has the ids of events that can still be made out in them.
    """

    events: dict[str, _Kept] = field(default_factory=dict)
    runs: dict[str, RunEntry] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    unreadable: int = 0
    damaged: set[str] = field(default_factory=set)


def journal_contents(folder: Path) -> JournalContents[Event]:
    """All of a folder's journal, whatever its files hold.

    Raises:
        OSError: a file cannot be read.
    """
    return kept_contents(folder, lambda event: event)


def kept_contents(folder: Path, keep: Callable[[Event], _Kept]) -> JournalContents[_Kept]:
    """The same with what `keep` makes of each event, for whoever has no room for all of them.

    Raises:
        OSError: a file cannot be read.
    """
    contents: JournalContents[_Kept] = JournalContents()
    for line in lines_of(sized_files(folder)):
        take(contents, line, keep)
    contents.damaged -= contents.events.keys()
    for event_id in contents.left_out & contents.events.keys():
        del contents.events[event_id]
    return contents


SizedFile = tuple[Path, int]
"""A file of a journal, and how many bytes it had."""


def sized_files(folder: Path) -> list[SizedFile]:
    """The files of a folder's journal in their order, as large as they are now."""
    return [(path, path.stat().st_size) for path in _files(folder)]


def lines_of(files: Iterable[SizedFile]) -> Iterator[bytes]:
    """The lines that these files had then; they only ever grow.

    Raises:
        OSError: a file cannot be read.
    """
    for path, size in files:
        end = 0
        with path.open("rb") as stream:
            for line in stream:
                end += len(line)
                if end > size:
                    break
                yield line


def read_journal(folder: Path) -> Iterator[Event]:
    """The events of a folder's journal in the order in which they were written; lines that are no whole event are passed over.

    Raises:
        OSError: a file cannot be read.
    """
    return iter(journal_contents(folder).events.values())


_ID = re.compile(rb'"id":"([0-9a-f-]{36})","kind"')


def take(contents: JournalContents[_Kept], line: bytes, keep: Callable[[Event], _Kept]) -> None:
    """Add to `contents` what a line says, or that it says nothing."""
    entry = _entry(line)
    if isinstance(entry, Event):
        contents.events[entry.id] = keep(entry)
        # Written once more, it is wanted after all.
        contents.left_out.discard(entry.id)
    elif isinstance(entry, RunEntry):
        contents.runs[str(entry.run["id"])] = entry
    elif entry is not None:
        contents.left_out |= entry
    elif line.strip():
        contents.unreadable += 1
        contents.damaged |= {match.decode() for match in _ID.findall(line)}


whole_event = msgspec.json.Decoder(Event).decode
"""Reads the line of an event as `line_of` gives it at a fraction of the cost; refuses what has other or further fields."""


def _entry(line: bytes) -> Entry | set[str] | None:
    try:
        event = whole_event(line)
    except (ValueError, RecursionError):
        return _unusual_entry(line)
    return event if _says_its_hash(event) else None


def _unusual_entry(line: bytes) -> Entry | set[str] | None:
    """What else a journal holds, and events that are written otherwise than they are written here."""
    try:
        values = json_text.parse(line)
        if _LEFT_OUT in values:
            return {str(event_id) for event_id in values[_LEFT_OUT]}
        received = datetime.fromisoformat(values["received"])
        if "run" in values:
            return RunEntry(received, dict(values["run"]), dict(values["source"])) if values["run"]["id"] else None
        event = Event(**{**values, "at": datetime.fromisoformat(values["at"]), "received": received})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return event if is_sound(event) else None


def is_sound(event: Event) -> bool:
    """Whether an event from outside is of the right types and says what its hash says."""
    texts = (
        event.id,
        event.kind,
        event.subject,
        event.stage,
        event.reviewer,
        event.tool_version,
        event.via,
        event.salt,
        event.sha256,
    )
    typed = all(isinstance(text, str) for text in texts) and isinstance(event.payload, dict)
    return typed and isinstance(event.clock, int) and _says_its_hash(event)


def _says_its_hash(event: Event) -> bool:
    """The same of an event whose types are known to be right."""
    return has_sound_times(event) and content_hash(event) == event.sha256


def has_sound_times(event: Event) -> bool:
    """Whether an event's times are of a known zone, and its clock one that this program could have written."""
    return event.at.tzinfo is not None and event.received.tzinfo is not None and 0 <= event.clock <= FURTHEST


def shows_work(folder: Path) -> bool:
    """Whether a folder's journal tells of anything but the protocol, which is noted when a review is first opened."""
    for path in _files(folder):
        with path.open("rb") as stream:
            if any(_PROTOCOL not in line for line in stream):
                return True
    return False


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted((folder / FOLDER).glob(f"*{_SUFFIX}")) if is_plain_file(path)]
