"""How likely the same bytes are as text in each of the legacy encodings, judged by the decoded words.

A reading is as likely as its letters are: each word beyond ASCII belongs to the language that explains it best, by how often that
language has these letters and by what stands beside them (vowels stand between consonants; a capital does not follow a small letter;
letters of two scripts do not share a word). Invariant: likelihoods are natural logarithms for the same bytes, so their differences say
how many times likelier one reading is than another.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from math import log

from prisma_tool.formats.text.encodings.east_asian_letters import EAST_ASIAN, ideographs_likelihood
from prisma_tool.formats.text.encodings.letters_of_languages import (
    ALONE,
    ENDS,
    FINAL,
    FOLLOWED,
    LATIN,
    NEVER_FINAL,
    NOT_BEFORE_VOWEL,
    WHOLE,
    WORDS,
)

WESTERN = "cp1252"
PRIORS: Mapping[str, float] = {
    WESTERN: 0.0,
    "gb18030": -1.0,
    "cp1250": -2.0,
    "cp1251": -2.0,
    "cp1253": -2.0,
    "cp1254": -5.0,
    "cp1255": -2.0,
    "cp1256": -2.0,
    "cp874": -2.0,
    "big5": -2.0,
    "shift_jis": -2.0,
    "euc_jp": -2.0,
    "euc_kr": -2.0,
    "iso8859_15": -3.0,
    "iso8859_2": -3.0,
    "koi8_r": -3.0,
    "mac_roman": -3.0,
}
"""The encodings that citation programs wrote, and the logarithm of how often against Windows-1252."""

_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u064b-\u0652"
_WORD = re.compile(rf"(?:(?![{EAST_ASIAN}])[^\W\d_]|[{_MARKS}])+")
_BESIDE_NUMBER = re.compile(rf"(?<=\d)(?![{EAST_ASIAN}])[^\W\d_\x00-\x7f]|(?![{EAST_ASIAN}])[^\W\d_\x00-\x7f](?=\d)")
_SIGN = re.compile(rf"(?:(?![^\W\d_])[^\x00-\x7f{_MARKS}])")
_SIGN_IN_WORD = re.compile(rf"(?<=[^\W\d_])[^\x00-\x7f\w{_MARKS}’‘´–—\u00ad·•](?=[^\W\d_])|[£€¥¢](?=[^\W\d_])")
_DASH_IN_WORD = re.compile(r"\b[a-z]{1,2}[–—](?=[a-z])|(?<=[a-z])[–—](?=[a-z]{1,2}\b)")
"""A dash that parts a letter or two from a word."""
_APOSTROPHE_IN_WORD = re.compile(r"(?<=[^\W\d_]{3})’(?=[^\W\d_])(?!(?:s|t|d|ll|re|ve|m)\b)")
_CASED_LINE = re.compile(r"^(?=[^\n]*[\u0370-\u04ff])[^\nΆ-ΏΑ-ΫЀ-Я]*$", re.MULTILINE)
"""A line of Greek or Cyrillic without a capital."""
_TYPOGRAPHIC = frozenset("“”‘’–—…\u00a0、。，：（）")
_USUAL = frozenset("•°±µ×·®©™«»´„‚§½¼¾²³¹ªº\u00a0\u00ad€£…†‡№「」《》；？！・【】")
_VOWELS = frozenset("aeiouyıøæœåő")
_OFTEN, _STRAY, _STRANGE, _IMPOSSIBLE = log(0.05), log(5e-3), log(1e-5), log(1e-6)
_BESIDE_HIGH, _MIXED_SCRIPTS, _MISPLACED_CAPITAL, _CAPITAL = log(0.1), log(5e-3), log(2e-3), log(0.1)
_VOWEL_BESIDE_VOWEL, _NO_VOWEL_NEAR, _AT_ITS_END = log(0.3), log(0.15), log(3)
_LETTER_BESIDE_NUMBER, _MISPLACED_SIGN = log(0.02), log(0.01)
_NO_CAPITAL = log(0.2)
"""Titles and names have a capital, most lines of abstracts too; Hebrew and Arabic, which have none, read as Cyrillic without any."""


_ALONE = log(0.1)
_MISPLACED_LETTER, _SHORT_WORD, _FEWEST_VOWELS, _MOST_VOWELS = log(0.05), 3, 0.2, 0.7
_CYRILLIC_VOWELS, _GREEK_ACCENTS = "аеёиоуыэюяіїє", "άέήίόύώΐΰ"
_VOWELED = dict.fromkeys(("Russian", "Ukrainian", "Bulgarian"), _CYRILLIC_VOWELS) | {"Greek": "αεηιουω" + _GREEK_ACCENTS}


@dataclass(frozen=True, slots=True)
class Reading:
    """Text of some bytes in an encoding."""

    encoding: str
    text: str
    likelihood: float


def readings(sample: bytes, present: bytes) -> list[Reading]:
    """The readings of some lines of a file, the likeliest first; encodings that read the whole file alike are one reading.

    Args:
        sample: Lines with bytes beyond ASCII.
        present: All bytes beyond ASCII in the file, each once.
    """
    by_text: dict[tuple[str, str], str] = {}
    for encoding in PRIORS:
        by_text.setdefault((sample.decode(encoding, "replace"), present.decode(encoding, "replace")), encoding)
    judged = [Reading(encoding, text, PRIORS[encoding] + likelihood(text)) for (text, _), encoding in by_text.items()]
    return sorted(judged, key=lambda reading: -reading.likelihood)


def likelihood(text: str) -> float:
    """The logarithm of how likely the characters beyond ASCII of a text are."""
    words = sum(_word(word) for word in _WORD.findall(text) if not word.isascii())
    rare = len(_BESIDE_NUMBER.findall(text)) * _LETTER_BESIDE_NUMBER + len(_CASED_LINE.findall(text)) * _NO_CAPITAL
    return words + ideographs_likelihood(text) + _signs(text) + rare


def _signs(text: str) -> float:
    signs = sum(map(_sign, _SIGN.findall(text)))
    return signs + _MISPLACED_SIGN * sum(
        len(misplaced.findall(text)) for misplaced in (_SIGN_IN_WORD, _DASH_IN_WORD, _APOSTROPHE_IN_WORD)
    )


@cache
def _sign(sign: str) -> float:
    if sign in _TYPOGRAPHIC:
        return _OFTEN
    if sign in _USUAL:
        return _STRAY
    if unicodedata.category(sign) in {"Cc", "Co", "Cn"}:
        return _IMPOSSIBLE
    return _IMPOSSIBLE + _STRANGE if unicodedata.combining(sign) else _STRANGE


@lru_cache(maxsize=20_000)
def _word(word: str) -> float:
    """How likely a word with letters beyond ASCII is in the language that explains it best."""
    small = word.replace("İ", "i").lower()
    if small in WORDS and word in {small, small.capitalize()}:
        return _OFTEN
    if small.isascii():
        return _CAPITAL
    if len(word) == 1 and small not in ALONE:
        return _IMPOSSIBLE
    high = {letter for letter in small if not letter.isascii()}
    latin = (_in_latin(small, language) for language, weights in _latin().items() if high & weights.keys())
    whole = (_in_whole(small, language) for language, weights in _whole().items() if high & weights.keys())
    return max((*latin, *whole), default=len(high) * _STRANGE) + _capitals(word)


def _capitals(word: str) -> float:
    """Capitals stand at the beginning of a word or all through it."""
    if word.isupper() and len(word) > 1:
        return _CAPITAL
    misplaced = sum(not letter.isascii() and letter.isupper() for letter in word[1:])
    misplaced += sum(one.islower() and not one.isascii() and other.isupper() for one, other in pairwise(word))
    return misplaced * _MISPLACED_CAPITAL + _CAPITAL * (not word[0].isascii() and word[0].isupper())


def _in_latin(word: str, language: str) -> float:
    weights = _latin()[language]
    return log(LATIN[language][1]) + sum(
        weights.get(letter, _STRANGE) + _beside(letter, word[max(place - 1, 0) : place], word[place + 1 : place + 2], language)
        for place, letter in enumerate(word)
        if not letter.isascii()
    )


def _beside(letter: str, before: str, behind: str, language: str) -> float:
    """What its neighbours say: letters beyond ASCII are rarely two together, vowels stand among consonants, these near vowels."""
    near = before + behind
    high = sum(not other.isascii() for other in near) * _BESIDE_HIGH
    if behind and behind not in FOLLOWED.get((language, letter), behind):
        return high + _STRAY
    if not behind and (language, letter) in ENDS:
        return high + _AT_ITS_END
    vowels = sum(_is_vowel(other) for other in near)
    if _is_vowel(letter):
        hiatus = letter in NOT_BEFORE_VOWEL and _is_vowel(behind)
        return high + vowels * _VOWEL_BESIDE_VOWEL + hiatus * _MISPLACED_LETTER
    return high + (0.0 if vowels else _NO_VOWEL_NEAR)


@cache
def _is_vowel(letter: str) -> bool:
    return letter in _VOWELS or (bool(letter) and unicodedata.normalize("NFD", letter)[0] in _VOWELS)


def _in_whole(word: str, language: str) -> float:
    weights = _whole()[language]
    mixed = sum(one.isascii() != other.isascii() for one, other in pairwise(word)) * _MIXED_SCRIPTS
    letters = sum(weights.get(letter, _STRANGE) for letter in word if not letter.isascii())
    alone = _ALONE if len(word) == 1 else 0.0
    return mixed + letters + alone + _form(word, language) + log(1 / len(WHOLE))


def _form(word: str, language: str) -> float:
    """What speaks against a word beside its letters: forms of letters in the wrong place, no vowel, several accents."""
    ends = sum(letter in FINAL.get(language, "") for letter in word[:-1]) + (word[-1] in NEVER_FINAL.get(language, ""))
    if language not in _VOWELED:
        return ends * _MISPLACED_LETTER
    vowels = sum(letter in _VOWELED[language] for letter in word)
    unlikely = len(word) > _SHORT_WORD and not _FEWEST_VOWELS < vowels / len(word) < _MOST_VOWELS
    accents = sum(letter in _GREEK_ACCENTS for letter in word) > 1
    return (ends + unlikely + accents) * _MISPLACED_LETTER + (word[0] in "ыьъ") * _MISPLACED_CAPITAL


def _ranked(letters: str) -> dict[str, float]:
    """Logarithms of frequencies that fall with the rank (Zipf's law), one in all."""
    total = sum(1 / (rank + 2) for rank in range(len(letters)))
    return {letter: log(1 / (rank + 2) / total) for rank, letter in enumerate(letters)}


@cache
def _latin() -> Mapping[str, Mapping[str, float]]:
    return {language: _ranked(letters) for language, (letters, _) in LATIN.items()}


@cache
def _whole() -> Mapping[str, Mapping[str, float]]:
    return {language: _ranked(letters) for language, letters in WHOLE.items()}
