"""Numbers entered by hand: rule 23 of counting.md, through the command line and on a real store."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from prisma_tool.cli.main import run
from prisma_tool.flow import enter_adjustment
from prisma_tool.flow.as_json import as_json, explanation, find_count
from prisma_tool.flow.flow import CheckKind
from prisma_tool.flow.read import read_flow

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bench(bench: Bench) -> Bench:
    """A review with one excluded record of Embase."""
    bench.given("Embase", "1")
    bench.dedupe()
    bench.vote("exclude", "embase:1")
    return bench


@pytest.fixture
def typed(bench: Bench, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in the review; gives exit code, stdout and stderr."""

    def called(*arguments: str) -> tuple[int, str, str]:
        code = run(["-C", str(bench.review.folder), *arguments])
        told = capfd.readouterr()
        return code, told.out, told.err

    return called


def enter(bench: Bench, box: str, n: int, note: str = "counted before this tool") -> None:
    enter_adjustment.enter(bench.review, box, n, note, "Ada")


def test_rule_23_a_number_is_explained_listed_and_footnoted(bench: Bench, typed: Run) -> None:
    code, out, err = typed("adjust", "duplicates", "+5", "--note", "Scopus, searched\x1b[31m in 2019")
    assert (code, out) == (0, "Entered duplicates +5: Scopus, searched in 2019\n")
    assert "adjust database_results:NAME +5" in err, "it says what is missing"
    told = json.loads(typed("flow", "--explain", "duplicates", "--json")[1])
    adjustments = [{"n": 5, "note": "Scopus, searched in 2019"}]
    assert told == {"key": "duplicates", "n": 5, "records": [], "adjustments": adjustments}
    flow = json.loads(typed("flow", "--json")[1])
    assert flow["adjustments"] == [{"box": "duplicates", **adjustments[0]}]
    assert "+5 duplicate records removed entered by hand: Scopus, searched in 2019" in flow["footnotes"]


def test_rule_23_records_excluded_by_title_are_a_part_of_those_excluded(bench: Bench, typed: Run) -> None:
    assert typed("adjust", "titles_excluded", "+1", "--note", "the screening log")[0] == 0
    counts = json.loads(typed("flow", "--json")[1])["counts"]
    assert (counts["titles_excluded"], counts["records_excluded"]) == (1, 1)
    assert typed("flow", "--check")[0] == 0
    assert "Abstracts screened† (n = 0)" in typed("flow", "--show", "titles")[1]
    assert typed("adjust", "titles_excluded", "+1", "--note", "one too many")[0] == 0
    code, out, _ = typed("flow", "--check")
    assert (code, "records excluded by title are records excluded: 2 of 1 excluded" in out) == (4, True)


def test_rule_23_a_sum_that_lacks_its_other_end_fails_the_check_until_it_is_entered(bench: Bench, typed: Run) -> None:
    typed("adjust", "database_results", "+100", "--source", "Scopus", "--note", "in 2019")
    code, out, _ = typed("flow", "--check")
    assert code == 4
    assert "1 is not 101" in out
    assert "`prisma-tool adjust records_screened +100 --note ...`" in out
    typed("adjust", "duplicates", "+20", "--note", "in 2019")
    typed("adjust", "records_screened", "+80", "--note", "in 2019")
    typed("adjust", "records_excluded", "+80", "--note", "in 2019")
    assert typed("flow", "--check")[0] == 0


LINES = {
    "database_results": "database_specific_results:Source not named",
    "database_results:Scopus": "database_specific_results:Scopus",
    "database_specific_results:embase": "database_specific_results:Embase",
    "register_results": "register_specific_results:Source not named",
}


def test_rule_23_boxes_that_are_sums_carry_what_was_entered_for_their_lines(bench: Bench) -> None:
    for n, (box, line) in enumerate(LINES.items(), start=1):
        enter(bench, box, n)
        assert [number.n for number in find_count(read_flow(bench.review), line).adjustments] == [n]
    flow = read_flow(bench.review)
    assert [one.holds for one in flow.checks if "= sum of" in one.name] == [True, True]
    assert [number.n for number in flow.adjustments] == [1, 2, 3, 4], "one entry is one adjustment"


