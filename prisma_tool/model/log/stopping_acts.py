"""The acts of stopping a prioritised screening and of opening it again, as the log keeps them.

Invariant: the last act of a stage that nobody took back is the one in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from prisma_tool.model.log.events import Event, by_order
from prisma_tool.model.protocol.stopping import CONFIDENCE, RuleName


class StoppingAct(StrEnum):
    """What a `stopping` event says."""

    RULE = "rule"
    """The rule was set or changed by a command."""
    STOPPED = "stopped"
    REOPENED = "reopened"


ASSUMED = "if the order was never worse than random"
"""What the bound on the missing takes for granted except where records are drawn at random."""
SET_LATE = "the rule was set or changed after screening had begun"
_WITHOUT_ASSUMPTION = frozenset({RuleName.CONSECUTIVE.value, RuleName.KNEE.value})
"""The rules whose own words do not name what the bound takes for granted."""


def stop_in_force(events: Iterable[Event]) -> Event | None:
    """The newest act of stopping that was not reopened; `events` are the `stopping` events that nobody took back."""
    acts = sorted((event for event in events if event.text("act") != StoppingAct.RULE), key=by_order)
    return acts[-1] if acts and acts[-1].text("act") == StoppingAct.STOPPED else None


def stop_description(payload: Mapping[str, Any]) -> str:
    """How a stop is told in a footnote and in the methods: the rule, its parameters, whether it held, and when it was set."""
    words = str(payload.get("words", ""))
    p_value, most = payload.get("p"), payload.get("most_missing")
    if isinstance(p_value, float):
        words += f"; p = {p_value:.2g}"
    if isinstance(most, int):
        words += f"; {missing_words(most, _confidence_in(payload))}"
    if isinstance(most, int) and payload.get("rule") in _WITHOUT_ASSUMPTION:
        words += f", {ASSUMED}"
    if before := payload.get("before"):
        words += f"; {begun_anew_words(before)}"
    if not payload.get("held", True):
        words += "; the rule did not hold yet"
    if payload.get("set_late"):
        words += f"; {SET_LATE}"
    return words


def _confidence_in(payload: Mapping[str, Any]) -> float:
    value = payload.get("confidence")
    return float(value) if isinstance(value, int | float) else CONFIDENCE


def begun_anew_words(before: int) -> str:
    """How it is told that reports were added in the middle, of which what was screened before says nothing."""
    return f"reports were added after {before} had been screened, and the test begins there"


def missing_words(most: int, confidence: float) -> str:
    """How it is told, in each place in the same words, that no more relevant reports than these may be missing."""
    return f"at most {most} relevant {'report' if most == 1 else 'reports'} may be missing (confidence {confidence:.4g} over all looks)"
