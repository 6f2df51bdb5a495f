"""Do two records describe the same report? A verdict with a named finding for every field.

Symmetric: `compare(a, b) == compare(b, a)`. A false merge loses a study without a trace, a missed duplicate costs a minute: so
contradicting identifiers are never overruled by likeness, and doubt goes to a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from prisma_tool.dedupe.normalise import Comparable
from prisma_tool.model.vocabulary import DuplicateVerdict

SAME_TITLE = 96.0
"""Ratio (0-100, order of words ignored) above which two titles are one title in two spellings."""
LIKE_TITLE = 88.0
UNLIKE_TITLE = 60.0
PLACES = 3
"""Journal, volume and first page."""
TELLING_WORDS = 4
"""A title of fewer words ("Editorial", "Acute leukaemia") proves nothing by itself."""


class Finding(StrEnum):
    """What one field says about a pair."""

    AGREES = "agrees"
    DIFFERS = "differs"
    MISSING = "missing"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict on a pair, the rule that gave it, and each field's finding."""

    verdict: DuplicateVerdict
    rule: str
    findings: tuple[tuple[str, Finding], ...]
    likeness: float

    @property
    def reason(self) -> str:
        """The rule and the fields in words, as shown to people."""
        said = ", ".join(f"{name} {finding}" for name, finding in self.findings if finding is not Finding.MISSING)
        return f"{self.rule} ({said}; title likeness {self.likeness:.0f} of 100)"


def compare(a: Comparable, b: Comparable) -> Comparison:
    """Judge one pair."""
    likeness = _likeness(a, b)
    findings = _findings(a, b, likeness)
    verdict, rule = _judge(a, b, dict(findings), likeness)
    return Comparison(verdict, rule, tuple(findings), likeness)


def _likeness(a: Comparable, b: Comparable) -> float:
    if not (a.title and b.title):
        return 0.0
    return 100.0 if a.squeezed == b.squeezed else fuzz.token_sort_ratio(a.title, b.title)


def _findings(a: Comparable, b: Comparable, likeness: float) -> list[tuple[str, Finding]]:
    return [
        ("DOI", _identifier(a.doi, b.doi)),
        ("PMID", _identifier(a.pmid, b.pmid)),
        ("registry number", _registry(a, b)),
        ("title", _title(a, b, likeness)),
        ("authors", _authors(a, b)),
        ("year", _year(a.year, b.year)),
        ("journal", _journal(a.journal, b.journal)),
        ("volume", _plain(a.volume, b.volume)),
        ("first page", _plain(a.first_page, b.first_page)),
    ]


def _identifier(a: str, b: str) -> Finding:
    if not (a and b):
        return Finding.MISSING
    return Finding.AGREES if a == b else Finding.CONTRADICTS


def _plain(a: str, b: str) -> Finding:
    if not (a and b):
        return Finding.MISSING
    return Finding.AGREES if a == b else Finding.DIFFERS


def _registry(a: Comparable, b: Comparable) -> Finding:
    if not (a.register_entry and b.register_entry):
        return Finding.MISSING
    return Finding.AGREES if a.registry & b.registry else Finding.CONTRADICTS


def _title(a: Comparable, b: Comparable, likeness: float) -> Finding:
    if not (a.title and b.title):
        return Finding.MISSING
    if likeness < SAME_TITLE:
        return Finding.DIFFERS
    return Finding.AGREES if a.numbers == b.numbers else Finding.CONTRADICTS


def _authors(a: Comparable, b: Comparable) -> Finding:
    if not (a.surnames and b.surnames):
        return Finding.MISSING
    first = fuzz.ratio(a.surnames[0], b.surnames[0]) >= LIKE_TITLE or a.surnames[0] in b.surnames or b.surnames[0] in a.surnames
    return Finding.AGREES if first else Finding.DIFFERS


def _year(a: int | None, b: int | None) -> Finding:
    if a is None or b is None:
        return Finding.MISSING
    # Electronic and printed dates of one paper lie up to a year apart.
    return Finding.AGREES if abs(a - b) <= 1 else Finding.DIFFERS


def _journal(a: str, b: str) -> Finding:
    if not (a and b):
        return Finding.MISSING
    return Finding.AGREES if a == b or _abbreviates(a, b) or _abbreviates(b, a) else Finding.DIFFERS


_SMALL_WORDS = frozenset(("of", "the", "and", "for", "in", "on", "de", "la", "und", "der", "et"))


def _abbreviates(short: str, long: str) -> bool:
    """True where each word of `short` begins the next matching word of `long`: "n engl j med" for "new england journal of..."."""
    words = [word for word in long.split() if word not in _SMALL_WORDS]
    parts = [word for word in short.split() if word not in _SMALL_WORDS]
    return (
        bool(parts) and len(parts) <= len(words) and all(word.startswith(part) for part, word in zip(parts, words, strict=False))
    )


