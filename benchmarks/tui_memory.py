"""Whether the application keeps what it showed: its resident memory while keys are pressed and one walks between the places.

    python benchmarks/tui_memory.py                        # 1,000 records, 3,000 keys
    python benchmarks/tui_memory.py --keys 6000 --records 10000

Each round goes to every place by its key, one step down and up in it, and then takes some decisions at the queue. The first third of the keys
warms up: every place is opened, caches fill. Exits with 1 where memory grows by more than `GROWTH` MB after that.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from tui import REVIEWER, SIZE, build

GROWTH = 8
POINTS = 10
"""So often memory is read."""


def resident() -> float:
    """Megabytes of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024**2


def keys_of_a_round() -> Iterator[str]:
    """A walk through all places, then decisions."""
    from prisma_tool.tui.frame.place_table import PLACES

    for place in PLACES:
        yield from (place.key, "j", "k")
    yield "4"
    yield from ("e", "i", "e", "m", "e")


async def walked(folder: Path, keys: int) -> list[float]:
    """Memory at `POINTS` moments, in MB, each printed with the widgets that are alive."""
    from textual.widget import Widget

    from prisma_tool.review.environment import Environment
    from prisma_tool.review.open_review import open_review
    from prisma_tool.tui.app import ReviewApp

    figures = []
    with open_review(folder, Environment(), print) as review:
        app = ReviewApp(review, REVIEWER)
        async with app.run_test(size=SIZE) as pilot:
            for number, key in enumerate(islice(cycle(keys_of_a_round()), keys), start=1):
                await pilot.press(key)
                await app.at_rest()
                if number % (keys // POINTS) == 0:
                    await app.workers.wait_for_complete()
                    gc.collect()
                    figures.append(resident())
                    alive = Counter(type(one).__name__ for one in gc.get_objects() if isinstance(one, Widget))
                    print(
                        f"{number:>7,} keys {figures[-1]:8.1f} MB {alive.total():7,} widgets, {alive['FooterKey']:5,} keys of footers",
                        flush=True,
                    )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=3_000)
    parser.add_argument("--records", type=int, default=1_000)
    chosen = parser.parse_args()
    with TemporaryDirectory() as work:
        build(Path(work) / "review", chosen.records)
        figures = asyncio.run(walked(Path(work) / "review", chosen.keys))
    growth = figures[-1] - figures[len(figures) // 3]
    print(f"{growth:+.1f} MB after the first third")
    sys.exit(1 if growth > GROWTH else 0)


if __name__ == "__main__":
    main()
