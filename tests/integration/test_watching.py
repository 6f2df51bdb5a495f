"""Watching a living review: what is new is told once, retractions are asked for by number, and the exit code says which."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from faults import Fault, FaultPlan
from invented_citations import of_europepmc, of_openalex
from quick_services import quick_europepmc, quick_transport
from standin_crossref import CrossrefStandIn
from standin_europepmc import EuropePmcStandIn
from standin_openalex import OpenAlexStandIn
from standin_pubmed import PubmedStandIn

from prisma_tool.cli.main import run as run_command
from prisma_tool.identify.run import services as services_module
from prisma_tool.identify.run.services import Services
from prisma_tool.manuscript.document.blocks import Points
from prisma_tool.manuscript.methods.read import read_methods
from prisma_tool.manuscript.methods.text import sentences
from prisma_tool.manuscript.watch_digest import digest
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.sources.citations.crossref import Crossref
from prisma_tool.sources.citations.europepmc import EuropePmcCitations
from prisma_tool.sources.citations.openalex import OpenAlex
from prisma_tool.sources.crossref_updates import CrossrefUpdates
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs
from prisma_tool.updates.changes_since_decision import ChangeSinceDecision
from prisma_tool.updates.watching import watch
from prisma_tool.updates.watching.retractions import RetractionCheck
from prisma_tool.updates.watching.watch import WatchReport

DAY = datetime(2026, 2, 3, tzinfo=UTC)
SEARCH = '[[search]]\nname = "living"\nsource = "Europe PMC"\nquery = \'TITLE:leukemia\'\n\n'
PLAN = '[living]\nsteps = "screened within two weeks"\nretirement = "when the trials that are registered now have ended"\n'
SCHEDULE = '[living.schedule]\n"Europe PMC" = "every month"\n'


def result(number: int) -> dict[str, Any]:
    title = f"A trial of leukemia and something else, part {number} of many"
    return {
        "id": str(number),
        "source": "MED",
        "pmid": str(number),
        "doi": f"10.5555/{number}",
        "title": title,
        "pubYear": "2020",
    }


class WatchBench:
    """A review with a search, stand-ins of the services, and the command."""

    def __init__(self, review: Review, capsys: pytest.CaptureFixture[str], stack: ExitStack) -> None:
        self.review, self.capsys = review, capsys
        self.session = stack.enter_context(requests.Session())
        self.europepmc = stack.enter_context(EuropePmcStandIn([result(1), result(2)]))
        self.pubmed = stack.enter_context(PubmedStandIn({}, rate_limited=False))
        self.crossref = stack.enter_context(CrossrefStandIn([]))
        results, references = of_europepmc()
        self.cited = stack.enter_context(EuropePmcStandIn(results, references=references))
        self.openalex = stack.enter_context(OpenAlexStandIn(of_openalex()))
        self.openalex_key = "invented-key"

    def indexes(self, environment: object, names: Collection[str] = ()) -> dict[str, Any]:
        line = quick_transport("an index", self.session)
        with_key = {"openalex": OpenAlex(line, self.openalex.url, self.openalex_key)} if self.openalex_key else {}
        return {
            "europepmc": EuropePmcCitations(quick_europepmc(self.cited.url)),
            **with_key,
            "crossref": Crossref(line, self.crossref.url),
        }

    def include(self, *numbers: int) -> None:
        """Seeds of the invented graph, included."""
        with self.review.store.write() as transaction:
            source = runs.register_source(transaction, "Embase", SourceKind.DATABASE)
            run = runs.begin_run(transaction, source.slug)
            contents = [Citation(title=f"Seed {n}", pmid=f"{99000000 + n}") for n in numbers]
            records.store_batch(
                transaction, run.id, [records.Delivery("embase", str(n), one) for n, one in zip(numbers, contents, strict=True)]
            )
        keys = [f"embase:{number}" for number in numbers]
        for stage in Stage:
            decide(self.review, [Decision(key, stage, "Ada", Verdict.INCLUDE) for key in keys])

    def cite(self, *words: str) -> int:
        return run_command(["-C", str(self.review.folder), "cite", *words])

    def later(self, number: int, cites: int) -> None:
        """A work that cites a seed comes out, and Europe PMC has it."""
        results, references = of_europepmc()
        own, cited = f"{99000000 + number}", f"{99000000 + cites}"
        self.cited.references = {**references, f"{own}_MED": [f"{cited}_MED"]}
        self.cited.serve([*results, {"id": own, "source": "MED", "pmid": own, "title": f"A later work {number} on kites"}])

    def services(self, environment: object) -> Services:
        line = quick_transport("a service", self.session)
        europepmc = quick_europepmc(self.europepmc.url)
        return Services(PubMed(line, self.pubmed.url), ClinicalTrials(line, "http://127.0.0.1:9"), europepmc, lambda: 0.0)

    def updates(self, environment: object) -> CrossrefUpdates:
        return CrossrefUpdates(quick_transport("Crossref", self.session), self.crossref.url)

    def watch(self, *words: str) -> tuple[int, dict[str, Any]]:
        self.capsys.readouterr()
        code = run_command(["-C", str(self.review.folder), "watch", *words, "--json"])
        return code, json.loads(self.capsys.readouterr().out)

    def decide_all(self) -> None:
        with self.review.store.read() as transaction:
            keys = [record.key for record in records.all_records(transaction)]
        decide(self.review, [Decision(key, Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE) for key in keys])

    def retract(self, number: int) -> None:
        update = {"DOI": f"10.5555/{number}", "type": "retraction"}
        self.crossref.by_doi["10.5555/notice"] = {"DOI": "10.5555/notice", "update-to": [update]}


@pytest.fixture
def bench(
    make_review: Callable[..., Review], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[WatchBench]:
    review = make_review(toml_edits={"[screening]\n": f"{SEARCH}{PLAN}{SCHEDULE}\n[screening]\n"})
    with ExitStack() as stack:
        bench = WatchBench(review, capsys, stack)
        monkeypatch.setattr(services_module, "services", bench.services)
        monkeypatch.setattr(services_module, "crossref_updates", bench.updates)
        monkeypatch.setattr(services_module, "citation_indexes", bench.indexes)
        yield bench


def test_what_is_new_is_told_once(bench: WatchBench) -> None:
    code, told = bench.watch()
    assert (code, [one["key"] for one in told["new"]]) == (10, ["europe-pmc:1", "europe-pmc:2"])
    assert bench.watch()[0] == 0
    bench.europepmc.serve([result(1), result(2), result(3)])
    code, told = bench.watch()
    assert (code, [one["key"] for one in told["new"]]) == (10, ["europe-pmc:3"])


def test_a_retraction_of_what_was_decided_is_eleven_also_beside_something_new(bench: WatchBench) -> None:
    bench.watch()
    bench.decide_all()
    bench.retract(1)
    bench.europepmc.serve([result(1), result(2), result(3)])
    code, told = bench.watch()
    assert (code, len(told["new"])) == (11, 1)
    assert [(one["key"], one["kind"], one["after"]) for one in told["changed"]] == [
        ("europe-pmc:1", "retracted", "told by Crossref doi:10.5555/notice")
    ]
    assert told["retractions"]["asked"] == told["retractions"]["answered"] == {"PubMed": 2, "Crossref": 2}
    code, told = bench.watch()
    assert (code, told["changed"], len(told["waiting"])) == (0, [], 1)


def test_a_check_that_fails_wins_and_its_news_are_told_again(bench: WatchBench) -> None:
    bench.watch()
    bench.decide_all()
    bench.crossref.faults = FaultPlan.always(Fault.SERVER_ERROR)
    bench.europepmc.serve([result(1), result(2), result(3)])
    path = bench.review.folder / "digest.md"
    code, told = bench.watch("-o", str(path))
    assert (code, set(told["retractions"]["problems"]), len(told["new"])) == (3, {"Crossref"}, 1)
    assert (told["retractions"]["asked"]["Crossref"], told["retractions"]["answered"]) == (2, {"PubMed": 2, "Crossref": 0})
    digest = path.read_text(encoding="utf-8")
    assert "PubMed answered about 2 of 2 PMIDs and Crossref answered about 0 of 2 DOIs; 0 new notices." in digest
    assert "This is not all" in digest
    bench.crossref.faults = FaultPlan.none()
    code, told = bench.watch()
    assert (code, len(told["new"])) == (10, 1)


def test_quietly_nothing_is_printed_where_nothing_is_new_and_the_digest_is_written_all_the_same(bench: WatchBench) -> None:
    path = bench.review.folder / "digest.md"
    words = ["-C", str(bench.review.folder), "watch", "--quiet", "-o", str(path)]
    bench.capsys.readouterr()
    assert run_command(words) == 10
    told = bench.capsys.readouterr()
    assert ("Wrote" in told.err, told.out) == (True, path.read_text(encoding="utf-8"))
    path.unlink()
    assert run_command(words) == 0
    told = bench.capsys.readouterr()
    assert (told.out, told.err, path.exists()) == ("", "", True)


def test_a_search_that_fails_wins(bench: WatchBench) -> None:
    bench.europepmc.faults = FaultPlan.always(Fault.SERVER_ERROR)
    code, told = bench.watch()
    assert (code, told["searches"][0]["status"]) == (3, "incomplete")


def test_a_search_whose_package_is_gone_is_named_and_leaves_the_watch_incomplete(bench: WatchBench) -> None:
    toml = bench.review.folder / "review.toml"
    declared = '\n[[search]]\nname = "archive"\nsource = "Example Archive"\nstrategy = "cells"\n'
    toml.write_text(toml.read_text(encoding="utf-8") + declared, encoding="utf-8")
    with bench.review.store.write() as transaction:
        runs.register_source(transaction, "Example Archive", SourceKind.DATABASE)
    code, found = bench.watch()
    assert (code, found["unreachable"]) == (10, [])
    with bench.review.store.write() as transaction:
        runs.register_search(transaction, "archive", "example-archive")
        runs.begin_run(transaction, "example-archive", search="archive", file_name="cells.ris")
        runs.begin_run(transaction, "example-archive", search="archive", file_sha256="0" * 64)
    assert bench.watch()[1]["unreachable"] == []
    with bench.review.store.write() as transaction:
        runs.begin_run(transaction, "example-archive", search="archive")
    code, found = bench.watch()
    assert (code, found["unreachable"], found["unread"]) == (3, ["archive"], 1)
    assert run_command(["-C", str(bench.review.folder), "watch"]) == 3
    assert "archive: not run again: a package that is not installed now searched its source" in bench.capsys.readouterr().out
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watch, "added_source", lambda label: label)
        assert bench.watch()[1]["unreachable"] == []


def test_a_citation_search_is_run_again_and_a_later_work_is_new(bench: WatchBench) -> None:
    bench.include(1)
    bench.cite("--index", "europepmc")
    assert bench.watch()[0] == 10
    code, told = bench.watch()
    assert (code, told["citations"][0]["status"], told["citations"][0]["new"]) == (0, "complete", 0)
    bench.later(24, cites=1)
    code, told = bench.watch()
    assert (code, [one["key"] for one in told["new"]]) == (10, ["citation-indexes:99000024"])
    (again,) = told["citations"]
    assert (again["from"], again["indexes"], again["seeds"], again["seeds_added"]) == (["included"], ["Europe PMC"], 1, 0)
    assert (again["works"], again["new"], again["known"]) == (5, 1, 4)


def test_reports_that_were_included_since_are_seeds_where_the_search_went_out_from_the_included(bench: WatchBench) -> None:
    bench.include(1)
    bench.cite("--index", "europepmc")
    bench.include(2)
    path = bench.review.folder / "digest.md"
    _, told = bench.watch("-o", str(path))
    assert (told["citations"][0]["seeds"], told["citations"][0]["seeds_added"]) == (2, 1)
    digest = path.read_text(encoding="utf-8")
    row = "| 2 seeds (included), 1 of them for the first time | backward and forward | Europe PMC | complete | 6 | 2 | 4 |"
    assert row in digest.splitlines()
    assert bench.watch()[1]["citations"][0]["seeds_added"] == 0


def test_a_search_from_named_records_goes_out_from_them_again_whatever_was_included_since(bench: WatchBench) -> None:
    bench.include(1)
    bench.cite("--from", "embase:1", "--index", "europepmc", "--backward")
    bench.include(2)
    (again,) = bench.watch()[1]["citations"]
    assert (again["from"], again["directions"], again["seeds"]) == (["embase:1"], ["backward"], 1)


def test_searches_that_differ_in_their_seeds_are_asked_together(bench: WatchBench) -> None:
    bench.include(1, 2)
    bench.cite("--from", "embase:1", "--index", "openalex")
    alone = len(bench.openalex.requests)
    bench.cite("--from", "embase:2", "--index", "openalex")
    asked = len(bench.openalex.requests)
    (again,) = bench.watch()[1]["citations"]
    assert (again["from"], again["seeds"], len(bench.openalex.requests) - asked) == (["embase:1", "embase:2"], 2, alone)


def test_without_its_key_openalex_is_left_out_of_a_watch_with_a_sentence_and_the_others_go_on(bench: WatchBench) -> None:
    bench.include(1)
    bench.cite()
    bench.watch()
    bench.openalex_key = ""
    path = bench.review.folder / "digest.md"
    code, told = bench.watch("-o", str(path))
    assert (code, told["citations"][0]["indexes"]) == (0, ["Europe PMC", "Crossref"])
    assert "OpenAlex is left out: it wants a key, which is free." in path.read_text(encoding="utf-8")


def test_a_citation_search_that_only_openalex_can_do_fails_the_watch_without_its_key(bench: WatchBench) -> None:
    bench.include(1)
    bench.cite("--index", "openalex")
    bench.openalex_key = ""
    code, told = bench.watch()
    assert (code, told["citations"][0]["status"]) == (1, "not done")
    assert "OPENALEX_API_KEY" in told["citations"][0]["warnings"][0]
    assert told["searches"][0]["status"] == "complete"


def test_a_citation_search_that_an_index_leaves_unfinished_wins_and_the_next_watch_goes_on(bench: WatchBench) -> None:
    bench.include(1)
    bench.cite("--index", "europepmc")
    bench.watch()
    bench.later(24, cites=1)
    bench.cited.faults = FaultPlan.always(Fault.SERVER_ERROR)
    code, told = bench.watch()
    assert (code, told["citations"][0]["status"], told["new"]) == (3, "incomplete", [])
    bench.cited.faults = FaultPlan.none()
    code, told = bench.watch()
    assert (code, [one["key"] for one in told["new"]]) == (10, ["citation-indexes:99000024"])


def test_a_citation_search_that_was_left_unfinished_for_another_is_finished_by_a_watch(bench: WatchBench) -> None:
    bench.include(1)
    bench.cited.faults = FaultPlan.always(Fault.SERVER_ERROR)
    assert bench.cite("--backward", "--index", "europepmc") == 3
    bench.cited.faults = FaultPlan.none()
    assert bench.cite("--forward", "--index", "openalex") == 0
    _, told = bench.watch()
    assert [(one["directions"], one["indexes"], one["status"]) for one in told["citations"]] == [
        (["backward"], ["Europe PMC"], "complete"),
        (["forward"], ["OpenAlex"], "complete"),
    ]


def test_the_digest_names_the_record_that_changed_where_a_report_has_several() -> None:
    change = ChangeSinceDecision("pubmed:1", "pubmed:1", "title changed", "A", "B", DAY, "included", ())
    of_the_other = replace(change, key="embase:1", waiting=("Ada",))
    checked = RetractionCheck({}, {}, (), {})
    report = WatchReport(DAY, DAY, (), checked, (), (change, of_the_other), ())
    (points,) = (block for block in digest(report, "Kites").blocks if isinstance(block, Points))
    assert points.items == (
        "pubmed:1: title changed; B (before: A). It was included.",
        "embase:1 (shown as pubmed:1): title changed; B (before: A). It was included. Waits for Ada.",
    )


def test_a_set_that_nobody_is_in_any_more_is_said_and_no_failure(bench: WatchBench) -> None:
    bench.include(1)
    bench.cite("--index", "europepmc")
    bench.watch()
    decide(bench.review, [Decision("embase:1", Stage.TITLE_ABSTRACT, "Ada", Verdict.EXCLUDE)])
    code, told = bench.watch()
    assert (code, told["citations"][0]["status"]) == (0, "not done")
    assert told["citations"][0]["warnings"] == ["It has no seed any more: no report is in the set from which it goes out."]


def test_the_methods_tell_reruns_of_a_citation_search_together(bench: WatchBench) -> None:
    bench.include(1)
    bench.cite("--index", "europepmc")
    bench.watch()
    bench.include(2)
    bench.watch()
    said = [re.sub(r"on \d+ \w+ \d{4}", "on TODAY", one) for one in sentences(read_methods(bench.review))]
    assert (
        "Backward and forward citation searching was done in Europe PMC on TODAY from 1 seed reference, and led to 4 works."
        in said
    )
    assert (
        "It was run again 2 times, the last time on TODAY from 2 seed references, and led to 6 works; 4 were in the review already."
        in said
    )
    assert any("the citation searches, and the checks for retractions, were rerun together 2 times" in one for one in said)


def test_the_digest_and_the_methods_say_what_was_done(bench: WatchBench) -> None:
    path = bench.review.folder / "digest.md"
    bench.watch("-o", str(path))
    digest = path.read_text(encoding="utf-8")
    assert "2 reports new to screen, 0 changes about decided reports" in digest
    assert "europe-pmc:1 (Europe PMC): A trial of leukemia and something else, part 1 of many" in digest
    said = sentences(read_methods(bench.review))
    assert said[0] == (
        "The review is a living one; it was planned to search Europe PMC every month. The other steps: screened within two weeks. "
        "The living mode ends: when the trials that are registered now have ended."
    )
    assert said[1].startswith(
        "All searches of the protocol that are run from prisma-tool, and the checks for retractions, were rerun together once, on "
    )


def test_the_plan_of_a_living_review_is_checked(make_review: Callable[..., Review]) -> None:
    from prisma_tool.errors import ReviewError

    for wrong in ('[living]\nschedule = "monthly"\n', "[living]\nend = 'never'\n", "[living.schedule]\nPubMed = 3\n"):
        with pytest.raises(ReviewError, match="living"):
            make_review(toml_edits={"[screening]\n": f"{wrong}\n[screening]\n"}, name=f"review-{len(wrong)}")
