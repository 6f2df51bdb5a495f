"""What moved between two flows: which boxes by how much, and which records came and went.

Pure. A flow read from a file has numbers only; then nothing is said of records.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prisma_tool.flow.as_json import as_json
from prisma_tool.flow.flow import COUNT_KEYS, EXTRA_LIST_KEYS, LIST_KEYS, OPTIONAL_KEYS, PENDING_KEYS, Count, Flow


@dataclass(frozen=True, slots=True)
class Numbers:
    """A flow as numbers by key ("duplicates", "dbr_excluded:Wrong population"), and their members where they are known."""

    name: str
    numbers: Mapping[str, int]
    members: Mapping[str, tuple[str, ...]] | None


@dataclass(frozen=True, slots=True)
class ChangedNumber:
    """One number that differs; None stands for a box that a flow does not have, and for members that are not known."""

    box: str
    before: int | None
    after: int | None
    came: tuple[str, ...] | None
    went: tuple[str, ...] | None

    @property
    def by(self) -> int:
        """By how much it moved."""
        return (self.after or 0) - (self.before or 0)


def of_flow(name: str, flow: Flow) -> Numbers:
    """A counted flow with its members: record keys, or study labels for counts of studies."""
    return Numbers(name, numbers_in(as_json(flow)), {key: _members(counted) for key, counted in _all(flow).items()})


def numbers_in(data: Mapping[str, Any]) -> dict[str, int]:
    """The numbers of a flow's JSON by key; boxes that its template lacks are left out."""
    numbers = {key: n for key, n in data["counts"].items() if n is not None}
    numbers |= {f"{name}:{label}": n for name, lines in data["lists"].items() for label, n in lines.items()}
    return numbers | {f"pending:{name}": n for name, n in data["pending"].items()}


def _all(flow: Flow) -> dict[str, Count]:
    counts = {key: counted for key in (*COUNT_KEYS, *OPTIONAL_KEYS) if (counted := getattr(flow, key)) is not None}
    for name in (*LIST_KEYS, *EXTRA_LIST_KEYS):
        counts |= {f"{name}:{label}": line for label, line in getattr(flow, name).items()}
    return counts | {f"pending:{name}": getattr(flow.pending, name) for name in PENDING_KEYS}


def _members(counted: Count) -> tuple[str, ...]:
    return counted.records if counted.studies is None else tuple(study.label for study in counted.studies)


def difference(a: Numbers, b: Numbers) -> list[ChangedNumber]:
    """What differs from `a` (before) to `b` (after) in value or members, in the order of the boxes."""
    changes = (_changed_number(key, a, b) for key in {**a.numbers, **b.numbers})
    return [change for change in changes if change.before != change.after or change.came or change.went]


def _changed_number(key: str, a: Numbers, b: Numbers) -> ChangedNumber:
    # A line that a list does not have is zero; a box that a template does not have is none.
    missing = 0 if ":" in key else None
    before, after = a.numbers.get(key, missing), b.numbers.get(key, missing)
    if a.members is None or b.members is None:
        return ChangedNumber(key, before, after, None, None)
    old, new = a.members.get(key, ()), b.members.get(key, ())
    olds, news = frozenset(old), frozenset(new)
    return ChangedNumber(
        key,
        before,
        after,
        tuple(member for member in new if member not in olds),
        tuple(member for member in old if member not in news),
    )
