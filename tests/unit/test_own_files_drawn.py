"""A figure drawn from our own CSV or JSON is the figure of the flow itself, byte for byte."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from figure_flows import flows, usual
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.figure.exchange.csv_in import parse_flow_csv
from prisma_tool.figure.exchange.csv_out import render_csv
from prisma_tool.figure.exchange.json_in import parse_flow_json
from prisma_tool.figure.exchange.typed_flow import TypedFlow, flow_of
from prisma_tool.figure.words.options import PLAIN, FigureOptions
from prisma_tool.figure.write import RENDERERS
from prisma_tool.flow.flow import COUNT_KEYS, Count, Flow, Template, with_boxes
from prisma_tool.flow.template import OTHER_BOXES, OTHER_LISTS, PREVIOUS_BOXES, UPDATED, WITH_OTHER


def drawn(flow: Flow, options: FigureOptions) -> bytes:
    return RENDERERS[".svg"](flow, options)


def by_csv(flow: Flow, options: FigureOptions = PLAIN) -> TypedFlow:
    return flow_of(parse_flow_csv(render_csv(flow, options).encode(), "flow.csv"))


def by_json(flow: Flow) -> TypedFlow:
    return flow_of(parse_flow_json(RENDERERS[".json"](flow, PLAIN), "flow.json"))


def within_its_template(flow: Flow) -> Flow:
    lacking = (*(() if flow.template in UPDATED else PREVIOUS_BOXES), *(() if flow.template in WITH_OTHER else OTHER_BOXES))
    lists = () if flow.template in WITH_OTHER else OTHER_LISTS
    return with_boxes(flow, {**dict.fromkeys(lacking), **{name: {} for name in lists}})


HIDDEN = st.sampled_from(["previous", "duplicates", "register_results", "new_reports"])


@settings(max_examples=20)
@given(flows().map(within_its_template), st.frozensets(HIDDEN, max_size=2))
def test_a_figure_from_our_own_csv_is_the_figure_itself(flow: Flow, hide: frozenset[str]) -> None:
    options = FigureOptions(hide=hide)
    again = by_csv(flow, options)
    assert drawn(again.flow, FigureOptions(hide=again.hide)) == drawn(flow, options)


@settings(max_examples=20)
@given(flows().map(within_its_template))
def test_a_figure_from_our_own_json_is_the_figure_itself(flow: Flow) -> None:
    assert drawn(by_json(flow).flow, PLAIN) == drawn(flow, PLAIN)


@pytest.mark.parametrize("template", Template)
def test_a_column_of_zeros_that_a_review_counted_is_drawn_again(template: Template) -> None:
    flow = usual(template)
    zeros = {key: Count() for key in COUNT_KEYS if key in (*OTHER_BOXES, *PREVIOUS_BOXES) and getattr(flow, key) is not None}
    flow = replace(with_boxes(flow, zeros), other_excluded={}, total_studies_ma=Count(), total_reports_ma=Count())
    assert drawn(by_csv(flow).flow, PLAIN) == drawn(by_json(flow).flow, PLAIN) == drawn(flow, PLAIN)


def test_numbers_that_a_file_does_not_give_are_not_drawn_from_what_we_write_of_it_either() -> None:
    theirs = (
        "data,boxtext,n\ndatabase_results,Databases,100\nrecords_screened,Titles read,100\nrecords_excluded,Records excluded,90\n"
        "dbr_sought_reports,,10\ndbr_notretrieved_reports,,0\ndbr_assessed,,10\ndbr_excluded,,5\nnew_studies,,5\n"
    )
    typed = flow_of(parse_flow_csv(theirs.encode(), "theirs.csv"))
    figure = drawn(typed.flow, FigureOptions(hide=typed.hide))
    counts = json.loads(RENDERERS[".json"](typed.flow, PLAIN))["counts"]
    assert (counts["register_results"], counts["new_reports"]) == (None, None)
    for again in (by_csv(typed.flow, FigureOptions(hide=typed.hide)), by_json(typed.flow)):
        assert drawn(again.flow, FigureOptions(hide=again.hide)) == figure
