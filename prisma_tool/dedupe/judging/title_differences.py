"""What differs between two titles, word by word, and what each difference means.

Databases add to titles (subtitles, "[Chinese]", "sup") and spell them otherwise (British and American, misprints, joined words); a
sibling of a paper exchanges a word of content, a number, a letter, or says "without". So additions and spellings speak for one
report, an exchange against it. Pure and symmetric. Titles come folded (`normalise`): lower case, no accents, no punctuation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA


class DifferenceKind(StrEnum):
    """What a difference between two titles is, the gravest first."""

    NEGATION = "negation"
    """One title says without, not, no or non where the other does not; or without in another language."""
    NUMBER = "number"
    """Another number, Roman numeral or single letter: phase II and III, 24 and 48 weeks, hepatitis B and C."""
    EXCHANGE = "exchange"
    """Each title has a word of content that the other lacks: hip and knee, men and women."""
    REPORT = "kind of report"
    """One title says that it is a protocol, a follow-up or another analysis of the study."""
    INSERTION = "insertion"
    """A word of content within one title, which narrows it: in elderly patients, in patients."""
    ORDER = "order"
    """The same words in another order: sleep before pain and pain before sleep."""
    ADDITION = "addition"
    """One title goes on where the other ends, or has words that the other leaves out."""
    SPELLING = "spelling"
    """The same words spelt, joined or cut otherwise."""


ASKING = frozenset(DifferenceKind) - {DifferenceKind.ADDITION, DifferenceKind.SPELLING}
"""Kinds that make two reports likely enough that a person must look."""
NEVER_JOINED = frozenset({DifferenceKind.NEGATION, DifferenceKind.NUMBER})
"""Kinds that no page can outweigh: parts of a series are printed one after the other, abstracts on one page."""

_NEGATIONS = frozenset(("without", "not", "no", "non", "never", "nor", "ohne", "sans", "sin", "sem", "senza"))
_SMALL_WORDS = frozenset(
    "a an the this that these those its their of and or for in on at to by from with as is are was were into via per using between "
    "among vs versus "
    "der die das des dem den und von zur zum im bei mit "
    "le la les un une et de du en el los las y del al il lo gli della".split()
)
"""Words that carry no content: articles, prepositions, conjunctions, in the languages in which titles are printed most."""
_REPORT_WORDS = frozenset(
    "protocol rationale design plan baseline interim final secondary subgroup substudy exploratory posthoc hoc pooled extension "
    "followup follow longterm cost economic qualitative feasibility pilot update updated reanalysis revisited executive summary "
    "commentary comment response reply editorial rejoinder".split()
)
"""Words by which one report of a study is told from another."""
_DIRECTIONS = frozenset(("to", "from", "by", "for"))
"""Small words that turn a title round where one stands for another: care by nurses and care for nurses."""
_CONTINUING = frozenset("in among of for with after before during by from at on and or to under".split())
"""Words by which a phrase goes on, as no subtitle begins: "exercise for pain" and "exercise for pain in women"."""
_NUMERAL = re.compile(r"\d+|[ivx]{1,5}|[a-z]")
"""A number, a Roman numeral or a single letter as a word of its own."""
_DIGIT = re.compile(r"\d")
_SPELLINGS = (
    ("ae", "e"),
    ("oe", "e"),
    ("our", "or"),
    ("ise", "ize"),
    ("isation", "ization"),
    ("yse", "yze"),
    ("sulph", "sulf"),
)
"""British and American spellings of one word."""
_ENDINGS = (("ies", "y"), ("es", "e"), ("s", ""), ("e", ""), ("re", "er"), ("ogue", "og"))
_ACTION = re.compile(r"(?<=\w{5})(?:ing|ion)s?$")
"""The ending of a noun of action: preventing and prevention of one thing are one topic."""
_LOOKALIKES = frozenset(map(frozenset, ("li", "lt", "it", "ft", "l1", "i1", "o0", "ce", "uv", "nh", "bh", "gq", "s5")))
"""Letters that optical character recognition takes for each other."""
_OPPOSITES = (
    frozenset(("hyper", "hypo")),
    frozenset(("inter", "intra")),
    frozenset(("pre", "post")),
    frozenset(("ab", "ad")),
    frozenset(("af", "ef")),
    frozenset(("macro", "micro")),
    frozenset(("in", "ex")),
    frozenset(("endo", "exo")),
)
"""Beginnings that turn a word into its opposite: a letter or two, and another study."""
_PRIVATIVE = frozenset("an")
"""Letters that say "not" before a word: atypical, NSTEMI."""
_LOST_LETTER_FROM = 5
"""From this length on a letter lost or added is a misprint, the commonest of all; in shorter words it makes another word (men, mean)."""
_SHAPES = str.maketrans("105", "los")
_MISREAD_FROM = 6
"""From this length on digits within a word, and "rn" for "m", are misread letters (modern and modem are two words)."""
_MISPRINT_FROM = 8
"""From this length on letters transposed, or taken for ones that look like them, are a misprint (trial and trail are two words)."""
_TWO_WORDS = frozenset(
    map(
        frozenset,
        (
            ("coastal", "costal"),
            ("colonic", "clonic"),
            ("contact", "contract"),
            ("insulin", "inulin"),
            ("mental", "metal"),
            ("mortality", "morality"),
            ("neutral", "neural"),
            ("prison", "prion"),
            ("prostate", "prostrate"),
            ("public", "pubic"),
            ("sceptic", "septic"),
            ("statin", "stain"),
            ("urethral", "ureteral"),
            ("urethra", "ureter"),
        ),
    )
)
"""Words of medicine that a single letter parts, so that neither is a misprint of the other."""
_LONGEST_RUN = 5
"""Into so many pieces blanks may cut a word."""
_SHORTEST_LOSER = 4
"""Small words of so many letters are known without one of them (with, wth)."""
_NARROWING = 2
"""So many words within a title narrow it (elderly, newly diagnosed); more of them are a clause that an export dropped."""
_SUBTITLE_FROM = 3
"""So many words more at one end of a title are a subtitle, a translation or a study group, whatever numbers they hold."""


@dataclass(frozen=True, slots=True)
class TitleDifferences:
    """The kinds of difference between two titles, and the words that each alone has (small words and other spellings left out)."""

    kinds: frozenset[DifferenceKind]
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The gravest difference with the words that show it: "exchange: hip, knee"."""
        kind = next(kind for kind in DifferenceKind if kind in self.kinds)
        # In one order, whichever title comes first.
        one, other = sorted((self.only_first, self.only_second))
        return f"{kind}: {', '.join((*one, *other))}" if one or other else kind

    @property
    def asks(self) -> bool:
        """True where the titles differ as those of two reports do."""
        return not self.kinds.isdisjoint(ASKING)

    @property
    def added(self) -> bool:
        """True where one title only has more words, which under one DOI is a database's doing."""
        return self.kinds <= {DifferenceKind.INSERTION, DifferenceKind.REPORT, DifferenceKind.ADDITION, DifferenceKind.SPELLING}

    @property
    def by_a_letter(self) -> bool:
        """True where each exchanged word is the other but for a letter: a misprint, or another word (ethanol and methanol)."""
        pairs = zip(self.only_first, self.only_second, strict=False)
        exchanged = self.kinds <= {DifferenceKind.EXCHANGE, DifferenceKind.SPELLING} and len(self.only_first) == len(
            self.only_second
        )
        return exchanged and all(min(len(a), len(b)) >= _SHORTEST_LOSER - 1 and OSA.distance(a, b) == 1 for a, b in pairs)

    @property
    def never_joined(self) -> bool:
        """True where no printed place can make them one report."""
        return not self.kinds.isdisjoint(NEVER_JOINED)


