"""What an examination of a review results in, as plain data."""

from __future__ import annotations

from typing import Any

CheckResult = tuple[str, list[str], str]
"""The name of a check, what is wrong, and what to say where nothing is."""

MENDS = "`prisma-tool doctor --rebuild` mends this"

_SHOWN = 3


def finding(name: str, problems: list[str], fine: str) -> dict[str, Any]:
    """A check as {"name", "holds", "detail"}; of many problems the first are enough to act on."""
    listed = "; ".join(problems[:_SHOWN]) + (f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else "")
    return {"name": name, "holds": not problems, "detail": listed or fine}
