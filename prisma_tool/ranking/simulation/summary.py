"""Many replays of one finished screening, summed up: how far figures and stops vary, and how often each rule kept the recall.

Runs share one set, so they speak of this set alone. Pure. Invariant: nothing is averaged that its quartiles do not stand beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from prisma_tool.ranking.simulation.metrics import Metrics
from prisma_tool.ranking.simulation.replay import RULES, Replayed

Doubles = NDArray[np.float64]
POINTS = 101
_TAIL = 0.025
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Spread:
    """The quartiles of a figure over the runs."""

    first: float
    median: float
    third: float


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """What a rule did over the runs: in how many it kept the recall it promises (95 % where it promises none), and what it saved.

    `low` and `high` are the exact 95 % interval (Clopper & Pearson 1934) of the share of runs in which it kept it.
    """

    rule: str
    runs: int
    kept: int
    low: float
    high: float
    work_saved: Spread
    worst_recall: float
    advisory: bool


@dataclass(frozen=True, slots=True)
class Band:
    """Recall after each hundredth of the records, of shape (101,): the median run, and between which runs all of them lie."""

    least: Doubles
    median: Doubles
    most: Doubles


@dataclass(frozen=True, slots=True)
class Summary:
    """The runs of one set."""

    runs: int
    metrics: dict[str, Spread]
    rules: dict[str, RuleSummary]
    band: Band

    def as_json(self) -> dict[str, Any]:
        """The keys that `simulate --json` has besides those of a single run."""
        return {
            "runs": self.runs,
            "spread": {name: asdict(spread) for name, spread in self.metrics.items()},
            "reliability": {name: asdict(rule) for name, rule in self.rules.items()},
        }


def exact_interval(kept: int, runs: int) -> tuple[float, float]:
    """The 95 % interval of a share, from the binomial distribution itself."""
    low = float(betaincinv(kept, runs - kept + 1, _TAIL)) if kept else 0.0
    high = float(betaincinv(kept + 1, runs - kept, 1 - _TAIL)) if kept < runs else 1.0
    return low, high


def summed_up(runs: Sequence[Replayed], labels: Sequence[NDArray[np.bool_]]) -> Summary:
    """The summary of at least one run.

    Args:
        runs: the replays.
        labels: of each replay, whether each record is relevant, of shape (pool,), in the order shown.
    """
    names = [name for name in Metrics.__dataclass_fields__ if getattr(runs[0].metrics, name) is not None]
    metrics = {name: _spread([getattr(run.metrics, name) for run in runs]) for name in names}
    rules = {name: _rule(name, runs) for name in RULES if all(name in run.stopping for run in runs)}
    return Summary(len(runs), metrics, rules, _band(labels))


def _spread(values: Sequence[float]) -> Spread:
    first, median, third = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
    return Spread(first, median, third)


def _rule(name: str, runs: Sequence[Replayed]) -> RuleSummary:
    results = [run.stopping[name] for run in runs]
    kept = sum(result.recall >= RULES[name].target - _ROUNDING for result in results)
    return RuleSummary(
        results[0].rule,
        len(runs),
        kept,
        *exact_interval(kept, len(runs)),
        _spread([result.work_saved for result in results]),
        min(result.recall for result in results),
        results[0].advisory,
    )


def _band(labels: Sequence[NDArray[np.bool_]]) -> Band:
    curves = np.array([_curve(flags) for flags in labels])
    return Band(curves.min(axis=0), np.median(curves, axis=0), curves.max(axis=0))


def _curve(labels: NDArray[np.bool_]) -> Doubles:
    counts = np.concatenate([[0], np.cumsum(labels)]) / max(int(labels.sum()), 1)
    at: Doubles = counts[np.round(np.linspace(0, len(labels), POINTS)).astype(np.intp)]
    return at
