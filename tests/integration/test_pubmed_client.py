"""The PubMed client against the stand-in: every failure that the service is known for, and listings beyond its wall."""

from __future__ import annotations

import json
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from faults import TRANSIENT, Fault, FaultPlan
from service import Answer as Served
from service import Request, StandIn, text_answer
from standin_pubmed import PubmedStandIn

from prisma_tool.errors import Interrupted, SearchRefused
from prisma_tool.sources.portions import Portions
from prisma_tool.sources.pubmed import BATCH, EVERYTHING, LISTED_AT_MOST, MOST_COMPLAINTS, SMALLEST_BATCH, PubMed, lists_all
from prisma_tool.sources.transport import TRIES, Throttle, Transport

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples" / "errors"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the collection of sample answers is not on this computer")
KEY = "badkey"


class Fixed(StandIn):
    """Says the same to everybody."""

    def __init__(self, said: Served) -> None:
        super().__init__()
        self._said = said

    def answer(self, request: Request) -> Served:
        return self._said


def article(pmid: int) -> bytes:
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><ArticleTitle>Invented report {pmid}</ArticleTitle>'
        "</Article></MedlineCitation></PubmedArticle>"
    ).encode()


def articles(*pmids: int) -> dict[int, bytes]:
    return {pmid: article(pmid) for pmid in pmids}


def hurry(seconds: float) -> None:
    """Sleeps not at all."""


