"""The figure from left to right keeps what the one down the page keeps, and says how wide it must be."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from figure_flows import extreme, many, usual

from prisma_tool.cli.main import run
from prisma_tool.errors import UsageError
from prisma_tool.figure.fonts.faces import font_set
from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.layout.shapes import Box, BoxSide, Layout
from prisma_tool.figure.render.pptx import render_pptx
from prisma_tool.figure.render.svg import render_svg
from prisma_tool.figure.words.options import SLIDE_MM, Direction, FigureOptions
from prisma_tool.figure.write import draw
from prisma_tool.flow.flow import Flow, Template
from prisma_tool.model.protocol.figure_words import ExtraBoxes, Language

ACROSS = FigureOptions(direction=Direction.HORIZONTAL, width_mm=190.0)
SLIDE = replace(ACROSS, width_mm=SLIDE_MM)


def stepwise() -> Flow:
    screened: dict[str, Any] = {
        "other_screened_records": many(3000),
        "other_excluded_records": many(1778),
        "titles_excluded": many(703),
    }
    return replace(usual(Template.UPDATED_V2), ongoing={"Ongoing studies": many(3)}, **screened)


FIGURES = [
    *((usual(template), ACROSS) for template in Template),
    (stepwise(), replace(SLIDE, show=frozenset(ExtraBoxes))),
    (extreme(), SLIDE),
    *((usual(Template.UPDATED_V2), replace(SLIDE, language=language)) for language in (Language.GERMAN, Language.CHINESE)),
]


@pytest.mark.parametrize(("flow", "options"), FIGURES)
def test_text_stays_in_boxes_that_keep_apart_and_arrows_meet_them(flow: Flow, options: FigureOptions) -> None:
    layout = lay_out(flow, options)
    fonts = layout.fonts or font_set()
    shapes = (*layout.boxes, *layout.bars)
    for box in shapes:
        assert box.x >= 0
        assert box.right <= layout.width + 1e-6
        assert box.bottom <= layout.height
        for line in box.lines:
            assert fonts.width(line.text, line.size_pt, bold=line.bold) <= box.width - 2 * layout.padding[0] + 1e-6
    for one, other in combinations(shapes, 2):
        assert one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y
    for arrow in layout.arrows:
        start, end = layout.box(arrow.start), layout.box(arrow.end)
        assert on_edge(arrow.points[0], start)
        assert on_edge(arrow.points[-1], end)
        for (x0, y0), (x1, y1) in pairwise(arrow.points):
            assert x0 == x1 or y0 == y1
            crossed = [box.key for box in shapes if box not in (start, end) and crosses((x0, y0, x1, y1), box)]
            assert crossed == []


def on_edge(point: tuple[float, float], box: Box) -> bool:
    x, y = point
    level = box.y - 1e-6 <= y <= box.bottom + 1e-6 and min(abs(x - box.x), abs(x - box.right)) < 1e-6
    upright = box.x - 1e-6 <= x <= box.right + 1e-6 and min(abs(y - box.y), abs(y - box.bottom)) < 1e-6
    return level or upright


def crosses(part: tuple[float, float, float, float], box: Box) -> bool:
    x0, y0, x1, y1 = part
    return min(x0, x1) < box.right and max(x0, x1) > box.x and min(y0, y1) < box.bottom and max(y0, y1) > box.y


def test_the_phases_run_from_left_to_right_and_every_count_of_the_other_figure_is_there() -> None:
    flow = usual(Template.UPDATED_V2)
    across, down = lay_out(flow, ACROSS), lay_out(flow)
    phases = [bar for bar in across.bars if bar.key in {"identification", "screening", "included"}]
    assert [bar.key for bar in sorted(phases, key=lambda bar: bar.x)] == ["identification", "screening", "included"]
    assert counted(across) == counted(down)
    assert across.alt_text == down.alt_text
    order = [across.box(key).x for key in ("identified", "screened", "sought", "assessed", "included", "total")]
    assert order == sorted(set(order))


def counted(layout: Layout) -> set[tuple[str, str]]:
    return {(line.key, re.findall(r"\(n = \d+\)", line.text)[-1]) for line in layout.lines if line.key}


def test_connectors_hang_on_the_sides_that_they_meet(tmp_path: Path) -> None:
    layout = lay_out(usual(Template.UPDATED_V2), SLIDE)
    sides = {(arrow.start, arrow.end): arrow.sides for arrow in layout.arrows}
    assert sides["other_assessed", "included"] == (BoxSide.RIGHT, BoxSide.BOTTOM)
    assert sides["previous", "total"] == (BoxSide.RIGHT, BoxSide.TOP)
    assert sides["screened", "excluded"] == (BoxSide.BOTTOM, BoxSide.TOP)
    assert render_pptx(layout, "")
    draw(usual(Template.NEW_V1), [tmp_path / f"x{suffix}" for suffix in (".docx", ".eps", ".pdf", ".html")], ACROSS)


@pytest.mark.parametrize("width", [90.0, 140.0])
def test_a_page_too_narrow_is_refused_with_the_width_it_needs(width: float) -> None:
    with pytest.raises(UsageError, match=r"has 5 columns and needs \d+ mm, more than .*--width, such as 254"):
        lay_out(usual(Template.NEW_V1), replace(ACROSS, width_mm=width))


def test_the_command_draws_a_slide_without_a_width_and_the_width_it_is_given(tmp_path: Path) -> None:
    numbers, picture = tmp_path / "numbers.json", tmp_path / "x.svg"
    draw(usual(Template.NEW_V1), [numbers])
    for more, width in (([], 254), (["--preset", "190"], 190)):
        assert run(["flow", "--from-json", str(numbers), "--layout", "horizontal", *more, "-o", str(picture)]) == 0
        assert f'width="{width}mm"' in picture.read_text()
    assert render_svg(lay_out(usual(Template.NEW_V1), ACROSS)) == picture.read_text()
