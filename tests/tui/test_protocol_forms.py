"""The protocol in forms: they write review.toml as a careful person would, and notice who else does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from prisma_tool.model.log.events import EventKind
from prisma_tool.review.open_review import Review
from prisma_tool.review.protocol.file import protocol_text
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.review.protocol_log import ProtocolAct
from prisma_tool.store.engine import event_rows
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.dialogs.form_dialog import FormDialog
from prisma_tool.tui.protocol.error_dialog import ProtocolErrorScreen
from prisma_tool.tui.protocol.screen import ProtocolScreen
from prisma_tool.tui.widgets.choice_field import ChoiceField

ReviewOf = Callable[..., Review]


def painted(pilot: Pilot[None]) -> str:
    lines = ("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())
    return " ".join("\n".join(lines).replace("│", " ").split())


async def settled(pilot: Pilot[None]) -> str:
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    return painted(pilot)


async def opened(pilot: Pilot[None], digit: str) -> FormDialog:
    await settled(pilot)
    await pilot.press("enter", digit)
    await settled(pilot)
    assert isinstance(pilot.app.screen, FormDialog)
    return pilot.app.screen


def fill(dialog: FormDialog, **values: str) -> None:
    for name, value in values.items():
        entry = dialog._inputs[name]
        if isinstance(entry, TextArea):
            entry.text = value
        else:
            assert isinstance(entry, (Input, ChoiceField))
            entry.value = value


def rewrite(folder: Path, old: str, new: str) -> None:
    path = folder / "review.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def acts(review: Review) -> list[str]:
    with review.store.read() as transaction:
        return [event.text("act") for event in event_rows.not_undone(transaction, EventKind.PROTOCOL)]


async def test_question_and_criteria_are_written_and_in_force_at_once(review_of: ReviewOf) -> None:
    review = review_of(1)
    app = ReviewApp(review, "Anna", "protocol")
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = await opened(pilot, "1")
        fill(dialog, title="Another [title]", question="Does it help?", Population="adults")
        await pilot.press("ctrl+s")
        assert "Does it help? Population: adults" in await settled(pilot)
        assert app.workspace.review.protocol.title == "Another [title]"
        dialog = await opened(pilot, "3")
        fill(dialog, exclude="Animals only\n\n  Reviews  ")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert app.workspace.review.protocol.exclude == ("Animals only", "Reviews")
    assert acts(review)[-2:] == [ProtocolAct.CHANGED, ProtocolAct.CHANGED]


async def test_an_edit_that_crosses_anothers_is_noticed_and_nothing_is_lost(review_of: ReviewOf) -> None:
    review = review_of(1)
    app = ReviewApp(review, "Anna", "protocol")
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = await opened(pilot, "1")
        fill(dialog, title="Mine", question="Why?")
        rewrite(review.folder, "A review [of brackets]", "Theirs")
        rewrite(review.folder, "Animals only", "Mice")
        await pilot.press("ctrl+s")
        assert "Title is now “Theirs”. Ctrl+S once more writes yours" in await settled(pilot)
        assert parse_protocol(protocol_text(review.folder)).title == "Theirs"
        assert dialog.values["title"] == "Mine"
        await pilot.press("ctrl+s")
        await settled(pilot)
    protocol = parse_protocol(protocol_text(review.folder))
    assert (protocol.title, protocol.question, protocol.exclude) == ("Mine", "Why?", ("Mice",))
    assert acts(review)[-2:] == [ProtocolAct.NOTED, ProtocolAct.CHANGED]


async def test_another_part_that_somebody_changed_meanwhile_stands_beside(review_of: ReviewOf) -> None:
    review = review_of(1)
    app = ReviewApp(review, "Anna", "protocol")
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = await opened(pilot, "6")
        fill(dialog, reviewers_per_record="2", blind="no")
        rewrite(review.folder, "Animals only", "Mice")
        await pilot.press("ctrl+s")
        await settled(pilot)
        protocol = app.workspace.review.protocol
        assert (protocol.exclude, protocol.screening.reviewers_per_record, protocol.screening.blind) == (("Mice",), 2, False)


async def test_words_to_highlight_are_tried_on_real_records(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(3), "Anna", "protocol")
    async with app.run_test(size=(80, 36)) as pilot:
        dialog = await opened(pilot, "5")
        assert "Of the first 3 records with an abstract: CAR T 3 mice 3 Plain report 1 CAR T cells in mice, report 1." in painted(
            pilot
        )
        fill(dialog, include='"report 2"\ntrial*')
        dialog.look()
        assert '"report 2" 1 trial* 0 mice 3' in await settled(pilot)


async def test_nobody_takes_themselves_out_and_a_name_that_stands_twice_is_refused(review_of: ReviewOf) -> None:
    review = review_of(0)
    before = protocol_text(review.folder)
    async with ReviewApp(review, "Anna", "protocol").run_test(size=(80, 24)) as pilot:
        dialog = await opened(pilot, "2")
        fill(dialog, reviewers="Ben")
        await pilot.press("ctrl+s")
        assert "You work as Anna" in await settled(pilot)
        fill(dialog, reviewers="Anna\nanna")
        await pilot.press("ctrl+s")
        assert "names somebody twice" in await settled(pilot)
        assert protocol_text(review.folder) == before


async def test_a_further_search_is_declared_and_in_force_at_once(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(0), "Anna", "protocol")
    async with app.run_test(size=(80, 24)) as pilot:
        dialog = await opened(pilot, "8")
        fill(dialog, source="PubMed")
        await pilot.press("ctrl+s")
        assert "term" in await settled(pilot)
        fill(dialog, strategy="aspirin")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert [plan.name for plan in app.workspace.review.protocol.searches] == ["pubmed"]


async def test_a_broken_file_shows_its_line_and_is_read_again_when_mended(review_of: ReviewOf) -> None:
    review = review_of(0)
    app = ReviewApp(review, "Anna", "protocol")
    async with app.run_test(size=(80, 30)) as pilot:
        await settled(pilot)
        rewrite(review.folder, 'exclude = ["Animals only"]', 'exclude = ["Animals only')
        await pilot.press("r")
        text = await settled(pilot)
        assert isinstance(app.screen, ProtocolErrorScreen)
        assert '▸ 6 exclude = ["Animals only' in text
        assert "a text in quotation marks" in text
        rewrite(review.folder, 'exclude = ["Animals only', 'exclude = ["Animals"]')
        await pilot.press("r")
        await settled(pilot)
        assert isinstance(app.screen, ProtocolScreen)
        assert app.workspace.review.protocol.exclude == ("Animals",)
