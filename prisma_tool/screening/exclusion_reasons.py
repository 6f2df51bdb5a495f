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
from prisma_tool.review.open_review import Review, note_protocol, protocol_text, write_protocol
from prisma_tool.review.protocol import edit_reasons
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, merged_reasons


@dataclass(frozen=True, slots=True)
class Use:
    """A reason and the reports that were excluded for it, by stage. `place` counts from 1; 0 where review.toml does not list it.

    `merged` are the ids of the reasons that count under it.
    """

    id: str
    label: str
    place: int
    title_abstract: int
    full_text: int
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Merged:
    """A reason that counts under another."""

    id: str
    label: str
    into: str


@dataclass(frozen=True, slots=True)
class Reasons:
    """The reasons in their order, those that votes name but review.toml does not list, and the merges that stand."""

    listed: tuple[Use, ...]
    unlisted: tuple[Use, ...]
    merged: tuple[Merged, ...]


def used(review: Review) -> Reasons:
    """The reasons of a review and what they are used for."""
    protocol = current_protocol(review)
    with review.store.read() as transaction:
        counted = merged_reasons.reports_by_reason(transaction)
        merges = merged_reasons.merges(transaction)
    into = merges_of(merges.values())
    listed = [_use(reason, place, counted, into) for place, reason in enumerate(protocol.reasons, 1)]
    known = {reason.id for reason in protocol.reasons}
    strange = sorted({reason for reason, _ in counted} - known)
    return Reasons(
        tuple(listed),
        tuple(_use(Reason(one, one), 0, counted, into) for one in strange),
        tuple(Merged(one, event.text("label") or one, into[one]) for one, event in sorted(merges.items()) if one in into),
    )


def _use(reason: Reason, place: int, counted: Mapping[tuple[str, str], int], into: Mapping[str, str]) -> Use:
    at = {stage: counted.get((reason.id, stage.value), 0) for stage in Stage}
    counting = tuple(sorted(one for one, other in into.items() if other == reason.id))
    return Use(reason.id, reason.label, place, at[Stage.TITLE_ABSTRACT], at[Stage.FULL_TEXT], counting)


def current_protocol(review: Review) -> Protocol:
    """The protocol as review.toml states it now, which a window that has been open for long may not know."""
    return parse_protocol(protocol_text(review.folder), str(review.folder / FILE_NAME))


def rename(review: Review, old: str, label: str) -> Reason:
    """Give a reason another label; its votes stay with it.

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
        taken = _ever_used(transaction, protocol)
    reason = Reason(edit_reasons.fresh_id(label, taken), one_line(label))
    _write(review, lambda text: edit_reasons.added(text, reason, at))
    return reason


def merge(review: Review, which: str, into: str, reviewer: str) -> tuple[Reason, Reason]:
    """Let all votes for one reason count under another from now on, and offer it no more; returns both.

    The reason that goes may be one that votes name and review.toml no longer lists.

    Raises:
        DecisionError: one is no reason of this review, or both are the same.
        ReviewError: review.toml cannot be written or edited.
    """
    protocol = current_protocol(review)
    target = _required(protocol, into)
    with review.store.write() as transaction:
        gone = protocol.reason(which) or _unlisted(transaction, which)
        if gone is None:
            raise _unknown(protocol, which)
        if gone.id == target.id:
            raise DecisionError(f"'{target.label}' cannot be merged into itself; nothing was changed.")
        said = {"into": target.id, "label": gone.label, "place": protocol.reason_rank(gone.id) + 1}
        event_log.append(transaction, [event_log.Draft(EventKind.REASON, gone.id, reviewer=reviewer, payload=said)])
    if protocol.reason(gone.id):
        _write(review, lambda text: edit_reasons.without(text, gone.id))
    return gone, target


def unmerge(review: Review, which: str, reviewer: str) -> Reason:
    """Take back a merge: votes for the reason count under it again, and it is offered again at its place.

    Raises:
        DecisionError: no such reason was merged.
        ReviewError: review.toml cannot be written or edited.
    """
    with review.store.write() as transaction:
        merges = merged_reasons.merges(transaction)
        event = next((one for one in merges.values() if _is_meant(one, which)), None)
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
    wanted = one_line(which).casefold()
    return wanted in (event.subject.casefold(), event.text("label").casefold())


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
    if not slug(name).strip("-") or not any(sign.isalnum() for sign in name):
        raise DecisionError("A reason needs a label with letters or digits; nothing was changed.")
    other = next((one for one in protocol.reasons if one.label.casefold() == name.casefold() and one.id != besides), None)
    if other is not None:
        raise DecisionError(
            f"There is a reason '{other.label}' already; to count one under the other: `prisma-tool reasons merge`."
        )


def _unlisted(transaction: Transaction, which: str) -> Reason | None:
    wanted = one_line(which)
    known = {reason for reason, _ in merged_reasons.reports_by_reason(transaction)}
    return Reason(wanted, "") if wanted in known else None


def _ever_used(transaction: Transaction, protocol: Protocol) -> list[str]:
    counted = {reason for reason, _ in merged_reasons.reports_by_reason(transaction)}
    return [*(reason.id for reason in protocol.reasons), *counted, *merged_reasons.merges(transaction)]


def _write(review: Review, edited: Callable[[str], str]) -> None:
    """Write what `edited` makes of review.toml, and note the new protocol in the log."""
    text = edited(protocol_text(review.folder))
    protocol = parse_protocol(text, str(review.folder / FILE_NAME))
    write_protocol(review.folder, text)
    note_protocol(review.store.under(protocol), text)
