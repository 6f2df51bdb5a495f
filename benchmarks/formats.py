"""Measures reading: entries per second and peak memory of every format on invented exports, side by side with other readers.

    python benchmarks/formats.py                                          100,000 entries in each format, ours only
    python benchmarks/formats.py --peer-python /tmp/peers/bin/python      beside rispy, nbib, bibtexparser and pybtex
    python benchmarks/formats.py --formats ris medline --entries 20000
    python benchmarks/formats.py --formats ris --import                   the import into a new review, too

The peers live in an environment of their own: `python -m venv /tmp/peers && /tmp/peers/bin/pip install rispy nbib bibtexparser pybtex`.
Every measurement has a process of its own. Seconds are CPU seconds from the file on disk to all entries read: decoded, framed, their
tags and values read and cleaned, and accounted for, which compares with the dictionaries that the peers give. `+citations` makes the
citation of each entry too, with normalised identifiers, names, pages and trial numbers. MB are the peak of the whole process. `lost`
are entries that a reader did not give; only readers that lose none compare.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from generated_files import WRITERS as MADE
from generated_files import exported

from prisma_tool.formats.account.export_row import ExportRow
from prisma_tool.formats.registry import open_entries
from prisma_tool.formats.writers import WRITERS

READER, LIMIT = (Path(__file__).parent / name for name in ("format_peers.py", "import_limit.py"))
PEERS = {"ris": ("rispy",), "medline": ("nbib",), ".bib": ("bibtexparser", "pybtex")}
FORMATS = (*MADE, ".bib", ".xml", ".csv", ".xlsx", ".jsonl")
PEER_SECONDS = 1800
"""A reader that needs longer is given up."""


def write_file(folder: Path, name: str, entries: int) -> Path:
    """The file of a format; our own writers are fed with what reading the RIS export gives."""
    path = folder / f"export{name}" if name.startswith(".") else folder / f"{name}.txt"
    with path.open("wb") as file:
        if name in MADE:
            file.writelines(text.encode() for text in exported(name, entries))
        else:
            file.writelines(WRITERS[name](_rows(entries)))
    return path


def _rows(entries: int) -> Iterator[ExportRow]:
    data = "".join(exported("ris", entries)).encode()
    for number, entry in enumerate(open_entries(data).entries):
        yield ExportRow(f"x:{entry.accession}", "X", entry.accession, str(number), True, entry.citation, "include", "pending")


def measured(python: str, reader: str, path: Path) -> dict[str, Any]:
    """What one reader made of one file, or why it made nothing."""
    command = [python, str(READER), reader, str(path)]
    # Peers must not find our package first, nor we theirs.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PEER_SECONDS, env=environment, check=False)  # noqa: S603 - our own script
    except subprocess.TimeoutExpired:
        return {"reader": reader, "trouble": f"gave up after {PEER_SECONDS} s"}
    if done.returncode:
        return {"reader": reader, "trouble": (done.stderr.strip().splitlines() or ["no output"])[-1][:80]}
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def row(name: str, entries: int, told: dict[str, Any], size: float) -> str:
    if "trouble" in told:
        return f"| {name} | {told['reader']} | skipped: {told['trouble']} | | | | |"
    speed = told["entries"] / told["seconds"]
    lost = entries - told["entries"]
    return (
        f"| {name} | {told['reader']} {told['version']} | {told['entries']} | {lost} | {told['seconds']:.2f} | {speed:,.0f} "
        f"| {told['mb']} (file {size:.0f}) |"
    )


def import_row(path: Path, entries: int) -> str:
    """The command `import` on the file, into a new review, beside what parsing and inserting the same rows alone take."""
    with tempfile.TemporaryDirectory() as folder:
        review, empty = Path(folder) / "review", Path(folder) / "empty"
        program = [sys.executable, "-m", "prisma_tool"]
        for made in (review, empty):
            subprocess.run([*program, "init", str(made)], check=True, capture_output=True)  # noqa: S603 - our own program
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        command = [*program, "-C", str(review), "import", str(path), "--source", "Invented", "--json"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own program
        seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        size = (review / "review.db").stat().st_size
        limit = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, str(LIMIT), str(path), str(review), str(empty)], check=True, capture_output=True, text=True
        )
    told, least = json.loads(done.stdout)["files"][0], json.loads(limit.stdout)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (
        f"import: {told['new']} of {entries} stored, {told['declared']} declared, {seconds:.1f} s ({cpu:.1f} s CPU, "
        f"{told['new'] / seconds:,.0f}/s), {after.ru_maxrss // 1024} MB, {size / entries:,.0f} bytes a record; reading {least['reading']} s and "
        f"inserting {least['inserting']} s alone: {(least['reading'] + least['inserting']) / cpu:.0%} of that limit"
    )


def run(names: Sequence[str], entries: int, peers: str, *, importing: bool) -> None:
    print("| format | reader | entries | lost | CPU s | entries/s | peak MB |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            path = write_file(Path(folder), name, entries)
            size = path.stat().st_size / 2**20
            for own in ("prisma-tool", "prisma-tool+citations"):
                print(row(name, entries, measured(sys.executable, own, path), size), flush=True)
            for peer in PEERS.get(name, ()):
                told = measured(peers, peer, path) if peers else {"reader": peer, "trouble": "no --peer-python given"}
                print(row(name, entries, told, size), flush=True)
            if importing:
                print(import_row(path, entries), flush=True)
            path.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument("--peer-python", default="")
    parser.add_argument("--import", dest="importing", action="store_true")
    chosen = parser.parse_args()
    run(chosen.formats, chosen.entries, chosen.peer_python, importing=chosen.importing)


if __name__ == "__main__":
    main()
