"""Entering numbers from before this tool by hand, and taking them back (counting rule 23).

Invariant: an entry is stored only if it names a place in the figure, has a note, and leaves no number below zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from prisma_tool.errors import DecisionError, UsageError
from prisma_tool.flow.adjustments import ADJUSTABLE, FIXED_LINES, LINES_OF, REASON_LISTS, AdjustableBox
from prisma_tool.flow.as_json import count_keys, list_keys
from prisma_tool.flow.flow import Check, CheckKind, Flow
from prisma_tool.flow.read import flow_at
from prisma_tool.flow.scope import Moment, Scope
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.projections import event_log

_NUMBER = re.compile(r"[+-]\d{1,9}")
LISTS_WITH_LABELS = ("database_specific_results", "register_specific_results", "other_specific_results", *REASON_LISTS)


@dataclass(frozen=True, slots=True)
class EnteredAdjustment:
    """A number entered by hand as people read it: `box` names a reason by its label, `at` is ISO 8601."""

    box: str
    n: int
    note: str
    reviewer: str
    at: str


def number(text: str) -> int:
    """The number that `+12` or `-3` names.

    Raises:
        UsageError: no sign, no number, zero, or more than nine digits.
    """
    if not _NUMBER.fullmatch(text) or not int(text):
        raise UsageError(f"'{one_line(text)}' is not a number with its sign: write +12 to add twelve, -3 to take three away.")
    return int(text)


def enter(review: Review, box: str, n: int, note: str, reviewer: str, source: str = "") -> tuple[EnteredAdjustment, list[Check]]:
    """Store a number; returns it, and the strict relations that do not hold (yet) with it.

    Args:
        review: the open review.
        box: a key of `flow --json`, or a line of a list ("dbr_excluded:Wrong population").
        n: what is added, or taken away where it is negative.
        note: where the number comes from; one line, shown as a footnote.
        reviewer: who enters it; empty where nobody signs.
        source: the line of `box`, for lists of sources.

    Raises:
        UsageError: no such box or line.
        DecisionError: no note, or a box would fall below zero.
    """
    text = one_line(note)
    if not text:
        raise DecisionError("Say in --note where the number comes from; the figure's footnote shows it.")
    target = _parse_box(box, one_line(source), review.protocol)
    if n < 0 and target.name in LINES_OF:
        raise DecisionError(f"Say which source had fewer: `prisma-tool adjust {target.name}:NAME {n} --note ...`.")
    with review.store.write() as transaction:
        stored = f"{target.name}:{target.label}" if target.label else target.name
        draft = event_log.Draft(EventKind.ADJUSTMENT, stored, reviewer=reviewer, payload={"n": n, "note": text})
        event = event_log.append(transaction, [draft])[0]
        flow = flow_at(transaction, review.protocol, Moment(), Scope())
        below = next(_below_zero(flow), "")
        if below:
            raise DecisionError(f"{below} would fall below zero; nothing was stored.")
    return _entered_adjustment(event, review.protocol), [
        check for check in flow.checks if check.kind is CheckKind.STRICT and not check.holds
    ]


def _parse_box(box: str, source: str, protocol: Protocol) -> AdjustableBox:
    name, _, label = box.partition(":")
    if source:
        name, label = _with_source(box, source)
    elif label:
        name = LINES_OF.get(name, name)
    target = AdjustableBox.of(f"{name.strip()}:{one_line(label)}")
    if target.name in REASON_LISTS and target.label:
        target = AdjustableBox(target.name, _reason_id(target.label, protocol))
    if not target.exists:
        if target.name in LISTS_WITH_LABELS:
            raise UsageError(f'Name the line too, such as "{target.name}:LABEL".')
        lines = ", ".join(f"{list_name}:LABEL" for list_name in LISTS_WITH_LABELS)
        raise UsageError(f"There is no box '{one_line(box)}'. Boxes: {', '.join((*ADJUSTABLE, *FIXED_LINES))}; lines: {lines}.")
    return target


def _with_source(box: str, source: str) -> tuple[str, str]:
    lines = LINES_OF.get(box, box)
    if lines not in ("database_specific_results", "register_specific_results", "other_specific_results"):
        raise UsageError("--source goes with database_results, register_results and other_specific_results.")
    return lines, source


def _reason_id(label: str, protocol: Protocol) -> str:
    reason = protocol.reason(label)
    if reason is None:
        known = "; ".join(listed.label for listed in protocol.reasons)
        raise UsageError(f"'{label}' is not a reason of this review. Reasons in review.toml: {known}.")
    return reason.id


def _below_zero(flow: Flow) -> Iterator[str]:
    yield from (key for key in count_keys(flow) if (counted := getattr(flow, key)) is not None and counted.n < 0)
    for name in list_keys(flow):
        yield from (f"{name}:{label}" for label, counted_line in getattr(flow, name).items() if counted_line.n < 0)


def take_back(review: Review, box: str, reviewer: str) -> EnteredAdjustment:
    """Undo the newest number that stands.

    Args:
        review: the open review.
        box: only numbers of this box or line, named as in `EnteredAdjustment.box`; empty for any.
        reviewer: who takes it back; empty where nobody signs.

    Raises:
        DecisionError: there is none, or a box would fall below zero without it.
    """
    with review.store.write() as transaction:
        events = event_rows.not_undone(transaction, EventKind.ADJUSTMENT)
        pairs = [(event, _entered_adjustment(event, review.protocol)) for event in events]
        name = one_line(box).casefold()
        newest = next((pair for pair in reversed(pairs) if not name or pair[1].box.casefold() == name), None)
        if newest is None:
            raise DecisionError("No number entered by hand stands" + (f" for {one_line(box)}." if box else " in this review."))
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, newest[0].id, reviewer=reviewer)])
        below = next(_below_zero(flow_at(transaction, review.protocol, Moment(), Scope())), "")
        if below:
            raise DecisionError(f"{below} would fall below zero without it; take back what was taken away there first.")
    return newest[1]


def entries(review: Review) -> list[EnteredAdjustment]:
    """The numbers that stand, oldest first."""
    with review.store.read() as transaction:
        return [_entered_adjustment(event, review.protocol) for event in event_rows.not_undone(transaction, EventKind.ADJUSTMENT)]


def _entered_adjustment(event: Event, protocol: Protocol) -> EnteredAdjustment:
    target = AdjustableBox.of(event.subject)
    label = protocol.reason_label(target.label) if target.name in REASON_LISTS else target.label
    box = f"{target.name}:{label}" if label else target.name
    return EnteredAdjustment(
        box, int(event.payload.get("n", 0)), event.text("note"), event.reviewer, event.at.isoformat(timespec="seconds")
    )
