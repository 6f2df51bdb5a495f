"""The options of the command line mean the figure's options."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from prisma_tool.cli.figure_options import figure_options
from prisma_tool.cli.main import run
from prisma_tool.errors import ExitCode, PrismaError, UsageError
from prisma_tool.figure.words.options import FigureOptions, Palette, Thousands, Wording

NUMBERS = {
    "counts": {
        "database_results": 9,
        "records_screened": 9,
        "records_excluded": 8,
        "dbr_sought_reports": 1,
        "dbr_notretrieved_reports": 0,
        "dbr_assessed": 1,
        "new_studies": 1,
    }
}


def chosen(*arguments: str) -> FigureOptions:
    seen: list[FigureOptions] = []

    @click.command()
    @figure_options
    def draw(figure: FigureOptions) -> None:
        seen.append(figure)

    CliRunner().invoke(draw, arguments, catch_exceptions=False)
    return seen[0]


def test_without_options_the_figure_is_the_official_one() -> None:
    assert chosen() == FigureOptions()


def test_every_choice_reaches_the_figure() -> None:
    options = chosen(
        *("--preset", "90", "--style", "line-art", "--font", "a.ttf", "--font", "b.otf", "--thousands", "comma", "--dpi", "1000"),
        *("--hide", "other", "--hide", "duplicates", "--wording", "scoping", "--layout", "2020"),
    )
    assert options == FigureOptions(
        width_mm=90,
        palette=Palette.LINE_ART,
        fonts=(Path("a.ttf"), Path("b.otf")),
        thousands=Thousands.COMMA,
        dpi=1000,
        hide=frozenset({"other", "duplicates"}),
        wording=Wording.SCOPING,
    )
    assert chosen("--width", "174").width_mm == 174


def test_the_layout_of_2020_is_the_usual_one_and_that_of_2009_is_refused_with_the_reason() -> None:
    assert chosen("--layout", "2020") == FigureOptions()
    with pytest.raises(
        PrismaError, match=r"The layout of 2009 is no longer drawn: .* Leave out --layout for PRISMA 2020\."
    ) as refusal:
        chosen("--layout", "2009")
    assert refusal.value.exit_code is ExitCode.FAILED


@pytest.mark.parametrize(
    "arguments", [("--preset", "90", "--width", "100"), ("--width", "20"), ("--width", "nan"), ("--dpi", "5")]
)
def test_what_no_figure_can_be_is_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        chosen(*arguments)


def test_notes_beside_the_figure_leave_their_marks_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = tmp_path / "flow.json"
    numbers.write_text(json.dumps({**NUMBERS, "notes": {"excluded": "By two people"}}), encoding="utf-8")
    drawn, notes = tmp_path / "figure.svg", tmp_path / "notes.txt"
    outlined = tmp_path / "outlined.svg"
    command = ["flow", "--from-json", str(numbers)]
    assert run([*command, "-o", str(drawn), "--hide", "footnotes", "--notes", str(notes)]) == 0
    assert "Records excluded** (n = " in drawn.read_text("utf-8")
    assert "By two people" not in drawn.read_text("utf-8")
    assert "** By two people" in notes.read_text("utf-8")
    assert run([*command, "-o", str(outlined), "--hide", "footnotes", "--text", "paths"]) == 0
    assert "Records excluded (n = " in outlined.read_text("utf-8")
    assert f"Wrote {notes}." in capsys.readouterr().err
