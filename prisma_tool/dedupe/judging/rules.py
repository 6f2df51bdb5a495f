"""The judgement of a pair from the findings of its fields: rules from the strongest to the weakest, each with its reason in words.

A false merge loses a study without a trace, a missed duplicate costs a minute: so contradicting identifiers are never overruled by
likeness, and doubt goes to a person.
"""

from __future__ import annotations

from dataclasses import dataclass

from prisma_tool.dedupe.judging.findings import LIKE_TITLE, SPELT_OTHERWISE, TELLING_WORDS, UNLIKE_TITLE, Finding, contained
from prisma_tool.dedupe.judging.forms import Form
from prisma_tool.dedupe.judging.place import counted_apart, is_review_number
from prisma_tool.dedupe.judging.same_words import exchanged_drug_names
from prisma_tool.dedupe.judging.title_differences import NO_DIFFERENCE, title_differences
from prisma_tool.dedupe.normalise import Comparable
from prisma_tool.model.text import fold
from prisma_tool.model.vocabulary import DuplicateVerdict

PLACES = 3
"""Journal, volume and first page."""

SEVERAL_NAMES = 3
"""Names of authors from which an equal list is no chance: one or two write much together."""
GENERIC_WORDS = frozenset(
    "a about abstract abstracts and announcement announcements author authors book books by calendar case clinical comment commentary "
    "comments conclusion contents correspondence corrections current discussion editor editorial editorials editors for foreword from "
    "further guest highlights image images in introduction introductory invited issue issues journal letter letters literature "
    "meeting minutes month news note notes obituary of on opinion our page pages perspective perspectives preface president "
    "proceedings question questions quiz re readers recent remarks reply report reports response review reviewers reviews s section "
    "special summary symposium thanks the this to update viewpoint welcome words year".split()
)
"""A title of nothing but these ("Letter to the editor", "In this issue") stands in every issue."""
_SUBTITLE_FROM = 3
"""So many words more are a subtitle, whatever numbers it holds; "part 2" is none."""
_PUBLISHED_APART = frozenset((Form.PREPRINT, Form.THESIS))
_SHORT = frozenset((Form.ABSTRACT, Form.SUPPLEMENT))
_TITLE_OF_ITS_OWN = 8
"""A title of so many words, with its year, is told from others without an author or a place."""
_AHEAD_YEARS = 2
"""A paper may stand ahead of print so long, and its record in a database may keep the first date."""
_AGAINST = {
    "abstract": "the abstracts differ",
    "sample size": "the samples have other sizes",
    "registry numbers named": "they name other trials of one register",
}
_FOR = ("abstract", "first sentence", "rare numbers")

Judgement = tuple[DuplicateVerdict, str]


def judge(a: Comparable, b: Comparable, findings: dict[str, Finding], likeness: float) -> Judgement:
    """The verdict of the strongest rule that applies, and the rule in words."""
    if Finding.AGREES in (findings["PMID"], findings["registry number"]):
        return DuplicateVerdict.SAME, "same PMID" if findings["PMID"] is Finding.AGREES else "same register entry"
    if findings["DOI"] is Finding.AGREES:
        return _same_doi(a, b, findings, likeness)
    place = _PublicationPlace.of(findings)
    if Finding.CONTRADICTS in (findings["DOI"], findings["PMID"]):
        return _other_identifier(findings, place)
    if findings["title"] is Finding.AGREES:
        return (DuplicateVerdict.SAME, "the same row twice") if _identical(a, b) else _same_title(a, b, findings, place)
    return _other_title(a, b, findings, likeness, place)


def doubted(a: Comparable, b: Comparable, findings: dict[str, Finding], judgement: Judgement) -> Judgement:
    """A judgement that joins goes to a person where something speaks against it; one number of a database or register never does."""
    verdict, rule = judgement
    if verdict is not DuplicateVerdict.SAME or Finding.AGREES in (findings["PMID"], findings["registry number"]):
        return judgement
    by_doi = findings["DOI"] is Finding.AGREES
    doubt = ("" if by_doi else _other_place(a, b, findings)) or _against(findings) or _siblings(a, b, findings, by_doi=by_doi)
    return (DuplicateVerdict.UNSURE, f"{rule}, but {doubt}") if doubt else judgement


def _other_place(a: Comparable, b: Comparable, findings: dict[str, Finding]) -> str:
    """Why the two may stand in two places although nothing contradicts; empty where they do not."""
    on_one_page = findings["first page"] is Finding.AGREES
    if (a.notice or b.notice) and not on_one_page and not _identical(a, b):
        return "a paper may have several notices"
    if a.year != b.year and is_review_number(a.pages) and is_review_number(b.pages):
        return "a review keeps its number through all its versions"
    if findings["issue"] is Finding.DIFFERS:
        return "in another issue"
    if counted_apart(a.printed, b.printed, one_year=a.year == b.year):
        return "on pages that are counted apart"
    generic = _generic(a) and _generic(b) and not _PublicationPlace.of(findings).on_one_page
    if generic:
        return "such a title says nothing without a page"
    return "" if on_one_page else _other_work(a, b, findings)


def _other_work(a: Comparable, b: Comparable, findings: dict[str, Finding]) -> str:
    """Why one title may be two works; empty where nothing shows it."""
    form = _other_form(a, b) or _other_form(b, a)
    if form:
        return f"one is a {form}"
    namesakes = findings["authors"] is Finding.AGREES and _namesakes(a, b)
    return "the first authors have other given names" if namesakes else ""


def _other_form(one: Comparable, other: Comparable) -> str:
    """The form of the first where the second is no such thing; empty where that is not so.

    A paper of several pages is no meeting's abstract, even where the row of the abstract has no page.
    """
    if one.form is other.form:
        return ""
    apart = one.form in _PUBLISHED_APART or (one.form in _SHORT and other.form not in _SHORT and other.printed.several)
    return one.form if apart else ""


def _namesakes(a: Comparable, b: Comparable) -> bool:
    """True where the first authors have one surname and other given names, and no other name of theirs is in common."""
    if not (a.initials and b.initials and a.initials.isdisjoint(b.initials)):
        return False
    first, second = (frozenset(fold(record.first_person.family).split()) for record in (a, b))
    return a.names & b.names <= first & second


def _generic(record: Comparable) -> bool:
    """True for a title that every issue of a journal may have."""
    return GENERIC_WORDS.issuperset(record.words)


def _against(findings: dict[str, Finding]) -> str:
    """The first evidence of the abstracts against one report, in words; empty where there is none."""
    return next((words for name, words in _AGAINST.items() if findings.get(name) is Finding.DIFFERS), "")


def _siblings(a: Comparable, b: Comparable, findings: dict[str, Finding], *, by_doi: bool) -> str:
    """How the titles differ where they do so as siblings' do, in words; empty where they do not.

    Siblings of one group stand on one page of a supplement, or have no page yet; so only identifiers, or a range of pages with room
    for one report, outweigh an exchanged word, and none but identifiers another number or a "without".
    """
    differences = title_differences(a.title, b.title) if a.title and b.title else NO_DIFFERENCE
    outweighed = (differences.added and (by_doi or _same_article_number(a, b, findings))) or (
        differences.by_a_letter and (by_doi or findings.get("abstract") is Finding.AGREES)
    )
    if (
        differences.asks
        and not outweighed
        and not _fills_one_place(a, b, findings, by_doi=by_doi, never=differences.never_joined)
    ):
        return f"the titles differ by {differences.words}"
    names = exchanged_drug_names(a.drug_names, b.drug_names)
    if names and not _fills_one_place(a, b, findings, by_doi=by_doi, never=False):
        return f"the titles differ by two names of one drug: {', '.join(names)}"
    return ""


def _same_article_number(a: Comparable, b: Comparable, findings: dict[str, Finding]) -> bool:
    """True where both are one numbered article of one volume, whatever a database made of the end of its title."""
    numbered = a.printed.numbered and b.printed.numbered and a.printed.first == b.printed.first
    return numbered and all(findings[name] is Finding.AGREES for name in ("journal", "volume", "authors"))


def weighs_abstracts(a: Comparable, b: Comparable, findings: dict[str, Finding], likeness: float) -> bool:
    """Whether the abstracts could change the judgement: reading them is dear, and most pairs are told without."""
    numbered = Finding.AGREES in (findings["PMID"], findings["registry number"])
    return not numbered and (likeness >= SPELT_OTHERWISE or a.translated or b.translated or findings["DOI"] is Finding.AGREES)


