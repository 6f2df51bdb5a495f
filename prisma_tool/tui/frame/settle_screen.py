"""What the places share in which a reviewer settles a list item by item: conflicts, uncertain pairs, suggested links.

Invariants: the next item is painted only after the store has confirmed the answer about the one before; an answer is always about the
item that is on the screen; what others did meanwhile is read in a thread, and dropped where a key has changed something since.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from prisma_tool.errors import PrismaError
from prisma_tool.model.text import one_line
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.frame.progress_heading import ProgressHeading
from prisma_tool.tui.frame.verdict_guard import VerdictGuard
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.queue_cursor import Progress
from prisma_tool.tui.sessions.settle_session import SettleSession
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.key_footer import KeyFooter, KeyUse
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.verdict_look import message_style

Item = TypeVar("Item")
Details = TypeVar("Details")
_Listing = Callable[[], Sequence[Item]]


@dataclass(frozen=True, slots=True)
class _Newer(Generic[Item, Details]):
    """A newer list, the position at which it goes on, and what stands there; read when so many paintings had been made."""

    paintings: int
    items: Sequence[Item]
    position: int
    content: Details | Content
    left_out: int


class SettleScreen(PlaceScreen, Generic[Item, Details]):
    """Shows the item at the present position of a session, or a page of text after the last, and turns keys into answers."""

    TASK: ClassVar[str]
    ITEM: ClassVar[str]
    """What an item is called; its plural has an s."""
    POSITION: ClassVar[str]
    """Which item this is: the text into which its number and their count go."""
    ON_ITEM: ClassVar[tuple[str, ...]] = ()
    """How the actions begin that are about the item on the screen."""
    NEXT_PLACES: ClassVar[tuple[str, ...]] = ()
    """The ids of the keys to the places that come next where no item waits."""
    UNREADABLE: ClassVar[str] = "Your answers so far are stored. Press l or h to try again."

    def __init__(self, workspace: Workspace, session: SettleSession[Item, Details, Any]) -> None:
        super().__init__(workspace)
        self.session = session
        self.item: Item | None = None
        self.content: Details | Content = Content("")
        self.message = ""
        self.paintings = 0
        self.guard = VerdictGuard(0)
        self._is_behind = False
        self._newer = BackgroundQuery[_Listing[Item], _Newer[Item, Details]](
            self, self._read_newer, self._take_newer, self._not_read
        )

    # What a place adds

    @abstractmethod
    def compose_item(self) -> Iterable[Widget]:
        """The widgets between the heading and the keys."""

    def compose_body(self) -> Iterable[Widget]:
        """The item, and what stands beside it."""
        return self.compose_item()

    @abstractmethod
    def show_item(self, content: Details | Content) -> None:
        """Show an item, or the page of text that stands in its place."""

    @abstractmethod
    def end_page(self, progress: Progress) -> Content:
        """The page after the last item; may read the store, and is called in a thread too."""

    @abstractmethod
    def take_back(self) -> str:
        """Take back the last answer; returns a message on that, or raises why it cannot be."""

    def position_text(self) -> Content:
        """Which item of how many is shown, and what the list is narrowed to."""
        position = self.POSITION.format(self.session.position + 1, len(self.session.items))
        return Content.styled(f"{position}{_with(self.session)}", QUIET)

    def message_text(self) -> str:
        """The message on what has just happened, and what else belongs beside it."""
        return self.message

    def show_around(self) -> None:
        """Bring up to date what is shown beside the item; called after whatever may have changed it."""

    def is_useful(self, action: str) -> bool:
        """Whether there is an item to answer about, or another to go to."""
        if action.startswith("step("):
            return bool(self.session.items)
        return self.details is not None or not action.startswith(self.ON_ITEM)

    def key_use(self) -> KeyUse:
        """Where nothing waits, the next places are named."""
        return KeyUse() if self.session.items else KeyUse(self.NEXT_PLACES)

    def concerns(self, changes: Changes) -> bool:
        """Whether what was stored elsewhere may change the list."""
        return changes.whole

    # Painting

    def compose(self) -> ComposeResult:
        """Heading; position and message; the item; keys."""
        yield ProgressHeading(self.session.review.protocol.title, self.TASK, self.session.reviewer)
        with Vertical(id="above"):
            yield Static(id="standing")
            yield Static(id="said")
        yield from self.compose_body()
        yield KeyFooter()

    def on_mount(self) -> None:
        """Begin at the first item; here nobody waits for a key."""
        self.guard = VerdictGuard(self.application.pause)
        try:
            self._show(self._read(self.session.items, self.session.position))
        except PrismaError as error:
            self._show_unreadable(error)
        self.show_around()

    @property
    def details(self) -> Details | None:
        """What is shown about an item; None where a page of text stands in its place."""
        return None if isinstance(self.content, Content) else self.content

    def paint(self, message: str = "") -> None:
        """Show the present item; `message` is on what has just happened.

        It is read beside the interface, before this screen takes another key: keys that come meanwhile wait, in their order.
        """
        self.guard.coming()
        self.call_next(self._paint_beside, message)

    async def _paint_beside(self, message: str) -> None:
        self.message = message
        try:
            place, content = await self._read_place()
            while place != self._place():
                place, content = await self._read_place()
        except PrismaError as error:
            self._show_unreadable(error)
        else:
            self._show(content)

    async def _read_place(self) -> tuple[tuple[Sequence[Item], int], Details | Content]:
        """What stands at the session's place, and which place that was: it may move while this is read."""
        place = self._place()
        return place, await asyncio.to_thread(self._read, *place)

    def _place(self) -> tuple[Sequence[Item], int]:
        return self.session.items, self.session.position

    def _show_unreadable(self, error: PrismaError) -> None:
        self._show(text_page(f"This {self.ITEM} could not be read.", self.UNREADABLE))
        self.show_error(f"The next {self.ITEM} could not be read", error)

    def _read(self, items: Sequence[Item], position: int) -> Details | Content:
        if position < len(items):
            return self.session.read_item(items[position])
        if self.session.narrowing is not None:
            return text_page(f"No other {self.ITEM} waits{_with(self.session)}.", f"Esc shows all {self.ITEM}s again.")
        return self.end_page(self.session.progress(len(items)))

    def _show(self, content: Details | Content) -> None:
        self.paintings += 1
        self.guard.coming()
        self.call_after_refresh(self._is_on_screen, self.session.current)
        self.item, self.content = self.session.current, content
        self.show_item(content)
        self._show_above()
        self.refresh_bindings()

    def _is_on_screen(self, item: Item | None) -> None:
        if item == self.item:
            self.guard.painted(None if item is None else self.session.identity(item), self.application.clock())

    @property
    def is_painted(self) -> bool:
        """Whether the item at which the session stands is on the screen."""
        return self.guard.is_painted

    def counts(self) -> bool:
        """Whether the answer that was pressed counts; one that does not is told."""
        sent = self.application.sent
        refusal = self.guard.too_fast(sent.key, sent.at)
        if refusal:
            self.tell(refusal)
            self.application.drop_what_was_sent()
        return not refusal

    def tell(self, words: str) -> None:
        """Say in the line of messages what happened to a key."""
        self.message = words
        self._show_above()

    def _show_above(self) -> None:
        self.query_one(ProgressHeading).show(self.session.progress())
        self.query_one("#standing", Static).update("" if self.details is None else self.position_text())
        message = self.message_text()
        self.query_one("#said", Static).update(Content.styled(message, message_style(message)))

    # Answering

    def change(self, failed: str, action: Callable[[], str]) -> None:
        """Do what may change the list, and paint what follows with the message that it returns; a refusal changes nothing."""
        try:
            message = action()
        except PrismaError as error:
            self.show_error(failed, error)
        else:
            self.paint(message)
            self.show_around()

    def answer(self, failed: str, action: Callable[[], str]) -> None:
        """Answer about the item on the screen; where the session has gone on to another, nothing is stored."""
        if self.details is None or not self.counts():
            return
        if self.session.current == self.item:
            self.change(failed, action)
        else:
            self.paint(f"the {self.ITEM}s have changed meanwhile; nothing was stored")

    def action_undo(self) -> None:
        """Take back the last answer and show its item again."""
        if self.counts():
            self.change("Nothing was taken back", self.take_back)

    # Going through the list

    def action_step(self, by: int) -> None:
        """Go to a neighbouring item."""
        self.session.step(by)
        self.paint()

    def action_scroll(self, lines: int) -> None:
        """Move the item by lines."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        """Move the item by pages."""
        view = self.query_one(VerticalScroll)
        view.scroll_relative(y=pages * max(1, view.size.height - 2), animate=False)

    # What happens elsewhere

    def come_back(self) -> None:
        """The list may have changed meanwhile."""
        self.guard.appeared(self.application.clock())
        self.action_reload()

    def action_reload(self, message: str = "") -> None:
        """Read the list anew in a thread; `message` is shown with it."""
        self.message = message
        self._newer.ask(self.session.list_items)

    def show_changes(self, changes: Changes) -> None:
        """Another may have settled the item, or brought a new one about."""
        if self.concerns(changes):
            # What is left out of a narrowed list is known only once the list is read whole.
            self._newer.ask(self.session.list_items if self.session.narrowing else self.session.list_items_again)

    def on_screen_resume(self) -> None:
        """Catch up on what could not be shown below a dialog."""
        if self._is_behind:
            self._is_behind = False
            self._newer.ask(self.session.list_items)

    def _read_newer(self, listing: _Listing[Item], _: Callable[[], bool]) -> _Newer[Item, Details]:
        paintings, whole = self.paintings, listing()
        items = self.session.narrowed(whole)
        position = self.session.position_in(items)
        return _Newer(paintings, items, position, self._read(items, position), len(whole) - len(items))

    def _take_newer(self, listing: _Listing[Item], newer: _Newer[Item, Details]) -> None:
        if not self.is_active:
            # A dialog asks about the item below it, which must not change before the answer.
            self._is_behind = True
        elif newer.paintings != self.paintings:
            self._newer.ask(listing)
        else:
            self.session.take(newer.items, newer.position)
            self.session.left_out = newer.left_out
            self.item = self.session.current
            # Whoever has scrolled an item that is as it was stays where they are.
            self._show_above() if newer.content == self.content else self._show(newer.content)
            self.show_around()

    def _not_read(self, error: PrismaError) -> None:
        if self.is_active:
            self.show_error(f"The {self.ITEM}s could not be read", error)
        else:
            self._is_behind = True


def _with(session: SettleSession[Any, Any, Any]) -> str:
    return f" with “{one_line(session.narrowing.where)}”" if session.narrowing else ""


def text_page(heading: str, *lines: str) -> Content:
    """A page of text in place of an item."""
    return Content.assemble((heading, "bold"), "\n\n", "\n".join(lines))
