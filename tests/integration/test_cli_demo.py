"""The demo and what a user then does with it from the shell."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from copied_folders import copy_folder
from PIL import Image

from prisma_tool.cli.main import run
from prisma_tool.errors import ExitCode
from prisma_tool.model.log.admission import hash_problem, problem
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import open_review
from prisma_tool.store.engine import event_rows

Shell = Callable[..., str]


@pytest.fixture
def demo(built_demo: Path, tmp_path: Path) -> Path:
    """A copy of the demo that a test may change."""
    return copy_folder(built_demo, tmp_path / "review")


@pytest.fixture
def shell(demo: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Run a command on the demo; gives its stdout."""

    def call(*arguments: str, code: int = 0) -> str:
        capsys.readouterr()
        assert run(["-C", str(demo), *arguments]) == code
        return capsys.readouterr().out

    return call


def told(shell: Shell, *arguments: str, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shell(*arguments, "--json", code=code))
    return found


def test_the_demo_balances_and_matches_its_model(shell: Shell) -> None:
    flow = told(shell, "flow")
    assert all(check["holds"] for check in flow["checks"] if check["kind"] == "strict")
    assert flow["counts"]["register_results"] == 73
    assert flow["counts"]["new_studies"] == 25
    assert flow["counts"]["new_reports"] > 25
    assert flow["interim"] is True
    assert flow["pending"]["title_abstract"] > 20


def test_the_demo_shows_its_citation_search_in_the_second_column(shell: Shell, demo: Path) -> None:
    counts = told(shell, "flow")["counts"]
    names = ("citations_results", "other_sought_reports", "other_notretrieved_reports", "other_assessed", "new_reports")
    assert [counts[name] for name in names] == [22, 3, 1, 2, 34]
    assert len(list((demo / "fulltext").glob("*.pdf"))) == 7


def test_every_number_of_the_demo_lists_its_records(shell: Shell) -> None:
    flow = told(shell, "flow")
    lines = {f"{name}:{label}": n for name, list_ in flow["lists"].items() for label, n in list_.items()}
    for key, n in {**flow["counts"], **lines}.items():
        if n is not None:
            answer = told(shell, "flow", "--explain", key)
            members = answer.get("studies", answer["records"])
            assert (answer["n"], len(members)) == (n, n), key


def test_all_register_entries_are_excluded_as_without_results_or_captured(shell: Shell, tmp_path: Path) -> None:
    shell("export", "-o", str(tmp_path / "all.csv"))
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["source"] == "ClinicalTrials.gov"]
    assert len(rows) == 73
    assert {row["title_abstract"] for row in rows} == {"exclude"}
    assert {row["reason"] for row in rows} == {"No results available", "Already captured"}


def test_the_figure_was_written_while_nothing_was_pending(demo: Path) -> None:
    drawing = (demo / "prisma.svg").read_text(encoding="utf-8")
    assert "Studies included in review (n = 25)" in drawing
    assert "INTERIM" not in drawing.upper()
    with Image.open(demo / "prisma.png") as picture:
        assert min(picture.size) > 800


def test_the_doctor_finds_the_demo_sound(shell: Shell) -> None:
    assert told(shell, "doctor")["holds"] is True


def test_every_event_of_the_demo_may_be_taken_in_from_a_copy(demo: Path) -> None:
    with open_review(demo, Environment(), print) as review, review.store.read() as transaction:
        log = list(event_rows.events(transaction))
    assert {event.kind for event in log} >= {"decision", "duplicate", "deduplication", "retrieval", "study", "protocol"}
    assert {(event.kind, problem(event), hash_problem(event)) for event in log if problem(event) or hash_problem(event)} == set()


def test_the_doctor_sees_an_altered_raw_answer_and_exits_4(shell: Shell, demo: Path) -> None:
    victim = next(demo.glob("raw/*/efetch*.gz"))
    victim.write_bytes(victim.read_bytes()[:-4])
    assert told(shell, "doctor", code=4)["holds"] is False


