"""The sources that were searched, one for each search or for the loose files of a source (PRISMA-S items 1, 3, 13). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prisma_tool.manuscript.search_appendix.data import Appendix, ImportedFile, ReportedDeclaration, Search
from prisma_tool.model.text import counted

FROM_SEEDS = "from seeds, which the search appendix lists"
"""How a citation search was done: it has seeds, directions and indexes, and no strategy."""


def as_sentence(texts: Iterable[str]) -> str:
    """Texts that people stated as one sentence, with one full stop."""
    return f"{'; '.join(text.rstrip('. ') for text in texts)}."


@dataclass(frozen=True, slots=True)
class ReportedSource:
    """A source as it was searched once or repeatedly. `platform` is empty where nobody knows; `first` and `last` are days in words.

    `dated` says that the day of the last search is known, not only that of an import.
    """

    source: str
    kind: str
    platform: str
    searched_as: str
    first: str
    last: str
    dated: bool
    how: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    has_strategy: bool = False
    is_loose: bool = False
    """True for files that no declared search is known of."""
    is_declared: bool = False
    """True where days and strategy are the authors' word: the search was not run from here."""


def reported_sources(appendix: Appendix) -> tuple[ReportedSource, ...]:
    """All of them: searches that were run from here, declared ones, and files of sources without a declared search."""
    declared = (_declared(one, appendix.files) for one in appendix.declared)
    return (*map(_searched, appendix.searches), *declared, *_loose(appendix.files))


def _searched(search: Search) -> ReportedSource:
    done = search.complete
    first, last = (
        (f"{done[0].started:%Y-%m-%d}", f"{done[-1].started:%Y-%m-%d}") if done else ("never completed", "never completed")
    )
    platform = search.account.platform or search.platform
    return ReportedSource(
        search.source,
        search.kind,
        platform,
        f"search {search.name}",
        first,
        last,
        bool(done),
        how=(FROM_SEEDS,) if search.is_citation else (),
        has_strategy=not search.is_citation,
    )


def _declared(search: ReportedDeclaration, files: Iterable[ImportedFile]) -> ReportedSource:
    mine = [file for file in files if file.search == search.name]
    days = [str(time.searched_on) for time in search.times if time.searched_on]
    imported = [f"not declared; imported {file.run.started:%Y-%m-%d}" for file in mine]
    known = days or imported or ["not declared"]
    return ReportedSource(
        search.source,
        search.kind,
        search.account.platform or _platforms(mine),
        f"declared search {search.name}",
        known[0],
        known[-1],
        bool(days),
        search.how,
        search.seeds,
        has_strategy=bool(search.strategies),
        is_declared=True,
    )


def _loose(files: Iterable[ImportedFile]) -> Iterator[ReportedSource]:
    by_source: dict[str, list[ImportedFile]] = {}
    for file in files:
        if not file.search:
            by_source.setdefault(file.source, []).append(file)
    for source, mine in by_source.items():
        days = [f"imported {file.run.started:%Y-%m-%d}" for file in mine]
        yield ReportedSource(
            source,
            mine[0].kind,
            _platforms(mine),
            counted(len(mine), "imported file"),
            days[0],
            days[-1],
            dated=False,
            is_loose=True,
        )


def _platforms(files: Iterable[ImportedFile]) -> str:
    """As the files show."""
    return ", ".join(dict.fromkeys(file.platform for file in files if file.platform))
