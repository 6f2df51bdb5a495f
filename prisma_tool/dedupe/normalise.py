"""What two records are compared by: their content reduced to comparable values.

Invariant: spelling that does not change which publication is meant (case, accents, punctuation, Greek letters as words, page
abbreviation, a bracketed translation) does not change the value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import OSA

from prisma_tool.dedupe.judging.appended_words import without_appended
from prisma_tool.dedupe.judging.forms import Form, form
from prisma_tool.dedupe.judging.place import Pages, first_page, read_pages
from prisma_tool.dedupe.judging.same_words import named_alike
from prisma_tool.model.record.citation import Author, Citation, Section
from prisma_tool.model.text import fold

_LETTERS = dict(zip("αβγδκλμµω", "alpha beta gamma delta kappa lambda mu mu omega".split(), strict=True))
_GREEK = str.maketrans(
    {form: f" {name} " for letter, name in _LETTERS.items() for form in (letter, letter.upper())} | {"&": " and "}
)
_MISREAD = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0161\u0178-\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{1,3}")
"""What two, three or four bytes of UTF-8 become where each is read as a letter of its own."""
_SUPERSCRIPT = re.compile(
    r"\((?:sup|sub)\)|</?(?:sup|sub|i|b|em|strong)>|(?:\((?:sup|sub)\s|[_^]\()(?P<raised>[^()]{1,6})\)", re.IGNORECASE
)
"""How exports write raised, lowered and slanted characters: H(sub)2O, H<sub>2</sub>O, H(sub 2)O, H_(2)O, <i>in vitro</i>."""
_SUPERSCRIPT_SIGNS = frozenset("(<_^")
"""Without one of these no title has any: to look is cheaper than to replace."""
_AMERICAN = (
    ("ae", "e"),
    ("oe", "e"),
    ("isation", "ization"),
    ("ising", "izing"),
    ("ised", "ized"),
    ("sulph", "sulf"),
    ("umour", "umor"),
)
"""British spellings that no American word holds, and the American ones: databases change them."""
_NOTICE = re.compile(
    r"^(?:published |notice of )?(?P<kind>erratum|corrigendum|correction|retraction|retracted|expression of concern|re|reply|response|comment|"
    r"author s? ?reply|in reply|letter|editorial)\b",
)
_NOTICE_WORDS = ("erratum", "corrigendum", "correction", "retraction", "retracted", "comment", "response")
"""Words that begin a notice, looked for with a letter lost or doubled too: a misprinted erratum is an erratum."""
_NOTICE_TYPES = ("erratum", "retraction notice", "retraction of publication", "expression of concern")
_NOTICE_AFTER = re.compile(r"\b(?P<kind>erratum|corrigendum)$|\bvol \w+ (?:pg?|no|art) \w+(?: \d{4})?$")
"""What databases write behind the title of the corrected paper; Web of Science gives volume, page and year of that paper."""
_NUMBERS = re.compile(r"\d+|\b(?:i{1,3}|iv|v|vi{1,3}|ix)\b")
_PARTICLES = frozenset("von van der den de del della di da dos du la le el al ter ten zu".split())
_GROUP_WORDS = frozenset(
    "group investigators collaborators collaboration collaborative committee consortium network team society association "
    "trialists study trial project registry anonymous anon".split()
)
"""Words of a study group's name, which a database gives where another gives its writers; and of no name at all."""
_CONFERENCE = re.compile(r"\W+conference\b.*$", re.IGNORECASE)
"""Embase appends the meeting to the journal of a supplement."""
_CUT_NAME = re.compile(r"(?:\.\.\.|\u2026)\W*$")
"""Google Scholar cuts the names of journals at a length: what is left says nothing sure."""
_TOWN = re.compile(r"(?<=\w)\s*\([^()]*\)\W*$")
"""PubMed appends town and year: "Lancet (London, England)", "Spine (1976)"."""
_SUPPLEMENT = re.compile(r"\bsuppl\w*\.?\s*\d*", re.IGNORECASE)
"""A supplement's number stands in the field of the volume, and for it where the export has lost the volume."""
_INITIALS = 2
"""Names of up to this many letters are initials and tell nothing."""
_FOREIGN_WORDS = frozenset(
    "bei das dem der ein eine im mit und vom von zur del el las los por una y aux chez des du et les sur une".split()
)
"""Small words of German, Spanish and French that English lacks: a title with one of them is not English."""
_AUTHORS = 10
_NUMBER = re.compile(r"\d+")
_PREPRINT_NUMBER = re.compile(r"PPR\d+")
"""Europe PMC's number of a preprint, which stands first in the note of a link to one."""
_ISSUE = re.compile(r"\d{1,3}")
"""An issue's number; four digits, or a letter before them, are an article number that an export wrote there."""


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
    doi_shared: bool = False
    """Whether several distinct titles among the records bear this DOI, so that it tells nothing (see `shared_places`)."""
    page_shared: bool = False
    """Whether several distinct titles among the records stand on this one page, so that it tells nothing (see `shared_places`)."""
    abstract: tuple[Section, ...] = ()
    """The citation's own abstract, not a copy: it is read only where records are compared."""
    drug_names: frozenset[str] = frozenset()
    """Names in the title of drugs that have two; `title` has one name for each drug."""
    form: Form = Form.UNKNOWN
    related: frozenset[str] = frozenset()
    """Numbers of the other publications that the source relates to this one: PMIDs, and Europe PMC's of preprints."""

    # Not cached, though often asked for: a million records would keep a gigabyte of words for a few comparisons.
    @property
    def squeezed(self) -> str:
        """The title's letters and digits alone."""
        return self.title.replace(" ", "")

    @property
    def words(self) -> tuple[str, ...]:
        """The title's words, each once, in order."""
        return tuple(dict.fromkeys(self.title.split()))

    @property
    def identities(self) -> frozenset[str]:
        """The numbers by which another record may name this one: its PMID, and Europe PMC's of a preprint."""
        return frozenset(filter(None, (self.pmid, _preprint_number(self.key.partition(":")[2]))))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Numbers in the title ("part 2", "phase II", "CD33", "12 weeks"): where they differ, so do the papers."""
        return tuple(sorted(_NUMBERS.findall(self.title)))

    @cached_property
    def surname(self) -> str:
        """The first person's surname, empty where no person is named."""
        return next(
            (_surname(read_rightly(author.family)) for author in self.authors if author.family and not _is_group(author)), ""
        )

    @property
    def first_person(self) -> Author:
        """The first author who is a person; an author without a name where none is."""
        return next((author for author in self.authors if author.family and not _is_group(author)), Author(""))

    @cached_property
    def initials(self) -> frozenset[str]:
        """The initials of the first person's given names, empty where they are not told."""
        return frozenset(word[0] for word in fold(self.first_person.given).split())

    @cached_property
    def names(self) -> frozenset[str]:
        """All names of more than initials among the first authors, given names too."""
        return frozenset(
            word
            for author in self.authors[:_AUTHORS]
            for word in fold(read_rightly(str(author))).split()
            if len(word) > _INITIALS
        )

    @cached_property
    def journal(self) -> str:
        """The journal's folded name, without the meeting that Embase appends to a supplement's; empty where it was cut."""
        return "" if _CUT_NAME.search(self.journal_name) else fold(_TOWN.sub("", _CONFERENCE.sub("", self.journal_name)))

    @cached_property
    def printed(self) -> Pages:
        """The pages with their kind."""
        return read_pages(self.pages, ahead=not (self.volume or self.issue))


