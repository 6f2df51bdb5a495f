"""How well a joined pair is backed, from the findings that were kept with its verdict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.dedupe.compare import Finding
from prisma_tool.dedupe.joined.certainty import CERTAIN, certainty
from prisma_tool.dedupe.joined.joined_groups import JoinedGroups

FIELDS = ("DOI", "PMID", "registry number", "title", "authors", "year", "journal", "volume", "issue", "first page")
PAPER = ("title", "authors", "year", "journal")


def findings(*agreeing: str, **others: Finding) -> dict[str, str]:
    """What the engine keeps: these fields agree, others as named (`first_page` for "first page"), the rest is missing."""
    named = {name.replace("_", " "): finding.value for name, finding in others.items()}
    return {field: "agrees" if field in agreeing else named.get(field, "missing") for field in FIELDS}


@pytest.mark.parametrize(
    "agreeing", [("PMID",), ("registry number",), ("DOI", "title"), (*PAPER, "volume", "first page")], ids=" ".join
)
def test_a_pair_is_certain_by_an_identifier_or_by_a_paper_in_its_place(agreeing: tuple[str, ...]) -> None:
    assert certainty(findings(*agreeing)).score == CERTAIN
    assert certainty(findings(*agreeing, issue=Finding.CONTRADICTS)).score < CERTAIN


@pytest.mark.parametrize(
    "pair",
    [
        findings(*PAPER),
        findings(*PAPER, "volume"),
        findings(*PAPER, "volume", first_page=Finding.DIFFERS),
        findings("DOI", "authors", "year", title=Finding.DIFFERS),
        findings("authors", "year", "journal", "volume", "first page", title=Finding.DIFFERS),
        findings("title"),
        {},
    ],
)
def test_a_pair_without_a_page_or_under_two_titles_is_among_the_least_certain(pair: dict[str, str]) -> None:
    assert certainty(pair).is_least


def test_a_volume_and_issue_without_a_page_are_enough_and_so_is_another_name_of_the_journal() -> None:
    assert not certainty(findings(*PAPER, "volume", "issue")).is_least
    assert not certainty(findings("title", "authors", "year", "volume", "first page", journal=Finding.DIFFERS)).is_least


@given(st.fixed_dictionaries({field: st.sampled_from(Finding).map(str) for field in FIELDS}), st.sampled_from(FIELDS))
def test_more_that_agrees_never_makes_a_pair_less_certain(pair: dict[str, str], field: str) -> None:
    assert certainty({**pair, field: Finding.AGREES.value}).score >= certainty(pair).score >= 0


def test_the_words_name_what_agrees_and_what_does_not() -> None:
    pair = {"title": "agrees", "authors": "agrees", "volume": "differs", "first page": "missing", "colour": "unheard of"}
    assert certainty(pair).words == "title, authors agree; volume differs; first page is missing"


def test_pairs_lead_from_one_key_to_another() -> None:
    groups = JoinedGroups([("a", "b"), ("c", "d"), ("b", "c"), ("e", "f")])
    assert groups.together("a", "d")
    assert not groups.together("a", "e")
    assert not groups.together("a", "nowhere")
