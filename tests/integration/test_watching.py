"""Watching a living review: what is new is told once, retractions are asked for by number, and the exit code says which."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from faults import Fault, FaultPlan
from quick_services import quick_europepmc, quick_transport
from standin_crossref import CrossrefStandIn
from standin_europepmc import EuropePmcStandIn
from standin_pubmed import PubmedStandIn

from prisma_tool.cli.main import run as run_command
from prisma_tool.identify.run import services as services_module
from prisma_tool.identify.run.services import Services
from prisma_tool.manuscript.methods.read import read_methods
from prisma_tool.manuscript.methods.text import sentences
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.sources.crossref_updates import CrossrefUpdates
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.store.records import records

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


def test_a_search_that_fails_wins(bench: WatchBench) -> None:
    bench.europepmc.faults = FaultPlan.always(Fault.SERVER_ERROR)
    code, told = bench.watch()
    assert (code, told["searches"][0]["status"]) == (3, "incomplete")


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
