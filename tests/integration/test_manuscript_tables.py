"""The tables for the manuscript have the rows that the figure counts, for the review as it stands and for a closed version."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
import pytest
from copied_folders import copy_folder

from prisma_tool.cli.main import run
from prisma_tool.errors import PrismaError
from prisma_tool.flow.flow import Count, total
from prisma_tool.flow.read import read_flow
from prisma_tool.fulltext.attempts import AttemptMeans, RetrievalAttempt, note_attempts
from prisma_tool.manuscript.checklist.write_checklist import read_checklist
from prisma_tool.manuscript.registration_form import read_registration_form
from prisma_tool.manuscript.tables.excluded import excluded_table
from prisma_tool.manuscript.tables.not_retrieved import not_retrieved_table
from prisma_tool.manuscript.tables.review_table import ReviewTable
from prisma_tool.manuscript.tables.study_tables import included_count, included_table, ongoing_table
from prisma_tool.model.protocol.answers import ChecklistForm
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.records.labels import label
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import create_review, open_review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.studies import links
from prisma_tool.studies.participants import enter_participants

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

STYLE = "vancouver"


def build(bench: Bench) -> None:
    """Version 1: 1 and 2 included as study Moreau, 3 and W excluded, 4 not retrieved, 5 ongoing. Since: 6 included, 7 excluded."""
    bench.given("Embase", "1", "2", "3", "4", "5")
    bench.given("NICE", "W", kind=SourceKind.WEBSITE)
    bench.vote("include", *(f"embase:{n}" for n in range(1, 6)))
    bench.assess("include", "embase:1", "embase:2")
    links.link(bench.review, "Moreau 2019", ["embase:1", "embase:2"], "Ada")
    decide(
        bench.review, [Decision("embase:3", Stage.FULL_TEXT, "Ada", Verdict.EXCLUDE, "Wrong outcome", note="=no death\nreported")]
    )
    bench.assess("exclude", "nice:W", reason="Wrong population")
    bench.retrieved("embase:4", status="not-retrieved")
    note_attempts(bench.review, [RetrievalAttempt("embase:4", AttemptMeans.ASKED, "B Ito")], "Ada")
    bench.assess("ongoing", "embase:5")
    bench.close("1")
    bench.given("Scopus", "6", "7")
    bench.dedupe()
    bench.judged("scopus:6", "include")
    bench.judged("scopus:7", "exclude", reason="Wrong outcome")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, bench_around: type[Bench]) -> Path:
    """The folder of the review, built once for all tests."""
    folder = tmp_path_factory.mktemp("tables") / "review"
    create_review(folder, title="A review", reviewers=("Ada",))
    with open_review(folder, Environment(), print) as review:
        build(bench_around(review, folder.parent))
    return folder


@pytest.fixture
def updated(built: Path, tmp_path: Path, bench_around: type[Bench]) -> Iterator[Bench]:
    """A copy of the review for one test."""
    folder = tmp_path / "review"
    copy_folder(built, folder)
    with open_review(folder, Environment(), print) as review:
        yield bench_around(review, tmp_path)


def keys(table: ReviewTable) -> list[str]:
    return [one["key"] for one in table.data["reports"]]


def n(count: Count | None) -> int:
    return count.n if count else 0


@pytest.mark.parametrize("version", ["", "1"])
def test_every_table_has_as_many_rows_as_the_figures_number(updated: Bench, version: str) -> None:
    flow, review = updated.flow(version=version), updated.review
    assert len(excluded_table(review, "", version, STYLE).rows) == total(flow.dbr_excluded) + total(flow.other_excluded)
    missing = n(flow.dbr_notretrieved_reports) + n(flow.other_notretrieved_reports)
    assert len(not_retrieved_table(review, version, STYLE).rows) == missing
    assert len(included_table(review, version, STYLE).rows) == included_count(flow).n
    assert len(ongoing_table(review, version, STYLE).rows) == total(flow.ongoing) + total(flow.awaiting)


def test_the_rows_are_those_of_the_version_asked_for(updated: Bench) -> None:
    review = updated.review
    assert keys(excluded_table(review, "", "", STYLE)) == ["scopus:7"]
    assert keys(excluded_table(review, "", "1", STYLE)) == ["embase:3", "nice:W"]
    assert keys(not_retrieved_table(review, "1", STYLE)) == ["embase:4"]
    assert keys(not_retrieved_table(review, "", STYLE)) == []
    studies = included_table(review, "", STYLE).data["studies"]
    assert {(one["study"], one["label_proposed"], one["state"]) for one in studies} == {
        ("Author6 2020", True, "included, new in this version"),
        ("Moreau 2019", False, "included in the previous version"),
    }
    assert [one["study"] for one in included_table(review, "1", STYLE).data["studies"]] == ["Moreau 2019"]
    assert [one["state"] for one in ongoing_table(review, "1", STYLE).data["studies"]] == ["ongoing"]


def test_a_version_that_does_not_exist_is_refused(updated: Bench) -> None:
    with pytest.raises(PrismaError, match="no closed version '9'"):
        included_table(updated.review, "9", STYLE)


def test_a_marked_near_miss_comes_first(updated: Bench) -> None:
    label(updated.review, "nice:W", "Near-Miss", "Ada")
    table = excluded_table(updated.review, "", "1", STYLE)
    assert [(one["key"], one["near_miss"]) for one in table.data["reports"]] == [("nice:W", True), ("embase:3", False)]
    assert table.hints == ()
    assert "## Near misses" in table.markdown


def test_a_note_on_an_exclusion_is_told_and_runs_as_no_formula(updated: Bench) -> None:
    table = excluded_table(updated.review, "", "1", STYLE)
    assert table.data["reports"][0]["note"] == "=no death reported"
    rows = list(csv.DictReader(io.StringIO(table.writers[".csv"]().decode())))
    assert rows[0]["note"] == "'=no death reported"


def test_a_number_entered_by_hand_is_told_beside_the_rows(updated: Bench) -> None:
    folder = str(updated.review.folder)
    assert run(["-C", folder, "adjust", "dbr_excluded:Wrong outcome", "+2", "--note", "by post"]) == 0
    table = excluded_table(updated.review, "", "", STYLE)
    assert len(table.rows) == total(read_flow(updated.review).dbr_excluded) - 2 == 1
    assert "Beyond these rows the figure's number holds +2 reports entered by hand: by post." in table.markdown


def test_what_was_tried_for_a_report_is_told_with_its_day(updated: Bench) -> None:
    (row,) = not_retrieved_table(updated.review, "1", STYLE).data["reports"]
    assert [attempt[10:] for attempt in row["attempts"]] == [" asked: B Ito"]
    assert row["last_attempt"] == row["attempts"][0][:10]


def test_an_attempt_after_a_version_was_closed_is_none_of_that_version(updated: Bench) -> None:
    updated.retrieved("embase:4", status="not-retrieved")
    note_attempts(updated.review, [RetrievalAttempt("embase:4", AttemptMeans.TRIED, "library")], "Ada")
    assert len(not_retrieved_table(updated.review, "1", STYLE).data["reports"][0]["attempts"]) == 1
    assert len(not_retrieved_table(updated.review, "", STYLE).data["reports"][0]["attempts"]) == 2


def test_reports_stand_under_their_study_with_the_participants_that_were_entered(updated: Bench) -> None:
    enter_participants(updated.review, "Moreau 2019", 40, None, "Ada")
    (study,) = [one for one in included_table(updated.review, "", STYLE).data["studies"] if one["study"] == "Moreau 2019"]
    assert [report["key"] for report in study["reports"]] == ["embase:1", "embase:2"]
    assert study["participants"] == "40"


def test_a_blind_reviewer_reads_no_note_of_the_other(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ada", "Ben", "Cy"), toml_edits={"reviewers_per_record = 1": "reviewers_per_record = 2"})
    bench.given("Embase", "1")
    bench.dedupe()
    for by in ("Ada", "Ben"):
        bench.vote("include", "embase:1", by=by)
    for by in ("Ada", "Ben"):
        decide(bench.review, [Decision("embase:1", Stage.FULL_TEXT, by, Verdict.EXCLUDE, "Wrong outcome", note=f"{by} says")])
    notes = {name: excluded_table(bench.review, name, "", STYLE).data["reports"][0]["note"] for name in ("", "Ada", "Cy")}
    assert notes == {"": "Ada says; Ben says", "Ada": "Ada says; Ben says", "Cy": ""}


def test_the_checklist_speaks_of_the_version_asked_for(updated: Bench) -> None:
    def sentence(version: str, item: str) -> str:
        items: list[dict[str, Any]] = read_checklist(updated.review, ChecklistForm.PRISMA_2020, version).data["items"]
        return next(str(one["sentence"]) for one in items if one["number"] == item)

    assert "1 study (2 reports) is included" in sentence("1", "16a")
    assert "2 studies (3 reports) are included" in sentence("", "16a")
    assert "2 reports were excluded at full text" in sentence("1", "16b")
    assert "Scopus" not in sentence("1", "6")
    assert "Scopus (imported" in sentence("", "6")
    assert "2 reports" not in sentence("1", "8")
    assert sentence("1", "8") != sentence("", "8")


def test_the_protocol_for_a_register_names_what_is_open(updated: Bench) -> None:
    form = read_registration_form(updated.review)
    assert "Authors" in form.open
    assert "Screening" not in form.open
    assert "1 reviewer for each record" in form.text


@pytest.mark.parametrize("command", ["excluded", "included", "not-retrieved", "ongoing", "checklist", "protocol"])
def test_each_command_writes_what_opens_and_prints_one_json_object(
    updated: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    target = tmp_path / f"{command}.docx"
    assert run(["-C", str(updated.review.folder), "report", command, "-o", str(target), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)
    assert docx.Document(str(target)).paragraphs[0].text
    first = target.read_bytes()
    assert run(["-C", str(updated.review.folder), "report", command, "-o", str(target)]) == 0
    assert target.read_bytes() == first


def test_a_table_in_a_format_that_there_is_none_of_is_refused_before_anything_is_written(
    updated: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(updated.review.folder)
    assert run(["-C", folder, "report", "excluded", "-o", str(tmp_path / "a.csv"), "-o", str(tmp_path / "a.pdf")]) == 2
    assert ".docx, .md, .csv" in capsys.readouterr().err
    assert not (tmp_path / "a.csv").exists()


def test_a_changed_question_is_told_among_the_amendments(updated: Bench) -> None:
    folder = updated.review.folder
    path = folder / "review.toml"
    path.write_text(path.read_text("utf-8").replace('question = ""', 'question = "Does it work?"'), "utf-8")
    assert run(["-C", str(folder), "report", "checklist", "-o", str(folder / "c.md")]) == 0
    assert "the question (after the first vote)" in (folder / "c.md").read_text("utf-8")


def test_hostile_records_make_harmless_tables(bench: Bench) -> None:
    bench.given("Embase", "1", "2", title='=cmd|"{}"!A1 <script> | `x` \ufffe')
    bench.dedupe()
    bench.judged("embase:1", "include")
    bench.judged("embase:2", "exclude", reason="Wrong outcome")
    links.link(bench.review, "=SUM(1) | <b>", ["embase:1"], "Ada")
    included, excluded = included_table(bench.review, "", STYLE), excluded_table(bench.review, "", "", STYLE)
    rows = list(csv.DictReader(io.StringIO(included.writers[".csv"]().decode())))
    assert rows[0]["study"] == "'=SUM(1) | <b>"
    assert "<script>" not in included.markdown + excluded.markdown
    assert all(line.count(" | ") == 2 for line in excluded.markdown.splitlines() if line.startswith("| Author"))
    for table in (included, excluded):
        assert docx.Document(io.BytesIO(table.writers[".docx"]())).tables
