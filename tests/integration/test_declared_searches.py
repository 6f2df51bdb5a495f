"""Searches done elsewhere, from review.toml to the appendix: a review with two live and three declared searches, and its update.

The numbers are known beforehand. Version v1: PubMed 3, ClinicalTrials.gov 2, Embase 4 (6 hits declared), a website 2, citation searching 1;
one record of Embase is one of PubMed. Update: PubMed 3 (1 new), Embase 3 (2 new, 3 hits declared), Scopus 1 from a file without a search.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from prisma_tool.cli import main
from prisma_tool.dedupe.manual import merge
from prisma_tool.dedupe.run import deduplicate
from prisma_tool.errors import ExitCode, PrismaError, UsageError
from prisma_tool.flow.close_with_counts import close
from prisma_tool.flow.read import read_flow
from prisma_tool.flow.scope import Scope
from prisma_tool.identify.add_report import Addition, add
from prisma_tool.identify.files.declared_search import SearchOfFile, reconciled
from prisma_tool.identify.files.import_file import FileReport, Import, import_file
from prisma_tool.manuscript.authors_answers import keep_answer, open_questions
from prisma_tool.manuscript.checklist.facts import read_facts
from prisma_tool.manuscript.checklist.search_statements import sources
from prisma_tool.manuscript.methods.read import read_methods
from prisma_tool.manuscript.registration_form import read_registration_form
from prisma_tool.manuscript.search_appendix.data import Appendix
from prisma_tool.manuscript.search_appendix.items import Item, items
from prisma_tool.manuscript.search_appendix.read import read_appendix
from prisma_tool.manuscript.write_appendix import as_json, as_markdown
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import RunStatus, SourceKind, Stage, Verdict
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review
from prisma_tool.review.protocol.first_text import new_protocol_text
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.records import records
from prisma_tool.store.runs import run_progress, runs

if TYPE_CHECKING:
    from tests.conftest import MadeOnce

V1, UPDATE = datetime(2025, 2, 3, 9, tzinfo=UTC), datetime(2025, 3, 1, 9, tzinfo=UTC)
DECLARED = """
[[search]]
name = "embase"
source = "Embase"
platform = "Ovid"
strategy_file = "strategies/embase.txt"
translated_from = "pubmed"
searched_on = 2025-02-01
hits = 6
limits = "English: no means for translation"
prior_work = ["Adapted from Moreau 2019"]
peer_review = "Lea Librarian, PRESS 2015"

[[search]]
name = "nice"
source = "NICE"
kind = "website"
how = "The site's own search for CAR-T, all results read."
searched_on = "2025-02-02"
hits = 2