def test_rule_23_the_last_number_of_a_box_can_be_taken_back(bench: Bench, typed: Run) -> None:
    before = as_json(read_flow(bench.review))
    enter(bench, "duplicates", 2)
    enter(bench, "excluded_other", 3)
    assert [one["n"] for one in json.loads(typed("adjust", "--list", "--json")[1])["adjustments"]] == [2, 3]
    assert typed("adjust", "--undo", "duplicates")[1].startswith("Took back duplicates +2")
    assert typed("adjust", "--undo")[1].startswith("Took back excluded_other +3")
    assert typed("adjust", "--undo")[0] == 1
    assert as_json(read_flow(bench.review)) == before


def test_rule_23_reasons_are_entered_by_label_and_keep_their_order(bench: Bench) -> None:
    for reason in ("Wrong outcome", "wrong population"):
        enter(bench, f"dbr_excluded:{reason}", 2)
    assert list(as_json(read_flow(bench.review))["lists"]["dbr_excluded"]) == ["Wrong population", "Wrong outcome"]


def test_rule_23_previous_studies_known_only_as_numbers_make_an_update(bench: Bench) -> None:
    for box, n in (("previous_studies", 12), ("previous_reports", 14)):
        enter(bench, box, n)
    told = bench.told()
    assert told["template"] == "updated-v1"
    assert [told["counts"][key] for key in ("previous_studies", "total_studies", "total_reports")] == [12, 12, 14]
    assert explanation(bench.flow(), "total_studies") == {
        "key": "total_studies",
        "n": 12,
        "records": [],
        "adjustments": [{"n": 12, "note": "counted before this tool"}],
        "studies": [],
    }
    assert bench.told(cumulative=True)["counts"]["new_studies"] == 12


def test_rule_23_what_was_entered_before_a_close_belongs_to_that_version(bench: Bench) -> None:
    enter(bench, "duplicates", 5)
    enter(bench, "database_results:Scopus", 5)
    enter(bench, "previous_studies", 3)
    enter(bench, "previous_reports", 3)
    before = bench.told()
    bench.close("2023")
    told = bench.told()
    assert bench.told(version="2023") == before
    assert (told["counts"]["duplicates"], told["counts"]["previous_studies"], told["counts"]["total_reports"]) == (0, 3, 3)
    assert bench.told(cumulative=True)["counts"]["duplicates"] == 5


def test_rule_23_the_meta_analysis_cannot_hold_more_studies_than_the_review(bench: Bench) -> None:
    enter(bench, "total_studies_ma", 1)
    flow = read_flow(bench.review)
    broken = [one.detail for one in flow.checks if one.kind is CheckKind.STRICT and not one.holds]
    assert broken == ["1 of 0 included; +1. Correct it: `prisma-tool adjust total_studies_ma -1 --note ...`"]
    assert as_json(flow)["counts"]["total_studies_ma"] == 1


REFUSED: tuple[tuple[list[str], int, str], ...] = (
    (["duplicates", "+5"], 1, "Say in --note"),
    (["duplicates", "5", "--note", "x"], 2, "not a number with its sign"),
    (["duplicates", "+0", "--note", "x"], 2, "not a number with its sign"),
    (["duplicates", "-1", "--note", "x"], 1, "duplicates would fall below zero"),
    (["database_results", "-1", "--note", "x"], 1, "which source had fewer"),
    (["dbr_excluded", "+1", "--note", "x"], 2, "Name the line too"),
    (["dbr_excluded:Too long", "+1", "--note", "x"], 2, "not a reason of this review"),
    (["duplicates", "+1", "--note", "x", "--source", "Scopus"], 2, "--source goes with"),
    (["duplicate", "+1", "--note", "x"], 2, "There is no box 'duplicate'"),
    (["pending:retrieval", "+1", "--note", "x"], 2, "There is no box"),
    (["duplicates"], 2, "Give BOX and"),
)


def test_rule_23_what_cannot_be_entered_is_refused_in_a_sentence(typed: Run) -> None:
    for arguments, code, sentence in REFUSED:
        found, out, err = typed("adjust", *arguments)
        assert (found, out) == (code, ""), arguments
        assert sentence in err
    assert json.loads(typed("flow", "--json")[1])["adjustments"] == []


def test_a_relation_explains_itself_by_what_was_entered(bench: Bench) -> None:
    enter(bench, "dbr_sought_reports", 2)
    enter(bench, "dbr_notretrieved_reports", 2)
    detail: dict[str, Any] = {one.name: one.detail for one in bench.flow().checks}
    assert detail["sought = screened - excluded"] == "1 screened - 1 excluded is not 2 sought; -2 entered by hand"
