"""Register entries at the screening session: captured through a publication, or without results, one key away from either answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prisma_tool.model.record.citation import Citation, Trial
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.store.records import record_events
from prisma_tool.studies import links
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.widgets.record_text import report_page

NUMBER = "NCT99000001"
ENTRY = Citation(title="An invented trial", trial=Trial(status="COMPLETED"), registry_numbers=(NUMBER,))
PAPER = Citation(title="Its results", pmid="99000001", registry_numbers=(NUMBER,))

ReviewOf = Callable[..., Review]
Deliver = Callable[..., None]


@pytest.fixture
def captured(review_of: ReviewOf, deliver: Deliver) -> Review:
    review = review_of()
    deliver(review, "ClinicalTrials.gov", SourceKind.REGISTER, ENTRY)
    deliver(review, "PubMed", SourceKind.DATABASE, PAPER)
    return review


def test_an_entry_says_through_which_publication_it_is_captured_and_that_it_has_no_results(captured: Review) -> None:
    shown = ScreeningSession(captured, Stage.TITLE_ABSTRACT, "Anna").read()
    assert shown is not None
    text = report_page(shown, ()).content.plain
    assert "Captured through PMID 99000001 (pubmed:99000001): registry number given by the database" in text
    assert "No results posted" in text


async def test_one_key_links_an_entry_to_the_study_of_its_publication(captured: Review) -> None:
    app = ReviewApp(captured, "Anna", Stage.TITLE_ABSTRACT)
    async with app.run_test() as pilot:
        await pilot.press("a")
    assert links.keys_by_study(captured) == {NUMBER: [f"ctgov:{NUMBER}", "pubmed:99000001"]}


async def test_one_key_excludes_an_entry_without_results(captured: Review) -> None:
    app = ReviewApp(captured, "Anna", Stage.TITLE_ABSTRACT)
    async with app.run_test() as pilot:
        await pilot.press("z")
    with captured.store.read() as transaction:
        (vote,) = record_events.votes_on(transaction, [f"ctgov:{NUMBER}"])
    assert (vote.text("verdict"), vote.text("reason")) == (Verdict.EXCLUDE, "no-results-available")


def test_where_the_protocol_says_exclude_a_captured_entry_is_excluded_with_its_link_kept(captured: Review) -> None:
    from dataclasses import replace

    protocol = replace(captured.protocol, captured="exclude")
    review = replace(captured, protocol=protocol, store=captured.store.under(protocol))
    session = ScreeningSession(review, Stage.TITLE_ABSTRACT, "Anna")
    shown = session.read()
    assert shown is not None
    stored = session.capture(shown.captured[0])
    assert stored is not None
    assert stored.text("reason") == "already-captured"
    assert NUMBER in links.keys_by_study(review)


def test_a_publication_is_neither(review_of: ReviewOf, deliver: Deliver) -> None:
    review = review_of()
    deliver(review, "PubMed", SourceKind.DATABASE, PAPER)
    shown = ScreeningSession(review, Stage.TITLE_ABSTRACT, "Anna").read()
    assert shown is not None
    assert (shown.captured, shown.lacks_results) == ((), False)
