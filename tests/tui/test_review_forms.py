"""What is done rarely is a form, by a key and a digit or by the palette: it shows what would come of it, and says what stands then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from prisma_tool.review.open_review import Review
from prisma_tool.store.projections import event_log
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.dialogs.form_dialog import FormDialog
from prisma_tool.tui.forms.form_table import FORMS
from prisma_tool.tui.forms.menu import form_commands
from prisma_tool.updates.close_version import list_versions

ReviewOf = Callable[..., Review]


def painted(pilot: Pilot[None]) -> str:
    """What stands on the screen, without frames."""
    lines = ("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())
    return " ".join("\n".join(lines).replace("│", " ").split())


async def settled(pilot: Pilot[None]) -> str:
    for _ in range(2):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    return painted(pilot)


async def opened(pilot: Pilot[None], title: str) -> FormDialog:
    digit = "123456789abcdefgh"[[form.title for form in FORMS].index(title)]
    await pilot.press("equals_sign", digit)
    await settled(pilot)
    assert isinstance(pilot.app.screen, FormDialog)
    return pilot.app.screen


async def filled(pilot: Pilot[None], dialog: FormDialog, **values: str) -> str:
    for name, value in values.items():
        entry = dialog._inputs[name]
        assert isinstance(entry, Input)
        entry.value = value
    dialog.look()
    return await settled(pilot)


def read(name: str) -> str:
    return Path(name).read_text(encoding="utf-8")


def write(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


def stored(review: Review) -> int:
    with review.store.read() as transaction:
        return event_log.last_number(transaction)


async def test_records_are_exported_after_they_were_seen_and_a_file_is_replaced_only_the_second_time(
    review_of: ReviewOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write("some.ris", "mine")
    async with ReviewApp(review_of(3), "Anna").run_test(size=(80, 24)) as pilot:
        dialog = await opened(pilot, "Export records")
        assert "3 records would be written" in painted(pilot)
        assert "1 record would be written Plain report 2" in await filled(
            pilot, dialog, file="some.ris", where='title ~ "report 2"'
        )
        await pilot.press("enter")
        assert "exists already. Once more replaces it" in await settled(pilot)
        assert read("some.ris") == "mine"
        await pilot.press("enter")
        assert f"Wrote 1 record to {tmp_path / 'some.ris'}." in await settled(pilot)
    assert read("some.ris").count("TY  - ") == 1


async def test_what_is_refused_leaves_the_form_as_it_was_filled_in(review_of: ReviewOf) -> None:
    review = review_of(1)
    async with ReviewApp(review, "Anna").run_test(size=(80, 24)) as pilot:
        dialog = await opened(pilot, "Enter a number")
        await filled(pilot, dialog, number="twelve", note="from the thesis")
        await pilot.press("enter")
        assert "'twelve' is not a number with its sign" in await settled(pilot)
        await pilot.press("escape")
        assert "Esc once more leaves the form" in painted(pilot)
        await filled(pilot, dialog, number="+12", line="Scopus")
        await pilot.press("enter")
        text = await settled(pilot)
        assert "Numbers that stand: 2025-02-03 database_specific_results:Scopus +12 from the thesis" in text
        await pilot.press("escape")
        await opened(pilot, "Take back a number")
        await pilot.press("enter")
        assert "Numbers that stand: none" in await settled(pilot)


async def test_records_are_removed_as_they_were_shown_and_put_back(review_of: ReviewOf) -> None:
    review = review_of(3)
    async with ReviewApp(review, "Anna").run_test(size=(80, 24)) as pilot:
        dialog = await opened(pilot, "Remove records")
        before = stored(review)
        assert "1 report (1 record) would be removed" in await filled(pilot, dialog, where='title ~ "report 2"')
        await pilot.press("enter")
        assert "Say why they are removed" in await settled(pilot)
        assert stored(review) == before
        await filled(pilot, dialog, reason="an editorial")
        await pilot.press("enter")
        assert "1 report (1 record) removed before screening." in await settled(pilot)
        await pilot.press("escape")
        dialog = await opened(pilot, "Put removed records back")
        await filled(pilot, dialog, where='title ~ "report 2"')
        await pilot.press("enter")
        assert "1 report (1 record) put back." in await settled(pilot)


async def test_a_version_is_closed_with_what_is_pending_and_reopened(review_of: ReviewOf) -> None:
    review = review_of(0)
    async with ReviewApp(review, "Anna").run_test(size=(80, 24)) as pilot:
        await pilot.press("equals_sign", "7")
        assert "No version of this review is closed" in await settled(pilot)
        await pilot.press("escape")
        dialog = await opened(pilot, "Close a version")
        await filled(pilot, dialog, label="2025")
        await pilot.press("enter")
        assert "Once more closes the version 2025" in await settled(pilot)
        assert list_versions(review) == []
        await pilot.press("enter")
        assert "Closed the version 2025: 0 studies, 0 reports included." in await settled(pilot)
        await pilot.press("escape")
        await opened(pilot, "Reopen the newest version")
        await pilot.press("enter")
        assert "Reopened the version 2025." in await settled(pilot)
    assert list_versions(review) == []


async def test_an_earlier_version_comes_in_from_its_file(review_of: ReviewOf, tmp_path: Path) -> None:
    (tmp_path / "included.ris").write_text("TY  - JOUR\nTI  - From before\nDO  - 10.5555/before\nER  - \n", encoding="utf-8")
    review = review_of(0)
    async with ReviewApp(review, "Anna").run_test(size=(80, 24)) as pilot:
        dialog = await opened(pilot, "Bring in a version")
        await filled(pilot, dialog, label="2023", included=str(tmp_path / "included.ris"))
        await pilot.press("enter")
        assert "Brought in the version 2023" in await settled(pilot)
    assert [version.reports for version in list_versions(review)] == [1]


@pytest.mark.parametrize(("kind", "text"), [("methods", "identified"), ("search", "PRISMA-S"), ("manuscript", "OPEN")])
async def test_a_report_is_read_before_it_is_written(
    review_of: ReviewOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    async with ReviewApp(review_of(1), "Anna").run_test(size=(120, 60)) as pilot:
        dialog = await opened(pilot, "Write a report")
        dialog._inputs["kind"].value = kind  # type: ignore[attr-defined]
        seen = await filled(pilot, dialog, file="part.md")
        assert text in seen
        await pilot.press("enter")
        assert f"Wrote {tmp_path / 'part.md'}." in await settled(pilot)
    assert text in read("part.md")


async def test_the_figure_is_seen_with_its_options_and_written_with_them(
    review_of: ReviewOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with ReviewApp(review_of(1), "Anna").run_test(size=(120, 60)) as pilot:
        dialog = await opened(pilot, "Draw the figure")
        assert "Records identified from" in painted(pilot)
        await pilot.press(*["tab"] * 5, "e", "e")
        dialog.look()
        assert "Registros" in await settled(pilot)
        await filled(pilot, dialog, file="out.svg", notes="notes.txt")
        await pilot.press("enter")
        await settled(pilot)
    assert "Registros" in read("out.svg")
    assert read("notes.txt")


async def test_the_palette_offers_every_form_and_none_twice(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(0), "Anna")
    async with app.run_test(size=(80, 24)):
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert {form.title for form in FORMS} <= set(titles)
        assert len(titles) == len(set(titles))
        assert len(list(form_commands(app.screen))) == len(FORMS)
