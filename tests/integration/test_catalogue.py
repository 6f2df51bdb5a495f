"""Records as a list to browse: the same are found as an export would write, and windows of them are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.dedupe import manual
from prisma_tool.errors import UsageError
from prisma_tool.history import activity
from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.records.browse import MatchingRecords, RecordFilter, RecordListing, find_records
from prisma_tool.records.export import Selection, export
from prisma_tool.records.report_sets import SETS
from prisma_tool.reports.state import Phase
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.engine.database import Store
from prisma_tool.store.index import arrival_order
from prisma_tool.store.index.arrival_order import in_order


@pytest.fixture
def review(make_review: Callable[..., Review], deliver: Callable[..., object]) -> Review:
    made = make_review(reviewers=("Ada", "Ben"))
    entries = [
        (str(n), Citation(title=f"Trial {n} of cells", authors=(Author(f"Name{n}", "A"),), year=2010 + n)) for n in range(1, 9)
    ]
    deliver(made.store, *entries)
    manual.merge(made, "embase:1", "embase:5", "Ada")
    decide(made, [Decision("embase:2", Stage.TITLE_ABSTRACT, "Ada", Verdict.EXCLUDE, "Wrong outcome")])
    decide(made, [Decision("embase:3", Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE)])
    return made


def keys(found: MatchingRecords) -> list[str]:
    return [row.key for row in found.rows(0, len(found))]


@pytest.mark.parametrize("where", ["", "year >= 2014 or title ~ 'trial 3'"])
def test_every_set_and_condition_finds_what_an_export_would_write(review: Review, tmp_path: Path, where: str) -> None:
    target = tmp_path / "out.csv"
    found = dict[str, list[str]]()
    for name in SETS:
        export(review, [target], Selection(name, where=where))
        written = [line.split(",")[0] for line in target.read_text(encoding="utf-8-sig").splitlines()[1:]]
        found[name] = keys(find_records(review, RecordFilter(among=name, where=where)))
        assert found[name] == written, name
    assert found["all"]
    assert found["duplicates"]
    assert found["undecided"]


def test_words_narrow_the_whole_list_and_any_set(review: Review) -> None:
    assert keys(find_records(review, RecordFilter("name3 2013"))) == ["embase:3"]
    assert keys(find_records(review, RecordFilter("trial -2012", among="excluded"))) == []
    assert keys(find_records(review, RecordFilter("outcome", among="excluded"))) == [], "reasons are no words of a record"
    assert keys(find_records(review, RecordFilter("cells", among="excluded"))) == ["embase:2"]


def test_a_report_is_found_by_the_words_of_any_of_its_records(review: Review) -> None:
    shown = keys(find_records(review, RecordFilter("2015", among="unique")))
    assert shown == keys(find_records(review, RecordFilter("2011", among="unique")))
    assert len(shown) == 1


def test_a_row_tells_where_its_record_stands_and_with_what_it_was_joined(review: Review) -> None:
    rows = {row.key: row for row in find_records(review, RecordFilter()).rows(0, 8)}
    assert (rows["embase:2"].phase, rows["embase:2"].reason) == (Phase.SCREENED_OUT, "Wrong outcome")
    assert [rows[key].records for key in ("embase:1", "embase:5", "embase:4")] == [2, 2, 1]
    assert sorted(rows[key].stands_for_itself for key in ("embase:1", "embase:5")) == [False, True]
    assert (rows["embase:4"].author, rows["embase:4"].year) == ("Name4", 2014)


def test_a_window_beyond_the_end_is_short_and_a_list_of_keys_keeps_its_own_order(review: Review) -> None:
    assert [row.key for row in find_records(review, RecordFilter()).rows(6, 50)] == ["embase:7", "embase:8"]
    listed = RecordListing(review, ("embase:4", "embase:1", "embase:4"), notes={2: "again"})
    assert [(row.key, row.why) for row in listed.rows(0, 9)] == [("embase:4", ""), ("embase:1", ""), ("embase:4", "again")]


def test_a_condition_that_cannot_be_understood_names_the_character(review: Review) -> None:
    with pytest.raises(UsageError, match="at character 7"):
        find_records(review, RecordFilter(where="year >< 3"))
    with pytest.raises(UsageError, match="no set"):
        find_records(review, RecordFilter(among="nonsense"))


def test_a_look_that_nobody_waits_for_any_more_ends(review: Review) -> None:
    portions = iter([False])
    find_records(review, RecordFilter(where="year > 0"), lambda percent: next(portions))
    assert list(portions) == [], "asked once, and not again after the answer no"


@contextmanager
def statements(review: Review) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    sa.event.listen(review.store.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(review.store.engine, "before_cursor_execute", note)


def test_reading_a_window_asks_as_often_at_the_end_as_at_the_beginning_and_never_for_all(review: Review) -> None:
    found = find_records(review, RecordFilter())
    with statements(review) as first:
        found.rows(0, 2)
    with statements(review) as last:
        found.rows(6, 2)
    assert len(first) == len(last)
    assert not any("OFFSET" in statement for statement in last if "FROM record" in statement)
    assert all("WHERE" in statement for statement in last if "FROM record" in statement)


def test_positions_with_a_gap_are_listed_one_by_one(review: Review) -> None:
    with review.store.write() as transaction:
        transaction.session.execute(sa.text("UPDATE record SET position = 100 WHERE key = 'embase:8'"))
        assert list(arrival_order.all_positions(transaction)) == [1, 2, 3, 4, 5, 6, 7, 100]
        assert arrival_order.keys_at(transaction, [7, 99, 100]) == ["embase:7", "embase:8"]


@given(st.lists(st.integers(min_value=0, max_value=2**40)))
def test_positions_are_kept_ascending(given_in: list[int]) -> None:
    assert list(in_order(given_in)) == sorted(given_in)


def test_records_and_the_log_are_read_alike_on_both_databases(
    store: Store, deliver: Callable[..., object], tmp_path: Path
) -> None:
    review = Review(tmp_path, store.protocol, Environment(), store)
    deliver(store, *((str(n), Citation(title=f"Invented {n} of cells")) for n in range(1, 4)))
    manual.merge(review, "embase:1", "embase:3", "Ada")
    decide(review, [Decision("embase:2", Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE)])
    assert keys(find_records(review, RecordFilter())) == ["embase:1", "embase:2", "embase:3"]
    assert keys(find_records(review, RecordFilter("cells -2"))) == ["embase:1", "embase:3"]
    assert keys(find_records(review, RecordFilter(among="duplicates"))) == ["embase:3"]
    assert [row.records for row in find_records(review, RecordFilter("cells")).rows(1, 2)] == [1, 2]
    first = activity.log_page(review, "Ada", activity.LogFilter(), 1)
    second = activity.log_page(review, "Ada", activity.LogFilter(), 5, first.further)
    assert [entry.kind for entry in (*first.entries, *second.entries)] == ["decision", "duplicate", "import"]
    activity.undo(review, first.entries[0].id, "Ada")
    assert activity.log_page(review, "Ada", activity.LogFilter(kind="decision"), 5).entries[0].undone
