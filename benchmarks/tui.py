"""How fast the screening application is, and whether a decision that was shown as stored is ever lost.

    python benchmarks/tui.py                          # 1,000 and 100,000 records, one process each
    python benchmarks/tui.py --records 100000 --keys 300
    python benchmarks/tui.py --kill 20 [--server]     # SIGKILL in the middle of a thousand decisions, twenty times
    python benchmarks/tui.py --review FOLDER          # measure a copy of a review that is there
    python benchmarks/tui.py --timer --records 5000 50000   # how late a 10 ms timer is while one screens by relevance

The application runs headless in Textual's own pilot on a real SQLite file, 120 columns by 40 rows. "start" counts from the start of the
process, imports included, and "open" from the opening of the review, to the painted first record. "key" is from a key to the last
picture that Textual made of the next record, and to an idle pilot, beside what the pilot itself costs for a key that does nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

if TYPE_CHECKING:
    from prisma_tool.tui.screening.report_screen import ReportScreen
    from prisma_tool.tui.sessions.report_on_screen import ReportOnScreen

SIZE = (120, 40)
REVIEWER = "Ada"


def build(folder: Path, records: int) -> None:
    """A review of invented records with structured abstracts."""
    from generated_records import Maker

    from prisma_tool.model.record.citation import Section
    from prisma_tool.model.vocabulary import RunStatus, SourceKind
    from prisma_tool.review.open_review import create_review, open_review
    from prisma_tool.store.records import records as stored
    from prisma_tool.store.runs import run_progress, runs

    create_review(folder, title="A large review", reviewers=(REVIEWER,))
    make = Maker(1, records)

    def words(n: int) -> str:
        return " ".join(make.random.choices(make.rare, k=n))

    with open_review(folder, surroundings(), silent) as review, review.store.write() as transaction:
        source = runs.register_source(transaction, "PubMed", SourceKind.DATABASE)
        run = runs.begin_run(transaction, source.slug)
        for start in range(0, records, 1000):
            batch = []
            for number in range(start, min(records, start + 1000)):
                abstract = (Section("BACKGROUND", words(80)), Section("METHODS", words(80)))
                citation = replace(make.citation(), pmid=str(90_000_000 + number), abstract=abstract)
                batch.append(stored.Delivery(source.slug, citation.pmid, citation))
            stored.store_batch(transaction, run.id, batch)
        run_progress.finish(transaction, run.id, RunStatus.COMPLETE)


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def watched(app: Any) -> list[float]:
    """A list whose one value is always the moment at which the application's last picture was finished."""
    finished, show = [0.0], app._display  # noqa: SLF001 - Textual has no public word for it

    def display(*picture: object) -> None:
        show(*picture)
        finished[0] = time.perf_counter()

    app._display = display  # noqa: SLF001 - likewise
    return finished


