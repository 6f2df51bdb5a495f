"""Pairs in portions: whatever hangs together stays together, and no portion is larger than that asks for."""

from __future__ import annotations

from typing import Any

import pytest

from prisma_tool.dedupe import portions
from prisma_tool.dedupe.normalise import blocking_values
from prisma_tool.dedupe.portions import independent_portions
from prisma_tool.dedupe.record_table import RecordTable
from prisma_tool.model.record.citation import Citation


def portioned(pairs: list[tuple[int, int]], ties: list[tuple[int, int]]) -> list[set[tuple[int, int]]]:
    return [set(portion) for portion in independent_portions(pairs, ties)]


def test_pairs_that_share_a_record_or_are_tied_are_in_one_portion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "PAIRS", 1)
    pairs = [(1, 2), (3, 4), (5, 6), (2, 7)]
    assert sorted(map(len, portioned(pairs, []))) == [1, 1, 2]
    assert {(1, 2), (2, 7)} in portioned(pairs, [])
    by_a_record_of_no_pair = [(4, 9), (9, 5)]
    assert {(3, 4), (5, 6)} in portioned(pairs, by_a_record_of_no_pair)


def test_a_portion_ends_as_soon_as_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    pairs = [(n, n + 1) for n in range(0, 14, 2)]
    monkeypatch.setattr(portions, "PAIRS", 3)
    assert [len(portion) for portion in portioned(pairs, [])] == [3, 3, 1]
    assert set().union(*portioned(pairs, [])) == set(pairs)
    assert portioned([], [(1, 2)]) == []


@pytest.mark.parametrize(
    ("shared", "tied"),
    [
        ({"doi": "10.5555/a"}, True),
        ({"volume": "12", "pages": "7-9"}, True),
        ({"year": 2019, "volume": "12", "pages": "7-9"}, True),
        ({"volume": "12"}, False),
        ({"year": 2019, "pages": "7-9"}, False),
        ({"title": "Editorial"}, False),
        ({}, False),
    ],
)
def test_records_are_tied_by_a_doi_and_by_the_page_on_which_they_begin(shared: dict[str, Any], tied: bool) -> None:
    table = RecordTable(map(blocking_values, [Citation(**shared), Citation(doi="10.5555/other"), Citation(**shared)]))
    assert list(table.ties()) == [(0, 2)] * tied


def test_all_records_of_one_page_are_tied_and_those_of_another_year_are_not() -> None:
    years = (2019, None, 2019, 2020, None, 2019)
    table = RecordTable(blocking_values(Citation(year=year, volume="12", pages="7")) for year in years)
    assert set(table.ties()) == {(0, 2), (2, 5), (1, 4)}
