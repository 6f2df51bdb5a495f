"""Tables as platforms, programs and spreadsheets leave them: finding the header, what columns mean, cells brought back, workbooks."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.errors import FormatError, UsageError
from prisma_tool.formats.account.account import Parsed
from prisma_tool.formats.registry import FORMATS, open_entries, read
from prisma_tool.formats.tables import xlsx_reader
from prisma_tool.formats.tables.csv_reader import parse_table
from prisma_tool.formats.tables.xlsx_reader import parse_xlsx
from prisma_tool.formats.text.cell_values import authors, number, pages
from prisma_tool.model.record.citation import Citation


def _read(text: str) -> Parsed:
    return read(text.encode())


def _first(header: str, row: str) -> Citation:
    return _read(f"{header}\n{row}\n").entries[0].citation


def _workbook(*sheets: list[list[object]], formats: dict[str, str] | None = None) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    for place, rows in enumerate(sheets):
        sheet: Any = book.active if place == 0 else book.create_sheet()
        for row in rows:
            sheet.append(row)
        for cell, shown in (formats or {}).items():
            sheet[cell].number_format = shown
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_delimiter_is_found_even_where_another_is_more_frequent(mark: str) -> None:
    header = mark.join(["Title", "Author(s)", "Publication Year"])
    row = mark.join(['"A; b, c|d"', '"Smith, J; Doe, A"', "2019"])
    citation = _first(header, row)
    assert (citation.title, len(citation.authors), citation.year) == ("A; b, c|d", 2, 2019)


def test_a_line_that_names_the_delimiter_is_no_row() -> None:
    parsed = _read('sep=;\nTitle;Year\n"A\nB";2019\nC;2020\n')
    assert [(entry.line, entry.citation.title) for entry in parsed.entries] == [(3, "A B"), (5, "C")]


def test_the_header_is_found_below_what_a_platform_writes_first_and_above_what_comes_again() -> None:
    parsed = _read('"About the data: Exported on May 2, 2024"\n\nRank,Title,PubYear\n1,A,2019\n\nRank,Title,PubYear\n2,B,2020\n')
    assert [entry.citation.year for entry in parsed.entries] == [2019, 2020]
    assert parsed.declared == 2
    assert ["header is in line 3" in parsed.warnings[0], "comes 2 times" in parsed.warnings[1]] == [True, True]


def test_the_map_of_columns_is_shown_and_can_be_set() -> None:
    data = b"Name,Title,What,Year\nA trial,Mr,Text,2019\n"
    guessed = read(data)
    assert dict(guessed.mapping) == {"title": "Title", "year": "Year"}
    parsed = parse_table(data, columns={"title": "name", "abstract": "What", "year": ""})
    citation = parsed.entries[0].citation
    assert (citation.title, citation.abstract_text, citation.year) == ("A trial", "Text", None)
    assert {("Title", "Mr"), ("Year", "2019")} <= set(citation.extra)


@pytest.mark.parametrize(("columns", "word"), [({"titel": "Title"}, "no field"), ({"title": "Nowhere"}, "Headers seen: Title")])
def test_a_map_that_cannot_be_is_a_usage_error(columns: dict[str, str], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        parse_table(b"Title\nA\n", columns=columns)


def test_a_column_that_nothing_shows_can_be_named() -> None:
    assert parse_table(b"Colour,What\nred,A trial\n", columns={"title": "What"}).entries[0].citation.title == "A trial"


def test_of_two_columns_for_a_field_the_first_filled_one_counts_in_each_row() -> None:
    parsed = _read("Document Type,Publication Type,Title\nReview,J,A\n,Journal Article,B\n")
    assert [entry.citation.publication_types for entry in parsed.entries] == [("Review",), ("Journal Article",)]
    assert parsed.entries[0].citation.extra == (("Publication Type", "J"),)


def test_doubled_unknown_and_unreadable_cells_survive() -> None:
    citation = _first("Title,Title,Colour,DOI,PMID", "A,B,red,10.4,none")
    assert citation.extra == (("DOI", "10.4"), ("PMID", "none"), ("Title", "B"), ("Colour", "red"))


def test_placeholders_of_a_missing_value_are_none() -> None:
    citation = _first("Title,Abstract,DOI,Volume,Keywords", "A,NA,nan,None,[]")
    assert (citation.abstract, citation.doi, citation.volume, citation.keywords) == ((), "", "", ())


@pytest.mark.parametrize(
    ("platform", "header", "row", "expected"),
    [
        (
            "Scopus",
            "Authors,Author full names,Title,Year,Source title,Art. No.,Page start,Page end,Cited by,DOI,Index Keywords,EID",
            'Liu F.,"Liu, Fen (60410297700); Li, C. (588622162)",T,2026,J,12,,,3,10.1000/x,a; b,2-s2.0-1',
            {"authors": "Liu, Fen; Li, C.", "pages": "12", "keywords": ("a", "b"), "accession": "2-s2.0-1"},
        ),
        (
            "Web of Science",
            "PT\tAU\tAF\tTI\tSO\tDE\tID\tSN\tPD\tPY\tBP\tEP\tPG\tSP\tUT\tDA",
            "J\tSmith, J\tSmith, John\tT\tJOURNAL\ta\tb\t1234-5678\tMAY 2\t2019\t5\t9\t12\tSome Sponsor\tWOS:1\t2024-01-01",
            {"authors": "Smith, John", "pages": "5-9", "keywords": ("a", "b"), "published": "2019 MAY 2", "accession": "WOS:1"},
        ),
        (
            "Web of Science",
            "Author Full Names,Article Title,Source Title,Publication Type,Document Type,Publication Year,UT (Unique WOS ID),Pubmed Id",
            '"Smith, John",T,J,J,Article,2019,WOS:1,31366609',
            {"publication_types": ("Article",), "pmid": "31366609", "accession": "WOS:1"},
        ),
        (
            "PubMed",
            "PMID,Title,Authors,Citation,First Author,Journal/Book,Publication Year,Create Date,PMCID,NIHMS ID,DOI",
            '31366609,T,"Lim SM, O\'Neil B.",Behav Ther. 2022 Mar;53(2):334-347. doi: 10.1000/x.,Lim SM,Behav Ther,2022,,,,10.1000/x',
            {"authors": "Lim, SM; O'Neil, B", "volume": "53", "issue": "2", "pages": "334-347", "accession": "31366609"},
        ),
        (
            "Embase",
            "Title,Author Names,Correspondence Address,Source,Abstract,Open URL Link",
            'T,"Liu R., Adler D.G.",,Ann. Oncol. (2014) 3:Suppl 4 (152-160). Date of Publication: 2014,Text,http://x/?id=L2012345',
            {"authors": "Liu, R.; Adler, D.G.", "journal": "Ann. Oncol.", "volume": "3", "year": 2014, "accession": "L2012345"},
        ),
        (
            "IEEE Xplore",
            "Document Title,Authors,Publication Title,Publication Year,Start Page,End Page,IEEE Terms,Document Identifier",
            "T,J. Smith; Anna Doe,IEEE Trans.,2019,1,5,a;b,IEEE Journals",
            {"authors": "Smith, J.; Doe, Anna", "journal": "IEEE Trans.", "pages": "1-5"},
        ),
        (
            "Lens",
            "Lens ID,Title,Publication Year,Author/s,Source Title,ISSNs,MeSH Terms",
            "012-345,T,2019,John Smith; A B Doe,J,2345678X,Humans; Child",
            {"authors": "Smith, John; Doe, A B", "issn": ("2345-678X",), "mesh": ("Humans", "Child"), "accession": "012-345"},
        ),
        (
            "OpenAlex",
            "id,title,publication_year,authorships.author.display_name,primary_location.source.display_name,ids.pmid",
            "https://openalex.org/W1,T,2019,John Smith|Jane Doe,J,https://pubmed.ncbi.nlm.nih.gov/31366609",
            {"authors": "Smith, John; Doe, Jane", "journal": "J", "pmid": "31366609", "accession": "https://openalex.org/W1"},
        ),
    ],
)
def test_each_platforms_table_is_known_by_its_headers(platform: str, header: str, row: str, expected: dict[str, object]) -> None:
    parsed = _read(f"{header}\n{row}\n")
    entry = parsed.entries[0]
    told = {field: getattr(entry.citation, field) for field in expected if field not in {"authors", "accession"}}
    told |= {"authors": "; ".join(map(str, entry.citation.authors))} if "authors" in expected else {}
    told |= {"accession": entry.accession} if "accession" in expected else {}
    assert (parsed.platform, told) == (platform, expected)


@pytest.mark.parametrize(
    "header",
    [
        "key,title,year,month,day,journal,issn,volume,issue,pages,authors,url,language,publisher,abstract,notes,doi,pubmed_id",
        "Title,Authors,Abstract,Published Year,Published Month,Journal,Volume,Issue,Pages,Accession Number,DOI,Ref,Covidence #",
        "record_id,title,abstract,authors,doi,year,included,asreview_ranking",
        "Key,Item Type,Publication Year,Author,Title,Publication Title,ISSN,DOI,Url,Abstract Note,Date,Manual Tags",
        "Reference Type,Author,Year,Title,Journal,Volume,Issue,Pages,DOI,Abstract,URL",
        "ID,Title,Authors,Source,Journal,Database,Type,Language,Publication year,Descriptor(s),Fulltext URL,Abstract,Entry Date",
        "ItemId,Title,Parent title,Short Title,Authors,Year,Abstract,DOI,URL",
        "Rank,Publication ID,DOI,PMID,Title,Abstract,Source title,PubYear,Volume,Issue,Pagination,Authors,Dimensions URL",
        "id,title,author,source,publicationdateyear,description,subject,issn,publicationtype,publisher,language,url",
        "Title,Author(s),Source,Year,Abstract,DOI,Cochrane Review ID",
    ],
)
def test_headers_of_programs_find_title_authors_abstract_and_year(header: str) -> None:
    known = dict(_read(header + "\n").mapping)
    assert {"title", "authors"} <= known.keys()
    assert {"year", "published"} & known.keys()
    assert "abstract" in known or "Short Title" not in header or "Abstract" not in header


def test_embases_export_of_a_field_a_row_is_read_by_record() -> None:
    text = '"TITLE","A, and b"\n"AUTHOR NAMES","Liu R.","Adler D.G."\n"SOURCE","J (2014) 3:3 (1-9)"\n"ABSTRACT","Text"\n\n'
    parsed = _read(text + text.replace("A, and b", "Second"))
    assert [entry.citation.title for entry in parsed.entries] == ["A, and b", "Second"]
    assert [str(author) for author in parsed.entries[0].citation.authors] == ["Liu, R.", "Adler, D.G."]
    assert (parsed.entries[1].line, parsed.platform, parsed.entries[0].citation.journal) == (6, "", "")


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("12-May", "5-12"),
        ("May-12", "5-12"),
        ("2026-05-12 00:00:00", "5-12"),
        ("pp. 1 – 10", "1-10"),
        ("e123", "e123"),
        ("123-8", "123-8"),
    ],
)
def test_pages_that_a_spreadsheet_took_for_dates_come_back(cell: str, meant: str) -> None:
    assert pages(cell) == meant


def test_numbers_come_back_only_where_no_digit_is_lost() -> None:
    assert [number(cell) for cell in ("2019.0", "3.1366609E7", "3.14E+07", "12", "1.5")] == [
        "2019",
        "31366609",
        "3.14E+07",
        "12",
        "1.5",
    ]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("['Marx, Karl', \"O'Neil, Ann\"]", ["Marx, Karl", "O'Neil, Ann"]),
        ("Smith, J., & Doe, A. B.", ["Smith, J.", "Doe, A. B."]),
        ("Haddaway, Neal R. and Feierman, Andrew", ["Haddaway, Neal R.", "Feierman, Andrew"]),
        ("Joseph Rottman, Erran Carmel, Mary Lacity", ["Joseph Rottman", "Erran Carmel", "Mary Lacity"]),
        ("Smith, J.; Doe, A.; et al.", ["Smith, J.", "Doe, A."]),
        ("Smith, John", ["Smith, John"]),
    ],
)
def test_authors_are_parted_as_each_exporter_parts_them(cell: str, names: list[str]) -> None:
    assert [str(author) for author in authors(cell)] == names


def test_tables_are_read_row_by_row() -> None:
    account = open_entries(b"Title\nA\nB\n")
    entries = account.entries
    assert (next(entries).citation.title, account.parsed) == ("A", 1)
    assert (len(list(entries)), account.declared) == (1, 2)


@settings(max_examples=150)
@given(st.lists(st.lists(st.text(alphabet='aé1",;|\t\n\r =', max_size=6), max_size=4), max_size=6), st.sampled_from(",;\t|"))
def test_any_rows_below_a_header_are_accounted_for(rows: list[list[str]], mark: str) -> None:
    text = mark.join(["Title", "Abstract", "DOI"]) + "\n" + "\n".join(mark.join(row) for row in rows)
    parsed = _read(text)
    assert parsed.declared == len(parsed.entries) + len(parsed.rejects)


def test_a_workbook_is_read_like_a_table_with_what_its_program_changed_brought_back() -> None:
    rows: list[list[object]] = [
        ["Exported by somebody"],
        ["Title", "Year", "Pages", "PMID", "Volume", "Abstract"],
        ["A _x000D_trial", 2019.0, datetime(2026, 5, 12), 31366609.0, "12", "=1+1"],  # noqa: DTZ001 - a cell has no time zone
        [None, None, None, None, None, None],
        ["B", "2018", "1-2", None, 3, "x" * 40_000],
    ]
    parsed = read(_workbook([["nothing"]], rows, formats={"C3": "d-mmm"}))
    first, second = (entry.citation for entry in parsed.entries)
    assert (parsed.format, [entry.line for entry in parsed.entries]) == ("xlsx", [3, 5])
    assert (first.title, first.year, first.pages, first.pmid, first.volume) == ("A trial", 2019, "5-12", "31366609", "12")
    assert (first.abstract, second.volume) == ((), "3")


def test_formulas_are_never_run() -> None:
    assert "=1+1" not in str(parse_xlsx(_workbook([["Title", "Abstract"], ["A", "=1+1"]])).entries)


def test_of_several_sheets_with_records_one_is_read_and_the_others_told() -> None:
    parsed = parse_xlsx(_workbook([["Title"], ["A"]], [["Title"], ["B"]]))
    assert [entry.citation.title for entry in parsed.entries] == ["A"]
    assert "“Sheet1”" in parsed.warnings[0]


def _altered(name: str, content: bytes) -> bytes:
    """A good workbook with one part replaced."""
    data = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(_workbook([["Title"], ["A"]]))) as good,
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for part in good.namelist():
            bad.writestr(part, content if part == name else good.read(part))
    return data.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
FAR = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="99999999"><c r="A1"/></row></sheetData></worksheet>'


def test_texts_that_are_held_in_memory_have_a_bound_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_reader, "_LARGEST_KEPT", 40_000)
    spaces = b" " * 41_000
    sheet = zipfile.ZipFile(io.BytesIO(_workbook([["Title"], ["A"]]))).read(SHEET)

    assert len(parse_xlsx(_altered(SHEET, sheet + spaces)).entries) == 1
    with pytest.raises(FormatError, match="far more than its size"):
        parse_xlsx(_altered("xl/theme/theme1.xml", b"<theme>" + spaces + b"</theme>"))


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (_altered(SHEET, b"<worksheet>" + b" " * 60_000_000 + b"</worksheet>"), "far more than its size"),
        (_altered(SHEET, BOMB), "unsafe"),
        (_altered(SHEET, b"<worksheet"), "damaged"),
        (_altered(SHEET, FAR), "more cells|damaged|empty"),
        (_altered("xl/workbook.xml", b"no xml"), "damaged"),
        (_workbook([["Title"], ["A"]])[:-300], "damaged"),
        (_workbook([["Colour"], ["red"]]), "Headers seen: Colour"),
        (_workbook([]), "empty"),
    ],
)
def test_hostile_and_broken_workbooks_end_in_a_sentence(data: bytes, word: str) -> None:
    with pytest.raises(FormatError, match=word):
        parse_xlsx(data)


def test_every_format_of_tables_can_be_named() -> None:
    assert {"csv", "xlsx"} <= set(FORMATS)
