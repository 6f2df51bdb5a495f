"""The state of a review, folded from its records and its log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prisma_tool.model.log.clusters import ClusterMember
from prisma_tool.model.log.events import Event
from prisma_tool.model.log.fold import fold, newest
from prisma_tool.model.log.outcomes import Outcome
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import OutcomeState, Stage

MORNING = datetime(2025, 2, 3, 9, tzinfo=UTC)
HELD = (ClusterMember("a:1", True, 8, 1), ClusterMember("b:1", True, 3, 2), ClusterMember("w:1", False, 99, 3))


def event(number: int, kind: str, subject: str, **payload: object) -> Event:
    at = MORNING + timedelta(minutes=number)
    return Event(
        f"{number:03}", kind, subject, "title-abstract" if kind != "duplicate" else "", "Ada", at, at, "0", payload, clock=number
    )


def test_rule_08_a_vote_on_any_member_is_a_vote_on_the_cluster() -> None:
    log = [event(1, "duplicate", "a:1", other="b:1", verdict="same"), event(2, "decision", "b:1", verdict="include")]
    state = fold(HELD, log, Protocol())
    assert state.cluster_of == {"a:1": "a:1", "b:1": "a:1", "w:1": "w:1"}
    assert state.outcomes == {("a:1", Stage.TITLE_ABSTRACT): Outcome(OutcomeState.INCLUDE)}


def test_rule_07_a_database_record_stands_for_a_cluster_with_other_methods() -> None:
    state = fold(HELD, [event(1, "duplicate", "b:1", other="w:1", verdict="same")], Protocol())
    assert state.cluster_of["w:1"] == "b:1"


def test_votes_on_records_that_are_not_there_have_no_outcome() -> None:
    assert fold(HELD, [event(1, "decision", "ghost:1", verdict="include")], Protocol()).outcomes == {}


def test_an_event_of_an_unknown_kind_changes_nothing() -> None:
    assert fold(HELD, [event(1, "from-a-later-version", "a:1")], Protocol()) == fold(HELD, [], Protocol())


def test_the_newest_event_is_the_one_done_last() -> None:
    early, late = event(1, "note", "a:1"), event(2, "note", "a:1")
    assert newest([late, early]) == late
    assert newest([]) is None
