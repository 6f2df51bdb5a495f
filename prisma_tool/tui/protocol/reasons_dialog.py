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
from prisma_tool.screening.exclusion_reasons import Merged, Reasons, Use
from prisma_tool.tui.dialogs.choice import PickScreen
from prisma_tool.tui.dialogs.text_prompt import AskScreen
from prisma_tool.tui.sessions.background_query import Asker

Deed = Callable[[], str]
"""Changes something and says what."""
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
    ]

    def __init__(self, review: Review, reviewer: str) -> None:
        super().__init__()
        self.review, self.reviewer = review, reviewer
        self.found = Reasons((), (), ())
        self.changed = False
        self.storing: Asker[tuple[Deed, str], tuple[str, Reasons]] = Asker(self, self._store, self._stored, self._refused)

    def compose(self) -> ComposeResult:
        """The reasons, what was merged, a word on what has just happened, and the keys."""
        with Vertical(classes="box"):
            yield Static(Content.styled("Exclusion reasons: the first that applies is the reason", "bold"))
            yield OptionList()
            yield Static(id="merged")
            yield Static(id="word")
            yield Static(_HINT, markup=False, classes="hint")

    def on_mount(self) -> None:
        """Read the reasons."""
        self._do(lambda: "", "")

    # Storing

    def _do(self, deed: Deed, waiting: str = "storing ...") -> None:
        if not self.storing.is_busy:
            self._say(waiting)
            self.storing.ask((deed, waiting))

    def _store(self, asked: tuple[Deed, str], _: Callable[[], bool]) -> tuple[str, Reasons]:
        return asked[0](), exclusion_reasons.used(self.review)

    def _stored(self, _: tuple[Deed, str], told: tuple[str, Reasons]) -> None:
        said, self.found = told
        self.changed = self.changed or bool(said)
        self._say(said)
        self._paint()

    def _refused(self, error: PrismaError) -> None:
        self._say(one_line(error.message), grave=True)

    def _say(self, said: str, *, grave: bool = False) -> None:
        self.query_one("#word", Static).update(Content.styled(said, "bold $text-error" if grave else "dim"))

    def _paint(self) -> None:
        listed = self.query_one(OptionList)
        marked = listed.highlighted
        listed.clear_options()
        listed.add_options([Option(_line(one)) for one in self._rows])
        listed.highlighted = min(marked or 0, len(self._rows) - 1) if self._rows else None
        lines = [
            Content.styled(one_line(f"{one.label} counts under {self._label(one.into)}"), "dim") for one in self.found.merged
        ]
        self.query_one("#merged", Static).update(Content("\n").join(lines))

    # What is marked

    @property
    def _rows(self) -> tuple[Use, ...]:
        return (*self.found.listed, *self.found.unlisted)

    @property
    def _marked(self) -> Use | None:
        place = self.query_one(OptionList).highlighted
        return self._rows[place] if place is not None and place < len(self._rows) else None

    def _label(self, reason_id: str) -> str:
        return next((one.label for one in self._rows if one.id == reason_id), reason_id)

    # Deeds

    def action_rename(self) -> None:
        """Ask for another label."""
        marked = self._marked
        if marked is None:
            return
        if not marked.place:
            self._say("review.toml does not list this one; m counts its votes under a reason that it lists")
            return
        question = AskScreen(
            f"Another name for: {one_line(marked.label)}", "votes keep their reason · Enter stores it · Esc", marked.label
        )
        self.app.push_screen(question, lambda label: self._rename(marked, label))

    def _rename(self, marked: Use, label: str | None) -> None:
        def deed() -> str:
            return f"{one_line(marked.label)} is now called {exclusion_reasons.rename(self.review, marked.id, str(label)).label}"

        if label:
            self._do(deed)

    def action_move(self, by: int) -> None:
        """Move the marked reason by a place."""
        marked = self._marked
        if marked is None or not 1 <= marked.place + by <= len(self.found.listed) or not marked.place or self.storing.is_busy:
            return
        place = marked.place + by
        self.query_one(OptionList).highlighted = place - 1
        self._do(lambda: f"{one_line(exclusion_reasons.move(self.review, marked.id, place).label)} is now number {place}")

    def action_new(self) -> None:
        """Ask for a further reason."""
        self.app.push_screen(AskScreen("A further reason", "it comes last; K moves it up · Enter stores it · Esc"), self._add)

    def _add(self, label: str | None) -> None:
        if label:
            self._do(lambda: f"added {exclusion_reasons.add(self.review, label).label}")

    def action_merge(self) -> None:
        """Ask under which reason the votes for the marked one are to count."""
        marked = self._marked
        others = [one for one in self.found.listed if marked is not None and one.id != marked.id]
        if marked is not None and others:
            heading = f"Count votes for “{one_line(marked.label)}” under"
            labels = [one.label for one in others]
            self.app.push_screen(PickScreen(heading, labels), lambda place: self._merge(marked, others, place))

    def _merge(self, marked: Use, others: list[Use], place: int | None) -> None:
        def deed() -> str:
            gone, into = exclusion_reasons.merge(self.review, marked.id, others[place or 0].id, self.reviewer)
            return f"{one_line(gone.label or gone.id)} counts under {one_line(into.label)}; u parts them again"

        if place is not None:
            self._do(deed)

    def action_unmerge(self) -> None:
        """Take back a merge; of several, ask which."""
        merged = self.found.merged
        if not merged:
            self._say("no reasons are merged")
        elif len(merged) == 1:
            self._unmerge(merged[0])
        else:
            labels = [one_line(f"{one.label} from {self._label(one.into)}") for one in merged]
            self.app.push_screen(PickScreen("Part which?", labels), lambda place: self._part(merged, place))

    def _part(self, merged: tuple[Merged, ...], place: int | None) -> None:
        if place is not None:
            self._unmerge(merged[place])

    def _unmerge(self, one: Merged) -> None:
        self._do(
            lambda: f"{one_line(exclusion_reasons.unmerge(self.review, one.id, self.reviewer).label)} counts by itself again"
        )

    def action_cursor(self, by: int) -> None:
        """Mark a neighbour."""
        listed = self.query_one(OptionList)
        (listed.action_cursor_down if by > 0 else listed.action_cursor_up)()

    def action_close(self) -> None:
        """Leave, when what is being stored is stored."""
        if not self.storing.is_busy:
            self.dismiss(self.changed)


def _line(one: Use) -> Content:
    label = one_line(one.label)
    shown = label if len(label) <= _ROOM else f"{label[: _ROOM - 1]}…"
    used = one.title_abstract + one.full_text
    number = f"{one.place:>2}. " if one.place else " -  "
    told = "" if one.place else "  not in review.toml"
    return Content.assemble(
        (number, "bold"), f"{shown:<{_ROOM}}", (f" {used:>6,} {'report' if used == 1 else 'reports'}{told}", "dim")
    )
