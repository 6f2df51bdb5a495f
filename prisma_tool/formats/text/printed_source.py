"""The parts of a printed source, as Ovid and Embase give it where journal, volume and pages have no fields of their own.

Invariant: what the source does not clearly say is left out; the whole line is kept beside the citation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_tool.formats.text.dates import year_in

_JOURNAL = re.compile(r"^(?:\(\d{4}\)\.\s*)?(.{2,200}?)\.?\s+(?=(?:Vol\.?\s*)?\d+\s*[(:,]|Vol\.?\s*\d)")
_VOLUME = re.compile(r"(?:\bVol\.?\s*|(?<=\s))(\d{1,5}[A-Za-z]?)\s*(?=[(:,]|\s*$)")
_ISSUE = re.compile(r"\d[A-Za-z]?\s*\(([^()]{1,20})\)")
_PAGES = re.compile(
    r":\s*([A-Za-z]?\d[\w.]*(?:-[A-Za-z]?\d\w*)?)|\bpp?\.?\s+([A-Za-z]?\d\w*(?:-[A-Za-z]?\d\w*)?)|,\s*(\d+-\d+)\s*\.?\s*$"
)

_ARTICLE = re.compile(r"\bArticle Number:\s*([\w.-]*\w)")
_BEHIND = re.compile(r"\s(?:Article Number|Date of Publication):")
"""What follows the printed source at Ovid; the year there is no page."""


def source_parts(source: str) -> Iterator[tuple[str, str]]:
    """Ovid's tags and values in a source such as "Ecohydrology. 8(6):1048-1064, September 2015."."""
    text = " ".join(source.split())
    journal = _JOURNAL.match(text)
    if journal:
        yield "JN", journal[1].partition(". Conference: ")[0].strip()
        rest = text[journal.end() - 1 :]
        yield from _numbers(rest)
    year = year_in(text[journal.end() :] if journal else text)
    if year:
        yield "YR", str(year)


def _numbers(text: str) -> Iterator[tuple[str, str]]:
    article = _ARTICLE.search(text)
    text = _BEHIND.split(text, maxsplit=1)[0]
    volume, issue, pages = _VOLUME.search(text), _ISSUE.search(text), _PAGES.search(text)
    if volume and not volume[1].startswith(("19", "20")):
        yield "VO", volume[1]
    if issue and not issue[1].startswith(("pp", "no ")):
        yield "IP", issue[1]
    if article:
        yield "PG", article[1]
    elif pages:
        yield "PG", next(filter(None, pages.groups()))
