"""What a checklist is filled from: read once from a review, so that its cells are pure functions.

Invariant: with a version, everything is as it was when that version was closed; what cannot be read of that moment is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from prisma_tool.flow.flow import Flow
from prisma_tool.flow.read import counted_version
from prisma_tool.flow.scope import Scope, resolve
from prisma_tool.manuscript.checklist.protocol_changes import ProtocolHistory, read_changes
from prisma_tool.manuscript.methods.read import read_methods
from prisma_tool.manuscript.methods.screening_sentences import NAMES
from prisma_tool.manuscript.methods.text import sections
from prisma_tool.manuscript.search_appendix.data import Appendix
from prisma_tool.manuscript.search_appendix.read import read_appendix
from prisma_tool.manuscript.tables.excluded import excluded_keys, near_misses
from prisma_tool.model.log.versions import Closing
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.reports.state import reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import closed_versions


@dataclass(frozen=True, slots=True)
class ChecklistFacts:
    """The facts.

    `rules` is the protocol that was in force, `protocol` today's, which holds the authors' answers. `methods` are the sentences about screening, empty where nothing can be said.
    """

    version: str
    protocol: Protocol
    rules: Protocol
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
        counted = counted_version(transaction, review.protocol, when, scope)
        flow = counted.flow
        near, changes = _near_misses(transaction, flow), read_changes(transaction, when.at)
        earlier = closed_versions.standing_closings(transaction, when.at, when.before)
    return ChecklistFacts(
        version=version,
        protocol=review.protocol,
        rules=counted.rules,
        flow=flow,
        appendix=read_appendix(review, version),
        methods=tuple(_screening(review, version)),
        near_misses=near,
        protocol_history=changes,
        previous=earlier[-1] if earlier else None,
    )


def _screening(review: Review, version: str) -> Iterator[str]:
    """The sentences of the methods section about screening."""
    for section in sections(read_methods(review, version)):
        if section.heading in NAMES.values():
            yield from section.sentences


def _near_misses(transaction: Transaction, flow: Flow) -> int:
    reports = reports_of(transaction, [key for key, _, _ in excluded_keys(flow)])
    return len(near_misses(transaction, {key: [record.key for record in report.records] for key, report in reports.items()}))
