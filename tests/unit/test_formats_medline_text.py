"""MEDLINE text of other sources than PubMed: markup in it, and entries without a PMID."""

from __future__ import annotations

import pytest

from prisma_tool.formats.account.export_row import ExportRow
from prisma_tool.formats.medline.tags import tags
from prisma_tool.formats.medline.writer import write_medline
from prisma_tool.formats.pubmed.reader import parse_pubmed_xml
from prisma_tool.formats.registry import read
from prisma_tool.model.record.citation import Citation


def _written(*citations: Citation) -> bytes:
    rows = (ExportRow("x:1", "X", f"N{n}", "1", True, one, "", "") for n, one in enumerate(citations))
    return b"".join(write_medline(rows))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("CO<sub>2</sub> at p &lt; 0.05", "CO₂ at p < 0.05"),
        ("<p>Gowns <i>and</i></p> masks", "Gowns and masks"),
        ("n < 5 > 3 & AT&T", "n < 5 > 3 & AT&T"),
    ],
)
def test_markup_in_medline_text_is_read(text: str, words: str) -> None:
    citation = read(f"PMID- 1\nTI  - {text}\nAB  - {text}\n".encode()).entries[0].citation

    assert (citation.title, citation.abstract_text) == (words, words)


def test_markup_that_is_escaped_in_pubmed_xml_is_read() -> None:
    article = "<Article><ArticleTitle>A &lt;i&gt;trial&lt;/i&gt; at p &lt; 0.05</ArticleTitle></Article>"
    data = f"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID>{article}</MedlineCitation></PubmedArticle></PubmedArticleSet>"

    assert parse_pubmed_xml(data.encode()).entries[0].citation.title == "A trial at p < 0.05"


@pytest.mark.parametrize("pmids", [("", ""), ("1", ""), ("", "1"), ("1", "", "2", "")])
def test_no_empty_pmid_is_written_and_every_entry_comes_back(pmids: tuple[str, ...]) -> None:
    data = _written(*(Citation(title=f"Gowns {n}", pmid=pmid) for n, pmid in enumerate(pmids)))
    parsed = read(data)

    assert all(row.split("-")[1].strip() for row in data.decode().split("\n") if row.startswith("PMID"))
    assert [(entry.citation.title, entry.citation.pmid) for entry in parsed.entries] == [
        (f"Gowns {n}", pmid) for n, pmid in enumerate(pmids)
    ]
    assert not parsed.rejects


def test_an_owner_below_its_pmid_begins_no_entry() -> None:
    parsed = read(b"PMID- 1\nOWN - NOTNLM\nTI  - Gowns\n\nPMID- 2\nOWN - NLM\nTI  - Masks\n")

    assert [entry.citation.title for entry in parsed.entries] == ["Gowns", "Masks"]


def test_text_that_looks_like_markup_comes_back_as_it_was() -> None:
    assert read(_written(Citation(title="The tags <i> and &lt; explained"))).entries[0].citation.title == (
        "The tags <i> and &lt; explained"
    )


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        (
            "PMID- 1\nFAU - Lund,\n      Karin\nCOIS- None\n      declared.\n",
            {"FAU": ["Lund, Karin"], "COIS": ["None declared."]},
        ),
        ("PMID- 1\nMH  - Lung Diseases,\n      Obstructive\n", {"MH": ["Lung Diseases, Obstructive"]}),
        ("PMID- 1\nLID - S01 [pii]\nLID - 10.1000/a [doi]\n", {"LID": ["S01 [pii]", "10.1000/a [doi]"]}),
        ("PMID- 1\nDP  - 2019\nTI  - Gowns\nDP  - 2020\n", {"DP": ["2019", "2020"]}),
        ("PMID- 1\n\nTI  - Gowns\n\n      and masks\n", {"TI": ["Gowns and masks"]}),
        ("OWN - ERIC\nTI - Gowns\nOID-EJ1\n", {"TI": ["Gowns"], "OID": ["EJ1"]}),
        ("PMID- 1\nXYZ - kept\nno tag\n      nor its wrapped line\nXYZ - kept too\n", {"XYZ": ["kept", "kept too"]}),
        ("PMID- 1\nAB  - \nTI  -\n", {"AB": [""], "TI": [""]}),
    ],
    ids=[
        "a wrapped value of a list is one",
        "a wrapped heading has one blank",
        "two locations stay apart",
        "a repeated text is two",
        "an empty line ends no entry",
        "tags out of their columns",
        "an unknown tag is kept, a line without a tag is left out",
        "an empty value",
    ],
)
def test_what_biopython_loses_of_an_entry_is_put_right(raw: str, values: dict[str, list[str]]) -> None:
    record = tags(raw)

    assert {tag: record[tag] for tag in values} == values
    assert set(record) <= {"PMID", "OWN", *values, "TI"}


def test_an_entry_that_begins_with_an_indented_line_stops_nothing() -> None:
    parsed = read(b"PMID- 1\n      2\nTI  - Gowns\n\n      lost\nPMID- 3\nTI  - Masks\n")

    assert [entry.citation.title for entry in parsed.entries] == ["Gowns lost", "Masks"]
