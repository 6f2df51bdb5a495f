"""Joining what several citation indexes found: one work for each, every lead kept, and no two PMIDs in one."""

from __future__ import annotations

import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.formats.citation_indexes.joined_works import Lead, parse_joined, write_joined
from prisma_tool.identify.citations.joining import FoundWork, as_kept, differ_by_subtitle, joined
from prisma_tool.identify.citations.kept_facts import read_facts, write_facts
from prisma_tool.model.record.citation import Citation, Section
from prisma_tool.sources.citations.index import CitationDirection, IndexFacts, LooseWork, Relation

LEAD = Lead("embase:1", "backward", "Europe PMC")


def work(
    number: str = "", pmid: str = "", doi: str = "", title: str = "A", abstract: str = "", seed: str = "embase:1"
) -> FoundWork:
    sections = (Section("", abstract),) if abstract else ()
    return FoundWork(number, Citation(title=title, pmid=pmid, doi=doi, abstract=sections), (Lead(seed, "backward", "x"),))


def test_a_shared_pmid_joins_and_what_one_lacks_comes_from_the_other() -> None:
    (one,) = joined([work("W1", "1", "", "From OpenAlex"), work("1", "1", "10.5555/1", "From Europe PMC", "Text")])
    assert (one.accession, one.citation.title, one.citation.doi, one.citation.abstract_text) == (
        "1",
        "From Europe PMC",
        "10.5555/1",
        "Text",
    )


def test_a_shared_doi_joins_unless_two_pmids_would_come_together() -> None:
    assert len(joined([work("W1", doi="10.5555/1"), work("1", "1", "10.5555/1")])) == 1
    apart = joined([work("1", "1", "10.5555/1"), work("2", "2", "10.5555/1"), work("W3", doi="10.5555/1")])
    assert [one.accession for one in apart] == ["1", "2"]


def test_a_third_work_can_join_two_that_share_nothing() -> None:
    (one,) = joined([work("W1", doi="10.5555/1"), work("1", "1"), work("W2", "1", "10.5555/1")])
    assert one.accession == "1"


def test_works_without_numbers_are_joined_by_all_their_words_only() -> None:
    assert len(joined([work(title="A book"), work(title="A book", seed="embase:2"), work(title="Another book")])) == 2


@pytest.mark.parametrize(
    ("a", "b", "differ"),
    [
        ("Kites and sleep", "Kites and sleep: a randomised trial", True),
        ("KITES AND SLEEP.", "Kites and Sleep. A randomised trial in 12 adults", True),
        ("Kites and sleep", "Kites and sleep \N{EN DASH} a trial", True),
        ("Kites: do they help?", "Kites: do they help? A trial", True),
        # The same title is no change already; a word more without a sign between, or other words before the sign, is another title.
        ("Kites and sleep", "Kites and sleep", False),
        ("Kites and sleep", "Kites and sleep in adults", False),
        ("Kites and sleep", "Comment on: Kites and sleep", False),
        ("Kites and sleep: a trial", "Kites and sleep: a cohort", False),
        ("Kites and sleep", "Kites and sleep-walking", False),
    ],
)
def test_a_subtitle_stands_behind_a_sign_and_after_the_whole_title(a: str, b: str, *, differ: bool) -> None:
    assert differ_by_subtitle(a, b) is differ_by_subtitle(b, a) is differ


@pytest.mark.parametrize(
    ("kept", "expected"),
    [("Kites: a trial", "Kites: a trial"), ("Planes: a trial", "Kites"), ("Kites", "Kites"), ("", "Kites")],
)
def test_a_work_keeps_the_title_from_which_it_differs_by_a_subtitle_alone(kept: str, expected: str) -> None:
    (found,) = joined([work("W1", title="Kites")])
    assert as_kept(found, Citation(title=kept)).citation.title == expected


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_indexes_changes_neither_works_nor_leads(order: tuple[int, ...]) -> None:
    works = [
        work("W1", "1", "10.5555/1"),
        work("1", "1", seed="embase:2"),
        work("W2", doi="10.5555/2"),
        work(doi="10.5555/2", seed="embase:3"),
    ]
    found = joined([works[place] for place in order])
    assert {one.accession: tuple(lead.seed for lead in one.leads) for one in found} == {
        "1": ("embase:1", "embase:2"),
        "10.5555/2": ("embase:1", "embase:3"),
    }


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 4)), max_size=25), st.randoms(use_true_random=False)
)
def test_every_lead_is_in_one_work_and_no_work_has_two_pmids(rows: list[tuple[int, int, int]], chance: random.Random) -> None:
    chance.shuffle(rows)
    works = [
        work(f"W{place}", str(pmid) if pmid else "", f"10.5555/{doi}" if doi else "", f"T{title}", seed=f"embase:{place}")
        for place, (pmid, doi, title) in enumerate(rows)
    ]
    found = joined(works)
    assert sorted(lead.seed for one in found for lead in one.leads) == sorted(f"embase:{place}" for place in range(len(rows)))
    by_seed = {lead.seed: one for one in found for lead in one.leads}
    for place, (pmid, _, _) in enumerate(rows):
        assert not pmid or by_seed[f"embase:{place}"].citation.pmid == str(pmid)


def test_what_is_kept_is_read_again_as_it_was() -> None:
    citation = Citation(title="A “title”", pmid="1", abstract=(Section("Aim", "x < y"),))
    facts = IndexFacts(
        {"embase:1": "MED/1"},
        (Relation("MED/1", CitationDirection.FORWARD, "MED/2"),),
        (LooseWork("MED/1", CitationDirection.BACKWARD, citation),),
        {"MED/2": citation},
        {"MED/3": citation},
    )
    assert read_facts(write_facts(facts)) == facts
    (found,) = joined([FoundWork("W1", citation, (LEAD,))])
    (entry,) = parse_joined(write_joined([found])).entries
    assert (entry.citation, entry.accession, entry.raw) == (citation, "1", found.raw)
