"""The journal: a second copy of the log in plain text, one JSON line an event, one file a day.

Invariant: a line is appended after its event is committed, so the journal never holds what the database refused. It holds what was
done from this folder, also where the database is on a server.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from prisma_tool.model.log.events import Event
from prisma_tool.model.utc import utc_text

FOLDER = "journal"
_SUFFIX = ".jsonl"
_PROTOCOL = b'"kind":"protocol"'


class Journal:
    """Appends to the journal of a review's folder.

    A journal that cannot be written costs no decision: the event is in the database. It is said once, and `prisma-tool doctor` names what lacks.
    """

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self._folder, self._tell = folder / FOLDER, tell
        self._failed = False

    def append(self, events: Sequence[Event]) -> None:
        """Append these events, which were committed just now."""
        try:
            append(self._folder, events)
        except OSError as error:
            if not self._failed:
                self._tell(
                    f"What was done is stored, but {error.filename or self._folder} could not be written ({error.strerror}): the second copy "
                    "of the log lacks it."
                )
            self._failed = True


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
        lines = "".join(f"{json.dumps(line_of(event), ensure_ascii=True, separators=(',', ':'))}\n" for event in of_the_day)
        _append(folder / f"{day}{_SUFFIX}", lines.encode())


def _append(path: Path, lines: bytes) -> None:
    with path.open("ab+", buffering=0) as stream:
        # A line that a crash cut off must not swallow the next one.
        if stream.tell() and not _ends_line(stream):
            lines = b"\n" + lines
        stream.write(lines)


def _ends_line(stream: Any) -> bool:
    stream.seek(-1, 2)
    return bool(stream.read(1) == b"\n")


def line_of(event: Event) -> Mapping[str, Any]:
    """An event as the object of its line."""
    values = {name: getattr(event, name) for name in Event.__slots__}
    return values | {"at": utc_text(event.at), "received": utc_text(event.received), "payload": dict(event.payload)}


def read_journal(folder: Path) -> Iterator[Event]:
    """The events of a folder's journal in the order in which they were written; lines that are no whole event are passed over.

    Raises:
        OSError: a file cannot be read.
    """
    for path in _files(folder):
        for line in path.read_bytes().splitlines():
            event = _event(line)
            if event is not None:
                yield event


def _event(line: bytes) -> Event | None:
    try:
        values = json.loads(line)
        moments = {name: datetime.fromisoformat(values[name]) for name in ("at", "received")}
        return Event(**{**values, **moments})
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def shows_work(folder: Path) -> bool:
    """Whether a folder's journal tells of anything but the protocol, which is noted when a review is first opened."""
    return any(_PROTOCOL not in line for path in _files(folder) for line in path.read_bytes().splitlines())


def _files(folder: Path) -> list[Path]:
    return sorted((folder / FOLDER).glob(f"*{_SUFFIX}"))
