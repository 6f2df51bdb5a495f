"""The figure in the terminal: its numbers are reached, listed, checked and written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from figure_flows import many
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Input

from prisma_tool.dedupe import manual
from prisma_tool.errors import UsageError
from prisma_tool.figure.render.terminal import Spot, cells, draw_text, render_text
from prisma_tool.flow.enter_adjustment import enter
from prisma_tool.flow.flow import Check, CheckKind, Flow, Template
from prisma_tool.flow.read import read_flow
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.flow.flow_view import nearest
from prisma_tool.tui.flow.screen import FlowScreen, checks_line, checks_text
from prisma_tool.tui.record_browser.number_screen import NumberScreen
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.count_members import members

ReviewOf = Callable[..., Review]
NARROW, WIDE = (80, 24), (200, 60)


def painted(pilot: Pilot[None]) -> list[str]:
    return ["".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips()]


async def settled(pilot: Pilot[None]) -> None:
    for _ in range(3):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


@pytest.mark.parametrize("width", [80, 100, 160])
@pytest.mark.parametrize("template", list(Template))
def test_every_count_of_the_drawing_stands_where_its_spot_says(template: Template, width: int) -> None:
    flow = Flow(
        template, database_results=many(1234), database_specific_results={"汉字 (n = x) base": many(7)}, register_results=many(5)
    )
    drawing = draw_text(flow, width)
    assert "\n".join(drawing.lines) + "\n" == render_text(flow, width)
    assert len({spot.key for spot in drawing.spots}) == len(drawing.spots)
    for spot in drawing.spots:
        line = drawing.lines[spot.line]
        starts = [n for n in range(len(line)) if cells(line[:n]) == spot.column and line[n] == "("]
        shown = line[starts[0] :]
        assert shown[: spot.width].startswith("(n")
        assert shown[: spot.width].endswith(")")
    by_key = {spot.key: spot for spot in drawing.spots}
    assert by_key["database_results"].width == len("(n = 1234)")
    assert by_key["register_results"].label == "Registers"


SPOTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 150)), min_size=1, max_size=30, unique=True)


@given(SPOTS, st.sampled_from([(0, 1), (0, -1), (1, 0), (-1, 0)]))
def test_an_arrow_never_leads_the_other_way_and_never_nowhere_where_there_is_something(
    places: list[tuple[int, int]], way: tuple[int, int]
) -> None:
    spots = tuple(Spot(str(n), "", line, column, 1) for n, (line, column) in enumerate(places))
    here = spots[0]
    found = nearest(spots, here, way)
    ahead = [spot for spot in spots if (spot.line - here.line) * way[1] > 0 or (spot.column - here.column) * way[0] > here.width]
    assert (found is None) == (not ahead)
    assert found is None or spots[found] in ahead


def test_a_number_lists_what_it_counts_with_what_has_become_of_each(review_of: ReviewOf) -> None:
    review = review_of(4)
    flow = read_flow(review)
    keys = flow.records_screened.records or flow.pending.title_abstract.records
    manual.merge(review, keys[0], keys[1], "Anna")
    decide(review, [Decision(keys[2], Stage.TITLE_ABSTRACT, "Anna", Verdict.EXCLUDE, "Wrong outcome")])
    enter(review, "database_results", 12, "from [before]", "Anna")
    flow = read_flow(review)
    spots = {spot.key: spot for spot in draw_text(flow).spots}
    found = members(review, flow, spots["database_results"])
    assert (found.heading, len(found.listed), found.by_hand) == ("Databases (n = 16)", 4, ("+12 by hand: from [before]",))
    duplicates = members(review, flow, spots["duplicates"]).listed.rows(0, 5)
    assert [row.why for row in duplicates] == [f"same report as {duplicates[0].shown_for}; to be screened"]
    excluded = members(review, flow, spots["records_excluded"]).listed.rows(0, 5)
    assert [(row.key, row.why) for row in excluded] == [(keys[2], "excluded at title/abstract: Wrong outcome")]
    waiting = members(review, flow, spots["unmerged"]).listed
    assert len(waiting) == flow.unmerged == 4
    with pytest.raises(UsageError):
        members(review, flow, Spot("no such box", "", 0, 0, 1))


def test_an_included_study_lists_its_reports_under_its_name(review_of: ReviewOf) -> None:
    review = review_of(1)
    (key,) = read_flow(review).pending.title_abstract.records
    for stage in Stage:
        decide(review, [Decision(key, stage, "Anna", Verdict.INCLUDE)])
    flow = read_flow(review)
    spot = next(spot for spot in draw_text(flow).spots if spot.key == "new_studies")
    (row,) = members(review, flow, spot).listed.rows(0, 9)
    assert row.key == key
    assert row.why == (flow.new_studies.studies or ())[0].label


def test_checks_that_do_not_hold_are_told_the_gravest_first() -> None:
    fine = Check("sums", CheckKind.STRICT, holds=True, detail="1 = 1")
    odd = Check("pending", CheckKind.WARNING, holds=False, detail="3 [wait]")
    broken = Check("screened", CheckKind.STRICT, holds=False, detail="2 is not 3")
    assert checks_line(Flow(Template.NEW_V1, checks=(fine,))).plain == "all 1 checks of the numbers hold"
    assert checks_line(Flow(Template.NEW_V1, checks=(odd,))).plain == "! 3 [wait]"
    unread = replace(odd, detail="1 report: `prisma-tool retrieve KEY retrieved`")
    assert checks_line(Flow(Template.NEW_V1, checks=(unread,))).plain == "! 1 report: p at Full text (5)"
    flow = Flow(Template.NEW_V1, checks=(fine, odd, broken))
    assert checks_line(flow).plain == "! does not hold (and 1 more: V): screened: 2 is not 3"
    assert [line.split()[0] for line in checks_text(flow).plain.splitlines()] == ["look", "FAILS", "holds"]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_numbers_are_reached_and_opened_and_the_figure_goes_on_beyond_the_screen(
    review_of: ReviewOf, size: tuple[int, int]
) -> None:
    app = ReviewApp(review_of(2), "Anna", "flow")
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, FlowScreen)
        drawn = "\n".join(painted(pilot))
        assert "Identification of studies via databases and registers" in drawn
        assert ("▼" in painted(pilot)[-2]) == (size == NARROW)
        await pilot.press("tab")
        start = screen.view.mark
        await screen.run_action("toward(0,1)")
        assert screen.view.mark != start
        while screen.view.marked and screen.view.marked.key != "database_specific_results:Embase":
            screen.view.step(1)
        await settled(pilot)
        assert "Embase: Enter lists the records behind it" in painted(pilot)[-2]
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, NumberScreen)
        assert "Embase (n = 2)" in painted(pilot)[1]
        assert "Plain report 1" in "\n".join(painted(pilot))
        await pilot.press("escape")
        await screen.run_action("edge(1)")
        await settled(pilot)
        assert "Adapted from: Page MJ" in "\n".join(painted(pilot))


async def test_a_click_on_a_number_opens_it(review_of: ReviewOf) -> None:
    app = ReviewApp(review_of(2), "Anna", "flow")
    async with app.run_test(size=WIDE) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, FlowScreen)
        spot = next(spot for spot in screen.view.drawing.spots if spot.key == "database_results")
        await pilot.click("FlowView", offset=(spot.column + screen.view._margin + 1, spot.line))
        await settled(pilot)
        assert isinstance(app.screen, NumberScreen)
        assert "Databases (n = 2)" in painted(pilot)[1]


async def test_the_figure_is_written_into_the_review_by_its_suffix_and_replaces_nothing_unasked(
    review_of: ReviewOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    review = review_of(2)
    app = ReviewApp(review, "Anna", "flow")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)

        async def answer(name: str) -> str:
            if isinstance(app.screen, FlowScreen):
                await pilot.press("greater_than_sign")
            app.screen.query_one(Input).value = name
            await pilot.press("enter")
            await settled(pilot)
            return "\n".join(painted(pilot))

        assert "Wrote" in await answer("figure.csv")
        assert (review.folder / "figure.csv").read_text(encoding="utf-8-sig").startswith("data,node")
        (review.folder / "figure.csv").write_text("mine")
        assert "exists already" in await answer("figure.csv")
        assert (review.folder / "figure.csv").read_text() == "mine"
        assert "Nothing is written as '.xyz'" in await answer("figure.xyz")
        assert "exists already" in await answer("figure.csv"), "another name in between is no consent"
        await pilot.press("enter")
        await settled(pilot)
        assert (review.folder / "figure.csv").read_text(encoding="utf-8-sig") != "mine"
        assert "does not exist" in await answer("nowhere/figure.svg")


async def test_only_what_came_after_the_count_is_said_to_have_changed(review_of: ReviewOf) -> None:
    review = review_of(1)
    (key,) = read_flow(review).pending.title_abstract.records
    app = ReviewApp(review, "Anna", "flow")
    async with app.run_test(size=NARROW) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, FlowScreen)
        for does_change in (False, True):
            if does_change:
                decide(review, [Decision(key, Stage.TITLE_ABSTRACT, "Anna", Verdict.INCLUDE)])
            screen.show_changes(Changes(whole=True))
            await settled(pilot)
            assert ("the review has changed since this was counted" in painted(pilot)[1]) == does_change
