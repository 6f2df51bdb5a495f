"""What a new review needs before the first title is screened, one line a step; each goes when it is done. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from prisma_tool.history.overview import Overview
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.tui.widgets.record_text import QUIET


def first_steps(overview: Overview, protocol: Protocol, *, somebody_decided: bool = False) -> Content:
    """The steps that are still to be done; nothing once somebody has decided on a title, though others must yet decide on it."""
    is_begun = somebody_decided or (overview.records > 0 and overview.to_screen < overview.unique - overview.removed)
    steps = [] if is_begun else list(_steps(overview, protocol))
    return Content("\n").join([Content.styled("First steps", "bold"), *steps]) if steps else Content("")


def _steps(overview: Overview, protocol: Protocol) -> Iterator[Content]:
    if not protocol.reviewers:
        yield _step("Say who reviews", "9, then Enter: team")
    if not (protocol.include or protocol.exclude):
        yield _step("Write down the criteria", "9, then Enter: criteria")
    if not overview.records:
        yield _step("Bring in records", "+ imports files, 2 runs searches")
    if not overview.records or overview.waiting_for_comparison:
        yield _step("Join duplicates", "3, then R")
    yield _step("Screen the first title", "4, then i, e or m")


def _step(what: str, way: str) -> Content:
    return Content.assemble(f"  · {what:<26}", (way, QUIET))
