"""Numbers, names and days as a manuscript writes them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime


def day(moment: date) -> str:
    """`3 January 2025`."""
    return f"{moment.day} {moment:%B %Y}"


def between(first: datetime, last: datetime) -> str:
    """`on 3 January 2025`, or `between 3 January 2025 and 4 January 2025`."""
    return f"on {day(first)}" if first.date() == last.date() else f"between {day(first)} and {day(last)}"


def names(several: Sequence[str]) -> str:
    """`Ada, Ben and Cleo`."""
    return several[0] if len(several) == 1 else f"{', '.join(several[:-1])} and {several[-1]}" if several else ""


def n(number: int, one: str, many: str = "") -> str:
    """`no records`, `1 record`, `2 records`."""
    return f"{number or 'no'} {one if number == 1 else many or one + 's'}"


def were(number: int) -> str:
    """`was` or `were`."""
    return "was" if number == 1 else "were"


def have(number: int) -> str:
    """`has` or `have`."""
    return "has" if number == 1 else "have"


def capital(sentence: str) -> str:
    """With a capital letter at the beginning."""
    return sentence[:1].upper() + sentence[1:]
