"""`simulate`: what it reads, the contract of its JSON, and that it peeks at no label before its record was shown."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from invented_pool import invented, write_set

from prisma_tool.cli.main import run
from prisma_tool.ranking.simulation.labelled_data import read_labelled
from prisma_tool.ranking.simulation.run import SimulationOptions, simulate


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_set(tmp_path / "set.csv", *invented(120, 12))


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["simulate", *arguments, "--json"]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_the_json_holds_what_the_contract_lists(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, labels = invented(120, 12)
    priors = [f"r{labels.index(True)}", f"r{labels.index(False)}"]
    said = told(capsys, str(file), "--prior", priors[0], "--prior", priors[1], "--question", "statin trial", "--seed", "3")
    assert list(said) == [
        "n", "included", "wss95", "wss100", "recall10", "recall20", "atd", "loss", "order", "stopping", "seconds",
    ]  # fmt: skip
    assert (said["n"], said["included"]) == (118, 11)
    order = said["order"]
    assert len(set(order)) == len(order) <= 118
    assert not set(order) & set(priors)
    truth = {f"r{i}": label for i, label in enumerate(labels)}
    ranks = [place + 1 for place, one in enumerate(order) if truth[one]]
    assert len(ranks) == 11
    assert truth[order[-1]]
    assert said["atd"] == pytest.approx(sum(ranks) / 11 / 118)
    assert said["wss95"] == pytest.approx(1 - ranks[10] / 118 - 0.05)
    assert said["recall10"] == pytest.approx(sum(rank <= 11 for rank in ranks) / 11)
    rule = said["stopping"]["hypergeometric"]
    assert not rule["advisory"]
    assert rule["recall"] == pytest.approx(rule["found"] / 11)
    assert rule["work_saved"] == pytest.approx(1 - rule["stopped_at"] / 118)
    assert all(
        other["advisory"] and other["warning"]
        for name, other in said["stopping"].items()
        if name not in {"hypergeometric", "any-order"}
    )


def test_the_same_seed_gives_the_same_order_and_gzip_changes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packed = file.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(file.read_bytes()))
    first = told(capsys, str(file), "--seed", "5")
    assert told(capsys, str(packed), "--seed", "5")["order"] == first["order"]


def test_a_label_is_seen_only_after_its_record_was_shown(tmp_path: Path) -> None:
    texts, labels = invented(80, 8)
    true = simulate(read_labelled(write_set(tmp_path / "a.csv", texts, labels)), SimulationOptions(question="statin", seed=1))
    last = int(true.ids[-1][1:])
    # Were the last relevant record irrelevant, everything before it would have been shown in the same order.
    labels[last] = False
    other = simulate(read_labelled(write_set(tmp_path / "b.csv", texts, labels)), SimulationOptions(question="statin", seed=1))
    assert true.ids[: len(other.ids)] == other.ids


def test_orders_of_other_programs_are_measured_by_the_same_yardstick(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours = told(capsys, str(file), "--prior", "r0")
    order = tmp_path / "order.json"
    order.write_text(json.dumps({"order": ["r0", *ours["order"]]}), encoding="utf-8")
    again = told(capsys, str(file), "--prior", "r0", "--order", str(order))
    assert {**again, "seconds": 0} == {**ours, "seconds": 0}


def test_records_that_an_order_leaves_out_come_last(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, labels = invented(120, 12)
    first = labels.index(True)
    (tmp_path / "order.json").write_text(json.dumps([f"r{first}"]), encoding="utf-8")
    said = told(capsys, str(file), "--order", str(tmp_path / "order.json"))
    rest = [label for place, label in enumerate(labels) if place != first]
    ranks = [1, *(place + 2 for place, label in enumerate(rest) if label)]
    assert said["atd"] == pytest.approx(np.mean(ranks) / 120)


def test_a_simulation_says_that_its_order_goes_by_words_alone_and_what_keeping_the_recall_means(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "sentence embeddings are not part of a simulation"
    assert run(["simulate", str(file)]) == 0
    assert words in capsys.readouterr().err
    assert run(["simulate", str(file), "-o", str(tmp_path / "report.md")]) == 0
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert words in report
    assert "kept the recall if 95 % of the relevant records were found" in report


def test_several_files_make_a_table_with_means(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = write_set(tmp_path / "other.csv", *invented(60, 6, seed=2), label="label_included")
    said = told(capsys, str(file), str(other))
    assert set(said["files"]) == {str(file), str(other)}
    assert said["mean"]["atd"] == pytest.approx(np.mean([one["atd"] for one in said["files"].values()]))
    assert run(["simulate", str(file), str(other)]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:]] == ["set.csv", "other.csv", "mean"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("id,title\n1,A\n", "has no column 'included'"),
        ("title,included\nA,1\n", "has no column 'id'"),
        ("id,title,included\n1,A,maybe\n", "line 2: the label 'maybe' is neither 1 nor 0"),
        ("id,title,included\n1,A,1\n1,B,0\n", "line 3: the id 1 stands in line 2 too"),
        ("id,title,included\n,A,1\n", "line 2: the row has no id"),
        ("id,title,included\n1,A,\n", "holds no labelled record"),
        ("", "Its header: empty"),
    ],
)
def test_a_file_that_is_no_labelled_set_is_told_where(
    content: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.csv").write_text(content, encoding="utf-8")
    assert run(["simulate", str(tmp_path / "bad.csv")]) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--prior", "nobody"], 2, "no record with the id nobody"),
        (["--prior", "r1", "--prior", "r1"], 2, "the id r1 is given twice"),
        (["--plot", "curve.gif"], 2, "drawn as .svg or .png"),
        (["--order", "missing.json"], 1, "missing.json does not exist"),
    ],
)
def test_what_cannot_be_meant_is_said(
    arguments: list[str], code: int, sentence: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["simulate", str(file), *arguments]) == code
    assert sentence in capsys.readouterr().err


def test_a_damaged_archive_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"id,title,included\n" * 100)[:30])
    assert run(["simulate", str(tmp_path / "a.csv.gz")]) == 1
    assert "damaged gzip file" in capsys.readouterr().err


def test_rows_without_a_label_are_left_out_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("id,title,included\n1,Statin,1\n2,Mouse,0\n3,Cell,\n", encoding="utf-8")
    said = told(capsys, str(tmp_path / "a.csv"))
    assert said["n"] == 2
    run(["simulate", str(tmp_path / "a.csv")])
    assert "1 rows without a label" in capsys.readouterr().err


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_the_recall_curve_is_drawn(suffix: str, file: Path, tmp_path: Path) -> None:
    target = tmp_path / f"curve.{suffix}"
    assert run(["simulate", str(file), "--plot", str(target)]) == 0
    data = target.read_bytes()
    assert data.startswith(b"<?xml" if suffix == "svg" else b"\x89PNG")
    if suffix == "svg":
        assert data.count(b"<polyline") == 3


def test_a_set_without_anything_relevant_has_no_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("id,title,included\n1,Statin,0\n2,Mouse,0\n", encoding="utf-8")
    said = told(capsys, str(tmp_path / "a.csv"))
    assert (said["included"], said["atd"], said["order"], said["stopping"]) == (0, None, [], {})
