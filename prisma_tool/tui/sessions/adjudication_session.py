"""Going through the conflicts of a review: which there are, what each is about, and how it was adjudicated in this session.

Knows nothing of Textual. Invariant: what is adjudicated is on the disk before the next conflict is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from prisma_tool.model.log.events import Event
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.records.facets import FACETS, Values, value_of
from prisma_tool.screening import adjudication
from prisma_tool.screening.adjudication import Conflict, Ruling
from prisma_tool.store.records import record_events
from prisma_tool.tui.sessions.record_page_data import RecordDetails, read_record_details
from prisma_tool.tui.sessions.settle_session import ItemValues, SettleSession


@dataclass(frozen=True, slots=True)
class ConflictDetails:
    """A conflict with its report, and what each voter noted on it at the stage."""

    conflict: Conflict
    opened: RecordDetails
    notes: tuple[Event, ...]
    refusal: str
    """Why this reviewer may not adjudicate it, as a sentence; empty where they may."""


class AdjudicationSession(SettleSession[Conflict, ConflictDetails, tuple[str, Stage]]):
    """The conflicts as `reviewer` goes through them; from the end of the list it goes on at the beginning."""

    FIELDS: ClassVar[Mapping[str, str]] = {
        "voter": "Who disagrees",
        "votes": "Votes",
        "stage": "Stage",
        **{name: FACETS[name] for name in ("label", "source")},
    }

    def values(self, items: Sequence[Conflict], of_reports: Mapping[str, Values]) -> Sequence[ItemValues]:
        """Who voted how at which stage; labels and sources of the report. A conflict has all its votes, so that nothing is unblinded."""
        return [_values(item, of_reports.get(item.key)) for item in items]

    def identity(self, item: Conflict) -> tuple[str, Stage]:
        """A report is in conflict once a stage."""
        return item.key, item.stage

    def list_items(self) -> list[Conflict]:
        """All conflicts of the review."""
        with self.review.store.read() as transaction:
            return adjudication.conflicts(transaction)

    def position_in(self, items: Sequence[Conflict]) -> int:
        """Where the list goes on; a list of conflicts has no place after the last as long as one is left."""
        position = super().position_in(items)
        return position if position < len(items) else 0

    def read_item(self, item: Conflict) -> ConflictDetails:
        """The conflict with its report."""
        opened = read_record_details(self.review, item.key, self.reviewer)
        voters = {vote.reviewer for vote in item.votes}
        with self.review.store.read() as transaction:
            notes = record_events.notes_on(transaction, [record.key for record in opened.report.records])
            refusal = adjudication.refusal(transaction, self.reviewer, voters)
        # All required votes are there, so what the two noted at this stage is open to whoever adjudicates.
        voters_notes = tuple(note for note in notes if note.reviewer in voters and note.stage in ("", item.stage))
        return ConflictDetails(item, opened, voters_notes, refusal)

    def step(self, by: int) -> None:
        """Move by so many conflicts; stops at the first and at the last."""
        self.position = max(0, min(len(self.items) - 1, self.position + by))

    def adjudicate(self, verdict: Verdict, reason: str = "", note: str = "") -> Event | None:
        """Adjudicate the present conflict; None where there is none.

        Args:
            verdict: What holds from now on.
            reason: The id or label of a reason, for an exclusion.
            note: A remark of the adjudicator.

        Raises:
            PrismaError: the rules or the database refuse; nothing was stored and the position is the same.
        """
        conflict = self.current
        if conflict is None:
            return None
        ruling = Ruling(conflict.key, verdict, self.reviewer, conflict.stage, reason, note)
        stored = adjudication.adjudicate(self.review, ruling)
        self.answers.append((stored.subject, conflict.stage))
        self.reload()
        return stored

    def undo(self) -> Event | None:
        """Take back the last adjudication of this session, and go to its conflict; None where there is none.

        Raises:
            PrismaError: the database refuses.
        """
        if not self.answers:
            return None
        key, stage = self.answers[-1]
        taken_back = adjudication.take_back(self.review, key, stage, self.reviewer)
        del self.answers[-1]
        self.reload()
        self.go_to((key, stage))
        return taken_back


def _values(conflict: Conflict, of_report: Values | None) -> ItemValues:
    verdicts = sorted({vote.text("verdict") for vote in conflict.votes})
    return {
        "voter": tuple(sorted({one_line(vote.reviewer) for vote in conflict.votes})),
        "votes": ("only the reasons differ",) if conflict.reasons_only else (" / ".join(verdicts),),
        "stage": (conflict.stage.value,),
        **{name: value_of(of_report, name) if of_report else () for name in ("label", "source")},
    }
