"""Do two records describe the same report? A verdict with a named finding for every field.

Symmetric: `compare(a, b) == compare(b, a)`. A false merge loses a study without a trace, a missed duplicate costs a minute: so
contradicting identifiers are never overruled by likeness, and doubt goes to a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz

from prisma_tool.dedupe.normalise import Comparable
from prisma_tool.dedupe.title_differences import NO_DIFFERENCE, title_differences
from prisma_tool.model.vocabulary import DuplicateVerdict

SAME_TITLE = 96.0
"""Ratio (0-100, order of words ignored) above which two titles are one title in two spellings."""
LIKE_TITLE = 88.0
SPELT_OTHERWISE = 80.0
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
    vetoed: bool = False
    """Whether something forbids that the two are one report, whatever else agrees."""

    @property
    def reason(self) -> str:
        """The rule and the fields in words, as shown to people."""
        findings = ", ".join(f"{name} {finding}" for name, finding in self.findings if finding is not Finding.MISSING)
        return f"{self.rule} ({findings}; title likeness {self.likeness:.0f} of 100)"


def compare(a: Comparable, b: Comparable) -> Comparison:
    """Judge one pair; a hopeless one is told at a glance, without a word on its fields."""
    likeness = _likeness(a, b)
    return _HOPELESS if _hopeless(a, b, likeness) else _examined(a, b, likeness)


def examine(a: Comparable, b: Comparable) -> Comparison:
    """Judge one pair with a finding for every field, however unlike the two are."""
    return _examined(a, b, _likeness(a, b))


def _examined(a: Comparable, b: Comparable, likeness: float) -> Comparison:
    findings = _findings(a, b, likeness)
    by_field = dict(findings)
    veto = _veto(a, b, by_field)
    verdict, rule = (DuplicateVerdict.DIFFERENT, veto) if veto else _doubted(a, b, by_field, _judge(a, b, by_field, likeness))
    return Comparison(verdict, rule, tuple(findings), likeness, vetoed=bool(veto))


_HOPELESS = Comparison(DuplicateVerdict.DIFFERENT, "too little agrees", (), 0.0)


def _hopeless(a: Comparable, b: Comparable, likeness: float) -> bool:
    """True where no rule below could join or doubt a pair, told without looking at every field: most candidates are such."""
    if likeness >= SPELT_OTHERWISE or (a.volume and a.volume == b.volume and a.first_page == b.first_page):
        return False
    identified = (a.doi and a.doi == b.doi) or (a.pmid and a.pmid == b.pmid) or not a.registry.isdisjoint(b.registry)
    return not identified and bool(a.title and b.title) and not _contained(a, b)


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
        ("issue", _issue(a, b)),
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


_SMALL_WORDS = frozenset(("of", "the", "and", "for", "in", "on", "de", "la", "und", "der", "et", "a", "an"))


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


def _judge(a: Comparable, b: Comparable, findings: dict[str, Finding], likeness: float) -> tuple[DuplicateVerdict, str]:
    if Finding.AGREES in (findings["PMID"], findings["registry number"]):
        return DuplicateVerdict.SAME, "same PMID" if findings["PMID"] is Finding.AGREES else "same register entry"
    if findings["DOI"] is Finding.AGREES:
        return _same_doi(findings, likeness, _PublicationPlace.of(findings))
    place = _PublicationPlace.of(findings)
    if Finding.CONTRADICTS in (findings["DOI"], findings["PMID"]):
        return _other_identifier(findings, place)
    if findings["title"] is Finding.AGREES:
        return (DuplicateVerdict.SAME, "the same row twice") if _identical(a, b) else _same_title(a, b, findings, place)
    return _other_title(a, b, findings, likeness, place)


def _doubted(
    a: Comparable, b: Comparable, findings: dict[str, Finding], judgement: tuple[DuplicateVerdict, str]
) -> tuple[DuplicateVerdict, str]:
    """A judgement that joins goes to a person where the titles differ as siblings' do, or the pair stands in two issues.

    Siblings of one group stand on one page of a supplement, or have no page yet; so only identifiers, or a range of pages with room
    for one report, outweigh an exchanged word, and none but identifiers another number or a "without".
    """
    verdict, rule = judgement
    if verdict is not DuplicateVerdict.SAME or Finding.AGREES in (findings["PMID"], findings["registry number"]):
        return judgement
    by_doi = findings["DOI"] is Finding.AGREES
    if a.notice and not by_doi and findings["first page"] is not Finding.AGREES and not _identical(a, b):
        return DuplicateVerdict.UNSURE, f"{rule}, but a paper may have several notices"
    if findings["issue"] is Finding.DIFFERS and not by_doi:
        return DuplicateVerdict.UNSURE, f"{rule}, but in another issue"
    differences = title_differences(a.title, b.title) if a.title and b.title else NO_DIFFERENCE
    if not differences.asks or _fills_one_place(a, b, findings, by_doi=by_doi, never=differences.never_joined):
        return judgement
    return DuplicateVerdict.UNSURE, f"{rule}, but the titles differ by {differences.words}"


def _fills_one_place(a: Comparable, b: Comparable, findings: dict[str, Finding], *, by_doi: bool, never: bool) -> bool:
    """Whether both fill the same several pages of one volume, by the same authors."""
    place = _same_span(a, b) and a.fills_several_pages and findings["volume"] is Finding.AGREES
    return place and findings["authors"] is Finding.AGREES and (by_doi or not never)


@dataclass(frozen=True, slots=True)
class _PublicationPlace:
    """Where a report was published: how many of journal, volume and first page agree, and how many differ."""

    agreeing: int
    differing: int
    on_one_page: bool

    @classmethod
    def of(cls, findings: dict[str, Finding]) -> _PublicationPlace:
        parts = [findings["journal"], findings["volume"], findings["first page"]]
        page = (
            findings["volume"] is Finding.AGREES
            and findings["first page"] is Finding.AGREES
            and findings["year"] is Finding.AGREES
        )
        return cls(parts.count(Finding.AGREES), parts.count(Finding.DIFFERS), page)


def _veto(a: Comparable, b: Comparable, findings: dict[str, Finding]) -> str:
    """Why two records cannot be one report, whatever else agrees; empty if nothing forbids it."""
    if bool(a.register_entry) != bool(b.register_entry):
        return "a register entry and a publication are two reports"
    if findings["registry number"] is Finding.CONTRADICTS:
        return "two register entries with different numbers"
    identified = Finding.AGREES in (findings["PMID"], findings["DOI"])
    if findings["PMID"] is not Finding.AGREES and a.notice != b.notice:
        return "a notice, comment or letter is not the paper that it is about"
    if findings["title"] is Finding.CONTRADICTS and not identified and not _PublicationPlace.of(findings).on_one_page:
        return "the numbers in the titles differ (parts of a series)"
    return ""


def _same_doi(findings: dict[str, Finding], likeness: float, place: _PublicationPlace) -> tuple[DuplicateVerdict, str]:
    if findings["PMID"] is Finding.CONTRADICTS:
        return DuplicateVerdict.UNSURE, "same DOI but different PMIDs"
    if findings["title"] is Finding.AGREES and place.differing == PLACES:
        return DuplicateVerdict.UNSURE, "same DOI and title, but published elsewhere"
    if findings["title"] in (Finding.AGREES, Finding.MISSING):
        return DuplicateVerdict.SAME, "same DOI and title"
    # Supplements give many abstracts one DOI: there only the page and the title tell them apart.
    if findings["first page"] is Finding.DIFFERS:
        verdict = DuplicateVerdict.UNSURE if likeness >= LIKE_TITLE else DuplicateVerdict.DIFFERENT
        return verdict, "same DOI, but other titles and pages (abstracts of a supplement)"
    on_one_page = findings["first page"] is Finding.AGREES
    if likeness >= LIKE_TITLE or (likeness >= UNLIKE_TITLE and on_one_page and findings["authors"] is Finding.AGREES):
        return DuplicateVerdict.SAME, "same DOI, like titles"
    doubtful = findings["authors"] is not Finding.DIFFERS and (likeness >= UNLIKE_TITLE or on_one_page)
    verdict = DuplicateVerdict.UNSURE if doubtful else DuplicateVerdict.DIFFERENT
    return verdict, "same DOI but unlike titles"


def _other_identifier(findings: dict[str, Finding], place: _PublicationPlace) -> tuple[DuplicateVerdict, str]:
    if findings["title"] is Finding.AGREES and findings["authors"] is not Finding.DIFFERS and place.on_one_page:
        return DuplicateVerdict.UNSURE, "same title, author and page, but different identifiers"
    return DuplicateVerdict.DIFFERENT, "different identifiers"


def _same_title(
    a: Comparable, b: Comparable, findings: dict[str, Finding], place: _PublicationPlace
) -> tuple[DuplicateVerdict, str]:
    telling = min(len(a.words), len(b.words)) >= TELLING_WORDS
    authors, years = findings["authors"], findings["year"]
    if authors is Finding.DIFFERS:
        verdict = DuplicateVerdict.UNSURE if place.on_one_page else DuplicateVerdict.DIFFERENT
        return verdict, "same title, but other authors"
    if years is Finding.DIFFERS or (findings["volume"] is Finding.DIFFERS and a.year != b.year):
        # A Cochrane review keeps its number as page through all its versions.
        versions = place.agreeing == PLACES - 1 and authors is Finding.AGREES
        return (DuplicateVerdict.UNSURE if versions else DuplicateVerdict.DIFFERENT), "same title, but another year or volume"
    if place.on_one_page or (not place.differing and (telling or place.agreeing) and _backed(a, b, authors, place)):
        return DuplicateVerdict.SAME, "same title, nothing contradicts"
    if place.differing == 1 and (telling or place.agreeing) and authors is Finding.AGREES:
        elsewhere = findings["first page"] is Finding.DIFFERS or not place.agreeing
        verdict = DuplicateVerdict.UNSURE if elsewhere else DuplicateVerdict.SAME
        return verdict, "same title and author, but the place of publication differs in part"
    if not place.differing:
        return DuplicateVerdict.UNSURE, "same short title and nothing else to tell"
    doubtful = place.agreeing and telling and authors is Finding.AGREES and a.year == b.year
    return (DuplicateVerdict.UNSURE if doubtful else DuplicateVerdict.DIFFERENT), "same title, but published elsewhere"


def _backed(a: Comparable, b: Comparable, authors: Finding, place: _PublicationPlace) -> bool:
    """Whether anything beside a like title speaks for the pair; a title equal to the letter speaks for itself."""
    return authors is Finding.AGREES or place.agreeing > 0 or a.squeezed == b.squeezed


def _other_title(
    a: Comparable, b: Comparable, findings: dict[str, Finding], likeness: float, place: _PublicationPlace
) -> tuple[DuplicateVerdict, str]:
    """Titles that are spelt, cut or translated otherwise: only the printed page can make them one report."""
    if findings["authors"] is Finding.DIFFERS or findings["year"] is Finding.DIFFERS:
        return DuplicateVerdict.DIFFERENT, "too little agrees"
    contained = _contained(a, b)
    if place.on_one_page and (contained or likeness >= SPELT_OTHERWISE):
        return DuplicateVerdict.SAME, "same page and author, title cut or spelt otherwise"
    if place.on_one_page and findings["authors"] is Finding.AGREES:
        one_report = _same_span(a, b) and (likeness >= UNLIKE_TITLE or a.translated or b.translated)
        verdict = DuplicateVerdict.SAME if one_report else DuplicateVerdict.UNSURE
        return verdict, "same pages and author, another title (a translation?)"
    if place.on_one_page and _same_span(a, b) and likeness >= UNLIKE_TITLE:
        return DuplicateVerdict.UNSURE, "same pages and like titles, authors missing"
    if (
        (likeness >= LIKE_TITLE or contained)
        and a.numbers == b.numbers
        and not place.differing
        and findings["authors"] is Finding.AGREES
    ):
        verdict = DuplicateVerdict.SAME if place.agreeing >= PLACES - 1 else DuplicateVerdict.UNSURE
        return verdict, "like titles, same author and year"
    return DuplicateVerdict.DIFFERENT, "too little agrees"


def _same_span(a: Comparable, b: Comparable) -> bool:
    """True where both fill the same several pages: meeting abstracts may share one page, but not a range of them."""
    return bool(a.last_page) and a.last_page == b.last_page and a.last_page != a.first_page


def _identical(a: Comparable, b: Comparable) -> bool:
    """True where two rows say the same in every field, however little that is: one database delivered one entry twice."""
    return _row(a) == _row(b)


def _row(record: Comparable) -> tuple[object, ...]:
    place = (record.year, record.journal, record.volume, record.pages, record.doi, record.pmid, record.registry)
    return record.squeezed, record.names, *place


def _contained(a: Comparable, b: Comparable) -> bool:
    """True where one title is the other without its subtitle; words before a title ("Comment on ...") make it another."""
    short, long = sorted((a.words, b.words), key=len)
    return len(short) >= TELLING_WORDS and long[: len(short)] == short