async def measured(folder: Path, keys: int, born: float) -> dict[str, float]:
    """All figures of one process, in milliseconds and MB."""
    from prisma_tool.review.environment import Environment
    from prisma_tool.review.open_review import open_review
    from prisma_tool.review.user_settings import Settings
    from prisma_tool.tui.app import ReviewApp
    from prisma_tool.tui.frame.application import Sent
    from prisma_tool.tui.screening.report_screen import ReportScreen

    opened = time.time()
    with open_review(folder, Environment(), print) as review:
        app = ReviewApp(review, REVIEWER, "title-abstract", settings=Settings(verdict_pause=0))
        finished = watched(app)
        async with app.run_test(size=SIZE) as pilot:
            screen = app.screen
            assert isinstance(screen, ReportScreen)
            assert screen.report is not None
            painted = time.time()
            idle, decided, pictures = [], [], []
            for number in range(keys):
                started = time.perf_counter()
                await pilot.press("f24")
                idle.append((time.perf_counter() - started) * 1000)
                before = screen.session.position
                await app.at_rest()
                started = time.perf_counter()
                await pilot.press("e" if number % 5 else "i")
                decided.append((time.perf_counter() - started) * 1000)
                pictures.append((finished[0] - started) * 1000)
                assert screen.session.position > before
            handled = []
            for _ in range(keys):
                while not screen.is_painted:  # noqa: ASYNC110 - painting gives no event
                    await asyncio.sleep(0.001)
                before_report = screen.report
                assert before_report is not None
                app.sent = Sent("", math.inf)
                started = time.perf_counter()
                screen.action_command("decision.decide", "include")
                while not screen.is_painted or _is_shown(screen.report, before_report):  # noqa: ASYNC110 - what is measured gives no event
                    await asyncio.sleep(0)
                handled.append((time.perf_counter() - started) * 1000)
            filters = []
            for typed in ("patients", "trial therapy", "ba*", '"randomized controlled trial"', "cells -acute"):
                started = time.perf_counter()
                narrowed = await asyncio.to_thread(screen.session.find, typed)
                filters.append((time.perf_counter() - started) * 1000)
                started = time.perf_counter()
                screen.session.narrow(narrowed)
                filters[-1] += (time.perf_counter() - started) * 1000
                screen.session.narrow(None)
            return {
                "start": (painted - born) * 1000,
                "open": (painted - opened) * 1000,
                "painted_p50": percentile(pictures, 0.5),
                "painted_p95": percentile(pictures, 0.95),
                "key_p50": percentile(decided, 0.5),
                "key_p95": percentile(decided, 0.95),
                "pilot_p50": percentile(idle, 0.5),
                "pilot_p95": percentile(idle, 0.95),
                "deed_p50": percentile(handled, 0.5),
                "deed_p95": percentile(handled, 0.95),
                "filter_max": max(filters),
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }


async def late_timer(folder: Path, keys: int) -> dict[str, float]:
    """How much later than due a 10 ms timer fires in the application, while somebody screens in the order of relevance (ms).

    Part of the records is decided beforehand, so that the panel has something to say and the model something to learn.
    """
    from prisma_tool.model.vocabulary import Stage, Verdict
    from prisma_tool.review.environment import Environment
    from prisma_tool.review.open_review import open_review
    from prisma_tool.review.user_settings import Settings
    from prisma_tool.screening.decisions import Decision, decide
    from prisma_tool.screening.prioritised.queue_order import OrderName, choose_order
    from prisma_tool.screening.queue import read_queue
    from prisma_tool.tui.app import ReviewApp
    from prisma_tool.tui.screening.report_screen import ReportScreen

    with open_review(folder, Environment(), print) as review:
        with review.store.read() as transaction:
            known = read_queue(transaction, Stage.TITLE_ABSTRACT, REVIEWER).keys[:400]
        verdicts = {True: Verdict.INCLUDE, False: Verdict.EXCLUDE}
        decide(review, [Decision(key, Stage.TITLE_ABSTRACT, REVIEWER, verdicts[n % 9 == 0]) for n, key in enumerate(known)])
        choose_order(review, REVIEWER, OrderName.RELEVANCE)
        app, late, screens = (
            ReviewApp(review, REVIEWER, "title-abstract", settings=Settings(verdict_pause=0)),
            list[float](),
            list[float](),
        )

        busy, working = list[float](), list[float]()

        async def watch() -> None:
            while True:
                due, spent, computed = time.perf_counter() + 0.01, time.thread_time(), time.process_time()
                await asyncio.sleep(0.01)
                late.append((time.perf_counter() - due) * 1000)
                busy.append((time.thread_time() - spent) * 1000)
                working.append((time.process_time() - computed) * 1000)

        async with app.run_test(size=(140, 50)) as pilot:
            screen = app.screen
            assert isinstance(screen, ReportScreen)
            await pilot.pause()
            watching = asyncio.create_task(watch())
            await app.workers.wait_for_complete()
            first_look, first_working = max(late), max(working)
            for figures in (late, busy, working):
                figures.clear()
            for number in range(keys):
                started = time.perf_counter()
                await pilot.press("e" if number % 9 else "i")
                screens.append((time.perf_counter() - started) * 1000)
            await app.workers.wait_for_complete()
            watching.cancel()
        return {
            "late_first": first_look,
            "working_first": first_working,
            "late_p50": percentile(late, 0.5),
            "late_p95": percentile(late, 0.95),
            "late_p99": percentile(late, 0.99),
            "late_max": max(late),
            "busy_p99": percentile(busy, 0.99),
            "busy_max": max(busy),
            "working_max": max(working),
            "load": os.getloadavg()[0],
            "key_p50": percentile(screens, 0.5),
            "key_p95": percentile(screens, 0.95),
        }


