"""What a table says of a study stands in its records or was entered by a person; a proposed label tells equal studies apart."""

from __future__ import annotations

import pytest

from prisma_tool.flow.flow import StudyParticipants
from prisma_tool.manuscript.tables import study_facts
from prisma_tool.model.record.citation import Author, Citation, Trial

PAPER = Citation(
    title="T",
    authors=(Author("Moreau", "A"),),
    year=2019,
    registry_numbers=("NCT01234567",),
    publication_types=("Journal Article", "Randomized Controlled Trial", "Research Support, Non-U.S. Gov't"),
)
ENTRY = Citation(
    title="E",
    year=2015,
    registry_numbers=("NCT01234567", "EUCTR1"),
    trial=Trial(study_type="INTERVENTIONAL", phases=("PHASE2",), enrolment=40, sponsor="Acme", countries=("Peru", "Chile")),
)


def test_numbers_of_all_reports_are_told_once() -> None:
    assert study_facts.registry_numbers([PAPER, ENTRY]) == "NCT01234567; EUCTR1"


def test_the_design_is_what_the_database_and_the_register_call_it() -> None:
    assert study_facts.design([PAPER, ENTRY]) == "Randomized Controlled Trial; INTERVENTIONAL PHASE2 (as registered)"
    assert study_facts.design([Citation(publication_types=("Journal Article",))]) == ""


def test_a_number_of_participants_that_a_person_entered_goes_before_the_registers() -> None:
    assert study_facts.participants(StudyParticipants("x", 38, "analysed"), [ENTRY]) == "38 analysed"
    assert study_facts.participants(None, [ENTRY]) == "40 (as registered)"
    assert study_facts.participants(None, [PAPER]) == ""


def test_funding_and_countries_are_those_of_the_records() -> None:
    assert study_facts.funding([PAPER, ENTRY]) == "Sponsor: Acme (as registered); Research Support, Non-U.S. Gov't"
    assert study_facts.countries([PAPER, ENTRY]) == "Peru; Chile (as registered)"
    assert (study_facts.funding([Citation()]), study_facts.countries([Citation()])) == ("", "")


@pytest.mark.parametrize(
    ("citations", "label"),
    [
        ([PAPER], "Moreau 2019"),
        ([ENTRY, PAPER], "Moreau 2019"),
        ([Citation(authors=(Author("Ito", "B"),), year=2021), PAPER], "Moreau 2019"),
        ([Citation(authors=(Author("The ATLAS Group", collective=True),), year=2020)], "The ATLAS Group 2020"),
        ([ENTRY], "NCT01234567 2015"),
        ([Citation(title="A study of many things")], "A study of no date"),
        ([Citation()], "Untitled no date"),
    ],
)
def test_a_label_is_proposed_from_the_first_author_and_year_of_the_earliest_paper(citations: list[Citation], label: str) -> None:
    assert study_facts.proposed_labels({"k": citations}, []) == {"k": label}


def test_equal_labels_get_letters_and_none_that_is_taken() -> None:
    labels = study_facts.proposed_labels({"a": [PAPER], "b": [PAPER], "c": [ENTRY]}, ["Moreau 2019a"])
    assert labels == {"a": "Moreau 2019b", "b": "Moreau 2019c", "c": "NCT01234567 2015"}
    assert study_facts.proposed_labels({"a": [PAPER]}, ["Moreau 2019"]) == {"a": "Moreau 2019a"}


def test_more_equal_labels_than_letters_stay_apart() -> None:
    labels = study_facts.proposed_labels({str(n): [PAPER] for n in range(30)}, [])
    assert len(set(labels.values())) == 30
