"""Where two reviewers disagree, who settles it, and what the flow makes of it (counting rules 8, 12, 16)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from prisma_tool.cli.main import run
from prisma_tool.errors import DecisionError
from prisma_tool.history.status import status
from prisma_tool.model.log.team import Team
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import Adjudication, ScreeningRules
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.screening.adjudication import Ruling, adjudicate, conflicts, refusal_for_team, take_back

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
PAIR = {"reviewers_per_record = 1": "reviewers_per_record = 2"}
ADA_AND_BEN = ("Ada", "Ben")


@pytest.fixture
def pair(make_bench: Callable[..., Bench]) -> Bench:
    """Two people decide on each of three reports."""
    bench = make_bench(reviewers=ADA_AND_BEN, toml_edits=PAIR)
    bench.given("Embase", "1", "2", "3")
    bench.dedupe()
    return bench


def both(bench: Bench, key: str, first: str, second: str, stage: Stage = TA, reasons: tuple[str, str] = ("", "")) -> None:
    bench.vote(first, key, by="Ada", stage=stage, reason=reasons[0])
    bench.vote(second, key, by="Ben", stage=stage, reason=reasons[1])


def settle(bench: Bench, key: str, verdict: str, by: str = "Ada", **more: Any) -> None:
    adjudicate(bench.review, Ruling(key, Verdict(verdict), by, **more))


def open_ones(bench: Bench) -> list[tuple[str, Stage, bool]]:
    with bench.review.store.read() as transaction:
        return [(one.key, one.stage, one.reasons_only) for one in conflicts(transaction)]


def test_a_conflict_is_pending_until_it_is_adjudicated_and_then_counts(pair: Bench) -> None:
    both(pair, "embase:1", "include", "exclude")
    both(pair, "embase:2", "exclude", "exclude")
    both(pair, "embase:3", "exclude", "exclude")
    assert pair.flow().pending.conflicts.records == ("embase:1",)
    assert (pair.flow().records_screened.n, pair.flow().interim) == (2, True)
    settle(pair, "embase:1", "exclude")
    assert open_ones(pair) == []
    assert (pair.flow().records_screened.n, pair.flow().records_excluded.n, pair.flow().interim) == (3, 3, False)


def test_an_adjudication_keeps_the_votes_and_can_be_given_anew_and_taken_back(pair: Bench) -> None:
    both(pair, "embase:1", "include", "exclude")
    settle(pair, "embase:1", "include")
    assert pair.flow().dbr_sought_reports.records == ("embase:1",)
    settle(pair, "embase:1", "exclude")
    assert pair.flow().records_excluded.records == ("embase:1",)
    assert take_back(pair.review, "embase:1", None, "Ada").text("verdict") == "exclude"
    assert pair.flow().dbr_sought_reports.records == ("embase:1",)
    take_back(pair.review, "embase:1", None, "Ada")
    assert open_ones(pair) == [("embase:1", TA, False)]
    with pytest.raises(DecisionError, match="nothing to take back"):
        take_back(pair.review, "embase:1", None, "Ada")


def test_a_vote_after_the_adjudication_does_not_undo_it(pair: Bench) -> None:
    both(pair, "embase:1", "include", "exclude")
    settle(pair, "embase:1", "exclude")
    pair.vote("include", "embase:1", by="Ben")
    assert pair.flow().records_excluded.records == ("embase:1",)


def test_rule_16_different_reasons_are_a_lesser_conflict_with_the_earliest_reason_proposed(pair: Bench) -> None:
    both(pair, "embase:1", "include", "include")
    both(pair, "embase:1", "exclude", "exclude", FT, ("Wrong study design", "Wrong population"))
    assert open_ones(pair) == [("embase:1", FT, True)]
    assert {label: line.n for label, line in pair.flow().dbr_excluded.items()} == {"Wrong population": 1}
    assert pair.flow().interim
    settle(pair, "embase:1", "exclude")
    assert open_ones(pair) == []
    assert {label: line.n for label, line in pair.flow().dbr_excluded.items()} == {"Wrong population": 1}


def test_reasons_that_differ_at_title_abstract_are_no_conflict(pair: Bench) -> None:
    both(pair, "embase:1", "exclude", "exclude", TA, ("Wrong study design", "Wrong population"))
    assert open_ones(pair) == []


def test_rule_12_maybe_with_exclude_is_a_conflict_and_two_maybes_at_full_text_can_be_settled(pair: Bench) -> None:
    both(pair, "embase:1", "maybe", "exclude")
    assert open_ones(pair) == [("embase:1", TA, False)]
    both(pair, "embase:2", "include", "maybe")
    both(pair, "embase:2", "maybe", "maybe", FT)
    assert pair.flow().pending.full_text.records == ("embase:2",)
    settle(pair, "embase:2", "include", stage=FT)
    assert pair.flow().new_reports.records == ("embase:2",)


def test_rule_08_one_reviewer_against_oneself_waits_for_the_second_before_it_shows_as_a_conflict(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(reviewers=ADA_AND_BEN, toml_edits=PAIR)
    bench.given("Embase", "1")
    bench.given("Scopus", "1")
    bench.vote("include", "embase:1", by="Ben")
    bench.vote("exclude", "scopus:1", by="Ben")
    bench.dedupe()
    assert open_ones(bench) == []
    bench.vote("include", "embase:1", by="Ada")
    with bench.review.store.read() as transaction:
        (conflict,) = conflicts(transaction)
    assert [(vote.reviewer, vote.text("verdict")) for vote in conflict.votes] == [
        ("Ada", "include"),
        ("Ben", "include"),
        ("Ben", "exclude"),
    ]


def test_what_is_in_no_conflict_is_not_adjudicated_and_maybe_settles_nothing(pair: Bench) -> None:
    both(pair, "embase:1", "include", "include")
    with pytest.raises(DecisionError, match=r"embase:1 is in no conflict \(full text to be retrieved\)"):
        settle(pair, "embase:1", "exclude")
    both(pair, "embase:2", "include", "exclude")
    with pytest.raises(DecisionError, match="maybe does not"):
        settle(pair, "embase:2", "maybe")
    with pytest.raises(DecisionError, match="in no conflict at full-text"):
        settle(pair, "embase:2", "include", stage=FT)


@pytest.mark.parametrize(
    ("rules", "refused", "allowed", "said"),
    [
        ({}, "", "Ada", ""),
        ({"blind = true": 'blind = true\nadjudication = "third"'}, "Ada", "Cleo", "wants a third person"),
        ({'question = ""': 'question = ""\nadjudicators = ["Dia"]'}, "Ada", "Dia", "settled by Dia"),
    ],
)
def test_who_may_adjudicate_is_said_in_the_protocol(
    make_bench: Callable[..., Bench], rules: dict[str, str], refused: str, allowed: str, said: str
) -> None:
    bench = make_bench(reviewers=("Ada", "Ben", "Cleo"), toml_edits=PAIR | rules)
    bench.given("Embase", "1")
    both(bench, "embase:1", "include", "exclude")
    if refused:
        with pytest.raises(DecisionError, match=said):
            settle(bench, "embase:1", "include", by=refused)
    settle(bench, "embase:1", "include", by=allowed)
    assert open_ones(bench) == []


def test_who_voted_under_another_spelling_of_the_name_is_no_third_person() -> None:
    rules = Protocol(reviewers=("ADA", "Cleo"), screening=ScreeningRules(adjudication=Adjudication.THIRD))
    assert "wants a third person" in refusal_for_team(rules, Team(), "ADA", {"Ada", "Ben"})
    assert refusal_for_team(rules, Team(), "Cleo", {"Ada", "Ben"}) == ""


def test_adjudicators_and_observers_do_not_screen(make_bench: Callable[..., Bench]) -> None:
    roles = {'question = ""': 'question = ""\nadjudicators = ["Dia"]\nobservers = ["Eve"]'}
    bench = make_bench(reviewers=ADA_AND_BEN, toml_edits=PAIR | roles)
    bench.given("Embase", "1")
    for name in ("Dia", "Eve"):
        with pytest.raises(DecisionError, match=f"{name} does not screen"):
            bench.vote("include", "embase:1", by=name)


def test_the_status_counts_conflicts_apart(pair: Bench) -> None:
    both(pair, "embase:1", "include", "exclude")
    pair.vote("include", "embase:2", by="Ben")
    with pair.review.store.read() as transaction:
        stage = status(transaction).stages["title-abstract"]
    assert (stage.conflicts, stage.undecided, stage.total) == (1, 2, 3)


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run(list(arguments)) == 0
    return json.loads(capsys.readouterr().out)


def test_conflicts_and_adjudicate_do_on_the_shell_what_the_screen_does(pair: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    both(pair, "embase:1", "include", "exclude", TA, ("", "Wrong population"))
    here = ["-C", str(pair.review.folder)]
    capsys.readouterr()
    votes = [
        {"reviewer": "Ada", "verdict": "include", "reason": "", "note": ""},
        {"reviewer": "Ben", "verdict": "exclude", "reason": "Wrong population", "note": ""},
    ]
    expected = {"conflicts": [{"key": "embase:1", "stage": "title-abstract", "votes": votes}]}
    assert told(capsys, *here, "conflicts", "--json") == expected
    assert run([*here, "adjudicate", "embase:1", "maybe", "--reviewer", "Ada"]) == 1
    assert "maybe does not" in capsys.readouterr().err
    assert told(capsys, *here, "adjudicate", "embase:1", "exclude", "--reviewer", "Ada", "--note", "Agreed", "--json") == {
        "key": "embase:1", "stage": "title-abstract", "verdict": "exclude", "reason": "Wrong population", "note": "Agreed",
        "reviewer": "Ada",
    }  # fmt: skip
    assert told(capsys, *here, "conflicts", "--json") == {"conflicts": []}
    assert run([*here, "adjudicate", "embase:1", "--undo", "--reviewer", "Ben"]) == 0
    assert "taken back: exclude" in capsys.readouterr().out
    assert told(capsys, *here, "conflicts", "--json") == expected
    assert run([*here, "adjudicate", "embase:1"]) == 2
