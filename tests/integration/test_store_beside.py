"""On PostgreSQL the decisions of a team run beside each other, and nothing of one is lost in another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from prisma_tool.model.log.event_ids import EventIds
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import Stage
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Store, Transaction
from prisma_tool.store.projections import event_log, rebuild
from prisma_tool.store.projections.event_log import Draft
from prisma_tool.store.queues import queues

TA = Stage.TITLE_ABSTRACT


@pytest.fixture
def three(postgres_url: str, open_database: Callable[..., Store], deliver: Callable[..., Any]) -> Store:
    store = open_database(postgres_url)
    deliver(store, *((str(n), Citation(title=f"Report {n}")) for n in range(3)))
    return store


def vote(transaction: Transaction, key: str, name: str) -> Event:
    transaction.guard([key])
    return event_log.append(transaction, [Draft(EventKind.DECISION, key, TA, name, {"verdict": "include"})])[0]


def numbers(store: Store) -> list[tuple[int, str]]:
    with store.read() as transaction:
        return [(one.number, one.reviewer) for one in queues.events_since(transaction, 0, 100)]


@pytest.mark.postgres
def test_a_decision_does_not_wait_for_one_on_another_report(three: Store) -> None:
    with three.write(beside=True) as slow:
        vote(slow, "embase:0", "Ada")
        with three.write(beside=True) as quick:
            vote(quick, "embase:1", "Ben")
        assert numbers(three) == [(1, "Ben")]
    assert numbers(three) == [(1, "Ben"), (2, "Ada")]
    with three.read() as transaction:
        assert rebuild.differences(transaction) == []


@pytest.mark.postgres
def test_two_decisions_on_one_report_wait_for_each_other_and_both_count(three: Store) -> None:
    with three.write(beside=True) as first:
        vote(first, "embase:0", "Ada")
        begun = threading.Event()

        def second() -> None:
            with three.write(beside=True) as transaction:
                begun.set()
                vote(transaction, "embase:0", "Ben")

        other = threading.Thread(target=second)
        other.start()
        begun.wait(30)
        assert other.is_alive()
    other.join(30)
    with three.read() as transaction:
        assert {event.reviewer for event in event_rows.events(transaction, kinds=[EventKind.DECISION])} == {"Ada", "Ben"}
        assert rebuild.differences(transaction) == []


@pytest.mark.postgres
def test_what_fails_beside_others_leaves_no_number_and_no_event(three: Store) -> None:
    def failing() -> None:
        with three.write(beside=True) as transaction:
            vote(transaction, "embase:0", "Ada")
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        failing()
    with three.write(beside=True) as transaction:
        vote(transaction, "embase:0", "Ben")
    assert numbers(three) == [(1, "Ben")]


def test_on_a_file_writers_take_turns_as_ever_and_number_at_once(open_database: Callable[..., Store], tmp_path: Any) -> None:
    store = open_database(f"sqlite:///{tmp_path / 'one.db'}")
    with store.write(beside=True) as transaction:
        assert not transaction.beside_others
        vote(transaction, "embase:0", "Ada")
        assert event_log.last_number(transaction) == 1
    assert isinstance(store.new_id, EventIds)
