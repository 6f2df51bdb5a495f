"""What a service that sends without end costs: peak memory of a client that asks it, and how the asking ends.

    python benchmarks/hostile_services.py                  # every kind of answer, to both clients
    python benchmarks/hostile_services.py bomb endless     # some kinds

Each client is a process of its own, which asks as `search` does, with all its tries but without pauses between them, and measures itself.
Exits with 1 where one needs `LIMIT` MB or more, or ends otherwise than by saying that the work is interrupted.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

LIMIT = 500
CLIENTS = ("pubmed", "ctgov")
_ZEROS = bytes(1024 * 1024)


def _bomb() -> Iterator[bytes]:
    """Gzip of twenty gigabytes of zeros, in members of one megabyte."""
    member = gzip.compress(_ZEROS)
    for _ in range(20 * 1024):
        yield member


def _empty_members() -> Iterator[bytes]:
    """Gzip without any content, for ever."""
    members = gzip.compress(b"") * 10_000
    while True:
        yield members


def _endless() -> Iterator[bytes]:
    while True:
        yield _ZEROS


def _just_within() -> Iterator[bytes]:
    """120 MB, which is believed to be an answer, and is none."""
    for _ in range(120):
        yield _ZEROS


KINDS: dict[str, tuple[Callable[[], Iterator[bytes]], str]] = {
    "bomb": (_bomb, "gzip"),
    "empty-members": (_empty_members, "gzip"),
    "endless": (_endless, "identity"),
    "just-within": (_just_within, "identity"),
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        pieces, encoding = KINDS[self.path.split("/")[1]]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Encoding", encoding)
        self.end_headers()
        try:
            for piece in pieces():
                self.wfile.write(piece)
        except OSError:
            return  # the client has hung up, which is what it should do

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Silence."""


@contextmanager
def server() -> Iterator[str]:
    """The address of a server that answers by the first part of the path."""
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    listening.daemon_threads = True
    Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.server_address[1]}"
    finally:
        listening.shutdown()
        listening.server_close()


def ask(client: str, address: str) -> dict[str, object]:
    """Ask one service, as this process, and measure."""
    import requests

    from prisma_tool.errors import PrismaError
    from prisma_tool.sources.ctgov import ClinicalTrials
    from prisma_tool.sources.pubmed import PubMed
    from prisma_tool.sources.transport import Throttle, Transport

    throttle = Throttle(0.0, time.monotonic, time.sleep)
    transport = Transport("The service", requests.Session(), throttle, time.monotonic, lambda _: None)
    before = _peak()
    try:
        if client == "pubmed":
            PubMed(transport, address, api_key="0123456789abcdef").fetch(["1"])
        else:
            next(ClinicalTrials(transport, address).pages({"query.term": "x"}))
        end = "took it for an answer"
    except PrismaError as error:
        end = f"{type(error).__name__}: {error.message}"
    return {"before": before, "peak": _peak(), "requests": transport.requests_sent, "end": end}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(client: str, address: str) -> dict[str, object]:
    """The figures of a client in a process of its own."""
    command = [sys.executable, __file__, "--ask", client, address]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this script itself
    figures: dict[str, object] = json.loads(done.stdout)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--ask", nargs=2, metavar=("CLIENT", "ADDRESS"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.ask:
        print(json.dumps(ask(*chosen.ask)))
        return
    holds = True
    with server() as url:
        print(f"{'answer':<15} {'client':<7} {'MB before':>9} {'MB peak':>8} {'requests':>8} {'s':>6}  end")
        for kind in chosen.kinds:
            for client in CLIENTS:
                started = time.perf_counter()
                found = measured(client, f"{url}/{kind}")
                seconds = time.perf_counter() - started
                print(
                    f"{kind:<15} {client:<7} {found['before']:9.0f} {found['peak']:8.0f} {found['requests']:8} {seconds:6.1f}  {found['end']}",
                    flush=True,
                )
                holds = holds and float(str(found["peak"])) < LIMIT and str(found["end"]).startswith("Interrupted")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
