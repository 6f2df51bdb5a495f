"""What each field says about a pair of records: it agrees, differs, is missing, or contradicts.

Symmetric and pure; no field knows of another, and none judges the pair (see `rules`).
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz

from prisma_tool.dedupe.judging.place import pages_agree
from prisma_tool.dedupe.normalise import Comparable

SAME_TITLE = 96.0
"""Ratio (0-100, order of words ignored) above which two titles are one title in two spellings."""
LIKE_TITLE = 88.0
SPELT_OTHERWISE = 80.0
UNLIKE_TITLE = 60.0
TELLING_WORDS = 4
"""A title of fewer words ("Editorial", "Acute leukaemia") proves nothing by itself."""


class Finding(StrEnum):
    """What one field says about a pair."""

    AGREES = "agrees"
    DIFFERS = "differs"
    MISSING = "missing"
    CONTRADICTS = "contradicts"


def field_findings(a: Comparable, b: Comparable, likeness: float) -> list[tuple[str, Finding]]:
    """The finding of every field, by name, in the order in which people are shown them."""
    return [
        ("DOI", _doi(a, b)),
        ("PMID", _identifier(a.pmid, b.pmid)),
        ("registry number", _registry(a, b)),
        ("title", _title(a, b, likeness)),
        ("authors", _authors(a, b)),
        ("year", _year(a.year, b.year)),
        ("journal", _journal(a.journal, b.journal)),
        ("volume", _volume(a, b)),
        ("issue", _issue(a, b)),
        ("first page", _page(a, b)),
    ]


def _identifier(a: str, b: str) -> Finding:
    if not (a and b):
        return Finding.MISSING
    return Finding.AGREES if a == b else Finding.CONTRADICTS


def _doi(a: Comparable, b: Comparable) -> Finding:
    # Under a supplement's DOI stands every title; one and the same is still one abstract.
    shared = a.doi == b.doi and (a.doi_shared or b.doi_shared) and a.squeezed != b.squeezed
    return Finding.MISSING if shared else _identifier(a.doi, b.doi)


def _plain(a: str, b: str) -> Finding:
    if not (a and b):
        return Finding.MISSING
    return Finding.AGREES if a == b else Finding.DIFFERS


def _volume(a: Comparable, b: Comparable) -> Finding:
    # Some exports write the year where the volume belongs.
    comparable = a.volume == b.volume or (a.volume != str(a.year) and b.volume != str(b.year))
    return _plain(a.volume, b.volume) if comparable else Finding.MISSING


def _page(a: Comparable, b: Comparable) -> Finding:
    agree = pages_agree(a.printed, b.printed)
    if agree is None:
        return Finding.MISSING
    if agree and (a.page_shared or b.page_shared):
        return Finding.MISSING
    return Finding.AGREES if agree else Finding.DIFFERS


def _issue(a: Comparable, b: Comparable) -> Finding:
    # Some exports write the page or article number where the issue belongs.
    return Finding.MISSING if a.issue == b.first_page or b.issue == a.first_page else _plain(a.issue, b.issue)


def _registry(a: Comparable, b: Comparable) -> Finding:
    if not (a.register_entry and b.register_entry and a.registry and b.registry):
        return Finding.MISSING
    # Each register's own number counts: one trial in two registers has two entries, linked by their secondary numbers.
    return Finding.AGREES if a.register_entry == b.register_entry else Finding.CONTRADICTS


def _title(a: Comparable, b: Comparable, likeness: float) -> Finding:
    if not (a.title and b.title):
        return Finding.MISSING
    if a.squeezed == b.squeezed:
        return Finding.AGREES
    if likeness < SAME_TITLE:
        return Finding.DIFFERS
    return Finding.AGREES if a.numbers == b.numbers else Finding.CONTRADICTS


def _authors(a: Comparable, b: Comparable) -> Finding:
    """Agreement of the first authors, or of half of the shorter list: databases swap given and family names and lose letters."""
    first, second = a.surname, b.surname
    if not (first and second):
        return Finding.MISSING
    similar = fuzz.ratio(first, second) >= LIKE_TITLE or (
        min(len(first), len(second)) >= TELLING_WORDS and _begins(first, second)
    )
    return Finding.AGREES if similar or _overlap(a.names, b.names) else Finding.DIFFERS


def _begins(a: str, b: str) -> bool:
    # Some exports run a whole list of names together: "rada isabel deldicque louise".
    return a.startswith(b) or b.startswith(a)


def _overlap(a: frozenset[str], b: frozenset[str]) -> bool:
    shared, fewest = len(a & b), min(len(a), len(b))
    return shared > 0 and 2 * shared >= fewest


def _year(a: int | None, b: int | None) -> Finding:
    if a is None or b is None:
        return Finding.MISSING
    # Electronic and printed dates of one paper lie up to a year apart.
    return Finding.AGREES if abs(a - b) <= 1 else Finding.DIFFERS


def _journal(a: str, b: str) -> Finding:
    if not (a and b):
        return Finding.MISSING
    return Finding.AGREES if a == b or abbreviates(a, b) or abbreviates(b, a) else Finding.DIFFERS


_SMALL_WORDS = frozenset(
    "of the and for in on de la und der et a an fur im zur des den del della y e do da dos du le les per".split()
)


@lru_cache(maxsize=100_000)
def abbreviates(short: str, long: str) -> bool:
    """True where `short` is made of beginnings of all telling words of `long`, in order: "n engl j med", "jthoraccardiovascsurg"."""
    words = [word for word in long.split() if word not in _SMALL_WORDS]
    letters = "".join(word for word in short.split() if word not in _SMALL_WORDS)
    return bool(words) and len(letters) >= len(words) and letters[0] == words[0][0] and _made_of(letters, words)


def _made_of(letters: str, words: list[str]) -> bool:
    if not words:
        return not letters
    longest = next(
        (n for n, (x, y) in enumerate(zip(letters, words[0], strict=False)) if x != y), min(len(letters), len(words[0]))
    )
    return any(_made_of(letters[n:], words[1:]) for n in range(longest, 0, -1))


def contained(a: Comparable, b: Comparable) -> bool:
    """True where one title is the other without its subtitle; words before a title ("Comment on ...") make it another."""
    short, long = sorted((a.words, b.words), key=len)
    return len(short) >= TELLING_WORDS and long[: len(short)] == short
