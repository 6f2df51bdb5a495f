"""What the data say of the items about searching: PRISMA 2020 items 6 and 7, and PRISMA-S as the search appendix fills it.

Pure. Invariant: a day of import is never given as the day of a search, and a source without a kept strategy is named as such.
"""

from __future__ import annotations

from prisma_tool.manuscript.checklist.facts import ChecklistFacts
from prisma_tool.manuscript.checklist.statement import Statement, listed
from prisma_tool.manuscript.search_appendix.items import items
from prisma_tool.manuscript.search_appendix.sources import ReportedSource, reported_sources
from prisma_tool.model.text import one_line

SEARCH = "prisma-tool report search"


def sources(facts: ChecklistFacts) -> Statement | None:
    """Every source with its last day."""
    known = reported_sources(facts.appendix)
    return Statement(f"{'; '.join(map(_dated, known))}.", SEARCH, all(one.dated for one in known)) if known else None


def _dated(source: ReportedSource) -> str:
    name = one_line(source.source)
    return (
        f"{name}, last searched on {source.last}"
        if source.dated
        else f"{name} ({source.last}; no day of the search is recorded here)"
    )


def strategies(facts: ChecklistFacts) -> Statement | None:
    """Of which sources the strategy is kept."""
    known = reported_sources(facts.appendix)
    kept = list(dict.fromkeys(one_line(one.source) for one in known if one.has_strategy))
    missing = list(dict.fromkeys(one_line(one.source) for one in known if not one.has_strategy and not one.how))
    parts = [_kept_words(kept)] if kept else []
    parts += [f"Of {listed(missing)} no strategy is kept here."] if missing else []
    return Statement(" ".join(parts), SEARCH, not missing) if parts else None


def _kept_words(kept: list[str]) -> str:
    what, verb = ("strategy", "stands") if len(kept) == 1 else ("strategies", "stand")
    return f"The {what} of {listed(kept)} {verb} letter by letter in the search appendix."


def one_strategy(facts: ChecklistFacts) -> Statement | None:
    """The same, for an item that asks for one."""
    kept = list(dict.fromkeys(one_line(one.source) for one in reported_sources(facts.appendix) if one.has_strategy))
    return Statement(_kept_words(kept), SEARCH, complete=True) if kept else None


def item_of_prisma_s(number: str, facts: ChecklistFacts) -> Statement | None:
    """What the search appendix says of an item of PRISMA-S, with the question that it leaves."""
    if not reported_sources(facts.appendix):
        return None
    item = next(item for item in items(facts.appendix) if item.number == number)
    text = " ".join(map(one_line, item.sentences))
    return Statement(text, SEARCH, not item.question, asks=item.question) if text or item.question else None
