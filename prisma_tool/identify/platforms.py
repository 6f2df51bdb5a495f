"""Which database a file seems to come from; proposed in a message, never put in place of the label that was given.

A wrong label matters most for the two services that are also fetched: their records meet only under their own names.
"""

from __future__ import annotations

from collections import Counter

from prisma_tool.formats.account import Parsed
from prisma_tool.model.keys import CLINICALTRIALS, PUBMED, slug
from prisma_tool.model.text import fold

DATABASE_TAGS = ("DB", "DP")
"""The RIS tags under which exporters name the database."""
MOSTLY = 0.8


def recognised(parsed: Parsed) -> str:
    """The database that the format or nearly all entries name, or an empty text."""
    if parsed.format == "ctgov-json":
        return CLINICALTRIALS
    if parsed.format == "pubmed-xml":
        return PUBMED
    named = Counter(value for entry in parsed.entries for tag, value in entry.citation.extra if tag in DATABASE_TAGS)
    name, times = next(iter(named.most_common(1)), ("", 0))
    return name if times >= MOSTLY * len(parsed.entries) else ""


def proposal(parsed: Parsed, label: str) -> str:
    """A sentence for the person who imports, where the file names another database than the label; else empty."""
    name = recognised(parsed)
    if not name or _same(name, label):
        return ""
    return f"The file seems to come from {name}; its records are kept under {label}, as you said."


def _same(name: str, label: str) -> bool:
    a, b = fold(name), fold(label)
    return slug(name) == slug(label) or a in b or b in a
