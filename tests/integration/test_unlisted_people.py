"""What people did whom review.toml does not list is kept and counts for nothing until it lists them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from copied_folders import copy_folder

from prisma_tool.cli.main import run
from prisma_tool.model.log.contributors import EVERYBODY, Contributors, contributors_of, people_of
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review
from prisma_tool.store.projections import event_log, rebuild

if TYPE_CHECKING:
    from tests.conftest import Ticking
    from tests.integration.conftest import Bench

TA = Stage.TITLE_ABSTRACT.value
LISTED = Contributors(frozenset({"ada"}), frozenset({"2019"}))


def event(kind: str, reviewer: str) -> Event:
    from datetime import UTC, datetime

    now = datetime(2025, 2, 3, tzinfo=UTC)
    return Event("1", kind, "a:1", TA, reviewer, now, now, "0")


@pytest.mark.parametrize(
    ("kind", "reviewer", "counted"),
    [
        ("decision", "Ada", True),
        ("decision", "ADA", True),
        ("decision", "Mallory", False),
        ("undo", "Mallory", False),
        ("adjustment", "Mallory", False),
        ("duplicate", "Mallory", False),
        ("duplicate", ENGINE, True),
        ("strategy", "", True),
        ("decision", "2019", False),
        ("adjudication", "2019", True),
        ("study", "2019", True),
        ("study", "2020", False),
    ],
)
def test_listed_people_the_engine_and_nobody_count_and_a_versions_rulings(kind: str, reviewer: str, counted: bool) -> None:
    assert LISTED.include(event(kind, reviewer)) is counted
    assert EVERYBODY.include(event(kind, reviewer))


def test_people_of_every_role_count_and_everybody_does_where_nobody_is_listed() -> None:
    protocol = Protocol(reviewers=("Ada",), adjudicators=("Cy",), observers=("Olga",), tools=("robot",))
    assert people_of(protocol) == ("Ada", "Cy", "Olga", "robot")
    assert all(contributors_of(protocol).know(name) for name in people_of(protocol))
    assert contributors_of(Protocol(adjudicators=("Cy",))) is EVERYBODY


def foreign_vote(folder: Path, clock: Ticking, *names: str, key: str = "embase:1", verdict: str = "exclude") -> None:
    """What a copy may hold: votes of whomever its maker liked."""
    drafts = [event_log.Draft(EventKind.DECISION, key, TA, name, {"verdict": verdict, "reason": ""}) for name in names]
    with open_review(folder, Environment(), print, now=clock) as review:
        store_whoever_it_was(review, drafts)


def store_whoever_it_was(review: Review, drafts: list[event_log.Draft]) -> None:
    """Store events as a program does whose protocol lists nobody, and bring the projections back under this review's."""
    with review.store.under(Protocol()).write() as transaction:
        event_log.append(transaction, drafts)
    with review.store.write() as transaction:
        rebuild.rebuild(transaction)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert run(list(arguments)) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def base(make_bench: Callable[..., Bench]) -> Path:
    bench = make_bench(reviewers=("Ada", "Ben"), toml_edits={"reviewers_per_record = 1": "reviewers_per_record = 2"})
    bench.given("Embase", "1", "2")
    bench.dedupe()
    return bench.review.folder


