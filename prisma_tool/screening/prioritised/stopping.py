"""Stopping a prioritised screening, and taking it back (counting rule 10).

Invariants: a person stops, never the tool; only reports without any vote are set aside, all of them or none, each by an event that
names the stop; reopening puts back exactly those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import Event, EventKind, Slot
from prisma_tool.model.log.stopping_acts import StoppingAct, missing_words, stop_description
from prisma_tool.model.protocol.stopping import Rule
from prisma_tool.model.vocabulary import OutcomeState
from prisma_tool.reports.state import Phase, Report, ReviewState, load_review_state
from prisma_tool.reports.version_scope import VersionPart, VersionSorter
from prisma_tool.review.open_review import Review, note_found
from prisma_tool.review.protocol import edit
from prisma_tool.review.protocol.file import protocol_text, write_protocol
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.review.protocol_log import ProtocolAct, note_protocol
from prisma_tool.screening.prioritised.label_sequence import STAGE
from prisma_tool.screening.prioritised.stopping_risk import StoppingRisk, stopping_risk
from prisma_tool.store.projections import event_log
from prisma_tool.store.queues import screening_places


@dataclass(frozen=True, slots=True)
class StopResult:
    """What a stop came to: the reports set aside, their records, and how the stop is told in footnote and methods."""

    reports: tuple[str, ...]
    records: tuple[str, ...]
    words: str
    stopping_risk: StoppingRisk


def stop(review: Review, reviewer: str, *, anyway: bool = False, check: bool = False) -> StopResult:
    """Stop title/abstract screening: the reports without any vote are marked as ineligible by automation tools.

    With `check` nothing is stored.

    Raises:
        DecisionError: nothing is left or nothing was screened, a report has one vote of two, or the rule does not hold yet and `anyway`
            does not say to stop all the same.
    """
    with review.store.read() if check else review.store.write() as transaction:
        review_state = load_review_state(transaction)
        risk = stopping_risk(transaction, "", review_state)
        unscreened = list(_unscreened(review_state))
        _require_stoppable(review_state, unscreened, risk, anyway=anyway)
        payload = _payload(risk, unscreened)
        records = tuple(record.key for report in unscreened for record in report.records)
        if not check:
            stopped = event_log.append(transaction, [event_log.Draft(EventKind.STOPPING, "", STAGE, reviewer, payload)])[0]
            event_log.append(transaction, [_set_aside(key, reviewer, stopped) for key in records])
    return StopResult(tuple(report.key for report in unscreened), records, stop_description(payload), risk)


def _current_reports(review_state: ReviewState) -> Iterator[Report]:
    sorter = VersionSorter(review_state.era)
    return (report for report in review_state.reports if report.left and sorter.part(report) is not VersionPart.CLOSED)


def _unscreened(review_state: ReviewState) -> Iterator[Report]:
    """The reports of databases and registers without any vote; other methods have no box for what automation leaves out."""
    return (
        report for report in _current_reports(review_state) if report.phase is Phase.SCREENING and report.title_abstract is None
    )


def _require_stoppable(review_state: ReviewState, unscreened: list[Report], risk: StoppingRisk, *, anyway: bool) -> None:
    half_screened = [report.key for report in _current_reports(review_state) if report.title_abstract is OutcomeState.PENDING]
    if half_screened:
        listed = ", ".join(half_screened[:5]) + (f" and {len(half_screened) - 5} more" if len(half_screened) > 5 else "")  # noqa: PLR2004 - enough to act on
        raise DecisionError(
            f"{len(half_screened)} {'report has' if len(half_screened) == 1 else 'reports have'} one vote of two and must be finished first: {listed}. "
            "Nothing was stopped."
        )
    if not unscreened:
        raise DecisionError("Every report has been screened; there is nothing to stop.")
    if not risk.screened:
        raise DecisionError("Nothing was screened yet, so there is nothing that a stopping rule could go by.")
    if not risk.holds and not anyway:
        p_value = f" (p = {risk.p:.2g})" if risk.p is not None else ""
        raise DecisionError(
            f"The rule of the protocol does not hold yet: {risk.rule.words}{p_value}; {missing_words(risk.most_missing, risk.rule.confidence)}. "
            "Nothing was stopped. Screen on, or say --anyway: the figure will tell that the rule did not hold."
        )


def _payload(risk: StoppingRisk, unscreened: list[Report]) -> dict[str, Any]:
    return {
        "act": StoppingAct.STOPPED.value,
        **risk.rule.as_payload(),
        "words": risk.rule.words,
        "p": risk.p,
        "held": risk.holds,
        "set_late": risk.set_late,
        "screened": risk.screened,
        "found": risk.relevant,
        "left": len(unscreened),
        "most_missing": risk.most_missing,
        **({"before": risk.before} if risk.before else {}),
    }


def _set_aside(key: str, reviewer: str, stop_event: Event) -> event_log.Draft:
    description = stop_description(stop_event.payload)
    payload = {
        "removed": True,
        "as": "automation",
        "reason": f"screening was stopped: {description}",
        "rule": description,
        "stop": stop_event.id,
    }
    return event_log.Draft(EventKind.REMOVAL, key, reviewer=reviewer, payload=payload)


def reopen(review: Review, reviewer: str) -> tuple[str, ...]:
    """Take up again what was set aside when screening was stopped; returns the records.

    Raises:
        DecisionError: screening is not stopped.
    """
    with review.store.write() as transaction:
        review_state = load_review_state(transaction)
        keys = tuple(
            _stopped_among(review_state, (record.key for report in _current_reports(review_state) for record in report.records))
        )
        if not keys:
            raise DecisionError("Screening is not stopped; there is nothing to reopen.")
        payload = {"removed": False, "reason": ""}
        act = [
            event_log.Draft(EventKind.STOPPING, "", STAGE, reviewer, {"act": StoppingAct.REOPENED.value, "records": len(keys)})
        ]
        event_log.append(
            transaction, [*act, *(event_log.Draft(EventKind.REMOVAL, key, reviewer=reviewer, payload=payload) for key in keys)]
        )
    return keys


def _stopped_among(review_state: ReviewState, keys: Iterable[str]) -> Iterator[str]:
    for key in keys:
        event = review_state.state.standing.get(Slot(EventKind.REMOVAL, key))
        if event is not None and event.payload.get("removed") and event.payload.get("stop"):
            yield key


def set_rule(review: Review, rule: Rule, reviewer: str) -> bool:
    """Write a stopping rule into review.toml, as an event; True where screening has begun, so that the rule comes late.

    Raises:
        ReviewError: review.toml cannot be edited or written.
    """
    before = protocol_text(review.folder)
    text = edit.with_rule(before, rule)
    note_found(review, before)
    with review.store.write() as transaction:
        has_begun = screening_places.earliest_verdict(transaction, STAGE) is not None
        payload = {"act": StoppingAct.RULE.value, **rule.as_payload(), "words": rule.words}
        event_log.append(transaction, [event_log.Draft(EventKind.STOPPING, "", STAGE, reviewer, payload)])
        write_protocol(review.folder, text)
    note_protocol(review.store.under(parse_protocol(text)), text, reviewer, ProtocolAct.CHANGED)
    return has_begun