def encouraged(a: Comparable, b: Comparable, findings: dict[str, Finding], likeness: float, judgement: Judgement) -> Judgement:
    """A judgement that does not join is mended where the abstracts speak for one report, and nothing but the place against it."""
    verdict, rule = judgement
    if verdict is DuplicateVerdict.SAME or Finding.DIFFERS in map(findings.get, _AGAINST):
        return judgement
    supported = Finding.AGREES in map(findings.get, _FOR) and (likeness >= SPELT_OTHERWISE or a.translated or b.translated)
    if verdict is DuplicateVerdict.DIFFERENT and supported and _may_be_one(findings):
        return DuplicateVerdict.UNSURE, f"{rule}, but the abstracts are alike"
    if verdict is DuplicateVerdict.UNSURE and findings.get("abstract") is Finding.AGREES and _misprinted(a, b, findings):
        return DuplicateVerdict.SAME, "same title and abstract, a field of one record is misprinted"
    return judgement


def _may_be_one(findings: dict[str, Finding]) -> bool:
    """Whether one journal may have printed both: a meeting's abstract, a preprint and the paper share words, and are three reports.

    A journal and its translation have one volume and issue.
    """
    if Finding.CONTRADICTS in (findings["DOI"], findings["PMID"]):
        return findings["journal"] is Finding.AGREES and findings["volume"] is not Finding.DIFFERS
    return findings["journal"] is not Finding.DIFFERS or _one_issue(findings)


def _misprinted(a: Comparable, b: Comparable, findings: dict[str, Finding]) -> bool:
    """True where title, journal and year are one, and of authors, volume, issue and first page at most one is another."""
    fields = [findings[name] for name in ("authors", "volume", "issue", "first page")]
    sure = all(findings[name] is Finding.AGREES for name in ("title", "journal", "year")) and a.year == b.year
    identified = Finding.CONTRADICTS in (findings["DOI"], findings["PMID"])
    return sure and not identified and fields.count(Finding.DIFFERS) == 1 and fields.count(Finding.AGREES) >= PLACES - 1


def _fills_one_place(a: Comparable, b: Comparable, findings: dict[str, Finding], *, by_doi: bool, never: bool) -> bool:
    """Whether both fill the same several pages of one volume, by the same authors."""
    place = _same_span(a, b) and (a.printed.several or b.printed.several) and findings["volume"] is Finding.AGREES
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


def veto(a: Comparable, b: Comparable, findings: dict[str, Finding]) -> str:
    """Why two records cannot be one report, whatever else agrees; empty if nothing forbids it."""
    if bool(a.register_entry) != bool(b.register_entry):
        return "a register entry and a publication are two reports"
    if findings["registry number"] is Finding.CONTRADICTS:
        return "two register entries with different numbers"
    identified = Finding.AGREES in (findings["PMID"], findings["DOI"], findings["registry number"])
    if findings["PMID"] is not Finding.AGREES and a.notice != b.notice and not _marked_as_retracted(a, b, findings):
        return "a notice, comment or letter is not the paper that it is about"
    if findings["title"] is Finding.CONTRADICTS and not identified and not _PublicationPlace.of(findings).on_one_page:
        return "the numbers in the titles differ (parts of a series)"
    if _related(a, b) and Finding.AGREES not in (findings["PMID"], findings["DOI"]):
        return "a source relates one to the other, as a preprint to its article: two reports"
    return ""


def _related(a: Comparable, b: Comparable) -> bool:
    """Whether the source of one of two records names the other by its number as another publication."""
    return not (a.related.isdisjoint(b.identities) and b.related.isdisjoint(a.identities))


def _marked_as_retracted(a: Comparable, b: Comparable, findings: dict[str, Finding]) -> bool:
    """True where one may be the other after its retraction: publishers mark the paper's own title, the notice stands elsewhere."""
    marked = {a.notice, b.notice} == {"", "retracted"}
    identified = Finding.CONTRADICTS in (findings["DOI"], findings["PMID"])
    return marked and not identified and findings["first page"] is not Finding.DIFFERS


