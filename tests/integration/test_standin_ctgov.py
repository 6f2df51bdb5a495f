"""The stand-in for ClinicalTrials.gov keeps the rules of API v2, and the command that serves both ends with its parent."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from faults import Fault, FaultPlan
from make_demo import DEMO
from serve import ctgov_demo, demo_studies
from standin_ctgov import CtgovStandIn

SERVE = Path(DEMO).parent / "serve.py"


@pytest.fixture(scope="module")
def server() -> Iterator[CtgovStandIn]:
    with ctgov_demo() as stand_in:
        yield stand_in


def get(server: CtgovStandIn, path: str = "studies", **params: str) -> requests.Response:
    return requests.get(f"{server.url}/{path}", params=params, timeout=10, allow_redirects=False)


def ids(page: dict[str, Any]) -> list[str]:
    return [study["protocolSection"]["identificationModule"]["nctId"] for study in page["studies"]]


def chain(server: CtgovStandIn, **params: str) -> list[dict[str, Any]]:
    pages: list[dict[str, Any]] = [get(server, **params, countTotal="true").json()]
    while "nextPageToken" in pages[-1]:
        pages.append(get(server, **params, pageToken=pages[-1]["nextPageToken"]).json())
    return pages


def test_pages_follow_each_other_and_only_the_first_has_the_total(server: CtgovStandIn) -> None:
    pages = chain(server, pageSize="30")
    assert [len(page["studies"]) for page in pages] == [30, 30, 20]
    assert [page.get("totalCount") for page in pages] == [80, None, None]
    assert len({nct for page in pages for nct in ids(page)}) == 80


def test_a_page_holds_10_unless_told_and_never_more_than_1000(server: CtgovStandIn) -> None:
    assert len(get(server).json()["studies"]) == 10
    assert len(get(server, pageSize="5000").json()["studies"]) == 80
    many = [demo_studies()[0]] * 1_001
    with CtgovStandIn(many) as full:
        assert len(get(full, pageSize="5000").json()["studies"]) == 1_000


def test_an_empty_page_may_still_have_a_token() -> None:
    with CtgovStandIn(demo_studies(), empty_page_after=1) as gappy:
        assert [len(page["studies"]) for page in chain(gappy, pageSize="50")] == [50, 0, 30]


def test_a_token_is_refused_with_other_parameters_than_its_own(server: CtgovStandIn) -> None:
    token = get(server, **{"query.cond": "leukemia"}).json()["nextPageToken"]
    assert get(server, **{"query.cond": "lupus"}, pageToken=token).status_code == 400


def test_the_demo_query_selects_73_studies(server: CtgovStandIn) -> None:
    query = json.loads((DEMO / "queries.json").read_text(encoding="utf-8"))["ctgov"]
    assert get(server, **query, countTotal="true").json()["totalCount"] == 73


def test_filters_narrow_but_are_ignored_beside_a_query_of_nct_numbers_only(server: CtgovStandIn) -> None:
    narrow = {
        "filter.advanced": "AREA[Phase]PHASE2 AND AREA[StudyFirstPostDate]RANGE[2018-01-01,MAX]",
        "filter.overallStatus": "COMPLETED",
    }
    found = get(server, **narrow, pageSize="100").json()["studies"]
    assert 0 < len(found) < 80
    assert all("PHASE2" in study["protocolSection"]["designModule"]["phases"] for study in found)
    assert ids(get(server, **{"query.term": "NCT99000002", "filter.overallStatus": "WITHHELD"}).json()) == ["NCT99000002"]
    assert ids(get(server, **{"filter.ids": "NCT99000002|NCT99000905", "query.cond": "leukemia"}).json()) == [
        "NCT99000002",
        "NCT99000005",
    ]


EXPRESSIONS = {
    "a range of numbers with a blank": ({"query.term": "AREA[EnrollmentCount]RANGE[0, 20]"}, "enrolled 20 at most"),
    "an open range": ({"query.term": "AREA[EnrollmentCount]RANGE[MIN, 20]"}, "enrolled 20 at most"),
    "a range of ages": ({"query.term": "AREA[MinimumAge]RANGE[18 years, MAX]"}, "adults"),
    "a range without the field": ({"filter.advanced": "AREA[ResultsFirstPostDate]RANGE[MIN, MAX]"}, "results"),
    "a field that is missing": ({"filter.advanced": "NOT AREA[ResultsFirstPostDate]MISSING"}, "results"),
    "an American date": ({"filter.advanced": "AREA[ResultsFirstPostDate]RANGE[01/01/1990, 12/31/2030]"}, "results"),
    "the site's filter": ({"aggFilters": "results:with,status:com"}, "results"),
    "the site's filter of several values": ({"aggFilters": "status:rec not"}, "open"),
    "statuses as an expression": ({"query.term": "AREA[OverallStatus](RECRUITING OR NOT_YET_RECRUITING)"}, "open"),
    "a status that is part of another": ({"query.term": "AREA[OverallStatus]RECRUITING"}, "recruiting"),
    "a whole value": ({"query.term": 'AREA[InterventionName]COVERAGE[FullMatch]"CD70 CAR-T cells"'}, "CD70"),
    "the end of a value": ({"query.term": 'AREA[Acronym]COVERAGE[EndsWith]"7"'}, "acronym 7"),
    "a modifier without effect": ({"query.cond": "EXPANSION[Concept]SEARCH[Study](leukemia)"}, "leukemia"),
    "a condition": ({"query.cond": "leukemia"}, "leukemia"),
    "a condition by its area": ({"query.term": "AREA[ConditionSearch]leukemia"}, "leukemia"),
    "an intervention": ({"query.intr": "CD70"}, "CD70"),
    "an intervention by its field": ({"query.term": "AREA[InterventionName]CD70 AND AREA[InterventionType]BIOLOGICAL"}, "CD70"),
}


def _meets(study: dict[str, Any], name: str) -> bool:
    protocol = study["protocolSection"]
    status = protocol["statusModule"]["overallStatus"]
    titles = [protocol["identificationModule"][key] for key in ("briefTitle", "officialTitle")]
    conditions = [*titles, *protocol["conditionsModule"]["conditions"], *protocol["conditionsModule"].get("keywords", ())]
    holds: dict[str, object] = {
        "enrolled 20 at most": protocol["designModule"]["enrollmentInfo"]["count"] <= 20,
        "adults": protocol["eligibilityModule"]["minimumAge"] == "18 Years",
        "results": study["hasResults"],
        "open": status in ("RECRUITING", "NOT_YET_RECRUITING"),
        "acronym 7": re.search(r"\b7$", protocol["identificationModule"].get("acronym", "")),
        "recruiting": status == "RECRUITING",
        "leukemia": any("leukemia" in text.lower() for text in conditions),
        "CD70": "CD70" in json.dumps([titles, protocol["armsInterventionsModule"]]),
    }
    return bool(holds[name])


@pytest.mark.parametrize(("params", "name"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def test_expressions_select_the_studies_that_they_describe(server: CtgovStandIn, params: dict[str, str], name: str) -> None:
    expected = ids({"studies": [study for study in demo_studies() if _meets(study, name)]})
    assert 0 < len(expected) < 80
    assert ids(get(server, **params, pageSize="100").json()) == expected


def test_fields_project_by_piece_and_module_names(server: CtgovStandIn) -> None:
    study = get(server, "studies/NCT99000001", fields="NCTId|ReferencePMID,conditionsModule,hasResults").json()
    assert list(study["protocolSection"]) == ["identificationModule", "conditionsModule", "referencesModule"]
    assert list(study["protocolSection"]["identificationModule"]) == ["nctId"]
    assert all(set(reference) <= {"pmid"} for reference in study["protocolSection"]["referencesModule"]["references"])
    assert study["hasResults"] is True


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"filter.studyType": "INTERVENTIONAL"}, "`filter.studyType` is unknown parameter"),
        ({"fields": "StudyDesign"}, "Parameter 'fields' contains invalid field name: 'StudyDesign'"),
        ({"query.term": "leukemia [ti]"}, "Error parsing query in Other terms: no viable alternative at input 'leukemia ['"),
        ({"query.cond": "(early onset"}, "missing ')' at '<EOF>'"),
        ({"query.term": "AREA[Fase]PHASE3"}, "no viable alternative at input 'AREA[Fase]'"),
        ({"query.term": "COVERAGE[Half]leukemia"}, "no viable alternative at input 'COVERAGE[Half]'"),
        ({"aggFilters": "status:perhaps"}, "Parameter `aggFilters` contains invalid value: 'status:perhaps'"),
        ({"pageToken": "made-up"}, "Invalid `pageToken` value"),
    ],
)
def test_what_cannot_be_understood_is_refused_as_plain_text(server: CtgovStandIn, params: dict[str, str], message: str) -> None:
    answer = get(server, **params)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert message in answer.text


def test_one_study_is_found_by_number_and_by_alias_and_an_unknown_is_a_plain_404(server: CtgovStandIn) -> None:
    alias = get(server, "studies/NCT99000905")
    assert (alias.status_code, alias.headers["Location"]) == (301, "/api/v2/studies/NCT99000005")
    assert requests.get(f"{server.url}/studies/NCT99000905", timeout=10).json()["hasResults"] is False
    unknown = get(server, "studies/NCT00000001")
    assert (unknown.status_code, "<html" in unknown.text) == (404, False)
    assert get(server, "version").json()["apiVersion"] == "2.0.5"
    assert get(server, "stats/size").json()["totalStudies"] == 80


def test_csv_has_its_header_row_and_total_on_the_first_page_only(server: CtgovStandIn) -> None:
    first = get(server, format="csv", countTotal="true", pageSize="50")
    second = get(server, format="csv", pageSize="50", pageToken=first.headers["x-next-page-token"])
    assert first.headers["x-total-count"] == "80"
    assert first.text.startswith("NCT Number,Study Title")
    assert second.text.startswith("NCT990000")
    assert "x-next-page-token" not in second.headers


def test_a_fault_of_this_service_looks_like_this_service() -> None:
    with ctgov_demo(faults=FaultPlan.at({1: Fault.TOO_MANY_RETRY_AFTER, 2: Fault.RAW_NEWLINE})) as server:
        slow, broken, good = get(server), get(server), get(server)
    assert (slow.status_code, slow.headers["Retry-After"]) == (429, "1")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        broken.json()
    assert len(good.json()["studies"]) == 10


def test_the_served_demo_ends_when_its_parent_closes_the_pipe() -> None:
    process = subprocess.Popen([sys.executable, SERVE, "--parent-pipe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        addresses = json.loads(process.stdout.readline())
        version = requests.get(f"{addresses['ctgov']}/version", timeout=10)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=10) == 0
    assert version.ok
