"""Measures deduplication: labelled sets, generated records in growing numbers, a peer side by side, and an update of a review.

    python benchmarks/dedupe.py                                     the table for all labelled sets
    python benchmarks/dedupe.py --scale 10000 100000 1000000        seconds, MB, growth, FP and FN on generated records
    python benchmarks/dedupe.py --scale 100000 --against destiny --peer-python /tmp/destiny/bin/python
    python benchmarks/dedupe.py --incremental 100000 500            adding records to a review
    python benchmarks/dedupe.py --review 100000 --vocabulary 300    the first pass over a review whose titles use few words

Every measurement has a process of its own, so that none is disturbed by the memory of another. Seconds are from citations in memory
to the result; MB are the whole process, records included.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from functools import reduce
from itertools import pairwise
from operator import add
from pathlib import Path
from typing import Any

from dedupe_measures import Counts, count
from generated_records import generated
from msgspec import structs

from prisma_tool.dedupe.without_review import deduplicate_citations
from prisma_tool.formats.registry import read
from prisma_tool.model.record.citation import Citation

LABELLED = Path(__file__).parents[2] / "shared" / "data" / "dedup"
REAL = ("diabetes", "copper", "respiratory", "stroke")
PEER = Path(__file__).parent / "destiny_peer.py"
PEER_SECONDS = 1800
"""A peer that needs longer is given up."""


# --- one measurement, in its own process -------------------------------------------------------------------------------------


def measure(labelled: Sequence[tuple[str, Citation]], *, strict: bool = False) -> dict[str, Any]:
    """What one set costs and how right the result is."""
    citations = [citation for _, citation in labelled]
    started = time.perf_counter()
    found = deduplicate_citations(citations, strict=strict)
    seconds = time.perf_counter() - started
    queue = [(pair.i, pair.j) for pair in found.uncertain]
    counts = count([label for label, _ in labelled], found.labels, queue)
    return {"seconds": seconds, "mb": peak_mb(), "compared": found.compared, "counts": asdict(counts)}


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def labelled_set(name: str) -> list[tuple[str, Citation]]:
    """A labelled set, its labels taken out of the citations."""
    parsed = read((LABELLED / f"{name}.csv").read_bytes())
    assert not parsed.rejects
    return [(dict(entry.citation.extra)["cluster_id"], structs.replace(entry.citation, extra=())) for entry in parsed.entries]


def in_own_process(*arguments: str) -> dict[str, Any]:
    """The JSON that this script prints for a worker's arguments."""
    done = subprocess.run([sys.executable, __file__, *arguments], check=True, stdout=subprocess.PIPE)  # noqa: S603 - itself
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def counts_of(told: dict[str, Any]) -> Counts:
    return Counts(**{**told["counts"], "found": tuple(told["counts"]["found"])})


# --- labelled sets -----------------------------------------------------------------------------------------------------------

SET_HEADER = ("set", "records", "FP", "FN", "F1", "pair P", "pair R", "queue", "FN in queue", "first 20", "first 50", "s", "MB")


def show_sets(*, strict: bool) -> None:
    names = sorted((path.stem for path in LABELLED.glob("*.csv")), key=lambda name: (name not in REAL, name))
    told = {name: in_own_process("--one-set", name, *(["--strict"] if strict else [])) for name in names}
    rows = [set_row(name, counts_of(one), one["seconds"], one["mb"]) for name, one in told.items()]
    real = [told[name] for name in names if name in REAL]
    together = reduce(add, map(counts_of, real))
    total = set_row("four real", together, sum(one["seconds"] for one in real), max(one["mb"] for one in real))
    show(SET_HEADER, [*rows, total])


def set_row(name: str, counts: Counts, seconds: float, mb: int) -> tuple[str, ...]:
    first20, first50, anywhere = counts.found
    return (
        name,
        str(counts.records),
        str(counts.lost),
        str(counts.left),
        f"{counts.f1:.4f}",
        f"{counts.pair_precision:.4f}",
        f"{counts.pair_recall:.4f}",
        str(counts.queue),
        str(anywhere),
        str(first20),
        str(first50),
        f"{seconds:.2f}",
        str(mb),
    )


