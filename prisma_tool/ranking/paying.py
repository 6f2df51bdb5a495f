"""Whether stopping can pay under a rule with a stated error: from how many relevant records on. Pure, and plain numbers without arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

PAYS = 0.25
"""Stopping pays where a rule can save a quarter of what would be saved by knowing when all is found."""


def missing_for(relevant_found: int, target: float) -> int:
    """The least number of relevant records that must be left if recall is below `target` (0 to 1) with so many found."""
    return math.floor(relevant_found / target + 1e-9) + 1 - relevant_found


def most_saved(relevant: int, target: float, confidence: float) -> float:
    """The most a rule with a stated error can save, as a share of what is saved by knowing when the target is reached.

    With k records more the recall would be too low, and a rule that leaves a share u unseen overlooks k that lie anywhere with the
    probability u^k, which must be at most 1 - confidence.
    """
    return float((1 - confidence) ** (1 / missing_for(relevant, target)))


@dataclass(frozen=True, slots=True)
class Pays:
    """From how many relevant records on stopping can pay, and the most that a rule saves with one fewer (as `most_saved`)."""

    enough: int
    saved_below: float


@lru_cache(maxsize=8)
def pays(target: float, confidence: float) -> Pays:
    """From how many relevant records on stopping can pay under a rule with a stated error."""
    enough = next((n for n in range(1, _NEVER) if most_saved(n, target, confidence) >= PAYS), _NEVER)
    return Pays(enough, most_saved(enough - 1, target, confidence))


_NEVER = 100_000
"""Where a single missing record is too much (a recall of 1), no number is enough."""