def silent(_text: str) -> None:
    """Narration is not measured."""


def surroundings() -> Any:
    """The surroundings in which votes are killed: on a server where one is named."""
    from prisma_tool.review.environment import Environment

    return Environment(database=os.environ.get("PRISMA_TOOL_DATABASE", ""))


def _is_shown(now: ReportOnScreen | None, before: ReportOnScreen) -> bool:
    return now is not None and now.item.key == before.item.key


def _says_stored(screen: ReportScreen) -> bool:
    from textual.widgets import Static

    return ", stored" in str(screen.query_one("#said", Static).content)


async def decide_for_ever(folder: Path) -> None:
    """Decide on one record after the other and write each one down once the screen shows that it is stored."""
    from prisma_tool.review.open_review import open_review
    from prisma_tool.tui.app import ReviewApp
    from prisma_tool.tui.screening.report_screen import ReportScreen

    with open_review(folder, surroundings(), silent) as review:
        app = ReviewApp(review, REVIEWER, "title-abstract")
        async with app.run_test(size=SIZE):
            screen = app.screen
            assert isinstance(screen, ReportScreen)
            while True:
                while not screen.is_painted:  # noqa: ASYNC110 - what is measured gives no event
                    await asyncio.sleep(0)
                if (shown := screen.report) is None:
                    break
                verdict = random.choice(("include", "exclude", "maybe"))
                screen.action_command("decision.decide", verdict)
                # The record may be read anew meanwhile; once no vote is under way, what was said of this one stands.
                while not screen.is_painted or _is_shown(screen.report, shown) or not _says_stored(screen):  # noqa: ASYNC110 - the same
                    await asyncio.sleep(0)
                sys.stdout.write(f"{shown.item.key} {verdict}\n")
                sys.stdout.flush()
            await asyncio.sleep(0)


