"""Whether a document that a person attached speaks of itself as another work than the report that it was attached to.

Invariant: a person's word stands: the document stays attached, and nothing is said but what its own first pages say. A scan, or a page
that names neither a number nor a title known here, says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prisma_tool.file_io import read_file
from prisma_tool.fulltext.document_evidence import ComparedReport, FirstPages, other_dois, weighed
from prisma_tool.fulltext.inbox import FIRST_PAGES
from prisma_tool.fulltext.page_words import LIKE_TITLE
from prisma_tool.fulltext.pdf_identity import SoughtReport, dois_inside
from prisma_tool.fulltext.pdf_matching import sought_reports
from prisma_tool.fulltext.reading.pdf_pages import DocumentReader
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review


def doubts_about(review: Review, key: str, documents: Sequence[Path], reader: DocumentReader) -> list[str]:
    """What speaks against documents that were attached to the report of any of its records, a sentence each.

    Raises:
        PrismaError: the review or a document cannot be read.
    """
    with review.store.read() as transaction:
        sought = list(sought_reports(transaction))
    doubts = (doubt_about(first_pages(path, reader), key, sought) for path in documents)
    return [one_line(f"{path.name} {doubt}.") for path, doubt in zip(documents, doubts, strict=True) if doubt]


def first_pages(path: Path, reader: DocumentReader) -> FirstPages:
    """What a document says of itself.

    Raises:
        PrismaError: it cannot be read.
    """
    data = read_file(path)
    return FirstPages(tuple(part.text for part in reader.read(data, FIRST_PAGES).parts), dois_inside(data))


def doubt_about(first: FirstPages, key: str, sought: Sequence[SoughtReport]) -> str:
    """Why a document may be another work than the report of `key`; empty where it says nothing of the kind."""
    own = next((report for report in sought if key in report.keys), None)
    if own is None:
        return ""
    mine = next(iter(weighed(first, [ComparedReport.of(own)]).candidates), None)
    if mine is not None and mine.numbers:
        return ""
    others = {report.key: report for report in sought if report is not own}
    another = next(iter(weighed(first, [ComparedReport.of(report) for report in others.values()]).candidates), None)
    if another is not None and (another.agrees or (mine is None and another.title >= LIKE_TITLE)):
        names = f"names {another.numbers[0]} and " if another.numbers else ""
        return f"{names}has the title of “{_title(others[another.key])}”, not of the report it was attached to"
    return _names_another_doi(first, own, has_title=mine is not None)


def _title(report: SoughtReport) -> str:
    titles = (citation.title or citation.vernacular_title for citation in report.citations)
    return next(filter(None, titles), report.key)


def _names_another_doi(first: FirstPages, own: SoughtReport, *, has_title: bool) -> str:
    """The title without the report's own DOI, or neither: a preprint, a comment, or another work."""
    doi = next((citation.doi for citation in own.citations if citation.doi), "")
    printed = next(iter(other_dois(own, first)), "")
    if not printed:
        return ""
    if not has_title:
        return f"names {printed}, and neither number nor title of the report it was attached to"
    return f"has the title of the report it was attached to, but names {printed} and not {doi}" if doi else ""
