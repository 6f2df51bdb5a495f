"""Words that stand where a value is missing, one rule for all formats: such a value fills no field, and its word is kept in `extra`.

Programs write their own word for nothing (NA is R's, nan pandas's, None Python's), databases a sentence ("[No abstract available]").
Left in place, two records without an abstract have the same one, and two anonymous works the same author. This holds for titles too: a
work that is called "None" is far rarer than a program that writes so, and two records with this title would seem to be one; the import
tells of them. Invariant: only a value that is nothing else is missing; such a word inside a longer text is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

PLACEHOLDERS = frozenset(
    ("NA", "N/A", "n/a", "#N/A", "<NA>", "nan", "NaN", "NaT", "NULL", "null", "None", "undefined", "[]", "{}", "-", "--", ".")
)
"""What programs write for a missing value."""
_STATED = "available|listed|given|provided|found|identified|indicated|supplied|specified|stated|known|present|recorded"
_NO_VALUE = re.compile(rf"\[no [a-z ]{{3,30}} (?:{_STATED})\]\.?|\[?not available\]?\.?", re.IGNORECASE)
_NO_AUTHOR = re.compile(
    r"[\W_]*(?:anonym(?:ous|us|e|o)?|an[oó]nimo|anon|佚名|none|unknown authors?|authors? unknown"
    rf"|no authors?(?: names?)?(?: (?:{_STATED}))?|authors?(?: names?)? (?:not |un)(?:{_STATED}))[\W_]*",
    re.IGNORECASE,
)
_NO_ABSTRACT = re.compile(
    rf"[\W_]*(?:none|no abstracts?(?: (?:is |was )?(?:{_STATED}))?|(?:the )?abstract (?:is |was )?(?:not |un)(?:{_STATED})"
    rf"|not (?:{_STATED}))[\W_]*",
    re.IGNORECASE,
)
_NO_PAGES = re.compile(
    r"no?(?:pag(?:ination|inated|es?|ing)?(?:specified|given|available|provided)?|specified|given)|npagnpag|unpaginated|unpaged"
    r"|notpaginated|pag(?:es?|ination)not(?:specified|given|available)|not(?:available|specified)|np"
    r"|inpress|epubaheadofprint|aheadofprint|onlinefirst|(?:na|nan|none|null|undefined){1,2}"
)
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
