"""Reading [living] of review.toml: the plan of a living review. Invariant: what comes out is printable in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prisma_tool.model.protocol.living import LivingPlan
from prisma_tool.model.text import one_line
from prisma_tool.review.protocol.checked_values import CheckedValues

LIVING_KEYS = ("schedule", "steps", "retirement")


def read_living(values: CheckedValues, data: Mapping[str, Any]) -> LivingPlan:
    """The plan that the table states; `values` checks it.

    Raises:
        ReviewError: an unknown key, or a value that is no text.
    """
    living = values.table(data, "living")
    schedule = living.get("schedule", {})
    if not isinstance(schedule, dict) or not all(isinstance(when, str) and when.strip() for when in schedule.values()):
        raise values.wrong(
            "living.schedule", 'must say when each source is searched: write PubMed = "monthly" below [living.schedule].'
        )
    texts = {key: one_line(values.text(living, key, "living.")) for key in ("steps", "retirement")}
    return LivingPlan({one_line(name): one_line(when) for name, when in schedule.items()}, **texts)
