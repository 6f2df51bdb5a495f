"""Reports that seem to belong to one study: the suggestions, and the links that a person makes.

Invariant: a link returns after the store has confirmed it, and only then does the position change. Suggestions are read whole at the
start and after the rare actions that may bring some back; a link only drops those that it settles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from prisma_tool.model.text import one_line
from prisma_tool.records.facets import FACETS, Values, value_of
from prisma_tool.reports.state import Phase, Report, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import update
from prisma_tool.store.records import records
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.studies import links
from prisma_tool.studies.links import Strength, Suggestion
from prisma_tool.tui.sessions.settle_session import ItemValues, SettleSession

_EXCLUDED = frozenset({Phase.REMOVED_AUTOMATIC, Phase.REMOVED_OTHER, Phase.SCREENED_OUT, Phase.EXCLUDED})
"""What has become of reports that no study will have."""


@dataclass(frozen=True, slots=True)
class LinkableReport:
    """One report: its record, where it stands in the review, its studies, and why it is suggested (empty in the list of studies)."""

    record: StoredRecord
    phase: Phase
    studies: tuple[str, ...]
    ground: str = ""
    selected: bool = True


@dataclass(frozen=True, slots=True)
class SuggestionDetails:
    """All that is displayed about a suggestion; `label` is the proposal for the study's name."""

    suggestion: Suggestion
    reports: tuple[LinkableReport, ...]
    label: str

    @property
    def selected(self) -> tuple[LinkableReport, ...]:
        """The reports that a link would take."""
        return tuple(report for report in self.reports if report.selected)


@dataclass(frozen=True, slots=True)
class LinkedStudy:
    """A study as it is linked now."""

    label: str
    reports: tuple[LinkableReport, ...]


@dataclass(frozen=True, slots=True)
class _Answer:
    """One answer of this session: the (label, key) links that it made, and those of before that it took away.

    A suggestion left aside has neither; taking a report out of its studies answers no suggestion.
    """

    suggestion: Suggestion | None
    linked: tuple[tuple[str, str], ...] = ()
    earlier: tuple[tuple[str, str], ...] = ()


