"""What stopping now would risk, and why a record is shown, as texts for the screen. Pure. Scores are never part of them."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from textual.content import Content

from prisma_tool.model.text import one_line
from prisma_tool.screening.prioritised.queue_order import ORDER_DESCRIPTIONS, OrderName
from prisma_tool.tui.widgets.record_text import QUIET

if TYPE_CHECKING:
    from prisma_tool.screening.prioritised.stopping import StoppingRisk


if TYPE_CHECKING:
    from prisma_tool.screening.prioritised.ranked_queue import RankExplanation


def stopping_part(now: StoppingRisk, width: int) -> Content:
    """The part of the panel on stopping."""
    return Content("\n").join([Content.styled("If you stopped now", "bold"), *_lines(now, width)])


def _lines(now: StoppingRisk, width: int) -> Iterator[Content]:
    if now.stopped is not None:
        yield Content(f"stopped on {now.stopped.at:%Y-%m-%d}")
        return
    yield Content(f"{now.screened:>5}  screened")
    yield Content(f"{now.relevant:>5}  relevant")
    yield Content(f"{now.plausibly_missed:>5}  at most missed (95 %)")
    yield Content(f"{'-' if now.p is None else f'{now.p:.2g}':>5}  p, rule {'holds' if now.holds else 'not yet'}")
    if now.recall is not None:
        yield Content(f"{now.recall.estimate:>5.0%}  recall ({now.recall.low:.0%} to {now.recall.high:.0%})")
    yield Content.styled(f"{now.consecutive:>5}  irrelevant in a row", QUIET)
    for line in wrap(now.rule.words + (" - advisory" if now.rule.is_advisory else ""), width):
        yield Content.styled(line, QUIET)


def why_text(order: OrderName, explanation: RankExplanation | None, *, by_chance: bool) -> Content:
    """Why a record is shown: its order, whether it was drawn, and the words that weigh most."""
    parts = [Content(f"Order: {order.value}, {ORDER_DESCRIPTIONS[order]}.")]
    if by_chance:
        parts.append(Content("Drawn by chance, so that recall can be estimated honestly."))
    if explanation is None:
        return Content("\n\n").join(parts)
    speaking = (
        ("Speak for it", [one for one in explanation.words if one.weight > 0]),
        ("Speak against it", [one for one in explanation.words if one.weight < 0]),
    )
    for heading, words in speaking:
        if words:
            parts.append(Content.assemble((heading, "bold"), "\n", ", ".join(one_line(one.word) for one in words)))
    if not explanation.answers:
        parts.append(
            Content("The protocol's question (9) says nothing about it: it is empty, or none of its words stand in the records.")
        )
        return Content("\n\n").join(parts)
    side = "better" if explanation.answers > 0 else "worse"
    parts.append(Content(f"It answers the review question {side} than the average record."))
    if not explanation.words:
        parts.append(Content("Nothing relevant is known yet, so the question alone decides."))
    return Content("\n\n").join(parts)