def test_votes_of_unknown_people_in_a_copy_decide_nothing_and_are_named_until_they_are_listed(
    base: Path, clock: Ticking, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = copy_folder(base, base.with_name("copy"))
    foreign_vote(copy, clock, "Mallory", "Trudy")
    here = ("-C", str(base))
    assert run([*here, "merge", str(copy)]) == 0
    assert "count for nothing: Mallory (1), Trudy (1)" in capsys.readouterr().err
    status = told(capsys, *here, "status", "--json")
    assert status["stages"]["title-abstract"]["excluded"] == 0
    assert status["unlisted"] == {"Mallory": 1, "Trudy": 1}
    assert run([*here, "status"]) == 0
    assert "`prisma-tool reviewer add NAME` lets them count" in capsys.readouterr().out
    people = next(check for check in told(capsys, *here, "doctor", "--json")["checks"] if check["name"] == "people")
    assert "Mallory (1)" in people["detail"]
    assert run([*here, "reviewer", "add", "Mallory"]) == run([*here, "reviewer", "add", "Trudy"]) == 0
    status = told(capsys, *here, "status", "--json")
    assert status["stages"]["title-abstract"]["excluded"] == 1
    assert status["unlisted"] == {}


def test_what_is_kept_equals_what_the_log_says_whoever_is_listed(base: Path, clock: Ticking) -> None:
    foreign_vote(base, clock, "Mallory", "Ada", verdict="include")
    foreign_vote(base, clock, "Ben", verdict="include")
    text = (base / "review.toml").read_text(encoding="utf-8")
    for reviewers in ('["Ada", "Ben"]', '["Ada", "Mallory"]', "[]", '["Ada", "Ben"]'):
        (base / "review.toml").write_text(text.replace('["Ada", "Ben"]', reviewers), encoding="utf-8")
        with open_review(base, Environment(), print, now=clock) as review, review.store.read() as transaction:
            assert rebuild.differences(transaction) == []
            voters = {slot.reviewer for slot in rebuild.stored_state(transaction).standing if slot.kind == EventKind.DECISION}
            assert voters == ({"Ada", "Ben", "Mallory"} if reviewers == "[]" else set(json.loads(reviewers)))


def test_an_unknown_persons_undo_takes_nothing_back(base: Path, clock: Ticking) -> None:
    foreign_vote(base, clock, "Ada", "Ben", verdict="include")
    with open_review(base, Environment(), print, now=clock) as review:
        with review.store.read() as transaction:
            (mine, _) = [
                slot_event for slot, slot_event in rebuild.stored_state(transaction).standing.items() if slot.kind == "decision"
            ]
        store_whoever_it_was(review, [event_log.Draft(EventKind.UNDO, mine.id, reviewer="Mallory")])
        with review.store.read() as transaction:
            assert mine.id in {event.id for event in rebuild.stored_state(transaction).standing.values()}
            assert rebuild.differences(transaction) == []


def test_an_upgrade_names_those_whose_votes_no_longer_count(tmp_path: Path) -> None:
    folder = tmp_path / "review"
    folder.mkdir()
    shutil.copy(Path(__file__).parents[1] / "data" / "review-0002.db", folder / "review.db")
    (folder / "review.toml").write_text('reviewers = ["Ben"]\n', encoding="utf-8")
    messages: list[str] = []
    with open_review(folder, Environment(), messages.append) as review, review.store.read() as transaction:
        assert rebuild.differences(transaction) == []
    assert any("count for nothing: Ada (" in message for message in messages)
    assert any("now names its review" in message for message in messages)


def test_a_person_whose_name_is_spelled_otherwise_now_has_voted_and_the_second_reviewer_is_still_asked(
    base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ("-C", str(base))
    assert run([*here, "decide", "embase:1", "include", "--reviewer", "Ada"]) == 0
    protocol = base / "review.toml"
    protocol.write_text(protocol.read_text(encoding="utf-8").replace('"Ada"', '"ADA"'), encoding="utf-8")
    assert run([*here, "decide", "embase:1", "include", "--reviewer", "ada"]) == 0
    status = told(capsys, *here, "status", "--json")
    assert status["stages"]["title-abstract"]["included"] == 0
    assert run([*here, "doctor"]) == 0
    assert run([*here, "decide", "embase:1", "include", "--reviewer", "Ben"]) == 0
    status = told(capsys, *here, "status", "--json")
    assert status["stages"]["title-abstract"]["included"] == 1
    assert [(pair["a"], pair["b"]) for pair in told(capsys, *here, "report", "agreement", "--json")["pairs"]] == [("ADA", "Ben")]
