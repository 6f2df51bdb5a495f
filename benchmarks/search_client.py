"""All searches of a review, as a process of their own: `python search_client.py FOLDER PACE TIMEOUT`.

Owns the measuring of this side: seconds, peak memory, what each run came to. PACE is throttled or unthrottled, TIMEOUT the seconds
that a silent service is waited for. The addresses of the services come from the environment, as for the program itself.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from dataclasses import replace
from pathlib import Path

from prisma_tool.identify.run.progress import Narrator
from prisma_tool.identify.run.services import Services, services
from prisma_tool.identify.search.run import run_searches
from prisma_tool.review.environment import environment
from prisma_tool.review.open_review import open_review
from prisma_tool.sources import transport
from prisma_tool.sources.transport import Throttle

SHOWN = ("search", "status", "reported", "stored", "new", "requests", "seconds", "warnings")


def unthrottled(made: Services) -> Services:
    """The same clients without a pace of their own; pauses after failures stay, at a tenth."""
    for line in (made.pubmed.transport, made.ctgov.transport):
        line.throttle = Throttle(0.0, time.monotonic, time.sleep)
        line.sleep = lambda seconds: time.sleep(seconds / 10)
    return made


def main() -> None:
    folder, pace = Path(sys.argv[1]), sys.argv[2]
    transport.READ_SECONDS = float(sys.argv[3])
    transport.TRY_SECONDS = 3 * transport.READ_SECONDS
    surroundings = environment(os.environ, folder)
    with open_review(folder, surroundings, print) as review:
        made = services(replace(surroundings, database=""))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        started, cpu = time.perf_counter(), time.process_time()
        clients = unthrottled(made) if pace == "unthrottled" else made
        reports = list(run_searches(review, review.protocol.searches, clients, Narrator(lambda _: None)))
        took = time.perf_counter() - started
    print(
        json.dumps(
            {
                "seconds": round(took, 3),
                "cpu": round(time.process_time() - cpu, 3),
                "before_mb": round(before, 1),
                "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
                "runs": [
                    {name: getattr(report, name) for name in SHOWN} | {"undelivered": len(report.undelivered)}
                    for report in reports
                ],
            }
        )
    )


if __name__ == "__main__":
    main()
