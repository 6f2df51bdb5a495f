"""Every table that the program writes: no cell of it runs as a formula, and one function decides which would."""

from __future__ import annotations

import ast
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter

import prisma_tool
from prisma_tool.cli.main import run
from prisma_tool.formats.text.spreadsheet_cells import SIGNS

PACKAGE = Path(prisma_tool.__file__).parent
MODULES = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
FILE = (
    "TY  - JOUR\nAN  - {sign}{n}\nTI  - {sign}1 title {n} of {word}\nAU  - {sign}Author, A\nJO  - {sign}J\nPY  - 2020\nER  - \n"
)
PRINTED = [sign for sign in SIGNS if sign.strip()]
"""Signs that can begin a name on the command line; the others fall away there."""


def modules_that(call: str, module: str) -> set[str]:
    """The modules of the package in which `call` of `module` is used."""
    return {
        name
        for name, text in MODULES.items()
        if call in text
        for node in ast.walk(ast.parse(text))
        if (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) == (module, call))
        or (isinstance(node, ast.ImportFrom) and node.module == module and call in {alias.name for alias in node.names})
    }


def test_tables_are_written_by_one_function_alone() -> None:
    writers = modules_that("writer", "csv") | modules_that("DictWriter", "csv")
    # `rows` keeps what came in and writes no file; `other_program` hands a labelled set to a program that reads cells as texts.
    assert writers == {"formats/text/spreadsheet_cells.py", "formats/tables/rows.py", "ranking/simulation/other_program.py"}
    assert modules_that("Workbook", "xlsxwriter") == {"formats/tables/xlsx_writer.py"}
    assert not modules_that("Workbook", "openpyxl")


def test_every_module_that_writes_a_table_is_tried_below() -> None:
    assert modules_that("table_lines", "prisma_tool.formats.text.spreadsheet_cells") == {
        "formats/tables/csv_writer.py",  # export
        "formats/joining.py",  # export --original, rejects
        "screening/prioritised/rank_report.py",  # rank --export
        "manuscript/agreement_table.py",  # report agreement
        "manuscript/search_appendix/runs_table.py",  # report search
        "dedupe/without_review_files.py",  # dedupe --files --report
        "figure/exchange/csv_out.py",  # flow
        "manuscript/tables/review_table.py",  # report excluded, included, not-retrieved, ongoing and checklist
        "manuscript/simulation_report.py",  # simulate: numbers and names of rules alone
        "manuscript/bundle/tables.py",  # report bundle
    }


def workbook(path: Path, sign: str) -> Path:
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((("title", "year", "url"), (f"{sign}A row", "2020", ""), ("", "", f"{sign}refused"))):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell)
    return path


def written(folder: Path, sign: str) -> Iterator[Path]:
    """Every table that the commands write, of a review in which all free text begins with a sign."""
    review, ris = folder / "review", folder / f"{sign}file.ris"
    ris.write_text("".join(FILE.format(sign=sign, n=n, word=word) for n, word in enumerate(("alpha", "omega"))), encoding="utf-8")
    here = ["-C", str(review)]
    assert run(["init", str(review), "--reviewer", f"{sign}Ada", "--reviewer", "Bo"]) == 0
    assert run([*here, "import", str(ris), "--source", f"{sign}Embase"]) == 0
    assert run([*here, "import", str(workbook(folder / "book.xlsx", sign)), "--source", "Book"]) == 0
    for reviewer in (f"{sign}Ada", "Bo"):
        for key, verdict in ((f"embase:{sign}0", "include"), (f"embase:{sign}1", "exclude")):
            assert run([*here, "decide", key, verdict, "--reviewer", reviewer]) == 0
    assert run([*here, "label", "--reviewer", "Bo", "--", f"embase:{sign}0", f"{sign}label"]) == 0
    yield from (review / "rejects").iterdir()
    for name, command in {
        "all.csv": ["export", "-o"],
        "all.tsv": ["export", "-o"],
        "original.csv": ["export", "--original", "--where", "source = Book", "-o"],
        "ranked.csv": ["rank", "--reviewer", "Bo", "--export"],
        "agreement.csv": ["report", "agreement", "-o"],
        "runs.csv": ["report", "search", "-o"],
        "flow.csv": ["flow", "-o"],
        "checklist.csv": ["report", "checklist", "-o"],
    }.items():
        assert run([*here, *command, str(folder / name)]) == 0
        yield folder / name
    pairs = ["--report", str(folder / "pairs.csv"), "-o", str(folder / "unique.csv")]
    assert run(["dedupe", "--files", str(ris), str(ris), *pairs]) == 0
    yield from (folder / "pairs.csv", folder / "unique.csv")
    assert run([*here, "report", "bundle", "-o", str(folder / "review.zip")]) == 0
    with ZipFile(folder / "review.zip") as deposit:
        deposit.extract("records.csv", folder)
    yield folder / "records.csv"


def runs(cell: str) -> bool:
    return cell[:1] in tuple(SIGNS) and not cell.removeprefix("-").replace(".", "", 1).isdigit()


@pytest.mark.parametrize("sign", PRINTED)
def test_no_cell_of_any_written_table_runs(sign: str, tmp_path: Path) -> None:
    tables = list(written(tmp_path, sign))
    for path in tables:
        text = path.read_text(encoding="utf-8")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t" if path.suffix == ".tsv" else ","))
        assert len(rows) > 1, path
        assert not [cell for row in rows for cell in row if runs(cell)], path
        assert sign in text or path.name == "flow.csv", f"{path} was not put to the test"
    assert len(tables) == 12