def normalise(key: str, source: str, citation: Citation) -> Comparable:
    """The comparable values of one record, whose key and source's slug are taken over as they are."""
    title, drug_names = _title(citation)
    return Comparable(
        key=key,
        source=source,
        title=title,
        authors=citation.authors,
        year=citation.year,
        journal_name=citation.journal or citation.journal_abbreviation,
        volume=_first_number(_SUPPLEMENT.sub(" ", citation.volume)),
        first_page=first_page(citation.pages),
        pages=citation.pages,
        doi=citation.doi,
        pmid=citation.pmid,
        registry=frozenset(citation.registry_numbers),
        register_entry=_register_entry(citation),
        notice=_notice(title, citation),
        issue=_issue(citation),
        translated=_translated(citation),
        abstract=citation.abstract,
        drug_names=drug_names,
        form=form(citation),
        related=frozenset(number for link in citation.links if (number := link.pmid or _preprint_number(link.note))),
    )


def _preprint_number(note: str) -> str:
    match = _PREPRINT_NUMBER.match(note)
    return match.group() if match else ""


def _folded_title(title: str) -> str:
    bare = without_appended(read_rightly(title))
    if not _SUPERSCRIPT_SIGNS.isdisjoint(bare):
        bare = _SUPERSCRIPT.sub(r"\g<raised>", bare)
    folded = fold(bare.translate(_GREEK) if "&" in bare or not bare.isascii() else bare)
    for british, american in _AMERICAN:
        folded = folded.replace(british, american)
    return folded


