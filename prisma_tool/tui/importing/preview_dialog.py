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
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.tui.importing.preview_text import preview_text
from prisma_tool.tui.sessions.import_session import Looked, Origin, Votes
from prisma_tool.tui.widgets.choice_field import ChoiceField
from prisma_tool.tui.widgets.seen_first import SeenFirst
from prisma_tool.tui.words.hint import Hint

_KINDS = {"": "kind as shown", **{kind.value: kind.value for kind in SourceKind}}
_STAY_OUT, _NONE = "stay out", "the file shows none"
_VOTES = {"": _STAY_OUT, **{stage.value: f"are taken over: {stage.value}" for stage in Stage}}
_VERDICTS = {
    "": "as each entry says",
    **{one.value: f"all: {one.value}" for one in (Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE)},
}
LABELS = {
    "source": "Source",
    "kind": "Source",
    "reviewer": "who is who",
    "decisions": "Votes",
    "stage": "Votes",
    "verdict": "Votes",
}
"""What is asked here, by the options of the command line that it stands for."""
_WHO = "who is who, if needed: name in the file = name here; ..."
_SHARE, _ROWS_AROUND, _FEWEST_ROWS = 0.94, 14, 5
"""Of the screen's rows that the dialog may take; rows of it around what was found; rows of that at least."""
_UNSAID = "The file does not show where it comes from: write the source's name (Embase, Scopus, ...), then Enter."


class PreviewDialog(SeenFirst[Origin | None]):
    """Answers with where to import from, or None to leave the file; another origin than the one shown asks to look again."""

    LETS_FILES_THROUGH = True

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
                yield Static("Source", classes="source-label")
                yield Input(self.looked.origin.source, compact=True, select_on_focus=True, disabled=self.is_fixed, id="source")
                yield ChoiceField(_KINDS, self.looked.origin.kind or "", id="kind")
            with Horizontal(id="votes-line"):
                votes = self.looked.origin.votes
                yield Static("Votes", classes="source-label")
                yield ChoiceField(_VOTES | {"": self._without_votes}, votes.stage if votes else "", id="votes")
                yield ChoiceField(_VERDICTS, (votes.verdict if votes else None) or "", id="verdict")
            with Horizontal(id="people-line"):
                yield Static("", classes="source-label")
                yield Input(votes.people if votes else "", placeholder=_WHO, compact=True, select_on_focus=False, id="people")
            with VerticalScroll(can_focus=self.is_fixed):
                yield Static(self._text())
            yield Hint(self._hint())

    @property
    def _without_votes(self) -> str:
        """What is said where no votes are taken over."""
        report = self.looked.report
        return _STAY_OUT if report and (report.speaking or report.earlier_work is not None) else _NONE

    def on_mount(self) -> None:
        """What cannot matter yet is not asked: votes of a file that was not looked at, and whose they are."""
        self.query_one("#votes-line").display = self.looked.report is not None or self.looked.origin.votes is not None
        self._ask_of_votes()

    @on(ChoiceField.Changed)
    def _ask_of_votes(self) -> None:
        """Ask which and whose votes once they are to be taken over."""
        takes = bool(self.query_one("#votes", ChoiceField).value)
        self.query_one("#verdict").display = takes
        self.query_one("#people-line").display = takes

    def on_resize(self) -> None:
        """What was found has all the room that the fields and the hint leave."""
        self.query_one(VerticalScroll).styles.max_height = max(_FEWEST_ROWS, round(self.size.height * _SHARE) - _ROWS_AROUND)

    def _text(self) -> Content:
        if self.looked.problem:
            return Content.styled(self.looked.problem, "bold $text-warning")
        return preview_text(self.looked.report) if self.looked.report else Content(_UNSAID)

    def _hint(self) -> str:
        if self.looked.report is None:
            return "Enter looks at it as from that source · Esc leaves the file"
        return "Enter imports it; anything else (Tab, ← →) is shown first · PgDn reads on · Esc leaves the file"

    def on_key(self, event: object) -> None:
        """Enter where the source cannot be written."""
        if getattr(event, "key", "") == "enter" and not isinstance(self.focused, Input):
            self._take()

    @on(Input.Submitted)
    def _take(self) -> None:
        if source := self.query_one("#source", Input).value.strip():
            kind = self.query_one("#kind", ChoiceField).value
            self.dismiss(Origin(source, SourceKind(kind) if kind else None, self._votes()))

    def _votes(self) -> Votes | None:
        stage, verdict = self.query_one("#votes", ChoiceField).value, self.query_one("#verdict", ChoiceField).value
        if not stage:
            return None
        return Votes(Stage(stage), Verdict(verdict) if verdict else None, self.query_one("#people", Input).value.strip())

    def action_scroll(self, lines: int) -> None:
        """Read on."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)
