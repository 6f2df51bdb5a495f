"""Which records meet, and which of those that meet are worth a comparison."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.dedupe import blocking
from prisma_tool.dedupe.blocking import LARGEST_BLOCK, LARGEST_WORD_BLOCK, candidate_pairs
from prisma_tool.dedupe.compare import compare
from prisma_tool.dedupe.first_glance import promising, promising_pairs
from prisma_tool.dedupe.normalise import BLOCKING_FIELDS, BlockingValues, blocking_values, normalise
from prisma_tool.dedupe.record_table import RecordTable
from prisma_tool.model.record.citation import Author, Citation, Trial
from prisma_tool.model.record.codec import decode, encode

Pairs = set[tuple[int, int]]


def titled(titles: list[str], doi: str = "") -> list[Citation]:
    return [Citation(title=title, doi=doi) for title in titles]


def table_of(citations: list[Citation]) -> RecordTable:
    return RecordTable(map(blocking_values, citations))


def meeting(citations: list[Citation], fresh: list[bool] | None = None) -> Pairs:
    new = np.array([True] * len(citations) if fresh is None else fresh, dtype=bool)
    return {
        pair
        for portion in candidate_pairs(table_of(citations), new)
        for pair in zip(*map(np.ndarray.tolist, portion), strict=True)
    }


def test_records_with_one_doi_all_meet_up_to_the_largest_block_and_only_neighbours_beyond_it() -> None:
    titles = [f"invented{number}" for number in range(LARGEST_BLOCK + 1)]
    assert LARGEST_BLOCK == 80
    assert len(meeting(titled(titles[:80], doi="10.5555/one"))) == 80 * 79 / 2
    assert len(meeting(titled(titles, doi="10.5555/one"))) == 80


def test_two_titles_meet_by_two_of_their_four_rarest_words() -> None:
    alone = "brain flow shunt skull tube valve drainage ventricle".split()
    assert meeting(titled(["drainage ventricle tube shunt", "drainage ventricle brain flow", *alone])) >= {(0, 1)}
    assert (0, 1) not in meeting(titled(["drainage ventricle tube shunt valve", "drainage ventricle brain flow skull", *alone]))


def test_a_word_of_one_title_alone_takes_no_place_among_the_rarest() -> None:
    short = "Drainage of the ventricle"
    pair = titled([short, f"{short}: an exploratory interim subgroup analysis unplanned"])
    assert meeting(pair) == {(0, 1)}
    assert promising_pairs(table_of(pair), [True, True]).pairs == [(0, 1)]


def test_where_two_words_are_common_titles_meet_by_three_and_else_only_their_neighbours() -> None:
    titles = [f"drainage ventricle invented{number}" for number in range(LARGEST_WORD_BLOCK + 1)]
    assert LARGEST_WORD_BLOCK == 40
    assert len(meeting(titled(titles[:40]))) == 40 * 39 / 2
    neighbours = {(number, number + 1) for number in range(40)}
    assert meeting(titled(titles)) == neighbours
    misspelt = [f"{titles[0]} drainaje", *titles[1:40], f"{titles[0]} ventrikle"]
    assert meeting(titled(misspelt)) == neighbours | {(0, 40)}


def test_titles_whose_words_are_common_two_by_two_meet_by_three() -> None:
    crowd = [
        f"{two} invented{number}" for two in ("drainage ventricle", "drainage skull", "skull ventricle") for number in range(41)
    ]
    both = ["drainage of ventricle skull", *crowd, "skull drainage by ventricle"]
    assert (0, len(crowd) + 1) in meeting(titled(both))


def test_records_meet_by_each_identifier_the_title_and_the_place_alone() -> None:
    for one, other in (
        (Citation(doi="10.5555/a"), Citation(doi="10.5555/b")),
        (Citation(pmid="1"), Citation(pmid="2")),
        (Citation(title="Editorial"), Citation(title="Erratum")),
        (Citation(year=2019, volume="1", pages="7"), Citation(year=2019, volume="1", pages="8")),
        (Citation(trial=Trial(), registry_numbers=("A",)), Citation(trial=Trial(), registry_numbers=("B",))),
    ):
        assert meeting([one, other, one]) == {(0, 2)}
    assert not meeting([Citation(registry_numbers=("A",))] * 2)
    assert not meeting([Citation()] * 2)


def test_records_that_met_before_do_not_meet_again() -> None:
    assert meeting(titled(["One invented title"] * 3), [False, False, True]) == {(0, 2), (1, 2)}


WORDS = ("drainage", "draynage", "ventricle", "of", "the", "tube", "tubes", "shunt", "ii", "3")


@st.composite
def citations(draw: st.DrawFn) -> Citation:
    """Few words and values, so that records meet, are alike in part, and one title begins another."""
    return Citation(
        title=" ".join(draw(st.lists(st.sampled_from(WORDS), max_size=8))),
        doi=draw(st.sampled_from(["", "", "10.5555/a", "10.5555/b"])),
        pmid=draw(st.sampled_from(["", "", "", "1"])),
        year=draw(st.sampled_from([None, 2019])),
        volume=draw(st.sampled_from(["", "12", "13"])),
        pages=draw(st.sampled_from(["", "101-110", "7"])),
        registry_numbers=draw(st.sampled_from([(), (), ("NCT99000001",), ("NCT99000001", "NCT99000002")])),
        trial=draw(st.sampled_from([None, None, Trial()])),
        authors=draw(st.sampled_from([(), (Author("Quist", "Ada"),)])),
    )


libraries = st.lists(citations(), min_size=2, max_size=9)


@given(libraries)
def test_exactly_the_pairs_that_a_comparison_would_dismiss_at_a_glance_are_dropped(library: list[Citation]) -> None:
    pairs = list(combinations(range(len(library)), 2))
    records = [normalise(f"a:{number}", "a", citation) for number, citation in enumerate(library)]
    first, second = np.array(pairs).T
    worth_it = [bool(compare(records[i], records[j]).findings) for i, j in pairs]
    assert promising(table_of(library), first, second).tolist() == worth_it
    assert promising(table_of(library), second, first).tolist() == worth_it


@given(libraries)
def test_the_promising_pairs_are_those_that_meet_and_are_worth_a_comparison(library: list[Citation]) -> None:
    records = [normalise(f"a:{number}", "a", citation) for number, citation in enumerate(library)]
    found = promising_pairs(table_of(library), [True] * len(library))
    assert found.pairs == sorted((i, j) for i, j in meeting(library) if compare(records[i], records[j]).findings)
    assert found.seen >= len(found.pairs)


@given(libraries, st.data())
def test_what_is_found_for_new_records_is_what_is_found_for_all_of_them_together(
    library: list[Citation], data: st.DataObject
) -> None:
    fresh = data.draw(st.lists(st.booleans(), min_size=len(library), max_size=len(library)))
    together = promising_pairs(table_of(library), [True] * len(library)).pairs
    assert promising_pairs(table_of(library), fresh).pairs == [(i, j) for i, j in together if fresh[i] or fresh[j]]


def test_pairs_that_come_in_small_portions_are_those_that_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    library = titled([f"drainage ventricle invented{number % 7} made{number % 5}" for number in range(60)])
    at_once = meeting(library)
    monkeypatch.setattr(blocking, "PORTION", 1)
    assert at_once == meeting(library)
    assert len(at_once) > 60


@given(citations())
def test_the_values_by_which_records_meet_are_those_that_are_compared(citation: Citation) -> None:
    compared = normalise("a:1", "a", citation)
    values = blocking_values(citation)
    assert values == BlockingValues(**{name: getattr(compared, name) for name in BlockingValues.__slots__})
    assert values == blocking_values(decode(encode(citation), BLOCKING_FIELDS))
