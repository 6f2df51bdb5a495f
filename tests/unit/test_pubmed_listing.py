"""Answers of esearch, real ones included: each lists what its manifest says, or is refused with the service's own words."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from prisma_tool.errors import FormatError
from prisma_tool.formats.pubmed.esearch import ServiceError, read_listing
from prisma_tool.formats.pubmed.reader import parse_pubmed_xml
from prisma_tool.formats.registers.ctgov_reader import parse_studies

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples"


def _manifest(kind: str) -> list[dict[str, str]]:
    manifest = SAMPLES / "MANIFEST.csv"
    if not manifest.exists():
        return []
    with manifest.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] == kind]


LISTINGS, ERRORS = _manifest("esearch"), _manifest("errors")
needs_samples = pytest.mark.skipif(not LISTINGS, reason="the collection of sample answers is not on this computer")
NO_LISTING = {"esearch/bp_epost1.xml", "esearch/bp_espell.xml"}


@needs_samples
@pytest.mark.parametrize("row", LISTINGS, ids=lambda row: row["file"])
def test_a_real_answer_lists_as_many_ids_as_expected(row: dict[str, str]) -> None:
    body = (SAMPLES / row["file"]).read_bytes()
    if row["file"] in NO_LISTING:
        with pytest.raises(FormatError, match="no listing but <e"):
            read_listing(body)
        return
    listing = read_listing(body)
    assert len(listing["idlist"]) == int(row["records_expected"])
    assert int(listing["count"]) >= len(listing["idlist"])
    assert all(pmid.isdigit() for pmid in listing["idlist"])


@needs_samples
@pytest.mark.parametrize("row", ERRORS, ids=lambda row: row["file"])
@pytest.mark.parametrize("parse", [read_listing, parse_pubmed_xml, parse_studies])
def test_a_real_error_is_never_a_listing_nor_records(row: dict[str, str], parse: object) -> None:
    body = (SAMPLES / row["file"]).read_bytes()
    assert callable(parse)
    if parse is parse_pubmed_xml and row["file"] == "errors/ncbi_efetch_empty_set_200.xml":
        assert parse_pubmed_xml(body).declared == int(row["records_expected"]) == 0
        return
    with pytest.raises(FormatError) as refusal:
        parse(body)
    assert refusal.value.message.strip()


def test_complaints_read_alike_from_both_of_the_services_formats() -> None:
    xml = (
        b"<eSearchResult><Count>0</Count><IdList/><QueryTranslation>x[ti]</QueryTranslation><ErrorList><PhraseNotFound>x"
        b"</PhraseNotFound></ErrorList><WarningList><OutputMessage>No items found.</OutputMessage></WarningList></eSearchResult>"
    )
    json = (
        b'{"esearchresult":{"count":"0","idlist":[],"querytranslation":"x[ti]","errorlist":{"phrasesnotfound":["x"]},'
        b'"warninglist":{"outputmessages":["No items found."]}}}'
    )
    assert read_listing(xml) == read_listing(json)


@pytest.mark.parametrize(
    "body",
    [
        b'{"esearchresult":{"ERROR":"Search Backend\nfailed"}}',
        b"<eSearchResult><ERROR>Search Backend failed</ERROR></eSearchResult>",
    ],
)
def test_an_error_inside_a_listing_is_told_in_the_services_words(body: bytes) -> None:
    with pytest.raises(ServiceError, match="Search Backend failed"):
        read_listing(body)


def test_entities_in_an_answer_are_not_opened() -> None:
    with pytest.raises(FormatError):
        read_listing(b'<!DOCTYPE x [<!ENTITY a "1">]><eSearchResult><Count>&a;</Count></eSearchResult>')


@pytest.mark.parametrize("opening", [b"[", b'{"esearchresult":'])
def test_an_answer_nested_beyond_all_bounds_is_refused_in_a_sentence(opening: bytes) -> None:
    with pytest.raises(FormatError, match="not the JSON that was asked for"):
        read_listing(opening * 100_000)
