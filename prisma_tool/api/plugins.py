"""What a plug-in is made of: one object of a kind below for each entry point; docs/plugins.md shows a package.

A plug-in never takes the name of something built in, and what it gives is checked.
"""

from __future__ import annotations

from prisma_tool.errors import FormatError, Interrupted, SearchRefused
from prisma_tool.figure.plugged_renderers import RendererPlugin
from prisma_tool.formats.account.account import Parsed, ParsedEntry, Reject
from prisma_tool.formats.plugged_formats import FormatPlugin
from prisma_tool.model.protocol.source_plugins import SourcePlugin, SourceRequest
from prisma_tool.sources.citations.index import (
    CitationDirection,
    CitationIndex,
    IndexFacts,
    IndexReply,
    LooseWork,
    Relation,
    Seed,
)
from prisma_tool.sources.citations.plugged_indexes import CitationIndexPlugin
from prisma_tool.sources.failures import TransientError
from prisma_tool.sources.plugged_source import SourcePage
from prisma_tool.sources.transport import Ask, ServiceAnswer, Transport, judge_status

__all__ = [
    "Ask",
    "CitationDirection",
    "CitationIndex",
    "CitationIndexPlugin",
    "FormatError",
    "FormatPlugin",
    "IndexFacts",
    "IndexReply",
    "Interrupted",
    "LooseWork",
    "Parsed",
    "ParsedEntry",
    "Reject",
    "Relation",
    "RendererPlugin",
    "SearchRefused",
    "Seed",
    "ServiceAnswer",
    "SourcePage",
    "SourcePlugin",
    "SourceRequest",
    "TransientError",
    "Transport",
    "judge_status",
]
