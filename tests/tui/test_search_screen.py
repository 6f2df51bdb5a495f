"""The search screen through its keys, on a real review, against a stand-in for PubMed over a real socket."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from threading import Event as Flag

import pytest
import requests
from faults import Fault, FaultPlan
from quick_services import quick_europepmc
from service import Answer, Request
from standin_pubmed import PubmedStandIn
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from prisma_tool.identify.run.services import Services
from prisma_tool.model.vocabulary import RunStatus, Stage
from prisma_tool.review.open_review import Review
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.sources.transport import Throttle, Transport
from prisma_tool.store.runs import runs
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.screening.report_screen import ReportScreen
from prisma_tool.tui.search.keys import SEARCH
from prisma_tool.tui.search.leave_dialog import LeaveScreen
from prisma_tool.updates.acknowledgement import open_items

NARROW, WIDE = (80, 24), (120, 40)
HOSTILE = "Report [red]in brackets[/red]"
MakeReview = Callable[..., Review]


def article(pmid: int, title: str = "", *, retracted: bool = False) -> bytes:
    notice = '<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>J Inv</RefSource><PMID Version="1">99</PMID></CommentsCorrections></CommentsCorrectionsList>'
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><ArticleTitle>'
        f"{title or f'Invented report {pmid}'}</ArticleTitle></Article>{notice if retracted else ''}</MedlineCitation></PubmedArticle>"
    ).encode()


class Held(PubmedStandIn):
    """Answers the first request for records only once it is let go."""

    gate: Flag
    asked: Flag

    def answer(self, request: Request) -> Answer:
        if request.endpoint == "efetch.fcgi":
            self.asked.set()
            self.gate.wait(20)
        return super().answer(request)


def hurry(seconds: float) -> None:
    """Sleeps not at all."""


@dataclass
class Bench:
    """A review with one search, and the stand-in that it asks."""

    review: Review
    server: Held
    session: requests.Session

    def connect(self) -> Services:
        def line(name: str) -> Transport:
            return Transport(name, self.session, Throttle(0.0, time.monotonic, hurry), time.monotonic, hurry)

        return Services(
            PubMed(line("PubMed"), self.server.url),
            ClinicalTrials(line("CT"), self.server.url),
            quick_europepmc(),
            time.monotonic,
        )

    def app(self) -> ReviewApp:
        return ReviewApp(self.review, "Ada", Stage.TITLE_ABSTRACT, self.connect)

    def statuses(self) -> list[RunStatus]:
        with self.review.store.read() as transaction:
            return [RunStatus(row.status) for row in runs.all_runs(transaction)]


_BEFORE = "# A shared PostgreSQL"
SECOND = '[[search]]\nname = "second"\nsource = "PubMed"\nterm = "also invented"\n\n'


@pytest.fixture
def bench(make_review: MakeReview) -> Iterator[Callable[..., Bench]]:
    """Makes a bench over these articles."""
    with ExitStack() as stack:

        def made(held: Mapping[int, bytes], more: str = "") -> Bench:
            server = Held(held, rate_limited=False)
            server.gate, server.asked = Flag(), Flag()
            server.gate.set()
            stack.callback(server.gate.set)
            stack.enter_context(server)
            return Bench(
                make_review(pubmed="invented", toml_edits={_BEFORE: more + _BEFORE}),
                server,
                stack.enter_context(requests.Session()),
            )

        yield made


def articles(*pmids: int) -> dict[int, bytes]:
    return {pmid: article(pmid) for pmid in pmids}


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys and wait until what they cause is painted."""
    await pilot.press(*keys)
    await pilot.pause()


async def settled(pilot: Pilot[None]) -> None:
    """Wait until the threads that run now have ended, those too in which what they brought is read, and all is painted."""
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


async def run_it(pilot: Pilot[None]) -> None:
    """Run the marked search from the search screen to its end."""
    await press(pilot, "R")
    await settled(pilot)


