"""Which report a document is, judged by what its own first pages say. Pure.

Two things must agree before nobody is asked: a number of the report (DOI, PMID, registration number) and its title. Either alone stands on
first pages of other works too: letters, errata and protocols cite the number, conference abstracts and preprints have the title.
Invariant: what is certain has both, on behalf of one report alone, and nothing on these pages speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prisma_tool.fulltext.page_words import LIKE_TITLE, letters, names_doi, normal_page, title_likeness
from prisma_tool.fulltext.pdf_identity import SoughtReport
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.identifiers import normal_dois, registry_numbers
from prisma_tool.model.text import fold

RESEMBLES = 80
"""Below, two titles of one field share their usual words and nothing else: "a randomised trial of ... in patients with ..."."""
_SAME_WORDS = 0.5
"""Of a title's longer words; a page with fewer of them is taken for another work's, and not compared letter by letter, which takes long."""
_LONGER_WORD = 5
_PMID = re.compile(r"\bPMID\b[\s:#]*0*([1-9]\d{0,7})(?!\d)", re.IGNORECASE)
_REFERENCES = re.compile(
    r"^[ \t]*(?:references|bibliography|literature cited|reference list)[ \t]*:?[ \t]*$", re.IGNORECASE | re.MULTILINE
)
_ABOUT_ANOTHER = re.compile(
    r"\b(?:erratum|corrigendum|correction(?: to|:)|retraction (?:note|notice)|retraction:|comment(?:ary)? on|repl(?:y|ies) to|"
    r"response to (?:the )?(?:letter|editor|comment)|supplementa(?:ry|l) (?:material|appendix|information)|supplement to|"
    r"expression of concern)",
    re.IGNORECASE,
)
"""What stands at the head of a work about another work, whose number and title it then names."""
_HEAD = 400
"""Characters: the running head, the kind of article and the title stand within them; further down such words are of the article's text."""


@dataclass(frozen=True, slots=True)
class ReportEvidence:
    """What speaks for one report. `title` is how much of its title stands there, of 100."""

    key: str
    numbers: tuple[str, ...]
    title: int
    words: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether number and title speak for it."""
        return bool(self.numbers) and self.title >= LIKE_TITLE


@dataclass(frozen=True, slots=True)
class DocumentEvidence:
    """The reports that a document may be, likeliest first, and what else makes a person decide."""

    candidates: tuple[ReportEvidence, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether it is the first candidate: number and title agree, and nothing speaks against it."""
        return bool(self.candidates) and self.candidates[0].agrees and not self.doubts


@dataclass(frozen=True, slots=True)
class FirstPages:
    """What a document says of itself: its first pages, and the DOIs in its description of itself (`pdf_identity.dois_inside`)."""

    pages: tuple[str, ...]
    inside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedReport:
    """A report ready to be compared with many documents: its titles, each as its letters and its longer words."""

    report: SoughtReport
    titles: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, report: SoughtReport) -> ComparedReport:
        """This report."""
        titles = {title for citation in report.citations for title in (citation.title, citation.vernacular_title) if title}
        return cls(report, tuple((letters(title), _longer_words(title)) for title in sorted(titles)))


def _longer_words(title: str) -> tuple[str, ...]:
    return tuple(word for word in fold(normal_page(title)).split() if len(word) >= _LONGER_WORD)


def weighed(first: FirstPages, reports: Sequence[ComparedReport]) -> DocumentEvidence:
    """Which of these reports a document is."""
    page_texts = [_PageText.of(page) for page in first.pages]
    candidates = [evidence for one in reports if (evidence := _evidence(one, first.inside, page_texts)) is not None]
    candidates.sort(key=lambda one: (not one.agrees, not one.numbers, -one.title, one.key))
    agreeing = [one for one in candidates if one.agrees]
    kept = agreeing or candidates
    if not kept:
        return DocumentEvidence()
    return DocumentEvidence(tuple(kept), tuple(_doubts(kept, first, page_texts, {one.report.key: one.report for one in reports})))


@dataclass(frozen=True, slots=True)
class _PageText:
    """A page without its list of references: its text, its letters, and the registration numbers on it."""

    text: str
    letters: str
    registry_numbers: frozenset[str]

    @classmethod
    def of(cls, page: str) -> _PageText:
        normal = normal_page(page)
        text = normal[: end.start()] if (end := _REFERENCES.search(normal)) else normal
        return cls(text, letters(text), frozenset(registry_numbers(text)))


