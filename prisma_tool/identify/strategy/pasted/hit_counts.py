"""Hit counts that stand behind or before the lines of a published strategy, told apart from what is searched.

A number right behind a tag, a closing bracket, a closing quote or a reference cannot be meant as a word of the search: PubMed would
look for records that hold it beside the term. Behind plain words it can ("omega 3"), so there it counts only where every line ends
in one. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from prisma_tool.identify.strategy.tokens import OPERATORS, TokenKind, tokens

NUMBER = r"(?:\d{1,3}(?:[,.'\u00b7 ]\d{3})+|\d+)"
"""A whole number, with or without separators of thousands."""
_UNIT = (
    r"(?:results?|hits?|records?|citations?|articles?|references?|studies|refs|items?(?:\s+found)?|publications?|papers?"
    r"|treffer|ergebnisse|résultats?|références|resultados?|risultati|resultaten|wyników|篇|条)"
)
_TIME = re.compile(r"\s+\d{1,2}:\d{2}:\d{2}(?:\s*[AaPp]\.?[Mm]\.?)?\s*$")
_MARKED = re.compile(
    rf"\s*[-=:;>\u2192]*\s*(?:[(\[{{]\s*(?:n\s*=\s*|{_UNIT}\s*[:=]\s*)({NUMBER})\s*(?:{_UNIT})?\s*[)\]}}]"
    rf"|[(\[{{]\s*({NUMBER})\s*{_UNIT}\s*[)\]}}]|\bn\s*=\s*({NUMBER})(?:\s*{_UNIT})?|{_UNIT}\s*[:=]\s*({NUMBER})"
    rf"|({NUMBER})\s+{_UNIT}|[=:>\u2192]+\s*({NUMBER}))\s*\.?\s*$",
    re.IGNORECASE,
)
"""A number that says itself that it counts: (n = 472), 472 results, Results: 472, = 472."""
_BARE = re.compile(rf"(?:\s+|(?<=[\])\"])|(?<=[\])\"\w])[,;]\s)(?:[-:;,*]|[.\u2026]{{2,}})?\s*[(\[*]?({NUMBER})[)\]*]?\s*[.;,]?$")
_LONGEST = 80
"""In characters, what stands behind a line; looking no further back keeps the reading of long lines quick."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2099
_LEADING = re.compile(rf"^[(\[]?({NUMBER})[)\]]?[ \t:]+(?=\S)")
_OVID_FIELD = re.compile(r"\.\w[\w,]*\.$")
_REFERENCE = re.compile(r"#\d{1,4}(?:-#?\d{1,4})?|(?:or|and)/[\d#,-]+", re.IGNORECASE)
_ALONE = re.compile(rf"^[(\[]?\s*(?:n\s*=\s*)?({NUMBER})\s*(?:{_UNIT})?\s*[)\]]?$", re.IGNORECASE)
_TOTAL = re.compile(
    rf"^(?:(?:sub)?total|sum|results?|hits?|records?|items|number|no\.?)\b[^\"\[\]()]*?[:=\s]\s*(?:n\s*=\s*)?({NUMBER})\s*(?:{_UNIT})?\s*\.?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CountedText:
    """A line without its hit count; `taken` is what was taken off as it was written, and `count` its value (None: there is none)."""

    text: str
    count: int | None = None
    taken: str = ""


def count_alone(row: str) -> int | None:
    """The number in a row that holds nothing but a hit count or a total; None where the row says more."""
    match = _ALONE.match(row) or _TOTAL.match(row)
    return _value(match) if match else None


def without_counts(rows: Sequence[str], names: Collection[str] = frozenset()) -> list[CountedText]:
    """Each line's text without its hit count.

    Args:
        rows: the lines' texts.
        names: how the lines of a numbered strategy may be named, in capitals; empty where the strategy has no numbers.
    """
    timeless = [_timeless(row) for row in rows]
    behind = [_behind(row, names) for row in timeless]
    if not _is_column(behind, timeless):
        return [
            counted if counted.count is not None else _before(row, timeless)
            for counted, row in zip(behind, timeless, strict=True)
        ]
    return [counted if counted.count is not None else _taken_behind(row) for counted, row in zip(behind, timeless, strict=True)]


def _at_end(pattern: re.Pattern[str], row: str) -> re.Match[str] | None:
    return pattern.search(row, max(0, len(row) - _LONGEST))


def _timeless(row: str) -> str:
    match = _at_end(_TIME, row)
    return row[: match.start()] if match else row


def _behind(row: str, names: Collection[str]) -> CountedText:
    marked = _at_end(_MARKED, row)
    if marked and row[: marked.start()].strip() and _no_range(row) and not _compares_years(row, marked):
        return CountedText(row[: marked.start()].rstrip(), _value(marked), row[marked.start() :].strip())
    if not _certain_end(row, names):
        return CountedText(row)
    counted = _taken_behind(row)
    # Where lines have no numbers, a year may be meant as a year.
    return counted if names or counted.count is None or not _FIRST_YEAR <= counted.count <= _LAST_YEAR else CountedText(row)


def _compares_years(row: str, marked: re.Match[str]) -> bool:
    """True for `PUBYEAR > 2014`: a sign between a plain word and a year."""
    signed = marked.group().strip()[:1] in "=:>" and row[: marked.start()].rstrip()[-1:].isalnum()
    return signed and _FIRST_YEAR <= _value(marked) <= _LAST_YEAR


def _no_range(row: str) -> bool:
    """False where the number belongs to a range or a date that is searched: its tag follows, so it does not end the line."""
    return not row.rstrip().endswith("]") or bool(_at_end(_MARKED, row))


def _taken_behind(row: str) -> CountedText:
    match = _at_end(_BARE, row)
    if match is None or not row[: match.start()].strip():
        return CountedText(row)
    return CountedText(row[: match.start()].rstrip(), _value(match), row[match.start() :].strip())


def _certain_end(row: str, names: Collection[str]) -> bool:
    """True where the number at the end of the row follows something that is complete without it."""
    match = _at_end(_BARE, row)
    if match is None:
        return False
    before = row[: match.start()].rstrip()
    return before.endswith(("]", ")", '"')) or _complete(before.split()[-2:], names)


def _complete(last_words: Sequence[str], names: Collection[str]) -> bool:
    """True where the last of two words is complete by itself: a reference, a stem, a heading of Ovid, a line's name behind an operator."""
    if not last_words or last_words[-1] in OPERATORS:
        return False
    last = last_words[-1]
    names_line = len(last_words) > 1 and last_words[0].upper() in OPERATORS and last.upper().strip("()") in names
    return names_line or last.endswith(("/", "*")) or bool(_OVID_FIELD.search(last)) or bool(_REFERENCE.fullmatch(last))


def _is_column(behind: Sequence[CountedText], rows: Sequence[str]) -> bool:
    """True where every one of several lines ends in a number: a column of hits, not a part of each term."""
    ends = (counted.count is not None or _ends_in_number_behind_words(row) for counted, row in zip(behind, rows, strict=True))
    return len(rows) > 1 and all(ends)


def _ends_in_number_behind_words(row: str) -> bool:
    match = _at_end(_BARE, row)
    if match is None:
        return False
    read = tokens(row[: match.start()])
    return bool(read) and not read[-1].is_operator and not all(token.text.isdecimal() for token in read)


def _before(row: str, rows: Sequence[str]) -> CountedText:
    """A count before a line: certain before a bracket, a quote or a reference, or where every line begins with a number."""
    match = _LEADING.match(row)
    if match is None:
        return CountedText(row)
    read = tokens(row[match.end() :])
    certain = bool(read) and read[0].kind in (TokenKind.OPEN, TokenKind.QUOTED, TokenKind.REFERENCE)
    column = len(rows) > 1 and all(_LEADING.match(other) for other in rows)
    if not (certain or column) or not read or read[0].is_operator:
        return CountedText(row)
    return CountedText(row[match.end() :], _value(match), match.group().strip())


def _value(match: re.Match[str]) -> int:
    digits = next(group for group in match.groups() if group)
    return int(re.sub(r"\D", "", digits)[:12])
