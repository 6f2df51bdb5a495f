"""Authors as files write them, and back. The convention is RIS's: "Family, Given, Suffix"; a trailing comma marks a group.

Invariant: `read_author(write_author(author))` prints as `author` does.
"""

from __future__ import annotations

import re

from prisma_tool.formats.prose import line
from prisma_tool.model.citation import Author

_INITIALS = re.compile(r"(?:[^\W\d_]\.[- ]?){1,4}|[^\W\d_a-z]{1,3}")
_SUFFIXES = re.compile(r"(?:jr|sr)\.?|I{2,3}|IV|[1-4](?:st|nd|rd|th)", re.IGNORECASE)


def read_author(text: str) -> Author:
    """The author in one RIS tag or one part of an author cell; `family` is empty when there is none.

    Without a comma, initials at the end are split off ("Eltoum I.A.", Embase's way); otherwise nothing is guessed.
    """
    name = line(text)
    if name.endswith(","):
        return Author(name.rstrip(", "), collective=True)
    family, comma, rest = (part.strip() for part in name.partition(","))
    if not comma:
        return _uncommaed(name)
    given, _, suffix = (part.strip() for part in rest.rpartition(","))
    return Author(family, given or suffix, suffix if given else "")


def _uncommaed(name: str) -> Author:
    family, _, last = name.rpartition(" ")
    if family and _INITIALS.fullmatch(last) and last.isupper():
        return Author(family, last)
    return Author(name)


def write_author(author: Author) -> str:
    """The author for RIS and tables; a group or single name gets a trailing comma where it would be taken for a person's parts."""
    name = str(author)
    return name if str(read_author(name)) == name and not author.collective else f"{name.rstrip(', ')},"


def read_medline_author(text: str) -> Author:
    """A name from a MEDLINE FAU line ("Smith, John A Jr") or, without comma, an AU line ("Smith JA")."""
    author = read_author(text)
    given, _, last = author.given.rpartition(" ")
    if given and not author.suffix and _SUFFIXES.fullmatch(last):
        return Author(author.family, given, last)
    return author
