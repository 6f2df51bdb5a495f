"""What an import could cost at best, and what it comes to on the disk.

    python benchmarks/import_limit.py FILE REVIEW EMPTY      a file, the review that it was imported into, and a new one

Prints JSON: the CPU seconds of reading the file's citations, of packing the long texts of the rows that it made, and of inserting these
rows into the same tables; the bytes of the database and of the original text for each record. Rows are read from the one review and inserted as they are into the other, in one
transaction with the same pragmas and indexes, and the words of each into the index; fetching them does not count.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

from prisma_tool.formats.registry import open_entries
from prisma_tool.model.record.codec import decode
from prisma_tool.plain_files import PlainFile
from prisma_tool.store.engine.packed_texts import packed, unpacked
from prisma_tool.store.index.text_index import text_of

TABLES = ("source", "run", "record", "record_version", "run_record", "identifier", "membership", "words")
BATCH = 1_000


def reading(path: Path) -> float:
    """Seconds from the file to its citations."""
    with PlainFile(path) as data:
        begun = time.process_time()
        for entry in open_entries(data).entries:
            entry.citation  # noqa: B018 - it is made at first sight
        return time.process_time() - begun


def batches(source: sqlite3.Connection, table: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table."""
    rows = source.execute(f"SELECT * FROM {table}")  # noqa: S608 - one of ours
    while batch := rows.fetchmany(BATCH):
        yield batch


def indexed(source: sqlite3.Connection) -> Iterator[list[tuple[int, str]]]:
    """The numbers and texts of the index of words, made anew: it keeps none."""
    rows = source.execute("SELECT words.id, content FROM words JOIN record_version USING (record) WHERE version = 1")
    while batch := rows.fetchmany(BATCH):
        yield [(number, text_of(decode(unpacked(content)))) for number, content in batch]


def statement(table: str, rows: Sequence[tuple[Any, ...]]) -> str:
    """Inserts all of these rows at once, which costs the index of words least."""
    places = ", ".join([f"({', '.join('?' * len(rows[0]))})"] * len(rows))
    return f"INSERT INTO {table} VALUES {places}"  # noqa: S608 - one of ours


def inserting(filled: Path, empty: Path) -> float:
    """Seconds for the rows of one review into another."""
    seconds = 0.0
    with closing(sqlite3.connect(filled / "review.db")) as source, closing(sqlite3.connect(empty / "review.db")) as target:
        target.isolation_level = None
        target.execute("PRAGMA synchronous=FULL")
        target.execute("PRAGMA foreign_keys=ON")
        target.execute("BEGIN IMMEDIATE")
        portions = ((table, rows) for table in TABLES for rows in batches(source, table))
        for table, rows in chain(portions, (("word_index (rowid, text)", rows) for rows in indexed(source))):
            begun = time.process_time()
            if table.startswith("word_index"):
                target.execute(statement(table, rows), tuple(chain.from_iterable(rows)))
            else:
                target.executemany(statement(table, rows[:1]), rows)
            seconds += time.process_time() - begun
        begun = time.process_time()
        target.execute("COMMIT")
        return seconds + time.process_time() - begun


def packing(review: Path) -> float:
    """Seconds for the long texts of a review's rows."""
    seconds = 0.0
    with closing(sqlite3.connect(review / "review.db")) as connection:
        for stored, raw in connection.execute("SELECT content, raw FROM record_version"):
            content = unpacked(stored)
            original = unpacked(raw, content)
            begun = time.process_time()
            packed(content)
            packed(original, content)
            seconds += time.process_time() - begun
    return seconds


def storage(review: Path) -> dict[str, int]:
    """Bytes a record: of the database, and of its originals, as text."""
    database = review / "review.db"
    with closing(sqlite3.connect(database)) as connection:
        (records,) = connection.execute("SELECT count(*) FROM record").fetchone()
        rows = connection.execute("SELECT content, raw FROM record_version")
        originals = sum(len(unpacked(raw, unpacked(content)).encode()) for content, raw in rows)
    return {"stored": round(database.stat().st_size / records), "original": round(originals / records)}


def main() -> None:
    """Measure and print."""
    file, filled, empty = map(Path, sys.argv[1:])
    seconds = {"reading": reading(file), "packing": packing(filled), "inserting": inserting(filled, empty)}
    rounded = {name: round(one, 1) for name, one in seconds.items()}
    print(json.dumps({**rounded, "bytes_a_record": storage(filled)}))


if __name__ == "__main__":
    main()
