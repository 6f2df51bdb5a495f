"""The strict way: only certain grounds join, everything else that looks the same goes to a person."""

from __future__ import annotations

from dataclasses import replace

from prisma_tool.dedupe.clustering import Judged
from prisma_tool.dedupe.compare import Comparison, Finding
from prisma_tool.model.vocabulary import DuplicateVerdict


def certain(comparison: Comparison) -> bool:
    """Whether a pair is the same on grounds that need no weighing, and nothing contradicts.

    Such grounds are the same PMID, the same register entry, the same DOI over the same title, or the same title, author, journal,
    volume and first page.
    """
    findings = dict(comparison.findings)
    if comparison.verdict is not DuplicateVerdict.SAME or Finding.CONTRADICTS in findings.values():
        return False
    return any(all(findings.get(name) is Finding.AGREES for name in grounds) for grounds in CERTAIN_GROUNDS)


CERTAIN_GROUNDS = (
    ("PMID",),
    ("registry number",),
    ("DOI", "title"),
    ("title", "authors", "journal", "volume", "first page"),
)
"""Fields that must all agree, one row sufficing."""


def strictly(pair: Judged) -> Judged:
    """The pair as it stands on certain grounds, or in doubt."""
    if pair.comparison.verdict is not DuplicateVerdict.SAME or certain(pair.comparison):
        return pair
    rule = f"{pair.comparison.rule}, but not on certain grounds"
    return replace(pair, comparison=replace(pair.comparison, verdict=DuplicateVerdict.UNSURE, rule=rule))
