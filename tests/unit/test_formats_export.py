"""What is exported can be read back: by our readers exactly, by a spreadsheet without running anything."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.formats.cells import defused, freed
from prisma_tool.formats.export import CSV_COLUMNS, ExportRow, write_csv, write_ris
from prisma_tool.formats.prose import line
from prisma_tool.formats.registry import read
from prisma_tool.model.citation import Author, Citation, Section

LETTERS = st.characters(codec="utf-8", categories=("Lu", "Ll", "Nd", "Pd", "Sm", "Zs", "Mn"))
WORDS = st.text(LETTERS, min_size=1, max_size=40).map(line).filter(bool)
NAMES = st.text("abcdefgöłß'-", min_size=2, max_size=9).map(str.capitalize)
AUTHORS = st.builds(Author, family=NAMES, given=NAMES) | st.builds(Author, family=WORDS, collective=st.just(value=True))
CITATIONS = st.builds(
    Citation,
    title=WORDS,
    authors=st.lists(AUTHORS, max_size=4, unique_by=str).map(tuple),
    year=st.none() | st.integers(1500, 2099),
    journal=WORDS,
    volume=WORDS,
    issue=WORDS,
    pages=st.from_regex(r"[a-zA-Z0-9]{1,5}(-[a-zA-Z0-9]{1,5})?", fullmatch=True),
    doi=st.from_regex(r"10\.[0-9]{4}/[a-z0-9.()]{1,8}[a-z0-9]", fullmatch=True),
    pmid=st.integers(1, 99_999_999).map(str),
    registry_numbers=st.lists(st.from_regex(r"NCT[0-9]{8}", fullmatch=True), max_size=2, unique=True).map(tuple),
    abstract=st.lists(st.builds(Section, label=st.sampled_from(["", "METHODS"]), text=WORDS), max_size=3).map(tuple),
    keywords=st.lists(WORDS, max_size=3, unique=True).map(tuple),
)


def _row(citation: Citation, accession: str = "CN-1") -> ExportRow:
    return ExportRow(f"central:{accession}", "CENTRAL", accession, "1", True, citation, "include", "pending")


def _said(citation: Citation) -> tuple[object, ...]:
    names = tuple(map(str, citation.authors))
    numbers = (citation.doi, citation.pmid, citation.nct)
    place = (citation.journal, citation.volume, citation.issue, citation.pages)
    return citation.title, names, citation.year, place, numbers, citation.abstract_text


@settings(max_examples=100)
@given(st.lists(CITATIONS, min_size=1, max_size=3))
def test_ris_reads_back_as_it_was_written(citations: list[Citation]) -> None:
    parsed = read(write_ris(map(_row, citations)).encode(), format="ris")
    assert [_said(entry.citation) for entry in parsed.entries] == [_said(citation) for citation in citations]
    assert [entry.citation.keywords for entry in parsed.entries] == [citation.keywords for citation in citations]
    assert [entry.citation.registry_numbers for entry in parsed.entries] == [citation.registry_numbers for citation in citations]
    assert {entry.accession for entry in parsed.entries} == {"CN-1"}


@settings(max_examples=100)
@given(st.lists(CITATIONS, min_size=1, max_size=3))
def test_csv_reads_back_as_it_was_written(citations: list[Citation]) -> None:
    parsed = read(write_csv(map(_row, citations)).encode(), source_column="source")
    assert [_said(entry.citation) for entry in parsed.entries] == [_said(citation) for citation in citations]
    assert {(entry.accession, entry.source) for entry in parsed.entries} == {("CN-1", "CENTRAL")}


@settings(max_examples=100)
@given(st.text(max_size=30))
def test_a_defused_cell_is_freed_exactly(text: str) -> None:
    assert freed(defused(text)) == text


@pytest.mark.parametrize("danger", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1"])
def test_no_exported_cell_starts_a_formula(danger: str) -> None:
    row = _row(Citation(title=danger, journal=danger, authors=(Author(danger, collective=True),)))
    cells = next(csv.DictReader(io.StringIO(write_csv([row]))))
    assert tuple(cells) == CSV_COLUMNS
    assert not [cell for cell in cells.values() if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]


def test_ris_carries_what_reference_managers_file() -> None:
    citation = Citation(title="T", publication_types=("Conference paper",), pages="10-12", registry_numbers=("NCT01234567",))
    rows = write_ris([_row(citation)]).split("\r\n")
    assert rows[:3] == ["TY  - CONF", "AN  - CN-1", "TI  - T"]
    assert {"SP  - 10", "EP  - 12", "N1  - Trial registration: NCT01234567", "M3  - Conference paper"} <= set(rows)


def test_a_tag_inside_an_abstract_opens_no_entry() -> None:
    citation = Citation(title="T", abstract=(Section("", "One"), Section("", "TY  - JOUR"), Section("", "ER  - ")))
    parsed = read(write_ris([_row(citation)]).encode())
    assert [entry.citation.title for entry in parsed.entries] == ["T"]
