"""A living review drawn from its versions: base, each update, and all together, from a real store and back from its own file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from prisma_tool.cli.main import run
from prisma_tool.errors import PrismaError
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.flow.as_json import explanation
from prisma_tool.flow.flow import Flow
from prisma_tool.flow.living.read import read_living_flow
from prisma_tool.flow.scope import Scope
from prisma_tool.studies import links
from prisma_tool.updates.import_version import VersionImport, import_version

if TYPE_CHECKING:
    from tests.integration.conftest import Bench


@pytest.fixture
def living(bench: Bench) -> Bench:
    """2023: three of five records excluded, one report included, one ongoing. 2024: two found again, two new, one included."""
    bench.given("Embase", "1", "2", "3", "4", "5")
    bench.dedupe()
    bench.vote("exclude", "embase:1", "embase:2", "embase:3")
    bench.vote("include", "embase:4", "embase:5")
    bench.assess("include", "embase:4")
    bench.assess("ongoing", "embase:5")
    bench.close("2023")
    bench.given("Embase", "1", "4", "6", "7")
    bench.dedupe()
    bench.vote("exclude", "embase:6")
    bench.vote("include", "embase:7")
    bench.assess("include", "embase:7")
    return bench


def living_flow(bench: Bench, version: str = "") -> Flow:
    return read_living_flow(bench.review, Scope(version=version))[0]


def box(flow: Flow, key: str) -> list[str]:
    """The lines of a box as they are read."""
    cell = next(cell for cell in plan(flow).cells if cell.key == key)
    return [entry.text.replace("\u00a0", " ") for entry in cell.entries]


def test_every_box_has_the_number_of_all_versions_above_that_of_each(living: Bench) -> None:
    flow = living_flow(living)
    assert box(flow, "screened") == ["Records screened (n = 7)", "Base version (n = 5)", "Update 1 (n = 2)"]
    assert box(flow, "included")[:3] == ["Studies included in review (n = 2)", "Base version (n = 1)", "Update 1 (n = 1)"]
    assert not [check for check in flow.checks if not check.holds]


def test_records_found_again_explain_why_versions_are_more_than_all_together(living: Bench) -> None:
    flow = living_flow(living)
    checks = {check.name: check.detail for check in flow.checks}
    assert checks["all versions: records from databases"] == "5 + 4 is not 7; -2 in several versions"
    assert checks["all versions: records screened"] == "5 + 2 = 7"
    notes = plan(flow).footnotes
    assert any("differ from the sum of the versions in: records from databases (-2)" in note for note in notes)
    assert "Base version: 2023." in notes
    assert notes[-1].startswith("Living review: base version, updates and all versions together, after Kahale et al. 2022")


def test_the_figure_of_a_closed_version_ends_with_it(living: Bench) -> None:
    living.close("2024")
    for version, labels in (("", ["2023", "2024"]), ("2024", ["2023", "2024"]), ("2023", ["2023"])):
        assert [part.label for part in living_flow(living, version).versions] == labels


def test_an_update_counts_only_once_it_has_something(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.dedupe()
    bench.vote("exclude", "embase:1")
    with pytest.raises(PrismaError, match="none was closed yet"):
        living_flow(bench)
    assert run(["-C", str(bench.review.folder), "flow", "--template", "living"]) == 1
    bench.close("2023")
    assert [version.label for version in living_flow(bench).versions] == ["2023"]


def test_what_an_update_takes_up_adds_or_drops_is_explained(living: Bench, tmp_path: Path) -> None:
    links.link(living.review, "Ito", ["embase:4"], "Ada")
    living.assess("include", "embase:5")
    links.link(living.review, "Ito", ["embase:5"], "Ada")
    living.close("2024")
    living.given("Embase", "8")
    living.dedupe()
    living.vote("exclude", "embase:8")
    living.retrieved("embase:7")
    living.assess("exclude", "embase:7", reason="Wrong population")
    flow = living_flow(living)
    checks = {check.name: check for check in flow.checks}
    assert [name for name, check in checks.items() if not check.holds] == []
    assert checks["all versions: reports sought"].detail.startswith("2 + 2 + 1 is not 3; -2 in several versions")
    assert box(flow, "included")[4:] == [
        "Reports of included studies (n = 2)",
        "Base version (n = 1)",
        "Update 1 (n = 2)",
        "Update 2 (n = 0)",
    ]
    assert box(flow, "identified")[-3:] == ["Carried over:", "Update 1 (n = 1)", "Update 2 (n = 1)"]
    assert "Update 2: studies no longer included (n = 1); reports no longer included (n = 1)." in plan(flow).footnotes
    kept = tmp_path / "kept.json"
    assert run(["-C", str(living.review.folder), "flow", "--template", "living", "-o", str(kept)]) == 0
    assert run(["flow", "--from-json", str(kept), "-o", str(tmp_path / "again.json")]) == 0
    assert (tmp_path / "again.json").read_bytes() == kept.read_bytes()


def test_every_part_lists_its_records(living: Bench) -> None:
    part = explanation(living_flow(living), "records_screened@Update 1")
    assert (part["n"], part["records"]) == (2, ["embase:6", "embase:7"])


def test_a_figure_drawn_from_its_own_file_is_byte_identical(living: Bench, tmp_path: Path) -> None:
    names = ("figure.json", "figure.svg", "figure.txt", "figure.md", "figure.pdf")
    first, again = tmp_path / "first", tmp_path / "again"
    for folder, source in ((first, ["-C", str(living.review.folder)]), (again, [])):
        folder.mkdir()
        given = ["--template", "living"] if source else ["--from-json", str(first / "figure.json")]
        outputs = [part for name in names for part in ("-o", str(folder / name))]
        assert run([*source, "flow", *given, *outputs]) == 0
    assert [name for name in names if (first / name).read_bytes() != (again / name).read_bytes()] == []


def test_a_version_made_elsewhere_has_its_included_studies_only(bench: Bench, tmp_path: Path) -> None:
    included = tmp_path / "included.csv"
    included.write_text(
        "id,title,study\n1,A trial,Ito 2001\n2,Its follow-up,Ito 2001\n3,Another trial,Ito 2002\n", encoding="utf-8"
    )
    import_version(bench.review, VersionImport("2019", included, study_column="study"))
    bench.given("Embase", "1", "2")
    bench.dedupe()
    bench.vote("exclude", "embase:1", "embase:2")
    flow = living_flow(bench)
    assert box(flow, "screened")[1:] == ["Update 1 (n = 2)"]
    assert box(flow, "included")[:3] == ["Studies included in review (n = 2)", "Base version (n = 2)", "Update 1 (n = 0)"]
    assert "Reports of included studies (n = 3)" in box(flow, "included")
