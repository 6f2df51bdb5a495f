"""What was done last stands, whatever the clocks say; where something else would stand, the deed is refused."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from prisma_tool.cli.main import run
from prisma_tool.errors import DecisionError, ExitCode
from prisma_tool.history.overview import overview
from prisma_tool.model.log import clock as clocks
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.clock_notice import ClockNotice
from prisma_tool.review.environment import Environment
from prisma_tool.screening.decisions import Decision, decide, undo_last
from prisma_tool.store.engine import event_rows, future_events
from prisma_tool.store.engine.schema import EventRow
from prisma_tool.store.projections import update
from prisma_tool.tui.home.to_do import to_do

if TYPE_CHECKING:
    from tests.integration.conftest import Bench


def _clock_cases() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "clock_cases.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look up the module in which they stand.
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


CLOCKS = _clock_cases()
named = pytest.mark.parametrize("case", CLOCKS.CASES, ids=lambda case: case.__name__)


@named
def test_what_was_done_last_stands_whatever_the_clock_says(case: Callable[..., None]) -> None:
    assert CLOCKS.failure(case) == ""


@pytest.mark.postgres
@pytest.mark.parametrize(
    "case", [CLOCKS.decided_anew, CLOCKS.last_decision_undone, CLOCKS.colleague_ten_minutes_fast], ids=lambda case: case.__name__
)
def test_what_was_done_last_stands_on_a_server_too(case: Callable[..., None], postgres_url: str) -> None:
    assert CLOCKS.failure(case, postgres_url) == ""


def test_a_case_that_does_not_hold_is_shown() -> None:
    def wrong(shell: Any) -> None:
        CLOCKS.expect(shell.verdict("embase:L1"), "include", "the verdict")

    assert CLOCKS.failure(wrong) == "the verdict is 'pending', not 'include'"


@pytest.fixture
def begun(bench: Bench) -> Bench:
    bench.given("Embase", "1", "2")
    bench.vote("include", "embase:1")
    return bench


def break_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on what is stored later comes before all that was stored earlier."""
    monkeypatch.setattr(clocks, "following", lambda *_: 0)


