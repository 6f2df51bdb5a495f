"""Filters and limits that stand among the lines of a strategy, and date ranges with a hyphen, written in PubMed's language.

Pure. Only what is certain is rewritten; a filter that is not known is a fault that stops the search, never passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from prisma_tool.identify.strategy.guard.pubmed_tags import field_of
from prisma_tool.identify.strategy.pasted.filters import filter_names, filtered, find_filter

_SORTED = re.compile(
    r"\s*\bsort(?:ed)?\s+by\s*:?\s*(?:most recent|best match|publication date|first author|journal|pub date|relevance)\s*$",
    re.IGNORECASE,
)
_FILTERS = re.compile(
    r"(?:^|(?<=[\s\])\",;.(\[]))(?:filters?(?:\s+(?:applied|activated))?|limits?|limiters?|limited\s+to)\s*:\s*(.+)$",
    re.IGNORECASE | re.DOTALL,
)
_LIMIT_LINE = re.compile(
    r"^(?:limit(?:ed)?|restrict(?:ed)?)\s+to\s*:?\s+(.+)$|^languages?\s*:\s*(.+)$", re.IGNORECASE | re.DOTALL
)
_NO_LIMITS = frozenset(("none", "no", "not applied", "n/a", "-"))
_LIMIT = re.compile(r"^limit\s+(?:line\s+|set\s+)?[#sS]?(\d{1,4})\s+(?:to|by)\s+(.+)$", re.IGNORECASE | re.DOTALL)
_AND = re.compile(r"\s+and\s+|\s*[,;]\s*", re.IGNORECASE)
_DATE = r"\d{4}(?:/\d{1,2}(?:/\d{1,2})?)?"
_HYPHEN_RANGE = re.compile(rf"(?<![\w/\"-])({_DATE})\s*-\s*({_DATE}|present|current)\s*\[([^\[\]\"]+)\]", re.IGNORECASE)
_OPEN_END = "3000"
_LONGEST_ORDER = 80


@dataclass(frozen=True, slots=True)
class LimitedText:
    """A line with its filters as a part of the query; `taken` is what they looked like, `unknown` those that could not be read."""

    text: str
    taken: str = ""
    unknown: tuple[str, ...] = ()


def without_order(text: str) -> str:
    """The text without the words that only say how a page was sorted."""
    match = _SORTED.search(text, max(0, len(text) - _LONGEST_ORDER))
    return text[: match.start()] if match else text


def with_limits(text: str, previous: int) -> LimitedText:
    """A line with "Filters: ..." or Ovid's "limit 3 to ..." written as part of the query.

    Args:
        text: the line.
        previous: the number of the line before, to which filters on a line of their own apply; 0 where there is none.
    """
    limit = _LIMIT.match(text)
    if limit:
        return _limited(f"#{int(limit[1])}", _ovid_names(limit[2]), text)
    listed = _FILTERS.search(text) or _LIMIT_LINE.match(text)
    if listed is None:
        return LimitedText(text)
    operand = text[: listed.start()].rstrip(" ,;")
    names = next(group for group in listed.groups() if group).rstrip(" .")
    if operand.endswith(("(", "[")) and names.endswith((")", "]")):
        operand, names = operand[:-1].rstrip(" ,;"), names[:-1].rstrip(" .")
    if names.lower() in _NO_LIMITS and (operand or previous):
        return LimitedText(operand or f"#{previous}", listed.group())
    if not operand and not previous:
        return LimitedText(text, listed.group(), (listed.group(),))
    return _limited(f"({operand})" if operand else f"#{previous}", _listed_names(names), listed.group())


def _listed_names(names: str) -> list[str]:
    """The names in a list, parted by commas, or by "and" where that gives filters."""
    return [name for part in filter_names(names) for name in ([part] if find_filter(part) else _ovid_names(part))]


def _limited(operand: str, names: list[str], taken: str) -> LimitedText:
    query, unknown = filtered(operand, names)
    return LimitedText(query, taken.strip(), unknown)


def with_filters(text: str, listed: str) -> LimitedText:
    """A line with the filters of a column of its own."""
    return _limited(f"({text})", filter_names(listed), listed) if listed.strip() else LimitedText(text)


def _ovid_names(written: str) -> list[str]:
    bare = written.strip()
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    return [name.strip(" ()\"'") for name in _AND.split(bare) if name.strip(' ()"')]


def with_date_ranges(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with ranges of dates written with PubMed's colon, and the ranges that were rewritten."""
    rewritten: list[str] = []

    def rewrite(match: re.Match[str]) -> str:
        if "date" not in field_of(match[3]).lower():
            return match.group()
        upper = match[2] if match[2][0].isdecimal() else _OPEN_END
        rewritten.append(match.group())
        return f"{match[1]}:{upper}[{match[3].strip()}]"

    return _HYPHEN_RANGE.sub(rewrite, text), tuple(rewritten)
