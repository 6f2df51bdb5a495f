"""The words of a PDF's first page, read in a process of its own: `python -m prisma_tool.fulltext.finding.first_page < FILE`.

A document from outside may be made to keep its reader busy or to fill the memory. Invariant: the reader has a bound of time and memory, and
whatever becomes of it, its caller gets words or none.
"""

from __future__ import annotations

import contextlib
import io
import logging
import subprocess
import sys

SECONDS = 20
MOST_MEMORY = 2 << 30
MOST_WORDS = 20_000
"""Characters; the first page of an article has a quarter of it."""
_FEW_WORDS = 40
"""Letters; a first page with fewer is a cover or a picture, and the second is the first that can be read."""


def first_page_words(data: bytes) -> str:
    """The words of the first page that has any, of the first two; nothing where they cannot be read."""
    command = [sys.executable, "-m", "prisma_tool.fulltext.finding.first_page"]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - our own module
    except (subprocess.TimeoutExpired, OSError):
        return ""
    return done.stdout.decode("utf-8", "replace")[:MOST_WORDS] if done.returncode == 0 else ""


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time-out stands there alone.
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def _words(data: bytes) -> str:
    from pypdf import PdfReader

    logging.disable()
    words = ""
    for page in PdfReader(io.BytesIO(data)).pages[:2]:
        words = page.extract_text()
        if sum(sign.isalnum() for sign in words) >= _FEW_WORDS:
            break
    return words


def main() -> None:
    """Read a PDF from standard input and write the words of its first page to standard output."""
    _limit()
    try:
        words = _words(sys.stdin.buffer.read())
    except Exception:  # noqa: BLE001 - any error of a reader of hostile files means the same: no words
        sys.exit(1)
    sys.stdout.buffer.write(words[:MOST_WORDS].encode("utf-8", "replace"))


if __name__ == "__main__":
    main()
