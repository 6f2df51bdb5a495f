"""Registers' exports as data: for each fact of a trial the headers under which it may stand. Applied by `account.register_row`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from prisma_tool.formats.dialects.load import platform_table, sections

_OF_PUBLICATIONS = frozenset(
    {"authors", "author", "journal", "journaltitle", "sourcetitle", "doi", "pmid", "abstract", "publicationyear", "year", "key"}
)
"""Headers of tables of publications, which may have a column of trial numbers too."""


@dataclass(frozen=True, slots=True)
class Register:
    """A register's export: the platform's name, and for each fact of a trial the headers (squeezed) under which it may stand.

    `parted` is the mark between values of a list. `alone` says that the column of the number says enough, as long as no column is one
    of publications only; so does one of the headers in `shown_with`, whatever else there is. `in_tables` is false for one that gives out text only.
    """

    platform: str
    facts: Mapping[str, Sequence[str]]
    parted: str = "|"
    alone: bool = False
    shown_with: Sequence[str] = ()
    in_tables: bool = True

    def is_shown_by(self, names: set[str]) -> bool:
        """True for a header (squeezed) with the register's own number and a title, or other facts of trials."""
        if names.isdisjoint(self.facts["number"]):
            return False
        if not names.isdisjoint(self.shown_with):
            return True
        titled = not names.isdisjoint((*self.facts["title"], *self.facts["official"]))
        return not names & _OF_PUBLICATIONS if self.alone else titled

    def place(self, names: list[str]) -> dict[str, int]:
        """The position of each fact under a header of these squeezed names."""
        positions = (
            (fact, next((names.index(one) for one in headers if one in names), None)) for fact, headers in self.facts.items()
        )
        return {fact: position for fact, position in positions if position is not None}


@cache
def registers() -> tuple[Register, ...]:
    """All registers whose exports are read."""
    return tuple(Register(platform, **facts) for platform, facts in sections("register"))


@cache
def register_named(name: str) -> Register:
    """The register of the table `name`."""
    table = platform_table(name)
    return Register(table["platform"], **table["register"])
