"""Decisions, labels and notes of other programs become events of named reviewers: once, all or nothing, and nothing is dropped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from prisma_tool.errors import DecisionError, UsageError
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.engine import event_rows
from prisma_tool.store.records import record_events, records
from prisma_tool.updates.import_decisions import DecisionImportOptions, ImportedDecisions, decision_importer

RAYYAN = """TY  - JOUR
ID  - rayyan-1
TI  - First report
N1  - RAYYAN-INCLUSION: {"Ada"=>"Included", "ben.k"=>"Excluded"} | RAYYAN-LABELS: pilot,RCT | RAYYAN-EXCLUSION-REASONS: wrong outcomes,foreign language | USER-NOTES: {"Ada"=>["check \\"dose\\""]}
ER  - 

TY  - JOUR
ID  - rayyan-2
TI  - Second report
N1  - RAYYAN-INCLUSION: {"Ada"=>"Maybe"}
ER  - 
"""  # noqa: W291 - RIS ends an entry with a blank
ASREVIEW = """title,asreview_label,asreview_time,asreview_note,asreview_prior
First report,1,2024-05-01 10:00:00,,1
Second report,0,2024-05-01 10:01:00,not adults,0
Third report,,,,
"""
COVIDENCE = """Title,Covidence #,Study,Notes,Tags
First report,#77,Smith 2019,"Exclusion reason: Wrong study design; Ada L (2021-03-04 05:06:07)(Screen): no control arm; ",trial
"""
BEN = DecisionImportOptions({"ben.k": "Ben", "Ada L": "Ada"})


@pytest.fixture
def review(make_review: Callable[..., Review]) -> Review:
    return make_review(reviewers=("Ada", "Ben"))


Take = Callable[..., ImportedDecisions]


@pytest.fixture
def take(review: Review, tmp_path: Path) -> Take:
    def taken(text: str, wish: DecisionImportOptions, name: str = "file.txt") -> ImportedDecisions:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        found = import_file(review, path, Import("Earlier", listener=decision_importer(review, wish))).earlier_work
        assert isinstance(found, ImportedDecisions)
        return found

    return taken


def events(review: Review, kind: EventKind) -> list[Event]:
    with review.store.read() as transaction:
        return list(event_rows.events(transaction, kinds=[kind]))


def votes(review: Review) -> set[tuple[str, str, str, str]]:
    found = events(review, EventKind.DECISION)
    return {(event.stage, event.reviewer, event.text("verdict"), event.text("reason")) for event in found}


def test_rayyan_votes_labels_reasons_and_notes_come_along(review: Review, take: Take) -> None:
    found = take(RAYYAN, BEN)
    assert (found.programs, found.decisions, found.labels, found.notes) == (("Rayyan",), 3, 2, 2)
    assert votes(review) == {
        ("title-abstract", "Ada", "include", ""),
        ("title-abstract", "Ben", "exclude", "wrong-outcome"),
        ("title-abstract", "Ada", "maybe", ""),
    }
    assert {event.text("text") for event in events(review, EventKind.NOTE)} == {
        'check "dose"',
        "Reason given in Rayyan: foreign language",
    }
    assert found.noted_reasons == {"foreign language": 1}
    assert {event.text("label") for event in events(review, EventKind.LABEL)} == {"pilot", "RCT"}


def test_the_same_file_again_adds_nothing(review: Review, take: Take) -> None:
    take(RAYYAN, BEN)
    again = take(RAYYAN, BEN)
    assert (again.decisions, again.labels, again.notes, again.standing) == (0, 0, 0, 7)
    assert len(events(review, EventKind.DECISION)) == 3


def test_asreview_labels_keep_their_time_and_need_a_name(review: Review, take: Take) -> None:
    with pytest.raises(UsageError, match="Say who you are: --reviewer"):
        take(ASREVIEW, DecisionImportOptions())
    assert take(ASREVIEW, DecisionImportOptions({"": "Ben"})).decisions == 2
    first, second = events(review, EventKind.DECISION)
    assert (first.reviewer, first.text("verdict"), first.at) == ("Ben", "include", datetime(2024, 5, 1, 10, tzinfo=UTC))
    assert (first.text("note"), second.text("note")) == ("prior knowledge in ASReview", "not adults")


def test_asreview_tags_in_ris_are_decisions(review: Review, take: Take) -> None:
    ris = "TY  - JOUR\nTI  - T\nN1  - ASReview_irrelevant\nER  - \nTY  - JOUR\nTI  - U\nN1  - ASReview_not_seen\nER  - \n"
    assert take(ris, DecisionImportOptions({"": "Ada"})).decisions == 1
    assert votes(review) == {("title-abstract", "Ada", "exclude", "")}


def test_a_covidence_list_of_full_texts_implies_their_inclusion_before(review: Review, take: Take) -> None:
    found = take(COVIDENCE, DecisionImportOptions({"": "Ada", "Ada L": "Ada"}, stage=Stage.FULL_TEXT))
    assert (found.decisions, found.implied, found.notes, found.labels) == (1, 1, 1, 1)
    assert votes(review) == {("title-abstract", "Ada", "include", ""), ("full-text", "Ada", "exclude", "wrong-study-design")}


def test_a_list_that_says_nothing_takes_the_verdict_of_the_whole_file(review: Review, take: Take) -> None:
    assert take("title,Covidence #\nA,#1\nB,#2\n", DecisionImportOptions({"": "Ada"}, verdict=Verdict.INCLUDE)).decisions == 2
    assert votes(review) == {("title-abstract", "Ada", "include", "")}


def test_strangers_are_named_together_and_nothing_is_stored(review: Review, take: Take) -> None:
    with pytest.raises(UsageError, match=r"the work of ben\.k, who is not among the reviewers .*--reviewer \"ben\.k=Ada\""):
        take(RAYYAN, DecisionImportOptions())
    with review.store.read() as transaction:
        assert not list(event_rows.events(transaction, kinds=[EventKind.DECISION, EventKind.NOTE]))


def test_an_unknown_reason_at_full_text_stops_the_file(take: Take) -> None:
    with pytest.raises(DecisionError, match="'Wrong dose' is not a reason of this review"):
        take(COVIDENCE.replace("Wrong study design", "Wrong dose"), DecisionImportOptions({"": "Ada"}, stage=Stage.FULL_TEXT))


def test_a_vote_of_this_review_stands_against_a_file(review: Review, take: Take) -> None:
    take("title\nFirst report\n", DecisionImportOptions(), "records.csv")
    decide(review, [Decision(_only_key(review), Stage.TITLE_ABSTRACT, "Ada", Verdict.EXCLUDE)])
    assert take("title,decision,reviewer\nFirst report,include,Ada\n", DecisionImportOptions(), "table.csv").kept == 1
    assert votes(review) == {("title-abstract", "Ada", "exclude", "")}


def _only_key(review: Review) -> str:
    with review.store.read() as transaction:
        return next(records.all_records(transaction)).key


def test_a_later_export_of_the_other_program_changes_its_own_votes(review: Review, take: Take) -> None:
    take(ASREVIEW, DecisionImportOptions({"": "Ada"}))
    changed = ASREVIEW.replace("Second report,0,2024-05-01", "Second report,1,2024-06-01")
    assert take(changed, DecisionImportOptions({"": "Ada"})).decisions == 1
    assert {event.text("verdict") for event in events(review, EventKind.DECISION)} == {"include", "exclude"}


def test_within_a_file_the_order_of_rows_counts_and_the_same_file_twice_adds_nothing(review: Review, take: Take) -> None:
    table = "accession,title,decision,reviewer,decided_at\n1,First report,include,Ada,2024-06-01\n1,First report,exclude,Ada,2024-05-01\n"
    assert take(table, DecisionImportOptions(), "table.csv").decisions == 2
    assert current_votes(review) == ["exclude"]
    again = take(table + "\n", DecisionImportOptions(), "table.csv")
    assert (again.decisions, again.standing, again.kept) == (0, 2, 0)
    assert current_votes(review) == ["exclude"]


def current_votes(review: Review) -> list[str]:
    with review.store.read() as transaction:
        keys = {record.key for record in records.all_records(transaction)}
        return [event.text("verdict") for event in record_events.votes_on(transaction, keys)]
