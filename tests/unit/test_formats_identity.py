"""Which string of an entry is its accession: the source's own identifier, never a library program's number."""

from __future__ import annotations

import pytest

from prisma_tool.errors import FormatError, UsageError
from prisma_tool.formats.registry import read


def _ris(*rows: str) -> str:
    return read("\n".join(("TY  - JOUR", "TI  - T", *rows, "ER  - ")).encode()).entries[0].accession


@pytest.mark.parametrize(
    ("rows", "accession"),
    [
        (("AN  - WOS:000082252000006", "ID  - 4"), "WOS:000082252000006"),
        (("U2  - L39097156",), "L39097156"),
        (("L2  - https://www.embase.com/search/results?subaction=viewrecord&id=L2012345",), "L2012345"),
        (("ID  - 1988-98335-000",), "1988-98335-000"),
        (("ID  - 57530",), ""),
        (("ID  - Smith2019a",), ""),
        (("AN  - rayyan-264552532",), ""),
        (("DB  - PubMed", "ID  - 34531250"), "34531250"),
        (("DP  - NLM", "UR  - https://pubmed.ncbi.nlm.nih.gov/34531250/", "ID  - 12"), "34531250"),
    ],
)
def test_ris_entries_are_known_by_their_source(rows: tuple[str, ...], accession: str) -> None:
    assert _ris(*rows) == accession


@pytest.mark.parametrize(
    ("table", "accession"),
    [
        ("key,title\npubmed:123,T", "123"),
        ("key,title\nL2012345,T", "L2012345"),
        ("key,accession,title\ncentral:CN-1,CN-1,T", "CN-1"),
        ("id;title\n7;T", "7"),
        ("PMID,Title\n123,T", "123"),
        ("PMID,Title,Accession\n123,T,NCT01234567", "123"),
        ("Title,PMID\nT,123", ""),
    ],
)
def test_table_rows_are_known_by_accession_key_or_id(table: str, accession: str) -> None:
    assert read(table.encode()).entries[0].accession == accession


def test_medline_entries_are_known_by_their_pmid() -> None:
    assert [one.accession for one in read(b"PMID- 0012\nTI  - T\n").entries] == ["12"]


def test_the_source_column_names_each_rows_source() -> None:
    data = b"title,found in\nA,Embase\nB,Scopus"
    assert [one.source for one in read(data, source_column="Found_In").entries] == ["Embase", "Scopus"]
    with pytest.raises(FormatError, match="Headers seen: title, found in"):
        read(data, source_column="db")


def test_rows_of_the_wrong_width_are_read_or_rejected_with_their_line() -> None:
    parsed = read(b"title,year,doi,colour\nShort\nLong,2019,,,extra,cell\n,,,\n,,,red\nWhole,2019,10.1/x,\n")
    assert [one.citation.title for one in parsed.entries] == ["Short", "Whole"]
    assert [one.line for one in parsed.rejects] == [3, 5]


def test_a_table_of_unknown_headers_is_refused_naming_them() -> None:
    with pytest.raises(FormatError, match="Headers seen: colour, size"):
        read(b"colour,size\nred,1\n", format="csv")


def test_an_unknown_format_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"Known are .*ris.*medline"):
        read(b"x", format="docx")


def test_unmapped_and_second_values_of_ris_survive() -> None:
    entry = read(b"TY  - JOUR\nTI  - One\nTI  - Two\nZZ  - odd\nNF - kappa B\nER  - ").entries[0]
    assert {("TI", "Two"), ("ZZ", "odd NF - kappa B")} <= set(entry.citation.extra)
