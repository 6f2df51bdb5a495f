"""Drawing the rest of the queue at random, as the stopping rule that is valid under any order asks for (`ranking.sampling`).

A stretch of draws begins with an event of the log: how many reports were open and how many relevant ones known, a digest of the open
reports, and a seed. The draws follow from these alone: the open reports sorted by the SHA-256 of seed and key; so whoever has the log can
check that nobody chose them. A stretch ends with a relevant draw. It ends too where the reports are no longer those it began with (a
rerun added some, or duplicates were joined) or a relevant one was met outside it; then it proves nothing and is charged like the costliest.
Invariant: the event is stored before the first draw is shown, and no decision changes the order of a stretch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from typing import Any

from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.stopping import RuleName, Sampled
from prisma_tool.review.open_review import Review
from prisma_tool.screening.prioritised.label_sequence import STAGE, Viewpoint, sees_only_own_votes, viewpoint
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log

SAMPLING = "sampling"
"""The act of an `order` event with which a stretch begins."""


@dataclass(frozen=True, slots=True)
class Draws:
    """The stretches so far, the newest last, and the open reports in the order of their draw; no order where none is being drawn."""

    stretches: tuple[Sampled, ...] = ()
    order: tuple[str, ...] = ()


def draws_of(transaction: Transaction, view: Viewpoint, viewer: str) -> Draws:
    """What was drawn at random, as one viewer may know it; nothing where the protocol's rule asks for no such draws."""
    asked = transaction.protocol.screening.stopping.name is RuleName.ANY_ORDER
    beginnings = _beginnings(transaction, viewer) if asked else []
    if not beginnings:
        return Draws()
    *before, begun = beginnings
    earlier = _ended(before, [_read(row) for row in begun.payload.get("stretches", ())])
    members = _members(view, begun)
    if len(members) != begun.payload["open"] or digest_of(members) != begun.text("sha256"):
        return Draws((*earlier, _charged(begun)))
    order = in_draw_order(int(begun.payload["seed"]), members)
    current = _current(begun, view, order)
    if current.relevant:
        return Draws((*earlier, current))
    waiting = set(view.waiting)
    return Draws((*earlier, current), tuple(key for key in order if key in waiting))


def _beginnings(transaction: Transaction, viewer: str) -> list[Event]:
    """The events with which stretches began, the newest last, taken back or not: what was drawn has been seen."""
    own_only = sees_only_own_votes(transaction.protocol, viewer)
    events = event_rows.events(transaction, kinds=[EventKind.ORDER], reviewer=viewer if own_only else "")
    return [event for event in events if event.text("act") == SAMPLING]


def _ended(before: Sequence[Event], stretches: list[Sampled]) -> tuple[Sampled, ...]:
    """How earlier stretches ended, as the newest beginning says; one that it does not know of, as another copy began it, proves nothing."""
    listed = {(stretch.known, stretch.left) for stretch in stretches}
    unknown = (_charged(event) for event in before if (event.payload["found"], event.payload["open"]) not in listed)
    return (*stretches, *unknown)


def _read(row: Sequence[Any]) -> Sampled:
    known, left, draws, relevant = map(int, row)
    return Sampled(known, left, draws, bool(relevant))


def _charged(begun: Event) -> Sampled:
    """A stretch that proves nothing, as one whose first draw was relevant: nothing that could have happened costs more."""
    return Sampled(int(begun.payload["found"]), int(begun.payload["open"]), 1, relevant=True)


def _members(view: Viewpoint, begun: Event) -> list[str]:
    """The reports of today that were open when a stretch began."""
    return sorted({*view.open, *(label.key for label in view.labels if view.voted.get(label.key, 0) > begun.clock)})


def digest_of(keys: Collection[str]) -> str:
    """A digest of a set of reports."""
    return hashlib.sha256("\n".join(sorted(keys)).encode("utf-8", "replace")).hexdigest()


def in_draw_order(seed: int, keys: Collection[str]) -> tuple[str, ...]:
    """These reports in the order in which a seed draws them."""
    return _in_draw_order(seed, tuple(keys))


@lru_cache(maxsize=2)
def _in_draw_order(seed: int, keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(keys, key=lambda key: hashlib.sha256(f"{seed} {key}".encode("utf-8", "replace")).digest()))


def _current(begun: Event, view: Viewpoint, order: Sequence[str]) -> Sampled:
    """How far a stretch has come: the draws that were screened without a gap, to the first relevant one."""
    relevant = {label.key: label.relevant for label in view.labels}
    known, left = int(begun.payload["found"]), int(begun.payload["open"])
    screened = _without_gap(order, relevant)
    draws = next((number for number, key in enumerate(screened, 1) if relevant[key]), 0)
    if draws:
        return Sampled(known, left, draws, relevant=True)
    return Sampled(known, left, len(screened), relevant=False) if view.relevant == known else _charged(begun)


def _without_gap(order: Sequence[str], screened: Collection[str]) -> list[str]:
    gap = next((place for place, key in enumerate(order) if key not in screened), len(order))
    return list(order[:gap])


def is_due(transaction: Transaction, view: Viewpoint, draws: Draws) -> bool:
    """Whether the ranking has run dry, so that a stretch of random draws is to begin."""
    from prisma_tool.ranking.sampling import sampling_is_due

    rule = transaction.protocol.screening.stopping
    if rule.name is not RuleName.ANY_ORDER or draws.order or not view.open:
        return False
    return sampling_is_due(_run_by_rank(view), view.relevant, view.left, rule.target, again=bool(draws.stretches))


def _run_by_rank(view: Viewpoint) -> int:
    """How many irrelevant reports were met since the last relevant one, those drawn by chance left out: they say nothing of the ranking."""
    since = takewhile(lambda label: not label.relevant, reversed(view.labels))
    return sum(label.key not in view.chance for label in since)


def begin_where_due(review: Review, reviewer: str) -> bool:
    """Begin a stretch of random draws for a reviewer if the protocol's rule asks for one now; True where it did.

    Where nothing can be stored none begins, and the order is the one that stands.

    Raises:
        StoreError: the database refuses.
    """
    if review.only_read:
        return False
    with review.store.read() as transaction:
        if transaction.protocol.screening.stopping.name is not RuleName.ANY_ORDER:
            return False
        view = viewpoint(transaction, reviewer)
        if not is_due(transaction, view, draws_of(transaction, view, reviewer)):
            return False
    with review.store.write() as transaction:
        view = viewpoint(transaction, reviewer)
        draws = draws_of(transaction, view, reviewer)
        if not is_due(transaction, view, draws):
            return False
        event_log.append(transaction, list(_beginning(transaction, view, draws, reviewer)))
    return True


def _beginning(transaction: Transaction, view: Viewpoint, draws: Draws, reviewer: str) -> Iterator[event_log.Draft]:
    digest = digest_of(view.open)
    moment = hashlib.sha256(f"{digest} {transaction.now().isoformat()}".encode()).digest()
    payload = {
        "act": SAMPLING,
        "order": "random",
        "open": view.left,
        "found": view.relevant,
        "seed": int.from_bytes(moment[:4]),
        "sha256": digest,
        "stretches": [stretch.as_payload() for stretch in draws.stretches],
    }
    yield event_log.Draft(EventKind.ORDER, "", STAGE, reviewer, payload)
