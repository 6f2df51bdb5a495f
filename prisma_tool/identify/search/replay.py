"""Replaying: the kept answers of earlier runs are read again by today's parsers, without the network.

Invariants: counts, decisions and what a run delivered never change; content that reads otherwise today becomes a further version;
a second replay finds nothing to do. Answers that are missing or altered are named and left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prisma_tool.errors import ExitCode, FormatError
from prisma_tool.formats.account.account import Parsed, ParsedEntry
from prisma_tool.formats.citation_indexes.joined_works import parse_joined
from prisma_tool.formats.europepmc.reader import parse_europepmc
from prisma_tool.formats.pubmed.reader import parse_pubmed_xml
from prisma_tool.formats.registers.ctgov_reader import parse_studies
from prisma_tool.identify.run.progress import Listener
from prisma_tool.identify.run.raw_answers import opened
from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.model.record.changes import same_record
from prisma_tool.model.record.keys import record_key
from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs
from prisma_tool.store.runs.run_comparison import REPARSED


def _studies(body: bytes) -> Parsed:
    return parse_studies(body).parsed


PARSERS: Mapping[str, Callable[[bytes], Parsed]] = {
    "efetch": parse_pubmed_xml,
    "studies": _studies,
    "results": parse_europepmc,
    "joined": parse_joined,
}
"""By the beginning of a kept answer's name; answers of other kinds hold no records and are only verified."""


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """The keys of `search --replay --json`: kept answers, those that are damaged, records read, records that read otherwise today.

    `changes` counts what that means by kind of change. `run` is empty where the search was never run to its end.
    """

    search: str
    source: str
    run: str
    answers: int = 0
    damaged: tuple[str, ...] = ()
    records: int = 0
    reparsed: int = 0
    changes: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """Failed where an answer cannot be relied on; the sound ones were replayed."""
        return ExitCode.FAILED if self.damaged else ExitCode.DONE


def replay(review: Review, plans: Sequence[SearchPlan], listener: Listener) -> Iterator[ReplayReport]:
    """Replay the last complete run of each of these searches."""
    for plan in plans:
        with review.store.read() as transaction:
            last = runs.last_run(transaction, plan.name, [RunStatus.COMPLETE])
            known = (last.id, last.source, tuple(last.raw)) if last else None
        if known is None:
            yield ReplayReport(
                plan.name, plan.source, "", warnings=("No run of this search was ever complete: nothing to replay.",)
            )
            continue
        listener.tell(f"{plan.name}: reading {len(known[2])} kept answers again ...")
        yield _RunReplay(review, *known).report(plan)


class _RunReplay:
    """The replay of one run, from its latest answer to its first: of a record that came twice, the later content counts."""

    def __init__(self, review: Review, run: str, source: str, answers: tuple[Mapping[str, Any], ...]) -> None:
        self.review, self.run, self.source, self.answers = review, run, source, answers
        self.damaged: list[str] = []
        self.unread: list[str] = []
        self.replayed_keys: set[str] = set()
        self.reparsed, self.changes = 0, Counter[str]()
        with review.store.read() as transaction:
            self.keys = runs.delivered_keys(transaction, run)
        self.disambiguated: dict[str, list[str]] = {}
        for key in self.keys:
            if "~" in key:
                self.disambiguated.setdefault(key.rpartition("~")[0], []).append(key)

    def report(self, plan: SearchPlan) -> ReplayReport:
        for entry in reversed(self.answers):
            body = self.sound(entry)
            if body is not None:
                self.read(Path(entry["path"]).name, body)
        return ReplayReport(
            plan.name,
            plan.source,
            self.run,
            len(self.answers),
            tuple(reversed(self.damaged)),
            len(self.replayed_keys),
            self.reparsed,
            dict(sorted(self.changes.items())),
            tuple(reversed(self.unread)),
        )

    def sound(self, entry: Mapping[str, Any]) -> bytes | None:
        """The bytes of an answer, or None, and noted, where they are not those that came."""
        body, problem = opened(self.review.folder, entry)
        if problem:
            self.damaged.append(problem)
            return None
        return body

    def read(self, name: str, body: bytes) -> None:
        parse = PARSERS.get(name.partition("-")[0])
        if parse is None:
            return
        try:
            parsed = parse(body)
        except FormatError as error:
            self.unread.append(f"{name}: {error.message}")
            return
        with self.review.store.write() as transaction:
            self.store(transaction, name, parsed.entries)

    def store(self, transaction: Transaction, name: str, entries: Sequence[ParsedEntry]) -> None:
        delivered = self.delivered(transaction, entries)
        fresh = {key: delivery for key, delivery in delivered.items() if key not in self.replayed_keys}
        stored = records.reparse(transaction, self.run, fresh, REPARSED)
        self.replayed_keys |= fresh.keys()
        self.reparsed += len(stored)
        self.changes.update(kind for kinds in stored.values() for kind in kinds)
        unknown = len({entry.accession for entry in entries}) - len(delivered)
        if unknown:
            self.unread.append(f"{name}: {unknown} records could not be read then and can be now; run the search again for them.")

    def delivered(self, transaction: Transaction, entries: Sequence[ParsedEntry]) -> dict[str, records.Delivery]:
        """The entries by the keys under which the run delivered them; one that was kept apart has a key with `~` and a hash."""
        by_key = {record_key(self.source, entry.accession): entry for entry in entries}
        candidates = {key: [name for name in (key, *self.disambiguated.get(key, ())) if name in self.keys] for key in by_key}
        stored = records.records_by_key(transaction, [name for names in candidates.values() for name in names])
        deliveries = {}
        for key, entry in by_key.items():
            same = [name for name in candidates[key] if same_record(stored[name].citation, entry.citation)]
            for name in (same or candidates[key])[:1]:
                deliveries[name] = records.Delivery(self.source, entry.accession, entry.citation)
        return deliveries
