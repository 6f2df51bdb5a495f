"""Every vote that was ever given at a stage, with the moment at which it was taken back, if it was.

Read only. Columns instead of events: a review has hundreds of thousands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from prisma_tool.model.log.clock import moment_of
from prisma_tool.model.log.contributors import spelling
from prisma_tool.model.log.events import Channel, EventKind, undone
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow


class CastVote(Struct, frozen=True, gc=False):
    """A vote on a report: who gave it when, what it said, where it stands in the order of events, and where it was taken back.

    `cluster` names the report, `via` is how the vote came (`Channel`), `merged` whether with a copy, `origin` the program of a file;
    `received` is when this database stored it. `blind` is False where the vote says of itself
    that the stage was not blind for whoever gave it.
    """

    id: str
    cluster: str
    reviewer: str
    at: datetime
    verdict: str
    tool_version: str
    order: tuple[int, str]
    taken_back: tuple[int, str] | None
    via: Channel
    merged: bool
    origin: str
    blind: bool
    received: datetime
    dated_by_file: bool = False

    @property
    def from_file(self) -> bool:
        """Whether it was read from a file; one of before the way was kept, which names a program, was."""
        return self.via is Channel.FILE or (self.via is Channel.UNKNOWN and bool(self.origin))

    @property
    def one_by_one(self) -> bool:
        """Whether it is known to have been given here, by itself."""
        return self.via in (Channel.APPLICATION, Channel.COMMAND_LINE) and not self.origin

    @property
    def stored(self) -> datetime:
        """When it entered the log of the copy in which it was given or read."""
        return moment_of(self.order[0])

    @property
    def dated(self) -> bool:
        """Whether its day is known: given here, or stated by its file. Of older ones that shows where it is not the day of the import."""
        return not self.from_file or self.dated_by_file or self.at.date() != self.stored.date()


# Calling an enumeration costs four times a look into a dictionary.
_CHANNELS = {channel.value: channel for channel in Channel}


def votes_cast(
    transaction: Transaction, stage: str, report_of: Mapping[str, str], at: datetime | None = None, *, few: bool = False
) -> list[CastVote]:
    """All votes at a stage on some records, oldest first.

    Args:
        transaction: The transaction to read in; its protocol says whose votes count.
        stage: The stage.
        report_of: The name of the report of each record that is asked for.
        at: Only what this database had stored by then; None for all.
        few: Whether the records are asked for one by one, instead of reading the votes on all.
    """
    columns = (
        EventRow.id, EventRow.subject, EventRow.reviewer, EventRow.at, event_rows.PAYLOAD, EventRow.tool_version, EventRow.clock,
        EventRow.via, EventRow.merged, EventRow.received,
    )  # fmt: skip
    votes = sa.select(*columns).where(EventRow.kind == EventKind.DECISION, EventRow.stage == stage)
    if at is not None:
        votes = votes.where(EventRow.received <= at)
    rows = _of_records(transaction, votes, report_of) if few else transaction.rows(votes.order_by(EventRow.clock, EventRow.id))
    # A handful of people give all votes.
    spelled = cache(spelling(transaction.protocol))
    undone_at, counts = _taken_back(transaction, at), cache(event_rows.contributors(transaction).may_vote)
    return [
        CastVote(
            event_id,
            report_of[subject],
            spelled(reviewer),
            given,
            str(payload.get("verdict")),
            tool,
            (clock, event_id),
            undone_at.get(event_id),
            _CHANNELS.get(via, Channel.UNKNOWN),
            merged,
            str(payload.get("origin") or ""),
            payload.get("blind") is not False,
            received,
            payload.get("dated") is True,
        )
        for event_id, subject, reviewer, given, payload, tool, clock, via, merged, received in rows
        if subject in report_of and counts(reviewer)
    ]


def _of_records(transaction: Transaction, votes: sa.Select[Any], keys: Collection[str]) -> list[Any]:
    rows = select_in(transaction.session, votes, EventRow.subject, keys)
    return sorted(rows, key=lambda row: (row.clock, row.id))


def _taken_back(transaction: Transaction, at: datetime | None) -> dict[str, tuple[int, str]]:
    """Where in the order of events each one that an undo in force names was taken back."""
    counts = event_rows.contributors(transaction).include
    undos = [undo for undo in event_rows.events(transaction, kinds=[EventKind.UNDO], received_by=at) if counts(undo)]
    undone_undos = undone(undos)
    return {undo.subject: undo.order for undo in undos if undo.id not in undone_undos}
