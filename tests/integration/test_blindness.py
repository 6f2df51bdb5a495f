"""While a stage is blind, nothing that a viewer can call for depends on how another voted where the viewer has not (counting rule 25)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from copied_folders import copy_folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prisma_tool.cli.main import run
from prisma_tool.history import activity
from prisma_tool.history.activity import LogFilter
from prisma_tool.history.health_check import recent_events
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.reports.blinding import readable_notes
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review
from prisma_tool.screening.decisions import Decision, add_note, decide, undo_last
from prisma_tool.team.team_status import team_status
from prisma_tool.tui.screening.position_line import position_line
from prisma_tool.tui.sessions.record_page_data import read_record_details
from prisma_tool.tui.sessions.report_on_screen import read_report
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.team.text import team_text
from prisma_tool.tui.widgets.record_text import report_page

if TYPE_CHECKING:
    from tests.conftest import Ticking
    from tests.integration.conftest import Bench

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
PAIR = {"reviewers_per_record = 1": "reviewers_per_record = 2"}
HIDDEN = (("embase:1", TA), ("embase:2", TA), ("embase:3", TA), ("embase:5", FT))
"""Where Ben votes and Ada has not; all else both have decided."""


@dataclass(frozen=True)
class Judgement:
    """How Ben comes to a vote: every change of mind, what he noted, and whether he took one more vote back."""

    verdicts: tuple[str, ...]
    reason: str
    note: str
    taken_back: bool


judgements = st.builds(
    Judgement,
    st.lists(st.sampled_from(["include", "exclude", "maybe"]), min_size=1, max_size=3).map(tuple),
    st.sampled_from(["Wrong population", "Wrong outcome"]),
    st.sampled_from(["", "Clearly in", "Clearly out"]),
    st.booleans(),
)
ways = st.tuples(*[judgements] * len(HIDDEN))
alike = st.tuples(
    *[
        st.builds(
            Judgement,
            st.tuples(st.sampled_from(["include", "exclude", "maybe"])),
            st.sampled_from(["Wrong population", "Wrong outcome"]),
            st.sampled_from(["Clearly in", "Clearly out"]),
            st.just(value=False),
        )
    ]
    * len(HIDDEN)
)
"""Ways that differ only in what was said: that something was said, and how often, is no secret in the application's log."""


@pytest.fixture
def base(make_bench: Callable[..., Bench]) -> Path:
    """A review of two in which both have decided on two reports (one of them a conflict), and Ada on one more."""
    bench = make_bench(reviewers=("Ada", "Ben"), toml_edits=PAIR)
    bench.given("Embase", "1", "2", "3", "4", "5", "6")
    bench.dedupe()
    for name, verdict in (("Ada", "include"), ("Ben", "exclude")):
        bench.vote(verdict, "embase:4", by=name)
        bench.vote("include", "embase:5", by=name)
    bench.vote("exclude", "embase:6", by="Ada")
    return bench.review.folder


def judge(review: Review, key: str, stage: Stage, how: Judgement) -> None:
    def vote(verdict: str) -> None:
        reason = how.reason if verdict == "exclude" else ""
        decide(review, [Decision(key, stage, "Ben", Verdict(verdict), reason, how.note)])

    for verdict in how.verdicts:
        vote(verdict)
    if how.taken_back:
        vote("maybe")
        undo_last(review, "Ben", stage)
    if how.note:
        add_note(review, key, how.note, "Ben")


COMMANDS = (
    ["log", "--json"],
    ["log", "--key", "embase:1"],
    ["log", "--limit", "3"],
    ["status", "--json"],
    ["status", "--attention"],
    ["flow", "--json"],
    ["flow", "--explain", "records_screened"],
    ["conflicts", "--json"],
    ["rank", "--json", "--scores"],
    ["rank", "--why", "embase:1"],
    ["report", "agreement", "--json"],
    ["report", "methods", "--json"],
    ["doctor"],
    ["export", "-o", "@.csv", "--votes"],
    ["export", "-o", "@.jsonl", "--votes", "--set", "undecided", "--where", "reviewer = Ben"],
)


_LOG_AS_A_WHOLE = re.compile(r'[0-9a-f]{64}|"events": \d+|holds [\d,]+ events?')
"""The hashes, of which salts are a part so that they speak of no vote, and how long the log is."""


