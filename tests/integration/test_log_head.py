"""The kept sums of hashes: a head from them is that from the beginning, and what is not of this log is not believed."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from prisma_tool.errors import StoreError
from prisma_tool.history.log_checks import log_checks
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.utc import utc_text
from prisma_tool.store.copies.transfer import transfer
from prisma_tool.store.engine import event_rows, opening
from prisma_tool.store.engine.database import Store, Transaction, make_engine
from prisma_tool.store.engine.schema import HeadSumRow
from prisma_tool.store.projections import event_log, log_head
from prisma_tool.store.projections.event_log import Draft

if TYPE_CHECKING:
    from histories import Memory

    from tests.conftest import OpenStore

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(autouse=True)
def short_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_head, "STEP", 3)


@pytest.fixture
def here(in_memory: Memory) -> Store:
    """A log of eight events with sums of the first three and the first six."""
    store = in_memory.begun().store
    for _ in range(4):
        note(store, 2)
    return store


def note(store: Store, n: int) -> None:
    with store.write() as transaction:
        event_log.append(transaction, [Draft(EventKind.NOTE, "pubmed:0", payload={"text": str(place)}) for place in range(n)])


def change(store: Store, *statements: str, **values: object) -> None:
    with store.write() as transaction:
        for statement in statements:
            transaction.session.execute(sa.text(statement), values)


def numbers(transaction: Transaction) -> list[int]:
    return [number for (number,) in transaction.rows(sa.select(HeadSumRow.number).order_by(HeadSumRow.number))]


def doctors_word(store: Store) -> str:
    with store.read() as transaction:
        return next(" ".join(problems) for name, problems, _ in log_checks(transaction, []) if name == "head of the log")


def test_a_head_is_the_same_from_kept_sums_as_from_the_beginning_on_both_databases(store: Store) -> None:
    for _ in range(4):
        note(store, 2)
    with store.read() as transaction:
        assert numbers(transaction) == [3, 6]
        assert log_head.wrong_sums(transaction) == (2, [])
        events = list(event_rows.events(transaction))
        for at in (None, *sorted({event.received for event in events})):
            for but in ("", events[1].id, events[6].id):
                kept = log_head.log_head(transaction, received_by=at, but=but)
                assert kept == log_head.log_head(transaction, received_by=at, but=but, from_beginning=True)


def test_only_what_has_come_since_a_kept_sum_is_read(here: Store) -> None:
    asked: list[str] = []
    with here.read() as transaction:
        whole = log_head.log_head(transaction, from_beginning=True)
        sa.event.listen(here.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
        assert log_head.log_head(transaction) == whole
    hashes = [statement for statement in asked if statement.startswith("SELECT event.sha256")]
    assert len(hashes) == 1
    assert "event.number >" in hashes[0]


def test_a_writer_keeps_the_sums_of_what_it_stored_and_of_one_step_that_others_left(in_memory: Memory) -> None:
    store = in_memory.begun().store
    note(store, 10)
    change(store, "DELETE FROM head_sum")
    for kept in ([3], [3, 6], [3, 6, 9]):
        note(store, 1)
        with store.read() as transaction:
            assert numbers(transaction) == kept


RESEALED = "another database, or of events that are not all here"


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("UPDATE head_sum SET total = zeroblob(256) WHERE number = 6", RESEALED),
        ("UPDATE head_sum SET total = 'text', event = x'00' WHERE number = 6", RESEALED),
        ("UPDATE head_sum SET received = 7, total = 7 WHERE number = 6", RESEALED),
        ("UPDATE head_sum SET number = 900 WHERE number = 6", RESEALED),
        ("UPDATE review SET id = 'another'", RESEALED),
        ("DELETE FROM event WHERE number = 2", RESEALED),
        ("UPDATE event SET number = 4 WHERE number = 7", RESEALED),
        ("UPDATE event SET number = 0 WHERE number = 5", RESEALED),
    ],
)
def test_a_sum_that_is_not_of_this_log_is_not_believed_and_named_and_made_anew(here: Store, harm: str, said: str) -> None:
    change(here, "INSERT INTO review (id) VALUES ('this')")
    with here.write() as transaction:
        log_head.keep_anew(transaction)
    assert doctors_word(here) == ""
    change(here, harm)
    with here.read() as transaction:
        assert log_head.log_head(transaction) == log_head.log_head(transaction, from_beginning=True)
    assert said in doctors_word(here)
    note(here, 3)
    with here.write() as transaction:
        assert log_head.log_head(transaction) == log_head.log_head(transaction, from_beginning=True)
        log_head.keep_anew(transaction)
    assert doctors_word(here) == ""


def test_a_sum_of_another_database_is_not_believed_though_its_review_is_the_same(here: Store) -> None:
    change(here, "UPDATE event SET id = 'other' WHERE number = 6")
    with here.read() as transaction:
        assert log_head.log_head(transaction) == log_head.log_head(transaction, from_beginning=True)
    assert RESEALED in doctors_word(here)


def test_a_forger_who_seals_a_sum_is_betrayed_by_the_doctor_and_by_every_head_that_is_noted(here: Store) -> None:
    with here.write() as transaction:
        before = log_head.log_head(transaction)
        row = transaction.session.get_one(HeadSumRow, 6)
        row.total = bytes(256)
        row.seal = log_head.sealed("", row.number, row.event, row.received, row.total)
    assert "is not what the hashes of these events add up to" in doctors_word(here)
    with here.read() as transaction:
        assert log_head.log_head(transaction, from_beginning=True) == before


def test_a_hash_that_is_changed_after_its_sum_was_kept_is_betrayed_by_the_sum(here: Store) -> None:
    change(here, f"UPDATE event SET sha256 = '{'0' * 64}' WHERE number = 2")
    assert "2 kept sums, the shortest of 3 events, are not what the hashes" in doctors_word(here)


def test_a_sum_that_is_dated_back_is_betrayed_by_the_doctor(here: Store) -> None:
    with here.write() as transaction:
        row = transaction.session.get_one(HeadSumRow, 6)
        row.received = utc_text(next(event_rows.events(transaction)).received)
        row.seal = log_head.sealed("", row.number, row.event, row.received, row.total)
    assert "the sum kept of the first 6 events is not dated as these events are" in doctors_word(here)


def test_an_event_that_is_dated_anew_is_betrayed_by_the_sums(here: Store) -> None:
    change(here, "UPDATE event SET received = '2030-01-01T00:00:00.000000+00:00' WHERE number = 4")
    assert "the sum kept of the first 6 events is not dated as these events are" in doctors_word(here)


@pytest.mark.parametrize("value", ["x'ff'", "'text'"])
def test_a_hash_that_is_no_text_is_refused_with_a_sentence_and_keeps_nobody_from_writing(here: Store, value: str) -> None:
    change(here, f"UPDATE event SET sha256 = {value} WHERE number = 7")
    note(here, 3)
    with here.read() as transaction:
        damaged = value != "'text'"
        assert numbers(transaction) == ([3, 6] if damaged else [3, 6, 9])
        with pytest.raises(StoreError, match="`prisma-tool doctor` names the event") if damaged else nullcontext():
            log_head.log_head(transaction)


def test_the_doctor_stands_a_hash_that_is_no_text(here: Store) -> None:
    change(here, "UPDATE event SET sha256 = x'ff' WHERE number = 5")
    assert "the sum kept of the first 6 events is not what the hashes" in doctors_word(here)


def test_a_review_that_moves_takes_no_sum_along(here: Store, store: Store) -> None:
    with here.write() as transaction:
        row = transaction.session.get_one(HeadSumRow, 6)
        row.total = bytes(256)
        row.seal = log_head.sealed("", row.number, row.event, row.received, row.total)
    with here.read() as source, store.write() as target:
        transfer(source, target)
        assert numbers(target) == [3, 6]
        assert log_head.log_head(target) == log_head.log_head(source, from_beginning=True)
    assert doctors_word(store) == ""


# --- the upgrade

_STEP = 5_000
"""As in the migration, which follows no later change of the program."""
_INSERT = sa.text(
    "INSERT INTO event (id, kind, subject, stage, reviewer, at, received, tool_version, payload, number, sha256) "
    "VALUES (:id, 'note', '', '', '', :at, :at, '', '{}', :number, :id)"
)


def test_an_upgrade_sums_up_the_log_on_both_databases(
    database_url: str, open_database: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_head, "STEP", _STEP)
    engine = make_engine(database_url, create=True)
    opening.migrate(engine, "0004")
    rows = [{"id": f"{n:064}", "number": n, "at": f"2025-02-03T09:00:00.{n:06}+00:00"} for n in range(1, _STEP + 2)]
    with engine.begin() as connection:
        connection.execute(_INSERT, rows)
    engine.dispose()
    with open_database(database_url).read() as transaction:
        assert numbers(transaction) == [_STEP]
        assert log_head.wrong_sums(transaction) == (1, [])
        assert log_head.log_head(transaction) == log_head.log_head(transaction, from_beginning=True)


@pytest.mark.parametrize("harm", ["DELETE FROM event WHERE number = 7", "UPDATE event SET sha256 = x'ff' WHERE number = 7"])
def test_a_log_with_a_gap_or_without_a_text_for_a_hash_is_upgraded_without_sums(
    harm: str, open_database: OpenStore, tmp_path: Path
) -> None:
    path = Path(shutil.copy(DATA / "review-0004.db", tmp_path / "review.db"))
    rows = [(f"{n:064}", "2025-02-03T09:00:00.000000+00:00", n) for n in range(100, _STEP + 100)]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO event (id, kind, subject, stage, reviewer, at, received, tool_version, payload, number, sha256) "
            "VALUES (?1, 'note', '', '', '', ?2, ?2, '', '{}', ?3, ?1)",
            rows,
        )
        connection.execute("UPDATE event SET number = (SELECT count(*) FROM event AS earlier WHERE earlier.id <= event.id) + 0")
        connection.execute(harm)
    with open_database(f"sqlite:///{path}").read() as transaction:
        assert numbers(transaction) == []
