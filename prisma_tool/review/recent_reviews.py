"""The reviews that a person opened last, in one small file of the user's state folder.

Invariant: nothing depends on it. A file that is broken, missing or not writable is an empty list, and never an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from prisma_tool.errors import PrismaError
from prisma_tool.file_io import read_file, write_atomically
from prisma_tool.review.protocol.read import FILE_NAME

_NAME = "recent-reviews.json"
_KEYS = ("folder", "title", "opened")
_MOST, _LARGEST = 20, 200_000


@dataclass(frozen=True, slots=True)
class RecentReview:
    """A review that was opened from `folder`, with the title that it had and the day (ISO 8601)."""

    folder: str
    title: str
    opened: str

    @property
    def is_there(self) -> bool:
        """Whether the folder still holds a review."""
        try:
            return (Path(self.folder) / FILE_NAME).is_file()
        except (OSError, ValueError):
            return False


class RecentReviews:
    """The list in this folder, the newest first."""

    def __init__(self, state_folder: Path) -> None:
        self._path = state_folder / _NAME

    def listed(self) -> list[RecentReview]:
        """The reviews that are remembered."""
        try:
            data = json.loads(read_file(self._path, at_most=_LARGEST))
        except (PrismaError, ValueError, RecursionError):
            return []
        return list(_entries(data))[:_MOST]

    def remember(self, folder: Path, title: str, at: datetime) -> None:
        """Put a review first."""
        opened = RecentReview(str(folder.absolute()), title, f"{at:%Y-%m-%d}")
        self._write([opened, *self._others(opened.folder)][:_MOST])

    def forget(self, folder: str) -> None:
        """Take a review off the list; the review itself is not touched."""
        self._write(self._others(folder))

    def _others(self, folder: str) -> list[RecentReview]:
        return [one for one in self.listed() if one.folder != folder]

    def _write(self, entries: list[RecentReview]) -> None:
        with suppress(OSError, ValueError, PrismaError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, json.dumps([asdict(one) for one in entries], indent=1).encode())


def _entries(data: Any) -> Iterator[RecentReview]:
    """What can be read of the list: entries of which all is text."""
    for one in data if isinstance(data, list) else ():
        texts = [value for name in _KEYS if isinstance(value := one.get(name), str)] if isinstance(one, dict) else []
        if len(texts) == len(_KEYS) and texts[0]:
            yield RecentReview(*texts)
