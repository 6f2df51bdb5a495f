"""What is held back from a viewer until the viewer has voted (counting rule 25)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prisma_tool.dedupe import manual
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.reports.blinding import held_back
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, add_note, decide, undo_last
from prisma_tool.store.engine import event_rows

MakeReview = Callable[..., Review]
TITLES, TEXTS = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


@pytest.fixture
def review(make_review: MakeReview, deliver: Callable[..., object]) -> Review:
    made = make_review(reviewers=("Ada", "Ben"))
    deliver(made.store, *((str(n), Citation(title=f"Invented {n}")) for n in (1, 2)))
    return made


def vote(review: Review, who: str, stage: Stage = TITLES, verdict: Verdict = Verdict.INCLUDE, key: str = "embase:1") -> None:
    decide(review, [Decision(key, stage, who, verdict)])


def hidden(review: Review, viewer: str = "Ada") -> list[str]:
    with review.store.read() as transaction:
        log = list(event_rows.events(transaction))
        held = held_back(transaction, viewer, log)
    return [f"{event.kind} {event.stage}".strip() for event in log if event.id in held]


def test_anothers_vote_and_note_are_held_back_until_one_has_voted(review: Review) -> None:
    vote(review, "Ben")
    add_note(review, "embase:1", "clearly in", "Ben", TITLES)
    assert hidden(review) == ["decision title-abstract", "note title-abstract"]
    vote(review, "Ada", key="embase:2")
    assert hidden(review) == ["decision title-abstract", "note title-abstract"], "a vote on another record opens nothing"
    vote(review, "Ada")
    assert hidden(review) == []
    assert hidden(review, "Ben") == ["decision title-abstract"], "of the record on which only Ada voted"


def test_a_vote_that_was_taken_back_hides_again(review: Review) -> None:
    vote(review, "Ben")
    vote(review, "Ada")
    undo_last(review, "Ada", TITLES)
    assert hidden(review) == ["decision title-abstract"]


def test_a_vote_on_a_duplicate_counts_for_the_whole_report(review: Review) -> None:
    vote(review, "Ben")
    vote(review, "Ada", key="embase:2")
    manual.merge(review, "embase:1", "embase:2", "Ada")
    assert hidden(review) == []


def test_at_full_text_votes_are_held_back_anew_and_notes_with_them(review: Review) -> None:
    vote(review, "Ada")
    vote(review, "Ben")
    vote(review, "Ben", TEXTS)
    add_note(review, "embase:1", "wonderful", "Ben")
    assert hidden(review) == ["decision full-text", "note full-text"]


def test_nothing_is_held_back_where_screening_is_open(make_review: MakeReview, deliver: Callable[..., object]) -> None:
    review = make_review(reviewers=("Ada", "Ben"), toml_edits={"blind = true": "blind = false"})
    deliver(review.store, ("1", Citation(title="Invented")))
    vote(review, "Ben")
    assert hidden(review) == []


def test_only_votes_and_notes_are_ever_held_back(review: Review) -> None:
    manual.merge(review, "embase:1", "embase:2", "Ben")
    vote(review, "Ben")
    assert {kind.split(" ", maxsplit=1)[0] for kind in hidden(review)} <= {EventKind.DECISION, EventKind.NOTE}
