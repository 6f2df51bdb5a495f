"""`simulate` as a report on a method: many runs of one set, their spread, and the files they are written into."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from invented_pool import invented, write_set

from prisma_tool.cli.main import run
from prisma_tool.ranking.simulation import other_program
from prisma_tool.ranking.simulation.labelled_data import read_labelled
from prisma_tool.ranking.simulation.many import options_of_runs, simulate_many
from prisma_tool.ranking.simulation.run import SimulationOptions
from prisma_tool.ranking.simulation.summary import exact_interval


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_set(tmp_path / "set.csv", *invented(80, 8))


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["simulate", *arguments, "--json"]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_the_json_of_many_runs_keeps_the_keys_of_the_first_and_adds_the_spread(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, many = told(capsys, str(file)), told(capsys, str(file), "--runs", "3")
    assert {**one, "seconds": 0} == {**{key: many[key] for key in one}, "seconds": 0}
    assert set(many) - set(one) == {"runs", "spread", "reliability"}
    rule = many["reliability"]["any-order"]
    assert (rule["runs"], rule["kept"] <= 3, rule["low"] <= rule["kept"] / 3 <= rule["high"]) == (3, True, True)
    assert rule["work_saved"]["first"] <= rule["work_saved"]["median"] <= rule["work_saved"]["third"]
    assert many["spread"]["atd"]["median"] == pytest.approx(
        np.median([told(capsys, str(file), "--seed", s)["atd"] for s in "012"])
    )


@pytest.mark.parametrize(
    ("kept", "runs", "low", "high"), [(10, 10, 0.6915, 1.0), (0, 10, 0.0, 0.3085), (5, 10, 0.1871, 0.8129), (33, 33, 0.8942, 1.0)]
)
def test_the_interval_is_that_of_clopper_and_pearson(kept: int, runs: int, low: float, high: float) -> None:
    assert exact_interval(kept, runs) == pytest.approx((low, high), abs=5e-5)


def test_priors_are_drawn_by_the_seed_one_of_each_kind(file: Path) -> None:
    labelled = read_labelled(file)
    truth = {row.id: row.relevant for row in labelled.rows}
    options = options_of_runs(labelled, SimulationOptions(seed=5), 6, draw_priors=True)
    assert [one.seed for one in options] == [5, 6, 7, 8, 9, 10]
    assert all([truth[prior] for prior in one.priors] == [True, False] for one in options)
    assert len({one.priors for one in options}) > 1
    assert options == options_of_runs(labelled, SimulationOptions(seed=5), 6, draw_priors=True)


def test_runs_side_by_side_are_those_one_after_the_other(file: Path) -> None:
    labelled = read_labelled(file)
    options = options_of_runs(labelled, SimulationOptions(), 5, draw_priors=True)
    beside = simulate_many(labelled, options)
    assert [one.ids for one in beside] == [simulate_many(labelled, [one])[0].ids for one in options]


def test_the_report_is_written_as_text_table_and_picture(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    targets = [tmp_path / f"report.{suffix}" for suffix in ("md", "csv", "svg", "png")]
    arguments = [part for target in targets for part in ("-o", str(target))]
    assert run(["simulate", str(file), "--runs", "3", "--draw-priors", *arguments]) == 0
    said = capsys.readouterr()
    assert "3 of 3 runs done" in said.err
    assert targets[0].read_text(encoding="utf-8") == said.out
    assert "| any-order | " in said.out
    assert "78 records, 7 of them relevant" in said.out
    rows = list(csv.DictReader(targets[1].read_text(encoding="utf-8").splitlines()))
    assert {row["kind"] for row in rows} == {"figure", "rule"}
    assert targets[2].read_text(encoding="utf-8").count("<polygon") == 1
    assert targets[3].read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Give the file of a finished screening, or --this"),
        (["set.csv", "--this"], "Give the file of a finished screening, or --this"),
        (["set.csv", "-o", "report.docx"], "reported as .md, .csv, .svg, .png"),
        (["set.csv", "--prior", "r1", "--draw-priors"], "Give priors by --prior, or have them drawn"),
        (["set.csv", "--order", "a.json", "--runs", "2"], "leave out --runs"),
    ],
)
def test_what_cannot_be_meant_together_is_said(
    arguments: list[str], sentence: str, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(file.parent)
    assert run(["simulate", *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_where_asreview_is_missing_a_sentence_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert run(["simulate", str(file), "--compare", "asreview", "--draw-priors"]) == 2
    assert "ASReview is not installed here" in capsys.readouterr().err


def test_the_order_of_another_program_is_measured_beside_ours(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(other_program, "asreview_python", lambda: "python")
    monkeypatch.setattr(other_program, "_asked", lambda _, arguments: list(range(80)))
    said = told(capsys, str(file), "--compare", "asreview", "--draw-priors", "--runs", "2")
    assert said["asreview"]["runs"] == 2
    assert said["asreview"]["spread"]["atd"]["median"] != said["spread"]["atd"]["median"]
    assert run(["simulate", str(file), "--compare", "asreview"]) == 2
    assert "needs a relevant and an irrelevant prior" in capsys.readouterr().err


@pytest.mark.parametrize("answer", ["nothing", "[1, ", '{"a": "b"}'])
def test_another_program_that_fails_is_said_without_a_traceback(
    answer: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr(other_program, "asreview_python", lambda: str(program))
    assert run(["simulate", str(file), "--compare", "asreview", "--draw-priors"]) == 1
    assert "ASReview did not answer with an order" in capsys.readouterr().err
