"""What counting needs beside the reports themselves; read once, so that counting is a pure function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Entered:
    """A number entered by hand: for which box or line ("database_specific_results:Scopus"), how many, and why (counting rule 23)."""

    box: str
    n: int
    note: str
    of_this_version: bool = True


@dataclass(frozen=True, slots=True)
class CountingInput:
    """What identification left open, what was entered by hand, and who voted.

    `undelivered` and `rejected` count ids and entries, `unfinished` names searches. `tool_votes` and `human_votes` are the keys that
    tools and people voted on at title/abstract; both are empty in a protocol without tools.
    """

    undelivered: int = 0
    rejected: int = 0
    unfinished: tuple[str, ...] = ()
    entered: tuple[Entered, ...] = ()
    tool_votes: frozenset[str] = frozenset()
    human_votes: frozenset[str] = frozenset()
    stopped: Mapping[str, str] = field(default_factory=dict)
    """Records that were set aside when a prioritised screening was stopped: when, and by which rule."""