NO_DIFFERENCE = TitleDifferences(frozenset())


def title_differences(a: str, b: str) -> TitleDifferences:
    """What differs between two folded titles; nothing where their letters and digits are the same."""
    if a.replace(" ", "") == b.replace(" ", ""):
        return NO_DIFFERENCE
    first, second = a.split(), b.split()
    only_first, only_second, spelt = _unmatched(first, second)
    kinds = {DifferenceKind.SPELLING} if spelt else set()
    if not (only_first or only_second):
        kinds |= {DifferenceKind.ORDER} if _content(first) != _content(second) and not spelt else set()
        return TitleDifferences(frozenset(kinds))
    kinds |= _kinds(first, second, only_first, only_second)
    shown = (tuple(word for word in words if word not in _SMALL_WORDS) for words in (only_first, only_second))
    return TitleDifferences(frozenset(kinds), *shown)


def _content(words: list[str]) -> list[str]:
    return [word for word in words if word not in _SMALL_WORDS]


def _unmatched(first: list[str], second: list[str]) -> tuple[list[str], list[str], bool]:
    """The words that each title has alone, in order, and whether others are one word in two spellings."""
    only_first, only_second = _without(first, second), _without(second, first)
    size = len(only_first)
    for word in list(only_first):
        twin = next((other for other in only_second if _one_word(word, other, first, second)), None)
        if twin is not None:
            only_first.remove(word)
            only_second.remove(twin)
    _join_runs(only_first, only_second)
    _join_runs(only_second, only_first)
    return only_first, only_second, len(only_first) < size


