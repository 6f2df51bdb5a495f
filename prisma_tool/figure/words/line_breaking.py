"""Where text may be broken into lines.

Invariant: a no-break space is never a place to break unless the word alone is wider than the line; no letter is lost, and an accent
stays with its letter. How wide text is, is for the caller to measure (`faces.FontSet.width`, `terminal.cells`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

NO_BREAK = "\u00a0"
_JOINTS = frozenset("-/_.,;:|")
"""Behind these a word that is too long for a line is cut rather than elsewhere."""

Measure = Callable[[str], float]


def wrap(text: str, width: float, measure: Measure, hang: float = 0) -> tuple[str, ...]:
    """`text` in lines no wider than `width` by `measure`; the second and later lines are narrower by `hang`.

    `width`, `hang` and what `measure` gives are in one unit, whichever it is. Breaks at plain spaces, and in a word that is too long for a line of its own behind a hyphen or slash, else between any letters.
    No-break spaces come out as plain ones.
    """
    lines: list[str] = []
    current = ""
    for piece, begins in _pieces(text, width, hang, measure):
        longer = f"{current} {piece}" if current else piece
        if current and (not begins or measure(longer) > width - (hang if lines else 0)):
            lines.append(current)
            current = piece
        else:
            current = longer
    return tuple(line.replace(NO_BREAK, " ") for line in (*lines, current))


def _pieces(text: str, width: float, hang: float, measure: Measure) -> Iterator[tuple[str, bool]]:
    """The words of `text`, cut where one is wider than a line; and whether a piece begins a word, for others need their own line.

    Only the first word may be as wide as the first line.
    """
    for number, word in enumerate(text.split(" ")):
        fits = measure(word) <= width - (hang if number else 0)
        pieces = (word,) if fits else _cut(word, width - hang, measure)
        yield from ((piece, index == 0) for index, piece in enumerate(pieces))


def _cut(word: str, width: float, measure: Measure) -> Iterator[str]:
    current: list[str] = []
    for letter in _letters(word):
        if current and measure("".join(current) + letter) > width:
            stay = _joint(current)
            yield "".join(current[:stay])
            current = [*current[stay:], letter]
        else:
            current.append(letter)
    yield "".join(current)


def _joint(letters: list[str]) -> int:
    """How many of `letters` stay on the line: up to the last joint behind its first quarter, else all."""
    joints = (position + 1 for position in range(len(letters) - 1, len(letters) // 4, -1) if letters[position] in _JOINTS)
    return next(joints, len(letters))


def _letters(word: str) -> Iterator[str]:
    """Characters with the accents that belong to them."""
    current = ""
    for character in word:
        if current and not unicodedata.combining(character):
            yield current
            current = ""
        current += character
    yield current
