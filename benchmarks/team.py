"""A team at work: twenty scripted reviewers on PostgreSQL, four on SQLite, each a process of its own.

    python benchmarks/team.py [--decisions 20000] [--killed 4000] [--only sqlite|postgres|line|kill] [--milliseconds 40]

Each record is screened by two, its shares cut by hash (split = "halves"). Printed: decisions per second, the 50th and 95th percentile of
one `decide`, and what a comparison of every acknowledged vote with the log finds lost, doubled or handed out a third time. Over the line
each round trip takes so many milliseconds, and what one decision of one reviewer takes is counted first. In the last part the server is
killed in the middle and started again; the reviewers go on where they were.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slow_line import SlowLine, slow_line
from team_server import Server, server

from prisma_tool.errors import StoreError
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review
from prisma_tool.review.protocol.first_text import new_protocol_text
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.queue import QueueMark, queued_report, read_queue
from prisma_tool.store.engine import event_rows
from prisma_tool.store.projections import rebuild
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

STAGE = Stage.TITLE_ABSTRACT
ALONE = 20
"""So many decisions of one reviewer are counted."""
REST = 0.2
"""Seconds a reviewer waits before trying again while the server is away."""


@dataclass(frozen=True, slots=True)
class Team:
    """A review to screen, who screens it, and where each writes down what was acknowledged."""

    folder: Path
    database: str
    names: tuple[str, ...]

    @property
    def environment(self) -> Environment:
        """The surroundings that name its database."""
        return Environment(database=self.database)

    def notes(self, name: str) -> Path:
        """Where a reviewer writes down what was acknowledged."""
        return self.folder / f"acknowledged-{name}"

    def acknowledged(self) -> list[dict[str, Any]]:
        """All that anybody wrote down."""
        lines = [line for name in self.names for line in self.notes(name).read_text().splitlines()]
        return [json.loads(line) for line in lines]


def silent(_text: str) -> None:
    """Narration is not measured."""


def prepare(folder: Path, database: str, people: int, reports: int) -> Team:
    team = Team(folder, database, tuple(f"Reviewer {number:02}" for number in range(1, people + 1)))
    text = new_protocol_text(title="A team", pubmed="", ctgov="", reviewers=team.names)
    text = text.replace("reviewers_per_record = 1\n", 'reviewers_per_record = 2\nsplit = "halves"\n')
    create_review(folder, text=text)
    with open_review(folder, team.environment, silent) as review, review.store.write() as transaction:
        source = runs.register_source(transaction, "Embase", SourceKind.DATABASE)
        run = runs.begin_run(transaction, source.slug)
        found = [records.Delivery(source.slug, str(n), Citation(title=f"Report {n} of many")) for n in range(reports)]
        records.store_batch(transaction, run.id, found)
    return team


def screen(team: Team, name: str, ready: Any, begin: Any) -> None:
    """One reviewer, from opening the review to the end of the queue."""
    while True:
        try:
            with (
                open_review(team.folder, team.environment, silent) as review,
                review.store.held(),
                team.notes(name).open("a") as notes,
            ):
                ready.release()
                begin.wait()
                work(review, name, lambda line: print(line, file=notes, flush=True))
                return
        except StoreError:
            time.sleep(REST)


def work(review: Review, name: str, note: Callable[[str], None]) -> None:
    with review.store.read() as transaction:
        queue = read_queue(transaction, STAGE, name)
    waiting = [key for key, mark in zip(queue.keys, queue.marks, strict=True) if mark == QueueMark.WAITS]
    for number, key in enumerate(waiting):
        verdict = Verdict.INCLUDE if (number + len(name)) % 3 else Verdict.EXCLUDE
        unsure = False
        while True:
            try:
                if unsure and not waits(review, name, key):
                    break
                start = time.perf_counter()
                decide(review, [Decision(key, STAGE, name, verdict)])
                note(json.dumps({"key": key, "name": name, "seconds": time.perf_counter() - start}))
                break
            except StoreError:
                unsure = True
                time.sleep(REST)


def waits(review: Review, name: str, key: str) -> bool:
    """Whether a report still wants this reviewer's vote: the answer to the last try may have been lost."""
    with review.store.read() as transaction:
        item = queued_report(transaction, STAGE, name, key)
    return item is not None and item.waits


def measure(team: Team, disturb: Callable[[Team], None] | None = None) -> float:
    """Let everybody work at once; returns the seconds that it took."""
    context = multiprocessing.get_context("spawn")
    ready, begin = context.Semaphore(0), context.Event()
    team_at_work = [context.Process(target=screen, args=(team, name, ready, begin)) for name in team.names]
    for process in team_at_work:
        process.start()
    for _ in team_at_work:
        ready.acquire()
    start = time.perf_counter()
    begin.set()
    if disturb:
        disturb(team)
    for process in team_at_work:
        process.join()
    return time.perf_counter() - start


