"""Stopping a prioritised screening: what stopping now would risk, the act itself, and taking it back (counting rule 10).

Invariants: a person stops, never the tool; only reports without any vote are set aside, all of them or none, each by an event that
names the stop; reopening puts back exactly those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prisma_tool.errors import DecisionError, ReviewError
from prisma_tool.model.log.events import Event, EventKind, Slot
from prisma_tool.model.log.stopping_acts import StoppingAct, missing_words, stop_description, stop_in_force
from prisma_tool.model.protocol.stopping import Rule, RuleName
from prisma_tool.model.vocabulary import OutcomeState
from prisma_tool.ranking.confidence_sequence import Gap, gaps_drawn, gaps_of, most_missing
from prisma_tool.ranking.forecast import Forecast, Pays, forecast, pays, yields
from prisma_tool.ranking.recall_estimate import Draw, Recall, recall
from prisma_tool.ranking.sampling import sampled_p
from prisma_tool.ranking.stopping_rules import holds, p_target, since_relevant, speaks_for_stopping
from prisma_tool.reports.state import Phase, Report, ReviewState, load_review_state
from prisma_tool.reports.version_scope import VersionPart, VersionSorter
from prisma_tool.review.open_review import Review, note_found
from prisma_tool.review.protocol import edit
from prisma_tool.review.protocol.file import protocol_text, write_protocol
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.review.protocol_log import ProtocolAct, note_protocol
from prisma_tool.screening.prioritised.label_sequence import STAGE, LabelSequence, Viewpoint, finished_sequence, viewpoint
from prisma_tool.screening.prioritised.random_draws import Draws, draws_of
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.queues import ranking_rows

Flags = NDArray[np.bool_]
PARTS = 24
"""Into so many equal parts the screening so far is cut for its curve."""


@dataclass(frozen=True, slots=True)
class StoppingRisk:
    """What stopping now would risk, as one viewer may know it.

    Attributes:
        rule: The stopping rule of the protocol.
        screened: How many reports were screened.
        relevant: How many relevant ones are among them.
        left: How many are open.
        p: That of the hypothesis that recall is below the rule's target, corrected for all earlier looks; None before anything relevant
            was found.
        holds: Whether the rule allows to stop.
        most_missing: The most relevant reports that may be missing, with the rule's confidence at all looks together.
        recall: Its estimate from reports shown by chance, at this look; None where none was, or nothing relevant is known.
        consecutive: How many irrelevant reports were screened since the last relevant one.
        forecast: What the next hundred would bring; None where nothing was screened or is left.
        yields: How many relevant reports each of the equal parts of the screening so far brought.
        pays: From how many relevant reports on stopping can pay; None where the rule states no error.
        stopped: The event by which screening is stopped, if it is.
    """

    rule: Rule
    screened: int
    relevant: int
    left: int
    p: float | None
    holds: bool
    most_missing: int
    recall: Recall | None
    consecutive: int
    forecast: Forecast | None = None
    yields: tuple[int, ...] = ()
    pays: Pays | None = None
    stopped: Event | None = None

    @property
    def least_recall(self) -> float | None:
        """The least share (0 to 1) of what these reviewers would include that is found; None before anything relevant was found."""
        return self.relevant / (self.relevant + self.most_missing) if self.relevant else None

    @property
    def least_percent(self) -> int:
        """The same as a whole percentage, never rounded up; 0 before anything relevant was found."""
        return 100 * self.relevant // max(self.relevant + self.most_missing, 1)

    def as_json(self) -> dict[str, Any]:
        """As `status --json` and `rank --json` have it."""
        estimate = self.recall
        return {
            "rule": {**self.rule.as_payload(), "words": self.rule.words, "advisory": self.rule.is_advisory},
            "screened": self.screened,
            "found": self.relevant,
            "left": self.left,
            "p": self.p,
            "holds": self.holds,
            "most_missing": self.most_missing,
            "least_recall": self.least_recall,
            "next": None if self.forecast is None else asdict(self.forecast),
            "pays_from": None if self.pays is None else self.pays.enough,
            "recall": None
            if estimate is None
            else {"estimate": estimate.estimate, "low": estimate.low, "high": estimate.high, "draws": estimate.draws},
            "consecutive_irrelevant": self.consecutive,
            "stopped": None if self.stopped is None else f"{self.stopped.at:%Y-%m-%d}",
        }


def stopping_risk(transaction: Transaction, viewer: str, review_state: ReviewState | None = None) -> StoppingRisk:
    """What stopping now would risk, as `viewer` may know it; `review_state` is read where it is not at hand."""
    stopped = stop_in_force(event_rows.not_undone(transaction, EventKind.STOPPING))
    rule = transaction.protocol.screening.stopping
    sequence = None if viewer or rule.name is RuleName.ANY_ORDER else finished_sequence(transaction)
    if sequence is not None:
        return _risk(sequence, rule, stopped, Draws())
    view = viewpoint(transaction, viewer, review_state)
    return stopping_risk_of(view, rule, stopped, draws_of(transaction, view, viewer))


def stopping_risk_of(view: Viewpoint, rule: Rule, stopped: Event | None = None, draws: Draws = Draws()) -> StoppingRisk:  # noqa: B008 - frozen
    """The same, from what a viewer may know and what was drawn at random."""
    return _risk(view.sequence, rule, stopped, draws)


def _risk(view: LabelSequence, rule: Rule, stopped: Event | None, draws: Draws) -> StoppingRisk:
    labels = np.array(view.relevance, dtype=bool)
    relevant = view.relevant
    p_value = _p_value(rule, labels, view, draws)
    return StoppingRisk(
        rule=rule,
        screened=len(labels),
        relevant=relevant,
        left=view.left,
        p=p_value if relevant else None,
        holds=bool(len(labels)) and (holds(rule, labels, view.pool) or _sample_holds(rule, p_value)),
        most_missing=most_missing(_gaps(rule, labels, view, draws), relevant, view.left, rule.target, 1 - rule.confidence),
        recall=recall([Draw(*drawn) for drawn in view.drawn], relevant, view.left),
        consecutive=since_relevant(labels),
        forecast=forecast(labels, view.left, at_random=bool(draws.order)),
        yields=yields(labels, PARTS),
        pays=None if rule.is_advisory else pays(rule.target, rule.confidence),
        stopped=stopped,
    )


def _p_value(rule: Rule, labels: Flags, view: LabelSequence, draws: Draws) -> float:
    return sampled_p(rule, draws.stretches) if rule.name is RuleName.ANY_ORDER else p_target(rule, labels, view.pool)


def _gaps(rule: Rule, labels: Flags, view: LabelSequence, draws: Draws) -> Iterator[Gap]:
    return gaps_drawn(draws.stretches) if rule.name is RuleName.ANY_ORDER else gaps_of(labels, view.pool)


def _sample_holds(rule: Rule, p_value: float) -> bool:
    return rule.name is RuleName.ANY_ORDER and speaks_for_stopping(rule, p_value)


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
        payload = _payload(transaction, risk, unscreened)
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


def _payload(transaction: Transaction, risk: StoppingRisk, unscreened: list[Report]) -> dict[str, Any]:
    return {
        "act": StoppingAct.STOPPED.value,
        **risk.rule.as_payload(),
        "words": risk.rule.words,
        "p": risk.p,
        "held": risk.holds,
        "set_late": _set_late(transaction),
        "screened": risk.screened,
        "found": risk.relevant,
        "left": len(unscreened),
        "most_missing": risk.most_missing,
    }


def _set_late(transaction: Transaction) -> bool:
    """Whether the rule of today was set after the first vote of all."""
    first = ranking_rows.first_vote_received(transaction, STAGE)
    return first is not None and _rule_since(transaction) > first


def _rule_since(transaction: Transaction) -> datetime:
    """Since when the protocol has stated today's rule without a break."""
    protocols = list(event_rows.events(transaction, kinds=[EventKind.PROTOCOL]))
    since = transaction.now()
    for event in sorted(protocols, key=lambda event: (event.received, event.id), reverse=True):
        if _rule_in(event.text("text")) != transaction.protocol.screening.stopping:
            break
        since = event.received
    return since


def _rule_in(text: str) -> Rule | None:
    try:
        return parse_protocol(text).screening.stopping
    except ReviewError:
        return None


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
        has_begun = ranking_rows.first_vote_received(transaction, STAGE) is not None
        payload = {"act": StoppingAct.RULE.value, **rule.as_payload(), "words": rule.words}
        event_log.append(transaction, [event_log.Draft(EventKind.STOPPING, "", STAGE, reviewer, payload)])
        write_protocol(review.folder, text)
    note_protocol(review.store.under(parse_protocol(text)), text, reviewer, ProtocolAct.CHANGED)
    return has_begun
