"""Copies that are united, in whatever order and how often, are what one database would be on which all had worked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from standing_ready import empty_database

from prisma_tool.errors import ReviewError
from prisma_tool.model.log.corrections import payload
from prisma_tool.model.log.events import ENGINE, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import ScreeningRules
from prisma_tool.model.record.citation import Citation, Section
from prisma_tool.model.vocabulary import FULL_TEXT_ONLY, DuplicateVerdict, RunStatus, SourceKind, Stage, Verdict
from prisma_tool.store.copies.unite import UnionCounts, unite
from prisma_tool.store.engine.database import Store
from prisma_tool.store.engine.opening import open_store
from prisma_tool.store.engine.schema import Base, EventRow, VersionRow
from prisma_tool.store.projections import event_log, rebuild
from prisma_tool.store.records import records
from prisma_tool.store.runs import run_progress, runs

START = datetime.fromisoformat("2025-02-03T09:00:00+00:00")
SOURCES = {"embase": SourceKind.DATABASE, "scopus": SourceKind.DATABASE, "websites": SourceKind.WEBSITE}
IDS = ("1", "2", "3")
KEYS = [f"{source}:{one}" for source in SOURCES for one in IDS]
PEOPLE = ("Ada", "Ben", "Cleo")
PAIRS = Protocol(reviewers=PEOPLE, screening=ScreeningRules(reviewers_per_record=2))
OWN_TIME = {"event": {"received", "number", "merged"}, "record": {"added"}, "record_version": {"stored"}, "words": {"id"}}
"""What each database says of its own time and order; all else must agree."""


@dataclass(frozen=True)
class Deliver:
    """A search or import brings records as their source shows them at that moment."""

    source: str
    ids: tuple[str, ...]


@dataclass(frozen=True)
class Say:
    """Somebody says something about records."""

    kind: EventKind
    key: str
    payload: dict[str, Any]
    stage: str = ""


@dataclass(frozen=True)
class TakeBack:
    """Somebody takes back what somebody said earlier, as far as this copy knows of it."""

    number: int


def pair_verdict(a: str, b: str, verdict: str) -> Say:
    first, second = sorted((a, b))
    return Say(EventKind.DUPLICATE, first, {"other": second, "verdict": verdict})


keys = st.sampled_from(KEYS)
verdicts = st.fixed_dictionaries({"verdict": st.sampled_from([one.value for one in Verdict]), "reason": st.just("")})
screened = verdicts.filter(lambda vote: vote["verdict"] not in FULL_TEXT_ONLY)
deeds = st.one_of(
    st.builds(Deliver, st.sampled_from(list(SOURCES)), st.lists(st.sampled_from(IDS), min_size=1, unique=True).map(tuple)),
    st.builds(Say, st.sampled_from([EventKind.DECISION, EventKind.ADJUDICATION]), keys, verdicts, st.just(Stage.FULL_TEXT.value)),
    st.builds(
        Say, st.sampled_from([EventKind.DECISION, EventKind.ADJUDICATION]), keys, screened, st.just(Stage.TITLE_ABSTRACT.value)
    ),
    st.builds(pair_verdict, keys, keys, st.sampled_from([one.value for one in DuplicateVerdict])).filter(
        lambda said: said.key != said.payload["other"]
    ),
    st.builds(Say, st.just(EventKind.NOTE), keys, st.just({"text": "A note"})),
    st.builds(Say, st.just(EventKind.REMOVAL), keys, st.fixed_dictionaries({"removed": st.booleans()})),
    st.builds(
        Say,
        st.just(EventKind.EDIT),
        keys,
        st.sampled_from([payload("abstract", (Section("", "Pasted"),), ()), payload("title", "", "")]),
    ),
    st.builds(TakeBack, st.integers(0, 20)),
)
work = st.lists(st.tuples(st.integers(0, 2), deeds), min_size=1, max_size=14)


@dataclass
class Timeline:
    """The time and the ids of each deed, the same wherever it is done."""

    step: int = 0
    given: int = 0

    def at(self, step: int) -> None:
        self.step, self.given = step, 0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.step)

    def new_id(self) -> str:
        self.given += 1
        return f"{self.step:06}-{self.given:06}"


@dataclass
class Bench:
    """Databases in a folder that share a timeline."""

    folder: Path
    stack: ExitStack
    time: Timeline = field(default_factory=Timeline)

    def store(self, name: str) -> Store:
        path = self.folder / f"{name}.db"
        if not path.exists():
            path.write_bytes(empty_database())
        store = open_store(
            path,
            protocol=PAIRS,
            now=self.time.now,
            new_id=self.time.new_id,
            tool_version="0.test",
            backups=self.folder,
            tell=print,
            create=True,
        )
        self.stack.callback(store.close)
        return replace(store, new_salt=lambda: "the same everywhere")

    def copy(self, source: str, name: str) -> Store:
        """A copy of a closed database of this folder, or of one at a path."""
        shutil.copyfile(self.folder / f"{source}.db", self.folder / f"{name}.db")
        return self.store(name)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield Bench(tmp_path, stack)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database (without its suffix): making one costs more than all that a history does to it."""
    folder = tmp_path_factory.mktemp("empty")
    with ExitStack() as stack:
        Bench(folder, stack).store("empty")
    return folder / "empty"


