"""What is done rarely is a form, by a key and a digit or by the palette: it shows what would come of it, and says what stands then."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from prisma_tool.errors import DecisionError, PrismaError, UsageError
from prisma_tool.review.copies.backup import back_up
from prisma_tool.review.open_review import Review
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.dialogs.form import EntryForm
from prisma_tool.tui.dialogs.form_dialog import FormDialog
from prisma_tool.tui.forms.form_table import FORMS
from prisma_tool.tui.forms.menu import form_commands
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.choice_field import ChoiceField
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


def stored(review: Review) -> int:
    with review.store.read() as transaction:
        return event_log.last_number(transaction)


async def test_records_are_exported_after_they_were_seen_and_a_file_is_replaced_only_the_second_time(
    review_of: ReviewOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    review = review_of(3)
    written = review.folder / "some.ris"
    written.write_text("mine", encoding="utf-8")
    async with ReviewApp(review, "Anna").run_test(size=(80, 24)) as pilot:
        dialog = await opened(pilot, "Export records")
        assert "3 records would be written" in painted(pilot)
        assert "1 record would be written Plain report 2" in await filled(
            pilot, dialog, file="some.ris", where='title ~ "report 2"'
        )
        await pilot.press("enter")
        assert "exists already. Once more replaces it" in await settled(pilot)
        assert written.read_text(encoding="utf-8") == "mine"
        await pilot.press("enter")
        assert "Wrote 1 record to" in await settled(pilot)
    assert written.read_text(encoding="utf-8").count("TY  - ") == 1


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
        assert "Once more takes it back." in await settled(pilot)
        await pilot.press("enter")
        assert "Numbers that stand: none" in await settled(pilot)


def form_of(review: Review, title: str) -> tuple[EntryForm, dict[str, str]]:
    """A form, and what stands in it when it is opened."""
    form = next(one for one in FORMS if one.title == title).make(Workspace(review, "Anna"))
    return form, {field.name: field.value for field in form.fields}


def test_records_are_removed_as_they_were_shown_and_put_back(review_of: ReviewOf) -> None:
    review = review_of(3)
    form, values = form_of(review, "Remove records")
    values["where"] = 'title ~ "report 2"'
    before = stored(review)
    assert form.preview
    assert form.preview(values, 80).plain.startswith("1 report (1 record) would be removed")
    with pytest.raises(UsageError, match="Say why they are removed"):
        form.perform(values)
    assert stored(review) == before
    assert form.perform({**values, "reason": "an editorial"}) == "1 report (1 record) removed before screening."
    form, values = form_of(review, "Put removed records back")
    with pytest.raises(UsageError, match="by a condition, or by their keys"):
        form.perform(values)
    assert form.perform({**values, "where": 'title ~ "report 2"'}) == "1 report (1 record) put back."


def test_a_version_is_closed_once_that_was_agreed_to_and_reopened(review_of: ReviewOf) -> None:
    review = review_of(0)
    with pytest.raises(DecisionError, match="nothing to reopen"):
        form_of(review, "Reopen the newest version")
    form, values = form_of(review, "Close a version")
    values["label"] = "2025"
    assert form.question(values).startswith("Once more closes the version 2025")
    assert form.perform(values).startswith("Closed the version 2025: 0 studies, 0 reports included.")
    form, values = form_of(review, "Reopen the newest version")
    assert form.perform(values) == "Reopened the version 2025."
    assert list_versions(review) == []


def test_an_earlier_version_comes_in_from_its_file(review_of: ReviewOf, tmp_path: Path) -> None:
    (tmp_path / "included.ris").write_text("TY  - JOUR\nTI  - From before\nDO  - 10.5555/before\nER  - \n", encoding="utf-8")
    review = review_of(0)
    form, values = form_of(review, "Bring in a version")
    assert "1 report included" in form.perform({**values, "label": "2023", "included": str(tmp_path / "included.ris")})
    assert [version.reports for version in list_versions(review)] == [1]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("methods", "identified"),
        ("search", "PRISMA-S"),
        ("excluded", "xcluded"),
        ("included", "ncluded"),
        ("not-retrieved", "etrieved"),
        ("ongoing", "ngoing"),
        ("agreement", ""),
        ("manuscript", "OPEN"),
        ("protocol", "Protocol: A review"),
        ("checklist-prisma2020", "PRISMA 2020"),
    ],
)
def test_a_report_is_read_before_it_is_written(review_of: ReviewOf, tmp_path: Path, kind: str, text: str) -> None:
    form, values = form_of(review_of(1), "Write a report")
    values |= {"kind": kind, "file": str(tmp_path / "part.md")}
    assert form.preview
    assert text in form.preview(values, 80).plain
    assert form.question(values) == ""
    assert form.perform(values).startswith(f"Wrote {tmp_path / 'part.md'}.")
    assert text in read(str(tmp_path / "part.md"))
    assert ("keeps your words" if kind == "manuscript" else "replaces it") in form.question(values)
    assert form.perform(values).startswith(f"Wrote {tmp_path / 'part.md'}.")


async def test_a_file_is_proposed_for_each_report_until_somebody_names_one(review_of: ReviewOf) -> None:
    async with ReviewApp(review_of(1), "Anna").run_test(size=(80, 24)) as pilot:
        dialog = await opened(pilot, "Write a report")
        proposed = []
        for _ in range(2):
            proposed.append(dialog.values["file"])
            await pilot.press("right")
            await settled(pilot)
        assert (proposed, dialog.values["kind"]) == (["methods.docx", "search-appendix.docx"], "excluded")
        await filled(pilot, dialog, file="mine.md")
        await pilot.press("right")
        await settled(pilot)
        assert dialog.values["file"] == "mine.md"


def test_the_figure_is_seen_with_its_options_and_written_with_them(review_of: ReviewOf, tmp_path: Path) -> None:
    form, values = form_of(review_of(1), "Draw the figure")
    assert form.preview
    assert "Records identified from" in form.preview(values, 80).plain
    values |= {"language": "es", "file": str(tmp_path / "out.svg"), "notes": str(tmp_path / "notes.txt")}
    assert "Registros" in form.preview(values, 80).plain
    assert f"Wrote {tmp_path / 'notes.txt'}." in form.perform(values)
    assert "Registros" in read(str(tmp_path / "out.svg"))
    assert "out.svg and " in form.question(values)
    assert "notes.txt exist already. Once more replaces them" in form.question(values)
    assert "notes.txt exists already" in form.question({**values, "file": str(tmp_path / "another.svg")})
    (tmp_path / "folder.svg").mkdir()
    in_a_folder = {**values, "file": str(tmp_path / "folder.svg"), "notes": ""}
    assert form.question(in_a_folder) == ""
    with pytest.raises(PrismaError, match=r"folder\.svg is a folder; name a file in it"):
        form.perform(in_a_folder)
    with pytest.raises(UsageError, match="would take the place of the figure"):
        form.perform({**values, "file": str(tmp_path / "one.md"), "notes": str(tmp_path / "one.md")})
    assert not (tmp_path / "one.md").exists()
    with pytest.raises(UsageError, match=r"\.doc"):
        form.perform({**values, "file": str(tmp_path / "later.svg"), "notes": str(tmp_path / "notes.doc")})
    assert not (tmp_path / "later.svg").exists()
    with pytest.raises(UsageError, match="'many' is no resolution"):
        form.perform({**values, "dpi": "many"})


def test_a_snapshot_an_assignment_and_a_link_say_what_stands_then(review_of: ReviewOf, tmp_path: Path) -> None:
    review = review_of(2, '[screening]\nsplit = "assignment"\n')
    form, values = form_of(review, "Take a snapshot")
    assert form.perform({**values, "folder": str(tmp_path)}).startswith(f"The snapshot is {tmp_path}")
    form, values = form_of(review, "Assign evenly")
    assert form.perform(values).splitlines() == [f"1 at title-abstract assigned to {name}." for name in ("Anna", "Ben")]
    form, values = form_of(review, "Link reports to a study")
    with review.store.read() as transaction:
        key = next(iter(records.all_records(transaction))).key
    assert form.perform({**values, "label": "Moreau 2019", "keys": f"{key} {key}"}) == f"Moreau 2019 has 1 report now:\n  {key}"
    with pytest.raises(UsageError, match="Give the study's label"):
        form.perform(values)


async def test_the_palette_offers_every_form_and_none_twice(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(0), "Anna")
    async with app.run_test(size=(80, 24)):
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert {form.title for form in FORMS} <= set(titles)
        assert len(titles) == len(set(titles))
        assert len(list(form_commands(app.screen))) == len(FORMS)


async def test_a_snapshot_is_put_back_after_a_second_enter_and_every_place_reads_anew(review_of: ReviewOf) -> None:
    review = review_of(3)
    kept = back_up(review)
    app = ReviewApp(review, "Anna")
    async with app.run_test(size=(80, 24)) as pilot:
        form, values = form_of(review, "Remove records")
        form.perform({**values, "where": 'title ~ "report 2"', "reason": "editorial"})
        before = stored(review)
        dialog = await opened(pilot, "Put back a snapshot")
        entry = dialog._inputs["later"]
        assert isinstance(entry, ChoiceField)
        entry.value = "no"
        await pilot.press("enter")
        assert "Once more replaces the review by this snapshot." in await settled(pilot)
        assert stored(review) == before
        await pilot.press("enter")
        text = await settled(pilot)
        assert f"Put back {kept.name}." in text
        assert "Left out, as you said: 1 event" in text
        assert stored(review) == before - 1


def test_a_deposit_is_written_as_a_zip_file_and_says_its_head(
    review_of: ReviewOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    review = review_of(2)
    form, values = form_of(review, "Write a deposit")
    with pytest.raises(UsageError, match="A deposit is a"):
        form.perform({**values, "file": "deposit.txt"})
    with pytest.raises(PrismaError, match="'0' is no number from 1 to"):
        form.perform({**values, "audit": "0"})
    assert "Head of the log" in form.perform(values)
    assert (review.folder / "deposit.zip").read_bytes().startswith(b"PK")


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_the_figure_is_previewed_with_both_its_edges(review_of: ReviewOf, size: tuple[int, int]) -> None:
    async with ReviewApp(review_of(2), "Anna").run_test(size=size) as pilot:
        await opened(pilot, "Draw the figure")
        await settled(pilot)
        lines = ["".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips()]
        assert any(re.search("┌╌{50,}┐", line) for line in lines)
