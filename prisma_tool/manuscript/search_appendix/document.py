"""The search appendix in words and tables, with the PRISMA-S item that each part answers.

Pure: an `Appendix` in, a `Document` out. PRISMA-S: Rethlefsen ML et al. Syst Rev 2021;10:39, items 1 to 16. Invariant: what the tool
cannot know is listed as left to the authors, never passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from prisma_tool.identify.search.fetchers import SYNONYMS_USED
from prisma_tool.identify.strategy.known_item_test import Missed
from prisma_tool.manuscript.document.blocks import Block, CodeBlock, Document, Heading, Paragraph, Points, Table
from prisma_tool.manuscript.search_appendix.data import (
    Appendix,
    ImportedFile,
    KnownItemTest,
    ReportedRun,
    ReportedStrategy,
    Search,
)
from prisma_tool.manuscript.search_appendix.totals import deduplication_blocks, total_blocks, update_blocks
from prisma_tool.model.protocol.protocol import CITATION_SEARCH

REFERENCE = "Rethlefsen ML, Kirtley S, Waffenschmidt S, et al. PRISMA-S. Systematic Reviews 2021;10:39"

CITATION_ITEM = "5"
LEFT_TO_AUTHORS = (
    ("2", "Multi-database searching", "databases that were searched together on one platform, and the platform's name"),
    (
        "4",
        "Online resources and browsing",
        "websites, conference proceedings, tables of contents: what was browsed, where and how",
    ),
    (
        CITATION_ITEM,
        "Citation searching",
        "whether cited or citing references were searched, from which articles, and with which tool",
    ),
    ("6", "Contacts", "whether authors, experts or manufacturers were asked for further studies or data"),
    ("7", "Other methods", "any other source or method that was used"),
    ("9", "Limits and restrictions", "the justification of each limit found in the strategies above"),
    ("10", "Search filters", "the citation of each published filter used, and how it was modified"),
    ("11", "Prior work", "strategies of earlier reviews that were adapted, with their citation"),
    ("14", "Peer review", "whether the strategies were peer reviewed, and how (for instance with PRESS)"),
)
"""PRISMA-S items of which the review's data say nothing, or not enough."""


def document(appendix: Appendix) -> Document:
    """The whole appendix."""
    return Document(
        title=f"Search appendix: {appendix.title}" if appendix.title else "Search appendix",
        blocks=(
            *_opening(appendix),
            Heading(1, "Information sources (PRISMA-S items 1, 3, 13)"),
            _sources(appendix),
            Heading(1, "Search strategies (PRISMA-S items 8, 9, 10)"),
            *_strategies(appendix),
            *_citation_searches(appendix),
            Heading(1, "Imported files (PRISMA-S items 1, 3, 4, 7, 13)"),
            *_files(appendix.files),
            *update_blocks(appendix),
            *deduplication_blocks(appendix),
            *total_blocks(appendix),
            Heading(1, "To be completed by the authors"),
            Paragraph("The review's data cannot answer these items of PRISMA-S; complete or delete each line."),
            Table(("Item", "About", "To be completed by the authors"), tuple(_left_to_authors(appendix))),
        ),
    )


def _is_citation(search: Search) -> bool:
    return search.name == CITATION_SEARCH


def _left_to_authors(appendix: Appendix) -> Iterator[tuple[str, str, str]]:
    """What is left; a citation search that came to its end answers the item about it."""
    cited = any(_is_citation(search) and search.complete for search in appendix.searches)
    yield from (row for row in LEFT_TO_AUTHORS if not (cited and row[0] == CITATION_ITEM))


def _citation_searches(appendix: Appendix) -> Iterator[Block]:
    """Each wording of the citation search (seeds, directions, indexes) as it was run."""
    for search in filter(_is_citation, appendix.searches):
        yield Heading(1, "Citation searching (PRISMA-S item 5)")
        for strategy in search.strategies:
            what, *details = strategy.verbatim.split("\n")
            yield Paragraph(f"{what}, run on {_days(strategy)}.")
            yield Points(tuple(details))
        yield Paragraph("Runs (items 12 and 13); works were joined over the indexes before they were counted.")
        yield _runs(search.runs)
        yield from _warnings(search.runs)


def _opening(appendix: Appendix) -> Iterator[Block]:
    yield Paragraph(
        f"Written by prisma-tool {appendix.tool_version} from the review's own records of its searches. The numbers in brackets are "
        f"items of PRISMA-S ({REFERENCE}). All times are UTC."
    )
    open_searches = [search.name for search in appendix.searches if search.unfinished]
    if open_searches:
        yield Paragraph(f"INTERIM: the latest run of these searches is not complete: {', '.join(open_searches)}.")


