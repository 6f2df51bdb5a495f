"""Events: everything that people or the engine ever said about a review, append-only.

An event is a fact and never changes; undo is another event that names it. `slot` says which question an event answers, and
`standing` which of several answers counts. These two functions are the only place where that is decided, so the projections that
the store keeps and a fold over the whole log cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import Struct, field

from prisma_tool.model.log.clock import moment_of


class EventKind(StrEnum):
    """The kinds this version writes and understands. Others, from a newer copy, are kept and reported."""

    DECISION = "decision"
    ADJUDICATION = "adjudication"
    DUPLICATE = "duplicate"
    DEDUPLICATION = "deduplication"
    RETRIEVAL = "retrieval"
    STUDY = "study"
    REMOVAL = "removal"
    ADJUSTMENT = "adjustment"
    NOTE = "note"
    UNDO = "undo"
    PROTOCOL = "protocol"
    STRATEGY = "strategy"
    VERSION = "version"
    LABEL = "label"
    ACKNOWLEDGEMENT = "acknowledgement"
    EDIT = "edit"
    """A person corrected one field of a record; the original stays in its version."""
    EFFORT = "effort"
    """One attempt to get a full text: a link tried, an author asked."""
    REASON = "reason"
    """One exclusion reason was merged into another; votes that name the first count under the second."""
    REVIEWER = "reviewer"
    """A reviewer left, or came back."""
    ASSIGNMENT = "assignment"
    """Who screens which records."""
    PILOT = "pilot"
    """A pilot round: the same records for everyone before the rest opens."""
    ORDER = "order"
    """In which order a reviewer meets the queue, and what was shown by chance."""
    STOPPING = "stopping"
    """The stopping rule that was set, or that a person stopped screening by it."""
    NOTICE = "notice"
    """A service says of a record that it was retracted or the like, outside any search; its `notice` is one of `changes.NOTICES`."""
    WATCH = "watch"
    """Searches and retraction checks were rerun together and came to their end; how much was new."""
    PARTICIPANTS = "participants"
    """How many people a study had; its subject is the study's label, or the record of a report that is linked to none."""


class Channel(StrEnum):
    """By which way an event came into being, for the sentence of the manuscript that says how votes were given."""

    APPLICATION = "application"
    COMMAND_LINE = "command line"
    FILE = "file"
    """Read from a file; the payload's `origin` names the program that wrote it, where that is known."""
    TOOL = "tool"
    """The vote of an automation tool."""
    UNKNOWN = "unknown"
    """Stored before the way was kept."""


ENGINE = "engine"
"""The reviewer name under which deduplication speaks; a person always beats it."""


class Event(Struct, frozen=True, forbid_unknown_fields=True):
    """One fact.

    `subject` is a record key (for `duplicate` the smaller of two, for `undo` the id of the undone event), `at` when it was done
    and travels with copies, `received` when this database stored it; both are UTC and for people. `clock` is what orders events (see
    `clock`), `via` a `Channel`, `salt` and `sha256` belong to the hash over the content (see `contents`).
    """

    id: str
    kind: str
    subject: str
    stage: str
    reviewer: str
    at: datetime
    received: datetime
    tool_version: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    clock: int = 0
    via: str = Channel.UNKNOWN
    salt: str = ""
    sha256: str = ""

    @property
    def order(self) -> tuple[int, str]:
        """The larger came later: by cause, and between copies that had not met by a rule that is the same everywhere."""
        return self.clock, self.id

    @property
    def done(self) -> datetime:
        """When it was done, to be held against the time at which this database stored a record: no wall clock set back moves it.

        What is read from a file was done when the file says.
        """
        return self.at if self.via == Channel.FILE else min(self.received, moment_of(self.clock))

    def text(self, name: str) -> str:
        """A payload value as text; absent is empty."""
        value = self.payload.get(name)
        return "" if value is None else str(value)


class Slot(NamedTuple):
    """The question that an event answers: of all events in a slot, one stands."""

    kind: str
    subject: str
    stage: str = ""
    reviewer: str = ""
    object: str = ""


_OBJECTS: Mapping[str, str] = {
    EventKind.DUPLICATE: "other",
    EventKind.STUDY: "study",
    EventKind.LABEL: "label",
    EventKind.EDIT: "field",
}
"""Kinds of which several stand on one subject, and what in the payload tells them apart."""


def slot(event: Event) -> Slot | None:
    """The slot of an event, or None for kinds that only add to the log (notes, undo, ...)."""
    answered: Slot | None = None
    match event.kind:
        case EventKind.DECISION:
            answered = Slot(event.kind, event.subject, event.stage, event.reviewer)
        case EventKind.ADJUDICATION:
            answered = Slot(event.kind, event.subject, event.stage)
        case EventKind.DUPLICATE | EventKind.STUDY | EventKind.LABEL | EventKind.EDIT as kind:
            answered = Slot(kind, event.subject, object=event.text(_OBJECTS[kind]))
        case EventKind.RETRIEVAL | EventKind.REMOVAL | EventKind.REASON | EventKind.REVIEWER | EventKind.PARTICIPANTS:
            answered = Slot(event.kind, event.subject)
        case EventKind.ASSIGNMENT:
            answered = Slot(event.kind, event.subject, event.stage, object=event.text("to"))
        case EventKind.PILOT:
            answered = Slot(event.kind, "", event.stage)
    return answered


def precedence(event: Event) -> tuple[bool, tuple[int, str]]:
    """The larger stands: a person before the engine about duplicates, then what came later."""
    by_person = event.kind != EventKind.DUPLICATE or event.reviewer != ENGINE
    return by_person, event.order


def by_order(event: Event) -> tuple[int, str]:
    """The key by which events are sorted, oldest first."""
    return event.order


def undone(undos: Iterable[Event]) -> frozenset[str]:
    """The ids of events that an undo in force takes back; an undo may itself be undone by a later one."""
    undone_ids: set[str] = set()
    for event in sorted(undos, key=by_order, reverse=True):
        if event.id not in undone_ids:
            undone_ids.add(event.subject)
    return frozenset(undone_ids)


def standing(
    events: Iterable[Event], counts: Callable[[Event], bool] | None = None, undos: Iterable[Event] | None = None
) -> dict[Slot, Event]:
    """The event that stands in each slot, after undo.

    Args:
        events: The log, in any order.
        counts: Whether an event counts at all; None for all.
        undos: The undos among the events (others are passed over), where they are known beforehand: then the events are gone through once.
    """
    log = events if undos is not None else list(events)
    taken_back = (event for event in (log if undos is None else undos) if event.kind == EventKind.UNDO)
    undone_ids = undone(event for event in taken_back if counts is None or counts(event))
    in_force: dict[Slot, Event] = {}
    for event in log:
        answered = slot(event)
        if answered is None or event.id in undone_ids or not (counts is None or counts(event)):
            continue
        current = in_force.get(answered)
        if current is None or precedence(event) > precedence(current):
            in_force[answered] = event
    return in_force
