"""All records of a review as a list to browse: finding those that are wanted, and reading the few that are in sight.

Invariant: what is found is a sequence of positions or keys; contents are read for a window of it alone, so that a page costs the same
in a review of a thousand and of a hundred thousand records.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text_query import text_query
from prisma_tool.records.condition import Condition, condition
from prisma_tool.records.record_fields import FIELDS, Candidate, Surroundings, surroundings
from prisma_tool.records.report_sets import OF_RECORDS, holds, require_set
from prisma_tool.reports.state import Phase, Report, Standing, load, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.index import arrival_order, text_index
from prisma_tool.store.records import record_events, records
from prisma_tool.store.records.records import StoredRecord, merged_records

GoesOn = Callable[[int], bool]
"""Hears how much of a long look is done, in percent, and says whether anybody still waits for it."""
_PORTION = 1_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records are wanted: words as `model.text_query` reads them, a condition of `--where`, and a set of `export --set`."""

    words: str = ""
    where: str = ""
    among: str = "all"

    @property
    def is_quick(self) -> bool:
        """True where the index of words answers alone; else every report of the review has to be looked at."""
        return not self.where and self.among == "all"


@dataclass(frozen=True, slots=True)
class Row:
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
class Found:
    """Records found in a review, in the order of their arrival."""

    review: Review
    places: Sequence[int]

    def __len__(self) -> int:
        return len(self.places)

    def rows(self, first: int, n: int) -> list[Row]:
        """The `n` rows from the place `first` on, or as many as there are.

        Raises:
            StoreError: they cannot be read.
        """
        with self.review.store.read() as transaction:
            return rows_of(transaction, arrival_order.keys_at(transaction, self.places[first : first + n]))


@dataclass(frozen=True, slots=True)
class Listed:
    """Records in an order of their own; `why` makes what is said about each from its key and row."""

    review: Review
    keys: Sequence[str]
    whys: Callable[[Review, Collection[str]], Mapping[str, str]] | None = None
    said: Mapping[int, str] = field(default_factory=dict)
    """What is said about single places, such as the study under which a record is listed there."""

    def __len__(self) -> int:
        return len(self.keys)

    def rows(self, first: int, n: int) -> list[Row]:
        """The `n` rows from the place `first` on, or as many as there are.

        Raises:
            StoreError: they cannot be read.
        """
        keys = self.keys[first : first + n]
        whys = self.whys(self.review, keys) if self.whys else {}
        with self.review.store.read() as transaction:
            found = {row.key: row for row in rows_of(transaction, list(dict.fromkeys(keys)))}
        return [
            replace(found[key], why=self.said.get(place, whys.get(key, "")))
            for place, key in enumerate(keys, start=first)
            if key in found
        ]


def find(review: Review, wanted: Wanted, goes_on: GoesOn = lambda _: True) -> Found:
    """The records that are wanted; without any wish, all. Where `goes_on` says no, what was found so far is of no use.

    Raises:
        UsageError: the condition cannot be understood, or there is no such set.
        StoreError: the review cannot be read.
    """
    require_set(wanted.among)
    narrowed = condition(wanted.where, FIELDS) if wanted.where else None
    sought = text_query(wanted.words)
    with review.store.read() as transaction:
        if wanted.is_quick:
            places = text_index.positions_matching(transaction, sought) if sought else arrival_order.all_positions(transaction)
            return Found(review, places)
        met = text_index.keys_matching(transaction, sought) if sought else None
        keys = list(_Looking(transaction, wanted.among, met, goes_on).keys(narrowed))
        return Found(review, arrival_order.positions_of(transaction, keys))


class _Looking:
    """One look at every report of a review."""

    def __init__(self, transaction: Transaction, among: str, met: set[str] | None, goes_on: GoesOn) -> None:
        self.transaction, self.among, self.met, self.goes_on = transaction, among, met, goes_on
        self.alone = among in OF_RECORDS
        self.standing: Standing = load(transaction)

    def keys(self, narrowed: Condition | None) -> Iterable[str]:
        """The keys under which rows are shown: those of records, or in sets of reports those of their representatives."""
        shown = ((key, report) for report in self.standing.reports for key in self._shown(report))
        if narrowed is None:
            return (key for key, _ in shown)
        return self._meeting(narrowed, dict(shown))

    def _shown(self, report: Report) -> Iterator[str]:
        if not holds(self.among, report):
            return
        members = [record.key for record in report.records]
        if self.alone:
            # As in the figure, duplicates are the records beyond the one that stands for the report.
            kept = (key for key in members if self.among != "duplicates" or key != report.key)
            yield from (key for key in kept if self.met is None or key in self.met)
        elif self.met is None or not self.met.isdisjoint(members):
            yield report.key

    def _meeting(self, narrowed: Condition, shown: Mapping[str, Report]) -> Iterator[str]:
        around = surroundings(self.transaction, self.standing, narrowed.fields)
        keys = list(shown)
        for start in range(0, len(keys), _PORTION):
            if not self.goes_on(100 * start // len(keys)):
                return
            portion = {key: shown[key] for key in keys[start : start + _PORTION]}
            yield from (one.key for one in self._candidates(portion, around) if narrowed.holds(one.values))

    def _candidates(self, portion: Mapping[str, Report], around: Surroundings) -> Iterator[Candidate]:
        members = {key: [key] if self.alone else [one.key for one in report.records] for key, report in portion.items()}
        held = records.records_by_key(self.transaction, {key for keys in members.values() for key in keys})
        for key, report in portion.items():
            citation = _view(key, [held[member] for member in members[key]])
            speaking = tuple(one for one in report.records if one.key in members[key])
            yield Candidate(key, citation, report, speaking, around)


def _view(key: str, members: Sequence[StoredRecord]) -> Citation:
    """The best of several records, as an export shows it."""
    return members[0].citation if len(members) == 1 else merged_records(key, members).citation


def rows_of(transaction: Transaction, keys: Sequence[str]) -> list[Row]:
    """The rows of these records, in their order; reads nothing beyond them and the records that they were joined with."""
    held = records.records_by_key(transaction, keys)
    reports = reports_of(transaction, keys)
    labels = record_events.labels_on(transaction, keys)
    return [_row(transaction, held[key], reports[key], labels) for key in keys if key in held]


def _row(transaction: Transaction, record: StoredRecord, report: Report, labels: set[tuple[str, str]]) -> Row:
    citation = record.citation
    first = next(iter(citation.authors), None)
    return Row(
        key=record.key,
        year=citation.year,
        author=first.family if first else "",
        title=citation.title or citation.vernacular_title,
        source=record.source,
        phase=report.phase,
        reason=transaction.protocol.reason_label(report.reason) if report.reason else "",
        records=len(report.records),
        shown_for=report.key,
        labels=tuple(sorted(label for key, label in labels if key == record.key)),
    )
