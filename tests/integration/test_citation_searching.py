"""Citation searching by the command: from seeds to what they cite and what cites them, joined over indexes, resumable, and counted apart."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from faults import Fault, FaultPlan
from invented_citations import doi, of_crossref, of_europepmc, of_openalex
from quick_services import quick_europepmc, quick_transport
from service import Answer, Request, StandIn
from standin_crossref import CrossrefStandIn
from standin_europepmc import EuropePmcStandIn
from standin_openalex import OpenAlexStandIn

from prisma_tool.cli.main import run as run_command
from prisma_tool.errors import ExitCode
from prisma_tool.flow.read import read_flow
from prisma_tool.identify.run import services as services_module
from prisma_tool.manuscript.methods.read import read_methods
from prisma_tool.manuscript.methods.text import sentences
from prisma_tool.manuscript.search_appendix.read import read_appendix
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.queue import read_queue
from prisma_tool.sources.citations.crossref import Crossref
from prisma_tool.sources.citations.europepmc import EuropePmcCitations
from prisma_tool.sources.citations.openalex import OpenAlex
from prisma_tool.store.records import record_events, records
from prisma_tool.store.runs import reruns, runs

SEEDS = ("embase:1", "embase:2")
CITED = {f"citation-indexes:{99000000 + number}" for number in (11, 12, 13)}
CITING = {f"citation-indexes:{99000000 + number}" for number in (21, 22, 23)}


@dataclass
class CitationBench:
    """A review with two included reports, the stand-ins of the indexes, and the command."""

    review: Review
    europepmc: EuropePmcStandIn
    openalex: OpenAlexStandIn
    crossref: CrossrefStandIn
    capsys: pytest.CaptureFixture[str]
    openalex_key: str = "invented-key"

    @property
    def servers(self) -> tuple[StandIn, ...]:
        return self.europepmc, self.openalex, self.crossref

    def cite(self, *words: str) -> tuple[int, dict[str, Any]]:
        self.capsys.readouterr()
        code = run_command(["-C", str(self.review.folder), "cite", *words, "--json"])
        return code, json.loads(self.capsys.readouterr().out)

    def keys(self) -> set[str]:
        with self.review.store.read() as transaction:
            return {one.key for one in records.all_records(transaction) if one.key.startswith("citation-indexes:")}

    def record(self, number: int) -> Citation:
        key = f"citation-indexes:{99000000 + number}"
        with self.review.store.read() as transaction:
            return records.records_by_key(transaction, [key])[key].citation

    def led(self) -> dict[str, tuple[str, ...]]:
        with self.review.store.read() as transaction:
            return record_events.found_in(transaction)

    def vote(self, verdict: str, *keys: str, stage: Stage = Stage.TITLE_ABSTRACT) -> None:
        vote(self.review, verdict, *keys, stage=stage)


def vote(review: Review, verdict: str, *keys: str, stage: Stage = Stage.TITLE_ABSTRACT) -> None:
    decide(review, [Decision(key, stage, "Ada", Verdict(verdict), "") for key in keys])


def filled(review: Review) -> None:
    """Two reports that are included."""
    with review.store.write() as transaction:
        source = runs.register_source(transaction, "Embase", SourceKind.DATABASE)
        run = runs.begin_run(transaction, source.slug)
        deliveries = [
            records.Delivery(
                "embase", str(number), Citation(title=f"Seed {number}", doi=doi(number), pmid=f"{99000000 + number}")
            )
            for number in (1, 2)
        ]
        records.store_batch(transaction, run.id, deliveries)
    for stage in (Stage.TITLE_ABSTRACT, Stage.FULL_TEXT):
        vote(review, "include", *SEEDS, stage=stage)


@pytest.fixture
def bench(
    make_review: Callable[..., Review], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[CitationBench]:
    review = make_review(once=filled)
    results, references = of_europepmc()
    with ExitStack() as stack:
        session = stack.enter_context(requests.Session())
        bench = CitationBench(
            review,
            stack.enter_context(EuropePmcStandIn(results, references=references)),
            stack.enter_context(OpenAlexStandIn(of_openalex())),
            stack.enter_context(CrossrefStandIn(of_crossref())),
            capsys,
        )

        def indexes(environment: object, names: Collection[str] = ()) -> dict[str, Any]:
            line = quick_transport("an index", session)
            with_key = {"openalex": OpenAlex(line, bench.openalex.url, bench.openalex_key)} if bench.openalex_key else {}
            crossref = Crossref(line, bench.crossref.url)
            return {"europepmc": EuropePmcCitations(quick_europepmc(bench.europepmc.url)), **with_key, "crossref": crossref}

        monkeypatch.setattr(services_module, "citation_indexes", indexes)
        yield bench


@pytest.mark.parametrize("index", ["europepmc", "openalex"])
def test_the_included_reports_lead_to_what_they_cite_and_what_cites_them(bench: CitationBench, index: str) -> None:
    code, report = bench.cite("--index", index)
    assert (code, report["status"], report["seeds"], report["works"], report["new"]) == (ExitCode.DONE, "complete", 2, 6, 6)
    assert bench.keys() == CITED | CITING
    assert report["per_seed"] == {
        "embase:1": {"backward": 2, "forward": 2},
        "embase:2": {"backward": 2, "forward": 2},
    }
    assert bench.led()["citation-indexes:99000012"] == SEEDS
    assert bench.led()["citation-indexes:99000021"] == ("embase:1",)


@pytest.mark.parametrize(("option", "expected"), [("--backward", CITED), ("--forward", CITING)])
def test_one_direction_can_be_asked_for(bench: CitationBench, option: str, expected: set[str]) -> None:
    bench.cite(option, "--index", "europepmc", "--index", "openalex")
    assert bench.keys() == expected


def test_a_seed_can_be_named_whatever_became_of_it(bench: CitationBench) -> None:
    _, report = bench.cite("--from", "embase:2", "--index", "europepmc")
    assert (report["seeds"], bench.keys()) == (1, {f"citation-indexes:{99000000 + one}" for one in (12, 13, 22, 23)})


def test_indexes_complete_each_other_and_each_work_is_stored_once(bench: CitationBench) -> None:
    bench.europepmc.serve(of_europepmc(13, 23)[0])
    bench.openalex.serve(of_openalex(11, 21))
    code, report = bench.cite("--index", "europepmc", "--index", "openalex")
    assert (code, report["works"], bench.keys()) == (ExitCode.DONE, 6, CITED | CITING)
    # The index that has the abstract gives it, whichever was asked first.
    assert {bench.record(number).abstract_text for number in (12, 22)} == {"Abstract of 12.", "Abstract of 22."}


def test_works_without_pmids_in_one_index_are_joined_by_their_dois(bench: CitationBench) -> None:
    bench.openalex.serve(of_openalex(pmids=False))
    _, report = bench.cite("--index", "europepmc", "--index", "openalex")
    assert (report["works"], bench.keys()) == (6, CITED | CITING)


def test_crossref_gives_references_and_the_words_of_those_that_have_no_doi(bench: CitationBench) -> None:
    code, report = bench.cite("--index", "crossref")
    assert (code, report["works"]) == (ExitCode.DONE, 4)
    with bench.review.store.read() as transaction:
        titles = {one.citation.title for one in records.all_records(transaction) if one.key.startswith("citation-indexes:")}
    assert "Moreau A. A book about kites. Lyon: Invented Press; 1999." in titles
    assert "Crossref was searched backward only." in report["warnings"]


def test_seeds_that_an_index_does_not_know_are_listed(bench: CitationBench) -> None:
    bench.europepmc.serve(of_europepmc(2)[0])
    _, report = bench.cite("--index", "europepmc")
    assert report["unknown_seeds"] == {"Europe PMC": ["embase:2"]}
    assert "Europe PMC does not know 1 of the seeds: embase:2." in report["warnings"]


def test_a_seed_that_openalex_has_without_its_doi_is_found_by_its_pmid(bench: CitationBench) -> None:
    works = of_openalex()
    bench.openalex.serve([{**work, "doi": None} if work["id"].endswith("/W2") else work for work in works])
    _, report = bench.cite("--backward", "--index", "openalex")
    assert (report["unknown_seeds"], report["works"]) == ({}, 3)
    # The second question is asked for the sake of the one seed that the first did not find.
    assert [request.params["filter"] for request in bench.openalex.requests[:2]] == [f"doi:{doi(1)}|{doi(2)}", "pmid:99000002"]


def test_without_a_key_openalex_is_left_out_with_a_sentence_and_the_others_go_on(bench: CitationBench) -> None:
    bench.openalex_key = ""
    bench.capsys.readouterr()
    assert run_command(["-C", str(bench.review.folder), "cite"]) == ExitCode.DONE
    printed = bench.capsys.readouterr()
    assert "OPENALEX_API_KEY" in printed.err
    assert "in Europe PMC, Crossref: complete" in printed.out
    assert run_command(["-C", str(bench.review.folder), "cite", "--index", "openalex"]) == ExitCode.FAILED


def test_a_key_that_is_refused_is_never_shown(bench: CitationBench) -> None:
    bench.openalex.key = "another"
    code, report = bench.cite("--index", "openalex")
    assert (code, report["status"]) == (ExitCode.FAILED, "failed")
    assert "OPENALEX_API_KEY" in report["warnings"][0]
    assert "invented-key" not in json.dumps(report)


def test_a_budget_that_is_used_up_leaves_the_search_unfinished_and_the_same_command_goes_on(bench: CitationBench) -> None:
    bench.openalex.budget = 1
    code, report = bench.cite("--index", "europepmc", "--index", "openalex")
    assert (code, report["status"], bench.keys()) == (ExitCode.INCOMPLETE, "incomplete", set())
    assert any("budget for this key is used up" in warning for warning in report["warnings"])
    bench.capsys.readouterr()
    assert run_command(["-C", str(bench.review.folder), "status"]) == ExitCode.DONE
    assert "run `prisma-tool cite --index europepmc --index openalex` again" in bench.capsys.readouterr().out
    asked, first = len(bench.europepmc.requests), report["run"]
    bench.openalex.budget = None
    code, report = bench.cite("--index", "europepmc", "--index", "openalex")
    assert (code, report["run"], report["works"]) == (ExitCode.DONE, first, 6)
    assert len(bench.europepmc.requests) == asked


def test_an_unfinished_search_that_another_question_leaves_behind_is_named_and_one_that_asks_all_of_it_is_silent(
    bench: CitationBench,
) -> None:
    bench.openalex.budget = 1
    bench.cite("--backward", "--index", "openalex")
    bench.openalex.budget = None
    left = (
        "The citation search before this one was not finished, and this one does not ask the same: "
        "`prisma-tool cite --backward --index openalex` asks it again."
    )
    assert left in bench.cite("--backward", "--index", "europepmc")[1]["warnings"]
    bench.openalex.budget = 1
    bench.cite("--backward", "--index", "openalex")
    bench.openalex.budget = None
    assert left not in bench.cite("--index", "openalex")[1]["warnings"]


def test_a_merged_work_is_followed_to_the_one_that_took_its_place(bench: CitationBench) -> None:
    works = of_openalex(13)
    bench.openalex.merged = {"W13": "W14"}
    bench.openalex.serve(
        [*works, {**works[0], "id": "https://openalex.org/W14", "doi": None, "ids": {}, "display_name": "Merged work"}]
    )
    _, report = bench.cite("--backward", "--index", "openalex")
    assert (report["works"], report["undelivered"]) == (3, [])


def test_a_work_that_an_index_names_and_does_not_give_is_listed(bench: CitationBench) -> None:
    bench.openalex.serve(of_openalex(13))
    code, report = bench.cite("--backward", "--index", "openalex")
    assert (code, report["works"], report["undelivered"]) == (ExitCode.DONE, 2, ["OpenAlex W13"])


def test_what_is_known_already_is_counted_so_and_a_rerun_finds_only_what_is_new(bench: CitationBench) -> None:
    bench.cite("--index", "europepmc")
    results, references = of_europepmc()
    bench.europepmc.references = {**references, "99000024_MED": ["99000001_MED"]}
    bench.europepmc.serve([*results, {"id": "99000024", "source": "MED", "pmid": "99000024", "title": "A later work on kites"}])
    _, report = bench.cite("--index", "europepmc")
    assert (report["works"], report["new"], report["known"]) == (7, 1, 6)
    _, report = bench.cite("--index", "europepmc", "--index", "openalex")
    assert (report["works"], report["new"], bench.keys()) == (7, 0, CITED | CITING | {"citation-indexes:99000024"})


def test_a_title_that_another_index_has_without_its_subtitle_is_no_change(bench: CitationBench) -> None:
    works = of_openalex()
    for work in works:
        work["display_name"] += ": a second look"
    bench.openalex.serve(works)
    bench.cite("--backward", "--index", "openalex")
    before = bench.record(12).title
    _, report = bench.cite("--backward", "--index", "europepmc")
    with bench.review.store.read() as transaction:
        changed = reruns.kinds_of_change(transaction).get(report["run"], {})
    assert before.endswith(": a second look")
    assert (bench.record(12).title, "title changed" in changed) == (before, False)


def test_a_reference_without_any_number_is_known_by_its_words(bench: CitationBench) -> None:
    _, report = bench.cite("--index", "crossref")
    assert (report["works"], report["new"], report["known"]) == (4, 4, 0)
    _, report = bench.cite("--index", "crossref")
    assert (report["works"], report["new"], report["known"]) == (4, 0, 4)


def test_a_second_round_goes_on_from_what_the_first_found(bench: CitationBench) -> None:
    _, report = bench.cite("--forward", "--index", "europepmc", "--rounds", "2")
    assert bench.keys() == CITING | {"citation-indexes:99000031"}
    assert report["per_seed"]["citation-indexes:99000021"] == {"forward": 1}


def test_a_quarter_of_the_requests_failing_changes_nothing(bench: CitationBench) -> None:
    for seed, server in enumerate(bench.servers):
        server.faults = FaultPlan.rate(0.25, seed=seed)
    code: int = ExitCode.INCOMPLETE
    for _ in range(6):
        code, report = bench.cite()
        if code == ExitCode.DONE:
            break
    assert (code, report["works"], bench.keys() >= CITED | CITING) == (ExitCode.DONE, 7, True)


def test_an_index_that_fails_for_good_keeps_nothing_of_the_others_from_being_asked(bench: CitationBench) -> None:
    bench.europepmc.faults = FaultPlan.always(Fault.HTML_IN_200)
    code, report = bench.cite()
    assert (code, report["status"]) == (ExitCode.INCOMPLETE, "incomplete")
    assert bench.crossref.requests
    assert bench.openalex.requests


def test_seeds_travel_in_batches_where_the_interface_has_them(bench: CitationBench) -> None:
    bench.cite("--index", "openalex")
    bench.cite("--index", "crossref")
    # Seeds with their references, what cites them, and the works that are cited; of Crossref seeds and works.
    assert (len(bench.openalex.requests), len(bench.crossref.requests)) == (3, 2)


def test_works_are_screened_on_title_and_abstract_before_they_are_sought(bench: CitationBench) -> None:
    bench.cite("--index", "europepmc")
    assert run_command(["-C", str(bench.review.folder), "dedupe"]) == ExitCode.DONE
    with bench.review.store.read() as transaction:
        assert set(read_queue(transaction, Stage.TITLE_ABSTRACT, "Ada").keys) >= CITED | CITING
    flow = read_flow(bench.review)
    assert flow.citations_results is not None
    assert flow.other_sought_reports is not None
    assert (flow.citations_results.n, flow.other_sought_reports.n, flow.pending.title_abstract.n) == (6, 0, 6)
    first, second, *others = sorted(CITED | CITING)
    bench.vote("include", first)
    bench.vote("exclude", second, *others)
    flow = read_flow(bench.review)
    assert flow.citations_results is not None
    assert flow.other_sought_reports is not None
    assert (flow.citations_results.n, flow.other_sought_reports.records) == (6, (first,))
    assert any("6 reports so far, of which 5 were excluded there" in note for note in flow.footnotes)
    told = sentences(read_methods(bench.review))
    assert any(one.startswith("Titles and abstracts of 8 records were screened") for one in told), (
        "2 of Embase and 6 of the indexes"
    )
    assert (
        "Among these records, 6 were found by citation searching alone and screened before being sought; 5 of them were excluded."
        in told
    )
    with bench.review.store.read() as transaction:
        assert read_queue(transaction, Stage.FULL_TEXT, "Ada").keys[-1] == first


def test_a_work_that_a_database_has_too_is_not_sought_again(bench: CitationBench) -> None:
    with bench.review.store.write() as transaction:
        run = runs.begin_run(transaction, "embase")
        records.store_batch(
            transaction,
            run.id,
            [records.Delivery("embase", "9", Citation(title="Invented work 12 of 12 on kites", pmid="99000012"))],
        )
    _, report = bench.cite("--index", "europepmc")
    assert (report["works"], report["known"]) == (6, 1)
    assert run_command(["-C", str(bench.review.folder), "dedupe"]) == ExitCode.DONE
    flow = read_flow(bench.review)
    assert flow.citations_results is not None
    assert flow.citations_results.n == 6
    (search,) = (one for one in read_appendix(bench.review).searches if one.is_citation)
    assert [(run.reported, run.stored, run.new, run.seen) for run in search.runs] == [(6, 6, 5, 1)], "as cite itself counts"
    assert any("1 record from other methods" in note and "not sought again" in note for note in flow.footnotes)


def test_the_appendix_reports_the_search_with_seeds_indexes_and_days(bench: CitationBench, tmp_path: Any) -> None:
    bench.europepmc.serve(of_europepmc(2)[0])
    bench.cite("--index", "europepmc")
    target = tmp_path / "appendix.md"
    assert run_command(["-C", str(bench.review.folder), "report", "search", "-o", str(target)]) == ExitCode.DONE
    text = target.read_text(encoding="utf-8")
    assert "# Citation searching (PRISMA-S item 5)" in text
    assert re.search(r"Backward and forward citation searching from 2 seed references, run on \d+ \w+ \d{4}\.", text)
    assert "whether cited or citing references were searched" not in text
    assert "Indexes: Europe PMC" in text
    assert "by the strategy" not in text, "seeds are no strategy"
    assert "| 5 | Citation searching | Backward and forward citation searching from 2 seed references" in text
    assert "Europe PMC does not know 1 of the seeds: embase:2." in text
    facts = read_methods(bench.review)
    told = [re.sub(r"on \d+ \w+ \d{4}", "on TODAY", one) for one in sentences(facts) if "citation search" in one]
    expected = "Backward and forward citation searching was done in Europe PMC on TODAY from 2 seed references, and led to "
    assert any(one.startswith(expected) for one in told), told
    assert any(re.fullmatch(r"\d+ records? w\w+ identified by citation searching\.", one) for one in told), told


def test_a_search_from_other_seeds_is_no_rerun_and_one_that_asks_as_much_is(bench: CitationBench) -> None:
    def told() -> tuple[str, list[str]]:
        path = bench.review.folder / "appendix.md"
        assert run_command(["-C", str(bench.review.folder), "report", "search", "-o", str(path)]) == ExitCode.DONE
        methods = [re.sub(r"\d+ \w+ \d{4}", "TODAY", one) for one in sentences(read_methods(bench.review))]
        return path.read_text(encoding="utf-8"), [one for one in methods if "citation searching was" in one or "run again" in one]

    bench.cite("--from", "embase:1", "--index", "europepmc")
    bench.cite("--from", "embase:2", "--index", "europepmc")
    text, methods = told()
    assert "No rerun of a search is recorded here." in text
    assert "Citation searches of 2 wordings were run, the last: Backward and forward" in text
    assert [("from 1 seed reference" in one, "run again" in one) for one in methods] == [(True, False), (True, False)]
    bench.cite("--from", "embase:1", "--from", "embase:2")
    text, methods = told()
    assert "citation searching was rerun on" in text
    assert re.search(r"\| citation searching \| [^|]+ \| 1 \| 6 \| 0 \| not compared \|", text)
    again = "It was run again in Europe PMC, OpenAlex and Crossref on TODAY from 2 seed references, and led to 7 works"
    assert any(one.startswith(again) for one in methods), methods


def test_there_is_a_sentence_where_no_report_is_included_yet(bench: CitationBench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.vote("exclude", *SEEDS)
    assert run_command(["-C", str(bench.review.folder), "cite"]) == ExitCode.USAGE
    assert "no report is included" in capsys.readouterr().err


def test_crossref_alone_cannot_be_asked_what_cites_a_work(bench: CitationBench, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["-C", str(bench.review.folder), "cite", "--forward", "--index", "crossref"]) == ExitCode.USAGE
    assert "does not say what cites a work" in capsys.readouterr().err


@pytest.mark.posix
def test_a_search_that_was_killed_comes_to_the_same_end_and_asks_nothing_twice(bench: CitationBench) -> None:
    answer = bench.europepmc.answer
    killed: list[int] = []

    def answer_or_kill(request: Request) -> Answer:
        if request.number == 4 and not killed:
            killed.append(process.pid)
            process.kill()
        return answer(request)

    bench.europepmc.answer = answer_or_kill  # type: ignore[method-assign]
    command = [sys.executable, "-m", "prisma_tool", "-C", str(bench.review.folder), "cite", "--index", "europepmc"]
    surroundings = {**os.environ, "PRISMA_TOOL_EUROPEPMC_URL": bench.europepmc.url}
    with subprocess.Popen(command, env=surroundings, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        assert process.wait(60) == -signal.SIGKILL
    assert bench.keys() == set()
    code, report = bench.cite("--index", "europepmc")
    assert (code, report["works"], bench.keys()) == (ExitCode.DONE, 6, CITED | CITING)
    # One question for the seeds, two for each direction of two seeds, one for the works; only the one that was cut off is asked again.
    assert len(bench.europepmc.requests) == 1 + 4 + 1 + 1
