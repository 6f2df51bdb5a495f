"""Identifiers in one spelling each."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.model.record.identifiers import normal_doi, normal_pmcid, normal_pmid, normal_registry_number, registry_numbers

SICI = "10.1002/(sici)1097-0258(19980815)17:15<1661::aid-sim968>3.0.co;2-2"


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("https://doi.org/10.1000/ABC.", "10.1000/abc"),
        ("doi: 10.1016/S0140-6736(05)67156-1", "10.1016/s0140-6736(05)67156-1"),
        ("10.1016/s0140-6736(05)67156", "10.1016/s0140-6736(05)67156"),
        ("10.1234/abc [doi]", "10.1234/abc"),
        ("http://dx.doi.org/10.1016/0376-8716%2876%2990010-7", "10.1016/0376-8716(76)90010-7"),
        (SICI.upper().replace("<", "&lt;").replace(">", "&gt;"), SICI),
        ("310.1234/5678", ""),
        ("n/a", ""),
    ],
)
def test_a_doi_has_one_spelling(text: str, doi: str) -> None:
    assert normal_doi(text) == doi


@pytest.mark.parametrize(
    ("text", "pmid"),
    [
        ("034531250", "34531250"),
        ("34531250.0", "34531250"),
        ("PMID: 34531250", "34531250"),
        ("https://pubmed.ncbi.nlm.nih.gov/34531250/", "34531250"),
        ("www.ncbi.nlm.nih.gov/pubmed/34531250", "34531250"),
        ("10.1016/j.x.2019.1", ""),
        ("2019 Dec", ""),
        ("123456789", ""),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC123", ""),
    ],
)
def test_only_a_pmid_is_a_pmid(text: str, pmid: str) -> None:
    assert normal_pmid(text) == pmid


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("NCT 01234567 and nct01234567", ("NCT01234567",)),
        ("EUCTR2005-001234-12-GB; EudraCT number: 2005-001234-12", ("EudraCT 2005-001234-12",)),
        ("isrctn12345678, jrcts031180123, ChiCTR2000030894", ("ISRCTN12345678", "jRCTs031180123", "ChiCTR2000030894")),
        ("2022-501885-24-00", ("2022-501885-24-00",)),
        ("NCT012345678", ()),
    ],
)
def test_trial_numbers_are_found_in_their_registers_spelling(text: str, numbers: tuple[str, ...]) -> None:
    assert registry_numbers(text) == numbers


def test_a_number_of_an_unknown_register_stands_as_it_is() -> None:
    assert normal_registry_number(" NTR1234 ") == "NTR1234"
    assert normal_registry_number("2005-001234-12") == "EudraCT 2005-001234-12"
    assert normal_pmcid("pmc 0123") == "PMC123"


@settings(max_examples=100)
@given(st.text(max_size=80))
def test_normal_forms_are_stable(text: str) -> None:
    for normal in (normal_doi, normal_pmid, normal_pmcid):
        once = normal(text)
        assert normal(once) == once
