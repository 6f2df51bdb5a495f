"""Finding the protocol's highlight terms in running text. Pure.

A term is a word, a stem with `*`, or a phrase of several words, in quotation marks or not; matches are whole words, whatever the
case, and a blank or hyphen in a term meets either in the text. Invariant: marks never overlap and lie within the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_APART = re.compile(r"[\s\-‐‑‒–]+")
_QUOTES = "\"'“”„«»"
_GAP = r"[\s\-‐‑‒–]+"


class HighlightKind(StrEnum):
    """Whether a term speaks for or against a record."""

    INCLUDE = "include"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class HighlightTerm:
    """A term as the protocol writes it, ready to be looked for."""

    text: str
    lean: HighlightKind
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class HighlightMatch:
    """Where a term occurs: `text[start:end]`."""

    start: int
    end: int
    term: HighlightTerm


def terms(include: Iterable[str], exclude: Iterable[str]) -> tuple[HighlightTerm, ...]:
    """The protocol's two lists of terms; those without a letter or digit, like a lone `*`, would mark everything and are left out."""
    pairs = [*((text, HighlightKind.INCLUDE) for text in include), *((text, HighlightKind.EXCLUDE) for text in exclude)]
    return tuple(HighlightTerm(text, lean, _pattern(text)) for text, lean in pairs if any(map(str.isalnum, text)))


def _pattern(text: str) -> re.Pattern[str]:
    words = [word for word in _APART.split(text.strip().strip(_QUOTES)) if word]
    return re.compile(rf"(?<!\w){_GAP.join(map(_word, words))}(?!\w)", re.IGNORECASE)


def _word(word: str) -> str:
    return r"\w*".join(re.escape(part) for part in re.split(r"\*+", word))


def marks(text: str, wanted: Iterable[HighlightTerm]) -> list[HighlightMatch]:
    """Occurrences in their order; where several overlap, the one that begins first and then the longest is kept."""
    matches = [HighlightMatch(match.start(), match.end(), term) for term in wanted for match in term.pattern.finditer(text)]
    kept: list[HighlightMatch] = []
    for mark in sorted(matches, key=lambda mark: (mark.start, -mark.end)):
        if mark.start < mark.end and (not kept or mark.start >= kept[-1].end):
            kept.append(mark)
    return kept


def tally(matches: Iterable[HighlightMatch]) -> list[tuple[HighlightTerm, int]]:
    """How often each term occurs, in the order of first sight."""
    return list(Counter(mark.term for mark in matches).items())