[[search]]
name = "references"
source = "Reference lists"
how = "Backward, by hand"
seeds = ["Moreau 2019"]
"""
LAST_LINE = 'peer_review = "Lea Librarian, PRESS 2015"\n'
RERUN = f"{LAST_LINE}[[search.rerun]]\nsearched_on = 2025-02-28\nhits = 3\n"
STRATEGY = "1. exp leukemia/\n2. car t.ti,ab.\n3. 1 and 2\n4. limit 3 to english language\n"


@dataclass
class Clock:
    """Moves a second each time that it is looked at, and where it is set."""

    moment: datetime = field(default=V1)

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment


class Library:
    """A review as a librarian works on it."""

    def __init__(self, review: Review, clock: Clock) -> None:
        self.review, self.clock = review, clock

    def search(self, source: str, name: str, citations: list[Citation], **facts: Any) -> None:
        """A complete run, as the search command leaves it behind, on a machine whose account is `syslogin`."""
        kind = SourceKind.DATABASE if name == "pubmed" else SourceKind.REGISTER
        query = "car t[tiab] AND english[la]" if name == "pubmed" else "query.term=car t"
        with self.review.store.write() as transaction:
            registered = runs.register_source(transaction, source, kind)
            runs.register_search(transaction, name, registered.slug)
            row = runs.begin_run(transaction, registered.slug, search=name, query=query, operator="syslogin", **facts)
            found = [records.Delivery(registered.slug, one.pmid or one.registry_numbers[0], one) for one in citations]
            records.store_batch(transaction, row.id, found)
            run_progress.finish(transaction, row.id, RunStatus.COMPLETE, reported=len(citations))

    def imported(self, name: str, source: str, *numbers: int, stated: SearchOfFile | None = None) -> FileReport:
        table = io.StringIO()
        writer = csv.writer(table)
        writer.writerow(["accession", "title", "authors", "year", "doi"])
        for n in numbers:
            writer.writerow([f"x{n}", title(n), f"Author{n}, A", "2020", f"10.5555/{n}"])
        path = self.review.folder.parent / f"{name}.csv"
        path.write_text(table.getvalue(), encoding="utf-8")
        return import_file(self.review, path, Import(source, search=stated or SearchOfFile()))

    def decided(self, stage: Stage, *keys: str) -> None:
        reason = "wrong-population" if stage is Stage.FULL_TEXT else ""
        decide(self.review, [Decision(key, stage, "Ada", Verdict.EXCLUDE, reason) for key in keys])


def title(n: int) -> str:
    return f"Invented trial {n} of {n} in {n}"


def article(n: int) -> Citation:
    return Citation(title=title(n), pmid=str(n), doi=f"10.5555/{n}", year=2020)


def entry(n: int) -> Citation:
    return Citation(title=f"Register entry {n}", registry_numbers=(f"NCT0000000{n}",), year=2020)


def make(folder: Path, clock: Clock, text: str = DECLARED) -> AbstractContextManager[Review]:
    toml = new_protocol_text(title="Cells", pubmed="car t[tiab] AND english[la]", ctgov="car t", reviewers=("Ada",))
    create_review(folder, text=toml + text)
    (folder / "strategies").mkdir()
    (folder / "strategies" / "embase.txt").write_text(STRATEGY, encoding="utf-8")
    return open_review(folder, Environment(), print, now=clock)


def declare_the_rerun(folder: Path, clock: Clock) -> AbstractContextManager[Review]:
    """The review again, in whose review.toml the rerun of Embase now stands."""
    toml = (folder / "review.toml").read_text(encoding="utf-8")
    (folder / "review.toml").write_text(toml.replace(LAST_LINE, RERUN), encoding="utf-8")
    return open_review(folder, Environment(), print, now=clock)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The review after its update; tests only read it."""
    clock = Clock()
    with make(tmp_path_factory.mktemp("declared") / "review", clock) as review:
        library = Library(review, clock)
        library.search("PubMed", "pubmed", [article(1), article(2), article(3)])
        library.search("ClinicalTrials.gov", "ctgov", [entry(1), entry(2)])
        library.imported("embase-1", "Embase", 3, 11, 12)
        library.imported("embase-2", "Embase", 13)
        library.imported("nice", "NICE", 51, 52)
        led = Citation(title="A report that another led to", year=2019)
        reference = add(review, Addition("Reference lists", None, led, found_in="pubmed:1")).key
        deduplicate(review, lambda: 0.0)
        left = [f"pubmed:{n}" for n in (1, 2, 3)] + [f"embase:x{n}" for n in (11, 12, 13)]
        library.decided(Stage.TITLE_ABSTRACT, *left, *(f"ctgov:NCT0000000{n}" for n in (1, 2)))
        library.decided(Stage.FULL_TEXT, "nice:x51", "nice:x52", reference)
        close(review, "v1", "Ada")
    clock.moment = UPDATE
    with declare_the_rerun(review.folder, clock) as review:
        library = Library(review, clock)
        library.search("PubMed", "pubmed", [article(2), article(3), article(4)], vanished=["pubmed:1"])
        library.imported("embase-3", "Embase", 11, 4, 14)
        library.imported("scopus", "Scopus", 61)
        deduplicate(review, lambda: 0.0)
        yield library


@pytest.fixture(scope="module")
def appendix(whole: Library) -> Appendix:
    return read_appendix(whole.review)


@pytest.fixture(scope="module")
def first(whole: Library) -> Appendix:
    return read_appendix(whole.review, "v1")


@pytest.fixture
def library(made_once: MadeOnce, tmp_path: Path) -> Iterator[Library]:
    """A review of its own, in which nothing has happened yet."""
    clock, folder = Clock(), tmp_path / "review"

    def begin() -> None:
        with make(folder, clock):
            pass

    with open_review(made_once(begin, folder), Environment(), print, now=clock) as review:
        yield Library(review, clock)


def item(appendix: Appendix, number: int) -> Item:
    return items(appendix)[number - 1]


# --- PRISMA-S, item by item ------------------------------------------------------------------------------------------------------


