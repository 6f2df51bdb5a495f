"""The words of a PDF's first page, read in a process of its own: `python -m prisma_tool.fulltext.finding.first_page`.

A document from outside may be made to keep its reader busy or to fill the memory. Invariant: the reader has a bound of time and memory for each
document, and whatever becomes of it, its caller gets words or none. One process reads many documents, because to start one takes longer than
to read.
"""

from __future__ import annotations

import contextlib
import io
import logging
import subprocess
import sys
from threading import Timer

from prisma_tool.fulltext.reading.piped_child import begun, ended, limit_memory, put, taken

SECONDS = 20
MOST_WORDS = 20_000
"""Characters; the first page of an article has a quarter of it."""
_FEW_WORDS = 40
"""Letters; a first page with fewer is a cover or a picture, and the second is the first that can be read."""


class PageReader:
    """Reads first pages in a process that is begun when it is first needed, and anew after it had to be ended; for one thread at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def words(self, data: bytes) -> str:
        """The words of the first page that has any, of the first two; nothing where they cannot be read."""
        process = self._process or self._begin()
        watch = Timer(SECONDS, process.kill)
        watch.start()
        try:
            return self._exchanged(process, data).decode("utf-8", "replace")
        except (OSError, EOFError):
            self.close()
            return ""
        finally:
            watch.cancel()

    def _begin(self) -> subprocess.Popen[bytes]:
        self._process = begun("prisma_tool.fulltext.finding.first_page")
        return self._process

    @staticmethod
    def _exchanged(process: subprocess.Popen[bytes], data: bytes) -> bytes:
        assert process.stdin is not None
        assert process.stdout is not None
        put(process.stdin, data)
        return taken(process.stdout)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            ended(process)


def _words(data: bytes) -> str:
    from pypdf import PdfReader

    logging.disable()
    words = ""
    for page in PdfReader(io.BytesIO(data)).pages[:2]:
        words = page.extract_text()
        if sum(sign.isalnum() for sign in words) >= _FEW_WORDS:
            break
    return words[:MOST_WORDS]


def main() -> None:
    """Read PDFs from standard input and write the words of their first pages to standard output, until the input ends."""
    limit_memory()
    with contextlib.suppress(EOFError, OSError):
        while True:
            data = taken(sys.stdin.buffer)
            try:
                words = _words(data)
            except Exception:  # noqa: BLE001 - any error of a reader of hostile files means the same: no words
                words = ""
            put(sys.stdout.buffer, words.encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