async def test_a_search_is_run_and_rerun_and_its_four_sets_list_their_records(bench: Callable[..., Bench]) -> None:
    at = bench({**articles(1, 2, 3)})
    async with at.app().run_test(size=NARROW) as pilot:
        await press(pilot, "2")
        assert "not run yet" in painted(pilot)
        await run_it(pilot)
        assert "pubmed: 3 new, 0 seen, 0 changed, 0 vanished" in painted(pilot)
        at.server.serve({1: article(1), 2: article(2, HOSTILE + ", invented report"), 4: article(4)})
        await press(pilot, "tab")
        await run_it(pilot)
        text = painted(pilot)
        assert re.search(r"reported +stored +new +seen +changed +vanished +rejected", text)
        assert re.search(r" 3 +3 +1 +1 +1 +1 ", text)
        assert "1 title changed" in text
        # The sets have the keys now: new, seen, changed, vanished.
        await press(pilot, "down", "down", "enter")
        await settled(pilot)
        assert f"pubmed:2  {HOSTILE}" in painted(pilot)
        await press(pilot, "escape", "down", "enter")
        await settled(pilot)
        assert "pubmed:3  Invented report 3" in painted(pilot)
        await press(pilot, "escape", "escape")
        assert isinstance(pilot.app.screen, ReportScreen)
        assert "Record 1 of 4" in painted(pilot)


async def test_the_reviewer_goes_on_while_a_search_runs_and_is_told_when_it_has_ended(bench: Callable[..., Bench]) -> None:
    at = bench(articles(1, 2))
    async with at.app().run_test(size=NARROW) as pilot:
        await press(pilot, "2")
        await run_it(pilot)
        at.server.serve(articles(1, 2, 3))
        at.server.gate.clear()
        at.server.asked.clear()
        await press(pilot, "tab", "enter")
        assert at.server.asked.wait(10)
        await pilot.pause()
        assert "running" in painted(pilot)
        await press(pilot, "R")
        assert "pubmed is running; one search runs at a time" in painted(pilot)
        await press(pilot, "escape", "i", "e")
        assert "All done" in painted(pilot)
        at.server.gate.set()
        await settled(pilot)
        assert "Record 3 of 3" in painted(pilot)
        assert "pubmed: 1 new, 2 seen" in " ".join(str(note.message) for note in pilot.app._notifications)


async def test_one_key_runs_all_searches_one_after_the_other(bench: Callable[..., Bench]) -> None:
    at = bench(articles(1), SECOND)
    app = at.app()
    async with app.run_test(size=NARROW) as pilot:
        await press(pilot, "2", "asterisk")
        for _ in at.review.protocol.searches:
            await app.workers.wait_for_complete()
            await pilot.pause()
    assert at.statuses() == [RunStatus.COMPLETE] * 2


async def test_a_stopped_search_stays_resumable_and_goes_on_when_it_is_run_again(bench: Callable[..., Bench]) -> None:
    at = bench(articles(*range(1, 1001)))
    at.server.gate.clear()
    async with at.app().run_test(size=NARROW) as pilot:
        await press(pilot, "2", "R")
        assert at.server.asked.wait(10)
        await press(pilot, "H")
        at.server.gate.set()
        await settled(pilot)
        assert "pubmed: incomplete" in painted(pilot)
        assert at.statuses() == [RunStatus.INCOMPLETE]
        await press(pilot, "H")
        assert "no search is running" in painted(pilot)
        await run_it(pilot)
        assert at.statuses() == [RunStatus.COMPLETE]
        assert "1,000 new" in painted(pilot)


async def test_leaving_while_a_search_runs_asks_and_then_stops_it_cleanly(bench: Callable[..., Bench]) -> None:
    at = bench(articles(*range(1, 1001)))
    at.server.gate.clear()
    async with at.app().run_test(size=NARROW) as pilot:
        await press(pilot, "2", "R", "escape")
        assert at.server.asked.wait(10)
        await press(pilot, "q")
        assert isinstance(pilot.app.screen, LeaveScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ReportScreen)
        await press(pilot, "q", "y")
        at.server.gate.set()
        with suppress(WorkerCancelled):
            await pilot.app.workers.wait_for_complete()
    assert pilot.app.return_code == 0
    assert at.statuses() == [RunStatus.INCOMPLETE]


async def test_a_service_that_fails_is_told_in_words_and_the_help_names_every_key(bench: Callable[..., Bench]) -> None:
    at = bench(articles(1))
    at.server.faults = FaultPlan.always(Fault.MAINTENANCE)
    async with at.app().run_test(size=NARROW) as pilot:
        await press(pilot, "2")
        await run_it(pilot)
        text = painted(pilot)
        assert "pubmed: incomplete" in text
        assert re.search(r"\n +unknown +\d", text)
        await press(pilot, "M")
        assert isinstance(pilot.app.screen, TextPage)
        assert "Warnings" in pilot.app.screen.text.plain
        await press(pilot, "escape", "question_mark")
        here = pilot.app.screen
        assert isinstance(here, TextPage)
        bound = [binding.tooltip or binding.description for _, group in SEARCH for binding in group]
        helped = here.text.plain
        assert all(word in helped for words in bound for word in words.split())