class StudyLinksSession(SettleSession[Suggestion, SuggestionDetails, _Answer]):
    """The suggestions that wait for `reviewer`, strong ones first."""

    FIELDS: ClassVar[Mapping[str, str]] = {"linked": "Study", **{name: FACETS[name] for name in ("source", "year")}}

    def __init__(self, review: Review, reviewer: str) -> None:
        self._unselected: set[str] = set()
        super().__init__(review, reviewer)

    def values(self, items: Sequence[Suggestion], of_reports: Mapping[str, Values]) -> Sequence[ItemValues]:
        """Whether a report of the suggestion is in a study already, and the sources and years of its reports."""
        keys = {key for item in items for key in item.keys}
        with self.review.store.read() as transaction:
            reports = reports_of(transaction, sorted(keys))
        return [_values([reports[key] for key in item.keys if key in reports], of_reports) for item in items]

    @property
    def linked(self) -> int:
        """How many links this session has made."""
        return sum(len(answer.linked) for answer in self.answers)

    @property
    def settled(self) -> int:
        """How many suggestions were answered in this session."""
        return sum(answer.suggestion is not None for answer in self.answers)

    def identity(self, item: Suggestion) -> tuple[str, tuple[str, ...]]:
        """A registry number is suggested once, whatever reports come to it; without one a suggestion is its reports."""
        return item.number, item.keys if item.strength is Strength.WEAK else ()

    def list_items(self) -> list[Suggestion]:
        """All suggestions of the review that were not answered in this session."""
        answered = [answer.suggestion for answer in self.answers if answer.suggestion is not None]
        return [item for item in self._open_suggestions() if not any(_same(item, suggestion) for suggestion in answered)]

    def _open_suggestions(self) -> list[Suggestion]:
        """Those of two reports or more that are not excluded and not in one study yet; those with an included one first."""
        suggested = links.suggest(self.review)
        with self.review.store.read() as transaction:
            states = reports_of(transaction, sorted({key for item in suggested for key in item.keys}))
        left = {item: _not_excluded(states[key] for key in item.keys if key in states) for item in suggested}
        apart = [item for item, reports in left.items() if len(reports) > 1 and not _share_a_study(reports)]
        return sorted(apart, key=lambda item: Phase.INCLUDED not in [report.phase for report in left[item]])

    def list_items_again(self) -> Sequence[Suggestion]:
        """The suggestions of the list that links have not settled meanwhile: several numbers may name one study."""
        listed = links.keys_by_study(self.review)
        with self.review.store.read() as transaction:
            cluster = update.clusters_of(transaction, {key for keys in listed.values() for key in keys})
        together = [{cluster.get(key, key) for key in keys} for keys in listed.values()]
        return [item for item in self.items if not any(set(item.keys) <= group for group in together)]

    def read_item(self, item: Suggestion) -> SuggestionDetails:
        """The suggestion with its reports."""
        grounds = {key: ground for key, _, ground in item.reports}
        with self.review.store.read() as transaction:
            linkable = _linkable_reports(transaction, item.keys)
        reports = sorted(
            (report for report in linkable if report.phase not in _EXCLUDED),
            key=lambda report: report.phase is not Phase.INCLUDED,
        )
        explained = tuple(
            replace(report, ground=grounds[report.record.key], selected=report.record.key not in self._unselected)
            for report in reports
        )
        return SuggestionDetails(item, explained, proposed_label(item, explained))

    def studies(self) -> list[LinkedStudy]:
        """All studies with their reports, by label.

        Raises:
            StoreError: the database cannot be read.
        """
        listed = links.keys_by_study(self.review)
        with self.review.store.read() as transaction:
            linked = _linkable_reports(transaction, sorted({key for keys in listed.values() for key in keys}))
        reports = {report.record.key: report for report in linked}
        return [LinkedStudy(label, tuple(reports[key] for key in keys if key in reports)) for label, keys in listed.items()]

    def step(self, by: int) -> None:
        """Move by so many suggestions; what was selected is forgotten."""
        super().step(by)
        self._unselected.clear()

    def toggle(self, key: str) -> None:
        """Select a report of the present suggestion, or not."""
        self._unselected ^= {key}

    def leave(self) -> None:
        """Leave the present suggestion aside for this session; nothing is stored."""
        if self.current is not None:
            self._answered(_Answer(self.current))

    def link(self, details: SuggestionDetails, label: str) -> int:
        """Link the selected reports of a suggestion to one study; returns how many were not linked to it yet.

        Raises:
            PrismaError: an empty label, or the database refuses; nothing was stored and the position is the same.
        """
        study = one_line(label)
        fresh = [report for report in details.selected if study not in report.studies]
        pairs = tuple((study, report.record.key) for report in fresh)
        if pairs:
            links.link_all(self.review, pairs, self.reviewer)
        earlier = tuple((earlier_study, report.record.key) for report in fresh for earlier_study in report.studies)
        self._answered(_Answer(details.suggestion, pairs, earlier))
        unsettled = self.list_items_again()
        self.take(unsettled, self.position_in(unsettled))
        return len(pairs)

    def _answered(self, answer: _Answer) -> None:
        self.answers.append(answer)
        self._unselected.clear()
        left = [item for item in self.items if item is not answer.suggestion]
        self.take(left, self.position_in(left))

    def undo(self) -> str:
        """Take back the last answer of this session and go to its suggestion; returns what it was about, empty where there is none.

        Raises:
            PrismaError: the database refuses; links that were taken back already stay so, and undo goes on from there.
        """
        if not self.answers:
            return ""
        answer = self.answers[-1]
        self._take_back(answer)
        del self.answers[-1]
        self._unselected.clear()
        self.reload()
        if answer.suggestion is None:
            return answer.earlier[0][1]
        self.go_to(self.identity(answer.suggestion))
        return answer.suggestion.number

    def _take_back(self, answer: _Answer) -> None:
        """An unlinked report leaves all its studies, so that those of before are linked again."""
        listed = links.keys_by_study(self.review)
        for label, key in answer.linked:
            if key in listed.get(label, ()):
                links.unlink(self.review, key, self.reviewer)
        if answer.earlier:
            links.link_all(self.review, answer.earlier, self.reviewer)

    def unlink(self, key: str) -> list[str]:
        """Take a report out of its studies; returns their labels.

        Raises:
            PrismaError: it is linked to none, or the database refuses; nothing was stored.
        """
        labels = links.unlink(self.review, key, self.reviewer)
        self.answers.append(_Answer(None, earlier=tuple((label, key) for label in labels)))
        self.reload()
        return labels


def _values(reports: Sequence[Report], of_reports: Mapping[str, Values]) -> ItemValues:
    known = [of_reports[report.key] for report in reports if report.key in of_reports]
    return {
        "linked": ("has reports" if any(report.studies for report in reports) else "none yet",),
        **{name: tuple({value for one in known for value in value_of(one, name)}) for name in ("source", "year")},
    }


def _not_excluded(reports: Iterable[Report]) -> list[Report]:
    return [report for report in reports if report.phase not in _EXCLUDED]


def _share_a_study(reports: Sequence[Report]) -> bool:
    return bool(set.intersection(*(set(report.studies) for report in reports)))


def _same(a: Suggestion, b: Suggestion) -> bool:
    return (a.number, a.keys) == (b.number, b.keys)


def _linkable_reports(transaction: Transaction, keys: Sequence[str]) -> list[LinkableReport]:
    stored = records.records_by_key(transaction, keys)
    states = reports_of(transaction, keys)
    return [
        LinkableReport(stored[key], states[key].phase, states[key].studies) for key in keys if key in stored and key in states
    ]


def proposed_label(suggestion: Suggestion, reports: Iterable[LinkableReport]) -> str:
    """A study's name: that of the study to which a report belongs already, else `FirstAuthor Year (number)`, else the number.

    Author and year are those of the earliest publication that gives both.
    """
    members = list(reports)
    known = [study for report in members for study in report.studies]
    if known:
        return known[0]
    citations = [report.record.citation for report in members if not report.record.citation.is_register_entry]
    signed = [
        (citation.year, one_line(citation.authors[0].family)) for citation in citations if citation.year and citation.authors
    ]
    number = one_line(suggestion.number)
    if not signed:
        return number
    year, name = min(signed)
    signature = f"{name} {year}"
    # A weak suggestion has no number, and goes under the same words.
    return f"{signature} ({number})" if number not in ("", signature) else signature