def content(source: str, one: str, step: int) -> Citation:
    """What the source shows of a record after so many steps: it grows, as records do."""
    number = int(one)
    abstract = (Section("", "Text"),) if step > 2 * number else ()
    return Citation(title=f"Report {one} of {source}", abstract=abstract, doi=f"10.1/{source}{one}" if step > 3 * number else "")


def do(store: Store, step: int, person: str, deed: Deliver | Say | TakeBack) -> None:
    with store.write() as transaction:
        match deed:
            case Deliver(source, ids):
                registered = runs.register_source(transaction, source, SOURCES[source])
                run = runs.begin_run(transaction, registered.slug)
                found = [records.Delivery(source, one, content(source, one, step), f"{source} {one}") for one in ids]
                records.store_batch(transaction, run.id, found)
                run_progress.finish(transaction, run.id, RunStatus.COMPLETE)
            case Say(kind, key, payload, stage):
                event_log.append(transaction, [event_log.Draft(kind, key, stage, person, payload)])
            case TakeBack(number):
                own = sa.select(EventRow.id).where(EventRow.reviewer == person, EventRow.kind != EventKind.UNDO)
                said = list(transaction.session.execute(own.order_by(EventRow.id)).scalars())
                if said:
                    event_log.append(transaction, [event_log.Draft(EventKind.UNDO, said[number % len(said)], reviewer=person)])


def united(target: Store, source: Store) -> UnionCounts:
    with source.read() as there, target.write() as here:
        return unite(here, there)


def everything(store: Store, *, aside: bool) -> dict[str, list[str]]:
    """All rows of all tables but what is each database's own time; with the contents kept `aside` or without."""
    found = {}
    with store.read() as transaction:
        assert rebuild.differences(transaction) == []
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name not in OWN_TIME.get(table.name, ())]
            rows = [row._asdict() for row in transaction.session.execute(sa.select(*columns))]
            found[table.name] = sorted(str(row) for row in rows if aside or row.get("version", 1) > 0)
    return found


@settings(max_examples=10)
@given(begun=st.lists(deeds, max_size=4), done=work, order=st.permutations(range(3)), again=st.integers(0, 2))
def test_copies_united_in_any_order_and_number_are_what_one_database_would_be(
    empty: Path, begun: list[Any], done: list[tuple[int, Any]], order: list[int], again: int
) -> None:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        bench = Bench(Path(folder), stack)
        base = bench.copy(str(empty), "base")
        for step, deed in enumerate(begun):
            bench.time.at(step)
            do(base, step, "Ada", deed)
        base.close()
        one, copies = bench.copy("base", "one"), [bench.copy("base", f"copy{n}") for n in range(3)]
        for step, (person, deed) in enumerate(done, len(begun)):
            for store in (one, copies[person]):
                bench.time.at(step)
                do(store, step, PEOPLE[person], deed)
        bench.time.at(1_000)
        first, second, third = (copies[n] for n in order)
        united(first, second)
        united(first, third)
        united(second, third)
        united(second, copies[again]) if copies[again] is not second else None
        united(second, first)
        united(third, second)
        results = [everything(store, aside=True) for store in (first, second, third)]
        assert results[0] == results[1] == results[2]
        assert everything(first, aside=False) == everything(one, aside=False)
        assert not united(first, third)
        assert everything(first, aside=True) == results[0]


