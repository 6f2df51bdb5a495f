"""How fast the places are that list the whole review: Records, Flow and Activity.

    python benchmarks/places.py                     # 1,000 and 100,000 records, one process each
    python benchmarks/places.py --records 100000
    python benchmarks/places.py --review FOLDER     # measure a copy of a review that is there

The application runs headless on a real SQLite file, 120 columns by 40 rows. A filter is timed from the moment at which the typing has
rested to the moment at which its records are on the screen. "held up" is the longest time in which the interface did not turn.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from tui import SIZE, build, percentile

TYPED = ("methods", "trial therapy", "ba*", "a* -trial", '"case series"', "voonc", "nothinglikethis")
NAMES = {
    "records": "going to Records to its first rows (ms)",
    "page_p50": "a jump to anywhere in the list to its rows, p50 (ms)",
    "page_p95": "the same, p95 (ms)",
    "filter_p50": "filter by words to its records, p50 (ms)",
    "filter_max": "the same, longest (ms)",
    "held_up": "interface held up at most while filtering (ms)",
    "condition": "condition `year >= 2015` over all records (ms)",
    "held_up_condition": "interface held up at most meanwhile (ms)",
    "flow": "going to Flow to its figure (ms)",
    "activity": "going to Activity to its first rows (ms)",
    "peak": "peak memory (MB)",
}


class Pulse:
    """Notes the longest time between two turns of the interface."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        """Turn for ever."""
        before = time.perf_counter()
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            self.longest, before = max(self.longest, now - before), now

    async def while_(self, deed: Callable[[], object], done: Callable[[], bool]) -> tuple[float, float]:
        """Milliseconds from a deed until `done` holds, and the longest the interface was held up meanwhile."""
        self.longest = 0.0
        beating = asyncio.create_task(self.beat())
        started = time.perf_counter()
        deed()
        while not done():  # noqa: ASYNC110 - whatever it is that is waited for, it is looked at from outside
            await asyncio.sleep(0.001)
        took = time.perf_counter() - started
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
        return took * 1000, self.longest * 1000


async def measured(folder: Path) -> dict[str, float]:
    from prisma_tool.records.browse import RecordFilter
    from prisma_tool.review.environment import Environment
    from prisma_tool.review.open_review import open_review
    from prisma_tool.tui.activity.activity_list import ActivityList
    from prisma_tool.tui.app import ReviewApp
    from prisma_tool.tui.flow.flow_view import FlowView
    from prisma_tool.tui.record_browser.record_list import RecordList
    from prisma_tool.tui.records.screen import RecordsScreen

    figures: dict[str, float] = {}
    pulse = Pulse()
    with open_review(folder, Environment(), print) as review:
        app = ReviewApp(review, review.protocol.reviewers[0], "protocol")
        async with app.run_test(size=SIZE):

            def records() -> RecordsScreen:
                assert isinstance(app.screen, RecordsScreen)
                return app.screen

            def is_listed() -> bool:
                return bool(app.screen.query(RecordList)) and _rows_are_there(records())

            figures["records"], _ = await pulse.while_(lambda: app.go("records"), is_listed)
            total = records().list.total
            places = [total * number // 20 for number in range(20)] + [total, 0] * 5
            jumps = [(await pulse.while_(lambda place=place: records().list.go_to(place), is_listed))[0] for place in places]
            figures |= {"page_p50": percentile(jumps, 0.5), "page_p95": percentile(jumps, 0.95)}
            filters = [
                await pulse.while_(lambda typed=typed: records().seek(RecordFilter(typed)), is_listed) for typed in TYPED * 3
            ]
            times = [took for took, _ in filters]
            figures |= {
                "filter_p50": percentile(times, 0.5),
                "filter_max": max(times),
                "held_up": max(held for _, held in filters),
            }
            figures["condition"], figures["held_up_condition"] = await pulse.while_(
                lambda: records().seek(RecordFilter(where="year >= 2015")), is_listed
            )
            figures["flow"], _ = await pulse.while_(
                lambda: app.go("flow"), lambda: any(view.drawing.lines for view in app.screen.query(FlowView))
            )
            figures["activity"], _ = await pulse.while_(
                lambda: app.go("activity"),
                lambda: any(rows.marked for rows in app.screen.query(ActivityList)),
            )
    figures["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def _rows_are_there(screen: object) -> bool:
    from prisma_tool.tui.records.screen import RecordsScreen

    assert isinstance(screen, RecordsScreen)
    return (
        not screen.seeker.is_busy
        and screen.displayed == screen.request
        and (screen.list.total == 0 or screen.list.marked is not None)
    )


def in_process(folder: Path) -> dict[str, float]:
    """The figures of a process of their own, on a copy."""
    with TemporaryDirectory() as work:
        copy = Path(work) / "review"
        shutil.copytree(folder, copy)
        command = [sys.executable, __file__, "--measure", str(copy)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this script itself
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="*", default=[1_000, 100_000])
    parser.add_argument("--review", type=Path)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(asyncio.run(measured(asked.measure))))
        return
    columns: dict[str, dict[str, float]] = {}
    with TemporaryDirectory() as work:
        folders = {str(asked.review): asked.review} if asked.review else {}
        for n in [] if asked.review else asked.records:
            folders[f"{n:,}"] = Path(work) / str(n)
            build(folders[f"{n:,}"], n)
        for name, folder in folders.items():
            columns[name] = in_process(folder)
    print(f"{'':<58}" + "".join(f"{name:>12}" for name in columns))
    for figure, words in NAMES.items():
        print(f"{words:<58}" + "".join(f"{column[figure]:>12.1f}" for column in columns.values()))


if __name__ == "__main__":
    main()
