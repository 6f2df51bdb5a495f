"""Where in a volume a report stands, with the kind of each number: printed page, supplement page, article number, end of a cut range.

Invariant: numbers of different kinds never contradict, because databases choose between them; only two numbers of one kind can.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

SEVERAL_PAGES = 3
"""Meeting abstracts share a page, or two; a range of three has room for one report only."""
_ARTICLE_DIGITS = 6
"""No journal prints so many pages: such a number is an article's."""
_ZEROED_DIGITS = 5
"""A number of this length with zeros before it is an article's whose letter an export dropped ("0174554" for "e0174554")."""
_TELLING_DIGITS = 4
"""So many digits of an article number are no count that begins anew with every issue."""
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_PAGE_MARK = re.compile(r"\bpp?(?:\.\s*|\s+)(?=[a-z]*\d)")
"""The "p." or "pp." before a page; "P12" without a blank is a poster."""
_CUT = re.compile(r"\D*-\s*(\d+)\W*")
"""A range that an export cut at its beginning ("t-8", "Suppl-12"): only its end is left."""
_EXTENT = re.compile(r"\d+\s*p(?:p|ages)?\.?")
_SPAN = re.compile(r"([a-z]*)[ .-]?(\d+)(?:\s*-+\s*[a-z]*(\d+))?")
_PLAIN = re.compile(r"(\d+)(?:-(\d+))?")
_ELECTRONIC = re.compile(r"e|cd|[a-z]{3}")
"""Letters before an article's number: e101, CD006828, tay018."""
_REVIEW_NUMBER = re.compile(r"(?:cd|mr)\d{6}")
_SUPPLEMENT_WORD = re.compile(r"suppl?[a-z]*")


class PageKind(StrEnum):
    """What the number of a page is."""

    UNKNOWN = "unknown"
    EXTENT = "number of pages"
    """How many pages a book or thesis has ("215 p"), which is no page."""
    PRINTED = "printed page"
    SUPPLEMENT = "supplement page"
    ARTICLE = "article number"
    LAST = "last page"
    """The end of a range whose beginning is lost."""
    PROVISIONAL = "provisional page"
    """A count from 1 before the volume was made up: a paper ahead of print."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The field of the pages, read: numbers without leading zeros, empty where there is none."""

    kind: PageKind = PageKind.UNKNOWN
    first: str = ""
    last: str = ""
    series: str = ""
    """The letters before a supplement's page: S12 and A12 are counted apart."""

    @property
    def numbered(self) -> bool:
        """True for an article number of several digits, which is one article's own."""
        return self.kind is PageKind.ARTICLE and len(self.first) >= _TELLING_DIGITS

    @property
    def several(self) -> bool:
        """True for a range of three pages or more of a journal's own count, where no other paper has the same.

        Proceedings and journals without print count every paper from 1.
        """
        counted = self.kind is PageKind.PRINTED and self.first != "1" and bool(self.last)
        return counted and int(self.last) - int(self.first) >= SEVERAL_PAGES - 1


def read_pages(text: str, *, ahead: bool = False) -> Pages:
    """The pages with their kind.

    Args:
        text: the field as the source gives it: "101-110", "123-9", "S12", "e101", "t-8", "230-5, 246-51".
        ahead: whether the record has neither volume nor issue, so that a count from 1 is provisional.
    """
    folded = _PAGE_MARK.sub("", text.translate(_DASHES).casefold().strip())
    if _EXTENT.fullmatch(folded):
        return Pages(PageKind.EXTENT)
    cut = _CUT.fullmatch(folded)
    if cut:
        return Pages(PageKind.LAST, last=_bare(cut[1]))
    letters, first, last = _leading_span(folded)
    if not first:
        return Pages()
    kind, series = _kind(letters, first, bool(last))
    if kind is PageKind.PRINTED and ahead and last and _bare(first) == "1":
        kind = PageKind.PROVISIONAL
    return Pages(kind, _bare(first), _whole(_bare(first), _bare(last)), series)


def first_page(text: str) -> str:
    """The first page's number alone, of whatever kind; empty where there is none."""
    plain = _PLAIN.fullmatch(text)
    return _bare(plain[1]) if plain else read_pages(text).first


def _leading_span(folded: str) -> tuple[str, str, str]:
    """Letters, first and last page of a range; of several ranges the lowest, because exports list them in any order."""
    spans: list[tuple[str, str, str]] = _SPAN.findall(folded)
    if len(spans) > 1 and all(last for _, _, last in spans):
        return min(spans, key=lambda span: (int(span[1]), span))
    return spans[0] if spans else ("", "", "")


def _kind(letters: str, first: str, ranged: bool) -> tuple[PageKind, str]:
    if _SUPPLEMENT_WORD.fullmatch(letters):
        return PageKind.SUPPLEMENT, "s"
    zeroed = first.startswith("0") and len(first) >= _ZEROED_DIGITS
    if _ELECTRONIC.fullmatch(letters) or (not ranged and (zeroed or len(first) >= _ARTICLE_DIGITS)):
        return PageKind.ARTICLE, ""
    return (PageKind.SUPPLEMENT, letters) if letters else (PageKind.PRINTED, "")


def _bare(digits: str) -> str:
    return digits.lstrip("0")


def _whole(first: str, last: str) -> str:
    """The last page in full: "221-8" ends at 228."""
    return first[: -len(last)] + last if 0 < len(last) < len(first) else last


def pages_agree(a: Pages, b: Pages) -> bool | None:
    """Whether two reports begin on one page; None where the two say nothing about each other."""
    kinds = {a.kind, b.kind}
    if not kinds.isdisjoint((PageKind.UNKNOWN, PageKind.EXTENT)):
        return None
    if PageKind.LAST in kinds:
        return _ends_agree(a.last, b.last)
    if len(kinds) > 1 or a.series != b.series:
        # Some exports drop the letter of e101 and S12.
        return True if PageKind.PRINTED in kinds and a.first == b.first else None
    if kinds == {PageKind.PROVISIONAL}:
        return True if a.last == b.last else None
    return True if a.first == b.first else (None if _overlap(a, b) else False)


def is_review_number(text: str) -> bool:
    """True for a Cochrane review's number, which stands for the page and stays through all the review's versions."""
    return bool(_REVIEW_NUMBER.fullmatch(text.casefold().strip()))


def counted_apart(a: Pages, b: Pages, *, one_year: bool) -> bool:
    """True where both have pages of kinds that cannot be compared, so that they may be two prints of one work.

    A supplement, a section with letters of its own and a book count their pages apart from the volume's; what stood ahead of print
    in another year may have become anything. An article number beside printed pages is only another habit of a database.
    """
    if a.kind is PageKind.PROVISIONAL or b.kind is PageKind.PROVISIONAL:
        return a.kind is not b.kind and not one_year
    lettered = PageKind.SUPPLEMENT in (a.kind, b.kind) and bool(a.first and b.first)
    return (lettered and pages_agree(a, b) is None) or PageKind.EXTENT in (a.kind, b.kind)


def _ends_agree(a: str, b: str) -> bool | None:
    if not (a and b):
        return None
    # A cut end may be abbreviated as well: "t-8" is what is left of "221-8".
    return True if a == b else (None if a.endswith(b) or b.endswith(a) else False)


def _overlap(a: Pages, b: Pages) -> bool:
    """True where two ranges share more than a page: two papers cannot fill the same pages, so one of the two is misprinted."""
    return a.several and b.several and min(int(a.last), int(b.last)) > max(int(a.first), int(b.first))
