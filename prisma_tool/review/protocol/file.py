"""review.toml as text: read whole, replaced whole."""

from __future__ import annotations

from pathlib import Path

from prisma_tool.errors import ReviewError
from prisma_tool.file_io import read_file, write_atomically
from prisma_tool.review.protocol.read import FILE_NAME


def encoded(text: str, target: Path) -> bytes:
    """The text as the bytes of a file.

    Raises:
        ReviewError: it holds what no text may.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ReviewError(
            f"{target}: {text[error.start : error.end]!a} is not valid text, so nothing was created. "
            "Use a terminal set to UTF-8, or write it into the file later."
        ) from error


def protocol_text(folder: Path) -> str:
    """The text of a review's review.toml.

    Raises:
        ReviewError: it is no text.
        PrismaError: it cannot be read.
    """
    path = folder / FILE_NAME
    try:
        return read_file(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReviewError(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8.") from error


def write_protocol(folder: Path, text: str) -> None:
    """Replace review.toml by a text that was checked before.

    Raises:
        PrismaError: it cannot be written; what was there is untouched.
    """
    write_atomically(folder / FILE_NAME, encoded(text, folder / FILE_NAME))
