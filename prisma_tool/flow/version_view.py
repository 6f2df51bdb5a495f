"""What one figure is about: the records that its version identified, and the reports that went through its boxes.

Counting rules 1, 2, 7 and 22 (docs/counting.md). Invariants: a report of the version is counted under one of its records, which is
identified in its column; every other identified record is a further one of such a report, or of a report that was closed before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from msgspec import Struct
from msgspec.structs import replace

from prisma_tool.flow.flow import Count
from prisma_tool.model.log.versions import Era
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.reports.state import SOUGHT, Phase, RecordTotals, Report, ReviewState
from prisma_tool.reports.version_scope import VersionPart, VersionSorter
from prisma_tool.store.records.report_rows import CountedRecord

CARRIED_OVER = "Carried over"
"""The line of reports that an earlier version closed and a person took up again without a new hit."""


class IdentifiedRecord(Struct, frozen=True, gc=False):
    """A record as the figure counts it: under which kind of source and which line."""

    key: str
    kind: SourceKind
    line: str
    known: bool = False
    """True for a record that an earlier version had screened already."""
    n: int = 1
    """How many records these are. Those that are not listed have no key."""


@dataclass(frozen=True, slots=True)
class CountedReports:
    """The reports of a version, each under the key of the record that it is counted under, and the records identified for it.

    `reports` are what the boxes count; `closed` the other reports of earlier versions; `previously_included` the representatives (as
    they are today) of the reports that the previous version included.
    """

    reports: tuple[Report, ...]
    closed: tuple[Report, ...]
    identified: tuple[IdentifiedRecord, ...]
    previously_included: frozenset[str]
    era: Era
    cumulative: bool = False
    handed_over: tuple[str, ...] = ()
    """Over all versions: the sources that hold what versions made elsewhere handed over, which count here as others do."""
    surplus_of: Mapping[SourceKind, int] | None = None
    """Where they are not listed: how many records of each kind of source are further ones of a report that is counted under another."""

    @property
    def counted_keys(self) -> frozenset[str]:
        """The keys under which reports are counted."""
        return frozenset(report.key for report in self.reports)

    @property
    def cited_screened(self) -> tuple[Report, ...]:
        """Reports that citation indexes alone led to and that have a title/abstract outcome (counting rule 13)."""
        outcomes = {Phase.SCREENED_OUT} | SOUGHT
        return tuple(report for report in self.reports if report.only_cited and not report.left and report.phase in outcomes)

    @property
    def of_registers(self) -> frozenset[str]:
        """The keys of the records of registers, which are always listed."""
        return frozenset(record.key for record in self.identified if record.kind is SourceKind.REGISTER)

    def surplus(self, *, left: bool) -> Count:
        """The records of a column beyond the one under which their report is counted (counting rules 2 and 7)."""
        if self.surplus_of is not None:
            return Count(unlisted=sum(n for kind, n in self.surplus_of.items() if kind.in_left_column is left))
        counted_keys = self.counted_keys
        surplus = (record for record in self.identified if record.kind.in_left_column is left)
        return Count(tuple(record.key for record in surplus if record.key not in counted_keys))

    @property
    def all_reports(self) -> Iterator[Report]:
        """All reports of the review, of this version and before."""
        yield from self.reports
        yield from self.closed


def counted_reports(review_state: ReviewState, protocol: Protocol, *, cumulative: bool = False) -> CountedReports:
    """What the figure of the current version is about; `cumulative` looks at all versions as one."""
    if cumulative or not review_state.era.closings:
        handed_over = tuple(review_state.sources[slug].name for slug in review_state.era.imported)
        if review_state.totals is not None:
            identified = tuple(_identified_numbers(review_state, review_state.totals))
            surplus = _surplus_by_kind(review_state, review_state.totals)
            return CountedReports(review_state.reports, (), identified, frozenset(), Era(), cumulative, handed_over, surplus)
        identified = tuple(
            _identified_record(review_state, record) for report in review_state.reports for record in report.records
        )
        return CountedReports(review_state.reports, (), identified, frozenset(), Era(), cumulative, handed_over)
    return _UpdateReports(review_state, omit=protocol.seen_hits == "omit").build()


def _identified_record(review_state: ReviewState, record: CountedRecord, *, known: bool = False) -> IdentifiedRecord:
    source = review_state.sources[record.source]
    return IdentifiedRecord(record.key, source.kind, source.name, known)


def _identified_numbers(review_state: ReviewState, totals: RecordTotals) -> Iterator[IdentifiedRecord]:
    for slug, n in totals.numbers.items():
        source = review_state.sources[slug]
        if source.kind is not SourceKind.REGISTER:
            yield IdentifiedRecord("", source.kind, source.name, n=n)
    yield from (_identified_record(review_state, record) for record in totals.of_registers)


def _surplus_by_kind(review_state: ReviewState, totals: RecordTotals) -> Mapping[SourceKind, int]:
    surplus: Counter[SourceKind] = Counter()
    for slug, n in totals.surplus.items():
        surplus[review_state.sources[slug].kind] += n
    return surplus


class _UpdateReports:
    """Takes the reports of a review with closed versions apart."""

    def __init__(self, review_state: ReviewState, *, omit: bool) -> None:
        self.review_state, self.omit = review_state, omit
        self.parting = VersionSorter(review_state.era)
        self.again, self.imported = review_state.era.again, review_state.era.imported
        self.reports: list[Report] = []
        self.closed: list[Report] = []
        self.identified: list[IdentifiedRecord] = []
        self.previously_included: set[str] = set()

    def build(self) -> CountedReports:
        for report in self.review_state.reports:
            self._sort_in(report)
        parts = (tuple(self.reports), tuple(self.closed), tuple(self.identified), frozenset(self.previously_included))
        return CountedReports(*parts, self.review_state.era)

    def _sort_in(self, report: Report) -> None:
        delivered = list(self._delivered(report))
        counted = report
        if self.parting.part(report) is VersionPart.CLOSED:
            self.closed.append(report)
            delivered = [record for record in delivered if not (self.omit and record.known)]
        else:
            counted_key = _counted_key(report, delivered)
            counted = report if counted_key == report.key else replace(report, key=counted_key)
            self.reports.append(counted)
            # A hit seen before counts in spite of "omit" where it is what the closed report is taken up under.
            delivered = [record for record in delivered if record.key == counted_key or not (self.omit and record.known)]
            delivered += [] if any(record.key == counted_key for record in delivered) else [self._carried_over(counted)]
        self.identified += delivered
        if self.parting.was_included(report):
            self.previously_included.add(counted.key)

    def _delivered(self, report: Report) -> Iterator[IdentifiedRecord]:
        """The report's records that this version's runs delivered."""
        for record in report.records:
            if self.parting.known_since(record) is None:
                yield _identified_record(self.review_state, record)
            elif record.key in self.again and record.source not in self.imported:
                yield _identified_record(self.review_state, record, known=True)

    def _carried_over(self, report: Report) -> IdentifiedRecord:
        source = next(record.source for record in report.records if record.key == report.key)
        kind = self.review_state.sources[source].kind
        return IdentifiedRecord(report.key, kind if kind.in_left_column else SourceKind.OTHER, CARRIED_OVER, known=True)


def _counted_key(report: Report, delivered: Iterable[IdentifiedRecord]) -> str:
    """The record under which a report is counted: a new hit in its column, else one found again, else its representative."""
    hits = [record for record in delivered if record.kind.in_left_column is report.left]
    best = min(hits, key=lambda record: (record.known, record.key != report.key), default=None)
    return report.key if best is None else best.key
