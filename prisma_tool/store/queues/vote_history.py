"""Every vote that was ever given at a stage, with the moment at which it was taken back, if it was.

Read only. Columns instead of events: a review has hundreds of thousands.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import NamedTuple

import sqlalchemy as sa

from prisma_tool.model.log.contributors import spelling
from prisma_tool.model.log.events import Channel, EventKind, undone
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, MembershipRow, StandingRow


class CastVote(NamedTuple):
    """A vote on a report: who gave it when, what it said, where it stands in the order of events, and where it was taken back.

    `via` is how it came and `merged` whether with a copy, `origin` the program of a file; `blind` is False where the vote says of itself
    that the stage was not blind for whoever gave it.
    """

    id: str
    cluster: str
    reviewer: str
    at: datetime
    verdict: str
    reason: str
    tool_version: str
    order: tuple[int, str]
    taken_back: tuple[int, str] | None
    via: str = Channel.UNKNOWN
    merged: bool = False
    origin: str = ""
    blind: bool = True


def votes_cast(transaction: Transaction, stage: str) -> list[CastVote]:
    """All votes on records of this review at a stage, oldest first."""
    return transaction.once((votes_cast, stage), lambda: _votes_cast(transaction, stage))


def _votes_cast(transaction: Transaction, stage: str) -> list[CastVote]:
    columns = (
        EventRow.id, MembershipRow.cluster, EventRow.reviewer, EventRow.at, event_rows.PAYLOAD, EventRow.tool_version, EventRow.clock,
        EventRow.via, EventRow.merged,
    )  # fmt: skip
    statement = sa.select(*columns).join(MembershipRow, MembershipRow.record == EventRow.subject)
    votes = statement.where(EventRow.kind == EventKind.DECISION, EventRow.stage == stage).order_by(EventRow.clock, EventRow.id)
    # A handful of people give all votes.
    spelled = cache(spelling(transaction.protocol))
    undone_at, known = _taken_back(transaction), cache(event_rows.contributors(transaction).know)
    return [
        CastVote(
            event_id,
            cluster,
            spelled(reviewer),
            at,
            str(payload.get("verdict")),
            str(payload.get("reason") or ""),
            tool,
            (clock, event_id),
            undone_at.get(event_id),
            via,
            merged,
            str(payload.get("origin") or ""),
            payload.get("blind") is not False,
        )
        for event_id, cluster, reviewer, at, payload, tool, clock, via, merged in transaction.session.execute(votes)
        if known(reviewer)
    ]


def _taken_back(transaction: Transaction) -> dict[str, tuple[int, str]]:
    """Where in the order of events each one that an undo in force names was taken back."""
    counts = event_rows.contributors(transaction).include
    undos = [undo for undo in event_rows.events(transaction, kinds=[EventKind.UNDO]) if counts(undo)]
    undone_undos = undone(undos)
    return {undo.subject: undo.order for undo in undos if undo.id not in undone_undos}


def reviewers_at(transaction: Transaction, stage: str) -> set[str]:
    """Everybody of whom a vote stands at a stage."""
    statement = sa.select(StandingRow.reviewer).where(StandingRow.kind == EventKind.DECISION, StandingRow.stage == stage)
    return set(map(spelling(transaction.protocol), transaction.session.execute(statement.distinct()).scalars()))
