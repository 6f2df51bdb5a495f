"""Files that are dropped on the terminal or on the page of `serve`: offered where one is, and written into no text by mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import AppBlur, Paste
from textual.pilot import Pilot
from textual.widgets import Input

from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.archive import Archive
from prisma_tool.review.open_review import Review
from prisma_tool.store.records import records as store_records
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.dialogs.confirm import ConfirmDialog
from prisma_tool.tui.dialogs.form_dialog import FormDialog
from prisma_tool.tui.importing.files_dialog import FilesDialog
from prisma_tool.tui.importing.preview_dialog import PreviewDialog
from prisma_tool.tui.search.screen import SearchScreen

ReviewOf = Callable[..., Review]
PDF = b"%PDF-1.7\n%%EOF"
ENTRY = "TY  - JOUR\nTI  - {title}\nDB  - Embase\nPY  - 2021\nER  - \n"


@pytest.fixture
def records(tmp_path: Path) -> tuple[Path, Path]:
    """Two exports, one with blanks and an apostrophe in its name."""
    files = (tmp_path / "first.ris", tmp_path / "it's the second.ris")
    for file in files:
        file.write_text(ENTRY.format(title=f"Title in {file.stem}"), encoding="utf-8")
    return files


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    """A document that names no report, under a name that does not show what it is."""
    file = tmp_path / "downloaded"
    file.write_bytes(PDF)
    return file


@pytest.fixture
def waiting(review_of: ReviewOf) -> tuple[Review, Path]:
    """A review with a report and a document in its inbox."""
    review = review_of(1)
    file = review.folder / "fulltext" / "inbox" / "waiting.pdf"
    file.parent.mkdir(parents=True)
    file.write_bytes(PDF)
    return review, file


async def dropped(pilot: Pilot[None], *files: Path | str) -> None:
    """Drop files as the page writes them (paths), or as some terminal does (text)."""
    text = " ".join(file if isinstance(file, str) else file.as_uri() for file in files)
    await settled(pilot)
    pilot.app.post_message(Paste(text))
    await settled(pilot)


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.pause()
        await pilot.app.at_rest()  # type: ignore[attr-defined]
        await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def notices(pilot: Pilot[None]) -> list[str]:
    return [one.message for one in pilot.app._notifications]


def previewed(pilot: Pilot[None]) -> str:
    assert isinstance(pilot.app.screen, PreviewDialog)
    return pilot.app.screen.looked.path.name


async def test_dropped_exports_are_shown_one_after_the_other_and_imported_as_agreed(
    review_of: ReviewOf, records: tuple[Path, Path]
) -> None:
    review = review_of(0)
    async with ReviewApp(review, "Anna").run_test() as pilot:
        await dropped(pilot, *records)
        assert previewed(pilot) == "first.ris"
        await pilot.press("enter")
        await settled(pilot)
        assert previewed(pilot) == "it's the second.ris"
        await pilot.press("escape")
        await settled(pilot)
    with review.store.read() as transaction:
        assert [one.citation.title for one in store_records.all_records(transaction)] == ["Title in first"]


async def test_whoever_drops_a_file_from_another_window_goes_on_with_the_keyboard(
    review_of: ReviewOf, records: tuple[Path, Path]
) -> None:
    async with ReviewApp(review_of(0), "Anna").run_test() as pilot:
        pilot.app.post_message(AppBlur())
        await dropped(pilot, records[0])
        assert previewed(pilot) == "first.ris"
        await pilot.press("S")
        assert pilot.app.screen.query_one("#source", Input).value == "S"


async def test_a_file_that_is_dropped_while_another_is_shown_follows_it(review_of: ReviewOf, records: tuple[Path, Path]) -> None:
    async with ReviewApp(review_of(0), "Anna").run_test() as pilot:
        await dropped(pilot, records[0])
        await dropped(pilot, records[1])
        assert previewed(pilot) == "first.ris"
        assert pilot.app.screen.query_one("#source", Input).value == "Embase"
        await pilot.press("escape")
        await settled(pilot)
        assert previewed(pilot) == "it's the second.ris"


async def test_from_other_places_one_is_taken_to_sources_even_out_of_a_field(
    review_of: ReviewOf, records: tuple[Path, Path]
) -> None:
    async with ReviewApp(review_of(1), "Anna", "records").run_test() as pilot:
        await pilot.press("f")
        line = pilot.app.focused
        assert isinstance(line, Input)
        await dropped(pilot, records[0])
        assert previewed(pilot) == "first.ris"
        assert isinstance(pilot.app.screen_stack[0], SearchScreen)
        assert line.value == ""


@pytest.mark.parametrize("quoted", ['"{}"', "'{}'", "{}"])
async def test_what_a_terminal_writes_is_taken_like_what_the_page_writes(
    review_of: ReviewOf, records: tuple[Path, Path], quoted: str
) -> None:
    async with ReviewApp(review_of(0), "Anna").run_test() as pilot:
        await dropped(pilot, quoted.format(records[0]))
        assert previewed(pilot) == "first.ris"


async def test_pasted_words_are_no_files_though_a_file_is_called_so(
    review_of: ReviewOf, records: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(records[0].parent)
    async with ReviewApp(review_of(0), "Anna").run_test() as pilot:
        for words in ("first.ris", ".", "./", "''", '""', f"{records[0]} ."):
            await dropped(pilot, words)
            assert len(pilot.app.screen_stack) == 1, words


async def test_a_dropped_file_is_named_where_a_path_is_asked_and_nowhere_else(
    review_of: ReviewOf, records: tuple[Path, Path]
) -> None:
    async with ReviewApp(review_of(1), "Anna").run_test() as pilot:
        await pilot.press("plus")
        await dropped(pilot, records[1])
        assert isinstance(pilot.app.screen, FilesDialog)
        assert pilot.app.screen.query_one(Input).value == str(records[1])
        await pilot.press("escape", "equals_sign", "6")
        assert isinstance(pilot.app.screen, FormDialog)
        await dropped(pilot, records[1])
        assert pilot.app.screen.query_one(Input).value == ""
        assert notices(pilot)[-1] == "What is asked here comes first: then drop the files again, or + takes them"


async def test_documents_are_attached_at_full_texts_and_elsewhere_it_is_said_so(
    waiting: tuple[Review, Path], paper: Path, records: tuple[Path, Path]
) -> None:
    async with ReviewApp(waiting[0], "Anna").run_test() as pilot:
        await dropped(pilot, paper, waiting[1], records[0])
        assert previewed(pilot) == "first.ris"
        assert notices(pilot)[-1] == (
            "1 PDF in fulltext/inbox: 5, then +, matches them with reports; 1 PDF not taken: PDFs are dropped at Full texts, key 5"
        )


async def test_at_full_texts_the_inbox_is_looked_through_and_another_document_is_for_the_report_shown(
    waiting: tuple[Review, Path], paper: Path
) -> None:
    review, inside = waiting
    async with ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT).run_test() as pilot:
        await pilot.press("i", "5")
        await dropped(pilot, inside)
        assert isinstance(pilot.app.screen, ConfirmDialog)
        assert pilot.app.screen.heading == "fulltext/inbox"
        await pilot.press("escape")
        await dropped(pilot, paper)
        assert isinstance(pilot.app.screen, ConfirmDialog)
        assert pilot.app.screen.heading == "Attach to Plain report 1?"
        await pilot.press("enter")
        await settled(pilot)
    assert [file.read_bytes() for file in (review.folder / "fulltext").glob("*.pdf")] == [PDF]


async def test_where_nothing_can_be_changed_nothing_is_taken(review_of: ReviewOf, records: tuple[Path, Path]) -> None:
    review = review_of(0)
    store = replace(review.store, only_read="Nothing can be changed here.", current=None)
    looked_at = replace(review, store=store, archive=Archive(store, review.protocol_text(), review.folder))
    async with ReviewApp(looked_at, "Anna").run_test() as pilot:
        await dropped(pilot, records[0])
        assert len(pilot.app.screen_stack) == 1
        assert notices(pilot)[-1] == "nothing can be changed here: this review may only be read"
