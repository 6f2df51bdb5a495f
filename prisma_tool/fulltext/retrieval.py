"""Full texts: which were retrieved, which were not and what was tried, and the files themselves under fulltext/.

Invariants: a PDF is in the folder before the event that names it; what is kept there begins as a PDF does, and no file is ever written
over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from prisma_tool.errors import DecisionError, PrismaError
from prisma_tool.file_io import explained_errors, read_file, write_atomically
from prisma_tool.fulltext.attempts import RetrievalAttempt, note_attempts_within
from prisma_tool.model.file_names import safe_name
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import RetrievalStatus
from prisma_tool.plain_files import is_pdf
from prisma_tool.reports.state import SOUGHT, Report, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What became of the search for one full text. `file` is a document to keep; `where` names a file's line in errors."""

    key: str
    status: RetrievalStatus
    file: Path | None = None
    note: str = ""
    where: str = ""


def retrieve(
    review: Review, retrievals: Sequence[Retrieval], reviewer: str, attempts: Sequence[RetrievalAttempt] = ()
) -> list[Event]:
    """Store retrievals and attempts, all or none; documents are copied only when every line has passed.

    Raises:
        PrismaError: an unknown key, a report that is not sought, a missing file or one that is no PDF, or "not retrieved" for an
            assessed report.
    """
    with review.store.write() as transaction:
        reports = reports_of(transaction, {retrieval.key for retrieval in retrievals})
        documents = [_checked_document(transaction, retrieval, reports) for retrieval in retrievals]
        attempt_events = note_attempts_within(transaction, attempts, reviewer) if attempts else []
        files = [keep_file(review, *document) if document else "" for document in documents]
        return attempt_events + event_log.append(
            transaction, [_draft(*pair, reviewer) for pair in zip(retrievals, files, strict=True)]
        )


def _draft(retrieval: Retrieval, file: str, reviewer: str) -> event_log.Draft:
    payload = {"status": retrieval.status.value, "file": file, "note": retrieval.note}
    return event_log.Draft(EventKind.RETRIEVAL, retrieval.key, reviewer=reviewer, payload=payload)


def _checked_document(transaction: Transaction, retrieval: Retrieval, reports: dict[str, Report]) -> tuple[str, bytes] | None:
    """The name and bytes of the document to keep, if there is one."""
    try:
        records.require(transaction, [retrieval.key])
        _check_phase(retrieval, reports[retrieval.key])
        return _document(retrieval)
    except PrismaError as error:
        raise DecisionError(f"{retrieval.where}{error.message}") from error


def _check_phase(retrieval: Retrieval, report: Report) -> None:
    if report.phase not in SOUGHT:
        raise DecisionError(f"{retrieval.key} is {report.phase}; full texts are sought for reports included at title/abstract.")
    if retrieval.status is RetrievalStatus.NOT_RETRIEVED and report.full_text is not None:
        raise DecisionError(f"{retrieval.key} has been assessed in full text, so it was retrieved; undo that decision first.")


def _document(retrieval: Retrieval) -> tuple[str, bytes] | None:
    if retrieval.file is None:
        return None
    if retrieval.status is RetrievalStatus.NOT_RETRIEVED:
        raise DecisionError(f"{retrieval.key} cannot be not retrieved and have a file; leave out one of the two.")
    data = read_file(retrieval.file)
    if not is_pdf(data):
        beginning = one_line(data[:40].decode("utf-8", "replace"))
        problem = f"it begins with “{beginning}”" if beginning else "it is empty"
        raise DecisionError(
            f"{retrieval.file} is not a PDF ({problem}); nothing was stored. Print or save the page as a PDF first."
        )
    return document_name(retrieval.key, data), data


def document_name(key: str, data: bytes) -> str:
    """What a document of a report is called under fulltext/."""
    # The hash of key and content keeps apart what no file name could, and lets a second document stand beside the first.
    digest = hashlib.sha256(key.encode() + data).hexdigest()[:10]
    return f"{safe_name(key)}-{digest}.pdf"


def keep_file(review: Review, name: str, data: bytes) -> str:
    """Copy a document into fulltext/, beside whatever is there; returns its path within the review."""
    folder = review.folder / "fulltext"
    stem, suffix = name.rsplit(".", 1)
    names = (f"{stem}{f'-{n}' if n else ''}.{suffix}" for n in count())
    with explained_errors(folder):
        folder.mkdir(exist_ok=True)
        free = next(
            candidate for candidate in names if not (folder / candidate).exists() or (folder / candidate).read_bytes() == data
        )
        is_new = not (folder / free).exists()
    if is_new:
        write_atomically(folder / free, data)
    return f"fulltext/{free}"