def _without(words: list[str], others: list[str]) -> list[str]:
    left = Counter(others)
    alone = []
    for word in words:
        if left[word]:
            left[word] -= 1
        else:
            alone.append(word)
    return alone


def _join_runs(together: list[str], apart: list[str]) -> None:
    """Take out the words that one title writes as one and the other in several: alphavbeta3, cancerologie and canc rologie."""
    for word in list(together):
        run = next((run for run in _runs(apart) if _same_letters(word, "".join(apart[run]))), None)
        if run is not None:
            together.remove(word)
            del apart[run]


def _runs(words: list[str]) -> Iterator[slice]:
    sizes = range(2, min(len(words), _LONGEST_RUN) + 1)
    return (slice(start, start + size) for size in sizes for start in range(len(words) - size + 1))


def _same_letters(word: str, joined: str) -> bool:
    if word == joined or _DIGIT.findall(word) != _DIGIT.findall(joined):
        return word == joined
    return _misprinted(word, joined)  # a blank for a lost letter: "fran ais"


def _one_word(a: str, b: str, first: list[str], second: list[str]) -> bool:
    return spelt_otherwise(a, b) or _cut(a, b, first) or _cut(b, a, second) or _lost_letter(a, b) or _lost_letter(b, a)


def _lost_letter(small: str, word: str) -> bool:
    """True where a small word lost a letter: "wth" is no word that narrows a title."""
    lost = small in _SMALL_WORDS and len(word) == len(small) - 1 >= _SHORTEST_LOSER - 1
    return lost and OSA.distance(small, word, score_cutoff=1) <= 1


def _cut(short: str, long: str, title: list[str]) -> bool:
    """True where an export cut a title within its last word."""
    return title[-1] == short and long.startswith(short) and not _NUMERAL.fullmatch(short)


@lru_cache(maxsize=50_000)
def spelt_otherwise(a: str, b: str) -> bool:
    """True where two words are one word in two spellings: British and American, singular and plural, or a misprint."""
    if _misread(a, b):
        return True
    if (
        _NUMERAL.fullmatch(a)
        or _NUMERAL.fullmatch(b)
        or _DIGIT.findall(a) != _DIGIT.findall(b)
        or _opposite(a, b)
        or frozenset((a, b)) in _TWO_WORDS
    ):
        return False
    return not _roots(a).isdisjoint(_roots(b)) or _misprinted(a, b)


def _misread(a: str, b: str) -> bool:
    """True where two long words look alike to a machine: cornpared and compared, 1eflunomide and leflunomide."""
    long = min(len(a), len(b)) >= _MISREAD_FROM and not (_DIGIT.search(a) and _DIGIT.search(b))
    return long and a.translate(_SHAPES).replace("rn", "m") == b.translate(_SHAPES).replace("rn", "m")


