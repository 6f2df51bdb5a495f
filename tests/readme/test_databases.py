"""Every kind of file that the page on databases names is read as what it says there."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from openpyxl import Workbook

from prisma_tool.formats.registry import read

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "databases.md").read_text(encoding="utf-8")
LINE = re.compile(r"^\| (.+?) \| .+ \| .+ \| (`.+`) \|$", re.MULTILINE)
NAMED = [(source, name) for source, names in LINE.findall(PAGE) for name in re.findall(r"`([\w-]+)`", names)]


def workbook() -> bytes:
    book = Workbook()
    for row in (("Title", "Year"), ("Gowns", 2019)):
        book.active.append(row)  # type: ignore[union-attr]
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


FILES: dict[str, str] = {
    "ris": "TY  - JOUR\nTI  - Gowns\nER  - \n",
    "csv": "Title,Year\nGowns,2019\n",
    "medline": "PMID- 31000001\nTI  - Gowns\n",
    "wos-tagged": "FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nTI Gowns\nER\n\nEF\n",
    "ovid-tagged": "<1>\nUI  - 31000001\nTI  - Gowns\n",
    "endnote-xml": "<xml><records><record><titles><title>Gowns</title></titles></record></records></xml>",
    "endnote-tagged": "%0 Journal Article\n%T Gowns\n",
    "csl-json": '[{"type": "article-journal", "title": "Gowns"}]',
    "bibtex": "@article{a, title = {Gowns}}",
    "noteexpress": "{Reference Type}: Journal Article\n{Title}: Gowns\n",
    "refworks-tagged": "RT Journal Article\nSR 1\nT1 Gowns\n",
    "ebsco-xml": (
        '<records><rec><header uiTerm="1"><controlInfo><artinfo><tig><atl>Gowns</atl></tig></artinfo></controlInfo></header></rec></records>'
    ),
    "ictrp-xml": "<Trials_downloaded_from_ICTRP><Trial><TrialID>ISRCTN12345678</TrialID><Public_title>Gowns</Public_title></Trial></Trials_downloaded_from_ICTRP>",
    "euctr-text": "EudraCT Number: 2014-009354-42\nSponsor Protocol Number: X\nFull Title: Gowns\n",
    "ctgov-json": '[{"protocolSection": {"identificationModule": {"nctId": "NCT00000001", "briefTitle": "Gowns"}}}]',
}
"""A record as each format writes it."""
OWN = {
    ("Ovid (MEDLINE, Embase, PsycINFO, ...)", "ovid-tagged"): "<1>\nUnique Identifier\n  31000001\nTitle\n  Gowns\n",
    ("Embase.com", "csv"): "TITLE,Gowns\nAUTHOR NAMES,Lund K.,Berg M.\nFIRST PAGE,3\nLAST PAGE,9\n",
    ("Embase.com", "ris"): "TY  - JOUR\nT1  - Gowns\nU2  - L600000001\nER  - \n",
    ("Scopus", "csv"): "Authors,Title,Year,Source title,EID\nLund K.,Gowns,2019,Lung,2-s2.0-1\n",
    ("Cochrane Library (CENTRAL)", "csv"): "Title,Authors,Year,Cochrane Review ID\nGowns,Lund K,2019,CD000001\n",
    ("IEEE Xplore", "csv"): "Document Title,Authors,Publication Title,Publication Year\nGowns,Karin Lund,Lung,2019\n",
    ("PubMed, by hand", "csv"): "PMID,Title,Authors,Citation,Journal/Book\n31000001,Gowns,Lund K,Lung. 2019.,Lung\n",
    ("ClinicalTrials.gov, by hand", "csv"): "NCT Number,Study Title,Study Status\nNCT00000001,Gowns,COMPLETED\n",
    ("CTIS, ISRCTN, ANZCTR", "csv"): "ISRCTN,Public title,Overall trial status\nISRCTN10000001,Gowns,Completed\n",
}
"""Where a platform writes a format in its own way."""


def test_the_page_names_the_large_databases() -> None:
    sources = " ".join(source for source, _ in NAMED)
    for name in ("PubMed", "Embase.com", "Ovid", "Web of Science", "Scopus", "CINAHL", "CENTRAL", "ClinicalTrials.gov", "ICTRP"):
        assert name in sources


@pytest.mark.parametrize(("source", "name"), NAMED)
def test_a_file_of_a_source_is_read_as_the_page_says(source: str, name: str) -> None:
    parsed = read(workbook() if name == "xlsx" else OWN.get((source, name), FILES.get(name, "")).encode())
    assert (parsed.format, [entry.citation.title for entry in parsed.entries]) == (name, ["Gowns"])


def test_every_example_is_of_a_line_of_the_page() -> None:
    assert {name for _, name in NAMED} == {*FILES, "xlsx"}
    assert set(OWN) <= set(NAMED)
