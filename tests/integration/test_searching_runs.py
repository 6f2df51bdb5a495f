"""Running searches from the stand-ins into a review: nothing lost, nothing counted twice, an unfinished run resumed."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from faults import Fault, FaultPlan
from quick_services import quick_europepmc
from serve import DEMO, ctgov_demo, demo_studies, pubmed_demo
from service import Answer, Request
from standin_ctgov import CtgovStandIn
from standin_pubmed import PubmedStandIn

from prisma_tool.errors import ExitCode
from prisma_tool.identify.run.progress import Narrator
from prisma_tool.identify.run.services import Services
from prisma_tool.identify.search.run import run_searches, selected_plans
from prisma_tool.identify.search.run_report import RunReport
from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review
from prisma_tool.sources import ctgov, pubmed
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.sources.transport import Throttle, Transport
from prisma_tool.store.engine.claims import claimed
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

QUERIES: Mapping[str, Any] = json.loads((DEMO / "queries.json").read_text(encoding="utf-8"))
ARTICLES, STUDIES = 412, 73
KEY = "0123456789abcdef0123456789abcdef0123"
MakeReview = Callable[..., Review]


class Withholding(PubmedStandIn):
    """Lists these articles but never delivers them."""

    withheld: frozenset[str] = frozenset()

    def answer(self, request: Request) -> Answer:
        if request.endpoint != "efetch.fcgi":
            return super().answer(request)
        asked = [pmid for pmid in request.params["id"].split(",") if pmid not in self.withheld]
        return super().answer(replace(request, params={**request.params, "id": ",".join(asked) or "999"}))


class Moving(PubmedStandIn):
    """Holds other articles as soon as the first request is answered."""

    later: Mapping[int, bytes]

    def answer(self, request: Request) -> Answer:
        said = super().answer(request)
        if request.number == 1:
            self.serve(self.later)
        return said


class Repeating(PubmedStandIn):
    """Lists its first article in the place of its last."""

    def answer(self, request: Request) -> Answer:
        said = super().answer(request)
        if request.endpoint != "esearch.fcgi":
            return said
        page = json.loads(said.body)
        ids = page["esearchresult"]["idlist"]
        page["esearchresult"]["idlist"] = [*ids[:-1], ids[0]]
        return replace(said, body=json.dumps(page).encode())


class Echoing(PubmedStandIn):
    """Repeats the key in every good answer, where it does no harm."""

    def answer(self, request: Request) -> Answer:
        said, key = super().answer(request), request.params["api_key"]
        if request.endpoint == "esearch.fcgi":
            return replace(said, body=json.dumps({"header": {"api-key": key}, **json.loads(said.body)}).encode())
        return replace(said, body=said.body + f"<!-- {key} -->".encode())


class Overstating(CtgovStandIn):
    """Counts more studies than it delivers."""

    surplus = 1

    def answer(self, request: Request) -> Answer:
        said = super().answer(request)
        page = json.loads(said.body)
        if "totalCount" not in page:
            return said
        return replace(said, body=json.dumps({**page, "totalCount": page["totalCount"] + self.surplus}).encode())


def hurry(seconds: float) -> None:
    """Sleeps not at all."""


class Desk:
    """A review and the two stand-ins that its searches ask, through clients that wait for nothing."""

    def __init__(self, stack: ExitStack, review: Review, pubmed_server: PubmedStandIn, ctgov_server: CtgovStandIn) -> None:
        self.review, self.pubmed, self.ctgov = review, stack.enter_context(pubmed_server), stack.enter_context(ctgov_server)
        self.session = stack.enter_context(requests.Session())
        self.told: list[str] = []

    def services(self, api_key: str = "") -> Services:
        lines = [
            Transport(name, self.session, Throttle(0.0, time.monotonic, hurry), time.monotonic, hurry)
            for name in ("PubMed", "CTgov")
        ]
        return Services(
            PubMed(lines[0], self.pubmed.url, api_key=api_key),
            ClinicalTrials(lines[1], self.ctgov.url),
            quick_europepmc(),
            time.monotonic,
        )

    def run(self, *names: str, api_key: str = "") -> list[RunReport]:
        plans = selected_plans(self.review.protocol, names)
        return list(run_searches(self.review, plans, self.services(api_key), Narrator(self.told.append)))

    def keys(self) -> set[str]:
        with self.review.store.read() as transaction:
            return {record.key for record in records.all_records(transaction)}

    def rows(self) -> list[runs.Run]:
        with self.review.store.read() as transaction:
            return runs.all_runs(transaction)


MakeDesk = Callable[..., Desk]


@pytest.fixture
def desk(make_review: MakeReview) -> Iterator[MakeDesk]:
    """Makes desks; without arguments, over the demo's corpus and with its two searches."""
    with ExitStack() as stack:

        def make(
            pubmed_server: PubmedStandIn | None = None,
            ctgov_server: CtgovStandIn | None = None,
            *,
            term: str = QUERIES["pubmed"],
            query: str = QUERIES["ctgov"]["query.term"],
        ) -> Desk:
            review = make_review(pubmed=term, ctgov=query)
            return Desk(stack, review, pubmed_server or pubmed_demo(rate_limited=False), ctgov_server or ctgov_demo())

        yield make


