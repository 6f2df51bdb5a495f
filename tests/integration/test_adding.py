"""One report by hand, and missing abstracts: asked of PubMed and ClinicalTrials.gov by number, checked, never stored twice."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from faults import Fault, FaultPlan
from msgspec.structs import replace
from quick_services import quick_europepmc
from serve import ctgov_demo, pubmed_demo
from standin_ctgov import CtgovStandIn
from standin_pubmed import PubmedStandIn

from prisma_tool.cli.main import run
from prisma_tool.identify.lookup import ReportNumber, Scheme, number_in
from prisma_tool.identify.run import services as services_module
from prisma_tool.identify.run.services import Services
from prisma_tool.model.record.citation import Citation, Section
from prisma_tool.review.open_review import Review
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.sources.transport import Throttle, Transport
from prisma_tool.store.records import records

FIRST = "A logic-gated CD117 and B7-H3 receptor spares haematopoiesis in serially transplanted NSG mice of AML."
Shell = Callable[..., Any]
Deliver = Callable[..., records.StoredBatch]


@pytest.fixture(scope="module")
def pubmed() -> Iterator[PubmedStandIn]:
    with pubmed_demo(rate_limited=False) as server:
        yield server


@pytest.fixture(scope="module")
def ctgov() -> Iterator[CtgovStandIn]:
    with ctgov_demo() as server:
        yield server


@pytest.fixture(autouse=True)
def _hurried(pubmed: PubmedStandIn, ctgov: CtgovStandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands ask the stand-ins and wait for nothing."""
    with requests.Session() as session:

        def line(name: str) -> Transport:
            return Transport(name, session, Throttle(0.0, time.monotonic, hurry), time.monotonic, hurry)

        def services(environment: object) -> Services:
            return Services(
                PubMed(line("PubMed"), pubmed.url), ClinicalTrials(line("CTgov"), ctgov.url), quick_europepmc(), time.monotonic
            )

        monkeypatch.setattr(services_module, "services", services)
        yield
    pubmed.faults = FaultPlan.none()


def hurry(seconds: float) -> None:
    """Sleeps not at all."""


@pytest.fixture
def review(make_review: Callable[..., Review]) -> Review:
    return make_review()


