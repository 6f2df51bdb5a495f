"""Keys and colours that a person chose, checked before the application starts.

Invariant: no screen is left with two actions on one key, and none without a key for what it must offer.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from textual.binding import Binding

from prisma_tool.errors import UsageError
from prisma_tool.model.text import one_line
from prisma_tool.review.user_settings import Settings
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.frame.place_table import PAGES, PLACES, screen_class

_UNDO_ELSEWHERE = ("duplicates.undo", "studies.undo", "conflicts.undo", "activity.undo")
PRESETS: Mapping[str, Mapping[str, str]] = {
    "rayyan": {"screening.maybe": "u,m", "screening.undo": "U"} | dict.fromkeys(_UNDO_ELSEWHERE, "U"),
    "usual": {},
}
"""Sets of keys by the names that the settings give them: `u` is *undecided* in Rayyan, and so maybe here, and never takes back."""


def checked_theme(settings: Settings, known: Collection[str], usual: str) -> str:
    """The theme to begin with.

    Raises:
        UsageError: there is no theme of this name.
    """
    if settings.theme and settings.theme not in known:
        raise UsageError(
            f"{settings.path}: there is no theme '{one_line(settings.theme)}'; there are {', '.join(sorted(known))}."
        )
    return settings.theme or usual


def checked_keys(settings: Settings) -> dict[str, str]:
    """The chosen keys by the ids of their bindings: those of the set that the settings name, and what they say of single ones.

    Raises:
        UsageError: a set that there is not, an id that no binding has, or a key that would stand for two things in one place.
    """
    if settings.preset and settings.preset not in PRESETS:
        raise UsageError(f"{settings.path}: there are no keys '{one_line(settings.preset)}'; there are {', '.join(PRESETS)}.")
    settings = replace(settings, keys={**PRESETS[settings.preset or "usual"], **settings.keys})
    if not settings.keys:
        # Only chosen keys are ever refused; without any, the screens of all places need not be imported.
        return {}
    shown = [*((place.title, place.screen_class()) for place in PLACES), *((title, screen_class(page)) for title, page in PAGES)]
    screens = [(title, list(_bindings(screen))) for title, screen in shown]
    going = [Binding(place.key, "", place.title, id=f"go.{place.name}") for place in PLACES]
    _refuse_unknown(settings, {str(one.id) for _, bindings in [*screens, ("", going)] for one in bindings})
    for title, bindings in screens:
        _refuse_clash(settings, title, [*bindings, *going])
    return dict(settings.keys)


def _bindings(screen: type[PlaceScreen]) -> Iterator[Binding]:
    return (binding for _, group in screen.KEYS for binding in group)


def _refuse_unknown(settings: Settings, known: set[str]) -> None:
    for name in settings.keys:
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), 1)
            hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(sorted(known))}."
            raise UsageError(f"{settings.path}: [keys] {one_line(name)} is no action of the application. {hint}")


def _refuse_clash(settings: Settings, title: str, bindings: list[Binding]) -> None:
    taken: dict[str, Binding] = {}
    for binding in bindings:
        for key in _keys_of(binding, settings.keys):
            other = taken.setdefault(key, binding)
            # Two lists of one place may share a key as delivered: the one that has the focus takes it.
            if other.id != binding.id and {other.id, binding.id} & settings.keys.keys():
                raise UsageError(
                    f"{settings.path}: [keys] in {title}, the key {one_line(key)} would stand for both {other.id} and {binding.id}."
                )


def _keys_of(binding: Binding, chosen: Mapping[str, str]) -> list[str]:
    return [key.strip() for key in chosen.get(binding.id or "", binding.key).split(",")]
