"""Cells as spreadsheets and programs leave them, brought back to what they meant: numbers, dates, pages, lists, names.

Invariant: a cell that shows no known damage comes back as it stood; nothing is guessed where two readings are likely.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from prisma_tool.formats.text.author_lists import literal_values, names_in
from prisma_tool.formats.text.author_names import read_author
from prisma_tool.formats.text.missing_values import PLACEHOLDERS, no_author
from prisma_tool.formats.text.page_ranges import article_number
from prisma_tool.formats.text.tidy import line, lines
from prisma_tool.model.record.citation import Author
from prisma_tool.model.text import fold

_WHOLE = re.compile(r"(-?\d+)\.0+")
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d{1,11}))?[eE]\+?(\d{1,2})")
_MONTH_ORDER = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_ORDER.split(), 1)}
_MONTH_NAMES = tuple(name.capitalize() for name in _MONTHS)
_DAY_MONTH = re.compile(r"(\d{1,2})[-\s.](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", re.IGNORECASE)
_MONTH_NUMBER = re.compile(r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-\s.](\d{1,4})", re.IGNORECASE)
_MIDNIGHT = re.compile(r"(\d{4})-(\d{2})-(\d{2})[T ]00:00:00(?:\.0+)?")
_COMPACT_DATE = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])([0-2]\d|3[01])")
_DASHES = re.compile(r"\s*[‐‑‒–—−-]+\s*")
_PAGE_LABEL = re.compile(r"^(?:pp?\.|pages?:?)\s*", re.IGNORECASE)
_PARSED_DATE = re.compile(r"'(?:Year|Month|Day)'\s*:\s*'([^']*)'")
_MARKS = re.compile(r"[()]|, ")
_NUMBER_OF_AUTHOR = re.compile(r"\s*\((?:\d{6,}|\d{4}-\d{4}-\d{4}-\d{3}[\dX])\)")
_GIVEN_FIRST = re.compile(r"((?:[^\W\d_]\.[ -]?)+)\s*([^\W\d_][\w'’ -]+)")
_OTHERS = re.compile(r"(?:[,;]?\s*\b(?:et\.? al\.?|and others)|[,;]?\s*(?:\.\.\.|…))\s*$", re.IGNORECASE)


def plain(cell: str) -> str:
    """A cell without the placeholders of a missing value."""
    return "" if cell.strip() in PLACEHOLDERS else cell


def number(cell: str) -> str:
    """A number as text: "2019.0" is 2019 and "3.1366609E+7" 31366609; a number that lost digits stays as it stands."""
    text = line(cell)
    whole = _WHOLE.fullmatch(text)
    if whole:
        return whole[1]
    scientific = _SCIENTIFIC.fullmatch(text)
    if not scientific:
        return text
    digits, places = scientific[1] + (scientific[2] or ""), int(scientific[3])
    return digits + "0" * (places + 1 - len(digits)) if len(digits) == places + 1 else text


def date_text(cell: str) -> str:
    """A date as printed; what a program wrote for PubMed's date, or a spreadsheet's midnight, is read back."""
    text = number(cell)
    if text.startswith("{"):
        return " ".join(_PARSED_DATE.findall(text)) or text
    compact = _COMPACT_DATE.fullmatch(text)
    return "-".join(compact.groups()) if compact else _MIDNIGHT.sub(r"\1-\2-\3", text).rstrip("/")


def pages(cell: str) -> str:
    """Pages as printed. A spreadsheet takes "5-12" for a date and shows 12-May or May-12: the smaller number was the first page."""
    if article := article_number(cell):
        return article
    text = _PAGE_LABEL.sub("", number(cell)).rstrip("+&-,;. ")
    for pattern, month, other in ((_DAY_MONTH, 2, 1), (_MONTH_NUMBER, 1, 2)):
        match = pattern.fullmatch(text)
        if match:
            return _ascending(_MONTHS[match[month].lower()[:3]], int(match[other]))
    midnight = _MIDNIGHT.fullmatch(text)
    if midnight:
        return _ascending(int(midnight[2]), int(midnight[3]))
    return _DASHES.sub("-", text)


def _ascending(one: int, other: int) -> str:
    return f"{min(one, other)}-{max(one, other)}"


def listed(cell: str) -> tuple[str, ...]:
    """The values of a list: a programming language's literal, or apart by semicolons, bars or lines; each once."""
    literal = literal_values(cell)
    return lines(literal if literal is not None else cell.replace("\n", ";").replace("|", ";").split(";"))


def words(cell: str) -> tuple[str, ...]:
    """Keywords: a list, or where nothing else parts them, apart by commas outside brackets."""
    values = listed(cell)
    return lines(_at_commas(values[0])) if len(values) == 1 and ", " in values[0] and ";" not in cell else values


def _at_commas(text: str) -> list[str]:
    """The parts between commas that stand outside brackets."""
    if "(" not in text:
        return text.split(", ")
    depth, begin, parts = 0, 0, []
    for mark in _MARKS.finditer(text):
        depth = max(0, depth + {"(": 1, ")": -1}.get(mark[0], 0))
        if not depth and mark[0] == ", ":
            parts.append(text[begin : mark.start()])
            begin = mark.end()
    return [*parts, text[begin:]]


def authors(cell: str, *, given_first: bool = False) -> tuple[Author, ...]:
    """The authors of a cell, in any of the ways in which exporters part them; `given_first` where a platform writes "John Smith"."""
    text = _OTHERS.sub("", line(_NUMBER_OF_AUTHOR.sub("", cell)) if "\n" not in cell else cell)
    persons = (_author(part.strip(), given_first=given_first) for part in names_in(text, given_first=given_first))
    return tuple(author for author in persons if author.family and not no_author(str(author)))


def _author(name: str, *, given_first: bool) -> Author:
    initialed = _GIVEN_FIRST.fullmatch(name)
    if initialed:
        return Author(initialed[2], initialed[1].strip())
    given, _, family = name.rpartition(" ")
    if given_first and given and "," not in name:
        return Author(family, given)
    return read_author(name)


def cell_text(value: object, number_format: str = "General") -> str:
    """A spreadsheet's value as its reader would see it; numbers without needless decimals, dates as year, month and day.

    A date whose format shows no year was typed as something else, pages mostly: it comes as day and month.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime | date):
        return _dated(value, number_format)
    return str(value)


def _dated(value: datetime | date, number_format: str) -> str:
    pattern = number_format.lower()
    if "y" not in pattern and "d" in pattern:
        return f"{value.day}-{_MONTH_NAMES[value.month - 1]}"
    if "d" not in pattern and "y" in pattern and "mmm" in pattern:
        return f"{_MONTH_NAMES[value.month - 1]}-{value.year % 100:02d}"
    if isinstance(value, datetime) and (value.hour or value.minute or value.second):
        return value.isoformat(sep=" ", timespec="seconds")
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"


def squeezed(header: str) -> str:
    """A header as it is compared: "Publication_Year" gives "publicationyear"."""
    return fold(header).replace(" ", "")
