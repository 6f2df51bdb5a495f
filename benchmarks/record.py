"""What corrections of records cost: reading, showing and looking after a review without any, with some, and with very many.

    python benchmarks/record.py                            # 100,000 records; 0, 100 and 10,000 corrected abstracts
    python benchmarks/record.py --records 20000 --edits 0 500

Times are the best of three on a real SQLite file. "all" reads every record, "one" shows a report as the screening screen does, "attention"
looks through the review for what waits for a person, "edit" stores one correction.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tui import REVIEWER, build

from prisma_tool.model.log.corrections import payload
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Section
from prisma_tool.model.vocabulary import Stage
from prisma_tool.records.corrections import edit
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records
from prisma_tool.tui.sessions.report_on_screen import read_report
from prisma_tool.updates.acknowledgement import open_items

KEY = "pubmed:90000007"


def best(deed: Callable[[], object]) -> float:
    """The shortest of three times, in milliseconds."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        deed()
        times.append(time.perf_counter() - started)
    return 1000 * min(times)


def correct(review: Review, keys: list[str]) -> None:
    """Give these records a corrected abstract, in one go."""
    said = payload("abstract", (Section("", "Another abstract of some twenty words. " * 40),), (), "PubMed 1")
    with review.store.write() as transaction:
        event_log.append(transaction, [event_log.Draft(EventKind.EDIT, key, reviewer=REVIEWER, payload=said) for key in keys])


def measure(review: Review, edits: int) -> None:
    """Print one line for a review with so many corrections."""

    def read_all() -> int:
        with review.store.read() as transaction:
            return sum(len(record.citation.title) for record in records.all_records(transaction))

    def show() -> object:
        with review.store.read() as transaction:
            return read_report(transaction, KEY, Stage.TITLE_ABSTRACT, REVIEWER)

    def look_after() -> object:
        with review.store.read() as transaction:
            return open_items(transaction)

    years = iter(range(1901, 1990))
    cells = [best(read_all), best(show), best(look_after), best(lambda: edit(review, KEY, "year", str(next(years)), REVIEWER))]
    print(
        f"{edits:>8,} edits   all {cells[0]:8,.0f} ms   one {cells[1]:6.1f} ms   attention {cells[2]:8,.0f} ms   edit {cells[3]:6.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--edits", type=int, nargs="+", default=[0, 100, 10_000])
    chosen = parser.parse_args()
    with TemporaryDirectory() as place:
        folder = Path(place) / "review"
        build(folder, chosen.records)
        with open_review(folder, Environment(), print) as review:
            made = 0
            for edits in sorted(chosen.edits):
                correct(review, [f"pubmed:{90_000_100 + number}" for number in range(made, edits)])
                made = edits
                measure(review, edits)


if __name__ == "__main__":
    main()
