"""Work done ahead in threads: bounded, its errors carried over, and over when nobody takes the results any more."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from prisma_tool.errors import Interrupted
from prisma_tool.identify.run.progress import SearchStopped
from prisma_tool.identify.search.prefetch import Ahead


def go_on() -> None:
    """Never stop."""


def test_all_results_arrive_and_those_of_one_work_in_their_order() -> None:
    with Ahead([iter(range(50)), iter(range(100, 150))], depth=3) as ahead:
        results = list(ahead.results(go_on))
    assert sorted(results) == [*range(50), *range(100, 150)]
    assert [number for number in results if number < 100] == list(range(50))


def test_an_error_is_raised_after_the_results_that_came_before_it() -> None:
    def failing() -> Iterator[int]:
        yield 1
        yield 2
        raise Interrupted("the service fails")

    taken: list[int] = []
    with pytest.raises(Interrupted, match="the service fails"), Ahead([failing()], depth=5) as ahead:
        taken.extend(ahead.results(go_on))
    assert taken == [1, 2]


def test_no_more_is_made_than_may_wait() -> None:
    made: list[int] = []
    taken = threading.Event()

    def making() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number
            if len(made) > 10:
                taken.set()

    with Ahead([making()], depth=2) as ahead:
        results = ahead.results(go_on)
        assert next(results) == 0
        assert not taken.wait(0.05)
        assert len(made) <= 4


def test_whoever_waits_for_a_silent_service_can_still_stop() -> None:
    released = threading.Event()

    def silent() -> Iterator[int]:
        released.wait(10)
        yield 1

    def stop() -> None:
        raise SearchStopped

    with pytest.raises(SearchStopped), Ahead([silent()]) as ahead:
        list(ahead.results(stop))
    released.set()
