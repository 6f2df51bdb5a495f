"""Declared searches in the appendix: what is stated of each, its strategy letter by letter, and its hits against the imports. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_tool.manuscript.document.blocks import Block, CodeBlock, Heading, Paragraph, Points, Table
from prisma_tool.manuscript.search_appendix.data import DeclaredStrategy, ReportedDeclaration
from prisma_tool.manuscript.search_appendix.limits import Limit
from prisma_tool.manuscript.search_appendix.sources import as_sentence
from prisma_tool.model.protocol.declared_searches import SearchAccount


def declared_blocks(search: ReportedDeclaration) -> Iterator[Block]:
    """Everything that is known of a declared search."""
    platform = f" ({search.account.platform})" if search.account.platform else ""
    yield Heading(2, f"{search.name}: {search.source}{platform}")
    facts = tuple(_facts(search))
    if facts:
        yield Points(facts)
    yield from _strategies(search)
    yield Paragraph("Times that it was done, each held against what was imported (items 12, 13 and 15).")
    rows = ((time.day, time.sentence, str(len(time.files))) for time in search.times)
    yield Table(
        ("Date of search", "Hits against imports", "Imports"), tuple(rows) or (("not declared", "nothing imported yet", "0"),)
    )


def _facts(search: ReportedDeclaration) -> Iterator[str]:
    if search.translated_from:
        yield f"Translated from the search {search.translated_from}."
    if search.how:
        yield f"How it was done: {as_sentence(search.how)}"
    if search.seeds:
        yield f"Set out from: {as_sentence(search.seeds)}"
    yield from account_facts(search.account)


def account_facts(account: SearchAccount) -> Iterator[str]:
    """What people state of any search."""
    labels = (
        ("Limits and their justification (item 9)", account.limits),
        ("Search filters (item 10)", account.filters),
        ("Prior work (item 11)", account.prior_work),
        ("Peer review (item 14)", account.peer_review),
    )
    yield from (f"{label}: {as_sentence(texts)}" for label, texts in labels if texts)


def _strategies(search: ReportedDeclaration) -> Iterator[Block]:
    if search.problem:
        yield Paragraph(search.problem)
    if not search.strategies:
        if not search.how and not search.problem:
            yield Paragraph("No strategy is declared for this search.")
        return
    *earlier, current = search.strategies
    yield Paragraph(f"Strategy as declared{_on(current)}, letter by letter.")
    yield from _strategy(current)
    for strategy in reversed(earlier):
        yield Paragraph(f"Earlier wording{_on(strategy)}.")
        yield from _strategy(strategy)


def _on(strategy: DeclaredStrategy) -> str:
    days = [str(day) for day in strategy.days if day]
    return f", searched on {', '.join(days)}" if days else ""


def _strategy(strategy: DeclaredStrategy) -> Iterator[Block]:
    yield CodeBlock(tuple(strategy.text.split("\n")))
    if strategy.limits is None:
        yield Paragraph("Limits were not looked for: the syntax of this platform is not known here.")
    else:
        yield from limit_blocks(strategy.limits)


def limit_blocks(limits: tuple[Limit, ...]) -> Iterator[Block]:
    """The limits and filters that stand in a strategy, or that none was found."""
    if limits:
        yield Paragraph("Limits and filters that stand in this strategy (items 9 and 10).")
        yield Table(("About", "As written"), tuple((limit.kind, limit.text) for limit in limits))
    else:
        yield Paragraph("No limits found in the strategy (items 9 and 10).")
