"""A report as text: everything is there, nothing in it acts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from prisma_tool.history.overview import StageRest
from prisma_tool.model.record.citation import Author, Citation, Section
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.reports.state import Phase, Report
from prisma_tool.screening.queue import QueuedReport
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.tui.screening.end_page import end_page
from prisma_tool.tui.sessions.queue_cursor import Progress
from prisma_tool.tui.sessions.report_on_screen import ReportOnScreen
from prisma_tool.tui.widgets.highlight import terms
from prisma_tool.tui.widgets.progress_line import bar
from prisma_tool.tui.widgets.record_text import ReportPage, authors, printed_in, readable_code, report_page


def shown(*citations: Citation) -> ReportPage:
    report = Report("a:0", (), left=True, phase=Phase.SCREENING, title_abstract=None, full_text=None, reason="",
                    reasons_differ=False, studies=())  # fmt: skip
    records = tuple(StoredRecord(f"a:{n}", "A source", str(n), "a:0", one) for n, one in enumerate(citations))
    return report_page(ReportOnScreen(QueuedReport(report, None, waits=True), records, (), 0, None), terms(["CAR T"], ["mice"]))


def test_a_report_shows_its_sections_under_bold_headings_and_the_identifiers_of_all_its_records(retracted: Citation) -> None:
    text = shown(retracted, Citation(doi="10.5555/other", pmcid="PMC1")).content
    assert "Journal of Invention 2022;5(2):1-9" in text.plain
    assert "DOI 10.5555/retracted · DOI 10.5555/other · PMID 99000001 · PMCID PMC1 · NCT99000001" in text.plain
    assert "A source (a:0) · A source (a:1)" in text.plain
    label = text.plain.index("BACKGROUND")
    assert any(span.style == "bold" and span.start == label for span in text.spans)


def test_notices_come_from_any_record_of_the_report_the_gravest_first(retracted: Citation) -> None:
    notices = shown(Citation(title="As another database has it"), retracted).notices
    assert [notice.split(":")[0] for notice in notices] == ["RETRACTED", "ERRATUM"]


def test_a_register_entry_shows_its_fields_and_whether_results_are_posted(trial: Citation) -> None:
    assert "Results         none posted" in shown(trial).content.plain
    assert trial.trial is not None
    posted = replace(trial, trial=replace(trial.trial, has_results=True, results_posted="2024-05-01"))
    text = shown(posted).content.plain
    assert "Results         posted 2024-05-01" in text
    assert "Phase           Phase 1, Phase 2" in text
    assert "Enrolment       24" in text


def test_what_is_missing_is_said() -> None:
    text = shown(Citation()).content.plain
    assert text.startswith("(no title)")
    assert text.endswith("No abstract.\n\nA source (a:0)")


def test_headings_that_an_export_ran_into_the_text_are_bold() -> None:
    content = shown(Citation(abstract=(Section("", "AIMS: one. RESULTS: two AND: three"),))).content
    bold = {content.plain[span.start : span.end] for span in content.spans if span.style == "bold"}
    assert {"AIMS:", "RESULTS:"} <= bold
    assert "AND:" not in bold


def test_two_lines_stand_between_title_and_abstract_and_the_particulars_below_it(retracted: Citation) -> None:
    _, names, facts, _, abstract, *_ = shown(retracted).content.plain.split("\n")
    assert names == "Name0, Name1, Name2, Name3, Name4, Name5, Name6, Name7, Name8, Name9 + 4"
    assert facts == "Journal of Invention 2022 · Clinical Trial · A source"
    assert abstract.startswith("BACKGROUND")
    assert shown(retracted).content.plain.endswith("A source (a:0)")


def test_a_headed_abstract_of_any_export_begins_a_paragraph_at_each_heading() -> None:
    text = "Background: Relapse is frequent. Methods: We gave cells.Results: 3 of 5."
    content = shown(Citation(abstract=(Section("", text),))).content
    assert "frequent.\n\nMethods: We gave cells.\n\nResults: 3 of 5." in content.plain
    assert {"Background:", "Methods:", "Results:"} <= {
        content.plain[span.start : span.end] for span in content.spans if span.style == "bold"
    }


def test_a_long_list_of_authors_says_how_many_it_leaves_out() -> None:
    text = authors(tuple(Author(f"N{n}") for n in range(30)))
    assert text.startswith("N0; N1; ")
    assert text.endswith("N9; … (19 more) …; N29")


@pytest.mark.parametrize(
    ("code", "words"),
    [("NOT_YET_RECRUITING", "Not yet recruiting"), ("PHASE1", "Phase 1"), ("NA", "NA"), ("Own words", "Own words")],
)
def test_codes_of_registers_are_shown_as_words(code: str, words: str) -> None:
    assert readable_code(code) == words


def test_the_printed_place_copes_with_missing_parts() -> None:
    assert printed_in(Citation()) == ""
    assert printed_in(Citation(year=2020)) == "2020"
    assert printed_in(Citation(journal="Blood", pages="1-2")) == "Blood:1-2"


@settings(max_examples=60)
@given(st.text(max_size=80))
def test_no_text_of_a_record_reaches_the_terminal_as_control_or_markup(text: str) -> None:
    hostile = f"[red]{text}\x1b[31m\x9b1m\x07[/red]"
    citation = Citation(title=hostile, authors=(Author(hostile),), journal=hostile, abstract=(Section(hostile, hostile),))
    plain = shown(citation).content.plain
    assert plain.startswith("[red]")
    assert plain.count("[red]") >= 5
    assert all(character.isprintable() or character.isspace() or ord(character) > 0xA0 for character in plain)


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress(0, 0, {}, 0, 0), "nothing to screen yet"),
        (Progress(3, 1, {}, 2, 0), "1 report still to decide: press ."),
        (Progress(3, 0, {}, 2, 1), "2 reports settled by others.\n1 report not retrieved"),
    ],
)
def test_the_page_without_a_report_says_why_and_what_comes_next(progress: Progress, said: str) -> None:
    assert said in end_page(progress, Stage.TITLE_ABSTRACT, StageRest()).content.plain


def test_where_nothing_that_was_found_waits_the_page_leads_back_to_the_whole_list() -> None:
    said = end_page(Progress(3, 1, {}, 2, 0), Stage.TITLE_ABSTRACT, StageRest(), narrowed="stress").content.plain
    assert (
        said
        == "This is the end of what was found with “stress”.\n\n1 report still to decide in the whole list: Esc shows all again."
    )


def test_where_nothing_waits_any_more_all_is_done_however_the_list_is_narrowed() -> None:
    assert end_page(Progress(3, 0, {}, 3, 0), Stage.TITLE_ABSTRACT, StageRest(), narrowed="stress").content.plain.startswith(
        "All done."
    )


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (1, "1 report not retrieved; h goes back to it, p says that it has arrived."),
        (2, "2 reports not retrieved; h goes back to them, p says that one has arrived."),
    ],
)
def test_of_one_missing_text_and_of_several_the_page_says_how_to_go_on(missing: int, said: str) -> None:
    assert said in end_page(Progress(3, 0, {}, 3 - missing, missing), Stage.FULL_TEXT, StageRest()).content.plain


@pytest.mark.parametrize(
    ("rest", "heading", "said"),
    [
        # Nobody else has begun: no report is at full text, and none is led there.
        (StageRest(open=9), "You have decided on all that asks for you.", "9 reports wait for others.\n\n1 shows"),
        (StageRest(passed=2), "All done.", "Next: 5, the full texts.\n1 shows"),
        (
            StageRest(1, 3, 2),
            "You have decided on all that asks for you.",
            "3 conflicts wait to be settled.\n1 report waits for others.\n\nNext: S, the conflicts.\nThen: 5, the full texts.\n",
        ),
        (StageRest(conflicts=1), "All done.", "1 conflict waits to be settled.\n\nNext: S, the conflicts.\n1 shows"),
    ],
)
def test_the_end_of_titles_leads_to_what_there_is(rest: StageRest, heading: str, said: str) -> None:
    plain = end_page(Progress(9, 0, {Verdict.INCLUDE: 9}, 0, 0), Stage.TITLE_ABSTRACT, rest).content.plain
    assert plain.startswith(heading)
    assert said in plain


def test_the_end_of_full_texts_leads_to_conflicts_and_to_studies_only_where_there_are_some() -> None:
    plain = [
        end_page(Progress(2, 0, {}, 2, 0), Stage.FULL_TEXT, rest).content.plain for rest in (StageRest(0, 1, 1), StageRest())
    ]
    assert "Next: S, the conflicts.\nThen: 6 links reports of one study, 8 draws the diagram." in plain[0]
    assert "Next: 8 draws the diagram." in plain[1]
    differing = end_page(Progress(2, 0, {}, 2, 0), Stage.FULL_TEXT, StageRest(reasons=2)).content.plain
    assert "2 reports excluded for different reasons; S agrees on one." in differing


@pytest.mark.parametrize("progress", [Progress(0, 0, {}, 0, 0), Progress(3, 0, {}, 2, 1)])
@pytest.mark.parametrize("stage", list(Stage))
def test_where_nothing_can_be_changed_that_page_names_no_key_that_would(progress: Progress, stage: Stage) -> None:
    acting = re.compile(r"\b[pu] (?:says|takes)|[+] there imports|2 runs|6 links|4 screens")
    assert acting.search(end_page(progress, stage, StageRest(passed=1)).content.plain)
    assert not acting.search(end_page(progress, stage, StageRest(passed=1), only_read=True).content.plain)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(3, 200))
@settings(max_examples=80)
def test_the_bar_fills_its_width_and_is_full_only_when_all_is_done(done: int, waiting: int, width: int) -> None:
    text = bar(Progress(done + waiting, waiting, {}, done, 0), width).plain
    assert len(text) == width
    assert ("─" not in text) == (waiting == 0 and done > 0)
    assert ("━" in text) == (done > 0)
