"""What reading a large review costs: the commands that show where it stands, each in a process of its own.

    python benchmarks/reading.py --records 100000                       # builds a review, measures every command once
    python benchmarks/reading.py --review FOLDER --against CHECKOUT     # the same commands of another checkout beside them
    python benchmarks/reading.py --review FOLDER --only status doctor
    python benchmarks/reading.py --review FOLDER --smaller FOLDER       # and how the seconds grow from a smaller review to it

A review has two sources, duplicates found by the tool's own deduplication, two reviewers who both voted on every report at titles and
abstracts and on a tenth of them at full text, some conflicts, adjudications and changes of mind: about two and a half votes a record. All of it was done
the day before it is built, save for one note: for the day before, `flow --at` folds the log, and for today it need not.
Printed are seconds of CPU (user and system of the process and all its children), the peak of memory, and the load of the machine.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prisma_tool.review.open_review import Review
    from prisma_tool.store.projections.event_log import Draft

REVIEWERS = ("Ada", "Ben")
PORTION = 5_000
COMMANDS = {
    "status": ("status", "--json"),
    "flow": ("flow", "--json"),
    "flow --at": ("flow", "--json", "--at", "TODAY"),
    "flow --at earlier": ("flow", "--json", "--at", "EARLIER"),
    "doctor": ("doctor",),
    "methods": ("report", "methods"),
    "agreement": ("report", "agreement"),
    "excluded": ("report", "excluded"),
    "search appendix": ("report", "search"),
    "conflicts": ("conflicts", "--json"),
    "export": ("export", "-o", "OUT"),
}


def build(folder: Path, records: int) -> None:
    """A review of `records` invented records that two reviewers have gone through."""
    from generated_records import generated

    from prisma_tool.dedupe.run import deduplicate
    from prisma_tool.model.log.events import EventKind
    from prisma_tool.model.vocabulary import RunStatus, SourceKind
    from prisma_tool.review.environment import Environment
    from prisma_tool.review.open_review import create_review, open_review
    from prisma_tool.store.projections import event_log
    from prisma_tool.store.records import records as stored
    from prisma_tool.store.runs import run_progress, runs

    create_review(folder, title="A large review", reviewers=REVIEWERS)
    rules = folder / "review.toml"
    rules.write_text(rules.read_text().replace("reviewers_per_record = 1", "reviewers_per_record = 2"))
    citations = (citation for _, citation in generated(records))
    with open_review(folder, Environment(), print, now=lambda: datetime.now(UTC) - timedelta(days=1)) as review:
        for name, share in (("PubMed", records // 2), ("Embase", records - records // 2)):
            with review.store.write() as transaction:
                source = runs.register_source(transaction, name, SourceKind.DATABASE)
                run = runs.begin_run(transaction, source.slug)
                for start in range(0, share, PORTION):
                    numbered = enumerate(islice(citations, min(PORTION, share - start)), start)
                    stored.store_batch(
                        transaction,
                        run.id,
                        [stored.Delivery(source.slug, str(10_000_000 + n), citation) for n, citation in numbered],
                    )
                run_progress.finish(transaction, run.id, RunStatus.COMPLETE)
        del citations, numbered  # what they were made from shall not count as the tool's memory
        deduplicate(review, time.perf_counter)
        drafts = _votes(review)
        while portion := list(islice(drafts, PORTION)):
            with review.store.write() as transaction:
                event_log.append(transaction, portion)
    with open_review(folder, Environment(), print) as review, review.store.write() as transaction:
        event_log.append(
            transaction, [event_log.Draft(EventKind.NOTE, "", reviewer=REVIEWERS[0], payload={"text": "A day later."})]
        )


def _votes(review: Review) -> Iterator[Draft]:
    """Both reviewers' votes on every report, in a random order, with some that change their mind and some conflicts settled."""
    from prisma_tool.model.log.events import EventKind
    from prisma_tool.model.vocabulary import Stage
    from prisma_tool.reports.state import load_review_state
    from prisma_tool.store.projections.event_log import Draft

    chance = random.Random(11)
    with review.store.read() as transaction:
        keys = [report.key for report in load_review_state(transaction).reports]

    def vote(key: str, reviewer: str, stage: Stage, verdict: str) -> Draft:
        reason = "wrong-population" if verdict == "exclude" and stage is Stage.FULL_TEXT else ""
        return Draft(EventKind.DECISION, key, stage, reviewer, {"verdict": verdict, "reason": reason, "note": ""})

    for number, key in enumerate(keys):
        through, differ = number % 10 == 0, number % 33 == 0
        for reviewer in REVIEWERS:
            verdict = "include" if through else "exclude"
            if chance.random() < 0.4:
                yield vote(key, reviewer, Stage.TITLE_ABSTRACT, "maybe")
            yield vote(key, reviewer, Stage.TITLE_ABSTRACT, "include" if differ and reviewer == "Ada" else verdict)
        if differ and number % 66 == 0:
            yield Draft(
                EventKind.ADJUDICATION, key, Stage.TITLE_ABSTRACT, "Ada", {"verdict": "exclude", "reason": "", "note": ""}
            )
        if through and not differ:
            yield Draft(EventKind.RETRIEVAL, key, payload={"status": "retrieved", "note": "", "file": ""})
            for reviewer in REVIEWERS:
                yield vote(key, reviewer, Stage.FULL_TEXT, "include" if number % 20 == 0 else "exclude")


