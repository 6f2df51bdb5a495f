"""The screening session below the screen: its place in the queue, and what is stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from prisma_tool.errors import DecisionError, StoreError
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import RetrievalStatus, SourceKind, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, add_note, decide
from prisma_tool.screening.queue import QueueMark
from prisma_tool.tui.sessions.screening_session import ScreeningSession

ReviewOf = Callable[..., Review]
TITLES = Stage.TITLE_ABSTRACT


def test_a_new_desk_begins_at_the_first_report_that_waits(review_of: ReviewOf) -> None:
    review = review_of(3)
    first = ScreeningSession(review, TITLES, "Anna")
    first.decide(Verdict.INCLUDE)
    again = ScreeningSession(review, TITLES, "Anna")
    assert again.position == 1
    assert QueueMark(again.queue.marks[0]) is QueueMark.INCLUDED
    assert again.progress().mine == {Verdict.INCLUDE: 1}


def test_deciding_moves_to_the_next_report_that_waits_and_around_the_end(review_of: ReviewOf) -> None:
    session = ScreeningSession(review_of(3), TITLES, "Anna")
    session.step(2)
    session.decide(Verdict.MAYBE)
    assert session.position == 0
    session.step(1)
    session.decide(Verdict.EXCLUDE)
    session.decide(Verdict.INCLUDE)
    assert session.current is None
    assert session.progress().percent == 100


def test_the_parts_of_the_progress_add_up_and_agree_with_a_fresh_reading(review_of: ReviewOf) -> None:
    session = ScreeningSession(review_of(4), TITLES, "Anna")
    decide(session.review, [Decision(session.queue.keys[3], TITLES, "Ben", Verdict.EXCLUDE)])
    session.reload()
    session.decide(Verdict.INCLUDE)
    here = session.progress()
    assert (here.total, here.waiting, here.others, here.not_retrieved, sum(here.mine.values())) == (4, 2, 1, 0, 1)
    assert ScreeningSession(session.review, TITLES, "Anna").progress() == here


def test_undo_after_a_second_thought_brings_back_the_first_verdict(review_of: ReviewOf) -> None:
    session = ScreeningSession(review_of(2), TITLES, "Anna")
    session.decide(Verdict.INCLUDE)
    session.step(-1)
    session.decide(Verdict.EXCLUDE)
    session.undo()
    assert session.position == 0
    marks = [session.mark, session.undo() and session.mark]
    assert marks == [QueueMark.INCLUDED, QueueMark.WAITS]
    assert session.undo() is None


def test_a_refused_decision_changes_neither_the_place_nor_the_queue(review_of: ReviewOf, deliver: Callable[..., None]) -> None:
    review = review_of()
    deliver(review, "PubMed", SourceKind.DATABASE, Citation(title="One", pmid="1"), Citation(title="Two", pmid="2"))
    titles = ScreeningSession(review, TITLES, "Anna")
    titles.decide(Verdict.INCLUDE)
    session = ScreeningSession(review, Stage.FULL_TEXT, "Anna")
    session.retrieve(RetrievalStatus.NOT_RETRIEVED, "author asked")
    session.step(-1)
    with pytest.raises(DecisionError, match="Press p if you have it now"):
        session.decide(Verdict.INCLUDE)
    assert session.position == 0
    assert session.progress().not_retrieved == 1
    shown = session.read()
    assert shown is not None
    assert shown.retrieval is not None
    assert shown.retrieval.text("note") == "author asked"


def test_a_report_that_is_not_retrieved_gives_way_to_the_next_and_one_that_is_stays(review_of: ReviewOf) -> None:
    review = review_of(3)
    titles = ScreeningSession(review, TITLES, "Anna")
    for _ in range(3):
        titles.decide(Verdict.INCLUDE)
    session = ScreeningSession(review, Stage.FULL_TEXT, "Anna")
    session.retrieve(RetrievalStatus.NOT_RETRIEVED, "")
    assert session.position == 1
    session.retrieve(RetrievalStatus.RETRIEVED, "")
    assert session.position == 1
    session.step(1)
    session.retrieve(RetrievalStatus.NOT_RETRIEVED, "")
    assert session.position == 1


def test_skipping_tells_when_it_begins_again_at_the_first_that_waits(review_of: ReviewOf) -> None:
    session = ScreeningSession(review_of(2), TITLES, "Anna")
    assert [(session.skip(), session.position) for _ in range(3)] == [(False, 1), (True, 0), (False, 1)]
    session.decide(Verdict.INCLUDE)
    assert (session.skip(), session.position) == (True, 0)
    session.decide(Verdict.INCLUDE)
    assert (session.skip(), session.position) == (False, 2)


def test_a_database_that_fails_leaves_the_desk_where_it_was(review_of: ReviewOf) -> None:
    session = ScreeningSession(review_of(2), TITLES, "Anna")
    database = session.review.folder / "review.db"
    for name in ("review.db-wal", "review.db-shm"):
        (session.review.folder / name).unlink(missing_ok=True)
    database.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError):
        session.decide(Verdict.INCLUDE)
    assert session.position == 0
    assert session.mark is QueueMark.WAITS


def test_notes_of_others_are_held_back_until_one_has_decided(review_of: ReviewOf) -> None:
    session = ScreeningSession(review_of(1), TITLES, "Anna")
    add_note(session.review, session.queue.keys[0], "I excluded this", "Ben")
    session.note("mine")
    before = session.read()
    assert before is not None
    assert ([note.text("text") for note in before.notes], before.hidden_notes) == (["mine"], 1)
    session.decide(Verdict.INCLUDE)
    session.step(-1)
    after = session.read()
    assert after is not None
    assert (len(after.notes), after.hidden_notes) == (2, 0)
    assert after.notes[0].at == datetime(2025, 2, 3, 12, tzinfo=UTC)