def day(moment: datetime | None) -> str:
    """The day of a moment, UTC; empty for none."""
    return f"{moment:%Y-%m-%d}" if moment else ""


def minute(moment: datetime | None) -> str:
    """The minute of a moment, UTC; empty for none."""
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""


def _sources(appendix: Appendix) -> Table:
    rows = [*map(_search_row, appendix.searches), *_file_rows(appendix.files)]
    return Table(("Source", "Kind", "Platform or interface", "Searched as", "First searched", "Last searched"), tuple(rows))


def _search_row(search: Search) -> tuple[str, ...]:
    done = search.complete
    first, last = (done[0].started, done[-1].started) if done else (None, None)
    never = "" if done else "never completed"
    return search.source, search.kind, search.platform, f"search {search.name}", day(first) or never, day(last) or never


def _file_rows(files: Iterable[ImportedFile]) -> Iterator[tuple[str, ...]]:
    by_source: dict[str, list[ImportedFile]] = {}
    for file in files:
        by_source.setdefault(file.source, []).append(file)
    for source, mine in by_source.items():
        platforms = ", ".join(dict.fromkeys(file.platform for file in mine if file.platform)) or "not recognised"
        days = [day(file.run.started) for file in mine]
        yield source, mine[0].kind, platforms, f"{_n(len(mine), 'imported file')}", f"imported {days[0]}", f"imported {days[-1]}"


def _strategies(appendix: Appendix) -> Iterator[Block]:
    searches = [search for search in appendix.searches if not _is_citation(search)]
    if not searches:
        yield Paragraph("No search of review.toml has been run.")
    for search in searches:
        yield from _search(search)


def _search(search: Search) -> Iterator[Block]:
    yield Heading(2, f"{search.name}: {search.source}")
    *earlier, current = search.strategies
    yield Paragraph(f"Strategy as run on {_days(current)}, letter by letter.")
    yield from _strategy(current)
    for strategy in earlier:
        yield Paragraph(f"Earlier wording, run on {_days(strategy)}.")
        yield from _strategy(strategy)
    yield Paragraph("Runs (items 12 and 13).")
    yield _runs(search.runs)
    yield from _synonyms(search.runs)
    yield from _service(search.runs)
    yield from _warnings(search.runs)
    for test in search.known:
        yield from _known(test)


def _days(strategy: ReportedStrategy) -> str:
    first, last = day(strategy.first), day(strategy.last)
    return first if first == last else f"{first} to {last}"


def _strategy(strategy: ReportedStrategy) -> Iterator[Block]:
    yield from _lines_with_hits(strategy)
    yield from _sent_and_translated(strategy)
    if strategy.limits:
        yield Paragraph("Limits and filters that stand in this strategy (items 9 and 10).")
        yield Table(("About", "As written"), tuple((limit.kind, limit.text) for limit in strategy.limits))
    else:
        yield Paragraph("No limit or filter stands in this strategy (items 9 and 10).")
    if strategy.reviewed:
        yield Paragraph("Peer review of this strategy, as kept under the headings of PRESS 2015 (item 14).")
        rows = tuple((answer.heading, answer.by or "not named", day(answer.at), answer.answer) for answer in strategy.reviewed)
        yield Table(("Heading", "By", "Kept on", "Answer"), rows)


def _lines_with_hits(strategy: ReportedStrategy) -> Iterator[Block]:
    """The lines letter by letter, and their hits where they were counted."""
    if strategy.changes:
        yield CodeBlock(tuple(strategy.verbatim.splitlines()))
        yield Paragraph("Read otherwise than it was written:")
        yield Points(strategy.changes)
        yield Paragraph("The lines as they were searched.")
    width = len(str(max(line.number for line in strategy.lines)))
    yield CodeBlock(tuple(f"{line.number:>{width}}  {line.text}" if line.number else line.text for line in strategy.lines))
    if strategy.counted:
        rows = [(str(line.number), line.text, _hits(line.hits)) for line in strategy.lines if line.number]
        yield Paragraph(f"Hits counted on {day(strategy.counted)}.")
        yield Table(("Line", "Text", "Hits"), (*rows, ("all", "the whole search", _hits(strategy.whole))))


def _hits(hits: int | None) -> str:
    return "not told" if hits is None else str(hits)


