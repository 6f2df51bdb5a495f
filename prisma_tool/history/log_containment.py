"""Whether a state of the log that was published elsewhere, as its head, is contained in this log (`doctor --head`).

Invariant: "contained" is said only where events that are here, as they read now, add up to the head. That a version noted a head shows
that it was the log's once, not that what was in it is here still.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from prisma_tool.errors import UsageError
from prisma_tool.model.log.contents import Head
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.utc import utc_text
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.log_contents import LogOrder, StoredHash, recomputed_hashes

_HEAD = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Containment:
    """Whether a state is contained, of how many events it was, and how many came since, the first and the last of them when."""

    head: str
    contained: bool
    events: int = 0
    since: int = 0
    first: datetime | None = None
    last: datetime | None = None
    version: str = ""
    """The label of a version that noted this head."""

    def as_json(self) -> dict[str, Any]:
        """The object of `doctor --head --json`."""
        first, last = (utc_text(moment) if moment else None for moment in (self.first, self.last))
        counts = {"events": self.events, "since": self.since} if self.contained else {"events": None, "since": None}
        return {"head": self.head, "contained": self.contained, **counts, "first": first, "last": last, "version": self.version}

    def sentence(self) -> str:
        """The answer in words."""
        noted = f" The version {self.version} noted it." if self.version else ""
        if not self.contained:
            why = (
                " All the same something of it is missing here or was changed; or it was closed in a copy that had merged others, and only "
                "that copy can say."
                if self.version
                else " Something of it is missing here or was changed, or it is the head of a copy that did not go on from this log: ask that copy."
            )
            return f"This log does not contain that state.{noted}{why}"
        if not self.since or self.first is None or self.last is None:
            return f"This log is in that very state: {counted(self.events, 'event')}, unchanged, and nothing since.{noted}"
        when = (
            f"on {self.first:%Y-%m-%d}"
            if self.first.date() == self.last.date()
            else f"from {self.first:%Y-%m-%d} to {self.last:%Y-%m-%d}"
        )
        return f"This log contains that state: {counted(self.events, 'event')}, unchanged. Since then {counted(self.since, 'event')} came, {when}.{noted}"


def containment(review: Review, text: str) -> Containment:
    """Look for the state with this head in the log.

    Tried are the beginnings of the log in the orders in which this database may have come to hold it, and, for a head that a version
    of a merged copy noted, what came from copies before that version together with each beginning of what was done here.

    Raises:
        UsageError: the text is no head.
    """
    head = text.strip().lower()
    if not _HEAD.fullmatch(head):
        raise UsageError(
            f"'{one_line(text)[:80]}' is no head of a log: that is 64 hexadecimal digits, as `status --json` and `version close` print."
        )
    with review.store.read() as transaction:
        noted = [event for event in event_rows.events(transaction, kinds=[EventKind.VERSION]) if event.text("head") == head]
        label = noted[-1].subject if noted else ""
        beginning = next(_beginnings(transaction, head, noted), None)
    return beginning.containment(head, label) if beginning else Containment(head, contained=False, version=label)


@dataclass(slots=True)
class _Beginning:
    """A beginning of the log that has the head: of how many events, and what came after it, counted while the log is read on."""

    events: int
    since: int = 0
    first: datetime | None = None
    last: datetime | None = None

    def count(self, later: StoredHash) -> None:
        self.since += 1
        self.first = min(later.received, self.first or later.received)
        self.last = max(later.received, self.last or later.received)

    def containment(self, head: str, version: str) -> Containment:
        return Containment(head, True, self.events, self.since, self.first, self.last, version)


def _beginnings(transaction: Transaction, head: str, noted: list[Event]) -> Iterator[_Beginning]:
    hashes = recomputed_hashes(transaction)
    for order in LogOrder:
        yield from _matching(head, [], hashes(order))
    for closing in noted:
        known = [stored for stored in hashes(LogOrder.CLOCK) if _came_before(stored, closing)]
        others = (stored for stored in hashes(LogOrder.STORED) if not _came_before(stored, closing))
        yield from _matching(head, known, others)


def _came_before(stored: StoredHash, closing: Event) -> bool:
    """Whether an event came from a copy and was done before the closing, so that the copy may have held it then."""
    return stored.merged and stored.order < closing.order


def _matching(head: str, known: list[StoredHash], others: Iterator[StoredHash]) -> Iterator[_Beginning]:
    """The beginning of `others` that, together with `known`, has this head, if there is one."""
    total = Head()
    for stored in known:
        total.add(stored.sha256)
    match = _Beginning(len(known)) if known and total.text() == head else None
    for place, stored in enumerate(others, len(known) + 1):
        if match is not None:
            match.count(stored)
            continue
        total.add(stored.sha256)
        if total.text() == head:
            match = _Beginning(place)
    if match is not None:
        yield match
