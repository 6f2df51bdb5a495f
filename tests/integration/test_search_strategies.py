"""The strategy guard and the testing of strategies, against the stand-in servers: what is asked, stored, told and refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from quick_services import quick_europepmc
from service import Answer, Request
from standin_ctgov import CtgovStandIn
from standin_pubmed import PubmedStandIn

from prisma_tool.cli.main import run as run_command
from prisma_tool.errors import ExitCode
from prisma_tool.identify.run import services as services_module
from prisma_tool.identify.run.services import Services
from prisma_tool.model.log.events import EventKind
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.sources.transport import Throttle, Transport
from prisma_tool.store.engine import event_rows
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

TITLES = {
    101: "Kites and aspirin in children",
    102: "Kites without medicine",
    103: "Aspirin alone",
    104: "Flying of kites with aspirin in animals",
    105: "Nothing of the kind",
}
BROKEN_PHRASE = '"kites aspirin"[tiab]'
Run = Callable[..., tuple[int, dict[str, Any], str]]


class Retranslating(PubmedStandIn):
    """Translates every strategy with these words added, as after a change of PubMed's vocabularies."""

    addition = ""

    def answer(self, request: Request) -> Answer:
        said = super().answer(request)
        if not self.addition or request.endpoint != "esearch.fcgi":
            return said
        page = json.loads(said.body)
        page["esearchresult"]["querytranslation"] += self.addition
        return replace(said, body=json.dumps(page).encode())


def article(pmid: int, title: str) -> bytes:
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><ArticleTitle>{title}</ArticleTitle>'
        "</Article></MedlineCitation></PubmedArticle>"
    ).encode()


def study(number: str, title: str, aliases: tuple[str, ...] = ()) -> dict[str, Any]:
    identification = {"nctId": number, "briefTitle": title, "nctIdAliases": list(aliases)}
    return {"protocolSection": {"identificationModule": identification, "statusModule": {"overallStatus": "COMPLETED"}}}


STUDIES = [
    study("NCT00000101", "Kites and aspirin", ("NCT00000001",)),
    study("NCT00000102", "Kites alone"),
    study("NCT00000103", "Neither"),
]


@pytest.fixture
def pubmed() -> Iterator[Retranslating]:
    with Retranslating({pmid: article(pmid, title) for pmid, title in TITLES.items()}, rate_limited=False) as server:
        yield server


@pytest.fixture
def ctgov() -> Iterator[CtgovStandIn]:
    with CtgovStandIn(STUDIES) as server:
        yield server


