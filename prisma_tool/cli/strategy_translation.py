"""The words and the JSON of `search --translate`: the PubMed strategies in another platform's syntax, to be read by a librarian."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from prisma_tool.cli.context import print_json, say, tell
from prisma_tool.errors import ExitCode, PrismaError
from prisma_tool.identify.strategy.submitted_query import prepare_query
from prisma_tool.identify.strategy.translate.platforms import PLATFORMS, Platform
from prisma_tool.identify.strategy.translate.translate import TranslatedLine, translate
from prisma_tool.model.record.keys import PUBMED

if TYPE_CHECKING:
    from prisma_tool.model.protocol.protocol import SearchPlan

UNTESTED = "Written by rule from the PubMed strategy and not tested on {platform}; what stands in [[...]] has no counterpart and is yours."


def translate_searches(plans: Sequence[SearchPlan], name: str, *, as_json: bool) -> int:
    """Write the PubMed searches among these in the syntax of a platform.

    Raises:
        PrismaError: none of them is a search of PubMed.
        StrategyFault: the lines of one cannot be understood.
    """
    platform, written = PLATFORMS[name], [plan for plan in plans if plan.source == PUBMED]
    if not written:
        raise PrismaError("Only strategies for PubMed are translated, and none of these searches is one.")
    translations = [(plan, _translated(plan, platform)) for plan in written]
    note = UNTESTED.format(platform=platform.name)
    if as_json:
        searches = [
            {"search": plan.name, "platform": name, "tested": False, "note": note, "lines": [asdict(line) for line in lines]}
            for plan, lines in translations
        ]
        print_json({"searches": searches})
        return ExitCode.DONE
    tell(note)
    for plan, lines in translations:
        say(f"{plan.name} for {platform.name}")
        for text in _lines(lines):
            say(text)
    return ExitCode.DONE


def _translated(plan: SearchPlan, platform: Platform) -> tuple[TranslatedLine, ...]:
    strategy = prepare_query(plan).strategy
    return translate(strategy, platform) if strategy is not None else ()


def _lines(lines: Sequence[TranslatedLine]) -> Iterator[str]:
    for line in lines:
        yield f"{line.number}. {line.text}" if line.number else line.text
    doubts = [(line.number, doubt) for line in lines for doubt in line.doubts]
    if doubts:
        yield "To be looked over:"
        for number, doubt in doubts:
            yield f"  line {number}: {doubt}" if number else f"  {doubt}"
