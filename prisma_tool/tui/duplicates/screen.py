"""Settling uncertain pairs of records one after the other, and looking at the joined pairs that least speaks for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from prisma_tool.dedupe.manual import Uncertain
from prisma_tool.dedupe.run import DedupeReport, deduplicate
from prisma_tool.errors import PrismaError
from prisma_tool.model.text import counted, one_line
from prisma_tool.tui.duplicates.clusters_dialog import ClustersScreen
from prisma_tool.tui.duplicates.pair_text import pair_text, summary
from prisma_tool.tui.frame.key_table import Groups, bindings_of
from prisma_tool.tui.frame.place_screen import GOING_AROUND
from prisma_tool.tui.frame.settle_screen import SettleScreen, text_page
from prisma_tool.tui.sessions.duplicates_session import (
    DIFFERENT,
    SAME,
    SEPARATED,
    STAYS,
    DuplicatesSession,
    PairDetails,
)
from prisma_tool.tui.sessions.queue_cursor import Progress
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.record_text import QUIET

_NOT_STORED = "The answer was not stored"
_NEXT = (
    "Next: 4 goes through titles and abstracts.",
    "7, then Enter on a record, shows with which others it stands.",
)
DUPLICATES: Groups = (
    (
        "Deciding",
        (
            Binding("s", "same", "Same", id="duplicates.same", tooltip="The two records are one report; a join stays"),
            Binding(
                "d", "different", "Different", id="duplicates.different", tooltip="They are two reports; a join is separated"
            ),
            Binding("space,full_stop", "skip", "Skip", id="duplicates.skip", tooltip="Leave the pair for later"),
            Binding(
                "R",
                "compare",
                "Run",
                id="duplicates.compare",
                tooltip="Compare what is new with all records, and join what is certain",
            ),
            Binding("u", "undo", "Undo", id="duplicates.undo", tooltip="Take back your last answer and show its pair"),
        ),
    ),
    (
        "Looking",
        (
            Binding("D", "clusters", "Records", id="duplicates.clusters", tooltip="All records of both clusters; take one out"),
            Binding(
                "tab",
                "switch",
                "Least certain",
                id="duplicates.least-certain",
                show=False,
                tooltip="The joined pairs that least speaks for, and back to the uncertain pairs",
            ),
            Binding("l,right", "step(1)", "Next", id="duplicates.next", show=False, tooltip="Next pair"),
            Binding("h,left", "step(-1)", "Back", id="duplicates.previous", show=False, tooltip="Previous pair"),
            Binding("j,down", "scroll(1)", "Down", id="duplicates.down", show=False, tooltip="Scroll down"),
            Binding("k,up", "scroll(-1)", "Up", id="duplicates.up", show=False, tooltip="Scroll up"),
            Binding("pagedown", "page(1)", "Page down", id="duplicates.page-down", show=False),
            Binding("pageup", "page(-1)", "Page up", id="duplicates.page-up", show=False),
        ),
    ),
    GOING_AROUND,
)


class DuplicatesScreen(SettleScreen[Uncertain, PairDetails]):
    """Shows the pairs of one of two lists and turns keys into answers."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../frame/settle_screen.tcss", "screen.tcss"]
    KEYS = DUPLICATES
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(DUPLICATES)
    TASK, ITEM, POSITION = "Duplicates", "pair", "Pair {:,} of {:,}: one report or two?"
    ON_ITEM = ("same", "different", "clusters")
    NEXT_PLACES = ("go.title-abstract", "go.records")
    session: DuplicatesSession

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, workspace.duplicates())

    def position_text(self) -> Content:
        """Which pair of how many is shown, and what is asked."""
        if not self.session.shows_joined:
            return super().position_text()
        question = f"Joined pair {self.session.position + 1:,} of {len(self.session.items):,}: does the join stay (s), or is it separated (d)?"
        return Content.styled(question, QUIET)

    def compose_item(self) -> Iterable[Widget]:
        """The reason for asking; the pair."""
        return Static(id="reason"), PairView()

    def show_item(self, content: PairDetails | Content) -> None:
        """Show the pair and why it is asked about."""
        self.query_one("#reason", Static).update("" if isinstance(content, Content) else summary(content))
        self.query_one(PairView).show(content)

    def end_page(self, progress: Progress) -> Content:
        """The page after the last pair."""
        deduplication = self.session.deduplication()
        if self.session.shows_joined:
            return end_of_joined(progress, self.session.answered, deduplication)
        return end_text(progress, self.session.answered, deduplication, self.session.not_compared())

    def is_useful(self, action: str) -> bool:
        """Whether there is a pair to leave for later."""
        return (action != "skip" or bool(self.session.items)) and super().is_useful(action)

    # Going to the other list

    def action_switch(self) -> None:
        """Go to the joined pairs that least speaks for, or back to the uncertain pairs."""
        self.change("The pairs could not be read", self._switched)

    def _switched(self) -> str:
        self.session.switch()
        n = len(self.session.items)
        return (
            f"{counted(n, 'joined pair')}, the least certain first"
            if self.session.shows_joined
            else f"{counted(n, 'uncertain pair')}"
        )

    # Comparing

    def action_compare(self) -> None:
        """Compare what is new with all, in a thread, and join what is certain."""
        self.paint("comparing the records that are new ...")
        self.run_worker(self._compare, thread=True, exclusive=True, group="compare")

    def _compare(self) -> None:
        try:
            before = self.session.deduplication()
            after = deduplicate(self.session.review, time.monotonic)
        except PrismaError as error:
            self.app.call_from_thread(self.show_error, "The records could not be compared", error)
        else:
            joined = after.duplicates_removed - before.duplicates_removed
            pairs = counted(after.uncertain, "pair waits", "pairs wait")
            message = f"compared: {counted(joined, 'more duplicate')}, {pairs} for a person"
            self.app.call_from_thread(self.action_reload, message)

    # Answering

    def action_same(self) -> None:
        """State that the pair that is shown is one report."""
        self.answer(_NOT_STORED, lambda: self._answered(self.session.same, STAYS if self.session.shows_joined else SAME))

    def action_different(self) -> None:
        """State that the pair that is shown is two reports."""
        self.answer(_NOT_STORED, self._separated if self.session.shows_joined else self._told_apart)

    def _told_apart(self) -> str:
        return self._answered(self.session.different, DIFFERENT)

    def _separated(self) -> str:
        pair = self.session.current
        self.session.different()
        # What stands is read back: the two may be one report with others.
        clusters = self.session.standing(pair.a, pair.b) if pair else []
        return one_line(f"last answer: {SEPARATED}, stored; {'; '.join(map(_standing, clusters))}")

    def _answered(self, store: Callable[[], None], name: str) -> str:
        before = len(self.session.items)
        store()
        along = before - len(self.session.items) - 1
        settled = f"; {counted(along, 'other pair')} settled with it" if along > 0 else ""
        return f"last answer: {name}, stored{settled}"

    def take_back(self) -> str:
        """Take back the last answer."""
        taken_back = self.session.undo()
        if not taken_back:
            return "nothing to take back"
        first = taken_back[0]
        return one_line(f"taken back: {first.text('verdict')} ({first.subject}, {first.text('other')})")

    def action_skip(self) -> None:
        """Leave the pair for later."""
        self.session.skip()
        self.paint()

    def action_clusters(self) -> None:
        """Show all records of both clusters."""
        self.answer("The clusters could not be read", self._open_clusters)

    def _open_clusters(self) -> str:
        self.app.push_screen(ClustersScreen(self.session.members()), self._take_out)
        return ""

    def _take_out(self, key: str | None) -> None:
        if key is not None:
            self.change("The record was not taken out", lambda: self._taken_out(key))

    def _taken_out(self, key: str) -> str:
        others = self.session.split(key)
        return one_line(f"{key} taken out; it was with {', '.join(others)}")


