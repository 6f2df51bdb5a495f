"""Sources that other packages add to those that are searched live.

A plug-in is two pure functions, from a query to a request and from an answer to a page of records. It sends nothing itself: pace, repeated tries,
giving up in time and what is kept are the same as for every source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from prisma_tool.model.record.keys import slug
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.plugins.entry_points import PluginKind, usable

STRATEGY = "strategy"
"""The key of the strategy in a [[search]] table: the one that a declared search has, so that a review opens where the plug-in is missing."""


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """What is to be asked: an address (https, or http for this machine), and its parameters, which go into the body with `post`."""

    address: str
    parameters: Mapping[str, str]
    post: bool = False


def _no_remarks(_: str) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class SourcePlugin:
    """A source that is searched. The name of its entry point is `label` in small letters with hyphens.

    `request` makes the request for a page of a query; the token is "" for the first page, else what the page before named. `read` makes a
    `SourcePage` of an answer, and raises FormatError of one that is none, which is then asked for again. `remarks` says what is wrong with a
    query, as sentences; such a search is refused until it is accepted. `reached` tells how the source is reached, as PRISMA-S asks, and `guide`
    where its search language is described. At most `per_second` requests are sent in a second.
    """

    label: str
    kind: SourceKind
    request: Callable[[str, str], SourceRequest]
    read: Callable[[bytes], object]
    reached: str
    guide: str = ""
    per_second: int = 1
    remarks: Callable[[str], Sequence[str]] = _no_remarks

    @property
    def entry_point(self) -> str:
        """The name that its entry point must have: by it a label in review.toml finds the plug-in."""
        return slug(self.label)


def plugged_source(name: str, taken: frozenset[str]) -> SourcePlugin | None:
    """The source that a package adds under this slug, or None; `taken` are the slugs of the built-in ones."""
    return usable(PluginKind.SOURCES, name, SourcePlugin, taken)
