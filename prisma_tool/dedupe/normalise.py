"""What two records are compared by: their content reduced to comparable values.

Invariant: spelling that does not change which publication is meant (case, accents, punctuation, Greek letters as words, page
abbreviation, a bracketed translation) does not change the value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import OSA

from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.text import fold

_GREEK = str.maketrans(
    {
        "α": " alpha ",
        "β": " beta ",
        "γ": " gamma ",
        "δ": " delta ",
        "κ": " kappa ",
        "λ": " lambda ",
        "μ": " mu ",
        "µ": " mu ",
        "ω": " omega ",
    }
)
_APPENDED = re.compile(
    r"\s*\[(?:(?:published )?(?:erratum|corrected)|correction|retracted|see comment|comment)\b.*$", re.IGNORECASE | re.DOTALL
)
_ABSTRACT = re.compile(r"\W+abstract(?:\W+(?:no\W*)?[a-z]{0,2}\d+)?\W*$", re.IGNORECASE)
"""Databases append "[abstract no. 134]" to the titles of meeting abstracts."""
_SUPERSCRIPT = re.compile(r"\((?:sup|sub)\)|</?(?:sup|sub)>", re.IGNORECASE)
"""How exports write raised and lowered characters."""
_NOTICE = re.compile(
    r"^(?:published )?(?P<kind>erratum|corrigendum|correction|retraction|retracted|expression of concern|re|reply|response|comment|"
    r"author s? ?reply|in reply|letter|editorial)\b",
)
_NOTICE_WORDS = ("erratum", "corrigendum", "correction", "retraction", "retracted", "comment", "response")
"""Words that begin a notice, looked for with a letter lost or doubled too: a misprinted erratum is an erratum."""
_NOTICE_TYPES = ("erratum", "retraction notice", "retraction of publication", "expression of concern")
_NUMBERS = re.compile(r"\d+|\b(?:i{1,3}|iv|v|vi{1,3}|ix)\b")
_PARTICLES = frozenset(
    ("von", "van", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "el", "al", "ter", "ten", "zu")
)
_CONFERENCE = re.compile(r"\W+conference\b.*$", re.IGNORECASE)
"""Embase appends the meeting to the journal of a supplement."""
_SUPPLEMENT = re.compile(r"\bsuppl\w*\.?\s*\d*", re.IGNORECASE)
"""A supplement's number stands in the field of the volume, and for it where the export has lost the volume."""
_INITIALS = 2
"""Names of up to this many letters are initials and tell nothing."""
_FOREIGN_WORDS = frozenset(
    [
        *("bei", "das", "dem", "der", "ein", "eine", "im", "mit", "und", "vom", "von", "zur"),
        *("del", "el", "las", "los", "por", "una", "y"),
        *("aux", "chez", "des", "du", "et", "les", "sur", "une"),
    ]
)
"""Small words of German, Spanish and French that English lacks: a title with one of them is not English."""
_AUTHORS = 10
_SEVERAL_PAGES = 3
"""Meeting abstracts share a page, or two; a range of three has room for one report only."""
_NUMBER = re.compile(r"\d+")
_ISSUE = re.compile(r"\d{1,3}")
"""An issue's number; four digits, or a letter before them, are an article number that an export wrote there."""
_CUT_RANGE = re.compile(r"^[^\d]*[-\u2010-\u2015]\s*\d+\W*$")
"""A range that an export cut at its beginning ("t-8", "Suppl-12"): only its end is left."""
_LEADING_PAGE = re.compile(r"\W*\d+")
_RANGE = re.compile(r"(\d+)\s*[-\u2010-\u2015]+\s*[a-z]*(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Comparable:
    """One record, ready for comparison.

    What every record needs for finding candidates is a field; what only compared pairs need is computed at first use, because most
    records are never compared. `title` is folded.
    """

    key: str
    source: str
    title: str
    authors: tuple[Author, ...]
    year: int | None
    journal_name: str
    volume: str
    first_page: str
    pages: str
    doi: str
    pmid: str
    registry: frozenset[str]
    register_entry: str
    notice: str
    issue: str = ""
    translated: bool = False
    """Whether the record shows that its title is a translation, or has one in the language of the paper."""

    # Not cached, though often asked for: a million records would keep a gigabyte of words for a few comparisons.
    @property
    def squeezed(self) -> str:
        """The title's letters and digits alone."""
        return self.title.replace(" ", "")

    @property
    def words(self) -> tuple[str, ...]:
        """The title's words, each once, in order."""
        return tuple(dict.fromkeys(self.title.split()))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Numbers in the title ("part 2", "phase II", "CD33", "12 weeks"): where they differ, so do the papers."""
        return tuple(sorted(_NUMBERS.findall(self.title)))

    @cached_property
    def surname(self) -> str:
        """The first person's surname, empty where no person is named."""
        return next((_surname(author.family) for author in self.authors if author.family and not author.collective), "")

    @cached_property
    def names(self) -> frozenset[str]:
        """All names of more than initials among the first authors, given names too."""
        return frozenset(
            word for author in self.authors[:_AUTHORS] for word in fold(str(author)).split() if len(word) > _INITIALS
        )

    @cached_property
    def journal(self) -> str:
        """The journal's folded name, without the meeting that Embase appends to a supplement's."""
        return fold(_CONFERENCE.sub("", self.journal_name))

    @property
    def fills_several_pages(self) -> bool:
        """True for a range of three pages or more of a journal's own count; a supplement's S12 or a lone page is none."""
        first, last = self.first_page, self.last_page
        return bool(_LEADING_PAGE.match(self.pages) and last) and int(last) - int(first) >= _SEVERAL_PAGES - 1

    @cached_property
    def last_page(self) -> str:
        """The last page of a range in full or abbreviated ("221-8" ends at 228); empty where there is no range."""
        match = _RANGE.search(self.pages)
        if not match:
            return ""
        first, last = match[1].lstrip("0"), match[2].lstrip("0")
        return first[: -len(last)] + last if 0 < len(last) < len(first) else last


def normalise(key: str, source: str, citation: Citation) -> Comparable:
    """The comparable values of one record, whose key and source's slug are taken over as they are."""
    title = _title(citation)
    return Comparable(
        key=key,
        source=source,
        title=title,
        authors=citation.authors,
        year=citation.year,
        journal_name=citation.journal or citation.journal_abbreviation,
        volume=_first_number(_SUPPLEMENT.sub(" ", citation.volume)),
        first_page=_first_page(citation.pages),
        pages=citation.pages,
        doi=citation.doi,
        pmid=citation.pmid,
        registry=frozenset(citation.registry_numbers),
        register_entry=_register_entry(citation),
        notice=_notice(title, citation),
        issue=_issue(citation),
        translated=_translated(citation),
    )


BLOCKING_FIELDS = frozenset(
    {"title", "year", "volume", "pages", "doi", "pmid", "registry_numbers", "publication_types", "trial"},
)
"""The fields of a citation that `blocking_values` reads; to find pairs no others need be read."""


@dataclass(frozen=True, slots=True)
class BlockingValues:
    """What of a record decides which others it meets (see `record_table`), each as `Comparable` has it."""

    title: str
    year: int | None
    volume: str
    first_page: str
    doi: str
    pmid: str
    registry: frozenset[str]
    register_entry: str


def blocking_values(citation: Citation) -> BlockingValues:
    """The values of one record by which it meets others, without those that only compared pairs need."""
    return BlockingValues(
        title=_title(citation),
        year=citation.year,
        volume=_first_number(_SUPPLEMENT.sub(" ", citation.volume)),
        first_page=_first_page(citation.pages),
        doi=citation.doi,
        pmid=citation.pmid,
        registry=frozenset(citation.registry_numbers),
        register_entry=_register_entry(citation),
    )


def _title(citation: Citation) -> str:
    return fold(_SUPERSCRIPT.sub("", _ABSTRACT.sub("", _APPENDED.sub("", citation.title))).translate(_GREEK))


def _surname(family: str) -> str:
    """The surname without particles, which databases keep, drop or move: "von Pawel" and "Pawel" are one name."""
    words = fold(family).split()
    bare = [word for word in words if word not in _PARTICLES]
    return "".join(bare or words)


def _first_number(text: str) -> str:
    match = _NUMBER.search(text)
    return match.group().lstrip("0") if match else ""


def _first_page(pages: str) -> str:
    return "" if _CUT_RANGE.match(pages) else _first_number(pages)


def _issue(citation: Citation) -> str:
    """The issue's number where it is one, and not the page or article number again."""
    text = citation.issue.strip()
    number = text.lstrip("0") if _ISSUE.fullmatch(text) else ""
    return "" if number == _first_page(citation.pages) else number


def _translated(citation: Citation) -> bool:
    in_brackets = citation.title.lstrip().startswith("[")
    return in_brackets or bool(citation.vernacular_title) or not _FOREIGN_WORDS.isdisjoint(fold(citation.title).split())


def _register_entry(citation: Citation) -> str:
    """The register's own number where the record is a register entry, else empty."""
    if not citation.is_register_entry:
        return ""
    return citation.registry_numbers[0] if citation.registry_numbers else "unnumbered"


def _notice(title: str, citation: Citation) -> str:
    """What kind of notice about another paper this is ("erratum", "reply"...), or empty for a paper in its own right.

    Databases disagree about what to call a letter or comment, so among publication types only notices about a paper count.
    """
    match = _NOTICE.match(title)
    if match:
        return match["kind"].split()[-1]
    misprinted = _misprinted_notice(title.partition(" ")[0])
    if misprinted:
        return misprinted
    kinds = [kind.casefold() for kind in citation.publication_types]
    return next((kind.split()[0] for kind in _NOTICE_TYPES if any(one.endswith(kind) for one in kinds)), "")


def _misprinted_notice(word: str) -> str:
    likely = (notice for notice in _NOTICE_WORDS if abs(len(notice) - len(word)) == 1 and notice[0] == word[:1])
    return next((notice for notice in likely if OSA.distance(notice, word, score_cutoff=1) <= 1), "")
