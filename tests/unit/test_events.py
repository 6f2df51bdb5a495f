"""Which of several events stands: the rules that votes, duplicate verdicts and undo share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.model.log.clock import microseconds
from prisma_tool.model.log.events import ENGINE, Event, EventKind, Slot, slot, standing, undone

MORNING = datetime(2025, 2, 3, 9, tzinfo=UTC)


def event(
    number: int, kind: str, subject: str = "a:1", *, reviewer: str = "Ada", minute: int | None = None, **payload: object
) -> Event:
    at = MORNING + timedelta(minutes=number if minute is None else minute)
    return Event(f"{number:03}", kind, subject, "title-abstract", reviewer, at, at, "0", payload, clock=microseconds(at))


def standing_ids(*events: Event) -> list[str]:
    return sorted(one.id for one in standing(events).values())


def test_the_later_deed_stands_even_if_it_was_stored_first() -> None:
    early, late = event(1, EventKind.DECISION, minute=9), event(2, EventKind.DECISION, minute=3)
    assert standing_ids(early, late) == ["001"]


def test_each_reviewer_and_stage_has_a_vote_of_its_own() -> None:
    assert standing_ids(event(1, EventKind.DECISION), event(2, EventKind.DECISION, reviewer="Ben")) == ["001", "002"]


def test_a_person_beats_the_engine_about_duplicates_also_when_the_engine_speaks_later() -> None:
    person = event(1, EventKind.DUPLICATE, other="b:1", verdict="different")
    engine = event(2, EventKind.DUPLICATE, reviewer=ENGINE, other="b:1", verdict="same")
    assert standing_ids(person, engine) == ["001"]


def test_of_two_persons_the_later_stands_about_duplicates() -> None:
    first = event(1, EventKind.DUPLICATE, other="b:1", verdict="different")
    second = event(2, EventKind.DUPLICATE, reviewer="Ben", other="b:1", verdict="same")
    assert standing_ids(first, second) == ["002"]


def test_undo_takes_an_event_back_and_an_undone_undo_gives_it_back() -> None:
    vote, undo, undo_of_undo = event(1, EventKind.DECISION), event(2, EventKind.UNDO, "001"), event(3, EventKind.UNDO, "002")
    assert standing_ids(vote, undo) == []
    assert standing_ids(vote, undo, undo_of_undo) == ["001"]
    assert standing_ids(vote, undo, undo_of_undo, event(4, EventKind.UNDO, "003")) == []


def test_two_undos_of_one_event_must_both_be_undone_before_it_stands_again() -> None:
    log = [event(1, EventKind.DECISION), event(2, EventKind.UNDO, "001"), event(3, EventKind.UNDO, "001")]
    assert standing_ids(*log, event(4, EventKind.UNDO, "003")) == []
    assert standing_ids(*log, event(4, EventKind.UNDO, "003"), event(5, EventKind.UNDO, "002")) == ["001"]


def test_a_report_may_be_linked_to_two_studies_but_is_retrieved_once() -> None:
    links = [event(1, EventKind.STUDY, study="S1"), event(2, EventKind.STUDY, study="S2")]
    retrievals = [event(3, EventKind.RETRIEVAL, status="retrieved"), event(4, EventKind.RETRIEVAL, status="not-retrieved")]
    assert standing_ids(*links, *retrievals) == ["001", "002", "004"]


def test_kinds_that_only_add_to_the_log_answer_no_question() -> None:
    for kind in (EventKind.NOTE, EventKind.UNDO, EventKind.PROTOCOL, EventKind.ADJUSTMENT, "from-a-later-version"):
        assert slot(event(1, kind)) is None


def test_a_ruling_has_one_place_per_report_and_stage_whoever_gives_it() -> None:
    assert slot(event(1, EventKind.ADJUDICATION, reviewer="Cleo")) == Slot(EventKind.ADJUDICATION, "a:1", "title-abstract")


logs = st.lists(
    st.one_of(
        st.tuples(st.just("decision"), st.sampled_from(["a:1", "b:1"]), st.sampled_from(["Ada", "Ben"]), st.integers(0, 5)),
        st.tuples(st.just("undo"), st.integers(0, 9), st.just("Ada"), st.just(0)),
    ),
    max_size=12,
)


@given(logs, st.randoms(use_true_random=False))
def test_what_stands_does_not_depend_on_the_order_of_the_log(
    entries: list[tuple[str, object, str, int]], shuffler: object
) -> None:
    log = [
        event(number, kind, f"{subject:03}" if kind == "undo" else str(subject), reviewer=who, minute=minute)
        for number, (kind, subject, who, minute) in enumerate(entries)
    ]
    mixed = list(log)
    shuffler.shuffle(mixed)  # type: ignore[attr-defined] # Hypothesis' Random
    assert standing(mixed) == standing(log)
    assert not undone(log for log in mixed if log.kind == "undo") & {one.id for one in standing(log).values()}
