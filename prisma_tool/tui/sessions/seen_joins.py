"""Up to when a reviewer has seen which joined pairs are least certain: one small file a reviewer in the review's cache folder.

Invariant: nothing depends on it; a file that is missing, damaged or cannot be written only means that the first page says it again.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path


class SeenJoins:
    """The moment (`Event.order`) up to which `reviewer` has looked at, or put away, the least certain joins of the review whose cache folder this is."""

    def __init__(self, cache: Path, reviewer: str) -> None:
        name = hashlib.sha256(reviewer.encode()).hexdigest()[:16]
        self._path = cache / "places" / f"{name}-joins"
        self._until: int | None = None

    @property
    def until(self) -> int:
        """The moment; 0 where nothing was seen."""
        if self._until is None:
            self._until = self._recall()
        return self._until

    def _recall(self) -> int:
        try:
            return int(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return 0

    def keep(self, moment: int) -> None:
        """Remember that everything up to a moment was seen; an earlier one than before changes nothing."""
        if moment <= self.until:
            return
        self._until = moment
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(str(moment), encoding="utf-8")
