"""The full-text workbench: the text beside the reasons, the list, the record by a key, and the inbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from invented_pdf import article_pdf, scanned_pdf
from textual.pilot import Pilot
from textual.widgets import Static

from prisma_tool.fulltext.inbox_folder import inbox_of
from prisma_tool.fulltext.reading.document_text import DocumentText, pages_text
from prisma_tool.fulltext.reading.pdf_pages import DocumentReader
from prisma_tool.fulltext.retrieval import Retrieval, retrieve
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.vocabulary import RetrievalStatus, SourceKind, Stage, Verdict
from prisma_tool.review.archive import Archive
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.frame.verdict_guard import NOT_PAINTED
from prisma_tool.tui.screening.full_text_commands import FullTextCommands
from prisma_tool.tui.screening.workbench import inbox_commands
from prisma_tool.tui.screening.workbench.document_pane import DocumentPane
from prisma_tool.tui.screening.workbench.inbox_commands import InboxCommands
from prisma_tool.tui.screening.workbench.list_dialog import ListDialog
from prisma_tool.tui.screening.workbench.report_list import ReportList
from prisma_tool.tui.screening.workbench.screen import FullTextScreen
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.sessions.texts.report_rows import WORDS, ReportRows
from prisma_tool.tui.widgets.record_view import RecordView

ReviewOf = Callable[..., Review]
RIS = "".join(
    f"TY  - JOUR\nTI  - {title}\nAU  - Moreau, A\nPY  - 202{n}\nDO  - 10.5555/w.{n}\nAB  - An abstract.\nER  - \n"
    for n, title in enumerate(
        ("Light therapy and sleep in people who work by night", "Tea for everyone: an invented cohort of adults")
    )
)
PAGES = [
    "CAR T cells were given [bold]to adults[/bold] \x1b[31m" + "and so on " * 400,
    "Page two speaks of mice." + " zebra" * 400,
]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The text of every PDF is that of PAGES, or of no page for a scan; counts how often one is read."""
    sizes: list[int] = []

    def pages(_: DocumentReader, data: bytes, most_pages: int = 9) -> DocumentText:
        sizes.append(len(data))
        return pages_text([""] if data == scanned_pdf() else PAGES[:most_pages], 2, "", ())

    monkeypatch.setattr(DocumentReader, "read", pages)
    return sizes


@pytest.fixture
def review(review_of: ReviewOf, tmp_path: Path) -> Review:
    """Two reports that are sought; the first has a PDF."""
    made = review_of(RIS)
    keys = keys_of(made)
    decide(made, [Decision(key, Stage.TITLE_ABSTRACT, "Anna", Verdict.INCLUDE) for key in keys])
    attach(made, keys[0], article_pdf("Light therapy"), tmp_path)
    return made


def keys_of(review: Review) -> list[str]:
    with review.store.read() as transaction:
        return sorted((record.key for record in records.all_records(transaction)), key=lambda key: titles(review)[key])


def titles(review: Review) -> dict[str, str]:
    with review.store.read() as transaction:
        return {record.key: record.citation.title for record in records.all_records(transaction)}


def stored(review: Review) -> int:
    with review.store.read() as transaction:
        return event_log.last_number(transaction)


def attach(review: Review, key: str, data: bytes, folder: Path) -> None:
    path = folder / "document.pdf"
    path.write_bytes(data)
    retrieve(review, [Retrieval(key, RetrievalStatus.RETRIEVED, path)], "Anna")


async def settled(pilot: Pilot[None]) -> FullTextScreen:
    """The screen once nothing is read any more."""
    screen = pilot.app.screen
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    assert isinstance(screen, FullTextScreen)
    return screen


def lines(screen: FullTextScreen) -> str:
    pane = screen.query_one(DocumentPane)
    return "\n".join(pane.render_line(y).text.rstrip() for y in range(pane.size.height))


def words(screen: FullTextScreen) -> str:
    return " ".join(str(one.render()) for one in screen.query(Static))


async def test_the_text_stands_between_the_list_and_the_reasons(review: Review, read: list[int]) -> None:
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        shown = lines(screen)
        assert "Light therapy and sleep in people" in shown
        assert "— page 1 —" in shown
        assert "[bold]to adults[/bold]" in shown
        assert "Wrong population" in words(screen)
        assert "1 + CAR T" in words(screen)
        assert "1 - mice" in words(screen)
        reports = screen.query_one(ReportList)
        assert [reports.render_line(y).text.split()[:3] for y in (1, 2)] == [["·", "assess", "Moreau"], ["·", "to", "get"]]
        assert not screen.query_one(RecordView).display
        await pilot.press("tab")
        assert screen.query_one(RecordView).display
        assert "1 + CAR T" not in words(screen)
        await pilot.press("tab")
        assert not screen.query_one(RecordView).display
    assert len(read) == 1


