"""How a stopped screening is told in the methods of a manuscript. Pure."""

from __future__ import annotations

from prisma_tool.screening.stopping import Stopped


def sentence(done: Stopped) -> str:
    """The sentences for the methods, with the rule, its parameters and what may have been missed."""
    now = done.outlook
    estimate = (
        f" From the reports drawn by chance, recall was estimated at {now.recall.estimate:.0%} (95 % interval {now.recall.low:.0%} to "
        f"{now.recall.high:.0%}; {now.recall.draws} draws)."
        if now.recall
        else ""
    )
    return (
        f"Screening of titles and abstracts was stopped before its end (prisma-tool), after {now.screened} of "
        f"{now.screened + now.left} reports, {now.found} of them relevant ({done.words}); {len(done.reports)} reports were left unscreened "
        f"and counted as marked as ineligible by automation tools. With 95 % confidence at most {now.plausibly_missed} relevant reports "
        f"were missed.{estimate}"
    )
