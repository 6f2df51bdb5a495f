"""Searching Europe PMC into a review by the command: nothing lost, reruns told four ways, preprints linked and never merged."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from faults import Fault, FaultPlan
from quick_services import NOWHERE, quick_europepmc, quick_transport
from serve import europepmc_demo
from standin_europepmc import EuropePmcStandIn

from prisma_tool.cli.main import run as run_command
from prisma_tool.errors import ExitCode
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.identify.run import services as services_module
from prisma_tool.identify.run.services import Services
from prisma_tool.review.open_review import Review
from prisma_tool.sources import europepmc
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.store.records import records
from prisma_tool.studies.links import Ground, suggest

_BEFORE = "# A shared PostgreSQL"
ARTICLE: dict[str, Any] = {
    "id": "99000001",
    "source": "MED",
    "pmid": "99000001",
    "doi": "10.5555/kites.1",
    "title": "Invented trial of kites in adults.",
    "authorString": "Moreau A, Lund K.",
    "journalInfo": {"volume": "3", "journal": {"title": "Journal of Invented Kites"}},
    "pubYear": "2021",
    "firstPublicationDate": "2021-04-01",
    "abstractText": "<h4>Background</h4>Kites &amp; wind.<h4>Results</h4>They flew.",
    "pubTypeList": {"pubType": ["Journal Article"]},
}
PREPRINT: dict[str, Any] = {
    "id": "PPR990001",
    "source": "PPR",
    "doi": "10.1101/2020.05.05.990001",
    "title": "Invented trial of kites in adults",
    "authorString": "Moreau A, Lund K.",
    "pubYear": "2020",
    "firstPublicationDate": "2020-05-05",
    "abstractText": "Kites and wind.",
    "pubTypeList": {"pubType": ["Preprint"]},
    "bookOrReportDetails": {"publisher": "medRxiv"},
    "commentCorrectionList": {"commentCorrection": [{"id": "99000001", "source": "MED", "type": "Preprint of"}]},
}


def kites(*numbers: int, **other: Any) -> list[dict[str, Any]]:
    return [
        {"id": f"{99000100 + number}", "source": "MED", "title": f"Invented report {number} on kites", "pubYear": "2019", **other}
        for number in numbers
    ]


@pytest.fixture
def server() -> Iterator[EuropePmcStandIn]:
    with EuropePmcStandIn([ARTICLE, PREPRINT]) as running:
        yield running


@pytest.fixture
def review(make_review: Callable[..., Review], server: EuropePmcStandIn, monkeypatch: pytest.MonkeyPatch) -> Review:
    """A review with one search of Europe PMC, whose commands ask the stand-in."""
    search = '[[search]]\nname = "epmc"\nsource = "Europe PMC"\nquery = "kites"\n\n'

    def services(environment: object) -> Services:
        line = quick_transport("nobody", None)  # type: ignore[arg-type]  # never asked
        return Services(PubMed(line, NOWHERE), ClinicalTrials(line, NOWHERE), quick_europepmc(server.url), time.monotonic)

    monkeypatch.setattr(services_module, "services", services)
    return make_review(toml_edits={_BEFORE: search + _BEFORE})


@pytest.fixture
def command(review: Review, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any]]:
    """Runs a command with --json; gives its exit code and what it printed."""

    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = run_command(["-C", str(review.folder), *words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def keys(review: Review) -> set[str]:
    with review.store.read() as transaction:
        return {record.key for record in records.all_records(transaction)}


def edited(review: Review, old: str, new: str) -> None:
    path = review.folder / "review.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_search_stores_all_that_is_reported_under_europe_pmcs_own_numbers(review: Review, command: Any) -> None:
    code, told = command("search")
    (run,) = told["runs"]
    assert (code, run["status"], run["reported"], run["stored"]) == (ExitCode.DONE, "complete", 2, 2)
    assert keys(review) == {"europe-pmc:99000001", "europe-pmc:PPR990001"}
    with review.store.read() as transaction:
        article = records.records_by_key(transaction, ["europe-pmc:99000001"])["europe-pmc:99000001"].citation
    assert (article.pmid, article.abstract_text) == ("99000001", "Background: Kites & wind.\nResults: They flew.")


def test_the_demo_corpus_arrives_whole_although_a_quarter_of_the_requests_fail(
    review: Review, server: EuropePmcStandIn, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(europepmc, "PAGE_SIZE", 40)
    demo = europepmc_demo()
    server.references = demo.references
    server.serve([one.result for one in demo.indexed])
    server.faults = FaultPlan.rate(0.25, seed=7)
    edited(review, 'query = "kites"', 'query = "TITLE:leukemia OR SRC:PPR"')
    for _ in range(5):
        code, told = command("search")
        if code == ExitCode.DONE:
            break
    (run,) = told["runs"]
    assert run["status"] == "complete"
    assert run["stored"] == run["reported"] == len(keys(review)) > 100


def test_a_rerun_tells_new_seen_changed_and_vanished_records_apart(server: EuropePmcStandIn, command: Any) -> None:
    server.serve([*kites(1, 2, 3), ARTICLE])
    command("search")
    server.serve(
        [*kites(2, 4), *kites(3, title="Kites quite otherwise", doi="10.5555/3"), {**ARTICLE, "title": "Retitled kites."}]
    )
    _, told = command("search")
    (run,) = told["runs"]
    assert (run["new"], run["seen"], run["changed"], run["vanished"]) == (1, 1, 2, 1)


def test_how_often_a_record_is_cited_is_no_change_of_it(server: EuropePmcStandIn, command: Any) -> None:
    command("search")
    server.serve([{**ARTICLE, "citedByCount": 12}, PREPRINT])
    (run,) = command("search")[1]["runs"]
    assert (run["seen"], run["changed"]) == (2, 0)


def test_a_search_that_ends_before_its_count_is_incomplete_and_the_same_command_finishes_it(
    server: EuropePmcStandIn, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(europepmc, "PAGE_SIZE", 2)
    server.serve(kites(*range(1, 8)))
    server._repeats_cursor_after = 2
    code, told = command("search")
    assert (code, told["runs"][0]["status"], told["runs"][0]["stored"]) == (ExitCode.INCOMPLETE, "incomplete", 4)
    assert "Europe PMC reported 7 records but delivered 4." in told["runs"][0]["warnings"]
    server._repeats_cursor_after = None
    code, told = command("search")
    assert (code, told["runs"][0]["stored"], told["runs"][0]["new"]) == (ExitCode.DONE, 7, 7)


def test_a_cursor_that_expired_begins_the_chain_anew(
    server: EuropePmcStandIn, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(europepmc, "PAGE_SIZE", 2)
    server.serve(kites(*range(1, 8)))
    server.faults = FaultPlan.always(Fault.RESET, first=3)
    assert command("search")[0] == ExitCode.INCOMPLETE
    server.faults = FaultPlan.at({len(server.requests) + 1: Fault.EXPIRED_HISTORY})
    code, told = command("search")
    assert (code, told["runs"][0]["stored"]) == (ExitCode.DONE, 7)


def test_an_imported_file_of_europe_pmc_meets_the_records_that_were_fetched(
    review: Review, server: EuropePmcStandIn, command: Any, tmp_path: Path
) -> None:
    server.serve([ARTICLE, PREPRINT, *kites(1, source="ETH")])
    command("search")
    path = tmp_path / "europepmc.csv"
    path.write_text(
        "SOURCE,EXTERNAL_ID,TITLE,PAGE_INFO\nMED,99000001,Invented trial of kites in adults.,\n"
        "PPR,PPR990001,Invented trial of kites in adults,\nETH,99000101,Invented report 1 on kites,\n",
        encoding="utf-8",
    )
    before = keys(review)
    report = import_file(review, path, Import("Europe PMC"))
    assert (report.new, keys(review)) == (0, before)
    assert "europe-pmc:ETH:99000101" in before


def test_a_kept_answer_can_be_imported_as_a_file(review: Review, command: Any, tmp_path: Path) -> None:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"hitCount": 2, "resultList": {"result": [ARTICLE, PREPRINT]}}), encoding="utf-8")
    report = import_file(review, path, Import("Europe PMC"))
    assert (report.new, report.format) == (2, "europepmc-json")


def test_a_preprint_is_linked_to_its_article_and_not_merged_with_it(review: Review, command: Any) -> None:
    command("search")
    _, told = command("dedupe")
    assert (told["records"], told["unique"], told["uncertain"]) == (2, 2, 0)
    (suggestion,) = suggest(review)
    assert (suggestion.number, suggestion.strength) == ("PMID 99000001", "strong")
    assert {(key, ground) for key, _, ground in suggestion.reports} == {
        ("europe-pmc:99000001", Ground.PUBLISHED),
        ("europe-pmc:PPR990001", Ground.PREPRINT),
    }


def test_the_article_may_name_the_preprint_instead(review: Review, server: EuropePmcStandIn, command: Any) -> None:
    named = {"commentCorrectionList": {"commentCorrection": [{"id": "PPR990001", "source": "PPR", "type": "Preprint in"}]}}
    server.serve([{**ARTICLE, **named}, {**PREPRINT, "commentCorrectionList": {}}])
    command("search")
    command("dedupe")
    (suggestion,) = suggest(review)
    assert suggestion.keys == ("europe-pmc:99000001", "europe-pmc:PPR990001")


def test_versions_of_a_preprint_with_one_doi_are_one_report(server: EuropePmcStandIn, command: Any) -> None:
    server.serve([PREPRINT, {**PREPRINT, "id": "PPR990002", "versionNumber": 2}])
    command("search")
    _, told = command("dedupe")
    assert (told["records"], told["unique"]) == (2, 1)


def test_lines_are_counted_each_by_itself_and_with_the_synonyms_that_were_asked_for(
    review: Review, server: EuropePmcStandIn, command: Any
) -> None:
    edited(review, 'query = "kites"', 'query = ["TITLE:kites", "SRC:PPR", "#1 AND #2"]\nsynonyms = true')
    _, told = command("search", "--count")
    (hits,) = told["searches"]
    assert ([line["count"] for line in hits["lines"]], hits["count"]) == ([2, 1, 1], 1)
    assert {request.params["synonym"] for request in server.requests} == {"true"}


def test_a_strategy_in_pubmeds_language_is_refused_and_can_be_accepted(review: Review, command: Any) -> None:
    edited(review, 'query = "kites"', 'query = "kites[tiab]"')
    code, told = command("search")
    assert (code, told["runs"][0]["status"]) == (ExitCode.FAILED, "refused")
    assert (
        "[tiab] is a tag of PubMed, which Europe PMC does not know; write TITLE_ABS: before the term."
        in told["runs"][0]["warnings"][0]
    )
    _, told = command("search", "--check")
    assert [(one["severity"], one["source"]) for one in told["searches"][0]["findings"]] == [
        ("stop", "Europe PMC's search syntax reference")
    ]
    assert command("search", "--accept")[0] == ExitCode.DONE


def test_known_records_are_looked_for_by_pmid(review: Review, command: Any, tmp_path: Path) -> None:
    known = tmp_path / "known.txt"
    known.write_text("99000001\n99000555\n", encoding="utf-8")
    _, told = command("search", "--known", str(known))
    (report,) = told["searches"]
    assert report["found"] == ["99000001"]
    assert [(one["id"], one["in_source"]) for one in report["missed"]] == [("99000555", False)]


def test_a_replay_reads_the_kept_answers_again(command: Any, server: EuropePmcStandIn) -> None:
    command("search")
    server.faults = FaultPlan.always(Fault.RESET)
    _, told = command("search", "--replay")
    (report,) = told["replays"]
    assert (report["records"], report["reparsed"], report["damaged"]) == (2, 0, [])


def test_the_figure_and_the_appendix_name_europe_pmc_and_say_that_no_synonyms_were_used(
    review: Review, command: Any, tmp_path: Path
) -> None:
    edited(review, 'query = "kites"', 'query = "kites AND FIRST_PDATE:[2019-01-01 TO 2022-12-31]"')
    command("search")
    command("dedupe")
    assert command("flow")[1]["lists"]["database_specific_results"] == {"Europe PMC": 2}
    target = tmp_path / "appendix.md"
    assert run_command(["-C", str(review.folder), "report", "search", "-o", str(target)]) == ExitCode.DONE
    text = target.read_text(encoding="utf-8")
    assert "European Bioinformatics Institute, through the Europe PMC RESTful web service" in text
    assert "Synonyms that the service adds to terms: not used." in text
    assert "FIRST_PDATE:[2019-01-01 TO 2022-12-31]" in text
