"""Decisions: checking them against the rules of the review, storing them, and taking them back.

Invariant: a decision is on the disk when the call returns; several given together are stored together or not at all.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import Channel, Event, EventKind, Slot
from prisma_tool.model.log.team import Team
from prisma_tool.model.protocol.protocol import DUPLICATE_REPORT, DUPLICATES, FURTHER_REPORTS, Protocol
from prisma_tool.model.record.keys import slug
from prisma_tool.model.vocabulary import FULL_TEXT_ONLY, Stage, Verdict
from prisma_tool.reports.state import BEFORE_SCREENING, SOUGHT, Phase, Report, at_stage, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, update
from prisma_tool.store.records import records


@dataclass(frozen=True, slots=True)
class Decision:
    """A verdict that a reviewer wants to give. `reason` is an id or label of the protocol; `where` names a file's line in errors.

    `origin` names the program in which it was given, where that was another; `answers` are those to the ordered criteria that led to it.
    """

    key: str
    stage: Stage
    reviewer: str
    verdict: Verdict
    reason: str = ""
    note: str = ""
    at: datetime | None = None
    where: str = ""
    origin: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)


def decide(review: Review, decisions: Sequence[Decision]) -> list[Event]:
    """Store decisions in the order given, all or none.

    Raises:
        DecisionError: an unknown key or reason, a missing reason, a verdict that the stage does not have, or a report that is not
            at this stage; the sentence begins with the choice's `where`.
    """
    keys = {decision.key for decision in decisions}
    with review.store.write(beside=len(keys) == 1) as transaction:
        transaction.guard(update.clusters_of(transaction, keys).values())
        return decide_within(transaction, decisions)


def decide_within(transaction: Transaction, decisions: Sequence[Decision]) -> list[Event]:
    """Store decisions as part of a larger step.

    Raises:
        DecisionError: as for `decide`.
    """
    stored: list[Event] = []
    for stage, batch in groupby(decisions, key=lambda decision: decision.stage):
        stored += _decide_at(transaction, stage, list(batch))
    return stored


def _decide_at(transaction: Transaction, stage: Stage, decisions: list[Decision]) -> list[Event]:
    reports = reports_of(transaction, {decision.key for decision in decisions})
    team = update.team_now(transaction)
    drafts = []
    for decision in decisions:
        try:
            if decision.key not in reports:
                records.require(transaction, [decision.key])
            reason = checked_reason(transaction.protocol, decision)
            _check_reviewer(transaction.protocol, team, decision)
            _check_stage(reports[decision.key], stage)
            _check_time(decision, transaction.now())
        except DecisionError as error:
            raise DecisionError(f"{decision.where}{error.message}") from error
        payload: dict[str, Any] = {"verdict": decision.verdict.value, "reason": reason, "note": decision.note}
        payload |= {"origin": decision.origin} if decision.origin else {}
        payload |= {"answers": dict(decision.answers)} if decision.answers else {}
        # A file's own date is told apart from the moment at which the file was read.
        payload |= {"dated": True} if decision.at and transaction.via is Channel.FILE else {}
        # Whoever votes under a protocol that is not blind can read the others' votes, whatever the log later says of that time.
        payload |= {} if transaction.protocol.screening.at(stage).blind else {"blind": False}
        drafts.append(event_log.Draft(EventKind.DECISION, decision.key, stage, decision.reviewer, payload, decision.at))
    return event_log.append(transaction, drafts)


def checked_reason(protocol: Protocol, decision: Decision) -> str:
    """The id of the choice's reason.

    Raises:
        DecisionError: the stage does not have this verdict, or the reason is missing, unknown, or goes with no exclusion.
    """
    if decision.verdict in FULL_TEXT_ONLY and decision.stage is Stage.TITLE_ABSTRACT:
        raise DecisionError(f"'{decision.verdict}' belongs to the full text; at title/abstract decide include, exclude or maybe.")
    if decision.reason and decision.verdict is not Verdict.EXCLUDE:
        raise DecisionError(f"A reason goes with 'exclude', not with '{decision.verdict}'; leave the reason out or note it.")
    if decision.reason and decision.stage is Stage.TITLE_ABSTRACT and not protocol.screening.title_abstract_reasons:
        raise DecisionError("This review keeps no reasons at title/abstract (review.toml: title_abstract_reasons); leave it out.")
    if not decision.reason:
        if decision.stage is Stage.FULL_TEXT and decision.verdict is Verdict.EXCLUDE:
            raise DecisionError(f"An exclusion at full text needs exactly one reason of: {_labels(protocol)}.")
        return ""
    reason = protocol.reason(decision.reason)
    if reason is None or slug(decision.reason) == DUPLICATE_REPORT:
        _refuse_duplicates_and_further_reports(decision)
    if reason is None:
        raise DecisionError(f"'{decision.reason}' is not a reason of this review. Reasons in review.toml: {_labels(protocol)}.")
    return reason.id


def _refuse_duplicates_and_further_reports(decision: Decision) -> None:
    """Tell what to do instead where what was named is no exclusion reason by PRISMA's rules (counting rule 17)."""
    named = slug(decision.reason)
    if named in DUPLICATES:
        raise DecisionError(f"A duplicate is not excluded but joined: `prisma-tool dedupe --merge {decision.key} OTHER-KEY`.")
    if named in FURTHER_REPORTS:
        raise DecisionError(
            "A further report of an included study is not excluded but linked: include it and say "
            f"`prisma-tool study link LABEL {decision.key}`; `prisma-tool study list` has the labels."
        )


