"""One MEDLINE entry as tags and values: Biopython splits it, behind our framing.

`Bio.Medline` cuts lines at fixed columns, takes an empty line for the end of the record, makes two values of a wrapped one and one of
a repeated tag that it takes for text. So it is given one line a value, in its columns, and tags that come again are put right.
Invariant: every value of every tag is kept, in its order; a line without a tag that does not go on with another is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

from Bio import Medline

from prisma_tool.formats.text.html_text import unmarked
from prisma_tool.formats.text.tag_values import Fields

_GAPS = re.compile(r"\n{2,}")
_COLUMNS = re.compile(r"(?:[A-Z]{2}[A-Z ]{2}- .*\n)+")
_TAG = re.compile(r"([A-Z]{2,4}) *- ?(.*)")
_TAG_WIDTH, _VALUE = 4, 6
"""How wide tags are, and the column in which values begin."""
_NO_WORDS = frozenset({"LID", "AID", "OID"})
"""Tags of identifiers and addresses, where an ampersand is no markup."""


def tags(raw: str) -> Fields:
    """The values of one entry under their tags, without markup."""
    rows = _rows(raw)
    parsed = cast("dict[str, str | list[str]]", next(Medline.parse(rows), {}))  # type: ignore[no-untyped-call]
    record = {tag: [value] if isinstance(value, str) else value for tag, value in parsed.items()}
    if sum(map(len, record.values())) < len(rows):
        record = _apart(rows)
    return {tag: _readable(tag, values) for tag, values in record.items()} if "<" in raw or "&" in raw else record


def _rows(raw: str) -> list[str]:
    """One line for each value, in the columns that Biopython cuts at."""
    text = raw.rstrip()
    text = (_GAPS.sub("\n", text) if "\n\n" in text else text).replace(f"\n{' ' * _VALUE}", " ")
    rows = text.split("\n")
    return rows if _COLUMNS.fullmatch(f"{text}\n") else list(_in_columns(rows))


def _in_columns(rows: list[str]) -> Iterator[str]:
    for row in rows:
        if match := _TAG.match(row):
            yield f"{match[1]:<{_TAG_WIDTH}}- {match[2]}"


def _apart(rows: list[str]) -> Fields:
    """Each row's value by itself, where Biopython made one text of a tag that comes again."""
    record: Fields = {}
    for row in rows:
        record.setdefault(row[:_TAG_WIDTH].rstrip(), []).append(row[_VALUE:].rstrip())
    return record


def _readable(tag: str, values: list[str]) -> list[str]:
    if tag in _NO_WORDS:
        return values
    return [unmarked(value) if "<" in value or "&" in value else value for value in values]
