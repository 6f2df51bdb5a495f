"""What stopping now would risk, and why a record is shown, as texts for the screen. Pure. Scores are never part of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from textual.content import Content

from prisma_tool.model.log.stopping_acts import missing_words, stop_description
from prisma_tool.model.text import one_line
from prisma_tool.screening.prioritised.queue_order import ORDER_DESCRIPTIONS, OrderName
from prisma_tool.screening.prioritised.stopping_lines import assumption, pays_words, remark_lines
from prisma_tool.tui.widgets.record_text import QUIET

if TYPE_CHECKING:
    from prisma_tool.model.log.events import Event
    from prisma_tool.ranking.explanation import Weight
    from prisma_tool.screening.prioritised.ranked_queue import RankExplanation
    from prisma_tool.screening.prioritised.stopping import StopResult
    from prisma_tool.screening.prioritised.stopping_risk import StoppingRisk


def stopping_part(now: StoppingRisk, width: int) -> Content:
    """The part of the panel on stopping."""
    return Content("\n").join([Content.styled("If you stopped now", "bold"), *_lines(now, width)])


def _lines(now: StoppingRisk, width: int) -> Iterator[Content]:
    if now.stopped is not None:
        yield Content(f"stopped on {now.stopped.at:%Y-%m-%d}")
        return
    yield Content(f"{now.screened:>5}  screened")
    yield Content(f"{now.relevant:>5}  relevant")
    yield Content(f"{now.most_missing:>5}  may be missing, at most")
    if now.relevant:
        yield Content(f"{now.least_percent:>3} %  recall so far, at least")
    yield from _quiet(
        f"of what these reviewers would include; confidence {now.rule.confidence:.4g} over all looks{assumption(now)}", width
    )
    for remark in remark_lines(now):
        yield from _quiet(remark, width)
    if now.forecast:
        yield Content(f"{now.forecast.about:>5}  in the next {now.forecast.next} (up to {now.forecast.at_most})")
        yield Content(f"{'':7}{curve(now.yields)}")
        yield Content.styled(f"{'':7}relevant, first to last", QUIET)
    yield Content(_rule_words(now))
    if now.recall is not None:
        yield Content(f"{now.recall.estimate:>5.0%}  recall by chance draws")
        yield Content.styled(f"{'':7}{now.recall.low:.0%} to {now.recall.high:.0%} at this look", QUIET)
    yield Content.styled(f"{now.consecutive:>5}  irrelevant in a row", QUIET)
    yield from _quiet(now.rule.words + (" - advisory" if now.rule.is_advisory else ""), width)
    yield from _quiet(pays_words(now), width)


def _rule_words(now: StoppingRisk) -> str:
    """Whether the rule lets one stop, and by which p; where no p can be computed, none is shown."""
    p_value = "" if now.p is None else f" (p = {now.p:.2g})"
    return f"The rule holds{p_value}: P stops" if now.holds else f"The rule does not hold yet{p_value}"


def _quiet(words: str, width: int) -> Iterator[Content]:
    return (Content.styled(line, QUIET) for line in wrap(words, width))


def stop_question(done: StopResult) -> Content:
    """What stopping now would come to: the rule, its numbers, and what is left."""
    now = done.stopping_risk
    p_value = "" if now.p is None else f" (p = {now.p:.2g})"
    return Content(
        f"The rule of the protocol holds{p_value}: {now.rule.words}.\n\n"
        f"Screened {now.screened:,} of {now.screened + now.left:,} reports, {now.relevant:,} of them relevant. Left: {len(done.reports):,}, which would "
        "stay unscreened, marked as ineligible by automation tools.\n\n"
        f"{_claim(now)}\n\n{pays_words(now)}".rstrip()
    )


def _claim(now: StoppingRisk) -> str:
    claim = "; ".join([missing_words(now.most_missing, now.rule.confidence) + assumption(now), *remark_lines(now)])
    recall = f" Recall so far, of what these reviewers would include: at least {now.least_percent} %." if now.relevant else ""
    return f"{claim[0].upper()}{claim[1:]}.{recall}"


def stopped_text(done: StopResult) -> Content:
    """What stands after a stop, in the words of the figure's footnote."""
    return Content(
        f"Unscreened reports marked as ineligible by automation tools: {len(done.reports):,}.\n\nThe figure's footnote says: {done.words}.\n\n"
        "The same key takes screening up again."
    )


def reopening_question(stopped: Event) -> Content:
    """What is in force, and what would be taken up again."""
    return Content(
        f"Stopped on {stopped.at:%Y-%m-%d} by {one_line(stopped.reviewer)}: {one_line(stop_description(stopped.payload))}.\n\n"
        "What was set aside then and is still unscreened would wait again."
    )


def reopened_text(records: int) -> Content:
    """What stands after screening was taken up again."""
    return Content(f"Records to be screened again: {records:,}.")


_HEIGHTS = "▁▂▃▄▅▆▇█"


def curve(yields: Sequence[int]) -> str:
    """A small curve: one bar for each part of the screening, as high as what it brought; a part that brought nothing has the lowest bar."""
    most = max(yields, default=0)
    return "".join(_HEIGHTS[-(-n * (len(_HEIGHTS) - 1) // most) if most else 0] for n in yields)


_BAR = 16


def _bars(words: Sequence[Weight], explanation: RankExplanation) -> Iterator[Content]:
    """Each word after a bar; the longest belongs to the word of all that weighs most."""
    most = max(abs(one.weight) for one in explanation.words)
    for one in words:
        cells = max(1, round(_BAR * abs(one.weight) / most))
        style = "$text-success" if one.weight > 0 else "$text-error"
        yield Content.assemble(" " * (_BAR - cells), ("━" * cells, style), f"  {one_line(one.word)}")


def with_words_marked(content: Content, words: Iterable[str]) -> Content:
    """The text of a record with these words, or pairs of words, marked wherever they stand."""
    for word in words:
        pattern = r"\W+".join(map(re.escape, word.split()))
        for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", content.plain, re.IGNORECASE):
            content = content.stylize("bold reverse", *match.span())
    return content


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
            parts.append(Content("\n").join([Content.styled(heading, "bold"), *_bars(words, explanation)]))
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
