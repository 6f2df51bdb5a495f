"""What is typed faster than the screen can follow is neither lost nor taken for something else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from textual import events
from textual.pilot import Pilot

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.tui.app import ReviewApp

NAMES = {" ": "space", "\n": "enter", ":": "colon"}


async def at_once(pilot: Pilot[None], typed: str) -> None:
    """All keys in one packet, as a network delivers them."""
    for sign in typed:
        pilot.app.post_message(events.Key(NAMES.get(sign, sign), None if sign == "\n" else sign))
    for _ in range(4):
        await pilot.pause()


def said(review: Review, kind: EventKind) -> list[tuple[str, str]]:
    with review.store.read() as transaction:
        found = event_rows.events(transaction, kinds=[kind])
        return [(one.text("verdict") or one.text("text"), one.text("reason")) for one in found]


@pytest.mark.parametrize(
    ("typed", "kind", "expected"),
    [
        ("E3", EventKind.DECISION, [("exclude", "wrong-comparator")]),
        ("nexclude me\n", EventKind.NOTE, [("exclude me", "")]),
    ],
)
async def test_a_dialog_gets_all_that_was_typed_with_the_key_that_opened_it(
    review_of: Callable[..., Review], typed: str, kind: EventKind, expected: list[tuple[str, str]]
) -> None:
    review = review_of(2, REASONS)
    async with ReviewApp(review, "Anna", Stage.TITLE_ABSTRACT).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await at_once(pilot, typed)
    assert said(review, kind) == expected
    assert said(review, EventKind.DECISION) == (expected if kind is EventKind.DECISION else [])


REASONS = "".join(
    f'[[reason]]\nid = "wrong-{name}"\nlabel = "Wrong {name}"\n' for name in ("population", "intervention", "comparator")
)
