"""`dedupe --files`: citation files in, unique records out, without a review; nothing lost, nothing half-done."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from prisma_tool.cli.main import run
from prisma_tool.formats.registry import read

TITLE = "Invented receptors against an invented leukaemia in twelve wards"
RIS = f"""TY  - JOUR
AN  - L1
TI  - {TITLE}
AU  - Quist, Ada
PY  - 2019
JF  - Journal of Invented Haematology
VL  - 12
SP  - 101
DO  - 10.5555/a
ER  -
TY  - JOUR
AN  - L2
TI  - =HYPERLINK("x") is no title of a paper
PY  - 2001
ER  -
TY  - JOUR
ER  -
"""
NBIB = f"""PMID- 99000001
TI  - {TITLE}.
FAU - Quist, Ada
DP  - 2019 May
TA  - J Invented Haematol
VI  - 12
PG  - 101-10
AB  - Everything here is invented.
"""
CSV = f"""id,title,authors,year,journal,volume,pages,doi
7,{TITLE},Quist A,2019,Journal of Invented Haematology,12,101-110,10.5555/b
8,"=HYPERLINK(""x"") is no title of a paper",,2001,,,,
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a review, with three files, as the current one."""
    for name, text in (("a.ris", RIS), ("b.nbib", NBIB), ("c.csv", CSV)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_fullest_record_of_each_report_is_kept_in_order_of_first_appearance(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["dedupe", "--files", "a.ris", "b.nbib", "-o", "unique.ris", "--json"]) == 0
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told.pop("seconds") >= 0
    assert told == {
        "records": 3,
        "unique": 2,
        "duplicates_removed": 1,
        "clusters": 1,
        "uncertain": 0,
        "least_certain": 0,
        "joined_before_would_ask": 0,
    }
    assert "a.ris (ris, utf-8): 3 declared = 2 read + 1 rejected" in said.err
    assert "rejected, line 16" in said.err
    kept = [entry.citation for entry in read((folder / "unique.ris").read_bytes()).entries]
    assert [one.year for one in kept] == [2019, 2001]
    assert kept[0].pmid == "99000001"


def test_the_report_lists_pairs_with_reasons_and_no_cell_runs_in_a_spreadsheet(folder: Path) -> None:
    files = ["--files", "a.ris", "--files", "b.nbib", "c.csv"]
    assert run(["dedupe", *files, "-o", "unique.csv", "--report", "pairs.csv"]) == 0
    with (folder / "pairs.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    pairs = {(row["key_a"], row["key_b"]): row for row in rows}
    assert pairs["a:L1", "c:7"]["verdict"] == "unsure"
    assert "different identifiers" in pairs["a:L1", "c:7"]["reason"]
    assert pairs["a:L2", "c:8"]["verdict"] == "same"
    assert pairs["a:L2", "c:8"]["title_a"].startswith("'=HYPERLINK")
    assert "\n=" not in (folder / "unique.csv").read_text(encoding="utf-8")


def test_a_file_given_twice_joins_with_itself_and_every_record_has_a_key_of_its_own(folder: Path) -> None:
    assert run(["dedupe", "--files", "a.ris", "a.ris", "-o", "unique.ris", "--report", "pairs.csv"]) == 0
    assert len(read((folder / "unique.ris").read_bytes()).entries) == 2
    assert "a:L1#2" in (folder / "pairs.csv").read_text(encoding="utf-8")


def test_a_named_encoding_decides_for_the_files_and_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "old.ris").write_bytes("TY  - JOUR\nTI  - Маски\nPY  - 2019\nER  - \n".encode("koi8-r"))
    assert run(["dedupe", "--files", "old.ris", "-o", "unique.ris", "--encoding", "KOI8-R"]) == 0
    assert "old.ris (ris, koi8-r): 1 declared = 1 read" in capsys.readouterr().err
    assert read((folder / "unique.ris").read_bytes()).entries[0].citation.title == "Маски"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--files", "a.ris"], 2, "-o unique.ris"),
        (["a.ris"], 2, "belong to --files"),
        (["-o", "unique.ris"], 2, "belong to --files"),
        (["--encoding", "cp1251"], 2, "belong to --files"),
        (["--files", "a.ris", "-o", "unique.ris", "--encoding", "cp99"], 2, "is not an encoding"),
        (["--files", "a.ris", "--explain", "a:L1", "-o", "unique.ris"], 2, "at a time"),
        (["--files", "a.ris", "-o", "unique.txt"], 2, "records are written as .ris, .nbib"),
        (["--files", "a.ris", "-o", "unique.ris", "--report", "pairs.txt"], 2, "suffix .csv"),
        (["--files", "a.ris", "-o", "unique.csv", "--report", "./unique.csv"], 2, "named twice"),
        (["--files", "a.ris", "-o", "nowhere/unique.ris"], 1, "folder nowhere does not exist"),
        (["--files", "a.ris", "absent.ris", "-o", "unique.ris"], 1, "absent.ris does not exist"),
        (["--files", "a.ris", "poem.txt", "-o", "unique.ris"], 1, "poem.txt: "),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    (folder / "poem.txt").write_text("Roses are red,\nviolets are blue.\n", encoding="utf-8")
    before = sorted(folder.iterdir())
    assert run(["dedupe", *arguments]) == code
    assert said in capsys.readouterr().err
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("output", ["a.ris", "./a.ris"])
def test_an_input_is_never_overwritten(folder: Path, capsys: pytest.CaptureFixture[str], output: str) -> None:
    assert run(["dedupe", "--files", "a.ris", "-o", output]) == 2
    assert "overwritten" in capsys.readouterr().err
    assert (folder / "a.ris").read_text(encoding="utf-8") == RIS
