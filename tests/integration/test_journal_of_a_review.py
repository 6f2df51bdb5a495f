"""The journal: what was committed from a folder, a JSON line an event; a torn line harms no other, and a failing journal no decision."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.contents import content_hash
from prisma_tool.review.journal import FOLDER, Journal, read_journal
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import add_note
from prisma_tool.store.engine import event_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.conftest import Bench


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    bench = make_bench()
    bench.given("Embase", "1", "2")
    return bench


def logged(review: Review) -> list[str]:
    with review.store.read() as transaction:
        return [event.id for event in event_rows.events(transaction)]


def test_the_journal_holds_every_event_whole(bench: Bench) -> None:
    bench.vote("include", "embase:1")
    events = list(read_journal(bench.review.folder))
    assert [event.id for event in events] == logged(bench.review)
    assert all(content_hash(event) == event.sha256 for event in events)
    assert events[-1].reviewer == "Ada"


def test_what_was_refused_is_not_in_the_journal(bench: Bench) -> None:
    before = list(read_journal(bench.review.folder))
    with pytest.raises(DecisionError):
        bench.vote("ongoing", "embase:1")
    assert list(read_journal(bench.review.folder)) == before


def test_a_line_that_a_crash_cut_off_harms_no_other(bench: Bench) -> None:
    bench.vote("include", "embase:1")
    (path,) = (bench.review.folder / FOLDER).glob("*.jsonl")
    path.write_bytes(path.read_bytes()[:-20])
    bench.vote("include", "embase:2")
    ids = [event.id for event in read_journal(bench.review.folder)]
    assert ids == [event_id for event_id in logged(bench.review) if event_id != logged(bench.review)[-2]]


@pytest.mark.parametrize("line", ["", "null", "[]", '{"id": 1}', "\x00", "{" * 9, '{"id":"x","at":"never","received":"never"}'])
def test_lines_that_are_no_event_are_passed_over(tmp_path: Path, line: str) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "2025-02-03.jsonl").write_text(f"{line}\n", encoding="utf-8")
    assert list(read_journal(tmp_path)) == []


def test_a_journal_that_cannot_be_written_costs_no_decision_and_is_said_once(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = bench.review.folder / FOLDER
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    folder.write_text("a file where the folder should be", encoding="utf-8")
    add_note(bench.review, "embase:1", "first", "Ada")
    add_note(bench.review, "embase:1", "second", "Ada")
    assert capsys.readouterr().out.count("could not be written") == 1
    with bench.review.store.read() as transaction:
        assert [event.text("text") for event in event_rows.events(transaction, kinds=["note"])] == ["first", "second"]


def test_the_journal_is_plain_json(bench: Bench) -> None:
    Journal(bench.folder, print).append(list(read_journal(bench.review.folder))[:1])
    (path,) = (bench.folder / FOLDER).glob("*.jsonl")
    line = json.loads(path.read_text(encoding="utf-8"))
    assert {"id", "kind", "at", "clock", "sha256", "salt", "via"} <= line.keys()