def test_a_deed_that_would_not_stand_is_refused_with_what_stands(
    begun: Bench, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    break_order(monkeypatch)
    capsys.readouterr()
    assert run(["-C", str(begun.review.folder), "decide", "embase:1", "exclude"]) == ExitCode.FAILED
    out, err = capsys.readouterr()
    assert out == ""
    assert "decision 'exclude' on embase:1 by Ada" in err
    assert "would not count: the decision 'include' on embase:1 by Ada of 2025-02-03 stands; nothing was stored." in err
    with begun.review.store.read() as transaction:
        assert [event.text("verdict") for event in event_rows.events(transaction, kinds=[EventKind.DECISION])] == ["include"]


def test_an_undo_that_takes_nothing_back_is_refused(begun: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update, "follow", lambda *_: None)
    with pytest.raises(
        DecisionError, match=r"The decision 'include' on embase:1 by Ada .* would still stand; nothing was stored"
    ):
        undo_last(begun.review, "Ada", Stage.TITLE_ABSTRACT)
    with pytest.raises(DecisionError, match="would not count: nothing stands in its place"):
        begun.vote("exclude", "embase:2", "embase:2")


def test_a_vote_that_the_tables_do_not_keep_is_refused(make_bench: Callable[..., Bench], database_url: str) -> None:
    bench = make_bench(environment=Environment(database=database_url))
    bench.given("Embase", "1")
    with bench.review.store.engine.begin() as connection:
        for statement in _FORGETTING[connection.dialect.name]:
            connection.exec_driver_sql(statement)
    with pytest.raises(DecisionError, match="would not count: the database does not keep it as it was given; nothing was stored"):
        bench.vote("include", "embase:1")
    with bench.review.store.read() as transaction:
        assert list(event_rows.events(transaction, kinds=[EventKind.DECISION])) == []


_FORGETTING = {
    "sqlite": ["CREATE TRIGGER forgets AFTER INSERT ON standing BEGIN DELETE FROM standing WHERE event = NEW.event; END"],
    "postgresql": [
        "CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM standing WHERE event = NEW.event; RETURN NULL; END'",
        "CREATE TRIGGER forgets AFTER INSERT ON standing FOR EACH ROW EXECUTE FUNCTION forget()",
    ],
}
"""What another program might put into a database."""


def test_several_rows_about_one_report_stand_by_their_order(begun: Bench) -> None:
    verdicts = (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE)
    stored = decide(begun.review, [Decision("embase:2", Stage.TITLE_ABSTRACT, "Ada", verdict) for verdict in verdicts])
    with begun.review.store.read() as transaction:
        assert [event_rows.in_force(transaction, event.id) for event in stored] == [False, False, True]


def test_a_vote_on_a_report_that_was_adjudicated_is_kept_and_what_stands_is_told(
    make_bench: Callable[..., Bench], capsys: pytest.CaptureFixture[str]
) -> None:
    bench = make_bench(reviewers=("Ada", "Ben"), toml_edits={"reviewers_per_record = 1": "reviewers_per_record = 2"})
    bench.given("Embase", "1")
    bench.vote("include", "embase:1")
    bench.vote("exclude", "embase:1", by="Ben")
    folder = str(bench.review.folder)
    assert run(["-C", folder, "adjudicate", "embase:1", "include", "--reviewer", "Ada"]) == 0
    capsys.readouterr()
    assert run(["-C", folder, "decide", "embase:1", "exclude", "--reviewer", "Ada"]) == 0
    out, err = capsys.readouterr()
    assert out == "embase:1: exclude, title-abstract, by Ada.\n"
    assert "include stands, adjudicated by Ada" in err


def test_a_clock_behind_is_named_once_for_a_command_however_much_it_stores(
    begun: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    with begun.review.store.write() as transaction:
        ahead = future_events.newest_clock(transaction) + clocks.microseconds_in(timedelta(hours=3))
        transaction.session.execute(sa.update(EventRow).values(clock=ahead))
    capsys.readouterr()
    for key in ("embase:1", "embase:2"):
        begun.vote("exclude", key)
    assert capsys.readouterr().out.count("This computer's clock is 3 hours behind") == 1


@pytest.mark.parametrize(("behind", "worth_a_word"), [(timedelta(minutes=5), False), (timedelta(minutes=5, seconds=1), True)])
def test_a_clock_is_named_from_five_minutes_on_and_not_before(begun: Bench, behind: timedelta, worth_a_word: bool) -> None:
    with begun.review.store.read() as transaction:
        newest = clocks.moment_of(future_events.newest_clock(transaction))
        late = replace(transaction, now=lambda: newest - behind)
        assert bool(future_events.lag_line(late)) is worth_a_word
        assert bool(future_events.future_events(late)) is worth_a_word
    messages: list[str] = []
    notice = ClockNotice(lambda: newest - behind, messages.append)
    done = newest - behind
    notice.look([Event("1", "note", "", "", "Ada", done, done, "0", clock=clocks.microseconds(newest))])
    assert bool(messages) is worth_a_word


def test_a_copy_with_a_clock_that_none_could_pass_is_refused(begun: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    shell = CLOCKS.Shell(begun.review.folder)
    begun.review.store.close()
    copy = shell.copy("copy")
    copy("decide", "embase:2", "include", "--reviewer", "Ada")
    engine = sa.create_engine(f"sqlite:///{copy.folder / 'review.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE event SET clock = 9000000000000000000 WHERE subject = 'embase:2'"))
    engine.dispose()
    capsys.readouterr()
    assert run(["-C", str(begun.review.folder), "merge", str(copy.folder)]) == ExitCode.FAILED
    assert "lies outside what any clock shows" in capsys.readouterr().err


def test_the_first_page_names_events_from_the_future_as_status_does(begun: Bench) -> None:
    with begun.review.store.write() as transaction:
        later = begun.review.store.now() + timedelta(days=3)
        statement = sa.update(EventRow).where(EventRow.subject == "embase:1")
        transaction.session.execute(statement.values(at=later, clock=clocks.microseconds(later)))
    begun.vote("exclude", "embase:2")
    with begun.review.store.read() as transaction:
        counted = overview(transaction, "Ada")
    assert [event.subject for event in counted.open_items.future_events] == ["embase:1"]
    assert to_do(counted)[-1].words.startswith("1 event lies in the future by this computer's clock")
