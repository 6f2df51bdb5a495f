"""The pack of a review of two people and its update, numbers known beforehand: every table and row, for both versions, and the whole manuscript."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from copied_folders import copy_folder

from prisma_tool.cli.main import run
from prisma_tool.manuscript.checklist.facts import read_facts
from prisma_tool.manuscript.checklist.rows import ChecklistRow, checklist_rows
from prisma_tool.manuscript.document.blocks import Document, Heading
from prisma_tool.manuscript.document.docx import render_word
from prisma_tool.manuscript.review_document.parts import Manuscript, ManuscriptSettings
from prisma_tool.manuscript.review_document.read import read_manuscript
from prisma_tool.manuscript.review_document.renewal import PartResult, PartState
from prisma_tool.manuscript.review_document.word_file import new_word_file
from prisma_tool.manuscript.review_document.write import Refreshed
from prisma_tool.manuscript.search_appendix.document import document as search_document
from prisma_tool.manuscript.search_appendix.read import read_appendix
from prisma_tool.manuscript.tables.excluded import excluded_table
from prisma_tool.manuscript.tables.not_retrieved import not_retrieved_table
from prisma_tool.manuscript.tables.study_tables import included_table, ongoing_table
from prisma_tool.model.protocol.answers import ChecklistForm
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import open_review

FIRST, NOW = "first", ""
TODAY = re.compile(r"\d{1,2} [A-Z][a-z]+ 20\d\d")


@pytest.fixture(scope="module")
def packs(update_of_two: Path) -> dict[str, dict[str, Any]]:
    """For each version: rows of the checklists by item, the tables as data, and the manuscript."""
    with open_review(update_of_two, Environment(), print) as review:
        made = {}
        for version in (FIRST, NOW):
            facts = read_facts(review, version)
            made[version] = {
                "rows": {row.number: row for row in checklist_rows(ChecklistForm.PRISMA_2020, facts)},
                "s": {row.number: row for row in checklist_rows(ChecklistForm.SEARCHES, facts)},
                "abstracts": {row.number: row for row in checklist_rows(ChecklistForm.ABSTRACTS, facts)},
                "excluded": excluded_table(review, "Ann", version, "vancouver"),
                "included": included_table(review, version, "vancouver"),
                "missing": not_retrieved_table(review, version, "vancouver"),
                "ongoing": ongoing_table(review, version, "vancouver"),
                "search": search_document(read_appendix(review, version)),
                "manuscript": read_manuscript(review, "Ann", ManuscriptSettings(version, "vancouver")),
            }
    return made


def sentence(row: ChecklistRow) -> str:
    return TODAY.sub("TODAY", row.sentence)


UNDATED = "; ".join(f"{source} (imported TODAY; no day of the search is recorded here)" for source in ("Embase", "Scopus"))
ROWS: dict[str, dict[str, str]] = {
    FIRST: {
        "1": "In review.toml the review is called “T”.",
        "6": f"{UNDATED}.",
        "7": "Of Embase and Scopus no strategy is kept here.",
        "16a": "Of 8 records from databases, 7 were screened, 4 reports sought, 3 assessed. 2 studies (2 reports) are included.",
        "16b": (
            "1 report was excluded at full text; it is cited with its reason in the table of excluded reports. None is marked as a near miss."
        ),
        "17": "2 studies (2 reports) are included; each is cited in the table of included studies.",
        "24c": "The protocol in review.toml was first noted on TODAY. Changes that the log holds: TODAY: the rules of screening.",
    },
    NOW: {
        "1": "In review.toml the review is called “T”.",
        "6": f"{UNDATED}.",
        "7": "Of Embase and Scopus no strategy is kept here.",
        "16a": (
            "Of 3 records from databases, 2 were screened, 2 reports sought, 2 assessed. 1 new study (1 report) was added to those of the "
            "previous version, so that 3 studies (3 reports) are included."
        ),
        "16b": (
            "1 report was excluded at full text; it is cited with its reason in the table of excluded reports. None is marked as a near miss."
        ),
        "17": (
            "1 new study (1 report) was added to those of the previous version, so that 3 studies (3 reports) are included; each is cited in "
            "the table of included studies."
        ),
        "24c": (
            "The protocol in review.toml was first noted on TODAY. Changes that the log holds: TODAY: the rules of screening; TODAY: the rules "
            "of screening (after the first vote); TODAY: the rules of screening (after the first vote)."
        ),
    },
}
SEARCHES: dict[str, dict[str, str]] = {
    FIRST: {
        "1": "Embase (platform not known); Scopus (platform not known).",
        "12": "No rerun of a search is recorded here.",
        "15": "Version first: 8 records identified (databases 8).",
        "16": "Duplicates were found by prisma-tool V: 8 records are 7 reports. The search appendix describes how.",
    },
    NOW: {
        "1": "Embase (platform not known); Scopus (platform not known).",
        "12": "Files of Embase were imported again on TODAY; whether the search was rerun is not recorded.",
        "15": "Version first: 8 records identified (databases 8). The version under way: 3 records identified (databases 3).",
        "16": "Duplicates were found by prisma-tool V: 10 records are 9 reports. The search appendix describes how.",
    },
}


@pytest.mark.parametrize("version", [FIRST, NOW])
def test_every_filled_row_of_prisma_2020_is_that_of_the_version(packs: dict[str, Any], version: str) -> None:
    filled = {number: sentence(row) for number, row in packs[version]["rows"].items() if row.sentence}
    selection = filled.pop("8")
    assert filled == ROWS[version]
    stages = {FIRST: ("7 records", "3 reports"), NOW: ("2 records", "2 reports")}[version]
    assert selection.startswith(f"Titles and abstracts of {stages[0]} were screened")
    assert f"Full texts of {stages[1]} were screened" in selection


@pytest.mark.parametrize("version", [FIRST, NOW])
def test_every_filled_row_of_prisma_s_is_that_of_the_version(packs: dict[str, Any], version: str) -> None:
    rows = {number: sentence(row) for number, row in packs[version]["s"].items() if row.sentence}
    masked = {number: re.sub(r"prisma-tool [\d.]+\w*:", "prisma-tool V:", text) for number, text in rows.items()}
    assert masked == {
        **SEARCHES[version],
        "3": "No study register is among the sources that are recorded here.",
        "8": "Of Embase and Scopus no strategy is kept here.",
    }


@pytest.mark.parametrize(("version", "words"), [(FIRST, ROWS[FIRST]["16a"]), (NOW, ROWS[NOW]["16a"])])
def test_the_abstract_counts_the_studies_of_the_version(packs: dict[str, Any], version: str, words: str) -> None:
    assert words.endswith(sentence(packs[version]["abstracts"]["7"]))


@pytest.mark.parametrize(
    ("version", "table", "expected"),
    [
        (FIRST, "excluded", [("embase:3", "Wrong population")]),
        (NOW, "excluded", [("embase:11", "Wrong outcome")]),
        (FIRST, "missing", [("scopus:9", "databases and registers")]),
        (NOW, "missing", []),
        (FIRST, "ongoing", []),
        (NOW, "ongoing", []),
        (FIRST, "included", [("A 2001", "included"), ("A 2004", "included")]),
        (
            NOW,
            "included",
            [("A 2001", "included in the previous version"), ("A 2004", "included in the previous version"), ("A 2010", "included, new in this version")],
        ),
    ],
)  # fmt: skip
def test_every_row_of_every_table_is_of_the_version(
    packs: dict[str, Any], version: str, table: str, expected: list[tuple[str, str]]
) -> None:
    made = packs[version][table]
    columns = {"excluded": ("key", "reason"), "missing": ("key", "identified_by")}.get(table, ("study", "state"))
    places = [made.header.index(column) for column in columns]
    assert [tuple(row[place] for place in places) for row in made.rows] == expected
    assert made.data["n"] == len(expected)


def blocks_below(document: Document) -> list[object]:
    """The blocks of a report as they stand in the manuscript, two headings further down."""
    return [Heading(block.level + 2, block.text) if isinstance(block, Heading) else block for block in document.blocks]


@pytest.mark.parametrize("version", [FIRST, NOW])
@pytest.mark.parametrize(
    ("part", "report"), [("excluded", "excluded"), ("included", "included"), ("unretrieved", "missing"), ("ongoing", "ongoing"), ("search", "search")]
)  # fmt: skip
def test_an_appendix_of_the_manuscript_is_the_report_itself(packs: dict[str, Any], version: str, part: str, report: str) -> None:
    written: Manuscript = packs[version]["manuscript"]
    [appendix] = [one for one in written.parts if one.name == f"appendix.{part}"]
    single = packs[version][report]
    assert list(appendix.blocks) == blocks_below(single if isinstance(single, Document) else single.document)


@pytest.mark.parametrize("version", [FIRST, NOW])
def test_the_manuscript_says_what_methods_says(
    packs: dict[str, Any], version: str, update_of_two: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["-C", str(update_of_two), "report", "methods", "--json", *(["--version", version] if version else [])]) == 0
    sections = json.loads(capsys.readouterr().out)["sections"]
    written: Manuscript = packs[version]["manuscript"]
    methods = {
        block.text
        for part in written.parts
        if part.name.startswith("methods.")
        for block in part.blocks
        if hasattr(block, "text")
    }
    whole = " ".join(methods)
    assert all(" ".join(section["sentences"]) in whole for section in sections)


def test_names_of_parts_fit_into_word_and_are_there_once(packs: dict[str, Any]) -> None:
    names = [part.name for part in packs[NOW]["manuscript"].parts]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+", name) and len(f"ptb_{name}_{'0' * 14}") <= 40 for name in names)
    assert all(len(f"prisma-tool:{name}:{'0' * 14}") <= 64 for name in names)


def test_the_written_document_opens_and_has_the_figure_with_its_words(packs: dict[str, Any]) -> None:
    opened = docx.Document(io.BytesIO(new_word_file(packs[FIRST]["manuscript"])))
    described = next(opened.element.body.iter("{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"))
    assert "Records screened (n = 7)" in described.get("descr")
    assert [int(section.page_width or 0) > int(section.page_height or 0) for section in opened.sections] == [False, True]


@pytest.fixture
def copied(update_of_two: Path, tmp_path: Path) -> Callable[..., int]:
    """Commands on a copy of the review."""
    copy_folder(update_of_two, tmp_path / "review")
    return lambda *words: run(["-C", str(tmp_path / "review"), *words])


def parts_of(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    return {part["name"]: part["state"] for part in json.loads(capsys.readouterr().out)["files"][0]["parts"]}


def test_a_question_vanishes_once_it_is_answered_and_the_version_is_kept(
    copied: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "review.docx"
    assert copied("report", "manuscript", "--version", FIRST, "--style", "apa", "-o", str(target)) == 0
    before = target.read_bytes()
    assert copied("report", "answer", "11", "With RoB 2, by two reviewers.") == 0
    capsys.readouterr()
    assert copied("report", "manuscript", "--refresh", str(target), "--json") == 0
    states = parts_of(capsys)
    assert {name for name, state in states.items() if state == "renewed"} == {"methods.bias", "checklists.prisma"}
    assert {state for name, state in states.items() if name not in {"methods.bias", "checklists.prisma"}} == {"unchanged"}
    assert target.read_bytes() != before


def test_a_document_that_exists_is_not_written_over(
    copied: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "review.docx"
    target.write_bytes(b"our words")
    assert copied("report", "manuscript", "-o", str(target)) == 2
    assert "--refresh" in capsys.readouterr().err
    assert target.read_bytes() == b"our words"


def test_a_document_without_a_part_of_ours_is_left_alone_and_not_called_up_to_date(
    copied: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "letter.md"
    target.write_text("# Dear editor\n")
    assert copied("report", "manuscript", "--refresh", str(target)) == 1
    assert "holds no part that prisma-tool wrote" in capsys.readouterr().err
    assert target.read_text() == "# Dear editor\n"


def test_a_refresh_says_how_many_parts_speak_of_the_review_now_and_which_do_not() -> None:
    settings = ManuscriptSettings("", "vancouver")
    parts = [PartResult("a", PartState.RENEWED), PartResult("b", PartState.UNCHANGED), PartResult("c", PartState.KEPT, "edited")]
    assert Refreshed(Path("r.docx"), settings, tuple(parts)).summary == (
        "r.docx: 2 parts speak of the review as it stands now (1 renewed, 1 unchanged); not of it: 1 kept."
    )
    assert Refreshed(Path("r.docx"), settings, tuple(parts[2:])).summary == (
        "r.docx: 0 parts speak of the review as it stands now (none); not of it: 1 kept."
    )


@pytest.mark.parametrize("lock", [".~lock.review.docx#", "~$review.docx"])
def test_a_document_that_is_open_elsewhere_is_left_alone(
    copied: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str], lock: str
) -> None:
    (tmp_path / lock).write_text("")
    (tmp_path / "review.docx").write_bytes(b"")
    assert copied("report", "manuscript", "--refresh", str(tmp_path / "review.docx")) == 1
    assert f"is open in Word or LibreOffice, as {lock} beside it says" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "sentence_part"),
    [
        (("--refresh", "none.docx"), 1, "does not exist"),
        (("--refresh", "review.odt"), 2, "is written as .docx, .md"),
        (("-o", "review.pdf"), 2, "is written as .docx, .md"),
        (("-o", "a.docx", "--refresh", "b.docx"), 2, "give one of them"),
        (("--overwrite",), 2, "goes with --refresh"),
        (("--version", "second"), 1, "There is no closed version 'second'"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(
    update_of_two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, sentence_part: str
) -> None:
    placed = [str(tmp_path / word) if "." in word else word for word in words]
    assert run(["-C", str(update_of_two), "report", "manuscript", *placed]) == code
    assert sentence_part in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_an_answer_on_independence_that_the_log_contradicts_is_not_kept(
    copied: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (tmp_path / "review" / "review.toml").read_bytes()
    assert copied("report", "answer", "independence:title-abstract", "yes") == 1
    assert "on 1 record a reviewer could have read another's vote" in capsys.readouterr().err
    assert (tmp_path / "review" / "review.toml").read_bytes() == before
    assert copied("report", "answer", "independence:title-abstract", "no") == 0
    assert copied("report", "answer", "independence:full-text", "yes") == 0


def test_a_cell_in_capitals_does_not_make_a_column_negative() -> None:
    from prisma_tool.manuscript.document.blocks import Table

    wide = Document("T", (Table(("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "b"), (("1", "2"),)),), landscape=True)
    [table] = docx.Document(io.BytesIO(render_word(wide))).tables
    assert all(int(column.width or 0) > 0 for column in table.columns)
