"""Full texts: which were retrieved, which were not and what was tried, and the files themselves under fulltext/.

Invariant: a PDF is in the folder before the event that names it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prisma_tool.errors import DecisionError, PrismaError
from prisma_tool.model.events import Event, EventKind
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import RetrievalStatus
from prisma_tool.review.files import read_file, told_about, write_atomically
from prisma_tool.review.review import Review
from prisma_tool.screening.reports import SOUGHT, Report, reports_of
from prisma_tool.store import log, records
from prisma_tool.store.database import Transaction

LONGEST_NAME, LONGEST_SUFFIX = 80, 10
"""In characters; folder entries end at 255 bytes."""
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
    """Store retrievals, all or none; documents are copied only when every line has passed.

    Raises:
        PrismaError: an unknown key, a report that is not sought, a missing file, or "not retrieved" for an assessed report.
    """
    with review.store.write() as transaction:
        reports = reports_of(transaction, {wish.key for wish in retrievals})
        documents = [_checked(transaction, wish, reports) for wish in retrievals]
        kept = [_keep_file(review, *found) if found else "" for found in documents]
        return log.append(transaction, [_draft(*pair, reviewer) for pair in zip(retrievals, kept, strict=True)])


def _draft(wish: Retrieval, kept: str, reviewer: str) -> log.Draft:
    payload = {"status": wish.status.value, "file": kept, "note": wish.note}
    return log.Draft(EventKind.RETRIEVAL, wish.key, reviewer=reviewer, payload=payload)


def _checked(transaction: Transaction, wish: Retrieval, reports: dict[str, Report]) -> tuple[str, bytes] | None:
    """The name and bytes of the document to keep, if there is one."""
    try:
        records.require(transaction, [wish.key])
        _check_phase(wish, reports[wish.key])
        return _document(wish)
    except PrismaError as error:
        raise DecisionError(f"{wish.where}{error.message}") from error


def _check_phase(wish: Retrieval, report: Report) -> None:
    if report.phase not in SOUGHT:
        raise DecisionError(f"{wish.key} is {report.phase}; full texts are sought for reports included at title/abstract.")
    if wish.status is RetrievalStatus.NOT_RETRIEVED and report.full_text is not None:
        raise DecisionError(f"{wish.key} has been assessed in full text, so it was retrieved; undo that decision first.")


def _document(wish: Retrieval) -> tuple[str, bytes] | None:
    if wish.file is None:
        return None
    if wish.status is RetrievalStatus.NOT_RETRIEVED:
        raise DecisionError(f"{wish.key} cannot be not retrieved and have a file; leave out one of the two.")
    data = read_file(wish.file)
    if not data:
        raise DecisionError(f"{wish.file} is empty; nothing was stored.")
    # The hash of key and content keeps apart what no file name could, and lets a second document stand beside the first.
    digest = hashlib.sha256(wish.key.encode() + data).hexdigest()[:10]
    return f"{_UNSAFE.sub('_', wish.key)[:LONGEST_NAME]}-{digest}{one_line(wish.file.suffix.lower())[:LONGEST_SUFFIX]}", data


def _keep_file(review: Review, name: str, data: bytes) -> str:
    """Copy a document into fulltext/; returns its path within the review."""
    target = review.folder / "fulltext" / name
    with told_about(target.parent):
        target.parent.mkdir(exist_ok=True)
    write_atomically(target, data)
    return f"fulltext/{name}"
