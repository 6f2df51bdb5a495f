"""Reports and records counted by the database, and which reports have to be read one by one beside them.

Read only. Invariant: every report is either among `listed_clusters` or in exactly one row of `unlisted_outcomes`; what a row means is decided
where reports are read one by one too (`reports.state`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import CAPTURED
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import MembershipRow, OutcomeRow, RecordRow, StandingRow

_BEFORE_FULL_TEXT = (OutcomeState.PENDING, OutcomeState.CONFLICT, OutcomeState.EXCLUDE)
"""With these outcomes, or none, title/abstract screening has not let a report through."""
_SETTING_APART = (EventKind.REMOVAL, EventKind.STUDY)


class OutcomeCount(Struct, frozen=True):
    """How many reports have this outcome at title/abstract; `state` is None where nobody voted."""

    state: str | None
    reason: str | None
    reasons_differ: bool | None
    n: int


class RecordCount(Struct, frozen=True):
    """How many records a source has, and how many of them stand for no report, as another of its records does."""

    source: str
    n: int
    surplus: int


def unlisted_outcomes(transaction: Transaction, one_by_one: Collection[str]) -> list[OutcomeCount]:
    """All reports that are not listed, by their outcome at title/abstract.

    Args:
        transaction: The transaction to read in.
        one_by_one: The slugs of the sources whose reports are all listed.
    """
    outcome = (OutcomeRow.state, OutcomeRow.reason, OutcomeRow.reasons_differ)
    same_report = sa.and_(OutcomeRow.cluster == MembershipRow.cluster, OutcomeRow.stage == Stage.TITLE_ABSTRACT)
    statement = (
        sa.select(*outcome, sa.func.count())
        .select_from(MembershipRow)
        .outerjoin(OutcomeRow, same_report)
        .where(MembershipRow.record == MembershipRow.cluster, MembershipRow.cluster.not_in(_listed(one_by_one)))
        .group_by(*outcome)
    )
    return [OutcomeCount(*row) for row in transaction.rows(statement)]


def listed_clusters(transaction: Transaction, one_by_one: Collection[str]) -> set[str]:
    """The reports of which more has to be known than their outcome at title/abstract; `one_by_one` as for `unlisted_outcomes`."""
    return {cluster for (cluster,) in transaction.rows(_listed(one_by_one))}


def _listed(one_by_one: Collection[str]) -> Any:
    at_full_text = sa.select(OutcomeRow.cluster).where(OutcomeRow.stage == Stage.FULL_TEXT)
    let_through = sa.or_(OutcomeRow.state.not_in(_BEFORE_FULL_TEXT), OutcomeRow.reason == CAPTURED)
    set_apart = (
        sa.select(MembershipRow.cluster)
        .join(StandingRow, StandingRow.subject == MembershipRow.record)
        .where(StandingRow.kind.in_(_SETTING_APART))
    )
    of_sources = (
        sa.select(MembershipRow.cluster)
        .join(RecordRow, RecordRow.key == MembershipRow.record)
        .where(RecordRow.source.in_(sorted(one_by_one)), MembershipRow.record == MembershipRow.cluster)
    )
    screened = sa.select(OutcomeRow.cluster).where(OutcomeRow.stage == Stage.TITLE_ABSTRACT, let_through)
    return sa.union(at_full_text, screened, set_apart, of_sources)


def record_counts(transaction: Transaction) -> list[RecordCount]:
    """The records of every source that has some."""
    numbers: dict[str, int] = dict(transaction.rows(sa.select(RecordRow.source, sa.func.count()).group_by(RecordRow.source)))
    statement = (
        sa.select(RecordRow.source, sa.func.count())
        .join(MembershipRow, MembershipRow.record == RecordRow.key)
        .where(MembershipRow.record != MembershipRow.cluster)
        .group_by(RecordRow.source)
    )
    surplus: dict[str, int] = dict(transaction.rows(statement))
    return [RecordCount(source, n, surplus.get(source, 0)) for source, n in numbers.items()]
