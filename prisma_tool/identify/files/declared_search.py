"""Which declared search a file came from: its import attaches to the search, with the day of the search and its hits.

Owns the events that attach. Invariants: a file attaches to a search of its own source, never to one that is run from here, and never with
a day after its import; of several statements about one import the newest stands; what is declared is never mended by what was imported.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.declared_searches import DeclaredSearch
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.vocabulary import RunStatus, SourceKind
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.runs import runs

ATTACHED = "attached"
"""The `act` of a strategy event that says which declared search an import came from."""
_FARTHEST_ZONE = timedelta(hours=14)
"""Where a new day begins first, it is 14 hours ahead of UTC."""


@dataclass(frozen=True, slots=True)
class SearchOfFile:
    """What the person who imports says of the search behind a file; an empty name proposes one by the file's source."""

    name: str = ""
    searched_on: date | None = None
    hits: int | None = None

    @property
    def is_stated(self) -> bool:
        """True where the person said anything."""
        return bool(self.name) or self.searched_on is not None or self.hits is not None


@dataclass(frozen=True, slots=True)
class Attachment:
    """That a run (by id) imported what a declared search found on a day; `strategy` is its text as it stood at the import."""

    run: str
    search: str
    searched_on: date | None = None
    hits: int | None = None
    strategy: str = ""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One time that a search was done, held against what was imported of it. `entries` counts what was read from its files (runs)."""

    search: str
    source: str
    searched_on: date | None
    hits: int | None
    entries: int
    files: tuple[str, ...]

    @property
    def difference(self) -> int | None:
        """How many more entries were imported than hits declared; None where that cannot be told."""
        return None if self.hits is None or not self.files else self.entries - self.hits

    @property
    def sentence(self) -> str:
        """Both numbers, and the difference: `declared 512, imported 498 (14 fewer)`."""
        if not self.files and self.hits == 0:
            return "declared 0, so there was nothing to import"
        if not self.files:
            declared = "hits not declared" if self.hits is None else f"declared {self.hits}"
            return f"{declared}, nothing imported yet"
        if self.difference is None:
            return f"imported {self.entries}; hits not declared"
        apart = f" ({abs(self.difference)} {'more' if self.difference > 0 else 'fewer'})" if self.difference else ""
        return f"declared {self.hits}, imported {self.entries}{apart}"

    @property
    def day(self) -> str:
        """The day of the search in words."""
        return f"searched on {self.searched_on}" if self.searched_on else "day not declared"


def latest_day(moment: datetime) -> date:
    """The latest day that it is anywhere at a moment."""
    return (moment + _FARTHEST_ZONE).date()


def named_search(protocol: Protocol, name: str, source: str = "") -> DeclaredSearch:
    """The declared search that a person names, for files of a source.

    Raises:
        PrismaError: there is none, it is run from here, or it is of another source.
    """
    search = protocol.declared_search(name)
    if search is None and protocol.has_search(name):
        raise PrismaError(
            f"{one_line(name)} is run from here (`prisma-tool search`), so no file attaches to it. "
            "Declare the search behind the file in review.toml, under a name of its own."
        )
    if search is None:
        names = [one.name for one in protocol.declared]
        close = difflib.get_close_matches(name, names, n=1)
        known = f"Did you mean {close[0]}?" if close else f"Declared are: {', '.join(names) or 'none'}."
        raise PrismaError(f"review.toml declares no search '{one_line(name)}'. {known}")
    if source and slug(source) != search.slug:
        raise PrismaError(
            f"The search {search.name} is one of {search.source}, and the file is of {one_line(source)}; "
            f"give --source '{search.source}', or name another search."
        )
    return search


def proposed_search(protocol: Protocol, source: str) -> tuple[DeclaredSearch | None, str]:
    """The only declared search of a source (slug), or none with a sentence where there are several."""
    matching = [search for search in protocol.declared if search.slug == source]
    if len(matching) < 2:  # noqa: PLR2004 - one, or none
        return next(iter(matching), None), ""
    names = ", ".join(search.name for search in matching)
    return None, f"Several searches of {matching[0].source} are declared ({names}); --search NAME says which one this file is of."


def declared_kind(protocol: Protocol, source: str) -> SourceKind | None:
    """What a source (slug) is, as a declared search of it says; None where none does."""
    return next((search.kind for search in protocol.declared if search.slug == source and search.kind), None)


def attach(
    transaction: Transaction, run: runs.Run, search: DeclaredSearch, strategy: str, stated: SearchOfFile
) -> tuple[Attachment, bool]:
    """Attach a run to a search; returns what stands, and whether that is news.

    Raises:
        UsageError: the day of the search lies after the import, or two numbers of hits are given for one day.
    """
    until = latest_day(run.started)
    future = [one for one in search.dates if one.searched_on and one.searched_on > latest_day(transaction.now())]
    if future:
        raise UsageError(f"review.toml says that {search.name} was searched on {future[0].searched_on}, which is yet to come.")
    day = stated.searched_on or search.latest(until).searched_on
    if day is not None and day > until:
        raise UsageError(f"{search.name} cannot have been searched on {day}: the file was imported on {run.started:%Y-%m-%d}.")
    declared_hits = search.hits_on(day)
    if stated.hits is not None and declared_hits is not None and stated.hits != declared_hits:
        raise UsageError(
            f"review.toml declares {declared_hits} hits of {search.name} on {day}, and --hits {stated.hits}; mend one of them."
        )
    made = Attachment(run.id, search.name, day, stated.hits if stated.hits is not None else declared_hits, strategy)
    if attachments(transaction).get(run.id) == made:
        return made, False
    payload = {
        "act": ATTACHED,
        "run": made.run,
        "searched_on": day.isoformat() if day else "",
        "hits": made.hits,
        "strategy": strategy,
        "source": search.source,
    }
    event_log.append(transaction, [event_log.Draft(EventKind.STRATEGY, search.name, payload=payload)])
    return made, True


def attachments(transaction: Transaction) -> Mapping[str, Attachment]:
    """What stands of each attached run, by its id."""
    attached: dict[str, Attachment] = {}
    for event in event_rows.events(transaction, kinds=[EventKind.STRATEGY]):
        if event.text("act") == ATTACHED:
            day = event.text("searched_on")
            attached[event.text("run")] = Attachment(
                event.text("run"),
                event.subject,
                date.fromisoformat(day) if day else None,
                event.payload.get("hits"),
                event.text("strategy"),
            )
    return attached


def reconciled(transaction: Transaction, protocol: Protocol, until: datetime | None = None) -> list[Reconciliation]:
    """Each time that each declared search was done, held against its imports, in the order of the protocol and of the days.

    Args:
        transaction: An open transaction.
        protocol: The protocol that declares the searches.
        until: Imports that began later are left out; None for none.
    """
    if not protocol.declared:
        return []
    complete = [run for run in runs.all_runs(transaction) if run.status == RunStatus.COMPLETE and run.search is None]
    kept = [run for run in complete if until is None or run.started <= until]
    return list(reconciliations(protocol, kept, attachments(transaction), latest_day(until) if until else None))


def reconciliations(
    protocol: Protocol, imports: Iterable[runs.Run], attached: Mapping[str, Attachment], until: date | None = None
) -> Iterator[Reconciliation]:
    """As `reconciled`, from runs and attachments. Pure."""
    by_search: dict[str, list[tuple[runs.Run, Attachment]]] = {}
    for run in imports:
        if run.id in attached:
            by_search.setdefault(attached[run.id].search, []).append((run, attached[run.id]))
    for search in protocol.declared:
        yield from _of_search(search, by_search.get(search.name, []), until)


def _of_search(
    search: DeclaredSearch, imports: list[tuple[runs.Run, Attachment]], until: date | None
) -> Iterator[Reconciliation]:
    by_day: dict[date | None, list[tuple[runs.Run, Attachment]]] = {
        one.searched_on: [] for one in search.dates if until is None or one.searched_on is None or one.searched_on <= until
    }
    for run, attachment in imports:
        by_day.setdefault(day_of_search(search, run, attachment), []).append((run, attachment))
    for day in sorted(by_day, key=lambda day: day or date.min):
        pairs = by_day[day]
        stated = [attachment.hits for _, attachment in pairs if attachment.hits is not None]
        declared_hits = search.hits_on(day)
        hits = declared_hits if declared_hits is not None else next(reversed(stated), None)
        entries = sum(run.reported or 0 for run, _ in pairs)
        yield Reconciliation(search.name, search.source, day, hits, entries, tuple(run.id for run, _ in pairs))


def day_of_search(search: DeclaredSearch | None, run: runs.Run, attachment: Attachment) -> date | None:
    """The day that a file's search was done: as it was stated, else the last one that the protocol declares by the day of the import."""
    if attachment.searched_on is not None or search is None:
        return attachment.searched_on
    return search.latest(latest_day(run.started)).searched_on


def day_of_run(protocol: Protocol, run: runs.Run, attachment: Attachment | None) -> date:
    """The day on which a run's records were searched for: of an import that of its declared search, else that of the run."""
    search = protocol.declared_search(attachment.search) if attachment else None
    return (day_of_search(search, run, attachment) if attachment else None) or run.started.date()


def as_json(one: Reconciliation) -> dict[str, object]:
    """A reconciliation as plain data."""
    return {
        "search": one.search,
        "source": one.source,
        "searched_on": one.searched_on.isoformat() if one.searched_on else None,
        "declared": one.hits,
        "imported": one.entries if one.files else None,
        "difference": one.difference,
        "files": len(one.files),
    }


def sentence_of(one: Reconciliation) -> str:
    """A time of a search in a line: `embase (Embase), searched on 2026-01-05: declared 512, imported 498 (14 fewer), 2 files`."""
    files = f", {counted(len(one.files), 'file')}" if len(one.files) > 1 else ""
    return f"{one.search} ({one.source}), {one.day}: {one.sentence}{files}"
