"""Values of RIS tags as text: on one line, without HTML, grouped by tag. Invariant: no value is empty, none is dropped but empty ones.

Abstracts, keywords and authors keep their lines, which mean something there.
"""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import normalize

from prisma_tool.formats.text.html_text import unmarked
from prisma_tool.formats.text.missing_values import PLACEHOLDERS, is_missing, no_pages
from prisma_tool.formats.text.tidy import paragraphs, tidy

Pair = tuple[str, str]
Fields = dict[str, list[str]]
"""Tag to values, in the order in which the tags first appear."""

_LINED = frozenset({"AB", "N2", "KW", "AU", "A1"})
ADDRESSES = frozenset({"UR", "LK", "L1", "L2", "L3", "L4", "DO", "DI", "AN", "ID", "UT", "U2"})
"""Tags without words: an ampersand there parts the fields of a query."""


def tidied_pairs(pairs: Iterable[Pair]) -> Fields:
    """The values under their tags. This is the innermost loop of reading RIS, hence its plain cases are written out."""
    fields: Fields = {}
    for tag, text in pairs:
        value = text
        if ("<" in value or "&" in value) and tag not in ADDRESSES:
            value = unmarked(value)
        if value.isascii() and "\n" not in value and "\t" not in value:
            value = " ".join(value.split()) if "  " in value else value.strip()
        elif value.isprintable():
            value = normalize("NFC", " ".join(value.split()) if "  " in value else value.strip())
        else:
            value = paragraphs(value) if tag in _LINED and "\n" in value else tidy(value)
        if value:
            if tag in fields:
                fields[tag].append(value)
            else:
                fields[tag] = [value]
    return fields


_MISSED = {"AU": "authors", "A1": "authors", "AB": "abstract", "N2": "abstract", "SP": "pages", "EP": "pages", "C7": "pages"}
"""Tags whose fields have words of their own for a missing value."""
_PAGE_TAGS = ("SP", "EP")


def without_missing(fields: Fields) -> tuple[Fields, tuple[Pair, ...]]:
    """The fields without values that only say that there is none, and these values under their tags.

    PsycINFO's "No Pagination Specified" comes as a first page "No" and a last page "Specified".
    """
    ends = "EP" in fields and no_pages("".join(value for tag in _PAGE_TAGS for value in fields.get(tag, ())))
    missing = [
        (tag, value)
        for tag, values in fields.items()
        for value in values
        if ((tag in _MISSED or value in PLACEHOLDERS or value[0] in "[nN") and is_missing(value, _MISSED.get(tag, "")))
        or (ends and tag in _PAGE_TAGS)
    ]
    if not missing:
        return fields, ()
    left_out = set(missing)
    filled = {tag: [value for value in values if (tag, value) not in left_out] for tag, values in fields.items()}
    return {tag: values for tag, values in filled.items() if values}, tuple(dict.fromkeys(missing))


def all_of(fields: Fields, tags: tuple[str, ...]) -> list[str]:
    """All values of these tags, tag by tag."""
    values: list[str] = []
    for tag in tags:
        if tag in fields:
            values += fields[tag]
    return values