def _sent_and_translated(strategy: ReportedStrategy) -> Iterator[Block]:
    """What the service was asked, where that differs from what was written, and what it made of it."""
    if strategy.sent and strategy.sent != strategy.verbatim:
        yield Paragraph("As it was sent, with its lines written out.")
        yield CodeBlock(tuple(strategy.sent.splitlines()))
    if strategy.translation:
        yield Paragraph("As the service translated it.")
        yield CodeBlock(tuple(strategy.translation.splitlines()))


RUN_COLUMNS = ("Run (UTC)", "Status", "Reported", "Stored", "New", "Seen", "Changed", "Vanished", "Not delivered", "Run by, with")


def _runs(runs: Iterable[ReportedRun]) -> Table:
    return Table(RUN_COLUMNS, tuple(map(_run_row, runs)))


def _run_row(run: ReportedRun) -> tuple[str, ...]:
    counts = (run.stored, run.new, run.seen, run.changed, run.vanished, len(run.undelivered))
    reported = "unknown" if run.reported is None else str(run.reported)
    by = f"{run.operator or 'not recorded'}, prisma-tool {run.tool_version}"
    status = f"{run.status}, records since {run.since} only" if run.since else run.status
    return minute(run.started), status, reported, *map(str, counts), by


def _synonyms(runs: Sequence[ReportedRun]) -> Iterator[Block]:
    """Whether terms were widened; run by run where that was not always the same."""
    ways = [(run.service[SYNONYMS_USED], minute(run.started)) for run in runs if SYNONYMS_USED in run.service]
    if ways:
        differing = len({words for words, _ in ways}) > 1
        parts = [f"{words} on {day}" for words, day in ways] if differing else [ways[0][0]]
        yield Paragraph(f"Synonyms that the service adds to terms: {', '.join(parts)}.")


def _service(runs: Iterable[ReportedRun]) -> Iterator[Block]:
    """What the service said about itself: version of the interface, state of its data."""
    lines = [f"{minute(run.started)}: {_pairs(run)}" for run in runs if run.service.keys() - {SYNONYMS_USED}]
    if lines:
        yield Paragraph("What the service said about itself.")
        yield Points(tuple(lines))


def _pairs(run: ReportedRun) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted(run.service.items()) if name != SYNONYMS_USED)


def _warnings(runs: Iterable[ReportedRun]) -> Iterator[Block]:
    lines = [f"{minute(run.started)}: {warning}" for run in runs for warning in run.warnings]
    ids = [f"{minute(run.started)}: listed but not delivered: {', '.join(run.undelivered)}" for run in runs if run.undelivered]
    if lines or ids:
        yield Paragraph("Warnings.")
        yield Points((*lines, *ids))


def _known(test: KnownItemTest) -> Iterator[Block]:
    known = len(test.retrieved) + len(test.missed)
    yield Paragraph(f"Test of {day(test.at)} against {_n(known, 'record')} known to be relevant: {len(test.retrieved)} found.")
    if test.missed:
        yield Table(("Missed", "Why"), tuple((missed.id, _why(missed, test)) for missed in test.missed))


def _why(missed: Missed, test: KnownItemTest) -> str:
    """Which lines lose a record; it may not be in the source at all."""
    if not missed.in_source:
        return "not in this source"
    texts = {line.number: line.text for line in test.lines}
    lost = "; ".join(f"line {number}: {texts.get(number, '')}".rstrip(": ") for number in missed.lost_by)
    return f"lost by {lost}" if lost else "not told"


def _files(files: tuple[ImportedFile, ...]) -> Iterator[Block]:
    if not files:
        yield Paragraph("No files were imported.")
        return
    columns = ("File", "Source", "Format", "Imported (UTC)", "Declared", "Read", "Rejected", "New", "Seen", "Changed", "By, with")
    yield Table(columns, tuple(map(_file_row, files)))
    yield Paragraph(
        "Strategies, limits and dates of search of these sources are not in the files: to be completed by the authors (items 8 to 10, 13)."
    )
    yield from _warnings(file.run for file in files)


def _file_row(file: ImportedFile) -> tuple[str, ...]:
    run = file.run
    numbers = (file.declared, file.parsed, file.rejected, run.new, run.seen, run.changed)
    by = f"{run.operator or 'not recorded'}, prisma-tool {run.tool_version}"
    return file.name, file.source, file.format, minute(run.started), *map(str, numbers), by


def _n(n: int, thing: str) -> str:
    return f"1 {thing}" if n == 1 else f"{n} {thing}s"
