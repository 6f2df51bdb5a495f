"""Where text may be broken into lines.

Between Chinese characters a line may be broken anywhere, save before a closing mark and behind an opening one. Invariant: a no-break space is never a place to break unless the word alone is wider than the line; no letter is lost, and an accent
stays with its letter. How wide text is, is for the caller to measure (`faces.FontSet.width`, `terminal.cells`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

NO_BREAK = "\u00a0"
_JOINTS = frozenset("-/_.,;:|")
"""Behind these a word that is too long for a line is cut rather than elsewhere."""

_WIDE = frozenset({"W", "F"})
_NEVER_FIRST = frozenset("\uff0c\u3002\u3001\uff1a\uff1b\uff01\uff1f\uff09\u300b\u300d\u300f\u3011\u201d\u2019*\u2020,:;.)")
_NEVER_LAST = frozenset("\uff08\u300a\u300c\u300e\u3010\u201c\u2018(")

Measure = Callable[[str], float]


def wrap(text: str, width: float, measure: Measure, hang: float = 0) -> tuple[str, ...]:
    """`text` in lines no wider than `width` by `measure`; the second and later lines are narrower by `hang`.

    `width`, `hang` and what `measure` gives are in one unit, whichever it is. Breaks at plain spaces, and in a word that is too long for a line of its own behind a hyphen or slash, else between any letters.
    No-break spaces come out as plain ones.
    """
    lines: list[str] = []
    current = ""
    for piece, space in _pieces(text, width, hang, measure):
        longer = f"{current}{space}{piece}" if current else piece
        if current and (space is None or measure(longer) > width - (hang if lines else 0)):
            lines.append(current)
            current = piece
        else:
            current = longer
    return tuple(line.replace(NO_BREAK, " ") for line in (*lines, current))


def _pieces(text: str, width: float, hang: float, measure: Measure) -> Iterator[tuple[str, str | None]]:
    """The words of `text`, cut where one is wider than a line; and what stands between a piece and that before, None for a new line.

    Only the first word may be as wide as the first line.
    """
    for number, word in enumerate(text.split(" ")):
        for place, part in enumerate(_parts(word)):
            fits = measure(part) <= width - (hang if number or place else 0)
            pieces = (part,) if fits else _cut(part, width - hang, measure)
            between = "" if place else " "
            yield from ((piece, None if index else between) for index, piece in enumerate(pieces))


def _may_part(before: str, letter: str) -> bool:
    """Whether a line may end between a character and the next letter, of which one is Chinese."""
    chinese = is_wide(before) or is_wide(letter[0])
    return chinese and letter not in _NEVER_FIRST and before not in _NEVER_LAST


def is_wide(character: str) -> bool:
    """Whether a character is a Chinese one, or set like one: as wide as it is high."""
    return unicodedata.east_asian_width(character) in _WIDE


def _parts(word: str) -> Iterator[str]:
    """The parts between which a word may be broken: Chinese characters, and what stands between them."""
    if word.isascii():
        yield word
        return
    current = ""
    for letter in _letters(word):
        if current and _may_part(current[-1], letter):
            yield current
            current = ""
        current += letter
    yield current


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