class PairView(VerticalScroll, can_focus=False):
    """Shows a pair, or a page of text, from its top; drawn anew for the width it gets."""

    content: PairDetails | Content = Content("")

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static()

    def show(self, content: PairDetails | Content) -> None:
        """Replace what is shown."""
        self.content = content
        self._draw()
        self.scroll_home(animate=False, immediate=True)

    def on_resize(self) -> None:
        """Draw for the new width."""
        self._draw()

    def _draw(self) -> None:
        text = (
            pair_text(self.content, self.scrollable_content_region.width)
            if isinstance(self.content, PairDetails)
            else self.content
        )
        self.query_one(Static).update(text)


def end_text(progress: Progress, answered: Mapping[str, int], deduplication: DedupeReport, not_compared: int = 0) -> Content:
    """The page after the last pair: the end of the list, or all settled and what comes next.

    Where records (`not_compared` of them) have come since the last comparison, that comes next, and nothing is said to be settled.
    """
    if progress.waiting:
        waiting = f"{counted(progress.waiting, 'pair')} left for later: space begins again at the first."
        return text_page("This is the end of the list.", waiting, *_account(answered), *_offer(deduplication))
    if not_compared:
        records = counted(not_compared, "record has", "records have")
        heading = f"{records} not been compared for duplicates yet: press R."
        return text_page(heading, *_account(answered), _totals(deduplication), *_offer(deduplication))
    heading = "All pairs are settled." if progress.done else "No pair waits for a person."
    return text_page(heading, *_account(answered), _totals(deduplication), *_offer(deduplication), "", *_NEXT)


def end_of_joined(progress: Progress, answered: Mapping[str, int], deduplication: DedupeReport) -> Content:
    """The page after the last joined pair."""
    if progress.waiting:
        waiting = f"{counted(progress.waiting, 'joined pair')} left for later: space begins again at the first."
        return text_page("This is the end of the list.", waiting, *_account(answered))
    heading = "All joined pairs that were least certain are settled." if progress.done else "No joined pair is least certain."
    return text_page(heading, *_account(answered), _totals(deduplication), "", "Tab goes back to the uncertain pairs.", *_NEXT)


def _offer(deduplication: DedupeReport) -> Iterator[str]:
    """What is said of the joined pairs that a person may look at."""
    n, asked = deduplication.least_certain, deduplication.joined_before_would_ask
    if asked:
        yield f"{counted(asked, 'pair')} joined by earlier rules would not be joined now."
    if n:
        yield f"{counted(n, 'joined pair')} {'is' if n == 1 else 'are'} least certain: press Tab to look at {'it' if n == 1 else 'them'}."


def _standing(keys: Sequence[str]) -> str:
    return f"{' and '.join(keys)} {'are one report' if len(keys) > 1 else 'is a report by itself'}"


def _account(answered: Mapping[str, int]) -> Iterator[str]:
    answers = [f"{n:,} {name}" for name, n in sorted(answered.items()) if n]
    if answers:
        yield f"Your answers in this sitting: {', '.join(answers)}. u takes back the last."


def _totals(deduplication: DedupeReport) -> str:
    return (
        f"{counted(deduplication.records, 'record')} are {counted(deduplication.unique, 'report')}: "
        f"{counted(deduplication.duplicates_removed, 'duplicate')} in {counted(deduplication.clusters, 'cluster')}."
    )
