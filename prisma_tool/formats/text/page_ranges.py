"""Page ranges as sources print them. Invariant: a range keeps its numbers; only how it is written changes."""

from __future__ import annotations

import re

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_LABEL = re.compile(r"^(?:pp?|pages?)(?:\.\s*|\s+)(?=\S*\d)", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:^|[\s.(])(?:article|art)\.?\s*(?:number|no|id)\.?\s*:?\s*([\w-]*\d[\w.-]*)(?<![.-])", re.IGNORECASE)
_BLANKS = re.compile(r"(?<=\w)\s*-\s*(?=\w)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DATED = re.compile(rf"(\d{{1,2}})-({'|'.join(_MONTHS)})|({'|'.join(_MONTHS)})-(\d{{2}})", re.IGNORECASE)
_STAMPED = re.compile(r"\d{4}-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?(?:\.0+)?)?")


def normal_pages(text: str) -> str:
    """Pages with a hyphen between the ends and without "pp."; of "Article Number: 12" the number; pages that a spreadsheet took for a date ("12-May") are mended.

    A spreadsheet makes "5-12" the 5th of December or the 12th of May, and "1-98" January 1998; the smaller number is the first page.
    """
    if text.isdigit():
        return text
    if number := article_number(text):
        return number
    plain = _BLANKS.sub("-", _LABEL.sub("", text.translate(_DASHES).strip())).rstrip("+&-,;. ")
    return _mended(plain) if len(plain) >= len("5-May") else plain


def article_number(text: str) -> str:
    """The number in "Article Number: tay018" or "Art. No. 12", which stands for pages; empty where there is none."""
    match = _ARTICLE.search(text)
    return match[1] if match else ""


def _mended(pages: str) -> str:
    dated = _DATED.fullmatch(pages)
    if dated:
        month = _MONTHS.index((dated[2] or dated[3]).lower()) + 1
        return _range(month, int(dated[1] or dated[4]))
    stamped = _STAMPED.fullmatch(pages)
    return _range(int(stamped[1]), int(stamped[2])) if stamped else pages


def _range(one: int, other: int) -> str:
    return f"{min(one, other)}-{max(one, other)}"


def joined_pages(first: str, last: str) -> str:
    """Both ends joined, unless the first holds the whole range already or both are the same page; an abbreviated end stays so."""
    begin, end = normal_pages(first), normal_pages(last)
    if not end or begin == end or "-" in begin:
        return begin
    if not begin or end.startswith(f"{begin}-"):
        return end
    return f"{begin}-{end}"
