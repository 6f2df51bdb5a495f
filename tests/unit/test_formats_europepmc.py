"""Answers of Europe PMC, OpenAlex and Crossref: read to the full, and harmless whatever they hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.errors import FormatError
from prisma_tool.formats.citation_indexes import crossref
from prisma_tool.formats.citation_indexes.openalex import parse_work, parse_works, work_number
from prisma_tool.formats.europepmc.reader import ServiceMessage, parse_europepmc, parse_results
from prisma_tool.formats.registry import read
from prisma_tool.model.record.changes import notices
from prisma_tool.model.record.citation import Author, Citation, Link


def result(**fields: Any) -> Citation:
    body = {"hitCount": 1, "resultList": {"result": [{"id": "31000001", "source": "MED", "title": "A title", **fields}]}}
    (entry,) = parse_europepmc(json.dumps(body).encode()).entries
    return entry.citation


def test_a_result_is_read_to_the_full() -> None:
    citation = result(
        title="CO<sub>2</sub> &amp; <i>kites</i>.",
        authorList={
            "author": [
                {"lastName": "Lund", "firstName": "Karin", "initials": "K", "authorId": {"type": "ORCID", "value": "0000-0001"}},
                {"collectiveName": "Kite Study Group"},
                {"fullName": "Berg MA"},
            ]
        },
        abstractText="Before.<h4>Methods</h4>We flew kites (NCT01234567).<h4>Results</h4>P &lt; 0.05.",
        journalInfo={
            "volume": "3",
            "issue": "1",
            "dateOfPublication": "2020 May",
            "journal": {"title": "Kites", "essn": "1234-567X"},
        },
        pageInfo="3-9",
        pubYear="2020",
        doi="10.5555/Kites.1",
        pmcid="PMC77",
        meshHeadingList={
            "meshHeading": [
                {
                    "majorTopic_YN": "N",
                    "descriptorName": "Wind",
                    "meshQualifierList": {"meshQualifier": [{"qualifierName": "therapy", "majorTopic_YN": "Y"}]},
                }
            ]
        },
    )
    assert (citation.title, citation.pmid, citation.doi, citation.pmcid) == (
        "CO₂ & kites.",
        "31000001",
        "10.5555/kites.1",
        "PMC77",
    )
    assert citation.authors == (
        Author("Lund", "Karin", orcid="0000-0001"),
        Author("Kite Study Group", collective=True),
        Author("Berg", "MA"),
    )
    assert citation.abstract_text == "Before.\nMethods: We flew kites (NCT01234567).\nResults: P < 0.05."
    assert (citation.year, citation.pages, citation.issn, citation.mesh) == (2020, "3-9", ("1234-567X",), ("Wind/*therapy",))
    assert citation.mentioned_numbers == ("NCT01234567",)


def test_a_preprint_has_its_server_for_a_journal_and_a_link_to_its_article() -> None:
    related = {"commentCorrection": [{"id": "31000001", "source": "MED", "type": "Preprint of", "reference": "Kites 2021"}]}
    preprint = result(id="PPR1", source="PPR", bookOrReportDetails={"publisher": "medRxiv"}, commentCorrectionList=related)
    assert (preprint.pmid, preprint.journal, preprint.links) == ("", "medRxiv", (Link("PreprintOf", "31000001", "Kites 2021"),))


@pytest.mark.parametrize(
    ("words", "notice"),
    [
        ("Retraction in", "retracted"),
        ("Expression of concern in", "expression of concern"),
        ("Corrected and republished in", "erratum"),
    ],
)
def test_notices_are_known_by_the_words_of_pubmed(words: str, notice: str) -> None:
    related = {"commentCorrection": [{"id": "2", "source": "MED", "type": words}]}
    assert notices(result(commentCorrectionList=related)) == {notice}


def test_a_message_of_the_service_is_no_empty_page() -> None:
    with pytest.raises(ServiceMessage, match="cursor"):
        parse_results(b'{"errCode":404,"errMsg":"Invalid cursorMark value"}')


def test_what_has_no_number_or_no_content_is_a_reject_with_its_reason() -> None:
    page = {"hitCount": 3, "resultList": {"result": [{"title": "No number"}, 7, {"id": "x y", "source": "ABC"}]}}
    parsed = read(json.dumps(page).encode())
    assert (parsed.format, parsed.declared, len(parsed.entries)) == ("europepmc-json", 3, 0)
    assert [reject.reason for reject in parsed.rejects] == ["no source and id", "no source and id", "no bibliographic field"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda one: (
        st.lists(one, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "source",
                    "title",
                    "author",
                    "authorList",
                    "abstract_inverted_index",
                    "reference",
                    "results",
                    "message",
                    "type",
                    "DOI",
                ]
            ),
            one,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_shape_of_json_breaks_a_parser(value: Any) -> None:
    page = {"hitCount": 1, "resultList": {"result": [value]}}
    parsed = parse_europepmc(json.dumps(page).encode())
    assert len(parsed.entries) + len(parsed.rejects) == 1
    works = {
        "meta": {"count": 1, "next_cursor": None},
        "results": [{"id": "https://openalex.org/W1", "authorships": value}, value],
    }
    assert parse_works(json.dumps(works).encode()).works[0].number == "W1"
    list(crossref.references({"reference": [value]}))
    list(crossref.works({"items": [{"DOI": "10.5555/1", "author": value, "issued": value, "title": value}]}))


def test_an_abstract_is_put_together_from_the_places_of_its_words() -> None:
    work = {
        "id": "https://openalex.org/W1",
        "display_name": "A",
        "abstract_inverted_index": {"fly": [1, 4], "Kites": [0], "when": [2], "winds": [3]},
    }
    citation = parse_work(json.dumps(work).encode()).citation
    assert citation.abstract_text == "Kites fly when winds fly"


def test_an_index_with_absurd_places_is_bounded() -> None:
    work = {
        "id": "https://openalex.org/W1",
        "display_name": "A",
        "abstract_inverted_index": {"a": [10**12, -1, 0], "b": list(range(1, 30_000))},
    }
    citation = parse_work(json.dumps(work).encode()).citation
    assert len(citation.abstract_text.split()) == 20_000


@pytest.mark.parametrize(
    ("text", "number"),
    [("https://openalex.org/W12", "W12"), ("w12", "W12"), ("A12", ""), ("https://evil.example/W12", ""), ("W0", "")],
)
def test_a_work_is_known_by_its_own_number_only(text: str, number: str) -> None:
    assert work_number(text) == number


def test_a_list_without_a_count_is_none() -> None:
    with pytest.raises(FormatError):
        parse_works(b'{"results": []}')


def test_references_keep_the_words_that_were_deposited() -> None:
    message = {
        "reference": [
            {"DOI": "10.5555/A", "article-title": "One", "author": "Lund", "year": "2019", "first-page": "3"},
            {"unstructured": "Moreau A. A book. 1999."},
            {"key": "empty"},
        ]
    }
    (doi, first), (_, second) = crossref.references(message)
    assert (doi, first.title, first.year, str(first.authors[0])) == ("10.5555/a", "One", 2019, "Lund")
    assert (second.title, second.doi) == ("Moreau A. A book. 1999.", "")
