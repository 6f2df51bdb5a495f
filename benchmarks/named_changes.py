"""Would the tests notice? Rules of the tool are changed on purpose, one at a time, and their tests must fail.

    python benchmarks/named_changes.py                        # all lists in benchmarks/named_changes
    python benchmarks/named_changes.py dedupe_compare          # one list
    python benchmarks/named_changes.py "half of the" --jobs 2 # the changes whose names have these words, two at a time

The checkout is never touched: each job changes, tests and restores one file after the other in a temporary copy of the project.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory

PROJECT = Path(__file__).resolve().parents[1]
LISTS = PROJECT / "benchmarks" / "named_changes"
NOT_COPIED = (".*", "__pycache__", "*.egg-info", "build", "dist")
PASSED, FAILED = 0, 1
"""What pytest returns; anything else (no tests, an import that fails, a wrong option) says nothing about the change."""
PATIENCE = 300
"""Seconds for the tests of one change: some changes make a loop endless."""


class Result(StrEnum):
    """What became of a change."""

    NOTICED = "noticed"
    SURVIVED = "SURVIVED"
    INVALID = "INVALID"


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a list: the only occurrence of `old` in `file` becomes `new`, and `tests` should fail."""

    listed: str
    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def label(self) -> str:
        """The change as it is printed and asked for."""
        return f"{self.listed}: {self.name}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a change, and why it is invalid."""

    result: Result
    why: str = ""


def changes(words: Sequence[str]) -> list[Change]:
    """The changes whose list or name has any of these words; without words, all."""
    found = [
        Change(path.stem, entry["name"], entry["file"], entry["old"], entry["new"], tuple(entry["tests"]))
        for path in sorted(LISTS.glob("*.toml"))
        for entry in tomllib.loads(path.read_text("utf-8"))["change"]
    ]
    return [change for change in found if not words or any(word in change.label for word in words)]


def copied(folder: Path) -> Path:
    """A copy of the project whose compiled modules are believed by content: two changes within one second are two changes."""
    copy = folder / "project"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns(*NOT_COPIED))
    command = [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "prisma_tool", "fixtures"]
    subprocess.run(command, cwd=copy, check=True)  # noqa: S603 - our own words
    return copy


def tested(copy: Path, tests: Sequence[str]) -> int | None:
    """What pytest returns for these targets in this copy; None where it does not come to an end."""
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(  # noqa: S603 - the targets are the lists' own
            command, cwd=copy, env=environment, check=False, capture_output=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return None
    return done.returncode


@contextmanager
def changed(path: Path, change: Change) -> Iterator[None]:
    """The file with the change in it, and as it was afterwards."""
    before = path.read_bytes()
    try:
        path.write_text(before.decode("utf-8").replace(change.old, change.new), "utf-8", newline="")
        yield
    finally:
        path.write_bytes(before)


def tried(copy: Path, change: Change) -> Outcome:
    path = copy / change.file
    occurring = path.read_text("utf-8").count(change.old) if path.is_file() else 0
    if occurring != 1 or change.old == change.new:
        return Outcome(Result.INVALID, f"the old text stands {occurring} times in {change.file}, or is the new one")
    with changed(path, change):
        code = tested(copy, change.tests)
    if code is None:
        return Outcome(Result.INVALID, f"its tests do not end within {PATIENCE} s")
    if code == PASSED:
        return Outcome(Result.SURVIVED)
    return Outcome(Result.NOTICED) if code == FAILED else Outcome(Result.INVALID, f"pytest returned {code} instead of failing")


def try_all(chosen: Sequence[Change], copies: Sequence[Path]) -> Iterator[Outcome]:
    """The outcomes in the order of the changes; each copy holds one change at a time."""
    free: SimpleQueue[Path] = SimpleQueue()
    for copy in copies:
        free.put(copy)

    def attempt(change: Change) -> Outcome:
        copy = free.get()
        try:
            return tried(copy, change)
        finally:
            free.put(copy)

    with ThreadPoolExecutor(len(copies)) as pool:
        yield from pool.map(attempt, chosen)


def report(chosen: Sequence[Change], outcomes: Iterator[Outcome]) -> int:
    """Print a line for every change and the sum; 1 where one survives or is invalid."""
    results = []
    for change, outcome in zip(chosen, outcomes, strict=True):
        print(f"{outcome.result:<8}  {change.label}" + (f" ({outcome.why})" if outcome.why else ""), flush=True)
        results.append(outcome.result)
    invalid = results.count(Result.INVALID)
    survived = results.count(Result.SURVIVED)
    print((f"{invalid} invalid; " if invalid else "") + f"{len(results)} changes, {survived} survived")
    return int(bool(invalid or survived))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", help="names of lists, or parts of names of changes (default: all)")
    parser.add_argument("--jobs", type=int, default=1, help="changes tried at the same time (default: 1)")
    given = parser.parse_args()
    chosen = changes(given.words)
    if not chosen:
        parser.error("no list and no change is named so")
    with TemporaryDirectory() as folder:
        copies = [copied(Path(folder) / str(number)) for number in range(max(1, given.jobs))]
        # A test that fails by itself would notice every change.
        if tested(copies[0], sorted({test for change in chosen for test in change.tests})) != PASSED:
            print("These tests do not pass on the project as it is, so they would prove nothing.")
            return 1
        return report(chosen, try_all(chosen, copies))


if __name__ == "__main__":
    sys.exit(main())
