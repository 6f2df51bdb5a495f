"""Exports of trial registers: ClinicalTrials.gov's tables, classic JSON and XML, and the WHO's ICTRP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prisma_tool.errors import FormatError
from prisma_tool.formats.registry import read
from prisma_tool.model.record.citation import Link

NEW = (
    "NCT Number,Study Title,Study URL,Study Status,Brief Summary,Study Results,Conditions,Interventions,Primary Outcome Measures,"
    "Sponsor,Phases,Enrollment,Study Type,Study Design,Other IDs,Start Date,First Posted,Locations\n"
    'NCT01234567,A trial,https://clinicaltrials.gov/study/NCT01234567,COMPLETED,Why.,YES,A|B,DRUG: X|OTHER: Y,"Pain, 2 weeks",'
    'Firm,PHASE2|PHASE3,101,INTERVENTIONAL,Allocation: RANDOMIZED,2005-001234-12|ISRCTN12345678,2020-06,2020-03-31,"S, Rome, Italy|T, Oslo, Norway"\n'
)
CLASSIC = (
    "Rank,NCT Number,Title,Acronym,Status,Study Results,Conditions,Interventions,Outcome Measures,Sponsor/Collaborators,Gender,Age,"
    "Phases,Enrollment,Funded Bys,Study Type,Other IDs,Start Date,First Posted,Locations,URL\n"
    '1,NCT01234567,A trial,TRY,"Active, not recruiting",No Results Available,A|B,Drug: X,Pain,Firm|Other,All,"18 Years and older",'
    'Phase 2,40,Industry,Interventional,X-1,"June 1, 2020","March 3, 2021","S, Rome, Italy",https://ClinicalTrials.gov/show/NCT01234567\n'
)
ICTRP = """<?xml version="1.0" encoding="UTF-8"?><Trials_downloaded_from_ICTRP>
<Trial><Internal_Number>9</Internal_Number><TrialID>ChiCTR2000029953
</TrialID><Public_title>Masks &amp; colds</Public_title><Scientific_title>A randomised trial</Scientific_title>
<Primary_sponsor>Hospital</Primary_sponsor><Date_registration3>20200217</Date_registration3><Source_Register>ChiCTR</Source_Register>
<web_address>http://www.chictr.org.cn/showproj.aspx?proj=1</web_address><Recruitment_Status>Recruiting</Recruitment_Status>
<Countries>China;Japan</Countries><Condition>Cold&lt;br&gt;Flu</Condition><Intervention>masks:None;</Intervention><Phase>N/A</Phase>
<Target_size>arm one:30;arm two:30;</Target_size><Inclusion_agemin>18</Inclusion_agemin><Inclusion_Criteria>Adults</Inclusion_Criteria>
<Secondary_ID>NCT01234567</Secondary_ID><results_yes_no>Yes</results_yes_no></Trial>
<Trial><TrialID>broken</Trial>
<Trial><TrialID>ISRCTN12345678</TrialID><Scientific_title>Only this</Scientific_title></Trial>
</Trials_downloaded_from_ICTRP>"""
XML = """<?xml version="1.0"?><clinical_study rank="1"><required_header><url>https://clinicaltrials.gov/show/NCT01234567</url></required_header>
<id_info><org_study_id>X</org_study_id><secondary_id>ISRCTN12345678</secondary_id><nct_id>NCT01234567</nct_id></id_info>
<brief_title>A trial</brief_title><sponsors><lead_sponsor><agency>Firm</agency></lead_sponsor></sponsors>
<brief_summary><textblock>
   Why.
