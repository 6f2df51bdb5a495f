"""What an import could cost at best: reading the file's citations, and inserting the rows that it made into the same tables.

    python benchmarks/import_limit.py FILE REVIEW EMPTY      a file, the review that it was imported into, and a new one

Prints CPU seconds as JSON. Rows are read from the one review and inserted as they are into the other, in one transaction with the same
pragmas and indexes, the word index among them; fetching them does not count.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from pathlib import Path

from prisma_tool.formats.registry import open_entries
from prisma_tool.plain_files import PlainFile

TABLES = ("source", "run", "record", "record_version", "run_record", "identifier", "membership", "words")
BATCH = 2_000


def reading(path: Path) -> float:
    """Seconds from the file to its citations."""
    with PlainFile(path) as data:
        begun = time.process_time()
        for entry in open_entries(data).entries:
            entry.citation  # noqa: B018 - it is made at first sight
        return time.process_time() - begun


def inserting(filled: Path, empty: Path) -> float:
    """Seconds for the rows of one review into another."""
    source, target = sqlite3.connect(filled / "review.db"), sqlite3.connect(empty / "review.db", isolation_level=None)
    target.execute("PRAGMA synchronous=FULL")
    target.execute("PRAGMA foreign_keys=ON")
    seconds = 0.0
    target.execute("BEGIN IMMEDIATE")
    for table in TABLES:
        rows = source.execute(f"SELECT * FROM {table}")  # noqa: S608 - one of ours
        statement = f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows.description))})"  # noqa: S608
        while batch := rows.fetchmany(BATCH):
            begun = time.process_time()
            target.executemany(statement, batch)
            seconds += time.process_time() - begun
    begun = time.process_time()
    target.execute("COMMIT")
    return seconds + time.process_time() - begun


def main() -> None:
    file, filled, empty = map(Path, sys.argv[1:])
    print(json.dumps({"reading": round(reading(file), 1), "inserting": round(inserting(filled, empty), 1)}))


if __name__ == "__main__":
    main()
