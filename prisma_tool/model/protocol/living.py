"""How a review is kept living, as its authors plan it: when each source is searched again, when the other steps follow, when it ends.

These are the parameters that PRISMA-LSR asks for (item L1). Pure. Invariant: every text is the authors' own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LivingPlan:
    """The plan; empty where the review is not a living one. `schedule` is by the name of the source or search."""

    schedule: Mapping[str, str] = field(default_factory=dict)
    steps: str = ""
    retirement: str = ""

    def __bool__(self) -> bool:
        return bool(self.schedule or self.steps or self.retirement)
