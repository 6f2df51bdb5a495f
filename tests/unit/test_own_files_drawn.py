"""A figure drawn from our own CSV or JSON is the figure of the flow itself, byte for byte."""

from __future__ import annotations

from dataclasses import replace

import pytest
from figure_flows import flows, hideable, usual
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.figure.exchange.csv_in import parse_flow_csv
from prisma_tool.figure.exchange.csv_out import render_csv
from prisma_tool.figure.exchange.json_in import parse_flow_json
from prisma_tool.figure.exchange.typed_flow import TypedFlow, flow_of
from prisma_tool.figure.words.options import PLAIN, FigureOptions
from prisma_tool.figure.write import RENDERERS
from prisma_tool.flow.flow import COUNT_KEYS, Count, Flow, Template, total, with_boxes
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


@given(flows().map(within_its_template), st.frozensets(hideable, max_size=2))
def test_a_figure_from_our_own_csv_is_the_figure_itself(flow: Flow, hide: frozenset[str]) -> None:
    # Reasons of which only the sum is shown, and that sum 0, are read back as no reasons.
    without_sum = set() if total(flow.dbr_excluded) else {"dbr_excluded"}
    options = FigureOptions(hide=hide - without_sum - {"records_excluded", "other_assessed", "other"})
    again = by_csv(flow, options)
    assert drawn(again.flow, FigureOptions(hide=again.hide)) == drawn(flow, options)


@given(flows().map(within_its_template))
def test_a_figure_from_our_own_json_is_the_figure_itself(flow: Flow) -> None:
    assert drawn(by_json(flow).flow, PLAIN) == drawn(flow, PLAIN)


@pytest.mark.parametrize("template", Template)
def test_a_column_of_zeros_that_a_review_counted_is_drawn_again(template: Template) -> None:
    flow = usual(template)
    zeros = {key: Count() for key in COUNT_KEYS if key in (*OTHER_BOXES, *PREVIOUS_BOXES) and getattr(flow, key) is not None}
    flow = replace(with_boxes(flow, zeros), other_excluded={})
    assert drawn(by_csv(flow).flow, PLAIN) == drawn(by_json(flow).flow, PLAIN) == drawn(flow, PLAIN)
