"""Clusters from pairwise verdicts, and who stands for them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.model.log.clusters import ClusterMember, Pair, clusters, representative
from prisma_tool.model.log.events import ENGINE, Event

KEYS = "abcdef"


def pair(a: str, b: str, verdict: str, number: int = 0, *, by_person: bool = False) -> Pair:
    return Pair(min(a, b), max(a, b), verdict, by_person, (number, f"{number:03}"))


verdicts = st.lists(
    st.tuples(
        st.sampled_from(list(combinations(KEYS, 2))),
        st.sampled_from(["same", "same", "different", "unsure"]),
        st.integers(0, 9),
        st.booleans(),
    ),
    max_size=12,
    unique_by=lambda item: item[0],
).map(lambda items: [pair(*keys, verdict, number, by_person=person) for keys, verdict, number, person in items])


def test_same_joins_through_others() -> None:
    assert clusters("abcd", [pair("a", "b", "same"), pair("b", "c", "same")]) == [("a", "b", "c"), ("d",)]


def test_unsure_joins_nothing() -> None:
    assert clusters("ab", [pair("a", "b", "unsure")]) == [("a",), ("b",)]


def test_a_pair_judged_different_is_kept_apart_also_where_a_third_would_join_it() -> None:
    pairs = [pair("a", "b", "same", 1), pair("b", "c", "same", 2), pair("a", "c", "different", 3)]
    assert clusters("abc", pairs) == [("a", "b"), ("c",)]


def test_a_persons_join_goes_before_an_older_one_of_the_engine() -> None:
    pairs = [pair("a", "b", "same", 1), pair("b", "c", "same", 2, by_person=True), pair("a", "c", "different", 3)]
    assert clusters("abc", pairs) == [("a",), ("b", "c")]


def test_of_two_joins_that_exclude_each_other_the_older_one_holds() -> None:
    pairs = [pair("a", "b", "same", 2), pair("b", "c", "same", 1), pair("a", "c", "different", 3)]
    assert clusters("abc", pairs) == [("a",), ("b", "c")]


@pytest.mark.parametrize(("reviewer", "by_person"), [("Ada", True), (ENGINE, False)])
def test_a_verdict_is_a_persons_unless_the_engine_gave_it(reviewer: str, by_person: bool) -> None:
    at = datetime(2025, 2, 3, 9, tzinfo=UTC)
    event = Event("001", "duplicate", "a", "", reviewer, at, at, "0", {"other": "b", "verdict": "same"})
    assert Pair.of(event) == Pair("a", "b", "same", by_person, (0, "001"))


def test_verdicts_about_absent_records_change_nothing() -> None:
    assert clusters("ab", [pair("a", "z", "same"), pair("b", "z", "same")]) == [("a",), ("b",)]


@given(verdicts, st.integers())
def test_the_order_of_verdicts_and_keys_does_not_matter(pairs: list[Pair], seed: int) -> None:
    keys, mixed = list(KEYS), list(pairs)
    Random(seed).shuffle(keys)
    Random(seed).shuffle(mixed)
    assert clusters(keys, mixed) == clusters(KEYS, pairs)


@given(verdicts)
def test_each_record_is_in_one_cluster_and_none_holds_a_pair_judged_different(pairs: list[Pair]) -> None:
    found = clusters(KEYS, pairs)
    assert sorted(key for group in found for key in group) == list(KEYS)
    together = {couple for group in found for couple in combinations(group, 2)}
    assert not together & {(one.a, one.b) for one in pairs if one.verdict == "different"}


@given(verdicts)
def test_a_join_fails_only_where_a_different_stands_in_its_way(pairs: list[Pair]) -> None:
    home = {key: group for group in clusters(KEYS, pairs) for key in group}
    apart = {(one.a, one.b) for one in pairs if one.verdict == "different"}
    for one in pairs:
        if one.verdict == "same" and home[one.a] != home[one.b]:
            assert any((min(a, b), max(a, b)) in apart for a in home[one.a] for b in home[one.b])


@pytest.mark.parametrize(
    ("records", "chosen"),
    [
        ([ClusterMember("a", False, 99, 1), ClusterMember("b", True, 0, 2)], "b"),
        ([ClusterMember("a", True, 3, 1), ClusterMember("b", True, 8, 2)], "b"),
        ([ClusterMember("a", True, 3, 2), ClusterMember("b", True, 3, 1)], "b"),
        ([ClusterMember("b", True, 3, 1), ClusterMember("a", True, 3, 1)], "a"),
    ],
    ids=["rule 7: database or register first", "then the most complete", "then the source that joined first", "then the key"],
)
def test_the_representative_is_chosen_by(records: list[ClusterMember], chosen: str) -> None:
    held = {record.key: record for record in records}
    assert representative(held, held) == chosen