async def test_80_columns_show_the_text_alone(review: Review, read: list[int]) -> None:
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        assert screen.query_one(DocumentPane).size.width == 80 - 4
        assert not screen.query_one(ReportList).display
        assert "Tab shows the record" in words(screen)


async def test_words_are_looked_for_in_the_text_and_the_next_place_is_gone_to(review: Review, read: list[int]) -> None:
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        await pilot.press("slash", *"page two", "enter")
        await settled(pilot)
        assert screen.message == "1 times in this text; ; goes on"
        assert "Page two speaks of mice." in lines(screen)
        assert "page 1" in words(screen) or "page 2" in words(screen)
        await pilot.press("slash", *"elephant", "enter")
        assert screen.message == "“elephant” is not in this text"


async def test_where_one_was_in_a_text_is_kept_over_other_reports_and_sittings(review: Review, read: list[int]) -> None:
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        await pilot.press("space")
        here = lines(screen)
        await pilot.press("l")
        await settled(pilot)
        assert screen.query_one(RecordView).display
        await pilot.press("h")
        await settled(pilot)
        assert lines(screen) == here
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        assert lines(await settled(pilot)) == here
    assert len(read) == 1


async def test_a_key_that_was_sent_before_the_text_was_shown_decides_nothing(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_read = Event()

    def slowly(_: DocumentReader, _data: bytes, _pages: int = 9) -> DocumentText:
        assert may_read.wait(20)
        return pages_text(PAGES, 2, "", ())

    monkeypatch.setattr(DocumentReader, "read", slowly)
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        await app.at_rest()
        screen = app.screen
        assert isinstance(screen, FullTextScreen)
        before = app.clock()
        assert screen.guard.unseen(before) == ""
        may_read.set()
        await settled(pilot)
        assert screen.has_class("-text")
        assert screen.guard.unseen(before) == NOT_PAINTED
        assert screen.guard.unseen(app.clock()) == ""


async def test_a_scan_says_so_and_the_record_is_shown(review: Review, read: list[int], tmp_path: Path) -> None:
    attach(review, keys_of(review)[0], scanned_pdf(), tmp_path)
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        assert screen.message == "it has no text, only pictures (a scan); v opens it"
        assert screen.query_one(RecordView).display
        await pilot.press("l", "tab")
        assert screen.message.startswith("no text to read: p attaches a PDF")


async def test_a_report_that_is_clicked_on_is_gone_to(review: Review, read: list[int]) -> None:
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(120, 36)) as pilot:
        screen = await settled(pilot)
        await pilot.click(ReportList, offset=(5, 3))
        await settled(pilot)
        assert screen.session.current == keys_of(review)[1]


