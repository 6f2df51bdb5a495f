"""Versions of a review: what each close froze, and which records belong to the time since the newest one (counting rules 21, 22).

Pure. Invariant: a closing is read from its event alone, so that what an earlier version included can never change afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from prisma_tool.model.log.events import Event, by_order

BEGINNING = datetime.min.replace(tzinfo=UTC)
"""Before everything; the moment from which a review without a closed version counts."""


class VersionOrigin(StrEnum):
    """How a version came to be: closed here, or brought in from a review that was done elsewhere."""

    CLOSED = "closed"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class FrozenStudy:
    """A study as a version included it: its label and the record keys of its reports."""

    label: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnteredNumber:
    """A number that was known without records when a version was closed, with its note (counting rule 23)."""

    n: int
    note: str


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed version. `source` is the slug of the source that holds an imported version's records, else empty.

    `reports` are the representatives of the included reports; `pending` all keys of the reports that a forced close carried over.
    """

    id: str
    label: str
    at: datetime
    received: datetime
    order: tuple[int, str]
    source: str
    studies: tuple[FrozenStudy, ...]
    reports: tuple[str, ...]
    pending: frozenset[str]
    typed_studies: tuple[EnteredNumber, ...] = ()
    typed_reports: tuple[EnteredNumber, ...] = ()
    head: str = ""
    """The head of the log as it was just before the close; empty for versions made elsewhere or closed before heads were noted."""

    @classmethod
    def of(cls, event: Event) -> Closing:
        """The closing that a `version` event states."""
        payload = event.payload
        typed = payload.get("typed", {})
        return cls(
            id=event.id,
            label=event.subject,
            at=event.at,
            received=event.received,
            order=event.order,
            source=event.text("source"),
            studies=tuple(FrozenStudy(item["label"], tuple(item["records"])) for item in payload.get("studies", ())),
            reports=tuple(payload.get("reports", ())),
            pending=frozenset(payload.get("pending", ())),
            typed_studies=tuple(EnteredNumber(**item) for item in typed.get("studies", ())),
            typed_reports=tuple(EnteredNumber(**item) for item in typed.get("reports", ())),
            head=event.text("head"),
        )


def closings(standing: Iterable[Event]) -> tuple[Closing, ...]:
    """The closings of the `version` events that stand, oldest first; reopening a version undoes its event."""
    return tuple(Closing.of(event) for event in sorted(standing, key=by_order))


@dataclass(frozen=True, slots=True)
class Era:
    """The time since the newest close, and what happened in it.

    `fresh` are the keys that arrived since, `again` older keys that a complete run of this era found again, `acted` for each key the
    last moment at which a person decided on it, adjudicated it or spoke of its full text. Without a close there is nothing to say:
    all records belong to the first version.
    """

    closings: tuple[Closing, ...] = ()
    fresh: frozenset[str] = frozenset()
    again: frozenset[str] = frozenset()
    acted: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def previous(self) -> Closing | None:
        """The newest closed version, which an update follows; None in a first version."""
        return self.closings[-1] if self.closings else None

    @property
    def cut(self) -> datetime:
        """When, by the time of this database, the newest version that was closed here ended; what was there by then is known."""
        return cut(self.closings)

    @property
    def imported(self) -> Mapping[str, datetime]:
        """The sources of versions that were made elsewhere, and when each came in."""
        return {closing.source: closing.received for closing in self.closings if closing.source}


def cut(standing: Iterable[Closing]) -> datetime:
    """When, by the time of this database, the newest version that was closed, not imported, ended; `BEGINNING` where there is none."""
    return max((closing.received for closing in standing if not closing.source), default=BEGINNING)