def count_trips(team: Team, line: SlowLine) -> None:
    """Print the round trips and the time of single decisions, by a reviewer who is alone."""
    with open_review(team.folder, team.environment, silent) as review:
        with review.store.read() as transaction:
            keys = read_queue(transaction, STAGE, team.names[0]).keys
        decide(review, [Decision(keys[0], STAGE, team.names[0], Verdict.INCLUDE)])
        before, started = line.trips, time.perf_counter()
        for _ in range(ALONE):
            decide(review, [Decision(keys[0], STAGE, team.names[0], Verdict.INCLUDE)])
        seconds, trips = time.perf_counter() - started, line.trips - before
    print(f"one reviewer alone: {trips / ALONE:.1f} round trips a decision, {1000 * seconds / ALONE:.1f} ms")


def report(what: str, team: Team, seconds: float) -> None:
    told = team.acknowledged()
    times = sorted(one["seconds"] for one in told)
    print(
        f"{what}: {len(told)} decisions acknowledged in {seconds:.1f} s, {len(told) / seconds:.0f} a second; "
        f"one takes {percentile(times, 0.5):.1f} ms (median), {percentile(times, 0.95):.1f} ms (p95), {times[-1] * 1000:.0f} ms (worst)"
    )
    print(f"  {check(team, told)}")


def percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


def check(team: Team, told: Sequence[dict[str, Any]]) -> str:
    """Every acknowledged vote against the log, every report against its two votes, and the projections against both."""
    with open_review(team.folder, team.environment, silent) as review, review.store.read() as transaction:
        stored = Counter((event.subject, event.reviewer) for event in event_rows.events(transaction, kinds=[EventKind.DECISION]))
        wrong = rebuild.differences(transaction)
    acknowledged = {(one["key"], one["name"]) for one in told}
    voters = Counter(key for key, _ in stored)
    lost = len(acknowledged - stored.keys())
    doubled = sum(n - 1 for n in stored.values())
    thrice = sum(n > 2 for n in voters.values())
    unfinished = sum(n < 2 for n in voters.values())
    assert not wrong, wrong[:3]
    assert (lost, doubled, thrice, unfinished) == (0, 0, 0, 0)
    unheard = len(stored.keys() - acknowledged)
    return f"lost {lost}, doubled {doubled}, handed out a third time {thrice}; stored though the answer was lost: {unheard}"


def kill_midway(found: Server, total: int) -> Callable[[Team], None]:
    def disturb(team: Team) -> None:
        while sum(team.notes(name).stat().st_size for name in team.names if team.notes(name).exists()) < 30 * total:
            time.sleep(0.1)
        found.kill()
        print("  the server was killed; it comes back in two seconds")
        time.sleep(2)
        found.start()

    return disturb


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--decisions", type=int, default=20_000)
    parser.add_argument("--killed", type=int, default=4_000)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--only", choices=["sqlite", "postgres", "line", "kill"])
    parser.add_argument("--milliseconds", type=float, default=40)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        if chosen.only in (None, "sqlite"):
            team = prepare(Path(place) / "sqlite", "", 4, chosen.decisions // 2)
            report("SQLite, 4 reviewers", team, measure(team))
        if chosen.only == "sqlite":
            return
        with server() as found:
            on_server(Path(place), found, chosen)


def on_server(place: Path, found: Server, chosen: argparse.Namespace) -> None:
    import psycopg

    with psycopg.connect(f"host={found.place} user=postgres dbname=postgres", autocommit=True) as connection:
        for name in ("steady", "distant", "alone", "killed"):
            connection.execute(f"CREATE DATABASE {name}".encode())
    if chosen.only in (None, "postgres"):
        team = prepare(place / "steady", found.url("steady"), chosen.people, chosen.decisions // 2)
        report(f"PostgreSQL, {chosen.people} reviewers", team, measure(team))
    if chosen.only in (None, "line"):
        with slow_line(found.place, chosen.milliseconds) as line:
            count_trips(prepare(place / "alone", line.url("alone"), 1, 1), line)
            team = prepare(place / "distant", line.url("distant"), chosen.people, chosen.decisions // 2)
            report(f"{chosen.milliseconds:g} ms a round trip, {chosen.people} reviewers", team, measure(team))
    if chosen.only in (None, "kill"):
        team = prepare(place / "killed", found.url("killed"), chosen.people, chosen.killed // 2)
        report("PostgreSQL, killed in the middle", team, measure(team, kill_midway(found, chosen.killed)))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
