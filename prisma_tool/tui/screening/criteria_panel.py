"""Going through the ordered criteria of one report, with the report still in sight.

Invariant: the answers are complete when they are given back: all up to the first "no", or all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from prisma_tool.model.protocol.criteria import Answer, Criterion, answered_no, conclusion
from prisma_tool.tui.dialogs.docked_sheet import DockedSheet
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.words.hint import Hint

_SIGNS = {Answer.YES: "+", Answer.NO: "-", Answer.UNCLEAR: "?"}
_HINT = "y yes · n no · ? unclear · its letter: no there, yes before · Backspace back · j k scroll · Esc"


class CriteriaPanel(DockedSheet[dict[str, str] | None]):
    """Answers by reason id, or None when cancelled. `scroll` moves the report behind by lines."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = ["../dialogs/docked_sheet.tcss", "criteria_panel.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Cancel", id="answering.cancel"),
        Binding("y,space", "answer('yes')", "Yes", id="answering.yes"),
        Binding("n", "answer('no')", "No", id="answering.no"),
        Binding("question_mark", "answer('unclear')", "Unclear", id="answering.unclear"),
        Binding("backspace", "back", "Back", id="answering.back"),
        Binding("j,down", "scroll(1)", "Down", show=False, id="answering.down"),
        Binding("k,up", "scroll(-1)", "Up", show=False, id="answering.up"),
        Binding("pagedown", "scroll(10)", "Page down", show=False, id="answering.page-down"),
        Binding("pageup", "scroll(-10)", "Page up", show=False, id="answering.page-up"),
    ]

    def __init__(self, criteria: Sequence[Criterion], scroll: Callable[[int], None]) -> None:
        super().__init__()
        self.criteria, self.move = tuple(criteria), scroll
        self.answers: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """The criteria, and how to answer."""
        with Vertical(classes="sheet"):
            yield Static(id="criteria")
            yield Hint(_HINT)

    def on_mount(self) -> None:
        """Begin at the first."""
        super().on_mount()
        self._show()

    def _open(self) -> Criterion | None:
        return next((one for one in self.criteria if one.reason not in self.answers), None)

    def _show(self) -> None:
        here = self._open()
        self.query_one("#criteria", Static).update(Content("\n").join([self._line(one, here) for one in self.criteria]))

    def _line(self, criterion: Criterion, here: Criterion | None) -> Content:
        answer = self.answers.get(criterion.reason)
        sign = _SIGNS[Answer(answer)] if answer else " "
        style = "bold" if criterion is here else QUIET
        return Content.assemble((f" {criterion.key} ", "bold reverse"), f" {sign} ", (f"{criterion.question}", style))

    def action_answer(self, answer: str) -> None:
        """Answer the open criterion."""
        here = self._open()
        if here is not None:
            self._take({**self.answers, here.reason: answer})

    def on_key(self, event: events.Key) -> None:
        """Answer "no" to the criterion of this letter."""
        answers = answered_no(self.criteria, self.answers, event.character or "")
        if answers is not None:
            event.stop()
            event.prevent_default()
            self._take(answers)

    def _take(self, answers: dict[str, str]) -> None:
        self.answers = answers
        if conclusion(self.criteria, answers) is not None:
            self.dismiss(answers)
        else:
            self._show()

    def action_back(self) -> None:
        """Take back the last answer."""
        if self.answers:
            self.answers.popitem()
            self._show()

    def action_scroll(self, lines: int) -> None:
        """Move the report behind."""
        self.move(lines)
