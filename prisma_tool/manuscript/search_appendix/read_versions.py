"""The searches of each version of a review, and what its flow diagram identifies (PRISMA-S items 12, 13, 15).

Invariant: the numbers of a version are those of its own flow diagram, and each complete run stands under the version in whose time it began.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from prisma_tool.flow.flow import Count, Flow
from prisma_tool.manuscript.search_appendix.data import (
    IdentifiedBox,
    ImportedFile,
    ReportedDeclaration,
    ReportedRun,
    Search,
    SearchedRow,
)
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.text import one_line
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.runs.runs import Source

BOXES = (
    ("databases", "database_results", "database_specific_results"),
    ("registers", "register_results", "register_specific_results"),
    ("websites", "website_results", ""),
    ("organisations", "organisation_results", ""),
    ("citation searching", "citations_results", ""),
)
"""The boxes of identified records: the words of the appendix, the flow's key, and the key of its lines."""
ENTERED = "entered by hand"


def identified(flow: Flow, sources: Mapping[str, Source]) -> Iterator[IdentifiedBox]:
    """The boxes of identified records, source by source; `sources` are those of the review by slug."""
    for box, key, lines in BOXES:
        counted: Count | None = getattr(flow, key)
        if counted is not None and (counted.n or lines):
            parts = _parts(getattr(flow, lines)) if lines else _by_source(counted, sources)
            yield IdentifiedBox(box, counted.n, tuple(parts))
    for label, part in flow.other_specific_results.items():
        yield IdentifiedBox(one_line(label), part.n, ())


def _parts(lines: Mapping[str, Count]) -> Iterator[tuple[str, int]]:
    return ((one_line(label), part.n) for label, part in lines.items())


def _by_source(counted: Count, sources: Mapping[str, Source]) -> Iterator[tuple[str, int]]:
    """The template has no lines for these sources; their records know where they are from."""
    numbers: dict[str, int] = {}
    for key in counted.records:
        source = key.partition(":")[0]
        numbers[source] = numbers.get(source, 0) + 1
    yield from ((one_line(sources[source].name), n) for source, n in numbers.items())
    if entered := sum(adjustment.n for adjustment in counted.adjustments):
        yield ENTERED, entered


def version_rows(
    searches: Sequence[Search], files: Sequence[ImportedFile], declared: Sequence[ReportedDeclaration], runs: frozenset[str]
) -> tuple[SearchedRow, ...]:
    """What each search brought with these runs (ids); the files of one search and day are one row."""
    live = (_searched(search, run) for search in searches for run in search.complete if run.id in runs)
    mine = [file for file in files if file.run.id in runs]
    loose = (_imported(file) for file in mine if not file.search)
    return (*live, *_declared(mine, declared), *loose)


def _searched(search: Search, run: ReportedRun) -> SearchedRow:
    return SearchedRow(search.name, search.source, f"{run.started:%Y-%m-%d}", run.reported, run.new)


def _imported(file: ImportedFile) -> SearchedRow:
    return SearchedRow(file.name, file.source, f"not recorded; imported {file.run.started:%Y-%m-%d}", None, file.run.new)


def _declared(files: Sequence[ImportedFile], declared: Sequence[ReportedDeclaration]) -> Iterator[SearchedRow]:
    hits = {(one.name, time.searched_on): time.hits for one in declared for time in one.times}
    groups: dict[tuple[str, date | None], list[ImportedFile]] = {}
    for file in files:
        if file.search:
            groups.setdefault((file.search, file.searched_on), []).append(file)
    for (search, day), group in groups.items():
        new = sum(file.run.new for file in group)
        when = str(day) if day else f"not declared; imported {group[0].run.started:%Y-%m-%d}"
        yield SearchedRow(search, group[0].source, when, hits.get((search, day)), new)


def version_events(transaction: Transaction, until: tuple[int, str] | None) -> Iterator[Event]:
    """What happened to the versions of the review, up to the closing with this order, which is one of them."""
    for event in event_rows.events(transaction, kinds=[EventKind.VERSION]):
        if until is None or event.order <= until:
            yield event
