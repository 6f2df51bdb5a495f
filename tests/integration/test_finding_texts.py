"""Finding full texts by services: their order, what is taken and what only offered, what hostile hosts get, and going on after anything."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from docx import Document
from faults import Fault, FaultPlan
from invented_pdf import article_pdf, scanned_pdf
from quick_services import quick_europepmc, quick_transport
from service import Answer, html_page, text_answer
from standin_europepmc import EuropePmcStandIn
from standin_openalex import OpenAlexStandIn
from standin_pmc import PmcStandIn, PmcVersion
from standin_unpaywall import Given, UnpaywallStandIn, copy_of

from prisma_tool.cli.main import run as run_command
from prisma_tool.errors import ExitCode
from prisma_tool.fulltext.finding.wanted_texts import wanted_texts
from prisma_tool.identify.run import full_text_clients
from prisma_tool.identify.run.full_text_clients import TextClients
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.sources.fulltexts.download import Downloader
from prisma_tool.sources.fulltexts.europepmc import EuropePmcTexts
from prisma_tool.sources.fulltexts.locations import TextService, host_of
from prisma_tool.sources.fulltexts.openalex import OpenAlexTexts
from prisma_tool.sources.fulltexts.pmc import PmcCloud
from prisma_tool.sources.fulltexts.unpaywall import Unpaywall
from prisma_tool.sources.public_hosts import public_session
from prisma_tool.store.engine import event_rows

TITLES = {n: f"A randomised trial of invented treatment number {n} in adults" for n in range(1, 8)}


def doi(number: int) -> str:
    return f"10.5555/trial.{number}"


def pdf(number: int) -> bytes:
    return article_pdf(TITLES[number], doi(number))


def report(number: int, **numbers: Any) -> tuple[str, Citation]:
    return str(number), Citation(title=TITLES[number], authors=(Author("Moreau", "A"),), year=2020, doi=doi(number), **numbers)


class TextBench:
    """A review with seven sought reports, stand-ins of the four services, and the command."""

    def __init__(self, review: Review, capsys: pytest.CaptureFixture[str], stack: ExitStack) -> None:
        self.review, self.capsys = review, capsys
        self.session = stack.enter_context(requests.Session())
        self.pmc = stack.enter_context(PmcStandIn([]))
        self.unpaywall = stack.enter_context(UnpaywallStandIn())
        self.europepmc = stack.enter_context(EuropePmcStandIn([]))
        self.openalex = stack.enter_context(OpenAlexStandIn([]))
        self.email, self.key = "team@example.org", "invented-key"
        self.allowed = frozenset(host_of(one.url) for one in (self.pmc, self.unpaywall))

    def clients(self, environment: object) -> TextClients:
        line = quick_transport("a service", self.session)
        with_email: list[TextService] = [Unpaywall(line, self.unpaywall.url, self.email)] if self.email else []
        with_key: list[TextService] = [OpenAlexTexts(line, self.openalex.url, self.key)] if self.key else []
        open_texts = EuropePmcTexts(quick_europepmc(self.europepmc.url))
        guarded = quick_transport("a host", public_session(self.allowed))
        left_out = () if self.email else ("Unpaywall is left out",)
        services = (PmcCloud(line, self.pmc.url), *with_email, open_texts, *with_key)
        return TextClients(services, Downloader(lambda _: guarded, self.allowed), left_out, [line, guarded])

    def retrieve(self, *words: str, code: int = 0) -> Any:
        self.capsys.readouterr()
        assert run_command(["-C", str(self.review.folder), "retrieve", *words, "--json"]) == code
        return json.loads(self.capsys.readouterr().out)

    def words(self, *words: str) -> str:
        """What the command prints."""
        self.capsys.readouterr()
        run_command(["-C", str(self.review.folder), "retrieve", *words])
        return self.capsys.readouterr().out

    def hold(self, number: int, given: Given, **copy: Any) -> None:
        """Unpaywall names a copy of a report, at an address that gives this."""
        self.unpaywall.documents[f"{number}.pdf"] = given
        self.unpaywall.copies[doi(number)] = [copy_of(self.unpaywall.file(f"{number}.pdf"), **copy)]

    def answers(self, result: Any, number: int) -> list[tuple[str, str]]:
        return [(one["service"], one["answer"]) for one in result["answers"][f"embase:{number}"]]

    def files(self) -> list[Path]:
        return sorted((self.review.folder / "fulltext").glob("*.pdf"))


@pytest.fixture
def bench(
    make_review: Callable[..., Review],
    deliver: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[TextBench]:
    def filled(review: Review) -> None:
        deliver(review.store, report(1, pmcid="PMC101", pmid="101"), *(report(number) for number in range(2, 8)))
        decide(review, [Decision(f"embase:{number}", Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE) for number in TITLES])

    with ExitStack() as stack:
        bench = TextBench(make_review(once=filled), capsys, stack)
        monkeypatch.setattr(full_text_clients, "text_clients", bench.clients)
        yield bench


def document(data: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, "application/pdf", data, headers or {})


def test_pmc_comes_first_by_the_stored_number_and_its_newest_version_counts(bench: TextBench) -> None:
    old, new = (PmcVersion("PMC101", version, doi(1), "101", TITLES[1], pdf(1)) for version in (1, 2))
    bench.pmc.versions = {one.name: one for one in (old, new)}
    result = bench.retrieve("--find", "embase:1")
    assert bench.answers(result, 1) == [("PMC", "retrieved")]
    assert [request.endpoint for request in bench.pmc.requests] == ["", "PMC101.2/PMC101.2.json", "PMC101.2/PMC101.2.pdf"]
    assert [path.read_bytes() for path in bench.files()] == [pdf(1)]
    assert not bench.unpaywall.requests


def test_the_next_service_is_asked_only_for_what_the_one_before_did_not_give(bench: TextBench) -> None:
    bench.hold(2, document(pdf(2)))
    result = bench.retrieve("--find", "--all")
    assert bench.answers(result, 2) == [("Unpaywall", "retrieved")]
    assert bench.answers(result, 1) == [
        ("PMC", "not known"), ("Unpaywall", "not known"), ("Europe PMC", "not known"), ("OpenAlex", "not known"), ("publisher", "page"),
    ]  # fmt: skip
    assert result["retrieved"].keys() == {"embase:2"}


def test_a_submitted_version_waits_for_a_persons_word(bench: TextBench) -> None:
    bench.hold(2, document(pdf(2)), version="submittedVersion")
    result = bench.retrieve("--find", "embase:2")
    assert ("Unpaywall", "offered") in bench.answers(result, 2)
    assert (result["retrieved"], bench.files()) == ({}, [])
    assert not [request for request in bench.unpaywall.requests if request.endpoint.startswith("/files/")]
    reminder = "1 offered in another version: `prisma-tool retrieve --find embase:2 --any-version` takes it."
    assert reminder in bench.words("--find", "embase:2")
    agreed = bench.retrieve("--find", "embase:2", "--any-version")
    assert bench.answers(agreed, 2) == [("Unpaywall", "retrieved")]
    assert agreed["answers"]["embase:2"][0]["version"] == "submitted"
    assert "offered" not in bench.words("--find", "--all")


def test_an_offered_copy_that_its_address_does_not_give_is_offered_no_more(bench: TextBench) -> None:
    bench.hold(2, document(b"<html>Log in</html>"), version="submittedVersion")
    bench.retrieve("--find", "embase:2")
    bench.retrieve("--find", "embase:2", "--any-version")
    assert "offered" not in bench.words("--find", "embase:2")


def test_of_a_preprint_the_submitted_version_is_the_report_itself(bench: TextBench, deliver: Callable[..., Any]) -> None:
    name, citation = report(1)
    preprint = Citation(title=citation.title, doi="10.1101/2020.01.01.123", publication_types=("Preprint",))
    deliver(bench.review.store, (f"pre{name}", preprint))
    decide(bench.review, [Decision("embase:pre1", Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE)])
    bench.unpaywall.documents["p.pdf"] = document(article_pdf(TITLES[1], preprint.doi))
    bench.unpaywall.copies[preprint.doi] = [copy_of(bench.unpaywall.file("p.pdf"), version="submittedVersion")]
    result = bench.retrieve("--find", "embase:pre1")
    assert result["retrieved"].keys() == {"embase:pre1"}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (html_page(200, "Sign in", "Log in to read."), "a web page instead of a PDF"),
        (document(b"", 403), "refused with status 403"),
        (document(article_pdf("Quite another work about something else entirely", "10.5555/other")), "names neither title nor DOI"),
        (document(scanned_pdf()), "cannot be read"),
        (text_answer(302, "", headers={"Location": "file:///etc/passwd"}), "no web address"),
        (text_answer(302, "", headers={"Location": "http://127.0.0.1:9/private"}), "private address"),
        (text_answer(302, "", headers={"Location": "http://169.254.169.254/latest/meta-data"}), "private address"),
        (text_answer(302, "", headers={"Location": "http://[::ffff:10.0.0.1]/"}), "private address"),
        (text_answer(302, "", headers={"Location": "http://localhost:9/private"}), "private address"),
        (text_answer(302, "", headers={"Location": "2.pdf"}), "redirections"),
    ],
)  # fmt: skip
def test_what_is_not_the_article_is_not_kept_and_says_what_it_was(bench: TextBench, given: Answer, words: str) -> None:
    bench.hold(2, given)
    result = bench.retrieve("--find", "embase:2")
    first = result["answers"]["embase:2"][0]
    assert first["answer"] in {"no document", "unsure"}
    assert words in first["remark"]
    assert (bench.files(), result["retrieved"]) == ([], {})


def test_a_bomb_and_a_body_without_end_are_given_up(bench: TextBench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prisma_tool.sources.fulltexts.download.LARGEST_DOCUMENT", 1 << 20)
    bomb = gzip.compress(b"%PDF-1.4 " + bytes(30 << 20))
    bench.hold(2, document(bomb, headers={"Content-Encoding": "gzip"}))
    bench.hold(3, document(b"%PDF-1.4 " + bytes(2 << 20)))
    result = bench.retrieve("--find", "embase:2", "embase:3")
    remarks = {result["answers"][f"embase:{number}"][0]["remark"] for number in (2, 3)}
    assert remarks == {"more than 1 MB, or without end"}
    assert len([one for one in bench.unpaywall.requests if one.endpoint.startswith("/files/")]) == 2


def test_addresses_of_other_kinds_that_a_service_names_are_dropped(bench: TextBench) -> None:
    bad = [
        "file:///etc/passwd",
        "ftp://example.org/a.pdf",
        "javascript:alert(1)",
        "http://user:pass@example.org/a.pdf",
        "http://a b/",
    ]
    bench.unpaywall.copies[doi(2)] = [copy_of(address) for address in bad]
    assert ("Unpaywall", "no copy") in bench.answers(bench.retrieve("--find", "embase:2"), 2)


def test_a_name_of_a_file_never_leaves_the_folder(bench: TextBench) -> None:
    bench.unpaywall.documents["../../evil.pdf"] = document(pdf(2))
    bench.unpaywall.copies[doi(2)] = [copy_of(bench.unpaywall.file("../../evil.pdf"))]
    bench.retrieve("--find", "embase:2")
    assert {path.parent for path in bench.review.folder.rglob("*.pdf")} <= {bench.review.folder / "fulltext"}


def test_a_retracted_article_raises_itself(bench: TextBench) -> None:
    bench.pmc.versions = {"PMC101.1": PmcVersion("PMC101", 1, doi(1), "101", TITLES[1], pdf(1), is_retracted=True)}
    assert bench.retrieve("--find", "embase:1")["retracted"] == ["embase:1"]
    bench.capsys.readouterr()
    run_command(["-C", str(bench.review.folder), "status", "--json"])
    raised = json.loads(bench.capsys.readouterr().out)["attention"]["raised"]
    assert [(one["key"], one["kind"], one["after"]) for one in raised] == [("embase:1", "retracted", "told by PMC")]
    # Told once, however often it is asked for.
    assert bench.retrieve("--find", "embase:2")["retracted"] == []


def test_pmc_entry_of_another_work_is_not_taken(bench: TextBench) -> None:
    bench.pmc.versions = {"PMC101.1": PmcVersion("PMC101", 1, doi(2), "102", TITLES[2], pdf(2))}
    first = bench.retrieve("--find", "embase:1")["answers"]["embase:1"][0]
    assert (first["answer"], first["remark"]) == ("not known", "PMC101 is another work there")


def test_an_accepted_manuscript_is_taken_and_called_one(bench: TextBench) -> None:
    bench.pmc.versions = {
        "PMC101.1": PmcVersion("PMC101", 1, doi(1), "101", TITLES[1], pdf(1), licence="TDM", is_manuscript=True)
    }
    assert bench.retrieve("--find", "embase:1")["answers"]["embase:1"][0] == {
        "service": "PMC", "answer": "retrieved", "version": "accepted", "licence": "TDM", "remark": "",
        "address": f"{bench.pmc.url}/PMC101.1/PMC101.1.pdf",
    }  # fmt: skip


def test_without_an_address_unpaywall_is_left_out_and_said(bench: TextBench) -> None:
    bench.email = ""
    result = bench.retrieve("--find", "embase:2")
    assert result["left_out"] == ["Unpaywall is left out"]
    assert not bench.unpaywall.requests


def test_what_was_answered_lately_is_not_asked_again(bench: TextBench) -> None:
    first = bench.retrieve("--find", "--all")
    second = bench.retrieve("--find", "--all")
    assert (second["wanted"], second["asked_lately"], second["requests"]) == (7, 7, 0)
    assert bench.retrieve("--find", "--all", "--again")["requests"] == first["requests"] > 0


@pytest.mark.parametrize(("later", "lately"), [(timedelta(days=7), True), (timedelta(days=7, seconds=1), False)])
def test_lately_is_seven_days(bench: TextBench, later: timedelta, lately: bool) -> None:
    bench.retrieve("--find", "--all")
    with bench.review.store.read() as transaction:
        last = max(event.at for event in event_rows.events(transaction, kinds=[EventKind.EFFORT]))
        then = replace(transaction, now=lambda: last + later)
        assert any(one.answered for one in wanted_texts(then, [])) is lately


def test_batches_are_asked_for_where_a_service_has_them(bench: TextBench) -> None:
    bench.retrieve("--find", "--all")
    # Both ask twice before they believe that nothing at all is known.
    assert len(bench.europepmc.requests) == 2
    assert len(bench.openalex.requests) == 2
    assert len(bench.unpaywall.requests) == 7
    assert len(bench.pmc.requests) == 1


def test_europe_pmc_and_openalex_give_their_copies(bench: TextBench) -> None:
    links = [{"availabilityCode": "OA", "documentStyle": "pdf", "url": bench.unpaywall.file("2.pdf")}]
    bench.europepmc.serve(
        [{"id": "9", "source": "MED", "doi": doi(2), "license": "cc by", "fullTextUrlList": {"fullTextUrl": links}}]
    )
    place = {"is_oa": True, "pdf_url": bench.unpaywall.file("3.pdf"), "version": "acceptedVersion", "license": None}
    bench.openalex.serve(
        [{"id": "https://openalex.org/W3", "doi": f"https://doi.org/{doi(3)}", "best_oa_location": place, "locations": [place]}]
    )
    bench.unpaywall.documents |= {"2.pdf": document(pdf(2)), "3.pdf": document(pdf(3))}
    result = bench.retrieve("--find", "--all")
    assert bench.answers(result, 2)[-1] == ("Europe PMC", "retrieved")
    assert bench.answers(result, 3)[-1] == ("OpenAlex", "retrieved")


def test_a_service_that_is_down_keeps_nobody_else_from_being_asked(bench: TextBench) -> None:
    bench.europepmc.faults = FaultPlan.always(Fault.SERVER_ERROR)
    bench.hold(2, document(pdf(2)))
    result = bench.retrieve("--find", "--all", code=ExitCode.INCOMPLETE)
    assert result["problems"].keys() == {"Europe PMC"}
    assert (result["complete"], set(result["retrieved"])) == (False, {"embase:2"})
    assert ("OpenAlex", "not known") in bench.answers(result, 3)
    bench.europepmc.faults = FaultPlan.none()
    again = bench.retrieve("--find", "--all")
    assert {tuple(bench.answers(again, number)) for number in (1, 3, 4, 5, 6, 7)} == {(("Europe PMC", "not known"),)}


def test_a_budget_that_is_used_up_is_said_and_the_next_day_goes_on(bench: TextBench) -> None:
    bench.openalex.budget = 0
    result = bench.retrieve("--find", "embase:2", code=ExitCode.INCOMPLETE)
    assert "budget" in result["problems"]["OpenAlex"]
    bench.openalex.budget = None
    assert bench.answers(bench.retrieve("--find", "embase:2"), 2) == [("OpenAlex", "not known")]


def test_with_a_quarter_of_the_calls_failing_nothing_is_lost(bench: TextBench) -> None:
    bench.pmc.versions = {"PMC101.1": PmcVersion("PMC101", 1, doi(1), "101", TITLES[1], pdf(1))}
    for number in range(2, 6):
        bench.hold(number, document(pdf(number)))
    transient = (Fault.SERVER_ERROR, Fault.TOO_MANY, Fault.RESET, Fault.CUT_SHORT, Fault.CUT_INSIDE, Fault.BAD_GATEWAY)
    for seed, server in enumerate((bench.pmc, bench.unpaywall, bench.europepmc, bench.openalex)):
        server.faults = FaultPlan.rate(0.25, seed, transient)
    result = bench.retrieve("--find", "--all")
    assert set(result["retrieved"]) == {f"embase:{number}" for number in range(1, 6)}
    assert sorted(path.read_bytes() for path in bench.files()) == sorted(pdf(number) for number in range(1, 6))
    assert any(request.fault for request in bench.unpaywall.requests)


def test_a_cut_pdf_from_pmc_is_fetched_again(bench: TextBench) -> None:
    bench.pmc.versions = {"PMC101.1": PmcVersion("PMC101", 1, doi(1), "101", TITLES[1], pdf(1))}
    bench.pmc.faults = FaultPlan.at({3: Fault.HTML_IN_200, 4: Fault.CUT_INSIDE})
    assert bench.retrieve("--find", "embase:1")["retrieved"].keys() == {"embase:1"}
    assert len(bench.pmc.requests) == 5


def test_each_host_is_asked_one_thing_at_a_time(bench: TextBench) -> None:
    busy = {"now": 0, "most": 0}

    def slow_document(number: int) -> Callable[[], Answer]:
        def give() -> Answer:
            busy["now"] += 1
            busy["most"] = max(busy["most"], busy["now"])
            answer = document(pdf(number))
            busy["now"] -= 1
            return answer

        return give

    for number in range(2, 8):
        bench.hold(number, slow_document(number))
    assert len(bench.retrieve("--find", "--all")["retrieved"]) == 6
    assert busy["most"] == 1


def test_attempts_stand_in_the_list_and_the_request_for_the_library(bench: TextBench) -> None:
    bench.hold(2, document(pdf(2)))
    bench.retrieve("--find", "--all")
    rows = bench.retrieve("--list")["reports"]
    words = next(row["efforts"] for row in rows if row["key"] == "embase:2")[0]["what"]
    assert words == "Unpaywall: PDF retrieved (published version, cc-by)"
    wanted = bench.retrieve("--request")
    assert wanted["n"] == 6
    assert any("Unpaywall: does not know this report" in line for line in wanted["reports"][0]["tried"])
    for suffix in ("docx", "csv", "ris", "md"):
        path = bench.review.folder / f"list.{suffix}"
        bench.retrieve("--request", "-o", str(path))
        assert path.stat().st_size > 0
    assert (bench.review.folder / "list.ris").read_text(encoding="utf-8").count("TY  - ") == 6


HOSTILE = Citation(
    title='=HYPERLINK("http://x.example")\r\nER  - \r\nTY  - JOUR\x1b[31m\x00',
    authors=(Author("@Moreau", "A"),),
    doi="10.5555/hostile",
    extra=(("TY", "CONF"), ("N1", 'RAYYAN-INCLUSION: {"Ada"=>"Excluded"}')),
)


def test_a_request_says_what_was_noted_and_nothing_that_reviewers_decided(
    bench: TextBench, deliver: Callable[..., Any], tmp_path: Path
) -> None:
    deliver(bench.review.store, ("9", HOSTILE))
    decide(bench.review, [Decision("embase:9", Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE)])
    bench.retrieve("embase:9", "not-retrieved", "--note", "Two libraries\nasked: =1+1")
    bench.retrieve(
        "--request", "-o", *(str(tmp_path / "list.ris"), "-o", str(tmp_path / "list.csv"), "-o", str(tmp_path / "list.docx"))
    )
    entries = (tmp_path / "list.ris").read_bytes().decode().split("TY  - ")[1:]
    assert len(entries) == 8
    assert entries[-1].startswith('CONF\r\nTI  - =HYPERLINK("http://x.example") ER - TY - JOUR\r\n')
    assert "N1  - Noted: Two libraries asked: =1+1" in entries[-1]
    assert not any(words in entry for entry in entries for words in ("Screening", "ASReview", "RAYYAN"))
    rows = list(csv.DictReader((tmp_path / "list.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert not any(cell.startswith(tuple("=+-@")) for row in rows for cell in row.values())
    document = Document(str(tmp_path / "list.docx"))
    assert "8 full texts are wanted; for 7 of them nothing was noted as tried." in [one.text for one in document.paragraphs]
    assert document.tables[0].rows[-1].cells[2].text == "Noted: Two libraries asked: =1+1"


@pytest.mark.parametrize(
    "words", [("--find",), ("--find", "embase:1", "--all"), ("--all",), ("--request", "--find", "--all"), ("embase:1", "kept")]
)
def test_what_cannot_be_meant_is_refused(bench: TextBench, words: tuple[str, ...]) -> None:
    assert run_command(["-C", str(bench.review.folder), "retrieve", *words]) == ExitCode.USAGE


def test_a_search_that_was_killed_comes_to_the_same_end(bench: TextBench) -> None:
    """The first document's host kills the program; the same command then goes on, and what was answered is not asked again."""
    addresses = {
        f"PRISMA_TOOL_{name}_URL": server.url
        for name, server in (("PMC", bench.pmc), ("UNPAYWALL", bench.unpaywall), ("EUROPEPMC", bench.europepmc), ("OPENALEX", bench.openalex))
    }  # fmt: skip
    surroundings = {**os.environ, **addresses, "UNPAYWALL_EMAIL": bench.email, "OPENALEX_API_KEY": bench.key}
    command = [sys.executable, "-m", "prisma_tool", "-C", str(bench.review.folder), "retrieve", "--find", "embase:2", "embase:3"]
    started: list[subprocess.Popen[bytes]] = []

    def kill() -> Answer:
        started[0].kill()
        return document(pdf(3))

    bench.hold(2, document(pdf(2)))
    bench.hold(3, kill)
    started.append(subprocess.Popen(command, env=surroundings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    assert started[0].wait(60) == -signal.SIGKILL
    bench.hold(3, document(pdf(3)))
    assert subprocess.run(command, env=surroundings, capture_output=True, check=False, timeout=60).returncode == 0
    assert sorted(path.read_bytes() for path in bench.files()) == [pdf(2), pdf(3)]
    rows = {row["key"]: row for row in bench.retrieve("--list")["reports"]}
    for number in (2, 3):
        row = rows[f"embase:{number}"]
        assert ([one["what"] for one in row["efforts"]], len(row["files"])) == (
            ["Unpaywall: PDF retrieved (published version, cc-by)"],
            1,
        )
