"""Making a SQLite file anew without its free pages, and with pages of our size, which only that changes.

Invariant: the file holds the same before and after, whatever interrupts it; where others have it open, or room is short, it stays as it is.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

PAGE_BYTES = 8_192
"""Of a page: a record's contents mostly fit beside others, and what one decision writes stays small."""
_TIMES_ITS_SIZE = 3
"""The room that is wanted: for the new file, and for the journal from which the old one is put back."""


def compact(path: Path) -> None:
    """Make the file anew if that can be done now."""
    if shutil.disk_usage(path.parent).free < _TIMES_ITS_SIZE * path.stat().st_size:
        return
    # It costs space only where this fails: SQLite puts everything back.
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=0)) as connection,
    ):
        connection.isolation_level = None
        # Beside the write-ahead log pages keep their size; whoever has the file open makes this fail.
        connection.execute("PRAGMA journal_mode=DELETE").close()
        connection.execute(f"PRAGMA page_size={PAGE_BYTES}").close()
        connection.execute("VACUUM")
