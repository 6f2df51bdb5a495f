"""Reading a strategy as people have it: the lines that were meant, what was taken away from the text and why, the published hits.

The one way from text to lines. Invariants: whatever is searched follows from the lines returned here, and every difference between
them and the text is among `changes`; what cannot be understood is a fault that stops the search; reading the cleaned lines again
(`written`) gives the same lines and no change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind, shown
from prisma_tool.identify.strategy.guard.pubmed_tags import field_of
from prisma_tool.identify.strategy.numbered_lines import NumberedLine, NumberedStrategy, StrategyFault
from prisma_tool.identify.strategy.pasted.addresses import is_address, read_address
from prisma_tool.identify.strategy.pasted.characters import plain_characters
from prisma_tool.identify.strategy.pasted.hit_counts import count_alone, without_counts
from prisma_tool.identify.strategy.pasted.limits import with_date_ranges, with_filters, with_limits, without_order
from prisma_tool.identify.strategy.pasted.numbering import (
    WAYS,
    Numbering,
    falling,
    label_of,
    names_of,
    way_of,
    with_plain_references,
    without_heading,
)
from prisma_tool.identify.strategy.pasted.tables import StrategyRow, read_table
from prisma_tool.identify.strategy.tokens import OPERATORS, StrategyToken, TokenKind, tokens
from prisma_tool.identify.strategy.tree.nodes import Chain, Operator
from prisma_tool.identify.strategy.tree.parse import parse

COMMENT = "//"
"""Begins a line that is for people only; `#` already begins a reference."""
_COUNT_FIRST = re.compile(r"^[(\[]?(\d[\d,.]*)[)\]]?\s+(?=(?:#\s?\d{1,4}|[SLQ]\d{1,4}|\d{1,4}[.)])[.:)]?\s)")
_AND_NOT = re.compile(r"\bAND\s+NOT\b")
"""Of Scopus and Ovid; on PubMed the operator is NOT alone."""
_LAST_STOP = re.compile(r"(?<=[\])\"])\s*[.;,]+$")
_HEADING_WORDS = 14
_HEADING = re.compile(
    r"^(?:pubmed|medline)\b(?:\W*(?:via|through|\(|pubmed|ncbi|nlm|\)|search|strategy|database|on|\d+|[a-z]+\s+\d{4}))*\W*$"
    r"|^(?:full\s+)?search\s+(?:strategy|string|terms|details|query|results)\b(?:\W+(?:in|for|of|on|pubmed|medline))*\W*$"
    r"|^(?:query\s+translation|suchstrategie|équation\s+de\s+recherche|estrategia\s+de\s+búsqueda|检索式)[^:]*:?$"
    r"|^(?:database|source|platform|date(?:\s+searched|\s+of\s+search)?|searched(?:\s+on)?)\s*:.*$",
    re.IGNORECASE,
)
"""A row above a strategy that says where and when it was searched, and searches nothing."""
_PUBMED_PREFIX = re.compile(r"^search\s*(?::\s*|(?=[\"(\[#]))", re.IGNORECASE)
"""PubMed's history, as it was copied until 2020 and since, names each query a search."""
_NAMED_SEARCH = re.compile(r"^search\s+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line on its way: number (0: none), text, published hits, filters of a column of its own."""

    number: int
    text: str
    hits: int | None = None
    filters: str = ""


class _Notes:
    """What was taken away or written otherwise, and what could not be understood."""

    def __init__(self) -> None:
        self.changes: list[str] = []
        self.faults: list[Problem] = []

    def change(self, sentence: str) -> None:
        if sentence not in self.changes:
            self.changes.append(sentence)

    def fault(self, subject: str, sentence: str) -> None:
        self.faults.append(Problem(ProblemKind.LEFTOVER, subject, sentence, stops=True))


def read_strategy(text: str, *, essie: bool = False) -> NumberedStrategy:
    """The lines of a strategy, however people wrote, copied or exported it.

    Numbers in any usual way begin a line (`1.`, `#1`, `S1`, `(1)`, `A:`, `Line 1:`), other rows go on with it; `//` begins a comment;
    tables, PubMed's history and addresses of PubMed are understood. Text without numbers is one line, with the number 0.

    Args:
        text: what was pasted.
        essie: whether it is an expression of ClinicalTrials.gov, in which PubMed's filters and tags mean nothing.

    Raises:
        StrategyFault: nothing is there, or the lines' numbers contradict each other.
    """
    notes = _Notes()
    plain, sentences = plain_characters(text)
    for sentence in sentences:
        notes.change(sentence)
    rows = [row for line in plain.splitlines() if (row := line.strip()) and not row.startswith(COMMENT)]
    if not rows:
        raise StrategyFault("The strategy is empty: it holds comments at most.")
    rows = rows if essie else _whole_tags(rows, notes)
    entries, way = _entries(rows, notes, essie=essie)
    entries = _counts_taken(entries, way, notes, essie=essie)
    lines = _meant(entries, way, notes, essie=essie)
    published = tuple((entry.number, entry.hits) for entry in entries if entry.hits is not None)
    return NumberedStrategy(tuple(lines), tuple(notes.changes), published, tuple(notes.faults))


def written(strategy: NumberedStrategy) -> str:
    """A strategy's lines in the plainest way: `#1 text`, one below the other; the text alone where it has no numbers."""
    if not strategy.numbered:
        return strategy.last.text
    return "\n".join(f"#{line.number} {line.text}" for line in strategy.lines)


def _entries(rows: Sequence[str], notes: _Notes, *, essie: bool) -> tuple[list[_Entry], Numbering | None]:
    """The entries in rising order, and the way in which they are numbered (None: not at all)."""
    if not essie and len(rows) == 1 and is_address(rows[0]):
        return [_from_address(rows[0], notes)], None
    table = read_table("\n".join(rows))
    if table is not None:
        return _from_table(table, notes)
    rows = _labels_first(rows)
    way = way_of(rows)
    if way is None:
        return [_unnumbered(rows, notes, essie=essie)], None
    return _in_order(_numbered(rows, way, notes), notes), way


def _whole_tags(rows: Sequence[str], notes: _Notes) -> list[str]:
    """Rows in which no tag is parted: a page of print breaks `[Title/Abstract]` wherever its column ends."""
    whole: list[str] = []
    for row in rows:
        above = whole[-1] if whole else ""
        begun, rest = above[above.rfind("[") + 1 :], row.partition("]")[0]
        parted = above.rfind("[") > above.rfind("]") and "[" not in rest and "]" in row
        candidates = (f"{begun} {rest}", f"{begun}{rest}", f"{begun.removesuffix('-')}{rest}") if parted else ()
        tag = next((candidate for candidate in candidates if field_of(candidate.partition(":")[0])), "")
        if tag:
            notes.change(f"the tag [{shown(tag)}], parted at the end of a row, was put together")
            whole[-1] = f"{above[: above.rfind('[')]}[{tag}{row[len(rest) :]}"
        else:
            whole.append(row)
    return whole


def _from_address(address: str, notes: _Notes) -> _Entry:
    search = read_address(address)
    if "term" not in search.parameters:
        raise StrategyFault(f"The address {shown(address)} holds no search of PubMed (it has no term=...).")
    notes.change("the address was read as the search that it shows")
    if search.left_out:
        notes.change(f"of the address only the page's look was left out: {', '.join(map(shown, search.left_out))}")
    for part in search.unknown:
        notes.fault(shown(part), f"The address limits the search by “{shown(part)}”, which cannot be written as a query here.")
    return _Entry(0, search.parameters["term"])


def _from_table(table: Sequence[StrategyRow], notes: _Notes) -> tuple[list[_Entry], Numbering | None]:
    rows = [_Entry(row.number, row.text, row.hits, row.filters) for row in table]
    notes.change("a table was read by its columns: numbers, queries and hits")
    if not rows:
        raise StrategyFault("The table of the strategy has no query in any row.")
    way = way_of([f"{row.label} {row.text}" for row in table]) or WAYS[0]
    if all(not row.number for row in rows):
        rows = [replace(row, number=number) for number, row in enumerate(rows, start=1)] if len(rows) > 1 else rows
        return rows, way if len(rows) > 1 else None
    if not all(row.number for row in rows):
        raise StrategyFault("The table of the strategy has numbers in some rows only; number each row, or none.")
    return _in_order(rows, notes), way


def _labels_first(rows: Sequence[str]) -> list[str]:
    """Rows that all begin with a count before their number, with the count at their end."""
    matches = [_COUNT_FIRST.match(row) for row in rows]
    if len(rows) < 2 or not all(matches):  # noqa: PLR2004 - a single row may be a query that begins with a number
        return list(rows)
    return [f"{row[match.end() :]} ({match[1]} results)" for row, match in zip(rows, matches, strict=True) if match]


def _unnumbered(rows: Sequence[str], notes: _Notes, *, essie: bool) -> _Entry:
    kept: list[str] = []
    hits = None
    if not essie:
        rows = _below_headings(rows, notes)
        _operators_between_rows(rows, notes)
    for row in rows:
        if kept and count_alone(row) is not None:
            hits = count_alone(row)
            notes.change(f"“{shown(row)}” was read as the number of hits and taken off")
            continue
        if kept and not essie:
            _boundary(kept[-1], row, notes, "")
        kept.append(row)
    return _Entry(0, " ".join(kept), hits)


def _below_headings(rows: Sequence[str], notes: _Notes) -> Sequence[str]:
    """The rows below those that only name the database or the strategy."""
    while len(rows) > 1 and _HEADING.match(rows[0]) and not _searches(rows[0]):
        notes.change(f"“{shown(rows[0])}” was read as a heading and taken off")
        rows = rows[1:]
    return rows


def _boundary(above: str, below: str, notes: _Notes, label: str) -> None:
    """Two rows below each other that are complete each by itself: nobody can know whether AND or OR was meant."""
    before, after = tokens(above), tokens(below)
    if not before or not after:
        return
    if above.endswith("-") and below[0].isalnum():
        notes.fault(
            f"{label}{shown(above[-40:])}",
            f"{label}a word is parted at the end of a row: “{shown(above[-40:])}” and “{shown(below)}”.",
        )
        return
    ends = before[-1].kind in (TokenKind.CLOSE, TokenKind.TAG, TokenKind.QUOTED, TokenKind.REFERENCE)
    # Words without a tag may be one text that was wrapped; without any operator they are a list.
    words = all(token.kind is TokenKind.WORD and token.text.upper() not in OPERATORS for token in (*before, *after))
    if (ends or words) and after[0].begins_operand and after[0].text.upper() not in OPERATORS and not _is_limit(after):
        notes.fault(
            f"{label}{shown(below)}",
            f"{label}“{shown(above[-40:])}” and “{shown(below)}” stand below each other without an operator; write AND or OR "
            "between them, or number the lines.",
        )


def _operators_between_rows(rows: Sequence[str], notes: _Notes) -> None:
    """Rows joined by an operator of their own, or at their edge: each row is meant as a group, which PubMed would not know."""
    blocks, operators = [""], set[str]()
    for row in rows:
        words = row.split()
        leading = words[0] if words[0] in OPERATORS else ""
        trailing = words[-1] if len(words) > 1 and words[-1] in OPERATORS else ""
        if leading:
            operators.add(leading)
            blocks.append(row.removeprefix(leading).removesuffix(trailing).strip())
        else:
            blocks[-1] = f"{blocks[-1]} {row.removesuffix(trailing)}".strip()
        if trailing:
            operators.add(trailing)
            blocks.append("")
    within = {operator.text for block in blocks for operator in _top_operators(block)}
    if operators and within and len(operators | within) > 1:
        notes.fault(
            "rows",
            f"Rows are joined by {' and '.join(sorted(operators))} while {' and '.join(sorted(within))} stands within them; PubMed goes "
            "from left to right, so set brackets around each row.",
        )


def _top_operators(text: str) -> tuple[Operator, ...]:
    root = parse(text).root
    return root.operators if isinstance(root, Chain) else ()


def _is_limit(read: Sequence[StrategyToken]) -> bool:
    return read[0].text.lower().rstrip(":") in ("filters", "filter", "limits", "limit", "sort", "sorted", ":")


def _numbered(rows: Sequence[str], way: Numbering, notes: _Notes) -> list[_Entry]:
    entries: list[_Entry] = []
    for row in rows:
        label = label_of(way, row)
        if label is not None and way.consecutive and entries and abs(label[0] - entries[-1].number) != 1:
            label = None
        if label is not None:
            entries.append(_Entry(label[0], row[label[1] :]))
        elif not entries:
            _preface(row, notes)
        else:
            entries[-1] = _continued(entries[-1], row, notes)
    return entries


def _preface(row: str, notes: _Notes) -> None:
    """A row before the first number: a heading is taken off, anything that could be searched is a fault."""
    if _searches(row):
        raise StrategyFault(
            f"“{shown(row)}” stands before the first numbered line; number it too, or begin it with // if it is a note."
        )
    notes.change(f"“{shown(row)}” was read as a heading and taken off")


def _searches(row: str) -> bool:
    """True where a row could be a part of the search, not only a heading."""
    read = tokens(row)
    searched = any(token.is_operator or token.kind in (TokenKind.TAG, TokenKind.REFERENCE, TokenKind.QUOTED) for token in read)
    return searched or len(read) > _HEADING_WORDS


def _continued(entry: _Entry, row: str, notes: _Notes) -> _Entry:
    count = count_alone(row)
    if count is not None and entry.text:
        notes.change(f"line {entry.number}: “{shown(row)}” was read as its hits and taken off")
        return replace(entry, hits=count)
    if row.endswith(":") and not any(token.is_operator or token.kind is TokenKind.TAG for token in tokens(row)):
        notes.change(f"“{shown(row)}” was read as a heading and taken off")
        return entry
    counted = without_counts([entry.text], frozenset(map(str, range(1, entry.number))))[0]
    if counted.count is not None and row.split(maxsplit=1)[0].upper() not in OPERATORS:
        notes.fault(
            f"line {entry.number}: {shown(row)}",
            f"line {entry.number}: “{shown(row)}” stands below a line that ended with its hits; begin it with // if it is a remark.",
        )
    _boundary(entry.text, row, notes, f"line {entry.number}: ")
    return replace(entry, text=f"{entry.text} {row}".strip())


def _in_order(entries: list[_Entry], notes: _Notes) -> list[_Entry]:
    """Entries with the first line first.

    Raises:
        StrategyFault: the numbers neither rise nor fall.
    """
    numbers = [entry.number for entry in entries]
    if falling(numbers):
        notes.change("the lines stood newest first and were turned round")
        return entries[::-1]
    for earlier, later in pairwise(numbers):
        if later <= earlier:
            raise StrategyFault(f"Line {later} of the strategy follows line {earlier}; line numbers must rise.")
    return entries


def _counts_taken(entries: Sequence[_Entry], way: Numbering | None, notes: _Notes, *, essie: bool) -> list[_Entry]:
    if essie and not entries[0].number:
        return list(entries)
    names = names_of(way, {entry.number for entry in entries}) if way is not None else frozenset()
    unsorted = [without_order(entry.text) for entry in entries]
    cleaned = without_counts(unsorted, names)
    taken = []
    for entry, text, counted in zip(entries, unsorted, cleaned, strict=True):
        if text != entry.text:
            notes.change(f"{_label(entry)}the order of the page was taken off")
        if counted.count is not None:
            notes.change(f"{_label(entry)}“{shown(counted.taken)}” was read as its hits and taken off")
        hits = entry.hits if counted.count is None else counted.count
        taken.append(replace(entry, text=counted.text, hits=hits))
    return taken


def _label(entry: _Entry) -> str:
    return f"line {entry.number}: " if entry.number else ""


def _meant(entries: Sequence[_Entry], way: Numbering | None, notes: _Notes, *, essie: bool) -> list[NumberedLine]:
    known = frozenset(entry.number for entry in entries if entry.number)
    # The word can be a term of one line, but not how every line happens to begin.
    named = len(entries) > 1 and all(_NAMED_SEARCH.match(entry.text) for entry in entries)
    lines: list[NumberedLine] = []
    for entry in entries:
        text = entry.text if essie else _without_label(entry.text, named=named)
        if way is not None:
            text = with_plain_references(text, known - {entry.number}, way)
        if not essie:
            text = _limits_written(entry, text, lines, notes)
        if text.split() != entry.text.split():
            notes.change(f"{_label(entry)}“{shown(entry.text)}” was read as “{shown(text)}”")
        if not text.strip():
            raise StrategyFault(f"Line {entry.number} of the strategy is empty." if entry.number else "The strategy is empty.")
        lines.append(NumberedLine(entry.number, text))
    return lines


def _without_label(text: str, *, named: bool) -> str:
    """A line without what stands before and behind it as decoration, and with PubMed's NOT."""
    bare = without_heading((_NAMED_SEARCH if named else _PUBMED_PREFIX).sub("", text))
    return _AND_NOT.sub("NOT", _LAST_STOP.sub("", bare))


def _limits_written(entry: _Entry, text: str, lines: Sequence[NumberedLine], notes: _Notes) -> str:
    limited = with_limits(text, lines[-1].number if lines else 0)
    if entry.filters:
        limited = with_filters(limited.text, entry.filters)
    for name in limited.unknown:
        notes.fault(
            f"{_label(entry)}{shown(name)}",
            f"{_label(entry)}the filter “{shown(name)}” is not known here; write it in PubMed's language, as in english[la].",
        )
    return with_date_ranges(limited.text)[0]
