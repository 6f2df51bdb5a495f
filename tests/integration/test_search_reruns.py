"""Rerunning searches: date limits, what is told by set, quiet reruns, and replaying kept answers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
import requests
from faults import Fault, FaultPlan
from msgspec import structs
from quick_services import quick_europepmc
from standin_pubmed import PubmedStandIn

from prisma_tool.cli.main import run as run_command
from prisma_tool.errors import ExitCode
from prisma_tool.formats.account.account import Parsed, ParsedEntry
from prisma_tool.formats.pubmed.reader import parse_pubmed_xml
from prisma_tool.identify.run import services as services_module
from prisma_tool.identify.run.progress import Narrator
from prisma_tool.identify.run.services import Services
from prisma_tool.identify.search import replay as replaying
from prisma_tool.identify.search.run import SearchOptions, run_searches
from prisma_tool.identify.search.run_report import RunReport, VanishedDecided
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.sources.transport import Throttle, Transport
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

LIMITED = SearchPlan("kites", "PubMed", {"term": "kites OR report"}, since_last=True, overlap_days=30)
WHOLE = replace(LIMITED, since_last=False)
RETRACTED = (
    '<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>J</RefSource>'
    '<PMID Version="1">900</PMID></CommentsCorrections></CommentsCorrectionsList>'
)


def article(pmid: int, title: str = "", *, created: str = "2014/06/01", mesh_day: str = "", notice: str = "") -> bytes:
    """An invented report on kites, by default of 2014; the tests' reviews live in February 2025."""
    days = {"entrez": created, "medline": mesh_day or created}
    history = "".join(
        '<PubMedPubDate PubStatus="{}"><Year>{}</Year><Month>{}</Month><Day>{}</Day></PubMedPubDate>'.format(
            name, *day.split("/")
        )
        for name, day in days.items()
    )
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><ArticleTitle>'
        f"{title or f'Kites, report {pmid}'}</ArticleTitle></Article>{notice}</MedlineCitation>"
        f"<PubmedData><History>{history}</History></PubmedData></PubmedArticle>"
    ).encode()


def held(*pmids: int, **articles: bytes) -> dict[int, bytes]:
    return {pmid: article(pmid) for pmid in pmids} | {int(name[1:]): xml for name, xml in articles.items()}


class Desk:
    """A review, a stand-in for PubMed, and a client between them that waits for nothing."""

    def __init__(self, review: Review, server: PubmedStandIn, session: requests.Session) -> None:
        self.review, self.server = review, server

        def hurry(seconds: float) -> None:
            del seconds

        line = Transport("PubMed", session, Throttle(0, time.monotonic, hurry), time.monotonic, hurry)
        self.services = Services(
            PubMed(line, server.url), ClinicalTrials(line, "http://127.0.0.1:9"), quick_europepmc(), time.monotonic
        )

    def run(self, plan: SearchPlan, *, whole: bool = False) -> RunReport:
        options = SearchOptions(whole=whole)
        (report,) = run_searches(self.review, [plan], self.services, Narrator(print), options)
        return report

    def terms(self) -> list[str]:
        return [request.params["term"] for request in self.server.requests if request.endpoint == "esearch.fcgi"]

    def replay(self) -> replaying.ReplayReport:
        (report,) = replaying.replay(self.review, [WHOLE], Narrator(print))
        return report

    def rows(self) -> list[runs.Run]:
        with self.review.store.read() as transaction:
            return runs.all_runs(transaction)

    def titles(self) -> dict[str, str]:
        with self.review.store.read() as transaction:
            return {record.key: record.citation.title for record in records.all_records(transaction)}

    def decide(self, key: str, verdict: str) -> None:
        with self.review.store.write() as transaction:
            draft = event_log.Draft(EventKind.DECISION, key, "title-abstract", "Ada", {"verdict": verdict})
            event_log.append(transaction, [draft])


@pytest.fixture
def desk(make_review: Callable[..., Review]) -> Iterator[Desk]:
    with ExitStack() as stack:
        server = stack.enter_context(PubmedStandIn(held(1, 2, 3), rate_limited=False))
        yield Desk(make_review(pubmed="kites OR report"), server, stack.enter_context(requests.Session()))


