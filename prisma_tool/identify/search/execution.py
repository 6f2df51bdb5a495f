"""One run of a search while it is under way: what arrives is made durable, and the person who waits is told.

Invariant: whatever stops a run, what was stored before stays, and the run's checkpoint says where the same run goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prisma_tool.errors import Interrupted
from prisma_tool.formats.account.account import Parsed
from prisma_tool.identify.run.progress import Listener, SearchStopped
from prisma_tool.identify.run.raw_answers import Packed, RawFolder
from prisma_tool.review.open_review import Review
from prisma_tool.sources.pubmed import IdListing
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import records
from prisma_tool.store.runs import run_progress


@dataclass(frozen=True, slots=True)
class ReceivedAnswer:
    """An answer on its way into the store: what it is called (kind and suffix), its bytes and what they hold."""

    kind: str
    suffix: str
    packed: Packed
    parsed: Parsed | None = None


ListingCheck = Callable[[IdListing], None]
"""Sees what PubMed made of the strategy before anything is fetched, and raises where that must not go on unseen."""


def _accept_any(listing: IdListing) -> None:
    """Object to nothing."""


@dataclass(slots=True)
class Execution:
    """One run while it is under way: where it stores, and to whom it reports. `source` is the source's slug."""

    review: Review
    run_id: str
    source: str
    raw: RawFolder
    listener: Listener
    answers: int = -1
    check: ListingCheck = _accept_any

    def keep(self, arrival: ReceivedAnswer) -> dict[str, Any]:
        """Put the untouched answer on the disk under the run's next number; returns its entry for the run's row."""
        return self.raw.keep(self.next_name(arrival), arrival.packed)

    def next_name(self, arrival: ReceivedAnswer) -> str:
        """The name under which `keep` would put this answer."""
        if self.answers < 0:
            with self.review.store.read() as transaction:
                self.answers = run_progress.answers_kept(transaction, self.run_id)
        return f"{arrival.kind}-{self.answers + 1:04d}.{arrival.suffix}"

    def store(self, arrival: ReceivedAnswer, checkpoint: Mapping[str, Any] | None = None) -> None:
        """Make one answer durable: the untouched bytes, its records, and, if it is another, the place to resume from."""
        self.store_together([arrival], checkpoint)

    def store_together(self, arrivals: Sequence[ReceivedAnswer], checkpoint: Mapping[str, Any] | None = None) -> None:
        """Make the answers to one question durable, all or none of them."""
        named = []
        for arrival in arrivals:
            named.append((arrival, self.next_name(arrival), self.keep(arrival)))
            self.answers += 1
        with self.review.store.write() as transaction:
            for arrival, name, raw_entry in named:
                warnings = self._take(transaction, name, arrival.parsed) if arrival.parsed else []
                run_progress.note_arrival(transaction, self.run_id, raw_entry, warnings)
            if checkpoint is not None:
                run_progress.set_checkpoint(transaction, self.run_id, checkpoint)

    def _take(self, transaction: Transaction, name: str, parsed: Parsed) -> list[str]:
        deliveries = [records.Delivery(self.source, entry.accession, entry.citation) for entry in parsed.entries]
        taken = records.store_batch(transaction, self.run_id, deliveries)
        unreadable = (f"{name}, record {reject.line} cannot be read: {reject.reason}" for reject in parsed.rejects)
        return [*taken.warnings, *unreadable]

    def go_on(self) -> None:
        """Let the person who waits stop the search here.

        Raises:
            SearchStopped: that is wanted.
        """
        if self.listener.cancelled():
            raise SearchStopped

    def checkpoint(self) -> dict[str, Any]:
        """Where the run goes on; empty at its beginning."""
        with self.review.store.read() as transaction:
            return run_progress.checkpoint(transaction, self.run_id)

    def start_over(self, problem: str) -> Interrupted:
        """The error to raise where what was listed so far cannot be relied on: the same command begins anew, keeping the records."""
        with self.review.store.write() as transaction:
            run_progress.set_checkpoint(transaction, self.run_id, {})
        return Interrupted(problem)
