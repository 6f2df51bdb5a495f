"""Makes review-NNNN.db, the stored database of this program's schema that later versions must open with the same state.

    python tests/data/make_review.py

Run once by the version that writes a new schema, and kept; databases of older schemas stay as they were made.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prisma_tool.model.log.event_ids import EventIds
from prisma_tool.model.log.events import ENGINE, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.record.citation import Author, Citation, Section
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.store.engine.database import Store
from prisma_tool.store.engine.opening import HEAD, open_store
from prisma_tool.store.projections import event_log
from prisma_tool.store.projections.event_log import Draft
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

TARGET = Path(__file__).with_name(f"review-{HEAD}.db")
SECONDS = itertools.count()


def now() -> datetime:
    """A clock of one second a look."""
    return datetime(2025, 2, 3, 9, tzinfo=UTC) + timedelta(seconds=next(SECONDS))


def deliver(store: Store, source: str, kind: SourceKind, accession: str, citation: Citation) -> None:
    """One record by a run of its own."""
    with store.write() as transaction:
        registered = runs.register_source(transaction, source, kind)
        run = runs.begin_run(transaction, registered.slug)
        records.store_batch(transaction, run.id, [records.Delivery(registered.slug, accession, citation)])


def fill(store: Store) -> None:
    """Two versions of a record, a cluster, votes at both stages, an undo, a retrieval, a study, and an event nobody knows yet."""
    deliver(store, "PubMed", SourceKind.DATABASE, "1", Citation(title="Aspirin", doi="10.1000/1", pmid="1"))
    deliver(store, "Embase", SourceKind.DATABASE, "1", Citation(title="Aspirin.", authors=(Author("Ash", "A"),)))
    deliver(store, "PubMed", SourceKind.DATABASE, "2", Citation(title="Zinc", pmid="2"))
    deliver(store, "Website", SourceKind.WEBSITE, "3", Citation(title="β-Carotene"))
    text = (Section("METHODS", "Randomised."),)
    deliver(store, "PubMed", SourceKind.DATABASE, "1", Citation(title="Aspirin", doi="10.1000/1", pmid="1", abstract=text))
    same = {"other": "pubmed:1", "verdict": "same", "reason": "title, author"}
    excluded = {"verdict": "exclude", "reason": "wrong-outcome"}
    drafts = [
        Draft(EventKind.DUPLICATE, "embase:1", reviewer=ENGINE, payload=same),
        Draft(EventKind.DECISION, "embase:1", "title-abstract", "Ada", {"verdict": "include"}),
        Draft(EventKind.RETRIEVAL, "pubmed:1", reviewer="Ada", payload={"status": "retrieved"}),
        Draft(EventKind.DECISION, "pubmed:1", "full-text", "Ada", excluded),
        Draft(EventKind.STUDY, "pubmed:1", reviewer="Ada", payload={"study": "ASH", "linked": True}),
        Draft(EventKind.DECISION, "pubmed:2", "title-abstract", "Ada", {"verdict": "exclude"}),
    ]
    with store.write() as transaction:
        taken_back = event_log.append(transaction, drafts)[-1]
        event_log.append(transaction, [Draft(EventKind.UNDO, taken_back.id, reviewer="Ada")])
        event_log.append(transaction, [Draft("from-a-later-version", "pubmed:2")])  # type: ignore[arg-type] # what a newer copy may hold


def main() -> None:
    """Write the database and leave a single file."""
    TARGET.unlink(missing_ok=True)
    new_id = EventIds(now, random.Random(1).getrandbits)
    store = open_store(
        f"sqlite:///{TARGET}",
        protocol=Protocol(),
        now=now,
        new_id=new_id,
        tool_version="0.1.0",
        backups=TARGET.parent,
        tell=print,
        create=True,
    )
    fill(store)
    store.close()
    with closing(sqlite3.connect(TARGET, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode=DELETE")
        file.execute("VACUUM")


if __name__ == "__main__":
    main()
