"""Event ids sort by time, and never go back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.model.log.event_ids import EventIds

NOON = datetime(2025, 2, 3, 12, tzinfo=UTC)


def wandering(seconds: list[int]) -> Callable[[], datetime]:
    moments = iter(seconds)
    return lambda: NOON + timedelta(seconds=next(moments))


@given(st.lists(st.integers(-1_000, 1_000), min_size=2, max_size=50))
def test_ids_increase_strictly_even_if_the_clock_steps_back(seconds: list[int]) -> None:
    new_id = EventIds(wandering(seconds), Random(1).getrandbits)
    ids = [new_id() for _ in seconds]
    assert ids == sorted(set(ids))


def test_ids_increase_although_chance_gives_its_greatest_number() -> None:
    new_id = EventIds(lambda: NOON, lambda bits: (1 << bits) - 1)
    ids = [new_id() for _ in range(1_000)]
    assert ids == sorted(set(ids))


def test_an_id_is_a_uuid_of_version_7_that_tells_its_time() -> None:
    made = UUID(EventIds(lambda: NOON, Random(1).getrandbits)())
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(NOON.timestamp() * 1000)


def test_two_machines_do_not_give_the_same_id() -> None:
    assert EventIds(lambda: NOON, Random(1).getrandbits)() != EventIds(lambda: NOON, Random(2).getrandbits)()
