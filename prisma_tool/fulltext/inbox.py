"""fulltext/inbox: PDFs that somebody put there, matched with reports by what stands in them.

Invariants: nothing is attached that was not agreed to, or that `document_evidence` does not call certain; a file leaves the inbox only once
an equal copy lies in fulltext/ and the event that names it is stored; what belongs to no report stays where it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from prisma_tool.errors import PrismaError
from prisma_tool.file_io import explained_errors
from prisma_tool.fulltext.document_evidence import ComparedReport, DocumentEvidence, FirstPages, ReportEvidence, weighed
from prisma_tool.fulltext.inbox_folder import INBOX, inbox_of
from prisma_tool.fulltext.pdf_identity import ReportIndex, SoughtReport, dois_inside
from prisma_tool.fulltext.pdf_matching import sought_reports
from prisma_tool.fulltext.reading.document_text import DocumentText
from prisma_tool.fulltext.reading.pdf_pages import MOST_BYTES, DocumentReader
from prisma_tool.fulltext.retrieval import Retrieval, document_name, retrieve
from prisma_tool.model.log.events import Event
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import RetrievalStatus
from prisma_tool.plain_files import ListedFile, is_pdf, is_whole_pdf, listed, read_found
from prisma_tool.review.open_review import Review

FIRST_PAGES = 2
"""A cover of a library or repository stands before the article's own first page."""
_PARTIAL = "it does not end as a PDF does: it may still be on its way, or be a part"
_FOREIGN = "its first pages name no report that is sought here"


_Reports = tuple[ReportIndex, list[ComparedReport]]


@dataclass(frozen=True, slots=True)
class InboxFile:
    """A file of the inbox: its path within it, its hash, the reports it may be, likeliest first, and what is to be said of it."""

    name: str
    digest: str = ""
    candidates: tuple[ReportEvidence, ...] = ()
    words: str = ""
    is_certain: bool = False


@dataclass(frozen=True, slots=True)
class InboxContents:
    """What lies in the inbox: what certainly belongs to a report, what a person is asked about, and what belongs to none, with why."""

    certain: tuple[InboxFile, ...] = ()
    unsure: tuple[InboxFile, ...] = ()
    foreign: tuple[InboxFile, ...] = ()
    lacking: int = 0


@dataclass(frozen=True, slots=True)
class ChosenFile:
    """A file of the inbox and the report that it is to be attached to."""

    file: InboxFile
    key: str


def waiting_files(review: Review) -> tuple[tuple[str, int, int], ...]:
    """What lies in the inbox, with size and time of change: cheap to compare with what was seen before. Nothing is made or raised."""
    folder = review.folder / INBOX
    seen = []
    for file in listed(folder) if folder.is_dir() and not folder.is_symlink() else ():
        try:
            status = (folder / file.path).lstat()
        except OSError:
            continue
        seen.append((str(file.path), status.st_size, status.st_mtime_ns))
    return tuple(seen)


def look_through(
    review: Review, reader: DocumentReader, advance: Callable[[int, int], object] = lambda _, __: None
) -> InboxContents:
    """What lies in the inbox and which reports it is for; nothing is attached. `advance` is told how many files of how many were read.

    Raises:
        PrismaError: the inbox or the review cannot be read.
    """
    folder = inbox_of(review)
    with explained_errors(folder):
        files = list(listed(folder))
    with review.store.read() as transaction:
        index = ReportIndex.of(sought_reports(transaction))
    compared = [ComparedReport.of(report) for report in index.reports.values()]
    looked = []
    for number, file in enumerate(files):
        advance(number, len(files))
        looked.append(_attachable(_looked(folder, file, reader, (index, compared)), index))
    return _sorted(looked, index)


def _attachable(file: InboxFile, index: ReportIndex) -> InboxFile:
    """The file with those of its reports that a full text can be attached to; the rules refuse any other."""
    kept = tuple(one for one in file.candidates if index.reports[one.key].takes_files)
    if not kept or kept[0] is file.candidates[0]:
        return replace(file, candidates=kept)
    likelier = file.candidates[0].key
    words = "; ".join((*kept[0].words, f"likelier {likelier}, which {index.reports[likelier].phase}"))
    return replace(file, candidates=kept, words=one_line(words))


def _looked(folder: Path, file: ListedFile, reader: DocumentReader, reports: _Reports) -> InboxFile:
    name = str(file.path)
    if file.problem:
        return InboxFile(name, words=f"it {file.problem}")
    try:
        data = read_found(folder / file.path, folder, at_most=MOST_BYTES)
    except OSError as error:
        return InboxFile(name, words=f"it cannot be read: {error.strerror}")
    except PrismaError as error:
        return InboxFile(name, words=error.message)
    if not is_pdf(data):
        return InboxFile(name, words="it is not a PDF")
    return _judged(name, data, reader.read(data, FIRST_PAGES), reports)