def everything(folder: Path, viewer: list[str], capsys: pytest.CaptureFixture[str]) -> list[str]:
    """All that the commands print and write for a viewer."""
    found = []
    for command in COMMANDS if viewer else [one for one in COMMANDS if one[0] in ("log", "export")]:
        target = folder / "out"
        words = [word.replace("@", str(target)) for word in command]
        place = 2 if words[0] == "report" else 1
        named = [] if words[0] == "doctor" else viewer
        assert run(["-C", str(folder), *words[:place], *named, *words[place:]]) == 0
        found += [_LOG_AS_A_WHOLE.sub("", part.replace(str(folder), "")) for part in capsys.readouterr()]
        found += [path.read_text("utf-8") for path in sorted(folder.glob("out.*"))]
        for path in folder.glob("out.*"):
            path.unlink()
    return found


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(one=ways, other=ways)
def test_rule_25_no_output_for_a_viewer_depends_on_how_another_voted(
    base: Path, clock: Ticking, capsys: pytest.CaptureFixture[str], one: tuple[Judgement, ...], other: tuple[Judgement, ...]
) -> None:
    seen = []
    for ways_to_vote in (one, other):
        folder = base.with_name("copy")
        shutil.rmtree(folder, ignore_errors=True)
        copy_folder(base, folder)
        with open_review(folder, Environment(), print, now=clock) as review:
            for (key, stage), how in zip(HIDDEN, ways_to_vote, strict=True):
                judge(review, key, stage, how)
        seen.append([everything(folder, viewer, capsys) for viewer in (["--reviewer", "Ada"], [])])
    assert seen[0] == seen[1]


def screens(review: Review, viewer: str) -> list[str]:
    """All that the places of the application show a viewer about reports, votes and the team."""
    found = []
    for stage in Stage:
        desk = ScreeningSession(review, stage, viewer)
        found += [str(desk.progress()), str(list(desk.queue.marks))]
        for key in desk.queue.keys:
            with review.store.read() as transaction:
                shown = read_report(transaction, key, stage, viewer)
            assert shown is not None
            found += [report_page(shown, ()).content.plain, position_line(desk, shown).plain]
            opened = read_record_details(review, key, viewer)
            found += [report_page(opened, ()).content.plain, *opened.votes, *(told.words for told in opened.history)]
    log = activity.log_page(review, viewer, LogFilter(), 500).entries
    found += [f"{one.kind} {one.subject} {one.words} {one.details if one.kind != 'undo' else ''}" for one in log]
    with review.store.read() as transaction:
        found.append(team_text(team_status(transaction), {}).plain)
    return found


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(one=alike, other=alike)
def test_rule_25_no_screen_for_a_viewer_depends_on_how_another_voted(
    base: Path, clock: Ticking, one: tuple[Judgement, ...], other: tuple[Judgement, ...]
) -> None:
    seen = []
    for ways_to_vote in (one, other):
        folder = base.with_name("copy")
        shutil.rmtree(folder, ignore_errors=True)
        copy_folder(base, folder)
        with open_review(folder, Environment(), print, now=clock) as review:
            for (key, stage), how in zip(HIDDEN, ways_to_vote, strict=True):
                judge(review, key, stage, how)
            seen.append(screens(review, "Ada"))
    assert seen[0] == seen[1]


def test_one_sees_ones_own_sealed_votes_and_the_others_once_one_has_voted(base: Path, clock: Ticking) -> None:
    def readers(viewer: str) -> set[str]:
        told = recent_events(review, "embase:1", 50, viewer)
        return {one["reviewer"] for one in told if one["kind"] in ("decision", "note")}

    with open_review(base, Environment(), print, now=clock) as review:
        judge(review, "embase:1", TA, Judgement(("include",), "", "A note", taken_back=False))
        assert (readers("Ada"), readers("Ben"), readers("")) == (set(), {"Ben"}, set())
        with review.store.read() as transaction:
            assert readable_notes(transaction, "Ada", ["embase:1"]) == ([], 1)
        decide(review, [Decision("embase:1", TA, "Ada", Verdict.EXCLUDE)])
        assert (readers("Ada"), readers("")) == ({"Ada", "Ben"}, {"Ada", "Ben"})


def test_where_the_protocol_is_not_blind_everything_shows(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ada", "Ben"), toml_edits=PAIR | {"blind = true": "blind = false"})
    bench.given("Embase", "1")
    bench.vote("include", "embase:1", by="Ben")
    told = recent_events(bench.review, "embase:1", 50, "Ada")
    assert [one["payload"]["verdict"] for one in told] == ["include"]


def test_a_viewer_whom_the_protocol_does_not_list_is_refused(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["log"], ["status"], ["flow"], ["conflicts"], ["export", "-o", "x.csv"]):
        assert run(["-C", str(base), command[0], "--reviewer", "Mallory", *command[1:]]) == 2
        assert "'Mallory' is not a reviewer" in capsys.readouterr().err