def test_item_1_names_each_database_with_its_platform_and_asks_for_the_one_that_is_not_known(appendix: Appendix) -> None:
    (sentence,) = item(appendix, 1).sentences
    assert sentence.startswith("PubMed (National Library of Medicine, through the NCBI E-utilities")
    assert "; Embase (Ovid); Scopus (platform not known)." in sentence
    assert item(appendix, 1).question == "On which platform was Scopus searched? ([[search]] with platform)"


def test_item_2_waits_for_all_platforms_and_is_answered_where_they_are_known(appendix: Appendix, first: Appendix) -> None:
    assert item(appendix, 2).is_open
    assert item(first, 2).sentences == ("No two of the databases were searched on one platform.",)


def test_item_3_names_the_registers(appendix: Appendix) -> None:
    (sentence,) = item(appendix, 3).sentences
    assert sentence.startswith("ClinicalTrials.gov (National Library of Medicine")


def test_item_4_says_of_a_website_how_it_was_searched(appendix: Appendix) -> None:
    assert item(appendix, 4).sentences == ("NICE: The site's own search for CAR-T, all results read.",)
    assert not item(appendix, 4).is_open


def test_item_5_says_how_citations_were_searched_and_from_what(appendix: Appendix) -> None:
    assert item(appendix, 5).sentences == (
        "Reference lists: Backward, by hand. From 1 report: Moreau 2019.",
        "1 report was added that 1 other report led to.",
    )


def test_items_that_nobody_can_know_are_questions(appendix: Appendix) -> None:
    assert [one.number for one in items(appendix) if one.is_open] == ["1", "2", "6", "7", "8", "9", "10", "13"]


def test_item_8_asks_for_the_strategy_that_nobody_declared(appendix: Appendix) -> None:
    assert item(appendix, 8).sentences == (
        "The strategies of pubmed, ctgov and embase are given letter by letter in the search appendix.",
        "embase is a translation of pubmed.",
    )
    assert item(appendix, 8).question.startswith("What was the strategy of Scopus (1 imported file)?")


def test_item_9_lists_limits_with_their_reason_or_that_there_are_none(appendix: Appendix) -> None:
    assert item(appendix, 9).sentences == (
        "pubmed: language: english[la].",
        "ctgov: no limits found in the strategy.",
        "embase: limit: limit 3 to english language.",
        "embase: English: no means for translation.",
    )
    assert (
        item(appendix, 9).question == "Why was pubmed limited? Which limits had the search of Scopus (1 imported file), and why?"
    )
    assert "No limits found in the strategy" in as_markdown(appendix)


def test_methods_and_checklist_tell_declared_days_as_the_authors_word(library: Library) -> None:
    library.imported("embase-1", "Embase", 3, 11)
    searching = read_methods(library.review).searching
    assert [(one.source, one.day, one.hits) for one in searching.unimported] == [("NICE", date(2025, 2, 2), 2)]
    assert searching.sources[0].declared == (date(2025, 2, 1),)
    told = sources(read_facts(library.review))
    assert told is not None
    assert "Embase, last searched on 1 February 2025, as the authors declare" in told.text


def test_the_protocol_for_a_register_has_the_declared_searches_too(whole: Library) -> None:
    form = read_registration_form(whole.review)
    assert "Searches" not in form.open
    assert "Embase (Ovid), search embase:" in form.text


def test_items_11_and_14_say_what_review_toml_states(appendix: Appendix) -> None:
    assert item(appendix, 11).sentences == ("embase: Adapted from Moreau 2019.",)
    assert item(appendix, 14).sentences == ("embase: Lea Librarian, PRESS 2015.",)


def test_item_12_tells_reruns_of_both_kinds(appendix: Appendix, first: Appendix) -> None:
    assert item(appendix, 12).sentences == ("pubmed was rerun on 1 March 2025.", "embase was searched again: 28 February 2025.")
    assert item(first, 12).sentences == ("No rerun of a search is recorded here.",)
    assert "No rerun of a search is recorded here." in as_markdown(first)
    assert "No rerun of a search is recorded here." not in as_markdown(appendix)


def test_item_13_has_the_day_of_the_last_search_of_each_strategy(appendix: Appendix, first: Appendix) -> None:
    told = " ".join(item(appendix, 13).sentences)
    assert "PubMed (search pubmed): last searched 1 March 2025." in told
    assert "Embase (search embase): last searched 28 February 2025." in told
    assert item(appendix, 13).question == (
        "When were Reference lists (declared search references) and Scopus (1 imported file) last searched?"
    )
    assert "Embase (search embase): last searched 1 February 2025." in item(first, 13).sentences


