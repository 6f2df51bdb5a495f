"""The keys of the screen in its last line.

Invariants: a footer holds the keys that it shows and none that it showed before, however often its screen is left and come back to; it
shows as many as there is room for, the most used first, and on every width those by which one gets on from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

_EVERYWHERE = "place."
"""How the ids of the keys begin that every place has."""
_MOVING = ("down", "up", "page-down", "page-up", "first", "last", "top", "end")
"""How the ids of the keys end by which one moves: whoever needs to read of them has arrows."""
_AROUND = 2
"""Blanks of a key: between it and its name, and after that."""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """What a screen says of its keys as things stand; keys go by the ids of their bindings."""

    next_places: Sequence[str] = ()
    """The keys to the places that come next, named right after those that are always named."""
    most_used: Sequence[str] = ()
    """Keys that are named before all others where there is room, the most used first."""
    names: Mapping[str, str] = field(default_factory=dict)
    """What some keys do as things stand, where that has a name of its own."""

    def name(self, binding: Binding) -> str:
        """What a key does."""
        return self.names.get(binding.id or "", binding.description)


@dataclass(frozen=True, slots=True)
class ShownKey:
    """All that is shown of one key."""

    key: str
    display: str
    name: str
    action: str
    is_disabled: bool
    tooltip: str


class KeyFooter(Footer):
    """Textual's footer, compact and without the key of the palette."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)
        self._filled = 0
        self._shown: list[ShownKey] = []

    def compose(self) -> ComposeResult:
        """As many keys as fit."""
        self._shown = self._fitting_now()
        for one in self._shown:
            # Compact as the footer is, always: Textual's own footer has each key watch whether it still is, and keeps what watches.
            yield FooterKey(one.key, one.display, one.name, one.action, one.is_disabled, one.tooltip, classes="-compact")

    def _fitting_now(self) -> list[ShownKey]:
        if not self._bindings_ready:
            return []
        self._filled = self.screen.size.width
        use = self._use
        fit = fitting(list(self._offered(use)), self._filled - _AROUND, lambda one: self._width_of(one, use), use)
        return [self._as_shown(one, use) for one in fit]

    @property
    def _use(self) -> KeyUse:
        return cast("Callable[[], KeyUse]", getattr(self.screen, "key_use", KeyUse))()

    def _offered(self, use: KeyUse) -> Iterator[ActiveBinding]:
        """The keys that are of use now, each action once."""
        is_useful = cast("Callable[[str], bool]", getattr(self.screen, "is_useful", lambda _: True))
        actions = set[str]()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            of_this_screen = active.node is self.screen and binding.id and binding.description
            is_own = binding.show or of_this_screen or binding.id in use.next_places
            if is_own and binding.action not in actions and is_useful(binding.action):
                actions.add(binding.action)
                yield active

    def _width_of(self, active: ActiveBinding, use: KeyUse) -> int:
        return len(self.app.get_key_display(active.binding)) + len(use.name(active.binding)) + _AROUND

    def _as_shown(self, active: ActiveBinding, use: KeyUse) -> ShownKey:
        binding = active.binding
        display = self.app.get_key_display(binding)
        return ShownKey(binding.key, display, use.name(binding), binding.action, not active.enabled, active.tooltip)

    def on_resize(self, event: events.Resize) -> None:
        """Another width has room for more keys, or for fewer."""
        if self._bindings_ready and event.size.width and self.screen.size.width != self._filled:
            self.call_after_refresh(self.recompose)

    async def recompose(self) -> None:
        """Show the keys of now in place of those that were shown, where they differ.

        Textual asks for this whenever the focus moves or the screen changes, and mostly the same keys are of use after that.
        """
        if self.is_attached and self._shown != self._fitting_now():
            await super().recompose()


def fitting(
    offered: Sequence[ActiveBinding], width: int, width_of: Callable[[ActiveBinding], int], use: KeyUse
) -> list[ActiveBinding]:
    """The keys for so many cells: the place's own in their order, then those that are shown where there is room, then those of every place."""
    everywhere = [one for one in offered if one.binding.show and _is_everywhere(one)]
    own = sorted((one for one in offered if one not in everywhere), key=lambda one: _rank(one, use))
    room = width - sum(map(width_of, everywhere))
    chosen = []
    for one in own:
        room -= width_of(one)
        if room < 0:
            break
        chosen.append(one)
    return [*chosen, *everywhere]


def _rank(active: ActiveBinding, use: KeyUse) -> tuple[int, int]:
    """Less for what is shown rather: sorting leaves the order of the place's table within a rank."""
    name = active.binding.id or ""
    if active.binding.show:
        return (0, 0)
    for rank, names in enumerate((use.next_places, use.most_used), 1):
        if name in names:
            return (rank, names.index(name))
    return (5 if name.rpartition(".")[2] in _MOVING else 4 if _is_everywhere(active) else 3, 0)


def _is_everywhere(active: ActiveBinding) -> bool:
    return (active.binding.id or "").startswith(_EVERYWHERE)