# --- generated records -------------------------------------------------------------------------------------------------------

SCALE_HEADER = ("engine", "records", "s", "MB", "pairs compared", "FP", "FN", "F1", "queue", "growth exponent")


def show_scale(sizes: Sequence[int], vocabulary: int, *, peer_python: str | None) -> None:
    ours = [in_own_process("--one-size", str(size), "--vocabulary", str(vocabulary)) for size in sizes]
    rows = scale_rows("prisma-tool", sizes, ours)
    if peer_python is not None:
        theirs = [peer(size, vocabulary, peer_python) for size in sizes]
        answered = [(size, one) for size, one in zip(sizes, theirs, strict=True) if one is not None]
        if answered:
            rows += scale_rows(f"destiny-deduper {answered[0][1]['version']}", *zip(*answered, strict=True))
    show(SCALE_HEADER, rows)


def scale_rows(engine: str, sizes: Sequence[int], told: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    exponents = ["", *(f"{exponent:.2f}" for exponent in growth(sizes, [one["seconds"] for one in told]))]
    return [scale_row(engine, one, exponent) for one, exponent in zip(told, exponents, strict=True)]


def growth(sizes: Sequence[int], seconds: Sequence[float]) -> list[float]:
    """The exponent of time over size from each size to the next."""
    points = pairwise(zip(sizes, seconds, strict=True))
    return [math.log(long / short) / math.log(large / small) for (small, short), (large, long) in points]


def scale_row(engine: str, told: dict[str, Any], exponent: str) -> tuple[str, ...]:
    counts = counts_of(told)
    return (
        engine,
        f"{counts.records:,}",
        f"{told['seconds']:.1f}",
        f"{told['mb']:,}",
        f"{told['compared']:,}",
        str(counts.lost),
        str(counts.left),
        f"{counts.f1:.4f}",
        str(counts.queue),
        exponent,
    )


def peer(size: int, vocabulary: int, python: str) -> dict[str, Any] | None:
    """The peer on the same generated records, or None where it does not run; why is printed."""
    labelled = list(generated(size, vocabulary=vocabulary or None))
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "records.jsonl"
        table.write_text("".join(f"{json.dumps(peer_fields(citation))}\n" for _, citation in labelled), encoding="utf-8")
        # Its settings are copied into the home folder: give it one of its own.
        surroundings = {**os.environ, "HOME": folder}
        try:
            done = subprocess.run(  # noqa: S603 - the interpreter is the caller's choice
                [python, PEER, table], check=True, capture_output=True, text=True, env=surroundings, timeout=PEER_SECONDS
            )
        except (OSError, subprocess.SubprocessError) as error:
            said = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1]
            print(f"destiny-deduper does not run with {python} at {size:,} records: {said}", file=sys.stderr)
            return None
    told: dict[str, Any] = json.loads(done.stdout)
    counts = count([label for label, _ in labelled], told.pop("labels"))
    return {**told, "counts": asdict(counts)}


def peer_fields(citation: Citation) -> dict[str, Any]:
    return {
        "title": citation.title,
        "authors": [str(author) for author in citation.authors],
        "year": citation.year,
        "journal": citation.journal,
        "volume": citation.volume,
        "issue": citation.issue,
        "pages": citation.pages,
        "doi": citation.doi,
        "abstract": citation.abstract_text,
    }


# --- an update ---------------------------------------------------------------------------------------------------------------


def show_incremental(held: int, arriving: int) -> None:
    header = ("where", "records held", "arriving", "first pass, s", "second pass, s", "MB")
    rows = []
    for where in ("engine", "review"):
        told = in_own_process("--one-update", where, str(held), str(arriving))
        rows.append((where, f"{held:,}", str(arriving), f"{told['first']:.1f}", f"{told['second']:.1f}", f"{told['mb']:,}"))
    show(header, rows)


