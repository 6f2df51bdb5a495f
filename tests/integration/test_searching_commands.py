"""`prisma-tool search` as a process: what it says when unfinished, and what is left when it is killed."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
import requests
from articles import split_set
from faults import Fault, FaultPlan
from quick_services import quick_europepmc
from serve import DEMO, ctgov_demo, pubmed_demo
from service import Answer, Request
from standin_ctgov import CtgovStandIn
from standin_pubmed import PubmedStandIn

from prisma_tool.cli.main import run as run_command
from prisma_tool.errors import ExitCode
from prisma_tool.identify.run import services as services_module
from prisma_tool.identify.run.services import Services
from prisma_tool.review.open_review import Review
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.sources.transport import Throttle, Transport
from prisma_tool.store.records import records

QUERIES = json.loads((DEMO / "queries.json").read_text(encoding="utf-8"))
ARTICLES, STUDIES = 412, 73


@pytest.fixture
def review(make_review: Callable[..., Review]) -> Review:
    return make_review(pubmed=QUERIES["pubmed"], ctgov=QUERIES["ctgov"]["query.term"])


@pytest.fixture
def pubmed() -> Iterator[PubmedStandIn]:
    with pubmed_demo(rate_limited=False) as server:
        yield server


@pytest.fixture
def ctgov() -> Iterator[CtgovStandIn]:
    with ctgov_demo() as server:
        yield server


@pytest.fixture(autouse=True)
def _hurried(pubmed: PubmedStandIn, ctgov: CtgovStandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Inside this process, the command asks the stand-ins and waits for nothing."""
    with requests.Session() as session:

        def line(name: str) -> Transport:
            return Transport(name, session, Throttle(0.0, time.monotonic, hurry), time.monotonic, hurry)

        def services(environment: object) -> Services:
            return Services(
                PubMed(line("PubMed"), pubmed.url), ClinicalTrials(line("CTgov"), ctgov.url), quick_europepmc(), time.monotonic
            )

        monkeypatch.setattr(services_module, "services", services)
        yield


def hurry(seconds: float) -> None:
    """Sleeps not at all."""


def keys(review: Review) -> set[str]:
    with review.store.read() as transaction:
        return {record.key for record in records.all_records(transaction)}


def expected_keys() -> set[str]:
    """What an undisturbed run stores: the demo's answers to its two searches, as its files list them."""
    studies = json.loads((DEMO / "ctgov.json").read_text(encoding="utf-8"))
    numbers = {study["protocolSection"]["identificationModule"]["nctId"] for study in studies}
    return {f"pubmed:{pmid}" for pmid in split_set((DEMO / "pubmed.xml").read_bytes())} | {f"ctgov:{nct}" for nct in numbers}


def test_an_unfinished_search_is_told_with_its_exit_code_and_finished_by_the_same_command(
    review: Review, pubmed: PubmedStandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["-C", str(review.folder), "search", "--json"]
    pubmed.faults = FaultPlan.always(Fault.RESET, first=3)
    assert run_command(command) == ExitCode.INCOMPLETE
    told = json.loads(capsys.readouterr().out)["runs"]
    assert [(run["status"], run["reported"], run["stored"]) for run in told] == [
        ("incomplete", ARTICLES, 200),
        ("complete", STUDIES, STUDIES),
    ]
    pubmed.faults = FaultPlan.none()
    assert run_command(command) == ExitCode.DONE
    assert keys(review) == expected_keys()


@pytest.mark.parametrize(("service", "moment"), [("pubmed", 1), ("pubmed", 3), ("ctgov", 2)])
def test_a_search_that_was_killed_is_finished_by_the_same_command(
    review: Review, pubmed: PubmedStandIn, ctgov: CtgovStandIn, service: str, moment: int, capsys: pytest.CaptureFixture[str]
) -> None:
    server = pubmed if service == "pubmed" else ctgov
    answer = server.answer
    killed: list[int] = []

    def answer_or_kill(request: Request) -> Answer:
        if request.number == moment:
            killed.append(process.pid)
            process.kill()
        return answer(request)

    server.answer = answer_or_kill  # type: ignore[method-assign]
    addresses = {"PRISMA_TOOL_EUTILS_URL": pubmed.url, "PRISMA_TOOL_CTGOV_URL": ctgov.url}
    command = [sys.executable, "-m", "prisma_tool", "-C", str(review.folder), "search"]
    with subprocess.Popen(
        command, env={**os.environ, **addresses}, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as process:
        assert process.wait(60) == -signal.SIGKILL
    assert killed == [process.pid]
    assert run_command(["-C", str(review.folder), "search", "--json"]) == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)["runs"]
    assert [(run["status"], run["reported"], run["stored"]) for run in told] == [
        ("complete", ARTICLES, ARTICLES),
        ("complete", STUDIES, STUDIES),
    ]
    assert keys(review) == expected_keys()


def test_the_command_leaves_the_key_neither_in_the_folder_nor_in_what_it_says(review: Review, pubmed: PubmedStandIn) -> None:
    key = "0123456789abcdef0123456789abcdef0123"
    addresses = {"PRISMA_TOOL_EUTILS_URL": pubmed.url, "NCBI_API_KEY": key}
    command = [sys.executable, "-m", "prisma_tool", "-C", str(review.folder), "search", "pubmed"]
    done = subprocess.run(command, env={**os.environ, **addresses}, capture_output=True, check=True)
    assert all(request.params["api_key"] == key for request in pubmed.requests)
    assert len(keys(review)) == ARTICLES
    files = [path.read_bytes() for path in review.folder.rglob("*") if path.is_file()]
    unpacked = [gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data for data in files]
    assert sum(b"<PubmedArticleSet" in data for data in unpacked) > 1
    assert not any(key.encode() in data for data in [*unpacked, done.stdout, done.stderr])