def deliver(store: Store, *entries: tuple[str, Citation], source: str = "embase") -> None:
    with store.write() as transaction:
        registered = runs.register_source(transaction, source, SOURCES[source])
        run = runs.begin_run(transaction, registered.slug)
        records.store_batch(transaction, run.id, [records.Delivery(source, one, citation) for one, citation in entries])


def two(bench: Bench) -> tuple[Store, Store]:
    bench.store("base").close()
    return bench.copy("base", "a"), bench.copy("base", "b")


def test_a_content_that_changed_nothing_when_it_came_is_kept_aside_and_not_shown(bench: Bench) -> None:
    a, b = two(bench)
    bench.time.at(1)
    deliver(a, ("1", Citation(title="Report", doi="10.1/x")))
    bench.time.at(2)
    deliver(b, ("1", Citation(title="Report")))
    united(a, b)
    with a.read() as transaction:
        rows = transaction.session.execute(sa.select(VersionRow.version, VersionRow.run)).all()
        assert sorted(map(tuple, rows)) == [(0, "000002-000001"), (1, "000001-000001")]
        assert records.records_by_key(transaction, ["embase:1"])["embase:1"].citation.doi == "10.1/x"


def test_a_key_that_names_two_records_is_refused_and_nothing_is_stored(bench: Bench) -> None:
    a, b = two(bench)
    bench.time.at(1)
    deliver(a, ("1", Citation(title="Aspirin in stroke")))
    bench.time.at(2)
    deliver(b, ("1", Citation(title="Ponds and frogs")), ("2", Citation(title="Another")))
    before = everything(a, aside=True)
    with pytest.raises(ReviewError, match=r"embase:1 names “Aspirin in stroke” here and “Ponds and frogs” in the copy"):
        united(a, b)
    assert everything(a, aside=True) == before


def test_a_source_of_two_kinds_is_refused(bench: Bench) -> None:
    a, b = two(bench)
    with a.write() as transaction:
        runs.register_source(transaction, "Registry", SourceKind.DATABASE)
    with b.write() as transaction:
        runs.register_source(transaction, "Registry", SourceKind.REGISTER)
    with pytest.raises(ReviewError, match="Registry is a database here and a register in the copy"):
        united(a, b)


def test_a_search_that_went_on_in_a_copy_is_taken_over_as_far_as_it_got(bench: Bench) -> None:
    a = bench.store("base")
    bench.time.at(1)
    with a.write() as transaction:
        run = runs.begin_run(transaction, runs.register_source(transaction, "embase", SourceKind.DATABASE).slug).id
    a.close()
    a, b = bench.copy("base", "a"), bench.copy("base", "b")
    bench.time.at(2)
    with b.write() as transaction:
        records.store_batch(transaction, run, [records.Delivery("embase", "1", Citation(title="Report"))])
        run_progress.finish(transaction, run, RunStatus.COMPLETE, raw=[{"path": "raw/x", "sha256": ""}])
    assert united(a, b) == UnionCounts(records=1, contents=0, runs=1, events=0)
    assert not united(b, a)
    assert everything(a, aside=True) == everything(b, aside=True)


def test_what_was_shown_on_a_day_of_the_past_does_not_change_by_merging(bench: Bench) -> None:
    a, b = two(bench)
    bench.time.at(1)
    deliver(a, ("1", Citation(title="Report one")))
    bench.time.at(2)
    deliver(b, ("2", Citation(title="Report two")))
    do(b, 2, "Ben", pair_verdict("embase:1", "embase:2", "same"))
    bench.time.at(10)
    with a.read() as transaction:
        before = rebuild.folded_state(transaction, START + timedelta(seconds=5))
    united(a, b)
    with a.read() as transaction:
        assert rebuild.folded_state(transaction, START + timedelta(seconds=5)) == before
        assert ENGINE not in {event.reviewer for event in before.standing.values()}
