"""Pages read with their kind, and what two of them say about each other; all are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from prisma_tool.dedupe.compare import compare
from prisma_tool.dedupe.judging.place import PageKind, Pages, counted_apart, first_page, pages_agree, read_pages
from prisma_tool.dedupe.normalise import normalise
from prisma_tool.model.record.citation import Author, Citation

PAPER = Citation(
    title="Invented drainage of the imagined ventricle after supposed haemorrhage",
    authors=(Author("Quistgård", "Anna"),),
    year=2019,
    journal="Journal of Invented Neurology",
    volume="12",
    pages="101-110",
)
PRINTED, SUPPLEMENT, ARTICLE = PageKind.PRINTED, PageKind.SUPPLEMENT, PageKind.ARTICLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("101-110", Pages(PRINTED, "101", "110")),
        ("101–110", Pages(PRINTED, "101", "110")),
        ("123-9", Pages(PRINTED, "123", "129")),
        ("pp. 7-9", Pages(PRINTED, "7", "9")),
        ("007", Pages(PRINTED, "7")),
        ("230-5, 246-51, 228-9", Pages(PRINTED, "228", "229")),
        ("2243-5; author reply 2243-5", Pages(PRINTED, "2243", "2245")),
        ("17, 25-6", Pages(PRINTED, "17")),
        ("S12-S15", Pages(SUPPLEMENT, "12", "15", "s")),
        ("S12-5", Pages(SUPPLEMENT, "12", "15", "s")),
        ("Suppl 12", Pages(SUPPLEMENT, "12", "", "s")),
        ("P12", Pages(SUPPLEMENT, "12", "", "p")),
        ("e101", Pages(ARTICLE, "101")),
        ("CD990001", Pages(ARTICLE, "990001")),
        ("tay018", Pages(ARTICLE, "18")),
        ("0174554", Pages(ARTICLE, "174554")),
        ("104532", Pages(ARTICLE, "104532")),
        ("10453", Pages(PRINTED, "10453")),
        ("t-8", Pages(PageKind.LAST, last="8")),
        ("Suppl-12", Pages(PageKind.LAST, last="12")),
        ("215 p.", Pages(PageKind.EXTENT)),
        ("in press", Pages()),
        ("", Pages()),
    ],
)
def test_pages_are_read_with_their_kind(text: str, expected: Pages) -> None:
    assert read_pages(text) == expected
    assert first_page(text) == expected.first


def test_a_count_from_one_is_provisional_where_nothing_tells_the_volume() -> None:
    assert read_pages("1-6", ahead=True).kind is PageKind.PROVISIONAL
    assert read_pages("1-6").kind is read_pages("2-6", ahead=True).kind is read_pages("1", ahead=True).kind is PRINTED


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("101-110", "101", True),
        ("101-110", "203-210", False),
        ("678-684", "676-682", None),
        ("8-21", "21-28", False),
        ("8-21", "20-28", None),
        ("8-9", "9-21", False),
        ("230-5, 246-51", "246-51, 230-5", True),
        ("101-110", "t-110", True),
        ("101-110", "t-0", None),
        ("101-110", "t-112", False),
        ("t-110", "x-110", True),
        ("101", "t-110", None),
        ("e101", "203-210", None),
        ("e101", "101", True),
        ("e101", "e102", False),
        ("S12", "12", True),
        ("S12", "14", None),
        ("S12", "A12", None),
        ("S12", "S13", False),
        ("S12", "e13", None),
        ("215 p", "7", None),
        ("", "7", None),
    ],
)
def test_only_numbers_of_one_kind_contradict(first: str, second: str, expected: bool | None) -> None:
    a, b = read_pages(first), read_pages(second)
    assert pages_agree(a, b) is pages_agree(b, a) is expected


@given(st.text("0123456789-–, esSpt+;", max_size=12), st.text("0123456789-–, esSpt+;", max_size=12), st.booleans())
def test_what_pages_say_is_symmetric_and_no_page_contradicts_itself(first: str, second: str, ahead: bool) -> None:
    a, b = read_pages(first, ahead=ahead), read_pages(second)
    assert pages_agree(a, b) is pages_agree(b, a)
    assert counted_apart(a, b, one_year=True) == counted_apart(b, a, one_year=True)
    assert pages_agree(a, a) is not False


@pytest.mark.parametrize(
    ("why", "changes", "verdict"),
    [
        ("the letter of an article number is dropped", {"pages": "e101"}, "same"),
        ("an article number beside printed pages", {"pages": "e2077"}, "same"),
        ("a supplement of the volume has pages of its own", {"pages": "S33-S38"}, "unsure"),
        ("a thesis gives its number of pages", {"pages": "215 p"}, "unsure"),
        ("a range that an export cut ends on the same page", {"pages": "t-110"}, "same"),
        ("a range that an export cut ends elsewhere", {"pages": "t-212"}, "unsure"),
        ("one of two overlapping ranges is misprinted", {"pages": "103-112"}, "same"),
        ("ahead of print, the pages are counted from one", {"pages": "1-10", "volume": ""}, "same"),
        ("ahead of print in another year", {"pages": "1-10", "volume": "", "year": 2018}, "unsure"),
        ("the year stands where the volume belongs", {"volume": "2019"}, "same"),
        ("the year for the volume, and another name of the journal", {"volume": "2019", "journal": "Acta Ficta"}, "same"),
        ("another volume, and another name of the journal", {"volume": "19", "journal": "Acta Ficta"}, "unsure"),
    ],
)
def test_a_paper_with_one_thing_of_its_place_written_otherwise(why: str, changes: dict[str, str], verdict: str) -> None:
    other = normalise("b:1", "b", replace(PAPER, **changes))
    assert compare(normalise("a:1", "a", PAPER), other).verdict == verdict, why