async def test_what_is_put_into_the_inbox_is_told_once_and_attached_by_two_keys(
    review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The looks are those of the test, however long it takes.
    monkeypatch.setattr(inbox_commands, "_SECONDS", 3600)
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await settled(pilot)
        inbox = screen.commands[InboxCommands.NAME]
        assert isinstance(inbox, InboxCommands)
        tea = article_pdf("Tea for everyone: an invented cohort of adults", "10.5555/w.1")
        (inbox_of(review) / "download.pdf").write_bytes(tea)
        told = []
        for _ in range(3):
            inbox.watch()
            await settled(pilot)
            told.append(screen.message)
            screen.show_message("")
        # First it may still be growing; then it is told; then nothing is new.
        assert told == ["", "+ shows 1 file in the inbox, 1 certain", ""]
        await pilot.press("plus")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "names 10.5555/w.1 on page 1; has its title on page 1" in " ".join(
            str(one.render()) for one in app.screen.query(Static)
        )
        await pilot.press("enter")
        screen = await settled(pilot)
        assert screen.message.startswith("1 file of fulltext/inbox attached, stored")
        assert not list(inbox_of(review).iterdir())
        await pilot.press("l")
        assert "— page 1 —" in lines(await settled(pilot))


async def test_an_unsure_file_is_asked_about_and_may_stay(review: Review) -> None:
    letter = article_pdf("A letter about tea, and nothing else whatever", "10.5555/w.1")
    (inbox_of(review) / "letter.pdf").write_bytes(letter)
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        for answer in ("3", "1"):
            await pilot.press("plus")
            await app.workers.wait_for_complete()
            await pilot.pause()
            await pilot.press("enter", answer)
            screen = await settled(pilot)
            assert (inbox_of(review) / "letter.pdf").exists() is (answer == "3")
        assert screen.message.startswith("1 file of fulltext/inbox attached, stored")


async def test_a_register_entry_shows_the_results_that_it_posted(review_of: ReviewOf, tmp_path: Path) -> None:
    review = review_of()
    study = {
        "protocolSection": {"identificationModule": {"nctId": "NCT99000099", "briefTitle": "Light against dark"}},
        "hasResults": True,
        "resultsSection": {"adverseEventsModule": {"timeFrame": "8 weeks", "eventGroups": []}},
    }
    bare = {**study, "protocolSection": {"identificationModule": {"nctId": "NCT99000098", "briefTitle": "Not kept"}}}
    del bare["resultsSection"]
    path = tmp_path / "studies.json"
    path.write_text(json.dumps([study, bare]), encoding="utf-8")
    import_file(review, path, Import("ClinicalTrials.gov", SourceKind.REGISTER))
    decide(review, [Decision(f"ctgov:NCT990000{n}", Stage.TITLE_ABSTRACT, "Anna", Verdict.INCLUDE) for n in (98, 99)])
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        shown, said = set(), set()
        for _ in range(2):
            screen = await settled(pilot)
            shown |= {lines(screen)} if screen.has_class("-text") else set()
            said |= {screen.message}
            await pilot.press("l")
        assert len(shown) == 1
        assert "— adverse events —\nTime frame: 8 weeks" in shown.pop()
        assert any("does not hold them" in message for message in said)


async def test_a_review_that_may_only_be_read_shows_the_text_and_follows_no_inbox(
    review: Review, read: list[int], tmp_path: Path
) -> None:
    store = replace(review.store, only_read="Nothing can be changed here.", current=None)
    app = ReviewApp(
        replace(review, store=store, archive=Archive(store, review.protocol_text(), tmp_path / "elsewhere")),
        "Anna",
        Stage.FULL_TEXT,
    )
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        assert screen.has_class("-text")
        await pilot.press("plus")
        assert not (review.folder / "fulltext" / "inbox").exists()


async def test_on_a_narrow_screen_enter_shows_the_reports_and_goes_to_one(review: Review, read: list[int]) -> None:
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await settled(pilot)
        first, before = screen.session.position, stored(review)
        await pilot.press("enter")
        dialog = pilot.app.screen
        assert isinstance(dialog, ListDialog)
        for _ in range(3):
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
        shown = "\n".join(dialog.query_one(ReportList).render_line(y).text for y in range(3))
        assert "assess" in shown
        assert "to get" in shown
        assert "Tea for everyone" in shown
        await pilot.press("e", "i", "escape")
        assert (await settled(pilot)).session.position == first
        await pilot.press("enter", "j", "enter")
        assert (await settled(pilot)).session.position == first + 1
        assert stored(review) == before


async def test_a_file_that_is_gone_when_it_is_agreed_to_is_said_and_nothing_more_is_asked(review: Review) -> None:
    inbox = inbox_of(review)
    (inbox / "tea.pdf").write_bytes(article_pdf("Tea for everyone: an invented cohort of adults", "10.5555/w.1"))
    (inbox / "letter.pdf").write_bytes(article_pdf("A letter", "10.5555/w.1"))
    before = stored(review)
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("plus")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        (inbox / "tea.pdf").unlink()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(pilot.app.screen, TextPage)
        assert stored(review) == before
        await pilot.press("escape")
        assert (await settled(pilot)).is_painted
    assert (inbox / "letter.pdf").exists()


def test_a_list_is_another_once_a_text_has_come_though_no_mark_changed(review: Review, tmp_path: Path) -> None:
    session = ScreeningSession(review, Stage.FULL_TEXT, "Anna")
    rows = ReportRows(session)
    assert rows.is_as(session)
    attach(review, keys_of(review)[1], article_pdf("Tea for everyone"), tmp_path)
    session.refresh()
    assert not rows.is_as(session)
    assert [row.state for row in ReportRows(session).rows(0, 2)] == ["assess", "assess"]


async def test_a_pdf_that_is_another_report_s_is_attached_and_said(review: Review, tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.pdf", tmp_path / "wrong.pdf"
    right.write_bytes(article_pdf("Light therapy and sleep in people who work by night", "10.5555/w.0"))
    wrong.write_bytes(article_pdf("Tea for everyone: an invented cohort of adults", "10.5555/w.1"))
    app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await settled(pilot)
        commands = screen.commands[FullTextCommands.NAME]
        assert isinstance(commands, FullTextCommands)
        for path, said in ((right, []), (wrong, ["Is this the right PDF?"])):
            commands.attach_pdfs((path,))
            screen = await settled(pilot)
            assert screen.message == f"attached {path.name}, stored"
            assert [one.title for one in app._notifications if one.title == "Is this the right PDF?"] == said
        assert any("names 10.5555/w.1 and has the title of “Tea" in one.message for one in app._notifications)


def test_no_word_is_cut_in_a_narrow_list_of_texts() -> None:
    assert max(map(len, WORDS.values())) <= 7
