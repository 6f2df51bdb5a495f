"""Words that stand where a value is missing, one rule for all formats: such a value fills no field, and its word is kept in `extra`.

Which words these are, the platforms' tables in `formats.dialects` say; all count everywhere, as files pass through several programs.

Programs write their own word for nothing (NA is R's, nan pandas's, None Python's), databases a sentence ("[No abstract available]").
Left in place, two records without an abstract have the same one, and two anonymous works the same author. This holds for titles too: a
work that is called "None" is far rarer than a program that writes so, and two records with this title would seem to be one; the import
tells of them. Invariant: only a value that is nothing else is missing; such a word inside a longer text is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from prisma_tool.formats.dialects.load import sections

_TABLES = tuple(facts for _, facts in sections("missing"))
PLACEHOLDERS = frozenset(word for facts in _TABLES for word in facts.get("any", ()))
"""What programs write for a missing value."""


def _any_of(field: str, around: str = "") -> re.Pattern[str]:
    """The patterns that the platforms' tables have for a field; signs that say nothing may stand `around` the words."""
    patterns = "|".join(f"(?:{pattern})" for facts in _TABLES for pattern in facts.get(field, ()))
    return re.compile(f"{around}(?:{patterns}){around}", re.IGNORECASE)


_SIGNS = r"[\W_]*"
_NO_VALUE = _any_of("values")
_NO_AUTHOR, _NO_ABSTRACT = _any_of("authors", _SIGNS), _any_of("abstract", _SIGNS)
_NO_PAGES = _any_of("pages")
"""For pages of which only the letters are left."""
_NOT_LETTERS = re.compile(r"[\W_]+")
_LONGEST = 60
"""No word for a missing value is longer, which spares the texts of abstracts the comparison."""


def no_value(text: str) -> bool:
    """True for a word that stands for a missing value in any field."""
    return text in PLACEHOLDERS or (text[:1] in "[nN" and _NO_VALUE.fullmatch(text) is not None)


def no_author(text: str) -> bool:
    """True for a name that is none: "Anonymous", "[No authors listed]"."""
    return text[:1] in _AUTHOR_STARTS and _NO_AUTHOR.fullmatch(text) is not None


_AUTHOR_STARTS = frozenset("[(*<\"'“.-_ aAnNuU佚")


def no_abstract(text: str) -> bool:
    """True for a sentence that says that there is no abstract."""
    return len(text) <= _LONGEST and _NO_ABSTRACT.fullmatch(text) is not None


def no_pages(text: str) -> bool:
    """True for words that say that there are no pages: "N.PAG" (EBSCO), "No Pagination Specified" (PsycINFO), "Unpaginated"."""
    if any(map(str.isdigit, text)) or not text:
        return False
    return _NO_PAGES.fullmatch(_NOT_LETTERS.sub("", text.casefold())) is not None


_RULES: Mapping[str, Callable[[str], bool]] = {"authors": no_author, "abstract": no_abstract, "pages": no_pages}


def is_missing(text: str, field: str = "") -> bool:
    """True where a value of a citation's field ("authors", "abstract", "pages", any other) only says that there is none."""
    if len(text) > _LONGEST:
        return False
    return no_value(text) or (field in _RULES and _RULES[field](text))
