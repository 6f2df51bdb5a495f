"""A list whose items one reviewer settles one by one: the list in memory, the position in it, and what was settled so far.

Knows nothing of Textual. Invariant: what is settled is in the store before list and position change. Reading (`list_items`,
`position_in`, `read_item`) changes nothing, so that it may be done in another thread.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

from prisma_tool.review.open_review import Review
from prisma_tool.tui.sessions.queue_cursor import Progress

Item = TypeVar("Item")
Details = TypeVar("Details")
Answer = TypeVar("Answer")


class SettleSession(ABC, Generic[Item, Details, Answer]):
    """The items that wait for `reviewer`. `position == len(items)` is after the last.

    `Details` is all that is shown about an item, `Answer` what is remembered of an answer so that it can be taken back.

    Raises:
        StoreError: the list cannot be read; so do all methods that read it or an item.
    """

    def __init__(self, review: Review, reviewer: str) -> None:
        self.review, self.reviewer = review, reviewer
        self.items: Sequence[Item] = []
        self.position = 0
        self.answers: list[Answer] = []
        self.reload()

    @abstractmethod
    def identity(self, item: Item) -> Hashable:
        """What makes an item the same one in a list that is read anew."""

    @abstractmethod
    def list_items(self) -> list[Item]:
        """The items as the store has them now."""

    def list_items_again(self) -> Sequence[Item]:
        """The items after something was stored elsewhere; a session that need not read all of them for that does not."""
        return self.list_items()

    @abstractmethod
    def read_item(self, item: Item) -> Details:
        """All that is shown about an item."""

    @property
    def current(self) -> Item | None:
        """The item at the present position; None after the last."""
        return self.items[self.position] if self.position < len(self.items) else None

    @property
    def settled(self) -> int:
        """How many items were settled in this session."""
        return len(self.answers)

    def progress(self, waiting: int | None = None) -> Progress:
        """What was settled against what is left: `waiting` items, or those of the list where that is None."""
        waiting = len(self.items) if waiting is None else waiting
        return Progress(waiting + self.settled, waiting, {}, self.settled, 0)

    def read(self) -> Details | None:
        """All that is shown about the present item; None after the last."""
        return None if self.current is None else self.read_item(self.current)

    def reload(self) -> None:
        """Read the list anew, and stay with the present item, or else with the first after it that still waits."""
        items = self.list_items()
        self.take(items, self.position_in(items))

    def position_in(self, items: Sequence[Item]) -> int:
        """Where a newer list goes on: at the present item, or else at the first after it that is still there, or else at the end."""
        positions = {self.identity(item): position for position, item in enumerate(items)}
        ahead = (positions.get(self.identity(item)) for item in self.items[self.position :])
        end = len(items) if self.items else 0
        return next((position for position in ahead if position is not None), end)

    def take(self, items: Sequence[Item], position: int) -> None:
        """Go on with a newer list at this position."""
        self.items, self.position = items, position

    def go_to(self, *identities: Hashable) -> None:
        """Go to the first item of these identities; stay where there is none."""
        matches = (position for position, item in enumerate(self.items) if self.identity(item) in identities)
        self.position = next(matches, self.position)

    def step(self, by: int) -> None:
        """Move by so many items; stops at the first and after the last."""
        self.position = max(0, min(len(self.items), self.position + by))
