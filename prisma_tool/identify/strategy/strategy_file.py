"""A strategy from a file: its bytes as text, kept as people wrote it; reading it as lines is the reader's part."""

from __future__ import annotations

from pathlib import Path

from prisma_tool.errors import PrismaError
from prisma_tool.file_io import read_file

LARGEST = 1_000_000
"""In bytes: a strategy of a thousand lines is smaller; a larger file is something else."""


def read_strategy_file(path: Path) -> str:
    """The text of a file with a strategy.

    Raises:
        PrismaError: it cannot be read, is too large, is no UTF-8 text, or holds nothing.
    """
    content = read_file(path)
    if len(content) > LARGEST:
        raise PrismaError(f"{path} is too large for a search strategy ({len(content)} bytes).")
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise PrismaError(f"{path} is not UTF-8 text (byte {error.start}); save it as plain text in UTF-8.") from error
    if not text.strip() or "\0" in text:
        raise PrismaError(f"{path} holds no text that could be a search strategy.")
    return text.strip()