def article(pmid: int, title: str = "") -> bytes:
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><ArticleTitle>'
        f"{title or f'Invented report {pmid}'}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    ).encode()


def invented(*pmids: int) -> dict[int, bytes]:
    return {pmid: article(pmid) for pmid in pmids}


def unlimited(held: Mapping[int, bytes], kind: type[PubmedStandIn] = PubmedStandIn) -> Any:
    return kind(held, rate_limited=False)


def asked_ids(server: PubmedStandIn) -> Counter[str]:
    return Counter(
        pmid for request in server.requests if request.endpoint == "efetch.fcgi" for pmid in request.params["id"].split(",")
    )


def balances(report: RunReport) -> bool:
    return (
        report.reported == report.stored + len(report.undelivered)
        and report.fetched == report.new + report.seen + report.changed == report.stored
    )


def test_both_searches_store_all_that_is_reported(desk: MakeDesk) -> None:
    at = desk()
    articles, studies = at.run()
    assert (articles.status, articles.reported, articles.new, articles.undelivered) == (
        RunStatus.COMPLETE,
        ARTICLES,
        ARTICLES,
        (),
    )
    assert (studies.status, studies.reported, studies.new, studies.undelivered) == (RunStatus.COMPLETE, STUDIES, STUDIES, ())
    assert balances(articles)
    assert balances(studies)
    assert len(at.keys()) == ARTICLES + STUDIES
    assert (articles.query, articles.requests) == (QUERIES["pubmed"], 4)
    assert {row.service.get("dataTimestamp", "") for row in at.rows()} == {"", "2025-02-03T09:00:05"}
    assert [row.checkpoint for row in at.rows()] == [{}, {}]


def test_every_answer_is_kept_untouched_with_its_hash(desk: MakeDesk) -> None:
    at = desk()
    at.run()
    entries = [entry for row in at.rows() for entry in row.raw]
    bodies = [gzip.decompress((at.review.folder / entry["path"]).read_bytes()) for entry in entries]
    assert [hashlib.sha256(body).hexdigest() for body in bodies] == [entry["sha256"] for entry in entries]
    assert sum(body.count(b"<PubmedArticle>") + body.count(b"<PubmedBookArticle>") for body in bodies) == ARTICLES
    assert len(entries) == len({entry["path"] for entry in entries}) == 1 + 3 + 1


def test_a_rerun_finds_everything_seen_and_adds_nothing(desk: MakeDesk) -> None:
    at = desk()
    at.run()
    before = at.keys()
    again = at.run()
    assert [(report.new, report.seen, report.changed, report.vanished) for report in again] == [
        (0, ARTICLES, 0, 0),
        (0, STUDIES, 0, 0),
    ]
    assert at.keys() == before
    assert len(at.rows()) == 4


