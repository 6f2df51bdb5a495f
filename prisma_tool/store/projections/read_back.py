"""Reading back what was just stored, from the tables that everything else reads.

Invariant: nothing is confirmed that does not stand. By the order of events the last deed stands, so this finds what breaks that order:
a damaged log, projections that are not kept, or another program that writes. The deed is refused then, and the transaction with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import ENGINE, Event, EventKind, slot
from prisma_tool.model.text import one_line
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction


def require_standing(transaction: Transaction, events: Sequence[Event]) -> None:
    """Hold events just stored to the tables: each stands in its slot, or one stored with it does; what an undo names does not.

    Raises:
        DecisionError: it is not so; the sentence names what stands.
    """
    problem = next(_overruled(transaction, events), "") or next(_kept(transaction, events), "")
    if problem:
        raise _refusal(problem)


def refusal(event: Event, standing: Event | None) -> DecisionError:
    """The error of an event in whose place another stands, or nothing, and which was not stored therefore."""
    return _refusal(f"The {_words(event)} would not count: {_standing_words(standing)}")


def unkept(event: Event) -> DecisionError:
    """The error of an event that the tables did not keep when it was to be committed."""
    return _refusal(f"The {_words(event)} would not count: the database does not keep it as it was given")


def _refusal(problem: str) -> DecisionError:
    return DecisionError(f"{problem}; nothing was stored. `prisma-tool doctor` examines the log.")


def _overruled(transaction: Transaction, events: Sequence[Event]) -> Iterator[str]:
    # Where a person has spoken about a pair, what the engine finds is kept and does not count.
    answers = [(place, event) for event in events if (place := slot(event)) is not None and event.reviewer != ENGINE]
    current = event_rows.standing_ids(transaction, [place for place, _ in answers])
    stored = {event.id for event in events}
    for place, event in answers:
        if current.get(place) not in stored:
            yield f"The {_words(event)} would not count: {_standing_words(event_rows.standing_in(transaction, place))}"


def _kept(transaction: Transaction, events: Sequence[Event]) -> Iterator[str]:
    targets = event_rows.with_ids(transaction, {event.subject for event in events if event.kind == EventKind.UNDO})
    answers = [(place, event) for event in targets if (place := slot(event)) is not None]
    current = event_rows.standing_ids(transaction, [place for place, _ in answers])
    for place, event in answers:
        if current.get(place) == event.id:
            yield f"The {_words(event)} would still stand"


def _standing_words(event: Event | None) -> str:
    return "nothing stands in its place" if event is None else f"the {_words(event)} stands"


def _words(event: Event) -> str:
    """An event in a few words: "decision 'include' on embase:L1 by Ada of 2025-02-03"."""
    verdict = one_line(event.text("verdict") or event.text("status"))
    subject = f" on {one_line(event.subject)}" if event.subject else ""
    by = f" by {one_line(event.reviewer)}" if event.reviewer else ""
    return f"{event.kind}{f' {verdict!r}' if verdict else ''}{subject}{by} of {event.at:%Y-%m-%d}"
