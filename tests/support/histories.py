"""Histories that happen to a store, and a database in memory where each begins within microseconds.

Every history begins with one record of each of three sources; a fourth and fifth record are spoken of and may arrive later.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from hypothesis import strategies as st

from prisma_tool.model.log.corrections import payload
from prisma_tool.model.log.event_ids import EventIds
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.log.team import Membership, PilotState
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import ScreeningRules
from prisma_tool.model.record.citation import Citation, Section
from prisma_tool.model.vocabulary import FULL_TEXT_ONLY, DuplicateVerdict, RetrievalStatus, SourceKind, Stage, Verdict
from prisma_tool.store.engine import database, opening
from prisma_tool.store.engine.database import Store
from prisma_tool.store.engine.schema import Base
from prisma_tool.store.projections import event_log, rebuild, single_vote
from prisma_tool.store.projections.event_log import Draft
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

SOURCES = {"pubmed": SourceKind.DATABASE, "embase": SourceKind.DATABASE, "website": SourceKind.WEBSITE}
KEYS = [f"{source}:0" for source in SOURCES]
LATE = "pubmed:1"
START = datetime(2025, 2, 3, 9, tzinfo=UTC)

keys = st.sampled_from([*KEYS * 3, LATE])
people = st.sampled_from(["Ada", "Ben"])
stages = st.sampled_from([stage.value for stage in Stage])
reasons = st.sampled_from(["", "wrong-outcome", "wrong-population", "renamed-away"])
ages = st.integers(0, 100)


def often(*choices: tuple[int, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """One of these, each as often as its number says; `one_of` takes what it is given twice for once."""
    listed = [strategy for times, strategy in choices for _ in range(times)]
    return st.sampled_from(range(len(listed))).flatmap(listed.__getitem__)


def drafts(
    kind: EventKind, payload: st.SearchStrategy[dict[str, Any]], **others: st.SearchStrategy[str]
) -> st.SearchStrategy[Any]:
    return st.builds(Draft, kind=st.just(kind), subject=keys, payload=payload, **others)


def about_pair(a: str, b: str, by: str, verdict: str) -> Draft:
    first, second = sorted((a, b))
    return Draft(EventKind.DUPLICATE, first, reviewer=by, payload={"other": second, "verdict": verdict})


def has_the_verdict(vote: Draft) -> bool:
    """Whether the stage of a vote or ruling has its verdict."""
    return vote.stage == Stage.FULL_TEXT or vote.payload["verdict"] not in FULL_TEXT_ONLY


ABSTRACT = payload("abstract", (Section("", "Pasted"),), ())
votes = st.fixed_dictionaries({"verdict": st.sampled_from([verdict.value for verdict in Verdict]), "reason": reasons})
pairs = st.builds(
    about_pair,
    keys,
    keys,
    st.sampled_from([ENGINE, "Ada", "Ben"]),
    # Most join: a cluster is what the other events are about.
    st.sampled_from([*[DuplicateVerdict.SAME.value] * 3, *(verdict.value for verdict in DuplicateVerdict)]),
).filter(lambda draft: draft.subject != draft.payload["other"])
others = st.one_of(
    drafts(EventKind.ADJUDICATION, votes, stage=stages, reviewer=people).filter(has_the_verdict),
    drafts(EventKind.RETRIEVAL, st.fixed_dictionaries({"status": st.sampled_from([status.value for status in RetrievalStatus])})),
    drafts(EventKind.STUDY, st.fixed_dictionaries({"study": st.sampled_from(["S1", "S2"]), "linked": st.booleans()})),
    drafts(EventKind.REMOVAL, st.fixed_dictionaries({"removed": st.booleans()})),
    st.builds(Draft, kind=st.just(EventKind.REASON), subject=reasons, payload=st.fixed_dictionaries({"into": reasons})),
    st.builds(Draft, st.just(EventKind.REVIEWER), people, payload=st.fixed_dictionaries({"state": st.sampled_from(Membership)})),
    st.builds(
        Draft,
        st.just(EventKind.PILOT),
        stage=stages,
        payload=st.fixed_dictionaries(
            {
                "act": st.sampled_from(PilotState),
                "keys": st.lists(keys, max_size=3),
                "reviewers": st.lists(people, unique=True),
            }
        ),
    ),
)
decided = drafts(EventKind.DECISION, votes, stage=stages, reviewer=people).filter(has_the_verdict)
said = often(
    (2, decided),
    (4, pairs),
    (4, drafts(EventKind.EDIT, st.sampled_from([ABSTRACT, ABSTRACT, payload("title", "", "Report")]))),
    (4, others),
)


@dataclass(frozen=True)
class Say:
    """Events stored together, each done so many seconds before it is stored."""

    drafts: list[tuple[Draft, int]]


@dataclass(frozen=True)
class TakeBack:
    """Undo of some event of the log, an undo included."""

    number: int


@dataclass(frozen=True)
class Rule:
    """Another protocol from now on."""

    reviewers: int
    maybe: str


@dataclass(frozen=True)
class Arrive:
    """A record arrives, or arrives anew with an abstract."""

    key: str
    abstract: bool


Step = Say | TakeBack | Rule | Arrive


votings = st.builds(Say, st.lists(st.tuples(decided, ages), min_size=1, max_size=1))
take_backs = st.builds(TakeBack, st.integers(0, 50))


def steps(at_most: int) -> st.SearchStrategy[list[Step]]:
    step = often(
        (4, st.builds(Say, st.lists(st.tuples(said, ages), min_size=1, max_size=4))),
        (1, votings),
        (1, take_backs),
        (1, st.builds(Rule, st.integers(1, 2), st.sampled_from(["include", "conflict"]))),
        (1, st.builds(Arrive, keys, st.booleans())),
    )
    return st.lists(step, min_size=1, max_size=at_most)


@dataclass
class History:
    """A store that the steps happen to."""

    store: Store
    log: list[Event] = field(default_factory=list)

    def begin(self) -> None:
        """Whatever was there before, three records are there now."""
        with self.store.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
        for key in KEYS:
            self.arrive(key)

    def arrive(self, key: str, *, abstract: bool = False) -> None:
        source, accession = key.split(":")
        text = (Section("", "Text"),) if abstract else ()
        with self.store.write() as transaction:
            runs.register_source(transaction, source, SOURCES[source])
            run = runs.begin_run(transaction, source)
            citation = Citation(title=f"Report {key}", abstract=text)
            records.store_batch(transaction, run.id, [records.Delivery(source, accession, citation)])

    def append(self, *drafts: Draft) -> None:
        if len(drafts) == 1 and drafts[0].kind == EventKind.DECISION and self.vote(drafts[0]):
            return
        with self.store.write() as transaction:
            self.log += event_log.append(transaction, drafts)

    def vote(self, draft: Draft) -> bool:
        """One vote in its own way, as the program stores it; False, and nothing is stored, on a record that has not arrived."""
        key = draft.subject
        with self.store.write_beside(single_vote.lock(key), single_vote.questions(key)) as write:
            around = single_vote.surroundings(write.answers)
            if around.records:
                self.log.append(single_vote.store(write, around, draft))
        return bool(around.records)

    def undo(self, number: int) -> None:
        self.append(Draft(EventKind.UNDO, self.log[number].id, reviewer="Ada"))

    def rule(self, reviewers: int, maybe: str = "include", *others: Draft) -> None:
        """Another protocol, which is stored together with other events."""
        rules = ScreeningRules(reviewers_per_record=reviewers, maybe=maybe)
        self.store = self.store.under(Protocol(screening=rules))
        self.append(Draft(EventKind.PROTOCOL, payload={"text": f"{reviewers} {maybe}", "sha256": ""}), *others)

    def happen(self, step: Step) -> None:
        match step:
            case Say(drafts):
                now = self.store.now()
                aged = [(draft, now - timedelta(seconds=age)) for draft, age in drafts]
                self.append(*(Draft(d.kind, d.subject, d.stage, d.reviewer, d.payload, at) for d, at in aged))
            case TakeBack(number) if self.log:
                self.undo(number % len(self.log))
            case Rule(reviewers, maybe):
                self.rule(reviewers, maybe)
            case Arrive(key, abstract):
                self.arrive(key, abstract=abstract)

    def differences(self) -> list[str]:
        with self.store.read() as transaction:
            return rebuild.differences(transaction)


class Memory:
    """A database in memory with the beginning of all histories; there is room for one at a time."""

    def __init__(self, engine: sa.Engine) -> None:
        ticks = itertools.count()

        def now() -> datetime:
            return START + timedelta(seconds=next(ticks))

        opening.migrate(engine, opening.HEAD)
        self.store = Store(engine, now, EventIds(now, random.Random(7).getrandbits), Protocol(), "0.test")
        History(self.store).begin()
        with engine.connect() as connection:
            self.beginning: bytes = _driver(connection).serialize()

    def begun(self) -> History:
        """A history that has just begun: copying a few pages costs far less than storing records anew."""
        # A connection of its own for each: what a failed test still reads must not be pulled away from under it.
        self.store.engine.dispose()
        with self.store.engine.connect() as connection:
            _driver(connection).deserialize(self.beginning)
        return History(self.store)


def _driver(connection: sa.Connection) -> Any:
    return cast("Any", connection.connection.driver_connection)


@contextmanager
def memory() -> Iterator[Memory]:
    """A database that lives in one connection, with the pragmas and locks of a review's own."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    sa.event.listen(engine, "connect", lambda connection, _: database._prepare_sqlite(connection, create=True))
    sa.event.listen(engine, "begin", database._begin)
    try:
        yield Memory(engine)
    finally:
        engine.dispose()
