"""A journal that is held to the log while this is gone through: nothing is believed that reading it by itself would not believe."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from prisma_tool.errors import PrismaError
from prisma_tool.model.log.clock import FURTHEST
from prisma_tool.model.log.contents import content_hash
from prisma_tool.model.log.events import Event
from prisma_tool.review import journal_beside_log
from prisma_tool.review.journal import FOLDER, append, journal_contents, line_of
from prisma_tool.review.journal_beside_log import JournalBesideLog

NOON = datetime(2025, 2, 3, 12, tzinfo=UTC)


def event(number: int, **fields: object) -> Event:
    received = NOON + timedelta(seconds=number)
    made = Event(f"{number:036}", "note", "embase:1", "", "Ada", NOON, received, "0", {"n": 1}, clock=number + 1, salt="s")
    made = replace(made, **fields)
    return replace(made, sha256=content_hash(made))


LOG = [event(number) for number in range(6)]


def line(one: Event) -> str:
    return json.dumps(line_of(one), separators=(",", ":"))


def write(folder: Path, lines: Sequence[str]) -> None:
    (folder / FOLDER).mkdir()
    (folder / FOLDER / "2025-02-03.jsonl").write_text("".join(text + "\n" for text in lines))


def beside(folder: Path, log: Sequence[Event] = LOG) -> JournalBesideLog:
    journal = JournalBesideLog(folder)
    for one in log:
        journal.meet(one, fits=content_hash(one) == one.sha256)
    return journal


def test_nothing_is_left_over_where_both_say_the_same(tmp_path: Path) -> None:
    write(tmp_path, [line(one) for one in LOG])
    journal = beside(tmp_path)
    assert (journal.others(), journal.unmet(), journal.began()) == ({}, set(), LOG[0].received)


def test_a_line_that_met_its_event_is_not_hashed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, [line(one) for one in (*LOG[:3], event(7), *LOG[3:])])
    taken = []
    monkeypatch.setattr(journal_beside_log, "take", lambda _contents, text, _keep: taken.append(json.loads(text)["clock"]))
    beside(tmp_path).others()
    assert taken == [8, 4, 5, 6]


@pytest.mark.parametrize("payload", [{"n": True}, {"n": 1.0}, {"n": 2}])
def test_a_line_with_another_payload_under_the_same_hash_is_not_believed(tmp_path: Path, payload: dict[str, object]) -> None:
    write(tmp_path, [line(LOG[0]), line(replace(LOG[1], payload=payload)), *map(line, LOG[2:])])
    journal = beside(tmp_path)
    assert (journal.others(), journal.unmet()) == ({}, {LOG[1].id})


def test_a_line_that_repeats_an_event_changed_in_both_is_not_believed(tmp_path: Path) -> None:
    changed = replace(LOG[1], reviewer="Eve")
    write(tmp_path, [line(changed)])
    journal = beside(tmp_path, [LOG[0], changed])
    assert (journal.others(), journal.unmet()) == ({}, {LOG[0].id, LOG[1].id})


@pytest.mark.parametrize("clock", [-1, FURTHEST + 1])
def test_a_line_of_a_clock_that_no_clock_shows_is_not_believed_though_the_log_has_it_too(tmp_path: Path, clock: int) -> None:
    strange = event(0, clock=clock)
    write(tmp_path, [line(strange)])
    journal = beside(tmp_path, [strange])
    assert (journal.others(), journal.unmet()) == ({}, {strange.id})


def test_what_is_appended_later_is_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, [line(one) for one in LOG[:3]])
    journal = JournalBesideLog(tmp_path)
    append(tmp_path / FOLDER, LOG[3:])
    for one in LOG:
        journal.meet(one, fits=True)
    assert journal.unmet() == {one.id for one in LOG[3:]}


def test_a_journal_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    write(tmp_path, [line(one) for one in LOG])
    second = tmp_path / FOLDER / "2025-02-04.jsonl"
    second.write_text(line(event(7)) + "\n")
    journal = JournalBesideLog(tmp_path)
    second.unlink()
    with pytest.raises(PrismaError, match="does not exist"):
        journal.others()


_LINES = st.lists(
    st.one_of(
        st.integers(0, 7).map(lambda number: line(event(number))),
        st.integers(0, 7).map(lambda number: line(event(number, reviewer="Ben"))),
        st.integers(0, 7).map(lambda number: line(replace(event(number), reviewer="Eve"))),
        st.integers(0, 7).map(lambda number: line(event(number, clock=99))),
        st.integers(0, 7).map(lambda number: json.dumps({"left_out": [event(number).id]})),
        st.sampled_from(["", "{", line(LOG[2])[:50]]),
    ),
    max_size=12,
)


@given(lines=_LINES, log=st.lists(st.sampled_from([*LOG, replace(LOG[3], reviewer="Eve")]), unique_by=lambda one: one.id))
def test_whatever_a_journal_holds_it_is_found_as_when_read_by_itself(lines: list[str], log: list[Event]) -> None:
    ordered = sorted(log, key=lambda one: one.order)
    with TemporaryDirectory() as folder:
        write(Path(folder), lines)
        alone = journal_contents(Path(folder)).events
        journal = beside(Path(folder), ordered)
        others, unmet = journal.others(), journal.unmet()
    met = {one.id: one.sha256 for one in ordered if one.id not in unmet and one.id not in others}
    assert {key: entry.sha256 for key, entry in others.items()} | met == {key: one.sha256 for key, one in alone.items()}
