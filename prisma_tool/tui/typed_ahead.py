"""Keys that come faster than the screens they are meant for: a reviewer types `E3` or a note, and over a network all of it comes at once.

Invariant: a key typed while a dialog is on its way reaches that dialog, in the order of typing, as soon as it can take keys; none is
taken for a key of the screen below, and none is lost.
"""

from __future__ import annotations

from collections import deque

from textual import events
from textual.app import App
from textual.screen import ModalScreen, Screen

_REMEMBERED = 64
"""Keys on their way at a time: a terminal's read is rarely longer, and what is typed into a field never comes back to the application."""


class TypedAhead(App[None]):
    """An application that keeps what is typed ahead."""

    def __init__(self) -> None:
        super().__init__()
        self._under_way: deque[tuple[events.Key, Screen[object]]] = deque(maxlen=_REMEMBERED)
        self._kept: list[events.Key] = []

    async def on_event(self, event: events.Event) -> None:
        """Keep a key until the dialog that it is meant for can take it."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self._kept or not _takes_keys(self.screen):
                self._keep(event)
                return
            self._under_way.append((event, self.screen))
        await super().on_event(event)

    def on_key(self, event: events.Key) -> None:
        """A key that no widget wanted comes back; where a dialog has opened since it was sent, the dialog was meant."""
        sent_to = next((screen for sent, screen in self._under_way if sent is event), self.screen)
        if sent_to is not self.screen and isinstance(self.screen, ModalScreen):
            event.prevent_default()
            self._keep(event)

    def _keep(self, event: events.Key) -> None:
        self._kept.append(event)
        if len(self._kept) == 1:
            self.screen.call_after_refresh(self.call_later, self._type_on)

    async def _type_on(self) -> None:
        typed = sorted(self._kept, key=lambda event: event.time)
        self._kept.clear()
        for event in typed:
            again = events.Key(event.key, event.character)
            self._under_way.append((again, self.screen))
            await super().on_event(again)


def _takes_keys(screen: Screen[object]) -> bool:
    """A dialog takes keys once what it asks with has the focus; a place is never waited for."""
    return not isinstance(screen, ModalScreen) or (screen.is_mounted and (screen.focused is not None or not screen.focus_chain))
