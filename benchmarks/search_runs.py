"""What the measurements of a search share: the two services as a child process, a review that asks them, and its contents as figures.

Invariant: no child process outlives its context.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prisma_tool.review.open_review import create_review
from prisma_tool.review.protocol.first_text import new_protocol_text

HERE = Path(__file__).resolve().parent
TERM, KEYWORD = "1:99999999[uid]", "benchmarked"
READ_SECONDS = 12.0


@dataclass(frozen=True, slots=True)
class Services:
    """The running stand-ins."""

    process: subprocess.Popen[bytes]
    addresses: Mapping[str, str]

    def seen(self) -> dict[str, dict[str, Any]]:
        """What each of them saw so far."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        told: dict[str, dict[str, Any]] = json.loads(self.process.stdout.readline())
        return told


@contextmanager
def services(articles: int, studies: int, **wanted: Any) -> Iterator[Services]:
    """Stand-ins that hold so many articles and register entries; `wanted` as in `search_servers.py`."""
    told = json.dumps({"articles": articles, "studies": studies, "limited": False, **wanted})
    command = [sys.executable, str(HERE / "search_servers.py"), told]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own script
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Services(process, json.loads(process.stdout.readline()))
        finally:
            process.stdin.close()


def new_review(folder: Path, *, ctgov: bool) -> Path:
    """A review with a search of PubMed, and one of ClinicalTrials.gov if wanted."""
    create_review(folder, text=new_protocol_text(title="Bench", pubmed=TERM, ctgov=KEYWORD if ctgov else "", reviewers=("Ada",)))
    return folder


def client(folder: Path, at: Services, pace: str, timeout: float = READ_SECONDS) -> subprocess.Popen[bytes]:
    """The searching process, started."""
    surroundings = {"PRISMA_TOOL_EUTILS_URL": at.addresses["eutils"], "PRISMA_TOOL_CTGOV_URL": at.addresses["ctgov"]}
    command = [sys.executable, str(HERE / "search_client.py"), str(folder), pace, str(timeout)]
    return subprocess.Popen(command, env={**os.environ, **surroundings}, stdout=subprocess.PIPE)  # noqa: S603 - our own script


def searched(folder: Path, at: Services, pace: str, timeout: float = READ_SECONDS) -> dict[str, Any]:
    """What the searching process measured."""
    with client(folder, at, pace, timeout) as process:
        told, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"The search ended with {process.returncode}.")
    measured: dict[str, Any] = json.loads(told)
    return measured


def contents(folder: Path) -> dict[str, Any]:
    """What a store holds, without times, ids and orders: record contents, what each run delivered, and the runs' own figures."""
    with closing(sqlite3.connect(folder / "review.db")) as connection:
        rows = connection.execute("SELECT record, version, content FROM record_version ORDER BY record, version").fetchall()
        delivered = connection.execute(
            "SELECT run.search, run_record.record, run_record.state FROM run_record JOIN run ON run.id = run_record.run ORDER BY 1, 2"
        ).fetchall()
        runs = connection.execute(
            "SELECT search, status, reported, query, translation, undelivered, vanished FROM run ORDER BY search"
        ).fetchall()
    return {
        "records": len(rows),
        "contents": hashlib.sha256(repr(rows).encode()).hexdigest()[:16],
        "delivered": hashlib.sha256(repr(delivered).encode()).hexdigest()[:16],
        "runs": [list(run) for run in runs],
    }


def raw_is_sound(folder: Path) -> bool:
    """True where every answer that a run names is on the disk with the hash that the run holds."""
    import gzip

    with closing(sqlite3.connect(folder / "review.db")) as connection:
        named = [entry for (text,) in connection.execute("SELECT raw FROM run") for entry in json.loads(text)]
    return all(hashlib.sha256(gzip.decompress((folder / one["path"]).read_bytes())).hexdigest() == one["sha256"] for one in named)