@pytest.fixture
def shell(review: Review, capsys: pytest.CaptureFixture[str]) -> Shell:
    def call(*arguments: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert run(["-C", str(review.folder), *arguments]) == code
        out, err = capsys.readouterr()
        return json.loads(out) if "--json" in arguments else out + err

    return call


def held(review: Review) -> dict[str, records.StoredRecord]:
    with review.store.read() as transaction:
        return {record.key: record for record in records.all_records(transaction)}


LISTS = ("--source", "Reference lists", "--kind", "citation")


def test_a_report_is_added_by_pmid_under_its_source_with_the_report_that_led_to_it(shell: Shell, review: Review) -> None:
    shell("add", "99000002", "--source", "PubMed", "--kind", "database")
    added = shell("add", "99000001", *LISTS, "--from", "pubmed:99000002", "--json")
    assert (added["key"], added["new"], added["kind"]) == ("reference-lists:99000001", True, "citation")
    assert (added["title"], added["found_in"]) == (FIRST, ["pubmed:99000002"])
    assert held(review)["reference-lists:99000001"].citation.doi == "10.5555/demo.2015.0001"
    flow = shell("flow", "--json")
    assert (flow["counts"]["citations_results"], flow["lists"]["database_specific_results"]) == (1, {"PubMed": 1})


def test_the_same_report_is_not_added_twice_but_a_second_list_that_names_it_is_noted(shell: Shell, review: Review) -> None:
    for pmid in ("99000002", "99000003"):
        shell("add", pmid, "--source", "PubMed")
    shell("add", "10.5555/DEMO.2015.0001", *LISTS, "--from", "pubmed:99000002")
    again = shell("add", "https://doi.org/10.5555/demo.2015.0001", *LISTS, "--from", "pubmed:99000003", "--json")
    assert (again["new"], again["found_in"]) == (False, ["pubmed:99000002", "pubmed:99000003"])
    assert "nothing was added twice" in shell("add", "10.5555/demo.2015.0001", *LISTS, "--from", "pubmed:99000003")
    assert len(held(review)) == 3
    assert len(list((review.folder / "raw").glob("*/efetch-0001.xml.gz"))) == 4


def test_a_report_that_is_here_from_another_source_is_told_and_joined_by_dedupe(shell: Shell) -> None:
    shell("add", "99000001", "--source", "PubMed")
    shell("decide", "pubmed:99000001", "exclude")
    added = shell("add", "99000001", *LISTS, "--json")
    assert added["same_report"] == [{"key": "pubmed:99000001", "phase": "excluded at title/abstract"}]
    assert shell("dedupe", "--json")["unique"] == 1
    flow = shell("flow", "--json")
    assert (flow["counts"]["citations_results"], flow["counts"]["other_sought_reports"]) == (1, 0)


def test_a_register_entry_is_added_by_its_number(shell: Shell, review: Review) -> None:
    added = shell("add", "https://clinicaltrials.gov/study/nct99000001", "--source", "ClinicalTrials.gov", "--json")
    assert (added["key"], added["kind"]) == ("ctgov:NCT99000001", "register")
    assert held(review)["ctgov:NCT99000001"].citation.trial is not None


def test_an_added_record_can_be_given_back_as_it_came(shell: Shell, tmp_path: Path) -> None:
    shell("add", "99000001", *LISTS)
    assert shell("export", "--original", "-o", str(tmp_path / "a.xml"), "--json")["records"] == 1
    assert b'<PMID Version="1">99000001</PMID>' in (tmp_path / "a.xml").read_bytes()


def test_a_report_described_by_hand_needs_no_service(shell: Shell, review: Review, pubmed: PubmedStandIn) -> None:
    pubmed.faults = FaultPlan.always(Fault.RESET)
    typed = ("--title", "A thesis [bold] on \x1b[31mtreatment", "--authors", "Curie, Marie; Meitner, Lise", "--year", "1999")
    added = shell("add", *typed, "--source", "Contact with authors", "--kind", "other", "--json")
    assert held(review)[added["key"]].citation == Citation(
        title="A thesis [bold] on treatment",
        authors=held(review)[added["key"]].citation.authors,
        year=1999,
    )
    assert [author.family for author in held(review)[added["key"]].citation.authors] == ["Curie", "Meitner"]
    assert shell("add", *typed, "--source", "Contact with authors", "--json")["new"] is False
    numbered = shell("add", "10.1000/x", "--title", "With a DOI", "--source", "Contact with authors", "--json")
    assert numbered["key"] == "contact-with-authors:10.1000/x"
    assert held(review)[numbered["key"]].citation.doi == "10.1000/x"


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("12",), 1, "PubMed knows no record with the PMID 12"),
        (("10.9999/nowhere",), 1, "PubMed knows no record with the DOI 10.9999/nowhere"),
        (("NCT00000000",), 1, "ClinicalTrials.gov knows no record with the NCT number NCT00000000"),
        (("Smith 2019",), 2, "is no PMID, DOI or NCT number"),
        ((), 2, "Say which report"),
        (("--year", "1999"), 2, "needs --title"),
        (("--title", "T", "--year", "last"), 2, "not a year"),
        (("--title", "T", "--from", "pubmed:1"), 1, "no record pubmed:1"),
    ],
)
def test_what_cannot_be_added_is_said_and_nothing_is_stored(
    shell: Shell, review: Review, arguments: tuple[str, ...], code: int, why: str
) -> None:
    assert why in shell("add", *arguments, *LISTS, code=code)
    assert held(review) == {}