def _same_doi(a: Comparable, b: Comparable, findings: dict[str, Finding], likeness: float) -> Judgement:
    if findings["PMID"] is Finding.CONTRADICTS:
        return DuplicateVerdict.UNSURE, "same DOI but different PMIDs"
    if findings["title"] is Finding.AGREES and _PublicationPlace.of(findings).differing == PLACES:
        return DuplicateVerdict.UNSURE, "same DOI and title, but published elsewhere"
    if findings["title"] in (Finding.AGREES, Finding.MISSING):
        return DuplicateVerdict.SAME, "same DOI and title"
    # Supplements give many abstracts one DOI: there only the page and the title tell them apart.
    if findings["first page"] is Finding.DIFFERS:
        doubtful = likeness >= LIKE_TITLE or findings["authors"] is Finding.AGREES
        verdict = DuplicateVerdict.UNSURE if doubtful else DuplicateVerdict.DIFFERENT
        return verdict, "same DOI, but other titles and pages (abstracts of a supplement)"
    on_one_page = findings["first page"] is Finding.AGREES
    like = likeness >= LIKE_TITLE or contained(a, b)
    if like or (likeness >= UNLIKE_TITLE and on_one_page and findings["authors"] is Finding.AGREES):
        return DuplicateVerdict.SAME, "same DOI, like titles"
    doubtful = findings["authors"] is not Finding.DIFFERS and (likeness >= UNLIKE_TITLE or on_one_page)
    verdict = DuplicateVerdict.UNSURE if doubtful else DuplicateVerdict.DIFFERENT
    return verdict, "same DOI but unlike titles"


def _other_identifier(findings: dict[str, Finding], place: _PublicationPlace) -> Judgement:
    if findings["title"] is Finding.AGREES and findings["authors"] is not Finding.DIFFERS and place.on_one_page:
        return DuplicateVerdict.UNSURE, "same title, author and page, but different identifiers"
    in_one_volume = _in_one_journal_by_the_same(findings) and findings["volume"] is Finding.AGREES
    elsewhere = Finding.DIFFERS in (findings["issue"], findings["first page"])
    if findings["title"] is Finding.AGREES and in_one_volume and not elsewhere and findings["PMID"] is not Finding.CONTRADICTS:
        return DuplicateVerdict.UNSURE, "same title, author and volume, but different identifiers"
    return DuplicateVerdict.DIFFERENT, "different identifiers"


def _same_title(a: Comparable, b: Comparable, findings: dict[str, Finding], place: _PublicationPlace) -> Judgement:
    telling = min(len(a.words), len(b.words)) >= TELLING_WORDS
    authors, years = findings["authors"], findings["year"]
    if authors is Finding.DIFFERS:
        verdict = DuplicateVerdict.UNSURE if place.on_one_page else DuplicateVerdict.DIFFERENT
        return verdict, "same title, but other authors"
    if years is Finding.DIFFERS or (findings["volume"] is Finding.DIFFERS and a.year != b.year):
        # A Cochrane review keeps its number as page through all its versions.
        versions = place.agreeing == PLACES - 1 and authors is Finding.AGREES
        versions |= telling and (_in_one_journal_by_the_same(findings) or _long_ahead_of_print(a, b, findings, place))
        return (DuplicateVerdict.UNSURE if versions else DuplicateVerdict.DIFFERENT), "same title, but another year or volume"
    if place.on_one_page or (not place.differing and (telling or place.agreeing) and _backed(a, b, authors, place)):
        return DuplicateVerdict.SAME, "same title, nothing contradicts"
    two_places = findings["journal"] is Finding.DIFFERS and not place.agreeing and bool(a.first_page and b.first_page)
    if place.differing == 1 and not two_places and (telling or place.agreeing) and authors is Finding.AGREES:
        elsewhere = findings["first page"] is Finding.DIFFERS or not place.agreeing
        verdict = DuplicateVerdict.UNSURE if elsewhere else DuplicateVerdict.SAME
        return verdict, "same title and author, but the place of publication differs in part"
    if not place.differing:
        return DuplicateVerdict.UNSURE, "same short title and nothing else to tell"
    doubtful = (place.agreeing and telling) or _one_issue(findings) or (telling and _same_list(a, b))
    doubtful = doubtful and authors is Finding.AGREES and a.year == b.year
    return (DuplicateVerdict.UNSURE if doubtful else DuplicateVerdict.DIFFERENT), "same title, but published elsewhere"


