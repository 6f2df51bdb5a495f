"""Citation indexes that other packages add to those that `cite` asks; what they give is checked.

Invariant: an index of which a reply is unsound ends its search with a sentence, and nothing of that reply is used.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar, cast

from prisma_tool.errors import PrismaError, SearchRefused
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.well_typed import is_well_typed
from prisma_tool.plugins.entry_points import PluginKind, announced, usable
from prisma_tool.plugins.foreign_code import ForeignFailure, run_foreign
from prisma_tool.sources.citations.index import (
    CitationDirection,
    CitationIndex,
    IndexFacts,
    IndexReply,
    LooseWork,
    Relation,
    Seed,
)
from prisma_tool.sources.transport import Transport

Given = TypeVar("Given")
BUILT_IN = ("europepmc", "openalex", "crossref")
"""The names of the indexes that need no package, as `cite --index` takes them."""


@dataclass(frozen=True, slots=True)
class CitationIndexPlugin:
    """A citation index. Its name, that of its entry point, is what `cite --index` takes.

    `make` makes the index from the way to its service, by which all of its requests must go; at most `per_second` of them in a second.
    """

    label: str
    make: Callable[[Transport], CitationIndex]
    per_second: int = 1


def plugged_indexes(
    transport: Callable[[str, int], Transport], names: Collection[str] = ()
) -> Iterator[tuple[str, CitationIndex]]:
    """The indexes that packages add, by name, or those of some names; `transport` makes the way to a service from its label and pace."""
    announced_names = dict.fromkeys(plugin.name for plugin in announced(PluginKind.CITATION_INDEXES))
    for name in (each for each in announced_names if not names or each in names):
        plugin = usable(PluginKind.CITATION_INDEXES, name, CitationIndexPlugin, frozenset(BUILT_IN))
        if plugin is not None:
            way = transport(plugin.label, plugin.per_second)
            index = _given_by(plugin.label, partial(_checked_index, plugin, way))
            # What a class of an index holds for all its objects, an object of this class holds for itself.
            yield name, cast("CitationIndex", index)


def _checked_index(plugin: CitationIndexPlugin, way: Transport) -> CheckedIndex:
    return CheckedIndex(plugin.label, plugin.make(way))


def _given_by(label: str, step: Callable[[], Given]) -> Given:
    """What a plug-in gives.

    Raises:
        SearchRefused: it fails.
    """
    try:
        return run_foreign(step, PrismaError)
    except ForeignFailure as failure:
        raise SearchRefused(f"The plug-in for {label} failed: {failure}. Tell its authors.") from failure


class CheckedIndex:
    """An index that a package adds, whose replies are of the types that they should be."""

    def __init__(self, label: str, index: CitationIndex) -> None:
        self._index, self.label = index, label
        self.directions, self.told_with_seeds = index.directions, index.told_with_seeds
        self.seeds_at_once, self.relations_at_once = index.seeds_at_once, index.relations_at_once
        self.works_at_once = index.works_at_once

    @property
    def transport(self) -> Transport:
        """The way to the service."""
        return self._index.transport

    def number(self, own: str) -> str:
        """What of an id of this index may name a record."""
        return _given_by(self.label, lambda: str(self._index.number(own)))

    def seeds(self, seeds: Sequence[Seed]) -> IndexReply:
        """Which of these seeds the index knows."""
        return self._checked(lambda: self._index.seeds(seeds))

    def related(self, ids: Sequence[str], direction: CitationDirection) -> IndexReply:
        """What lies in a direction from these works."""
        return self._checked(lambda: self._index.related(ids, direction))

    def works(self, ids: Sequence[str]) -> IndexReply:
        """These works."""
        return self._checked(lambda: self._index.works(ids))

    def _checked(self, question: Callable[[], IndexReply]) -> IndexReply:
        reply = _given_by(self.label, question)
        if not _is_sound(reply):
            raise SearchRefused(f"The plug-in for {self.label} gave a reply that is not sound. Tell its authors.")
        return reply


def _is_sound(reply: object) -> bool:
    if type(reply) is not IndexReply or type(reply.facts) is not IndexFacts:
        return False
    facts = reply.facts
    names = (*facts.known.items(), *((one.seed, one.work) for one in facts.relations if type(one) is Relation))
    citations = (*facts.works.values(), *facts.printed.values(), *(one.citation for one in facts.loose if type(one) is LooseWork))
    return (
        all(type(answer) is bytes for answer in reply.answers)
        and all(type(text) is str for pair in names for text in pair)
        and all(type(text) is str for text in (*facts.works, *facts.printed))
        and all(type(one) is Relation for one in facts.relations)
        and all(type(one) is LooseWork for one in facts.loose)
        and all(type(one) is Citation and is_well_typed(one) for one in citations)
    )
