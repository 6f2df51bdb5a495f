"""On PostgreSQL the decisions of a team run beside each other, and nothing of one is lost in another."""

from __future__ import annotations

import importlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import Stage
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Store
from prisma_tool.store.projections import rebuild, single_vote
from prisma_tool.store.projections.event_log import Draft
from prisma_tool.store.queues import queues

TA = Stage.TITLE_ABSTRACT


@pytest.fixture
def three(postgres_url: str, open_database: Callable[..., Store], deliver: Callable[..., Any]) -> Store:
    store = open_database(postgres_url)
    deliver(store, *((str(n), Citation(title=f"Report {n}")) for n in range(3)))
    return store


@contextmanager
def voting(store: Store, key: str, name: str) -> Iterator[Callable[[], Event]]:
    """A vote that has asked what it depends on; what is given stores it."""
    with store.write_beside(single_vote.lock(key), single_vote.questions(key)) as write:
        around = single_vote.surroundings(write.answers)
        yield partial(single_vote.store, write, around, Draft(EventKind.DECISION, key, TA, name, {"verdict": "include"}))


def numbers(store: Store) -> list[tuple[int, str]]:
    with store.read() as transaction:
        return [(one.number, one.reviewer) for one in queues.events_since(transaction, 0, 100)]


@pytest.mark.postgres
def test_a_decision_does_not_wait_for_one_on_another_report(three: Store) -> None:
    with voting(three, "embase:0", "Ada") as slow:
        with voting(three, "embase:1", "Ben") as quick:
            quick()
        assert numbers(three) == [(1, "Ben")]
        slow()
    assert numbers(three) == [(1, "Ben"), (2, "Ada")]
    with three.read() as transaction:
        assert rebuild.differences(transaction) == []


@pytest.mark.postgres
def test_two_decisions_on_one_report_wait_for_each_other_and_both_count(three: Store) -> None:
    begun = threading.Event()

    def second() -> None:
        begun.set()
        with voting(three, "embase:0", "Ben") as vote:
            vote()

    with voting(three, "embase:0", "Ada") as vote:
        other = threading.Thread(target=second)
        other.start()
        begun.wait(30)
        assert other.is_alive()
        vote()
    other.join(30)
    with three.read() as transaction:
        assert {event.reviewer for event in event_rows.events(transaction, kinds=[EventKind.DECISION])} == {"Ada", "Ben"}
        assert rebuild.differences(transaction) == []


@pytest.mark.postgres
def test_what_fails_beside_others_leaves_no_number_and_no_event(three: Store) -> None:
    def failing() -> None:
        with voting(three, "embase:0", "Ada"):
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        failing()
    with voting(three, "embase:0", "Ben") as vote:
        vote()
    assert numbers(three) == [(1, "Ben")]


@pytest.mark.postgres
def test_a_decision_is_two_round_trips_and_a_look_whether_the_server_is_there(
    three: Store, postgres_server: Any, open_database: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    with importlib.import_module("slow_line").slow_line(postgres_server.sockets, 0) as line:
        distant = open_database(line.url(three.engine.url.database))
        with voting(distant, "embase:0", "Ada") as vote:
            vote()
        before = line.trips
        with voting(distant, "embase:1", "Ada") as vote:
            vote()
        assert line.trips - before == 3
        distant.close()


def test_on_a_file_writers_take_turns_as_ever(
    open_database: Callable[..., Store], deliver: Callable[..., Any], tmp_path: Any
) -> None:
    store = open_database(f"sqlite:///{tmp_path / 'one.db'}")
    deliver(store, ("0", Citation(title="Report 0")))
    with voting(store, "embase:0", "Ada") as vote, closing(sqlite3.connect(tmp_path / "one.db", timeout=0)) as other:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        vote()
    assert numbers(store) == [(1, "Ada")]
