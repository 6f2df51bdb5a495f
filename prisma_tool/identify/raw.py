"""raw/: the untouched answers of each run, compressed, with their SHA-256 in the run's row.

A file is on the disk before the transaction that names it, so a crash can leave a file without a row but never a row without a file.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prisma_tool.review.files import told_about, write_atomically


@dataclass(frozen=True, slots=True)
class RawFolder:
    """The folder of one run's answers."""

    folder: Path
    run: str

    def keep(self, name: str, body: bytes) -> dict[str, Any]:
        """Store one answer; returns the entry for the run's row. The hash is that of the uncompressed bytes."""
        place = self.folder / "raw" / self.run
        with told_about(place):
            place.mkdir(parents=True, exist_ok=True)
        write_atomically(place / f"{name}.gz", gzip.compress(body, compresslevel=6, mtime=0))
        return {"path": f"raw/{self.run}/{name}.gz", "sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)}
