"""Reading [screening.stopping] of review.toml. Invariant: a value that is not allowed is named with its key and what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from prisma_tool.errors import ReviewError
from prisma_tool.model.protocol.stopping import CONFIDENCE, COUNT, RANDOM_SHARE, TARGET, Rule, RuleName

TABLE = "screening.stopping"
_KEYS = ("rule", "target", "confidence", "count", "random_share")
Wrong = Callable[[str, str], ReviewError]
"""Makes the error for a key and what is wrong with it."""


def read_stopping(data: Any, wrong: Wrong) -> tuple[Rule, float]:
    """The stopping rule, and the share (0 to 0.5) of the queue that is drawn by chance.

    Raises:
        ReviewError: an unknown key, or a value that is not allowed.
    """
    if not isinstance(data, dict):
        raise wrong(TABLE, f"must be a table: write [{TABLE}] on a line of its own.")
    for key in data:
        if key not in _KEYS:
            close = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"did you mean '{close[0]}'?" if close else f"known are: {', '.join(_KEYS)}."
            raise wrong(f"{TABLE}.{key}", f"is not a known key; {hint}")
    rule = Rule(
        name=_name(data, wrong),
        target=_number(data, "target", TARGET, (0.01, 1.0), wrong),
        confidence=_number(data, "confidence", CONFIDENCE, (0.5, 0.9999), wrong),
        count=_count(data, wrong),
    )
    return rule, _number(data, "random_share", RANDOM_SHARE, (0.0, 0.5), wrong)


def _name(data: Mapping[str, Any], wrong: Wrong) -> RuleName:
    value = data.get("rule", RuleName.HYPERGEOMETRIC.value)
    if value not in tuple(RuleName):
        raise wrong(f"{TABLE}.rule", f"must be one of: {', '.join(RuleName)}.")
    return RuleName(value)


def _count(data: Mapping[str, Any], wrong: Wrong) -> int:
    value = data.get("count", COUNT)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise wrong(f"{TABLE}.count", "must be a number of records, 1 or more.")
    return value


def _number(data: Mapping[str, Any], key: str, default: float, bounds: tuple[float, float], wrong: Wrong) -> float:
    value, (least, most) = data.get(key, default), bounds
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        raise wrong(f"{TABLE}.{key}", f"must be a number from {least} to {most}.")
    return float(value)
