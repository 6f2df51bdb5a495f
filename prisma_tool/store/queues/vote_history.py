"""Every vote that was ever given at a stage, with the moment at which it was taken back, if it was.

Read only. Columns instead of events: a review has hundreds of thousands.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from prisma_tool.model.log.contributors import spelling
from prisma_tool.model.log.events import Channel, EventKind, undone
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, MembershipRow, StandingRow


class CastVote(NamedTuple):
    """A vote on a report: who gave it, what it said, where it stands in the order of events, and where it was taken back.

    `blind` is False where the vote says of itself that the stage was not blind for whoever gave it.
    """

    id: str
    cluster: str
    reviewer: str
    verdict: str
    order: tuple[int, str]
    taken_back: tuple[int, str] | None
    blind: bool = True


class VoteOrigin(NamedTuple):
    """Where a vote comes from: when it was given, by which version of the program, and how.

    `via` is how it came and `merged` whether with a copy, `origin` the program of a file.
    """

    at: datetime
    tool_version: str
    via: str = Channel.UNKNOWN
    merged: bool = False
    origin: str = ""


def votes_cast(transaction: Transaction, stage: str) -> list[CastVote]:
    """All votes on records of this review at a stage, oldest first."""
    return transaction.once((votes_cast, stage), lambda: _votes_cast(transaction, stage))


def _votes_cast(transaction: Transaction, stage: str) -> list[CastVote]:
    # A handful of people give all votes.
    spelled = cache(spelling(transaction.protocol))
    undone_at, known = _taken_back(transaction), cache(event_rows.contributors(transaction).know)
    columns = (EventRow.id, MembershipRow.cluster, EventRow.reviewer, event_rows.PAYLOAD, EventRow.clock)
    return [
        CastVote(
            event_id,
            cluster,
            spelled(reviewer),
            str(payload.get("verdict")),
            (clock, event_id),
            undone_at.get(event_id),
            payload.get("blind") is not False,
        )
        for event_id, cluster, reviewer, payload, clock in transaction.rows(_votes(stage, *columns))
        if known(reviewer)
    ]


def origins(transaction: Transaction, stage: str) -> list[VoteOrigin]:
    """Where the votes of `votes_cast` come from, in the same order."""
    known = cache(event_rows.contributors(transaction).know)
    columns = (EventRow.reviewer, EventRow.at, EventRow.tool_version, EventRow.via, EventRow.merged, event_rows.PAYLOAD)
    return [
        VoteOrigin(at, tool_version, via, merged, str(payload.get("origin") or ""))
        for reviewer, at, tool_version, via, merged, payload in transaction.rows(_votes(stage, *columns))
        if known(reviewer)
    ]


def _votes(stage: str, *columns: Any) -> sa.Select[Any]:
    votes = sa.select(*columns).join(MembershipRow, MembershipRow.record == EventRow.subject)
    return votes.where(EventRow.kind == EventKind.DECISION, EventRow.stage == stage).order_by(EventRow.clock, EventRow.id)


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
