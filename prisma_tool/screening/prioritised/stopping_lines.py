"""What stopping now would risk, in lines. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prisma_tool.model.log.stopping_acts import ASSUMED, SET_LATE, begun_anew_words, missing_words
from prisma_tool.model.protocol.stopping import RuleName

if TYPE_CHECKING:
    from prisma_tool.screening.prioritised.stopping_risk import StoppingRisk


def stopping_risk_lines(risk: StoppingRisk) -> list[str]:
    """What stopping would risk, in lines."""
    if risk.stopped is not None:
        return [f"screening was stopped on {risk.stopped.at:%Y-%m-%d}; `prisma-tool rank --reopen` takes it up again"]
    begun = _begun_lines(risk) if risk.screened else [f"nothing screened yet, {risk.left} left; rule: {risk.rule.words}"]
    return [*begun, *([pays] if (pays := pays_words(risk)) else [])]


def _begun_lines(risk: StoppingRisk) -> Iterator[str]:
    p_value = "nothing relevant found yet" if risk.p is None else f"p = {risk.p:.3g}"
    advisory = " (advisory: known to stop too early)" if risk.rule.is_advisory else ""
    yield f"screened {risk.screened}, relevant {risk.relevant}, left {risk.left}"
    yield f"rule: {risk.rule.words}{advisory}: {'holds' if risk.holds else 'does not hold yet'} ({p_value})"
    yield missing_words(risk.most_missing, risk.rule.confidence) + assumption(risk)
    yield from remark_lines(risk)
    if risk.least_recall is not None:
        yield f"recall so far, of what these reviewers would include: {risk.least_percent} % to 100 %"
    if risk.forecast:
        yield forecast_words(risk)
    yield f"irrelevant since the last relevant one: {risk.consecutive} (advisory)"
    if risk.recall:
        yield (
            f"recall, from {risk.recall.draws} reports shown by chance: {risk.recall.estimate:.0%} "
            f"(95 % interval {risk.recall.low:.0%} to {risk.recall.high:.0%}, at this look)"
        )


def remark_lines(risk: StoppingRisk) -> list[str]:
    """What limits the promise of the rule in this review, in the words of footnote and methods."""
    begun = [begun_anew_words(risk.before)] if risk.before else []
    return begun + ([SET_LATE] if risk.set_late else [])


def assumption(risk: StoppingRisk) -> str:
    """What the bound on the missing takes for granted, to be put behind it."""
    return "" if risk.rule.name is RuleName.ANY_ORDER else f", {ASSUMED}"


def forecast_words(risk: StoppingRisk) -> str:
    """What the next hundred reports would bring; empty where nothing can be said."""
    coming = risk.forecast
    if coming is None:
        return ""
    return (
        f"the next {coming.next} would bring about {coming.about} relevant, at most {coming.at_most} (90 %); "
        f"the last {coming.window} brought {coming.before}"
    )


def pays_words(risk: StoppingRisk) -> str:
    """Whether the review has enough relevant reports for stopping to pay; empty where it has."""
    pays = risk.pays
    if pays is None or risk.relevant >= pays.enough or not risk.screened + risk.left:
        return ""
    saved = f"with fewer a rule saves at most {pays.saved_below:.0%} of what hindsight would"
    if (most := risk.relevant + risk.most_missing) < pays.enough:
        return f"too few relevant reports for stopping to pay: at most {most} in all, and it pays from {pays.enough} on; {saved}"
    return f"stopping pays from {pays.enough} relevant reports on, {risk.relevant} so far; {saved}"
