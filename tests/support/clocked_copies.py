"""Copies of one review whose clocks jump by days, on which several people work apart and which they merge as they like.

`work_apart` lets a history happen to them and holds, all the way, to what must hold: what is done stands where it is done, an undo takes
back what it names and its own undo brings that back. At the end all copies agree, and no event stands in a slot that another event, made
with that one in sight and never taken back, has answered since.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from histories import START, Arrive, History, Memory, keys, memory, often, said
from hypothesis import strategies as st

from prisma_tool.model.log.event_ids import EventIds
from prisma_tool.model.log.events import ENGINE, Event, EventKind, slot, standing, undone
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import ScreeningRules
from prisma_tool.store.copies.unite import unite
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.schema import MembershipRow, OutcomeRow, StandingRow
from prisma_tool.store.projections import rebuild
from prisma_tool.store.projections.event_log import Draft

COPIES = 3
PROTOCOL = Protocol(screening=ScreeningRules(reviewers_per_record=2))


@dataclass(frozen=True)
class Say:
    """Somebody says something at a copy."""

    draft: Draft


@dataclass(frozen=True)
class TakeBack:
    """Somebody takes back an event that the copy has, an undo included; `restored` at once takes that back again."""

    number: int
    restored: bool


@dataclass(frozen=True)
class Jump:
    """The copy's clock is set."""

    hours: int


@dataclass(frozen=True)
class Merge:
    """Another copy is merged into this one."""

    other: int


Deed = Say | TakeBack | Jump | Merge | Arrive
deeds = often(
    (6, st.builds(Say, said)),
    (2, st.builds(TakeBack, st.integers(0, 50), st.booleans())),
    (2, st.builds(Jump, st.integers(-20 * 24, 20 * 24))),
    (3, st.builds(Merge, st.integers(1, COPIES - 1))),
    (1, st.builds(Arrive, keys, st.booleans())),
)
stories = st.lists(st.tuples(st.integers(0, COPIES - 1), deeds), min_size=1, max_size=16)
orders = st.permutations([(into, other) for into in range(COPIES) for other in range(COPIES) if into != other])


@dataclass
class Clock:
    """A wall clock that ticks when it is read, and that somebody sets."""

    shown: datetime = START

    def __call__(self) -> datetime:
        self.shown += timedelta(seconds=1)
        return self.shown


@dataclass
class Copy:
    """A copy with its clock, and for each event made here what this copy held by then."""

    history: History
    clock: Clock
    seen: dict[str, frozenset[str]] = field(default_factory=dict)

    def do(self, deed: Deed, copies: Sequence[Copy], place: int) -> None:
        match deed:
            case Say(draft):
                self.say(draft)
            case TakeBack(number, restored):
                self.take_back(number, restored=restored)
            case Jump(hours):
                self.clock.shown += timedelta(hours=hours)
            case Merge(other):
                self.merge(copies[(place + other) % len(copies)])
            case Arrive(key, abstract):
                self.history.arrive(key, abstract=abstract)

    def say(self, draft: Draft) -> Event:
        known = frozenset(self.events())
        self.history.append(draft)
        event = self.history.log[-1]
        self.seen[event.id] = known
        answered = slot(event)
        if answered is not None and event.reviewer != ENGINE:
            assert standing(self.events().values())[answered].id == event.id, "what was done last does not stand"
        return event

    def take_back(self, number: int, *, restored: bool) -> None:
        known = self.events()
        if not known:
            return
        target, before = list(known.values())[number % len(known)], self.rows()
        was_undone = target.id in undone_ids(known.values())
        undo = self.say(Draft(EventKind.UNDO, target.id, reviewer="Ada"))
        assert target.id in undone_ids(self.events().values()), "an undo does not take back what it names"
        if restored and not was_undone:
            self.say(Draft(EventKind.UNDO, undo.id, reviewer="Ben"))
            assert self.rows() == before, "undo of undo does not restore"

    def merge(self, other: Copy) -> None:
        with other.history.store.read() as there, self.history.store.write() as here:
            unite(here, there)

    def events(self) -> dict[str, Event]:
        """The log, oldest first."""
        with self.history.store.read() as transaction:
            return {event.id: event for event in event_rows.events(transaction)}

    def rows(self) -> list[Any]:
        """The projections to the letter."""
        with self.history.store.read() as transaction:
            tables = (StandingRow, MembershipRow, OutcomeRow)
            return [sorted(map(tuple, transaction.session.execute(sa.select(table.__table__)))) for table in tables]

    def folded(self) -> Any:
        with self.history.store.read() as transaction:
            state = rebuild.folded_state(transaction)
        return {place: event.id for place, event in state.standing.items()}, state.cluster_of, state.outcomes


def undone_ids(events: Iterable[Event]) -> frozenset[str]:
    return undone(event for event in events if event.kind == EventKind.UNDO)


@contextmanager
def databases() -> Iterator[list[Memory]]:
    """As many databases in memory as there are copies."""
    with ExitStack() as stack:
        yield [stack.enter_context(memory()) for _ in range(COPIES)]


def begun(memories: Sequence[Memory]) -> list[Copy]:
    """Copies of one review that has just begun, each with a clock of its own."""
    copies = []
    for number, kept in enumerate(memories):
        clock = Clock(START + timedelta(days=1))
        new_id = EventIds(clock, random.Random(number).getrandbits)
        store = replace(kept.begun().store, now=clock, new_id=new_id, protocol=PROTOCOL)
        copies.append(Copy(History(store), clock))
    return copies


def work_apart(memories: Sequence[Memory], story: Sequence[tuple[int, Deed]], order: Sequence[tuple[int, int]]) -> None:
    """Let people work on copies of one review, and merge them in this order, twice."""
    copies = begun(memories)
    for place, deed in story:
        copies[place].do(deed, copies, place)
    for into, other in (*order, *order):
        copies[into].merge(copies[other])
    all_agree(copies)
    last_deed_stands(copies)
    # Whoever acts now has seen everything, whatever their clock says.
    draft = Draft(EventKind.DECISION, "pubmed:0", "title-abstract", "Ada", {"verdict": "include", "reason": ""})
    last = copies[order[0][0]].say(draft)
    for into, other in (*order, *order):
        copies[into].merge(copies[other])
    all_agree(copies)
    answered = slot(last)
    assert answered is not None
    assert copies[0].folded()[0][answered] == last.id, "who acted last, having seen the rest, does not stand"


def all_agree(copies: Sequence[Copy]) -> None:
    first = copies[0].rows(), copies[0].folded()
    for copy in copies:
        assert copy.history.differences() == [], "what is kept is not what the log says"
        assert (copy.rows(), copy.folded()) == first, "copies disagree"


def last_deed_stands(copies: Sequence[Copy]) -> None:
    """No event stands that another answer, made with it in sight and not taken back, came after."""
    seen = {event_id: known for copy in copies for event_id, known in copy.seen.items()}
    events = copies[0].events()
    taken_back = undone_ids(events.values())
    stands = standing(events.values())
    for event in events.values():
        answered = slot(event)
        if answered is None or event.id in taken_back or event.reviewer == ENGINE:
            continue
        assert stands[answered].id not in seen[event.id], "an event stands that a later answer had seen"
