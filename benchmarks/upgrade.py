"""How long the upgrade of a large review from the schema before takes, and whether it counts anything differently.

    python benchmarks/upgrade.py                          # 100,000 records and 250,000 events
    python benchmarks/upgrade.py --records 10000 --events 25000

A review is made, taken back to the older schema (which drops what the newer one added), and opened. The state that is kept must be the
same before and after, and equal what the log says.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.log.fold import State
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import RunStatus, SourceKind, Stage
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import create_review, open_review
from prisma_tool.store.engine import opening
from prisma_tool.store.engine.database import make_engine
from prisma_tool.store.projections import event_log, rebuild
from prisma_tool.store.records import records as stored
from prisma_tool.store.runs import run_progress, runs

REVIEWERS = ("Ada", "Ben")
BEFORE = "0002"
PORTION = 5_000


def build(folder: Path, records: int, events: int) -> None:
    """A review of invented records, on which two reviewers decided, again and again until there are so many events."""
    create_review(folder, title="A large review", reviewers=REVIEWERS)
    with open_review(folder, Environment(), print) as review:
        with review.store.write() as transaction:
            source = runs.register_source(transaction, "Embase", SourceKind.DATABASE)
            run = runs.begin_run(transaction, source.slug)
            for start in range(0, records, PORTION):
                numbers = range(start, min(records, start + PORTION))
                batch = [stored.Delivery(source.slug, str(n), Citation(title=f"Report {n} of many")) for n in numbers]
                stored.store_batch(transaction, run.id, batch)
            run_progress.finish(transaction, run.id, RunStatus.COMPLETE)
        for start in range(0, events, PORTION):
            numbers = range(start, min(events, start + PORTION))
            with review.store.write() as transaction:
                event_log.append(transaction, [_vote(n, records) for n in numbers])


def _vote(n: int, records: int) -> event_log.Draft:
    reviewer = REVIEWERS[n // records % len(REVIEWERS)]
    payload = {"verdict": "include" if n % 7 else "exclude", "reason": "", "note": ""}
    return event_log.Draft(EventKind.DECISION, f"embase:{n % records}", Stage.TITLE_ABSTRACT, reviewer, payload)


def kept(folder: Path) -> State:
    """The state as the projections keep it."""
    with open_review(folder, Environment(), print) as review, review.store.read() as transaction:
        return rebuild.stored_state(transaction)


def take_back(path: Path) -> None:
    """Bring the database to the schema before."""
    from alembic import command
    from alembic.config import Config

    engine, config = make_engine(path), Config()
    config.set_main_option("script_location", str(opening.MIGRATIONS))
    with engine.connect().execution_options(prisma_write="alone") as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
    engine.dispose()


def main() -> int:
    """Print the figures; 1 where the upgrade changed something."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--events", type=int, default=250_000)
    options = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / "review"
        build(folder, options.records, options.events)
        before = kept(folder)
        take_back(folder / "review.db")
        shutil.rmtree(folder / "journal")
        text = (folder / "review.toml").read_text(encoding="utf-8")
        (folder / "review.toml").write_text(
            "".join(line for line in text.splitlines(keepends=True) if not line.startswith("id = "))
        )
        started = time.perf_counter()
        with open_review(folder, Environment(), print):
            seconds = time.perf_counter() - started
        started = time.perf_counter()
        with open_review(folder, Environment(), print) as review:
            again = time.perf_counter() - started
            with review.store.read() as transaction:
                after, differences = rebuild.stored_state(transaction), rebuild.differences(transaction)
        ids = {slot: event.id for slot, event in before.standing.items()} == {
            slot: event.id for slot, event in after.standing.items()
        }
        same = ids and before.cluster_of == after.cluster_of and before.outcomes == after.outcomes and not differences
    print(
        f"{options.records} records, {options.events} events: upgraded in {seconds:.1f} s, opened again in {again * 1000:.0f} ms; ",
        end="",
    )
    print("the same state" if same else "ANOTHER STATE")
    return not same


if __name__ == "__main__":
    sys.exit(main())