def test_a_rerun_tells_new_changed_and_vanished_records_apart(desk: MakeDesk) -> None:
    at = desk(unlimited(invented(1, 2, 3)), term="invented")
    at.run("pubmed")
    at.pubmed.serve({**invented(1, 4), 2: article(2, "Invented report 2, with an erratum")})
    (report,) = at.run("pubmed")
    assert (report.new, report.seen, report.changed, report.vanished) == (1, 1, 1, 1)
    assert at.rows()[-1].vanished == ("pubmed:3",)
    assert at.keys() == {f"pubmed:{number}" for number in (1, 2, 3, 4)}
    with at.review.store.read() as transaction:
        changed = records.records_by_key(transaction, ["pubmed:2"])["pubmed:2"]
    assert changed.citation.title.endswith("with an erratum")


@pytest.mark.parametrize("seed", [1, 2])
def test_a_quarter_of_all_requests_failing_loses_nothing(desk: MakeDesk, seed: int) -> None:
    quarter = FaultPlan.rate(0.25, seed=seed)
    at = desk(pubmed_demo(rate_limited=False, faults=quarter), ctgov_demo(faults=quarter))
    reports = at.run()
    while any(report.status is not RunStatus.COMPLETE for report in reports):
        reports = at.run()
    assert len(at.keys()) == ARTICLES + STUDIES
    assert all(balances(report) for report in reports)


def test_ids_listed_but_never_delivered_are_asked_for_again_and_then_named(desk: MakeDesk) -> None:
    server = unlimited(invented(1, 2, 3), Withholding)
    server.withheld = frozenset({"2"})
    at = desk(server, term="invented")
    (report,) = at.run("pubmed")
    assert (report.status, report.reported, report.stored, report.undelivered) == (RunStatus.COMPLETE, 3, 2, ("2",))
    assert asked_ids(server) == {"1": 1, "2": 3, "3": 1}


def test_an_empty_set_in_passing_costs_no_record(desk: MakeDesk) -> None:
    at = desk(pubmed_demo(rate_limited=False, faults=FaultPlan.at({3: Fault.EMPTY_SET})))
    (report,) = at.run("pubmed")
    assert (report.status, report.stored, report.undelivered) == (RunStatus.COMPLETE, ARTICLES, ())


def test_an_unfinished_run_is_resumed_without_asking_for_what_is_held(desk: MakeDesk) -> None:
    at = desk(pubmed_demo(rate_limited=False, faults=FaultPlan.always(Fault.UNAVAILABLE, first=3)))
    (report,) = at.run("pubmed")
    assert (report.status, report.exit_code, report.reported, report.stored) == (
        RunStatus.INCOMPLETE,
        ExitCode.INCOMPLETE,
        ARTICLES,
        200,
    )
    at.pubmed.faults, tried = FaultPlan.none(), len(at.pubmed.requests)
    (report,) = at.run("pubmed")
    assert (report.status, report.new, report.stored) == (RunStatus.COMPLETE, ARTICLES, ARTICLES)
    assert [request.endpoint for request in at.pubmed.requests[tried:]] == ["efetch.fcgi", "efetch.fcgi"]
    assert len(at.rows()) == 1


@pytest.mark.parametrize("name", ["pubmed", "ctgov"])
def test_a_service_that_is_down_is_not_a_search_without_hits(desk: MakeDesk, name: str) -> None:
    down = FaultPlan.always(Fault.MAINTENANCE)
    at = desk(pubmed_demo(rate_limited=False, faults=down), ctgov_demo(faults=down))
    (report,) = at.run(name)
    assert (report.status, report.reported, report.exit_code) == (RunStatus.INCOMPLETE, None, ExitCode.INCOMPLETE)
    assert any("no usable answer" in warning for warning in report.warnings)


