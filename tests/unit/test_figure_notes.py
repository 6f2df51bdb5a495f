"""Notes, marks, labels, caption: what a review says of its figure in its own words, and what counting says for it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from figure_flows import figures, flows, living_flows, many, usual
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.errors import FormatError, ReviewError, UsageError
from prisma_tool.figure.exchange.csv_in import parse_flow_csv
from prisma_tool.figure.exchange.csv_out import render_csv
from prisma_tool.figure.exchange.json_in import parse_flow_json
from prisma_tool.figure.exchange.typed_flow import TypedFlow, flow_of
from prisma_tool.figure.layout.grid import Plan
from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.figure.render.notes_text import render_notes
from prisma_tool.figure.render.svg import render_svg
from prisma_tool.figure.render.terminal import draw_text
from prisma_tool.figure.warnings import remarks
from prisma_tool.figure.words.caption import caption
from prisma_tool.figure.words.labels import SOURCE
from prisma_tool.figure.words.options import FigureOptions, Thousands, Wording
from prisma_tool.figure.write import draw
from prisma_tool.flow.as_json import as_json, file_json
from prisma_tool.flow.flow import Flow, Participants, Template, with_boxes
from prisma_tool.model.protocol.figure_words import NOTED, PLACEHOLDERS, FigureWords, Language
from prisma_tool.review.protocol.read import parse_protocol

NEW = Template.NEW_V1
MARK = re.compile(r"\*{1,2}|†|[¹²³⁴⁵⁶⁷⁸⁹][º¹²³⁴⁵⁶⁷⁸⁹]*")


def with_words(flow: Flow, **words: Any) -> Flow:
    return replace(flow, words=FigureWords(**words))


def texts(planned: Plan) -> dict[str, str]:
    return {cell.key: " ".join(entry.text for entry in cell.entries).replace("\u00a0", " ") for cell in planned.cells}


def notes(flow: Flow, options: FigureOptions = FigureOptions()) -> tuple[str, ...]:  # noqa: B008 # frozen
    return plan(flow, options).footnotes


def from_json(data: dict[str, Any]) -> TypedFlow:
    return flow_of(parse_flow_json(json.dumps(data).encode(), "flow.json"))


# --- notes and marks -----------------------------------------------------------------------------------------------------------


def test_notes_stand_under_their_marks_filled_from_the_counts() -> None:
    flow = with_words(
        usual(NEW),
        notes={
            "sources": "Databases: {databases}; registers: {registers}",
            "excluded": "Of {records_screened} records",
            "dbr_assessed": "Twice",
            "dbr_excluded": "By two people",
            "duplicates": "By hand",
        },
    )
    drawn = plan(flow)
    assert drawn.footnotes == (
        "* Databases: PubMed and Embase; registers: ClinicalTrials.gov",
        "** Of 1086 records",
        "¹ By hand",
        "² Twice",
        "³ By two people",
        SOURCE,
    )
    boxes = texts(drawn)
    assert boxes["identified"].startswith("Records identified from*: Databases (n = ")
    assert "Duplicate records removed¹ (n = 1035)" in boxes["removed"]
    assert boxes["excluded"] == "Records excluded** (n = 1103)"
    assert boxes["assessed"] == "Reports assessed for eligibility² (n = 1154)"
    assert boxes["reports_excluded"].startswith("Reports excluded³: Wrong population (n = 804)")


def test_a_line_of_a_list_has_its_note_and_a_hidden_list_keeps_its_own() -> None:
    flow = with_words(usual(NEW), notes={"dbr_excluded:Wrong population": "One", "dbr_excluded": "All"})
    assert "Reports excluded¹: Wrong population² (n = 804)" in texts(plan(flow))["reports_excluded"]
    hidden = plan(flow, FigureOptions(hide=frozenset({"dbr_excluded"})))
    assert texts(hidden)["reports_excluded"] == "Reports excluded¹ (n = 1609)"
    assert hidden.footnotes == ("¹ All", SOURCE)


def test_a_note_without_its_line_is_left_out_and_named() -> None:
    flow = with_words(usual(NEW), notes={"website_results": "Of agencies", "ongoing": "Soon"})
    assert notes(flow) == (SOURCE,)
    assert "The figure has no line for the notes on website_results, ongoing, so these were left out." in remarks(
        flow, FigureOptions()
    )


def test_the_star_stands_only_where_there_is_something_to_say_of_the_sources() -> None:
    hidden = FigureOptions(hide=frozenset({"database_specific_results"}))
    assert notes(usual(NEW)) == (SOURCE,)
    assert notes(usual(NEW), hidden)[0] == "* Databases: PubMed (n = 801), Embase (n = 802)."
    assert texts(plan(usual(NEW), hidden))["identified"].startswith("Records identified from*:")


def test_ten_notes_and_more_have_marks_that_the_bundled_font_can_print() -> None:
    keys = [key for key in NOTED if key not in ("sources", "excluded")][:12]
    flow = with_words(usual(NEW), notes=dict.fromkeys(keys, "Said of {registers}"))
    assert "¹º Said of ClinicalTrials.gov" in notes(flow)
    render_svg(lay_out(flow))


marked_keys = st.dictionaries(st.sampled_from(NOTED), st.sampled_from(["Once", "n = {duplicates}", "{databases}"]), max_size=8)
living_figures = st.tuples(
    living_flows(), st.builds(FigureOptions, language=st.sampled_from([None, *Language]), wording=st.sampled_from(Wording))
)


@settings(max_examples=25, deadline=None)
@given(figures() | living_figures, marked_keys, st.lists(st.sampled_from(["* A", "** B", "**C", "Plain"]), max_size=3))
def test_no_note_is_without_its_mark_and_no_mark_without_its_note(
    figure: tuple[Flow, FigureOptions], own: dict[str, str], footnotes: list[str]
) -> None:
    flow, options = figure
    flow = with_words(replace(flow, footnotes=tuple(footnotes), dbr_excluded={}, other_excluded={}), notes=own)
    # Labels of the drawn flows hold letters only, never a mark.
    flow = with_boxes(flow, {name: {} for name in ("other_specific_results", "screening_reasons", "ongoing", "awaiting")})
    flow = replace(flow, database_specific_results={"PubMed": many(7)}, register_specific_results={}, ongoing={"Some": many(1)})
    drawn = plan(flow, options)
    in_boxes = {mark for cell in drawn.cells for entry in cell.entries for mark in MARK.findall(entry.text)}
    below = {match[0] for note in drawn.footnotes if (match := MARK.match(note))}
    assert in_boxes == below
    outside = plan(flow, replace(options, notes_outside=True))
    assert (outside.cells, outside.footnotes) == (drawn.cells, ())
    hidden = plan(flow, replace(options, hide=options.hide | {"footnotes"}))
    assert not MARK.findall("".join(entry.text for cell in hidden.cells for entry in cell.entries))
    assert hidden.footnotes == ()


# --- words of the protocol -------------------------------------------------------------------------------------------------------


def test_review_toml_states_notes_labels_caption_and_alt() -> None:
    words = parse_protocol(
        '[flow]\ncaption = "Figure 1. {new_studies} trials"\nalt = "A diagram"\n'
        '[flow.notes]\nsources = "* Databases: {databases}"\n"dbr_excluded:Age" = "Under 18"\n[flow.labels]\nnew_studies = "Trials"\n'
    ).figure
    assert words.notes == {"sources": "Databases: {databases}", "dbr_excluded:Age": "Under 18"}, "the figure sets the mark itself"
    assert (words.labels, words.alt) == ({"new_studies": "Trials"}, "A diagram")
    flow = replace(usual(NEW), words=words)
    assert caption(flow, FigureOptions(thousands=Thousands.COMMA)) == "Figure 1. 1,273 trials"
    assert lay_out(flow).alt_text == "A diagram"
    assert texts(plan(flow))["included"].startswith("Trials (n = 1273)")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[flow.notes]\nsource = "x"', r"'flow.notes.source' names no box or line of the figure; known are: sources, excluded, "),
        ('[flow.labels]\n"duplicates:x" = "x"', "'flow.labels.duplicates:x' names no box"),
        (
            '[flow.notes]\nsources = "{database}"',
            r"'flow.notes.sources' has the unknown placeholder \{database\}; there are: databases",
        ),
        ('[flow]\ncaption = "{}"', "'flow.caption' has the unknown placeholder"),
        ("[flow]\nnotes = 1", r"'flow.notes' must be a table: write \[flow.notes\]"),
        ("[flow.notes]\nsources = 1", "'flow.notes.sources' must be a text"),
    ],
)
def test_an_unknown_key_or_placeholder_is_refused_with_those_that_exist(text: str, message: str) -> None:
    with pytest.raises(ReviewError, match=message):
        parse_protocol(text)


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_every_placeholder_is_filled_in_every_template(name: str) -> None:
    for template in Template:
        note = notes(with_words(usual(template), notes={"sources": f"<{{{name}}}>"}))[0]
        assert re.fullmatch(r"\* <[^{}]+>", note)


def test_a_label_of_the_review_stands_before_that_of_the_template_and_keeps_its_marks() -> None:
    labels = {"sources": "Records from", "excluded": "Out", "dbr_excluded": "Full texts out", "participants": "Patients"}
    flow = with_words(replace(usual(NEW), participants=Participants(296, 23, 25)), labels=labels, notes={"excluded": "By two"})
    boxes = texts(plan(flow))
    assert boxes["identified"].startswith("Records from:")
    assert boxes["excluded"] == "Out** (n = 1103)"
    assert boxes["reports_excluded"].startswith("Full texts out: Wrong population")
    assert boxes["included"].endswith("Patients (n = 296), known for 23 of 25 studies†")


# --- the same in JSON and CSV ----------------------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(flows(), marked_keys)
def test_words_go_through_json_and_csv_and_give_the_same_figure(flow: Flow, own: dict[str, str]) -> None:
    labels = {"new_studies": "Trials", "sources": "Records of", "duplicates": "Doubles, all of {databases}"}
    flow = with_words(flow, notes=own, labels=labels, caption="All of {duplicates}", alt="Boxes", author="Ada")
    flow = replace(
        flow, last_searched="2025-01-31", participants=Participants(296, 23, 25), dated=datetime(2025, 2, 3, tzinfo=UTC)
    )
    again = from_json(file_json(flow)).flow
    by_table = flow_of(parse_flow_csv(render_csv(flow).encode(), "flow.csv"))
    drawn = render_svg(lay_out(flow))
    assert render_svg(lay_out(again)) == drawn
    assert (by_table.flow.words, by_table.flow.participants, by_table.flow.dated) == (flow.words, flow.participants, flow.dated)
    assert from_json(file_json(again)).flow == again


BY_HAND: dict[str, Any] = {
    "counts": {
        "database_results": 337,
        "register_results": 73,
        "duplicates": 0,
        "records_screened": 410,
        "records_excluded": 340,
        "dbr_sought_reports": 70,
        "dbr_notretrieved_reports": 3,
        "dbr_assessed": 67,
        "new_studies": 25,
        "new_reports": 34,
    },
    "lists": {
        "database_specific_results": {"PubMed": 337},
        "register_specific_results": {"ClinicalTrials.gov": 73},
        "dbr_excluded": {"Wrong intervention": 20, "Wrong population": 13},
    },
}
SOURCES_NOTE = "Databases: PubMed; registers: clinical trial registry (clinicaltrials.gov)"
EXCLUDED_NOTE = (
    "Exclusions were applied following title and abstract screening. Records from registers (n = 73) were screened for results; "
    "none were added due to lack of available data or prior capture via PubMed"
)


@pytest.mark.parametrize(
    "words",
    [
        {"footnotes": [f"* {SOURCES_NOTE}", f"** {EXCLUDED_NOTE}"]},
        {
            "notes": {
                "sources": "Databases: {databases}; registers: clinical trial registry (clinicaltrials.gov)",
                "excluded": EXCLUDED_NOTE.replace("73", "{register_results}"),
            }
        },
    ],
)
def test_the_two_notes_of_a_published_figure_are_printed_word_for_word(words: dict[str, Any]) -> None:
    flow = from_json({**BY_HAND, **words}).flow
    assert notes(flow) == (f"* {SOURCES_NOTE}", f"** {EXCLUDED_NOTE}", SOURCE)
    assert as_json(flow)["footnotes"] == [f"* {SOURCES_NOTE}", f"** {EXCLUDED_NOTE}"]
    boxes = texts(plan(flow))
    assert boxes["identified"].startswith("Records identified from*:")
    assert boxes["excluded"] == "Records excluded** (n = 340)"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"notes": {"nowhere": "x"}}, "notes: 'nowhere' names no box"),
        ({"notes": {"sources": "{nothing}"}}, r"notes.sources: it has the unknown placeholder \{nothing\}"),
        ({"labels": ["x"]}, "labels: .* is not an object"),
        ({"caption": 3}, "caption: 3 is not a text"),
        ({"dated": "yesterday"}, 'dated: "yesterday" is not a time such as'),
        ({"participants": {"n": 3}}, "participants.known: null is not a count"),
    ],
)
def test_words_of_a_file_are_checked_as_those_of_a_protocol(words: dict[str, Any], message: str) -> None:
    with pytest.raises(FormatError, match=message):
        from_json({**BY_HAND, **words})


# --- beside the figure, and what was never searched ----------------------------------------------------------------------------


def test_caption_and_notes_are_written_beside_the_figure_whose_marks_they_have() -> None:
    flow = with_words(usual(NEW), notes={"duplicates": "By hand"}, caption="Figure 2.")
    outside = FigureOptions(notes_outside=True)
    assert render_notes(flow, Path("notes.txt"), outside).decode() == f"Figure 2.\n\n¹ By hand\n\n{SOURCE}\n"
    assert "By hand" in render_notes(flow, Path("notes.md"), outside).decode()
    with pytest.raises(UsageError, match=r"written as \.txt or \.md"):
        render_notes(flow, Path("notes.docx"), outside)


def test_a_kind_of_source_that_was_never_searched_has_no_line_and_one_without_hits_keeps_its_own() -> None:
    never = replace(usual(NEW), register_results=None, register_specific_results={})
    assert "Registers" not in texts(plan(never))["identified"]
    assert "registers" not in caption(never)
    assert "Registers (n = 0)" in texts(plan(replace(never, register_results=many(0))))["identified"]
    assert as_json(from_json(as_json(never)).flow)["counts"]["register_results"] is None
    nothing = texts(plan(Flow(NEW)))["identified"]
    assert nothing == "Records identified from: No database or register searched"
    assert from_json(as_json(Flow(NEW))).flow.database_results is None


def test_participants_are_a_line_of_the_last_box_and_some_may_be_unknown() -> None:
    some, every = Participants(296, 23, 25), Participants(296, 25, 25)
    assert texts(plan(replace(usual(NEW), participants=every)))["included"].endswith("Participants (n = 296)†")
    updated = replace(usual(Template.UPDATED_V1), participants=some)
    assert texts(plan(updated))["total"].endswith("Participants (n = 296), known for 23 of 25 studies†")
    for width in (80.0, 90.0, 190.0):
        line = next(line for line in lay_out(updated, FigureOptions(width_mm=width)).lines if line.key == "participants")
        assert "(n = 296)" in line.text
    spot = next(spot for spot in draw_text(updated).spots if spot.key == "participants")
    assert draw_text(updated).lines[spot.line][spot.column :].startswith("(n = 296)")


def test_characters_that_no_document_may_hold_are_left_out_of_every_word(tmp_path: Path) -> None:
    hostile = "a\ufffe\uffffb\x07\x1b[31m\ud800c"
    flow = with_words(
        usual(NEW), caption=hostile, alt=hostile, author=hostile, notes={"excluded": hostile}, labels={"duplicates": hostile}
    )
    draw(flow, [tmp_path / f"x{suffix}" for suffix in (".docx", ".pptx", ".svg", ".html", ".pdf")])
    assert caption(flow) == "abc"
