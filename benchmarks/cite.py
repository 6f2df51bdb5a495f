"""Citation searching, measured against the stand-ins: what SIGKILL leaves behind, how few requests there are, and the pace.

`python benchmarks/cite.py [--seeds 12] [--kills 20]` exits with 1 where a search that was killed does not come to the same end, or asks for more
than its questions and those that were cut off.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "fixtures"))

from standin_crossref import CrossrefStandIn
from standin_europepmc import EuropePmcStandIn
from standin_openalex import OpenAlexStandIn

from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.codec import encode
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import create_review, open_review
from prisma_tool.store.records import record_events, records
from prisma_tool.store.runs import runs

KEY = "invented-key"
PERMITTED = {"europepmc": 3, "openalex": 5, "crossref": 3}
CITED_BY_EACH = 30


def graph(seeds: int) -> dict[int, list[int]]:
    """Who cites whom: each seed cites some of a common stock, and some cite it."""
    chance = random.Random(7)
    stock = range(1_000, 1_000 + seeds * 10)
    cites = {seed: chance.sample(stock, CITED_BY_EACH) for seed in range(1, seeds + 1)}
    return cites | {2_000 + number: chance.sample(range(1, seeds + 1), min(3, seeds)) for number in range(seeds * 8)}


def stand_ins(cites: Mapping[int, list[int]]) -> dict[str, Any]:
    """The three indexes over one graph."""
    works = sorted({*cites, *(other for cited in cites.values() for other in cited)})
    europepmc = [
        {
            "id": str(99_000_000 + one),
            "source": "MED",
            "pmid": str(99_000_000 + one),
            "doi": f"10.5555/{one}",
            "title": f"Work {one} of {one}",
        }
        for one in works
    ]
    references = {f"{99_000_000 + one}_MED": [f"{99_000_000 + other}_MED" for other in cited] for one, cited in cites.items()}
    openalex = [
        {
            "id": f"https://openalex.org/W{one}",
            "doi": f"https://doi.org/10.5555/{one}",
            "ids": {},
            "display_name": f"Work {one} of {one}",
            "abstract_inverted_index": {"Abstract": [0]},
            "referenced_works": [f"https://openalex.org/W{other}" for other in cites.get(one, ())],
        }
        for one in works
    ]
    crossref = [
        {
            "DOI": f"10.5555/{one}",
            "title": [f"Work {one} of {one}"],
            "reference": [{"DOI": f"10.5555/{other}"} for other in cites.get(one, ())],
        }
        for one in works
    ]
    return {
        "europepmc": EuropePmcStandIn(europepmc, references=references),
        "openalex": OpenAlexStandIn(openalex, key=KEY),
        "crossref": CrossrefStandIn(crossref),
    }


def new_review(folder: Path, seeds: int) -> Path:
    """A review that holds the seeds."""
    create_review(folder, title="Bench", reviewers=("Ada",))
    with open_review(folder, Environment(), print) as review, review.store.write() as transaction:
        source = runs.register_source(transaction, "Embase", SourceKind.DATABASE)
        run = runs.begin_run(transaction, source.slug)
        held = [
            records.Delivery("embase", str(one), Citation(title=f"Work {one}", doi=f"10.5555/{one}"))
            for one in range(1, seeds + 1)
        ]
        records.store_batch(transaction, run.id, held)
    return folder


def start(folder: Path, servers: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    """The command, started."""
    addresses = {f"PRISMA_TOOL_{name.upper()}_URL": server.url for name, server in servers.items()}
    command = [sys.executable, "-m", "prisma_tool", "-C", str(folder), "cite", "--from", "all"]
    surroundings = {**os.environ, **addresses, "OPENALEX_API_KEY": KEY}
    return subprocess.Popen(command, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own program


def state(folder: Path) -> str:
    """A hash of all records of the citation search and of what led to them."""
    with open_review(folder, Environment(), print) as review, review.store.read() as transaction:
        held = sorted((one.key, encode(one.citation)) for one in records.all_records(transaction))
        led = sorted(record_events.found_in(transaction).items())
    return hashlib.sha256(repr((held, led)).encode()).hexdigest()


def measured(folder: Path, servers: Mapping[str, Any]) -> tuple[dict[str, int], float]:
    """Requests by index, and seconds, of a search that nothing disturbs."""
    before = {name: len(server.requests) for name, server in servers.items()}
    began = time.monotonic()
    assert start(folder, servers).wait() == 0
    seconds = time.monotonic() - began
    return {name: len(server.requests) - before[name] for name, server in servers.items()}, seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=12)
    parser.add_argument("--kills", type=int, default=20)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="prisma-cite-") as place, ExitStack() as stack:
        servers = {name: stack.enter_context(server) for name, server in stand_ins(graph(wanted.seeds)).items()}
        undisturbed = new_review(Path(place) / "whole", wanted.seeds)
        requests, seconds = measured(undisturbed, servers)
        polite = sum((number - 1) / PERMITTED[name] for name, number in requests.items())
        print(f"{wanted.seeds} seeds: requests {requests}, {seconds:.1f} s; the permitted rates alone take {polite:.1f} s")
        before = sum(len(server.requests) for server in servers.values())
        killed, chance = new_review(Path(place) / "killed", wanted.seeds), random.Random(3)
        deaths = 0
        while deaths < wanted.kills:
            process = start(killed, servers)
            try:
                process.wait(chance.uniform(0.5, 1.5))
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                deaths += 1
        assert start(killed, servers).wait() == 0
        asked = sum(len(server.requests) for server in servers.values()) - before
        same = state(killed) == state(undisturbed)
        print(f"{deaths} kills: the same final state: {same}; {asked} requests, undisturbed {sum(requests.values())}")
        return 0 if same and asked <= sum(requests.values()) + 2 * deaths + 3 else 1


if __name__ == "__main__":
    sys.exit(main())
