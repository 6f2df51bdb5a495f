"""Keys are the same on every machine and in every version: the golden values here may never change."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.model.record.citation import Author, Citation, Section
from prisma_tool.model.record.keys import content_accession, record_key, slug
from prisma_tool.model.text import fold

FULL = Citation(
    title="The <β>-Trial: Ångström & Søn",
    authors=(Author("O'Neil", "Zoë"), Author("GROUP", collective=True)),
    year=2020,
    journal="J. Test",
    volume="12",
    issue="3",
    pages="1-9",
    doi="10.1000/x",
    pmid="7",
    registry_numbers=("NCT01234567",),
    urls=("https://example.org/a",),
    abstract=(Section("METHODS", "We   tested."),),
)


@pytest.mark.parametrize(
    ("citation", "golden"),
    [
        (Citation(), "fc664d5d75a613ef"),
        (Citation(title="Aspirin for headache"), "3727c187845ac655"),
        (FULL, "4095aa9b0e8f0b9e"),
        (Citation(title="中文标题", year=1999), "0fc39bac579aa041"),
    ],
)
def test_the_content_key_is_frozen(citation: Citation, golden: str) -> None:
    assert content_accession(citation) == golden


def test_the_content_key_does_not_mind_case_accents_and_spacing() -> None:
    assert content_accession(Citation(title="  ASPIRIN  for\nHéadache ")) == "3727c187845ac655"


@pytest.mark.parametrize(
    ("label", "golden"),
    [
        ("PubMed", "pubmed"),
        ("ClinicalTrials.gov", "ctgov"),
        ("clinicaltrials", "ctgov"),
        ("Web of Science (Core)", "web-of-science-core"),
        ("  EMBASE ", "embase"),
        ("Ovid_MEDLINE", "ovid-medline"),
        ("Ärzteblatt", "ärzteblatt"),
        ("???", "source"),
    ],
)
def test_the_slug_is_frozen(label: str, golden: str) -> None:
    assert slug(label) == golden
    assert record_key(slug(label), "L1") == f"{golden}:L1"


@given(st.text())
def test_a_slug_is_never_empty_and_its_own_slug(label: str) -> None:
    assert slug(label)
    assert ":" not in slug(label)
    assert slug(slug(label)) == slug(label)


def _folded_by_definition(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    for stroke, plain in zip("øłđðæœı", ("o", "l", "d", "d", "ae", "oe", "i"), strict=True):
        decomposed = decomposed.replace(stroke, plain)
    bare = "".join(character for character in decomposed.replace("þ", "th") if not unicodedata.combining(character))
    return " ".join(re.split(r"[\W_]+", bare)).strip()


@given(st.text() | st.text(st.sampled_from("aBz9 _-.\tßİıÅø\u0301\u0345\ufb01β≥Ꭰꭰ中한")))
def test_folding_run_by_run_is_folding_as_defined(text: str) -> None:
    assert fold(text) == _folded_by_definition(text)
