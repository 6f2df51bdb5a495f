"""What stopping a prioritised screening now would risk, as one viewer may know it.

Invariant: a screening after which nothing is open is read without computing anything about what may be left.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from prisma_tool.errors import ReviewError
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.log.stopping_acts import stop_in_force
from prisma_tool.model.protocol.stopping import Rule, RuleName
from prisma_tool.ranking.paying import Pays, pays
from prisma_tool.reports.state import ReviewState
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.screening.prioritised.finished_screening import FinishedScreening, finished_screening
from prisma_tool.screening.prioritised.label_sequence import STAGE, viewpoint
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import screening_places

if TYPE_CHECKING:
    from prisma_tool.ranking.forecast import Forecast
    from prisma_tool.ranking.recall_estimate import Recall


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
        yields: How many relevant reports each of the equal parts of the screening so far brought; none where nothing is left.
        pays: From how many relevant reports on stopping can pay; None where the rule states no error.
        stopped: The event by which screening is stopped, if it is.
        before: How many reports had been screened when others were added, which are still open; what was screened before says nothing of those.
        set_late: Whether the rule was set or changed after screening had begun.
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
    before: int = 0
    set_late: bool = False

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
            "screened_before_added": self.before,
            "set_late": self.set_late,
            "stopped": None if self.stopped is None else f"{self.stopped.at:%Y-%m-%d}",
        }


def stopping_risk(transaction: Transaction, viewer: str, review_state: ReviewState | None = None) -> StoppingRisk:
    """What stopping now would risk, as `viewer` may know it; `review_state` is read where it is not at hand."""
    stopped = stop_in_force(event_rows.not_undone(transaction, EventKind.STOPPING))
    rule, set_late = transaction.protocol.screening.stopping, is_set_late(transaction)
    # What a rule of random draws promises hangs on each draw, whatever is left.
    by_draws = rule.name is RuleName.ANY_ORDER
    finished = None if by_draws or review_state else finished_screening(transaction, viewer)
    if finished is not None:
        return _nothing_left(finished, rule, stopped, set_late=set_late)
    # NumPy takes a tenth of a second to import, and a finished screening needs none of it.
    from prisma_tool.screening.prioritised.random_draws import draws_of
    from prisma_tool.screening.prioritised.risk_of_view import stopping_risk_of

    view = viewpoint(transaction, viewer, review_state)
    return stopping_risk_of(view, rule, stopped, draws_of(transaction, view, viewer), set_late=set_late)


def _nothing_left(finished: FinishedScreening, rule: Rule, stopped: Event | None, *, set_late: bool) -> StoppingRisk:
    """The same where nothing is open: then nothing can be missing."""
    return StoppingRisk(
        rule=rule,
        screened=finished.screened,
        relevant=finished.relevant,
        left=0,
        p=0.0 if finished.relevant else None,
        holds=bool(finished.screened),
        most_missing=0,
        recall=_recall(finished),
        consecutive=finished.since_relevant,
        pays=pays_under(rule),
        stopped=stopped,
        set_late=set_late,
    )


def _recall(finished: FinishedScreening) -> Recall | None:
    if not finished.drawn:
        return None
    from prisma_tool.ranking.recall_estimate import Draw, recall

    return recall([Draw(*drawn) for drawn in finished.drawn], finished.relevant, 0)


def pays_under(rule: Rule) -> Pays | None:
    """From how many relevant reports on stopping can pay; None where the rule states no error."""
    return None if rule.is_advisory else pays(rule.target, rule.confidence)


def is_set_late(transaction: Transaction) -> bool:
    """Whether the rule of today was set after the first verdict of all."""
    first = screening_places.earliest_verdict(transaction, STAGE)
    if first is None:
        return False
    protocols = event_rows.events(transaction, kinds=[EventKind.PROTOCOL])
    for event in sorted(protocols, key=lambda event: (event.received, event.id), reverse=True):
        if _rule_in(event.text("text")) != transaction.protocol.screening.stopping:
            return True
        if event.received <= first.received:
            return False
    return True


@lru_cache(maxsize=64)
def _rule_in(text: str) -> Rule | None:
    try:
        return parse_protocol(text).screening.stopping
    except ReviewError:
        return None