def _evidence(compared: ComparedReport, inside: Sequence[str], pages: Sequence[_PageText]) -> ReportEvidence | None:
    report = compared.report
    numbers: dict[str, str] = {}
    for number, where in _numbers(report, inside, pages):
        numbers.setdefault(number, where)
    title, page = _title(compared, pages)
    if not numbers and title < RESEMBLES:
        return None
    words = [f"names {number} {where}" for number, where in numbers.items()] or ["names none of its numbers"]
    if title >= RESEMBLES:
        words.append(
            f"has its title on page {page}"
            if title >= LIKE_TITLE
            else f"has a title like its own on page {page} ({title} of 100)"
        )
    else:
        words.append("not its title")
    return ReportEvidence(report.key, tuple(numbers), title if title >= RESEMBLES else 0, tuple(words))


def _numbers(report: SoughtReport, inside: Sequence[str], pages: Sequence[_PageText]) -> Iterator[tuple[str, str]]:
    """Numbers of the report that the document names, each with where it first does."""
    for citation in report.citations:
        if citation.doi in inside:
            yield citation.doi, "in its description of itself"
        for place, page in enumerate(pages, 1):
            yield from ((number, f"on page {place}") for number in _named_on(page, citation))


def _named_on(page: _PageText, citation: Citation) -> Iterator[str]:
    if citation.doi and names_doi(page.text, citation.doi):
        yield citation.doi
    if citation.pmid and citation.pmid in _PMID.findall(page.text):
        yield f"PMID {citation.pmid}"
    yield from (number for number in citation.registry_numbers if number in page.registry_numbers)


def _title(compared: ComparedReport, pages: Sequence[_PageText]) -> tuple[int, int]:
    """How much of a title of the report stands on one of the pages, of 100, and on which."""
    scores = ((_likeness(title, words, page), -place) for title, words in compared.titles for place, page in enumerate(pages, 1))
    score, place = max(scores, default=(0, 0))
    return score, -place


def _likeness(title: str, words: Sequence[str], page: _PageText) -> int:
    if sum(word in page.letters for word in words) < _SAME_WORDS * len(words):
        return 0
    return title_likeness(title, page.letters, RESEMBLES)


def _doubts(
    kept: Sequence[ReportEvidence], first: FirstPages, pages: Sequence[_PageText], reports: dict[str, SoughtReport]
) -> Iterator[str]:
    if len(kept) > 1:
        yield f"it may be {len(kept)} reports"
    report = reports[kept[0].key]
    if others := list(_dois_of_others(report, first, pages)):
        yield f"it also names {others[0]}"
    if about := _about_another(report, pages):
        yield f"it says “{about}”"
    if not report.wanted:
        yield f"{report.key} {report.phase or 'wants no full text'}"


def other_dois(report: SoughtReport, first: FirstPages) -> Iterator[str]:
    """DOIs by which a document may call itself, and which are none of this report's."""
    return _dois_of_others(report, first, [_PageText.of(page) for page in first.pages])


def _dois_of_others(report: SoughtReport, first: FirstPages, pages: Sequence[_PageText]) -> Iterator[str]:
    """DOIs of other works on the first page, and in the description: either may be the document's own."""
    own = [citation.doi for citation in report.citations if citation.doi]
    for doi in (*first.inside, *(doi for page in pages[:1] for doi in normal_dois(page.text))):
        if not any(_is_same_doi(doi, known) for known in own):
            yield doi


def _is_same_doi(printed: str, doi: str) -> bool:
    """Whether a DOI as it is printed is this one: cut at the end of a line, or with the next words run into it."""
    return doi.startswith(printed) or (printed.startswith(doi) and not printed[len(doi)].isdigit())


def _about_another(report: SoughtReport, pages: Sequence[_PageText]) -> str:
    """What the first page says of itself as a work about another work, unless the report's own title says so."""
    match = _ABOUT_ANOTHER.search(pages[0].text[:_HEAD]) if pages else None
    if match is None or any(_ABOUT_ANOTHER.search(citation.title) for citation in report.citations):
        return ""
    return " ".join(match[0].lower().split())
