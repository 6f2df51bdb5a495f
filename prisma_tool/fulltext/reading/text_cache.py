"""The texts of documents, kept in the review's cache by the hash of their files.

Invariant: nothing depends on it; a text that is missing, damaged or cannot be written is read from its document again.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from prisma_tool.errors import PrismaError
from prisma_tool.file_io import read_file, write_atomically
from prisma_tool.fulltext.reading.document_text import DAMAGED, STOPPED, DocumentText, as_json, from_json
from prisma_tool.fulltext.reading.paragraphs import laid_out
from prisma_tool.fulltext.reading.pdf_pages import MOST_BYTES, DocumentReader
from prisma_tool.plain_files import is_pdf

VERSION = 1
"""Of how texts are read; a new one leaves aside what was kept under another."""
_LARGEST = 100 << 20


class TextCache:
    """Gives the texts of documents that lie in `folder`, a review's; `cache` is where they are kept."""

    def __init__(self, folder: Path, cache: Path, reader: DocumentReader) -> None:
        self._folder, self._cache, self._reader = folder, cache / "texts", reader

    def text(self, name: str) -> tuple[str, DocumentText]:
        """The hash and the text of a document, by its path within the review; may be called from any thread.

        Raises:
            PrismaError: the file is missing, no plain file or too large.
        """
        data = read_file(self._folder / name, inside=self._folder, at_most=MOST_BYTES)
        digest = hashlib.sha256(data).hexdigest()
        kept = self._kept(digest)
        if kept is not None:
            return digest, kept
        document = laid_out(self._reader.read(data)) if is_pdf(data) else DocumentText(problem=DAMAGED)
        if document.problem != STOPPED:
            self._keep(digest, document)
        return digest, document

    def _path(self, digest: str) -> Path:
        return self._cache / f"{digest}-{VERSION}.json"

    def _kept(self, digest: str) -> DocumentText | None:
        try:
            return from_json(read_file(self._path(digest), at_most=_LARGEST).decode())
        except (PrismaError, ValueError):
            return None

    def _keep(self, digest: str, document: DocumentText) -> None:
        with contextlib.suppress(PrismaError, OSError):
            self._cache.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path(digest), as_json(document).encode())
