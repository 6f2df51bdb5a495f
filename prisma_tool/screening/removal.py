"""Taking records out before screening, and putting them back (counting rule 9).

Invariants: all records of one call are removed or none; a report that somebody voted on is never removed; a removal is an event on
each record that was named or met the condition, and a later event takes it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from prisma_tool.errors import DecisionError, UsageError
from prisma_tool.model.log.events import Event, EventKind, Slot
from prisma_tool.model.text import one_line
from prisma_tool.records.condition import condition
from prisma_tool.records.record_fields import FIELDS, Candidate, surroundings
from prisma_tool.reports.state import BEFORE_SCREENING, Report, Standing, load
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records


class RemovedAs(StrEnum):
    """The two boxes of the diagram for records removed before screening, beside duplicates."""

    AUTOMATION = "automation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be removed, or put back with `undo`: keys, or all that meets a condition; `check` stores nothing."""

    reviewer: str
    keys: tuple[str, ...] = ()
    where: str = ""
    removed_as: RemovedAs | None = None
    reason: str = ""
    undo: bool = False
    check: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """What it came to: the records that were named or met the condition, their reports, and those that were removed already."""

    records: tuple[str, ...]
    reports: tuple[str, ...]
    already: int


def remove(review: Review, wish: Wish) -> Removed:
    """Remove records from the review before screening, or put them back.

    Raises:
        UsageError: no key and no condition, or a removal without its kind or reason.
        DecisionError: an unknown key, a report that somebody voted on or that comes from other methods, or nothing to put back.
    """
    _check_wish(wish)
    with review.store.write() as transaction:
        standing = load(transaction)
        chosen = _by_key(transaction, standing, wish.keys) if wish.keys else _by_condition(transaction, standing, wish.where)
        drafts, already = _restoring(standing, chosen, wish) if wish.undo else _removing(standing, chosen, wish)
        if not wish.check:
            event_log.append(transaction, drafts)
    subjects = tuple(draft.subject for draft in drafts)
    by_record = _by_record(standing)
    return Removed(subjects, tuple(dict.fromkeys(by_record[key].key for key in subjects)), already)


def _check_wish(wish: Wish) -> None:
    if bool(wish.keys) == bool(wish.where.strip()):
        raise UsageError("Say what to remove: either keys, or --where CONDITION.")
    if not wish.undo and (wish.removed_as is None or not wish.reason.strip()):
        raise UsageError("Say --as automation or --as other, and --reason TEXT: the diagram has a box for each.")
    if wish.undo and (wish.removed_as is not None or wish.reason):
        raise UsageError("--undo puts records back; leave --as and --reason out.")


def _by_key(transaction: Transaction, standing: Standing, keys: Sequence[str]) -> dict[str, Report]:
    records.require(transaction, keys)
    by_record = _by_record(standing)
    return {key: by_record[key] for key in dict.fromkeys(keys)}


def _by_condition(transaction: Transaction, standing: Standing, where: str) -> dict[str, Report]:
    """The records that meet the condition, each by itself, with their reports."""
    asked = condition(where, FIELDS)
    around = surroundings(transaction, standing, asked.fields)
    by_record = _by_record(standing)
    holdings = {record.key: record for report in standing.reports for record in report.records}
    found = {}
    for record in records.all_records(transaction):
        candidate = Candidate(record.key, record.citation, by_record[record.key], (holdings[record.key],), around)
        if asked.holds(candidate.values):
            found[record.key] = candidate.report
    return found


def chosen_reports(transaction: Transaction, keys: Sequence[str], where: str) -> set[str]:
    """The reports of these records, or of all records that meet a condition, by the keys under which they are shown.

    Raises:
        UsageError: the condition cannot be understood.
        DecisionError: an unknown key.
    """
    standing = load(transaction)
    found = _by_key(transaction, standing, keys) if keys else _by_condition(transaction, standing, where)
    return {report.key for report in found.values()}


def _by_record(standing: Standing) -> dict[str, Report]:
    return {record.key: report for report in standing.reports for record in report.records}


Drafts = tuple[list[event_log.Draft], int]


def _removing(standing: Standing, chosen: Mapping[str, Report], wish: Wish) -> Drafts:
    _refuse(chosen, "somebody voted on already", lambda report: bool(report.title_abstract or report.full_text))
    _refuse(chosen, "come from other methods, where the diagram has no box for removals", lambda report: not report.left)
    payload = {"removed": True, "as": str(wish.removed_as), "reason": one_line(wish.reason)}
    fresh = [key for key in chosen if not _is_the_same(_removal(standing, key), payload)]
    drafts = [event_log.Draft(EventKind.REMOVAL, key, reviewer=wish.reviewer, payload=payload) for key in fresh]
    return drafts, len(chosen) - len(fresh)


def _is_the_same(event: Event | None, payload: Mapping[str, object]) -> bool:
    return event is not None and dict(event.payload) == dict(payload)


def _restoring(standing: Standing, chosen: Mapping[str, Report], wish: Wish) -> Drafts:
    """A report is back only when none of its records is removed, so all of them are put back."""
    gone = {key: report for key, report in chosen.items() if report.phase in BEFORE_SCREENING}
    if wish.keys and len(gone) < len(chosen):
        raise DecisionError(f"{_named(key for key in chosen if key not in gone)} was not removed; nothing was changed.")
    members = dict.fromkeys(record.key for report in gone.values() for record in report.records)
    removed = [key for key in members if (event := _removal(standing, key)) is not None and event.payload.get("removed")]
    payload = {"removed": False, "reason": ""}
    return [event_log.Draft(EventKind.REMOVAL, key, reviewer=wish.reviewer, payload=payload) for key in removed], 0


def _removal(standing: Standing, key: str) -> Event | None:
    return standing.state.standing.get(Slot(EventKind.REMOVAL, key))


def _refuse(chosen: Mapping[str, Report], why: str, applies: Callable[[Report], bool]) -> None:
    found = [key for key, report in chosen.items() if applies(report)]
    if found:
        raise DecisionError(
            f"{len(found)} of the {len(chosen)} records {why}: {_named(found)}. Nothing was removed; "
            "add a condition that leaves them out, or exclude them where they stand."
        )


_SHOWN = 5


def _named(keys: Iterable[str]) -> str:
    listed = list(keys)
    more = f" and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return f"{', '.join(listed[:_SHOWN])}{more}"
