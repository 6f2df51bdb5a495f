"""What two records are compared by: their content reduced to comparable values.

Invariant: spelling that does not change which publication is meant (case, accents, punctuation, Greek letters as words, page
abbreviation, a bracketed translation) does not change the value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from prisma_tool.model.citation import Citation
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
_RAISED = re.compile(r"\((?:sup|sub)\)|</?(?:sup|sub)>", re.IGNORECASE)
"""How exports write raised and lowered characters."""
_NOTICE = re.compile(
    r"^(?:published )?(?P<kind>erratum|corrigendum|correction|retraction|retracted|expression of concern|re|reply|response|comment|"
    r"author s? ?reply|in reply|letter|editorial)\b",
)
_NOTICE_TYPES = (
    "erratum",
    "retraction notice",
    "retraction of publication",
    "comment",
    "expression of concern",
    "letter",
    "editorial",
)
_NUMBERS = re.compile(r"\b(?:\d+|i{1,3}|iv|v|vi{1,3}|ix)\b")
_PARTICLES = frozenset(
    ("von", "van", "der", "den", "de", "del", "della", "di", "da", "dos", "du", "la", "le", "el", "al", "ter", "ten", "zu")
)
_CONFERENCE = re.compile(r"\W+conference\b.*$", re.IGNORECASE)
"""Embase appends the meeting to the journal of a supplement."""
_SUPPLEMENT = re.compile(r"\bsuppl\w*\.?\s*\d*", re.IGNORECASE)
"""A supplement's number stands in the field of the volume, and for it where the export has lost the volume."""
INITIALS = 2
"""Names of up to this many letters are initials and tell nothing."""
_NUMBER = re.compile(r"\d+")
_RANGE = re.compile(r"(\d+)\s*[-\u2010-\u2015]+\s*[a-z]*(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Comparable:
    """One record, ready for comparison. `title` is folded, `squeezed` the same without spaces."""

    key: str
    source: str
    title: str
    surnames: tuple[str, ...]
    names: frozenset[str]
    year: int | None
    journal: str
    volume: str
    first_page: str
    last_page: str
    doi: str
    pmid: str
    registry: frozenset[str]
    register_entry: str
    notice: str
    has_abstract: bool

    @cached_property
    def squeezed(self) -> str:
        """The title's letters and digits alone."""
        return self.title.replace(" ", "")

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The title's words, each once, in order."""
        return tuple(dict.fromkeys(self.title.split()))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Numbers in the title ("part 2", "phase II", "12 weeks"): where they differ, so do the papers."""
        return tuple(sorted(_NUMBERS.findall(self.title)))


def normalise(key: str, source: str, citation: Citation) -> Comparable:
    """The comparable values of one record."""
    title = fold(_RAISED.sub("", _APPENDED.sub("", citation.title)).translate(_GREEK))
    return Comparable(
        key=key,
        source=source,
        title=title,
        surnames=tuple(_surname(author.family) for author in citation.authors if not author.collective and author.family),
        names=frozenset(word for author in citation.authors for word in fold(str(author)).split() if len(word) > INITIALS),
        year=citation.year,
        journal=fold(_CONFERENCE.sub("", citation.journal or citation.journal_abbreviation)),
        volume=_first(_NUMBER, _SUPPLEMENT.sub(" ", citation.volume)),
        first_page=_first(_NUMBER, citation.pages),
        last_page=_last_page(citation.pages),
        doi=citation.doi,
        pmid=citation.pmid,
        registry=frozenset(citation.registry_numbers),
        register_entry=_register_entry(citation),
        notice=_notice(title, citation),
        has_abstract=bool(citation.abstract),
    )


def _surname(family: str) -> str:
    """The surname without particles, which databases keep, drop or move: "von Pawel" and "Pawel" are one name."""
    words = fold(family).split()
    bare = [word for word in words if word not in _PARTICLES]
    return "".join(bare or words)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(fold(text))
    return found.group().lstrip("0") if found else ""


def _last_page(pages: str) -> str:
    """The last page of a range written in full or abbreviated ("221-8" ends at 228); empty where there is no range."""
    found = _RANGE.search(pages)
    if not found:
        return ""
    first, last = found[1].lstrip("0"), found[2].lstrip("0")
    return first[: -len(last)] + last if 0 < len(last) < len(first) else last


def _register_entry(citation: Citation) -> str:
    """The register's own number where the record is a register entry, else empty."""
    if not citation.is_register_entry:
        return ""
    return citation.registry_numbers[0] if citation.registry_numbers else "unnumbered"


def _notice(title: str, citation: Citation) -> str:
    """What kind of notice about another paper this is ("erratum", "comment"...), or empty for a paper in its own right."""
    found = _NOTICE.match(title)
    if found:
        return found["kind"].split()[-1]
    kinds = [fold(kind) for kind in citation.publication_types]
    return next((kind.split()[0] for kind in _NOTICE_TYPES if any(one.endswith(kind) for one in kinds)), "")
