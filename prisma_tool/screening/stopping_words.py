"""What stopping now would risk, in lines for people; `status`, `rank` and the screening screen tell it alike. Pure."""

from __future__ import annotations

from prisma_tool.screening.stopping import Outlook


def outlook_lines(now: Outlook) -> list[str]:
    """What stopping would risk, in lines."""
    if now.stopped is not None:
        return [f"screening was stopped on {now.stopped.at:%Y-%m-%d}; `prisma-tool rank --reopen` takes it up again"]
    if not now.screened:
        return [f"nothing screened yet, {now.left} left; rule: {now.rule.words}"]
    p_value = "nothing relevant found yet" if now.p is None else f"p = {now.p:.3g}"
    advisory = " (advisory: known to stop too early)" if now.rule.is_advisory else ""
    lines = [
        f"screened {now.screened}, relevant {now.found}, left {now.left}",
        f"rule: {now.rule.words}{advisory}: {'holds' if now.holds else 'does not hold yet'} ({p_value})",
        f"at most {now.plausibly_missed} relevant reports are plausibly missed (95 %)",
        f"irrelevant since the last relevant one: {now.consecutive} (advisory)",
    ]
    if now.recall:
        lines.append(
            f"recall, from {now.recall.draws} reports shown by chance: {now.recall.estimate:.0%} "
            f"(95 % interval {now.recall.low:.0%} to {now.recall.high:.0%})"
        )
    return lines