def _judged(name: str, data: bytes, document: DocumentText, reports: _Reports) -> InboxFile:
    index, compared = reports
    digest, inside = hashlib.sha256(data).hexdigest(), dois_inside(data)
    evidence = weighed(FirstPages(tuple(part.text for part in document.parts), inside), compared)
    if not is_whole_pdf(data):
        document = replace(document, problem="; ".join(filter(None, (document.problem, _PARTIAL))))
    if not evidence.candidates:
        return _by_name(name, digest, document, index)
    words = _words(evidence, document)
    return InboxFile(name, digest, evidence.candidates, words, evidence.is_certain and not document.problem)


def _words(evidence: DocumentEvidence, document: DocumentText) -> str:
    first = evidence.candidates[0]
    return one_line("; ".join(filter(None, (*first.words, *evidence.doubts, document.problem))))


def _by_name(name: str, digest: str, document: DocumentText, index: ReportIndex) -> InboxFile:
    """A document that names no report may be called like one: a person may look at it."""
    match = index.judge(Path(name).stem, ())
    inside = document.problem or _FOREIGN
    if not match.keys:
        return InboxFile(name, digest, words=inside)
    candidates = tuple(ReportEvidence(key, (), 0, (match.ground,)) for key in match.keys)
    return InboxFile(name, digest, candidates, one_line(f"{match.ground}; but {inside}"))


def _sorted(files: Sequence[InboxFile], index: ReportIndex) -> InboxContents:
    """The files by what is to be done; two different files for one report are both asked about."""
    digests: dict[str, set[str]] = {}
    for file in files:
        if file.is_certain:
            digests.setdefault(file.candidates[0].key, set()).add(file.digest)
    certain, unsure, foreign = [], [], []
    for file in files:
        if not file.candidates:
            foreign.append(file)
        elif file.is_certain and len(digests[file.candidates[0].key]) == 1:
            certain.append(file)
        else:
            more = "; another file claims the same report" if file.is_certain else ""
            unsure.append(InboxFile(file.name, file.digest, file.candidates, file.words + more))
    lacking = sum(report.wanted for report in index.reports.values()) - len({file.candidates[0].key for file in certain})
    return InboxContents(tuple(certain), tuple(unsure), tuple(foreign), lacking)


def chosen_for_certain(contents: InboxContents) -> list[ChosenFile]:
    """What is attached without a question."""
    return [ChosenFile(file, file.candidates[0].key) for file in contents.certain]


def attach(review: Review, chosen: Sequence[ChosenFile], reviewer: str) -> list[Event]:
    """Attach files to the reports they were chosen for, all or none, and take them out of the inbox.

    Raises:
        PrismaError: a file is gone or has become another since it was looked at, or the rules refuse; nothing was attached.
    """
    folder = inbox_of(review)
    names = [_kept_as(folder, one) for one in chosen]
    retrievals = [
        Retrieval(one.key, RetrievalStatus.RETRIEVED, folder / one.file.name, f"from the inbox: {one.file.words}")
        for one in {(one.key, one.file.digest): one for one in chosen}.values()
    ]
    stored = retrieve(review, retrievals, reviewer) if retrievals else []
    for one, name in zip(chosen, names, strict=True):
        _take_out(folder / one.file.name, review.folder / "fulltext" / name)
    return stored


def _kept_as(folder: Path, chosen: ChosenFile) -> str:
    """How the file will be called under fulltext/.

    Raises:
        PrismaError: it is not as it was looked at.
    """
    path = folder / chosen.file.name
    with explained_errors(path):
        data = read_found(path, folder, at_most=MOST_BYTES)
    if hashlib.sha256(data).hexdigest() != chosen.file.digest:
        raise PrismaError(f"{path} has changed since it was looked at; nothing was attached. Look through the inbox again.")
    return document_name(chosen.key, data)


def _take_out(path: Path, kept: Path) -> None:
    """Remove a file of which an equal copy is kept; one that cannot be removed stays, and is known again."""
    try:
        if kept.read_bytes() == path.read_bytes():
            path.unlink()
    except OSError:
        return


def wanted_reports(review: Review) -> list[SoughtReport]:
    """The reports that want a full text, for whoever chooses one by hand.

    Raises:
        PrismaError: the review cannot be read.
    """
    with review.store.read() as transaction:
        return [report for report in sought_reports(transaction) if report.wanted]
