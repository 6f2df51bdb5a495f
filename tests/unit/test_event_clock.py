"""The hybrid logical clock: later than everything seen, never behind the wall clock, in words for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.model.log.clock import FURTHEST, following, lag, lag_text, microseconds, moment_of

NOW = datetime(2025, 2, 3, 9, tzinfo=UTC)
moments = st.integers(0, 190 * 10**15).map(moment_of)


@given(moments)
def test_a_moment_and_its_clock_say_the_same(moment: datetime) -> None:
    assert moment_of(microseconds(moment)) == moment


@given(st.lists(moments, min_size=2))
def test_each_event_comes_after_the_one_before_however_the_wall_clock_jumps(walls: list[datetime]) -> None:
    newest = 0
    for wall in walls:
        clock = following(wall, newest)
        assert clock > newest
        assert clock >= microseconds(wall)
        newest = clock


def test_a_clock_that_runs_is_the_wall_clock() -> None:
    assert following(NOW, microseconds(NOW - timedelta(seconds=1))) == microseconds(NOW)


def test_there_is_room_after_every_clock_that_may_come_from_outside() -> None:
    assert following(NOW, FURTHEST) > FURTHEST


@pytest.mark.parametrize(
    ("behind", "text"),
    [
        (timedelta(days=700), "2 years"),
        (timedelta(days=2), "2 days"),
        (timedelta(hours=26), "1 day"),
        (timedelta(minutes=10), "10 minutes"),
        (timedelta(seconds=70), "1 minute"),
        (timedelta(seconds=5), "less than a minute"),
    ],
)
def test_a_lag_is_told_in_its_largest_unit(behind: timedelta, text: str) -> None:
    assert lag(NOW, microseconds(NOW + behind)) == behind
    assert lag_text(behind) == text
