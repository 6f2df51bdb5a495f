"""All records of a review as a list to browse: finding those that are wanted, and reading the few that are in sight.

Invariant: what is found is a sequence of positions or keys; contents are read for a window of it alone, so that a page costs the same
in a review of a thousand and of a hundred thousand records.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text_query import text_query
from prisma_tool.records.condition import Condition, parse_condition
from prisma_tool.records.record_fields import FIELDS, Candidate, FieldContext, field_context
from prisma_tool.records.report_sets import OF_RECORDS, holds, require_set
from prisma_tool.reports.state import Phase, Report, ReviewState, load_review_state, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.index import arrival_order, text_index
from prisma_tool.store.records import record_events, records
from prisma_tool.store.records.records import StoredRecord, merged_records

ContinueSearch = Callable[[int], bool]
"""Is given how much of a long search is done, in percent, and returns whether it should go on."""
_PORTION = 1_000


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records are wanted: `words` as `model.text_query` reads them, `where` as `--where` does, `among` a set of `export --set`."""

    words: str = ""
    where: str = ""
    among: str = "all"

    @property
    def is_quick(self) -> bool:
        """True where the index of words answers alone; else every report of the review has to be looked at."""
        return not self.where and self.among == "all"


@dataclass(frozen=True, slots=True)
class BrowseRow:
    """One record in a list. `records` is how many records its report has, `shown_for` the key of the one that stands for them.

    `why` is what a list of its own wants said about the record, in place of where it stands.
    """

    key: str
    year: int | None
    author: str
    title: str
    source: str
    phase: Phase
    reason: str = ""
    records: int = 1
    shown_for: str = ""
    labels: tuple[str, ...] = ()
    why: str = ""

    @property
    def stands_for_itself(self) -> bool:
        """False for a record that was joined with another, under which it is counted."""
        return self.shown_for in ("", self.key)


@dataclass(frozen=True, slots=True)
class MatchingRecords:
    """Records found in a review: their positions in the order of arrival, ascending."""

    review: Review
    positions: Sequence[int]

    def __len__(self) -> int:
        return len(self.positions)

    def rows(self, first: int, n: int) -> list[BrowseRow]:
        """The `n` rows from the place `first` on, or as many as there are.

        Raises:
            StoreError: they cannot be read.
        """
        with self.review.store.read() as transaction:
            return rows_of(transaction, arrival_order.keys_at(transaction, self.positions[first : first + n]))


@dataclass(frozen=True, slots=True)
class RecordListing:
    """Records in an order of their own; `describe`, if given, returns by key what is said about each instead of where it stands."""

    review: Review
    keys: Sequence[str]
    describe: Callable[[Review, Collection[str]], Mapping[str, str]] | None = None
    notes: Mapping[int, str] = field(default_factory=dict)
    """What is said about single places, such as the study under which a record is listed there."""

    def __len__(self) -> int:
        return len(self.keys)

    def rows(self, first: int, n: int) -> list[BrowseRow]:
        """The `n` rows from the place `first` on, or as many as there are.

        Raises:
            StoreError: they cannot be read.
        """
        keys = self.keys[first : first + n]
        descriptions = self.describe(self.review, keys) if self.describe else {}
        with self.review.store.read() as transaction:
            rows = {row.key: row for row in rows_of(transaction, list(dict.fromkeys(keys)))}
        return [
            replace(rows[key], why=self.notes.get(position, descriptions.get(key, "")))
            for position, key in enumerate(keys, start=first)
            if key in rows
        ]