def size(folder: Path) -> int:
    """How many records a review in a file holds."""
    with closing(sqlite3.connect(f"{(folder / 'review.db').absolute().as_uri()}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM record").fetchone()[0])


def growth(smaller: tuple[int, float], larger: tuple[int, float]) -> float:
    """The exponent with which seconds grow with records, each given as (records, seconds); 1 is linear."""
    return math.log(larger[1] / smaller[1]) / math.log(larger[0] / smaller[0])


def measured(checkout: Path, folder: Path, command: tuple[str, ...]) -> tuple[float, float, int]:
    """Seconds of CPU, peak megabytes and exit code of one command of a checkout."""
    with tempfile.TemporaryDirectory() as scratch:
        today = datetime.now(UTC)
        meant = {
            "OUT": str(Path(scratch) / "out.csv"),
            "TODAY": f"{today:%Y-%m-%d}",
            "EARLIER": f"{today - timedelta(days=1):%Y-%m-%d}",
        }
        words = [meant.get(word, word) for word in command]
        environment = {**os.environ, "PYTHONPATH": str(checkout), "PRISMA_TOOL_REVIEWER": REVIEWERS[0]}
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "prisma_tool", "-C", str(folder), *words],
            env=environment,
            cwd=checkout,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def main() -> None:
    """Build where asked, and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--review", type=Path, help="a review that is there, or where to build one")
    parser.add_argument("--against", type=Path, help="another checkout")
    parser.add_argument("--smaller", type=Path, help="a smaller review, for the growth of each command")
    parser.add_argument("--only", nargs="*", default=list(COMMANDS))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.review or Path(scratch) / "review"
        if not (folder / "review.toml").exists():
            build(folder, chosen.records)
        here = Path(__file__).resolve().parents[1]
        print(f"load {os.getloadavg()[0]:.1f}")
        for name in chosen.only:
            sides = [measured(checkout, folder, COMMANDS[name]) for checkout in (here, chosen.against) if checkout]
            line = f"{name:20}" + "".join(f"{cpu:8.2f} s {peak:7.0f} MB (exit {code})" for cpu, peak, code in sides)
            if chosen.smaller:
                seconds = measured(here, chosen.smaller, COMMANDS[name])[0]
                line += f"   smaller {seconds:.2f} s, exponent {growth((size(chosen.smaller), seconds), (size(folder), sides[0][0])):.2f}"
            print(line, flush=True)
        print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
