"""What reads the kept answers of services again, by the beginning of their names.

Invariant: answers of other kinds hold no records and are only verified.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prisma_tool.formats.account.account import Parsed
from prisma_tool.formats.citation_indexes.joined_works import parse_joined
from prisma_tool.formats.europepmc.reader import parse_europepmc
from prisma_tool.formats.pubmed.reader import parse_pubmed_xml
from prisma_tool.formats.registers.ctgov_reader import parse_studies
from prisma_tool.model.protocol.live_sources import added_plugin
from prisma_tool.model.record.keys import slug
from prisma_tool.sources.plugged_source import read_page

Parser = Callable[[bytes], Parsed]
_ADDED = "added_"
"""Begins the names of answers of sources that packages add."""


def _studies(body: bytes) -> Parsed:
    return parse_studies(body).parsed


PARSERS: Mapping[str, Parser] = {
    "efetch": parse_pubmed_xml,
    "studies": _studies,
    "results": parse_europepmc,
    "joined": parse_joined,
}


def added_answers(source: str) -> str:
    """How the kept answers of a source that a package adds are called."""
    return f"{_ADDED}{slug(source).replace('-', '_')}"


def parser_of(prefix: str) -> Parser | None:
    """What reads answers of this kind; None where they hold no records, or where the package that reads them is missing."""
    if not prefix.startswith(_ADDED):
        return PARSERS.get(prefix)
    plugin = added_plugin(prefix.removeprefix(_ADDED).replace("_", "-"))
    return None if plugin is None else lambda body: read_page(plugin, body).parsed
