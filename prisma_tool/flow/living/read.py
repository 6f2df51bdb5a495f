"""From an open review with closed versions to the flow of a living review.

Invariant: each version is counted as it was when it was closed, under the protocol of that day; what came since the newest close is an
update of its own, as soon as it counts anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from prisma_tool.errors import PrismaError
from prisma_tool.flow.flow import Adjustment, Count, Flow, Study, VersionFlow
from prisma_tool.flow.living.balance import with_versions
from prisma_tool.flow.living.versions import ADDED_UP, number_in, only_included, with_earlier
from prisma_tool.flow.read import flow_at
from prisma_tool.flow.scope import Moment, Scope, resolve
from prisma_tool.model.log.versions import Closing
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections.log_head import log_head
from prisma_tool.store.queues import closed_versions

_ELSEWHERE = "made elsewhere; the version's records are not known here"


def read_living_flow(review: Review, scope: Scope) -> tuple[Flow, str]:
    """The versions of a review, and all of them together, at the moment that `scope` names; and the head of the log behind it.

    Raises:
        PrismaError: no version was closed by then, or as in `read_flow`.
    """
    with review.store.read() as transaction:
        when = resolve(transaction, scope)
        closings = closed_versions.standing_closings(transaction, when.at, when.before)
        if not closings and not scope.version:
            raise PrismaError(
                "A living review is drawn from its versions, and none was closed yet: `prisma-tool version close LABEL`."
            )
        head = log_head(transaction, received_by=when.at, but=when.before[1] if when.before else "").head
        together = flow_at(transaction, review.protocol, when, replace(scope, cumulative=True))
        versions = tuple(_versions(transaction, review.protocol, closings, scope, when))
        return with_versions(together, with_earlier(versions)), head


def _versions(
    transaction: Transaction, protocol: Protocol, closings: tuple[Closing, ...], scope: Scope, when: Moment
) -> Iterator[VersionFlow]:
    for place, closing in enumerate(closings):
        flow = (
            _included_elsewhere(closing, closings[:place])
            if closing.source
            else flow_at(transaction, protocol, Moment(closing.received, closing.order), Scope())
        )
        yield VersionFlow(closing.label, flow)
    newest = VersionFlow(one_line(scope.version), flow_at(transaction, protocol, when, Scope()))
    if scope.version or _counts_anything(newest):
        yield newest


def _counts_anything(version: VersionFlow) -> bool:
    flow = version.flow
    return flow.interim or bool(flow.carried_over) or any((part := number_in(version, key)) and part.n for key in ADDED_UP)


def _included_elsewhere(closing: Closing, before: tuple[Closing, ...]) -> Flow:
    """What an imported version included beyond the versions before it."""
    known_studies = {study.label for earlier in before for study in earlier.studies}
    known_reports = {key for earlier in before for key in earlier.reports}
    studies = tuple(Study(study.label, study.records) for study in closing.studies if study.label not in known_studies)
    reports = tuple(key for key in closing.reports if key not in known_reports)
    records = tuple(dict.fromkeys(key for study in studies for key in study.records))
    by_hand = [
        tuple(Adjustment(number.n, number.note or _ELSEWHERE) for number in numbers)
        for numbers in (closing.typed_studies, closing.typed_reports)
    ]
    return only_included(Count(records, by_hand[0], studies), Count(reports, by_hand[1]))
