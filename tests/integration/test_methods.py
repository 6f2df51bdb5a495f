"""Agreement and the methods sentences follow from the votes, and from nothing else (counting rule 26)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from prisma_tool.cli.main import run
from prisma_tool.manuscript.methods.read import read_methods
from prisma_tool.manuscript.methods.text import sentences as methods_sentences
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.screening.adjudication import Ruling, adjudicate
from prisma_tool.screening.decisions import undo_last
from prisma_tool.team import pilot
from prisma_tool.team.agreement import ReportSubset, agreements

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
PAIR = {"reviewers_per_record = 1": "reviewers_per_record = 2"}


@pytest.fixture
def pair(make_bench: Callable[..., Bench]) -> Bench:
    bench = make_bench(reviewers=("Ada", "Ben"), toml_edits=PAIR)
    bench.given("Embase", *map(str, range(1, 7)))
    bench.dedupe()
    return bench


def voted(bench: Bench, **verdicts: str) -> None:
    """`e1="include exclude"`: Ada and Ben vote on embase:1."""
    for key, both in verdicts.items():
        for name, verdict in zip(("Ada", "Ben"), both.split(), strict=False):
            bench.vote(verdict, key.replace("e", "embase:"), by=name)


def agreed(bench: Bench, stage: Stage = TA, part: ReportSubset = ReportSubset.ALL) -> list[tuple[str, str, int, int]]:
    with bench.review.store.read() as transaction:
        return [
            (one.a, one.b, one.agreement.n, one.agreement.agree) for one in agreements(transaction, part) if one.stage is stage
        ]


def told(bench: Bench) -> str:
    return " ".join(methods_sentences(read_methods(bench.review)))


def test_rule_26_agreement_is_on_the_reports_that_both_voted_on(pair: Bench) -> None:
    voted(pair, e1="include include", e2="exclude include", e3="include")
    assert agreed(pair) == [("Ada", "Ben", 2, 1)]


def test_rule_26_the_last_vote_before_unblinding_counts_whatever_was_changed_after(pair: Bench) -> None:
    pair.vote("exclude", "embase:1", by="Ada")
    pair.vote("include", "embase:1", by="Ada")
    voted(pair, e2="include exclude")
    pair.vote("exclude", "embase:1", by="Ben")
    pair.vote("exclude", "embase:1", by="Ada")
    pair.vote("exclude", "embase:2", by="Ada")
    assert agreed(pair) == [("Ada", "Ben", 2, 0)]


def test_rule_26_a_vote_taken_back_before_the_other_spoke_does_not_count_and_one_after_does(pair: Bench) -> None:
    pair.vote("exclude", "embase:1", by="Ada")
    undo_last(pair.review, "Ada", TA)
    pair.vote("include", "embase:1", by="Ben")
    pair.vote("include", "embase:1", by="Ada")
    pair.vote("exclude", "embase:2", by="Ben")
    pair.vote("include", "embase:2", by="Ada")
    undo_last(pair.review, "Ada", TA)
    pair.vote("exclude", "embase:2", by="Ada")
    assert agreed(pair) == [("Ada", "Ben", 2, 1)]


@pytest.mark.parametrize(("maybe", "agree"), [("include", 1), ("conflict", 0)])
def test_rule_26_a_maybe_is_mapped_as_the_protocol_says(make_bench: Callable[..., Bench], maybe: str, agree: int) -> None:
    bench = make_bench(reviewers=("Ada", "Ben"), toml_edits=PAIR | {'maybe = "include"': f'maybe = "{maybe}"'})
    bench.given("Embase", "1")
    voted(bench, e1="maybe include")
    assert agreed(bench) == [("Ada", "Ben", 1, agree)]


def test_reviewers_who_never_met_on_a_report_have_an_overlap_of_nothing(pair: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    pair.vote("include", "embase:1", by="Ada")
    pair.vote("include", "embase:2", by="Ben")
    capsys.readouterr()
    assert run(["-C", str(pair.review.folder), "report", "agreement", "--json"]) == 0
    nothing: dict[str, object] = dict.fromkeys(("kappa", "kappa_low", "kappa_high", "pabak", "brennan_prediger", "ac1"))
    nothing |= {"categories": 2, "left_out": {"not_blind": 0, "after_outcome": 0}, "recorded": 0}
    expected = {"pairs": [{"stage": "title-abstract", "a": "Ada", "b": "Ben", "n": 0, "agree": 0, **nothing}], "overall": []}
    assert json.loads(capsys.readouterr().out) == expected


def test_agreement_is_told_before_and_after_the_pilot(pair: Bench, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    drawn = pilot.start(pair.review, TA, "Ada", 2).payload["keys"]
    rest = [f"embase:{n}" for n in range(1, 7) if f"embase:{n}" not in drawn]
    for name, verdict in (("Ada", "include"), ("Ben", "exclude")):
        pair.vote(verdict, *drawn, by=name)
    pilot.close(pair.review, TA, "Ada")
    for name in ("Ada", "Ben"):
        pair.vote("include", *rest[:2], by=name)
        pair.vote("exclude", *rest[2:], by=name)
    assert [agreed(pair, part=part) for part in (ReportSubset.ALL, ReportSubset.PILOT, ReportSubset.MAIN)] == [
        [("Ada", "Ben", 6, 4)],
        [("Ada", "Ben", 2, 0)],
        [("Ada", "Ben", 4, 4)],
    ]
    here = ["-C", str(pair.review.folder), "report", "agreement"]
    capsys.readouterr()
    assert run(here) == 0
    said = capsys.readouterr().out
    assert "title-abstract in the pilot round: Ada and Ben: 0 of 2 (0.0%)" in said
    assert (
        "title-abstract after the pilot round: Ada and Ben: 4 of 4 (100.0%), kappa 1.00 (no interval for fewer than 30 reports)"
        in said
    )
    assert run([*here, "--part", "main"]) == 0
    assert capsys.readouterr().out == "".join(
        line for line in said.splitlines(keepends=True) if " after the pilot round: " in line
    )
    outputs = [tmp_path / "agreement.md", tmp_path / "agreement.docx", tmp_path / "agreement.csv"]
    assert run([*here, *(word for path in outputs for word in ("-o", str(path)))]) == 0
    assert "| Titles and abstracts | Ada, Ben | 4 | 4 (100.0%) |" in outputs[0].read_text("utf-8")
    assert outputs[2].read_text("utf-8").startswith("stage,a,b,n,agree,categories,kappa,")
    assert run([*here, "-o", str(tmp_path / "agreement.png")]) == 2
    assert "A pilot round of 2 records came first (agreement of Ada and Ben: 0 of 2" in told(pair)


def test_during_a_pilot_round_agreement_says_nothing_of_reports_that_still_wait(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ada", "Ben", "Cleo"), toml_edits=PAIR)
    bench.given("Embase", "1")
    pilot.start(bench.review, TA, "Ada", 1)
    voted(bench, e1="include exclude")
    assert agreed(bench) == [("Ada", "Ben", 0, 0)]
    bench.vote("include", "embase:1", by="Cleo")
    assert agreed(bench) == [("Ada", "Ben", 1, 0), ("Ada", "Cleo", 1, 1), ("Ben", "Cleo", 1, 0)]


def test_the_methods_say_how_many_were_screened_by_two_how_many_conflicts_and_how_they_ended(pair: Bench) -> None:
    voted(pair, e1="include include", e2="exclude exclude", e3="include exclude", e4="exclude include", e5="include exclude")
    adjudicate(pair.review, Ruling("embase:3", Verdict.EXCLUDE, "Ben"))
    pair.vote("include", "embase:4", by="Ada")
    pair.vote("include", "embase:6", by="Ada")
    text = told(pair)
    assert "Titles and abstracts of 4 records were screened on 3 February 2025 by Ada and Ben." in text
    assert "Of these, 4 were screened by two reviewers without access in this tool to each other's votes." in text
    assert "A further 1 record has votes that differ, which nobody has settled yet." in text
    assert "A further 1 record has votes but not all that the protocol wants." in text
    assert (
        "The reviewers disagreed on 3 records: 1 was resolved by adjudication (Ben), 1 was resolved by agreement between the reviewers, "
        "1 is not resolved yet." in text
    )
    assert "Agreement of Ada and Ben without access in this tool to each other's votes: 2 of 5 (40.0%), kappa" in text


def test_what_one_person_screened_is_never_called_double_screened(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ada", "Ben"))
    bench.given("Embase", "1", "2", "3")
    voted(bench, e1="include", e2="exclude", e3="include include")
    text = told(bench)
    assert "Of these, 1 was screened by two reviewers; 2 were screened by one reviewer." in text
    assert "The reviewers disagreed on no record." in text


def test_only_of_what_the_protocol_hid_it_is_said_that_nobody_had_access(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ada", "Ben"), toml_edits=PAIR | {"blind = true": "blind = false"})
    bench.given("Embase", "1")
    voted(bench, e1="include include")
    assert "1 was screened by two reviewers." in told(bench)
    assert (
        "no report counts; 1 report left out, where the second reviewer could have read the first vote (1 as the stage was not blind)"
        in told(bench)
    )


def test_a_tool_is_told_apart_from_people_and_reasons_apart_from_verdicts(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ada", "Ben"), toml_edits={'question = ""': 'question = ""\ntools = ["Robot"]'})
    bench.given("Embase", "1", "2")
    bench.vote("exclude", "embase:1", by="Robot")
    voted(bench, e2="include include")
    for name, reason in (("Ada", "Wrong population"), ("Ben", "Wrong outcome")):
        bench.vote("exclude", "embase:2", stage=FT, reason=reason, by=name)
    adjudicate(bench.review, Ruling("embase:2", Verdict.EXCLUDE, "Ada"))
    text = told(bench)
    assert "1 was screened by automation tools alone (Robot)" in text
    assert "Where all excluded a report for different reasons, the reason was settled by adjudication in 1 case." in text


def test_what_a_stopping_rule_left_unscreened_is_told_with_the_rule(pair: Bench) -> None:
    voted(pair, e1="include include")
    pair.stated(EventKind.REMOVAL, "embase:2", **{"removed": True, "as": "automation", "stop": "1", "rule": "50 in a row"})
    pair.stated(EventKind.REMOVAL, "embase:3", **{"removed": True, "as": "automation", "reason": "a filter"})
    assert "was stopped before its end by a rule (50 in a row; on 3 February 2025); 1 record was left unscreened" in told(pair)


def test_without_votes_there_is_nothing_to_say_about_screening(
    pair: Bench, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    here = ["-C", str(pair.review.folder), "report", "methods"]
    capsys.readouterr()
    assert run([*here, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert ([section["heading"] for section in printed["sections"]], printed["stages"], printed["unscreened"]) == (
        ["Searches", "Duplicates", "Records of the work"],
        {},
        0,
    )
    voted(pair, e1="include include")
    target = tmp_path / "methods.md"
    assert run([*here, "-o", str(target)]) == 0
    written: Any = target.read_text("utf-8")
    assert written.startswith("# Methods\n\n## Searches\n\n6 records of Embase were identified, imported from 1 file on ")
    assert "\n\n## Titles and abstracts\n\nThe title and abstract of 1 record were screened" in written


def test_what_is_printed_is_what_a_text_file_holds_and_other_suffixes_are_refused(
    pair: Bench, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    voted(pair, e1="include include", e2="include exclude")
    for report in ("methods", "agreement"):
        here = ["-C", str(pair.review.folder), "report", report]
        text, word = tmp_path / f"{report}.txt", tmp_path / f"{report}.docx"
        capsys.readouterr()
        assert run(here) == 0
        printed = capsys.readouterr().out
        assert run([*here, "-o", str(text), "-o", str(word)]) == 0
        assert text.read_text("utf-8") == printed
        assert word.read_bytes().startswith(b"PK")
        assert run([*here, "-o", str(tmp_path / "x.txt"), "-o", str(tmp_path / "x.pdf")]) == 2
        assert not (tmp_path / "x.txt").exists()
        assert "choose one of these suffixes" in capsys.readouterr().err


def test_with_maybe_as_a_category_of_its_own_the_name_is_brennan_prediger(
    make_bench: Callable[..., Bench], capsys: pytest.CaptureFixture[str]
) -> None:
    bench = make_bench(reviewers=("Ada", "Ben"), toml_edits=PAIR | {'maybe = "include"': 'maybe = "conflict"'})
    bench.given("Embase", "1", "2")
    voted(bench, e1="include include", e2="maybe include")
    capsys.readouterr()
    assert run(["-C", str(bench.review.folder), "report", "agreement"]) == 0
    printed = capsys.readouterr().out
    assert "Brennan-Prediger 0.25" in printed
    assert "PABAK" not in printed
    assert "agreement is on three categories (include, maybe and exclude)" in printed
