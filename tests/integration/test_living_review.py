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


def living_flow(bench: Bench, **scope: str) -> Flow:
    return read_living_flow(bench.review, Scope(**scope))[0]


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
    assert notes[-1].startswith("Living review: base version, updates and all versions together, after Kahale LA, et al.")


def test_the_figure_of_a_closed_version_ends_with_it(living: Bench) -> None:
    living.close("2024")
    assert [version.label for version in living_flow(living).versions] == ["2023", "2024"]


def test_an_update_counts_only_once_it_has_something(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.dedupe()
    bench.vote("exclude", "embase:1")
    with pytest.raises(PrismaError, match="none was closed yet"):
        living_flow(bench)
    bench.close("2023")
    assert [version.label for version in living_flow(bench).versions] == ["2023"]


def test_every_part_lists_its_records(living: Bench) -> None:
    told = explanation(living_flow(living), "records_screened@Update 1")
    assert (told["n"], told["records"]) == (2, ["embase:6", "embase:7"])


@pytest.mark.parametrize("suffix", [".svg", ".txt", ".md", ".json"])
def test_a_figure_drawn_from_its_own_file_is_byte_identical(living: Bench, tmp_path: Path, suffix: str) -> None:
    folder = str(living.review.folder)
    kept, again = tmp_path / "kept.json", tmp_path / f"again{suffix}"
    first = tmp_path / f"first{suffix}"
    assert run(["-C", folder, "flow", "--template", "living", "-o", str(kept), "-o", str(first)]) == 0
    assert run(["flow", "--from-json", str(kept), "-o", str(again)]) == 0
    assert again.read_bytes() == first.read_bytes()
