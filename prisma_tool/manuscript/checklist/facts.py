"""What a checklist is filled from: read once from a review, so that its cells are pure functions.

Invariant: with a version, everything is as it was when that version was closed; what cannot be read of that moment is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from prisma_tool.flow.flow import Flow
from prisma_tool.flow.read import flow_at, protocol_at
from prisma_tool.flow.scope import Scope, resolve
from prisma_tool.manuscript.checklist.protocol_changes import ProtocolHistory, read_changes
from prisma_tool.manuscript.search_appendix.data import Appendix
from prisma_tool.manuscript.search_appendix.read import read_appendix
from prisma_tool.manuscript.tables.excluded import excluded_keys, near_misses
from prisma_tool.manuscript.write_team_reports import methods_sentences, read_methods
from prisma_tool.model.log.versions import Closing
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.reports.state import reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import closed_versions


@dataclass(frozen=True, slots=True)
class ChecklistFacts:
    """The facts.

    `rules` is the protocol that was in force, `protocol` today's, which holds the authors' answers; `until` is when the version was
    closed, None for the review as it stands. `methods` are the sentences about screening, empty where nothing can be said.
    """

    version: str
    protocol: Protocol
    rules: Protocol
    until: datetime | None
    flow: Flow
    appendix: Appendix
    methods: tuple[str, ...]
    near_misses: int
    protocol_history: ProtocolHistory = field(default_factory=ProtocolHistory)
    previous: Closing | None = None
    """The closed version that this one follows."""


def read_facts(review: Review, version: str = "") -> ChecklistFacts:
    """The facts of the review as it stands, or of a closed version.

    Raises:
        PrismaError: no such version, or the flow cannot be counted.
    """
    scope = Scope(version=version)
    with review.store.read() as transaction:
        when = resolve(transaction, scope)
        flow = flow_at(transaction, review.protocol, when, scope)
        rules = review.protocol if when.at is None else protocol_at(transaction, when.at)
        near, changes = _near_misses(transaction, flow), read_changes(transaction, when.at)
        earlier = closed_versions.standing_closings(transaction, when.at, when.before)
    # Votes are read as they stand today, so of a closed version they would say too much.
    methods = () if version else tuple(methods_sentences(*read_methods(review)))
    return ChecklistFacts(
        version=version,
        protocol=review.protocol,
        rules=rules,
        until=when.at,
        flow=flow,
        appendix=read_appendix(review),
        methods=methods,
        near_misses=near,
        protocol_history=changes,
        previous=earlier[-1] if earlier else None,
    )


def _near_misses(transaction: Transaction, flow: Flow) -> int:
    reports = reports_of(transaction, [key for key, _, _ in excluded_keys(flow)])
    return len(near_misses(transaction, {key: [record.key for record in report.records] for key, report in reports.items()}))
