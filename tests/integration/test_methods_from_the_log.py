"""What the methods say of searching, duplicates, order, stopping and retrieval follows from events and runs, in any version."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from prisma_tool.dedupe import manual
from prisma_tool.flow import enter_adjustment
from prisma_tool.flow.close_with_counts import close
from prisma_tool.fulltext.attempts import AttemptMeans, RetrievalAttempt, note_attempts
from prisma_tool.manuscript.methods.read import read_methods
from prisma_tool.manuscript.methods.text import sections
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import SourceKind, Stage
from prisma_tool.screening.prioritised.queue_order import OrderName, choose_order, note_chance

if TYPE_CHECKING:
    from tests.integration.conftest import Bench


def told(bench: Bench, heading: str, version: str = "") -> list[str]:
    return [
        sentence
        for section in sections(read_methods(bench.review, version))
        if section.heading == heading
        for sentence in section.sentences
    ]


def test_sources_of_other_methods_are_named_with_their_records(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    bench.given("WHO", "3", kind=SourceKind.WEBSITE)
    bench.given("Cited", "4", kind=SourceKind.CITATION)
    bench.given("Experts", "5", kind=SourceKind.OTHER)
    assert told(bench, "Searches")[-1] == (
        "In all, 5 records were identified: 2 from 1 database, 1 from 1 website, 1 from 1 citation search and 1 from 1 other source."
    )


def test_pairs_that_a_person_joined_or_kept_apart_are_told_from_those_of_the_rules(bench: Bench) -> None:
    bench.given("Embase", "1", "2", "3")
    bench.given("Scopus", "1")
    bench.dedupe()
    manual.merge(bench.review, "embase:2", "embase:3", "Ada")
    assert told(bench, "Duplicates")[1:] == [
        "2 duplicate records were removed before screening.",
        "2 pairs of records were judged to be the same report: 1 by the tool's rules and 1 by Ada.",
    ]


def test_records_that_no_pass_has_compared_are_named(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.dedupe()
    bench.given("Embase", "2")
    assert told(bench, "Duplicates")[-1] == "1 record has arrived since, and has not been compared yet."


def test_each_spell_of_screening_by_relevance_is_told(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    choose_order(bench.review, "Ada", OrderName.RELEVANCE)
    note_chance(bench.review, "Ada", "embase:1", 2, 0)
    bench.vote("include", "embase:1")
    choose_order(bench.review, "Ada", OrderName.SOURCE)
    by_relevance = [
        sentence for sentence in told(bench, "Titles and abstracts") if "relevance" in sentence or "chance" in sentence
    ]
    assert [sentence.split(", which")[0] for sentence in by_relevance] == [
        "From 3 February 2025 until 3 February 2025, Ada screened titles and abstracts in the order of likely relevance",
        "1 record was drawn by chance, so that recall could be estimated.",
    ]


def test_what_read_the_meaning_of_the_records_is_named_for_the_days_on_which_it_did(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    for model in ("", "a-model", "a-model", ""):
        choose_order(bench.review, "Ada", OrderName.RELEVANCE, model)
    parts = [sentence for sentence in told(bench, "Titles and abstracts") if "relevance" in sentence]
    assert [("(a-model)" in part, "until" in part) for part in parts] == [(False, True), (True, True), (False, False)]


def test_an_update_says_nothing_of_the_order_and_the_attempts_of_the_version_before(bench: Bench) -> None:
    bench.given("Embase", "1", "2")
    choose_order(bench.review, "Ada", OrderName.RELEVANCE)
    bench.vote("include", "embase:1")
    bench.vote("exclude", "embase:2")
    choose_order(bench.review, "Ada", OrderName.SOURCE)
    note_attempts(bench.review, [RetrievalAttempt("embase:1", AttemptMeans.ASKED, "a librarian")], "Ada")
    bench.retrieved("embase:1", status="not-retrieved")
    bench.close("first")
    bench.given("Embase", "3")
    bench.dedupe()
    bench.vote("include", "embase:3")
    assert not [sentence for sentence in told(bench, "Titles and abstracts") if "relevance" in sentence]
    assert told(bench, "Retrieval of full texts") == ["The full text of 1 report was sought, and is still sought."]
    assert told(bench, "Retrieval of full texts", "first") == [
        "The full text of 1 report was sought and not retrieved.",
        "1 attempt to get a full text was noted, on 1 report: 1 by asking people.",
    ]


def test_a_number_that_was_entered_by_hand_is_in_the_sentence_as_in_the_figure(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.dedupe()
    bench.vote("exclude", "embase:1")
    enter_adjustment.enter(bench.review, "records_screened", 100, "from before", "Ada")
    assert told(bench, "Titles and abstracts")[:2] == [
        "Titles and abstracts of 101 records were screened on 3 February 2025 by Ada.",
        "Of these, 100 are known only as a number that was entered by hand.",
    ]
    assert read_methods(bench.review).stages[0].reports == 1


def test_a_report_that_an_update_takes_up_again_is_not_screened_again(bench: Bench) -> None:
    bench.given("Embase", "1")
    bench.vote("include", "embase:1")
    bench.assess("ongoing", "embase:1")
    bench.close("first")
    bench.assess("include", "embase:1")
    assert "Of these, 1 had been screened for an earlier version of the review." in told(bench, "Titles and abstracts")
    assert told(bench, "Full texts")[:2] == [
        "The full text of 1 report was screened on 3 February 2025 by Ada.",
        "Of these, 1 was screened by one reviewer.",
    ]
    assert told(bench, "Searches")[-1] == "1 report of an earlier version was taken up again without a new hit."


def test_a_report_that_waited_when_a_version_was_closed_keeps_the_vote_from_before(make_bench: Callable[..., Bench]) -> None:
    pair = make_bench(reviewers=("Ann", "Ben"), toml_edits={"reviewers_per_record = 1": "reviewers_per_record = 2"})
    pair.given("Embase", "1")
    pair.vote("include", "embase:1", by="Ann")
    pair.dedupe()
    close(pair.review, "first", "Ann", force=True)
    pair.vote("include", "embase:1", by="Ben")
    assert "Of these, 1 was screened by two reviewers without access in this tool to each other's votes." in told(
        pair, "Titles and abstracts"
    )


@pytest.mark.parametrize("stage", list(Stage))
def test_what_stopping_left_is_told_at_title_and_abstract_alone(bench: Bench, stage: Stage) -> None:
    bench.given("Embase", "1", "2")
    bench.vote("include", "embase:1")
    bench.assess("include", "embase:1")
    bench.stated(EventKind.REMOVAL, "embase:2", **{"removed": True, "as": "automation", "stop": "1", "rule": "50 in a row"})
    heading = {Stage.TITLE_ABSTRACT: "Titles and abstracts", Stage.FULL_TEXT: "Full texts"}[stage]
    about_stopping = [sentence for sentence in told(bench, heading) if "stopped" in sentence]
    assert len(about_stopping) == (stage is Stage.TITLE_ABSTRACT)
