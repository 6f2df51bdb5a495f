"""The reports of the full-text queue as a list shows them: what waits for a text, what is to be assessed, what was decided.

Invariant: what a row says is the reviewer's own view, that of the queue's marks; nothing of others' votes is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prisma_tool.model.text import one_line
from prisma_tool.reports.state import Phase, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.screening.queue import QueueMark
from prisma_tool.store.records import records
from prisma_tool.tui.sessions.screening_session import ScreeningSession


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report: what it is to the reviewer as a mark and in a word, and how it is cited."""

    key: str
    mark: QueueMark
    state: str
    author: str
    year: str
    title: str


WORDS = {
    QueueMark.INCLUDED: "include",
    QueueMark.EXCLUDED: "exclude",
    QueueMark.MAYBE: "maybe",
    QueueMark.ONGOING: "ongoing",
    QueueMark.AWAITING: "awaits",
    QueueMark.SETTLED: "settled",
    QueueMark.NOT_RETRIEVED: "no text",
    QueueMark.OTHERS: "others'",
}
"""What a report is to the reviewer, in a word that fits its column."""
_TO_GET, _TO_ASSESS = "to get", "assess"


class ReportRows:
    """The reports along the way of a session, as that way is now."""

    def __init__(self, session: ScreeningSession) -> None:
        self._review: Review = session.review
        self._revision = session.revision
        self._keys = [session.queue.keys[place] for place in session.path]
        self._marks = [QueueMark(session.queue.marks[place]) for place in session.path]

    def __len__(self) -> int:
        return len(self._keys)

    def key_at(self, place: int) -> str:
        """The key of the report at a place."""
        return self._keys[place]

    def is_as(self, session: ScreeningSession) -> bool:
        """Whether the way of a session is still this, and nothing was read anew since.

        The revision counts, not the marks: a text that came for a report leaves its mark, and makes another word of its state.
        """
        keys = session.queue.keys
        return session.revision == self._revision and [keys[place] for place in session.path] == self._keys

    def rows(self, first: int, n: int) -> Sequence[ReportRow]:
        """The rows from a place on; called in a thread.

        Raises:
            StoreError: the database cannot be read.
        """
        keys, marks = self._keys[first : first + n], self._marks[first : first + n]
        with self._review.store.read() as transaction:
            phases = {key: report.phase for key, report in reports_of(transaction, keys).items()}
            stored = records.records_by_key(transaction, keys)
        return [_row(key, mark, phases.get(key), stored.get(key)) for key, mark in zip(keys, marks, strict=True)]


def _row(key: str, mark: QueueMark, phase: Phase | None, stored: records.StoredRecord | None) -> ReportRow:
    state = WORDS.get(mark) or (_TO_GET if phase is Phase.SEEKING else _TO_ASSESS)
    if stored is None:
        return ReportRow(key, mark, state, "", "", key)
    citation = stored.citation
    author = one_line(citation.authors[0].family) if citation.authors else ""
    return ReportRow(key, mark, state, author, str(citation.year or ""), one_line(citation.title) or "(no title)")
