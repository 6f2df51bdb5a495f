"""Sentences about searching and removing duplicates, from `MethodsFacts` alone. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_tool.manuscript.methods.facts import (
    DeduplicationFacts,
    EarlierVersion,
    SearchedSource,
    SearchFacts,
    UnimportedSearch,
    VersionFacts,
)
from prisma_tool.manuscript.words import between, capital, day, have, n, names, were
from prisma_tool.model.vocabulary import SourceKind

_KINDS = {
    SourceKind.DATABASE: ("database", "databases"),
    SourceKind.REGISTER: ("register", "registers"),
    SourceKind.WEBSITE: ("website", "websites"),
    SourceKind.ORGANISATION: ("organisation", "organisations"),
    SourceKind.CITATION: ("citation search", "citation searches"),
    SourceKind.OTHER: ("other source", "other sources"),
}


def version_sentences(version: VersionFacts) -> Iterator[str]:
    """Which version of the review is described, and which came before; rests on `version` events."""
    if version.closed is not None:
        yield f"This describes the version “{version.closed.label}” of the review, as it was when it was closed on {day(version.closed.closed)}."
    if version.previous:
        yield f"{'It' if version.closed else 'This'} is an update of {'; of '.join(map(_previous, version.previous))}. What follows is about this update alone."


def _previous(closed: EarlierVersion) -> str:
    came = "brought in from elsewhere" if closed.elsewhere else "closed"
    return (
        f"the version “{closed.label}”, {came} on {day(closed.closed)} with {n(closed.studies, 'included study', 'included studies')} "
        f"in {n(closed.reports, 'report')}"
    )


def search_sentences(searching: SearchFacts) -> Iterator[str]:
    """How each source was searched; rests on the rows of runs."""
    for source in searching.sources:
        yield f"{capital(_searched(source))}."
    yield from map(_unimported, searching.unimported)
    if searching.sources or searching.entered:
        yield f"In all, {_total(searching)}."
    if searching.carried_over:
        reports = searching.carried_over
        yield f"{n(reports, 'report')} of an earlier version {were(reports)} taken up again without a new hit."
    if searching.incomplete:
        several = len(searching.incomplete)
        yield f"The {'search' if several == 1 else 'searches'} {names(searching.incomplete)} {were(several)} begun and not completed."


def _searched(source: SearchedSource) -> str:
    identified = f"{n(source.identified, 'record')} {were(source.identified)} identified"
    if source.searched:
        brought = f"; further records were {_came_in(source)}" if source.imported else ""
        if source.cited:
            return f"{identified} by citation searching{brought}"
        return f"{source.name} was searched {_when(source)}{brought}; {identified}"
    brought = f", {_came_in(source)}" if source.imported else ""
    if source.declared:
        rest = f"; of {n(source.undated, 'file')} the day of the search is not recorded here" if source.undated else ""
        days = names(list(map(day, source.declared)))
        return f"{source.name} was searched on {days}, as the authors declare; {identified}{brought}{rest}"
    unknown = f"; when {source.name} was searched is not recorded here" if source.files else ""
    return f"{n(source.identified, 'record')} of {source.name} {were(source.identified)} identified{brought}{unknown}"


def _unimported(search: UnimportedSearch) -> str:
    hits = "" if search.hits is None else f", with {n(search.hits, 'hit')}"
    missing = "" if search.hits == 0 else "; no file of this search is imported here"
    return f"{search.source} was searched on {day(search.day)}, as the authors declare{hits}{missing}."


def _when(source: SearchedSource) -> str:
    first, last = source.searched[0], source.searched[-1]
    if len(source.searched) == 1:
        return f"on {day(first)}"
    return f"{len(source.searched)} times, first on {day(first)} and last on {day(last)}"


def _came_in(source: SearchedSource) -> str:
    days = between(source.imported[0], source.imported[-1])
    by_hand = len(source.imported) - source.files
    ways = [f"imported from {n(source.files, 'file')}"] if source.files else []
    ways += ["added one by one"] if by_hand else []
    return f"{' and '.join(ways)} {days}"


def _total(searching: SearchFacts) -> str:
    by_kind = [(kind, searching.identified[kind]) for kind in SourceKind if kind in searching.identified]
    total = sum(count for _, count in by_kind)
    counts = {kind: sum(source.kind == kind for source in searching.sources) for kind in SourceKind}
    parts = [f"{count} from {n(counts[kind], *_KINDS[kind])}" for kind, count in by_kind]
    kinds = f": {names(parts)}" if parts else ""
    return f"{n(total, 'record')} {were(total)} identified{kinds}{_by_hand(searching.entered)}"


def _by_hand(entered: int) -> str:
    """What adjustments made of the total: they stand in the figure and in no source's own sentence."""
    if entered > 0:
        return f"; {entered} of them {were(entered)} entered by hand"
    return f"; {-entered} {were(-entered)} taken off by hand" if entered else ""


def deduplication_sentences(facts: DeduplicationFacts) -> Iterator[str]:
    """How duplicates were removed; rests on `deduplication` and `duplicate` events and on the figure's box."""
    by_hand = sum(facts.by_person.values())
    if facts.passes:
        versions = f" (version {names(facts.tool_versions)})"
        strictly = " on certain grounds only" if facts.strict == len(facts.passes) else ""
        yield f"Duplicate records were identified{strictly} by prisma-tool{versions} {between(facts.passes[0], facts.passes[-1])}."
    elif not by_hand and not facts.removed:
        yield "No deduplication is recorded here."
        return
    which = "which" if facts.known == facts.removed else f"{facts.known} of which"
    known = f", {which} had been screened for an earlier version" if facts.known else ""
    if facts.removed:
        yield f"{n(facts.removed, 'duplicate record')} {were(facts.removed)} removed before screening{known}."
    else:
        yield "No duplicate records were removed."
    ways = [f"{facts.by_rule} by the tool's rules"] if facts.by_rule else []
    ways += [f"{count} by {name or 'a person who is not named'}" for name, count in facts.by_person.items()]
    if ways:
        joined = facts.by_rule + by_hand
        by = f": {names(ways)}" if len(ways) > 1 else f" by {ways[0].split(' by ', 1)[1]}"
        yield f"{n(joined, 'pair')} of records {were(joined)} judged to be the same report{by}."
    if facts.kept_apart:
        yield f"{n(facts.kept_apart, 'pair')} {were(facts.kept_apart)} judged by a person to be different reports."
    if facts.waiting:
        yield f"{n(facts.waiting, 'pair')} of possible duplicates still {'waits' if facts.waiting == 1 else 'wait'} for a person and {'counts' if facts.waiting == 1 else 'count'} as distinct."
    if facts.unmerged:
        yield f"{n(facts.unmerged, 'record')} {have(facts.unmerged)} arrived since, and {have(facts.unmerged)} not been compared yet."
