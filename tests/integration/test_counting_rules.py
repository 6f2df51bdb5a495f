"""Each test names the rule of counting.md that it holds the flow to. Rules 21 to 23 are in test_versions.py and test_adjustments.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from prisma_tool.dedupe import manual
from prisma_tool.errors import DecisionError, PrismaError
from prisma_tool.flow.as_json import as_json, explanation, find_count
from prisma_tool.flow.read import read_flow
from prisma_tool.history.status import status
from prisma_tool.identify.files.import_file import Import, check_file
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import SourceKind, Stage
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import open_review
from prisma_tool.screening.decisions import undo_last
from prisma_tool.studies import links

if TYPE_CHECKING:
    from tests.integration.conftest import Bench


def test_rule_01_a_key_counts_once_however_often_it_is_found(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    bench.given("Embase", "2", "3")
    assert find_count(bench.flow(), "database_results").records == ("embase:1", "embase:2", "embase:3")


def test_rule_02_a_file_that_was_imported_before_adds_nothing_not_even_a_run(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    before = bench.told()
    bench.given("Embase", "1", "2")
    assert bench.told() == before


def test_rule_03_what_could_not_be_read_is_a_warning_and_a_footnote(bench: Bench) -> None:
    path = bench.folder / "holes.csv"
    path.write_text("accession,title\n1,A trial of something\n2,\n", encoding="utf-8")
    account = check_file(bench.review, path, Import("Embase", SourceKind.DATABASE))
    assert account.declared == account.parsed + len(account.rejected)
    bench.given_file(path, "Embase")
    flow = bench.flow()
    assert any("1 entry of imported files could not be read and is not counted" in note for note in flow.footnotes)
    assert [one.holds for one in flow.checks if one.name == "nothing rejected"] == [False]


def test_rule_04_and_05_a_record_counts_under_the_source_searched_with_its_kind(bench: Bench) -> None:
    bench.given("CENTRAL", "1")
    bench.given("ICTRP", "2", kind=SourceKind.REGISTER)
    flow = bench.flow()
    assert {name: line.n for name, line in flow.database_specific_results.items()} == {"CENTRAL": 1}
    assert {name: line.n for name, line in flow.register_specific_results.items()} == {"ICTRP": 1}


def test_rule_06_records_that_arrived_since_the_last_dedupe_make_the_figure_interim(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.vote("exclude", "embase:1")
    assert bench.flow().interim
    assert bench.flow().unmerged == 1
    bench.dedupe()
    assert not bench.flow().interim


def test_rule_07_duplicates_counts_the_surplus_database_and_register_records(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    bench.given("Scopus", "1", "3")
    bench.dedupe()
    flow = bench.flow()
    assert find_count(flow, "database_results").n == 4
    assert len(flow.duplicates.records) == 1
    assert flow.pending.title_abstract.n == 3


def test_rule_07_a_late_duplicate_moves_to_duplicates_and_keeps_its_votes(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    bench.dedupe()
    bench.vote("exclude", "embase:1", "embase:2")
    before = bench.flow()
    manual.merge(bench.review, "embase:1", "embase:2", "Ada")
    after = bench.flow()
    assert (before.records_screened.n, before.duplicates.n) == (2, 0)
    assert (after.records_screened.n, after.duplicates.n, after.records_excluded.n) == (1, 1, 1)
    manual.split(bench.review, "embase:2", "Ada")
    assert bench.flow().records_screened.n == 2


def test_rule_07_a_record_of_other_methods_that_is_in_the_left_column_is_not_sought_again(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.given("Reference lists", "1", "2", kind=SourceKind.CITATION)
    bench.dedupe()
    bench.vote("include", "embase:1")
    flow = bench.flow()
    assert flow.template == "new-v2"
    assert flow.citations_results is not None
    assert flow.citations_results.n == 2
    assert flow.other_sought_reports is not None
    assert flow.other_sought_reports.records == ("reference-lists:2",)
    assert flow.duplicates.n == 0
    assert any("1 record from other methods describes a report identified already" in note for note in flow.footnotes)


def test_rule_08_votes_stand_on_keys_and_any_members_key_is_accepted(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.given("Scopus", "1")
    bench.dedupe()
    bench.vote("include", "scopus:1")
    assert bench.flow().dbr_sought_reports.records == ("embase:1",)


def test_rule_08_opposite_votes_of_one_reviewer_before_joining_are_a_conflict_until_voted_anew(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    bench.dedupe()
    bench.vote("include", "embase:1")
    bench.vote("exclude", "embase:2")
    manual.merge(bench.review, "embase:1", "embase:2", "Ada")
    assert bench.flow().pending.conflicts.n == 1
    bench.vote("exclude", "embase:1")
    assert bench.flow().records_excluded.n == 1


@pytest.mark.parametrize(("how", "box"), [("automation", "excluded_automatic"), ("other", "excluded_other")])
def test_rule_09_and_10_records_removed_before_screening_have_boxes_of_their_own(bench: Bench, how: str, box: str) -> None:
    bench.given("Embase", "1", "2")
    bench.dedupe()
    bench.stated(EventKind.REMOVAL, "embase:1", removed=True, reason="stopped early", **{"as": how})
    flow = bench.flow()
    assert find_count(flow, box).records == ("embase:1",)
    assert flow.pending.title_abstract.records == ("embase:2",)
    bench.stated(EventKind.REMOVAL, "embase:1", removed=False)
    assert bench.flow().pending.title_abstract.n == 2


def test_rule_09_what_a_reviewer_marked_as_a_tool_excludes_is_told_apart(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(toml_edits={'reviewers = ["Ada"]': 'reviewers = ["Ada"]\ntools = ["ASReview"]'})
    bench.given("Embase", "1", "2", "3")
    bench.dedupe()
    bench.vote("exclude", "embase:1", by=bench.review.reviewer("asreview"))
    bench.vote("exclude", "embase:2", "embase:3", by="Ada")
    bench.vote("exclude", "embase:3", by="ASReview")
    moment = bench.review.store.now()
    flow = bench.flow()
    assert [(one.detail, one.holds) for one in flow.checks if "by human" in one.name] == [("3 = 3", True)]
    assert flow.footnotes[0] == "** 3 records were excluded, of which 1 by automation tools (ASReview)."
    assert bench.told(at=moment) == as_json(flow)


def test_rule_11_open_votes_are_pending_and_make_the_figure_interim(bench: Bench) -> None:
    bench.given("Embase", "1", "2", "3", "4")
    bench.dedupe()
    bench.vote("include", "embase:1", "embase:2", "embase:3")
    bench.retrieved("embase:2")
    bench.assess("include", "embase:3")
    assert as_json(bench.flow())["pending"] == {"title_abstract": 1, "retrieval": 1, "full_text": 1, "conflicts": 0}
    assert bench.flow().interim


def test_rule_12_maybe_goes_forward_and_shows_as_maybe(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.dedupe()
    bench.vote("maybe", "embase:1")
    assert bench.flow().dbr_sought_reports.n == 1
    with bench.review.store.read() as transaction:
        assert status(transaction).stages["title-abstract"].maybe == 1


def test_rule_12_a_maybe_at_full_text_is_pending(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.dedupe()
    bench.vote("include", "embase:1")
    bench.assess("maybe", "embase:1")
    assert bench.flow().pending.full_text.n == 1


def test_rule_12_maybe_can_be_a_conflict_by_protocol_and_is_footnoted(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(toml_edits={'maybe = "include"': 'maybe = "conflict"'})
    bench.given("Embase", "1")
    bench.dedupe()
    bench.vote("maybe", "embase:1")
    flow = bench.flow()
    assert flow.pending.conflicts.n == 1
    assert any("resolved as a conflict" in note for note in flow.footnotes)


def test_rule_13_records_of_other_methods_are_sought_directly(bench: Bench) -> None:
    bench.given("WHO", "1", kind=SourceKind.WEBSITE)
    bench.dedupe()
    with pytest.raises(DecisionError, match="straight to full text"):
        bench.vote("include", "who:1")
    bench.assess("include", "who:1")
    flow = bench.flow()
    assert flow.website_results is not None
    assert flow.other_assessed is not None
    assert (flow.website_results.n, flow.other_assessed.n, flow.new_reports.n, flow.records_screened.n) == (1, 1, 1, 0)


def test_rule_13_other_methods_can_be_screened_by_protocol(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(toml_edits={"screen_other_methods = false": "screen_other_methods = true"})
    bench.given("WHO", "1", "2", kind=SourceKind.WEBSITE)
    bench.dedupe()
    bench.vote("exclude", "who:1")
    bench.vote("include", "who:2")
    flow = bench.flow()
    assert flow.other_sought_reports is not None
    assert flow.other_sought_reports.records == ("who:2",)
    assert any("1 report of them was excluded there" in note for note in flow.footnotes)
    assert flow.other_screened_records is not None
    assert flow.other_excluded_records is not None
    assert (flow.other_screened_records.n, flow.other_excluded_records.records) == (2, ("who:1",))


def test_rule_13_what_was_never_screened_has_no_numbers_of_screening(bench: Bench) -> None:
    bench.given("WHO", "1", kind=SourceKind.WEBSITE)
    bench.dedupe()
    assert bench.flow().other_screened_records is None
    assert bench.flow().other_excluded_records is None


def test_rule_14_a_full_text_decision_implies_retrieval_and_is_refused_when_not_retrieved(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    bench.dedupe()
    bench.vote("include", "embase:1", "embase:2")
    bench.assess("include", "embase:1")
    bench.retrieved("embase:2", status="not-retrieved")
    with pytest.raises(DecisionError, match="not retrieved"):
        bench.assess("include", "embase:2")
    flow = bench.flow()
    assert (flow.dbr_assessed.n, flow.dbr_notretrieved_reports.n, flow.pending.retrieval.n) == (1, 1, 0)
    bench.retrieved("embase:2")
    bench.assess("include", "embase:2")
    assert bench.flow().dbr_assessed.n == 2


def test_rule_15_ongoing_and_awaiting_are_lists_of_their_own(bench: Bench) -> None:
    bench.given("Embase", "1", "2", "3")
    bench.dedupe()
    bench.vote("include", "embase:1", "embase:2", "embase:3")
    bench.assess("ongoing", "embase:1")
    bench.assess("awaiting", "embase:2")
    bench.assess("include", "embase:3")
    flow = bench.flow()
    assert (sum(as_json(flow)["lists"]["ongoing"].values()), sum(as_json(flow)["lists"]["awaiting"].values())) == (1, 1)
    assert (flow.dbr_assessed.n, flow.new_reports.n, flow.interim) == (3, 1, False)


def test_rule_15_an_exclusion_at_full_text_needs_a_reason_of_the_protocol(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.dedupe()
    bench.vote("include", "embase:1")
    with pytest.raises(DecisionError, match="needs exactly one reason"):
        bench.assess("exclude", "embase:1")
    with pytest.raises(DecisionError, match="not a reason of this review"):
        bench.assess("exclude", "embase:1", reason="Too long")
    bench.assess("exclude", "embase:1", reason="wrong POPULATION")
    assert as_json(bench.flow())["lists"]["dbr_excluded"] == {"Wrong population": 1}


def test_rule_16_different_reasons_count_under_the_earlier_one_and_keep_the_figure_interim(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(reviewers=("Ada", "Ben"))
    bench.given("Embase", "1")
    bench.dedupe()
    bench.vote("include", "embase:1")
    for name, reason in (("Ada", "Wrong outcome"), ("Ben", "Wrong comparator")):
        bench.vote("exclude", "embase:1", stage=Stage.FULL_TEXT, reason=reason, by=name)
    flow = bench.flow()
    assert as_json(flow)["lists"]["dbr_excluded"] == {"Wrong comparator": 1}
    assert flow.pending.conflicts.n == 1
    assert flow.interim


def test_rule_17_a_duplicate_report_is_joined_not_excluded(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.dedupe()
    with pytest.raises(DecisionError, match="dedupe --merge embase:1"):
        bench.vote("exclude", "embase:1", reason="Duplicate report")


def test_rule_18_and_20_reports_of_both_columns_fill_the_included_box(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    bench.given("WHO", "3", kind=SourceKind.WEBSITE)
    bench.dedupe()
    bench.vote("include", "embase:1", "embase:2")
    bench.assess("include", "embase:1", "embase:2", "who:3")
    links.link(bench.review, "Moreau 2019", ["embase:1", "who:3"], "Ada")
    flow = bench.flow()
    assert (flow.new_studies.n, flow.new_reports.n) == (2, 3)


def test_rule_18_excluding_captured_register_entries_by_protocol_is_footnoted(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(toml_edits={'captured = "link"': 'captured = "exclude"'})
    bench.given("ICTRP", "1", kind=SourceKind.REGISTER)
    bench.dedupe()
    bench.vote("exclude", "ictrp:1", reason="Already captured")
    assert "1 record from registers was screened: 1 already captured; none was included." in bench.flow().footnotes


def test_rule_19_an_unlinked_report_is_a_study_and_one_report_may_cover_several(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.dedupe()
    bench.vote("include", "embase:1")
    bench.assess("include", "embase:1")
    assert bench.flow().new_studies.n == 1
    links.link(bench.review, "Trial A", ["embase:1"], "Ada")
    links.link(bench.review, "Trial B", ["embase:1"], "Ada")
    flow = bench.flow()
    assert (flow.new_studies.n, flow.new_reports.n) == (2, 1)
    assert links.unlink(bench.review, "embase:1", "Ada") == ["Trial A", "Trial B"]
    assert bench.flow().new_studies.n == 1


def test_rule_19_only_included_reports_count_for_studies(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    bench.dedupe()
    bench.vote("include", "embase:1")
    bench.vote("exclude", "embase:2")
    bench.assess("include", "embase:1")
    links.link(bench.review, "Trial A", ["embase:1", "embase:2"], "Ada")
    assert explanation(bench.flow(), "new_studies")["studies"] == [{"label": "Trial A", "records": ["embase:1"]}]


def test_rule_24_an_earlier_day_is_counted_under_its_own_protocol(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.dedupe()
    bench.vote("exclude", "embase:1")
    then = bench.review.store.now()
    bench.given("Embase", "2")
    bench.vote("include", "embase:1")
    past = read_flow(bench.review, then)
    assert (find_count(past, "database_results").n, past.records_excluded.n, past.interim) == (1, 1, False)
    assert (find_count(bench.flow(), "database_results").n, bench.flow().records_excluded.n) == (2, 0)


def test_rule_24_a_reason_that_was_renamed_keeps_its_history(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench()
    bench.given("Embase", "1")
    bench.dedupe()
    bench.judged("embase:1", "exclude", "Wrong outcome")
    path = bench.review.folder / "review.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"Wrong outcome"', '"Outcome not of interest"'), encoding="utf-8")
    with open_review(bench.review.folder, Environment(), print, now=bench.review.store.now) as renamed:
        assert as_json(read_flow(renamed))["lists"]["dbr_excluded"] == {"Outcome not of interest": 1}


def test_an_undone_decision_no_longer_counts(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.dedupe()
    bench.vote("exclude", "embase:1")
    undone = undo_last(bench.review, "Ada", Stage.TITLE_ABSTRACT)
    assert undone is not None
    assert undone.subject == "embase:1"
    assert bench.flow().pending.title_abstract.n == 1
    assert undo_last(bench.review, "Ada", Stage.TITLE_ABSTRACT) is None


def test_decisions_given_together_are_stored_together_or_not_at_all(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    bench.dedupe()
    with pytest.raises(DecisionError, match="no record embase:9"):
        bench.vote("include", "embase:1", "embase:9")
    assert bench.flow().pending.title_abstract.n == 2


def test_every_number_lists_exactly_its_members(bench: Bench) -> None:
    bench.given("Embase", "1", "2", "3")
    bench.given("Scopus", "3")
    bench.given("WHO", "4", kind=SourceKind.WEBSITE)
    bench.dedupe()
    bench.vote("include", "embase:1", "embase:2")
    bench.vote("exclude", "embase:3")
    bench.assess("exclude", "embase:1", reason="Wrong outcome")
    flow = bench.flow()
    told = as_json(flow)
    for key, n in told["counts"].items():
        if n is None:
            with pytest.raises(PrismaError, match="has no box"):
                find_count(flow, key)
        else:
            answer = explanation(flow, key)
            members = answer["studies"] if "studies" in answer else answer["records"]
            assert (answer["n"], len(members)) == (n, n)
    for name, lines in told["lists"].items():
        for label, n in lines.items():
            assert len(explanation(flow, f"{name}:{label}")["records"]) == n


def test_rule_15_ongoing_and_awaiting_count_studies_and_their_reports_each_study_in_one_state(bench: Bench) -> None:
    bench.given("Embase", "1", "2", "3", "4", "5", "6")
    bench.dedupe()
    bench.vote("include", *(f"embase:{n}" for n in range(1, 7)))
    bench.assess("ongoing", "embase:1", "embase:2", "embase:3", "embase:5")
    bench.assess("awaiting", "embase:4")
    bench.assess("include", "embase:6")
    for label, keys in {"A": ["embase:1", "embase:2"], "B": ["embase:3", "embase:4"], "C": ["embase:5", "embase:6"]}.items():
        links.link(bench.review, label, keys, "Ada")
    told = as_json(bench.flow())["lists"]
    assert told["ongoing"] == {"Ongoing studies": 1}, "A; B awaits, C is included"
    assert told["awaiting"] == {"Studies awaiting classification": 1}
    assert told["ongoing_reports"] == {"Reports of ongoing studies": 4}
    assert told["awaiting_reports"] == {"Reports of studies awaiting classification": 1}
    assert explanation(bench.flow(), "ongoing")["studies"] == [{"label": "A", "records": ["embase:1", "embase:2"]}]
    assert explanation(bench.flow(), "awaiting:Studies awaiting classification")["n"] == 1
    assert all(check.holds for check in bench.flow().checks if check.kind == "strict")


def test_rule_18_a_kind_of_source_that_was_never_searched_is_null_and_one_without_hits_is_zero(bench: Bench) -> None:
    bench.given("Embase", "1")
    assert bench.told()["counts"]["register_results"] is None
    path = bench.folder / "none.csv"
    path.write_text("accession,title\n", encoding="utf-8")
    bench.given_file(path, "ICTRP", kind=SourceKind.REGISTER)
    assert bench.told()["counts"]["register_results"] == 0
