"""How a cell looks, and what must be sent so that a terminal goes over from one look to another. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.style import Style
from textual.strip import Strip

_OFF = {
    "1": "22",
    "2": "22",
    "3": "23",
    "4": "24",
    "5": "25",
    "6": "25",
    "7": "27",
    "8": "28",
    "9": "29",
    "21": "24",
    "51": "54",
    "52": "54",
    "53": "55",
}
"""What ends each attribute."""
_ON_LETTERS_ONLY = frozenset("123")
"""Bold, dim and italic cannot be seen where there is no letter."""
_INDEXED, _DIRECT = "5", "2"
_OWN_FOREGROUND, _OWN_BACKGROUND = "39", "49"


class Appearance(NamedTuple):
    """Attributes, colours and link of a cell, as a terminal is asked for them; an empty colour is the terminal's own."""

    attributes: frozenset[str] = frozenset()
    foreground: str = ""
    background: str = ""
    link: str = ""


PLAIN = Appearance()


@lru_cache(maxsize=4096)
def appearance_of(style: Style | None, colours: ColorSystem) -> Appearance:
    """The look that a style has in a terminal with so many colours."""
    if style is None:
        return PLAIN
    attributes, foreground, background = set[str](), "", ""
    for code in _codes(Strip.render_ansi(style, colours)):
        if code.startswith(("3", "9")) and len(code) > 1:
            foreground = code
        elif code.startswith(("4", "10")) and len(code) > 1:
            background = code
        else:
            attributes.add(code)
    # A link without a name of its own is parted from its neighbours by the number that Rich gave it.
    link = f"id={style._link_id};{style._link}" if style.link else ""  # noqa: SLF001 - Rich has no public word for the number
    return Appearance(frozenset(attributes), _unless(foreground, _OWN_FOREGROUND), _unless(background, _OWN_BACKGROUND), link)


def _codes(ansi: str) -> Iterator[str]:
    """The codes of a sequence, those of a colour together."""
    numbers = iter(ansi.split(";") if ansi else ())
    for number in numbers:
        if number in {"38", "48"}:
            kind = next(numbers)
            rest = [next(numbers) for _ in range({_INDEXED: 1, _DIRECT: 3}[kind])]
            yield ";".join([number, kind, *rest])
        else:
            yield number


def _unless(code: str, own: str) -> str:
    return "" if code == own else code


@lru_cache(maxsize=4096)
def of_blank(look: Appearance) -> Appearance:
    """The look of a space: nothing but its background can be seen, unless it is underlined, reversed or the like."""
    if look.link or not look.attributes <= _ON_LETTERS_ONLY:
        return look
    return Appearance(background=look.background)


@lru_cache(maxsize=4096)
def shows_blank(pen: Appearance, blank: Appearance) -> bool:
    """Whether a space that is written with this look is seen as the blank that is wanted."""
    return of_blank(pen) == blank


@lru_cache(maxsize=4096)
def change(before: Appearance, after: Appearance) -> str:
    """What is to be sent so that what follows looks so."""
    return _colours(before, after) + _link(before, after)


def _colours(before: Appearance, after: Appearance) -> str:
    ended = sorted({_OFF[one] for one in before.attributes - after.attributes})
    # One code ends bold and dim alike: after an end, all that is to stay is asked for again.
    codes = [*ended, *sorted(after.attributes if ended else after.attributes - before.attributes)]
    if before.foreground != after.foreground:
        codes.append(after.foreground or _OWN_FOREGROUND)
    if before.background != after.background:
        codes.append(after.background or _OWN_BACKGROUND)
    if not codes:
        return ""
    return "\x1b[m" if after[:3] == PLAIN[:3] else f"\x1b[{';'.join(codes)}m"


def _link(before: Appearance, after: Appearance) -> str:
    return "" if before.link == after.link else f"\x1b]8;{after.link or ';'}\x1b\\"
