"""What a citation search asked, asked again in as few questions as ask the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prisma_tool.identify.citations.question import ASKED, CitationQuestion, combined, command_again, kept, written
from prisma_tool.model.protocol.protocol import CITATION_SEARCH
from prisma_tool.sources.citations.index import CitationDirection

BACKWARD, FORWARD = CitationDirection.BACKWARD, CitationDirection.FORWARD
ALL = CitationQuestion(origins=("included",))
NAMED = CitationQuestion(origins=("embase:1",))


def test_what_a_run_keeps_gives_its_question_again_without_the_seeds() -> None:
    question = CitationQuestion(("embase:1",), (FORWARD, BACKWARD), 2, ("sought", "embase:1"), ("openalex", "crossref"))
    again = kept(written(question, ["embase:1"]))
    assert again == CitationQuestion((), (BACKWARD, FORWARD), 2, ("sought", "embase:1"), ("crossref", "openalex"))


@pytest.mark.parametrize(
    ("question", "command"),
    [
        (CitationQuestion(), "prisma-tool cite"),
        (
            CitationQuestion((), (BACKWARD,), 2, ("sought", "embase:a b"), ("openalex",)),
            "prisma-tool cite --backward --from sought --from 'embase:a b' --index openalex --rounds 2",
        ),
    ],
)
def test_an_unfinished_search_names_the_command_that_asks_the_same(question: CitationQuestion, command: str) -> None:
    assert command_again(CITATION_SEARCH, {ASKED: written(question, [])}) == command
    assert command_again("pubmed", {}) == "prisma-tool search pubmed"


def test_the_included_reports_are_the_origin_where_none_was_named() -> None:
    assert kept(written(CitationQuestion(), ["embase:1"])).origins == ("included",)


def test_seeds_without_a_word_on_their_origin_were_named_themselves() -> None:
    assert kept(written(CitationQuestion(("embase:1",)), ["embase:1"])).origins == ("embase:1",)


@pytest.mark.parametrize(
    ("asked", "again"),
    [
        ([], []),
        ([ALL], [("included",)]),
        ([ALL, ALL], [("included",)]),
        ([ALL, NAMED], [("included", "embase:1")]),
        ([NAMED, CitationQuestion(origins=("embase:2",))], [("embase:1", "embase:2")]),
        # One index, one direction or one round of what is asked anyway.
        ([replace(ALL, indexes=("openalex",)), ALL], [("included",)]),
        ([replace(ALL, directions=(BACKWARD,)), ALL], [("included",)]),
        ([replace(ALL, rounds=2), ALL], [("included",)]),
        # The same way from other seeds, and all indexes where only one is asked otherwise: neither holds the other.
        ([CitationQuestion(origins=("embase:1",), directions=(BACKWARD,)), ALL], [("embase:1",), ("included",)]),
        (
            [replace(ALL, directions=(BACKWARD,)), replace(ALL, indexes=("openalex",), directions=(FORWARD,))],
            [("included",), ("included",)],
        ),
    ],
)
def test_as_few_questions_as_ask_the_same(asked: list[CitationQuestion], again: list[tuple[str, ...]]) -> None:
    assert [one.origins for one in combined(asked)] == again
