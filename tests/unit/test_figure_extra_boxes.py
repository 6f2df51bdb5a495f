"""Boxes that PRISMA 2020 has not: titles and abstracts as two steps, screening in the column of other methods."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from figure_flows import many, usual

from prisma_tool.cli.main import run
from prisma_tool.errors import UsageError
from prisma_tool.figure.exchange.read_file import from_csv, from_json
from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.figure.render.svg import render_svg
from prisma_tool.figure.render.terminal import render_text
from prisma_tool.figure.words.options import FigureOptions
from prisma_tool.figure.write import content_remarks, draw
from prisma_tool.flow.flow import Flow, Template
from prisma_tool.model.protocol.figure_words import ExtraBoxes, FigureWords

BOTH = FigureOptions(show=frozenset(ExtraBoxes))
BOTH_STEPS = FigureOptions(show=frozenset({ExtraBoxes.TITLES}))


def stepwise(template: Template = Template.UPDATED_V2) -> Flow:
    other: dict[str, Any] = (
        {"other_screened_records": many(3000), "other_excluded_records": many(1778)} if "v2" in template else {}
    )
    return replace(
        usual(template),
        titles_excluded=many(703),
        footnotes=("** All 1103 records were excluded by human reviewers.",),
        **other,
    )


def test_titles_and_abstracts_stand_as_two_steps_whose_numbers_add_up() -> None:
    flow = stepwise(Template.NEW_V1)
    text = render_text(flow, 100, FigureOptions(show=frozenset({ExtraBoxes.TITLES})))
    for line in ("Titles screened† (n = 1086)", "Abstracts screened† (n = 383)"):
        assert line in text
    entries = {entry.label: entry.count.n for cell in plan(flow, BOTH_STEPS).cells for entry in cell.entries if entry.count}
    assert entries["Records excluded by title**†"] + entries["Records excluded by abstract**†"] == flow.records_excluded.n
    assert "† Extension of the PRISMA 2020 template." in text
    links = {(link.start, link.end) for link in plan(flow, BOTH_STEPS).links}
    assert {("screened", "abstracts"), ("abstracts", "sought"), ("abstracts", "abstracts_excluded")} <= links
    assert ("screened", "sought") not in links


def test_screening_of_other_methods_has_boxes_in_its_own_column() -> None:
    planned = plan(stepwise(), BOTH)
    cells = {cell.key: cell for cell in planned.cells}
    assert cells["other_screened"].entries[0].text.replace("\u00a0", " ") == "Records screened† (n = 3000)"
    assert cells["other_excluded"].entries[0].text.replace("\u00a0", " ") == "Records excluded† (n = 1778)"
    links = {(link.start, link.end) for link in planned.links}
    assert {("other_identified", "other_screened"), ("other_screened", "other_sought")} <= links
    assert ("other_identified", "other_sought") not in links


def test_without_being_asked_for_they_change_nothing() -> None:
    for template in Template:
        bare = replace(stepwise(template), titles_excluded=None, other_screened_records=None, other_excluded_records=None)
        assert render_svg(lay_out(stepwise(template))) == render_svg(lay_out(bare))


@pytest.mark.parametrize("width", [90.0, 140.0, 190.0])
def test_the_boxes_keep_apart_in_every_arrangement(width: float) -> None:
    boxes = lay_out(stepwise(), replace(BOTH, width_mm=width)).boxes
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart = one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y
            assert apart, (one.key, other.key)


def test_unknown_numbers_are_refused_with_what_to_do_and_in_a_protocol_remarked() -> None:
    flow = usual(Template.NEW_V2)
    with pytest.raises(UsageError, match=r"votes do not tell title and abstract apart.*adjust titles_excluded"):
        plan(flow, FigureOptions(show=frozenset({ExtraBoxes.TITLES})))
    with pytest.raises(UsageError, match="screen_other_methods = true"):
        plan(flow, FigureOptions(show=frozenset({ExtraBoxes.OTHER_SCREENING})))
    named = replace(flow, words=FigureWords(show=(ExtraBoxes.TITLES,)))
    assert render_svg(lay_out(named)) == render_svg(lay_out(flow))
    assert any("adjust titles_excluded" in sentence for sentence in content_remarks(named))
    with pytest.raises(UsageError, match="5000 records excluded by title are more than the 1103"):
        plan(replace(flow, titles_excluded=many(5000)), FigureOptions(show=frozenset({ExtraBoxes.TITLES})))
    with pytest.raises(UsageError, match="both steps together"):
        plan(stepwise(), replace(BOTH, reasons_at_screening=True))


def test_our_own_files_draw_the_same_figure_again(tmp_path: Path) -> None:
    flow = replace(stepwise(), words=FigureWords({"titles_excluded": "By one reviewer."}, show=tuple(ExtraBoxes)))
    for suffix, read in ((".json", from_json), (".csv", from_csv)):
        path = tmp_path / f"flow{suffix}"
        draw(flow, [path])
        assert render_svg(lay_out(read(path).flow)) == render_svg(lay_out(flow))
        assert "By one reviewer." in render_svg(lay_out(read(path).flow))


def test_more_titles_excluded_than_records_fail_the_check(tmp_path: Path) -> None:
    counts = {"database_results": 9, "records_screened": 9, "records_excluded": 4, "dbr_sought_reports": 5, "titles_excluded": 5}
    counts |= {"dbr_notretrieved_reports": 0, "dbr_assessed": 5, "new_studies": 5, "new_reports": 5}
    path = tmp_path / "numbers.json"
    path.write_text(json.dumps({"counts": counts}))
    assert run(["flow", "--from-json", str(path), "--check"]) == 4
    path.write_text(json.dumps({"counts": counts | {"titles_excluded": 3}}))
    assert run(["flow", "--from-json", str(path), "--check"]) == 0
    assert run(["flow", "--from-json", str(path), "--show", "titles", "-o", str(tmp_path / "x.svg")]) == 0
    assert "Abstracts screened† (n = 6)" in (tmp_path / "x.svg").read_text()
