"""Records whose relevance is known from outside the review: files of known relevant records, and labelled exports of other programs.

They start the model and are counted nowhere. Invariant: a file is stored whole, as one event that can be taken back; the same file again
adds nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prisma_tool.errors import DecisionError, FormatError
from prisma_tool.file_io import read_file
from prisma_tool.formats.registry import read
from prisma_tool.model.log.events import Channel, Event, EventKind
from prisma_tool.model.text import one_line
from prisma_tool.ranking.features import Text
from prisma_tool.ranking.simulation.labelled_data import is_labelled, read_labelled
from prisma_tool.review.open_review import Review
from prisma_tool.screening.prioritised.label_sequence import STAGE
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log

PRIORS = "priors"
"""The act of an `order` event that brings known records."""
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A record from outside the review whose relevance is known."""

    text: Text
    relevant: bool


@dataclass(frozen=True, slots=True)
class PriorsFile:
    """What a file came to: how many relevant and irrelevant records it has, and whether it was stored already."""

    path: Path
    relevant: int
    irrelevant: int
    already: bool


def learn_from(review: Review, paths: Sequence[Path], reviewer: str) -> list[PriorsFile]:
    """Store the known records of files, all files or none.

    Raises:
        FormatError: a file cannot be read, or holds no record.
        DecisionError: a file holds too many records to be an example.
    """
    if not paths:
        return []
    files = [(path, hashlib.sha256(read_file(path)).hexdigest(), _read(path)) for path in paths]
    with review.store.through(Channel.FILE).write() as transaction:
        known_digests = {event.text("sha256") for event in _events(transaction)}
        new_files = [file for file in files if file[1] not in known_digests]
        event_log.append(transaction, [_draft(path, digest, known, reviewer) for path, digest, known in new_files])
    return [_learned(path, known, already=digest in known_digests) for path, digest, known in files]


def _read(path: Path) -> list[KnownRecord]:
    known = list(_labelled(path) if is_labelled(path) else _citations(path))
    if not known:
        raise FormatError(f"{path} holds no record to learn from.")
    if len(known) > _MOST:
        raise DecisionError(
            f"{path} holds {len(known)} records; examples are at most {_MOST}. Import it instead if it is to be screened."
        )
    return known


def _labelled(path: Path) -> Iterator[KnownRecord]:
    return (KnownRecord(row.text, bool(row.relevant)) for row in read_labelled(path, by_line=True).rows)


def _citations(path: Path) -> Iterator[KnownRecord]:
    parsed = read(read_file(path))
    if parsed.rejects:
        first = parsed.rejects[0]
        raise FormatError(f"{path}, line {first.line}: {first.reason}. Nothing was stored; mend or take out this entry.")
    for entry in parsed.entries:
        yield KnownRecord(Text(entry.citation.title, entry.citation.abstract_text, entry.citation.year), relevant=True)


def _draft(path: Path, digest: str, known: Sequence[KnownRecord], reviewer: str) -> event_log.Draft:
    rows = [[record.text.title, record.text.abstract, record.text.year, record.relevant] for record in known]
    payload: dict[str, Any] = {"act": PRIORS, "file": one_line(path.name), "sha256": digest, "records": rows}
    return event_log.Draft(EventKind.ORDER, one_line(path.name), STAGE, reviewer, payload)


def _learned(path: Path, known: Sequence[KnownRecord], *, already: bool) -> PriorsFile:
    relevant = sum(record.relevant for record in known)
    return PriorsFile(path, relevant, len(known) - relevant, already)


def known_records(transaction: Transaction) -> list[KnownRecord]:
    """All known records, in the order in which they came."""
    return [
        KnownRecord(Text(str(title), str(abstract), year if isinstance(year, int) else None), bool(relevant))
        for event in _events(transaction)
        for title, abstract, year, relevant in event.payload.get("records", ())
    ]


def _events(transaction: Transaction) -> list[Event]:
    return [event for event in event_rows.not_undone(transaction, EventKind.ORDER) if event.text("act") == PRIORS]


def forget(review: Review, reviewer: str) -> int:
    """Take back all known records; returns from how many files they were."""
    with review.store.write() as transaction:
        events = _events(transaction)
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, event.id, reviewer=reviewer) for event in events])
    return len(events)