def killed(folder: Path, times: int) -> tuple[int, int]:
    """(decisions that were shown as stored, how many of them are missing) after so many kills at moments drawn by chance."""
    acknowledged: dict[str, str] = {}
    lost = 0
    for number in range(times):
        child = subprocess.Popen(  # noqa: S603 - this script itself
            [sys.executable, __file__, "--decide", str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        wanted = random.Random(number).randint(20, 80)
        lines = []
        for line in child.stdout:
            lines.append(line)
            if len(lines) == wanted:
                os.kill(child.pid, signal.SIGKILL)
        child.wait()
        acknowledged |= dict(line.split() for line in lines if line.endswith("\n"))
        lost += len(set(acknowledged.items()) - set(stored_votes(folder).items()))
        print(f"kill {number + 1}: {len(acknowledged)} decisions shown as stored so far, {lost} lost")
    return len(acknowledged), lost


def stored_votes(folder: Path) -> dict[str, str]:
    """The verdict on each record as the database has it, read after the check of its health."""
    from prisma_tool.review.open_review import open_review
    from prisma_tool.store.projections import rebuild
    from prisma_tool.store.queues import queues

    with open_review(folder, surroundings(), silent) as review, review.store.read() as transaction:
        assert rebuild.differences(transaction) == []
        return queues.own_verdicts(transaction, "title-abstract", REVIEWER)


def in_process(folder: Path, keys: int, act: str = "--measure") -> dict[str, float]:
    """The figures of a process of their own, so that memory is its own too."""
    with TemporaryDirectory() as work:
        copy = Path(work) / "review"
        shutil.copytree(folder, copy)
        done = subprocess.run(  # noqa: S603 - this script itself
            [sys.executable, __file__, act, str(copy), "--keys", str(keys), "--born", repr(time.time())],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def table(rows: dict[str, dict[str, float]]) -> None:
    """One line a figure, one column a size."""
    names = {
        "start": "process start to first record (ms)",
        "open": "opening the review to first record (ms)",
        "painted_p50": "key to the last picture of the next record, p50 (ms)",
        "painted_p95": "key to the last picture of the next record, p95 (ms)",
        "key_p50": "key to an idle pilot, p50 (ms)",
        "key_p95": "key to an idle pilot, p95 (ms)",
        "pilot_p50": "pilot's own cost of a key, p50 (ms)",
        "pilot_p95": "pilot's own cost of a key, p95 (ms)",
        "deed_p50": "decide, store, read, paint without pilot, p50 (ms)",
        "deed_p95": "decide, store, read, paint without pilot, p95 (ms)",
        "late_first": "10 ms timer, latest while the model first learns (ms)",
        "working_first": "of it the whole program's CPU, worst (ms)",
        "late_p50": "10 ms timer, how late while screening, p50 (ms)",
        "late_p95": "10 ms timer, how late while screening, p95 (ms)",
        "late_p99": "10 ms timer, how late while screening, p99 (ms)",
        "late_max": "10 ms timer, how late while screening, worst (ms)",
        "busy_p99": "of it the interface's own CPU, p99 (ms)",
        "busy_max": "of it the interface's own CPU, worst (ms)",
        "working_max": "the whole program's CPU, worst (ms)",
        "load": "load of the machine at the end",
        "filter_max": "slowest of five filters (ms)",
        "peak": "peak memory (MB)",
    }
    print(f"{'':<52}" + "".join(f"{size:>14}" for size in rows))
    for name, words in names.items():
        if name not in next(iter(rows.values())):
            continue
        print(f"{words:<52}" + "".join(f"{found[name]:>14.1f}" for found in rows.values()))


def main() -> None:
    """Measure, or kill."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="*", default=[1_000, 100_000])
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--review", type=Path)
    parser.add_argument("--kill", type=int, default=0)
    parser.add_argument("--timer", action="store_true")
    parser.add_argument("--late", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--server", action="store_true", help="kill while votes go to PostgreSQL")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--decide", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--born", type=float, default=0.0, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.measure:
        print(json.dumps(asyncio.run(measured(chosen.measure, chosen.keys, chosen.born))))
    elif chosen.late:
        print(json.dumps(asyncio.run(late_timer(chosen.late, chosen.keys))))
    elif chosen.decide:
        asyncio.run(decide_for_ever(chosen.decide))
    else:
        _parent(chosen)


@contextmanager
def on_server() -> Iterator[None]:
    """A PostgreSQL server for the votes that are killed."""
    from team_server import server

    with server() as found:
        os.environ["PRISMA_TOOL_DATABASE"] = found.url()
        yield


def _parent(chosen: argparse.Namespace) -> None:
    act = "--late" if chosen.timer else "--measure"
    with TemporaryDirectory() as work:
        if chosen.kill:
            with on_server() if chosen.server else nullcontext():
                build(Path(work) / "review", 500)
                shown, lost = killed(Path(work) / "review", chosen.kill)
            print(f"{chosen.kill} kills, {shown} decisions shown as stored, {lost} lost")
            sys.exit(1 if lost else 0)
        if chosen.review:
            table({chosen.review.name: in_process(chosen.review, chosen.keys, act)})
            return
        found = {}
        for records in chosen.records:
            build(Path(work) / str(records), records)
            found[f"{records:,}"] = in_process(Path(work) / str(records), chosen.keys, act)
        table(found)


if __name__ == "__main__":
    main()
