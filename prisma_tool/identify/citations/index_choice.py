"""Which citation indexes are asked: those that were named, or all; what cannot be asked is said.

Invariant: an index is left out with a sentence or asked, never passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.identify.run import services
from prisma_tool.plugins.entry_points import PluginKind, announced
from prisma_tool.review.environment import Environment
from prisma_tool.sources.citations.index import CitationIndex
from prisma_tool.sources.citations.openalex import CHOOSE, NO_KEY
from prisma_tool.sources.citations.plugged_indexes import BUILT_IN


@dataclass(frozen=True, slots=True)
class IndexChoice:
    """The indexes to ask, and a sentence for each that is left out."""

    indexes: tuple[CitationIndex, ...]
    left_out: tuple[str, ...] = ()


def chosen_indexes(environment: Environment, names: Sequence[str]) -> IndexChoice:
    """The indexes of these names, or all where none is named.

    Raises:
        UsageError: there is no index of a name.
        PrismaError: only indexes without their key were named.
    """
    available = services.citation_indexes(environment, names)
    unknown = next((name for name in names if name not in {*BUILT_IN, *available}), None)
    if unknown is not None:
        added = (plugin.name for plugin in announced(PluginKind.CITATION_INDEXES))
        raise UsageError(f"There is no index '{unknown}'; there are {', '.join((*BUILT_IN, *added))}.")
    without_key = "openalex" not in available and (not names or "openalex" in names)
    if without_key and set(names) == {"openalex"}:
        raise PrismaError(f"{NO_KEY} {CHOOSE}")
    indexes = tuple(index for name, index in available.items() if not names or name in names)
    return IndexChoice(indexes, (NO_KEY,) if without_key else ())
