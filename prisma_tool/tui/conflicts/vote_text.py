"""A conflict as text: one reviewer's vote with its reason and notes, and what is proposed. Pure.

Invariant: names, reasons and notes reach `Content` as plain text in one line each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from textual.content import Content

from prisma_tool.model.log.events import Event
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.screening.adjudication import Conflict
from prisma_tool.tui.widgets.progress_line import STAGE_NAMES
from prisma_tool.tui.widgets.record_text import QUIET, day


def vote_text(vote: Event, notes: Iterable[Event], protocol: Protocol) -> Content:
    """One side: who, the verdict with its reason, and what was noted."""
    return Content("\n").join(list(_side(vote, notes, protocol)))


def _side(vote: Event, notes: Iterable[Event], protocol: Protocol) -> Iterator[Content]:
    yield Content.styled(one_line(vote.reviewer), "bold")
    reason = vote.text("reason")
    label = one_line(protocol.reason_label(reason)) if reason else ""
    yield Content.assemble((vote.text("verdict").upper(), "bold reverse"), f"  {label}", (f"  {day(vote)}", QUIET))
    if vote.text("note"):
        yield Content(one_line(vote.text("note")))
    yield from (Content(f"Note: {one_line(note.text('text'))}") for note in notes if note.reviewer == vote.reviewer)


def about(conflict: Conflict, place: int, total: int, protocol: Protocol) -> Content:
    """The line above: which conflict of how many, at which stage, and what is proposed."""
    parts = [Content.styled(f"Conflict {place + 1} of {total} · {STAGE_NAMES[conflict.stage]}", QUIET)]
    if conflict.lesser:
        label = one_line(protocol.reason_label(conflict.proposed))
        parts.append(Content.assemble("only the reasons differ; ", (f"y: {label}", "bold"), ", the earliest in the list"))
    return Content(" · ").join(parts)


def end_text(settled: int) -> Content:
    """The page where no conflict is left."""
    done = f"{settled} settled in this sitting; u takes back the last. " if settled else ""
    return Content.assemble(("No conflicts are left.", "bold"), "\n\n", f"{done}The flow counts what was settled as you decided.")
