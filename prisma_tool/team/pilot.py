"""Pilot rounds: the same random records for everyone before the rest opens.

Invariant: the `pilot` event names its records and reviewers, so that what came later changes neither; while a round is under way its
records wait for everybody, and nobody is asked for any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from prisma_tool.errors import DecisionError
from prisma_tool.model.log import team as team_log
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.vocabulary import OutcomeState, Stage
from prisma_tool.reports.allocation import sample
from prisma_tool.reports.owed_votes import is_open, owed_votes
from prisma_tool.reports.state import at_stage, load_review_state
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, update
from prisma_tool.store.queues import votes_by_report

USUAL_SEED = "1"
FEWEST_REVIEWERS = 2


@dataclass(frozen=True, slots=True)
class PilotProgress:
    """A pilot round under way.

    `keys` are its reports, `missing` maps each reviewer to the number of votes still owed, `done` counts the reports that have all votes,
    `conflicts` are the reports on which the reviewers disagree.
    """

    keys: tuple[str, ...]
    missing: dict[str, int]
    done: int
    conflicts: tuple[str, ...]


def start(review: Review, stage: Stage, by: str, n: int | None = None, seed: str = USUAL_SEED) -> Event:
    """Begin a pilot round over reports that nobody has voted on.

    Args:
        review: The review.
        stage: The stage.
        by: Who begins the round.
        n: How many reports; None for as many as the protocol says.
        seed: Decides which reports are drawn; the same text draws the same.

    Raises:
        DecisionError: a round is under way, nobody said how many, there are not that many, or fewer than two reviewers screen.
    """
    with review.store.write() as transaction:
        return start_within(transaction, stage, by, n, seed)


def start_within(transaction: Transaction, stage: Stage, by: str, n: int | None = None, seed: str = USUAL_SEED) -> Event:
    """Begin a pilot round as part of a larger step.

    Raises:
        DecisionError: as for `start`.
    """
    team = update.team_now(transaction)
    if stage in team.pilots:
        raise DecisionError(f"A pilot round at {stage} is under way already; `prisma-tool pilot close` opens the rest.")
    active = team.active(transaction.protocol)
    size = transaction.protocol.screening.at(stage).pilot if n is None else n
    if size < 1:
        raise DecisionError("Say how many records the pilot round has: -n 50, or pilot = 50 in [screening] of review.toml.")
    if len(active) < FEWEST_REVIEWERS:
        raise DecisionError("A pilot round compares reviewers; at least two must be listed in review.toml.")
    voted = {key for key, _ in votes_by_report.voters_at(transaction, stage)}
    unvoted = [
        report.key for report in load_review_state(transaction).reports if is_open(report, stage) and report.key not in voted
    ]
    if len(unvoted) < size:
        raise DecisionError(f"Only {len(unvoted)} reports at {stage} have no vote yet; a pilot round of {size} needs that many.")
    payload = {
        "act": team_log.PilotState.OPEN.value,
        "keys": sample(unvoted, size, seed),
        "reviewers": list(active),
        "n": size,
        "seed": seed,
    }
    return event_log.append(transaction, [event_log.Draft(EventKind.PILOT, "", stage, by, payload)])[0]


def start_planned(review: Review, stage: Stage, by: str) -> Event | None:
    """Begin the round that the protocol plans, where none was ever held and nobody has voted yet; None where there is nothing to do."""
    if not review.protocol.screening.at(stage).pilot:
        return None
    with review.store.write() as transaction:
        was_held = any(event.stage == stage for event in event_rows.events(transaction, kinds=[EventKind.PILOT]))
        is_begun = was_held or bool(votes_by_report.voters_at(transaction, stage))
        has_reviewers = len(update.team_now(transaction).active(transaction.protocol)) >= FEWEST_REVIEWERS
        open_count = sum(is_open(report, stage) for report in load_review_state(transaction).reports)
        has_reports = open_count >= review.protocol.screening.at(stage).pilot
        return start_within(transaction, stage, by) if has_reviewers and has_reports and not is_begun else None


def pilot_progress(transaction: Transaction, stage: Stage) -> PilotProgress | None:
    """How the round at a stage stands, or None where none is under way."""
    owed = owed_votes(transaction, stage)
    pilot = owed.team.pilots.get(stage)
    if pilot is None:
        return None
    missing = dict.fromkeys(sorted(pilot.reviewers - owed.team.retired), 0)
    reports = [
        report
        for report in load_review_state(transaction).reports
        if report.key in (owed.pilot or ()) and at_stage(report, stage)
    ]
    for report in reports:
        for name in owed.reviewers_owing(report):
            missing[name] += 1
    conflicts = tuple(report.key for report in reports if report.at(stage) is OutcomeState.CONFLICT)
    finished = sum(not is_open(report, stage) for report in reports)
    return PilotProgress(tuple(report.key for report in reports), missing, finished, conflicts)


def close(review: Review, stage: Stage, by: str, *, force: bool = False) -> PilotProgress:
    """End the round, so that the rest of the records opens; returns how it stood.

    Raises:
        DecisionError: no round is under way, or (without `force`) somebody has not finished it.
    """
    with review.store.write() as transaction:
        progress = pilot_progress(transaction, stage)
        if progress is None:
            raise DecisionError(f"No pilot round at {stage} is under way.")
        waiting = [f"{name} ({n})" for name, n in progress.missing.items() if n]
        if waiting and not force:
            raise DecisionError(f"The pilot round still waits for {', '.join(waiting)}; --force opens the rest all the same.")
        payload = {"act": team_log.PilotState.CLOSED.value}
        event_log.append(transaction, [event_log.Draft(EventKind.PILOT, "", stage, by, payload)])
        return progress


def pilot_keys(transaction: Transaction, stage: Stage, at: datetime | None = None) -> frozenset[str]:
    """The records of all pilot rounds at a stage that were not taken back (by a moment), ended or under way."""
    rounds = (event for event in event_rows.not_undone(transaction, EventKind.PILOT, at) if event.stage == stage)
    return frozenset(key for event in rounds for key in event.payload.get("keys", ()))
