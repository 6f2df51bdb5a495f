"""Who turned blinding off and on is named as far as it is known, and only votes given without access to the other's count (rules 24 and 26)."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from copied_folders import copy_folder

from prisma_tool.cli.main import run
from prisma_tool.history.activity import LogFilter, log_page
from prisma_tool.manuscript.agreement_table import as_csv
from prisma_tool.manuscript.methods.read import read_methods
from prisma_tool.manuscript.methods.text import sentences as methods_sentences
from prisma_tool.manuscript.write_team_reports import methods_json
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.copies.merge import Consent, merge
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review, reread
from prisma_tool.review.protocol.read import FILE_NAME
from prisma_tool.review.protocol_log import ProtocolAct
from prisma_tool.screening import exclusion_reasons
from prisma_tool.screening.decisions import Decision, decide, undo_last
from prisma_tool.store.engine import event_rows
from prisma_tool.store.projections import event_log
from prisma_tool.team.agreement import PairAgreement, agreements
from prisma_tool.team.blinding_log import blinding_changes
from prisma_tool.team.team_status import lines, team_status

if TYPE_CHECKING:
    from tests.conftest import Ticking
    from tests.integration.conftest import Bench

TA = Stage.TITLE_ABSTRACT
PAIR = {"reviewers_per_record = 1": "reviewers_per_record = 2"}
KEY = "embase:1"


@pytest.fixture
def pair(make_bench: Callable[..., Bench]) -> Bench:
    def filled(bench: Bench) -> None:
        bench.given("Embase", "1", "2")
        bench.dedupe()

    return make_bench(reviewers=("Ada", "Ben"), toml_edits=PAIR, once=filled)


def set_blind(folder: Path, blind: str) -> None:
    """Edit review.toml by hand."""
    path = folder / FILE_NAME
    other = {"true": "false", "false": "true"}[blind]
    text = path.read_text("utf-8")
    assert f"\nblind = {other}" in text
    path.write_text(text.replace(f"\nblind = {other}", f"\nblind = {blind}"), encoding="utf-8")


def act(review: Review, step: str) -> Review:
    """One step: blinding `off` or `on`, a vote of `Ada` or `Ben`, or `Ada-` for taking her last vote back."""
    if step in ("off", "on"):
        set_blind(review.folder, "false" if step == "off" else "true")
        return reread(review)
    if step.endswith("-"):
        undo_last(review, step[:-1], TA)
    else:
        decide(review, [Decision(KEY, TA, step, Verdict.INCLUDE)])
    return review


def the_pair(review: Review) -> PairAgreement:
    with review.store.read() as transaction:
        return next(one for one in agreements(transaction) if (one.stage, one.a, one.b) == (TA, "Ada", "Ben"))


def counted(review: Review) -> tuple[int, int, int]:
    """On how many reports the pair counts, was open to each other, and voted after the outcome."""
    found = the_pair(review)
    return found.agreement.n, found.left_out.not_blind, found.left_out.after_outcome


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param("Ada Ben", (1, 0, 0), id="blind throughout"),
        pytest.param("off Ada Ben", (0, 1, 0), id="open throughout"),
        pytest.param("Ada off Ben", (0, 1, 0), id="opened between the votes"),
        pytest.param("Ada off on Ben", (0, 1, 0), id="opened and blinded again between the votes"),
        pytest.param("off on Ada Ben", (1, 0, 0), id="open only before the first vote"),
        pytest.param("off Ada on Ben", (0, 1, 0), id="open when the first voted"),
        pytest.param("Ada Ben off", (1, 0, 0), id="opened after both had voted"),
        pytest.param("Ada Ben off Ada", (1, 0, 0), id="a mind changed after the opening"),
        pytest.param("Ada Ada Ben", (1, 0, 0), id="a mind changed before the other voted"),
        pytest.param("Ada off on Ada- Ben Ada", (0, 1, 0), id="the first vote, later taken back, lay open"),
        pytest.param(
            "Ada Ada- off on Ben Ada", (0, 1, 0), id="a vote that was taken back before the opening is in the log all the same"
        ),
        pytest.param("Ada Ada- Ben Ada", (1, 0, 0), id="the first speaks again before having seen anything"),
    ],
)
def test_rule_26_a_pair_counts_where_the_second_could_not_have_read_the_first(
    pair: Bench, steps: str, expected: tuple[int, int, int]
) -> None:
    review = pair.review
    for step in steps.split():
        review = act(review, step)
    assert counted(review) == expected


def test_rule_26_a_vote_after_the_outcome_was_known_is_left_out(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ada", "Ben"))
    bench.given("Embase", "1")
    for name in ("Ada", "Ben"):
        bench.vote("include", KEY, by=name)
    assert counted(bench.review) == (0, 0, 1)


def test_rule_26_what_an_application_that_was_opened_before_blinding_says_is_left_out(pair: Bench) -> None:
    opened_before = act(pair.review, "off")
    blinded = act(opened_before, "on")
    act(blinded, "Ada")
    act(opened_before, "Ben")
    assert counted(blinded) == (0, 1, 0)


def test_the_number_left_out_and_why_is_told_in_text_json_table_and_methods(
    pair: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    review = act(act(act(pair.review, "Ada"), "off"), "Ben")
    words = "1 report left out, where the second reviewer could have read the first vote (1 as the stage was not blind)"
    here = ["-C", str(review.folder), "report", "agreement"]
    capsys.readouterr()
    assert run(here) == 0
    assert f"Ada and Ben: no report counts; {words}\n" in capsys.readouterr().out
    assert run([*here, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pairs"][0]["left_out"] == {"not_blind": 1, "after_outcome": 0}
    table = list(csv.DictReader(as_csv([the_pair(review)]).splitlines()))
    assert (table[0]["n"], table[0]["left_out_not_blind"], table[0]["left_out_after_outcome"]) == ("0", "1", "0")
    facts = read_methods(review)
    assert words in " ".join(methods_sentences(facts))
    assert methods_json(facts)["stages"]["title-abstract"]["without_access"] == {}


def test_a_copy_that_was_open_does_not_count_whatever_the_other_copy_noted_meanwhile(pair: Bench, clock: Ticking) -> None:
    review = pair.review
    other_folder = review.folder.with_name("copy")
    copy_folder(review.folder, other_folder)
    with open_review(other_folder, Environment(), print, now=clock) as opened:
        act(review, "Ada")
        copy = act(opened, "off")
        exclusion_reasons.rename(review, "Wrong population", "Other population")
        merge(copy, str(review.folder), consent=Consent(differing_protocols=True))
        set_blind(other_folder, "true")
        copy = reread(copy)
        act(copy, "Ben")
        assert counted(copy) == (0, 1, 0)
        merge(review, str(other_folder), consent=Consent(differing_protocols=True))
    assert counted(review) == (0, 1, 0)


def sentences(review: Review) -> list[str]:
    entries = log_page(review, "Ada", LogFilter(kind=EventKind.PROTOCOL), 100).entries
    return [entry.words for entry in reversed(entries)]


def who(review: Review) -> list[tuple[str, bool, str]]:
    with review.store.read() as transaction:
        return [(change.stage.value, change.blind, change.who) for change in blinding_changes(transaction)]


@pytest.mark.parametrize(
    ("variables", "options", "expected"),
    [
        ({}, [], "by whom is not recorded"),
        ({}, ["--reviewer", "ben"], "by whom is not recorded; noted while Ben had the review open"),
        ({"PRISMA_TOOL_REVIEWER": "Ada"}, [], "by whom is not recorded; noted while Ada had the review open"),
        ({"PRISMA_TOOL_REVIEWER": "Ada"}, ["--reviewer", "Ben"], "by whom is not recorded; noted while Ben had the review open"),
    ],
)
def test_of_a_file_that_was_edited_by_hand_it_is_said_who_had_the_review_open(
    pair: Bench, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], options: list[str], expected: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    set_blind(pair.review.folder, "false")
    assert run(["-C", str(pair.review.folder), "log", *options]) == 0
    assert who(pair.review) == [("title-abstract", False, expected), ("full-text", False, expected)]


def test_a_change_that_the_application_wrote_names_its_reviewer(pair: Bench) -> None:
    set_blind(pair.review.folder, "false")
    reread(pair.review.opened_for("Ada"), ProtocolAct.CHANGED)
    assert {by for _, _, by in who(pair.review)} == {"by Ada"}
    off = "blinding at title/abstract was lifted and blinding at full text was lifted"
    assert sentences(pair.review)[-1] == f"Ada changed the protocol: {off}"


def test_a_command_claims_its_own_change_alone_not_what_it_found_in_the_file(pair: Bench) -> None:
    set_blind(pair.review.folder, "false")
    exclusion_reasons.rename(pair.review.opened_for("Ben"), "Wrong population", "Other population")
    off = "blinding at title/abstract was lifted and blinding at full text was lifted"
    assert sentences(pair.review)[-2:] == [
        f"Ben had the review open when it was noted that somebody had changed the protocol: {off}",
        "Ben changed the protocol",
    ]


def test_status_and_methods_name_who_turned_blinding_off_and_on(pair: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    review = act(act(act(act(pair.review.opened_for("Ada"), "off"), "on"), "Ada"), "Ben")
    off = "linding at title/abstract was lifted on 3 February 2025 (by whom is not recorded; noted while Ada had the review open)"
    with review.store.read() as transaction:
        told = list(lines(team_status(transaction)))
    assert [line for line in told if "title/abstract was" in line] == [f"b{off}", f"b{off.replace('lifted', 'put in place', 1)}"]
    assert f"B{off}; no vote was given while it was off." in " ".join(methods_sentences(read_methods(review)))
    capsys.readouterr()
    assert run(["-C", str(review.folder), "status", "--json"]) == 0
    blinding = json.loads(capsys.readouterr().out)["blinding"]
    assert [(one["stage"], one["blind"], one["reviewer"]) for one in blinding] == [
        (stage, blind, "Ada") for blind in (False, True) for stage in ("title-abstract", "full-text")
    ]


def test_protocols_that_an_older_program_noted_are_read_in_their_order(pair: Bench) -> None:
    review = pair.review
    text = (review.folder / FILE_NAME).read_text("utf-8")
    old = [text.replace("\nblind = true", "\nblind = false"), text]
    act(review, "Ada")
    with review.store.write() as transaction:
        event_log.append(
            transaction,
            [event_log.Draft(EventKind.PROTOCOL, payload={"text": one, "sha256": str(n)}) for n, one in enumerate(old)],
        )
    act(review, "Ben")
    assert counted(review) == (0, 1, 0)
    assert [blind for stage, blind, _ in who(review) if stage == TA] == [False, True]


# --- how votes and other facts came ---------------------------------------------------------------------------------------------


def ways(review: Review, kind: EventKind) -> list[tuple[str, str]]:
    with review.store.read() as transaction:
        return [(event.reviewer, event.via) for event in event_rows.events(transaction, kinds=[kind])]


def written(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("kind", "command", "table", "expected"),
    [
        (EventKind.DECISION, ["decide", KEY, "include", "--reviewer", "Ada"], "", ("Ada", "command line")),
        (EventKind.DECISION, ["decide", KEY, "include", "--reviewer", "Robot"], "", ("Robot", "tool")),
        (EventKind.DECISION, ["decide", "--from", "@"], f"key,reviewer,verdict\n{KEY},Ada,include\n", ("Ada", "file")),
        (EventKind.DECISION, ["decide", "--from", "@"], f"key,reviewer,verdict\n{KEY},Robot,include\n", ("Robot", "tool")),
        (EventKind.RETRIEVAL, ["retrieve", KEY, "retrieved", "--reviewer", "Ada"], "", ("Ada", "command line")),
        (
            EventKind.RETRIEVAL,
            ["retrieve", "--from", "@", "--reviewer", "Ada"],
            f"key,status\n{KEY},retrieved\n",
            ("Ada", "file"),
        ),
        (
            EventKind.ORDER,
            ["rank", "--prior", "@", "--reviewer", "Ada"],
            "title,abstract,label_included\nA trial,Of it,1\n",
            ("Ada", "file"),
        ),
        (
            EventKind.VERSION,
            ["version", "import", "Cochrane", "--included", "@"],
            "title,authors,year\nOld trial,A,2001\n",
            ("", "file"),
        ),
        (
            EventKind.DECISION,
            ["import", "@", "--source", "Scopus", "--decisions", "--reviewer", "Ada", "--verdict", "include"],
            "accession,title,authors,year\n9,Another trial,A,2001\n",
            ("Ada", "file"),
        ),
    ],
)
def test_each_way_of_deciding_is_stored_with_the_event(
    make_bench: Callable[..., Bench], tmp_path: Path, kind: EventKind, command: list[str], table: str, expected: tuple[str, str]
) -> None:
    bench = make_bench(reviewers=("Ada", "Ben"), toml_edits={'question = ""': 'question = ""\ntools = ["Robot"]'})
    bench.given("Embase", "1")
    if kind is EventKind.RETRIEVAL:
        bench.vote("include", KEY)
    words = [word if word != "@" else written(tmp_path, "table.csv", table) for word in command]
    assert run(["-C", str(bench.review.folder), *words]) == 0
    assert ways(bench.review, kind)[-1] == expected


def test_methods_say_how_votes_were_given_and_what_came_with_a_copy(pair: Bench, clock: Ticking) -> None:
    review = pair.review
    other_folder = review.folder.with_name("copy")
    copy_folder(review.folder, other_folder)
    with open_review(other_folder, Environment(), print, now=clock) as copy:
        decide(copy, [Decision(KEY, TA, "Ben", Verdict.INCLUDE)])
        merge(review, str(other_folder))
    act(review, "Ada")
    given: Any = methods_sentences(read_methods(review))
    assert "All 2 votes, changes of mind included, were given on the command line; 1 came with a merged copy." in given
