"""What was said at a stage, in which order, counted by the database: reports on which the same was said the same way are one row.

Read only. Invariant: two reports are in one row only if the votes on them have the same people, contents and ways in the same order, their
outcomes have the same state, and none of the votes was taken back.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from prisma_tool.model.log.events import EventKind
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, MembershipRow, OutcomeRow

_VOTE = "\x1e"


class Course(Struct, frozen=True):
    """The course of the votes on `n` reports, of which `cluster` is the first by its key; `state` is that of their outcome."""

    stage: str
    cluster: str
    state: str
    n: int


def courses(transaction: Transaction, stage: str) -> list[Course]:
    """The courses of all reports that have an outcome at a stage, by the key of their first report."""
    # Going through the votes of one stage costs nearly as much as through those of all.
    of_all_stages = transaction.once(courses, lambda: _courses(transaction))
    return [course for course in of_all_stages if course.stage == stage]


def _courses(transaction: Transaction) -> list[Course]:
    by_report = _by_report(transaction)
    same_report = sa.and_(OutcomeRow.cluster == by_report.c.cluster, OutcomeRow.stage == by_report.c.stage)
    statement = (
        sa.select(by_report.c.stage, sa.func.min(by_report.c.cluster), OutcomeRow.state, sa.func.count())
        .join(OutcomeRow, same_report)
        .group_by(by_report.c.stage, by_report.c.course, OutcomeRow.state)
    )
    return sorted((Course(*row) for row in transaction.rows(statement)), key=lambda course: course.cluster)


def _by_report(transaction: Transaction) -> sa.Subquery:
    """The votes on each report at each stage as one text."""
    is_sqlite = transaction.session.connection().dialect.name == "sqlite"
    votes = (
        sa.select(MembershipRow.cluster, EventRow.stage, _vote(is_sqlite=is_sqlite).label("vote"), EventRow.clock, EventRow.id)
        .join(EventRow, EventRow.subject == MembershipRow.record)
        .where(EventRow.kind == EventKind.DECISION)
        .order_by(EventRow.clock, EventRow.id)
        .subquery()
    )
    report = (votes.c.cluster, votes.c.stage)
    # SQLite joins them in the order in which the rows come; its older versions take no other.
    joined = sa.func.group_concat(votes.c.vote, _VOTE) if is_sqlite else _joined_on_server(votes)
    return sa.select(*report, joined.label("course")).group_by(*report).subquery()


def _joined_on_server(votes: sa.Subquery) -> Any:
    from sqlalchemy.dialects.postgresql import aggregate_order_by

    return sa.func.string_agg(votes.c.vote, aggregate_order_by(sa.literal(_VOTE), votes.c.clock, votes.c.id))


def _vote(*, is_sqlite: bool) -> Any:
    """A vote as a text that no other vote has: quoted, what comes from outside ends where it ends. A vote that was taken back is like none."""
    quoted = sa.func.quote if is_sqlite else sa.func.quote_literal
    undone = sa.select(EventRow.subject).where(EventRow.kind == EventKind.UNDO)
    taken_back = sa.case((EventRow.id.in_(undone), EventRow.id), else_="")
    payload = sa.cast(EventRow.payload, sa.Text)
    return payload.concat(quoted(EventRow.reviewer)).concat(quoted(EventRow.via)).concat(taken_back)
