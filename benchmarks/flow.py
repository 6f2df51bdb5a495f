"""What the figure costs: counting a large review from plain data, laying out, and each renderer, in milliseconds.

    python benchmarks/flow.py                                # 100,000 records with 250,000 decisions
    python benchmarks/flow.py --records 10000 --repeat 3

The review is invented from a seed: two reviewers at title/abstract, duplicates, full texts, studies, removals. Every figure is the
shortest of several runs, in CPU milliseconds of this process; the first line says what was counted.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.words.options import PLAIN, FigureOptions
from prisma_tool.figure.write import RENDERERS
from prisma_tool.flow.count import count
from prisma_tool.flow.counting_input import CountingInput
from prisma_tool.flow.flow import Adjustment, Count, Flow, Template
from prisma_tool.model.log.clusters import ClusterMember
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.log.fold import fold
from prisma_tool.model.protocol.protocol import Protocol, ScreeningRules
from prisma_tool.model.vocabulary import SourceKind, Stage
from prisma_tool.reports.state import ReviewState, reports
from prisma_tool.store.records.report_rows import CountedRecord
from prisma_tool.store.runs.runs import Source

KINDS = {
    "pubmed": SourceKind.DATABASE,
    "embase": SourceKind.DATABASE,
    "central": SourceKind.DATABASE,
    "ctgov": SourceKind.REGISTER,
    "websites": SourceKind.WEBSITE,
}
SOURCES = {slug: Source(slug, slug.title(), kind, place) for place, (slug, kind) in enumerate(KINDS.items())}
REASONS = ("wrong-population", "wrong-intervention", "wrong-outcome", "wrong-study-design")
START = datetime(2025, 1, 1, tzinfo=UTC)


class Log:
    """An invented review: its records and its events in the order in which they happened."""

    def __init__(self, records: int, seed: int) -> None:
        self.chance = random.Random(seed)
        slugs = self.chance.choices(list(KINDS), weights=[45, 30, 15, 8, 2], k=records)
        self.keys = [f"{slug}:{number:07d}" for number, slug in enumerate(slugs)]
        self.events: list[Event] = []

    def add(self, kind: str, subject: str, stage: str, reviewer: str, payload: dict[str, Any]) -> None:
        """One more event, a second after the one before."""
        at = START + timedelta(seconds=len(self.events))
        self.events.append(
            Event(f"{len(self.events):09d}", kind, subject, stage, reviewer, at, at, "0", payload, clock=len(self.events))
        )

    def decide(self, key: str, stage: str, verdict: str) -> None:
        """Both reviewers' votes."""
        for reviewer in ("Ada", "Ben"):
            self.add(EventKind.DECISION, key, stage, reviewer, {"verdict": verdict, "reason": self.chance.choice(REASONS)})


def invented(records: int, decisions: int, seed: int = 1) -> Log:
    """Every fifth record a duplicate, two votes on each of the others, then full texts until there are `decisions`."""
    log = Log(records, seed)
    unique = []
    for number, key in enumerate(log.keys):
        if number % 5 == 4:
            pair = sorted((key, log.keys[number - 1]))
            log.add(EventKind.DUPLICATE, pair[0], "", ENGINE, {"other": pair[1], "verdict": "same"})
        else:
            unique.append(key)
    full_texts = (decisions - 2 * len(unique)) // 2
    for number, key in enumerate(unique):
        log.decide(key, Stage.TITLE_ABSTRACT, "include" if number < full_texts else "exclude")
    for number, key in enumerate(unique[: max(0, full_texts)]):
        log.decide(key, Stage.FULL_TEXT, "exclude" if number % 8 else "include")
    return log


def measured(work: Callable[[], object], repeat: int) -> float:
    """The shortest CPU time of `repeat` runs, in milliseconds."""
    times = []
    for _ in range(repeat):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times) * 1000


def counting(records: int, repeat: int) -> Iterator[tuple[str, float]]:
    """Folding the log, finding each report's standing, and counting, each by itself."""
    log = invented(records, records * 5 // 2)
    protocol = Protocol(screening=ScreeningRules(reviewers_per_record=2))
    held = [
        ClusterMember(key, KINDS[slug].in_left_column, 1, SOURCES[slug].position)
        for key in log.keys
        for slug in [key.split(":")[0]]
    ]
    holdings = [CountedRecord(key, key.split(":")[0], key.startswith("ctgov")) for key in log.keys]
    state = fold(held, log.events, protocol)
    standing = ReviewState(SOURCES, tuple(reports(holdings, SOURCES, state, protocol)), state, frozenset())
    votes = sum(event.kind == EventKind.DECISION for event in log.events)
    print(f"{records:,} records, {votes:,} decisions, {len(standing.reports):,} reports")
    yield "fold the whole log", measured(lambda: fold(held, log.events, protocol), repeat)
    yield "standing of each report", measured(lambda: tuple(reports(holdings, SOURCES, state, protocol)), repeat)
    yield "count and check", measured(lambda: count(standing, protocol, CountingInput()), repeat)
    yield from drawing(count(standing, protocol, CountingInput()), "this figure", repeat)


def drawing(flow: Flow, name: str, repeat: int) -> Iterator[tuple[str, float]]:
    """The layout and every renderer on one flow."""
    yield f"lay out {name}", measured(lambda: lay_out(flow, PLAIN), repeat)
    for suffix, render in RENDERERS.items():
        yield f"{suffix} of {name}", measured(partial(render, flow, FigureOptions(dpi=300)), repeat)


def crowded(flow: Flow) -> Flow:
    """Forty databases and thirty reasons of 200 characters."""
    one = Count(adjustments=(Adjustment(1_234_567, "invented"),))
    reasons = {f"{number} {'a reason that is rather long and tells everything ' * 4}"[:200]: one for number in range(30)}
    return replace(flow, database_specific_results={f"Database {number}": one for number in range(40)}, dbr_excluded=reasons)


def main() -> None:
    """Prints one line for each measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    chosen = parser.parse_args()
    for what, milliseconds in counting(chosen.records, chosen.repeat):
        print(f"{what:<32}{milliseconds:>10.1f} ms")
    full = crowded(Flow(Template.NEW_V1))
    for what, milliseconds in drawing(full, "a crowded figure", min(chosen.repeat, 2)):
        print(f"{what:<32}{milliseconds:>10.1f} ms")


if __name__ == "__main__":
    main()