def test_item_15_has_the_totals_of_every_version(appendix: Appendix, first: Appendix) -> None:
    before = "12 records identified (databases 7, registers 2, websites 2, citation searching 1)."
    assert item(appendix, 15).sentences == (f"Version v1: {before}", "The version under way: 7 records identified (databases 7).")
    assert item(first, 15).sentences == (f"Version v1: {before}",)


def test_item_16_counts_the_duplicates_of_the_version(appendix: Appendix, first: Appendix) -> None:
    assert "16 records are 14 reports" in item(appendix, 16).sentences[0]
    assert "12 records are 11 reports" in item(first, 16).sentences[0]


# --- versions --------------------------------------------------------------------------------------------------------------------


def test_each_version_has_its_searches_with_day_hits_and_new_records(appendix: Appendix) -> None:
    tables = {
        version.label: [(row.search, row.source, row.day, row.hits, row.new) for row in version.rows]
        for version in appendix.by_version
    }
    assert tables["v1"] == [
        ("pubmed", "PubMed", "2025-02-03", 3, 3),
        ("ctgov", "ClinicalTrials.gov", "2025-02-03", 2, 2),
        ("embase", "Embase", "2025-02-01", 6, 4),
        ("nice", "NICE", "2025-02-02", 2, 2),
        ("references", "Reference lists", "not declared; imported 2025-02-03", None, 1),
    ]
    assert tables[""] == [
        ("pubmed", "PubMed", "2025-03-01", 3, 1),
        ("embase", "Embase", "2025-02-28", 3, 2),
        ("scopus.csv", "Scopus", "not recorded; imported 2025-03-01", None, 1),
    ]


@pytest.mark.parametrize("version", ["", "v1"])
def test_totals_are_the_numbers_of_the_figure_of_that_version(whole: Library, version: str) -> None:
    appendix, flow = read_appendix(whole.review, version), read_flow(whole.review, scope=Scope(version=version))
    boxes = (
        flow.database_results,
        flow.register_results,
        flow.website_results,
        flow.organisation_results,
        flow.citations_results,
    )
    lines = [part.n for part in flow.other_specific_results.values()]
    assert sum(box.n for box in appendix.identified) == sum(box.n for box in boxes if box) + sum(lines)
    assert appendix.duplicates_removed == flow.duplicates.n
    assert appendix.by_version[-1].identified == appendix.identified
    for box in appendix.identified:
        assert not box.sources or sum(n for _, n in box.sources) == box.n


def test_websites_and_citation_sources_stand_by_their_names(first: Appendix) -> None:
    sources = {box.box: box.sources for box in first.identified}
    assert (sources["websites"], sources["citation searching"]) == ((("NICE", 2),), (("Reference lists", 1),))


def test_duplicates_stand_in_the_flow_diagram_only_where_its_members_say_so(appendix: Appendix, first: Appendix) -> None:
    found = appendix.deduplication
    assert (found.removed, found.in_flow, found.found_again, found.entered) == (2, 1, 3, 0)
    text = as_markdown(appendix)
    assert "Of these duplicates, 1 stands in the flow diagram of the version under way as removed before screening." in text
    assert "also counts 3 among the duplicates removed that an earlier version had screened" in text
    assert "Of these duplicates, 1 stands in the flow diagram of version v1" in as_markdown(first)


def test_none_stands_in_the_flow_diagram_of_an_update_without_duplicates(library: Library) -> None:
    library.search("PubMed", "pubmed", [article(1)])
    library.imported("embase", "Embase", 1)
    deduplicate(library.review, lambda: 0.0)
    library.decided(Stage.TITLE_ABSTRACT, "pubmed:1")
    close(library.review, "v1", "Ada")
    text = as_markdown(read_appendix(library.review))
    assert "None of these duplicates stands in the flow diagram of the version under way." in text
    assert "Nothing was searched or imported for this version." in text


def test_where_only_people_judged_no_method_of_comparing_is_claimed(library: Library) -> None:
    library.search("PubMed", "pubmed", [article(1)])
    library.imported("embase", "Embase", 1)
    merge(library.review, "pubmed:1", "embase:x1", "Ada")
    appendix = read_appendix(library.review)
    assert item(appendix, 16).sentences == ("Duplicates were judged by people, pair by pair: 2 records are 1 report.",)
    assert "Records were compared in pairs" not in as_markdown(appendix)


