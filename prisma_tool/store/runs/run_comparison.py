"""One run of a search compared with the earlier ones: what it should have found again, and what it changed.

Reads only. Invariant: a date-limited run never counts as everything that a search finds, so nothing vanishes by it or after it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import sqlalchemy as sa

from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.store.engine.batches import select_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import MembershipRow, OutcomeRow, RunRow, VersionRow
from prisma_tool.store.runs import runs

REPARSED = "reparsed"
"""The kind of change of a version that a later parser made of an answer kept long ago; the run did not bring it."""
SINCE = "since"
"""In a run's `service`: the day from which a date-limited run asked."""


def last_of_strategy(transaction: Transaction, search: str, query: str) -> runs.Run | None:
    """The latest complete run of a search with this very strategy.

    Args:
        transaction: An open transaction.
        search: The name of the search.
        query: Its strategy as the protocol has it.
    """
    statement = runs.select_runs().where(_complete(search), RunRow.query == query).order_by(RunRow.id.desc())
    return next(runs.runs_of(transaction.session.execute(statement.limit(1))), None)


def _complete(search: str) -> sa.ColumnElement[bool]:
    return (RunRow.search == search) & (RunRow.status == RunStatus.COMPLETE)


def expected_keys(transaction: Transaction, search: str) -> set[str]:
    """The records that a whole run should find again: those of the last whole run and of all date-limited ones since."""
    keys: set[str] = set()
    statement = sa.select(RunRow.id, RunRow.service).where(_complete(search)).order_by(RunRow.id.desc())
    for run, service in transaction.session.execute(statement).all():
        keys |= runs.delivered_keys(transaction, run)
        if not service.get(SINCE):
            break
    return keys


def changes_by_kind(transaction: Transaction, run: str) -> dict[str, int]:
    """How many records a run changed, by kind of change; the commonest first. One that came several times counts once for a kind."""
    statement = sa.select(VersionRow.record, VersionRow.changes).where(VersionRow.run == run, VersionRow.version > 1)
    rows = transaction.session.execute(statement)
    pairs = {(record, str(kind)) for record, changes in rows if REPARSED not in changes for kind in changes}
    counts = Counter(kind for _, kind in pairs)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def outcomes_of(transaction: Transaction, keys: Collection[str]) -> dict[str, tuple[str, str]]:
    """For each of these records on which anybody voted: the last stage with votes, and what they mean there."""
    columns = sa.select(MembershipRow.record, OutcomeRow.stage, OutcomeRow.state)
    statement = columns.join(OutcomeRow, OutcomeRow.cluster == MembershipRow.cluster)
    rows = select_in(transaction.session, statement, MembershipRow.record, keys)
    # In the alphabet full-text stands before title-abstract.
    return {key: (stage, state) for key, stage, state in sorted(rows, key=lambda row: (row[0], row[1]), reverse=True)}
