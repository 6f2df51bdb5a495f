"""A living review from typed numbers: a list of versions in JSON, with or without the numbers of all of them together."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from figure_flows import living_flows
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.cli.main import run
from prisma_tool.errors import FormatError, UsageError
from prisma_tool.figure.exchange.json_in import parse_flow_json
from prisma_tool.figure.exchange.read_file import from_json
from prisma_tool.figure.exchange.typed_flow import TypedFlow
from prisma_tool.figure.exchange.typed_versions import living_flow_of
from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.figure.render.svg import render_svg
from prisma_tool.figure.words.options import SLIDE_MM, Direction, FigureOptions
from prisma_tool.figure.write import RENDERERS, content_remarks, draw
from prisma_tool.flow.as_json import file_json, find_count
from prisma_tool.flow.flow import Flow, Template
from prisma_tool.model.protocol.figure_words import ExtraBoxes, FigureWords, Language

HORIZONTAL = FigureOptions(direction=Direction.HORIZONTAL, width_mm=SLIDE_MM)
Written = Callable[[dict[str, Any]], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(data: dict[str, Any]) -> Path:
        path = tmp_path / "living.json"
        path.write_text(json.dumps(data), encoding="utf-8")
        return path

    return write


def version(screened: int, included: int, **more: Any) -> dict[str, Any]:
    """A version without duplicates or reports that could not be retrieved, in which nothing but what was included was sought."""
    counts = {
        "database_results": screened,
        "records_screened": screened,
        "records_excluded": screened - included,
        "dbr_sought_reports": included,
        "dbr_notretrieved_reports": 0,
        "dbr_assessed": included,
        "new_studies": included,
        "new_reports": included,
    }
    return {"counts": counts | more.pop("counts", {}), **more}


def lines(flow: Flow, key: str, hide: frozenset[str] = frozenset()) -> list[str]:
    cell = next(cell for cell in plan(flow, FigureOptions(hide=hide)).cells if cell.key == key)
    return [entry.text.replace("\u00a0", " ") for entry in cell.entries]


def unbalanced(typed: TypedFlow) -> dict[str, str]:
    return {check.name: check.detail for check in typed.flow.checks if not check.holds}


def test_what_a_file_does_not_state_of_all_versions_is_their_sum(written: Written) -> None:
    typed = from_json(written({"versions": [version(100, 10), version(20, 2), version(7, 1)]}))
    assert lines(typed.flow, "screened") == [
        "Records screened (n = 127)",
        "Base version (n = 100)",
        "Update 1 (n = 20)",
        "Update 2 (n = 7)",
    ]
    assert (typed.flow.template, unbalanced(typed)) == ("new-v1", {})


def test_what_a_file_states_of_all_versions_is_kept_and_compared(written: Written) -> None:
    stated = version(125, 12)
    typed = from_json(written({"template": "living", **stated, "versions": [version(100, 10), version(20, 2)]}))
    assert lines(typed.flow, "screened")[0] == "Records screened (n = 125)"
    assert unbalanced(typed) == {
        f"all versions: records {kind}": f"{sum_} is not {n}; +5 without an explanation"
        for kind, sum_, n in (("from databases", "100 + 20", 125), ("screened", "100 + 20", 125), ("excluded", "90 + 18", 113))
    }
    assert any("records screened (+5)" in note for note in plan(typed.flow).footnotes)


def test_older_updates_are_one_sum_where_there_are_many_and_a_note_says_so(written: Written) -> None:
    flow = from_json(written({"versions": [version(100, 10), *(version(n, 1) for n in (20, 30, 40, 50))]})).flow
    assert lines(flow, "screened")[1:] == [
        "Base version (n = 100)",
        "Updates 1 to 2 (n = 50)",
        "Update 3 (n = 40)",
        "Update 4 (n = 50)",
    ]
    assert "Updates 1 to 2 are shown as one sum." in plan(flow).footnotes
    assert len(flow.versions) == 5
    three = from_json(written({"versions": [version(100, 10), *(version(n, 1) for n in (20, 30, 40))]})).flow
    assert lines(three, "screened")[2:] == ["Update 1 (n = 20)", "Update 2 (n = 30)", "Update 3 (n = 40)"]


def test_labels_of_versions_stand_in_a_note(written: Written) -> None:
    data = {
        "versions": [
            version(9, 1, label="January 2021"),
            version(2, 0, label="update 1"),
            version(2, 0, label="Update 2, July 2022"),
        ]
    }
    assert "Base version: January 2021; Update 2, July 2022." in plan(from_json(written(data)).flow).footnotes


def test_what_an_update_took_over_is_what_was_included_before(written: Written) -> None:
    def update(previous: int) -> dict[str, Any]:
        totals = {
            "previous_studies": previous,
            "previous_reports": previous,
            "total_studies": previous + 2,
            "total_reports": previous + 2,
        }
        return version(20, 2, counts=totals)

    assert unbalanced(from_json(written({"versions": [version(100, 10), update(10)]}))) == {}
    wrong = unbalanced(from_json(written({"versions": [version(100, 10), update(11)]})))
    assert wrong["Update 1: previous studies"] == "11 is not 10 included before; +1 without an explanation"


def test_what_the_first_known_version_took_over_is_a_part_of_its_own(written: Written) -> None:
    counts = {"previous_studies": 4, "previous_reports": 5, "total_studies": 6, "total_reports": 7}
    flow = from_json(written({"versions": [version(20, 2, counts=counts)]})).flow
    assert lines(flow, "included")[:3] == ["Studies included in review (n = 6)", "Earlier versions (n = 4)", "Update 1 (n = 2)"]
    assert lines(flow, "screened") == ["Records screened (n = 20)", "Update 1 (n = 20)"]


def test_a_list_of_sources_that_one_version_lacks_is_not_summed(written: Written) -> None:
    named = version(100, 10, lists={"database_specific_results": {"PubMed": 100}})
    assert from_json(written({"versions": [named, version(20, 2)]})).flow.database_specific_results == {}
    again = version(20, 2, lists={"database_specific_results": {"PubMed": 15, "Embase": 5}})
    summed = from_json(written({"versions": [named, again]})).flow.database_specific_results
    assert {label: line.n for label, line in summed.items()} == {"PubMed": 115, "Embase": 5}


def test_a_hidden_list_of_reasons_leaves_what_each_version_excluded(written: Written) -> None:
    excluded = {"dbr_sought_reports": 12, "dbr_assessed": 12, "records_excluded": 88}
    reasons = version(100, 10, counts=excluded, lists={"dbr_excluded": {"Wrong population": 2}})
    flow = from_json(written({"versions": [reasons, version(20, 2)]})).flow
    parts = ["Reports excluded (n = 2)", "Base version (n = 2)", "Update 1 (n = 0)"]
    assert lines(flow, "reports_excluded") == [*parts, "Reasons in all versions:", "Wrong population (n = 2)"]
    assert lines(flow, "reports_excluded", hide=frozenset({"dbr_excluded"})) == parts


def test_a_source_of_its_own_among_other_methods_has_its_parts(written: Written) -> None:
    counts = {"other_sought_reports": 3, "other_notretrieved_reports": 3, "other_assessed": 0}
    asked = version(100, 10, counts=counts, lists={"other_specific_results": {"Contact with authors": 3}})
    flow = from_json(written({"versions": [asked, version(20, 2)]})).flow
    assert lines(flow, "other_identified") == ["Records identified from:", "Contact with authors (n = 3)", "Base version (n = 3)"]
    assert find_count(flow, "other_specific_results:Contact with authors@Base version").n == 3


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"template": "living", "counts": {}}, r'has the template "living" and no "versions"'),
        ({"versions": "two"}, 'versions: "two" is not a list'),
        ({"versions": [7]}, "versions: 7 is not an object"),
        ({"versions": [version(10, 1), {"counts": {"records_screened": 4}}]}, r"living.json, Update 1 has no number for"),
        ({"versions": [{"counts": {"new_studies": 4}}]}, "no version has the numbers of a flow"),
    ],
)
def test_versions_that_cannot_be_drawn_are_refused(written: Written, data: dict[str, Any], problem: str) -> None:
    with pytest.raises(FormatError, match=problem):
        from_json(written(data))


def test_living_is_refused_where_there_are_no_versions(written: Written, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='has no "versions"'):
        from_json(written(version(10, 1)), living=True)
    assert run(["flow", "--from-csv", str(tmp_path / "any.csv"), "--template", "living"]) == 2


def test_another_template_draws_all_versions_as_one(written: Written) -> None:
    flow = from_json(written({"versions": [version(100, 10), version(20, 2)]}), Template.NEW_V1).flow
    assert (flow.versions, flow.records_screened.n) == ((), 120)


def test_every_output_is_drawn_again_from_its_own_file_byte_for_byte(written: Written, tmp_path: Path) -> None:
    data = {"versions": [version(100, 10, label="2021"), version(20, 2, lists={"dbr_excluded": {}}), version(7, 1)]}
    typed = from_json(written(data))
    again = from_json(written(file_json(typed.flow)))
    options = FigureOptions(dpi=36)
    for suffix in RENDERERS:
        first, second = tmp_path / f"first{suffix}", tmp_path / f"second{suffix}"
        draw(typed.flow, [first], options)
        draw(again.flow, [second], options)
        assert first.read_bytes() == second.read_bytes(), suffix


@settings(max_examples=4, deadline=None)
@given(living_flows(), st.sampled_from([None, Language.GERMAN]))
def test_any_living_review_draws_the_same_figure_from_its_own_file(flow: Flow, language: Language | None) -> None:
    again = read_again(flow)
    # The relations of all versions together are computed for numbers of a file.
    assert flow_json(read_again(again)) == flow_json(again)
    for options in (FigureOptions(language=language), replace(HORIZONTAL, language=language)):
        assert render_svg(lay_out(again, options)) == render_svg(lay_out(flow, options))


def read_again(flow: Flow) -> Flow:
    return living_flow_of(parse_flow_json(flow_json(flow), "living.json")).flow


def flow_json(flow: Flow) -> bytes:
    return RENDERERS[".json"](flow, FigureOptions())


def test_a_living_review_is_drawn_from_left_to_right_too(written: Written) -> None:
    layout = lay_out(from_json(written({"versions": [version(100, 10), version(20, 2)]})).flow, HORIZONTAL)
    screened = next(box for box in layout.boxes if box.key == "screened")
    shown = " ".join(line.text for line in screened.lines)
    assert shown == "Records screened (n = 120) Base version (n = 100) Update 1 (n = 20)"


def test_further_boxes_are_refused_for_a_living_review_and_a_review_that_asks_for_them_is_told(written: Written) -> None:
    extra = {"titles_excluded": 3}
    data = {**version(120, 12, counts=extra), "versions": [version(100, 10, counts=extra), version(20, 2)]}
    flow = from_json(written(data)).flow
    with pytest.raises(UsageError, match="none of those that --show asks for"):
        plan(flow, FigureOptions(show=frozenset(ExtraBoxes)))
    asking = replace(flow, words=FigureWords(show=(ExtraBoxes.TITLES,)))
    assert [cell.key for cell in plan(asking).cells] == [cell.key for cell in plan(flow).cells]
    assert any("none of those that --show asks for" in remark for remark in content_remarks(asking))
