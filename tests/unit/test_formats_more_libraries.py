"""CSL-JSON, RefWorks, NoteExpress and EBSCO's XML: each file balances, and its fields are where they belong."""

from __future__ import annotations

import json

import pytest

from prisma_tool.errors import FormatError
from prisma_tool.formats.joining import joined
from prisma_tool.formats.registry import read

_ITEM = {
    "id": "lund2019",
    "type": "chapter",
    "title": "Gowns <i>and</i> masks",
    "author": [
        {"family": "Lund", "given": "Karin", "suffix": "Jr."},
        {"family": "Berg", "given": "Anna", "non-dropping-particle": "van der"},
        {"literal": "MASK Study Group"},
    ],
    "container-title": "Lung",
    "volume": 14,
    "page": "3-9",
    "issued": {"date-parts": [[2019, 3, 1]]},
    "DOI": "10.1000/a",
    "note": "PMID: 31000001",
    "keyword": "gowns, masks",
    "abstract": "Words.",
}


@pytest.mark.parametrize("document", [_ITEM, [_ITEM], {"items": [_ITEM]}])
def test_csl_json_is_read_as_one_item_a_list_or_items(document: object) -> None:
    parsed = read(json.dumps(document).encode())
    citation = parsed.entries[0].citation

    assert (parsed.format, parsed.declared) == ("csl-json", 1)
    assert (citation.title, citation.journal, citation.volume, citation.pages) == ("Gowns and masks", "Lung", "14", "3-9")
    assert (citation.year, citation.published, citation.doi, citation.pmid) == (2019, "2019/03/01", "10.1000/a", "31000001")
    assert [str(author) for author in citation.authors] == ["Lund, Karin, Jr.", "van der Berg, Anna", "MASK Study Group"]
    assert citation.authors[2].collective
    assert (citation.keywords, citation.publication_types) == (("gowns", "masks"), ("Book chapter",))


def test_an_item_that_is_no_object_is_a_reject() -> None:
    parsed = read(json.dumps([_ITEM, "words", {"type": "book", "id": "x"}]).encode())

    assert [(reject.line, reject.reason) for reject in parsed.rejects] == [
        (2, "the item is no object"),
        (3, "no bibliographic field"),
    ]


def test_broken_csl_json_is_refused_with_the_line() -> None:
    with pytest.raises(FormatError, match="Not valid JSON"):
        read(b'[{"type": "book", "title": "Gowns"')


def test_studies_of_a_register_are_not_taken_for_csl_json() -> None:
    study = {
        "protocolSection": {"identificationModule": {"nctId": "NCT00000001", "briefTitle": "T"}, "type": "book", "title": "x"}
    }

    assert read(json.dumps([study]).encode()).format == "ctgov-json"


_REFWORKS = "RT Journal Article\nSR 1\nA1 王芳;李伟\nT1 题目\nJF 学报\nYR 2019\nOP 3-9\nK1 甲;乙\nLA 中文;\nCN 11-1\n\nRT Book\nSR 1\nA1 Lund, K\nT1 Gowns\n"
_NOTE_EXPRESS = (
    "{Reference Type}: Journal Article\n{Title}: 题目\n{Author}: 王芳;李伟\n{Journal}: 学报\n{Year}: 2019\n{Pages}: 3-9\n"
    "{Keywords}: 甲;乙\n{Author Address}: X\n\n{Reference Type}: Book\n{Title}: Gowns\n{Author}: Lund, K\n"
)
_REC = (
    '<rec resultID="{n}"><header shortDbName="rzh" uiTerm="10000{n}"><controlInfo><jinfo><jtl>学报</jtl></jinfo><pubinfo>'
    '<dt year="2019" month="03" day="01">Mar2019</dt></pubinfo><artinfo><ui type="pmid">3100000{n}</ui><ppf>3</ppf><ppct>7</ppct>'
    "<tig><atl>题目</atl></tig><aug><au>王芳</au><au>李伟</au></aug><sug><subj>甲</subj><subj>乙</subj></sug></artinfo></controlInfo>"
    "</header></rec>"
)
_EBSCO = f"<records>{_REC.format(n=1)}{_REC.format(n=2)}</records>"


@pytest.mark.parametrize(
    ("name", "text"), [("refworks-tagged", _REFWORKS), ("noteexpress", _NOTE_EXPRESS), ("ebsco-xml", _EBSCO)]
)
def test_the_first_entry_has_its_fields_and_the_file_balances(name: str, text: str) -> None:
    parsed = read(text.encode())
    citation = parsed.entries[0].citation

    assert (parsed.format, parsed.declared, len(parsed.entries)) == (name, 2, 2)
    assert (citation.title, citation.journal, citation.year, citation.pages) == ("题目", "学报", 2019, "3-9")
    assert [str(author) for author in citation.authors] == ["王芳", "李伟"]
    assert (citation.keywords, citation.publication_types) == (("甲", "乙"), ())


def test_refworks_keeps_what_no_field_takes() -> None:
    citation = read(_REFWORKS.encode()).entries[0].citation

    assert citation.languages == ("中文",)
    assert ("CN", "11-1") in citation.extra


def test_ebscos_number_is_the_accession() -> None:
    entry = read(_EBSCO.encode()).entries[1]

    assert (entry.accession, entry.citation.pmid) == ("100002", "31000002")


@pytest.mark.parametrize("text", [_REFWORKS, _NOTE_EXPRESS, _EBSCO, json.dumps([_ITEM, _ITEM])])
def test_entries_put_together_again_are_read_as_they_were(text: str) -> None:
    parsed = read(text.encode())
    again = read("".join(joined(parsed.format, [entry.raw for entry in parsed.entries])).encode())

    assert [entry.citation for entry in again.entries] == [entry.citation for entry in parsed.entries]
