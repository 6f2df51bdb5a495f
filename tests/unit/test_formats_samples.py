"""Real exports of every supported kind, read whole: counts and first identifiers as listed in the samples' manifest."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pytest

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import Parsed
from prisma_tool.formats.bibtex.latex import plain_address, readable_latex
from prisma_tool.formats.detect import detect
from prisma_tool.formats.registry import read
from prisma_tool.model.record.codec import decode, encode
from prisma_tool.model.record.identifiers import normal_doi
from prisma_tool.model.text import clean

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples"
KINDS = {"ris": "ris", "nbib": "medline", "pubmed_xml": "pubmed-xml", "ctgov_v2": "ctgov-json", "csv": "csv"}
KINDS |= {"bibtex": "bibtex", "endnote_xml": "endnote-xml", "ctgov_csv": "csv", "ctgov_classic": "ctgov-json"}
KINDS |= {"enw": "endnote-tagged", "wos_ciw": "wos-tagged", "ovid_tagged": "ovid-tagged"}
CORRECTED = {"enw/colrev_ais_enl.txt": 6}
"""The manifest counts lines with %0 there, but four of the six entries have none."""
TITLE_SHOWN = 60


def _manifest() -> list[dict[str, str]]:
    manifest = SAMPLES / "MANIFEST.csv"
    if not manifest.exists():
        return []
    with manifest.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] in KINDS]


ROWS = _manifest()
COUNTED = [row for row in ROWS if row["records_expected"] not in {"", "0"}]
UNCOUNTED = [row for row in ROWS if row["records_expected"] in {"", "0"}]
needs_samples = pytest.mark.skipif(not ROWS, reason="the collection of sample exports is not on this computer")


@cache
def _read(file: str) -> Parsed:
    """What a sample holds; several tests look at it, none can change it."""
    return read((SAMPLES / file).read_bytes())


@needs_samples
@pytest.mark.parametrize("row", COUNTED, ids=lambda row: row["file"])
def test_every_entry_of_a_real_export_is_accounted_for(row: dict[str, str]) -> None:
    parsed = _read(row["file"])
    assert parsed.format == KINDS[row["kind"]]
    assert parsed.declared == CORRECTED.get(row["file"], int(row["records_expected"]))


@needs_samples
@pytest.mark.parametrize("row", COUNTED, ids=lambda row: row["file"])
def test_the_first_entry_of_a_real_export_has_the_known_identifiers(row: dict[str, str]) -> None:
    parsed = _read(row["file"])
    if not parsed.entries:
        assert parsed.rejects
        return
    first = parsed.entries[0].citation
    title = readable_latex(row["first_title"]) if row["kind"] == "bibtex" else row["first_title"]
    assert first.title.startswith(title[:TITLE_SHOWN])
    assert not row["first_pmid"] or first.pmid == row["first_pmid"]
    assert not row["first_doi"] or first.doi == normal_doi(plain_address(row["first_doi"]))
    assert not row["first_nct"] or first.nct == row["first_nct"]


@needs_samples
@pytest.mark.parametrize("row", UNCOUNTED, ids=lambda row: row["file"])
def test_a_hostile_export_is_refused_or_balanced(row: dict[str, str]) -> None:
    try:
        parsed = _read(row["file"])
    except FormatError:
        return
    assert row["records_expected"] != "0" or parsed.format != KINDS[row["kind"]]
    assert parsed.declared == len(parsed.entries) + len(parsed.rejects)


@needs_samples
@pytest.mark.parametrize("row", COUNTED, ids=lambda row: row["file"])
def test_what_real_exports_hold_is_clean_and_storable(row: dict[str, str]) -> None:
    for entry in _read(row["file"]).entries:
        stored = encode(entry.citation)
        assert decode(stored) == entry.citation
        assert clean(stored) == stored


@needs_samples
def test_service_errors_are_never_read_as_records() -> None:
    refused = 0
    for path in sorted((SAMPLES / "errors").iterdir()):
        try:
            parsed = read(path.read_bytes())
        except FormatError:
            refused += 1
        else:
            assert path.name == "ncbi_efetch_empty_set_200.xml"
            assert parsed.declared == 0
            assert detect(path.read_bytes()) == "pubmed-xml"
    assert refused
