"""A file before it is stored: its account, its first records, and the source under which it would be counted.

Invariant: Enter imports only what is shown: another source is tried first, and shown.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.tui.importing.preview_text import preview_text
from prisma_tool.tui.sessions.import_session import Looked, Origin
from prisma_tool.tui.widgets.choice_field import ChoiceField
from prisma_tool.tui.widgets.seen_first import SeenFirst

_KINDS = {"": "kind as shown", **{kind.value: kind.value for kind in SourceKind}}
_UNSAID = "The file does not show where it comes from: write the source's name (Embase, Scopus, ...), then Enter."


class PreviewDialog(SeenFirst[Origin | None]):
    """Answers with where to import from, or None to leave the file; another origin than the one shown asks to look again."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["preview_dialog.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Leave the file", id="preview.cancel"),
        Binding("pagedown", "scroll(8)", "Down", show=False),
        Binding("pageup", "scroll(-8)", "Up", show=False),
    ]

    def __init__(self, looked: Looked, position: str, *, is_fixed: bool) -> None:
        super().__init__()
        self.looked, self.position, self.is_fixed = looked, position, is_fixed

    def compose(self) -> ComposeResult:
        """The file, its source, what it would bring, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.assemble((one_line(self.looked.path.name), "bold"), self.position))
            with Horizontal(id="source-line"):
                yield Static("Source", id="source-label")
                yield Input(self.looked.origin.source, compact=True, select_on_focus=True, disabled=self.is_fixed)
                yield ChoiceField(_KINDS, self.looked.origin.kind or "")
            with VerticalScroll(can_focus=self.is_fixed):
                yield Static(preview_text(self.looked.report) if self.looked.report else Content(_UNSAID))
            yield Static(self._hint(), markup=False, classes="hint")

    def _hint(self) -> str:
        if self.looked.report is None:
            return "Enter looks at it as from that source · Esc leaves the file"
        return "Enter imports it; another source or kind (Tab, ← →) is shown first · PgDn reads on · Esc leaves the file"

    def on_key(self, event: object) -> None:
        """Enter where the source cannot be written."""
        if getattr(event, "key", "") == "enter" and (self.is_fixed or self.query_one(ChoiceField).has_focus):
            self._take(self.query_one(Input).value)

    @on(Input.Submitted)
    def _answer(self, event: Input.Submitted) -> None:
        self._take(event.value)

    def _take(self, typed: str) -> None:
        if source := typed.strip():
            kind = self.query_one(ChoiceField).value
            self.dismiss(Origin(source, SourceKind(kind) if kind else None))

    def action_scroll(self, lines: int) -> None:
        """Read on."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
