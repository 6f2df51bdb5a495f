"""How many people the studies had: entered study by study, summed over what is included, undone, merged, told in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from copied_folders import copy_folder

from prisma_tool.cli.main import run
from prisma_tool.errors import DecisionError
from prisma_tool.flow.as_json import explanation
from prisma_tool.history.event_sentences import sentence
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import CountedAs
from prisma_tool.store.engine import event_rows
from prisma_tool.studies import links
from prisma_tool.studies.participants import enter_participants, take_back_participants

if TYPE_CHECKING:
    from tests.integration.conftest import Bench


@pytest.fixture
def included(bench: Bench) -> Bench:
    """Three included reports, two of them of the study Moreau; one is linked to none."""
    bench.given("Embase", "1", "2", "3")
    bench.dedupe()
    for key in ("embase:1", "embase:2", "embase:3"):
        bench.judged(key, "include")
    links.link(bench.review, "Moreau 2019", ["embase:1", "embase:2"], "Ada")
    return bench


def known(bench: Bench) -> Any:
    return bench.told().get("participants")


def test_a_study_counts_once_whatever_its_reports_and_the_newest_number_stands(included: Bench) -> None:
    assert known(included) is None
    assert enter_participants(included.review, "moreau 2019", 12, None, "Ada") == "Moreau 2019"
    enter_participants(included.review, "embase:2", 20, CountedAs.RANDOMISED, "Ada")
    assert known(included) == {"n": 20, "known": 1, "studies": 2}
    enter_participants(included.review, "embase:3", 5, None, "Ada")
    assert known(included) == {"n": 25, "known": 2, "studies": 2}
    behind = explanation(included.flow(), "participants")
    assert (behind["n"], behind["records"]) == (25, ["embase:1", "embase:2", "embase:3"])
    assert [(study["label"], study["participants"], study["as"]) for study in behind["studies"]] == [
        ("Moreau 2019", 20, "randomised"),
        ("embase:3", 5, ""),
    ]


def test_a_study_that_is_not_included_does_not_count(included: Bench) -> None:
    enter_participants(included.review, "embase:3", 5, None, "Ada")
    included.assess("exclude", "embase:3", reason="Wrong outcome")
    assert known(included) is None


def test_a_number_is_taken_back_and_the_one_before_stands_again(included: Bench) -> None:
    enter_participants(included.review, "Moreau 2019", 12, None, "Ada")
    enter_participants(included.review, "Moreau 2019", 20, None, "Ada")
    moment = included.review.store.now()
    take_back_participants(included.review, "Moreau 2019", "Ada")
    assert known(included)["n"] == 12
    assert included.told(at=moment)["participants"]["n"] == 20
    take_back_participants(included.review, "Moreau 2019", "Ada")
    with pytest.raises(DecisionError, match="No participants are entered for Moreau 2019"):
        take_back_participants(included.review, "Moreau 2019", "Ada")


def test_the_log_says_it_in_words_and_the_number_is_public(included: Bench) -> None:
    enter_participants(included.review, "Moreau 2019", 20, CountedAs.ANALYSED, "Ada")
    with included.review.store.read() as transaction:
        event = next(iter(event_rows.events(transaction, kinds=[EventKind.PARTICIPANTS])))
    assert sentence(event, Protocol()) == "Ada entered 20 participants (analysed) for the study Moreau 2019"
    assert event.payload == {"participants": 20, "as": "analysed"}


def test_a_number_that_was_entered_in_a_copy_comes_along_in_a_merge(included: Bench) -> None:
    folder = included.review.folder
    copy = copy_folder(folder, folder.with_name("train"))
    assert run(["-C", str(copy), "study", "participants", "Moreau 2019", "20", "--as", "analysed", "--reviewer", "Ada"]) == 0
    assert known(included) is None
    assert run(["-C", str(folder), "merge", str(copy)]) == 0
    assert known(included) == {"n": 20, "known": 1, "studies": 2}


@pytest.mark.parametrize("name", ["Moreau", "embase:9"])
def test_a_study_that_does_not_exist_is_refused_with_those_that_do(included: Bench, name: str) -> None:
    with pytest.raises(DecisionError, match=rf"There is no study '{name}'.*Studies: Moreau 2019\."):
        enter_participants(included.review, name, 12, None, "Ada")


def test_a_report_of_several_studies_needs_the_name_of_one(included: Bench) -> None:
    links.link(included.review, "Kim 2020", ["embase:1"], "Ada")
    with pytest.raises(DecisionError, match="belongs to several studies; name one of them: Kim 2020; Moreau 2019"):
        enter_participants(included.review, "embase:1", 12, None, "Ada")
