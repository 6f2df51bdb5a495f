"""The hash over what an event says: anything that is changed shows, what a database adds does not, and no name is needed to check it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from prisma_tool.model.log.contents import Head, commitment, content_hash, head, public_hash, public_part
from prisma_tool.model.log.events import Event

NOW = datetime(2025, 2, 3, 9, tzinfo=UTC)
VOTE = Event(
    "0194cb09-fce8-76af-a4b0-6ce60741c7a8", "decision", "pubmed:1", "title-abstract", "Ada", NOW, NOW, "1.0",
    {"verdict": "include", "reason": "", "note": "Dr. Who's trial"}, clock=7, via="application", salt="00ff",
)  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"id": "another"},
        {"kind": "adjudication"},
        {"subject": "pubmed:2"},
        {"stage": "full-text"},
        {"reviewer": "Ben"},
        {"at": NOW + timedelta(microseconds=1)},
        {"tool_version": "1.1"},
        {"payload": {**VOTE.payload, "verdict": "exclude"}},
        {"payload": {**VOTE.payload, "note": "another"}},
        {"payload": {**VOTE.payload, "added": 1}},
        {"clock": 8},
        {"via": "file"},
        {"salt": "01ff"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_an_event_says_changes_its_hash(change: dict[str, Any]) -> None:
    assert content_hash(replace(VOTE, **change)) != content_hash(VOTE)


def test_what_a_database_adds_is_left_out() -> None:
    assert content_hash(replace(VOTE, received=NOW + timedelta(days=1), sha256="kept")) == content_hash(VOTE)


def test_the_hash_is_the_same_for_ever() -> None:
    assert content_hash(VOTE) == "42d193988bfc626a40019b22502ace4eae9d9e8e9eb47864522d2e190db2fd4d"


def test_a_deposit_without_names_notes_and_salts_can_still_be_checked() -> None:
    public = public_part(VOTE)
    assert "Ada" not in str(public)
    assert "Who" not in str(public)
    assert public_hash(public, commitment(VOTE)) == content_hash(VOTE)


def test_a_person_who_is_an_events_subject_is_private() -> None:
    left = replace(VOTE, kind="reviewer", subject="Ben", payload={"state": "retired"})
    assert "Ben" not in str(public_part(left))
    assert content_hash(replace(left, subject="Cy")) != content_hash(left)


hashes = st.lists(st.text("0123456789abcdef", min_size=64, max_size=64), max_size=8)


@given(hashes, st.randoms(use_true_random=False))
def test_the_head_does_not_depend_on_the_order_and_changes_with_every_event(log: list[str], random: Any) -> None:
    shuffled = list(log)
    random.shuffle(shuffled)
    assert head(shuffled) == head(log)
    assert head([*log, "f" * 64]) != head(log)


@given(hashes)
def test_a_head_under_way_is_the_head_of_what_was_added(log: list[str]) -> None:
    growing = Head()
    for place, event_hash in enumerate(log, 1):
        growing.add(event_hash)
        assert growing.text() == head(log[:place])


_values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.lists(st.text(max_size=3), max_size=2)
)
_payloads = st.dictionaries(st.sampled_from(["verdict", "reason", "note", "n", "reviewer"]), _values)


@given(_payloads, st.text(max_size=5), st.text(max_size=5), st.sampled_from(["decision", "reviewer"]), st.integers(0, 2**70))
def test_the_hash_is_that_of_its_two_parts_however_it_is_come_by(
    payload: dict[str, Any], subject: str, reviewer: str, kind: str, clock: int
) -> None:
    event = replace(VOTE, payload=payload, subject=subject, reviewer=reviewer, kind=kind, clock=clock)
    assert content_hash(event) == public_hash(public_part(event), commitment(event))


def test_values_that_are_equal_and_spelled_otherwise_have_hashes_of_their_own() -> None:
    hashes_of = {content_hash(replace(VOTE, payload={"n": value})) for value in ("1", 1, 1.0, True)}
    assert len(hashes_of) == len(("1", 1, 1.0, True))
