"""The R package's file both ways: what we write, R and we read alike; what others wrote, we read or say where it is wrong."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from figure_flows import extreme, flows, hideable, labels, many, usual
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.cli.main import run
from prisma_tool.errors import FormatError, UsageError
from prisma_tool.figure.exchange.csv_in import parse_flow_csv
from prisma_tool.figure.exchange.csv_out import csv_remarks, render_csv
from prisma_tool.figure.exchange.r_package import cell_of
from prisma_tool.figure.exchange.typed_flow import TypedFlow, count_of, flow_of, whole_number
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.figure.words.options import FigureOptions
from prisma_tool.figure.write import RENDERERS
from prisma_tool.flow.flow import Count, Flow, Template
from prisma_tool.model.protocol.figure_words import FigureWords

COLUMNS = ["data", "node", "box", "description", "boxtext", "tooltips", "url", "n"]
KEYS = [
    "NA",
    "previous_studies",
    "previous_reports",
    "NA",
    "database_results",
    "database_specific_results",
    "register_results",
    "register_specific_results",
    "NA",
    "website_results",
    "organisation_results",
    "citations_results",
    "duplicates",
    "excluded_automatic",
    "excluded_other",
    "records_screened",
    "records_excluded",
    "dbr_sought_reports",
    "dbr_notretrieved_reports",
    "other_sought_reports",
    "other_notretrieved_reports",
    "dbr_assessed",
    "dbr_excluded",
    "other_assessed",
    "other_excluded",
    "new_studies",
    "new_reports",
    "total_studies",
    "total_reports",
    "identification",
    "screening",
    "included",
    "total_studies_ma",
    "total_reports_ma",
]
BOXES = [
    "prevstud",
    "box1",
    "box1",
    "newstud",
    "box2",
    "box2",
    "box2",
    "box2",
    "othstud",
    "box11",
    "box11",
    "box11",
    "box3",
    "box3",
    "box3",
    "box4",
    "box5",
    "box6",
    "box7",
    "box12",
    "box13",
    "box8",
    "box9",
    "box14",
    "box15",
    "box10",
    "box10",
    "box16",
    "box16",
    "identification",
    "screening",
    "included",
    "box17",
    "box17",
]
MINIMAL = (
    "data,n\ndatabase_results,100\nrecords_screened,100\nrecords_excluded,90\ndbr_sought_reports,10\n"
    "dbr_notretrieved_reports,0\ndbr_assessed,10\nnew_studies,5\n"
)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def read(text: str) -> TypedFlow:
    return flow_of(parse_flow_csv(text.encode(), "numbers.csv"))


def as_r_reads(cell: str) -> list[tuple[str, int]]:
    """The package's rules, replayed: lines end at semicolons, labels before the first comma; the
    number is whatever digits follow commas, one after the other."""
    if not re.search(r"[^0-9,]", cell):
        return [("", int(cell.replace(",", "")))]
    items = re.split(r"; ?", cell)
    found = ["".join(re.findall(r",([ 0-9,]*)", item)) for item in items]
    return [
        (re.sub(r",.*$", "", item), int(re.sub(r"[^0-9]", "", digits) or -1)) for item, digits in zip(items, found, strict=True)
    ]


def test_the_file_has_the_packages_rows_and_columns_in_its_order() -> None:
    header, *body = rows(render_csv(usual(Template.UPDATED_V2)))
    assert header == COLUMNS
    assert [row[0] for row in body] == KEYS
    assert [row[2] for row in body] == BOXES
    assert len(body) == 34


@pytest.mark.parametrize("template", Template)
def test_r_reads_the_numbers_of_every_template_and_sees_no_column_that_it_lacks(template: Template) -> None:
    flow = usual(template)
    found = {row[0]: row[7] for row in rows(render_csv(flow))[1:]}
    for key in KEYS:
        if key in {"NA", "identification", "screening", "included"}:
            continue
        value = getattr(flow, key)
        if isinstance(value, dict):
            expected = "; ".join(f"{label}, {line.n}" for label, line in value.items()).replace("trial, 2 mg;", "trial / 2 mg /")
            assert found[key] in {expected, "NA"} if not value else found[key] == expected
        else:
            assert found[key] == ("NA" if value is None else str(value.n))
    words = {row[0] if row[0] != "NA" else row[2]: row[4] for row in rows(render_csv(flow))[1:]}
    update = "updated" in template
    assert words["newstud"] == f"Identification of {'new ' if update else ''}studies via databases and registers"
    assert words["new_studies"] == ("New studies included in review" if update else "Studies included in review")
    assert words["duplicates"] == "Duplicate records removed"


@given(st.dictionaries(labels, st.integers(0, 9_999_999), min_size=1, max_size=5))
def test_r_reads_every_label_whole_with_its_number(lines: dict[str, int]) -> None:
    cell = cell_of(lines)
    assert [n for _, n in as_r_reads(cell)] == list(lines.values())
    # Graphviz ends a text at a quote, a spreadsheet computes what begins like a formula.
    assert not re.search(r"['\"\\]|^[-=+@]", cell)


@given(flows(), st.frozensets(hideable, max_size=3))
def test_what_we_write_reads_back_to_the_same_bytes(flow: Flow, hide: frozenset[str]) -> None:
    first = render_csv(flow, FigureOptions(hide=hide))
    again = read(first)
    assert render_csv(again.flow, FigureOptions(hide=again.hide)) == first


@settings(max_examples=8, deadline=None)
@given(flows(), st.frozensets(hideable, max_size=3))
def test_what_is_hidden_is_hidden_again_and_changes_no_relation(flow: Flow, hide: frozenset[str]) -> None:
    hidden, shown = read(render_csv(flow, FigureOptions(hide=hide))), read(render_csv(flow))
    assert [check for check in hidden.flow.checks if not check.holds] == [check for check in shown.flow.checks if not check.holds]
    assert boxes_of(hidden.flow, hidden.hide) == boxes_of(flow, hide)


def boxes_of(flow: Flow, hide: frozenset[str]) -> dict[str, list[str]]:
    return {cell.key: [entry.text for entry in cell.entries] for cell in plan(flow, FigureOptions(hide=hide)).cells}


def test_a_hidden_row_that_somebody_fills_in_is_shown_with_its_new_number() -> None:
    flow = usual(Template.NEW_V1)
    text = render_csv(flow, FigureOptions(hide=frozenset({"duplicates", "dbr_excluded:Wrong population"})))
    (row,) = (line for line in text.splitlines() if line.startswith("duplicates,"))
    filled = read(text.replace(row, row.removesuffix("NA") + "7"))
    assert filled.flow.duplicates.n == 7
    assert filled.hide == {"dbr_excluded:Wrong population"}
    assert {label: line.n for label, line in filled.flow.dbr_excluded.items()} == {
        label: line.n for label, line in flow.dbr_excluded.items()
    }
    with pytest.raises(FormatError, match="what the figure hides is not readable"):
        read(text.replace('{""names"": [""dbr_excluded:Wrong population"", ""duplicates""]', '{""names"": 5'))


def test_reasons_with_commas_semicolons_and_quotes_survive_and_are_told() -> None:
    reasons = {"Not RCT (e.g., cohort)": many(12), "Wrong dose, 2 mg; β": many(5), 'The "x"': many(1), "=1+1": many(2)}
    flow = Flow(Template.NEW_V1, dbr_excluded=reasons)
    [remark] = csv_remarks(flow)
    assert '"Not RCT (e.g., cohort)" stands as "Not RCT (e.g. / cohort)" and 3 more' in remark
    text = render_csv(flow)
    assert {label: line.n for label, line in read(text).flow.dbr_excluded.items()} == {
        label: line.n for label, line in reasons.items()
    }
    edited = text.replace("cohort), 12;", "cohort), 13;")
    assert read(edited).flow.dbr_excluded["Not RCT (e.g., cohort)"].n == 13


def test_what_the_package_has_no_row_for_comes_back() -> None:
    flow = extreme()
    again = read(render_csv(flow)).flow
    assert [line.n for line in again.ongoing.values()] == [1]
    assert (again.pending.conflicts.n, again.unmerged, again.footnotes) == (4, 17, flow.footnotes)
    assert any("no row for ongoing studies" in remark for remark in csv_remarks(flow))


def test_a_file_filled_in_by_hand_is_read_in_any_order_with_gaps_and_separators() -> None:
    text = (
        "N;Box;Data;boxtext\n1.234;box2;database_results;Databases\nNA;box2;register_results;\n"
        '"PubMed, 1,000; ""Web, of; Science"", 234";box2;database_specific_results;\n'
        "(n = 1 234);box4;Records_Screened;\n1234.0;box5;records_excluded;Ausgeschlossen\n0;x;dbr_sought_reports;\n"
        "0;x;dbr_notretrieved_reports;\n0;x;dbr_assessed;\n0;x;new_studies;\n0;x;unknown;\n"
        '"Reason1, xxx; Reason2, xxx";x;dbr_excluded;\n'
    )
    found = read(text)
    assert found.flow.template is Template.NEW_V1
    assert [found.flow.database_results, found.flow.records_screened, found.flow.records_excluded] == [count_of(1234)] * 3
    assert {label: line.n for label, line in found.flow.database_specific_results.items()} == {
        "PubMed": 1000,
        "Web, of; Science": 234,
    }
    assert found.hide == {"register_results", "duplicates", "excluded_automatic", "excluded_other", "new_reports"}
    told = " ".join(found.notes)
    for part in (
        "line 11: the row 'unknown'",
        "line 12: 2 placeholders",
        "R package reads this line differently",
        'records_excluded keeps its own label "Ausgeschlossen"',
    ):
        assert part in told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("records_screened,100", "records_screened,-5"), r"numbers\.csv, line 3 \(records_screened\): '-5' is not a count"),
        (("records_screened,100", 'records_screened,"12,34"'), "'12,34' is not a count"),
        (("records_screened,100", "records_screened,1e3"), "'1e3' is not a count"),
        (("records_screened,100\n", ""), "has no number for records_screened"),
        (("records_screened,100", "records_excluded,1"), r"line 4 \(records_excluded\): the row was given in line 3 already"),
        (("new_studies,5", "new_studies,5\ndbr_excluded,Wrong"), r"line 9 \(dbr_excluded\): 'Wrong' has no number"),
        (("new_studies,5", "new_studies,5,6"), "line 8: more cells than columns"),
        (("data,n", "key,n"), "needs one column 'data'"),
        (("new_studies,5", "new_studies,5\nwebsite_results,3"), "has no number for other_sought_reports"),
    ],
)
def test_what_cannot_be_understood_is_named_with_its_line(change: tuple[str, str], said: str) -> None:
    with pytest.raises(FormatError, match=said):
        read(MINIMAL.replace(*change))


@pytest.mark.parametrize("data", [b"%PDF-1.4", b"", b"data,n\n", b'"data,n\n' + b"x" * 200_000, b"\x00\x01\x02" * 99])
def test_a_file_that_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError, match=r"numbers\.csv"):
        flow_of(parse_flow_csv(data, "numbers.csv"))


def test_another_template_may_drop_empty_boxes_only() -> None:
    zeros = "".join(f"{key},0\n" for key in ("website_results", "other_sought_reports", "other_notretrieved_reports"))
    given_zeros = parse_flow_csv(f"{MINIMAL}{zeros}other_assessed,0\n".encode(), "numbers.csv")
    asked_for = flow_of(given_zeros, Template.NEW_V2).flow
    assert (asked_for.template, asked_for.website_results) == (Template.NEW_V2, Count())
    assert flow_of(given_zeros, Template.NEW_V1).flow.website_results is None
    with pytest.raises(UsageError, match="new-v1 has no box for website_results"):
        flow_of(
            parse_flow_csv(f"{MINIMAL}{zeros.replace('0', '4', 1)}other_assessed,0\n".encode(), "numbers.csv"), Template.NEW_V1
        )


@pytest.mark.parametrize("text", ["", "NA", "n/a"])
def test_no_number_is_none(text: str) -> None:
    assert whole_number(text) is None


FILLED_IN = (
    "data,box,boxtext,n\nNA,prevstud,Previous studies,0\nprevious_studies,box1,Studies included in previous version of review,0\n"
    "previous_reports,box1,Reports of studies included in previous version of review,0\n"
    "NA,newstud,Identification of new studies via indexes,0\ndatabase_results,box2,Databases,100\n"
    'database_specific_results,box2,Our databases,"Embase, 60; PubMed, 40"\nwebsite_results,box11,Hand-searched journals,{other}\n'
    "organisation_results,box11,Letters to authors,NA\nrecords_screened,box4,Records excluded,100\nrecords_excluded,box5,RECORDS EXCLUDED,90\n"
    "dbr_sought_reports,box6,Reports sought for retrieval,10\ndbr_notretrieved_reports,box7,Reports not retrieved,0\n"
    'dbr_assessed,box8,Reports assessed for eligibility,10\ndbr_excluded,box9,Set aside,"A, 2"\n'
    "other_sought_reports,box12,Reports sought for retrieval,{other}\nother_notretrieved_reports,box13,Reports not retrieved,0\n"
    "other_assessed,box14,Reports assessed for eligibility,{other}\nnew_studies,box10,New studies included in review,{studies}\n"
    "total_studies,box16,Total studies included in review,{total}\ntotal_reports,box16,Reports of total included studies,0\n"
    "identification,identification,Identifying,0\n"
)


def test_a_file_whose_previous_version_is_zero_is_a_new_review_and_says_so() -> None:
    found = read(FILLED_IN.format(other=3, studies=11, total=11))
    assert found.flow.template is Template.NEW_V2
    assert (found.flow.previous_studies, found.flow.total_studies) == (None, None)
    assert any("numbers of a previous version are 0 throughout" in note for note in found.notes)
    assert all(check.holds for check in found.flow.checks)


def test_a_total_that_says_more_than_a_new_review_includes_is_named_and_compared() -> None:
    found = read(FILLED_IN.format(other=3, studies=9, total=11))
    assert any("total_studies = 11 stands in no box" in note for note in found.notes)
    (check,) = (check for check in found.flow.checks if not check.holds)
    assert (check.name, check.difference) == ("total studies = previous + new", 2)
    assert check.hints == ('+2, as many as "Set aside", which may have been counted here',)


def test_a_column_of_other_methods_that_is_zero_throughout_is_not_drawn() -> None:
    found = read(FILLED_IN.format(other=0, studies=8, total=8))
    assert found.flow.template is Template.NEW_V1
    assert any("numbers of other methods are 0 throughout" in note for note in found.notes)


def test_zeros_and_examples_that_nobody_touched_have_no_lines() -> None:
    untouched = (
        'register_specific_results,box2,x,"Register 1, 0; Register 2, NA; Register 3, xxx"\n'
        'other_excluded,box15,x,"Reason1, 0; Wrong population, 0"\n'
        "total_studies_ma,box17,x,0\ntotal_reports_ma,box17,x,0\n"
    )
    typed = read(FILLED_IN.format(other=3, studies=11, total=11) + untouched)
    assert (typed.flow.register_specific_results, list(typed.flow.other_excluded)) == ({}, ["Wrong population"])
    assert (typed.flow.total_studies_ma, typed.flow.total_reports_ma) == (None, None)
    assert any("3 placeholders without a number were passed over" in note for note in typed.notes)
    assert any("1 placeholder without a number was passed over" in note for note in typed.notes)
    assert any("the numbers of a meta-analysis are 0 throughout; its lines are not drawn" in note for note in typed.notes)
    pooled = read(
        FILLED_IN.format(other=3, studies=11, total=11) + untouched.replace("reports_ma,box17,x,0", "reports_ma,box17,x,4")
    )
    assert pooled.flow.total_reports_ma is not None


def test_a_label_of_its_own_stays_at_its_number_and_is_told_as_a_departure() -> None:
    found = read(FILLED_IN.format(other=3, studies=11, total=11))
    assert found.flow.words.labels == {
        "website_results": "Hand-searched journals",
        "records_screened": "Records excluded",
        "dbr_excluded": "Set aside",
    }
    text = RENDERERS[".txt"](found.flow, FigureOptions(hide=found.hide)).decode()
    for line in ("Hand-searched journals (n = 3)", "Records excluded (n = 100)", "Records excluded (n = 90)", "Set aside:"):
        assert line in text
    notes = " ".join(found.notes)
    for part in (
        'website_results keeps its own label "Hand-searched journals", a departure from the wording of PRISMA 2020, "Websites"',
        'line 5: the label "Identification of new studies via indexes" has no place in the figure',
        'line 7: the label "Our databases" has no place in the figure.',
        'line 22: the label "Identifying" has no place in the figure, which says "Identification" there.',
    ):
        assert part in notes
    assert "Letters to authors" not in notes


@pytest.mark.parametrize("label", [";;", "databases:", '"Indexes", all', "=1+1", "Databases"])
def test_an_exact_label_stands_beside_its_row_until_somebody_changes_the_row(label: str) -> None:
    text = render_csv(Flow(Template.NEW_V1, database_results=many(3), words=FigureWords(labels={"database_results": label})))
    assert read(text).flow.words.labels == {"database_results": label}
    changed = [[*row[:4], "Indexes", *row[5:]] if row[0] == "database_results" else row for row in rows(text)]
    table = io.StringIO()
    csv.writer(table).writerows(changed)
    assert read(table.getvalue()).flow.words.labels == {"database_results": "Indexes"}


def test_braces_in_a_label_of_a_file_are_no_placeholder() -> None:
    labelled = MINIMAL.replace("data,n\n", "data,n,boxtext\n").replace("screened,100", "screened,100,Seen {duplicates} {twice}")
    assert read(labelled).flow.words.labels == {"records_screened": "Seen (duplicates) (twice)"}


def test_a_row_says_a_label_with_its_placeholders_filled_and_keeps_it_unfilled() -> None:
    own = FigureWords(labels={"records_screened": "Titles, of {databases}"})
    flow = Flow(
        Template.NEW_V1, database_results=many(3), database_specific_results={"PubMed": many(1), "Embase": many(2)}, words=own
    )
    text = render_csv(flow)
    assert "Titles / of PubMed and Embase" in text
    assert read(text).flow.words == own


def test_the_command_draws_and_checks_a_file_without_a_review(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(MINIMAL)
    bad.write_text(MINIMAL.replace("records_screened,100", "records_screened,101"))
    assert run(["flow", "--from-csv", str(good), "--check"]) == 0
    assert run(["flow", "--from-csv", str(bad), "--check"]) == 4
    assert "screened + pending = identified - removed: 101 is not 100; +1. Correct the numbers" in capfd.readouterr().out
    assert run(["flow", "--from-csv", str(good)]) == 0
    drawn = capfd.readouterr().out
    assert "Records screened (n = 100)" in drawn
    assert "Registers" not in drawn
    assert run(["flow", "--from-csv", str(good), "--explain", "records_screened"]) == 0
    assert "+100 by hand: typed in; which records these are is not known" in capfd.readouterr().out
    assert run(["flow", "--from-csv", str(good), "--at", "2025-01-01"]) == 2
    assert run(["flow", "--from-csv", str(good), "--from-json", str(good)]) == 2
