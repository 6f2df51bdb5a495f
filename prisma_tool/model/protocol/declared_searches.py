"""Searches that were done elsewhere, as the protocol declares them, and what people state of any search for its report.

A declared search is that of a source which is not searched from here: its strategy, platform, date and hits are what people say, and its
records come in from files. The fields are those that PRISMA-S asks for (Rethlefsen 2021, Syst Rev 10:39). Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import fold
from prisma_tool.model.vocabulary import SourceKind

_PLACEHOLDERS = frozenset(
    {"", "todo", "tbd", "tba", "to do", "to be added", "to be completed", "xxx", "strategy", "your strategy"}
)


@dataclass(frozen=True, slots=True)
class SearchAccount:
    """What people state of a search, live or declared, that no record can show (PRISMA-S items 1, 9, 10, 11, 14)."""

    platform: str = ""
    limits: tuple[str, ...] = ()
    """Each limit with its justification, or why there is none."""
    filters: tuple[str, ...] = ()
    """Published filters, cited, and how they were modified."""
    prior_work: tuple[str, ...] = ()
    peer_review: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchDate:
    """One time that a search was done: when, and how many hits the source announced; None where that is not declared."""

    searched_on: date | None
    hits: int | None = None


@dataclass(frozen=True, slots=True)
class DeclaredSearch:
    """A search of a source that is not searched from here; `dates` are the times that it was done, oldest first."""

    name: str
    source: str
    kind: SourceKind | None = None
    strategy: str = ""
    strategy_file: str = ""
    """The path of a text file in the review folder that holds the strategy, or empty."""
    dates: tuple[SearchDate, ...] = ()
    translated_from: str = ""
    """The name of the search of which this strategy is a translation."""
    how: tuple[str, ...] = ()
    """What was done where there is no strategy: websites browsed, people asked, journals searched by hand."""
    seeds: tuple[str, ...] = ()
    """The reports from which a citation search set out."""
    account: SearchAccount = field(default_factory=SearchAccount)

    @property
    def slug(self) -> str:
        """The slug of its source."""
        return slug(self.source)

    def latest(self, by: date) -> SearchDate:
        """The last time that it was done by a day, as far as declared."""
        known = [one for one in self.dates if one.searched_on is None or one.searched_on <= by]
        return known[-1] if known else SearchDate(None)

    def hits_on(self, day: date | None) -> int | None:
        """How many hits are declared for the search of a day."""
        return next((one.hits for one in self.dates if one.searched_on == day), None)


def stated_strategy(text: str) -> str:
    """The strategy that a text states; empty for one that only holds its place ("TODO", "...")."""
    return "" if fold(text) in _PLACEHOLDERS else text.strip()
