"""What the abstracts of two records say for and against one report: their text, first sentences, sample sizes, numbers, registrations.

Symmetric. An abstract is read only when its record is compared, and little of it is kept: a million abstracts are gigabytes. Databases
shorten, translate and edit abstracts, so two of them can differ only where both are whole and in English.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from prisma_tool.dedupe.judging.findings import Finding
from prisma_tool.dedupe.normalise import Comparable
from prisma_tool.model.record.citation import Section
from prisma_tool.model.record.identifiers import registry_numbers

TELLING_ABSTRACT = 15
"""An abstract of fewer different words ("No abstract available", "Not given") tells nothing."""
_LONG = 150
"""As many letters as fifteen different words have: a text equal to the letter need not be taken apart."""
EQUAL_ABSTRACTS = 0.9
"""Share of common words from which two abstracts are one text: databases drop headings, misprint a word, and cut at a length."""
OTHER_ABSTRACTS = 0.75
"""Share of the shorter abstract's words below which two whole abstracts are two texts; two copies of one have well above nine tenths."""
OTHER_NUMBERS = 2
"""So many numbers that each abstract has alone, and no more in common than that, are other results."""
RARE_NUMBERS = 3
"""So many numbers of four digits or more in common (years apart) are one set of results."""

_WORD = re.compile(r"[a-z]{4,}")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:[.·]\d+)?")
_PEOPLE = "patients|participants|subjects|adults|children|women|men|infants|neonates|volunteers|people|individuals|persons|cases"
_SIZE = re.compile(rf"\bn\s*=\s*(\d[\d,]*)|\b(\d[\d,]*)\s+(?:[a-z-]+\s+){{0,2}}(?:{_PEOPLE})\b")
_SENTENCE = re.compile(r"^.{60,}?[a-z)\]%][.?!](?=\s)", re.DOTALL)
"""The first sentence; one of less than a line ("Background.") says nothing."""
_HEADING = re.compile(r"^\W*(?:background|objectives?|introduction|aims?|purpose|context|importance|unlabelled)\b\W*")
_WHOLE = re.compile(r"[.?!)\]\"'\u201d]\s*$")
_TRUNCATED = re.compile(r"(?:\.\.\.|\u2026|truncated(?: at \d+ words)?\W*)\s*$")
_COPYRIGHT = re.compile(r"\s*(?:\u00a9|\(c\)|copyright\b).*$", re.DOTALL)
_ENGLISH = frozenset(("with", "were", "that", "this", "from", "have", "which", "between", "than", "these"))
_RARE_DIGITS = 4
_YEAR = re.compile(r"(?:19|20)\d\d")
_REGISTER = re.compile(r"[A-Z]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AbstractDigest:
    """What is compared of an abstract."""

    words: frozenset[str]
    numbers: frozenset[str]
    sizes: frozenset[str]
    registrations: frozenset[str]
    opening: str
    """The first sentence without heading, blanks and punctuation; empty where it is too short to tell."""
    whole: bool

    @property
    def telling(self) -> bool:
        """False where the text is too short to compare, or a remark that there is none."""
        return len(self.words) >= TELLING_ABSTRACT

    @property
    def english(self) -> bool:
        """True where small words show the language."""
        return not self.words.isdisjoint(_ENGLISH)


def evidence(a: Comparable, b: Comparable) -> list[tuple[str, Finding]]:
    """A finding for each kind of evidence, by name; of two equal abstracts only that they are equal."""
    if a.abstract == b.abstract:
        equal = sum(len(section.text) for section in a.abstract) >= _LONG
        return [("abstract", Finding.AGREES if equal else Finding.MISSING), ("registry numbers named", _registrations(a, b))]
    first, second = digest(a.abstract), digest(b.abstract)
    return [
        ("abstract", _texts(first, second)),
        ("first sentence", _openings(first, second)),
        ("sample size", _sizes(first, second)),
        ("rare numbers", _rare_numbers(first, second)),
        ("registry numbers named", _registrations(a, b)),
    ]


@lru_cache(maxsize=256)
def digest(abstract: tuple[Section, ...]) -> AbstractDigest:
    """What is compared of the abstract."""
    text = _COPYRIGHT.sub("", " ".join(section.text for section in abstract).lower())
    sentence = _SENTENCE.match(_HEADING.sub("", text))
    return AbstractDigest(
        words=frozenset(_WORD.findall(text)),
        numbers=frozenset(map(_plain_number, _NUMBER.findall(text))),
        sizes=frozenset((one or other).replace(",", "") for one, other in _SIZE.findall(text)),
        registrations=frozenset(number for section in abstract for number in registry_numbers(section.text)),
        opening=re.sub(r"[\W_]+", "", sentence.group()) if sentence else "",
        whole=bool(_WHOLE.search(text)) and not _TRUNCATED.search(text),
    )


def _plain_number(number: str) -> str:
    # 0.05, .05 and 0·05 are one number.
    whole, _, fraction = number.replace(",", "").replace("·", ".").partition(".")
    return f"{whole.lstrip('0')}.{fraction}" if fraction else whole


def _texts(a: AbstractDigest, b: AbstractDigest) -> Finding:
    if not (a.telling and b.telling):
        return Finding.MISSING
    common, fewest = len(a.words & b.words), min(len(a.words), len(b.words))
    other_numbers = _other_numbers(a.numbers, b.numbers)
    if not other_numbers and (
        common >= EQUAL_ABSTRACTS * len(a.words | b.words) or (common >= EQUAL_ABSTRACTS * fewest and not (a.whole and b.whole))
    ):
        return Finding.AGREES
    comparable = a.whole and b.whole and a.english and b.english
    return Finding.DIFFERS if comparable and (other_numbers or common < OTHER_ABSTRACTS * fewest) else Finding.MISSING


def _other_numbers(a: frozenset[str], b: frozenset[str]) -> bool:
    alone = min(len(a - b), len(b - a))
    return alone >= OTHER_NUMBERS and len(a & b) <= alone


def _openings(a: AbstractDigest, b: AbstractDigest) -> Finding:
    return Finding.AGREES if a.opening and a.opening == b.opening else Finding.MISSING


def _sizes(a: AbstractDigest, b: AbstractDigest) -> Finding:
    if not (a.sizes and b.sizes):
        return Finding.MISSING
    if a.sizes & b.sizes:
        return Finding.AGREES
    return Finding.DIFFERS if a.whole and b.whole else Finding.MISSING


def _rare_numbers(a: AbstractDigest, b: AbstractDigest) -> Finding:
    rare = [number for number in a.numbers & b.numbers if len(number) >= _RARE_DIGITS and not _YEAR.fullmatch(number)]
    return Finding.AGREES if len(rare) >= RARE_NUMBERS else Finding.MISSING


def _registrations(a: Comparable, b: Comparable) -> Finding:
    """Two articles about other trials of one register; to name the same trial says little, for a trial has many reports."""
    if a.register_entry or b.register_entry:
        return Finding.MISSING
    if a.abstract == b.abstract and a.registry == b.registry:
        return Finding.MISSING
    first, second = (record.registry | digest(record.abstract).registrations for record in (a, b))
    if first & second:
        return Finding.AGREES
    return Finding.MISSING if _registers(first).isdisjoint(_registers(second)) else Finding.DIFFERS


def _registers(numbers: frozenset[str]) -> frozenset[str]:
    return frozenset(match.group().upper() for match in map(_REGISTER.match, numbers) if match)
