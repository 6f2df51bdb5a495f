"""The figure keeps its promises for every flow: text inside boxes, boxes apart, arrows on edges, counts whole."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from figure_flows import LETTERS, extreme, figures, flows, many, usual
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.errors import UsageError
from prisma_tool.figure.fonts.faces import font_set
from prisma_tool.figure.layout.layout import TALLEST_MM, lay_out
from prisma_tool.figure.layout.shapes import Arrow, Bar, Box, Fill, Layout
from prisma_tool.figure.render.svg import render_svg
from prisma_tool.figure.render.terminal import cells, render_text
from prisma_tool.figure.warnings import remarks
from prisma_tool.figure.words.caption import caption
from prisma_tool.figure.words.labels import SOURCE
from prisma_tool.figure.words.line_breaking import NO_BREAK, wrap
from prisma_tool.figure.words.options import PRESETS, FigureOptions, Palette, Thousands, Wording
from prisma_tool.flow.flow import COUNT_KEYS, Count, Flow, Pending, Template

NEARLY = 1e-6
Figure = tuple[Flow, FigureOptions]


def printed(layout: Layout) -> dict[str, str]:
    return {line.key: line.text for line in layout.lines if line.key}


@settings(max_examples=25, deadline=None)
@given(figures())
def test_text_stays_inside_boxes_that_keep_apart_and_arrows_join_their_edges(figure: Figure) -> None:
    layout = lay_out(*figure)
    assert_text_inside(layout)
    assert_apart(layout)
    assert_joined(layout)
    assert min(line.size_pt for line in layout.lines) >= 8


@pytest.mark.parametrize("width", [80, 90, 140, 190, 500])
def test_the_most_extreme_flow_fits_any_width(width: int) -> None:
    layout = lay_out(extreme(), FigureOptions(width_mm=width, thousands=Thousands.THIN_SPACE))
    assert layout.width == width
    assert_text_inside(layout)
    assert_apart(layout)
    assert_joined(layout)
    assert printed(layout)["dbr_excluded:" + "W" * 200].endswith("W (n = 9\u2009999\u2009999)") or width < 500


def assert_text_inside(layout: Layout) -> None:
    fonts = layout.fonts or font_set()
    for box in (*layout.boxes, *layout.bars):
        upright = isinstance(box, Bar) and box.vertical
        for line in box.lines:
            width = fonts.width(line.text, line.size_pt, bold=line.bold)
            left = line.x - width / 2 if line.centred else line.x
            start, end, low, high = (box.y, box.bottom, box.x, box.right) if upright else (box.x, box.right, box.y, box.bottom)
            first = line.y - width / 2 if upright else left
            assert start - NEARLY <= first
            assert first + width <= end + NEARLY
            assert low < (line.x if upright else line.y) < high
    for note in layout.footnotes:
        assert note.x + fonts.width(note.text, note.size_pt) <= layout.width
        assert note.y < layout.height


def assert_apart(layout: Layout) -> None:
    for one, other in combinations((*layout.boxes, *layout.bars), 2):
        assert one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y, (
            one.key,
            other.key,
        )
        assert max(one.right, other.right) <= layout.width
        assert max(one.bottom, other.bottom) <= layout.height


def assert_joined(layout: Layout) -> None:
    for arrow in layout.arrows:
        assert on_edge(arrow.points[0], layout.box(arrow.start))
        assert on_edge(arrow.points[-1], layout.box(arrow.end))
        assert not [shape.key for shape in (*layout.boxes, *layout.bars) if crosses(arrow, shape)]


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


@settings(max_examples=15, deadline=None)
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
    if isinstance(holder, int):
        return holder
    return sum(line.n for label, line in holder.items() if label == part or not part)


@pytest.mark.parametrize("thousands", Thousands)
def test_counts_of_seven_digits_stay_whole_in_the_narrowest_indented_lines(thousands: Thousands) -> None:
    lines = {"PubMed": many(9_999_999)}
    flow = replace(usual(Template.UPDATED_V2), database_specific_results=lines, register_specific_results=lines)
    layout = lay_out(flow, FigureOptions(width_mm=80.0, thousands=thousands))
    assert_text_inside(layout)
    assert [text for text in printed(layout).values() if not re.search(r"\(n = [\d,\u2009]+\)$", text)] == []


@settings(max_examples=12, deadline=None)
@given(figures(), st.integers(min_value=80, max_value=160))
def test_the_terminal_shows_every_count_unbroken_within_the_width(figure: Figure, width: int) -> None:
    flow, options = figure
    drawn = render_text(flow, width, options)
    assert max(cells(line) for line in drawn.splitlines()) <= width
    for text in printed(lay_out(flow, options)).values():
        found = re.search(r"\(n = -?[\d,\u2009]+\)$", text)
        assert found is not None
        assert found.group() in drawn


@settings(max_examples=100)
@given(st.text(alphabet=LETTERS + NO_BREAK + "\u0301", max_size=80), st.integers(min_value=6, max_value=30))
def test_wrapping_keeps_every_letter_and_the_width(text: str, width: int) -> None:
    lines = wrap(text, width, cells, 2)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "").replace(NO_BREAK, "")
    assert cells(lines[0]) <= width
    assert all(cells(line) <= width - 2 for line in lines[1:])


def test_a_word_that_is_too_long_for_a_line_is_parted_at_its_hyphen() -> None:
    assert wrap("No exposure-response", 14, cells, 2) == ("No exposure-", "response")
    assert wrap("a-vocabulary", 10, cells) == ("a-vocabula", "ry")


def test_each_template_has_its_boxes_headers_and_phases() -> None:
    shapes = {}
    ones: dict[str, Any] = {key: many(1) for key in COUNT_KEYS}
    for template in Template:
        flow = Flow(template, **ones)
        layout = lay_out(flow)
        shapes[template] = (
            {box.key for box in layout.boxes},
            [bar.text for bar in layout.bars],
            set(printed(layout)) & set(COUNT_KEYS),
        )
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
    assert layout.box("identified").text == "Records identified from: Databases (n = 30) PubMed (n = 30) Registers (n = 4)"
    assert layout.box("removed").text == (
        "Records removed before screening: Duplicate records removed (n = 5) "
        "Records marked as ineligible by automation tools (n = 0) Records removed for other reasons (n = 1)"
    )
    assert layout.box("excluded").text == "Records excluded (n = 20)"
    assert layout.box("reports_excluded").text == "Reports excluded: Wrong population (n = 3)"
    assert layout.box("included").text == "Studies included in review (n = 0) Reports of included studies (n = 0)"
    assert layout.footnotes[-1].text == SOURCE


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
    assert layout.box("set_aside").text == "NCT03971799† (n = 1)"
    assert "† Extension of the PRISMA 2020 template." in [line.text for line in layout.footnotes]


def test_a_meta_analysis_that_somebody_entered_is_a_line_marked_as_an_extension() -> None:
    flow = replace(usual(Template.UPDATED_V1), total_studies_ma=many(7))
    layout = lay_out(flow)
    assert "Studies included in meta-analysis† (n = 7)" in layout.box("total").text
    assert "† Extension of the PRISMA 2020 template." in [line.text for line in layout.footnotes]


def test_a_note_on_automation_tools_has_its_mark_and_others_have_none() -> None:
    layout = lay_out(Flow(Template.NEW_V1, footnotes=("** 12 by a tool.", "Other.")))
    assert [line.text for line in layout.footnotes] == ["** 12 by a tool.", "Other.", SOURCE]
    assert layout.box("excluded").text == "Records excluded** (n = 0)"


@pytest.mark.parametrize("width", [80, 160])
def test_the_column_of_other_methods_moves_below_only_where_it_must(width: int) -> None:
    drawn = render_text(Flow(Template.NEW_V2, website_results=many(5)), width)
    side_by_side = any(
        "Records identified" in line and "Records removed" in line and "Websites" not in line for line in drawn.splitlines()
    )
    assert side_by_side or width == 160
    assert ("included studies above" in drawn) is (width == 80)


# --- options -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("template", Template)
@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_shows_every_box_arrow_and_count_of_the_template(template: Template, preset: str) -> None:
    flow = usual(template)
    wide, chosen = lay_out(flow, FigureOptions(width_mm=500)), lay_out(flow, FigureOptions(width_mm=PRESETS[preset]))
    assert {box.key for box in chosen.boxes} == {box.key for box in wide.boxes}
    assert {(arrow.start, arrow.end) for arrow in chosen.arrows} == {(arrow.start, arrow.end) for arrow in wide.arrows}
    assert printed(chosen).keys() == printed(wide).keys()


def test_on_a_narrow_page_other_methods_stand_below_and_join_the_included_studies() -> None:
    layout = lay_out(usual(Template.UPDATED_V2), FigureOptions(width_mm=90))
    order = ["previous", "identified", "assessed", "other_identified", "other_assessed", "included", "total"]
    assert [box.key for box in sorted(layout.boxes, key=lambda box: box.y) if box.key in order] == order
    lanes = {(arrow.start, arrow.end) for arrow in layout.arrows if len(arrow.points) == 4}
    assert lanes == {("assessed", "included"), ("previous", "total")}


def test_the_side_bar_of_a_phase_spans_its_boxes() -> None:
    layout = lay_out(usual(Template.NEW_V2))
    [screening] = [bar for bar in layout.bars if bar.key == "screening"]
    rows = [layout.box(key) for key in ("screened", "sought", "assessed", "reports_excluded")]
    assert screening.y <= min(box.y for box in rows)
    assert screening.bottom >= max(box.bottom for box in rows)


@pytest.mark.parametrize(
    ("thousands", "shown"), [("none", "1234567"), ("comma", "1,234,567"), ("thin-space", "1\u2009234\u2009567")]
)
def test_thousands_are_separated_as_asked(thousands: str, shown: str) -> None:
    flow = Flow(Template.NEW_V1, database_results=many(1_234_567))
    options = FigureOptions(thousands=Thousands(thousands))
    assert printed(lay_out(flow, options))["database_results"] == f"Databases (n = {shown})"
    assert f"(n = {shown})" in render_text(flow, 100, options)
    assert f"{shown} records" in caption(flow, options)


def test_a_hidden_line_list_or_column_is_gone_and_told_where_it_was_not_zero() -> None:
    options = FigureOptions(hide=frozenset({"excluded_other", "dbr_excluded", "dbr_excluded:Wrong population", "other"}))
    flow = replace(usual(Template.NEW_V2), excluded_automatic=many(0))
    layout = lay_out(flow, options)
    assert not {"excluded_other", "website_results", "dbr_excluded:Wrong population"} & printed(layout).keys()
    assert layout.box("reports_excluded").text == "Reports excluded (n = 1609)"
    assert not [box.key for box in layout.boxes if box.key.startswith("other")]
    assert not [bar.text for bar in layout.bars if "other methods" in bar.text]
    assert any("Records removed for other reasons (n = 1069)" in remark for remark in remarks(flow, options))
    assert remarks(flow, FigureOptions(hide=frozenset({"excluded_automatic", "dbr_excluded", "database_specific_results"}))) == ()


def test_hiding_what_no_figure_has_is_refused() -> None:
    with pytest.raises(UsageError, match="'duplicate' cannot be hidden"):
        lay_out(usual(Template.NEW_V1), FigureOptions(hide=frozenset({"duplicate"})))


def test_a_scoping_review_speaks_of_sources_of_evidence_but_keeps_its_own_labels() -> None:
    flow = replace(usual(Template.NEW_V1), dbr_excluded={"Records screened": many(3)})
    layout = lay_out(flow, FigureOptions(wording=Wording.SCOPING))
    assert layout.box("screened").text.startswith("Sources of evidence screened")
    assert layout.box("reports_excluded").text == "Sources of evidence excluded: Records screened (n = 3)"
    assert "PRISMA-ScR flow diagram of a scoping review" in layout.title
    assert "PRISMA-ScR" in caption(flow, FigureOptions(wording=Wording.SCOPING))


def test_grey_has_no_colour_and_line_art_no_shade() -> None:
    grey, lines = (
        lay_out(usual(Template.NEW_V2), FigureOptions(palette=palette)) for palette in (Palette.GREY, Palette.LINE_ART)
    )
    assert all(grey.colours.of(fill)[1:3] == grey.colours.of(fill)[3:5] == grey.colours.of(fill)[5:7] for fill in Fill)
    assert {lines.colours.of(fill) for fill in Fill} == {"#FFFFFF"}


def test_a_figure_higher_than_journals_take_is_told() -> None:
    assert lay_out(extreme()).height > TALLEST_MM
    assert any("journals take heights up to about 222 mm" in remark for remark in remarks(extreme(), FigureOptions()))
    for template in Template:
        assert remarks(usual(template), FigureOptions()) == ()


@pytest.mark.parametrize(("width", "dpi"), [(79.9, None), (float("nan"), None), (190, 0), (190, 100_000)])
def test_a_width_or_resolution_that_makes_no_sense_is_refused(width: float, dpi: int | None) -> None:
    with pytest.raises(UsageError):
        FigureOptions(width_mm=width, dpi=dpi)


def test_the_caption_tells_the_numbers_of_the_figure() -> None:
    flow = Flow(Template.NEW_V1, many(30), many(1), many(5), many(0), many(1), many(25), many(20), many(5), many(1), many(4))
    assert caption(flow) == (
        "Figure 1. PRISMA 2020 flow diagram of study selection for the systematic review. Of 30 records from databases and 1 record "
        "from registers, 25 records were screened, 5 reports sought and 4 assessed for eligibility. 0 studies (0 reports) were included."
    )
