"""What others did to the review meanwhile: other windows, other reviewers, other processes.

Invariant: everything that was stored is seen exactly once, in the order of storing, whatever the clocks say; a look costs two small
questions when nothing has happened.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from prisma_tool.model.log.events import EventKind
from prisma_tool.store.engine.database import Store
from prisma_tool.store.projections import event_log
from prisma_tool.store.queues import queues
from prisma_tool.store.queues.queues import LoggedEvent

AT_ONCE = 500
"""From this many events on, a queue is read anew instead of report by report."""

_ON_ONE_REPORT = frozenset({EventKind.DECISION, EventKind.ADJUDICATION, EventKind.RETRIEVAL})
_BESIDE_THE_QUEUE = frozenset(
    {
        EventKind.NOTE,
        EventKind.LABEL,
        EventKind.EDIT,
        EventKind.EFFORT,
        EventKind.NOTICE,
        EventKind.WATCH,
        EventKind.STUDY,
        EventKind.ACKNOWLEDGEMENT,
        EventKind.ADJUSTMENT,
        EventKind.STRATEGY,
        EventKind.ORDER,
        EventKind.PARTICIPANTS,
    }
)


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened since the last look.

    `voted` are record keys whose mark may have changed, `touched` all that anybody spoke of; `whole` says that more than single
    reports has changed, so that a queue must be read anew.
    """

    voted: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()
    whole: bool = False

    def __or__(self, later: Changes) -> Changes:
        return Changes(self.voted | later.voted, self.touched | later.touched, self.whole or later.whole)

    def __bool__(self) -> bool:
        return bool(self.voted or self.touched or self.whole)


class ChangeFeed:
    """Follows a store from the moment at which it is made.

    Raises:
        StoreError: the database cannot be read.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.read() as transaction:
            self._number = event_log.last_number(transaction)
            self._arrived = queues.last_arrival(transaction)

    def look(self, counted: Collection[str] = ()) -> Changes:
        """What happened since the last look; may be called from another thread.

        Args:
            counted: The ids of decisions which every queue has counted already, so that none needs to read their reports again.

        Raises:
            StoreError: the database cannot be read; the next look tells all the same.
        """
        with self._store.read() as transaction:
            number, arrived = event_log.last_number(transaction), queues.last_arrival(transaction)
            events = queues.events_since(transaction, self._number, AT_ONCE) if number > self._number else []
        # A snapshot that was put back has fewer events than were seen.
        whole, grown = number < self._number or len(events) == AT_ONCE, arrived != self._arrived
        self._number, self._arrived = (events[-1].number if events and not whole else number), arrived
        return Changes(whole=True) if whole else changes_of(events, grown=grown, counted=counted)


def changes_of(events: list[LoggedEvent], *, grown: bool, counted: Collection[str] = ()) -> Changes:
    """What these events, and whether records arrived, mean for a queue."""
    voted = frozenset(one.subject for one in events if one.kind in _ON_ONE_REPORT and one.id not in counted)
    aside = frozenset(one.subject for one in events if one.kind in _BESIDE_THE_QUEUE or one.id in counted)
    return Changes(voted, voted | aside, grown or any(one.kind not in _ON_ONE_REPORT | _BESIDE_THE_QUEUE for one in events))
