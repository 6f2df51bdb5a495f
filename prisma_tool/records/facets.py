"""What the records of a list have in common, with counts: where they stand, reason, label, source, year and type.

Invariants: a facet is a field of the language of `--where`, and the count of a value is the number of records that remain once the value
is added to the filter; what is read of the review is kept until something is stored, so that each further count costs no reading.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from prisma_tool.model.text import fold, one_line
from prisma_tool.model.text_query import text_query
from prisma_tool.records.browse import ContinueSearch, MatchingRecords, RecordFilter, find_records
from prisma_tool.records.condition import Condition, parse_condition
from prisma_tool.records.record_fields import FIELDS, exclusion_reason, labels_by_record
from prisma_tool.records.report_sets import OF_RECORDS, holds, require_set
from prisma_tool.reports.state import Phase, Report, load_review_state
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.index import arrival_order, text_index
from prisma_tool.store.index.corrections import Edits, standing_edits
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records
from prisma_tool.store.records.report_rows import CountedRecord

FACETS: Mapping[str, str] = {
    "phase": "Decision",
    "reason": "Reason",
    "label": "Label",
    "source": "Source",
    "year": "Year",
    "type": "Type",
}
"""The fields that are counted, with their headings."""
_PORTION = 2_000
_PHASES = [phase.value for phase in Phase]
Values = tuple[tuple[str, ...], ...]
"""The values of one record, in the order of `FACETS`."""


class FacetCount(NamedTuple):
    """A value of a facet, and how many records of the list have it."""

    value: str
    n: int


FacetCounts = Mapping[str, Sequence[FacetCount]]
"""The values of each facet that occur, in the order in which they are shown."""


class _Line(NamedTuple):
    """One line of a list: its record, the place of that in the order of arrival, its values, and the records that it speaks for."""

    key: str
    position: int
    values: Values
    members: tuple[CountedRecord, ...]


@dataclass(frozen=True, slots=True)
class _ReadLines:
    """What was read of the review: `stamp` tells whether it still holds."""

    stamp: tuple[int, int, str]
    lines: Sequence[_Line]


class Facets:
    """The facets of the lists of one review; of two threads, one waits for what the other reads."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self._one_reader = Lock()
        self._spelling = _Spelling()
        self._contents = _Contents(0, {}, {})
        self._reading = _ReadLines((-1, -1, ""), ())

    def answers(self, filters: RecordFilter) -> bool:
        """Whether what is read for the facets decides this filter: no index of words alone does, and no other field is asked for."""
        return not filters.is_quick and (not filters.where or _condition(filters).fields <= FACETS.keys())

    def find(self, filters: RecordFilter, goes_on: ContinueSearch = lambda _: True) -> MatchingRecords:
        """As `find_records`, for a fraction of its cost where the facets answer.

        Raises:
            UsageError: the condition cannot be understood, or there is no such set.
            StoreError: the review cannot be read.
        """
        require_set(filters.among)
        if not self.answers(filters):
            return find_records(self.review, filters, goes_on)
        parsed = _condition(filters) if filters.where else None
        with self._one_reader, self.review.store.read() as transaction:
            lines = self._lines(transaction, filters.among, goes_on)
            terms = text_query(filters.words)
            matching = text_index.keys_matching(transaction, terms) if terms else None
        positions = (
            line.position
            for line in lines
            if (matching is None or any(record.key in matching for record in line.members))
            and (parsed is None or _holds(parsed, line.values))
        )
        return MatchingRecords(self.review, arrival_order.in_order(positions))

    def counts(self, among: str, positions: Sequence[int], goes_on: ContinueSearch = lambda _: True) -> FacetCounts:
        """The facets of the records that were found in a set.

        Raises:
            StoreError: the review cannot be read.
        """
        with self._one_reader, self.review.store.read() as transaction:
            lines = self._lines(transaction, among, goes_on)
        if len(positions) < len(lines):
            listed = frozenset(positions)
            lines = [line for line in lines if line.position in listed]
        columns = zip(*(line.values for line in lines), strict=True)
        return {name: counted(name, values) for name, values in zip(FACETS, columns, strict=bool(lines))}

    def by_report(self, goes_on: ContinueSearch = lambda _: True) -> Mapping[str, Values]:
        """The values of every report, by its key.

        Raises:
            StoreError: the review cannot be read.
        """
        with self._one_reader, self.review.store.read() as transaction:
            return {line.key: line.values for line in self._lines(transaction, "unique", goes_on)}

    def _lines(self, transaction: Transaction, among: str, goes_on: ContinueSearch) -> Sequence[_Line]:
        n, edits = arrival_order.n_of_contents(transaction), standing_edits(transaction)
        if (self._contents.n, self._contents.edits) != (n, edits):
            self._contents = _read_contents(transaction, n, edits, self._spelling)
        stamp = (event_log.last_number(transaction), n, among)
        if self._reading.stamp != stamp:
            lines = list(_LineReader(transaction, among, self._contents, self._spelling).lines(goes_on))
            # A reading that nobody waited for is not whole.
            if not goes_on(100):
                return lines
            self._reading = _ReadLines(stamp, lines)
        return self._reading.lines


def _condition(filters: RecordFilter) -> Condition:
    return parse_condition(filters.where, FIELDS)


_PLACES = {name: place for place, name in enumerate(FACETS)}


