"""Years and printed dates. Invariant: a year is a number of four digits that the source printed, never one that was worked out."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from prisma_tool.formats.text.inline_markup import readable

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d{2}|20\d{2})(?!\d)")
_COMPACT = re.compile(r"(?:1[5-9]\d{2}|20\d{2})(?=(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d))")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_MONTH_OF_YEAR = re.compile(
    rf"(?:\d{{1,2}} )?{_MONTH}(?: \d{{1,2}},?)? 20\d{{2}}|20\d{{2}} {_MONTH}(?: \d{{1,2}})?", re.IGNORECASE
)


def year_in(text: str) -> int | None:
    """The first year printed in `text` ("2019 Dec-2020 Jan" gives 2019, "20191203" too), or None."""
    match = _YEAR.search(text) or _COMPACT.match(text.strip())
    return int(match.group()) if match else None


def printed_date(date: Element | None) -> str:
    """PubMed's PubDate, ArticleDate or ContributionDate as PubMed prints it: "2019 Dec 3", "1998 Winter", "2019 Sep-Oct"."""
    if date is None:
        return ""
    parts = (readable(date.find(name)) for name in ("MedlineDate", "Year", "Season", "Month", "Day"))
    return " ".join(filter(None, parts))


def is_month_of_year(text: str) -> bool:
    """True for a month with its year and nothing else, as Web of Science prints dates of early access ("DEC 2022", "2022 DEC 5")."""
    return _MONTH_OF_YEAR.fullmatch(text.strip()) is not None