Connect = Callable[..., PubMed]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Makes clients of started stand-ins that wait for nothing."""
    with ExitStack() as stack:

        def make(server: StandIn, api_key: str = "", interval: float = 0.0) -> PubMed:
            stack.enter_context(server)
            session = stack.enter_context(requests.Session())
            transport = Transport("PubMed", session, Throttle(interval, time.monotonic, hurry), time.monotonic, hurry)
            return PubMed(transport, server.url, email="ada@example.org", api_key=api_key)

        yield make


def unlimited(held: dict[int, bytes], **named: Any) -> PubmedStandIn:
    return PubmedStandIn(held, rate_limited=False, **named)


def listed(client: PubMed, term: str = "invented") -> set[str]:
    """All ids of a search, as a run lists them."""
    first = client.listing(term)
    if lists_all(first):
        return set(first.ids)
    return {pmid for part, _ in client.spans(term, [EVERYTHING]) for pmid in part.ids}


def test_requests_are_posts_that_say_who_asks(connect: Connect) -> None:
    server = unlimited(articles(1))
    client = connect(server, api_key="k" * 36)
    client.listing("invented")
    client.fetch(["1"])
    assert [request.method for request in server.requests] == ["POST", "POST"]
    assert all(request.params["tool"] == "prisma-tool" for request in server.requests)
    assert all(request.params["email"] == "ada@example.org" for request in server.requests)
    assert all(request.params["api_key"] == "k" * 36 for request in server.requests)


def test_a_strategy_longer_than_any_address_is_searched(connect: Connect) -> None:
    term = " OR ".join(f'"invented report {number}"[ti]' for number in range(400))
    assert listed(connect(unlimited(articles(7, 8))), term) == {"7", "8"}


@pytest.mark.parametrize("fault", [*TRANSIENT, Fault.EXPIRED_HISTORY])
def test_a_listing_survives_each_passing_failure(connect: Connect, fault: Fault) -> None:
    server = unlimited(articles(1, 2), faults=FaultPlan.at({1: fault, 2: fault}))
    listing = connect(server).listing("invented")
    assert (listing.count, set(listing.ids), len(server.requests)) == (2, {"1", "2"}, 3)


@pytest.mark.parametrize("fault", [*TRANSIENT, Fault.EXPIRED_HISTORY])
def test_fetching_survives_each_passing_failure(connect: Connect, fault: Fault) -> None:
    server = unlimited(articles(1, 2), faults=FaultPlan.at({1: fault, 2: fault}))
    _, parsed = connect(server).fetch(["1", "2"])
    assert ([entry.accession for entry in parsed.entries], len(server.requests)) == (["1", "2"], 3)


@pytest.mark.parametrize("fault", [*TRANSIENT, Fault.EXPIRED_HISTORY])
def test_a_failure_that_lasts_is_an_interruption_and_never_an_empty_result(connect: Connect, fault: Fault) -> None:
    client = connect(unlimited(articles(1), faults=FaultPlan.always(fault)), api_key="k" * 36)
    with pytest.raises(Interrupted) as listing:
        client.listing("invented")
    with pytest.raises(Interrupted) as fetching:
        client.fetch(["1"])
    assert "kkkk" not in listing.value.message + fetching.value.message


def test_a_bad_key_is_refused_at_once_without_showing_it(connect: Connect) -> None:
    server = unlimited(articles(1))
    client = connect(server, api_key=KEY)
    for ask in (lambda: client.listing("invented"), lambda: client.fetch(["1"])):
        with pytest.raises(SearchRefused, match="NCBI_API_KEY") as caught:
            ask()
        assert KEY not in caught.value.message
    assert len(server.requests) == 2


@pytest.mark.parametrize("term", ["((", ""])
def test_a_strategy_that_cannot_be_read_is_refused_after_all_tries(connect: Connect, term: str) -> None:
    server = unlimited(articles(1))
    with pytest.raises(SearchRefused, match="Check the strategy"):
        connect(server).listing(term)
    assert len(server.requests) == TRIES


@pytest.mark.parametrize(
    "said",
    [
        "Search Backend failed: Couldn't resolve #pmquerysrv-mz?dbaf=pubmed, the address table is empty.",
        "Database is not supported: pubmed",
        "Unable to obtain query #1",
    ],
)
def test_an_outage_is_not_blamed_on_the_strategy(connect: Connect, said: str) -> None:
    with pytest.raises(Interrupted):
        connect(Fixed(text_answer(200, '{"esearchresult":{"ERROR":"%s"}}' % said))).listing("invented")  # noqa: UP031 - braces


@pytest.mark.parametrize(
    "said",
    [
        '{"esearchresult":{"count":"2","idlist":["1"]}}',
        '{"esearchresult":{"count":"\N{SUPERSCRIPT TWO}","idlist":["1","2"]}}',
        '{"esearchresult":{"count":"1","idlist":["../../../etc/passwd"]}}',
        '{"esearchresult":{"count":"0"}}',
        '{"esearchresult":[]}',
        "[]",
        "",
    ],
)
def test_a_listing_of_the_wrong_shape_is_no_result(connect: Connect, said: str) -> None:
    with pytest.raises(Interrupted):
        connect(Fixed(text_answer(200, said))).listing("invented")


def test_warnings_of_any_shape_are_told(connect: Connect) -> None:
    said = (
        '{"esearchresult":{"count":"0","idlist":[],"querytranslation":"x","errorlist":{"phrasesnotfound":["car t"]},'
        '"warninglist":["odd"],"outputmessages":"No items found."}}'
    )
    listing = connect(Fixed(text_answer(200, said))).listing("invented")
    assert (listing.ids, listing.warnings) == ((), ("phrasesnotfound: car t",))


def test_a_flood_of_warnings_is_cut_and_its_size_told(connect: Connect) -> None:
    ignored = [f"word {number}" for number in range(MOST_COMPLAINTS + 7)]
    result = {"count": "0", "idlist": [], "querytranslation": "", "warninglist": {"phrasesignored": ignored}}
    listing = connect(Fixed(text_answer(200, json.dumps({"esearchresult": result})))).listing("invented")
    assert len(listing.warnings) == MOST_COMPLAINTS + 1
    assert listing.warnings[-1] == "outputmessages: 7 further messages, left out here"


def test_ids_that_the_service_does_not_hold_are_simply_missing_from_the_answer(connect: Connect) -> None:
    client = connect(unlimited(articles(1)))
    assert [entry.accession for entry in client.fetch(["1", "999"])[1].entries] == ["1"]
    assert client.fetch(["999"])[1].entries == ()


def test_an_answer_that_no_id_is_correct_delivers_nothing(connect: Connect) -> None:
    said = "<eFetchResult><ERROR>ID list is empty! Possibly it has no correct IDs.</ERROR></eFetchResult>"
    assert connect(Fixed(text_answer(400, said))).fetch(["1"])[1].entries == ()


def test_records_that_nobody_asked_for_are_not_taken(connect: Connect) -> None:
    with pytest.raises(Interrupted, match="not asked for"):
        connect(Fixed(text_answer(200, f"<PubmedArticleSet>{article(5).decode()}</PubmedArticleSet>"))).fetch(["1"])


def test_a_listing_beyond_the_wall_is_split_and_complete(connect: Connect) -> None:
    # A third in one tight block and the rest far apart, as PMIDs of busy months are.
    wanted = [*range(31_000_000, 31_003_400), *range(1, 13_300_000, 2_000)]
    server = unlimited(articles(*wanted))
    assert {int(pmid) for pmid in listed(connect(server), "1:99999999[uid]")} == set(wanted)
    assert {request.params["retstart"] for request in server.requests} == {"0"}
    assert {int(request.params["retmax"]) for request in server.requests} == {LISTED_AT_MOST}
    assert len(server.requests) <= 12


class Weak(PubmedStandIn):
    """Breaks off every answer of more than `most` records."""

    most = 60

    def answer(self, request: Request) -> Served:
        if request.params.get("id", "").count(",") < self.most:
            return super().answer(request)
        return Served(200, "text/xml", b"<PubmedArticleSet><PubmedArticle><Medl")


def fetched(client: PubMed, *pmids: int) -> list[str]:
    portions = Portions(array("L", pmids), BATCH, SMALLEST_BATCH)
    return [entry.accession for batch in client.batches(portions) for entry in batch.parsed.entries]


def sizes(server: StandIn) -> list[int]:
    return [request.params["id"].count(",") + 1 for request in server.requests]


def test_batches_shrink_while_the_service_breaks_off_and_grow_again(connect: Connect) -> None:
    wanted = range(1, 501)
    server = Weak(articles(*wanted), rate_limited=False)
    client = connect(server)
    assert sorted(map(int, fetched(client, *wanted))) == list(wanted)
    assert sizes(server)[:3] == [200, 100, 50]
    server.most = 200
    assert len(fetched(client, *wanted)) == 500
    assert sizes(server)[-3:] == [200, 200, 100]


def test_one_record_that_breaks_every_answer_does_not_hold_up_the_others_for_ever(connect: Connect) -> None:
    server = Weak(articles(*range(1, 100)), rate_limited=False)
    server.most = 0
    with pytest.raises(Interrupted):
        fetched(connect(server), *range(1, 100))
    assert sizes(server)[-TRIES:] == [SMALLEST_BATCH] * TRIES


def test_an_undisturbed_fetch_asks_once_for_two_hundred_records(connect: Connect) -> None:
    server = unlimited(articles(*range(1, 1_001)))
    assert len(fetched(connect(server), *range(1, 1_001))) == 1_000
    assert len(server.requests) == 5


def test_nothing_found_is_believed_only_when_it_is_said_twice(connect: Connect) -> None:
    server = unlimited(articles(1, 2), faults=FaultPlan.at({1: Fault.EMPTY_SET}))
    assert connect(server).listing("invented").count == 2
    nothing = unlimited(articles(1))
    assert connect(nothing).listing("unheard").count == 0
    assert len(nothing.requests) == 2


@pytest.mark.parametrize("number", range(1, 9))
def test_a_range_that_is_empty_in_passing_loses_no_id(connect: Connect, number: int) -> None:
    wanted = [*range(31_000_000, 31_003_400), *range(1, 13_300_000, 2_000)]
    server = unlimited(articles(*wanted), faults=FaultPlan.at({number: Fault.EMPTY_SET}))
    assert len(listed(connect(server), "1:99999999[uid]")) == len(wanted)


def spread(count: int) -> list[int]:
    """UIDs all over the range, so that one halving is enough for twice what is listed at once."""
    return [1 + 10_000 * number for number in range(count)]


def test_up_to_nine_thousand_ids_are_one_listing_and_from_there_to_beyond_the_wall_they_are_halved(connect: Connect) -> None:
    server = unlimited(articles(*spread(10_000)))
    client = connect(server)
    sent = []
    for count in (8_999, 9_000, 9_001, 9_998, 9_999, 10_000):
        wanted = set(map(str, spread(count)))
        before = len(server.requests)
        assert listed(client, f"1:{spread(count)[-1]}[uid]") == wanted
        sent.append(len(server.requests) - before)
    # The first listing, the whole range, its lower half and its upper half.
    assert sent == [1, 1, 4, 4, 4, 4]


def test_halves_tile_the_range_from_the_lowest_uid_to_the_highest(connect: Connect) -> None:
    edges = {1, 50_000_000, 50_000_001, 99_999_999}
    wanted = {*spread(9_999), *edges}
    parts = [part.ids for part, _ in connect(unlimited(articles(*wanted))).spans("1:99999999[uid]", [EVERYTHING])]
    assert [len(ids) for ids in parts] == [0, 5_001, 5_000]
    assert {int(pmid) for ids in parts for pmid in ids} == wanted


def test_an_empty_upper_half_that_owes_nothing_is_believed_at_once(connect: Connect) -> None:
    server = unlimited(articles(*range(1, 45_000_000, 4_500)))
    assert len(listed(connect(server), "1:99999999[uid]")) == 10_000
    # The first listing, the whole range, its lower half, that one's two halves, and the empty upper half once.
    assert len(server.requests) == 6


def test_an_empty_lower_half_is_believed_only_when_it_is_said_twice(connect: Connect) -> None:
    server = unlimited(articles(*range(55_000_000, 99_999_999, 4_500)))
    assert len(listed(connect(server), "1:99999999[uid]")) == 10_000
    assert len(server.requests) == 7


@pytest.mark.parametrize(("ids", "complete"), [(8_999, False), (9_000, True)])
def test_a_longer_count_must_come_with_as_many_ids_as_are_listed_at_once(connect: Connect, ids: int, complete: bool) -> None:
    result = {"count": "9500", "idlist": list(map(str, range(1, ids + 1)))}
    client = connect(Fixed(text_answer(200, json.dumps({"esearchresult": result}))))
    if complete:
        assert client.listing("invented").count == 9_500
        return
    with pytest.raises(Interrupted, match="a count of 9500 but 8999 ids"):
        client.listing("invented")


def test_a_count_asks_for_no_ids_and_believes_nothing_only_when_it_is_said_twice(connect: Connect) -> None:
    server = unlimited(articles(1, 2))
    client = connect(server)
    assert (client.count("invented").count, client.count("unheard").count) == (2, 0)
    assert [request.params["retmax"] for request in server.requests] == ["0", "0", "0"]


class TimesOut(Weak):
    """Words it as a 400 that it could not deliver more than `most` records in time."""

    def answer(self, request: Request) -> Served:
        few = request.params.get("id", "").count(",") < self.most
        return super().answer(request) if few else self.faulty(Fault.TIMEOUT_IN_400, request)


def test_batches_shrink_at_a_time_out_that_is_worded_as_a_400(connect: Connect) -> None:
    server = TimesOut(articles(*range(1, 201)), rate_limited=False)
    assert sorted(map(int, fetched(connect(server), *range(1, 201)))) == list(range(1, 201))
    assert sizes(server)[:3] == [200, 100, 50]


@pytest.mark.parametrize("said", ["Search Backend failed: no answer", "Nobody knows these words"])
def test_batches_do_not_shrink_at_a_400_that_fewer_records_would_not_help(connect: Connect, said: str) -> None:
    server = Fixed(text_answer(400, f"<eFetchResult><ERROR>{said}</ERROR></eFetchResult>"))
    with pytest.raises(Interrupted, match=said):
        fetched(connect(server), *range(1, 201))
    assert sizes(server) == [200] * TRIES


@pytest.mark.parametrize(
    "said",
    [
        "Timeout while the parameter was read",
        "Empty Response. The ID list was not invalid. Bytes read: 0",
        "Search Backend failed: invalid state of the query",
    ],
)
def test_a_fault_of_the_service_in_a_400_is_never_a_refusal_whatever_else_it_names(connect: Connect, said: str) -> None:
    server = Fixed(text_answer(400, f"<eSearchResult><ERROR>{said}</ERROR></eSearchResult>"))
    with pytest.raises(Interrupted):
        connect(server).listing("invented")
    assert len(server.requests) == TRIES


@pytest.mark.parametrize("word", ["term", "syntax", "parameter", "retstart", "invalid", "ID list"])
def test_a_400_that_names_the_request_is_a_refusal_at_once_also_behind_a_long_document_type(connect: Connect, word: str) -> None:
    heading = f'<!DOCTYPE eSearchResult PUBLIC "{"-//NLM//DTD " * 60}" "esearch.dtd">'
    server = Fixed(text_answer(400, f"{heading}<eSearchResult><ERROR>This {word} is wrong</ERROR></eSearchResult>"))
    with pytest.raises(SearchRefused, match=f"This {word} is wrong"):
        connect(server).listing("invented")
    assert len(server.requests) == 1


def test_dois_are_asked_for_in_all_fields_that_hold_them_and_none_ends_its_own_quotation(connect: Connect) -> None:
    server = unlimited(articles(1))
    client = connect(server)
    assert client.with_dois(['10.5555/"x']).ids == ()
    assert server.requests == []
    client.with_dois(["10.5555/one", '10.5555/"x'])
    asked = server.requests[0].params["term"]
    assert asked == '"10.5555/one"[AID] OR "10.5555/one"[LID] OR "10.5555/one"[DOI]'


ERRORS = {
    "ncbi_429_rate_limit_ip.json": (429, Interrupted),
    "ncbi_500_diagnostic.html": (500, Interrupted),
    "ncbi_efetch_history_expired_200.xml": (200, Interrupted),
    "ncbi_efetch_out_of_range_400.xml": (400, SearchRefused),
    "ncbi_html_instead_of_xml.html": (200, Interrupted),
    "ncbi_esearch_backend_failed_200.json": (200, Interrupted),
    "ncbi_esearch_history_expired_200.json": (200, Interrupted),
}


@needs_samples
@pytest.mark.parametrize("name", ERRORS)
def test_recorded_failures_are_recognised(connect: Connect, name: str) -> None:
    status, outcome = ERRORS[name]
    client = connect(Fixed(Served(status, "text/plain", (SAMPLES / name).read_bytes())))
    with pytest.raises(outcome):
        client.listing("invented") if "esearch" in name else client.fetch(["1"])
