"""What an event must be like to come in from a copy: a table of kinds, and what is refused of each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from prisma_tool.model.log import clock as clocks
from prisma_tool.model.log.admission import differing, hash_problem, problem
from prisma_tool.model.log.contents import content_hash
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.log.payload_fields import LONGEST_NAME, LONGEST_SUBJECT

START = datetime(2025, 2, 3, 9, tzinfo=UTC)
SCREENING = "title-abstract"
RULE = {"rule": "hypergeometric", "target": 0.95, "confidence": 0.95, "count": 50, "words": "a rule"}
TYPED = {"studies": [{"n": 3, "note": "from the paper"}], "reports": []}

GOOD: dict[str, tuple[str, str, dict[str, Any]]] = {
    EventKind.DECISION: ("a:1", SCREENING, {"verdict": "include", "reason": "", "note": "x", "answers": {"q": "yes"}}),
    EventKind.ADJUDICATION: ("a:1", "full-text", {"verdict": "awaiting", "reason": "", "note": ""}),
    EventKind.DUPLICATE: ("a:1", "", {"other": "b:1", "verdict": "same", "reason": "doi", "findings": {"title": "same"}}),
    EventKind.DEDUPLICATION: ("", "", {"found": [["same", "doi", "a and b", 2]], "fresh": 3, "strict": False}),
    EventKind.RETRIEVAL: ("a:1", "", {"status": "retrieved", "file": "fulltext/a_1.pdf", "note": ""}),
    EventKind.STUDY: ("a:1", "", {"study": "SMITH 2020", "linked": True}),
    EventKind.REMOVAL: ("a:1", "", {"removed": True, "as": "automation", "reason": "year"}),
    EventKind.ADJUSTMENT: ("database_results", "", {"n": -3, "note": "lost"}),
    EventKind.NOTE: ("a:1", SCREENING, {"text": "a note"}),
    EventKind.UNDO: ("0195-1", "", {}),
    EventKind.PROTOCOL: ("", "", {"text": "title = ''", "sha256": "0"}),
    EventKind.STRATEGY: ("pubmed", "", {"act": "accepted", "sha256": "0", "problems": [{"code": "c", "message": "m"}]}),
    EventKind.VERSION: ("2024", "", {"act": "closed", "studies": [{"label": "S", "records": ["a:1"]}], "typed": TYPED}),
    EventKind.LABEL: ("a:1", "", {"label": "to discuss", "labelled": True}),
    EventKind.ACKNOWLEDGEMENT: ("a:1", "", {"kinds": ["retracted"]}),
    EventKind.EDIT: ("a:1", "", {"field": "title", "value": "A title", "was": None, "origin": ""}),
    EventKind.EFFORT: ("a:1", "", {"means": "asked", "what": "the author"}),
    EventKind.WATCH: ("", "", {"new": 3, "changed": 0}),
    EventKind.NOTICE: ("a:1", "", {"notice": "retracted", "by": "Crossref", "detail": "10.1000/notice"}),
    EventKind.REASON: ("wrong-outcome", "", {"into": "wrong-population", "label": "Wrong outcome", "place": 3}),
    EventKind.REVIEWER: ("Ada", "", {"state": "retired"}),
    EventKind.ASSIGNMENT: ("a:1", SCREENING, {"to": "Ada", "assigned": True}),
    EventKind.PILOT: ("", SCREENING, {"act": "open", "keys": ["a:1"], "reviewers": ["Ada", "Ben"], "n": 1, "seed": None}),
    EventKind.ORDER: ("a:1", SCREENING, {"order": "relevance", "why": "chance", "open": 5, "found": 1}),
    EventKind.PARTICIPANTS: ("SMITH 2020", "", {"participants": 120, "as": "randomised"}),
    EventKind.STOPPING: ("", SCREENING, {"act": "stopped", **RULE, "p": 0.04, "held": True, "set_late": False}),
}


def event(kind: str, *, put: dict[str, Any] | None = None, **changes: Any) -> Event:
    """The example of a kind with some of its fields, and with what is `put` into its payload."""
    subject, stage, payload = GOOD[kind]
    made = Event("0195-2", kind, subject, stage, "Ada", START, START, "0.test", payload, clock=5, via="file", salt="s")
    changed = replace(made, **changes)
    return replace(changed, payload={**changed.payload, **(put or {})})


def test_every_kind_has_an_example_that_may_come_in() -> None:
    assert set(GOOD) == set(EventKind)
    assert {kind: problem(event(kind)) for kind in GOOD} == dict.fromkeys(GOOD, "")


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (EventKind.DECISION, "verdict", "perhaps"),
        (EventKind.DECISION, "verdict", ["include"]),
        (EventKind.DECISION, "reason", 5),
        (EventKind.DECISION, "answers", ["yes"]),
        (EventKind.ADJUDICATION, "verdict", None),
        (EventKind.DUPLICATE, "other", "no key"),
        (EventKind.DUPLICATE, "other", "a:1"),
        (EventKind.DUPLICATE, "other", "A:0"),
        (EventKind.DUPLICATE, "verdict", "alike"),
        (EventKind.DEDUPLICATION, "found", [["same", "doi", "a and b"]]),
        (EventKind.DEDUPLICATION, "found", [["same", "doi", "a and b", "many"]]),
        (EventKind.RETRIEVAL, "status", "lost"),
        (EventKind.RETRIEVAL, "file", "raw/x"),
        (EventKind.RETRIEVAL, "file", "fulltext/../x.pdf"),
        (EventKind.STUDY, "linked", 1),
        (EventKind.STUDY, "study", ""),
        (EventKind.REMOVAL, "removed", "yes"),
        (EventKind.ADJUSTMENT, "n", 1.5),
        (EventKind.ADJUSTMENT, "n", True),
        (EventKind.ADJUSTMENT, "n", 1 << 60),
        (EventKind.NOTE, "text", None),
        (EventKind.PROTOCOL, "text", {}),
        (EventKind.STRATEGY, "problems", [{"message": "m"}]),
        (EventKind.STRATEGY, "lines", [{"line": "one"}]),
        (EventKind.STRATEGY, "missed", [{"id": "1"}]),
        (EventKind.STRATEGY, "searched_on", "2025-13-01"),
        (EventKind.STRATEGY, "searched_on", 20250101),
        (EventKind.STRATEGY, "hits", "512"),
        (EventKind.VERSION, "act", "opened"),
        (EventKind.VERSION, "studies", [{"label": "S"}]),
        (EventKind.VERSION, "typed", {"studies": [{"n": 3}]}),
        (EventKind.LABEL, "label", "x" * (LONGEST_NAME + 1)),
        (EventKind.LABEL, "labelled", None),
        (EventKind.ACKNOWLEDGEMENT, "kinds", "retracted"),
        (EventKind.EDIT, "value", 5),
        (EventKind.EDIT, "value", ["a"]),
        (EventKind.EDIT, "was", {"a": 1}),
        (EventKind.REASON, "into", None),
        (EventKind.REVIEWER, "state", "asleep"),
        (EventKind.ASSIGNMENT, "assigned", "yes"),
        (EventKind.PILOT, "keys", None),
        (EventKind.PILOT, "act", "paused"),
        (EventKind.ORDER, "open", "many"),
        (EventKind.ORDER, "records", [["title", "abstract", 2020]]),
        (EventKind.PARTICIPANTS, "participants", 0),
        (EventKind.PARTICIPANTS, "participants", "many"),
        (EventKind.PARTICIPANTS, "as", "treated"),
        (EventKind.STOPPING, "act", "slowed"),
        (EventKind.STOPPING, "p", "small"),
    ],
)
def test_a_value_that_nothing_of_this_program_writes_is_refused(kind: str, field: str, value: object) -> None:
    assert problem(event(kind, put={field: value}))


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_a_payload_without_what_its_kind_needs_is_refused(kind: str) -> None:
    needs_nothing = {EventKind.UNDO, EventKind.DEDUPLICATION, EventKind.ORDER}
    assert bool(problem(event(kind, payload={}))) is (kind not in needs_nothing)


SAMPLING = {"act": "sampling", "open": 40, "found": 9, "seed": 7, "sha256": "0", "stretches": [[8, 60, 20, 1]]}


@pytest.mark.parametrize(
    ("put", "fits"),
    [
        ({}, True),
        ({"open": 0}, False),
        ({"open": 1 << 40}, False),
        ({"found": -1}, False),
        ({"seed": None}, False),
        ({"seed": "7"}, False),
        ({"stretches": [[8, 60, 61, 1]]}, False),
        ({"stretches": [[8, 60, 0, 1]]}, False),
        ({"stretches": [[8, 60, 0, 0]]}, True),
        ({"stretches": [[8, 1 << 52, 20, 1]]}, False),
        ({"stretches": [[-8, 60, 20, 1]]}, False),
        ({"stretches": [[8, 60, 20, 2]]}, False),
        ({"stretches": [[8, 60, 20]]}, False),
        ({"stretches": [[8, 60, 20, True]]}, False),
    ],
)
def test_a_stretch_of_draws_that_could_not_have_been_is_refused(put: dict[str, Any], fits: bool) -> None:
    assert (problem(event(EventKind.ORDER, subject="", payload=SAMPLING, put=put)) == "") is fits


@pytest.mark.parametrize(
    "changes",
    [
        {"clock": clocks.FURTHEST + 1},
        {"clock": -1},
        {"id": ""},
        {"stage": "third"},
        {"stage": ""},
        {"reviewer": " "},
        {"reviewer": ENGINE},
        {"reviewer": "x" * (LONGEST_NAME + 1)},
        {"subject": "no key"},
        {"subject": "a:" + "1" * LONGEST_SUBJECT},
        {"subject": "a:\0"},
        {"put": {"verdict": "ongoing"}},
        {"put": {"note": "a\0b"}},
        {"put": {"score": float("nan")}},
    ],
    ids=str,
)
def test_a_vote_whose_frame_is_wrong_is_refused(changes: dict[str, Any]) -> None:
    assert problem(event(EventKind.DECISION, **changes))


@pytest.mark.parametrize(
    "changes", [{"clock": 0}, {"clock": clocks.FURTHEST}, {"put": {"note": "\\u0000"}}, {"put": {"new": [{}]}}]
)
def test_what_is_at_the_edge_or_of_a_newer_version_may_come_in(changes: dict[str, Any]) -> None:
    assert problem(event(EventKind.DECISION, **changes)) == ""


def label(text: str) -> Event:
    return event(EventKind.LABEL, put={"label": text})


def count(n: int) -> Event:
    return event(EventKind.ADJUSTMENT, put={"n": n})


def known(n: int) -> Event:
    return event(EventKind.ORDER, put={"found": n})


@pytest.mark.parametrize(
    ("last", "beyond"),
    [
        (label("x" * 1_000), label("x" * 1_001)),
        (event(EventKind.NOTE, subject="a:" + "1" * 9_998), event(EventKind.NOTE, subject="a:" + "1" * 9_999)),
        # Whole numbers that every reader of JSON keeps exactly, on both sides of none.
        (count(9_007_199_254_740_992), count(9_007_199_254_740_993)),
        (count(-9_007_199_254_740_992), count(-9_007_199_254_740_993)),
        # Nothing relevant is known at first; no review has more than four million reports.
        (known(0), known(-1)),
        (known(4_194_304), known(4_194_305)),
    ],
)
def test_a_limit_itself_may_come_in_and_one_more_may_not(last: Event, beyond: Event) -> None:
    assert problem(last) == ""
    assert problem(beyond)


def test_a_row_has_as_many_values_as_this_program_writes() -> None:
    def found(row: list[Any]) -> str:
        return problem(event(EventKind.DEDUPLICATION, put={"found": [row]}))

    assert found(["same", "doi", "a and b", 2]) == ""
    assert found(["same", "doi", "a and b"])
    assert found(["same", "doi", "a and b", 2, 3])


def test_an_unknown_kind_may_come_in_whatever_it_holds() -> None:
    assert problem(replace(event(EventKind.NOTE), kind="prophecy", subject="", stage="third", payload={"a": None})) == ""


def test_a_hash_is_that_of_the_content_or_it_is_not() -> None:
    made = event(EventKind.DECISION)
    sealed = replace(made, sha256=content_hash(made))
    assert hash_problem(sealed) == ""
    for changed in (replace(sealed, reviewer="Ben"), replace(sealed, clock=6), replace(sealed, payload={"verdict": "exclude"})):
        assert hash_problem(changed)


def test_what_differs_between_two_events_is_named_without_its_values() -> None:
    made = event(EventKind.DECISION)
    assert differing(made, replace(made, received=datetime.now(UTC))) == ()
    other = event(EventKind.DECISION, reviewer="Ben", put={"verdict": "exclude", "new": 1})
    assert differing(made, other) == ("reviewer", "new", "verdict")
    assert differing(event(EventKind.STUDY), event(EventKind.STUDY, put={"linked": 1})) == ("linked",)
