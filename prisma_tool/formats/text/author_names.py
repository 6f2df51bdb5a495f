"""Authors as files write them, and back. The convention is RIS's: "Family, Given, Suffix"; a trailing comma marks a group.

Particles stay with the family name they were written with ("van der Berg, A"). Invariant: `read_author(write_author(author))`
prints as `author` does.
"""

from __future__ import annotations

import re

from prisma_tool.formats.text.company_names import has_legal_form, is_legal_form
from prisma_tool.formats.text.tidy import line
from prisma_tool.model.record.citation import Author

_INITIALS = re.compile(r"(?:[^\W\d_]\.[- ]?){1,4}|[^\W\d_a-z]{1,3}")
_SUFFIXES = re.compile(r"(?:jr|sr)\.?|I{2,3}|IV|[1-4](?:st|nd|rd|th)", re.IGNORECASE)
_GROUP = re.compile(
    r"\b(?:group|investigators?|consorti(?:um|a)|collaborat(?:ion|ive|ors)|committee|society|societies|network|trialists|association"
    r"|organi[sz]ation|institutes?|universit(?:y|ies)|foundation|federation|council|department|ministry|agency|registry|team|task"
    r" force|company|corporation|inc|ltd|llc|plc|corp|gmbh|kgaa|pharma|pharmaceuticals?|therapeutics|initiative|alliance|academy|hospital|centers?|centres?)\b",
    re.IGNORECASE,
)

_PLAIN = re.compile(r"[!-+\--~]+, [!-+\--~]+(?: [!-+\--~]+)*")
"""One word, then others behind the only comma, in ASCII: read, it is written the same, which need not be tried with each of a million names."""

_FORM_ENDS = frozenset(".cdCyHaASsj")
"""What a legal form ends in, so that nearly all names need no closer look."""


def read_author(text: str) -> Author:
    """The author in one RIS tag or one part of an author cell; `family` is empty when there is none.

    Without a comma, initials at the end are split off ("Eltoum I.A.", Embase's way) and the words of a group's name are known
    ("WHO Solidarity Trial Consortium"); otherwise nothing is guessed.
    """
    return _read(line(text))


def _read(name: str) -> Author:
    family, comma, rest = name.partition(", ")
    if rest and " " not in family and "," not in rest:
        return Author(name, collective=True) if rest[-1] in _FORM_ENDS and is_legal_form(rest) else Author(family, rest)
    family, comma, rest = name.partition(",")
    if not comma:
        return _uncommaed(name)
    if name.endswith(","):
        return Author(name.rstrip(", "), collective=True)
    return _parted(family.strip(), rest.strip())


def _parted(family: str, rest: str) -> Author:
    if is_legal_form(rest):
        return Author(f"{family}, {rest}", collective=True)
    if "," in rest:
        given, _, last = rest.rpartition(",")
        given, last = given.strip(), last.strip()
        return Author(family, last, given) if _SUFFIXES.fullmatch(given) else Author(family, given or last, last if given else "")
    if is_group(family) and not _INITIALS.fullmatch(rest):
        return Author(f"{family}, {rest}", collective=True)
    name, _, end = family.rpartition(" ")
    if len(end) <= len("3rd.") and _SUFFIXES.fullmatch(end):
        return Author(name, rest, end)
    return Author(family, rest)


def _uncommaed(name: str) -> Author:
    if is_group(name) or has_legal_form(name):
        return Author(name, collective=True)
    family, _, last = name.rpartition(" ")
    if family and _SUFFIXES.fullmatch(last):
        author = _uncommaed(family)
        return Author(author.family, author.given, last) if author.given else Author(name)
    if family and last.isupper() and _INITIALS.fullmatch(last):
        return Author(family, last)
    return Author(name)


def is_group(name: str) -> bool:
    """True where a name of several words holds a word of groups and institutions."""
    return " " in name and _GROUP.search(name) is not None


def write_author(author: Author) -> str:
    """The author for RIS and tables; a group or single name gets a trailing comma where it would be taken for a person's parts."""
    name = str(author)
    if author.collective or not (_PLAIN.fullmatch(name) or str(read_author(name)) == name):
        return f"{name.rstrip(', ')},"
    return name


def read_medline_author(text: str) -> Author:
    """A name from a MEDLINE FAU line ("Smith, John A Jr") or, without comma, an AU line ("Smith JA")."""
    author = read_author(text)
    given, _, last = author.given.rpartition(" ")
    if given and not author.suffix and _SUFFIXES.fullmatch(last):
        return Author(author.family, given, last)
    return author
