"""Full texts: which were retrieved, which were not and what was tried, and the files themselves under fulltext/.

Invariant: a PDF is in the folder before the event that names it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prisma_tool.errors import DecisionError
from prisma_tool.model.events import Event, EventKind
from prisma_tool.model.vocabulary import RetrievalStatus
from prisma_tool.review.files import read_file, write_atomically
from prisma_tool.review.review import Review
from prisma_tool.screening.reports import ASSESSED, SOUGHT, Report, reports_of
from prisma_tool.store import log, records
from prisma_tool.store.database import Transaction

_UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What became of the search for one full text. `file` is a document to keep; `where` names a file's line in errors."""

    key: str
    status: RetrievalStatus
    file: Path | None = None
    note: str = ""
    where: str = ""


def retrieve(review: Review, retrievals: Sequence[Retrieval], reviewer: str) -> list[Event]:
    """Store retrievals, all or none.

    Raises:
        PrismaError: an unknown key, a report that is not sought, a missing file, or "not retrieved" for an assessed report.
    """
    with review.store.write() as transaction:
        reports = reports_of(transaction, {wish.key for wish in retrievals})
        drafts = []
        for wish in retrievals:
            try:
                drafts.append(_draft(review, transaction, wish, reports, reviewer))
            except DecisionError as error:
                raise DecisionError(f"{wish.where}{error.message}") from error
        return log.append(transaction, drafts)


def _draft(review: Review, transaction: Transaction, wish: Retrieval, reports: dict[str, Report], reviewer: str) -> log.Draft:
    records.require(transaction, [wish.key])
    report = reports[wish.key]
    if report.phase not in SOUGHT:
        raise DecisionError(f"{wish.key} is {report.phase}; full texts are sought for reports included at title/abstract.")
    if wish.status is RetrievalStatus.NOT_RETRIEVED and report.phase in ASSESSED:
        raise DecisionError(f"{wish.key} has been assessed in full text, so it was retrieved; undo that decision first.")
    kept = _keep_file(review, wish) if wish.file else ""
    payload = {"status": wish.status.value, "file": kept, "note": wish.note}
    return log.Draft(EventKind.RETRIEVAL, wish.key, reviewer=reviewer, payload=payload)


def _keep_file(review: Review, wish: Retrieval) -> str:
    """Copy a document into fulltext/ under its record's key; returns its path within the review."""
    source = wish.file or Path()
    if wish.status is RetrievalStatus.NOT_RETRIEVED:
        raise DecisionError(f"{wish.key} cannot be not retrieved and have a file; leave out one of the two.")
    data = read_file(source)
    if not data:
        raise DecisionError(f"{source} is empty; nothing was stored.")
    # The hash keeps apart keys that differ only in characters no file name can hold.
    digest = hashlib.sha256(wish.key.encode()).hexdigest()[:6]
    name = f"{_UNSAFE.sub('_', wish.key)}-{digest}{source.suffix.lower()}"
    target = review.folder / "fulltext" / name
    target.parent.mkdir(exist_ok=True)
    write_atomically(target, data)
    return f"fulltext/{name}"
