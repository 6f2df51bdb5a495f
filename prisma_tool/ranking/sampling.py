"""The stopping rule that is valid under any order: rank until the ranking has run dry, then draw the rest at random.

When to begin drawing is decided from the past alone, so how many relevant records are left then is fixed, and the draws are a uniform
sample without replacement of what is left. After a relevant draw, which the model learns from, ranking goes on for a shorter run.
Pure. Invariant: what a stretch says depends on its draws and on nothing that was ranked after it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prisma_tool.model.protocol.stopping import Rule, Sampled
from prisma_tool.ranking.error_budget import ErrorBudget, Stretch
from prisma_tool.ranking.paying import missing_for

Flags = NDArray[np.bool_]

DRY, DRY_AGAIN = 1.0, 0.15
"""How long a run without a relevant record must be, in units of left / (missing + 2), before drawing begins; again, after a relevant draw.

One relevant record more among the draws costs about 1.5 (1 - f) / (missing + 2) of what is left, f being the share that must be drawn
without one; ranking pays while it meets relevant records more often than that. Chosen on half of the development sets."""
CREDIT = 0.5
"""Chosen on the same sets."""


def sampling_is_due(run: int, known: int, left: int, target: float, *, again: bool) -> bool:
    """Whether to go on at random.

    Args:
        run: how many irrelevant records were shown since the last relevant one.
        known: how many relevant records are known.
        left: how many records are open.
        target: the recall of the rule, 0 to 1.
        again: whether the last draw at random was relevant, so that ranking had something to learn.
    """
    return bool(known) and run * (missing_for(known, target) + 2) >= (DRY_AGAIN if again else DRY) * left


def _budget(rule: Rule) -> ErrorBudget:
    return ErrorBudget(rule.target, 1 - rule.confidence, CREDIT)


def sampled_p(rule: Rule, stretches: Sequence[Sampled]) -> float:
    """The p value of "recall is below the target" after these stretches, corrected for all of them; the last is the one that goes on.

    It falls with each irrelevant draw; screening may stop where it is at most 1 - confidence. 1 where nothing is being drawn.
    """
    budget, p_value = _budget(rule), 1.0
    for sampled in stretches:
        stretch = budget.stretch(sampled.known, sampled.left)
        if sampled.relevant:
            budget.relevant_drawn(stretch, sampled.draws)
        p_value = 1.0 if sampled.relevant else budget.p_value(stretch, sampled.draws)
    return p_value


@dataclass(slots=True)
class _Walk:
    """A finished screening on its way through the rule: the labels still ahead in the order of rank, and what was met so far."""

    ahead: Flags
    known: int = 0
    run: int = 0
    again: bool = False

    def rank(self, target: float) -> None:
        """Show records by rank until it is time to draw."""
        position = 0
        while position < len(self.ahead) and not sampling_is_due(
            self.run, self.known, len(self.ahead) - position, target, again=self.again
        ):
            relevant = bool(self.ahead[position])
            self.known, self.run, position = self.known + relevant, 0 if relevant else self.run + 1, position + 1
        self.ahead = self.ahead[position:]

    def draw(self, stretch: Stretch, chance: np.random.Generator) -> int:
        """Draw until a record is relevant or the stretch is long enough; returns how many were drawn for a relevant one, else 0."""
        drawn = chance.permutation(len(self.ahead))[: stretch.needed]
        hits = np.flatnonzero(self.ahead[drawn])
        count = int(hits[0]) + 1 if len(hits) else stretch.needed
        self.ahead = np.delete(self.ahead, drawn[:count])
        self.known, self.run, self.again = self.known + bool(len(hits)), 0, True
        return count if len(hits) else 0


def sampled_stop(rule: Rule, labels: Flags, seed: int) -> tuple[int, int]:
    """Where the rule would have stopped, in a screening whose order by rank is given: how many were screened and how many found.

    The order is taken as it is, so what the model would have learned from relevant draws is left out.

    Args:
        rule: target and confidence.
        labels: whether each record is relevant, of shape (pool,), in the order of rank.
        seed: decides the draws.
    """
    walk, budget, chance = _Walk(labels), _budget(rule), np.random.default_rng(seed)
    while True:
        walk.rank(rule.target)
        stretch = budget.stretch(walk.known, len(walk.ahead))
        draw = walk.draw(stretch, chance)
        if not draw:
            return len(labels) - len(walk.ahead), walk.known
        budget.relevant_drawn(stretch, draw)