def test_the_demo_refuses_to_overwrite(shell: Shell, demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (demo / "review.db").read_bytes()
    assert run(["demo", str(demo)]) == ExitCode.FAILED
    assert "is not overwritten" in capsys.readouterr().err
    assert (demo / "review.db").read_bytes() == before


def test_an_export_has_the_contracts_columns_and_one_representative_per_cluster(shell: Shell, tmp_path: Path) -> None:
    shell("export", "-o", str(tmp_path / "all.csv"), "--set", "all")
    with (tmp_path / "all.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    wanted = (
        "key,source,accession,cluster,representative,title,authors,year,journal,doi,pmid,nct,abstract,title_abstract,full_text"
    )
    assert set(wanted.split(",")) <= set(rows[0])
    clusters = {row["cluster"] for row in rows}
    assert sorted(row["cluster"] for row in rows if row["representative"] == "true") == sorted(clusters)
    assert {row["representative"] for row in rows} == {"true", "false"}


def test_an_exported_ris_file_can_be_imported_again(shell: Shell, tmp_path: Path) -> None:
    shell("export", "-o", str(tmp_path / "included.ris"), "--set", "included")
    account = told(shell, "import", str(tmp_path / "included.ris"), "--source", "Copy", "--check")["files"][0]
    assert (account["declared"], account["parsed"], account["rejected"]) == (34, 34, [])


def test_status_adds_up(shell: Shell) -> None:
    found = told(shell, "status")
    for stage in found["stages"].values():
        assert stage["total"] == sum(n for name, n in stage.items() if name != "total")
    assert found["identified"] == told(shell, "dedupe")["records"]


def test_a_second_dedupe_changes_nothing(shell: Shell) -> None:
    first, second = told(shell, "dedupe"), told(shell, "dedupe")
    assert {**first, "seconds": 0} == {**second, "seconds": 0}


def test_a_merge_by_hand_is_undone_by_a_split(shell: Shell) -> None:
    before = told(shell, "dedupe")
    told(shell, "dedupe", "--merge", "ctgov:NCT99000001", "ctgov:NCT99000002")
    assert told(shell, "dedupe")["unique"] == before["unique"] - 1
    told(shell, "dedupe", "--split", "ctgov:NCT99000002")
    assert told(shell, "dedupe")["unique"] == before["unique"]
    told(shell, "dedupe", "--merge", "ctgov:NCT99000001", "ctgov:NCT99000002")
    assert told(shell, "dedupe")["unique"] == before["unique"] - 1


def test_a_merge_against_the_evidence_is_done_and_told(shell: Shell, demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["-C", str(demo), "dedupe", "--merge", "ctgov:NCT99000001", "ctgov:NCT99000002"]) == ExitCode.DONE
    assert "two register entries with different numbers" in capsys.readouterr().err


def test_an_explanation_tells_why_like_records_are_not_joined(shell: Shell) -> None:
    told_about = told(shell, "dedupe", "--explain", "pubmed:99000404")
    assert any("notice" in one["reason"] for one in told_about["apart"])


def test_flow_of_the_day_before_the_demo_has_no_history(shell: Shell) -> None:
    shell("flow", "--at", "2001-01-01", code=1)


def test_flow_now_equals_flow_folded_from_the_whole_log(shell: Shell) -> None:
    assert told(shell, "flow", "--at", "9999-12-31") == told(shell, "flow")


def test_an_unstrict_failure_is_no_exit_4_and_a_strict_one_is(shell: Shell, demo: Path) -> None:
    shell("flow", "--check")
    import sqlite3

    with sqlite3.connect(demo / "review.db") as database:
        database.execute("DELETE FROM outcome WHERE stage = 'title-abstract' AND cluster LIKE 'ctgov:%'")
        database.execute("UPDATE membership SET cluster = 'pubmed:99000001' WHERE record = 'pubmed:99000002'")
    database.close()
    assert told(shell, "doctor", code=4)["holds"] is False
    told(shell, "doctor", "--rebuild")
    shell("flow", "--check")


def test_decisions_from_a_file_are_all_or_nothing(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = told(shell, "status")
    table = tmp_path / "decisions.csv"
    table.write_text("key,verdict,reason\npubmed:99000001,include,\npubmed:99000002,exclude,Too long\n", encoding="utf-8")
    assert run(["-C", str(tmp_path / "review"), "decide", "--from", str(table)]) == ExitCode.FAILED
    assert "decisions.csv, line 3" in capsys.readouterr().err
    assert told(shell, "status") == before


def test_a_retrieved_document_is_kept_with_the_review(shell: Shell, demo: Path, tmp_path: Path) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.4 invented")
    key = told(shell, "flow", "--explain", "dbr_notretrieved_reports")["records"][0]
    before = set((demo / "fulltext").iterdir())
    shell("retrieve", key, "retrieved", "--file", str(paper), "--note", "author sent it")
    assert [path.read_bytes() for path in set((demo / "fulltext").iterdir()) - before] == [b"%PDF-1.4 invented"]
    assert told(shell, "flow")["pending"]["retrieval"] == 0
    assert told(shell, "flow")["pending"]["full_text"] == 1


def test_studies_are_suggested_by_registry_number_and_listed(shell: Shell) -> None:
    suggestions = told(shell, "study", "suggest")["suggestions"]
    assert suggestions
    assert all(len(one["keys"]) > 1 for one in suggestions)
    assert len(told(shell, "study", "list")["studies"]) == 25


def test_the_log_tells_what_was_done_to_a_record(shell: Shell) -> None:
    shell("decide", "pubmed:99000001", "exclude", "--note", "checked again")
    events = told(shell, "log", "--key", "pubmed:99000001")["events"]
    assert events[-1]["payload"] == {"verdict": "exclude", "reason": "", "note": "checked again"}


def test_the_same_state_draws_the_same_bytes(shell: Shell, tmp_path: Path) -> None:
    names = ["a.svg", "a.png", "a.pdf", "a.txt", "a.json"]
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        shell("flow", *(part for name in names for part in ("-o", str(tmp_path / folder / name))))
    assert [(tmp_path / "one" / n).read_bytes() for n in names] == [(tmp_path / "two" / n).read_bytes() for n in names]


def test_a_killed_demo_leaves_nothing_at_its_place_and_can_be_repeated(tmp_path: Path) -> None:
    folder = tmp_path / "review"
    # Each begins on what the one before left.
    for seconds in (0.6, 2):
        if not folder.exists():
            _killed_demo(folder, seconds)
        assert not folder.exists() or (folder / "prisma.svg").is_file()
    if not folder.exists():
        assert run(["demo", str(folder)]) == ExitCode.DONE
    assert not folder.with_name("review.unfinished").exists()


def _killed_demo(folder: Path, seconds: float) -> None:
    command = [sys.executable, "-m", "prisma_tool", "demo", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True) as child:
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)


@pytest.mark.posix
def test_the_demos_servers_end_with_a_killed_demo(tmp_path: Path) -> None:
    from prisma_tool.demo.build import fixture_folder

    script = (
        "import sys, time\nfrom pathlib import Path\nfrom prisma_tool.demo.build import stand_ins\n"
        f"with stand_ins(Path({str(fixture_folder())!r})) as addresses:\n    print(addresses['eutils_url'], flush=True)\n    sys.stdin.read()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        address = child.stdout.readline().strip()
        child.send_signal(signal.SIGKILL)
        child.wait()
    port = int(address.rsplit(":", 1)[1].split("/")[0])
    assert _closes(port), f"a server still listens on port {port}"


def _closes(port: int) -> bool:
    import socket

    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return True
        os.sched_yield()
    return False


def test_a_number_is_explained_with_what_became_of_each_record(shell: Shell) -> None:
    excluded = shell("flow", "--explain", "dbr_excluded:Wrong population").splitlines()
    assert len(excluded) == 6
    assert all(line.endswith("  excluded at full text: Wrong population") for line in excluded[1:])
    duplicates = shell("flow", "--explain", "duplicates").splitlines()[1:]
    assert all("  same report as " in line for line in duplicates)


def test_what_one_person_screened_was_not_screened_without_access_to_others(
    built_demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(built_demo), "report", "methods", "--json"]) == 0
    screened = json.loads(capsys.readouterr().out)["stages"]["title-abstract"]
    assert screened["by_one"] > 0
    assert screened["without_access"] == {}
