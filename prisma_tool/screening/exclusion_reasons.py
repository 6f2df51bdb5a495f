"""The exclusion reasons of a review: renaming, moving and adding them, merging one into another, and what each is used for.

Invariants: votes are never touched; a reason keeps its id under every label; a merge is an event, so it can be undone, travels with
copies, and an earlier day shows the reasons apart. review.toml is written last, and only it says which reasons are offered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.log.merged_reasons import merges_of
from prisma_tool.model.protocol.protocol import Protocol, Reason
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.open_review import Review, note_found
from prisma_tool.review.protocol import edit_reasons
from prisma_tool.review.protocol.file import protocol_text, write_protocol
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.review.protocol_log import ProtocolAct, note_protocol
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, merged_reasons


@dataclass(frozen=True, slots=True)
class ReasonUse:
    """A reason and how many reports were excluded for it at each stage.

    `place` counts from 1 in the protocol's order; 0 where review.toml does not list it. `merged` are the ids of the reasons that count
    under it.
    """

    id: str
    label: str
    place: int
    title_abstract: int
    full_text: int
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MergedReason:
    """A reason that counts under another, whose id is `into`."""

    id: str
    label: str
    into: str


@dataclass(frozen=True, slots=True)
class ReasonUses:
    """The reasons in their order, those that votes name but review.toml does not list, and the merges that stand."""

    listed: tuple[ReasonUse, ...]
    unlisted: tuple[ReasonUse, ...]
    merged: tuple[MergedReason, ...]


def reason_uses(review: Review) -> ReasonUses:
    """The reasons of a review and what they are used for."""
    protocol = current_protocol(review)
    with review.store.read() as transaction:
        counts = merged_reasons.reports_by_reason(transaction)
        merges = merged_reasons.merges(transaction)
    into = merges_of(merges.values())
    listed = [_reason_use(reason, place, counts, into) for place, reason in enumerate(protocol.reasons, 1)]
    listed_ids = {reason.id for reason in protocol.reasons}
    unlisted = sorted({reason for reason, _ in counts} - listed_ids)
    return ReasonUses(
        tuple(listed),
        tuple(_reason_use(Reason(reason_id, reason_id), 0, counts, into) for reason_id in unlisted),
        tuple(
            MergedReason(reason_id, event.text("label") or reason_id, into[reason_id])
            for reason_id, event in sorted(merges.items())
            if reason_id in into
        ),
    )


def _reason_use(reason: Reason, place: int, counts: Mapping[tuple[str, str], int], into: Mapping[str, str]) -> ReasonUse:
    by_stage = {stage: counts.get((reason.id, stage.value), 0) for stage in Stage}
    merged_ids = tuple(sorted(merged_id for merged_id, target_id in into.items() if target_id == reason.id))
    return ReasonUse(reason.id, reason.label, place, by_stage[Stage.TITLE_ABSTRACT], by_stage[Stage.FULL_TEXT], merged_ids)


def current_protocol(review: Review) -> Protocol:
    """The protocol as review.toml states it now, which a window that has been open for long may not know."""
    return parse_protocol(review.protocol_text(), str(review.folder / FILE_NAME))


def rename(review: Review, old: str, label: str) -> Reason:
    """Give a reason another label; its votes stay with it.

    Args:
        review: The review.
        old: The reason, by its id or its present label.
        label: Its new label.

    Raises:
        DecisionError: there is no such reason, or the label is empty or another's.
        ReviewError: review.toml cannot be written or edited.
    """
    protocol = current_protocol(review)
    reason = _required(protocol, old)
    _check_label(protocol, label, besides=reason.id)
    _write(review, lambda text: edit_reasons.renamed(text, reason.id, label))
    return replace(reason, label=one_line(label))


def move(review: Review, which: str, place: int) -> Reason:
    """Move a reason to a place of the list, counted from 1: the first that applies is the reason.

    Raises:
        DecisionError: there is no such reason or place.
        ReviewError: review.toml cannot be written or edited.
    """
    protocol = current_protocol(review)
    reason = _required(protocol, which)
    if not 1 <= place <= len(protocol.reasons):
        raise DecisionError(f"There is no place {place} in a list of {len(protocol.reasons)} reasons; nothing was changed.")
    _write(review, lambda text: edit_reasons.moved(text, reason.id, place))
    return reason


def add(review: Review, label: str, place: int | None = None) -> Reason:
    """Add a reason at a place of the list, else at its end.

    Raises:
        DecisionError: the label is empty or another's, or there is no such place.
        ReviewError: review.toml cannot be written or edited.
    """
    protocol = current_protocol(review)
    _check_label(protocol, label)
    at = len(protocol.reasons) + 1 if place is None else place
    if not 1 <= at <= len(protocol.reasons) + 1:
        raise DecisionError(f"There is no place {at} in a list of {len(protocol.reasons)} reasons; nothing was changed.")
    with review.store.read() as transaction:
        used_ids = _used_ids(transaction, protocol)
    reason = Reason(edit_reasons.fresh_id(label, used_ids), one_line(label))
    _write(review, lambda text: edit_reasons.added(text, reason, at))
    return reason


def merge(review: Review, which: str, into: str, reviewer: str) -> tuple[Reason, Reason]:
    """Let all votes for one reason count under another from now on, and offer it no more; returns both.

    The reason that goes may be one that votes name and review.toml no longer lists.

    Args:
        review: The review.
        which: The reason that goes, by its id or label.
        into: The reason that stays, by its id or label.
        reviewer: Who merges.

    Raises:
        DecisionError: one is no reason of this review, or both are the same.
        ReviewError: review.toml cannot be written or edited.
    """
    protocol = current_protocol(review)
    target = _required(protocol, into)
    with review.store.write() as transaction:
        source = protocol.reason(which) or _unlisted(transaction, which)
        if source is None:
            raise _unknown(protocol, which)
        if source.id == target.id:
            raise DecisionError(f"'{target.label}' cannot be merged into itself; nothing was changed.")
        payload = {"into": target.id, "label": source.label, "place": protocol.reason_rank(source.id) + 1}
        event_log.append(transaction, [event_log.Draft(EventKind.REASON, source.id, reviewer=reviewer, payload=payload)])
    if protocol.reason(source.id):
        _write(review, lambda text: edit_reasons.without(text, source.id))
    return source, target


def unmerge(review: Review, which: str, reviewer: str) -> Reason:
    """Take back a merge: votes for the reason count under it again, and it is offered again at its place.

    Args:
        review: The review.
        which: The reason that was merged into another, by its id or former label.
        reviewer: Who takes the merge back.

    Raises:
        DecisionError: no such reason was merged.
        ReviewError: review.toml cannot be written or edited.
    """
    with review.store.write() as transaction:
        merges = merged_reasons.merges(transaction)
        event = next((merge_event for merge_event in merges.values() if _is_meant(merge_event, which)), None)
        if event is None:
            raise DecisionError(
                f"No reason '{one_line(which)}' was merged into another; `prisma-tool reasons list` tells which were."
            )
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, event.id, reviewer=reviewer)])
    reason = Reason(event.subject, event.text("label") or event.subject)
    protocol = current_protocol(review)
    if protocol.reason(reason.id) is None and event.text("label"):
        place = min(int(event.payload.get("place", 1)), len(protocol.reasons) + 1)
        _write(review, lambda text: edit_reasons.added(text, reason, place))
    return reason


def _is_meant(event: Event, which: str) -> bool:
    name = one_line(which).casefold()
    return name in (event.subject.casefold(), event.text("label").casefold())


def _required(protocol: Protocol, text: str) -> Reason:
    reason = protocol.reason(one_line(text))
    if reason is None:
        raise _unknown(protocol, text)
    return reason


def _unknown(protocol: Protocol, text: str) -> DecisionError:
    listed = "; ".join(reason.label for reason in protocol.reasons)
    return DecisionError(f"'{one_line(text)}' is not a reason of this review. Reasons in {FILE_NAME}: {listed}.")


def _check_label(protocol: Protocol, label: str, besides: str = "") -> None:
    name = one_line(label)
    if not slug(name).strip("-") or not any(character.isalnum() for character in name):
        raise DecisionError("A reason needs a label with letters or digits; nothing was changed.")
    same = next(
        (reason for reason in protocol.reasons if reason.label.casefold() == name.casefold() and reason.id != besides), None
    )
    if same is not None:
        raise DecisionError(
            f"There is a reason '{same.label}' already; to count one under the other: `prisma-tool reasons merge`."
        )


def _unlisted(transaction: Transaction, which: str) -> Reason | None:
    reason_id = one_line(which)
    known = {reason for reason, _ in merged_reasons.reports_by_reason(transaction)}
    return Reason(reason_id, "") if reason_id in known else None


def _used_ids(transaction: Transaction, protocol: Protocol) -> list[str]:
    named_by_votes = {reason for reason, _ in merged_reasons.reports_by_reason(transaction)}
    return [*(reason.id for reason in protocol.reasons), *named_by_votes, *merged_reasons.merges(transaction)]


def _write(review: Review, change: Callable[[str], str]) -> None:
    """Write what `change` makes of review.toml, and note the new protocol in the log."""
    before = protocol_text(review.folder)
    text = change(before)
    protocol = parse_protocol(text, str(review.folder / FILE_NAME))
    note_found(review, before)
    write_protocol(review.folder, text)
    note_protocol(review.store.under(protocol), text, review.opened_by, ProtocolAct.CHANGED)
