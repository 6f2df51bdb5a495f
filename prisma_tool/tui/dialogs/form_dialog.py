"""A form on the screen: its fields, what would come of them, and what was wrong.

Invariant: what was written stays in the fields until it was stored or the reviewer left the form knowing it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from prisma_tool.errors import PrismaError
from prisma_tool.model.text import one_line
from prisma_tool.tui.dialogs.folder_files import completed
from prisma_tool.tui.dialogs.form import EntryForm, FormField, Values
from prisma_tool.tui.dialogs.typed_paths import TAKES_PATHS
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.choice_field import ChoiceField
from prisma_tool.tui.words.hint import Hint
from prisma_tool.tui.words.refusal_words import refusal

_AGAIN = "Esc once more leaves the form; nothing of it is stored"
_PAUSE = 0.2
_FEWEST_COLUMNS = 60
_WARNING = "bold $text-warning"


class FormDialog(ModalScreen[str | None]):
    """Answers with what stands after the form was done, or None when left."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["form_dialog.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="form.cancel"),
        Binding("ctrl+s", "store", "Do it", id="form.store", priority=True),
        Binding("enter", "store", "Do it", show=False),
        Binding("tab", "forward", "Next field", show=False, priority=True),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("up", "app.focus_previous", "Field before", show=False),
        Binding("pagedown", "scroll(8)", "Down", show=False, priority=True),
        Binding("pageup", "scroll(-8)", "Up", show=False, priority=True),
    ]

    def __init__(self, form: EntryForm) -> None:
        super().__init__(classes="-previewed" if form.preview else "")
        self.form = form
        self._inputs: dict[str, Widget] = {}
        self._proposed = {field.name: field.value for field in form.fields if field.proposes}
        self._agreed: Values | None = None
        self._is_leaving = False
        self._rest: Timer | None = None
        self._doer = BackgroundQuery[Values, str](self, self._perform, self._done, self._refused)
        self._looker = BackgroundQuery[Values, Content](self, self._look, self._show_preview, self._not_previewed)

    def compose(self) -> ComposeResult:
        """The heading, the fields, what would come of them, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled(one_line(self.form.heading), "bold"))
            if self.form.about:
                yield Static(Content(self.form.about), id="about-form")
            with VerticalScroll(id="fields", can_focus=False):
                yield from map(self._row, self.form.fields)
            if self.form.preview:
                with VerticalScroll(id="preview", can_focus=False):
                    yield Static(id="would-be")
            with Vertical(id="below-form"):
                yield Static(id="word")
                yield Hint(self._hint())

    def _row(self, field: FormField) -> Horizontal:
        self._inputs[field.name] = entry = _entry(field)
        return Horizontal(Static(Content(field.label), classes="label"), entry, classes="row")

    def _hint(self) -> str:
        has_lines = any(field.lines > 1 for field in self.form.fields)
        keys = "Ctrl+S" if has_lines else "Enter"
        acts = ["next field"] * (len(self.form.fields) > 1) + ["completes a path"] * any(
            field.is_path for field in self.form.fields
        )
        tab = f" · Tab {', '.join(acts)}" if acts else ""
        changes = " · ← → change" if any(field.choices for field in self.form.fields) else ""
        more = " · PgDn reads on" if self.form.preview else ""
        return f"{keys} {self.form.consequence}{tab}{changes}{more} · Esc leaves"

    def on_mount(self) -> None:
        """Begin in the first field."""
        for entry in list(self._inputs.values())[:1]:
            entry.focus()
        self.look()

    @property
    def values(self) -> Values:
        """What stands in the fields."""
        return {name: _value(entry) for name, entry in self._inputs.items()}

    @property
    def _is_touched(self) -> bool:
        return any(self.values[field.name] != _value_of(field) for field in self.form.fields)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(ChoiceField.Changed)
    def _changed(self) -> None:
        """Once the typing rests, show what would come of it."""
        self._is_leaving = False
        self._propose()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_PAUSE, self.look)

    def _propose(self) -> None:
        """Renew what is proposed in fields in which nobody has written."""
        for field in self.form.fields:
            entry = self._inputs[field.name]
            if field.proposes and isinstance(entry, Input) and entry.value == self._proposed[field.name]:
                entry.value = self._proposed[field.name] = field.proposes(self.values)

    def look(self) -> None:
        """Show what would come of what stands in the fields now."""
        if self.form.preview:
            self._looker.ask(self.values)

    def _look(self, values: Values, _: Callable[[], bool]) -> Content:
        return self.form.preview(values, self._columns) if self.form.preview else Content("")

    @property
    def _columns(self) -> int:
        """The room that the preview has in its width."""
        preview = self.query_one("#preview")
        return max(_FEWEST_COLUMNS, preview.region.width - preview.styles.scrollbar_size_vertical)

    def _show_preview(self, _: Values, content: Content) -> None:
        self.query_one("#would-be", Static).update(content)

    def _not_previewed(self, error: PrismaError) -> None:
        self.query_one("#would-be", Static).update(Content.styled(refusal(error, self.form.labels), _WARNING))

    @on(Input.Submitted)
    def action_store(self) -> None:
        """Do what the form is for, once what must be agreed to was agreed to."""
        if self._doer.is_busy:
            return
        values = self.values
        try:
            question = "" if values == self._agreed else self.form.question(values)
        except PrismaError as error:
            self._refused(error)
            return
        if question:
            self._agreed = values
            self._say(question)
        else:
            self._say("one moment ...")
            self._doer.ask(values)

    def _perform(self, values: Values, _: Callable[[], bool]) -> str:
        return self.form.perform(values)

    def _done(self, _: Values, outcome: str) -> None:
        self.dismiss(outcome)

    def _refused(self, error: PrismaError) -> None:
        self._say(refusal(error, self.form.labels))

    def narrate(self, words: str) -> None:
        """Show how far it is."""
        self._say(one_line(words))

    def _say(self, words: str) -> None:
        self.query_one("#word", Static).update(Content.styled(words, _WARNING))

    def action_leave(self) -> None:
        """Leave the form; where something was written, only the second time."""
        if self._doer.is_busy:
            return
        if self._is_touched and not self._is_leaving:
            self._is_leaving = True
            self._say(_AGAIN)
        else:
            self.dismiss(None)

    def action_forward(self) -> None:
        """Complete a path, or go to the next field."""
        here = self.focused
        field = next((one for one in self.form.fields if self._inputs[one.name] is here), None)
        if isinstance(here, Input) and field is not None and field.is_path:
            longer = completed(here.value, self.form.folder)
            if longer != here.value:
                here.value, here.cursor_position = longer, len(longer)
                return
        self.focus_next()

    def action_scroll(self, lines: int) -> None:
        """Read on in what would come of it."""
        for view in self.query("#preview"):
            view.scroll_relative(y=lines, animate=False)


def _entry(field: FormField) -> Widget:
    if field.choices:
        return ChoiceField(field.choices, field.value)
    if field.lines > 1:
        area = TextArea(field.value, compact=True, tab_behavior="focus", placeholder=field.hint)
        area.styles.height = field.lines
        return area
    classes = TAKES_PATHS if field.is_path else ""
    return Input(field.value, placeholder=field.hint, compact=True, select_on_focus=bool(field.value), classes=classes)


def _value(entry: Widget) -> str:
    if isinstance(entry, TextArea):
        return entry.text
    return entry.value if isinstance(entry, (Input, ChoiceField)) else ""


def _value_of(field: FormField) -> str:
    return next(iter(field.choices)) if field.choices and field.value not in field.choices else field.value