def test_a_date_limited_rerun_asks_for_what_was_added_or_indexed_since_and_reports_nothing_as_vanished(desk: Desk) -> None:
    first = desk.run(LIMITED)
    assert (first.reported, first.since, first.warnings) == (3, "", ())
    newly_indexed = article(5, created="2014/06/01", mesh_day="2025/02/20")
    desk.server.serve(held(1, 2, a4=article(4, created="2025/02/10"), a5=newly_indexed))
    second = desk.run(LIMITED)
    added = '("2025/01/04"[crdt] : "3000"[crdt]) OR ("2025/01/04"[mhda] : "3000"[mhda])'
    assert desk.terms()[-1] == second.sent == f"(kites OR report) AND ({added})"
    assert (second.query, second.since) == (LIMITED.strategy, "2025/01/04")
    assert (second.status, second.reported, second.new, second.vanished) == (RunStatus.COMPLETE, 2, 2, 0)
    (warning,) = second.warnings
    assert "misses records whose dates come late" in warning


def test_a_whole_rerun_after_limited_ones_expects_everything_found_so_far(desk: Desk) -> None:
    desk.run(LIMITED)
    desk.server.serve(held(1, 2, 3, a4=article(4, created="2025/02/10")))
    desk.run(LIMITED)
    desk.server.serve(held(1, 2))
    whole = desk.run(LIMITED, whole=True)
    assert (whole.since, whole.seen, desk.rows()[-1].vanished) == ("", 2, ("pubmed:3", "pubmed:4"))


def test_a_changed_strategy_is_run_over_the_whole_period(desk: Desk) -> None:
    desk.run(LIMITED)
    changed = desk.run(replace(LIMITED, parameters={"term": "kites"}))
    assert (changed.since, changed.reported) == ("", 3)
    assert "whole period" in changed.warnings[0]


def test_an_unfinished_limited_rerun_goes_on_with_the_question_it_began_with(desk: Desk) -> None:
    desk.run(LIMITED)
    desk.server.serve(held(1, a4=article(4, created="2025/02/10")))
    asked = len(desk.server.requests)
    desk.server.faults = FaultPlan.always(Fault.UNAVAILABLE, first=asked + 3)
    assert desk.run(LIMITED).status is RunStatus.INCOMPLETE
    desk.server.faults = FaultPlan.none()
    resumed = desk.run(LIMITED)
    assert (resumed.status, resumed.since, resumed.new, len(desk.rows())) == (RunStatus.COMPLETE, "2025/01/04", 1, 2)
    (warning,) = resumed.warnings
    assert warning.startswith("Date-limited rerun")


def test_a_drift_of_the_strategy_is_not_confused_with_the_dates_of_a_limited_rerun(desk: Desk) -> None:
    desk.run(LIMITED)
    assert not any("otherwise" in warning for warning in desk.run(LIMITED).warnings)
    assert not any("otherwise" in warning for warning in desk.run(WHOLE).warnings)


def test_a_rerun_is_told_by_set_with_kinds_of_change_and_decided_records_that_vanished(desk: Desk) -> None:
    desk.run(WHOLE)
    desk.decide("pubmed:3", "include")
    desk.server.serve(held(a1=article(1, notice=RETRACTED), a2=article(2, "Kites, another title"), a6=article(6)))
    rerun = desk.run(WHOLE)
    assert (rerun.new, rerun.changed, rerun.vanished) == (1, 2, 1)
    assert rerun.changes == {"retracted": 1, "title changed": 1}
    assert rerun.vanished_decided == (VanishedDecided("pubmed:3", "title-abstract", "include"),)
    assert rerun.is_news


@pytest.fixture
def quietly(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[], tuple[int, str, str]]:
    """`search --quiet` as cron calls it: exit code, stdout, stderr."""
    monkeypatch.setattr(services_module, "services", lambda environment: desk.services)

    def called() -> tuple[int, str, str]:
        capsys.readouterr()
        code = run_command(["-C", str(desk.review.folder), "search", "--quiet"])
        said = capsys.readouterr()
        return code, said.out, said.err

    return called


def test_a_quiet_rerun_speaks_only_of_news(desk: Desk, quietly: Callable[[], tuple[int, str, str]]) -> None:
    assert "new 3" in quietly()[1]
    assert quietly() == (ExitCode.DONE, "", "")
    desk.server.serve(held(1, a2=article(2, "Kites, another title"), a3=article(3)))
    assert quietly() == (ExitCode.DONE, "", "")
    desk.server.serve(held(1, a2=article(2, "Kites, another title"), a3=article(3, notice=RETRACTED)))
    assert "changed: 1 retracted" in quietly()[1]
    desk.server.faults = FaultPlan.always(Fault.MAINTENANCE)
    code, said, _ = quietly()
    assert (code, "Not finished" in said) == (ExitCode.INCOMPLETE, True)