def test_a_version_that_was_never_closed_is_refused(whole: Library) -> None:
    with pytest.raises(PrismaError, match=r"There is no closed version 'v7' in this review\. Closed versions: v1"):
        read_appendix(whole.review, "v7")


def test_a_further_import_of_an_undeclared_source_is_told_as_what_it_is(library: Library) -> None:
    library.imported("scopus-1", "Scopus", 1)
    assert "No rerun of a search is recorded here." in as_markdown(read_appendix(library.review))
    library.clock.moment = UPDATE
    library.imported("scopus-2", "Scopus", 1, 2)
    (sentence,) = item(read_appendix(library.review), 12).sentences[-1:]
    assert sentence == "Files of Scopus were imported again on 1 March 2025; whether the search was rerun is not recorded."


# --- imports ---------------------------------------------------------------------------------------------------------------------


def test_hits_are_held_against_imports_and_never_mended(whole: Library) -> None:
    with whole.review.store.read() as transaction:
        times = [(one.search, one.searched_on, one.sentence) for one in reconciled(transaction, whole.review.protocol)]
    assert times == [
        ("embase", date(2025, 2, 1), "declared 6, imported 4 (2 fewer)"),
        ("embase", date(2025, 2, 28), "declared 3, imported 3"),
        ("nice", date(2025, 2, 2), "declared 2, imported 2"),
        ("references", None, "imported 1; hits not declared"),
    ]


def test_a_file_attaches_to_the_only_search_of_its_source_and_says_so(library: Library) -> None:
    report = library.imported("embase", "Embase", 1)
    assert report.search_notes == ("Attached to the search embase, the only one of Embase that review.toml declares.",)
    assert [one.sentence for one in report.searches] == ["declared 6, imported 1 (5 fewer)"]
    assert library.imported("other", "Scopus", 1).searches == ()


def test_the_figure_was_last_searched_on_the_declared_day_not_on_that_of_the_import(library: Library) -> None:
    library.imported("embase", "Embase", 1)
    assert read_flow(library.review).last_searched == "2025-02-01"
    library.imported("scopus", "Scopus", 1)
    assert read_flow(library.review).last_searched == "2025-02-03"


@pytest.mark.parametrize(
    ("source", "stated", "sentence"),
    [
        ("Embase", SearchOfFile("embas"), "declares no search 'embas'. Did you mean embase?"),
        ("PubMed", SearchOfFile("pubmed"), "pubmed is run from here"),
        ("Scopus", SearchOfFile("embase"), "The search embase is one of Embase, and the file is of Scopus"),
        (
            "Embase",
            SearchOfFile("embase", date(2025, 2, 5)),
            "cannot have been searched on 2025-02-05: the file was imported on 2025-02-03",
        ),
        (
            "Embase",
            SearchOfFile("embase", date(2025, 2, 1), 5),
            "review.toml declares 6 hits of embase on 2025-02-01, and --hits 5",
        ),
        ("Scopus", SearchOfFile("", date(2025, 2, 1)), "declares no search of Scopus"),
    ],
)
def test_a_file_that_cannot_be_of_a_search_is_refused_and_nothing_stored(
    library: Library, source: str, stated: SearchOfFile, sentence: str
) -> None:
    with pytest.raises(PrismaError, match=sentence):
        library.imported("file", source, 1, stated=stated)
    with library.review.store.read() as transaction:
        assert runs.all_runs(transaction) == []


def test_the_day_of_a_search_may_be_tomorrow_by_utc_where_it_is_tomorrow_already(library: Library) -> None:
    # 09:00 UTC is 23:00 of the same day in Kiribati; at 10:00 UTC the next day has begun there.
    with pytest.raises(UsageError):
        library.imported("early", "Embase", 1, stated=SearchOfFile("embase", date(2025, 2, 4)))
    library.clock.moment = V1.replace(hour=10)
    assert library.imported("late", "Embase", 1, stated=SearchOfFile("embase", date(2025, 2, 4))).new == 1


def test_a_file_that_was_imported_before_is_attached_anew_where_somebody_says_so(library: Library) -> None:
    library.imported("file", "Embase", 1)
    stated = SearchOfFile("embase", date(2025, 1, 31), 1)
    report = library.imported("file", "Embase", 1, stated=stated)
    assert report.known_file
    assert "was attached to the search embase of 2025-02-01 and is now to embase of 2025-01-31" in report.search_notes[0]
    assert [one.sentence for one in report.searches] == ["declared 1, imported 1"]
    assert library.imported("file", "Embase", 1, stated=stated).search_notes == ()


