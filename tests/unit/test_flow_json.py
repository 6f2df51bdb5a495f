"""The flow as JSON, read back: our own files to the same bytes, short ones written by hand, and what is wrong in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from figure_flows import flows
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.cli.main import run
from prisma_tool.errors import FormatError
from prisma_tool.figure.exchange.json_in import parse_flow_json
from prisma_tool.figure.exchange.typed_flow import TypedFlow, count_of, flow_of
from prisma_tool.figure.words.options import PLAIN
from prisma_tool.figure.write import RENDERERS
from prisma_tool.flow.flow import CheckKind, Flow, Template

BY_HAND: dict[str, Any] = {
    "counts": {
        "database_results": "1,200",
        "duplicates": 200,
        "records_screened": 1000,
        "records_excluded": 900,
        "dbr_sought_reports": 100,
        "dbr_notretrieved_reports": 10,
        "dbr_assessed": 90,
        "new_studies": 20,
        "new_reports": 30,
    },
    "lists": {"dbr_excluded": {"Wrong population": 60}},
}


def written(flow: Flow) -> bytes:
    return RENDERERS[".json"](flow, PLAIN)


def read(data: bytes) -> TypedFlow:
    return flow_of(parse_flow_json(data, "flow.json"))


def told(**changes: Any) -> bytes:
    return json.dumps({**BY_HAND, **changes}).encode()


@given(flows(), st.integers(0, 3))
def test_any_flow_reads_back_to_the_same_bytes_once_it_was_checked(flow: Flow, unmerged: int) -> None:
    first = written(read(written(flow)).flow)
    assert written(read(first).flow) == first
    assert json.loads(first)["counts"] == json.loads(written(flow))["counts"]


def test_a_short_file_by_hand_is_enough_and_its_checks_are_computed() -> None:
    found = read(told())
    assert found.flow.template is Template.NEW_V1
    assert found.flow.database_results == count_of(1200)
    assert all(one.holds for one in found.flow.checks)
    assert {one.kind for one in found.flow.checks} == {CheckKind.STRICT, CheckKind.EXPLAINABLE}


def test_a_check_that_the_numbers_contradict_does_not_stand() -> None:
    flow = read(told()).flow
    changed = written(flow).replace(b'"records_screened": 1000', b'"records_screened": 1001')
    failed = [one for one in read(changed).flow.checks if not one.holds]
    assert {(one.name, one.kind) for one in failed} == {
        ("screened + pending = identified - removed", CheckKind.STRICT),
        ("sought = screened - excluded", CheckKind.EXPLAINABLE),
    }


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"counts": {**BY_HAND["counts"], "duplicates": -1}}, r"flow\.json, counts\.duplicates: -1 is not a count"),
        ({"counts": {**BY_HAND["counts"], "duplicates": 1.5}}, "1.5 is not a count"),
        ({"counts": {**BY_HAND["counts"], "duplicates": True}}, "true is not a count"),
        ({"counts": {**BY_HAND["counts"], "duplicate": 1}}, "counts: there is no 'duplicate'"),
        ({"counts": []}, "has no number for database_results"),
        ({"counts": 5}, "counts: 5 is not an object"),
        ({"lists": {"dbr_excluded": {"x": None}}}, "dbr_excluded.x: null is not a count"),
        ({"template": "new"}, "not one of new-v1"),
        ({"interim": True}, "says .interim.: true but not what is pending"),
        ({"checks": [{"name": "x"}]}, "checks: null is not true or false"),
        ({"footnotes": [1]}, "footnotes: 1 is not a text"),
        ({"labels": {"screened": "Titles read"}}, "labels: 'screened' names no box"),
        ({"labels": {"records_screened": 4}}, "labels.records_screened: 4 is not a text"),
        ({"participants": {"n": 5, "known": 9, "studies": 3}}, "participants: 9 is not a number of studies with known"),
        ({"sums_only": ["ongoing"]}, '"ongoing" is not one of dbr_excluded, other_excluded'),
        (
            {"checks": [{"name": "x", "kind": "strict", "holds": False, "difference": "+1"}]},
            'checks: "\\+1" is not a whole number',
        ),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_place(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read(told(**changes))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[1]", "is not an object"),
        (b"{", "is not JSON"),
        (b'{"a": 1, "a": 2}', "stands twice"),
        (b"[" * 99_999, "nested too deeply"),
        (b'{"counts": {"duplicates": ' + b"9" * 9_999 + b"}}", "is not JSON: a number of 9999 digits is no count"),
    ],
)
def test_a_file_that_is_no_flow_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read(data)


def test_the_command_draws_a_file_and_tells_what_it_passed_over(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "flow.json"
    file.write_bytes(told(comment="mine", unmerged=3))
    outputs = [tmp_path / f"out{suffix}" for suffix in (".svg", ".html", ".md", ".csv", ".json", ".txt")]
    assert run(["flow", "--from-json", str(file), *(part for path in outputs for part in ("-o", str(path)))]) == 0
    assert "'comment' means nothing here" in capfd.readouterr().err
    assert all("INTERIM" in path.read_text() for path in outputs if path.suffix in {".svg", ".html", ".md", ".txt"})
    assert json.loads(outputs[4].read_text())["unmerged"] == 3
