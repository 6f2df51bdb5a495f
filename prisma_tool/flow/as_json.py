"""The flow as data for other programs: `flow --json` and `flow --explain`. The keys are a contract with other programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.flow.flow import (
    COUNT_KEYS,
    EXTRA_LIST_KEYS,
    LIST_KEYS,
    MA_KEYS,
    PENDING_KEYS,
    SCREENING_REASONS,
    Check,
    Count,
    Flow,
)


def as_json(flow: Flow, *, reasons_at_screening: bool = False) -> dict[str, Any]:
    """The whole flow; a count is null where the template has no such box, or nobody gave its number.

    Args:
        flow: the flow.
        reasons_at_screening: whether `lists` has the reasons at title/abstract too.
    """
    lists = (*list_keys(flow), *((SCREENING_REASONS,) if reasons_at_screening else ()))
    return {
        "template": flow.template.value,
        "counts": {key: _number(flow, key) for key in count_keys(flow)},
        "lists": {key: {label: line.n for label, line in getattr(flow, key).items()} for key in lists},
        "pending": {key: getattr(flow.pending, key).n for key in PENDING_KEYS},
        **({"sums_only": sums} if (sums := sorted(flow.not_given.intersection(LIST_KEYS))) else {}),
        **({"unmerged": flow.unmerged} if flow.unmerged else {}),
        "adjustments": [{"box": number.box, "n": number.n, "note": number.note} for number in flow.adjustments],
        "footnotes": list(flow.footnotes),
        **({"labels": dict(flow.labels)} if flow.labels else {}),
        "checks": [_check(check) for check in flow.checks],
        "interim": flow.interim,
    }


def _number(flow: Flow, key: str) -> int | None:
    count: Count | None = getattr(flow, key)
    return None if count is None or key in flow.not_given else count.n


def _check(check: Check) -> dict[str, Any]:
    """A relation; by how much it fails and what may explain that stand there only where it does."""
    return {
        "name": check.name,
        "kind": check.kind.value,
        "holds": check.holds,
        "detail": check.detail,
        **({"difference": check.difference} if check.difference else {}),
        **({"hints": list(check.hints)} if check.hints else {}),
    }


def count_keys(flow: Flow) -> tuple[str, ...]:
    """The keys of `counts`; those of the meta-analysis only where somebody entered them."""
    return (*COUNT_KEYS, *(key for key in MA_KEYS if getattr(flow, key) is not None))


def list_keys(flow: Flow) -> tuple[str, ...]:
    """The keys of `lists`; those that the template lacks only where they have lines."""
    return (*LIST_KEYS, *(key for key in EXTRA_LIST_KEYS if getattr(flow, key)))


def find_count(flow: Flow, key: str) -> Count:
    """The count behind a key: a box ("duplicates"), a line of a list ("dbr_excluded:Wrong population"), or "pending:retrieval".

    Raises:
        UsageError: there is no such key.
        PrismaError: this flow's template has no such box.
    """
    name, _, label = key.partition(":")
    if name == "pending" and label in PENDING_KEYS:
        return getattr(flow.pending, label)  # type: ignore[no-any-return] # all fields of Pending are counts
    if name == SCREENING_REASONS or (name == "records_excluded" and label):
        return _line(flow.screening_reasons, name, label)
    if name in (*LIST_KEYS, *EXTRA_LIST_KEYS):
        return _line(getattr(flow, name), name, label)
    if key not in (*COUNT_KEYS, *MA_KEYS):
        raise UsageError(
            f"There is no box '{key}'. Boxes: {', '.join(COUNT_KEYS)}; lines: LIST:LABEL with {', '.join(LIST_KEYS)}."
        )
    count: Count | None = getattr(flow, key)
    if count is None:
        raise PrismaError(f"The template {flow.template} has no box '{key}'.")
    return count


def _line(lines: Mapping[str, Count], name: str, label: str) -> Count:
    if not label:
        numbers = tuple(number for line in lines.values() for number in line.adjustments)
        return Count(tuple(key for line in lines.values() for key in line.records), numbers)
    for known, line in lines.items():
        if known.casefold() == label.casefold():
            return line
    listed = "; ".join(lines) or "none"
    raise UsageError(f"'{name}' has no line '{label}'. Its lines: {listed}.")


def explanation(flow: Flow, key: str) -> dict[str, Any]:
    """The members of one number; `n == len(records) + sum of adjustments`, and for studies `n == len(studies)`.

    Raises:
        UsageError: there is no such key.
        PrismaError: this flow's template has no such box.
    """
    count = find_count(flow, key)
    result: dict[str, Any] = {
        "key": key,
        "n": count.n,
        "records": list(count.records),
        "adjustments": [{"n": number.n, "note": number.note} for number in count.adjustments],
    }
    if count.studies is not None:
        result["studies"] = [{"label": study.label, "records": list(study.records)} for study in count.studies]
    return result