</textblock></brief_summary><overall_status>Active, not recruiting</overall_status><phase>Phase 2</phase>
<primary_outcome><measure>Pain</measure><time_frame>2 weeks</time_frame></primary_outcome><enrollment type="Actual">40</enrollment>
<condition>A</condition><condition>B</condition><intervention><intervention_type>Drug</intervention_type>
<intervention_name>X</intervention_name></intervention><eligibility><criteria><textblock>Adults</textblock></criteria><gender>All</gender></eligibility>
<location_countries><country>Italy</country></location_countries><study_first_posted type="Actual">March 3, 2021</study_first_posted>
<results_reference><citation>Smith. 2022.</citation><PMID>31366609</PMID></results_reference><keyword>k</keyword>
<condition_browse><mesh_term>Pain</mesh_term></condition_browse></clinical_study>"""


def test_the_web_sites_table_gives_trials_as_the_service_does() -> None:
    parsed = read(NEW.encode())
    entry = parsed.entries[0]
    citation, trial = entry.citation, entry.citation.trial
    assert (parsed.format, parsed.platform, entry.accession) == ("csv", "ClinicalTrials.gov", "NCT01234567")
    assert trial is not None
    assert (citation.title, citation.is_register_entry, citation.year, citation.status) == ("A trial", True, 2020, "COMPLETED")
    assert citation.registry_numbers == ("NCT01234567", "ISRCTN12345678")
    assert (trial.conditions, trial.interventions, trial.phases) == (("A", "B"), ("DRUG: X", "OTHER: Y"), ("PHASE2", "PHASE3"))
    assert (trial.enrolment, trial.countries, trial.has_results, trial.sponsor) == (101, ("Italy", "Norway"), True, "Firm")
    assert {part.label: part.text for part in citation.abstract}["Primary outcomes"] == "Pain, 2 weeks"


def test_the_classic_table_is_read_under_its_own_headers() -> None:
    citation = read(CLASSIC.encode()).entries[0].citation
    assert citation.trial is not None
    assert (citation.nct, citation.status, citation.trial.has_results) == ("NCT01234567", "ACTIVE_NOT_RECRUITING", False)
    assert (citation.trial.acronym, citation.trial.enrolment, citation.year) == ("TRY", 40, 2021)
    assert ("Funded Bys", "Industry") in citation.extra


def test_a_table_of_articles_with_trial_numbers_is_none_of_registrations() -> None:
    citation = read(b"PMID,Title,NCT Number\n31366609,T,NCT01234567\n").entries[0].citation
    assert (citation.trial, citation.nct, citation.pmid) == (None, "NCT01234567", "31366609")


def _classic() -> dict[str, Any]:
    study = {
        "ProtocolSection": {
            "IdentificationModule": {
                "NCTId": "NCT01234567",
                "BriefTitle": "A trial",
                "OrgStudyIdInfo": {"OrgStudyId": "X-1"},
                "SecondaryIdInfoList": {"SecondaryIdInfo": [{"SecondaryId": "ISRCTN12345678", "SecondaryIdType": "Registry"}]},
            },
            "StatusModule": {
                "OverallStatus": "Active, not recruiting",
                "StartDateStruct": {"StartDate": "June 2020", "StartDateType": "Actual"},
                "StudyFirstPostDateStruct": {"StudyFirstPostDate": "March 3, 2021"},
            },
            "SponsorCollaboratorsModule": {"LeadSponsor": {"LeadSponsorName": "Firm"}},
            "ConditionsModule": {"ConditionList": {"Condition": ["A", "B"]}},
            "DesignModule": {
                "PhaseList": {"Phase": ["Phase 2"]},
                "EnrollmentInfo": {"EnrollmentCount": "40", "EnrollmentType": "Actual"},
            },
            "ArmsInterventionsModule": {
                "InterventionList": {"Intervention": [{"InterventionType": "Drug", "InterventionName": "X"}]}
            },
            "OutcomesModule": {
                "PrimaryOutcomeList": {"PrimaryOutcome": [{"PrimaryOutcomeMeasure": "Pain", "PrimaryOutcomeTimeFrame": "2 w"}]}
            },
            "ReferencesModule": {"ReferenceList": {"Reference": [{"ReferencePMID": "31366609", "ReferenceType": "result"}]}},
        }
    }
    return {"FullStudiesResponse": {"NStudiesFound": 1, "FullStudies": [{"Rank": 1, "Study": study}]}}


def test_classic_json_is_read_into_todays_fields_with_a_warning() -> None:
    parsed = read(json.dumps(_classic()).encode())
    citation, trial = parsed.entries[0].citation, parsed.entries[0].citation.trial
    assert trial is not None
    assert (citation.status, trial.started, trial.first_posted, trial.phases) == (
        "ACTIVE_NOT_RECRUITING",
        "2020-06",
        "2021-03-03",
        ("PHASE2",),
    )
    assert (trial.conditions, trial.interventions, trial.enrolment, trial.sponsor) == (("A", "B"), ("Drug: X",), 40, "Firm")
    assert citation.registry_numbers == ("NCT01234567", "ISRCTN12345678")
    assert citation.links == (Link("RESULT", "31366609", ""),)
    assert {part.label: part.text for part in citation.abstract}["Primary outcomes"] == "Pain [2 w]"
    assert "classic" in parsed.warnings[0]


def test_classic_studies_that_were_set_apart_are_read_as_a_list() -> None:
    studies = _classic()["FullStudiesResponse"]["FullStudies"]
    assert read(json.dumps(studies).encode()).entries[0].accession == "NCT01234567"
    assert read(json.dumps(studies[0]["Study"]).encode()).entries[0].accession == "NCT01234567"


def test_classic_xml_of_single_trials_is_read() -> None:
    parsed = read(XML.encode())
    citation, trial = parsed.entries[0].citation, parsed.entries[0].citation.trial
    assert trial is not None
    assert (parsed.format, parsed.entries[0].accession, citation.title) == ("ctgov-xml", "NCT01234567", "A trial")
    assert (citation.status, trial.enrolment, trial.countries) == ("ACTIVE_NOT_RECRUITING", 40, ("Italy",))
    assert (citation.mesh, citation.keywords, citation.links) == (
        ("Pain",),
        ("k",),
        (Link("RESULT", "31366609", "Smith. 2022."),),
    )
    assert citation.registry_numbers == ("NCT01234567", "ISRCTN12345678")


def test_the_whos_export_is_read_trial_by_trial() -> None:
    parsed = read(ICTRP.encode())
    first, second = parsed.entries
    trial = first.citation.trial
    assert trial is not None
    assert (parsed.format, parsed.platform, parsed.declared) == ("ictrp-xml", "ICTRP", 3)
    assert (first.accession, first.citation.title, trial.official_title) == (
        "ChiCTR2000029953",
        "Masks & colds",
        "A randomised trial",
    )
    assert (first.citation.published, trial.countries, trial.conditions) == ("2020-02-17", ("China", "Japan"), ("Cold", "Flu"))
    assert (trial.enrolment, trial.has_results, trial.phases) == (None, True, ())
    assert first.citation.registry_numbers == ("ChiCTR2000029953", "NCT01234567")
    assert ("Source Register", "ChiCTR") in first.citation.extra
    assert (second.accession, second.citation.title) == ("ISRCTN12345678", "Only this")
    assert [(reject.line, "not well-formed" in reject.reason) for reject in parsed.rejects] == [(9, True)]


def test_the_whos_tables_give_the_same_trial() -> None:
    table = "TrialID,Last Refreshed on,Public title,Scientific title,Primary sponsor,Date registration3,web address,Countries,Condition\n"
    table += "ChiCTR2000029953,24 August 2020,Masks & colds,A randomised trial,Hospital,20200217.0,http://www.chictr.org.cn,China;Japan,Cold<br>Flu\n"
    parsed = read(table.encode())
    trial = parsed.entries[0].citation.trial
    assert trial is not None
    assert (parsed.format, parsed.platform, parsed.entries[0].accession) == ("csv", "ICTRP", "ChiCTR2000029953")
    assert (trial.conditions, trial.first_posted, trial.updated) == (("Cold", "Flu"), "2020-02-17", "24 August 2020")


@pytest.mark.parametrize("name", ["ictrp-xml", "ctgov-xml"])
def test_entities_of_ones_own_and_other_xml_are_refused(name: str) -> None:
    with pytest.raises(FormatError, match="unsafe"):
        read(b'<!DOCTYPE x [<!ENTITY a "aa">]><Trial><TrialID>&a;</TrialID></Trial>', format=name)
    with pytest.raises(FormatError, match="holds no"):
        read(b"<feed/>", format=name)


def test_a_trial_without_a_number_is_kept_and_one_without_anything_rejected() -> None:
    parsed = read(
        b"<Trials_downloaded_from_ICTRP><Trial><Public_title>T</Public_title></Trial><Trial></Trial></Trials_downloaded_from_ICTRP>"
    )
    assert ([entry.citation.title for entry in parsed.entries], len(parsed.rejects)) == (["T"], 1)
