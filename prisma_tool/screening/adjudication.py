"""Conflicts and their adjudication (counting rules 8, 12, 16).

Invariant: an adjudication is an event that overrides and keeps the votes; it can be given anew and taken back. A conflict exists only
where all wanted votes are there, so that listing it unblinds nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.log.fold import newest
from prisma_tool.model.log.outcomes import counting_votes
from prisma_tool.model.log.team import Team
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import Adjudication
from prisma_tool.model.vocabulary import OutcomeState, Stage, Verdict
from prisma_tool.reports.state import Phase, Report, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, checked_reason
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, update
from prisma_tool.store.records import record_events, records, report_rows


@dataclass(frozen=True, slots=True)
class Conflict:
    """A report whose reviewers disagree at a stage.

    `votes` are those that count, by reviewer. `reasons_only` tells that all exclude it and only their reasons differ; `proposed_reason` is the id of
    the reason that comes first in the ordered list, among those that were given.
    """

    key: str
    stage: Stage
    votes: tuple[Event, ...]
    reasons_only: bool
    proposed_reason: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """How a conflict is adjudicated.

    Without a stage it is the one at which the report is in conflict; `reason` is an id or label of the protocol, or empty.
    """

    key: str
    verdict: Verdict
    reviewer: str
    stage: Stage | None = None
    reason: str = ""
    note: str = ""


def conflicts(transaction: Transaction) -> list[Conflict]:
    """All conflicts, in the order of the stages and of the reports' arrival; the graver ones of a stage come first."""
    reports = reports_of(transaction, report_rows.clusters_in_conflict(transaction)).values()
    in_conflict = [(stage, report) for report in reports if (stage := conflict_stage(report)) is not None]
    order = list(Stage)
    in_conflict.sort(key=lambda pair: (order.index(pair[0]), pair[1].reasons_differ))
    return _with_votes(transaction, in_conflict)


def conflict_stage(report: Report) -> Stage | None:
    """The stage at which a report is in conflict, the lesser kind included; None where it is in none."""
    if report.phase is Phase.SCREENING_CONFLICT:
        return Stage.TITLE_ABSTRACT
    return Stage.FULL_TEXT if report.phase is Phase.ASSESSMENT_CONFLICT or report.reasons_differ else None


def _with_votes(transaction: Transaction, in_conflict: Collection[tuple[Stage, Report]]) -> list[Conflict]:
    keys = {record.key for _, report in in_conflict for record in report.records}
    same_pairs = update.joins_of(transaction, keys)
    votes: dict[tuple[str, str], list[Event]] = {}
    for vote in record_events.votes_on(transaction, keys):
        votes.setdefault((vote.subject, vote.stage), []).append(vote)
    protocol, result = update.merging_protocol(transaction), []
    for stage, report in in_conflict:
        members = [record.key for record in report.records]
        cast = [vote for key in members for vote in votes.get((key, stage), ())]
        counting = counting_votes(cast, [pair for key in members for pair in same_pairs.get(key, ())])
        reason = _earliest(counting, protocol)
        result.append(Conflict(report.key, stage, tuple(counting), report.reasons_differ, reason))
    return result


def _earliest(votes: Iterable[Event], protocol: Protocol) -> str:
    named = {vote.text("reason") for vote in votes if vote.text("verdict") == Verdict.EXCLUDE}
    reasons = {protocol.counted_reason(reason) for reason in named} - {""}
    return min(reasons, key=lambda reason: (protocol.reason_rank(reason), reason), default="")


def as_json(open_conflicts: Iterable[Conflict], protocol: Protocol) -> dict[str, Any]:
    """The object of `conflicts --json`; reasons by their labels."""
    return {
        "conflicts": [
            {"key": conflict.key, "stage": conflict.stage.value, "votes": [_vote_json(vote, protocol) for vote in conflict.votes]}
            for conflict in open_conflicts
        ]
    }


def _vote_json(vote: Event, protocol: Protocol) -> dict[str, str]:
    reason = vote.text("reason")
    return {
        "reviewer": vote.reviewer,
        "verdict": vote.text("verdict"),
        "reason": protocol.reason_label(reason) if reason else "",
        "note": vote.text("note"),
    }