def test_a_date_in_review_toml_that_is_yet_to_come_stops_the_import(tmp_path: Path) -> None:
    clock = Clock()
    with make(tmp_path / "review", clock, DECLARED.replace("2025-02-01", "2026-02-28")) as review:
        library = Library(review, clock)
        with pytest.raises(UsageError, match="searched on 2026-02-28, which is yet to come"):
            library.imported("file", "Embase", 1)


def test_a_strategy_file_that_is_missing_is_said_and_loses_nothing(library: Library) -> None:
    (library.review.folder / "strategies" / "embase.txt").unlink()
    report = library.imported("file", "Embase", 1)
    problem = "strategies/embase.txt in the review folder is not there; put it there, or mend strategy_file."
    assert report.new == 1
    assert any(problem in note for note in report.search_notes)
    assert any(problem in sentence for sentence in item(read_appendix(library.review), 8).sentences)


def test_an_earlier_wording_of_a_declared_strategy_is_kept_with_its_day(library: Library) -> None:
    library.imported("one", "Embase", 1)
    (library.review.folder / "strategies" / "embase.txt").write_text("1. another wording\n", encoding="utf-8")
    library.clock.moment = UPDATE
    with declare_the_rerun(library.review.folder, library.clock) as again:
        Library(again, library.clock).imported("two", "Embase", 2)
        embase = read_appendix(again).declared[0]
    assert [(one.text.splitlines()[0], one.days) for one in embase.strategies] == [
        ("1. exp leukemia/", (date(2025, 2, 1),)),
        ("1. another wording", (date(2025, 2, 28),)),
    ]


# --- answers, and what is never shown --------------------------------------------------------------------------------------------


def test_an_answer_closes_its_question_and_is_taken_out_again(library: Library) -> None:
    assert "s:6" in [one.item for one in open_questions(library.review)]
    assert keep_answer(library.review, "S:6", "Nobody was asked.").answer == "Nobody was asked."
    with open_review(library.review.folder, Environment(), print, now=library.clock) as again:
        assert "s:6" not in [one.item for one in open_questions(again)]
        assert "The authors: Nobody was asked." in as_markdown(read_appendix(again))
        assert keep_answer(again, "s:6", " ").answer == ""


def test_the_command_keeps_answers_and_names_items_near_an_unknown_one(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["-C", str(library.review.folder), "report", "answer"]
    assert main.run([*here, "13", "x"]) == ExitCode.FAILED
    assert "Near it: 13a, 13b" in capsys.readouterr().err
    assert main.run([*here, "s:11", "None."]) == ExitCode.DONE
    assert capsys.readouterr().out == "s:11: None.\n"
    assert main.run([*here, "--json"]) == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)
    assert told["answers"] == {"s:11": "None."}
    assert "s:6" in [question["item"] for question in told["open"]]
    assert main.run([*here, "s:6"]) == ExitCode.USAGE


def test_the_account_of_the_operating_system_is_never_shown(
    whole: Library, appendix: Appendix, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["-C", str(whole.review.folder)]
    main.run([*here, "log"])
    main.run([*here, "log", "--json"])
    main.run([*here, "report", "search", "-o", str(tmp_path / "runs.csv")])
    shown = capsys.readouterr().out + (tmp_path / "runs.csv").read_text(encoding="utf-8")
    assert "pubmed" in shown
    assert {file.run.operator for file in appendix.files} == {"Ada"}, "a run names who acts in the review"
    assert {run.operator for search in appendix.searches for run in search.runs} == {""}
    assert "syslogin" not in shown + as_markdown(appendix) + json.dumps(as_json(appendix))


def test_status_and_import_tell_both_numbers_in_json_too(whole: Library, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["-C", str(whole.review.folder)]
    assert main.run([*here, "status"]) == ExitCode.DONE
    assert "search embase (Embase), searched on 2025-02-01: declared 6, imported 4 (2 fewer), 2 files" in capsys.readouterr().out
    assert main.run([*here, "status", "--json"]) == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)["declared_searches"][0]
    assert (told["declared"], told["imported"], told["difference"], told["files"]) == (6, 4, -2, 2)
    assert (
        main.run([*here, "import", "--check", "--json", "--search", "embase", str(whole.review.folder.parent / "embase-1.csv")])
        == 0
    )
    assert json.loads(capsys.readouterr().out)["files"][0]["searches"][0]["declared"] == 6
