"""What stands first in the panel beside a full text: the reasons with the keys that give them, and the criteria as they were answered. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from textwrap import wrap

from textual.content import Content

from prisma_tool.model.log.events import Event
from prisma_tool.model.protocol.criteria import Answer
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.tui.widgets.choices import KEYS_BESIDE_VERDICTS
from prisma_tool.tui.widgets.record_text import QUIET

_SIGNS = {Answer.YES: "+", Answer.NO: "-", Answer.UNCLEAR: "?"}


def reasons_text(protocol: Protocol, vote: Event | None, width: int) -> Content:
    """The reasons in their order, the one of the reviewer's own vote marked; below them the criteria that led to that vote."""
    chosen = vote.text("reason") if vote else ""
    reasons = [
        line
        for key, reason in zip(KEYS_BESIDE_VERDICTS.ljust(len(protocol.reasons)), protocol.reasons, strict=False)
        for line in _lines(key, one_line(reason.label), "bold reverse" if reason.id == chosen else "", width)
    ]
    parts = [Content("\n").join([Content.styled("Reasons (e, then the key)", "bold"), *reasons])] if reasons else []
    answers = vote.payload.get("answers") if vote else None
    if isinstance(answers, Mapping) and answers:
        parts.append(Content("\n").join([Content.styled("Your answers", "bold"), *_answered(protocol, answers)]))
    return Content("\n\n").join(parts)


def _lines(key: str, label: str, style: str, width: int) -> Iterator[Content]:
    first, *rest = wrap(label, width - 2) or [""]
    yield Content.assemble((f"{key} ", QUIET), (first, style))
    yield from (Content.assemble("  ", (line, style)) for line in rest)


def _answered(protocol: Protocol, answers: Mapping[str, object]) -> Iterator[Content]:
    signs = {answer.value: sign for answer, sign in _SIGNS.items()}
    for criterion in protocol.criteria:
        if (answer := answers.get(criterion.reason)) is not None:
            yield Content.assemble((f"{signs.get(str(answer), ' ')} ", QUIET), one_line(criterion.question))
