"""Which reports are suggested as one study, on what grounds, and through what a register entry is captured."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from prisma_tool.model.record.citation import Author, Citation, Link, Trial
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs
from prisma_tool.studies import links
from prisma_tool.studies.links import Ground, Strength

MakeReview = Callable[..., Review]
NUMBER = "NCT99000001"
ENTRY = Citation(title="An invented trial", trial=Trial(), registry_numbers=(NUMBER, "ISRCTN99000001"))
PAPER = Citation(title="Results of an invented trial", pmid="99000001", registry_numbers=(NUMBER,))


@pytest.fixture
def held(make_review: MakeReview) -> Callable[..., Review]:
    """A review that holds these publications (by PMID) and register entries (by number)."""
    review = make_review()

    def hold(*citations: Citation) -> Review:
        with review.store.write() as transaction:
            for citation in citations:
                name, kind = ("ClinicalTrials.gov", SourceKind.REGISTER) if citation.trial else ("PubMed", SourceKind.DATABASE)
                source = runs.register_source(transaction, name, kind).slug
                run = runs.begin_run(transaction, source)
                accession = citation.registry_numbers[0] if citation.trial else citation.pmid
                records.store_batch(transaction, run.id, [records.Delivery(source, accession, citation)])
        return review

    return hold


def grounds(review: Review) -> dict[str, str]:
    return {key: str(ground) for one in links.suggest(review) for key, _, ground in one.reports}


def test_a_number_that_two_sources_give_is_a_strong_ground(held: Callable[..., Review]) -> None:
    (found,) = links.suggest(held(ENTRY, PAPER))
    assert (found.number, found.strength) == (NUMBER, Strength.STRONG)
    assert found.keys == (f"ctgov:{NUMBER}", "pubmed:99000001")


def test_a_secondary_number_joins_the_same_trial_of_another_register(held: Callable[..., Review]) -> None:
    other = replace(PAPER, registry_numbers=("ISRCTN99000001",))
    assert [one.number for one in links.suggest(held(ENTRY, other))] == ["ISRCTN99000001"]


@pytest.mark.parametrize(("kind", "suggested"), [("RESULT", True), ("DERIVED", True), ("BACKGROUND", False), ("", False)])
def test_the_registers_own_references_count_by_their_kind(held: Callable[..., Review], kind: str, suggested: bool) -> None:
    entry = replace(ENTRY, links=(Link(kind, "99000001"),))
    review = held(entry, replace(PAPER, registry_numbers=()))
    assert bool(links.suggest(review)) is suggested
    with review.store.read() as transaction:
        stored = records.records_by_key(transaction, [f"ctgov:{NUMBER}"])[f"ctgov:{NUMBER}"]
        assert [one.pmid for one in links.captured_through(transaction, stored)] == (["99000001"] if suggested else [])


def test_a_number_merely_mentioned_is_a_medium_ground_and_none_in_a_review(held: Callable[..., Review]) -> None:
    mention = Citation(title="Another paper", pmid="99000002", mentioned_numbers=(NUMBER,))
    overview = Citation(title="An overview", pmid="99000003", mentioned_numbers=(NUMBER,), publication_types=("Review",))
    (found,) = links.suggest(held(PAPER, mention, overview))
    assert found.strength is Strength.MEDIUM
    assert found.keys == ("pubmed:99000001", "pubmed:99000002")


def test_an_erratum_belongs_to_the_study_of_its_paper_and_a_comment_does_not(held: Callable[..., Review]) -> None:
    paper = Citation(title="A paper without a number", pmid="99000009")
    erratum = Citation(title="Erratum", pmid="99000002", links=(Link("ErratumFor", "99000009"),))
    comment = Citation(title="Comment", pmid="99000003", links=(Link("CommentOn", "99000009"),))
    told = grounds(held(paper, erratum, comment))
    assert told["pubmed:99000009"] == Ground.NOTICED, "the paper itself corrects nothing"
    assert told["pubmed:99000002"] == Ground.NOTICE
    assert "pubmed:99000003" not in told


def people(**changes: Any) -> Citation:
    authors = tuple(Author(name, "Given") for name in ("Quistgaard", "Okonkwo", "Tanaka", "Moreau"))
    basis = Citation(title="CD33 CAR-T cells in refractory leukaemia: first results", authors=authors, year=2019, pmid="99000001")
    return replace(basis, **changes)


def test_the_same_people_under_like_titles_are_a_weak_ground_among_reports_that_passed_screening(
    held: Callable[..., Review],
) -> None:
    review = held(people(), people(title="CD33 CAR-T cells in refractory leukaemia: two years later", year=2021, pmid="99000002"))
    assert links.suggest(review) == []
    decide(review, [Decision(f"pubmed:9900000{n}", Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE) for n in (1, 2)])
    (found,) = links.suggest(review)
    assert (found.number, found.strength) == ("Quistgaard 2019", Strength.WEAK)


def test_different_registry_numbers_speak_against_likeness(held: Callable[..., Review]) -> None:
    review = held(
        people(registry_numbers=(NUMBER,)),
        people(registry_numbers=("NCT99000002",), pmid="99000002", title="CD33 CAR-T cells again"),
    )
    decide(review, [Decision(f"pubmed:9900000{n}", Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE) for n in (1, 2)])
    assert links.suggest(review) == []


def test_what_is_linked_is_not_suggested_again(held: Callable[..., Review]) -> None:
    review = held(ENTRY, PAPER)
    links.link(review, "The trial", [f"ctgov:{NUMBER}", "pubmed:99000001"], "Ada")
    assert links.suggest(review) == []
    links.unlink(review, "pubmed:99000001", "Ada")
    assert len(links.suggest(review)) == 1
