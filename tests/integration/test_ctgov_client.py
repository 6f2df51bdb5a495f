"""The ClinicalTrials.gov client against the stand-in: the chain of pages, its total, and the service's ways to fail."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from faults import TRANSIENT, Fault, FaultPlan
from service import Answer as Served
from service import Request, StandIn, html_page, text_answer
from standin_ctgov import CtgovStandIn

from prisma_tool.errors import Interrupted, SearchRefused
from prisma_tool.sources import ctgov, page_chain
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.transport import Throttle, Transport

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples" / "errors"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the collection of sample answers is not on this computer")
QUERY = {"query.term": "invented"}


class Fixed(StandIn):
    """Says the same to everybody."""

    def __init__(self, said: Served) -> None:
        super().__init__()
        self._said = said

    def answer(self, request: Request) -> Served:
        return self._said


def studies(count: int) -> list[dict[str, Any]]:
    return [
        {
            "protocolSection": {
                "identificationModule": {"nctId": f"NCT99{number:06d}", "briefTitle": f"Invented trial {number}"},
                "statusModule": {"overallStatus": "COMPLETED"},
            },
            "hasResults": False,
        }
        for number in range(1, count + 1)
    ]


def hurry(seconds: float) -> None:
    """Sleeps not at all."""


Connect = Callable[[StandIn], ClinicalTrials]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes clients of started stand-ins that wait for nothing."""
    with ExitStack() as stack:

        def make(server: StandIn) -> ClinicalTrials:
            stack.enter_context(server)
            session = stack.enter_context(requests.Session())
            throttle = Throttle(0.0, time.monotonic, hurry)
            return ClinicalTrials(Transport("ClinicalTrials.gov", session, throttle, time.monotonic, hurry), server.url)

        yield make


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctgov, "PAGE_SIZE", 10)


def numbers(client: ClinicalTrials) -> list[str]:
    return [entry.accession for page in client.pages(QUERY) for entry in page.parsed.entries]


def test_the_version_and_the_day_of_the_data_are_known(connect: Connect) -> None:
    facts = connect(CtgovStandIn([], data_timestamp="2025-02-03T09:00:05")).version()
    assert facts == {"apiVersion": "2.0.5", "dataTimestamp": "2025-02-03T09:00:05"}


@pytest.mark.usefixtures("small_pages")
def test_the_chain_of_pages_is_followed_through_an_empty_one(connect: Connect) -> None:
    server = CtgovStandIn(studies(35), empty_page_after=2)
    client = connect(server)
    pages = list(client.pages(QUERY))
    assert [len(page.parsed.entries) for page in pages] == [10, 10, 0, 10, 5]
    assert [page.total for page in pages] == [35, None, None, None, None]
    assert [bool(page.next_token) for page in pages] == [True, True, True, True, False]
    assert all(request.params["query.term"] == "invented" for request in server.requests)


@pytest.mark.usefixtures("small_pages")
def test_a_chain_can_be_taken_up_from_any_token(connect: Connect) -> None:
    client = connect(CtgovStandIn(studies(35)))
    second = list(client.pages(QUERY))[1]
    rest = [entry.accession for page in client.pages(QUERY, second.next_token) for entry in page.parsed.entries]
    assert rest == [f"NCT99{number:06d}" for number in range(21, 36)]


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("fault", TRANSIENT)
def test_every_page_survives_each_passing_failure(connect: Connect, fault: Fault) -> None:
    server = CtgovStandIn(studies(15), faults=FaultPlan.at({1: fault, 3: fault, 4: fault}))
    assert len(numbers(connect(server))) == 15
    assert len(server.requests) == 5


@pytest.mark.parametrize("fault", [*TRANSIENT, Fault.EMPTY_SET])
def test_a_failure_that_lasts_is_an_interruption_and_never_an_empty_result(connect: Connect, fault: Fault) -> None:
    client = connect(CtgovStandIn(studies(3), faults=FaultPlan.always(fault)))
    with pytest.raises(Interrupted):
        numbers(client)
    with pytest.raises(Interrupted):
        connect(CtgovStandIn([], faults=FaultPlan.always(Fault.ERROR_IN_200))).version()


