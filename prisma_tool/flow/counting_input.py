"""What counting needs beside the reports themselves; read once, so that counting is a pure function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from prisma_tool.flow.flow import StudyParticipants
from prisma_tool.model.vocabulary import SourceKind


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
    searched: frozenset[SourceKind] = frozenset()
    """The kinds of sources of which a search or import was completed, with or without hits."""
    last_searched: str = ""
    """The day of the newest search or import that was completed, ISO 8601."""
    participants: Mapping[str, StudyParticipants] = field(default_factory=dict)
    """The participants of a study, by its label or by the key of a record of its only report."""
    captured_through: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of register entries excluded as already captured: the sources of the publications that capture them."""
