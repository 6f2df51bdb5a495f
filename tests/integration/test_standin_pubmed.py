"""The stand-in for E-utilities keeps the service's documented and measured rules."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import requests
from articles import Articles
from faults import Fault, FaultPlan
from query import QuerySyntaxError, search
from serve import demo_articles, pubmed_demo
from standin_pubmed import PubmedStandIn

WORDS = ("leukaemia", "lymphoma", "myeloma")


def article(pmid: int, title: str, year: int = 2020, mesh: str = "") -> bytes:
    heading = (
        f"<MeshHeadingList><MeshHeading><DescriptorName>{mesh}</DescriptorName></MeshHeading></MeshHeadingList>" if mesh else ""
    )
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><Journal><JournalIssue><PubDate><Year>{year}</Year>'
        f"</PubDate></JournalIssue></Journal><ArticleTitle>{title}</ArticleTitle></Article>{heading}</MedlineCitation></PubmedArticle>"
    ).encode()


def many(count: int) -> dict[int, bytes]:
    return {pmid: article(pmid, f"About {WORDS[pmid % 3]}", 1990 + pmid % 30) for pmid in range(1, count + 1)}


@pytest.fixture(scope="module")
def wall() -> Iterator[PubmedStandIn]:
    with PubmedStandIn(many(10_500), rate_limited=False) as server:
        yield server


@pytest.fixture
def demo() -> Iterator[PubmedStandIn]:
    with pubmed_demo(rate_limited=False) as server:
        yield server


def esearch(server: PubmedStandIn, **params: str) -> dict[str, Any]:
    answer = requests.get(f"{server.url}/esearch.fcgi", params={"db": "pubmed", "retmode": "json", **params}, timeout=10)
    result: dict[str, Any] = json.loads(answer.text, strict=False)["esearchresult"]
    return result


def efetch(server: PubmedStandIn, **params: str) -> requests.Response:
    return requests.post(f"{server.url}/efetch.fcgi", data={"db": "pubmed", "retmode": "xml", **params}, timeout=10)


def test_a_page_across_the_wall_is_cut_without_a_word(wall: PubmedStandIn) -> None:
    page = esearch(wall, term="1:10500[uid]", retstart="9500", retmax="500")
    assert (page["count"], len(page["idlist"]), "warninglist" in page) == ("10500", 499, False)


def test_more_than_9999_ids_are_never_listed_and_a_start_past_them_is_an_error_with_a_raw_newline(wall: PubmedStandIn) -> None:
    page = esearch(wall, term="1:10500[uid]", retmax="10000")
    assert len(page["idlist"]) == 9_999
    assert page["warninglist"]["outputmessages"][0].startswith("Restrictions achieved")
    assert "\n" in esearch(wall, term="1:10500[uid]", retstart="9999")["ERROR"]


def test_uid_ranges_tile_a_large_result_exactly(wall: PubmedStandIn) -> None:
    halves = [
        int(esearch(wall, term=f"(leukaemia[ti]) AND {span}[UID]", rettype="count")["count"]) for span in ("1:5000", "5001:10500")
    ]
    assert sum(halves) == int(esearch(wall, term="leukaemia[ti]")["count"]) == 3_500


def test_history_pages_up_to_the_wall_and_expires(wall: PubmedStandIn) -> None:
    kept = esearch(wall, term="myeloma", usehistory="y", retmax="0")
    asked = {"WebEnv": kept["webenv"], "query_key": kept["querykey"]}
    assert len(ET.fromstring(efetch(wall, **asked, retmax="7").content)) == 7
    assert efetch(wall, **asked, retstart="9999").status_code == 400
    wall.expire_history()
    assert "Unable to obtain query" in efetch(wall, **asked).text


def test_the_fourth_request_of_a_second_is_refused_and_the_next_second_is_welcome() -> None:
    now = [0.0]
    with PubmedStandIn(many(3), clock=lambda: now[0]) as server:
        url = f"{server.url}/esearch.fcgi?term=1[uid]"
        assert [requests.get(url, timeout=10).status_code for _ in range(4)] == [200, 200, 200, 429]
        now[0] = 1.0
        assert requests.get(url, timeout=10).status_code == 200
        keyed = [requests.get(f"{url}&api_key=k", timeout=10) for _ in range(11)]
    assert [answer.status_code for answer in keyed] == [200] * 10 + [429]
    assert keyed[-1].json() == {"error": "API rate limit exceeded", "api-key": "k", "count": "11", "limit": "10"}


def test_a_bad_key_is_echoed_and_a_long_address_refused_though_not_as_a_post(wall: PubmedStandIn) -> None:
    bad = requests.get(f"{wall.url}/esearch.fcgi?term=a&api_key=badkey", timeout=10)
    assert (bad.status_code, bad.json()["api-key"]) == (400, "badkey")
    ids = ",".join(str(pmid) for pmid in range(1, 1_500))
    assert requests.get(f"{wall.url}/efetch.fcgi?retmode=xml&id={ids}", timeout=10).status_code == 414
    assert len(ET.fromstring(efetch(wall, id=ids).content)) == 1_499


@pytest.mark.parametrize("term", ["", "((", "(a OR b", "a AND", "OR"])
def test_an_unreadable_term_is_an_error_with_status_200(wall: PubmedStandIn, term: str) -> None:
    assert esearch(wall, term=term)["ERROR"].startswith("Search Backend failed")


def test_unknown_pmids_are_left_out_and_bad_ids_reported(wall: PubmedStandIn) -> None:
    assert [node.findtext(".//PMID") for node in ET.fromstring(efetch(wall, id="3,99999,1").content)] == ["3", "1"]
    assert "Supplied id parameter is empty" in efetch(wall, id="").text
    assert efetch(wall, id="abc").status_code == 400
    assert "Invalid db name specified: nothing" in esearch(wall, term="a", db="nothing")["ERROR"]


def test_a_strategy_with_faults_is_echoed_with_them(demo: PubmedStandIn) -> None:
    page = esearch(demo, term='"purple leukemia chariot"[mh] OR cells[xyz] OR qqqq[ti]')
    assert page["warninglist"]["quotedphrasesnotfound"] == ['"purple leukemia chariot"[MeSH Terms]']
    assert page["errorlist"] == {"phrasesnotfound": ["qqqq"], "fieldsnotfound": ["xyz"]}


def test_dates_limit_only_in_pairs(demo: PubmedStandIn) -> None:
    everything = esearch(demo, term="1:99999999[uid]")["count"]
    assert esearch(demo, term="1:99999999[uid]", mindate="2020")["count"] == everything
    limited = esearch(demo, term="1:99999999[uid]", mindate="2020", maxdate="2020", datetype="pdat")
    assert limited["count"] == esearch(demo, term="2020[dp]")["count"] != everything


def test_epost_esummary_and_einfo_answer_in_their_shapes(demo: PubmedStandIn) -> None:
    posted = ET.fromstring(
        requests.post(f"{demo.url}/epost.fcgi", data={"db": "pubmed", "id": "99000001,99000002"}, timeout=10).content
    )
    fetched = efetch(demo, WebEnv=posted.findtext("WebEnv") or "", query_key=posted.findtext("QueryKey") or "")
    summary = requests.get(f"{demo.url}/esummary.fcgi?retmode=json&id=99000001", timeout=10).json()
    info = ET.fromstring(requests.get(f"{demo.url}/einfo.fcgi?db=pubmed", timeout=10).content)
    assert len(ET.fromstring(fetched.content)) == 2
    assert summary["result"]["uids"] == ["99000001"]
    assert info.findtext("DbInfo/Count") == "472"


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault.TOO_MANY, 429),
        (Fault.SERVER_ERROR, 500),
        (Fault.BAD_GATEWAY, 502),
        (Fault.UNAVAILABLE, 503),
        (Fault.HTML_IN_200, 200),
    ],
)
def test_a_planned_fault_meets_its_request_and_only_that(fault: Fault, outcome: int) -> None:
    with PubmedStandIn(many(3), faults=FaultPlan.at({2: fault}), rate_limited=False) as server:
        answers = [requests.get(f"{server.url}/esearch.fcgi?term=1[uid]", timeout=10) for _ in range(3)]
        assert [request.fault for request in server.requests] == [None, fault, None]
    assert [answer.status_code for answer in answers] == [200, outcome, 200]
    assert answers[1].content != answers[0].content == answers[2].content


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.CUT_SHORT])
def test_broken_connections_break(fault: Fault) -> None:
    with PubmedStandIn(many(3), faults=FaultPlan.always(fault)) as server, pytest.raises(requests.exceptions.RequestException):
        requests.get(f"{server.url}/esearch.fcgi?term=1[uid]", timeout=10)


def test_a_stalled_request_times_out_and_does_not_hold_up_the_end() -> None:
    with PubmedStandIn(many(3), faults=FaultPlan.always(Fault.STALL)) as server, pytest.raises(requests.exceptions.ReadTimeout):
        requests.get(f"{server.url}/esearch.fcgi?term=1[uid]", timeout=(5, 0.05))


def test_a_seeded_rate_of_faults_is_the_same_every_time() -> None:
    plans = [FaultPlan.rate(0.25, seed=1), FaultPlan.rate(0.25, seed=1)]
    drawn = [[plan.fault(number) for number in range(1, 401)] for plan in plans]
    assert drawn[0] == drawn[1]
    assert 70 < sum(fault is not None for fault in drawn[0]) < 130


def test_the_listed_requests_tell_what_was_asked(demo: PubmedStandIn) -> None:
    efetch(demo, id="99000001")
    request = demo.requests[-1]
    assert (request.endpoint, request.method, request.params["id"]) == ("efetch.fcgi", "POST", "99000001")


SMALL = Articles(
    {
        1: article(1, "Acute myeloid leukaemia in children", 2019, "Leukemia, Myeloid, Acute"),
        2: article(2, "Myeloid sarcoma, acute onset", 2020),
        3: article(3, "Children with Ménière disease", 2021, "Leukemia"),
    }
)


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("children OR acute AND 2021[dp]", {3}),
        ("children OR (acute AND 2020[dp])", {1, 2, 3}),
        ("acute NOT children", {2}),
        ("myeloid acute", {1, 2}),
        ('"acute myeloid"[ti]', {1}),
        ('"acute myeloid"', {1}),
        ('"myeloid children"[ti]', {1}),
        ('"myeloid acute"[ti:~1]', {1, 2}),
        ("child*[tiab] AND menière", {3}),
        ('"Leukemia"[Mesh]', {1, 3}),
        ('"Leukemia"[Mesh:NoExp]', {3}),
        ('"Leukemia, Myeloid"[mh] OR leukaemia[mh]', {1, 3}),
        ("animals[mh]", {1, 3}),
        ('"2019/01/01"[dp] : "2020/12/31"[dp]', {1, 2}),
        ("2:3[UID]", {2, 3}),
        ("children AND zzzz", {1, 3}),
        ("children and acute", {1}),
        ("children or acute", {1}),
        ("children AND zzzz[ti]", set()),
        ("zzzz", set()),
    ],
)
def test_terms_mean_what_they_mean_in_pubmed(term: str, found: set[int]) -> None:
    assert search(SMALL, term).pmids == found


DEMO_TERMS = {
    "humans are animals": ("humans[mh] NOT animals[mh]", 0),
    "but not without explosion": ("humans[mh] AND animals[mh:noexp]", 0),
    "the usual exclusion of animals": ("leukemia[tiab] NOT (animals[mh] NOT humans[mh])", 324),
    "filters": ("leukemia[tiab] AND CAR-T[tiab] AND english[la] AND humans[mh]", 246),
    "filters by their own tag": ("leukemia[tiab] AND CAR-T[tiab] AND english[Filter] AND humans[Filter]", 246),
    "a subheading": ("drug therapy[sh]", 8),
    "the subheading above": ("therapy[sh]", 8),
    "a heading with a subheading": ('"Leukemia/drug therapy"[Mesh]', 8),
    "and with its code": ("Leukemia, Myeloid, Acute/dt[mh]", 8),
    "a heading with a subheading, alone": ('"Leukemia/drug therapy"[Mesh:NoExp]', 0),
    "a major topic": ("leukemia[majr] NOT leukemia/immunology[majr]", 356),
    "a publication type with narrower ones": ('"Clinical Trial"[Publication Type]', 38),
    "a publication type alone": ("clinical trial[pt:noexp]", 0),
    "an abstract": ("hasabstract AND hasabstract[text] AND hasabstract[Filter] AND fha[Filter]", 465),
    "subsets": ("medline[sb] OR inprocess[sb] OR publisher[sb]", 467),
    "systematic reviews": ("systematic[sb]", 10),
    "free full text": ("free full text[sb]", 67),
    "the last years": ('"last 5 years"[dp]', 179),
    "a range with blanks": ("2014 : 2016[dp]", 108),
    "a keyword": ("immunotherapy[ot]", 48),
    "a first author": ("Moreau[1au]", 5),
}


@pytest.fixture(scope="module")
def corpus() -> Articles:
    return Articles(demo_articles())


@pytest.mark.parametrize(("term", "count"), DEMO_TERMS.values(), ids=DEMO_TERMS)
def test_fields_and_filters_find_what_they_find_in_pubmed(corpus: Articles, term: str, count: int) -> None:
    found = search(corpus, term, date(2025, 11, 1))
    assert (len(found.pmids), found.phrases_not_found, found.fields_not_found, found.quoted_not_found) == (count, (), (), ())


def test_untagged_words_are_mapped_to_a_heading_and_the_mapping_is_echoed(demo: PubmedStandIn) -> None:
    page = esearch(demo, term="heart attack OR acute myeloid leukaemia")
    assert [mapped["from"] for mapped in page["translationset"]] == ["heart attack", "acute myeloid leukaemia"]
    assert page["translationset"][1]["to"].startswith('"leukemia, myeloid, acute"[MeSH Terms] OR (')
    exact = esearch(demo, term='"Leukemia, Myeloid, Acute"[mh] OR (acute[all] AND myeloid[all] AND leukaemia[all])')
    assert page["count"] == exact["count"] != "0"


def test_cochranes_filter_for_randomized_trials_runs_and_keeps_the_trials(corpus: Articles) -> None:
    words = "randomized[tiab] OR placebo[tiab] OR drug therapy[sh] OR randomly[tiab] OR trial[tiab] OR groups[tiab]"
    types = "randomized controlled trial[pt] OR controlled clinical trial[pt]"
    found = search(corpus, f"({types} OR {words}) NOT (animals[mh] NOT humans[mh])").pmids
    assert found >= search(corpus, "randomized controlled trial[pt]").pmids != frozenset()
    assert not found & search(corpus, "animals[mh:noexp]").pmids


def test_a_bracket_without_its_partner_is_refused() -> None:
    with pytest.raises(QuerySyntaxError, match="children"):
        search(SMALL, "children)")


def test_records_added_long_after_publication_have_the_publication_date_as_entry_date() -> None:
    late = article(1, "Late", 2010).replace(
        b"</PubmedArticle>",
        b'<PubmedData><History><PubMedPubDate PubStatus="entrez"><Year>2022</Year><Month>5</Month><Day>4</Day></PubMedPubDate></History>'
        b"</PubmedData></PubmedArticle>",
    )
    held = Articles({1: late})
    assert held.entries[1].dates["edat"] == (date(2010, 1, 1),)
    assert search(held, "2022/05/04[crdt]").pmids == {1}