def _roots(word: str) -> frozenset[str]:
    """The spellings under which a word is looked for: British forms as American ones, and without the ending of a plural."""
    for british, american in _SPELLINGS:
        word = word.replace(british, american)
    endings = {word.removesuffix(end) + other for end, other in _ENDINGS if word.endswith(end) and len(word) > len(end) + 2}
    return frozenset({word, _ACTION.sub("ion", word)} | endings)


def _opposite(a: str, b: str) -> bool:
    """True where a word's beginning makes it another one: symptomatic and asymptomatic, hypertension and hypotension."""
    if a.endswith(b) or b.endswith(a):
        return abs(len(a) - len(b)) > 1 or not _PRIVATIVE.isdisjoint((a[0], b[0]))
    tail = _common_ending(a, b)
    return frozenset((a[: len(a) - tail], b[: len(b) - tail])) in _OPPOSITES or any(
        a.startswith(one) and b.startswith(other)
        for pair in _OPPOSITES
        for one, other in (sorted(pair), sorted(pair, reverse=True))
    )


def _common_ending(a: str, b: str) -> int:
    return next((n for n, (x, y) in enumerate(zip(reversed(a), reversed(b), strict=False)) if x != y), min(len(a), len(b)))


def _misprinted(a: str, b: str) -> bool:
    """A letter lost or added, or within a longer word transposed or taken for one that looks like it."""
    shortest = min(len(a), len(b))
    # Who types or reads a word gets its first letter right; where it differs there are two (ethanol and methanol).
    if a[0] != b[0] or shortest < _LOST_LETTER_FROM - 1 or OSA.distance(a, b, score_cutoff=1) > 1:
        return False
    if len(a) != len(b):
        return max(len(a), len(b)) >= _LOST_LETTER_FROM
    differing = [frozenset(pair) for pair in zip(a, b, strict=True) if pair[0] != pair[1]]
    return shortest >= _MISPRINT_FROM and (len(differing) > 1 or differing[0] in _LOOKALIKES)


def _kinds(first: list[str], second: list[str], only_first: list[str], only_second: list[str]) -> set[DifferenceKind]:
    kinds = set()
    if _negated(only_first, second) or _negated(only_second, first):
        kinds.add(DifferenceKind.NEGATION)
    if _other_numerals(first, second, only_first, only_second):
        kinds.add(DifferenceKind.NUMBER)
    turned = not (_DIRECTIONS.isdisjoint(only_first) or _DIRECTIONS.isdisjoint(only_second))
    if turned or (_content(only_first) and _content(only_second)):
        kinds.add(DifferenceKind.EXCHANGE)
    return kinds or {_added(*((only_first, first) if _content(only_first) else (only_second, second)))}


def _negated(alone: list[str], other: list[str]) -> bool:
    """Whether a title alone says "without", or is about things with and without what the other's are without."""
    return not _NEGATIONS.isdisjoint(alone) or ("with" in alone and "without" in other)


def _added(alone: list[str], title: list[str]) -> DifferenceKind:
    """What words are that one title has and the other lacks."""
    if not _REPORT_WORDS.isdisjoint(alone):
        return DifferenceKind.REPORT
    added, whole = _content(alone), _content(title)
    at_an_end = added in (whole[-len(added) :], whole[: len(added)]) and _CONTINUING.isdisjoint(alone[:1])
    return DifferenceKind.INSERTION if 0 < len(added) <= _NARROWING and not at_an_end else DifferenceKind.ADDITION


def _other_numerals(first: list[str], second: list[str], only_first: list[str], only_second: list[str]) -> bool:
    """Whether numbers, numerals or letters differ; those in a subtitle that one title lacks say nothing."""
    mine, yours = (tuple(filter(_NUMERAL.fullmatch, words)) for words in (only_first, only_second))
    if mine and yours:
        return True
    numerals, alone, title = (mine, only_first, first) if mine else (yours, only_second, second)
    telling = [word for word in numerals if word not in _SMALL_WORDS]
    return bool(telling) and not _at_an_end(alone, title)


def _at_an_end(alone: list[str], title: list[str]) -> bool:
    """True where the words that a title has alone are several and stand together at its beginning or end."""
    size = len(alone)
    return size >= _SUBTITLE_FROM and (title[-size:] == alone or title[:size] == alone)
