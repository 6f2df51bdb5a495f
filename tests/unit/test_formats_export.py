"""What is exported can be read back: by our readers as equal records in every format, by a spreadsheet without running anything."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from msgspec.structs import replace
from openpyxl import load_workbook

from prisma_tool.formats.account.export_row import ExportRow, Remark, Vote, votes_from_json, votes_to_json
from prisma_tool.formats.registry import read
from prisma_tool.formats.tables.csv_writer import COLUMNS, write_csv, write_tsv
from prisma_tool.formats.tables.xlsx_writer import CUT, LONGEST_CELL
from prisma_tool.formats.text.missing_values import is_missing
from prisma_tool.formats.text.spreadsheet_cells import SIGNS, defused, freed, guarded, table_lines
from prisma_tool.formats.text.tidy import line
from prisma_tool.formats.writers import NOT_CARRIED, WRITERS
from prisma_tool.identify.files.reviewer_exports import without_own
from prisma_tool.model.record.citation import Author, Citation, Section

LETTERS = st.characters(codec="utf-8", categories=("Lu", "Ll", "Nd", "Pd", "Po", "Sm", "Zs", "Mn"), exclude_characters="&;*%\\")
TRAPS = st.sampled_from(
    [
        "TY  - JOUR",
        "ER  - ",
        "N1  - Screening: title/abstract include",
        "PMID- 1",
        "@article{x, title={y}}",
        "]]></title><record>",
        "=1+1",
        "-2",
        "'@SUM(A1)",
        '"quoted", and, so; on',
        "_x0041_",
        "{braces} and }unbalanced{",
        "a % comment # of $5 ^ ~ _ & co \\ end",
        "p < 0.05 and q > 0.1",
    ]
)  # fmt: skip


def _is_text(text: str) -> bool:
    """True for words; what stands for a missing value is none in any format."""
    return any(map(str.isalnum, text)) and not is_missing(text, "abstract")


WORDS = (st.text(LETTERS, min_size=1, max_size=40) | TRAPS).map(line).filter(_is_text)
PLAIN = st.text("abcdefgh ÄöłЖ中", min_size=3, max_size=20).map(line).filter(lambda text: len(text) > 2)
NAMES = st.text("abcdefgöłß'-", min_size=2, max_size=9).map(lambda name: name.strip("'-").capitalize()).filter(str.isalpha)
AUTHORS = st.builds(Author, family=NAMES, given=NAMES) | st.builds(Author, family=PLAIN, collective=st.just(value=True))
CITATIONS = st.builds(
    Citation,
    title=WORDS,
    authors=st.lists(AUTHORS, max_size=4, unique_by=str).map(tuple),
    year=st.none() | st.integers(1800, 2030),
    journal=PLAIN,
    volume=st.from_regex(r"[A-Z]?[1-9][0-9]{0,2}", fullmatch=True),
    issue=st.from_regex(r"[1-9][0-9]?(-[1-9][0-9]?)?", fullmatch=True),
    pages=st.from_regex(r"[a-zA-Z]?[1-9][0-9]{2}(-[a-zA-Z]?[1-9][0-9]{3})?", fullmatch=True),
    doi=st.from_regex(r"10\.[0-9]{4}/[a-z0-9.()]{1,8}[a-z0-9]", fullmatch=True),
    pmid=st.integers(1_000_000, 39_999_999).map(str),
    registry_numbers=st.lists(st.from_regex(r"NCT[0-9]{8}", fullmatch=True), max_size=2, unique=True).map(tuple),
    abstract=st.lists(st.builds(Section, label=st.sampled_from(["", "METHODS"]), text=WORDS), max_size=3).map(tuple),
    keywords=st.lists(PLAIN, max_size=3, unique=True).map(tuple),
    mesh=st.lists(PLAIN, max_size=2, unique=True).map(tuple),
    languages=st.sampled_from([(), ("eng",), ("ger", "fre")]),
    issn=st.sampled_from([(), ("0028-4793",)]),
).filter(lambda citation: citation.title != citation.journal)


def _row(citation: Citation, accession: str = "CN-1") -> ExportRow:
    return ExportRow(f"central:{accession}", "CENTRAL", accession, "1", True, citation, "include", "pending")


def _written(suffix: str, *rows: ExportRow) -> bytes:
    return b"".join(WRITERS[suffix](rows))


def _carried(citation: Citation, suffix: str) -> Citation:
    """What is left of a citation where a format has no place for some fields; see `writing.NOT_CARRIED`."""
    absent = {name: getattr(Citation(), name) for name in NOT_CARRIED[suffix]}
    words = citation.keywords if "mesh" not in absent else tuple(dict.fromkeys((*citation.keywords, *citation.mesh)))
    abstract = " ".join(citation.abstract_text.split())
    sections = citation.abstract if suffix == ".jsonl" else (Section("", abstract),) if abstract else ()
    published = citation.published if citation.published != str(citation.year) else ""
    authors = citation.authors if suffix == ".jsonl" else tuple(Author(str(author)) for author in citation.authors)
    if suffix == ".nbib":
        # MEDLINE lists groups under a tag of their own.
        authors = tuple(Author(str(author)) for author in sorted(citation.authors, key=lambda author: author.collective))
    plain = replace(
        without_own(citation), mentioned_numbers=(), keywords=words, abstract=sections, authors=authors, published=published
    )
    return replace(plain, **absent)


def _named(citation: Citation, suffix: str) -> str:
    """The accession that comes back: MEDLINE's is the PMID where there is one."""
    return citation.pmid if suffix == ".nbib" else "CN-1"


