"""What a key costs does not grow with the review: no statement that a verdict and the next record need goes through a whole table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from prisma_tool.model.vocabulary import RetrievalStatus, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.tui.sessions.change_feed import ChangeFeed
from prisma_tool.tui.sessions.screening_session import ScreeningSession

ReviewOf = Callable[..., Review]
LONG = ("event", "standing", "outcome", "record", "membership", "record_version", "run_record", "identifier", "words")
"""Tables that have about as many rows as a review has records, or more."""


def scanned(review: Review, work: Callable[[], object]) -> set[tuple[str, str]]:
    """(table, statement) of each long table that some statement of this goes through from end to end."""
    asked: list[tuple[str, Any]] = []

    def note(*arguments: Any) -> None:
        asked.append(arguments[2:4])

    engine = review.store.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        return {
            (table, statement)
            for statement, values in asked
            if statement.startswith(("SELECT", "DELETE"))
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            for table in LONG
            if f"{step[3]} ".startswith(f"SCAN {table} ")
        }


@pytest.mark.parametrize("stage", Stage)
def test_reading_deciding_remarking_and_taking_back_scan_no_long_table(review_of: ReviewOf, stage: Stage) -> None:
    review = review_of(4)
    titles = ScreeningSession(review, Stage.TITLE_ABSTRACT, "Anna")
    for _ in range(3):
        titles.decide(Verdict.INCLUDE)
    session = ScreeningSession(review, stage, "Anna")

    def key() -> None:
        session.read()
        if stage is Stage.FULL_TEXT:
            session.retrieve(RetrievalStatus.RETRIEVED, "")
        session.decide(Verdict.INCLUDE)
        session.note("A remark")
        session.undo()
        session.read()

    assert scanned(review, key) == set()


def test_following_others_scans_no_long_table(review_of: ReviewOf) -> None:
    review = review_of(3)
    feed, mine = ChangeFeed(review.store), ScreeningSession(review, Stage.TITLE_ABSTRACT, "Anna")
    ScreeningSession(review, Stage.TITLE_ABSTRACT, "Ben").decide(Verdict.MAYBE)
    assert scanned(review, lambda: mine.take_over(mine.catch_up(feed.look()))) == set()


def test_reading_the_whole_queue_scans_what_it_must(review_of: ReviewOf) -> None:
    review = review_of(3)
    session = ScreeningSession(review, Stage.TITLE_ABSTRACT, "Anna")
    assert {table for table, _ in scanned(review, session.reload)} >= {"record"}
