"""What one sees outside a review: a new one, one elsewhere, the demo, and those that were opened last.

Invariant: a review that is gone stays listed as such until the person forgets it; nothing of a review is touched here.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from prisma_tool.model.text import one_line
from prisma_tool.review.recent_reviews import RecentReview, RecentReviews
from prisma_tool.tui.dialogs.form_dialog import FormDialog
from prisma_tool.tui.frame.key_help import KeyHelp
from prisma_tool.tui.frame.key_table import Groups, bindings_of
from prisma_tool.tui.start.start_forms import BuildDemo, demo_form, new_review_form, open_form
from prisma_tool.tui.widgets.key_footer import KeyFooter
from prisma_tool.tui.widgets.record_text import QUIET

START: Groups = (
    (
        "Reviews",
        (
            Binding("n", "new", "New review", id="start.new", tooltip="Start a new review"),
            Binding("o", "open", "Open", id="start.open", tooltip="Open a review in another folder"),
            Binding("d", "demo", "Demo", id="start.demo", tooltip="Build and open the demo, offline"),
            Binding(
                "x,delete",
                "forget",
                "Forget",
                id="start.forget",
                tooltip="Take the marked review off the list; it is not touched",
            ),
            Binding("j", "mark(1)", "Down", id="start.down", show=False, tooltip="Next line"),
            Binding("k", "mark(-1)", "Up", id="start.up", show=False, tooltip="Line before"),
        ),
    ),
    (
        "Other",
        (
            Binding("question_mark", "help", "Help", id="start.help", tooltip="This page"),
            Binding("q,escape", "app.quit", "Quit", id="start.quit", tooltip="Leave"),
        ),
    ),
)
_ACTIONS = (
    ("n", "Start a new review", "new"),
    ("o", "Open a review in another folder", "open"),
    ("d", "See the demo: a whole review, its records invented", "demo"),
)


class ReviewChosen(Message):
    """A review is to be opened; `reviewer` is who has just made it, empty of one that was there before."""

    def __init__(self, folder: Path, reviewer: str = "") -> None:
        super().__init__()
        self.folder, self.reviewer = folder, reviewer


class StartScreen(Screen[None]):
    """Lists what can be opened from `here`; `trouble` is why the review chosen before could not be opened."""

    CSS_PATH = "screen.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(START)

    def __init__(self, here: Path, recent: RecentReviews, build_demo: BuildDemo, reviewer: str = "", trouble: str = "") -> None:
        super().__init__()
        self.here, self.recent, self.build_demo = here, recent, build_demo
        self.reviewer, self.trouble = reviewer, trouble
        self.reviews: list[RecentReview] = []
        self._made_by = ""

    def compose(self) -> ComposeResult:
        """Where one is, what was wrong, what can be opened, keys."""
        yield Static(Content.assemble(("prisma-tool", "bold"), (f" · no review in {one_line(str(self.here))}", QUIET)), id="top")
        with Vertical(id="start"):
            yield Static(Content.styled(one_line(self.trouble), "bold $text-error"), id="trouble")
            yield OptionList()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Show the list."""
        self.query_one("#trouble").display = bool(self.trouble)
        self._paint(len(_ACTIONS) if self.recent.listed() else 0)

    def _paint(self, marked: int) -> None:
        self.reviews = self.recent.listed()
        choices = self.query_one(OptionList)
        choices.clear_options()
        choices.add_options(Option(_action_line(key, title)) for key, title, _ in _ACTIONS)
        if self.reviews:
            choices.add_option(None)
            choices.add_options(Option(_review_line(n, one)) for n, one in enumerate(self.reviews, 1))
        choices.highlighted = min(marked, choices.option_count - 1)
        choices.focus()

    def _marked(self) -> RecentReview | None:
        place = (self.query_one(OptionList).highlighted or 0) - len(_ACTIONS)
        return self.reviews[place] if 0 <= place < len(self.reviews) else None

    @on(OptionList.OptionSelected)
    async def _selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_index < len(_ACTIONS):
            await self.run_action(_ACTIONS[event.option_index][2])
        else:
            self._open_recent(event.option_index - len(_ACTIONS))

    def on_key(self, event: events.Key) -> None:
        """A digit opens the review beside it."""
        if event.character and event.character in "123456789" and int(event.character) <= len(self.reviews):
            event.stop()
            self._open_recent(int(event.character) - 1)

    def _open_recent(self, place: int) -> None:
        review = self.reviews[place]
        if review.is_there:
            self.post_message(ReviewChosen(Path(review.folder)))
        else:
            self.notify(f"{one_line(review.folder)} holds no review any more; x forgets it, o looks elsewhere.", markup=False)

    def _go_to(self, folder: str | None) -> None:
        if folder is not None:
            self.post_message(ReviewChosen(Path(folder), self._made_by))

    def action_new(self) -> None:
        """Ask for what a new review needs."""

        def made_by(person: str) -> None:
            self._made_by = person

        self.app.push_screen(FormDialog(new_review_form(self.here, self.reviewer, made_by)), self._go_to)

    def action_open(self) -> None:
        """Ask for a folder."""
        self.app.push_screen(FormDialog(open_form(self.here)), self._go_to)

    def action_demo(self) -> None:
        """Ask where to build the demo."""

        def tell(words: str) -> None:
            self.call_later(dialog.narrate, words)

        dialog = FormDialog(demo_form(self.here, self.build_demo, tell))
        self.app.push_screen(dialog, self._go_to)

    def action_forget(self) -> None:
        """Take the marked review off the list."""
        review = self._marked()
        if review is not None:
            self.recent.forget(review.folder)
            self._paint(self.query_one(OptionList).highlighted or 0)

    def action_mark(self, by: int) -> None:
        """Mark a neighbour."""
        choices = self.query_one(OptionList)
        choices.action_cursor_down() if by > 0 else choices.action_cursor_up()

    def action_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(KeyHelp(START, {}))


def _action_line(key: str, title: str) -> Content:
    return Content.assemble((f" {key} ", "bold reverse"), f"  {title}")


def _review_line(number: int, review: RecentReview) -> Content:
    key = str(number) if number <= 9 else " "  # noqa: PLR2004 - there are nine digits
    title = one_line(review.title) or "(review without a title)"
    gone = "" if review.is_there else "not there any more, x forgets it: "
    about = (f"{one_line(review.folder)}, opened {one_line(review.opened)}", QUIET)
    return Content.assemble((f" {key} ", "bold reverse"), f"  {title}\n     ", (gone, "$text-warning"), about)
