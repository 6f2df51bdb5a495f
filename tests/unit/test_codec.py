"""Citations survive their storage as JSON, and newer versions' fields do not break older programs."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from prisma_tool.model.record.citation import Author, Citation, Link, Section, Trial
from prisma_tool.model.record.codec import decode, encode
from prisma_tool.store.index.text_index import text_of, text_of_content

text = st.text(max_size=12)
texts = st.lists(text, max_size=3).map(tuple)
sections = st.lists(st.builds(Section, text, text), max_size=2).map(tuple)
trials = st.builds(
    Trial,
    acronym=text,
    sponsor=text,
    conditions=texts,
    phases=texts,
    enrolment=st.none() | st.integers(0, 9),
    has_results=st.booleans(),
)
citations = st.builds(
    Citation,
    title=text,
    authors=st.lists(st.builds(Author, text, text, text, st.booleans(), text), max_size=2).map(tuple),
    year=st.none() | st.integers(0, 2100),
    issn=texts,
    abstract=sections,
    other_abstracts=sections,
    mesh=texts,
    registry_numbers=texts,
    links=st.lists(st.builds(Link, text, text, text), max_size=2).map(tuple),
    trial=st.none() | trials,
    extra=st.lists(st.tuples(text, text), max_size=2).map(tuple),
)


@example(Citation(trial=Trial()))
@given(citations)
def test_what_is_encoded_is_decoded_again(citation: Citation) -> None:
    assert decode(encode(citation)) == citation
    assert decode(encode(citation), {*Citation.__struct_fields__}) == citation


@given(citations)
def test_what_is_indexed_is_the_same_whether_all_of_a_content_is_read_or_only_that(citation: Citation) -> None:
    assert text_of_content(encode(citation)) == text_of(citation)


def test_a_content_that_another_program_wrote_is_indexed_as_it_is_read() -> None:
    odd = json.dumps({"title": "T", "year": "2020", "mesh": ["A", "B"], "trial": {"acronym": "X", "colour": "red"}})
    assert text_of_content(odd) == text_of(decode(odd)) == "t 2020 a b x"


@pytest.mark.parametrize("year", [None, "2020", 2020.5, [2020]])
def test_values_of_other_types_are_taken_as_they_stand(year: object) -> None:
    assert decode(json.dumps({"title": "T", "year": year})).year == (tuple(year) if isinstance(year, list) else year)


def test_a_plain_citation_is_stored_as_what_it_holds_and_no_more() -> None:
    assert encode(Citation(title="β", authors=(Author("Ash"),))) == '{"authors":[{"family":"Ash"}],"title":"β"}'


def test_fields_of_a_later_version_are_passed_over() -> None:
    later = {"title": "T", "mood": "good", "authors": [{"family": "Ash", "shoe": 42}], "trial": {"acronym": "X", "colour": "red"}}
    assert decode(json.dumps(later)) == Citation(title="T", authors=(Author("Ash"),), trial=Trial(acronym="X"))
