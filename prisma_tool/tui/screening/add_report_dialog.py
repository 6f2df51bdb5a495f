"""Adding one report by hand: its number or title, where it was found, and which report led to it.

Invariant: nothing is fetched or stored here; what was written is only answered with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Checkbox, Input, Static

from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.tui.words.hint import Hint

_HINT = "Tab goes on · Enter adds it · Esc changes nothing"


@dataclass(frozen=True, slots=True)
class AddReportAnswer:
    """What was written. `number` and `title` may be empty, not both; `kind` None means as the source shows."""

    number: str
    title: str
    source: str
    kind: SourceKind | None
    led: bool


class AddReportDialog(ModalScreen[AddReportAnswer | None]):
    """Asks for a report; `led_by` is the key of the report on the screen, if any."""

    CSS_PATH = "add_report_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel", id="add.cancel")]

    def __init__(self, led_by: str, source: str = "Reference lists") -> None:
        super().__init__()
        self.led_by, self.source = led_by, source

    def compose(self) -> ComposeResult:
        """The fields, each under its name, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled("Add one report", "bold"))
            yield Static("PMID, DOI or NCT number: it is looked up", markup=False, classes="label", id="first")
            yield Input(placeholder="34531250", id="number", compact=True)
            yield Static("or its title, where it has no number", markup=False, classes="label")
            yield Input(id="title", compact=True)
            yield Static("Where it was found", markup=False, classes="label")
            yield Input(self.source, id="source", compact=True)
            yield Static(f"Kind, if not as shown: {', '.join(SourceKind)}", markup=False, classes="label")
            yield Input(placeholder="citation", id="kind", compact=True)
            if self.led_by:
                yield Checkbox(Content(f"found in the report on the screen ({one_line(self.led_by)})"), value=True, compact=True)
            yield Hint(_HINT)

    @on(Input.Submitted)
    def answer(self) -> None:
        """Answer with what was written, if it says enough."""
        number, title, source, kind = (
            self.query_one(f"#{name}", Input).value.strip() for name in ("number", "title", "source", "kind")
        )
        problem = _problem(number or title, source, kind.lower())
        if problem:
            self.query_one(".hint", Static).update(problem)
            return
        led = any(box.value for box in self.query(Checkbox))
        self.dismiss(AddReportAnswer(number, title, source, SourceKind(kind.lower()) if kind else None, led))


def _problem(what: str, source: str, kind: str) -> str:
    if not what:
        return "Write a number or a title first."
    if not source:
        return "Say where it was found, such as Reference lists."
    return "" if not kind or kind in list(SourceKind) else f"The kind is one of: {', '.join(SourceKind)}."