def read_rightly(text: str) -> str:
    """Text whose UTF-8 was once read in a Western encoding, as it was meant: "HrubÃ½" is Hrubý."""
    return text if text.isascii() else _MISREAD.sub(_meant, text)


def _meant(match: re.Match[str]) -> str:
    try:
        return b"".join(map(_western_byte, match.group())).decode("utf-8")
    except UnicodeError:
        return match.group()


def _western_byte(letter: str) -> bytes:
    # Windows leaves five bytes without a letter, which readers pass through.
    return letter.encode("latin-1" if letter <= "\u00ff" else "cp1252")


def _is_group(author: Author) -> bool:
    """True for a study group, also where an export took its name for a person's."""
    return author.collective or not _GROUP_WORDS.isdisjoint(fold(author.family).split())


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
        title=_title(citation)[0],
        year=citation.year,
        volume=_first_number(_SUPPLEMENT.sub(" ", citation.volume)),
        first_page=first_page(citation.pages),
        doi=citation.doi,
        pmid=citation.pmid,
        registry=frozenset(citation.registry_numbers),
        register_entry=_register_entry(citation),
    )


def _title(citation: Citation) -> tuple[str, frozenset[str]]:
    """The title as it is compared, and the drug names in it that were written under one name."""
    return named_alike(_folded_title(citation.title))


def _surname(family: str) -> str:
    """The surname without particles, which databases keep, drop or move: "von Pawel" and "Pawel" are one name."""
    words = fold(family).split()
    bare = [word for word in words if word not in _PARTICLES]
    return "".join(bare or words)


def _first_number(text: str) -> str:
    match = _NUMBER.search(text)
    return match.group().lstrip("0") if match else ""


def _issue(citation: Citation) -> str:
    """The issue's number where it is one, and not the page or article number again."""
    text = citation.issue.strip()
    number = text.lstrip("0") if _ISSUE.fullmatch(text) else ""
    return "" if number == first_page(citation.pages) else number


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
    match = _NOTICE.match(title) or _NOTICE_AFTER.search(title)
    if match:
        return (match["kind"] or "erratum").split()[-1]
    misprinted = _misprinted_notice(title)
    if misprinted:
        return misprinted
    kinds = [kind.casefold() for kind in citation.publication_types]
    return next((kind.split()[0] for kind in _NOTICE_TYPES if any(one.endswith(kind) for one in kinds)), "")


def _misprinted_notice(title: str) -> str:
    word, _, rest = title.partition(" ")
    if word == "replyto" or (rest.startswith("to ") and OSA.distance(word, "reply", score_cutoff=1) <= 1):
        return "reply"
    likely = (notice for notice in _NOTICE_WORDS if abs(len(notice) - len(word)) == 1)
    return next((notice for notice in likely if OSA.distance(notice, word, score_cutoff=1) <= 1), "")