def test_ctrl_c_ends_as_incomplete_with_a_sentence_and_the_same_command_goes_on(
    desk: Desk, quietly: Callable[[], tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("prisma_tool.identify.search.run.fetch_all", interrupted)
        code, said, _ = quietly()
    assert (code, "the same command goes on" in said) == (ExitCode.INCOMPLETE, True)
    assert (quietly()[0], len(desk.rows())) == (ExitCode.DONE, 1)


def read_otherwise(body: bytes) -> Parsed:
    """What a later parser makes of an answer: another title."""
    parsed = parse_pubmed_xml(body)
    return replace(
        parsed,
        entries=tuple(
            ParsedEntry(
                structs.replace(one.citation, title=one.citation.title.replace("report", "another report")),
                one.accession,
                one.raw,
            )
            for one in parsed.entries
        ),
    )


def test_a_replay_stores_what_later_parsers_read_otherwise_and_changes_no_count(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk.run(WHOLE)
    asked = len(desk.server.requests)
    assert desk.replay().reparsed == 0
    monkeypatch.setattr(replaying, "parser_of", {"efetch": read_otherwise}.get)
    told = desk.replay()
    assert (told.answers, told.records, told.reparsed, told.changes, told.exit_code) == (
        2,
        3,
        3,
        {"title changed": 3},
        ExitCode.DONE,
    )
    assert desk.titles()["pubmed:1"] == "Kites, another report 1"
    assert desk.replay().reparsed == 0
    assert len(desk.server.requests) == asked
    monkeypatch.undo()
    rerun = desk.run(WHOLE)
    assert (rerun.seen + rerun.changed, before.new) == (3, 3)
    assert desk.rows()[0].reported == 3


def test_a_replay_leaves_records_alone_that_a_later_run_changed(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.run(WHOLE)
    desk.server.serve(held(a1=article(1, "Kites, newer"), a2=article(2)))
    other = replace(WHOLE, name="other")
    desk.run(other)
    monkeypatch.setattr(replaying, "parser_of", {"efetch": read_otherwise}.get)
    assert desk.replay().reparsed == 2
    assert desk.titles()["pubmed:1"] == "Kites, newer"


def test_a_replay_names_missing_and_altered_answers_and_reads_the_others(desk: Desk) -> None:
    desk.run(WHOLE)
    esearch, efetch = (desk.review.folder / entry["path"] for entry in desk.rows()[0].raw)
    esearch.unlink()
    efetch.write_bytes(efetch.read_bytes()[:-9])
    told = desk.replay()
    assert (told.exit_code, told.records) == (ExitCode.FAILED, 0)
    assert [problem.split(" ", 1)[1][:15] for problem in told.damaged] == ["is missing", "cannot be read "]


def test_a_search_that_never_ended_has_nothing_to_replay(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["-C", str(desk.review.folder), "search", "--replay", "--json"]) == ExitCode.DONE
    (told,) = json.loads(capsys.readouterr().out)["replays"]
    assert (told["run"], told["warnings"]) == ("", ["No run of this search was ever complete: nothing to replay."])


@pytest.mark.postgres
def test_reruns_and_replays_come_to_the_same_on_postgresql(
    make_review: Callable[..., Review], postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = make_review(pubmed="kites OR report", environment=Environment(database=postgres_url))
    with PubmedStandIn(held(1, 2, 3), rate_limited=False) as server, requests.Session() as session:
        desk = Desk(review, server, session)
        desk.run(LIMITED)
        desk.decide("pubmed:3", "include")
        server.serve(held(1, a2=article(2, notice=RETRACTED), a4=article(4, created="2025/02/10")))
        assert desk.run(LIMITED).new == 1
        rerun = desk.run(WHOLE)
        assert (rerun.vanished_decided, rerun.changes) == (
            (VanishedDecided("pubmed:3", "title-abstract", "include"),),
            {"retracted": 1},
        )
        monkeypatch.setattr(replaying, "parser_of", {"efetch": read_otherwise}.get)
        assert [desk.replay().reparsed, desk.replay().reparsed] == [3, 0]
