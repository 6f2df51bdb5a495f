"""The exclusion reasons in their order, to rename, move, add and merge.

Invariants: each change is stored, in the log or in review.toml, before the list shows it; while one is being stored no other is begun, for
a merge judges every decision anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from prisma_tool.errors import PrismaError
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review
from prisma_tool.screening import exclusion_reasons
from prisma_tool.screening.exclusion_reasons import MergedReason, ReasonUse, ReasonUses
from prisma_tool.tui.dialogs.choice import ChoiceDialog
from prisma_tool.tui.dialogs.text_prompt import TextPromptDialog
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.words.hint import Hint
from prisma_tool.tui.words.refusal_words import refusal

Change = Callable[[], str]
"""Changes something and returns a message on what."""
_HINT = "Enter renames · J K move it down and up · n new · m merge into another · u undo a merge · Esc closes"
_ROOM = 44
"""Characters for a label on a screen of 80 columns."""


class ReasonsScreen(ModalScreen[bool]):
    """Answers whether anything was changed."""

    CSS_PATH = "reasons_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "Close", id="reasons.close"),
        Binding("enter", "rename", "Rename", id="reasons.rename", priority=True),
        Binding("J", "move(1)", "Down", id="reasons.down"),
        Binding("K", "move(-1)", "Up", id="reasons.up"),
        Binding("n", "new", "New", id="reasons.new"),
        Binding("m", "merge", "Merge", id="reasons.merge"),
        Binding("u", "unmerge", "Undo a merge", id="reasons.unmerge"),
        Binding("j", "cursor(1)", "Next", show=False),
        Binding("k", "cursor(-1)", "Before", show=False),
        *(Binding(digit, f"mark({digit})", "Mark", show=False) for digit in "123456789"),
    ]

    def __init__(self, review: Review, reviewer: str) -> None:
        super().__init__()
        self.review, self.reviewer = review, reviewer
        self.reasons = ReasonUses((), (), ())
        self.changed = False
        self.storing: BackgroundQuery[Change, tuple[str, ReasonUses]] = BackgroundQuery(
            self, self._store, self._stored, self._refused
        )

    def compose(self) -> ComposeResult:
        """The reasons, what was merged, a word on what has just happened, and the keys."""
        with Vertical(classes="box"):
            yield Static(Content.styled("Exclusion reasons: the first that applies is the reason", "bold"))
            yield OptionList()
            yield Static(id="merged")
            yield Static(id="word")
            yield Hint(_HINT)

    def on_mount(self) -> None:
        """Read the reasons."""
        self._do(lambda: "", "")

    # Storing

    def _do(self, change: Change, waiting: str = "storing ...") -> None:
        if not self.storing.is_busy:
            self._say(waiting)
            self.storing.ask(change)

    def _store(self, change: Change, _: Callable[[], bool]) -> tuple[str, ReasonUses]:
        return change(), exclusion_reasons.reason_uses(self.review)

    def _stored(self, _: Change, result: tuple[str, ReasonUses]) -> None:
        message, self.reasons = result
        self.changed = self.changed or bool(message)
        self._say(message)
        self._paint()

    def _refused(self, error: PrismaError) -> None:
        self._say(refusal(error), grave=True)

    def _say(self, message: str, *, grave: bool = False) -> None:
        self.query_one("#word", Static).update(Content.styled(message, "bold $text-error" if grave else "dim"))

    def _paint(self) -> None:
        listed = self.query_one(OptionList)
        marked = listed.highlighted
        listed.clear_options()
        listed.add_options([Option(_line(reason)) for reason in self._rows])
        listed.highlighted = min(marked or 0, len(self._rows) - 1) if self._rows else None
        lines = [
            Content.styled(one_line(f"{merged.label} counts under {self._label(merged.into)}"), "dim")
            for merged in self.reasons.merged
        ]
        self.query_one("#merged", Static).update(Content("\n").join(lines))

    # What is marked

    @property
    def _rows(self) -> tuple[ReasonUse, ...]:
        return (*self.reasons.listed, *self.reasons.unlisted)

    @property
    def _marked(self) -> ReasonUse | None:
        mark = self.query_one(OptionList).highlighted
        return self._rows[mark] if mark is not None and mark < len(self._rows) else None

    def _label(self, reason_id: str) -> str:
        return next((reason.label for reason in self._rows if reason.id == reason_id), reason_id)

    def action_mark(self, number: int) -> None:
        """Mark the reason with this number; there may be none."""
        if number <= len(self._rows):
            self.query_one(OptionList).highlighted = number - 1

    # Changing

    def action_rename(self) -> None:
        """Ask for another label."""
        marked = self._marked
        if marked is None:
            return
        if not marked.place:
            self._say("review.toml does not list this one; m counts its votes under a reason that it lists")
            return
        question = TextPromptDialog(
            f"Another name for: {one_line(marked.label)}", "votes keep their reason · Enter stores it · Esc", marked.label
        )
        self.app.push_screen(question, lambda label: self._rename(marked, label))

    def _rename(self, marked: ReasonUse, label: str | None) -> None:
        def change() -> str:
            return f"{one_line(marked.label)} is now called {exclusion_reasons.rename(self.review, marked.id, str(label)).label}"

        if label:
            self._do(change)

    def action_move(self, by: int) -> None:
        """Move the marked reason by a place."""
        marked = self._marked
        if marked is None or not 1 <= marked.place + by <= len(self.reasons.listed) or not marked.place or self.storing.is_busy:
            return
        number = marked.place + by
        self.query_one(OptionList).highlighted = number - 1
        self._do(lambda: f"{one_line(exclusion_reasons.move(self.review, marked.id, number).label)} is now number {number}")

    def action_new(self) -> None:
        """Ask for a further reason."""
        self.app.push_screen(
            TextPromptDialog("A further reason", "it comes last; K moves it up · Enter stores it · Esc"), self._add
        )

    def _add(self, label: str | None) -> None:
        if label:
            self._do(lambda: f"added {exclusion_reasons.add(self.review, label).label}")

    def action_merge(self) -> None:
        """Ask under which reason the votes for the marked one are to count."""
        marked = self._marked
        others = [reason for reason in self.reasons.listed if marked is not None and reason.id != marked.id]
        if marked is not None and others:
            heading = f"Count votes for “{one_line(marked.label)}” under"
            labels = [reason.label for reason in others]
            self.app.push_screen(ChoiceDialog(heading, labels), lambda choice: self._merge(marked, others, choice))

    def _merge(self, marked: ReasonUse, others: list[ReasonUse], choice: int | None) -> None:
        def change() -> str:
            merged, into = exclusion_reasons.merge(self.review, marked.id, others[choice or 0].id, self.reviewer)
            return f"{one_line(merged.label or merged.id)} counts under {one_line(into.label)}; u parts them again"

        if choice is not None:
            self._do(change)

    def action_unmerge(self) -> None:
        """Take back a merge; of several, ask which."""
        merged = self.reasons.merged
        if not merged:
            self._say("no reasons are merged")
        elif len(merged) == 1:
            self._unmerge(merged[0])
        else:
            labels = [one_line(f"{reason.label} from {self._label(reason.into)}") for reason in merged]
            self.app.push_screen(ChoiceDialog("Part which?", labels), lambda choice: self._part(merged, choice))

    def _part(self, merged: tuple[MergedReason, ...], choice: int | None) -> None:
        if choice is not None:
            self._unmerge(merged[choice])

    def _unmerge(self, merged: MergedReason) -> None:
        self._do(
            lambda: f"{one_line(exclusion_reasons.unmerge(self.review, merged.id, self.reviewer).label)} counts by itself again"
        )

    def action_cursor(self, by: int) -> None:
        """Mark a neighbour."""
        listed = self.query_one(OptionList)
        (listed.action_cursor_down if by > 0 else listed.action_cursor_up)()

    def action_close(self) -> None:
        """Leave, when what is being stored is stored."""
        if not self.storing.is_busy:
            self.dismiss(self.changed)


def _line(reason: ReasonUse) -> Content:
    label = one_line(reason.label)
    label = label if len(label) <= _ROOM else f"{label[: _ROOM - 1]}…"
    used = reason.title_abstract + reason.full_text
    number = f"{reason.place:>2}. " if reason.place else " -  "
    unlisted = "" if reason.place else "  not in review.toml"
    return Content.assemble(
        (number, "bold"), f"{label:<{_ROOM}}", (f" {used:>6,} {'report' if used == 1 else 'reports'}{unlisted}", "dim")
    )
