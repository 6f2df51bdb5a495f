"""Looking for text in a review, on both databases alike."""

from __future__ import annotations

import pytest

from prisma_tool.model.record.citation import Author, Citation, Section
from prisma_tool.model.text_query import text_query
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.store.engine.database import Store
from prisma_tool.store.index import arrival_order, text_index
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs

PAPERS = {
    "1": Citation(title="CAR-T cells in relapsed leukaemia", authors=(Author("Müller", "Z"),), year=2021, doi="10.5555/aml.1"),
    "2": Citation(title="Natural killer cells", abstract=(Section("METHODS", "Mice with leukemia and CAR receptors, not T."),)),
    "3": Citation(title="AND OR NOT near(a, b) {weird} col:umn", keywords=("leukemias",)),
}


def stored(store: Store, contents: dict[str, Citation]) -> None:
    with store.write() as transaction:
        source = runs.register_source(transaction, "PubMed", SourceKind.DATABASE)
        run = runs.begin_run(transaction, source.slug)
        records.store_batch(transaction, run.id, [records.Delivery(source.slug, number, one) for number, one in contents.items()])


@pytest.fixture
def filled(store: Store) -> Store:
    stored(store, PAPERS)
    return store


def found(store: Store, typed: str) -> list[str]:
    with store.read() as transaction:
        return sorted(key.removeprefix("pubmed:") for key in text_index.keys_matching(transaction, text_query(typed)))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("cells", ["1", "2"]),
        ("leuk*", ["1", "2", "3"]),
        ("leukemia", ["2"]),
        ("car-t", ["1"]),
        ('"natural killer"', ["2"]),
        ('"killer natural"', []),
        ("muller 2021", ["1"]),
        ("10.5555/AML.1", ["1"]),
        ("cells -mice", ["1"]),
        ("-mice", ["1", "3"]),
        ("", []),
        ("NOT OR AND near( b col:umn", ["3"]),
        ('" * ^ {', []),
    ],
)
def test_words_prefixes_and_phrases_find_what_contains_them(filled: Store, typed: str, expected: list[str]) -> None:
    assert found(filled, typed) == expected
    with filled.read() as transaction:
        places = text_index.positions_matching(transaction, text_query(typed))
        keys = arrival_order.keys_at(transaction, places)
    assert [key.removeprefix("pubmed:") for key in keys] == expected, "in the order of arrival"


def test_a_changed_record_is_found_by_its_new_words_alone(filled: Store) -> None:
    stored(filled, {"1": Citation(title="CAR-T cells in relapsed lymphoma", doi="10.5555/aml.1")})
    assert (found(filled, "lymphoma"), found(filled, "leukaemia")) == (["1"], [])


@pytest.mark.parametrize("letter", ["'", '"', "\\", "%", "\x00", "ß", "中", "é"])
def test_no_sign_can_break_out_of_the_question(filled: Store, letter: str) -> None:
    assert found(filled, f"cells{letter}") in (["1", "2"], [])
    assert found(filled, f"{letter}") == []
