"""The text of a report: that of its newest PDF, else the results that its register entry has posted.

Invariant: where there is no text, what is given says why; reading takes place in the thread that asks.
"""

from __future__ import annotations

from dataclasses import dataclass

from prisma_tool.errors import PrismaError
from prisma_tool.fulltext.reading.document_text import DocumentText
from prisma_tool.fulltext.reading.pdf_pages import DocumentReader
from prisma_tool.fulltext.reading.text_cache import TextCache
from prisma_tool.model.text import counted, one_line
from prisma_tool.records.register_results import posted_results
from prisma_tool.review.open_review import Review
from prisma_tool.tui.sessions.report_on_screen import ReportOnScreen


@dataclass(frozen=True, slots=True)
class LoadedText:
    """A text as it was read: what it is known by, what it is in words, and what stands in it."""

    identity: str
    about: str
    document: DocumentText


class TextLoader:
    """Reads the texts of the reports of a review."""

    def __init__(self, review: Review) -> None:
        self.review = review
        self.reader = DocumentReader()
        self._cache = TextCache(review.folder, review.cache, self.reader)

    def load(self, report: ReportOnScreen) -> LoadedText | None:
        """The text of a report; None where nothing is attached to it and no results are posted. May be called from any thread."""
        if report.text.files:
            return self._of_file(report.text.files)
        entry = next((one for one in report.records if one.citation.trial and one.citation.trial.has_results), None)
        return self._of_register(entry.key) if entry else None

    def _of_file(self, files: tuple[str, ...]) -> LoadedText:
        name = files[0]
        try:
            digest, document = self._cache.text(name)
        except PrismaError as error:
            return LoadedText(name, one_line(name), DocumentText(problem=one_line(error.message)))
        older = f" · {counted(len(files) - 1, 'older file')}, v opens any" if len(files) > 1 else ""
        pages = f" · {counted(len(document.parts), 'page')}" if document.parts else ""
        return LoadedText(digest, f"{one_line(name)}{pages}{older}", document)

    def _of_register(self, key: str) -> LoadedText:
        try:
            document = posted_results(self.review, key)
        except PrismaError as error:
            document = DocumentText(problem=one_line(error.message))
        return LoadedText(key, f"Results posted in the register ({one_line(key)})", document)

    def close(self) -> None:
        """End the process that reads."""
        self.reader.close()
