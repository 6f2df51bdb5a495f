"""What snapshots are called, and which daily ones go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.model.snapshots import DAYS, WEEKS, SnapshotKind, SnapshotName, detail_of, parse_name, superseded

MONDAY = datetime(2025, 2, 3, 9, tzinfo=UTC)
MOMENTS = st.integers(-90 * 86_400, 90 * 86_400).map(lambda seconds: MONDAY + timedelta(seconds=seconds))
KINDS = [kind for kind in SnapshotKind if kind is not SnapshotKind.OTHER]
NAMES = st.builds(SnapshotName, MOMENTS, st.sampled_from(KINDS), st.text(max_size=60).map(detail_of), st.integers(1, 99))


def daily(*days_ago: float) -> list[SnapshotName]:
    return [SnapshotName(MONDAY - timedelta(days=days), SnapshotKind.DAILY) for days in days_ago]


@given(NAMES)
def test_a_file_name_says_what_was_put_into_it(name: SnapshotName) -> None:
    assert parse_name(name.file_name) == name
    assert set(name.file_name) <= set("abcdefghijklmnopqrstuvwxyzTZ0123456789-.~")


@given(st.lists(MOMENTS, min_size=2, max_size=2, unique=True), st.lists(st.sampled_from(KINDS), min_size=2, max_size=2))
def test_names_sort_by_time_whatever_their_kind(moments: list[datetime], kinds: list[SnapshotKind]) -> None:
    first, second = (SnapshotName(moment, kind) for moment, kind in zip(sorted(moments), kinds, strict=True))
    assert first.file_name < second.file_name


@pytest.mark.parametrize(
    ("name", "kind", "detail"),
    [
        ("review-0002-20250203T090000Z.db", SnapshotKind.UPGRADE, "0002"),
        ("review-moved-20250203T090000Z.db", SnapshotKind.MOVED, ""),
        ("review-20250203T090000Z-version-2025-update.db", SnapshotKind.VERSION, "2025-update"),
    ],
)
def test_names_of_today_and_of_earlier_programs_are_understood(name: str, kind: SnapshotKind, detail: str) -> None:
    assert parse_name(name) == SnapshotName(MONDAY, kind, detail)


@pytest.mark.parametrize(
    "name", ["review.db", "review-20251303T090000Z-daily.db", "review-20250203T090000Z-often.db", "x.txt", ""]
)
def test_other_names_are_none(name: str) -> None:
    assert parse_name(name) is None


@pytest.mark.parametrize(
    ("taken", "gone"),
    [
        pytest.param([0, 1, 2], [], id="fewer than seven days"),
        pytest.param([0, 0.1, 0.2], [0.1, 0.2], id="only the newest of a day"),
        pytest.param([*range(7)], [], id="seven days"),
        pytest.param([*range(14)], [7, *range(9, 14)], id="of a week before those the last day stays"),
        pytest.param([*range(0, 70, 7)], [], id="ten weeks of Mondays: seven as days, three as weeks"),
        pytest.param([*range(0, 91, 7)], [77, 84], id="beyond seven days and four weeks they go"),
        pytest.param([0, 100, 200], [], id="rare ones are kept however old"),
    ],
)
def test_seven_days_and_four_weeks_are_kept(taken: list[float], gone: list[float]) -> None:
    assert superseded(daily(*taken)) == sorted(daily(*gone))


@given(st.lists(NAMES, max_size=40, unique=True))
def test_only_daily_ones_go_and_the_newest_never(names: list[SnapshotName]) -> None:
    gone = superseded(names)
    daily_names = sorted(name for name in names if name.kind is SnapshotKind.DAILY)
    assert set(gone) <= set(daily_names[:-1])
    assert len(daily_names) - len(gone) <= DAYS + WEEKS
    assert superseded([name for name in names if name not in gone]) == []


def test_a_year_of_daily_snapshots_leaves_the_last_days_and_one_of_each_of_the_last_weeks() -> None:
    kept: list[SnapshotName] = []
    for day in range(365):
        kept.append(SnapshotName(MONDAY + timedelta(days=day), SnapshotKind.DAILY))
        kept = [name for name in kept if name not in superseded(kept)]
    ages = [(kept[-1].moment - name.moment).days for name in reversed(kept)]
    assert ages[:7] == [0, 1, 2, 3, 4, 5, 6]
    assert len(ages) == DAYS + WEEKS
    assert all(later - earlier == 7 for earlier, later in pairwise(ages[7:]))