def find_records(review: Review, filters: RecordFilter, goes_on: ContinueSearch = lambda _: True) -> MatchingRecords:
    """The records that are wanted, all where nothing is. Where `goes_on` returns False, what is returned is incomplete and of no use.

    Raises:
        UsageError: the condition cannot be understood, or there is no such set.
        StoreError: the review cannot be read.
    """
    require_set(filters.among)
    parsed = parse_condition(filters.where, FIELDS) if filters.where else None
    terms = text_query(filters.words)
    with review.store.read() as transaction:
        if filters.is_quick:
            positions = text_index.positions_matching(transaction, terms) if terms else arrival_order.all_positions(transaction)
            return MatchingRecords(review, positions)
        matching = text_index.keys_matching(transaction, terms) if terms else None
        keys = list(_Scan(transaction, filters.among, matching, goes_on).keys(parsed))
        return MatchingRecords(review, arrival_order.positions_of(transaction, keys))


class _Scan:
    """One look at every report of a review."""

    def __init__(self, transaction: Transaction, among: str, matching: set[str] | None, goes_on: ContinueSearch) -> None:
        self.transaction, self.among, self.matching, self.goes_on = transaction, among, matching, goes_on
        self.records_only = among in OF_RECORDS
        self.review_state: ReviewState = load_review_state(transaction)

    def keys(self, parsed: Condition | None) -> Iterable[str]:
        """The keys under which rows are shown: those of records, or in sets of reports those of their representatives."""
        candidates = ((key, report) for report in self.review_state.reports for key in self._shown_keys(report))
        if parsed is None:
            return (key for key, _ in candidates)
        return self._matching_keys(parsed, dict(candidates))

    def _shown_keys(self, report: Report) -> Iterator[str]:
        if not holds(self.among, report):
            return
        members = [record.key for record in report.records]
        if self.records_only:
            # As in the figure, duplicates are the records beyond the one that stands for the report.
            keys = (key for key in members if self.among != "duplicates" or key != report.key)
            yield from (key for key in keys if self.matching is None or key in self.matching)
        elif self.matching is None or not self.matching.isdisjoint(members):
            yield report.key

    def _matching_keys(self, parsed: Condition, candidates: Mapping[str, Report]) -> Iterator[str]:
        context = field_context(self.transaction, self.review_state, parsed.fields)
        keys = list(candidates)
        for start in range(0, len(keys), _PORTION):
            if not self.goes_on(100 * start // len(keys)):
                return
            portion = {key: candidates[key] for key in keys[start : start + _PORTION]}
            yield from (candidate.key for candidate in self._candidates(portion, context) if parsed.holds(candidate.values))

    def _candidates(self, portion: Mapping[str, Report], context: FieldContext) -> Iterator[Candidate]:
        members = {
            key: [key] if self.records_only else [record.key for record in report.records] for key, report in portion.items()
        }
        stored = records.records_by_key(self.transaction, {key for keys in members.values() for key in keys})
        for key, report in portion.items():
            citation = _merged_citation(key, [stored[member] for member in members[key]])
            holdings = tuple(record for record in report.records if record.key in members[key])
            yield Candidate(key, citation, report, holdings, context)


def _merged_citation(key: str, members: Sequence[StoredRecord]) -> Citation:
    """The best of several records, as an export shows it."""
    return members[0].citation if len(members) == 1 else merged_records(key, members).citation


def rows_of(transaction: Transaction, keys: Sequence[str]) -> list[BrowseRow]:
    """The rows of these records, in their order; reads nothing beyond them and the records that they were joined with."""
    stored = records.records_by_key(transaction, keys)
    reports = reports_of(transaction, keys)
    labels = record_events.labels_on(transaction, keys)
    return [_row(transaction, stored[key], reports[key], labels) for key in keys if key in stored]


def _row(transaction: Transaction, record: StoredRecord, report: Report, labels: set[tuple[str, str]]) -> BrowseRow:
    citation = record.citation
    first_author = next(iter(citation.authors), None)
    return BrowseRow(
        key=record.key,
        year=citation.year,
        author=first_author.family if first_author else "",
        title=citation.title or citation.vernacular_title,
        source=record.source,
        phase=report.phase,
        reason=transaction.protocol.reason_label(report.reason) if report.reason else "",
        records=len(report.records),
        shown_for=report.key,
        labels=tuple(sorted(label for key, label in labels if key == record.key)),
    )
