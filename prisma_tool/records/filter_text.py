"""The filter as it is written: words, or `=` and a condition, or words, `=` and a condition. Pure."""

from __future__ import annotations

import re

from prisma_tool.records.browse import RecordFilter

_BEGINS_CONDITION = re.compile(r"(?<!\S)=")


def is_condition(typed: str) -> bool:
    """Whether a condition is being written."""
    return _beginning(typed) is not None


def filter_of(typed: str, among: str) -> RecordFilter:
    """The filter that was written, over a set of records."""
    return RecordFilter(*parts_of(typed), among)


def parts_of(typed: str) -> tuple[str, str]:
    """The words, and the condition; each may be empty."""
    begins = _beginning(typed)
    if begins is None:
        return typed.strip(), ""
    return typed[: begins.start()].strip(), typed[begins.end() :].strip()


def _beginning(typed: str) -> re.Match[str] | None:
    """The sign with which a condition begins; in a phrase it is a sign like any other."""
    return next((match for match in _BEGINS_CONDITION.finditer(typed) if typed.count('"', 0, match.start()) % 2 == 0), None)


def text_of(filters: RecordFilter) -> str:
    """How a filter is written."""
    return " ".join([*([filters.words] if filters.words else []), *([f"= {filters.where}"] if filters.where else [])])
