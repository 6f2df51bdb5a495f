"""Two reports of one group are never joined, however alike they look, and one report in two exports is."""

from __future__ import annotations

from functools import cache

import pytest
from generated_siblings.corpus import corpus
from generated_siblings.judging import Answer, JudgedCorpus, JudgedPair, judge
from generated_siblings.pairs import Pair, Truth
from msgspec.structs import replace

EACH = 2
JOINED_SHARE = 0.87
"""Of these duplicates; a person is asked about most of the others."""
OFFERED_SHARE = 0.9
PAIRS = tuple(corpus(EACH))


def kinds(truth: Truth) -> list[str]:
    return list(dict.fromkeys(pair.kind for pair in PAIRS if pair.truth is truth))


@cache
def judged() -> JudgedCorpus:
    """All pairs are judged once, in one call and each alone."""
    return judge(PAIRS)


def of(truth: Truth, kind: str = "") -> list[JudgedPair]:
    return [one for one in judged().pairs if one.pair.truth is truth and kind in {"", one.pair.kind}]


def described(one: JudgedPair) -> str:
    """A pair for whoever reads why a test failed."""
    titles = " | ".join(citation.title for citation in one.pair.citations)
    return f"{one.pair.shape}: {titles}: {one.comparison.reason}"


@pytest.mark.parametrize("kind", kinds(Truth.SIBLINGS))
def test_no_siblings_are_joined_alone_in_a_review_or_through_a_third_record(kind: str) -> None:
    assert [described(one) for one in of(Truth.SIBLINGS, kind) if one.joined_anywhere] == []


@pytest.mark.parametrize("kind", kinds(Truth.UNDECIDABLE))
def test_a_person_is_asked_where_the_rows_do_not_tell(kind: str) -> None:
    assert [described(one) for one in of(Truth.UNDECIDABLE, kind) if not one.asked] == []


def test_most_siblings_with_like_titles_are_offered_or_explained() -> None:
    like = [one for one in of(Truth.SIBLINGS) if one.has_like_titles]
    offered = [one for one in like if one.asked or one.explained]
    assert len(offered) >= OFFERED_SHARE * len(like) > 0


def test_true_duplicates_are_joined_as_often_as_before() -> None:
    duplicates = of(Truth.DUPLICATES)
    joined = [one for one in duplicates if one.together is Answer.JOINED]
    assert len(joined) >= JOINED_SHARE * len(duplicates) > 0


def test_records_of_two_groups_are_never_joined() -> None:
    assert judged().mixed_clusters == 0


def test_the_pairs_are_the_same_for_one_seed_and_others_for_another() -> None:
    assert tuple(corpus(EACH)) == PAIRS
    assert tuple(corpus(EACH, seed=17)) != PAIRS


@pytest.mark.parametrize("kind", kinds(Truth.SIBLINGS))
def test_siblings_differ_in_more_than_their_accession_numbers(kind: str) -> None:
    assert all(content(pair)[0] != content(pair)[1] for pair in PAIRS if pair.kind == kind)


def content(pair: Pair) -> tuple[object, object]:
    """What the two records say of the reports: neither accession numbers nor how names are written."""
    first, second = (
        (
            replace(one, extra=(), authors=(), journal="", title=one.title.casefold()),
            {author.family for author in one.authors},
        )
        for one in pair.citations
    )
    return first, second
