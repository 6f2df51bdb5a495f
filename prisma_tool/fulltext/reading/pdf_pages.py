"""The words of a PDF's pages, read in a process of its own: `python -m prisma_tool.fulltext.reading.pdf_pages`.

Invariant: the reader has a bound of time, memory and pages for each document; whatever becomes of it, its caller gets the pages that were
read before, and why there are no more. Nothing in a document is ever run.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import subprocess
import sys
from threading import Lock, Timer
from typing import IO, Any

from prisma_tool.fulltext.reading.document_text import (
    DAMAGED,
    ENCRYPTED,
    SCRIPT,
    STOPPED,
    TOO_LARGE,
    UNKNOWN_CIPHER,
    DocumentText,
    pages_text,
)
from prisma_tool.fulltext.reading.piped_child import begun, ended, limit_memory, put, taken

SECONDS = 60.0
MOST_BYTES = 200 << 20
MOST_PAGES = 1_000
MOST_LETTERS = 50_000
"""Characters of a page; the fullest page of a journal has a fifth of it."""
_PAGE, _END = b"p", b"e"


class DocumentReader:
    """Reads PDFs in a process that is begun when it is first needed, and anew after it had to be ended; one document at a time."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = Lock()

    def read(self, data: bytes, most_pages: int = MOST_PAGES) -> DocumentText:
        """The text of the first pages of a PDF; may be called from any thread."""
        if len(data) > MOST_BYTES:
            return DocumentText(problem=TOO_LARGE)
        with self._turn:
            return self._read(data, most_pages)

    def _read(self, data: bytes, most_pages: int) -> DocumentText:
        process = self._process = self._process or begun("prisma_tool.fulltext.reading.pdf_pages")
        pages: list[str] = []
        about: dict[str, Any] = {"pages": 0, "problem": "", "remarks": []}
        watch = Timer(self.seconds, process.kill)
        watch.daemon = True
        watch.start()
        try:
            _exchange(process, data, most_pages, about, pages)
        except (OSError, EOFError, ValueError):
            self._end()
            about["problem"] = STOPPED
        finally:
            watch.cancel()
        return pages_text(pages, about["pages"], about["problem"], about["remarks"])

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            ended(process)

    def close(self) -> None:
        """End the process; a document that is being read is waited for no longer than its bound of time."""
        with self._turn:
            self._end()


def _exchange(process: subprocess.Popen[bytes], data: bytes, most_pages: int, about: dict[str, Any], pages: list[str]) -> None:
    """Have a document read: `about` and `pages` are filled as the answers come."""
    assert process.stdin is not None
    assert process.stdout is not None
    put(process.stdin, str(most_pages).encode())
    put(process.stdin, data)
    about |= json.loads(taken(process.stdout))
    while (piece := taken(process.stdout))[:1] == _PAGE:
        pages.append(piece[1:].decode("utf-8", "replace"))


# What follows runs in the process of its own.


def _answer(out: IO[bytes], data: bytes, most_pages: int) -> None:
    from pypdf.errors import DependencyError, FileNotDecryptedError

    problem = ""
    pages: Any = ()
    remarks: list[str] = []
    try:
        pages, remarks = _opened(data)
    except FileNotDecryptedError:
        problem = ENCRYPTED
    except DependencyError:
        problem = UNKNOWN_CIPHER
    except Exception:  # noqa: BLE001 - any error of a reader of hostile files means the same
        problem = DAMAGED
    put(out, json.dumps({"pages": len(pages), "problem": problem, "remarks": remarks}).encode())
    for page in pages[:most_pages]:
        put(out, _PAGE + _words(page)[:MOST_LETTERS].encode("utf-8", "replace"))
    put(out, _END)


def _opened(data: bytes) -> tuple[Any, list[str]]:
    """The pages of a PDF, and what is to be said of it."""
    from pypdf import PdfReader

    logging.disable()
    reader = PdfReader(io.BytesIO(data))
    pages = reader.pages
    len(pages)
    return pages, [SCRIPT] if _acts(reader.trailer["/Root"]) else []


def _acts(root: Any) -> bool:
    """Whether a document would do something when it is opened."""
    opening = root.get("/OpenAction")
    opening = opening.get_object() if opening is not None else None
    names = root.get("/Names")
    names = names.get_object() if names is not None else {}
    return (
        "/JavaScript" in names or "/AA" in root or (isinstance(opening, dict) and opening.get("/S") in {"/JavaScript", "/Launch"})
    )


def _words(page: Any) -> str:
    try:
        words = page.extract_text()
    except Exception:  # noqa: BLE001 - one page that cannot be read does not cost the others
        return ""
    return str(words)


def main() -> None:
    """Read PDFs from standard input and write their pages to standard output, until the input ends."""
    limit_memory()
    with contextlib.suppress(EOFError, OSError):
        while True:
            most_pages = int(taken(sys.stdin.buffer))
            _answer(sys.stdout.buffer, taken(sys.stdin.buffer), most_pages)


if __name__ == "__main__":
    main()
