"""Searching, measured against the stand-ins: speed, memory, pace, and what failing services and SIGKILL leave behind.

Each measurement prints its figures; `--soak` and `--kill` exit with 1 where something that must hold does not.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from search_runs import Services, client, contents, new_review, raw_is_sound, searched, services

ARTICLES, STUDIES = 25_000, 2_300
FAILING, SHORT_TIMEOUT = 0.25, 1.0
INTERVALS = {"pubmed": 1 / 3, "ctgov": 1.0}
LONGEST_LIFE = 4.0
"""Seconds after its start within which a process is killed."""


@contextmanager
def workplace() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="prisma-search-") as folder:
        yield Path(folder)


def speed(sizes: list[int]) -> None:
    """Records a second from the request to the store, and peak memory, with the throttle off."""
    print(f"{'n':>7} {'s':>7} {'records/s':>9} {'requests':>8} {'MB before':>9} {'MB peak':>8}")
    for size in sizes:
        with workplace() as folder, services(size, 0) as at:
            told = searched(new_review(folder / "r", ctgov=False), at, "unthrottled")
        sent = sum(run["requests"] for run in told["runs"])
        print(
            f"{size:7} {told['seconds']:7.1f} {size / told['seconds']:9.0f} {sent:8} {told['before_mb']:9.1f} {told['peak_mb']:8.1f}"
        )


def pace(size: int, entries: int) -> None:
    """How much of the wall time is not the rate limit's, with the throttle on."""
    with workplace() as folder, services(size, entries, limited=True) as at:
        told = searched(new_review(folder / "r", ctgov=True), at, "throttled")
        seen = at.seen()
    for run in told["runs"]:
        name = run["search"]
        permitted = (run["requests"] - 1) * INTERVALS[name]
        print(
            f"{name}: {run['requests']} requests in {run['seconds']:.1f} s; the permitted rate alone takes {permitted:.1f} s; "
            f"{100 * (1 - permitted / run['seconds']):.1f} % is not the rate limit's; at most {seen[name]['most_in_a_second']} in a second"
        )


def finished(folder: Path, at: Services, how: str) -> tuple[int, list[dict[str, Any]]]:
    """Run the same command until all searches are complete; returns how often, and the last runs."""
    for sitting in range(1, 50):
        told = searched(folder, at, how, SHORT_TIMEOUT)
        if all(run["status"] == "complete" for run in told["runs"]):
            return sitting, told["runs"]
    raise SystemExit("The searches never finished.")


def undisturbed(folder: Path) -> dict[str, Any]:
    """What a run leaves that meets no failure."""
    with services(ARTICLES, STUDIES) as at:
        finished(new_review(folder, ctgov=True), at, "unthrottled")
    return contents(folder)


def checked(what: str, *, holds: bool) -> bool:
    print(f"  {'holds' if holds else 'DOES NOT HOLD'}: {what}")
    return holds


def soak(seed: int) -> bool:
    """A quarter of all requests fail in every way; throttled, against stand-ins that refuse what comes too fast."""
    with workplace() as folder:
        wanted = undisturbed(folder / "calm")
        with services(ARTICLES, STUDIES, limited=True, share=FAILING, seed=seed, stall=60) as at:
            started = time.perf_counter()
            sittings, runs = finished(new_review(folder / "r", ctgov=True), at, "throttled")
            seconds, seen = time.perf_counter() - started, at.seen()
        print(f"{sittings} sittings, {seconds:.0f} s; as the services saw it: {seen}")
        reconciled = [run["reported"] == run["stored"] + run["undelivered"] for run in runs]
        got = contents(folder / "r")
        return all(
            (
                checked("all records stored once, as by an undisturbed run", holds=got == wanted),
                checked(f"{ARTICLES} + {STUDIES} records, counts reconciled", holds=all(reconciled)),
                checked("no request over the permitted rate (pubmed)", holds=seen["pubmed"]["most_in_a_second"] <= 3),
                checked("no request over the permitted rate (ctgov)", holds=seen["ctgov"]["most_in_a_second"] <= 1),
                checked("no retstart beyond the cap", holds=not seen["pubmed"]["beyond_cap"]),
                checked("every kept answer has its hash", holds=raw_is_sound(folder / "r")),
            )
        )


def kill(times: int, seed: int) -> bool:
    """SIGKILL at random moments, the same command again each time; every store that gets finished is compared."""
    moments, equal = random.Random(seed), []
    with workplace() as folder:
        wanted = undisturbed(folder / "calm")
        with services(ARTICLES, STUDIES, share=FAILING, seed=seed, stall=60) as at:
            killed = 0
            while killed < times:
                review = new_review(folder / "r", ctgov=True)
                killed += killed_until_finished(review, at, moments, times - killed)
                finished(review, at, "unthrottled")
                found = contents(review) | {"raw": raw_is_sound(review)}
                differing = [part for part, value in (wanted | {"raw": True}).items() if found[part] != value]
                equal.append(not differing)
                shutil.rmtree(review)
                print(
                    f"{killed} kills; the store differs from an undisturbed run's in {', '.join(differing) or 'nothing'}",
                    flush=True,
                )
    return all(equal)


def killed_until_finished(review: Path, at: Services, moments: random.Random, times: int) -> int:
    """Kill the searching process at random moments until it was killed so often, or came to its end."""
    for done in range(times):
        with client(review, at, "unthrottled", SHORT_TIMEOUT) as process:
            try:
                process.wait(moments.uniform(0.3, LONGEST_LIFE))
            except subprocess.TimeoutExpired:
                process.kill()
            else:
                return done
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 25_000], help="numbers of PubMed records")
    parser.add_argument("--pace", type=int, metavar="N", help="only this: N PubMed records at the permitted rate")
    parser.add_argument("--soak", action="store_true", help="only this: a quarter of all requests failing")
    parser.add_argument("--kill", type=int, metavar="TIMES", help="only this: SIGKILL at random moments")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    if chosen.soak or chosen.kill:
        held = (not chosen.soak or soak(chosen.seed)) and (not chosen.kill or kill(chosen.kill, chosen.seed))
        sys.exit(0 if held else 1)
    if chosen.pace is None:
        speed(chosen.sizes)
    pace(chosen.pace or 5_000, STUDIES)


if __name__ == "__main__":
    main()
