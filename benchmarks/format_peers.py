"""Reads one file with one reader and says what it cost; for peers executed by the interpreter in which they are installed.

Usage: `python format_peers.py READER FILE [FORMAT]`; prints one JSON object: reader, version, entries, seconds (CPU) and peak memory in
MB, of which `base` had been taken before reading. Peers run as their own documentation shows.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path


def ours(path: Path, name: str) -> tuple[Callable[[], int], str]:
    from prisma_tool.formats.registry import open_entries
    from prisma_tool.version import VERSION

    return lambda: sum(1 for _ in open_entries(path.read_bytes(), format=name or None).entries), VERSION


def ours_with_citations(path: Path, name: str) -> tuple[Callable[[], int], str]:
    from prisma_tool.formats.registry import open_entries
    from prisma_tool.version import VERSION

    return lambda: sum(1 for one in open_entries(path.read_bytes(), format=name or None).entries if one.citation), VERSION


def rispy(path: Path, _: str) -> tuple[Callable[[], int], str]:
    import rispy

    def run() -> int:
        with path.open(encoding="utf-8") as file:
            return len(rispy.load(file))

    return run, version("rispy")


def nbib(path: Path, _: str) -> tuple[Callable[[], int], str]:
    import nbib

    return lambda: len(nbib.read(path.read_text(encoding="utf-8"))), version("nbib")


def bibtexparser(path: Path, _: str) -> tuple[Callable[[], int], str]:
    import bibtexparser

    return lambda: len(bibtexparser.parse_file(str(path)).entries), version("bibtexparser")


def pybtex(path: Path, _: str) -> tuple[Callable[[], int], str]:
    from pybtex.database import parse_file

    return lambda: len(parse_file(str(path), "bibtex").entries), version("pybtex")


READERS = {
    "prisma-tool": ours,
    "prisma-tool+citations": ours_with_citations,
    "rispy": rispy,
    "nbib": nbib,
    "bibtexparser": bibtexparser,
    "pybtex": pybtex,
}


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(reader: str, path: str, name: str = "") -> None:
    run, number = READERS[reader](Path(path), name)
    base, started = peak_mb(), time.process_time()
    entries = run()
    seconds = time.process_time() - started
    print(
        json.dumps({"reader": reader, "version": number, "entries": entries, "seconds": seconds, "mb": peak_mb(), "base": base})
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