def test_a_run_that_fails_leaves_the_earlier_one_as_it_was(desk: MakeDesk) -> None:
    at = desk(unlimited(invented(1, 2)), term="invented")
    at.run("pubmed")
    (before,) = [(row.id, row.status, row.reported, row.requests, row.vanished) for row in at.rows()]
    (failed,) = at.run("pubmed", api_key="badkey")
    assert (failed.status, failed.exit_code, failed.reported) == (RunStatus.FAILED, ExitCode.FAILED, None)
    assert "badkey" not in " ".join([*failed.warnings, *at.told])
    (after, _) = [(row.id, row.status, row.reported, row.requests, row.vanished) for row in at.rows()]
    assert before == after
    (again,) = at.run("pubmed")
    assert (again.status, again.seen, again.vanished) == (RunStatus.COMPLETE, 2, 0)


def test_another_strategy_begins_a_run_of_its_own(desk: MakeDesk) -> None:
    at = desk(unlimited(invented(1, 2)), term="invented")
    at.pubmed.faults = FaultPlan.always(Fault.UNAVAILABLE, first=2)
    at.run("pubmed")
    protocol = at.review.folder / "review.toml"
    protocol.write_text(protocol.read_text(encoding="utf-8").replace('"invented"', '"invented AND 2[uid]"'), encoding="utf-8")
    at.pubmed.faults = FaultPlan.none()
    with open_review(at.review.folder, Environment(), print) as edited:
        at.review = edited
        (report,) = at.run("pubmed")
        statuses = [RunStatus(row.status) for row in at.rows()]
    assert (report.query, report.reported, report.new) == ("invented AND 2[uid]", 1, 1)
    assert statuses == [RunStatus.INCOMPLETE, RunStatus.COMPLETE]


def test_records_that_arrive_while_a_search_is_listed_are_taken_and_told(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubmed, "LISTED_AT_MOST", 50)
    server = unlimited(invented(*range(1, 121)), Moving)
    server.later = invented(*range(1, 122))
    (report,) = desk(server, term="invented").run("pubmed")
    assert (report.status, report.reported, report.stored) == (RunStatus.COMPLETE, 121, 121)
    assert any("grew from 120 to 121" in warning for warning in report.warnings)


def test_records_that_leave_while_a_search_is_listed_make_it_list_again(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubmed, "LISTED_AT_MOST", 50)
    server = unlimited(invented(*range(1, 121)), Moving)
    server.later = invented(*range(1, 120))
    at = desk(server, term="invented")
    (report,) = at.run("pubmed")
    assert (report.status, report.stored) == (RunStatus.INCOMPLETE, 0)
    (report,) = at.run("pubmed")
    assert (report.status, report.reported, report.stored) == (RunStatus.COMPLETE, 119, 119)


