"""Reports that seem to belong to one study: the suggestions in memory, the place among them, and the links that a person makes.

Invariant: a link returns after the store has confirmed it, and only then does the place change. Suggestions are read whole at the
start and after the rare deeds that may bring some back; a link only drops those that it settles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from prisma_tool.model.text import one_line
from prisma_tool.reports.state import Phase, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import update
from prisma_tool.store.records import records
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.studies import links
from prisma_tool.studies.links import Suggestion
from prisma_tool.tui.sessions.queue_cursor import Progress


@dataclass(frozen=True, slots=True)
class Thread:
    """One report: its record, where it stands in the review, its studies, and why it is suggested (empty in the list of studies)."""

    record: StoredRecord
    phase: Phase
    studies: tuple[str, ...]
    ground: str = ""
    chosen: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is displayed about a suggestion; `label` is the proposal for the study's name."""

    suggestion: Suggestion
    reports: tuple[Thread, ...]
    label: str

    @property
    def chosen(self) -> tuple[Thread, ...]:
        """The reports that a link would take."""
        return tuple(report for report in self.reports if report.chosen)


@dataclass(frozen=True, slots=True)
class Study:
    """A study as it is linked now."""

    label: str
    reports: tuple[Thread, ...]


@dataclass(frozen=True, slots=True)
class _Deed:
    """One answer of this sitting: the (label, key) links that it made, and those that stood before and that it took away.

    A suggestion left aside has neither; taking a report out of its studies answers no suggestion.
    """

    suggestion: Suggestion | None
    linked: tuple[tuple[str, str], ...] = ()
    earlier: tuple[tuple[str, str], ...] = ()


