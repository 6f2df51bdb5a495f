"""Reasons at title/abstract: an extension of the template that somebody has to ask for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from prisma_tool.cli.main import run
from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.render.terminal import render_text
from prisma_tool.figure.words.options import FigureOptions, Wording
from prisma_tool.flow import enter_adjustment
from prisma_tool.flow.as_json import as_json, explanation

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

ASKED = FigureOptions(reasons_at_screening=True)
LINES = {"Wrong population": 1, "Wrong outcome": 2, "No reason given": 1}


@pytest.fixture
def bench(bench: Bench) -> Bench:
    """Four records excluded at title/abstract, one of them without a reason, and one included."""
    bench.given("Embase", "1", "2", "3", "4", "5")
    bench.dedupe()
    bench.vote("include", "embase:1")
    bench.vote("exclude", "embase:2")
    bench.vote("exclude", "embase:3", "embase:5", reason="Wrong outcome")
    bench.vote("exclude", "embase:4", reason="Wrong population")
    return bench


def test_the_reasons_stand_in_the_protocols_order_and_add_up_in_figure_json_and_explanation(
    bench: Bench, capfd: pytest.CaptureFixture[str]
) -> None:
    flow = bench.flow()
    assert run(["-C", str(bench.review.folder), "flow", "--json", "--reasons-at-screening"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert list(told["lists"]["screening_reasons"].items()) == list(LINES.items())
    assert sum(LINES.values()) == told["counts"]["records_excluded"]
    assert explanation(flow, "records_excluded:wrong outcome")["records"] == ["embase:3", "embase:5"]
    drawn = lay_out(flow, ASKED)
    texts = [line.text for line in drawn.box("excluded").lines]
    assert texts[1:] == ["Reasons at title/abstract screening†:", *(f"{label} (n = {n})" for label, n in LINES.items())]
    assert any(line.text.startswith("† Extension") for line in drawn.footnotes)


def test_nobody_who_did_not_ask_sees_the_reasons(bench: Bench) -> None:
    flow = bench.flow()
    assert "screening_reasons" not in as_json(flow)["lists"]
    assert "†" not in render_text(flow)


def test_records_excluded_that_were_entered_by_hand_have_no_reason_and_keep_the_sum(bench: Bench) -> None:
    enter_adjustment.enter(bench.review, "records_excluded", 7, "a search of 2019", "Ada")
    flow = bench.flow()
    assert sum(line.n for line in flow.screening_reasons.values()) == flow.records_excluded.n == 11
    told = explanation(flow, "records_excluded:No reason given")
    assert (told["n"], told["records"], [one["n"] for one in told["adjustments"]]) == (8, ["embase:2"], [7])


def test_single_reasons_at_screening_can_be_hidden_and_keep_their_words_in_a_scoping_review(bench: Bench) -> None:
    options = replace(ASKED, hide=frozenset({"records_excluded:No reason given"}), wording=Wording.SCOPING)
    drawn = render_text(bench.flow(), 100, options)
    assert "Wrong population (n = 1)" in drawn
    assert "No reason given" not in drawn
    assert "Sources of evidence excluded** (n = 4)" in drawn