@pytest.mark.parametrize("most", [9_000, 2], ids=["in one listing", "in ranges"])
def test_an_id_that_is_listed_twice_in_the_place_of_another_leaves_the_search_incomplete(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(pubmed, "LISTED_AT_MOST", most)
    server = unlimited(invented(1, 2, 99_999_997, 99_999_998), Repeating)
    (report,) = desk(server, term="invented").run("pubmed")
    assert (report.status, report.stored) == (RunStatus.INCOMPLETE, 0)
    assert any("PubMed counted 4 records but listed" in warning for warning in report.warnings)


@pytest.mark.parametrize("refused", [3, 4])
def test_a_page_token_that_expired_makes_the_search_start_over_once(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch, refused: int
) -> None:
    monkeypatch.setattr(ctgov, "PAGE_SIZE", 20)
    at = desk(ctgov_server=ctgov_demo(faults=FaultPlan.at({refused: Fault.EXPIRED_HISTORY})))
    (report,) = at.run("ctgov")
    assert (report.status, report.reported, report.new, report.seen) == (RunStatus.COMPLETE, STUDIES, STUDIES, 0)


def test_an_unfinished_chain_of_pages_is_resumed_at_its_token(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctgov, "PAGE_SIZE", 20)
    at = desk(ctgov_server=ctgov_demo(faults=FaultPlan.always(Fault.UNAVAILABLE, first=4)))
    (report,) = at.run("ctgov")
    assert (report.status, report.reported, report.stored) == (RunStatus.INCOMPLETE, STUDIES, 40)
    at.ctgov.faults, tried = FaultPlan.none(), len(at.ctgov.requests)
    (report,) = at.run("ctgov")
    assert (report.status, report.reported, report.new) == (RunStatus.COMPLETE, STUDIES, STUDIES)
    assert len(at.ctgov.requests) - tried == 2


def test_a_register_that_delivers_less_than_it_counts_is_not_complete(desk: MakeDesk) -> None:
    server = Overstating(demo_studies())
    at = desk(ctgov_server=server)
    (report,) = at.run("ctgov")
    assert (report.status, report.reported, report.stored) == (RunStatus.INCOMPLETE, STUDIES + 1, STUDIES)
    server.surplus = 0
    (report,) = at.run("ctgov")
    assert (report.status, report.reported, report.stored) == (RunStatus.COMPLETE, STUDIES, STUDIES)


def test_a_register_entry_without_a_number_is_named_by_its_place(desk: MakeDesk) -> None:
    first, second = (json.loads(json.dumps(study)) for study in demo_studies()[:2])
    second["protocolSection"]["identificationModule"]["nctId"] = "unnumbered"
    (report,) = desk(ctgov_server=CtgovStandIn([first, second])).run("ctgov")
    assert (report.status, report.reported, report.stored) == (RunStatus.COMPLETE, 2, 1)
    assert report.undelivered == ("studies-0001.json#2",)
    assert any("no valid NCT number" in warning for warning in report.warnings)


def unpacked(folder: Path) -> list[bytes]:
    """The content of all files of a review, whatever they are called, compressed ones unpacked."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return [gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data for data in files]


@pytest.mark.parametrize("faults", [{}, {1: Fault.TOO_MANY_IN_200, 3: Fault.TOO_MANY}], ids=["at once", "after complaints"])
@pytest.mark.parametrize("server", [PubmedStandIn, Echoing], ids=["silent", "echoing"])
def test_the_key_of_a_search_that_succeeds_is_nowhere_in_the_folder(
    desk: MakeDesk, server: type[PubmedStandIn], faults: Mapping[int, Fault]
) -> None:
    at = desk(unlimited(invented(1, 2, 3), server), term="invented")
    at.pubmed.faults = FaultPlan.at(faults)
    (report,) = at.run("pubmed", api_key=KEY)
    assert (report.status, report.stored) == (RunStatus.COMPLETE, 3)
    assert all(request.params["api_key"] == KEY for request in at.pubmed.requests)
    assert at.review.store.engine.url.get_backend_name() == "sqlite"
    kept = unpacked(at.review.folder)
    assert sum(b"<PubmedArticleSet" in data for data in kept) == 1
    assert not any(KEY.encode() in data for data in [*kept, " ".join([*report.warnings, *at.told]).encode()])


class Stopping(Narrator):
    """Wants the searches to stop once a number of records is settled."""

    __slots__ = ("after", "seen")

    def __init__(self, after: int) -> None:
        super().__init__(print)
        object.__setattr__(self, "after", after)
        object.__setattr__(self, "seen", [])

    def advance(self, search: str, done: int, total: int | None) -> None:
        self.seen.append((done, total))  # type: ignore[attr-defined] # set above: the narrator is frozen

    def cancelled(self) -> bool:
        return any(done >= self.after for done, _ in self.seen)  # type: ignore[attr-defined] # as above


def test_a_search_that_is_stopped_keeps_what_it_has_and_no_further_one_begins(desk: MakeDesk) -> None:
    at = desk()
    plans = selected_plans(at.review.protocol, ())
    (report,) = run_searches(at.review, plans, at.services(), Stopping(200))
    assert (report.status, report.exit_code, report.stored) == (RunStatus.INCOMPLETE, ExitCode.INCOMPLETE, 200)
    assert any("the same command goes on" in warning for warning in report.warnings)
    resumed, _ = at.run()
    assert (resumed.status, resumed.stored) == (RunStatus.COMPLETE, ARTICLES)
    assert max(asked_ids(at.pubmed).values()) <= 2


def test_ctrl_c_ends_the_run_as_one_that_can_be_resumed(desk: MakeDesk) -> None:
    class Interrupting(Stopping):
        def cancelled(self) -> bool:
            if super().cancelled():
                raise KeyboardInterrupt
            return False

    at = desk()
    plans = selected_plans(at.review.protocol, ("pubmed",))
    (report,) = run_searches(at.review, plans, at.services(), Interrupting(200))
    assert (report.status, report.stored) == (RunStatus.INCOMPLETE, 200)
    assert [row.status for row in at.rows()] == [RunStatus.INCOMPLETE]


def test_progress_is_told_in_records_of_all(desk: MakeDesk) -> None:
    at, listener = desk(), Stopping(10**9)
    list(run_searches(at.review, selected_plans(at.review.protocol, ("pubmed",)), at.services(), listener))
    assert listener.seen == [(0, ARTICLES), (200, ARTICLES), (400, ARTICLES), (ARTICLES, ARTICLES), (ARTICLES, ARTICLES)]  # type: ignore[attr-defined] # set in __init__


def test_a_search_that_another_program_runs_is_left_alone(desk: MakeDesk) -> None:
    at = desk(unlimited(invented(1, 2)), term="invented")
    with claimed(at.review.store, "search pubmed") as ours:
        assert ours
        (report,) = at.run("pubmed")
    assert (report.status, report.exit_code) == (RunStatus.INCOMPLETE, ExitCode.INCOMPLETE)
    assert "another program" in report.warnings[-1]
    assert (at.rows(), at.pubmed.requests) == ([], [])
    (report,) = at.run("pubmed")
    assert (report.status, report.stored) == (RunStatus.COMPLETE, 2)


def test_a_listing_that_broke_off_is_taken_up_where_it_stopped(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubmed, "LISTED_AT_MOST", 50)
    at = desk(unlimited(invented(*range(1, 121))), term="invented")
    at.pubmed.faults = FaultPlan.always(Fault.UNAVAILABLE, first=12)
    (report,) = at.run("pubmed")
    assert (report.status, report.reported) == (RunStatus.INCOMPLETE, None)
    asked = {request.params["term"] for request in at.pubmed.requests[:11]}
    at.pubmed.faults, before = FaultPlan.none(), len(at.pubmed.requests)
    (report,) = at.run("pubmed")
    assert (report.status, report.stored) == (RunStatus.COMPLETE, 120)
    assert not asked & {request.params.get("term") for request in at.pubmed.requests[before:]}


class Pairing(PubmedStandIn):
    """Delivers records, after the first batch, only while another request waits for records too."""

    def __init__(self, held: Mapping[int, bytes], **named: Any) -> None:
        super().__init__(held, **named)
        self.both = threading.Barrier(2, timeout=10)

    def answer(self, request: Request) -> Answer:
        if request.endpoint == "efetch.fcgi" and request.number > 2:
            self.both.wait()
        return super().answer(request)


def test_a_slow_service_is_asked_for_several_batches_at_once(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubmed, "SLOW_SECONDS", -1.0)
    at = desk(unlimited(invented(*range(1, 1_001)), Pairing), term="invented")
    (report,) = at.run("pubmed")
    assert (report.status, report.stored) == (RunStatus.COMPLETE, 1_000)
    assert set(asked_ids(at.pubmed).values()) == {1}
