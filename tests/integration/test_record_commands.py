"""From a record to the end of its report, by the commands of the shell alone, on SQLite and on PostgreSQL."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prisma_tool.cli.main import run

ENTRIES = """accession,title,authors,year,doi,publication types,nct
L1,Trial of one treatment in elderly patients,"Moreau, A",2020,10.1000/a,Journal Article,
L2,Long-term results of the same trial in elderly patients,"Moreau, A",2022,,Journal Article,
L3,A trial that has just begun,"Ito, B",2024,,Journal Article,
L4,A meeting abstract that says little,"Levi, C",2023,,Journal Article,
L5,A report that nobody can get,"Okafor, D",2019,,Journal Article,
L6,A trial in children,"Silva, E",2018,,Journal Article,
R1,Register entry of that trial,,2018,,Trial registry record,NCT01234567
"""


@pytest.fixture
def shell(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Any]:
    """Runs a command on a review of two sources; gives its JSON, or what it said."""
    monkeypatch.setenv("PRISMA_TOOL_DATABASE", database_url)
    folder = tmp_path / "review"

    def call(*arguments: str | Path, code: int = 0) -> Any:
        capsys.readouterr()
        assert run(["-C", str(folder), *map(str, arguments)]) == code, capsys.readouterr().err
        out, err = capsys.readouterr()
        return json.loads(out) if "--json" in arguments else out + err

    assert run(["init", str(folder), "--reviewer", "Ada"]) == 0
    (tmp_path / "a.csv").write_text(ENTRIES, encoding="utf-8")
    call("import", tmp_path / "a.csv", "--source", "Embase")
    return call


def test_a_review_of_full_texts_from_the_shell(shell: Callable[..., Any], tmp_path: Path) -> None:
    shell(
        "add", "--title", "A thesis from a reference list", "--year", "1999", "--source", "Reference lists", "--kind", "citation"
    )
    shell("edit", "embase:L2", "doi", "10.1000/b")
    shell("edit", "embase:L2", "abstract", "RESULTS: It lasts.")
    shell("label", "embase:L2", "same trial?")
    shell("note", "embase:L2", "Compare with L1")
    shell("dedupe")
    for key in ("L1", "L2", "L3", "L4", "L5", "L6", "R1"):
        shell("decide", f"embase:{key}", "include")
    paper = tmp_path / "10.1000_b.pdf"
    paper.write_bytes(b"%PDF-1.7")
    assert shell("retrieve", "--folder", tmp_path, "--json")["attached"][0]["key"] == "embase:L2"
    shell("retrieve", "embase:L5", "not-retrieved", "--asked", "d.okafor@example.org", "--on", "2025-01-15")
    for key, *verdict in (
        ("L1", "include"), ("L2", "include"), ("L3", "ongoing"), ("L4", "awaiting"), ("R1", "include"),
        ("L6", "exclude", "--reason", "Wrong population"),
    ):  # fmt: skip
        shell("decide", f"embase:{key}", *verdict, "--stage", "full-text")
    assert "not excluded but linked" in shell(
        "decide", "embase:L2", "exclude", "--stage", "full-text", "--reason", "Further report", code=1
    )
    shell("study", "link", "Moreau 2020 (NCT01234567)", "embase:L1", "embase:L2", "embase:R1")
    shell("reasons", "rename", "Wrong population", "Not the elderly")
    shell("reasons", "merge", "Not the elderly", "Wrong intervention")
    thesis = shell("flow", "--explain", "citations_results", "--json")["records"][0]
    shell("retrieve", thesis, "not-retrieved", "--tried", "library", "--tried", "author's page")

    flow = shell("flow", "--json")
    counts, lists = flow["counts"], flow["lists"]
    assert (counts["dbr_sought_reports"], counts["dbr_notretrieved_reports"], counts["dbr_assessed"]) == (7, 1, 6)
    assert (counts["new_studies"], counts["new_reports"], counts["other_notretrieved_reports"]) == (1, 3, 1)
    assert {label: n for label, n in lists["dbr_excluded"].items() if n} == {"Wrong intervention": 1}
    assert (sum(lists["ongoing"].values()), sum(lists["awaiting"].values())) == (1, 1)
    assert all(check["holds"] for check in flow["checks"] if check["kind"] == "strict")
    shell("export", "-o", tmp_path / "all.csv")
    rows = {row["key"]: row for row in csv.DictReader((tmp_path / "all.csv").read_text(encoding="utf-8").splitlines())}
    assert (rows["embase:L2"]["edited"], rows["embase:L2"]["labels"]) == ("abstract; doi", "same trial?")
    assert rows["embase:L2"]["files"].startswith("fulltext/embase_L2-")
    assert rows["embase:L5"]["efforts"] == "2025-01-15 asked: d.okafor@example.org"
    shell("doctor")
    shell("doctor", "--rebuild")
    assert shell("flow", "--json") == flow


def test_corrections_and_reports_are_undone_from_the_shell(shell: Callable[..., Any]) -> None:
    shell("decide", "embase:L1", "exclude", "--reason", "Wrong outcome")
    shell("edit", "embase:L1", "title", "Another title altogether")
    shell("reasons", "merge", "Wrong outcome", "Wrong comparator")
    shell("reasons", "merge", "Wrong outcome", "--undo")
    assert shell("edit", "embase:L1", "title", "--undo", "--json")["value"] == "Trial of one treatment in elderly patients"
    shell("remove", "--where", "year < 2019", "--as", "other", "--reason", "before 2019")
    assert shell("flow", "--json")["counts"]["excluded_other"] == 2
    shell("remove", "--where", "year < 2019", "--undo")
    assert shell("flow", "--json")["counts"]["excluded_other"] == 0
    shell("doctor")
