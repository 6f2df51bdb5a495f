"""The words of a PDF's first page, read in a process of its own: `python -m prisma_tool.fulltext.finding.first_page`.

A document from outside may be made to keep its reader busy or to fill the memory. Invariant: the reader has a bound of time and memory for each
document, and whatever becomes of it, its caller gets words or none. One process reads many documents, because to start one takes longer than
to read. On the pipes between the two, each document and each answer stands behind its length in eight bytes.
"""

from __future__ import annotations

import contextlib
import io
import logging
import subprocess
import sys
from threading import Timer
from typing import IO

SECONDS = 20
MOST_MEMORY = 2 << 30
_LENGTH = 8
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
        command = [sys.executable, "-m", "prisma_tool.fulltext.finding.first_page"]
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return self._process

    @staticmethod
    def _exchanged(process: subprocess.Popen[bytes], data: bytes) -> bytes:
        assert process.stdin is not None
        assert process.stdout is not None
        _put(process.stdin, data)
        return _taken(process.stdout)

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _put(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(len(data).to_bytes(_LENGTH, "big") + data)
    pipe.flush()


def _taken(pipe: IO[bytes]) -> bytes:
    """What stands next on a pipe.

    Raises:
        EOFError: the pipe ends before it.
    """
    head = pipe.read(_LENGTH)
    size = int.from_bytes(head, "big")
    data = pipe.read(size) if len(head) == _LENGTH else b""
    if len(head) < _LENGTH or len(data) < size:
        raise EOFError
    return data


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limits; the time-out stands there alone.
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


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
    _limit_memory()
    with contextlib.suppress(EOFError, OSError):
        while True:
            data = _taken(sys.stdin.buffer)
            try:
                words = _words(data)
            except Exception:  # noqa: BLE001 - any error of a reader of hostile files means the same: no words
                words = ""
            _put(sys.stdout.buffer, words.encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
