"""Citation searching by key: agreed to first, watched, stopped by Escape, and told at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Event

import pytest
from invented_citations import doi, of_europepmc
from quick_services import quick_europepmc
from service import Answer, Request
from standin_europepmc import EuropePmcStandIn
from textual.pilot import Pilot
from textual.widgets import Static

from prisma_tool.history.overview import Step, overview
from prisma_tool.identify.run import services as services_module
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.review.open_review import Review
from prisma_tool.sources.citations.europepmc import EuropePmcCitations
from prisma_tool.store.records import records
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.dialogs.confirm import ConfirmDialog
from prisma_tool.tui.dialogs.working import WorkingDialog
from prisma_tool.tui.home.to_do import to_do
from prisma_tool.tui.record_browser.record_screen import RecordScreen
from prisma_tool.tui.search.screen import SearchScreen
from prisma_tool.tui.search.text import details, entry_text
from prisma_tool.tui.sessions.search_session import CitationEntry


class SlowIndex(EuropePmcStandIn):
    """Answers only once it may."""

    def __init__(self) -> None:
        results, references = of_europepmc()
        super().__init__(results, references=references)
        self.may_answer = Event()

    def answer(self, request: Request) -> Answer:
        self.may_answer.wait(20)
        return super().answer(request)


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowIndex]:
    with SlowIndex() as server:
        monkeypatch.setattr(
            services_module, "citation_indexes", lambda _: {"europepmc": EuropePmcCitations(quick_europepmc(server.url))}
        )
        yield server


def cited(review: Review) -> list[str]:
    with review.store.read() as transaction:
        return [one.key for one in records.all_records(transaction) if one.key.startswith("citation-indexes:")]


async def begun(pilot: Pilot[None], app: ReviewApp) -> None:
    """The record's page, the key, and yes."""
    app.push_screen(RecordScreen(app.workspace, "scopus:99000001"))
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.press("J")
    await pilot.pause()
    assert isinstance(app.screen, ConfirmDialog)
    texts = " ".join(str(one.content) for one in app.screen.query(Static))
    assert "What scopus:99000001 cites, and what cites it, is asked of Europe PMC." in texts
    await pilot.press("enter")
    await pilot.pause()
    assert isinstance(app.screen, WorkingDialog)


async def test_a_record_leads_to_what_it_cites_once_that_was_agreed_to(
    review_of: Callable[..., Review], deliver: Callable[..., None], index: SlowIndex
) -> None:
    review = review_of()
    deliver(review, "Scopus", SourceKind.DATABASE, Citation(title="Seed 1", doi=doi(1), pmid="99000001"))
    app = ReviewApp(review, "Anna")
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app)
        index.may_answer.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, RecordScreen)
        assert len(cited(review)) == 4
        assert any("4 works found by citation from 1 seed, 4 of them new" in note.message for note in app._notifications)
        (entry,) = [one for one in app.workspace.searches.entries() if isinstance(one, CitationEntry)]
        assert entry_text(entry, None, 160).plain.split()[-3:] == ["4", "4", "0"], (
            "works, those new to the review, those in it before"
        )
        assert entry_text(replace(entry, known=3), None, 160).plain.split()[-3:] == ["4", "1", "3"]
        assert details(entry).plain.startswith("What was asked\nBackward and forward citation searching from 1 seed reference")


async def test_escape_stops_it_and_stores_nothing_yet(
    review_of: Callable[..., Review], deliver: Callable[..., None], index: SlowIndex
) -> None:
    review = review_of()
    deliver(review, "Scopus", SourceKind.DATABASE, Citation(title="Seed 1", doi=doi(1), pmid="99000001"))
    app = ReviewApp(review, "Anna")
    async with app.run_test(size=(100, 30)) as pilot:
        await begun(pilot, app)
        await pilot.press("escape")
        index.may_answer.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert cited(review) == []
        assert any("what was answered is kept" in note.message for note in app._notifications)
        with review.store.read() as transaction:
            first_page = overview(transaction, "Anna")
        assert "A citation search is not complete: `prisma-tool cite --from scopus:99000001` goes on with it" in [
            line.words for line in to_do(first_page)
        ]
        assert first_page.next_step is not Step.SEARCH
        await pilot.press("escape", "2")
        await pilot.pause()
        assert isinstance(app.screen, SearchScreen)
        (entry,) = [one for one in app.screen.entries if isinstance(one, CitationEntry)]
        shown = entry_text(entry, None, 160).plain
        assert shown.startswith("citation searching  Citation indexes  incomplete, ")
        assert shown.endswith("prisma-tool cite --from scopus:99000001 goes on with it")
        await pilot.press("R")
        await pilot.pause()
        assert "citation searches are run by J" in str(app.screen.query_one("#said", Static).content)
