"""Versions of a review: rules 2, 21 and 22 of counting.md, on a real store, as a team meets them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from prisma_tool.dedupe import manual
from prisma_tool.errors import DecisionError, PrismaError
from prisma_tool.flow.as_json import explanation, find_count
from prisma_tool.model.vocabulary import SourceKind, Stage
from prisma_tool.reports.state import load_review_state
from prisma_tool.reports.version_scope import reopening_candidates
from prisma_tool.review.environment import Environment
from prisma_tool.screening.decisions import undo_last
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs
from prisma_tool.studies import links
from prisma_tool.updates.acknowledgement import acknowledge, open_items
from prisma_tool.updates.close_version import list_versions
from prisma_tool.updates.import_version import VersionImport, import_version

if TYPE_CHECKING:
    from tests.integration.conftest import Bench


@pytest.fixture
def closed(bench: Bench) -> Bench:
    """Version 2023 closed: 1 and 2 included (2 as study Moreau), 3 excluded at full text, 4 not retrieved, 5 excluded, 6 ongoing."""
    bench.given("Embase", "1", "2", "3", "4", "5", "6")
    bench.vote("exclude", "embase:5")
    bench.vote("include", "embase:1", "embase:2", "embase:3", "embase:4", "embase:6")
    bench.assess("include", "embase:1", "embase:2")
    bench.assess("exclude", "embase:3", reason="Wrong outcome")
    bench.assess("ongoing", "embase:6")
    bench.retrieved("embase:4", status="not-retrieved")
    links.link(bench.review, "Moreau 2019", ["embase:2"], "Ada")
    bench.close("2023")
    return bench


def test_rule_02_known_hits_count_as_identified_and_as_duplicates(closed: Bench) -> None:
    closed.given("Embase", "4", "5", "6", "7")
    closed.dedupe()
    flow = closed.flow()
    assert find_count(flow, "database_results").records == ("embase:4", "embase:5", "embase:6", "embase:7")
    assert flow.duplicates.records == ("embase:4", "embase:5", "embase:6")
    assert flow.pending.title_abstract.records == ("embase:7",)
    assert "3 duplicate records removed, of which 3 were already screened for the previous version." in flow.footnotes
    assert (flow.template, flow.records_screened.n) == ("updated-v1", 0)


def test_rule_02_known_hits_can_be_left_out_by_protocol(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(toml_edits={'seen_hits = "removed"': 'seen_hits = "omit"'})
    bench.given("Embase", "1", "2")
    bench.dedupe()
    bench.vote("exclude", "embase:1", "embase:2")
    bench.close("2023")
    bench.given("Embase", "1", "2", "3")
    bench.dedupe()
    bench.vote("exclude", "embase:3")
    flow = bench.flow()
    assert (find_count(flow, "database_results").records, flow.duplicates.n) == (("embase:3",), 0)
    assert any("had screened are not counted" in note for note in flow.footnotes)
    bench.vote("include", "embase:1")
    assert find_count(bench.flow(), "database_results").records == ("embase:1", "embase:3"), (
        "what a person took up again is counted"
    )


def test_rule_02_a_known_record_of_other_methods_is_identified_and_not_sought_again(bench: Bench) -> None:
    bench.given("WHO", "1", kind=SourceKind.WEBSITE)
    bench.dedupe()
    bench.assess("include", "who:1")
    bench.close("2023")
    bench.given("WHO", "1", "2", kind=SourceKind.WEBSITE)
    bench.dedupe()
    told = bench.told()
    assert told["template"] == "updated-v2"
    assert (told["counts"]["website_results"], told["counts"]["other_sought_reports"]) == (2, 1)
    assert any("1 record from other methods describes a report identified already" in note for note in told["footnotes"])


def test_rule_21_what_was_included_becomes_previous_and_never_changes(closed: Bench) -> None:
    counts = closed.told()["counts"]
    assert (counts["previous_studies"], counts["previous_reports"], counts["total_studies"], counts["new_reports"]) == (
        2,
        2,
        2,
        0,
    )
    closed.assess("exclude", "embase:1", reason="Wrong population")
    manual.merge(closed.review, "embase:1", "embase:2", "Ada")
    assert closed.told()["counts"]["previous_studies"] == 2
    assert explanation(closed.flow(), "previous_studies")["studies"] == [
        {"label": "Moreau 2019", "records": ["embase:2"]},
        {"label": "embase:1", "records": ["embase:1"]},
    ]


def test_rule_21_closing_is_refused_while_something_is_open(bench: Bench) -> None:
    bench.given("Embase", "1")
    with pytest.raises(DecisionError, match=r"1 report still waits for a decision; 1 record not deduplicated"):
        bench.review_close("2023")
    bench.dedupe()
    bench.vote("exclude", "embase:1")
    bench.review_close("2023")
    with pytest.raises(DecisionError, match="2023 is closed already"):
        bench.review_close(" 2023 ")


def test_rule_21_a_forced_close_carries_pending_reports_over(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    bench.dedupe()
    bench.vote("exclude", "embase:1")
    bench.close("2023", force=True)
    flow = bench.flow()
    assert {label: line.records for label, line in flow.carried_over.items()} == {"Carried over": ("embase:2",)}
    assert flow.interim
    assert "Carried over: 1 report of an earlier version was taken up again without a new hit." in flow.footnotes
    bench.vote("exclude", "embase:2")
    assert bench.flow().records_excluded.records == ("embase:2",)
    bench.close("2024")
    assert bench.flow().database_results is None, "what the second version closed stays closed, and nothing was searched since"


def test_rule_21_only_the_newest_version_can_be_reopened_and_nothing_is_lost(closed: Bench) -> None:
    before = closed.told(version="2023")
    closed.close("2024")
    with pytest.raises(DecisionError, match="newest version can be reopened, and that is 2024"):
        closed.reopen("2023")
    closed.reopen()
    assert [version.label for version in list_versions(closed.review)] == ["2023"]
    closed.reopen()
    assert closed.told() == before
    with pytest.raises(DecisionError, match="nothing to reopen"):
        closed.reopen()


def test_rule_21_an_earlier_version_is_the_same_to_the_byte_whatever_happens_later(closed: Bench) -> None:
    before = closed.told(version="2023")
    closed.given("Embase", "1", "2", "8", title="Another wording of {}")
    closed.given("Scopus", "4", "9")
    closed.dedupe()
    closed.judged("embase:8", "include")
    undo_last(closed.review, "Ada", Stage.FULL_TEXT)
    manual.merge(closed.review, "embase:3", "embase:5", "Ada")
    closed.assess("exclude", "embase:2", reason="Wrong outcome")
    assert closed.told(version="2023") == before
    closed.close("2024", force=True)
    assert closed.told(version="2023") == before
    with pytest.raises(PrismaError, match=r"no closed version 'x' in this review. Closed versions: 2023, 2024"):
        closed.flow(version="x")


def test_rule_22_a_reopened_report_goes_through_the_boxes_of_the_source_that_raised_it(closed: Bench) -> None:
    closed.given("Scopus", "4")
    closed.dedupe()
    with closed.review.store.read() as transaction:
        assert reopening_candidates(load_review_state(transaction)) == ("embase:4",)
    assert closed.flow().duplicates.records == ("scopus:4",), "raised, and closed until a person acts"
    closed.retrieved("embase:4")
    closed.assess("include", "embase:4")
    flow = closed.flow()
    assert {label: line.records for label, line in flow.database_specific_results.items()} == {"Scopus": ("scopus:4",)}
    assert (flow.dbr_assessed.records, flow.new_reports.records, flow.duplicates.n) == (("scopus:4",), ("scopus:4",), 0)
    with closed.review.store.read() as transaction:
        assert reopening_candidates(load_review_state(transaction)) == ()


def test_a_closed_report_with_a_new_record_is_acknowledged_and_waits_no_more(closed: Bench) -> None:
    closed.given("Scopus", "4")
    closed.dedupe()
    with closed.review.store.read() as transaction:
        assert open_items(transaction).reopening == ("embase:4",)
    acknowledge(closed.review, ["embase:4"], "Ada")
    with closed.review.store.read() as transaction:
        assert open_items(transaction).reopening == ()


def test_rule_22_a_report_taken_up_without_a_new_hit_is_carried_over(closed: Bench) -> None:
    closed.assess("exclude", "embase:6", reason="No results available")
    told = closed.told()
    assert told["lists"]["carried_over"] == {"Carried over": 1}
    assert told["lists"]["dbr_excluded"] == {"No results available": 1}
    undo_last(closed.review, "Ada", Stage.FULL_TEXT)
    assert closed.told()["counts"]["database_results"] is None


def test_rule_22_a_closed_inclusion_that_is_excluded_later_is_dropped_from_the_total(closed: Bench) -> None:
    closed.assess("exclude", "embase:1", reason="Wrong population")
    told = closed.told()
    counts = told["counts"]
    assert (counts["previous_studies"], counts["new_studies"], counts["total_studies"], counts["total_reports"]) == (2, 0, 1, 1)
    assert told["lists"]["dropped"] == {"Studies no longer included": 1, "Reports no longer included": 1}
    assert {
        "1 study of the previous version is no longer included.",
        "1 report of the previous version is no longer included.",
    } <= {*told["footnotes"]}
    total = next(one["detail"] for one in told["checks"] if one["name"] == "total studies = previous + new")
    assert total == "2 previous + 0 new is not 1 in total; -1 no longer included"


def test_rule_22_deciding_anew_on_a_closed_inclusion_without_changing_it_changes_nothing(closed: Bench) -> None:
    before = closed.told()
    closed.assess("include", "embase:1")
    assert closed.told() == before


def test_rule_22_new_reports_of_previous_studies_are_in_the_total_only(closed: Bench) -> None:
    closed.given("Embase", "7", "8")
    closed.dedupe()
    closed.judged("embase:7", "include")
    closed.judged("embase:8", "include")
    links.link(closed.review, "Moreau 2019", ["embase:7"], "Ada")
    told = closed.told()
    counts = told["counts"]
    assert (counts["new_studies"], counts["new_reports"], counts["total_studies"], counts["total_reports"]) == (1, 1, 3, 4)
    assert told["lists"]["new_reports_of_previous_studies"] == {"Moreau 2019": 1}
    assert explanation(closed.flow(), "new_reports_of_previous_studies:Moreau 2019")["records"] == ["embase:7"]


def test_three_figures_come_from_one_log(closed: Bench) -> None:
    closed.given("Embase", "5", "7")
    closed.dedupe()
    closed.judged("embase:7", "include")
    base, update, whole = closed.told(version="2023"), closed.told(), closed.told(cumulative=True)
    assert [told["template"] for told in (base, update, whole)] == ["new-v1", "updated-v1", "new-v1"]
    assert [told["counts"]["database_results"] for told in (base, update, whole)] == [6, 2, 7]
    assert [told["counts"]["new_studies"] for told in (base, update, whole)] == [2, 1, 3]


class Elsewhere:
    """Files of a review that was done elsewhere."""

    def __init__(self, folder: Path) -> None:
        self.included, self.excluded = folder / "included.csv", folder / "excluded.csv"
        self.included.write_text(
            "title,authors,year,doi,Study\nAspirin in adults,Moreau A,2019,10.1/a,Moreau 2019\n"
            "A follow-up of aspirin in adults,Moreau A,2020,10.1/b,Moreau 2019\nStatins in childhood,Lee B,2018,10.1/c,\n",
            encoding="utf-8",
        )
        self.excluded.write_text("title,authors,year,doi\nKnees in sport,Kim C,2011,10.1/d\n", encoding="utf-8")

    def earlier(self, label: str = "2020") -> VersionImport:
        return VersionImport(label, self.included, self.excluded, "study")


@pytest.fixture
def elsewhere(tmp_path: Path) -> Elsewhere:
    return Elsewhere(tmp_path)


def test_rule_21_a_review_done_elsewhere_enters_as_previous_and_never_as_identified(bench: Bench, elsewhere: Elsewhere) -> None:
    brought = import_version(bench.review, elsewhere.earlier())
    assert (brought.studies, brought.reports, brought.excluded, brought.source) == (2, 3, 1, "Version 2020")
    bench.given("Embase", "7", title="Aspirin once more, {}")
    bench.given_file(elsewhere.excluded, "Scopus")
    bench.dedupe()
    counts = bench.told()["counts"]
    assert (counts["previous_studies"], counts["previous_reports"], counts["total_reports"]) == (2, 3, 3)
    assert (counts["database_results"], counts["duplicates"]) == (2, 1), "the excluded record found again is a duplicate"
    assert bench.flow().pending.title_abstract.records == ("embase:7",)
    handed_over = "Version 2020: a version made elsewhere; only the records that it handed over are counted"
    assert any(note.startswith(handed_over) for note in bench.flow(cumulative=True).footnotes)
    with pytest.raises(PrismaError, match="made elsewhere and has no flow here"):
        bench.flow(version="2020")


def test_rule_22_an_included_report_of_elsewhere_is_dropped_by_an_ordinary_decision(bench: Bench, elsewhere: Elsewhere) -> None:
    import_version(bench.review, elsewhere.earlier())
    bench.dedupe()
    statins = next(key for key in explanation(bench.flow(), "total_reports")["records"] if key not in _moreau(bench))
    bench.assess("exclude", statins, reason="Wrong population")
    told = bench.told()
    assert (told["counts"]["total_studies"], told["lists"]["dbr_excluded"]) == (1, {"Wrong population": 1})
    assert told["lists"]["carried_over"] == {"Carried over": 1}


def _moreau(bench: Bench) -> list[str]:
    return next(one["records"] for one in explanation(bench.flow(), "total_studies")["studies"] if one["label"] == "Moreau 2019")


def test_a_version_from_elsewhere_comes_in_whole_or_not_at_all(bench: Bench, elsewhere: Elsewhere, tmp_path: Path) -> None:
    empty = bench.told()
    with pytest.raises(DecisionError, match=r"no column 'trial'.*Study"):
        import_version(bench.review, VersionImport("2020", elsewhere.included, study_column="trial"))
    with pytest.raises(DecisionError, match="in both files"):
        import_version(bench.review, VersionImport("2020", elsewhere.included, elsewhere.included))
    holes = tmp_path / "holes.csv"
    holes.write_text("title,Study\nA title,Moreau\n,Moreau\n", encoding="utf-8")
    with pytest.raises(PrismaError, match=r"line 3.*Nothing was stored"):
        import_version(bench.review, VersionImport("2020", holes))
    bench.given("Embase", "1")
    with pytest.raises(DecisionError, match="Embase is in use"):
        import_version(bench.review, VersionImport("2020", elsewhere.included, source="embase"))
    assert bench.told()["counts"]["database_results"] == 1
    assert empty["template"] == bench.told()["template"] == "new-v1"


def test_a_version_from_elsewhere_is_read_in_the_encoding_that_was_named_then_and_later(bench: Bench, tmp_path: Path) -> None:
    table = tmp_path / "old.csv"
    table.write_bytes("accession,title,authors,year\n7,Маски в палатах,Иванов И,2019\n".encode("koi8-r"))
    import_version(bench.review, VersionImport("2020", table, source="Old", encoding="koi8-r"))
    with bench.review.store.read() as transaction:
        (run,) = runs.of_source(transaction, "old")
        title = records.records_by_key(transaction, ["old:7"])["old:7"].citation.title
    assert (run.encoding, run.service["encoding_given"], title) == ("koi8-r", True, "Маски в палатах")


def test_a_version_from_elsewhere_can_be_taken_back_and_brought_in_again(bench: Bench, elsewhere: Elsewhere) -> None:
    import_version(bench.review, elsewhere.earlier())
    bench.dedupe()
    before = bench.told()
    with pytest.raises(DecisionError, match="2020 is closed already"):
        import_version(bench.review, elsewhere.earlier())
    assert bench.told() == before
    bench.reopen()
    assert bench.told()["template"] == "new-v1"
    import_version(bench.review, elsewhere.earlier())
    assert bench.told() == before


def test_rule_21_a_version_closed_after_one_from_elsewhere_carries_its_inclusions(bench: Bench, elsewhere: Elsewhere) -> None:
    import_version(bench.review, elsewhere.earlier())
    bench.given("Embase", "7")
    bench.dedupe()
    bench.judged("embase:7", "include")
    bench.close("2024")
    counts = bench.told()["counts"]
    assert (counts["previous_studies"], counts["previous_reports"], counts["total_studies"], counts["new_studies"]) == (
        3,
        4,
        3,
        0,
    )
    assert bench.told(version="2024")["counts"]["previous_studies"] == 2


def test_versions_and_moments_work_on_a_shared_postgresql_database(make_bench: Callable[..., Bench], postgres_url: str) -> None:
    bench = make_bench(environment=Environment(database=postgres_url))
    bench.given("Embase", "1", "2")
    bench.dedupe()
    bench.judged("embase:1", "include")
    bench.vote("exclude", "embase:2")
    before = bench.told()
    bench.close("2023")
    bench.given("Embase", "2", "3")
    bench.dedupe()
    bench.assess("exclude", "embase:1", reason="Wrong outcome")
    assert bench.told(version="2023") == before
    counts = bench.told()["counts"]
    assert (counts["database_results"], counts["duplicates"], counts["total_studies"]) == (2, 1, 0)
    assert bench.told()["lists"]["carried_over"] == {"Carried over": 1}
