"""The protocol of the review, to read and to change.

Invariant: what is shown is the protocol under which the application works; a file that cannot be used changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from prisma_tool.errors import PrismaError, ReviewError
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review, reread
from prisma_tool.review.protocol.file import protocol_text
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.review.protocol_log import ProtocolAct, is_noted
from prisma_tool.tui.dialogs.choice import ChoiceDialog
from prisma_tool.tui.dialogs.form_dialog import FormDialog
from prisma_tool.tui.external_editor import edit, editor_command
from prisma_tool.tui.frame.key_table import Groups, bindings_of
from prisma_tool.tui.frame.place_screen import GOING_AROUND, PlaceScreen
from prisma_tool.tui.protocol import text
from prisma_tool.tui.protocol.error_dialog import NextAct, ProtocolErrorScreen
from prisma_tool.tui.protocol.protocol_forms import SECTIONS, MakeForm, section_form
from prisma_tool.tui.protocol.reasons_dialog import ReasonsScreen
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.key_footer import KeyFooter
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.title_line import TitleLine
from prisma_tool.tui.words.refusal_words import refusal

_CHANGED = "review.toml says something else by now: r reads it anew"
PROTOCOL: Groups = (
    (
        "Changing it",
        (
            Binding("e", "edit", "Edit", id="protocol.edit", tooltip="Open review.toml in your editor ($VISUAL or $EDITOR)"),
            Binding(
                "enter",
                "change",
                "Change",
                id="protocol.change",
                tooltip="Title, question, team, criteria, reasons, highlights, rules, searches, each in a form",
            ),
            Binding("r", "reload", "Read anew", id="protocol.reload", tooltip="Read review.toml anew and go on under it"),
        ),
    ),
    (
        "Reading",
        (
            Binding("j,down", "scroll(1)", "Down", id="protocol.down", show=False, tooltip="Scroll down"),
            Binding("k,up", "scroll(-1)", "Up", id="protocol.up", show=False, tooltip="Scroll up"),
            Binding("space,pagedown", "page(1)", "Page down", id="protocol.page-down", show=False),
            Binding("b,pageup", "page(-1)", "Page up", id="protocol.page-up", show=False),
            Binding("home", "edge(0)", "Top", id="protocol.top", show=False, tooltip="Beginning"),
            Binding("end", "edge(1)", "End", id="protocol.end", show=False, tooltip="End"),
        ),
    ),
    GOING_AROUND,
)


class ProtocolScreen(PlaceScreen):
    """Shows the protocol in force."""

    CSS_PATH: ClassVar[str] = "screen.tcss"
    KEYS = PROTOCOL
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(PROTOCOL)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.reader = BackgroundQuery[Review, Review](self, self._reread, self._read, self._not_read)
        self._act = ProtocolAct.NOTED

    def compose(self) -> ComposeResult:
        """Heading, a word on what has just happened, the protocol, keys."""
        yield TitleLine(self.workspace.review.protocol.title, "Protocol", self.workspace.reviewer)
        yield Static(id="said")
        with VerticalScroll(can_focus=False, id="text"):
            yield Static(id="protocol")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show the protocol, and whether the file says the same."""
        self.paint()
        self.come_back()

    def paint(self) -> None:
        """Show the protocol in force."""
        review = self.workspace.review
        self.query_one("#protocol", Static).update(text.protocol_text(review.protocol, str(review.folder / FILE_NAME)))

    def come_back(self) -> None:
        """The file may have been edited elsewhere."""
        review = self.workspace.review
        try:
            written = parse_protocol(protocol_text(review.folder))
        except PrismaError as error:
            self._say(refusal(error), grave=True)
        else:
            in_force = replace(review.protocol, merged_reasons=written.merged_reasons)
            self._say("" if written == in_force else _CHANGED)

    def _say(self, message: str, *, grave: bool = False) -> None:
        self.query_one("#said", Static).update(Content.styled(message, "bold $text-error" if grave else QUIET))

    def action_edit(self) -> None:
        """Give the terminal to the editor, then go on under what was written."""
        path = self.workspace.review.folder / FILE_NAME
        act = self._act_of_editing()
        if self.attempt("review.toml was not opened", lambda: edit(self.app, editor_command(os.environ), path)):
            self._reload(act)

    def _act_of_editing(self) -> ProtocolAct:
        """What the log may claim of what the editor leaves: a file that somebody had changed before is only found changed."""
        review = self.workspace.review
        try:
            unchanged = is_noted(review.store, protocol_text(review.folder))
        except PrismaError:
            unchanged = False
        return ProtocolAct.CHANGED if unchanged else ProtocolAct.NOTED

    def action_change(self) -> None:
        """Ask what is to be changed."""
        self.app.push_screen(ChoiceDialog("What is to be changed?", list(SECTIONS)), self._change)

    def _change(self, choice: int | None) -> None:
        if choice is None:
            return
        name, make = list(SECTIONS.items())[choice]
        if make is not None:
            self._open_form(make)
        elif name == "Searches":
            self.application.go("search")
        else:
            self.action_reasons()

    def _open_form(self, make: MakeForm) -> None:
        try:
            form = section_form(self.workspace, make)
        except PrismaError as error:
            self._not_read(error)
        else:
            self.app.push_screen(FormDialog(form), self._form_stored)

    def _form_stored(self, outcome: str | None) -> None:
        if outcome is not None:
            self.tell(one_line(outcome))
            self.action_reload()

    def action_reasons(self) -> None:
        """Show the exclusion reasons, to change them."""
        self.app.push_screen(ReasonsScreen(self.workspace.review, self.workspace.reviewer), self._reasons_changed)

    def _reasons_changed(self, changed: bool | None) -> None:
        if changed:
            self.action_reload()

    def action_reload(self) -> None:
        """Go on under review.toml as it stands now."""
        self._reload(ProtocolAct.NOTED)

    def _reload(self, act: ProtocolAct) -> None:
        self._act = act
        self._say("reading review.toml ...")
        self.reader.ask(self.workspace.review)

    def _reread(self, review: Review, _: Callable[[], bool]) -> Review:
        reread_review = reread(review, self._act)
        reread_review.reviewer(self.workspace.reviewer)
        return reread_review

    async def _go_on(self, review: Review) -> None:
        await self.application.work_on(review)
        self.paint()
        self._say("review.toml was read: what it says is in force everywhere")

    def _read(self, before: Review, after: Review) -> None:
        if after.protocol == before.protocol:
            self._say("review.toml says what is shown here")
        else:
            self.run_worker(self._go_on(after))

    def _not_read(self, error: PrismaError) -> None:
        self._say("the protocol from before stays in force", grave=True)
        if isinstance(error, ReviewError):
            self.app.push_screen(ProtocolErrorScreen(error.message, self._text()), self._go_on_after)
        else:
            self.show_error("review.toml was read, but not put in force here", error)

    def _text(self) -> str:
        """The file as far as it can be read."""
        try:
            return protocol_text(self.workspace.review.folder)
        except PrismaError:
            return ""

    def _go_on_after(self, what: NextAct | None) -> None:
        if what is NextAct.EDIT:
            self.action_edit()
        elif what is NextAct.READ:
            self.action_reload()

    def action_scroll(self, lines: int) -> None:
        """Move the text by lines."""
        self.query_one("#text").scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Move the text by pages."""
        view = self.query_one("#text")
        view.scroll_relative(y=pages * max(1, view.size.height - 2), animate=False)

    def action_edge(self, share: int) -> None:
        """Go to the beginning (0) or the end (1)."""
        view = self.query_one("#text")
        view.scroll_to(y=share * view.max_scroll_y, animate=False)
