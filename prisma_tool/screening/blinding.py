"""What a reviewer may not see yet of others' work (counting rule 25).

Invariant: while screening is blind, another reviewer's vote, and a note that may tell it, is held back until the viewer has voted on
that report; that it was given is no secret.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from prisma_tool.model.events import Event, EventKind
from prisma_tool.store import projections
from prisma_tool.store.batches import select_in
from prisma_tool.store.database import Transaction
from prisma_tool.store.schema import StandingRow

_TELLING = frozenset({EventKind.DECISION, EventKind.NOTE})


def held_back(transaction: Transaction, viewer: str, events: Iterable[Event]) -> frozenset[str]:
    """The ids of those events of which `viewer` may know only that there is one.

    A vote is held back until the viewer has voted at its stage; a note until the viewer has voted, and wherever anybody else has.
    """
    telling = [event for event in events if event.kind in _TELLING and event.reviewer != viewer]
    if not telling or not transaction.protocol.screening.blind:
        return frozenset()
    clusters = projections.clusters_of(transaction, {event.subject for event in telling})
    mine, others = _voted_stages(transaction, viewer, set(clusters.values()))
    return frozenset(
        event.id
        for event in telling
        if _is_held(event, mine.get(cluster := clusters.get(event.subject, ""), set()), others.get(cluster, set()))
    )


def _is_held(event: Event, mine: set[str], others: set[str]) -> bool:
    if event.kind == EventKind.DECISION:
        return event.stage not in mine
    return not mine or not others <= mine


def _voted_stages(
    transaction: Transaction, viewer: str, clusters: Collection[str]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The stages at which the viewer, and at which others, have a standing vote, by cluster."""
    members = projections.members_of(transaction, clusters)
    cluster_of = {key: name for name, keys in members.items() for key in keys}
    columns = (StandingRow.subject, StandingRow.stage, StandingRow.reviewer)
    statement = sa.select(*columns).where(StandingRow.kind == EventKind.DECISION)
    mine: dict[str, set[str]] = {}
    others: dict[str, set[str]] = {}
    for key, stage, reviewer in select_in(transaction.session, statement, StandingRow.subject, cluster_of):
        (mine if reviewer == viewer else others).setdefault(cluster_of[key], set()).add(stage)
    return mine, others
