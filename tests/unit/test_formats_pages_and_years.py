"""Numbers of articles stand for pages, and the date of early access for the year that an article does not have yet."""

from __future__ import annotations

import pytest

from prisma_tool.formats.registry import read
from prisma_tool.formats.text.printed_source import source_parts


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("RIS", "TY  - JOUR\nTI  - T\nC6  - MAR 2021\nER  - \n"),
        ("Web of Science", "PT J\nTI T\nEA MAR 2021\nER\n"),
        ("BibTeX", "@article{a,\nTitle = {{T}},\nEarly Access Date = {{MAR 2021}},\n}\n"),
        ("CSV", "Title,Year,Early Access Date\nT,,MAR 2021\n"),
    ],
)
def test_without_year_the_date_of_early_access_gives_it(name: str, text: str) -> None:
    parsed = read(text.encode())

    assert (parsed.entries[0].citation.year, parsed.entries[0].citation.published) == (2021, "MAR 2021"), name
    assert not parsed.warnings


@pytest.mark.parametrize("custom", ["2021", "Cohort 2021", "PMC2021", "12 patients"])
def test_a_custom_field_that_is_no_date_gives_no_year(custom: str) -> None:
    assert read(f"TY  - JOUR\nTI  - T\nC6  - {custom}\nER  - \n".encode()).entries[0].citation.year is None


def test_the_printed_year_comes_before_early_access() -> None:
    assert read(b"TY  - JOUR\nTI  - T\nPY  - 2022\nC6  - MAR 2021\nER  - \n").entries[0].citation.year == 2022


@pytest.mark.parametrize(
    ("source", "pages"),
    [
        ("Lung. 25 (1) (no pagination), 2018. Article Number: ab018. Date of Publication: 2018.", "ab018"),
        ("Lung. 25 (1) (no pagination), 2018. Date of Publication: 2018.", ""),
        ("Lung. 25(1):12-19, 2018.", "12-19"),
    ],
)
def test_the_year_behind_a_source_is_no_page(source: str, pages: str) -> None:
    assert dict(source_parts(source)).get("PG", "") == pages


@pytest.mark.parametrize("text", ["Article Number: ab018", "Art. No. ab018", "article no: ab018"])
def test_the_number_of_an_article_stands_without_its_label(text: str) -> None:
    assert read(f"TY  - JOUR\nTI  - T\nSP  - {text}\nER  - \n".encode()).entries[0].citation.pages == "ab018"
    assert read(f"Title,Pages\nT,{text}\n".encode()).entries[0].citation.pages == "ab018"
