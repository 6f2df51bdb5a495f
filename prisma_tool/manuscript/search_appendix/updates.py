"""Updates in words: reruns, repeated imports, and what each version searched (PRISMA-S item 12).

Pure. Invariant: that no rerun is recorded is said only where no search has a second run, no declared search a second day, and no source a
later import (on another day, or for another version); whether such an import was a rerun is said only where its day of search is declared.
"""

from __future__ import annotations

from collections.abc import Iterator

from prisma_tool.manuscript.document.blocks import Block, Heading, Paragraph, Table
from prisma_tool.manuscript.search_appendix.data import Appendix, ImportedFile, Search, VersionSearches
from prisma_tool.manuscript.words import day, names, spelt_days
from prisma_tool.model.text import counted

NO_RERUN = "No rerun of a search is recorded here."


def update_blocks(appendix: Appendix) -> Iterator[Block]:
    """Updates: closed versions, what each searched, and what each rerun brought (item 12)."""
    yield Heading(1, "Updates (PRISMA-S item 12)")
    if appendix.versions:
        columns = ("Version", "What happened", "Date (UTC)", "By")
        rows = ((mark.label, mark.act, f"{mark.at:%Y-%m-%d %H:%M}", mark.reviewer) for mark in appendix.versions)
        yield Table(columns, tuple(rows))
        for version in appendix.by_version:
            yield from _version(version)
    if not has_reruns(appendix):
        yield Paragraph(NO_RERUN)
        return
    yield from _reruns(appendix)
    yield from _declared_reruns(appendix)
    yield from _repeated(appendix)


def has_reruns(appendix: Appendix) -> bool:
    """True where any search or import was repeated."""
    return any((_live_rows(appendix), _declared_rows(appendix), _repeated_rows(appendix)))


def rerun_sentences(appendix: Appendix) -> Iterator[str]:
    """What was repeated, search by search."""
    if not has_reruns(appendix):
        yield NO_RERUN
    for search in appendix.searches:
        days = list(dict.fromkeys(day(run.started) for run in search.reruns))
        if days:
            yield f"{search.name} was rerun on {names(days)}."
    for one in appendix.declared:
        if len(one.times) > 1:
            yield f"{one.name} was searched again: {', '.join(day(time.searched_on) if time.searched_on else 'day not declared' for time in one.times[1:])}."
    for source, imported, _, _ in _repeated_rows(appendix):
        yield f"Files of {source} were imported again on {spelt_days(imported)}; whether the search was rerun is not recorded."


def _version(version: VersionSearches) -> Iterator[Block]:
    closed = f", closed on {day(version.closed)}" if version.closed else ""
    yield Heading(2, f"Version {version.label}{closed}" if version.label else "The version under way")
    if version.rows:
        columns = ("Search or file", "Source", "Date of search", "Hits", "New here")
        rows = (
            (row.search, row.source, row.day, "not known" if row.hits is None else str(row.hits), str(row.new))
            for row in version.rows
        )
        yield Table(columns, tuple(rows))
    else:
        yield Paragraph("Nothing was searched or imported for this version.")
    yield Paragraph(
        f"The flow diagram of this version identifies {counted(version.total, 'record')} and removes "
        f"{counted(version.duplicates_removed, 'duplicate record')} before screening."
    )


def _reruns(appendix: Appendix) -> Iterator[Block]:
    rows = _live_rows(appendix)
    if rows:
        yield Paragraph(
            "Each rerun repeated the whole strategy unless a warning above says otherwise, and was compared record by record with what was "
            "there: new, seen before, changed, or vanished (found before and not any more)."
        )
        yield Table(("Search", "Rerun (UTC)", "New", "Seen", "Changed", "Vanished", "Changes by kind"), rows)


def _live_rows(appendix: Appendix) -> tuple[tuple[str, ...], ...]:
    return tuple(row for search in appendix.searches for row in _rerun_rows(search))


def _rerun_rows(search: Search) -> Iterator[tuple[str, ...]]:
    for run in search.reruns:
        kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(run.kinds.items(), key=lambda item: (-item[1], item[0])))
        numbers = (run.new, run.seen, run.changed, run.vanished_text)
        yield search.name, f"{run.started:%Y-%m-%d %H:%M}", *map(str, numbers), kinds


def _declared_reruns(appendix: Appendix) -> Iterator[Block]:
    rows = _declared_rows(appendix)
    if rows:
        yield Paragraph("Declared searches that were done again.")
        yield Table(("Search", "Searched on", "Hits against imports", "New here"), rows)


def _declared_rows(appendix: Appendix) -> tuple[tuple[str, ...], ...]:
    new = {file.run.id: file.run.new for file in appendix.files}
    return tuple(
        (one.name, str(time.searched_on or "not declared"), time.sentence, str(sum(new.get(run, 0) for run in time.files)))
        for one in appendix.declared
        for time in one.times[1:]
    )


def _repeated(appendix: Appendix) -> Iterator[Block]:
    rows = _repeated_rows(appendix)
    if rows:
        yield Paragraph(
            "Files that were imported again on a later day or for a later version; whether the search was rerun is not recorded."
        )
        yield Table(("Source", "Imported on (UTC)", "Read", "New here"), rows)


def _repeated_rows(appendix: Appendix) -> tuple[tuple[str, ...], ...]:
    """Later days, and later versions, for which files of one source came in without a declared search; what was added by hand is no file."""
    closed = [version.closed for version in appendix.by_version if version.closed]
    times: dict[str, dict[tuple[str, int], list[ImportedFile]]] = {}
    for file in appendix.files:
        if not file.search and file.sha256:
            moment = file.run.started
            time = f"{moment:%Y-%m-%d}", sum(moment > end for end in closed)
            times.setdefault(file.source, {}).setdefault(time, []).append(file)
    return tuple(
        (source, imported, str(sum(file.parsed for file in files)), str(sum(file.run.new for file in files)))
        for source, by_time in times.items()
        for (imported, _), files in list(by_time.items())[1:]
    )