def _judge(a: Comparable, b: Comparable, found: dict[str, Finding], likeness: float) -> tuple[DuplicateVerdict, str]:
    veto = _veto(a, b, found)
    if veto:
        return DuplicateVerdict.DIFFERENT, veto
    if Finding.AGREES in (found["PMID"], found["registry number"]):
        return DuplicateVerdict.SAME, "same PMID" if found["PMID"] is Finding.AGREES else "same register entry"
    if found["DOI"] is Finding.AGREES:
        return _same_doi(found, likeness)
    if Finding.CONTRADICTS in (found["DOI"], found["PMID"]):
        return _other_identifier(found)
    return _by_likeness(a, b, found, likeness)


def _veto(a: Comparable, b: Comparable, found: dict[str, Finding]) -> str:
    """Why two records cannot be one report, whatever else agrees; empty if nothing forbids it."""
    if bool(a.register_entry) != bool(b.register_entry):
        return "a register entry and a publication are two reports"
    if found["registry number"] is Finding.CONTRADICTS:
        return "two register entries with different numbers"
    if found["PMID"] is not Finding.AGREES and a.notice != b.notice:
        return "a notice, comment or letter is not the paper that it is about"
    if found["title"] is Finding.CONTRADICTS and found["PMID"] is not Finding.AGREES and found["DOI"] is not Finding.AGREES:
        return "the numbers in the titles differ (parts of a series)"
    return ""


def _same_doi(found: dict[str, Finding], likeness: float) -> tuple[DuplicateVerdict, str]:
    if found["PMID"] is Finding.CONTRADICTS:
        return DuplicateVerdict.UNSURE, "same DOI but different PMIDs"
    if found["title"] in (Finding.AGREES, Finding.MISSING):
        return DuplicateVerdict.SAME, "same DOI and title"
    # Supplements give many abstracts one DOI: there only the page tells them apart.
    if found["first page"] is Finding.DIFFERS or found["authors"] is Finding.DIFFERS or likeness < UNLIKE_TITLE:
        return DuplicateVerdict.UNSURE, "same DOI but unlike titles"
    return DuplicateVerdict.SAME, "same DOI, like titles"


def _other_identifier(found: dict[str, Finding]) -> tuple[DuplicateVerdict, str]:
    if found["title"] is Finding.AGREES and found["authors"] is Finding.AGREES and found["year"] is Finding.AGREES:
        return DuplicateVerdict.UNSURE, "same title, author and year, but different identifiers"
    return DuplicateVerdict.DIFFERENT, "different identifiers"


def _by_likeness(a: Comparable, b: Comparable, found: dict[str, Finding], likeness: float) -> tuple[DuplicateVerdict, str]:
    place = [found["journal"], found["volume"], found["first page"]]
    agreeing = place.count(Finding.AGREES)
    differing = place.count(Finding.DIFFERS) + [found["authors"], found["year"]].count(Finding.DIFFERS)
    if found["title"] is Finding.AGREES:
        return _same_title(a, b, found, agreeing, differing)
    if likeness >= LIKE_TITLE and a.numbers == b.numbers and found["authors"] is Finding.AGREES and not differing:
        verdict = DuplicateVerdict.SAME if agreeing >= PLACES - 1 else DuplicateVerdict.UNSURE
        return verdict, "like titles, same author and year"
    if agreeing == PLACES and found["authors"] is Finding.AGREES and likeness >= UNLIKE_TITLE:
        return DuplicateVerdict.UNSURE, "same journal, volume, page and author, unlike titles"
    return DuplicateVerdict.DIFFERENT, "too little agrees"


def _same_title(
    a: Comparable, b: Comparable, found: dict[str, Finding], agreeing: int, differing: int
) -> tuple[DuplicateVerdict, str]:
    telling = min(len(a.words), len(b.words)) >= TELLING_WORDS
    if found["authors"] is Finding.DIFFERS and agreeing == PLACES and found["year"] is not Finding.DIFFERS:
        return DuplicateVerdict.UNSURE, "same title and place, but other authors"
    if found["authors"] is Finding.DIFFERS or (found["year"] is Finding.DIFFERS and not agreeing):
        return DuplicateVerdict.DIFFERENT, "same title, but other authors or years"
    if not differing and (telling or agreeing) and (found["authors"] is Finding.AGREES or agreeing or a.squeezed == b.squeezed):
        return DuplicateVerdict.SAME, "same title, nothing contradicts"
    if telling and found["authors"] is Finding.AGREES and agreeing >= differing:
        return DuplicateVerdict.SAME, "same title and author"
    return DuplicateVerdict.UNSURE, "same title, but the place of publication differs"