def value_of(values: Values, name: str) -> tuple[str, ...]:
    """What a record has for one of `FACETS`."""
    return values[_PLACES[name]]


def _holds(parsed: Condition, values: Values) -> bool:
    return parsed.holds(lambda name: value_of(values, name))


def counted(name: str, values: Iterable[tuple[str, ...]]) -> Sequence[FacetCount]:
    """The counts of a facet over the values that each line has."""
    return in_order(name, _of_single_values(Counter(values)))


def _of_single_values(counter: Counter[tuple[str, ...]]) -> Counter[str]:
    """Many records have the same values: they are taken apart once for all of them."""
    single: Counter[str] = Counter()
    for values, n in counter.items():
        for value in values:
            single[value] += n
    return single


def in_order(name: str, counter: Mapping[str, int]) -> Sequence[FacetCount]:
    """Phases in the order of the review, the latest years first, all else the most frequent first."""
    counts = [FacetCount(value, n) for value, n in counter.items()]
    if name == "phase":
        return sorted(counts, key=lambda one: _PHASES.index(one.value))
    if name == "year":
        return sorted(counts, key=lambda one: int(one.value), reverse=True)
    return sorted(counts, key=lambda one: (-one.n, one.value))


@dataclass(frozen=True, slots=True)
class _Contents:
    """What was read of the contents of all records: years and types by key, each in the spelling that came first."""

    n: int
    edits: Edits
    of: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]


def _read_contents(transaction: Transaction, n: int, edits: Edits, spell: _Spelling) -> _Contents:
    contents = records.all_contents(transaction, ("year", "publication_types"))
    of = {
        key: (spell.all_of([str(content.year)] if content.year else []), spell.all_of(content.publication_types))
        for key, _, content in contents
    }
    return _Contents(n, edits, of)


class _LineReader:
    """One look at every report of a review."""

    def __init__(self, transaction: Transaction, among: str, contents: _Contents, spell: _Spelling) -> None:
        self.among, self.contents, self.spell = among, contents, spell
        self.state = load_review_state(transaction)
        self.protocol = transaction.protocol
        self.labels = labels_by_record(self.state.state)
        self.arrived = arrival_order.all_arrived(transaction)
        self.corrected = {key: {edit.field for edit in edits} for key, edits in contents.edits.items()}

    def lines(self, goes_on: ContinueSearch) -> Iterator[_Line]:
        """The lines of a set of records or reports, each with its values."""
        reports = [report for report in self.state.reports if holds(self.among, report)]
        for place, report in enumerate(reports):
            if place % _PORTION == 0 and not goes_on(100 * place // len(reports)):
                return
            stands = (self.spell.all_of([report.phase.value]), self.spell.all_of([exclusion_reason(report, self.protocol)]))
            for key, members in self._shown(report):
                yield _Line(key, self.arrived[key].position, (*stands, *self._values(members, key)), members)

    def _shown(self, report: Report) -> Iterator[tuple[str, tuple[CountedRecord, ...]]]:
        if self.among not in OF_RECORDS:
            yield report.key, report.records
            return
        for record in report.records:
            if self.among != "duplicates" or record.key != report.key:
                yield record.key, (record,)

    def _values(self, members: tuple[CountedRecord, ...], key: str) -> Values:
        labels = self.spell.all_of([label for record in members for label in self.labels.get(record.key, ())])
        sources = self.spell.all_of([self.state.sources[record.source].name for record in members])
        if len(members) == 1:
            return (labels, sources, *self.contents.of[members[0].key])
        order = sorted((record.key for record in members), key=lambda one: (one != key, -self.arrived[one].completeness, one))
        return (labels, sources, self._best(order, "year", 0), self._best(order, "publication_types", 1))

    def _best(self, order: Sequence[str], field: str, place: int) -> tuple[str, ...]:
        """As `model.record.merged_view` chooses: what a person corrected, else the first that has any."""
        values = {key: self.contents.of[key][place] for key in order}
        corrected = [key for key in order if field in self.corrected.get(key, ()) and values[key]]
        return next((values[key] for key in corrected[:1] or order if values[key]), ())


class _Spelling:
    """Values in the spelling that came first, for the language compares them folded; equal tuples are one."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}

    def all_of(self, values: Sequence[str]) -> tuple[str, ...]:
        """These values without empty ones and without what is spelled otherwise."""
        given = tuple(values)
        if given not in self._known:
            self._known[given] = tuple(sorted({self._spelled(value) for value in given if value}))
        return self._known[given]

    def _spelled(self, value: str) -> str:
        return self._first.setdefault(fold(value) or one_line(value), one_line(value))


_AND = " and "


def with_value(where: str, field: str, value: str) -> str:
    """A condition that demands this value as well, or no longer where it did."""
    terms = where.split(_AND) if where else []
    term = term_for(field, value)
    if term in terms:
        return _AND.join(one for one in terms if one != term)
    return _AND.join([*([_in_brackets(where)] if where else []), term])


def demands(where: str, field: str, value: str) -> bool:
    """Whether a condition was made to demand this value."""
    return term_for(field, value) in where.split(_AND)


def term_for(field: str, value: str) -> str:
    """The part of a condition that demands a value of a field."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{field} = "{escaped}"'


def _in_brackets(where: str) -> str:
    """A condition to which something can be added: `and` binds tighter than `or`."""
    return f"({where})" if re.search(r"\bor\b", where, re.IGNORECASE) else where
