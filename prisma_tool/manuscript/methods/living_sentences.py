"""Sentences about a living review: what its authors plan, and how often it was watched. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_tool.manuscript.methods.facts import LivingFacts
from prisma_tool.manuscript.words import between, names
from prisma_tool.model.protocol.living import LivingPlan


def living_sentence(plan: LivingPlan) -> str:
    """The plan in a sentence or three (PRISMA-LSR item L1); empty where [living] of review.toml says nothing."""
    schedule = [f"{source} {when}" for source, when in plan.schedule.items()]
    parts = (
        f"The review is a living one; it was planned to search {names(schedule)}." if schedule else "",
        f"The other steps: {_ended(plan.steps)}" if plan.steps else "",
        f"The living mode ends: {_ended(plan.retirement)}" if plan.retirement else "",
    )
    return " ".join(filter(None, parts))


def living_sentences(facts: LivingFacts) -> Iterator[str]:
    """Rests on [living] of review.toml and on `watch` events."""
    plan = living_sentence(facts.plan)
    if plan:
        yield plan
    if facts.watched:
        n, when = len(facts.watched), between(facts.watched[0], facts.watched[-1])
        always, sometimes = (", the citation searches", "") if facts.cited == n else ("", _with_citations(facts.cited))
        what = f"All searches of the protocol that are run from prisma-tool{always}, and the checks for retractions,"
        yield f"{what} were rerun together {_times(n)}, {when}{sometimes}."


def _with_citations(n: int) -> str:
    return f"; {_times(n)} the citation searches were rerun with them" if n else ""


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"


def _ended(text: str) -> str:
    return text if text[-1] in ".?!" else f"{text}."
