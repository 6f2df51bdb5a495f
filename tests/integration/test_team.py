"""Reviewers come and go, share the work, and begin with a pilot round; no vote is lost and nothing is stranded."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from prisma_tool.cli.main import run
from prisma_tool.errors import DecisionError, UsageError
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.reports.owed_votes import owed_votes
from prisma_tool.reports.state import load_review_state
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import open_review
from prisma_tool.store.projections import rebuild
from prisma_tool.team import pilot
from prisma_tool.team.assignment import AssignmentRequest, assign
from prisma_tool.team.reviewers import people, retire, take_again

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

TA = Stage.TITLE_ABSTRACT
PAIR = {"reviewers_per_record = 1": "reviewers_per_record = 2"}
TEAM = ("Ada", "Ben", "Cleo")


def ruled(**rules: object) -> dict[str, str]:
    lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in rules.items())
    return PAIR | {"blind = true": f"blind = true\n{lines}"}


@pytest.fixture
def make_team(make_bench: Callable[..., Bench]) -> Callable[..., Bench]:
    def made(*ids: str, reviewers: tuple[str, ...] = TEAM, edits: dict[str, str] = PAIR) -> Bench:
        bench = make_bench(reviewers=reviewers, toml_edits=edits)
        bench.given("Embase", *(ids or ("1", "2", "3")))
        bench.dedupe()
        return bench

    return made


def owed(bench: Bench) -> dict[str, set[str]]:
    """Who is asked for which report at title/abstract."""
    with bench.review.store.read() as transaction:
        asked = owed_votes(transaction, TA)
        return {
            report.key.removeprefix("embase:"): set(asked.reviewers_owing(report))
            for report in load_review_state(transaction).reports
        }


def state_of(bench: Bench, key: str) -> OutcomeState | None:
    with bench.review.store.read() as transaction:
        assert rebuild.differences(transaction) == []
        return next(report.title_abstract for report in load_review_state(transaction).reports if report.key == key)


def test_what_waited_for_one_who_left_waits_for_another_and_every_vote_stays(make_team: Callable[..., Bench]) -> None:
    bench = make_team("1")
    bench.vote("include", "embase:1", by="Ben")
    retire(bench.review, "ben", "Ada")
    assert owed(bench) == {"1": {"Ada", "Cleo"}}
    bench.vote("include", "embase:1", by="Ada")
    assert state_of(bench, "embase:1") is OutcomeState.INCLUDE


def test_a_conflict_with_one_who_left_goes_to_adjudication(make_team: Callable[..., Bench]) -> None:
    bench = make_team("1")
    bench.vote("include", "embase:1", by="Ben")
    bench.vote("exclude", "embase:1", by="Ada")
    retire(bench.review, "Ben", "Ada")
    assert state_of(bench, "embase:1") is OutcomeState.CONFLICT
    assert bench.flow().pending.conflicts.n == 1


def test_one_who_left_decides_nothing_new_and_may_come_back(make_team: Callable[..., Bench]) -> None:
    bench = make_team("1")
    retire(bench.review, "Ben", "")
    with pytest.raises(DecisionError, match="Ben has left the review"):
        bench.vote("include", "embase:1", by="Ben")
    with pytest.raises(DecisionError, match="has left already"):
        retire(bench.review, "Ben", "")
    take_again(bench.review, "Ben", "")
    bench.vote("include", "embase:1", by="Ben")
    with pytest.raises(DecisionError, match="has not left"):
        take_again(bench.review, "Ben", "")
    with pytest.raises(DecisionError, match="'Mallory' takes no part"):
        retire(bench.review, "Mallory", "")


def test_what_nobody_can_finish_is_told_as_stranded_and_a_late_reviewer_frees_it(
    make_team: Callable[..., Bench], capsys: pytest.CaptureFixture[str]
) -> None:
    bench = make_team("1", "2", reviewers=("Ada", "Ben"))
    bench.vote("include", "embase:1", by="Ada")
    here = ["-C", str(bench.review.folder)]
    assert run([*here, "reviewer", "retire", "Ben"]) == 0
    assert "1 at title-abstract now wait for a reviewer who is not there" in capsys.readouterr().err
    assert run([*here, "reviewer", "add", "Dia"]) == 0
    assert run([*here, "reviewer", "add", "dia"]) == 1
    capsys.readouterr()
    assert run([*here, "reviewer", "list", "--json"]) == 0
    listed = {one["name"]: one for one in json.loads(capsys.readouterr().out)["reviewers"]}
    assert listed["Dia"]["owes"] == {"title-abstract": 2, "full-text": 0}
    assert (listed["Ben"]["active"], listed["Ben"]["roles"], listed["Ada"]["owes"]["title-abstract"]) == (False, ["reviewer"], 1)


def test_halves_hand_no_record_out_twice(make_team: Callable[..., Bench]) -> None:
    edits = ruled(split="halves") | {"reviewers_per_record = 1": "reviewers_per_record = 1"}
    bench = make_team(*map(str, range(12)), edits=edits)
    assert {len(names) for names in owed(bench).values()} == {1}
    assert len({name for names in owed(bench).values() for name in names}) > 1


def test_an_assignment_is_followed_and_can_be_taken_back(make_team: Callable[..., Bench]) -> None:
    bench = make_team(edits=ruled(split="assignment"))
    assert owed(bench) == {"1": set(), "2": set(), "3": set()}
    assert assign(bench.review, AssignmentRequest(TA, "Ada", "Ben", keys=("embase:1",))) == {"Ben": 1}
    assert assign(bench.review, AssignmentRequest(TA, "Ada", "Cleo", where="title ~ treatment")) == {"Cleo": 3}
    assert owed(bench) == {"1": {"Ben", "Cleo"}, "2": {"Cleo"}, "3": {"Cleo"}}
    assert assign(bench.review, AssignmentRequest(TA, "Ada", "Cleo", keys=("embase:1",), undo=True)) == {"Cleo": 1}
    assert owed(bench)["1"] == {"Ben"}
    assert sum(assign(bench.review, AssignmentRequest(TA, "Ada", evenly=True)).values()) == 3
    assert {len(names) for names in owed(bench).values()} == {2}
    with bench.review.store.read() as transaction:
        assert rebuild.differences(transaction) == []


def test_an_even_assignment_gives_everybody_as_much_and_a_number_gives_a_late_reviewer_a_share(
    make_team: Callable[..., Bench],
) -> None:
    bench = make_team(*map(str, range(9)), edits=ruled(split="assignment"))
    assert assign(bench.review, AssignmentRequest(TA, "Ada", "Ben", number=4)) == {"Ben": 4}
    given = assign(bench.review, AssignmentRequest(TA, "Ada", evenly=True))
    assert given == {"Ada": 6, "Ben": 2, "Cleo": 6}
    with pytest.raises(DecisionError, match="nothing at title-abstract to give"):
        assign(bench.review, AssignmentRequest(TA, "Ada", evenly=True))


def test_what_an_assignment_cannot_mean_is_refused(make_team: Callable[..., Bench]) -> None:
    bench = make_team("1", edits=ruled(split="assignment"))
    refused: list[tuple[AssignmentRequest, str]] = [
        (AssignmentRequest(TA, "Ada"), "Say to whom"),
        (AssignmentRequest(TA, "Ada", "Ben"), "Say what"),
        (AssignmentRequest(TA, "Ada", "Ben", keys=("embase:1",), number=1), "Give one of"),
        (AssignmentRequest(TA, "Ada", "Ben", evenly=True), "Give one of"),
    ]
    for share, said in refused:
        with pytest.raises(UsageError, match=said):
            assign(bench.review, share)
    with pytest.raises(DecisionError, match="Eve does not screen"):
        assign(bench.review, AssignmentRequest(TA, "Ada", "Eve", number=1))


def test_a_pilot_round_asks_everyone_for_the_same_records_and_then_the_rest_opens(make_team: Callable[..., Bench]) -> None:
    bench = make_team(*map(str, range(8)))
    drawn = pilot.start(bench.review, TA, "Ada", 3).payload["keys"]
    names = [key.removeprefix("embase:") for key in drawn]
    assert {key: names_asked for key, names_asked in owed(bench).items() if names_asked} == {key: set(TEAM) for key in names}
    for key in drawn:
        bench.vote("include", key, by="Ada")
        bench.vote("include", key, by="Ben")
    assert state_of(bench, drawn[0]) is OutcomeState.PENDING
    with pytest.raises(DecisionError, match=r"still waits for Cleo \(3\)"):
        pilot.close(bench.review, TA, "Ada")
    for number, key in enumerate(drawn):
        bench.vote("exclude" if number == 0 else "include", key, by="Cleo")
    assert state_of(bench, drawn[1]) is OutcomeState.INCLUDE
    assert pilot.close(bench.review, TA, "Ada").conflicts == (drawn[0],)
    assert sum(asked == set(TEAM) for asked in owed(bench).values()) == 5


def test_who_leaves_during_a_pilot_round_is_not_waited_for(make_team: Callable[..., Bench]) -> None:
    bench = make_team("1", "2")
    pilot.start(bench.review, TA, "", 1)
    (key,) = [f"embase:{name}" for name, asked in owed(bench).items() if asked]
    bench.vote("include", key, by="Ada")
    bench.vote("include", key, by="Ben")
    assert state_of(bench, key) is OutcomeState.PENDING
    retire(bench.review, "Cleo", "")
    assert state_of(bench, key) is OutcomeState.INCLUDE


def test_a_planned_pilot_round_begins_by_itself_once(make_team: Callable[..., Bench]) -> None:
    bench = make_team(edits=ruled(pilot=2))
    assert pilot.start_planned(bench.review, TA, "Ada") is not None
    assert pilot.start_planned(bench.review, TA, "Ada") is None
    pilot.close(bench.review, TA, "Ada", force=True)
    assert pilot.start_planned(bench.review, TA, "Ada") is None
    with pytest.raises(DecisionError, match="Only 3 reports"):
        pilot.start(bench.review, TA, "Ada", 9)


def test_who_waits_for_whom_is_counted(make_team: Callable[..., Bench]) -> None:
    bench = make_team("1", "2", "3")
    bench.vote("include", "embase:1", "embase:2", by="Ada")
    with bench.review.store.read() as transaction:
        _, work = people(transaction)
    assert (work[TA].open, work[TA].begun, dict(work[TA].waiting)) == (3, 2, {("Ada", "Ben or Cleo"): 2})


def test_the_shell_assigns_and_holds_a_pilot_round(make_team: Callable[..., Bench], capsys: pytest.CaptureFixture[str]) -> None:
    bench = make_team(edits=ruled(split="assignment"))
    here = ["-C", str(bench.review.folder)]

    def told(*arguments: str) -> Any:
        capsys.readouterr()
        assert run([*here, *arguments, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    assert told("assign", "Ben", "-n", "2") == {"stage": "title-abstract", "assigned": {"Ben": 2}}
    assert told("assign", "Ben", "--undo") == {"stage": "title-abstract", "returned": {"Ben": 2}}
    assert run([*here, "pilot", "start", "-n", "2"]) == 0
    assert told("pilot", "show")["pilot"]["missing"] == {"Ada": 2, "Ben": 2, "Cleo": 2}
    assert run([*here, "pilot", "close"]) == 1
    assert run([*here, "pilot", "close", "--force"]) == 0
    assert told("pilot", "show") == {"pilot": None}


def test_an_observer_looks_on_and_changes_nothing(make_team: Callable[..., Bench]) -> None:
    bench = make_team("1", edits=PAIR | {'question = ""': 'question = ""\nobservers = ["Eve"]'})
    with open_review(bench.review.folder, Environment(), print) as review:
        assert review.viewer("eve") == "Eve"
        with pytest.raises(UsageError, match="Eve is an observer"):
            review.reviewer("Eve")