def test_without_a_network_the_same_command_can_be_repeated(shell: Shell, pubmed: PubmedStandIn) -> None:
    pubmed.faults = FaultPlan.always(Fault.RESET)
    assert "no usable answer in 6 tries" in shell("add", "99000001", *LISTS, code=3)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("PMID: 0034531250", ReportNumber(Scheme.PMID, "34531250")),
        ("https://pubmed.ncbi.nlm.nih.gov/34531250/", ReportNumber(Scheme.PMID, "34531250")),
        ("doi:10.1016/S0140-6736(05)67156-1", ReportNumber(Scheme.DOI, "10.1016/s0140-6736(05)67156-1")),
        ("nct 03971799", ReportNumber(Scheme.NCT, "NCT03971799")),
        ("https://clinicaltrials.gov/study/NCT03971799?term=a", ReportNumber(Scheme.NCT, "NCT03971799")),
    ],
)
def test_a_number_is_understood_however_it_is_pasted(typed: str, number: ReportNumber) -> None:
    assert number_in(typed) == number


# --- missing abstracts -------------------------------------------------------------------------------------------------------


def bare(title: str, **numbers: str) -> Citation:
    return Citation(title=title, year=2015, **numbers)  # type: ignore[arg-type]


def test_missing_abstracts_are_found_by_pmid_and_doi_and_nothing_is_overwritten(
    shell: Shell, review: Review, deliver: Deliver
) -> None:
    other = bare("A study that is not that one at all, about dogs", pmid="99000003")
    mine = replace(bare(FIRST, pmid="99000001"), abstract=(Section("", "My own."),))
    deliver(
        review.store,
        ("L1", bare(FIRST, pmid="99000001")),
        ("L2", bare(FIRST.upper(), doi="10.5555/demo.2015.0001")),
        ("L3", other),
        ("L4", bare("Unknown to PubMed", pmid="7")),
        ("L5", bare("Without any number")),
        ("L6", mine),
    )
    told = shell("abstracts", "--json")
    assert told["found"] == {"embase:L1": "99000001", "embase:L2": "99000001"}
    assert ([one["key"] for one in told["doubtful"]], told["unknown"], told["unnumbered"]) == (
        ["embase:L3"],
        ["embase:L4"],
        ["embase:L5"],
    )
    assert told["missing"] == 5
    now = held(review)
    assert now["embase:L2"].citation.abstract_text.startswith("Chimeric antigen receptor T cells")
    assert now["embase:L2"].edits[0].origin == "PubMed 99000001"
    assert now["embase:L6"].citation.abstract_text == "My own."
    assert "0 of 3 missing abstracts" in shell("abstracts")
    shell("edit", "embase:L1", "abstract", "--undo")
    assert held(review)["embase:L1"].citation.abstract == ()


def test_a_report_whose_duplicate_has_an_abstract_lacks_none(shell: Shell, review: Review, deliver: Deliver) -> None:
    deliver(review.store, ("L1", bare(FIRST, pmid="99000001")))
    shell("add", "99000001", "--source", "PubMed")
    shell("dedupe", "--merge", "embase:L1", "pubmed:99000001")
    assert shell("abstracts", "--json")["missing"] == 0


def test_what_was_found_before_the_service_failed_is_kept_and_the_same_command_goes_on(
    shell: Shell, review: Review, deliver: Deliver, pubmed: PubmedStandIn
) -> None:
    deliver(review.store, ("L1", bare(FIRST, pmid="99000001")), ("L2", bare(FIRST, doi="10.5555/demo.2015.0001")))
    pubmed.faults = FaultPlan.always(Fault.RESET, first=pubmed_requests(pubmed) + 2)
    shell("abstracts", code=3)
    assert [key for key, record in held(review).items() if record.edits] == ["embase:L1"]
    pubmed.faults = FaultPlan.none()
    assert shell("abstracts", "embase:L2", "--json")["found"] == {"embase:L2": "99000001"}


def pubmed_requests(server: PubmedStandIn) -> int:
    return len(server.requests)