@pytest.mark.parametrize("suffix", WRITERS)
@settings(max_examples=40)
@given(citations=st.lists(CITATIONS, min_size=1, max_size=3))
def test_a_written_file_reads_back_as_equal_records(suffix: str, citations: list[Citation]) -> None:
    parsed = read(_written(suffix, *map(_row, citations)))
    assert [_carried(entry.citation, suffix) for entry in parsed.entries] == [_carried(one, suffix) for one in citations]
    assert [entry.accession for entry in parsed.entries] == [_named(one, suffix) for one in citations]
    assert not parsed.rejects


@pytest.mark.parametrize("suffix", WRITERS)
def test_equal_records_give_equal_bytes(suffix: str) -> None:
    rows = [_row(Citation(title=f"Report {number}", year=2020), f"CN-{number}") for number in range(3)]
    assert _written(suffix, *rows) == _written(suffix, *rows)


@settings(max_examples=60)
@given(st.text(max_size=30))
def test_a_defused_cell_is_freed_exactly(text: str) -> None:
    assert freed(defused(text)) == freed(guarded(text)) == text


@settings(max_examples=60)
@given(st.text("'" + SIGNS + "1", max_size=6))
def test_whatever_signs_and_apostrophes_a_cell_begins_with_it_does_not_run_and_comes_back(text: str) -> None:
    assert defused(text)[:1] not in tuple(SIGNS)
    assert freed(defused(text)) == freed(guarded(text)) == text


@pytest.mark.parametrize("danger", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "'＝1"])
@pytest.mark.parametrize(("writer", "mark"), [(write_csv, ","), (write_tsv, "\t")])
def test_no_exported_cell_starts_a_formula(writer: object, mark: str, danger: str) -> None:
    row = _row(Citation(title=danger, journal=danger, authors=(Author(danger, collective=True),)))
    row = structs.replace(row, labels=(danger,), reason=danger, source=danger)
    text = b"".join(writer([row])).decode()  # type: ignore[operator] # one of two writers
    cells = next(csv.DictReader(io.StringIO(text), delimiter=mark))
    assert tuple(cells) == tuple(COLUMNS)
    assert not [cell for cell in cells.values() if cell[:1] in tuple(SIGNS)]


