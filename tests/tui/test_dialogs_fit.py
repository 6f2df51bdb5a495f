"""Dialogs on a screen of 80 columns and 24 lines: however much one has to show, how it is answered stays in sight."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.app import App
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList

from prisma_tool.records.corrections import Correction
from prisma_tool.tui.dialogs.choice import ChoiceDialog
from prisma_tool.tui.dialogs.confirm import ConfirmDialog
from prisma_tool.tui.dialogs.note import NoteDialog
from prisma_tool.tui.importing.files_dialog import FilesDialog
from prisma_tool.tui.protocol.error_dialog import ProtocolErrorScreen
from prisma_tool.tui.screening.edit_dialogs import FieldsDialog
from prisma_tool.tui.start.who_app import WhoScreen

LONG = "An invented title that goes on for much longer than a line of the dialog is wide, and says little by it"
MANY = [f"{n} {LONG}" for n in range(40)]
LINES = "\n".join(MANY)
MIDDLING = [
    "Fatal manufacturing time after IL1RAP autologous CAR-T cells: a case in relapsed or refractory acute myeloid leukemia (embase:L2990000001)",
    "Look at the file first",
]
SHEET = Path(__file__).parents[2] / "prisma_tool" / "tui" / "app.tcss"


class Bare(App[None]):
    CSS_PATH = SHEET
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - as Textual reads it


@pytest.mark.parametrize(
    "make",
    [
        lambda: ChoiceDialog(LONG, MANY),
        lambda: ConfirmDialog("What is done", Content(LINES), "does what has been described above"),
        lambda: WhoScreen(LONG, MANY, ""),
        lambda: FilesDialog(Path.cwd()),
        lambda: NoteDialog(Content(LONG)),
        lambda: ProtocolErrorScreen(LINES),
        lambda: FieldsDialog("a:1", [Correction("a:1", name, LONG, LONG) for name in ("title", "abstract", "journal")]),
    ],
    ids=["choice", "confirm", "who", "files", "note", "error", "fields"],
)
async def test_a_dialog_shows_how_it_is_answered(make: Callable[[], ModalScreen[object]]) -> None:
    async with Bare().run_test(size=(80, 24)) as pilot:
        await pilot.app.push_screen(make())
        await pilot.pause()
        (hint,) = pilot.app.screen.query(".hint")
        (box,) = pilot.app.screen.query(".box")
        assert box.content_region.contains_region(hint.region)
        assert hint.region.height > 0


async def test_a_few_choices_of_several_lines_are_all_in_sight() -> None:
    async with Bare().run_test(size=(80, 24)) as pilot:
        await pilot.app.push_screen(ChoiceDialog("Which?", [*MIDDLING, "Leave it"]))
        await pilot.pause()
        assert not pilot.app.screen.query_one(OptionList).show_vertical_scrollbar