async def test_an_error_that_nobody_foresaw_is_told_and_the_review_goes_on(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = bench(articles(1))

    def broken() -> Services:
        raise ZeroDivisionError("[b]a bug")

    app = at.app()
    app.workspace.searches.connect = broken
    async with app.run_test(size=WIDE) as pilot:
        await press(pilot, "2", "R")
        await pilot.pause()
        await pilot.pause()
        assert "an error in the program (ZeroDivisionError('[b]a bug'))" in painted(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ReportScreen)


async def test_a_change_to_a_decided_record_is_counted_listed_shown_and_acknowledged(bench: Callable[..., Bench]) -> None:
    at = bench(articles(1, 2))
    async with at.app().run_test(size=WIDE) as pilot:
        await press(pilot, "2")
        await run_it(pilot)
        await press(pilot, "escape", "i", "i", "2")
        at.server.serve({1: article(1, retracted=True), 2: article(2)})
        await run_it(pilot)
        assert "changed since decided (press !): 1 (1 retracted)" in painted(pilot)
        await press(pilot, "exclamation_mark")
        assert "waits for Ada" in painted(pilot)
        await press(pilot, "down", "enter")
        assert isinstance(pilot.app.screen, ReportScreen)
        text = painted(pilot)
        assert "CHANGED SINCE YOU DECIDED: retracted: no notice →" in text
        assert "RetractionIn J Inv" in text
        assert "press A to keep your decision" in text
        assert "RETRACTED: this paper has been retracted" in text
        await press(pilot, "A")
        assert "acknowledged: your decision stands" in painted(pilot)
        assert "CHANGED SINCE YOU DECIDED" not in painted(pilot)
        await press(pilot, "A")
        assert "nothing has changed about this record" in painted(pilot)
    with at.review.store.read() as transaction:
        assert open_items(transaction).changes == ()


PASTED = "#3 #1 AND #2 12\n#2 invented[tiab] 40\n#1 report[tiab] 30"


async def test_a_strategy_is_checked_and_its_cleaned_lines_are_written_and_in_force(bench: Callable[..., Bench]) -> None:
    at = bench(articles(1, 2, 3), f'[[search]]\nname = "pasted"\nsource = "PubMed"\nterm = """\n{PASTED}"""\n\n')
    async with at.app().run_test(size=WIDE) as pilot:
        await press(pilot, "2", "j", "V")
        await settled(pilot)
        page = painted(pilot)
        assert "line 2: “40” was read as its hits and taken off" in page
        assert "3 hits today" in page
        await press(pilot, "enter")
        await settled(pilot)
        assert "review.toml now holds the cleaned strategy of pasted (3 lines)" in painted(pilot)
        assert "#3 #1 AND #2 12" not in painted(pilot)
        await press(pilot, "j", "V")
        await settled(pilot)
        assert "Read otherwise" not in painted(pilot)
        assert "Nothing stops this search" in painted(pilot)
        assert "Enter writes" not in painted(pilot)
    with at.review.store.read() as transaction:
        assert list(runs.all_runs(transaction)) == []


async def test_a_check_that_the_service_does_not_answer_says_so(bench: Callable[..., Bench]) -> None:
    at = bench(articles(1))
    async with at.app().run_test(size=NARROW) as pilot:
        await press(pilot, "2")
        at.server.faults = FaultPlan.always(Fault.MAINTENANCE)
        await press(pilot, "V")
        await settled(pilot)
        assert "Not checked against the service." in painted(pilot)


ELSEWHERE = '[[search]]\nname = "embase"\nsource = "Embase"\nplatform = "Ovid"\nstrategy = "exp leukemia/"\nsearched_on = 2025-02-01\nhits = 6\n\n'


async def test_a_declared_search_stands_below_with_its_hits_and_is_imported_not_run(bench: Callable[..., Bench]) -> None:
    at = bench(articles(1), ELSEWHERE)
    async with at.app().run_test(size=NARROW) as pilot:
        await press(pilot, "2", "j")
        text = painted(pilot)
        assert "embase  Embase, Ovid  searched elsewhere" in text
        assert "declared 6, nothing imported yet · searched on 2025-02-01" in text
        await press(pilot, "V")
        assert "embase is declared, not run from here: Enter imports the files that it found" in painted(pilot)
        assert at.statuses() == []
        await press(pilot, "M")
        assert "exp leukemia/" in painted(pilot)
        await press(pilot, "escape", "asterisk")
        await settled(pilot)
        assert at.statuses() == [RunStatus.COMPLETE]
