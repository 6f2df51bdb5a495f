"""What one does with a record on the screen beside deciding: by keys, on real reviews, with the services' stand-ins."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from quick_services import quick_europepmc
from serve import ctgov_demo, pubmed_demo
from standin_ctgov import CtgovStandIn
from standin_pubmed import PubmedStandIn
from textual.pilot import Pilot
from textual.widgets import Input, Static, TextArea

from prisma_tool.errors import PrismaError
from prisma_tool.fulltext import links
from prisma_tool.identify.run.services import Services
from prisma_tool.model.record.citation import Citation, Section
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.records.corrections import edit
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.sources.transport import Throttle, Transport
from prisma_tool.store.records import records
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.dialogs.choice import ChoiceDialog
from prisma_tool.tui.dialogs.confirm import ConfirmDialog
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.screening.add_report_dialog import AddReportDialog
from prisma_tool.tui.screening.edit_dialogs import FieldsDialog, LabelsDialog, PasteDialog
from prisma_tool.tui.screening.report_screen import ReportScreen

ReviewOf = Callable[..., Review]
Deliver = Callable[..., None]
NARROW = (80, 24)
FIRST = "A logic-gated CD117 and B7-H3 receptor spares haematopoiesis in serially transplanted NSG mice of AML."


@pytest.fixture(scope="module")
def connect() -> Iterator[Callable[[], Services]]:
    """Makes clients of the stand-ins, as quick as these answer."""
    with pubmed_demo(rate_limited=False) as pubmed, ctgov_demo() as ctgov, requests.Session() as session:
        yield lambda: _services(session, pubmed, ctgov)


def _services(session: requests.Session, pubmed: PubmedStandIn, ctgov: CtgovStandIn) -> Services:
    def line(name: str) -> Transport:
        return Transport(name, session, Throttle(0.0, time.monotonic, hurry), time.monotonic, hurry)

    return Services(
        PubMed(line("PubMed"), pubmed.url), ClinicalTrials(line("CTgov"), ctgov.url), quick_europepmc(), time.monotonic
    )


def hurry(seconds: float) -> None:
    """Sleeps not at all."""


def screen(pilot: Pilot[None]) -> ReportScreen:
    return next(one for one in pilot.app.screen_stack if isinstance(one, ReportScreen))


def said(pilot: Pilot[None]) -> str:
    return str(screen(pilot).query_one("#said", Static).content)


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


def held(review: Review, key: str) -> records.StoredRecord:
    with review.store.read() as transaction:
        return records.records_by_key(transaction, [key])[key]


def only_key(review: Review) -> str:
    with review.store.read() as transaction:
        return next(iter(records.all_records(transaction))).key


async def type_into(pilot: Pilot[None], text: str, name: str = "") -> None:
    """Put a text into the line that is asked for, and answer with it; a press for each letter would cost half a second a word."""
    line = pilot.app.screen.query_one(f"#{name}" if name else "Input", Input)
    line.value = text
    line.focus()
    await pilot.press("enter")


def at_full_text(review: Review) -> ReviewApp:
    with review.store.read() as transaction:
        keys = [record.key for record in records.all_records(transaction)]
    decide(review, [Decision(key, Stage.TITLE_ABSTRACT, "Anna", Verdict.INCLUDE) for key in keys])
    return ReviewApp(review, "Anna", Stage.FULL_TEXT)


async def test_a_field_is_corrected_shown_as_edited_and_taken_back(review_of: ReviewOf) -> None:
    review = review_of(1)
    key = only_key(review)
    async with ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT).run_test(size=NARROW) as pilot:
        await pilot.press("t")
        assert isinstance(pilot.app.screen, FieldsDialog)
        assert "year              2021" in painted(pilot)
        await pilot.press("4")
        await type_into(pilot, "2019")
        assert said(pilot) == "year corrected, stored; the source's own is kept"
        assert "Edited: year (by Anna; the source has: 2021)" in painted(pilot)
        await pilot.press("t", "4")
        await type_into(pilot, "soon")
        assert "'soon' is not a year of publication" in painted(pilot)
        await pilot.press("escape", "t", "u")
        assert said(pilot) == "correction of year taken back"
        assert held(review, key).citation.year == 2021
        await pilot.press("t", "u")
        assert "mark a corrected field" in painted(pilot)


async def test_an_abstract_of_many_lines_is_pasted_as_plain_text(review_of: ReviewOf) -> None:
    review = review_of(1)
    async with ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT).run_test(size=NARROW) as pilot:
        await pilot.press("t", "9")
        assert isinstance(pilot.app.screen, PasteDialog)
        pilot.app.screen.query_one(TextArea).text = "BACKGROUND: [bold]It matters.\nRESULTS: Yes."
        await pilot.press("ctrl+s")
        assert held(review, only_key(review)).citation.abstract == (
            Section("BACKGROUND", "[bold]It matters."),
            Section("RESULTS", "Yes."),
        )
        assert "BACKGROUND  [bold]It matters." in painted(pilot)
        await pilot.press("t", "9", "escape")
        assert isinstance(pilot.app.screen, ReportScreen)


async def test_labels_are_put_on_and_taken_off(review_of: ReviewOf) -> None:
    review = review_of(1)
    async with ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT).run_test(size=NARROW) as pilot:
        await pilot.press("L")
        await type_into(pilot, "[ask] Ben")
        assert said(pilot) == "labels: [ask] Ben"
        assert "Labels: [ask] Ben" in painted(pilot)
        await pilot.press("L")
        assert isinstance(pilot.app.screen, LabelsDialog)
        assert "[x] [ask] Ben" in painted(pilot)
        await pilot.press("enter")
        assert said(pilot) == "no labels"
        await pilot.press("L", "n")
        await type_into(pilot, "pilot")
        assert said(pilot) == "labels: pilot"


async def test_a_report_is_opened_where_the_reviewer_says_and_otherwise_its_address_is_shown(
    review_of: ReviewOf, deliver: Deliver, retracted: Citation, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = review_of()
    deliver(review, "PubMed", SourceKind.DATABASE, retracted)
    opened: list[str] = []
    monkeypatch.setattr(links, "system_viewer", opened.append)
    async with ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT).run_test(size=NARROW) as pilot:
        await pilot.press("v")
        assert isinstance(pilot.app.screen, ChoiceDialog)
        await pilot.press("2")
        assert opened == ["https://pubmed.ncbi.nlm.nih.gov/99000001/"]

        def refuse(target: str) -> None:
            raise PrismaError(f"No viewer can be opened from here. The place is: {target}")

        monkeypatch.setattr(links, "system_viewer", refuse)
        await pilot.press("v", "1")
        assert "https://doi.org/10.5555/retracted" in painted(pilot)
        assert pilot.app.clipboard == "https://doi.org/10.5555/retracted"
        await pilot.press("escape", "Y")
        assert pilot.app.clipboard.startswith(
            "Name0 A, Name1 A, Name2 A, Name3 A, Name4 A, Name5 A, et al. Invented trial of CAR T cells."
        )
        assert pilot.app.clipboard.endswith("Journal of Invention. 2022;5(2):1-9. doi:10.5555/retracted. PMID: 99000001.")


async def test_a_record_without_numbers_has_nowhere_to_be_opened(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(1), "Anna", Stage.TITLE_ABSTRACT).run_test(size=NARROW) as pilot:
        await pilot.press("v")
        assert said(pilot) == "this record has no DOI, PMID, register number, link or PDF"


async def test_a_report_that_this_one_led_to_is_looked_up_and_added(review_of: ReviewOf, connect: Callable[[], Services]) -> None:
    review = review_of(1)
    app = ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT, connect=connect)
    async with app.run_test(size=NARROW) as pilot:
        await pilot.press("N")
        assert isinstance(pilot.app.screen, AddReportDialog)
        await pilot.press("enter")
        assert "Write a number or a title first." in painted(pilot)
        await type_into(pilot, "99000001", "number")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert said(pilot) == "added: reference-lists:99000001"
        added = held(review, "reference-lists:99000001")
        assert added.citation.title == FIRST
        await pilot.press("N")
        await type_into(pilot, "not a number", "number")
        assert "is no PMID, DOI or NCT number" in painted(pilot)
        await pilot.press("escape", "N")
        app.screen.query_one("#title", Input).value = "A thesis"
        await type_into(pilot, "library", "kind")
        assert "The kind is one of: database, register" in painted(pilot)
        await type_into(pilot, "other", "kind")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "Reference lists is registered as a citation, not a other" in " ".join(painted(pilot).split())


async def test_missing_abstracts_are_fetched_beside_the_work(
    review_of: ReviewOf, deliver: Deliver, connect: Callable[[], Services]
) -> None:
    review = review_of()
    deliver(review, "Scopus", SourceKind.DATABASE, Citation(title=FIRST, pmid="99000001"), Citation(title="Another", pmid="7"))
    app = ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT, connect=connect)
    async with app.run_test(size=NARROW) as pilot:
        assert "No abstract." in painted(pilot)
        await pilot.press("G", "2")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert said(pilot) == "1 of 2 missing abstracts found; 1 not in PubMed"
        assert "Edited: abstract (from PubMed 99000001, by Anna; the source has: nothing)" in painted(pilot)


async def test_attempts_and_pdfs_are_noted_from_the_question_about_the_full_text(review_of: ReviewOf, tmp_path: Path) -> None:
    review = review_of(1)
    paper = tmp_path / "my paper.pdf"
    paper.write_bytes(b"%PDF-1.7")
    async with at_full_text(review).run_test(size=NARROW) as pilot:
        await pilot.press("p")
        assert "Find PDFs in a folder" in painted(pilot)
        await pilot.press("t")
        await type_into(pilot, "library [closed]")
        assert said(pilot) == "attempt stored"
        assert "Attempt: 2025-02-03 tried: library [closed] (Anna)" in painted(pilot)
        await pilot.press("p", "a")
        await type_into(pilot, "a.author@example.org")
        assert "asked: a.author@example.org" in painted(pilot)
        await pilot.press("p", "p")
        await type_into(pilot, f"'{paper}'")
        assert said(pilot).startswith("attached my paper.pdf, stored")
        assert "PDF: fulltext/embase_" in painted(pilot)
        await pilot.press("p", "p")
        (tmp_path / "notes.txt").write_text("No paper", encoding="utf-8")
        await type_into(pilot, str(tmp_path / "notes.txt"))
        assert "is not a PDF" in painted(pilot)


async def test_what_a_folder_holds_is_shown_before_it_is_attached(review_of: ReviewOf, tmp_path: Path) -> None:
    review = review_of(2)
    with review.store.read() as transaction:
        keys = [record.key for record in records.all_records(transaction)]
    folder = tmp_path / "pdfs"
    folder.mkdir()
    (folder / f"{keys[0].replace(':', '_')}.pdf").write_bytes(b"%PDF-1.7")
    (folder / "Author 2021.pdf").write_bytes(b"%PDF-1.7 other")
    app = at_full_text(review)
    async with app.run_test(size=(120, 40)) as pilot:
        for answer, files in (("escape", 0), ("enter", 1)):
            await pilot.press("p", "f")
            await type_into(pilot, str(folder))
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert isinstance(app.screen, ConfirmDialog)
            assert "left to you  Author 2021.pdf  first author and year in the name" in painted(pilot)
            await pilot.press(answer)
            assert len(list((review.folder / "fulltext").iterdir())) == files
        assert said(pilot).startswith("1 PDF attached, stored")
        await pilot.press("p", "f")
        await type_into(pilot, str(tmp_path / "nowhere"))
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert isinstance(app.screen, TextPage)
        assert "is not a folder" in app.screen.text.plain


async def test_a_correction_in_another_window_is_shown(review_of: ReviewOf) -> None:
    review = review_of(1)
    app = ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT)
    async with app.run_test(size=NARROW) as pilot:
        edit(review, only_key(review), "title", "A better title", "Ben")
        # A look that is under way may have begun before.
        await app.workers.wait_for_complete()
        app._look_around()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert "A better title" in painted(pilot)
        assert said(pilot) == "changed in another window"
