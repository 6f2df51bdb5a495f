"""Answers of esearch, real ones included: each lists what its manifest says, or is refused with the service's own words."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from Bio.Entrez import Parser

from prisma_tool.errors import FormatError
from prisma_tool.formats.pubmed.entrez_xml import read_answer
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


_NO_FETCH = {
    "a document type that Biopython has not got": b'<!DOCTYPE eSearchResult SYSTEM "https://www.ncbi.nlm.nih.gov/esearch_2099.dtd">',
    "a file of this computer": b'<!DOCTYPE eSearchResult SYSTEM "file:///etc/hostname">',
    "a document of another host": b'<!DOCTYPE eSearchResult SYSTEM "http://invalid.example/x.dtd">',
    "an entity": b'<!DOCTYPE eSearchResult [<!ENTITY a "1">]>',
    "an entity of a file": b'<!DOCTYPE eSearchResult [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    "an entity of the document type": b'<!DOCTYPE eSearchResult [<!ENTITY % a SYSTEM "https://www.ncbi.nlm.nih.gov/x.dtd"> %a;]>',
    "entities of entities": b'<!DOCTYPE eSearchResult [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
}


@pytest.mark.parametrize("heading", _NO_FETCH.values(), ids=_NO_FETCH)
def test_nothing_is_fetched_or_opened_for_an_answer(monkeypatch: pytest.MonkeyPatch, heading: bytes) -> None:
    monkeypatch.setattr(Parser, "urlopen", _refused_fetch)
    with pytest.raises(FormatError, match=r"not known here|defines entities"):
        read_listing(heading + b"<eSearchResult><Count>1</Count><IdList><Id>1</Id></IdList></eSearchResult>")


def test_a_schema_of_an_answers_own_is_not_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Parser, "urlopen", _refused_fetch)
    schema = b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://www.ncbi.nlm.nih.gov/x.xsd"'
    with pytest.raises(FormatError, match="schema"):
        read_listing(b"<eSearchResult " + schema + b"><Count>1</Count></eSearchResult>")


def _refused_fetch(*_: object) -> None:
    pytest.fail("an answer made the parser fetch something")


@pytest.mark.parametrize("name", ["20060628/esearch.dtd", "x/eSearch_020511.dtd"])
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_document_type_is_known_by_its_name_wherever_it_lies(name: str, scheme: str) -> None:
    heading = (
        f'<?xml version="1.0"?><!DOCTYPE eSearchResult SYSTEM "{scheme}://eutils.ncbi.nlm.nih.gov/eutils/dtd/{name}">'.encode()
    )
    body = b"<eSearchResult><Count>1</Count><RetMax>1</RetMax><RetStart>0</RetStart><IdList><Id>12</Id></IdList></eSearchResult>"
    assert read_listing(heading + body)["idlist"] == ["12"]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (
            b"<eSpellResult><Query>astma</Query><CorrectedQuery>asthma</CorrectedQuery></eSpellResult>",
            {"CorrectedQuery": "asthma"},
        ),
        (b"<eInfoResult><DbList><DbName>pubmed</DbName></DbList></eInfoResult>", {"DbList": ["pubmed"]}),
        (b"<ePostResult><QueryKey>1</QueryKey><WebEnv>MCID</WebEnv></ePostResult>", {"QueryKey": "1", "WebEnv": "MCID"}),
    ],
)
def test_the_other_small_answers_are_read_with_their_own_document_types(body: bytes, answer: dict[str, object]) -> None:
    assert answer.items() <= dict(read_answer(body)).items()


def test_links_of_a_record_are_read() -> None:
    link = b"<LinkSetDb><DbTo>pubmed</DbTo><LinkName>pubmed_pubmed_citedin</LinkName><Link><Id>2</Id></Link></LinkSetDb>"
    (answer,) = read_answer(
        b"<eLinkResult><LinkSet><DbFrom>pubmed</DbFrom><IdList><Id>1</Id></IdList>" + link + b"</LinkSet></eLinkResult>"
    )
    assert [one["Id"] for one in answer["LinkSetDb"][0]["Link"]] == ["2"]


def test_reading_answers_leaves_no_folder_in_the_users_home(tmp_path: Path) -> None:
    program = (
        "from prisma_tool.formats.pubmed.esearch import read_listing as r; "
        "print(r(b'<eSearchResult><Count>0</Count><IdList/></eSearchResult>')['count'])"
    )
    environment = {**os.environ, "HOME": str(tmp_path), "APPDATA": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout == "0\n"
    assert not list(tmp_path.iterdir())