def _labels(protocol: Protocol) -> str:
    return "; ".join(reason.label for reason in protocol.reasons)


def _check_reviewer(protocol: Protocol, team: Team, decision: Decision) -> None:
    """Only reviewers screen. What somebody decided before leaving may still come in, with its time."""
    name = decision.reviewer
    if name not in protocol.reviewers and name in (*protocol.adjudicators, *protocol.observers):
        raise DecisionError(f"{name} does not screen: review.toml does not list {name} among the reviewers.")
    if name in team.retired and decision.at is None:
        raise DecisionError(f"{name} has left the review; `prisma-tool reviewer return {shlex.quote(name)}` takes them back.")


def _check_time(decision: Decision, now: datetime) -> None:
    # The date is for reports and no order: what is stored last stands. One that lies ahead is a slip, and would stand in the methods.
    if decision.at is not None and decision.at > now:
        raise DecisionError(f"The time {decision.at.isoformat()} of the decision on {decision.key} lies in the future.")


def replaced_newer(review: Review, decisions: Sequence[Decision]) -> list[tuple[Decision, Event]]:
    """Dated decisions that would replace another verdict of the same reviewer which was given after that date, with what they replace.

    What is stored last stands, so that an old export applied again takes newer verdicts back; whoever does it is told.
    """
    dated = {Slot(EventKind.DECISION, one.key, one.stage, one.reviewer): one for one in decisions}
    with review.store.read() as transaction:
        ids = event_rows.standing_ids(transaction, [place for place, one in dated.items() if one.at is not None])
        current = {event.id: event for event in event_rows.with_ids(transaction, ids.values())}
    pairs = [(dated[place], current[event_id]) for place, event_id in ids.items()]
    return [(one, event) for one, event in pairs if one.at and event.at > one.at and event.text("verdict") != one.verdict]


def _check_stage(report: Report, stage: Stage) -> None:
    if report.phase in BEFORE_SCREENING:
        raise DecisionError(
            f"{report.key} was taken out of screening; `prisma-tool remove {shlex.quote(report.key)} --undo` puts it back, and where "
            "screening was stopped `prisma-tool rank --reopen` takes up all that was left."
        )
    if stage is Stage.TITLE_ABSTRACT:
        if not report.left and report.title_abstract is None and report.phase is not Phase.SCREENING:
            raise DecisionError(
                f"{report.key} comes from other methods and goes straight to full text "
                "(review.toml: screen_other_methods = true would screen it)."
            )
    elif report.phase is Phase.NOT_RETRIEVED:
        raise DecisionError(f"{report.key} is marked as not retrieved; first say `prisma-tool retrieve {report.key} retrieved`.")
    elif report.phase not in SOUGHT:
        raise DecisionError(f"{report.key} is {report.phase}; only reports included at title/abstract are assessed in full text.")


def last_decision(review: Review, reviewer: str, stage: Stage) -> Event | None:
    """This reviewer's last decision at a stage that still counts, which `undo_last` would take back; None where there is none."""
    with review.store.read() as transaction:
        return event_rows.last_standing(transaction, EventKind.DECISION, reviewer, stage)


def undo_last(review: Review, reviewer: str, stage: Stage) -> Event | None:
    """Take back this reviewer's last decision at a stage that still counts; returns it, or None where there is none."""
    with review.store.write() as transaction:
        last = event_rows.last_standing(transaction, EventKind.DECISION, reviewer, stage)
        if last is not None:
            event_log.append(transaction, [event_log.Draft(EventKind.UNDO, last.id, reviewer=reviewer)])
        return last


def undo_these(review: Review, reviewer: str, given: Sequence[Event]) -> list[Event]:
    """Take back several decisions of this reviewer in one step, each by an event of its own; returns those that still counted."""
    with review.store.write() as transaction:
        places = {Slot(EventKind.DECISION, one.subject, one.stage, reviewer) for one in given}
        standing = set(event_rows.standing_ids(transaction, places).values())
        counting = [one for one in given if one.id in standing]
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, one.id, reviewer=reviewer) for one in counting])
        return counting


def add_note(review: Review, key: str, text: str, reviewer: str, stage: Stage | None = None) -> None:
    """Keep a reviewer's remark on a record, made at a stage: else at the last one that its report has reached.

    While the stage is blind, the note is held back like a vote there.

    Raises:
        DecisionError: an unknown key or an empty note.
    """
    if not text.strip():
        raise DecisionError("The note is empty; nothing was stored.")
    with review.store.write() as transaction:
        records.require(transaction, [key])
        reached = at_stage(reports_of(transaction, [key])[key], Stage.FULL_TEXT)
        noted_at = stage or (Stage.FULL_TEXT if reached else Stage.TITLE_ABSTRACT)
        event_log.append(transaction, [event_log.Draft(EventKind.NOTE, key, noted_at, reviewer, {"text": text.strip()})])
