"""The Europe PMC client against the stand-in: the chain of cursors, its total, messages in good answers, and the service's ways to fail."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from faults import TRANSIENT, Fault, FaultPlan
from quick_services import quick_europepmc
from service import Answer, Request
from standin_europepmc import EuropePmcStandIn

from prisma_tool.errors import Interrupted, SearchRefused
from prisma_tool.sources import europepmc
from prisma_tool.sources.europepmc import EuropePmc

QUERY = {"query": "invented", "synonym": "false"}


def results(count: int, source: str = "MED") -> list[dict[str, Any]]:
    return [
        {"id": str(99000000 + number), "source": source, "title": f"Invented {number}", "firstPublicationDate": "2020-05-01"}
        for number in range(1, count + 1)
    ]


Connect = Callable[[EuropePmcStandIn], EuropePmc]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Starts a stand-in and connects a client to it, with pages of ten."""
    monkeypatch.setattr(europepmc, "PAGE_SIZE", 10)
    with ExitStack() as stack:
        yield lambda server: quick_europepmc(stack.enter_context(server).url)


def ids(client: EuropePmc, **asked: str) -> list[str]:
    return [entry.accession for page in client.pages({**QUERY, **asked}) for entry in page.parsed.entries]


@pytest.mark.parametrize("held", [0, 1, 9, 10, 11, 30, 31])
def test_the_chain_of_cursors_gives_every_record_once(connect: Connect, held: int) -> None:
    server = EuropePmcStandIn(results(held))
    assert ids(connect(server)) == [result["id"] for result in results(held)]


def test_nothing_is_widened_by_synonyms_unless_that_is_asked_for(connect: Connect) -> None:
    server = EuropePmcStandIn(results(3))
    client = connect(server)
    ids(client)
    client.count({"query": "invented"})
    ids(client, synonym="true")
    assert [request.params["synonym"] for request in server.requests] == ["false", "false", "true"]


def test_a_chain_can_be_taken_up_from_any_cursor(connect: Connect) -> None:
    client = connect(EuropePmcStandIn(results(25)))
    first = next(iter(client.pages(QUERY)))
    rest = [entry.accession for page in client.pages(QUERY, first.next_token, 15) for entry in page.parsed.entries]
    assert rest == [result["id"] for result in results(25)[10:]]


@pytest.mark.parametrize("fault", [*TRANSIENT, Fault.EMPTY_SET], ids=str)
def test_every_page_survives_each_passing_failure(connect: Connect, fault: Fault) -> None:
    server = EuropePmcStandIn(results(35), faults=FaultPlan.at({1: fault, 3: fault, 6: fault}))
    assert len(set(ids(connect(server)))) == 35


@pytest.mark.parametrize("fault", [Fault.UNAVAILABLE, Fault.ERROR_IN_200, Fault.TOO_MANY_IN_200, Fault.HTML_IN_200], ids=str)
def test_a_failure_that_lasts_is_an_interruption_and_never_an_empty_result(connect: Connect, fault: Fault) -> None:
    client = connect(EuropePmcStandIn(results(5), faults=FaultPlan.always(fault)))
    with pytest.raises(Interrupted):
        ids(client)
    with pytest.raises(Interrupted):
        client.count(QUERY)


class Circling(EuropePmcStandIn):
    """Its third page leads back to the second."""

    def answer(self, request: Request) -> Answer:
        page = json.loads(super().answer(request).body)
        if request.number == 1:
            self.second = page["nextCursorMark"]
        if request.number == 3:
            page["nextCursorMark"] = self.second
        return replace(super().answer(request), body=json.dumps(page).encode())


def test_a_cursor_that_leads_back_ends_the_search_as_incomplete(connect: Connect) -> None:
    client = connect(Circling(results(60)))
    with pytest.raises(Interrupted, match="names the same page again"):
        ids(client)


def test_a_chain_that_ends_early_gives_fewer_than_it_counted(connect: Connect) -> None:
    server = EuropePmcStandIn(results(35), repeats_cursor_after=2)
    pages = list(connect(server).pages(QUERY))
    assert (pages[0].total, sum(page.parsed.declared for page in pages)) == (35, 20)


@pytest.mark.parametrize(
    ("query", "words"),
    [("(invented", "a bracket is not closed"), ("", "The query is empty"), ("invented AND", "an operand is missing")],
)
def test_a_message_about_the_query_is_a_refusal_in_the_words_of_the_service(connect: Connect, query: str, words: str) -> None:
    with pytest.raises(SearchRefused, match=words):
        ids(connect(EuropePmcStandIn(results(1))), query=query)


def test_long_strategies_travel_in_the_body(connect: Connect) -> None:
    server = EuropePmcStandIn(results(2))
    client = connect(server)
    long = " OR ".join(["invented"] * 400)
    assert client.count({"query": long}) == 2
    assert [(request.endpoint, request.method) for request in server.requests] == [("searchPOST", "POST")]


def test_known_records_are_asked_for_by_pmid_and_only_among_those_of_medline(connect: Connect) -> None:
    client = connect(EuropePmcStandIn([*results(3), *results(2, "ETH")]))
    assert client.among({"query": "invented"}, ["99000001", "99000003", "12"]) == {"99000001", "99000003"}
    assert client.among({}, ["99000002"]) == {"99000002"}
