"""Reports and records counted by the database, and which reports have to be read one by one beside them.

Read only. Invariant: every report is either among `listed_clusters` or in exactly one row of `unlisted_outcomes`; what a row means is decided
where reports are read one by one too (`reports.state`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.orm import aliased

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.log.outcomes import Outcome
from prisma_tool.model.protocol.protocol import CAPTURED
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import MembershipRow, OutcomeRow, RecordRow, StandingRow
from prisma_tool.store.projections.rebuild import same_outcome

_BEFORE_FULL_TEXT = (OutcomeState.PENDING, OutcomeState.CONFLICT, OutcomeState.EXCLUDE)
"""With these outcomes, or none, title/abstract screening has not let a report through."""
_SETTING_APART = (EventKind.REMOVAL, EventKind.STUDY)


class OutcomeCount(Struct, frozen=True):
    """How many reports have these outcomes; None at a stage at which nobody voted."""

    title_abstract: Outcome | None
    full_text: Outcome | None
    n: int


class RecordCount(Struct, frozen=True):
    """How many records a source has, and how many of them stand for no report, as another of its records does."""

    source: str
    n: int
    surplus: int


def unlisted_outcomes(transaction: Transaction, one_by_one: Collection[str], *, assessed: bool) -> list[OutcomeCount]:
    """All reports that are not listed, by their outcomes.

    Args:
        transaction: The transaction to read in.
        one_by_one: The slugs of the sources whose reports are all listed.
        assessed: Whether reports with an outcome at full text are listed.
    """
    screened, read = aliased(OutcomeRow), aliased(OutcomeRow)
    outcomes = [column for row in (screened, read) for column in (row.state, row.reason, row.reasons_differ)]
    statement = (
        sa.select(*outcomes, sa.func.count())
        .select_from(MembershipRow)
        .outerjoin(screened, sa.and_(screened.cluster == MembershipRow.cluster, screened.stage == Stage.TITLE_ABSTRACT))
        .outerjoin(read, sa.and_(read.cluster == MembershipRow.cluster, read.stage == Stage.FULL_TEXT))
        .where(MembershipRow.record == MembershipRow.cluster)
        .where(MembershipRow.cluster.not_in(_listed(one_by_one, assessed=assessed)))
        .group_by(*outcomes)
    )
    rows = transaction.rows(statement)
    return [OutcomeCount(_outcome(*row[:3]), _outcome(*row[3:6]), row[6]) for row in rows]


def _outcome(state: str | None, reason: str, reasons_differ: bool) -> Outcome | None:
    return None if state is None else same_outcome(state, reason, reasons_differ)


def listed_clusters(transaction: Transaction, one_by_one: Collection[str], *, assessed: bool) -> set[str]:
    """The reports of which more has to be known than their outcomes; the arguments are those of `unlisted_outcomes`."""
    return {cluster for (cluster,) in transaction.rows(_listed(one_by_one, assessed=assessed))}


def _listed(one_by_one: Collection[str], *, assessed: bool) -> Any:
    at_full_text = sa.select(OutcomeRow.cluster).where(OutcomeRow.stage == Stage.FULL_TEXT)
    at_titles = sa.select(OutcomeRow.cluster).where(OutcomeRow.stage == Stage.TITLE_ABSTRACT)
    let_through = at_titles.where(OutcomeRow.state.not_in(_BEFORE_FULL_TEXT))
    captured = sa.select(OutcomeRow.cluster).where(OutcomeRow.reason == CAPTURED)
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
    sought = (at_full_text, let_through) if assessed else (let_through.where(OutcomeRow.cluster.not_in(at_full_text)),)
    return sa.union(*sought, captured, set_apart, of_sources)


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
