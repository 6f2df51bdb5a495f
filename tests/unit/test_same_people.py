"""Pairs of publications by the same people: blocks leave none out."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.dedupe.normalise import Comparable, normalise
from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.studies.same_people import pairs_by_same_people, speak_for_one_study

NAMES = ("Moreau", "Okafor", "Lindqvist", "Tanaka", "Ferrari", "Novak", "Ada", "Li")
authors = st.lists(st.builds(Author, st.sampled_from(NAMES), st.sampled_from(("A", "Anna", "")), st.booleans()), max_size=6).map(
    tuple
)
titles = st.lists(st.sampled_from(("remission", "infusion", "adults", "quality", "life", "of")), max_size=5).map(" ".join)
numbers = st.sampled_from(((), (), ("NCT99000001",), ("NCT99000002",)))
citations = st.builds(
    lambda title, authors, numbers: Citation(title=title, authors=authors, registry_numbers=numbers), titles, authors, numbers
)


def comparables(found: list[Citation]) -> list[Comparable]:
    return [normalise(f"pubmed:{n}", "pubmed", citation) for n, citation in enumerate(found)]


@given(st.lists(citations, max_size=25))
def test_blocks_find_what_comparing_all_with_all_finds(found: list[Citation]) -> None:
    publications = comparables(found)
    everything = [
        (i, j) for i, j in combinations(range(len(publications)), 2) if speak_for_one_study(publications[i], publications[j])
    ]
    assert list(pairs_by_same_people(publications)) == everything


def test_people_who_publish_with_everybody_meet_all_the_same() -> None:
    team = tuple(map(Author, ("Moreau", "Okafor", "Lindqvist", "Tanaka")))
    others = tuple(map(Author, ("Moreau", "Okafor", "Lindqvist", "Ferrari")))
    publications = comparables([Citation(title="Remission in adults", authors=by) for by in (team, others)])
    assert list(pairs_by_same_people(publications)) == [(0, 1)]