def _in_one_journal_by_the_same(findings: dict[str, Finding]) -> bool:
    """True for a meeting's abstract and the paper after it, and for a paper whose volume or year is misprinted."""
    return all(findings[name] is Finding.AGREES for name in ("journal", "authors", "year"))


def _long_ahead_of_print(a: Comparable, b: Comparable, findings: dict[str, Finding], place: _PublicationPlace) -> bool:
    """True where one of two rows of a journal and its author has no place yet, and the dates may be those of one paper."""
    apart = abs((a.year or 0) - (b.year or 0)) <= _AHEAD_YEARS and not (a.first_page and b.first_page)
    return apart and not place.differing and all(findings[name] is Finding.AGREES for name in ("journal", "authors"))


def _one_issue(findings: dict[str, Finding]) -> bool:
    """True where volume and issue agree: a journal and its translation go by two names, and count their pages apart."""
    return findings["volume"] is Finding.AGREES and findings["issue"] is Finding.AGREES


def _same_list(a: Comparable, b: Comparable) -> bool:
    """True where both have the same several authors: an abstract given at two meetings, or one journal's name misread."""
    return len(a.names) >= SEVERAL_NAMES and a.names == b.names


def _backed(a: Comparable, b: Comparable, authors: Finding, place: _PublicationPlace) -> bool:
    """Whether anything beside a like title speaks for the pair; a long title of one year, equal to the letter, speaks for itself."""
    of_its_own = a.squeezed == b.squeezed and len(a.words) >= _TITLE_OF_ITS_OWN and None not in (a.year, b.year)
    return authors is Finding.AGREES or place.agreeing > 0 or of_its_own


def _other_title(
    a: Comparable, b: Comparable, findings: dict[str, Finding], likeness: float, place: _PublicationPlace
) -> Judgement:
    """Titles that are spelt, cut or translated otherwise: only the printed page can make them one report."""
    if findings["authors"] is Finding.DIFFERS or findings["year"] is Finding.DIFFERS:
        return DuplicateVerdict.DIFFERENT, "too little agrees"
    cut = contained(a, b)
    if place.on_one_page and (cut or likeness >= SPELT_OTHERWISE):
        return DuplicateVerdict.SAME, "same page and author, title cut or spelt otherwise"
    if place.on_one_page and findings["authors"] is Finding.AGREES:
        one_report = _same_span(a, b) and (likeness >= UNLIKE_TITLE or a.translated or b.translated)
        verdict = DuplicateVerdict.SAME if one_report else DuplicateVerdict.UNSURE
        return verdict, "same pages and author, another title (a translation?)"
    if place.on_one_page and _same_span(a, b) and likeness >= UNLIKE_TITLE:
        return DuplicateVerdict.UNSURE, "same pages and like titles, authors missing"
    if (
        (likeness >= LIKE_TITLE or cut)
        and (a.numbers == b.numbers or _subtitled(a, b))
        and not place.differing
        and findings["authors"] is Finding.AGREES
    ):
        sure = place.agreeing >= PLACES - 1 and a.numbers == b.numbers
        return (DuplicateVerdict.SAME if sure else DuplicateVerdict.UNSURE), "like titles, same author and year"
    return DuplicateVerdict.DIFFERENT, "too little agrees"


def _subtitled(a: Comparable, b: Comparable) -> bool:
    """True where one title is the other and a subtitle, which may hold numbers of its own."""
    return contained(a, b) and abs(len(a.words) - len(b.words)) >= _SUBTITLE_FROM


def _same_span(a: Comparable, b: Comparable) -> bool:
    """True where both fill the same several pages: meeting abstracts may share one page, but not a range of them."""
    return (
        bool(a.printed.last)
        and "1" not in (a.printed.first, b.printed.first)
        and a.printed.last == b.printed.last
        and a.printed.last != a.printed.first
    )


def _identical(a: Comparable, b: Comparable) -> bool:
    """True where two rows say the same in every field, however little that is: one database delivered one entry twice."""
    return _row(a) == _row(b)


def _row(record: Comparable) -> tuple[object, ...]:
    place = (record.year, record.journal, record.volume, record.pages, record.doi, record.pmid, record.registry)
    return record.squeezed, record.names, *place
