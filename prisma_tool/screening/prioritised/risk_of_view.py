"""What stopping now would risk, computed from all that one viewer may know of a screening that goes on. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from prisma_tool.model.log.events import Event
from prisma_tool.model.protocol.stopping import Rule, RuleName
from prisma_tool.ranking.confidence_sequence import gaps_drawn, gaps_of, most_missing
from prisma_tool.ranking.forecast import forecast, yields
from prisma_tool.ranking.recall_estimate import Draw, recall
from prisma_tool.ranking.sampling import sampled_p
from prisma_tool.ranking.stopping_rules import holds, p_target, since_relevant, speaks_for_stopping
from prisma_tool.screening.prioritised.label_sequence import Viewpoint
from prisma_tool.screening.prioritised.random_draws import Draws
from prisma_tool.screening.prioritised.stopping_risk import StoppingRisk, pays_under

Flags = NDArray[np.bool_]
PARTS = 24
"""Into so many equal parts the screening so far is cut for its curve."""


def stopping_risk_of(
    view: Viewpoint,
    rule: Rule,
    stopped: Event | None = None,
    draws: Draws = Draws(),  # noqa: B008 - frozen
    *,
    set_late: bool = False,
) -> StoppingRisk:
    """What stopping would risk, from what a viewer may know and what was drawn at random."""
    labels = np.array([label.relevant for label in view.labels], dtype=bool)
    relevant = view.relevant
    p_value = _p_value(rule, view, draws)
    return StoppingRisk(
        rule=rule,
        screened=len(labels),
        relevant=relevant,
        left=view.left,
        p=p_value if relevant else None,
        holds=bool(len(labels)) and _holds(rule, labels, view, p_value),
        most_missing=_most_missing(rule, view, draws),
        recall=recall(list(_draws(view)), relevant, view.left),
        consecutive=since_relevant(labels),
        forecast=forecast(labels, view.left, at_random=bool(draws.order)),
        yields=yields(labels, PARTS) if view.left else (),
        pays=pays_under(rule),
        stopped=stopped,
        before=0 if rule.name is RuleName.ANY_ORDER else view.since,
        set_late=set_late,
    )


def _p_value(rule: Rule, view: Viewpoint, draws: Draws) -> float:
    if rule.name is RuleName.ANY_ORDER:
        return sampled_p(rule, draws.stretches)
    labels = _tested(view)
    return p_target(rule, labels, len(labels) + view.left, view.known)


def _tested(view: Viewpoint) -> Flags:
    """What speaks of the reports that are open now: whether each is relevant, of shape (tested,)."""
    return np.array([label.relevant for label in view.tested], dtype=bool)


def _most_missing(rule: Rule, view: Viewpoint, draws: Draws) -> int:
    level = 1 - rule.confidence
    if rule.name is RuleName.ANY_ORDER:
        return most_missing(gaps_drawn(draws.stretches), view.relevant, view.left, rule.target, level)
    labels = _tested(view)
    gaps = gaps_of(labels, len(labels) + view.left, view.known)
    return most_missing(gaps, view.known + int(labels.sum()), view.left, rule.target, level)


def _holds(rule: Rule, labels: Flags, view: Viewpoint, p_value: float) -> bool:
    """Whether screening may stop; the two rules with a stated error go by their p value, the others by all labels."""
    return not view.left or (holds(rule, labels, view.pool) if rule.is_advisory else speaks_for_stopping(rule, p_value))


def _draws(view: Viewpoint) -> Iterator[Draw]:
    relevant = {label.key: label.relevant for label in view.tested}
    for key, (open_count, known_relevant) in view.chance.items():
        if key in relevant:
            yield Draw(open_count, known_relevant, relevant[key])
