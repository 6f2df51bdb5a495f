"""Which report a file belongs to: only what leaves no doubt is certain, however files are called."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prisma_tool.fulltext.pdf_identity import ReportIndex, SoughtReport, dois_inside
from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.record.identifiers import normal_doi

dois = st.from_regex(r"10\.[0-9]{4,5}/[a-z0-9]{1,4}([._()-][a-z0-9]{1,4}){0,2}", fullmatch=True).filter(
    lambda doi: normal_doi(doi) == doi
)
signs = st.sampled_from(["/", "_", "-", "%2F", " "])
families = st.sampled_from(["Moreau", "van der Berg", "O'Neil", "Ito", "Šimić", "Li"])


def index(*citations: Citation) -> ReportIndex:
    return ReportIndex.of(SoughtReport(f"a:{n}", (one,), (f"a:{n}",), wanted=True) for n, one in enumerate(citations))


def pieces(doi: str) -> list[str]:
    return [run for run in "".join(sign if sign.isalnum() else " " for sign in doi).split() if run]


@given(dois, signs, st.sampled_from(["", " (1)", " Smith 2019"]))
def test_a_file_called_by_a_doi_is_of_its_report(doi: str, sign: str, rest: str) -> None:
    assume(sign != " " or not rest)
    prefix, _, suffix = doi.partition("/")
    name = f"{prefix}{sign}{suffix}{rest}"
    found = index(Citation(doi=doi)).judge(name, ())
    # A blank parts words: after it no DOI goes on.
    assert (found.keys, found.certain) == ((("a:0",), True) if sign != " " else ((), False))


@given(dois, dois, signs)
def test_a_file_called_by_another_doi_is_never_of_the_report(mine: str, other: str, sign: str) -> None:
    assume(pieces(mine) != pieces(other))
    found = index(Citation(doi=mine)).judge(other.replace("/", sign), ())
    assert not found.certain


@given(families, families, st.integers(1950, 2029), st.integers(1950, 2029))
def test_author_and_year_are_certain_only_where_both_are_one_reports_alone(one: str, other: str, year: int, later: int) -> None:
    reports = [Citation(title="A title", authors=(Author(name),), year=when) for name, when in ((one, year), (other, later))]
    found = index(*reports).judge(f"{one} {year}", ())
    same = (one, year) == (other, later)
    assert (found.certain, found.keys) == (not same, ("a:0", "a:1") if same else ("a:0",))


@given(st.text(max_size=40))
def test_any_name_is_judged(name: str) -> None:
    citation = Citation(title="A title", authors=(Author("Moreau"),), year=2020, doi="10.1000/x", pmid="12345678")
    found = index(citation).judge(name, ())
    assert found.ground


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        (b"<prism:doi>10.1000/AB.1</prism:doi>", ("10.1000/ab.1",)),
        (b"<dc:identifier>doi:10.1000/ab.1</dc:identifier>", ("10.1000/ab.1",)),
        (b"<prism:url>https://doi.org/10.1000/ab.1</prism:url>", ("10.1000/ab.1",)),
        (b"/Title (A) /doi (10.1000/ab.1)", ("10.1000/ab.1",)),
        (b"<dc:identifier>urn:uuid:1</dc:identifier> see doi:10.1000/cited", ()),
        (b"\xff\xfe" * 50, ()),
    ],
)
def test_the_doi_that_a_document_names_of_itself_is_read_and_none_that_it_cites(inside: bytes, found: tuple[str, ...]) -> None:
    assert dois_inside(b"%PDF-1.7 " + inside) == found
