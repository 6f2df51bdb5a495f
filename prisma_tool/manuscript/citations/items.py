"""Records as items of CSL-JSON, for a reference list.

Pure. Invariant: nothing is made up; a record without a title says so. Text is cleaned and in one line, for a style puts it into a
sentence.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.text import fold, one_line

NO_TITLE = "[no title in the record]"
PREPRINT, ENTRY = "Preprint", "Trial register entry"
_PREPRINT = re.compile(r"\bpre-?prints?\b", re.IGNORECASE)
_TYPES = (
    ("thesis", re.compile(r"\b(?:thesis|dissertation)\b", re.IGNORECASE)),
    ("chapter", re.compile(r"\bbook (?:chapter|section)\b", re.IGNORECASE)),
    ("book", re.compile(r"^book$", re.IGNORECASE)),
)
_IN_PERIODICALS = ("article-journal", "article")
"""Types that are cited by the journal, or the server of preprints, alone."""
_SMALL_WORDS = frozenset({"van", "von", "der", "den", "de", "la", "le", "du", "da", "dos", "del", "della", "di", "ter", "ten", "el", "al", "bin", "ibn"})  # fmt: skip
_MOST_INITIALS = 4


def csl_item(citation: Citation, number: str, source: str = "") -> dict[str, Any]:
    """The record as one item.

    Args:
        citation: The record's content.
        number: What names the item, such as the record's key.
        source: The source, which is the publisher of a register's entry.
    """
    kind, genre = _kind(citation)
    container = "" if genre == ENTRY else one_line(citation.journal or citation.journal_abbreviation)
    values: dict[str, Any] = {
        "title": one_line(citation.title or citation.vernacular_title) or NO_TITLE,
        "author": [_name(author) for author in citation.authors if one_line(author.family)],
        "issued": {"date-parts": [[citation.year]]} if citation.year else None,
        "container-title": container,
        "container-title-short": one_line(citation.journal_abbreviation),
        "volume": one_line(citation.volume),
        "issue": one_line(citation.issue),
        "page": one_line(citation.pages),
        "DOI": one_line(citation.doi),
        "PMID": one_line(citation.pmid),
        "publisher": one_line(source) if genre == ENTRY else _publisher(citation, kind, container),
        "number": one_line(next(iter(citation.registry_numbers), "")) if genre == ENTRY else "",
        "genre": genre,
        "URL": _address(citation),
    }
    return {"id": number, "type": kind} | {name: value for name, value in values.items() if value}


def _kind(citation: Citation) -> tuple[str, str]:
    """The type of CSL, and the word for it that a reader must see."""
    if citation.is_register_entry:
        return "dataset", ENTRY
    if any(map(_PREPRINT.search, (*citation.publication_types, citation.journal))):
        return "article", PREPRINT
    kinds = (kind for kind, words in _TYPES for name in citation.publication_types if words.search(name.strip()))
    return next(kinds, "article-journal"), ""


def _publisher(citation: Citation, kind: str, container: str) -> str:
    """The publisher, where it stands in a reference: beside no journal or server of preprints, and not the container's name again."""
    publisher = one_line(citation.publisher)
    in_periodical = bool(container) and kind in _IN_PERIODICALS
    return "" if in_periodical or fold(publisher) == fold(container) else publisher


def _address(citation: Citation) -> str:
    address = one_line(next(iter(citation.urls), ""))
    return address if re.fullmatch(r"https?://\S+", address) else ""


def _name(author: Author) -> dict[str, str]:
    family, given = one_line(author.family), one_line(author.given)
    if author.collective or not given:
        return {"literal": family}
    if not _has_case(family):
        # Chinese, Japanese and Korean names are written family first, without a space, and have no initials.
        return {"literal": f"{family}{given}"} if not _has_case(given) else {"family": family, "given": given}
    particles, name = _without_particles(family)
    parts = {"non-dropping-particle": particles, "family": name, "given": _spelt(given), "suffix": one_line(author.suffix)}
    return {part: text for part, text in parts.items() if text}


def _has_case(text: str) -> bool:
    return any(unicodedata.category(letter) in {"Lu", "Ll", "Lt"} for letter in text)


def _without_particles(family: str) -> tuple[str, str]:
    """`van der Berg` as `van der` and `Berg`; a name that begins with a capital is one name."""
    words = family.split()
    count = next((place for place, word in enumerate(words) if word not in _SMALL_WORDS), 0)
    return " ".join(words[:count]), " ".join(words[count:])


def _spelt(given: str) -> str:
    """Initials that a source runs together (`JP`) as initials of two names; a style would take them for one."""
    joined = given.replace(".", "").replace(" ", "")
    together = joined.isalpha() and joined.isupper() and len(joined) <= _MOST_INITIALS
    return " ".join(f"{letter}." for letter in joined) if together else given