@pytest.mark.usefixtures("small_pages")
def test_an_empty_answer_in_passing_does_not_end_the_chain(connect: Connect) -> None:
    server = CtgovStandIn(studies(35), faults=FaultPlan.at({3: Fault.EMPTY_SET}))
    assert len(numbers(connect(server))) == 35
    assert len(server.requests) == 5


def test_pages_shrink_where_the_service_cuts_them_and_grow_again(connect: Connect) -> None:
    server = CtgovStandIn(studies(1_900), faults=FaultPlan.at({1: Fault.CUT_SHORT, 2: Fault.CUT_INSIDE}))
    assert len(set(numbers(connect(server)))) == 1_900
    assert [request.params["pageSize"] for request in server.requests] == ["1000", "500", "250", "500", "1000", "1000"]


def test_pages_shrink_after_one_that_was_heavy(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_chain, "HEAVY_PAGE", 100_000)
    server = CtgovStandIn(studies(1_400))
    assert len(numbers(connect(server))) == 1_400
    assert [request.params["pageSize"] for request in server.requests] == ["1000", "500"]


def test_a_page_that_names_itself_as_the_next_is_no_endless_search(connect: Connect) -> None:
    with pytest.raises(Interrupted, match="same page"):
        numbers(connect(Fixed(text_answer(200, '{"totalCount": 9, "studies": [], "nextPageToken": "x"}'))))


class Endless(StandIn):
    """Names a further page for ever, each with a token of its own and the same records."""

    def __init__(self, held: list[dict[str, Any]]) -> None:
        super().__init__()
        self._held = held

    def answer(self, request: Request) -> Served:
        page = {"totalCount": 9, "studies": self._held, "nextPageToken": f"page {request.number}"}
        return text_answer(200, json.dumps(page))


@pytest.mark.parametrize(("held", "words"), [(0, "pages without a record"), (40, "beyond its own total")])
def test_a_chain_of_pages_without_end_is_left(connect: Connect, held: int, words: str) -> None:
    server = Endless(studies(held))
    with pytest.raises(Interrupted, match=words):
        numbers(connect(server))
    assert len(server.requests) <= 30


@pytest.mark.parametrize("total", ["-4", "1.5", "9999999999", "null"])
def test_a_total_that_cannot_be_is_no_answer(connect: Connect, total: str) -> None:
    with pytest.raises(Interrupted, match="without a credible total"):
        numbers(connect(Fixed(text_answer(200, f'{{"totalCount": {total}, "studies": []}}'))))


def test_what_the_service_says_about_itself_is_kept_as_short_harmless_lines(connect: Connect) -> None:
    said = json.dumps({"apiVersion": "2\x1b[31m\n.0", "dataTimestamp": "2025" * 100_000})
    version = connect(Fixed(text_answer(200, said))).version()
    assert (version["apiVersion"], len(version["dataTimestamp"])) == ("2 .0", 100)
    with pytest.raises(Interrupted, match="not the JSON"):
        connect(Fixed(text_answer(200, "[" * 100_000))).version()


def test_nothing_found_is_an_answer(connect: Connect) -> None:
    pages = list(connect(CtgovStandIn(studies(3))).pages({"query.term": "unheard-of"}))
    assert [(page.total, page.parsed.entries, page.next_token) for page in pages] == [(0, (), "")]


def test_a_refusal_is_told_in_the_words_of_the_service(connect: Connect) -> None:
    server = CtgovStandIn(studies(1))
    with pytest.raises(SearchRefused, match=r"`filter\.studyType` is unknown parameter"):
        list(connect(server).pages({"filter.studyType": "x"}))
    assert len(server.requests) == 1


def test_a_page_for_people_with_status_400_is_no_refusal(connect: Connect) -> None:
    with pytest.raises(Interrupted, match="400"):
        numbers(connect(Fixed(html_page(400, "Bad Request", "A gateway's page."))))


def test_a_strategy_too_long_for_an_address_is_refused_with_advice(connect: Connect) -> None:
    with pytest.raises(SearchRefused, match="divide it"):
        numbers(connect(Fixed(text_answer(414, ""))))


@needs_samples
@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("ctgov_400_*.txt")))
def test_recorded_refusals_are_recognised(connect: Connect, name: str) -> None:
    said = (SAMPLES / name).read_text(encoding="utf-8")
    with pytest.raises(SearchRefused) as caught:
        numbers(connect(Fixed(text_answer(400, said))))
    assert said.split("\n")[0][:100] in caught.value.message
