"""Each sentence of the methods section from facts alone: what is said, in which number, and what where nothing is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from prisma_tool.manuscript.methods.course_sentences import prioritisation_sentences, retrieval_sentences, stopping_sentences
from prisma_tool.manuscript.methods.facts import (
    DeduplicationFacts,
    EarlierVersion,
    OrderedScreening,
    PrioritisationFacts,
    RetrievalFacts,
    SearchedSource,
    SearchFacts,
    StoppingFacts,
    UnimportedSearch,
    VersionFacts,
)
from prisma_tool.manuscript.methods.identification_sentences import deduplication_sentences, search_sentences, version_sentences
from prisma_tool.manuscript.words import between, names

JANUARY, FEBRUARY = datetime(2025, 1, 3, tzinfo=UTC), datetime(2025, 2, 4, tzinfo=UTC)
EMBASE = SearchedSource("Embase", "database", 5, imported=(JANUARY,), files=1)


def searched(*sources: SearchedSource, **facts: object) -> list[str]:
    return list(search_sentences(replace(SearchFacts(sources), **facts)))  # type: ignore[arg-type] # named as the fields are


@pytest.mark.parametrize(
    ("hits", "said"),
    [
        (
            40,
            "CINAHL was searched on 2 March 2024, as the authors declare, with 40 hits; no file of this search is imported here.",
        ),
        (0, "CINAHL was searched on 2 March 2024, as the authors declare, with no hits."),
        (None, "CINAHL was searched on 2 March 2024, as the authors declare; no file of this search is imported here."),
    ],
)
def test_a_declared_search_of_which_no_file_came_in_is_told_all_the_same(hits: int | None, said: str) -> None:
    assert searched(unimported=(UnimportedSearch("CINAHL", date(2024, 3, 2), hits),)) == [said]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            SearchedSource("PubMed", "database", 1, searched=(JANUARY,)),
            "PubMed was searched on 3 January 2025; 1 record was identified.",
            id="searched once",
        ),
        pytest.param(
            SearchedSource("PubMed", "database", 0, searched=(JANUARY, FEBRUARY)),
            "PubMed was searched 2 times, first on 3 January 2025 and last on 4 February 2025; no records were identified.",
            id="searched again, in vain",
        ),
        pytest.param(
            SearchedSource("PubMed", "database", 7, searched=(JANUARY,), imported=(FEBRUARY,), files=1),
            "PubMed was searched on 3 January 2025; further records were imported from 1 file on 4 February 2025; 7 records were identified.",
            id="searched here and imported",
        ),
        pytest.param(
            EMBASE,
            "5 records of Embase were identified, imported from 1 file on 3 January 2025; when Embase was searched is not recorded here.",
            id="imported, nothing declared",
        ),
        pytest.param(
            replace(EMBASE, declared=(date(2024, 12, 30),)),
            "Embase was searched on 30 December 2024, as the authors declare; 5 records were identified, imported from 1 file on 3 January 2025.",
            id="imported, with a declared day",
        ),
        pytest.param(
            replace(EMBASE, declared=(date(2024, 12, 30), date(2025, 1, 2)), imported=(JANUARY, FEBRUARY), files=2),
            "Embase was searched on 30 December 2024 and 2 January 2025, as the authors declare; 5 records were identified, imported from "
            "2 files between 3 January 2025 and 4 February 2025.",
            id="imported twice",
        ),
        pytest.param(
            replace(EMBASE, declared=(date(2024, 12, 30),), imported=(JANUARY, JANUARY), files=2, undated=1),
            "Embase was searched on 30 December 2024, as the authors declare; 5 records were identified, imported from 2 files on "
            "3 January 2025; of 1 file the day of the search is not recorded here.",
            id="imported twice, once with a declared day",
        ),
        pytest.param(
            SearchedSource(
                "Citation indexes",
                "citation",
                6,
                searched=(JANUARY,),
                cited=True,
            ),
            "6 records were identified by citation searching.",
            id="citations searched",
        ),
        pytest.param(
            SearchedSource("Experts", "other", 1, imported=(JANUARY,)),
            "1 record of Experts was identified, added one by one on 3 January 2025.",
            id="added by hand",
        ),
    ],
)
def test_how_a_source_was_searched(source: SearchedSource, expected: str) -> None:
    assert searched(source)[0] == expected


@pytest.mark.parametrize(
    ("entered", "total", "ending"),
    [
        (0, 5, ""),
        (3, 8, "; 3 of them were entered by hand"),
        (1, 6, "; 1 of them was entered by hand"),
        (-2, 3, "; 2 were taken off by hand"),
    ],
)
def test_what_was_entered_by_hand_is_told_beside_the_total_that_it_is_part_of(entered: int, total: int, ending: str) -> None:
    facts = SearchFacts((EMBASE,), {"database": total}, entered=entered)
    assert list(search_sentences(facts))[-1] == f"In all, {total} records were identified: {total} from 1 database{ending}."


def test_the_total_is_the_figures_by_kind_of_source() -> None:
    register = SearchedSource("ClinicalTrials.gov", "register", 2, searched=(JANUARY,))
    assert searched(EMBASE, register, identified={"database": 5, "register": 2})[-1] == (
        "In all, 7 records were identified: 5 from 1 database and 2 from 1 register."
    )


def test_what_was_carried_over_and_what_was_not_completed_is_said() -> None:
    assert searched(EMBASE, carried_over=1, incomplete=("main", "second"))[-2:] == [
        "1 report of an earlier version was taken up again without a new hit.",
        "The searches main and second were begun and not completed.",
    ]


def test_where_nothing_was_searched_nothing_is_said() -> None:
    assert searched() == []


def test_who_joined_duplicates_is_said_with_what_waits() -> None:
    facts = DeduplicationFacts(
        passes=(JANUARY, FEBRUARY),
        tool_versions=("1.0", "1.1"),
        by_rule=3,
        by_person={"Ann": 1, "Ben": 2},
        kept_apart=1,
        waiting=1,
        unmerged=2,
        removed=5,
        known=2,
    )
    assert list(deduplication_sentences(facts)) == [
        "Duplicate records were identified by prisma-tool (version 1.0 and 1.1) between 3 January 2025 and 4 February 2025.",
        "5 duplicate records were removed before screening, 2 of which had been screened for an earlier version.",
        "6 pairs of records were judged to be the same report: 3 by the tool's rules, 1 by Ann and 2 by Ben.",
        "1 pair was judged by a person to be different reports.",
        "1 pair of possible duplicates still waits for a person and counts as distinct.",
        "2 records have arrived since, and have not been compared yet.",
    ]


def test_where_no_deduplication_is_recorded_it_is_said() -> None:
    assert list(deduplication_sentences(DeduplicationFacts())) == ["No deduplication is recorded here."]


def test_duplicates_joined_by_hand_alone_are_no_work_of_the_tool() -> None:
    assert list(deduplication_sentences(DeduplicationFacts(by_person={"Ann": 1}, removed=1))) == [
        "1 duplicate record was removed before screening.",
        "1 pair of records was judged to be the same report by Ann.",
    ]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (RetrievalFacts(), []),
        (RetrievalFacts(1), ["The full text of 1 report was sought and retrieved."]),
        (RetrievalFacts(3), ["Full texts of 3 reports were sought; all of them were retrieved."]),
        (
            RetrievalFacts(3, 1),
            [
                "Full texts of 3 reports were sought; 1 of them was not retrieved.",
                "What was tried to get it is not recorded here.",
            ],
        ),
        (
            RetrievalFacts(3, 1, noted=1),
            [
                "Full texts of 3 reports were sought; 1 of them was not retrieved.",
                "A note stands with it in the table of reports not retrieved.",
            ],
        ),
        (
            RetrievalFacts(5, 3, noted=2),
            [
                "Full texts of 5 reports were sought; 3 of them were not retrieved.",
                "A note stands with 2 of them in the table of reports not retrieved; of the others, what was tried is not recorded here.",
            ],
        ),
        (
            RetrievalFacts(5, 3, noted=3),
            [
                "Full texts of 5 reports were sought; 3 of them were not retrieved.",
                "A note stands with each of them in the table of reports not retrieved.",
            ],
        ),
        (
            RetrievalFacts(3, 2, 1, {"asked": 1, "tried": 2}, 2),
            [
                "Full texts of 3 reports were sought; 2 of them were not retrieved; 1 is still sought.",
                "3 attempts to get a full text were noted, on 2 reports: 1 by asking people and 2 by trying a place.",
            ],
        ),
    ],
)
def test_how_full_texts_were_sought(facts: RetrievalFacts, expected: list[str]) -> None:
    assert list(retrieval_sentences(facts)) == expected


def test_who_screened_by_relevance_from_when_until_when() -> None:
    spells = (OrderedScreening("Ann", JANUARY, FEBRUARY, "1.0"), OrderedScreening("Ben", FEBRUARY, None, "1.0"))
    assert list(prioritisation_sentences(PrioritisationFacts(spells, 1, 2))) == [
        (
            "From 3 January 2025 until 4 February 2025, Ann screened titles and abstracts in the order of likely relevance, which prisma-tool "
            "(version 1.0) learned from the votes given so far."
        ),
        (
            "From 4 February 2025, Ben screened titles and abstracts in the order of likely relevance, which prisma-tool (version 1.0) learned "
            "from the votes given so far."
        ),
        "1 record was drawn by chance, so that recall could be estimated.",
        "2 records were drawn at random from those that were left, as the stopping rule asks.",
    ]


def test_who_screened_by_the_meaning_of_the_records() -> None:
    spell = OrderedScreening("Ann", JANUARY, None, "1.0", "all-MiniLM-L6-v2")
    assert list(prioritisation_sentences(PrioritisationFacts((spell,)))) == [
        (
            "From 3 January 2025, Ann screened titles and abstracts in the order of likely relevance, which prisma-tool (version 1.0) learned "
            "from the votes given so far, reading their meaning by sentence embeddings (all-MiniLM-L6-v2) beside their words."
        )
    ]


def test_that_screening_was_stopped_and_taken_up_again() -> None:
    assert list(stopping_sentences(StoppingFacts(2, ("a rule; on 3 January 2025",), (FEBRUARY,)))) == [
        (
            "Screening was stopped before its end by a rule (a rule; on 3 January 2025); 2 records were left unscreened and were counted as "
            "ineligible by automation tools."
        ),
        "Screening that had been stopped was taken up again on 4 February 2025.",
    ]
    assert list(stopping_sentences(StoppingFacts())) == []


def test_which_version_is_described_and_which_came_before() -> None:
    earlier = EarlierVersion("2023", JANUARY, 1, 2)
    elsewhere = EarlierVersion("2019", JANUARY, 3, 3, elsewhere=True)
    assert list(version_sentences(VersionFacts(EarlierVersion("2024", FEBRUARY, 4, 5), (elsewhere, earlier)))) == [
        "This describes the version “2024” of the review, as it was when it was closed on 4 February 2025.",
        (
            "It is an update of the version “2019”, brought in from elsewhere on 3 January 2025 with 3 included studies in 3 reports; of the "
            "version “2023”, closed on 3 January 2025 with 1 included study in 2 reports. What follows is about this update alone."
        ),
    ]
    assert list(version_sentences(VersionFacts())) == []


def test_days_and_names_read_as_a_manuscript_writes_them() -> None:
    assert between(JANUARY, JANUARY) == "on 3 January 2025"
    assert between(JANUARY, FEBRUARY) == "between 3 January 2025 and 4 February 2025"
    assert [names(several) for several in ([], ["Ann"], ["Ann", "Ben"], ["Ann", "Ben", "Cleo"])] == [
        "",
        "Ann",
        "Ann and Ben",
        "Ann, Ben and Cleo",
    ]