class Threads:
    """The suggestions that wait for `reviewer`, strong ones first. `position == len(items)` is the place after the last."""

    def __init__(self, review: Review, reviewer: str) -> None:
        self.review, self.reviewer = review, reviewer
        self.items: list[Suggestion] = []
        self.position = 0
        self._deeds: list[_Deed] = []
        self._unchosen: set[str] = set()
        self.reload()

    @property
    def current(self) -> Suggestion | None:
        """The suggestion at the present place; None after the last."""
        return self.items[self.position] if self.position < len(self.items) else None

    @property
    def linked(self) -> int:
        """How many links this sitting has made."""
        return sum(len(deed.linked) for deed in self._deeds)

    def progress(self) -> Progress:
        """Suggestions answered in this sitting against those that still wait."""
        done = sum(deed.suggestion is not None for deed in self._deeds)
        return Progress(len(self.items) + done, len(self.items), {}, done, 0)

    def reload(self) -> None:
        """Read all suggestions anew; the place stays with its number.

        Raises:
            StoreError: the database cannot be read; the list is as before.
        """
        answered = [deed.suggestion for deed in self._deeds if deed.suggestion is not None]
        self.items = [one for one in links.suggest(self.review) if not any(_same(one, other) for other in answered)]
        self.position = min(self.position, len(self.items))

    def read(self) -> Shown | None:
        """The present suggestion with its reports; None after the last.

        Raises:
            StoreError: the database cannot be read.
        """
        here = self.current
        if here is None:
            return None
        grounds = {key: ground for key, _, ground in here.reports}
        with self.review.store.read() as transaction:
            found = _threads(transaction, here.keys)
        told = (replace(one, ground=grounds[one.record.key], chosen=one.record.key not in self._unchosen) for one in found)
        reports = tuple(told)
        return Shown(here, reports, proposed_label(here, reports))

    def studies(self) -> list[Study]:
        """All studies with their reports, by label.

        Raises:
            StoreError: the database cannot be read.
        """
        listed = links.listed(self.review)
        with self.review.store.read() as transaction:
            found = {
                one.record.key: one for one in _threads(transaction, sorted({key for keys in listed.values() for key in keys}))
            }
        return [Study(label, tuple(found[key] for key in keys if key in found)) for label, keys in listed.items()]

    def step(self, by: int) -> None:
        """Move by so many places; stops before the first and after the last suggestion. Choices are forgotten."""
        self.position = max(0, min(len(self.items), self.position + by))
        self._unchosen.clear()

    def toggle(self, key: str) -> None:
        """Choose a report of the present suggestion, or not."""
        self._unchosen ^= {key}

    def leave(self) -> None:
        """Leave the present suggestion aside for this sitting; nothing is stored."""
        if self.current is not None:
            self._answered(_Deed(self.current))

    def link(self, shown: Shown, label: str) -> int:
        """Link the chosen reports of a suggestion to one study; returns how many were not linked to it yet.

        Raises:
            PrismaError: an empty label, or the database refuses; nothing was stored and the place is the same.
        """
        name = one_line(label)
        fresh = [report for report in shown.chosen if name not in report.studies]
        pairs = tuple((name, report.record.key) for report in fresh)
        if pairs:
            links.link_all(self.review, pairs, self.reviewer)
        earlier = tuple((study, report.record.key) for report in fresh for study in report.studies)
        self._answered(_Deed(shown.suggestion, pairs, earlier))
        self._drop_settled()
        return len(pairs)

    def undo(self) -> str:
        """Take back the last answer of this sitting and go to its suggestion; returns what it was about, empty where there is none.

        Raises:
            PrismaError: the database refuses; links that were taken back already stay so, and undo goes on from there.
        """
        if not self._deeds:
            return ""
        deed = self._deeds[-1]
        self._take_back(deed)
        del self._deeds[-1]
        self._unchosen.clear()
        self.reload()
        if deed.suggestion is None:
            return deed.earlier[0][1]
        self._go_to(deed.suggestion)
        return deed.suggestion.number

    def unlink(self, key: str) -> list[str]:
        """Take a report out of its studies; returns their labels.

        Raises:
            PrismaError: it is linked to none, or the database refuses; nothing was stored.
        """
        labels = links.unlink(self.review, key, self.reviewer)
        self._deeds.append(_Deed(None, earlier=tuple((label, key) for label in labels)))
        self.reload()
        return labels

    def _answered(self, deed: _Deed) -> None:
        self._deeds.append(deed)
        self._unchosen.clear()
        self.items = [one for one in self.items if one is not deed.suggestion]
        self.position = min(self.position, len(self.items))

    def _drop_settled(self) -> None:
        """Drop suggestions whose reports are all in one study now: several numbers may name one study."""
        listed = links.listed(self.review)
        with self.review.store.read() as transaction:
            cluster = update.clusters_of(transaction, {key for keys in listed.values() for key in keys})
        together = [{cluster.get(key, key) for key in keys} for keys in listed.values()]
        before, after = self.items[: self.position], self.items[self.position :]
        settled = [one for one in self.items if any(set(one.keys) <= group for group in together)]
        self.position -= sum(one in settled for one in before)
        self.items = [one for one in (*before, *after) if one not in settled]

    def _go_to(self, suggestion: Suggestion) -> None:
        places = (place for place, one in enumerate(self.items) if _same(one, suggestion))
        self.position = next(places, self.position)

    def _take_back(self, deed: _Deed) -> None:
        """An unlinked report leaves all its studies, so that those of before are linked again."""
        standing = links.listed(self.review)
        for label, key in deed.linked:
            if key in standing.get(label, ()):
                links.unlink(self.review, key, self.reviewer)
        if deed.earlier:
            links.link_all(self.review, deed.earlier, self.reviewer)


def _same(a: Suggestion, b: Suggestion) -> bool:
    return (a.number, a.keys) == (b.number, b.keys)


def _threads(transaction: Transaction, keys: Sequence[str]) -> list[Thread]:
    held = records.records_by_key(transaction, keys)
    stands = reports_of(transaction, keys)
    return [Thread(held[key], stands[key].phase, stands[key].studies) for key in keys if key in held and key in stands]


def proposed_label(suggestion: Suggestion, reports: Iterable[Thread]) -> str:
    """A study's name: that of the study to which a report belongs already, else `FirstAuthor Year (number)`, else the number.

    Author and year are those of the earliest publication that gives both.
    """
    found = list(reports)
    known = [study for report in found for study in report.studies]
    if known:
        return known[0]
    citations = [report.record.citation for report in found if not report.record.citation.is_register_entry]
    signed = [(one.year, one_line(one.authors[0].family)) for one in citations if one.year and one.authors]
    number = one_line(suggestion.number)
    if not signed:
        return number
    year, name = min(signed)
    return f"{name} {year} ({number})" if number else f"{name} {year}"
