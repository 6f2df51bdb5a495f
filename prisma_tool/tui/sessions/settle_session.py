"""A list whose items one reviewer settles one by one: the list in memory, the position in it, and what was settled so far.

Knows nothing of Textual. Invariant: what is settled is in the store before list and position change. Reading (`list_items`,
`position_in`, `read_item`) changes nothing, so that it may be done in another thread.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from prisma_tool.records.condition import parse_condition
from prisma_tool.records.facets import FacetCounts, Facets, Values, counted
from prisma_tool.review.open_review import Review
from prisma_tool.tui.sessions.queue_cursor import Progress

Item = TypeVar("Item")
Details = TypeVar("Details")
Answer = TypeVar("Answer")


ItemValues = Mapping[str, tuple[str, ...]]
"""What an item has for each field of its list."""


@dataclass(frozen=True, slots=True)
class Narrowing(Generic[Item]):
    """What a list is narrowed to by a condition: the items that meet it, what identifies them, and how many others wait."""

    where: str
    items: Sequence[Item]
    identities: frozenset[Hashable]
    left_out: int


class SettleSession(ABC, Generic[Item, Details, Answer]):
    """The items that wait for `reviewer`. `position == len(items)` is after the last.

    `Details` is all that is shown about an item, `Answer` what is remembered of an answer so that it can be taken back.

    Raises:
        StoreError: the list cannot be read; so do all methods that read it or an item.
    """

    FIELDS: ClassVar[Mapping[str, str]] = {}
    """What the list can be narrowed by, with headings: the fields of a condition in the language of `--where`."""

    def __init__(self, review: Review, reviewer: str) -> None:
        self.review, self.reviewer = review, reviewer
        self._facets = Facets(review)
        self.narrowing: Narrowing[Item] | None = None
        self.left_out = 0
        """How many items wait that the list is narrowed away from."""
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
        waiting = (len(self.items) if waiting is None else waiting) + self.left_out
        return Progress(waiting + self.settled, waiting, {}, self.settled, 0)

    def read(self) -> Details | None:
        """All that is shown about the present item; None after the last."""
        return None if self.current is None else self.read_item(self.current)

    def reload(self) -> None:
        """Read the list anew, and stay with the present item, or else with the first after it that still waits."""
        whole = self.list_items()
        items = self.narrowed(whole)
        self.take(items, self.position_in(items))
        self.left_out = len(whole) - len(items)

    def position_in(self, items: Sequence[Item]) -> int:
        """Where a newer list goes on: at the present item, or else at the first after it that is still there, or else at the end."""
        positions = {self.identity(item): position for position, item in enumerate(items)}
        ahead = (positions.get(self.identity(item)) for item in self.items[self.position :])
        end = len(items) if self.items else 0
        return next((position for position in ahead if position is not None), end)

    def take(self, items: Sequence[Item], position: int) -> None:
        """Go on with a newer list at this position."""
        self.items, self.position = items, position

    # Narrowing the list

    def narrowed(self, items: Sequence[Item]) -> Sequence[Item]:
        """Those of these items that the list is narrowed to."""
        to = self.narrowing
        return items if to is None else [item for item in items if self.identity(item) in to.identities]

    def values(self, items: Sequence[Item], of_reports: Mapping[str, Values]) -> Sequence[ItemValues]:
        """What each item has for each of `FIELDS`; `of_reports` are the values of reports by their keys."""
        del of_reports
        return [{} for _ in items]

    def counts(self, items: Sequence[Item]) -> FacetCounts:
        """How many of these items have which values; may be called from another thread."""
        values = self.values(items, self._facets.by_report())
        return {name: counted(name, [one[name] for one in values]) for name in self.FIELDS}

    def find(self, where: str) -> Narrowing[Item]:
        """What the list would be narrowed to, or the whole list for an empty condition; may be called from another thread.

        Raises:
            UsageError: the condition cannot be understood.
        """
        whole = self.list_items()
        if not where:
            return Narrowing("", whole, frozenset(), 0)
        condition = parse_condition(where, self.FIELDS)
        values = self.values(whole, self._facets.by_report())
        items = [item for item, known in zip(whole, values, strict=True) if condition.holds(known.__getitem__)]
        return Narrowing(where, items, frozenset(map(self.identity, items)), len(whole) - len(items))

    def narrow(self, to: Narrowing[Item]) -> None:
        """Go on with what was found: at the present item where it is there, else at the next, else at the first."""
        position = self.position_in(to.items)
        self.narrowing, self.left_out = to if to.where else None, to.left_out
        self.take(to.items, position if position < len(to.items) else 0)

    def go_to(self, *identities: Hashable) -> None:
        """Go to the first item of these identities; stay where there is none."""
        matches = (position for position, item in enumerate(self.items) if self.identity(item) in identities)
        self.position = next(matches, self.position)

    def step(self, by: int) -> None:
        """Move by so many items; stops at the first and after the last."""
        self.position = max(0, min(len(self.items), self.position + by))
