"""When each report was screened, as a place among all events, and what was there before that.

Each of those of whom a vote on a report stands counts by the first vote there: one that is given again, or changed, does not show the report
anew; of the voters the last one counts. A report that is settled by a ruling alone counts by that. Read only. Invariant: `places_of` some reports says what `places` says of them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from prisma_tool.model.log.events import EventKind
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow, MembershipRow, RecordRow, StandingRow
from prisma_tool.store.projections import update
from prisma_tool.store.queues import ranking_rows
from prisma_tool.store.queues.ranking_rows import FirstVote

_VERDICTS = (EventKind.DECISION, EventKind.ADJUDICATION)


def places(transaction: Transaction, stage: str, reviewer: str | None = None) -> dict[str, int]:
    """The place of each cluster on which a vote or ruling of a stage stands; with `reviewer` by the votes of that one alone."""
    by_votes = _by_votes(transaction, stage, reviewer)
    if reviewer is not None:
        return by_votes
    return {cluster: ruling.clock for cluster, ruling in ranking_rows.first_rulings(transaction, stage).items()} | by_votes


def _by_votes(transaction: Transaction, stage: str, reviewer: str | None) -> dict[str, int]:
    first = (
        _votes(stage, reviewer, MembershipRow.cluster, sa.func.min(EventRow.clock).label("clock"))
        .join(MembershipRow, MembershipRow.record == EventRow.subject)
        .where(EventRow.reviewer.in_(_standing_votes(stage, StandingRow.reviewer).distinct()))
        .group_by(MembershipRow.cluster, EventRow.reviewer)
        .subquery()
    )
    statement = sa.select(first.c.cluster, sa.func.max(first.c.clock)).group_by(first.c.cluster)
    screened: dict[str, int] = dict(transaction.rows(statement))
    # Whoever took a vote back counts only if another one stands; everybody else of whom any stands counts wherever he or she voted.
    undone = _with_undone_vote(transaction, stage)
    kept = {cluster: place for cluster, place in screened.items() if cluster not in undone}
    return kept | _by_votes_of(transaction, stage, undone, reviewer)


def places_of(transaction: Transaction, stage: str, clusters: Collection[str], reviewer: str | None = None) -> dict[str, int]:
    """The same of these clusters alone; costs no more than the votes on them and all rulings."""
    by_votes = _by_votes_of(transaction, stage, clusters, reviewer)
    if reviewer is not None:
        return by_votes
    rulings = ranking_rows.first_rulings(transaction, stage).items()
    return {cluster: ruling.clock for cluster, ruling in rulings if cluster in clusters} | by_votes


def _by_votes_of(transaction: Transaction, stage: str, clusters: Collection[str], reviewer: str | None = None) -> dict[str, int]:
    members = update.members_of(transaction, clusters)
    cluster_of = {key: cluster for cluster, keys in members.items() for key in keys}
    # Asked for by record: asked for by cluster, SQLite would go through the votes on all records.
    votes = _votes(stage, reviewer, EventRow.subject, EventRow.reviewer, EventRow.clock)
    first: dict[tuple[str, str], int] = {}
    for subject, voter, clock in select_in(transaction.session, votes, EventRow.subject, cluster_of):
        vote = cluster_of[subject], voter
        first[vote] = min(first.get(vote, clock), clock)
    standing = _standing_votes(stage, StandingRow.subject, StandingRow.reviewer)
    screened: dict[str, int] = {}
    for subject, voter in select_in(transaction.session, standing, StandingRow.subject, cluster_of):
        cluster = cluster_of[subject]
        if (place := first.get((cluster, voter))) is not None:
            screened[cluster] = max(screened.get(cluster, place), place)
    return screened


def newest_votes(transaction: Transaction, stage: str, limit: int, reviewer: str | None = None) -> list[tuple[str, int]]:
    """(cluster, place) of so many votes, taken back or not, the newest first."""
    newest = _votes(stage, reviewer, EventRow.subject, EventRow.clock).order_by(EventRow.clock.desc()).limit(limit)
    votes = transaction.rows(newest)
    cluster_of = update.clusters_of(transaction, {subject for subject, _ in votes})
    return [(cluster_of.get(subject, subject), clock) for subject, clock in votes]


def earliest_verdict(transaction: Transaction, stage: str) -> FirstVote | None:
    """The first place and the first moment of all votes and rulings of a stage, taken back or not; None where there is none."""
    verdicts = EventRow.kind.in_(_VERDICTS)
    first = sa.select(sa.func.min(EventRow.clock)).where(verdicts, EventRow.stage == stage).scalar_subquery()
    statement = sa.select(first, event_rows.first_received(_VERDICTS, stage))
    [(clock, received)] = transaction.once((earliest_verdict, stage), lambda: transaction.rows(statement))
    return None if clock is None else FirstVote(clock, received)


def last_arrival(transaction: Transaction) -> datetime | None:
    """When the last of all records was added."""
    return transaction.session.execute(sa.select(sa.func.max(RecordRow.added))).scalar_one()


def ruled_alone(transaction: Transaction, stage: str) -> set[str]:
    """The clusters on which a ruling stands and no vote does."""
    rulings = ranking_rows.first_rulings(transaction, stage).keys()
    return rulings - _by_votes_of(transaction, stage, rulings).keys()


def _votes(stage: str, reviewer: str | None, *columns: Any) -> sa.Select[Any]:
    statement = sa.select(*columns).select_from(EventRow).where(EventRow.kind == EventKind.DECISION, EventRow.stage == stage)
    return statement if reviewer is None else statement.where(EventRow.reviewer == reviewer)


def _standing_votes(stage: str, *columns: Any) -> sa.Select[Any]:
    return sa.select(*columns).where(StandingRow.kind == EventKind.DECISION, StandingRow.stage == stage)


def _with_undone_vote(transaction: Transaction, stage: str) -> set[str]:
    """The clusters with a vote that an undo names, whether the undo holds or not."""
    undos = sa.select(EventRow.subject).where(EventRow.kind == EventKind.UNDO)
    undone = {event for (event,) in transaction.rows(undos)}
    votes = select_in(transaction.session, _votes(stage, None, EventRow.subject), EventRow.id, undone)
    return set(update.clusters_of(transaction, {subject for (subject,) in votes}).values())