@pytest.mark.parametrize(
    ("title", "shown"), [("=1+1", "=1+1"), ("-5 °C", "-5 °C"), ("＝1", "＝1"), ("'plain", "'plain"), ("'=1", "''=1")]
)
def test_a_cell_of_a_workbook_shows_an_apostrophe_only_where_the_text_begins_with_one(title: str, shown: str) -> None:
    data = _written(".xlsx", _row(Citation(title=title)))
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    cell = sheet.cell(2, list(COLUMNS).index("title") + 1)
    assert (cell.value, cell.data_type) == (shown, "s")
    assert read(data).entries[0].citation.title == title


def test_a_workbook_holds_no_formula_and_no_link() -> None:
    row = _row(Citation(title="=HYPERLINK(1)", urls=("https://example.org/a",)))
    sheet = zipfile.ZipFile(io.BytesIO(_written(".xlsx", row))).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower().replace("=hyperlink(1)", "")


def test_a_text_too_long_for_a_cell_says_that_it_was_cut() -> None:
    long = "word " * LONGEST_CELL
    (entry,) = read(_written(".xlsx", _row(Citation(title="T", abstract=(Section("", long),))))).entries
    assert entry.citation.abstract_text.endswith(CUT.strip())


def test_ris_carries_what_reference_managers_file() -> None:
    citation = Citation(title="T", publication_types=("Conference paper",), pages="10-12", registry_numbers=("NCT01234567",))
    rows = _written(".ris", _row(citation)).decode().split("\r\n")
    assert rows[:3] == ["TY  - CONF", "AN  - CN-1", "TI  - T"]
    assert {"SP  - 10", "EP  - 12", "N1  - Trial registration: NCT01234567", "M3  - Conference paper", "DB  - CENTRAL"} <= set(
        rows
    )


def test_tags_that_no_field_takes_go_out_as_they_came_in_but_not_an_old_outcome() -> None:
    came = b"TY  - JOUR\nTI  - T\nC7  - e12\nZZ  - own\nN1  - Screening: title/abstract exclude\nER  - \n"
    (entry,) = read(came).entries
    rows = _written(".ris", _row(entry.citation)).decode().split("\r\n")
    assert "ZZ  - own" in rows
    assert [row for row in rows if "Screening" in row] == [
        "N1  - Screening: title/abstract include; full text pending [ASReview_relevant]"
    ]


def test_what_single_reviewers_said_comes_back_exactly() -> None:
    votes = (Vote("title-abstract", 'Ada | "x" => {', "exclude", "Wrong; outcome", "n\u2028", "2025-02-03T09:00:00+00:00"),)
    row = structs.replace(_row(Citation(title="T")), votes=votes, remarks=(Remark("Ben", "see, p. 3"),))
    assert votes_from_json(votes_to_json(row)) == (row.votes, row.remarks)


@pytest.mark.parametrize("text", ["x", "[]", '{"votes":[1]}', '{"votes":[{"verdict":"include"}]}', '{"notes":[{"who":"x"}]}'])
def test_a_text_that_is_not_ours_says_nothing_about_reviewers(text: str) -> None:
    with pytest.raises(ValueError):
        votes_from_json(text)


def test_ampersands_and_paragraphs_reach_other_readers_of_ris_as_they_are() -> None:
    citation = Citation(title="T", abstract=(Section("AIM", "Low & stable."), Section("RESULTS", "Yes.")))
    assert "AB  - AIM: Low & stable.\r\nRESULTS: Yes.\r\n" in _written(".ris", _row(citation)).decode()


def test_medline_gives_a_doi_and_an_issn_where_other_readers_look() -> None:
    rows = _written(".nbib", _row(Citation(title="T", doi="10.5555/a", issn=("1234-5679",)))).decode().split("\n")
    assert {"LID - 10.5555/a [doi]", "AID - 10.5555/a [doi]", "IS  - 1234-5679 (Undetermined)"} <= set(rows)


def test_a_number_in_a_row_is_written_as_such_whether_or_not_the_row_holds_a_formula() -> None:
    rows = [("a", -1, None, 0, 2.5, ""), ("=1+1", -1, None, 0, 2.5, "-1")]
    assert "".join(table_lines(rows)) == "a,-1,,0,2.5,\n'=1+1,-1,,0,2.5,'-1\n"
