"""Rows with one filled cell more than headers: a delimiter inside a cell without quotation marks.

Which two cells were one shows in the columns whose values have a form of their own (year, DOI, PMID, a database's number, an address).
Invariant: a row is mended only where all of these fit, and at least one that stands behind the cells that were joined or before them
shows it; otherwise it stays a reject. Where several places fit, a column that no field takes is joined, else the last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_FORMS: Mapping[str, re.Pattern[str]] = {
    "year": re.compile(r"(?:1[5-9]|20)\d{2}(?:\.0)?"),
    "doi": re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.\d{4,9}/\S+", re.IGNORECASE),
    "pmid": re.compile(r"\d{1,8}(?:\.0)?"),
    "issn": re.compile(r"\d{4}-?\d{3}[\dXx](?:[;,]\s*\d{4}-?\d{3}[\dXx])*"),
    "accession": re.compile(r"(?:[A-Z0-9][\w.-]{0,8}[:.-])?[A-Z]{0,3}-?\d{4,}\S*|2-s2\.0-\d+|WOS:\S+"),
    "url": re.compile(r"https?://\S+"),
    "first_page": re.compile(r"[A-Za-z]{0,2}\d+"),
    "last_page": re.compile(r"[A-Za-z]{0,2}\d+"),
}
"""What a filled cell of these fields looks like."""


def mended(cells: Sequence[str], positions: Mapping[str, tuple[int, ...]], width: int, mark: str = ",") -> list[str] | None:
    """The row with two of its cells put together, or None where it does not show which; `positions` are the fields' columns."""
    filled = list(cells)
    while len(filled) > width and not filled[-1].strip():
        filled.pop()
    if len(filled) != width + 1:
        return None
    forms = {place: _FORMS[field] for field, places in positions.items() if field in _FORMS for place in places}
    rows = {place: _joined(filled, place, mark) for place in range(width)}
    fitting = [place for place, row in rows.items() if _fits(row, forms)]
    if not fitting or len(fitting) == width:
        return None
    taken = {place for places in positions.values() for place in places}
    free = [place for place in fitting if place not in taken]
    return rows[free[-1] if free else fitting[-1]]


def _joined(cells: Sequence[str], place: int, mark: str) -> list[str]:
    return [*cells[:place], f"{cells[place]}{mark}{cells[place + 1]}", *cells[place + 2 :]]


def _fits(row: Sequence[str], forms: Mapping[int, re.Pattern[str]]) -> bool:
    """True where every filled cell with a form of its own has it, and at least one is filled."""
    filled = [(form, row[place].strip()) for place, form in forms.items() if row[place].strip()]
    return bool(filled) and all(form.fullmatch(text) for form, text in filled)
