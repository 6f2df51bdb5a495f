"""Order by cause: whatever the clocks of copies say, they agree once merged, and who acted last having seen the rest stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from clocked_copies import Deed, databases, orders, stories, work_apart
from histories import Memory
from hypothesis import given, settings


@pytest.fixture(scope="module")
def memories() -> Iterator[list[Memory]]:
    with databases() as opened:
        yield opened


@settings(max_examples=15)
@given(story=stories, order=orders)
def test_copies_whose_clocks_jump_agree_once_merged_and_the_last_deed_stands(
    memories: list[Memory], story: list[tuple[int, Deed]], order: Sequence[tuple[int, int]]
) -> None:
    work_apart(memories, story, order)
