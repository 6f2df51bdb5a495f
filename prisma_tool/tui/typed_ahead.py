"""What is sent faster than the screen follows: a reviewer types `E3` or a note, and over a network all of it comes in one read.

Invariants: one key, click or paste is taken at a time, and the next only when the screen has settled after it. What was sent before a
dialog or a field that a key opened is meant for that dialog or field, and reaches it in the order of typing; what was sent before
anything else came on the screen was meant for what is gone, and does nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any
from weakref import WeakSet

from textual import events
from textual.app import ScreenStackError
from textual.await_complete import AwaitComplete
from textual.message_pump import MessagePump
from textual.screen import ModalScreen, Screen
from textual.widget import AwaitMount, Widget
from textual.widgets import Input, TextArea

from prisma_tool.tui.file_drops import FileDrops
from prisma_tool.tui.frame.application import Sent
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.widgets.seen_first import SeenFirst
from prisma_tool.tui.widgets.title_line import RUN
from prisma_tool.tui.words.hint import PRESS

_SENT = (events.Key, events.Paste, events.MouseDown, events.MouseUp)
_AT_ONCE = frozenset({"ctrl+q", "ctrl+c"})
"""Keys that wait for nothing: whoever wants to leave a program that hangs must be able to."""
_ROUNDS, _PAUSE = 200, 0.005
"""How often it is looked whether a dialog has its focus or a record is painted, and the seconds between."""
_LOOK_AGAIN = 0.05


@dataclass(frozen=True, slots=True)
class Scene:
    """What takes the keys: the screen on top, and the field in it that is being written in."""

    screen: Screen[object]
    field: Widget | None


class TypedAhead(FileDrops):
    """An application in which everything that is sent is bound to what the screen showed. `clock` is that of the events' times."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        super().__init__()
        self.clock = clock
        self.sent = Sent("", inf)
        self._waiting: deque[events.Event] = deque()
        self._going_on: asyncio.Task[None] | None = None
        self._let_through: events.Event | None = None
        self._scene: Scene | None = None
        self._since = self._void_until = -inf
        self._seen: WeakSet[Screen[object]] = WeakSet()
        self._is_mouse_void = self._is_told = False

    async def on_click(self, event: events.Click) -> None:
        """Press the key, or run the action, that the text under the pointer stands for."""
        meta = event.style.meta
        if PRESS in meta:
            self.simulate_key(str(meta[PRESS]))
        elif RUN in meta:
            await self.run_action(str(meta[RUN]))

    async def at_rest(self) -> None:
        """Wait until everything that was sent has been taken and the screen has settled."""
        while self._going_on is not None:
            await self._going_on

    async def on_event(self, event: events.Event) -> None:
        """Take what was sent where nothing is under way; else it waits for its turn."""
        if not isinstance(event, _SENT) or event.is_forwarded:
            await super().on_event(event)
            if isinstance(event, (events.AppFocus, events.AppBlur)):
                self._settle_later()
        elif event is self._let_through or (isinstance(event, events.Key) and event.key in _AT_ONCE):
            self._let_through = None
            await super().on_event(event)
        elif self._going_on is not None:
            self._waiting.append(event)
        else:
            self._settle_later()
            if self._scene is None or self._scene == self._present():
                await self._take(event)
            else:
                self._waiting.append(event)

    async def _take(self, event: events.Event) -> None:
        if self._is_meant(event):
            self.sent = Sent(event.key if isinstance(event, events.Key) else "", event.time)
            await super().on_event(event)

    def watch_app_focus(self, focus: bool) -> None:
        """Let a dialog that came while another window had the keyboard take the keys once somebody is back."""
        if focus and self.screen.focused is None:
            self.screen._update_auto_focus()  # noqa: SLF001 - Textual does it only for a screen that comes while the window is in use

    def simulate_key(self, key: str) -> None:
        """Press a key for somebody who clicked on it: it was sent when the click was."""
        event = events.Key(key, None)
        event.time = min(event.time, self.sent.at)
        self.post_message(event)

    def drop_what_was_sent(self) -> None:
        """A key was refused: what arrived until now was sent in the belief that it counts, and does nothing either."""
        self._void_until, self._is_told = self.clock(), True

    def dropped(self) -> None:
        """Called when something that was sent did nothing, once for all that was sent before the same change."""

    def _is_meant(self, event: events.Event) -> bool:
        if isinstance(event, events.MouseUp):
            return not self._is_mouse_void
        if isinstance(event, events.MouseDown):
            self._is_mouse_void = event.time < max(self._since, self._void_until)
            meant = not self._is_mouse_void
        else:
            meant = event.time >= self._void_until
        if not meant and not self._is_told:
            self._is_told = True
            self.dropped()
        return meant

    # Settling

    def push_screen(self, *arguments: Any, **options: Any) -> Any:
        """Show a screen over what is shown, and note when it is there."""
        self._settle_later()
        return super().push_screen(*arguments, **options)

    def pop_screen(self) -> AwaitComplete:
        """Take the topmost screen away, and note when what lies below it is back."""
        self._settle_later()
        return super().pop_screen()

    def switch_mode(self, mode: str) -> AwaitMount:
        """Go to a place, and note when it is there."""
        self._settle_later()
        return super().switch_mode(mode)

    def _settle_later(self) -> None:
        if self._going_on is None:
            self._going_on = asyncio.create_task(self._go_on(), name="what was typed ahead")

    async def _go_on(self) -> None:
        """Settle, then take what waits, one after the other."""
        try:
            await self._settle()
            while self._waiting and self.is_running:
                self._let_through = event = self._waiting.popleft()
                if self._is_meant(event):
                    self.sent = Sent(event.key if isinstance(event, events.Key) else "", event.time)
                    self.post_message(event)
                    await self._settle()
        except ScreenStackError:
            # The application is ending.
            self._waiting.clear()
        except Exception as error:  # noqa: BLE001 - shown as Textual shows what fails in its own tasks
            self._handle_exception(error)
        finally:
            self._going_on = None

    async def _settle(self) -> None:
        """Wait until all that the last event led to has happened: dialogs opened, the focus moved, a record painted."""
        before: Scene | None = None
        for _ in range(_ROUNDS):
            if self._present() == before and not _is_ready(self.screen):
                # A record is being read, or a dialog mounted: asking all the queues meanwhile would only slow that down.
                await asyncio.sleep(_PAUSE)
                continue
            await self._all_answered()
            scene = self._present()
            if scene == before and _is_ready(scene.screen):
                break
            before = scene
        if self._present() != self._scene:
            await self._answered(self.screen, self.screen.call_after_refresh)
            self._enter(self._present())

    def _present(self) -> Scene:
        focused = self.focused
        return Scene(self.screen, focused if isinstance(focused, (Input, TextArea)) else None)

    def _enter(self, scene: Scene) -> None:
        """From now on this is on the screen."""
        is_opened = self._scene is not None and self._is_opened(scene)
        self._scene, self._since = scene, self.clock()
        self._seen.add(scene.screen)
        if not is_opened:
            self._void_until, self._is_told = self._since, False

    def _is_opened(self, scene: Scene) -> bool:
        """Whether a key opened it to be typed into: a field of the same screen, or a dialog that was not there before."""
        if self._scene is not None and scene.screen is self._scene.screen:
            return scene.field is not None
        return (
            isinstance(scene.screen, ModalScreen) and not isinstance(scene.screen, SeenFirst) and scene.screen not in self._seen
        )

    async def _all_answered(self) -> None:
        """Wait until whatever stands in the queues from the focus up to the application has been dealt with."""
        for pump in [*(self.focused or self.screen).ancestors_with_self, self, self.screen]:
            await self._answered(pump, pump.call_later)

    async def _answered(self, pump: MessagePump, call: Callable[[Callable[[], None]], bool]) -> None:
        """Wait until a widget or screen gets to a call; one that has gone is not waited for."""
        reached = asyncio.Event()
        there = call(reached.set)
        while there and not reached.is_set():
            try:
                await asyncio.wait_for(reached.wait(), _LOOK_AGAIN)
            except TimeoutError:
                there = not self._exit and (pump is self or pump in (self.focused or self.screen).ancestors_with_self)


def _is_ready(screen: Screen[object]) -> bool:
    """A place is ready once its record is painted, a dialog once what it asks with has the focus."""
    if isinstance(screen, PlaceScreen):
        return screen.is_painted
    return not isinstance(screen, ModalScreen) or (screen.is_mounted and (screen.focused is not None or not screen.focus_chain))
