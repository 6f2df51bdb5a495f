"""Real records of all kinds, written in each format and read back: what a property with made-up words does not think of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.export_row import ExportRow
from prisma_tool.formats.registry import read
from prisma_tool.formats.writers import WRITERS
from prisma_tool.identify.files.reviewer_exports import without_own
from prisma_tool.model.record.citation import Author, Citation

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples"
TABLE = Path(__file__).parents[2] / "docs" / "round_trips.md"
LARGEST, EACH = 60_000, 4
needs_samples = pytest.mark.skipif(not SAMPLES.exists(), reason="the collection of sample exports is not on this computer")
FORMATS = [".ris", ".nbib", ".bib", ".xml", ".tsv", ".jsonl", ".json"]


def row(citation: Citation, number: int = 0) -> ExportRow:
    return ExportRow(f"s:{number}", "Source", f"a{number}", f"c{number}", True, citation, "include", "")


def back(suffix: str, *citations: Citation) -> list[Citation]:
    rows = [row(citation, number) for number, citation in enumerate(citations)]
    return [entry.citation for entry in read(b"".join(WRITERS[suffix](rows))).entries]


@cache
def real() -> tuple[Citation, ...]:
    return tuple(_real())


def _real() -> Iterator[Citation]:
    for path in sorted(SAMPLES.glob("*/*")):
        if path.name.startswith("zot_alltypes") or path.stat().st_size > LARGEST:
            continue
        try:
            entries = read(path.read_bytes()).entries
        except FormatError:
            continue
        yield from (entry.citation for entry in entries[:EACH] if entry.citation.title)


@cache
def returned(suffix: str) -> tuple[Citation, ...]:
    """What comes back of all real records."""
    return tuple(back(suffix, *real()))


def content(one: Citation) -> tuple[object, ...]:
    words = tuple(sorted({word.lstrip("*") for word in (*one.keywords, *one.mesh)}))
    return one.title, one.year, one.volume, one.issue, one.pages, one.doi, one.pmid, frozenset(one.publication_types), words


@needs_samples
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_real_record_comes_back_with_its_title_numbers_types_and_words(suffix: str) -> None:
    odd = ("Experimental/ ", "NA")  # INSPEC's one long keyword with semicolons in it, and a word that tables write for nothing
    pairs = [
        pair for pair in zip(real(), returned(suffix), strict=True) if not any(word.startswith(odd) for word in pair[0].keywords)
    ]
    assert len(pairs) > 100
    assert [content(came) for _, came in pairs] == [content(given) for given, _ in pairs]


def outcome(field: str, given: Citation, came: Citation) -> str:
    """How one field came back: "yes", "as text", "as keywords" or "no"."""
    if field == "authors":
        same = tuple(replace(one, orcid="") for one in given.authors) == tuple(replace(one, orcid="") for one in came.authors)
        return "yes" if same else "no"
    if field == "extra":
        return "yes" if without_own(came).extra == given.extra else "no"
    if field in {"keywords", "mesh"} and getattr(given, field) != getattr(came, field):
        words = {word.lstrip("*") for word in (*came.keywords, *came.mesh)}
        kept = {word.lstrip("*") for word in getattr(given, field)} <= words
        return ("yes" if field == "keywords" else "as keywords") if kept else "no"
    if field == "abstract" and given.abstract != came.abstract:
        return "as text" if " ".join(given.abstract_text.split()) == " ".join(came.abstract_text.split()) else "no"
    abbreviated = field == "journal_abbreviation" and given.journal_abbreviation == given.journal
    return "yes" if abbreviated or getattr(given, field) == getattr(came, field) else "no"


def summed(outcomes: set[str]) -> str:
    others = outcomes - {"yes"}
    return (others or {"yes"}).pop() if len(others) < 2 and not (others == {"no"} and "yes" in outcomes) else "partly"


@needs_samples
def test_the_documented_table_says_which_fields_survive_which_format() -> None:
    pairs = {suffix: list(zip(real(), returned(suffix), strict=True)) for suffix in FORMATS}
    table = {
        field: [summed({outcome(field, *pair) for pair in pairs[suffix] if getattr(pair[0], field)}) for suffix in FORMATS]
        for field in Citation.__struct_fields__
    }
    rows = [line.strip("| ").split(" | ") for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    documented = {name.strip("`"): [cell.rstrip("¹²³⁴⁵").strip() for cell in cells] for name, *cells in rows}
    assert documented == table


def test_signs_that_tex_joins_stay_apart() -> None:
    title = "2--3 h, 5---6, <!-- -->, ``quoted'' and ''''"
    (citation,) = back(".bib", Citation(title=title, pages="12-19", doi="10.1000/a--b"))
    assert (citation.title, citation.pages, citation.doi) == (title, "12-19", "10.1000/a--b")


@pytest.mark.parametrize("doi", ["10.1000/a_b", "10.1000/a%b#c", "10.1000/a{b", "10.1000/a~b^c"])
def test_a_doi_and_an_address_stand_as_they_are_in_bibtex_where_they_can(doi: str) -> None:
    given = Citation(title="A", doi=doi, urls=(f"https://example.org/{doi}?q=1&r=_2",))
    (citation,) = back(".bib", given)
    assert (citation.doi, citation.urls[0].replace("%7B", "{")) == (given.doi, given.urls[0])
    assert (f"doi = {{{doi}}}" in b"".join(WRITERS[".bib"]([row(given)])).decode()) is ("{" not in doi)


def test_a_date_stands_once_in_ris_and_another_one_is_a_note() -> None:
    given = Citation(title="A", year=2002, published="2002 Sep", extra=(("DA", "20020916"), ("CY", "Oslo")))
    text = b"".join(WRITERS[".ris"]([row(given)])).decode()
    assert [line for line in text.splitlines() if line.startswith(("DA", "N1", "CY"))] == [
        "DA  - 2002 Sep",
        "N1  - DA: 20020916",
        "CY  - Oslo",
        "N1  - Screening: title/abstract include [ASReview_relevant]",
    ]


@pytest.mark.parametrize("suffix", [".bib", ".xml", ".csv"])
def test_several_types_and_a_single_keyword_with_a_comma_come_back_as_they_were(suffix: str) -> None:
    given = Citation(title="A", publication_types=("Book Chapter", "Review"), keywords=("Leukemia, Myeloid, Acute",))
    (citation,) = back(suffix, given)
    assert citation.publication_types == given.publication_types
    assert citation.keywords == given.keywords


def test_a_lone_group_with_an_ampersand_in_its_name_is_one_author_in_a_table() -> None:
    group = Author("King Faisal Hospital & Research Center", collective=True)
    assert back(".csv", Citation(title="A", authors=(group,)))[0].authors == (group,)


def test_a_tag_of_another_format_never_fills_a_field_of_ris() -> None:
    given = Citation(title="A", year=2016, published="2016", extra=(("DA", "20160530"), ("SP", "A conference sponsor")))
    (citation,) = back(".ris", given)
    assert (citation.published, citation.pages) == ("2016", "")
    assert ("N1", "DA: 20160530") in citation.extra


def test_a_registration_number_with_slashes_survives_medline() -> None:
    given = Citation(title="A", registry_numbers=("CTRI/2020/05/025114", "NCT00000001"))
    assert back(".nbib", given)[0].registry_numbers == given.registry_numbers


def test_fields_that_are_named_like_our_columns_stay_with_the_record() -> None:
    given = Citation(title="A", extra=(("note", "cited By 4"), ("source", "Scopus"), ("reason", "none")))
    (citation,) = back(".jsonl", given)
    assert without_own(citation).extra == given.extra
