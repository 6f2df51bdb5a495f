"""The figure keeps its promises for every flow: text inside boxes, boxes apart, arrows on edges, counts whole."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.flow.figure import Arrow, Box, Layout
from prisma_tool.flow.flow import COUNT_KEYS, Adjustment, Count, Flow, Pending, Template
from prisma_tool.flow.layout import lay_out
from prisma_tool.flow.metrics import NO_BREAK, text_width, wrap
from prisma_tool.flow.svg import render_svg
from prisma_tool.flow.terminal import cells, render_text

NEARLY = 1e-6
LETTERS = "abcdefgh WXYZ αβγΩ ЖЩдя éüñŁøß 0123456789 ()=n<>&\"'-/,.;日本"


def many(n: int) -> Count:
    return Count(adjustments=(Adjustment(n, "from before"),))


counts = st.integers(min_value=0, max_value=9_999_999).map(many)
labels = st.text(alphabet=LETTERS, min_size=1, max_size=200)
lists = st.dictionaries(labels, counts, max_size=6)


@st.composite
def flows(draw: st.DrawFn) -> Flow:
    template = draw(st.sampled_from(Template))
    given_counts: dict[str, Any] = {key: draw(counts) for key in COUNT_KEYS}
    return Flow(
        template,
        **given_counts,
        database_specific_results=draw(lists),
        register_specific_results=draw(lists),
        other_specific_results=draw(lists),
        dbr_excluded=draw(lists),
        other_excluded=draw(lists),
        ongoing=draw(lists),
        awaiting=draw(lists),
        pending=draw(st.builds(Pending, counts, counts, counts, counts)),
        footnotes=tuple(draw(st.lists(labels, max_size=2))),
    )


def printed(layout: Layout) -> dict[str, str]:
    return {line.key: line.text for line in layout.lines if line.key}


@settings(max_examples=60, deadline=None)
@given(flows())
def test_no_line_is_wider_than_its_box_and_every_line_lies_inside_it(flow: Flow) -> None:
    layout = lay_out(flow)
    for box in (*layout.boxes, *(bar for bar in layout.bars if not bar.vertical)):
        for line in box.lines:
            width = text_width(line.text, line.size_pt, bold=line.bold)
            left = line.x - width / 2 if line.centred else line.x
            assert box.x <= left
            assert left + width <= box.right + NEARLY
            assert box.y < line.y < box.bottom
    for note in layout.footnotes:
        assert note.x + text_width(note.text, note.size_pt) <= layout.width
        assert note.y < layout.height


@settings(max_examples=60, deadline=None)
@given(flows())
def test_boxes_and_bars_never_overlap(flow: Flow) -> None:
    layout = lay_out(flow)
    for one, other in combinations((*layout.boxes, *layout.bars), 2):
        assert one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y, (
            one.key,
            other.key,
        )
        assert max(one.right, other.right) <= layout.width
        assert max(one.bottom, other.bottom) <= layout.height


@settings(max_examples=60, deadline=None)
@given(flows())
def test_every_arrow_joins_the_edges_of_its_boxes_and_crosses_no_other(flow: Flow) -> None:
    layout = lay_out(flow)
    assert layout.arrows
    for arrow in layout.arrows:
        assert on_edge(arrow.points[0], layout.box(arrow.start))
        assert on_edge(arrow.points[-1], layout.box(arrow.end))
        assert not [box.key for box in layout.boxes if crosses(arrow, box)]


def on_edge(point: tuple[float, float], box: Box) -> bool:
    (x, y) = point
    on_side = min(abs(x - box.x), abs(x - box.right)) < NEARLY and box.y <= y <= box.bottom
    on_end = min(abs(y - box.y), abs(y - box.bottom)) < NEARLY and box.x <= x <= box.right
    return on_side or on_end


def crosses(arrow: Arrow, box: Box) -> bool:
    corners = zip(arrow.points, arrow.points[1:], strict=False)
    return any(
        max(x0, x1) > box.x + NEARLY
        and min(x0, x1) < box.right - NEARLY
        and max(y0, y1) > box.y + NEARLY
        and min(y0, y1) < box.bottom - NEARLY
        for (x0, y0), (x1, y1) in corners
    )


@settings(max_examples=60, deadline=None)
@given(flows())
def test_every_count_stands_whole_in_the_one_text_that_carries_its_key(flow: Flow) -> None:
    texts = [element for element in ET.fromstring(render_svg(lay_out(flow))).iter() if element.tag.endswith("}text")]
    keyed = [(element.get("data-key"), element.text or "") for element in texts if element.get("data-key")]
    assert len(dict(keyed)) == len(keyed)
    for key, text in keyed:
        assert text.endswith(f"(n = {expected(flow, str(key))})"), key


def expected(flow: Flow, key: str) -> int:
    name, _, part = key.partition(":")
    holder = getattr(flow, name)
    if isinstance(holder, Count):
        return holder.n
    if isinstance(holder, Pending):
        count: Count = getattr(holder, part)
        return count.n
    return int(holder if isinstance(holder, int) else holder[part].n)


@settings(max_examples=40, deadline=None)
@given(flows(), st.integers(min_value=80, max_value=160))
def test_the_terminal_shows_every_count_unbroken_within_the_width(flow: Flow, width: int) -> None:
    drawn = render_text(flow, width)
    assert max(cells(line) for line in drawn.splitlines()) <= width
    for text in printed(lay_out(flow)).values():
        found = re.search(r"\(n = \d+\)$", text)
        assert found is not None
        assert found.group() in drawn


@settings(max_examples=100)
@given(st.text(alphabet=LETTERS + NO_BREAK + "\u0301", max_size=80), st.integers(min_value=6, max_value=30))
def test_wrapping_keeps_every_letter_and_the_width(text: str, width: int) -> None:
    lines = wrap(text, width, cells, 2)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace(NO_BREAK, "")
    assert cells(lines[0]) <= width
    assert all(cells(line) <= width - 2 for line in lines[1:])


def test_each_template_has_its_boxes_headers_and_phases() -> None:
    shapes = {}
    ones: dict[str, Any] = {key: many(1) for key in COUNT_KEYS}
    for template in Template:
        flow = Flow(template, **ones)
        layout = lay_out(flow)
        shapes[template] = ({box.key for box in layout.boxes}, [bar.text for bar in layout.bars], set(printed(layout)))
    update = {"previous_studies", "previous_reports", "total_studies", "total_reports"}
    other = {key for key in COUNT_KEYS if key.startswith(("other_", "website", "organisation", "citations"))}
    assert shapes[Template.NEW_V1][2] == set(COUNT_KEYS) - update - other
    assert shapes[Template.NEW_V2][2] == set(COUNT_KEYS) - update
    assert shapes[Template.UPDATED_V1][2] == set(COUNT_KEYS) - other
    assert shapes[Template.UPDATED_V2][2] == set(COUNT_KEYS)
    assert shapes[Template.NEW_V1][1] == [
        "Identification of studies via databases and registers",
        "Identification",
        "Screening",
        "Included",
    ]
    assert shapes[Template.UPDATED_V2][1][:3] == [
        "Previous studies",
        "Identification of new studies via databases and registers",
        "Identification of new studies via other methods",
    ]


def test_the_boxes_say_what_the_official_template_says() -> None:
    flow = Flow(Template.NEW_V1, many(30), many(4), many(5), many(0), many(1), many(28), many(20), many(8), many(1), many(7))
    layout = lay_out(replace(flow, dbr_excluded={"Wrong population": many(3)}, database_specific_results={"PubMed": many(30)}))
    assert layout.box("identified").text == "Records identified from*: Databases (n = 30) PubMed (n = 30) Registers (n = 4)"
    assert layout.box("removed").text == (
        "Records removed before screening: Duplicate records removed (n = 5) "
        "Records marked as ineligible by automation tools (n = 0) Records removed for other reasons (n = 1)"
    )
    assert layout.box("excluded").text == "Records excluded** (n = 20)"
    assert layout.box("reports_excluded").text == "Reports excluded: Wrong population (n = 3)"
    assert layout.box("included").text == "Studies included in review (n = 0) Reports of included studies (n = 0)"
    assert layout.footnotes[-1].text == "Source: Page MJ, et al. BMJ 2021;372:n71. doi: 10.1136/bmj.n71."


def test_only_an_unfinished_figure_is_stamped_and_says_what_waits() -> None:
    assert "INTERIM" not in render_text(Flow(Template.NEW_V1))
    stamped = lay_out(Flow(Template.NEW_V1, pending=Pending(full_text=many(9)), unmerged=17))
    assert stamped.title.startswith("Interim")
    assert stamped.box("interim").text.startswith("INTERIM")
    assert printed(stamped)["pending:full_text"] == "Reports waiting for full-text assessment (n = 9)"
    assert printed(stamped)["unmerged"] == "Records not yet deduplicated (n = 17)"
    assert "pending:retrieval" not in printed(stamped)


def test_ongoing_studies_stand_in_a_box_marked_as_an_extension() -> None:
    layout = lay_out(Flow(Template.NEW_V1, ongoing={"NCT03971799": many(1)}))
    assert layout.box("set_aside").text == "Ongoing†: NCT03971799 (n = 1)"
    assert "† Extension of the PRISMA 2020 template." in [line.text for line in layout.footnotes]


def test_a_note_on_automation_tools_takes_the_place_of_the_general_one() -> None:
    notes = [line.text for line in lay_out(Flow(Template.NEW_V1, footnotes=("** 12 by a tool.", "Other."))).footnotes]
    assert [note for note in notes if note.startswith("**")] == ["** 12 by a tool."]
    assert "1. Other." in notes


@pytest.mark.parametrize("width", [80, 160])
def test_the_column_of_other_methods_moves_below_only_where_it_must(width: int) -> None:
    drawn = render_text(Flow(Template.NEW_V2, website_results=many(5)), width)
    side_by_side = any(
        "Records identified" in line and "Records removed" in line and "Websites" not in line for line in drawn.splitlines()
    )
    assert side_by_side or width == 160
    assert ("included studies above" in drawn) is (width == 80)
