"""Replaying a finished screening: in which order would these records have been shown, and what would each stopping rule have done?

Invariant: the model sees the label of a record only after that record was shown; the same input and seed give the same order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from prisma_tool.model.protocol.stopping import ADVISORY, Rule, RuleName
from prisma_tool.ranking.features import Features, Floats
from prisma_tool.ranking.model import Flags, Labels, Ranking, Rows, best_first, rank
from prisma_tool.ranking.sampling import sampled_stop
from prisma_tool.ranking.simulation.metrics import Metrics, measured
from prisma_tool.ranking.stopping_rules import first_stop

ALWAYS_BELOW = 100
"""Up to so many labels the model learns after each."""
PATIENCE = 0.01
"""From then on after each relevant label, or so many more labels, as a share of them: a worker is never further behind than that."""


@dataclass(frozen=True, slots=True)
class Screening:
    """A finished screening to be replayed: the pool's features, the true labels, and what is known beforehand.

    `question`, how well each record answers the question, and `relevant` are of shape (records,); `priors` are rows of the pool.
    """

    features: Features
    question: Floats
    relevant: Flags
    priors: Rows


def is_due(labels: int, learned: int) -> bool:
    """Whether the model should learn again: it has learned from `learned` labels, and there are `labels` now."""
    return labels <= ALWAYS_BELOW or labels - learned >= labels * PATIENCE


def replay(screening: Screening, seed: int, watch: Callable[[int], None] = lambda _: None) -> Rows:
    """The rows in the order shown, priors left out, to the last relevant one. `watch` is told how many were shown."""
    relevant = screening.relevant
    shown = list(screening.priors)
    remaining = int(relevant.sum()) - int(relevant[screening.priors].sum())
    latest: Ranking | None = None
    learned, queue = 0, list[int]()
    while remaining:
        if latest is None or is_due(len(shown), learned):
            latest = _learn(screening, shown, latest, seed)
            learned, queue = len(shown), _queue(latest, shown, seed)
        row = queue.pop()
        shown.append(row)
        remaining -= int(relevant[row])
        watch(len(shown))
    return np.array(shown[len(screening.priors) :], dtype=np.intp)


def _learn(screening: Screening, shown: Sequence[int], latest: Ranking | None, seed: int) -> Ranking:
    rows = np.array(shown, dtype=np.intp)
    return rank(screening.features, Labels(rows, screening.relevant[rows]), screening.question, latest, seed)


def _queue(ranking: Ranking, shown: Sequence[int], seed: int) -> list[int]:
    """The rows that were not shown, the best last, so that it can be popped."""
    still = np.ones(len(ranking.scores), dtype=bool)
    still[list(shown)] = False
    best: list[int] = best_first(ranking.scores, np.flatnonzero(still), seed)[::-1].tolist()
    return best


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What one stopping rule would have done: after how many records, at which recall, with which share of the work saved."""

    rule: str
    stopped_at: int
    relevant_found: int
    recall: float
    work_saved: float
    advisory: bool
    warning: str = ""

    def as_json(self) -> dict[str, Any]:
        """The keys of a rule in `simulate --json`."""
        return {"found" if name == "relevant_found" else name: value for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class Replayed:
    """An order over the whole pool (rows that were never shown come last), its figures, and what the stopping rules would have done."""

    order: Rows
    shown: int
    relevant: int
    metrics: Metrics
    stopping: dict[str, RuleResult]


RULES = {
    "hypergeometric": Rule(),
    "any-order": Rule(RuleName.ANY_ORDER),
    "consecutive-50": Rule(RuleName.CONSECUTIVE, count=50),
    "consecutive-100": Rule(RuleName.CONSECUTIVE, count=100),
    "consecutive-200": Rule(RuleName.CONSECUTIVE, count=200),
    "knee": Rule(RuleName.KNEE),
}
"""The rules that a simulation reports, by the name that stands in its JSON."""


def judged(order: Rows, relevant: Flags, pool: Rows, seed: int = 0) -> Replayed:
    """The figures of an order that may end early; what it leaves out of the pool is taken to come last.

    Args:
        order: rows in the order shown.
        relevant: whether each row of the whole set is relevant, of shape (records,).
        pool: the rows that were to be shown: all but the priors.
        seed: decides what a stopping rule draws at random.
    """
    rest = np.setdiff1d(pool, order)
    whole = np.concatenate([order, rest]).astype(np.intp)
    labels = relevant[whole]
    return Replayed(
        order=whole,
        shown=len(order),
        relevant=int(labels.sum()),
        metrics=measured(labels),
        stopping={name: stopped(rule, labels, seed) for name, rule in RULES.items()} if labels.any() else {},
    )


def stopped(rule: Rule, labels: Flags, seed: int) -> RuleResult:
    """What a rule would have done in a screening.

    Args:
        rule: the stopping rule.
        labels: whether each record is relevant, of shape (pool,), in the order of rank; at least one is.
        seed: decides what the rule draws at random.
    """
    at, relevant_found = _stop(rule, labels, seed)
    return RuleResult(
        rule=rule.words,
        stopped_at=at,
        relevant_found=relevant_found,
        recall=relevant_found / int(labels.sum()),
        work_saved=1 - at / len(labels),
        advisory=rule.is_advisory,
        warning=ADVISORY if rule.is_advisory else "",
    )


def _stop(rule: Rule, labels: Flags, seed: int) -> tuple[int, int]:
    """After how many records it stops, and how many relevant ones are among them."""
    if rule.name is RuleName.ANY_ORDER:
        return sampled_stop(rule, labels, seed)
    at = first_stop(rule, labels)
    return at, int(labels[:at].sum())
