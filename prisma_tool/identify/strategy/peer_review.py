"""Peer review of a strategy, kept: what a colleague said under the headings of PRESS 2015 (PRISMA-S item 14).

Owns the events of peer review. Invariant: an answer belongs to exactly the strategy that it was given for; the newest under a heading
by the same person stands.
"""

from __future__ import annotations

from prisma_tool.errors import UsageError
from prisma_tool.identify.strategy.guard.acceptance import digest
from prisma_tool.identify.strategy.guard.press import PressHeading
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review
from prisma_tool.store.projections import event_log

REVIEWED = "reviewed"
"""The `act` of a strategy event that holds an answer of a peer review."""


def heading_of(text: str) -> PressHeading:
    """The heading of PRESS that is meant: its number (1 to 6), or enough of its beginning to be the only one.

    Raises:
        UsageError: none, or several, are meant.
    """
    headings, wanted = list(PressHeading), text.strip().casefold()
    if wanted.isdecimal() and 1 <= int(wanted) <= len(headings):
        return headings[int(wanted) - 1]
    matches = [heading for heading in headings if wanted and heading.casefold().startswith(wanted)]
    if len(matches) == 1:
        return matches[0]
    listed = "; ".join(f"{number} {heading}" for number, heading in enumerate(headings, start=1))
    raise UsageError(f"“{one_line(text)}” is no heading of PRESS. They are: {listed}.")


def keep_answer(review: Review, plan: SearchPlan, heading: PressHeading, answer: str, by: str) -> None:
    """Keep what somebody said about a strategy under a heading of PRESS.

    Raises:
        UsageError: the answer is empty.
        StoreError: it could not be stored.
    """
    text = one_line(answer)
    if not text:
        raise UsageError("An answer is needed: what the colleague said, or that nothing was found.")
    payload = {
        "act": REVIEWED,
        "sha256": digest(plan),
        "strategy": plan.strategy,
        "source": plan.source,
        "operator": review.operator,
    }
    payload |= {"heading": heading.value, "answer": text, "by": one_line(by)}
    with review.store.write() as transaction:
        event_log.append(transaction, [event_log.Draft(EventKind.STRATEGY, plan.name, payload=payload)])