def one_update(where: str, held: int, arriving: int) -> dict[str, Any]:
    # Loaded here: the other measurements shall not carry a database in their memory.
    from dedupe_updates import update_engine, update_review

    citations = [citation for _, citation in generated(held + arriving)]
    first, second = (update_engine if where == "engine" else update_review)(citations, held)
    return {"first": first, "second": second, "mb": peak_mb()}


# --- a review ----------------------------------------------------------------------------------------------------------------


def show_review(sizes: Sequence[int], vocabulary: int) -> None:
    rows = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            review = str(Path(folder) / "review")
            # Made in another process than measured, whose memory then holds no citations.
            in_own_process("--build-review", review, str(size), "--vocabulary", str(vocabulary))
            done = in_own_process("--one-review", review)
        rows.append((f"{size:,}", f"{done['cpu']:.1f}", f"{done['mb']:,}", str(done["removed"]), str(done["uncertain"])))
    show(("records", "CPU s", "MB", "duplicates removed", "uncertain"), rows)


def build_one_review(folder: str, size: int, vocabulary: int) -> dict[str, Any]:
    from dedupe_updates import build_review

    build_review(Path(folder), [citation for _, citation in generated(size, vocabulary=vocabulary or None)])
    return {}


def one_review(folder: str) -> dict[str, Any]:
    from dedupe_updates import first_pass

    cpu, report = first_pass(Path(folder))
    return {"cpu": cpu, "mb": peak_mb(), "removed": report.duplicates_removed, "uncertain": report.uncertain}


# --- printing and arguments --------------------------------------------------------------------------------------------------


def show(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A Markdown table, its columns aligned."""
    table = [header, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    lines = ["| " + " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in table]
    rule = "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|"
    print("\n".join((lines[0], rule, *lines[1:])))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", nargs="+", type=int, metavar="N", help="generated records in these numbers")
    parser.add_argument("--against", choices=["destiny"], help="run destiny-deduper on the same generated records")
    parser.add_argument("--peer-python", default=sys.executable, metavar="PATH", help="the interpreter that has the peer")
    parser.add_argument("--incremental", nargs=2, type=int, metavar=("HELD", "NEW"), help="seconds of adding NEW records to HELD")
    parser.add_argument("--review", nargs="+", type=int, metavar="N", help="the first pass over a review of N generated records")
    parser.add_argument(
        "--vocabulary", type=int, default=0, metavar="W", help="telling words of generated titles (0: grows with N)"
    )
    parser.add_argument("--strict", action="store_true", help="join on certain grounds only (labelled sets)")
    for worker, values in (("--one-set", 1), ("--one-size", 1), ("--one-update", 3), ("--build-review", 2), ("--one-review", 1)):
        parser.add_argument(worker, nargs=values, help=argparse.SUPPRESS)
    return parser.parse_args()


def one_measurement(wish: argparse.Namespace) -> dict[str, Any] | None:
    """What a process that was started for one measurement has to say; None for any other."""
    if wish.one_set:
        return measure(labelled_set(wish.one_set[0]), strict=wish.strict)
    if wish.one_size:
        return measure(list(generated(int(wish.one_size[0]), vocabulary=wish.vocabulary or None)))
    if wish.build_review:
        folder, size = wish.build_review
        return build_one_review(folder, int(size), wish.vocabulary)
    if wish.one_review:
        return one_review(wish.one_review[0])
    if wish.one_update:
        where, held, arriving = wish.one_update
        return one_update(where, int(held), int(arriving))
    return None


def main() -> None:
    wish = arguments()
    measured = one_measurement(wish)
    if measured is not None:
        print(json.dumps(measured))
    elif wish.review:
        show_review(wish.review, wish.vocabulary)
    elif wish.incremental:
        show_incremental(*wish.incremental)
    elif wish.scale or wish.against:
        show_scale(wish.scale or [100_000], wish.vocabulary, peer_python=wish.peer_python if wish.against else None)
    else:
        show_sets(strict=wish.strict)


if __name__ == "__main__":
    main()
