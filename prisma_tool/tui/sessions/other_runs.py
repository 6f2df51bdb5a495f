"""The runs that stand under no search of the protocol: imported files, reports added by hand, citation searches, searches that were given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prisma_tool.identify.files.declared_search import attachments
from prisma_tool.model.log.contributors import listed_person
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import RecordState
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.runs import reruns, runs
from prisma_tool.store.runs.runs import Run

VANISHED, UNDELIVERED, REJECTED = "vanished", "not delivered", "rejected"


@dataclass(frozen=True, slots=True)
class RunSet:
    """One set of a run's records: its name, how many there are, and for changed ones how many by kind of change."""

    name: str
    n: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class OtherRun:
    """A file that was imported, or another run of its own: the label of its source, who did it, and what it brought by `RecordState`.

    `attached` names the search of the protocol that found it, empty where none did.
    """

    run: Run
    source: str
    by: str
    counts: Mapping[str, int]
    attached: str = ""

    @property
    def id(self) -> str:
        """What tells it from every other entry: one file may have been imported for two sources."""
        return self.run.id

    @property
    def name(self) -> str:
        """The name of the file, or of the search; the source's where there is neither."""
        return self.run.file_name or self.run.search or self.source

    @property
    def is_file(self) -> bool:
        """Whether it was read from a file."""
        return bool(self.run.file_sha256)

    @property
    def rejects(self) -> tuple[tuple[str, str], ...]:
        """Where each entry stands that could not be read, and why."""
        return tuple((f"line {entry.get('line', '?')}", one_line(str(entry.get("reason", "")))) for entry in self.run.rejected)

    @property
    def undelivered(self) -> tuple[str, ...]:
        """Ids that the source reported and did not give."""
        return self.run.undelivered

    @property
    def sets(self) -> tuple[RunSet, ...]:
        """The records by what they meant, and what of the file is no record."""
        delivered = (RunSet(state.value, self.counts.get(state.value, 0)) for state in RecordState)
        others = ((VANISHED, self.run.vanished), (UNDELIVERED, self.run.undelivered), (REJECTED, self.run.rejected))
        return (*delivered, *(RunSet(name, len(ids)) for name, ids in others if ids))


def other_runs(transaction: Transaction) -> list[OtherRun]:
    """These runs, the latest first."""
    protocol, counts = transaction.protocol, reruns.state_counts(transaction)
    attached = {run: one.search for run, one in attachments(transaction).items() if protocol.declared_search(one.search)}
    labels = {source.slug: source.name for source in runs.sources(transaction)}
    return [
        OtherRun(run, labels[run.source], listed_person(protocol, run.operator), counts.get(run.id, {}), attached.get(run.id, ""))
        for run in reversed(runs.all_runs(transaction))
        if run.search is None or not protocol.has_search(run.search)
    ]