def adjudicate(review: Review, ruling: Ruling) -> Event:
    """Settle a conflict. An exclusion without a reason takes the earliest that the votes name.

    Raises:
        DecisionError: an unknown key or reason, a report that is in no conflict, a verdict that settles nothing, or somebody who may
            not adjudicate it.
    """
    with review.store.write() as transaction:
        report = _report(transaction, ruling.key)
        stage = _stage_to_adjudicate(transaction, report, ruling.stage)
        votes = _current_events(transaction, report, stage, EventKind.DECISION)
        _require_may_adjudicate(transaction.protocol, update.team_now(transaction), ruling.reviewer, votes)
        if ruling.verdict is Verdict.MAYBE:
            raise DecisionError("An adjudication settles the matter: maybe does not; decide include or exclude.")
        excluding = ruling.verdict is Verdict.EXCLUDE
        reason_text = ruling.reason or (_earliest(votes, update.merging_protocol(transaction)) if excluding else "")
        reason = checked_reason(transaction.protocol, Decision(report.key, stage, ruling.reviewer, ruling.verdict, reason_text))
        payload = {"verdict": ruling.verdict.value, "reason": reason, "note": ruling.note}
        return event_log.append(
            transaction, [event_log.Draft(EventKind.ADJUDICATION, report.key, stage, ruling.reviewer, payload)]
        )[0]


def take_back(review: Review, key: str, stage: Stage | None, reviewer: str) -> Event:
    """Undo the adjudication that stands on a report; the votes count again. Returns what was taken back.

    Raises:
        DecisionError: an unknown key, or nothing was adjudicated; or somebody who may not adjudicate it.
    """
    with review.store.write() as transaction:
        report = _report(transaction, key)
        rulings = [ruling for at in ([stage] if stage else Stage) if (ruling := _ruling(transaction, report, at))]
        ruling = newest(rulings)
        if ruling is None:
            raise DecisionError(f"No conflict of {report.key} was adjudicated; there is nothing to take back.")
        votes = _current_events(transaction, report, Stage(ruling.stage), EventKind.DECISION)
        _require_may_adjudicate(transaction.protocol, update.team_now(transaction), reviewer, votes)
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, ruling.id, reviewer=reviewer)])
        return ruling


def _report(transaction: Transaction, key: str) -> Report:
    records.require(transaction, [key])
    return reports_of(transaction, [key])[key]


def _current_events(transaction: Transaction, report: Report, stage: Stage, kind: EventKind) -> list[Event]:
    keys = [record.key for record in report.records]
    return [event for event in record_events.standing_on(transaction, keys, (kind,)) if event.stage == stage]


def _ruling(transaction: Transaction, report: Report, stage: Stage) -> Event | None:
    return newest(_current_events(transaction, report, stage, EventKind.ADJUDICATION))


def standing_ruling(review: Review, key: str, stage: Stage) -> Event | None:
    """The adjudication that stands on a report at a stage; None where its votes count by themselves.

    Raises:
        DecisionError: an unknown key.
    """
    with review.store.read() as transaction:
        return _ruling(transaction, _report(transaction, key), stage)


def _stage_to_adjudicate(transaction: Transaction, report: Report, stage: Stage | None) -> Stage:
    """The stage of a conflict, of two maybes at full text, or of a ruling that is given anew."""
    conflicting = conflict_stage(report)
    undecided = Stage.FULL_TEXT if report.full_text is OutcomeState.MAYBE else None
    adjudicated = [candidate for candidate in Stage if _ruling(transaction, report, candidate)]
    stages = [
        candidate
        for candidate in (conflicting, undecided, *reversed(adjudicated))
        if candidate is not None and stage in (None, candidate)
    ]
    if not stages:
        where = f" at {stage}" if stage else ""
        raise DecisionError(f"{report.key} is in no conflict{where} ({report.phase}); `prisma-tool conflicts` lists what is.")
    return stages[0]


def _require_may_adjudicate(protocol: Protocol, team: Team, name: str, votes: Iterable[Event]) -> None:
    refusal_text = refusal_for_team(protocol, team, name, {vote.reviewer for vote in votes})
    if refusal_text:
        raise DecisionError(refusal_text)


def refusal(transaction: Transaction, name: str, voters: Collection[str]) -> str:
    """Why somebody may not adjudicate a conflict now, as a sentence; empty where they may. `voters` are those who voted in it."""
    return refusal_for_team(transaction.protocol, update.team_now(transaction), name, voters)


def refusal_for_team(protocol: Protocol, team: Team, name: str, voters: Collection[str]) -> str:
    """The same, for a protocol and team that are at hand."""
    rule = protocol.screening.adjudication
    if name in team.retired:
        return f"{name} has left the review and adjudicates nothing."
    if rule is Adjudication.ADJUDICATORS and name not in protocol.adjudicators:
        return f"Conflicts are settled by {' or '.join(protocol.adjudicators)} (review.toml: adjudicators); {name} may not."
    if rule is Adjudication.THIRD and name.casefold() in {voter.casefold() for voter in voters}:
        return f'{name} voted on this report; review.toml wants a third person (adjudication = "third").'
    return ""
