"""Snapshots: what the file of each is called, and which daily ones are kept.

Invariant: names sort by when the snapshots were taken and are safe on every system; only daily snapshots are ever superseded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

DAYS, WEEKS = 7, 4
"""For how many days, and beyond them weeks, a daily snapshot is kept."""


class SnapshotKind(StrEnum):
    """Why a snapshot was taken, as its file's name says it."""

    DAILY = "daily"
    VERSION = "version"
    UPGRADE = "before-upgrade"
    RESTORE = "before-restore"
    REQUESTED = "requested"
    MOVED = "moved"
    """The file that the review left when it moved to another database."""
    OTHER = "other"
    """A file that somebody put there."""


@dataclass(frozen=True, slots=True, order=True)
class SnapshotName:
    """What a snapshot's file name says: when (to the second, UTC), why, and a word about it, such as a version's label."""

    moment: datetime
    kind: SnapshotKind
    detail: str = ""
    copy: int = 1

    @property
    def file_name(self) -> str:
        """The name of the file."""
        parts = ("review", f"{self.moment.astimezone(UTC):%Y%m%dT%H%M%SZ}", self.kind.value, self.detail)
        return "-".join(filter(None, parts)) + (f"~{self.copy}" if self.copy > 1 else "") + ".db"


_LONGEST_DETAIL = 40
_KINDS = "|".join(kind.value for kind in SnapshotKind if kind is not SnapshotKind.OTHER)
_NAME = re.compile(rf"review-(\d{{8}}T\d{{6}}Z)-({_KINDS})(?:-([a-z0-9.-]+))?(?:~(\d{{1,4}}))?\.db")
_FORMER_NAME = re.compile(r"[^/]+-(moved|\d{4})-(\d{8}T\d{6}Z)\.db")
"""What files were called before every name began with the time."""


def detail_of(text: str) -> str:
    """A text, such as a label, as it may stand in a file's name."""
    return re.sub(r"[^a-z0-9.]+", "-", text.lower())[:_LONGEST_DETAIL].strip("-.")


def parse_name(file_name: str) -> SnapshotName | None:
    """What a file's name says; None for one that names no snapshot."""
    if match := _NAME.fullmatch(file_name):
        moment, kind, detail, copy = match.groups()
        return _named(moment, SnapshotKind(kind), detail or "", int(copy or 1))
    if match := _FORMER_NAME.fullmatch(file_name):
        what, moment = match.groups()
        return _named(moment, SnapshotKind.MOVED) if what == "moved" else _named(moment, SnapshotKind.UPGRADE, what)
    return None


def _named(moment: str, kind: SnapshotKind, detail: str = "", copy: int = 1) -> SnapshotName | None:
    try:
        return SnapshotName(datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), kind, detail, copy)
    except ValueError:
        return None


def superseded(names: Iterable[SnapshotName]) -> list[SnapshotName]:
    """The daily snapshots that may go: all but the newest of each of the last days that have one, and of each of the last weeks before."""
    daily = sorted((name for name in names if name.kind is SnapshotKind.DAILY), reverse=True)
    newest_of_days = _first_of_each(daily, _day)
    kept, older = newest_of_days[:DAYS], newest_of_days[DAYS:]
    kept_weeks = {_week(name) for name in kept}
    weekly = _first_of_each(older, _week)
    kept += [name for name in weekly if _week(name) not in kept_weeks][:WEEKS]
    return sorted(set(daily).difference(kept))


def _day(name: SnapshotName) -> str:
    return f"{name.moment:%Y-%m-%d}"


def _week(name: SnapshotName) -> str:
    return f"{name.moment:%G-%V}"


def _first_of_each(names: Iterable[SnapshotName], period: Callable[[SnapshotName], str]) -> list[SnapshotName]:
    first: dict[str, SnapshotName] = {}
    for name in names:
        first.setdefault(period(name), name)
    return list(first.values())
