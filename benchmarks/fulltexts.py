"""Finding full texts, measured against the stand-ins: what SIGKILL leaves behind, how few requests there are, and the pace.

`python benchmarks/fulltexts.py [--reports 60] [--kills 20] [--faults 0.25]` exits with 1 where a search that was killed does not come to the same end,
a document is lost, or a service is asked faster than permitted.
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
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "fixtures"))

from faults import Fault, FaultPlan
from invented_pdf import article_pdf
from service import Answer
from standin_europepmc import EuropePmcStandIn
from standin_openalex import OpenAlexStandIn
from standin_pmc import PmcStandIn, PmcVersion
from standin_unpaywall import UnpaywallStandIn, copy_of

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import create_review, open_review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.engine import event_rows
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

KEY, EMAIL = "invented-key", "team@example.org"
PERMITTED = {"pmc": 10, "unpaywall": 10, "europepmc": 3, "openalex": 5}
TRANSIENT = (Fault.SERVER_ERROR, Fault.TOO_MANY, Fault.BAD_GATEWAY, Fault.RESET, Fault.CUT_SHORT, Fault.CUT_INSIDE)
THIRD = 3


def title(number: int) -> str:
    return f"A randomised trial of invented treatment number {number} in adults"


def doi(number: int) -> str:
    return f"10.5555/text.{number}"


def stand_ins(reports: int, faults: float) -> dict[str, Any]:
    """The services: a third of the reports is in PMC, a third at the place that Unpaywall names, the rest nowhere."""
    plans = [FaultPlan.rate(faults, seed, TRANSIENT) if faults else FaultPlan.none() for seed in range(4)]
    in_pmc = [number for number in range(reports) if number % THIRD == 0]
    versions = [
        PmcVersion(f"PMC{number + 1}", 1, doi(number), "", title(number), article_pdf(title(number), doi(number)))
        for number in in_pmc
    ]
    return {
        "pmc": PmcStandIn(versions, faults=plans[0]),
        "unpaywall": UnpaywallStandIn(faults=plans[1]),
        "europepmc": EuropePmcStandIn([], faults=plans[2]),
        "openalex": OpenAlexStandIn([], key=KEY, faults=plans[3]),
    }


def fill(unpaywall: UnpaywallStandIn, reports: int) -> None:
    for number in range(1, reports, THIRD):
        unpaywall.documents[f"{number}.pdf"] = Answer(200, "application/pdf", article_pdf(title(number), doi(number)))
        unpaywall.copies[doi(number)] = [copy_of(unpaywall.file(f"{number}.pdf"))]


def new_review(folder: Path, reports: int) -> Path:
    """A review whose reports are all sought."""
    create_review(folder, title="Bench", reviewers=("Ada",))
    with open_review(folder, Environment(), print) as review:
        with review.store.write() as transaction:
            source = runs.register_source(transaction, "Embase", SourceKind.DATABASE)
            run = runs.begin_run(transaction, source.slug)
            held = [
                records.Delivery(
                    "embase",
                    str(number),
                    Citation(title=title(number), doi=doi(number), pmcid=f"PMC{number + 1}" if number % THIRD == 0 else ""),
                )
                for number in range(reports)
            ]
            records.store_batch(transaction, run.id, held)
        decide(review, [Decision(f"embase:{number}", Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE) for number in range(reports)])
    return folder


def start(folder: Path, servers: Mapping[str, Any]) -> subprocess.Popen[bytes]:
    """The command, started."""
    addresses = {f"PRISMA_TOOL_{name.upper()}_URL": server.url for name, server in servers.items()}
    command = [sys.executable, "-m", "prisma_tool", "-C", str(folder), "retrieve", "--find", "--all"]
    surroundings = {**os.environ, **addresses, "OPENALEX_API_KEY": KEY, "UNPAYWALL_EMAIL": EMAIL}
    return subprocess.Popen(command, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - our own program


def state(folder: Path) -> tuple[str, int]:
    """A hash of all attempts, retrievals and documents, each as often as it is there; and how many documents there are."""
    with open_review(folder, Environment(), print) as review, review.store.read() as transaction:
        events = event_rows.events(transaction, kinds=[EventKind.EFFORT, EventKind.RETRIEVAL])
        noted = Counter(
            (event.subject, event.kind, event.text("what"), event.text("status"), event.text("file")) for event in events
        )
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder / "fulltext").glob("*.pdf")}
    return hashlib.sha256(repr((sorted(noted.items()), sorted(files.items()))).encode()).hexdigest(), len(files)


def report_pace(servers: Mapping[str, Any], seconds: float) -> bool:
    """Say how long asking took beside the permitted rates; true where no service was asked faster."""
    times = {name: [request.time for request in server.requests] for name, server in servers.items()}
    polite = {name: (len(moments) - 1) / PERMITTED[name] for name, moments in times.items() if moments}
    spans = {name: moments[-1] - moments[0] for name, moments in times.items() if moments}
    asking = max(max(moments) for moments in times.values() if moments) - min(
        min(moments) for moments in times.values() if moments
    )
    begin = min(min(moments) for moments in times.values() if moments)
    print(
        "from when to when:",
        ", ".join(f"{name} {moments[0] - begin:.1f}-{moments[-1] - begin:.1f} s" for name, moments in times.items() if moments),
    )
    slowest = max(polite, key=lambda name: polite[name])
    print(
        f"requests { ({name: len(moments) for name, moments in times.items()}) }, {seconds:.1f} s in all with start and storing"
    )
    print(f"asking took {asking:.1f} s; {slowest} alone took {spans[slowest]:.1f} s, its permitted rate {polite[slowest]:.1f} s: "
          f"{spans[slowest] / polite[slowest] - 1:+.1%}")  # fmt: skip
    return all(spans[name] >= polite[name] * 0.98 for name in spans)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=60)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--faults", type=float, default=0.0)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="prisma-texts-") as place, ExitStack() as stack:
        servers = {name: stack.enter_context(server) for name, server in stand_ins(wanted.reports, wanted.faults).items()}
        fill(servers["unpaywall"], wanted.reports)
        undisturbed = new_review(Path(place) / "whole", wanted.reports)
        began = time.monotonic()
        assert start(undisturbed, servers).wait() == 0
        in_time = report_pace(servers, time.monotonic() - began)
        whole, documents = state(undisturbed)
        sent = sum(len(server.requests) for server in servers.values())
        print(
            f"{documents} of {wanted.reports} full texts; {sum(r.fault is not None for s in servers.values() for r in s.requests)} requests failed"
        )
        killed, chance, deaths = new_review(Path(place) / "killed", wanted.reports), random.Random(5), 0
        while deaths < wanted.kills:
            process = start(killed, servers)
            try:
                process.wait(chance.uniform(0.6, 2.0))
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                deaths += 1
        assert start(killed, servers).wait() == 0
        again = sum(len(server.requests) for server in servers.values()) - sent
        same = state(killed) == (whole, documents)
        print(f"{deaths} kills: the same final state: {same}; {again} requests, undisturbed {sent}")
        expected = len(range(0, wanted.reports, THIRD)) + len(range(1, wanted.reports, THIRD))
        return 0 if same and in_time and documents == expected else 1


if __name__ == "__main__":
    sys.exit(main())
