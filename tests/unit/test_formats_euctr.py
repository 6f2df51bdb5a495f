"""Text downloads of the EU Clinical Trials Register: a trial, or a member state's form of one, is an entry; nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.errors import FormatError
from prisma_tool.formats.joining import joined
from prisma_tool.formats.registry import read
from prisma_tool.formats.tagged.euctr_text import FORMAT, parse_euctr_text

# Invented, in the shape of the register's "Summary" download.
SUMMARY = """EudraCT Number:          2014-009354-42
Sponsor Protocol Number: WARD-2014
Sponsor Name:            Örebro Invented Hospital
Full Title:              Gowns after
                         surgery in wards
Start Date*:             2014-12-16
Medical condition:       Wound infection
Disease:                 Version: 17.0, Term: Wound infection, Level: PT
Population Age:          Adults, Elderly
Gender:                  Male, Female
Trial protocol:          SE(Completed) DK(Ongoing)
Trial results:           View results
Link:                    https://www.clinicaltrialsregister.eu/ctr-search/search?query=eudract_number:2014-009354-42

EudraCT Number:          2015-009355-43
Sponsor Protocol Number: MASK-2015
Sponsor Name:            Invented Firm GmbH
Full Title:              Masks in corridors
Trial results:           (No results available)
Link:                    https://www.clinicaltrialsregister.eu/ctr-search/search?query=eudract_number:2015-009355-43
"""
# Invented, in the shape of the register's "Full Trial Details" download.
FULL = """Summary
EudraCT Number: 2014-009354-42
Sponsor's Protocol Code Number: WARD-2014
National Competent Authority: Sweden - MPA
Clinical Trial Type: EEA CTA
Trial Status: Completed
Date on which this record was first entered in the EudraCT database: 2014-11-20
Link: https://www.clinicaltrialsregister.eu/ctr-search/trial/2014-009354-42/SE/

A. Protocol Information
A.1 Member State Concerned: Sweden - MPA
A.2 EudraCT number: 2014-009354-42
A.3 Full title of the trial: Gowns after surgery in wards
A.3.2 Name or abbreviated title of the trial where available: WARD
A.5.1 ISRCTN (International Standard Randomised Controlled Trial) Number: ISRCTN12345678
A.5.2 US NCT (ClinicalTrials.gov registry) number: NCT01234567
B. Sponsor Information
B.Sponsor: 1
B.1.1 Name of Sponsor: Invented Hospital
D. IMP Identification
D.IMP: 1
D.3.1 Product name: Gown A
D.IMP: 2
D.3.1 Product name: Gown B
E. General Information on the Trial
E.1 Medical condition or disease under investigation
E.1.1 Medical condition(s) being investigated: Wound infection
E.1.3 Condition being studied is a rare disease: No
E.2.1 Main objective of the trial: To compare gowns.
E.3 Principal inclusion criteria: Adults
E. coli carriers: allowed
Age: over 18
E.4 Principal exclusion criteria: Children
E.5.1 Primary end point(s): Infections
E.7.2 Therapeutic exploratory (Phase II): No
E.7.3 Therapeutic confirmatory (Phase III): Yes
F.4.2.2 In the whole clinical trial: 2571
N. Competent Authority Decision: Authorised
P. End of Trial Status: Completed
P. Date of the global end of the trial: 2020-04-01

Summary
EudraCT Number: 2014-009354-42
Sponsor's Protocol Code Number: WARD-2014
Link: https://www.clinicaltrialsregister.eu/ctr-search/trial/2014-009354-42/DK/
A.3 Full title of the trial: Gowns after surgery in wards
"""


def test_a_summary_is_read_with_the_number_as_accession() -> None:
    parsed = read(SUMMARY.encode())
    (gowns, masks) = parsed.entries

    assert (parsed.format, parsed.platform, parsed.declared, gowns.accession) == (FORMAT, "EUCTR", 2, "2014-009354-42")
    assert (gowns.citation.title, masks.citation.title) == ("Gowns after surgery in wards", "Masks in corridors")
    assert (gowns.citation.year, gowns.citation.registry_numbers) == (2014, ("EudraCT 2014-009354-42",))
    assert gowns.citation.trial is not None
    assert (gowns.citation.trial.sponsor, gowns.citation.trial.conditions) == ("Örebro Invented Hospital", ("Wound infection",))
    assert (gowns.citation.trial.started, gowns.citation.trial.has_results) == ("2014-12-16", True)
    assert masks.citation.trial is not None
    assert not masks.citation.trial.has_results
    assert ("Disease", "Version: 17.0, Term: Wound infection, Level: PT") in gowns.citation.extra


def test_a_full_download_has_an_entry_for_each_member_state() -> None:
    sweden, denmark = read(FULL.encode()).entries

    assert (sweden.accession, denmark.accession) == ("2014-009354-42-SE", "2014-009354-42-DK")
    assert sweden.citation.title == denmark.citation.title == "Gowns after surgery in wards"
    assert sweden.citation.registry_numbers == ("EudraCT 2014-009354-42", "NCT01234567", "ISRCTN12345678")
    assert denmark.citation.trial is not None
    assert denmark.citation.trial.sponsor == ""


def test_the_answers_of_a_full_form_fill_the_trial() -> None:
    trial = read(FULL.encode()).entries[0].citation.trial

    assert trial is not None
    assert (trial.acronym, trial.status, trial.phases, trial.enrolment) == ("WARD", "Completed", ("Phase III",), 2571)
    assert (trial.interventions, trial.countries) == (("Gown A", "Gown B"), ("Sweden",))
    assert (trial.first_posted, trial.completed) == ("2014-11-20", "2020-04-01")


def test_lines_of_a_criterion_that_resemble_labels_stay_in_it() -> None:
    citation = read(FULL.encode()).entries[0].citation

    assert "Inclusion: Adults\nE. coli carriers: allowed\nAge: over 18\nExclusion: Children" in citation.abstract_text


def test_an_entry_without_a_valid_number_is_a_reject_with_its_line() -> None:
    parsed = read(SUMMARY.replace("2015-009355-43\nS", "2015-43\nS").encode())

    assert (parsed.declared, len(parsed.entries)) == (2, 1)
    assert [(reject.line, reject.reason) for reject in parsed.rejects] == [(15, "no valid EudraCT number (“2015-43”)")]


def test_what_stands_before_the_first_trial_is_no_entry() -> None:
    parsed = read(f"This file contains the following number of trials: 2\n\n{SUMMARY}".encode())

    assert (parsed.declared, len(parsed.entries)) == (2, 2)


def test_entries_joined_again_are_the_same_entries() -> None:
    entries = read(FULL.encode()).entries
    again = read("".join(joined(FORMAT, [entry.raw for entry in entries])).encode()).entries

    assert [(entry.accession, entry.citation) for entry in again] == [(entry.accession, entry.citation) for entry in entries]


def test_a_text_without_trials_is_refused_where_the_format_was_named() -> None:
    with pytest.raises(FormatError, match="No euctr-text entry found"):
        read(b"Nothing here.\n", format=FORMAT)


@given(st.lists(st.sampled_from(f"{SUMMARY}{FULL}".split("\n")), max_size=40))
def test_shuffled_lines_are_refused_or_accounted_for(rows: list[str]) -> None:
    try:
        parsed = parse_euctr_text("\n".join(rows).encode())
    except FormatError:
        assert not any(row.startswith("EudraCT Number:") for row in rows)
        return
    assert parsed.declared == sum(row.startswith("EudraCT Number:") for row in rows)
