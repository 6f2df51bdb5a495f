"""Deduplication as a function: what its labels mean, and what holds for whatever citations come in."""

from __future__ import annotations

import doctest
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations, permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from prisma_tool.dedupe import portions, without_review
from prisma_tool.dedupe.compare import Finding, examine
from prisma_tool.dedupe.normalise import normalise
from prisma_tool.dedupe.strict_mode import certain
from prisma_tool.dedupe.without_review import deduplicate_citations
from prisma_tool.model.record.citation import Author, Citation, Section, Trial

PAPER = Citation(
    title="Invented receptors against an invented leukaemia in twelve wards",
    authors=(Author("Quist", "Ada"), Author("Søndergård", "Bo")),
    year=2019,
    journal="Journal of Invented Haematology",
    volume="12",
    pages="101-110",
)
OTHER = Citation(title="A cohort of imaginary patients whom nobody has met", authors=(Author("Nemo", "C"),), year=2004)

REGISTER_ENTRIES: list[dict[str, Any]] = [
    {"trial": Trial(), "registry_numbers": (number,)} for number in ("NCT99000001", "NCT99000002")
]


@st.composite
def citations(draw: st.DrawFn) -> Citation:
    """Few values per field, so that records meet, agree in part and contradict."""
    return Citation(
        title=draw(st.sampled_from([PAPER.title, PAPER.title.upper(), f"Erratum: {PAPER.title}", "Editorial", "", OTHER.title])),
        doi=draw(st.sampled_from(["", "", "10.5555/a", "10.5555/b"])),
        pmid=draw(st.sampled_from(["", "", "1", "2"])),
        year=draw(st.sampled_from([None, 2019, 2020])),
        authors=draw(st.sampled_from([(), PAPER.authors, OTHER.authors])),
        journal=draw(st.sampled_from(["", PAPER.journal, "J Invented Haematol"])),
        volume=draw(st.sampled_from(["", "12"])),
        pages=draw(st.sampled_from(["", "101-110", "7"])),
        **draw(st.sampled_from([{}, {}, {"registry_numbers": ("NCT99000001",)}, *REGISTER_ENTRIES])),
    )


libraries = st.lists(citations(), max_size=9)


def groups(labels: Sequence[int], positions: Sequence[int]) -> set[frozenset[int]]:
    """The clusters as sets of `positions`."""
    members = defaultdict(set)
    for label, position in zip(labels, positions, strict=True):
        members[label].add(position)
    return {frozenset(group) for group in members.values()}


