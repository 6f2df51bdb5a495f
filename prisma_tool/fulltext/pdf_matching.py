"""Matching the PDFs of a folder with the reports that want one, and attaching those that leave no doubt.

Invariants: nothing is attached that `pdf_identity` does not call certain; two files for one report are both left to a person; all that
is certain is attached or nothing; the folder is only read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from prisma_tool.errors import PrismaError
from prisma_tool.file_io import explained_errors
from prisma_tool.fulltext.attempts import full_texts
from prisma_tool.fulltext.pdf_identity import NO_MATCH, PdfMatch, ReportIndex, SoughtReport, dois_inside
from prisma_tool.fulltext.retrieval import Retrieval, retrieve
from prisma_tool.model.vocabulary import RetrievalStatus
from prisma_tool.plain_files import ListedFile, is_pdf, listed, read_found
from prisma_tool.reports.state import SOUGHT, Report, load_review_state
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import records

LARGEST_PDF = 1 << 30
"""Bytes; scanned books are well below."""


@dataclass(frozen=True, slots=True)
class CertainMatch:
    """A file and the report that it certainly belongs to, with the ground in words."""

    file: str
    key: str
    ground: str


@dataclass(frozen=True, slots=True)
class DoubtfulFile:
    """A file that may belong to these reports, or that cannot be taken, and why nobody but a person may say."""

    file: str
    keys: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class FolderMatches:
    """What a folder holds for the review; the files of `unmatched` lead to no report, `lacking` counts the reports still without one."""

    certain: tuple[CertainMatch, ...]
    doubtful: tuple[DoubtfulFile, ...]
    unmatched: tuple[str, ...]
    lacking: int


@dataclass(frozen=True, slots=True)
class _PdfFile:
    path: Path
    digest: str
    problem: str
    inside: tuple[str, ...]


def match_folder(review: Review, folder: Path) -> FolderMatches:
    """What the PDFs of a folder and its subfolders are, for the reports that want a full text.

    Raises:
        PrismaError: the folder cannot be read, or holds no PDF.
    """
    files = [_read(folder, file) for file in _pdfs(folder, review.folder / "fulltext")]
    with review.store.read() as transaction:
        index = ReportIndex.of(sought_reports(transaction))
    return _findings(files, index)


def attach_matches(review: Review, findings: FolderMatches, reviewer: str) -> int:
    """Attach what is certain, all or nothing; returns how many files.

    Raises:
        PrismaError: a file is gone or was changed meanwhile, or the rules refuse; nothing was attached.
    """
    retrievals = [Retrieval(match.key, RetrievalStatus.RETRIEVED, Path(match.file), match.ground) for match in findings.certain]
    return len(retrieve(review, retrievals, reviewer)) if retrievals else 0


def _pdfs(folder: Path, own: Path) -> list[ListedFile]:
    """What is called a PDF below a folder, and what there could not be looked into."""
    if not folder.is_dir():
        raise PrismaError(f"{folder} is not a folder; name the one that holds the PDFs.")
    with explained_errors(folder):
        # Read first for its error: what cannot be read further down is one of the findings.
        next(folder.iterdir(), None)
    files = [
        file
        for file in listed(folder)
        if (file.path.suffix.lower() == ".pdf" or file.problem) and not _lies_in(folder / file.path, own)
    ]
    if not any(file.path.suffix.lower() == ".pdf" for file in files):
        raise PrismaError(f"{folder} holds no file whose name ends in .pdf.")
    return files


def _lies_in(path: Path, own: Path) -> bool:
    return path.parent.resolve().is_relative_to(own.resolve())


def _read(folder: Path, file: ListedFile) -> _PdfFile:
    path = folder / file.path
    if file.problem:
        return _PdfFile(path, "", f"it {file.problem}", ())
    try:
        data = read_found(path, folder, at_most=LARGEST_PDF)
    except OSError as error:
        return _PdfFile(path, "", f"it cannot be read: {error.strerror}", ())
    except PrismaError as error:
        return _PdfFile(path, "", error.message, ())
    problem = "" if is_pdf(data) else "it is not a PDF, whatever its name says"
    return _PdfFile(path, hashlib.sha256(data).hexdigest(), problem, dois_inside(data) if not problem else ())


def sought_reports(transaction: Transaction) -> Iterator[SoughtReport]:
    """Every report of the review, as files are compared with it.

    Raises:
        StoreError: the database cannot be read.
    """
    review_state = load_review_state(transaction)
    sought = {report.key: [record.key for record in report.records] for report in review_state.reports if report.phase in SOUGHT}
    texts = full_texts(transaction, sought)
    stored: dict[str, list[records.StoredRecord]] = {}
    for record in records.all_records(transaction):
        stored.setdefault(record.cluster, []).append(record)
    for report in review_state.reports:
        members = stored[report.key]
        needs_file = report.key in texts and not texts[report.key].files
        yield SoughtReport(
            report.key,
            tuple(record.citation for record in members),
            tuple(record.key for record in members),
            needs_file,
            _phase(report),
            takes_files=report.phase in SOUGHT,
        )


def _phase(report: Report) -> str:
    return "has a file already" if report.phase in SOUGHT else f"is {report.phase}"


def _findings(files: Sequence[_PdfFile], index: ReportIndex) -> FolderMatches:
    claims: dict[str, list[tuple[_PdfFile, str]]] = {}
    doubtful: list[DoubtfulFile] = []
    unmatched: list[str] = []
    for file in files:
        match = index.judge(file.path.stem, file.inside)
        objection = file.problem or _objection(match, index)
        if match is NO_MATCH:
            unmatched.append(str(file.path))
        elif objection:
            doubtful.append(DoubtfulFile(str(file.path), match.keys, objection))
        else:
            claims.setdefault(match.keys[0], []).append((file, match.ground))
    matches = tuple(
        CertainMatch(str(claimants[0][0].path), key, claimants[0][1])
        for key, claimants in claims.items()
        if _are_copies(claimants)
    )
    rivals = ((key, file) for key, claimants in claims.items() if not _are_copies(claimants) for file, _ in claimants)
    doubtful += [DoubtfulFile(str(file.path), (key,), "several files claim this report") for key, file in rivals]
    lacking = sum(report.wanted for report in index.reports.values()) - len(matches)
    return FolderMatches(matches, tuple(doubtful), tuple(unmatched), lacking)


def _objection(match: PdfMatch, index: ReportIndex) -> str:
    """Why a file is not attached without a person's word; empty where nothing speaks against it."""
    if not match.certain:
        return match.ground
    report = index.reports[match.keys[0]]
    return "" if report.wanted else f"{match.ground}; but {report.key} {report.phase}"


def _are_copies(claims: Iterable[tuple[_PdfFile, str]]) -> bool:
    """Several copies of one file are one file."""
    return len({file.digest for file, _ in claims}) == 1
