"""Where the PDFs wait that somebody put there to be matched with reports."""

from __future__ import annotations

from pathlib import Path

from prisma_tool.file_io import explained_errors
from prisma_tool.plain_files import NotPlainFile
from prisma_tool.review.open_review import Review

INBOX = Path("fulltext") / "inbox"
"""Within the folder of the review."""


def inbox_of(review: Review) -> Path:
    """The folder of the inbox, made where it is missing.

    Raises:
        PrismaError: it cannot be made, or is a link: files are taken out of it, and must not be taken out of another folder.
    """
    folder = review.folder / INBOX
    if folder.is_symlink():
        raise NotPlainFile(folder, "is a link")
    with explained_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder
