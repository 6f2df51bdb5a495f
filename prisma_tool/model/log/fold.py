"""The state of a whole review, folded from its records and its log.

The store keeps the same answers as projections for speed; `doctor` and a property test compare the two. Flow counts for a past
date fold the log as it was then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prisma_tool.model.log.clusters import ClusterMember, Pair, clusters, representative
from prisma_tool.model.log.contributors import contributors_of, version_labels
from prisma_tool.model.log.events import Event, EventKind, Slot, by_order, standing
from prisma_tool.model.log.merged_reasons import with_merges
from prisma_tool.model.log.outcomes import Outcome, outcome
from prisma_tool.model.log.team import team_of
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import DuplicateVerdict, Stage

# Calling an enumeration costs four times a look into a dictionary.
_STAGES = {stage.value: stage for stage in Stage}

FIRST_KINDS = (EventKind.UNDO, EventKind.VERSION)
"""What must be known of a log before one can say of an event whether it counts."""


@dataclass(frozen=True, slots=True)
class State:
    """Standing events by slot, the cluster of each key (named after its representative), and outcomes by cluster and stage."""

    standing: Mapping[Slot, Event]
    cluster_of: Mapping[str, str]
    outcomes: Mapping[tuple[str, Stage], Outcome]


def fold(
    members: Iterable[ClusterMember], events: Iterable[Event], protocol: Protocol, first: Iterable[Event] | None = None
) -> State:
    """The state that these records and events amount to under this protocol.

    Args:
        members: The records.
        events: The log, in any order.
        protocol: The protocol.
        first: Of these events those of `FIRST_KINDS`, where they are known beforehand: then the log is gone through once, and holds no memory.
    """
    if first is None:
        events = list(events)
        first = (event for event in events if event.kind in FIRST_KINDS)
    preceding = list(first)
    standing_events = standing(events, contributors_of(protocol, version_labels(preceding)).including(), preceding)
    cluster_of, pairs = clustered(members, standing_events)
    return State(
        standing_events, cluster_of, outcomes_of(standing_events, cluster_of, pairs, with_merges(protocol, standing_events))
    )


def clustered(members: Iterable[ClusterMember], standing_events: Mapping[Slot, Event]) -> tuple[dict[str, str], list[Pair]]:
    """The cluster of each record, named after its representative, and the verdicts that stand on pairs."""
    records = {record.key: record for record in members}
    pairs = [Pair.of(event) for slot, event in standing_events.items() if slot.kind == EventKind.DUPLICATE]
    groups = {representative(group, records): group for group in clusters(records, pairs)}
    return {key: name for name, group in groups.items() for key in group}, pairs


def outcomes_of(
    standing_events: Mapping[Slot, Event], cluster_of: Mapping[str, str], pairs: list[Pair], protocol: Protocol
) -> dict[tuple[str, Stage], Outcome]:
    """What the votes among standing events mean, by cluster and stage, under a protocol that knows the merges of reasons."""
    votes, rulings = _votes_and_rulings(standing_events, cluster_of)
    team = team_of(standing_events.values())
    members = _members(cluster_of) if team.pilots else {}
    joins: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        name = cluster_of.get(pair.a)
        if name is not None and pair.verdict == DuplicateVerdict.SAME and name == cluster_of.get(pair.b):
            joins[name].append(pair)
    outcomes = {}
    known: dict[Any, Outcome | None] = {}
    for question in votes.keys() | rulings.keys():
        name, stage = question
        awaited = team.awaited(stage, members.get(name, ()))
        cast = votes[question]
        alone = None if question in rulings else _one_vote_each(cast)
        if alone is None:
            result = outcome(stage, cast, joins[name], protocol, newest(rulings[question]), awaited)
        elif (key := (stage, alone, awaited)) in known:
            result = known[key]
        else:
            result = known[key] = outcome(stage, cast, (), protocol, None, awaited)
        if result is not None:
            outcomes[question] = result
    return outcomes


def _one_vote_each(votes: Sequence[Event]) -> frozenset[tuple[str, str, str]] | None:
    """Who said what and why, which is all that matters of votes of which no two are one person's; None for others."""
    if len(votes) > 1 and len({vote.reviewer.casefold() for vote in votes}) < len(votes):
        return None
    return frozenset([(vote.reviewer, vote.text("verdict"), vote.text("reason")) for vote in votes])


def _members(cluster_of: Mapping[str, str]) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for key, name in cluster_of.items():
        members.setdefault(name, []).append(key)
    return members


_Grouped = defaultdict[tuple[str, Stage], list[Event]]


def _votes_and_rulings(standing_events: Mapping[Slot, Event], cluster_of: Mapping[str, str]) -> tuple[_Grouped, _Grouped]:
    """The standing decisions and adjudications on each report at each stage."""
    votes, rulings = _Grouped(list), _Grouped(list)
    grouped: dict[str, _Grouped] = {EventKind.DECISION.value: votes, EventKind.ADJUDICATION.value: rulings}
    for (kind, subject, stage, _, _), event in standing_events.items():
        of_kind = grouped.get(kind)
        if of_kind is not None and subject in cluster_of:
            of_kind[cluster_of[subject], _STAGES[stage]].append(event)
    return votes, rulings


def newest(events: Iterable[Event]) -> Event | None:
    """The event that was done last, or None of none."""
    return max(events, key=by_order, default=None)