@pytest.fixture(autouse=True)
def _asked_here(pubmed: PubmedStandIn, ctgov: CtgovStandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands ask the stand-ins and wait for nothing."""

    def hurry(seconds: float) -> None:
        del seconds

    with requests.Session() as session:

        def services(environment: Environment) -> Services:
            lines = [Transport(name, session, Throttle(0, time.monotonic, hurry), time.monotonic, hurry) for name in ("P", "C")]
            return Services(PubMed(lines[0], pubmed.url), ClinicalTrials(lines[1], ctgov.url), quick_europepmc(), time.monotonic)

        monkeypatch.setattr(services_module, "services", services)
        yield


@pytest.fixture
def folder(review_folder: Path) -> Path:
    return review_folder


def write_searches(folder: Path, *searches: Mapping[str, object]) -> None:
    """Replace the searches of review.toml."""
    protocol = folder / "review.toml"
    kept = protocol.read_text(encoding="utf-8").partition("\n[[search]]")[0]
    tables = ("\n[[search]]\n" + "".join(f'"{key}" = {json.dumps(value)}\n' for key, value in one.items()) for one in searches)
    protocol.write_text(kept + "".join(tables), encoding="utf-8")


def on_pubmed(term: object, **others: object) -> dict[str, object]:
    return {"name": "kites", "source": "PubMed", "term": term, **others}


@pytest.fixture
def search(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def searched(*arguments: str) -> tuple[int, dict[str, Any], str]:
        code = run_command(["-C", str(folder), "search", *arguments, "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out), said.err

    return searched


def keys(folder: Path) -> set[str]:
    with open_review(folder, Environment(), print) as review, review.store.read() as transaction:
        return {record.key for record in records.all_records(transaction)}


def strategy_events(folder: Path) -> list[dict[str, Any]]:
    with open_review(folder, Environment(), print) as review, review.store.read() as transaction:
        return [dict(event.payload) for event in event_rows.events(transaction, kinds=[EventKind.STRATEGY])]


LINES = ["kites[tiab] OR kite[tiab]", "aspirin[tiab]", "animals[tiab]", "#1 AND #2 NOT #3"]


def test_numbered_lines_are_searched_as_one_query_and_kept_as_written(folder: Path, search: Run, pubmed: PubmedStandIn) -> None:
    write_searches(folder, on_pubmed(LINES))
    code, said, _ = search()
    (run,) = said["runs"]
    assert (code, run["status"], run["reported"]) == (ExitCode.DONE, "complete", 1)
    assert run["query"] == "1. kites[tiab] OR kite[tiab]\n2. aspirin[tiab]\n3. animals[tiab]\n4. #1 AND #2 NOT #3"
    assert run["sent"] == "(kites[tiab] OR kite[tiab]) AND aspirin[tiab] NOT animals[tiab]" == pubmed.requests[0].params["term"]
    assert keys(folder) == {"pubmed:101"}


def test_structural_faults_are_refused_before_anything_is_asked(folder: Path, search: Run, pubmed: PubmedStandIn) -> None:
    for term, word in (("(kites[ti]", "never closed"), (["a[ti]", "#1 AND #9"], "no such line"), ("kites[tx]", "no field [tx]")):
        write_searches(folder, on_pubmed(term))
        code, said, err = search()
        (run,) = said["runs"]
        assert (code, run["status"], run["reported"], run["stored"], run["requests"]) == (ExitCode.FAILED, "refused", None, 0, 0)
        assert word in run["warnings"][-1]
        assert word in err
    assert pubmed.requests == []


def test_a_broken_phrase_stops_the_search_until_it_is_accepted_for_this_strategy(
    folder: Path, search: Run, pubmed: PubmedStandIn
) -> None:
    write_searches(folder, on_pubmed("kites[ti]"))
    search()
    write_searches(folder, on_pubmed(f"{BROKEN_PHRASE} AND children[tiab]"))
    code, said, _ = search()
    assert (code, said["runs"][0]["status"], said["runs"][0]["stored"]) == (ExitCode.FAILED, "refused", 0)
    assert "PubMed does not know the phrase" in said["runs"][0]["warnings"][-1]
    assert "--accept" in said["runs"][0]["warnings"][-1]
    assert [request.endpoint for request in pubmed.requests].count("efetch.fcgi") == 1
    code, said, _ = search("--accept")
    assert (code, said["runs"][0]["status"], said["runs"][0]["reported"]) == (ExitCode.DONE, "complete", 1)
    assert said["runs"][0]["warnings"][0].endswith("(accepted)")
    assert search()[0] == ExitCode.DONE
    write_searches(folder, on_pubmed(f"{BROKEN_PHRASE} AND aspirin[tiab]"))
    assert search()[1]["runs"][0]["status"] == "refused"
    with open_review(folder, Environment(), print) as review, review.store.read() as transaction:
        statuses = [row.status for row in runs.all_runs(transaction)]
    assert statuses == ["complete", "refused", "complete", "complete", "refused"]


def test_an_acceptance_that_is_taken_back_no_longer_counts(folder: Path, search: Run) -> None:
    write_searches(folder, on_pubmed(BROKEN_PHRASE))
    assert search("--accept")[0] == ExitCode.DONE
    with open_review(folder, Environment(), print) as review, review.store.write() as transaction:
        (accepted,) = event_rows.events(transaction, kinds=[EventKind.STRATEGY])
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, accepted.id)])
    assert search()[1]["runs"][0]["status"] == "refused"


def test_warnings_are_kept_with_the_run_and_do_not_stop_it(folder: Path, search: Run) -> None:
    write_searches(folder, on_pubmed("kites[tiab] OR xyzzyplugh[tiab] OR ki*[tiab]"))
    code, said, err = search()
    (run,) = said["runs"]
    assert (code, run["status"]) == (ExitCode.DONE, "complete")
    assert [
        word for word in ("at least 4 characters", "does not know “xyzzyplugh”") if word not in "\n".join(run["warnings"])
    ] == []
    assert "at least 4 characters" in err


def test_a_translation_that_drifted_is_told_at_the_next_run_of_the_same_strategy(
    folder: Path, search: Run, pubmed: Retranslating
) -> None:
    write_searches(folder, on_pubmed("kites[tiab]"))
    assert search()[1]["runs"][0]["warnings"] == []
    pubmed.addition = ' OR "toys"[MeSH Terms]'
    (run,) = search()[1]["runs"]
    assert run["status"] == "complete"
    assert any('otherwise than at the last run: with "toys"[MeSH Terms]' in warning for warning in run["warnings"])
    assert search()[1]["runs"][0]["warnings"] == []


def test_a_search_that_finds_nothing_says_so_loudly_and_is_no_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_searches(folder, on_pubmed("children[tiab] AND animals[tiab]"))
    assert run_command(["-C", str(folder), "search", "--quiet"]) == ExitCode.DONE
    assert "WARNING: this search found nothing at all" in capsys.readouterr().out


def test_the_register_is_guarded_in_its_own_language(folder: Path, search: Run, ctgov: CtgovStandIn) -> None:
    write_searches(folder, {"name": "trials", "source": "ClinicalTrials.gov", "query.term": ["kites", "#1 AND AREA[Fase]PHASE3"]})
    code, said, _ = search()
    assert (code, said["runs"][0]["status"]) == (ExitCode.FAILED, "refused")
    assert "did you mean AREA[Phase]?" in said["runs"][0]["warnings"][-1]
    assert ctgov.requests == []


def test_hits_are_counted_per_line_with_one_request_each_and_kept_for_the_appendix(
    folder: Path, search: Run, pubmed: PubmedStandIn, ctgov: CtgovStandIn
) -> None:
    trials = {"name": "trials", "source": "ClinicalTrials.gov", "query.term": ["kites", "aspirin", "#1 AND #2"]}
    write_searches(folder, on_pubmed(LINES), trials)
    code, said, _ = search("--count")
    found = {one["search"]: (one["count"], [(line["line"], line["count"]) for line in one["lines"]]) for one in said["searches"]}
    assert code == ExitCode.DONE
    assert found == {"kites": (1, [(1, 3), (2, 3), (3, 1), (4, 1)]), "trials": (1, [(1, 2), (2, 1), (3, 1)])}
    assert said["searches"][0]["lines"][3]["text"] == LINES[3]
    assert (len(pubmed.requests), len(ctgov.requests)) == (4, 3)
    assert [(event["act"], event["count"], len(event["lines"])) for event in strategy_events(folder)] == [
        ("counted", 1, 4),
        ("counted", 1, 3),
    ]
    assert keys(folder) == set()


def test_a_line_that_the_service_refuses_has_no_count_rather_than_none_found(folder: Path, search: Run) -> None:
    write_searches(folder, on_pubmed(["kites[tiab]", "(aspirin[tiab]", "#1 OR #1"]))
    code, said, _ = search("--count")
    (one,) = said["searches"]
    assert (code, [line["count"] for line in one["lines"]], one["count"]) == (ExitCode.FAILED, [3, None, 3], 3)
    assert any(warning.startswith("line 2: ") and "never closed" in warning for warning in one["warnings"])


def test_known_records_are_found_or_missed_with_the_lines_that_lose_them(
    folder: Path, search: Run, pubmed: PubmedStandIn, tmp_path: Path
) -> None:
    trials = {"name": "trials", "source": "ClinicalTrials.gov", "query.term": ["kites", "aspirin", "#1 AND #2"]}
    write_searches(folder, on_pubmed(LINES), trials)
    known = tmp_path / "known.txt"
    known.write_text("101\n102, 103\nPMID: 104\n105\n99999\nNCT00000001 NCT00000102 NCT99999999\n", encoding="utf-8")
    code, said, _ = search("--known", str(known))
    kites, register = said["searches"]
    assert (code, kites["found"], register["found"]) == (ExitCode.DONE, ["101"], ["NCT00000001"])
    assert {missed["id"]: missed["lost_by"] for missed in kites["missed"]} == {
        "102": [2],
        "103": [1],
        "104": [3],
        "105": [1, 2],
        "99999": [],
    }
    assert [missed["id"] for missed in kites["missed"] if not missed["in_source"]] == ["99999"]
    assert {missed["id"]: missed["lost_by"] for missed in register["missed"]} == {"NCT00000102": [2], "NCT99999999": []}
    assert len(pubmed.requests) <= 2 + 3 + 1
    assert [event["act"] for event in strategy_events(folder)] == ["known", "known"]
    assert keys(folder) == set()


def test_a_file_without_numbers_is_refused_in_a_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_searches(folder, on_pubmed("kites[tiab]"))
    (tmp_path / "empty.txt").write_text("published in 2019, pages 12-34\n", encoding="utf-8")
    assert run_command(["-C", str(folder), "search", "--known", str(tmp_path / "empty.txt")]) == ExitCode.FAILED
    assert "holds no PMID and no NCT number" in capsys.readouterr().err


@pytest.mark.parametrize("options", [("--count", "--replay"), ("--count", "--accept"), ("--replay", "--quiet")])
def test_testing_a_strategy_goes_with_nothing_that_runs_it(folder: Path, options: tuple[str, str]) -> None:
    write_searches(folder, on_pubmed("kites[tiab]"))
    assert run_command(["-C", str(folder), "search", *options]) == ExitCode.USAGE


def test_people_read_hits_and_losses_as_lines(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_searches(folder, on_pubmed(LINES))
    (tmp_path / "known.txt").write_text("101\n102\n", encoding="utf-8")
    run_command(["-C", str(folder), "search", "--count"])
    assert "    2  3  aspirin[tiab]\n" in capsys.readouterr().out
    run_command(["-C", str(folder), "search", "--known", str(tmp_path / "known.txt")])
    assert capsys.readouterr().out == (
        "kites (PubMed): finds 1 of 2 known records\n  misses 102: lost by line 2: aspirin[tiab]\n"
    )


def test_a_wrong_strategy_leaves_the_rest_of_the_review_usable(make_review: Callable[..., Review]) -> None:
    review = make_review(pubmed="1. a\n2. #7")
    assert run_command(["-C", str(review.folder), "status"]) == ExitCode.DONE
