"""ClinicalTrials.gov JSON: pages, downloads and single studies, and what screening sees of a study."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prisma_tool.errors import FormatError
from prisma_tool.formats.registers.ctgov_reader import parse_studies
from prisma_tool.formats.registry import read
from prisma_tool.model.record.citation import Citation, Link

STUDY: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {
            "nctId": "NCT01234567",
            "nctIdAliases": ["NCT00000001"],
            "briefTitle": "Oxytocin in Asthma",
            "officialTitle": "A Trial",
            "secondaryIdInfos": [
                {"id": "2005-001234-12", "type": "EUDRACT_NUMBER"},
                {"id": "ISRCTN12345678", "type": "OTHER"},
                {"id": "R01DC011020", "type": "NIH"},
            ],
        },
        "statusModule": {
            "overallStatus": "COMPLETED",
            "studyFirstPostDateStruct": {"date": "2019-02-03"},
            "primaryCompletionDateStruct": {"date": "2020-05"},
            "statusVerifiedDate": "2021-01",
        },
        "sponsorCollaboratorsModule": {"leadSponsor": {"name": "A University"}, "collaborators": [{"name": "B"}, {"name": "C"}]},
        "descriptionModule": {"briefSummary": "One.\n\nDose 10\\^8.\u001b[31m"},
        "designModule": {"phases": ["PHASE2"], "studyType": "INTERVENTIONAL", "enrollmentInfo": {"count": 18, "type": "ACTUAL"}},
        "armsInterventionsModule": {"interventions": [{"type": "DRUG", "name": "Oxytocin"}]},
        "referencesModule": {
            "references": [{"pmid": "31246132", "type": "RESULT", "citation": "Coo IF."}, {"citation": "Book."}]
        },
        "eligibilityModule": {"minimumAge": "5 Years", "sex": "ALL"},
    },
    "hasResults": True,
}


def _citation(document: Any) -> Citation:
    return parse_studies(json.dumps(document).encode()).parsed.entries[0].citation


def test_a_page_a_list_and_a_single_study_hold_the_same_record() -> None:
    single = _citation(STUDY)
    assert _citation([STUDY]) == single == _citation({"studies": [STUDY]})
    assert single.urls == ("https://clinicaltrials.gov/study/NCT01234567",)


def test_what_no_field_of_a_citation_takes_is_kept_beside_it() -> None:
    extra = dict(_citation(STUDY).extra)
    assert (extra["Collaborators"], extra["Primary completion"], extra["Status verified"]) == ("B; C", "2020-05", "2021-01")


def test_registrations_are_identifiers_and_grants_are_not() -> None:
    assert _citation(STUDY).registry_numbers == ("NCT01234567", "NCT00000001", "EudraCT 2005-001234-12", "ISRCTN12345678")


def test_the_abstract_shows_the_pico_in_readable_lines() -> None:
    sections = {part.label: part.text for part in _citation(STUDY).abstract}
    assert sections["Summary"] == "One.\nDose 10^8."
    assert sections["Interventions"] == "Drug: Oxytocin"
    assert sections["Design"] == "Interventional, Phase 2"
    assert sections["Enrolment"] == "18 (actual)"
    assert sections["Eligibility"] == "5 Years and older; All sexes"


def test_publications_keep_the_registers_word_for_their_relation() -> None:
    assert _citation(STUDY).links == (Link("RESULT", "31246132", "Coo IF."), Link("", "", "Book."))


def test_the_trial_keeps_what_a_citation_cannot_hold() -> None:
    citation = _citation(STUDY)
    assert citation.trial is not None
    assert (citation.year, citation.trial.has_results, citation.trial.enrolment) == (2019, True, 18)


def test_the_token_and_total_of_a_page_are_given_even_when_it_is_empty() -> None:
    page = parse_studies(b'{"totalCount": 21, "studies": [], "nextPageToken": "abc"}')
    assert (page.parsed.declared, page.next_page_token, page.total) == (0, "abc", 21)


def test_a_study_without_a_valid_number_is_a_reject() -> None:
    page = parse_studies(json.dumps({"studies": [STUDY, {"protocolSection": {}}, "text"]}).encode())
    assert [(one.line, one.reason) for one in page.parsed.rejects] == [(2, "no NCT number"), (3, "no NCT number")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Parameter 'fields' contains invalid field name", "invalid field name"),
        (b'{"error": "API rate limit exceeded"}', "API rate limit exceeded"),
        (b'{"FullStudiesResponse": {}}', "classic"),
        (b'{"studies": [', "line 1"),
        (b'["a"]', "no records that are known"),
    ],
)
def test_other_json_is_refused_in_the_services_own_words(data: bytes, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        parse_studies(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"results": [{"id": "https://openalex.org/W1"}]}', "an answer of OpenAlex"),
        (b'{"message-type": "work-list", "message": {"items": []}}', "an answer of Crossref"),
        (b'[{"itemType": "journalArticle"}]', "Zotero's own JSON"),
        (b'{"esearchresult": {"idlist": ["1"]}}', "an answer of NCBI without records"),
        (b'{"a": 1}', r"no records that are known\. It reads “{\"a\": 1}”\. JSON is read from ClinicalTrials.gov, as CSL-JSON"),
    ],
)
def test_json_of_others_is_refused_with_what_it_seems_to_be(data: bytes, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        read(data)


def test_a_printed_list_of_references_is_no_json() -> None:
    with pytest.raises(FormatError, match="a printed list of references"):
        read(b"[1] Smith J. Gowns in the ward. J Wards 2010;3:1-2.\n[2] Doe J. Masks. J Wards 2011;4:5.\n")