@given(libraries, st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_the_input_changes_nothing(library: list[Citation], random: Random, strict: bool) -> None:
    shuffled = list(range(len(library)))
    random.shuffle(shuffled)
    straight = deduplicate_citations(library, strict=strict)
    mixed = deduplicate_citations([library[position] for position in shuffled], strict=strict)
    assert groups(mixed.labels, shuffled) == groups(straight.labels, range(len(library)))


def test_a_record_between_two_that_contradict_joins_the_same_one_in_every_order() -> None:
    trio = [replace(PAPER, doi="10.5555/a"), PAPER, replace(PAPER, doi="10.5555/b")]
    found = [groups(deduplicate_citations([trio[n] for n in order]).labels, order) for order in permutations(range(3))]
    assert found == [found[0]] * 6
    assert len(found[0]) == 2


@given(libraries)
def test_no_cluster_holds_a_vetoed_pair_or_records_that_contradict_each_other(library: list[Citation]) -> None:
    labels = deduplicate_citations(library).labels
    records = [normalise(str(position), "", citation) for position, citation in enumerate(library)]
    for i, j in combinations(range(len(library)), 2):
        comparison = examine(records[i], records[j])
        contradicted = comparison.vetoed or any(finding is Finding.CONTRADICTS for _, finding in comparison.findings)
        assert labels[i] != labels[j] or not contradicted or comparison.verdict == "same"


@given(libraries, citations())
def test_a_copy_of_a_record_that_says_anything_joins_it(library: list[Citation], record: Citation) -> None:
    telling = len(record.title.split()) >= 4 or record.doi or record.pmid
    labels = deduplicate_citations([record, *library, record]).labels
    assert not telling or labels[0] == labels[-1]


@given(libraries)
def test_a_pair_is_listed_as_the_same_or_in_doubt_as_its_labels_say(library: list[Citation]) -> None:
    found = deduplicate_citations(library)
    assert all(pair.i < pair.j for pair in found.pairs)
    assert all((pair.verdict == "same") == (found.labels[pair.i] == found.labels[pair.j]) for pair in found.pairs)
    assert len(found.representatives) == len(set(found.labels))
    assert [found.labels[position] for position in found.representatives] == sorted(set(found.labels))


@given(libraries)
@settings(max_examples=30)
def test_strict_joins_only_what_the_usual_rules_join_and_only_when_certain(library: list[Citation]) -> None:
    usual, strict = deduplicate_citations(library), deduplicate_citations(library, strict=True)
    assert all(certain(pair.comparison) for pair in strict.pairs if pair.verdict == "same")
    listed = {(pair.i, pair.j) for pair in strict.pairs}
    dropped = {(pair.i, pair.j) for pair in usual.pairs} - listed
    assert all(strict.labels[i] == strict.labels[j] for i, j in dropped)


def test_labels_count_clusters_by_first_appearance_and_the_fullest_record_represents() -> None:
    fuller = replace(PAPER, abstract=(Section("", "Invented."),))
    found = deduplicate_citations([OTHER, PAPER, fuller, OTHER])
    assert found.labels == (0, 1, 1, 0)
    assert found.representatives == (0, 2)
    assert [(pair.i, pair.j) for pair in found.pairs] == [(0, 3), (1, 2)]


def test_nothing_at_all_is_no_cluster() -> None:
    found = deduplicate_citations([])
    assert (found.labels, found.pairs, found.representatives) == ((), (), ())


@pytest.mark.parametrize(
    ("grounds", "a", "b"),
    [
        (
            "the same PMID",
            Citation(title="One title of several words", pmid="1"),
            Citation(title="Quite another title", pmid="1"),
        ),
        (
            "the same register entry",
            Citation(title="Brief", trial=Trial(), registry_numbers=("NCT99000001",)),
            Citation(title="Official", trial=Trial(), registry_numbers=("NCT99000001",)),
        ),
        ("the same DOI and title", Citation(title="Editorial", doi="10.5555/a"), Citation(title="EDITORIAL", doi="10.5555/a")),
        ("title, author and place", PAPER, replace(PAPER, title=PAPER.title.upper(), journal="J Invented Haematol")),
    ],
)
def test_strict_joins_on(grounds: str, a: Citation, b: Citation) -> None:
    assert deduplicate_citations([a, b], strict=True).labels == (0, 0), grounds


@pytest.mark.parametrize(
    ("lacking", "changes"),
    [
        ("the journal", {"journal": ""}),
        ("the authors", {"authors": ()}),
        ("the pages", {"pages": ""}),
    ],
)
def test_strict_leaves_to_a_person_what_lacks(lacking: str, changes: dict[str, Any]) -> None:
    sparse = replace(PAPER, **changes)
    assert deduplicate_citations([PAPER, sparse]).labels == (0, 0)
    found = deduplicate_citations([PAPER, sparse], strict=True)
    assert found.labels == (0, 1), lacking
    assert "but not on certain grounds" in found.uncertain[0].reason


def test_the_example_in_the_documentation_is_true() -> None:
    assert doctest.testmod(without_review).failed == 0


@given(libraries)
def test_what_is_compared_a_pair_at_a_time_is_found_as_if_it_were_compared_together(library: list[Citation]) -> None:
    together = deduplicate_citations(library)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(portions, "PAIRS", 1)
        assert deduplicate_citations(library) == together


def test_three_letters_on_one_page_are_seen_to_share_it_though_nothing_else_brings_them_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    titles = ("Invented kites over wards", "Nobody answers about sleep", "Further doubts concerning glass")
    letters = [replace(PAPER, title=title, year=None, pages="7", authors=()) for title in titles]
    printed = [replace(letter, title=f"{letter.title}s") for letter in letters]
    monkeypatch.setattr(portions, "PAIRS", 1)
    alone = deduplicate_citations([letters[0], printed[0]])
    among = deduplicate_citations([*letters, *printed])
    assert ("first page", Finding.AGREES) in alone.pairs[0].findings
    assert ("first page", Finding.AGREES) not in among.pairs[0].findings
