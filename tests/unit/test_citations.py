"""References say what a record says, in the style asked for, whatever stands in the record and whatever stands in the style."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import citeproc
import docx
import pytest
from citeproc import CitationItem, CitationStylesBibliography, formatter
from citeproc.source.json import CiteProcJSON

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.manuscript.citations.cited_items import cited_items
from prisma_tool.manuscript.citations.items import csl_item
from prisma_tool.manuscript.citations.marked_formatter import may_mark, preformat, stretches
from prisma_tool.manuscript.citations.references import references
from prisma_tool.manuscript.citations.styles import load_style
from prisma_tool.manuscript.document.blocks import Document, Points, Table
from prisma_tool.manuscript.document.docx import render_word
from prisma_tool.manuscript.document.styled_text import StyledText, TextRun, styled
from prisma_tool.model.record.citation import Author, Citation, Trial

CSL = (
    '<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0"><info><title>t</title><id>t</id>'
    '<updated>2026-01-01T00:00:00+00:00</updated></info><citation><layout><text variable="title"/></layout></citation>{body}</style>'
)
BIBLIOGRAPHY = "<bibliography><layout>{layout}</layout></bibliography>"


def cited(*citations: Citation, style: str = "vancouver", source: str = "ClinicalTrials.gov") -> list[str]:
    return references([csl_item(citation, f"key:{number}", source) for number, citation in enumerate(citations)], style)


def one(style: str = "vancouver", **fields: Any) -> str:
    return cited(Citation(**fields), style=style)[0]


ARTICLE = Citation(
    title="A trial",
    authors=(Author("van der Berg", "Jan Piet"), Author("O'Neil", "A.B.", "Jr"), Author("The ATLAS Group", collective=True)),
    year=2020,
    journal="J Inv",
    volume="5",
    issue="2",
    pages="1-9",
    doi="10.1000/x",
    pmid="123",
)


def test_an_article_in_vancouver() -> None:
    assert cited(ARTICLE) == [
        "van der Berg JP, O'Neil AB Jr, The ATLAS Group. A trial. J Inv. 2020;5(2):1–9. doi:10.1000/x. PMID: 123."
    ]


def test_an_article_in_apa() -> None:
    assert cited(ARTICLE, style="APA") == [
        "van der Berg, J. P., O'Neil, A. B., Jr, & The ATLAS Group. (2020). A trial. J Inv, 5(2), 1–9. https://doi.org/10.1000/x"
    ]


@pytest.mark.parametrize(
    ("authors", "printed"),
    [
        ((Author("Berg", "JP"),), "Berg JP. T."),
        # Four capitals are initials; five are a name that a source writes in capitals.
        ((Author("Berg", "JPAM"),), "Berg JPAM. T."),
        ((Author("Berg", "MARIA"),), "Berg M. T."),
        ((Author("Berg", "J-P"),), "Berg J-P. T."),
        ((Author("王", "小明"),), "王小明. T."),
        ((Author("Öz", "Émile"),), "Öz É. T."),
        ((Author("Cher"),), "Cher. T."),
        ((Author("De Vries", "Q"),), "De Vries Q. T."),
        ((Author("van", "Q"),), "van Q. T."),
        ((Author(""), Author("A", "B")), "A B. T."),
        (tuple(Author(f"N{n}", "A") for n in range(6)), "N0 A, N1 A, N2 A, N3 A, N4 A, N5 A. T."),
        (tuple(Author(f"N{n}", "A") for n in range(30)), "N0 A, N1 A, N2 A, N3 A, N4 A, N5 A, et al. T."),
        ((), "T."),
    ],
)
def test_names_of_all_kinds(authors: tuple[Author, ...], printed: str) -> None:
    assert one(title="T", authors=authors) == printed


def test_apa_shortens_a_list_of_more_than_twenty_authors() -> None:
    printed = one("apa", title="T", authors=tuple(Author(f"N{n}", "A") for n in range(30)), year=2020)
    assert printed.count("A.") == 20
    assert "N18, A., … N29, A. (2020)" in printed


def test_a_record_without_anything_says_that_it_has_no_title() -> None:
    assert one() == "[no title in the record]."
    assert one("apa") == "[no title in the record]. (n.d.)."


def test_a_preprint_and_an_entry_of_a_register_say_what_they_are() -> None:
    preprint = Citation(title="T", publication_types=("Preprint",), journal="medRxiv", year=2021)
    entry = Citation(title="E", trial=Trial(), registry_numbers=("NCT01234567",), journal="ClinicalTrials.gov")
    assert cited(preprint, entry) == [
        "T [Preprint]. medRxiv. 2021.",
        "E [Trial register entry]. ClinicalTrials.gov. NCT01234567.",
    ]


@pytest.mark.parametrize(
    ("title", "printed"),
    [
        ("Does it work?", "Does it work?"),
        ("Done.", "Done."),
        ('He said "no."', 'He said "no."'),
        ("<i>X</i> & <script>", "<i>X</i> & <script>."),
        ('=HYPERLINK("x")\x1b[31m\u202e', '=HYPERLINK("x").'),
        ("two\nlines", "two lines."),
    ],
)
def test_a_title_stays_what_it_is(title: str, printed: str) -> None:
    assert one(title=title) == printed


@pytest.mark.parametrize(
    ("fields", "printed"),
    [
        ({"volume": "7", "pages": "3"}, "T. 7:3."),
        ({"year": 2020, "pages": "e12"}, "T. 2020:e12."),
        ({"year": 2020, "issue": "4"}, "T. 2020;(4)."),
        ({"publisher": "P"}, "T. P."),
        ({"publisher": "P", "journal": "J", "volume": "3", "year": 2020}, "T. J. 2020;3."),
        ({"publisher": "P", "journal": "Handbook", "publication_types": ("Book chapter",)}, "T. Handbook. P."),
        (
            {"publisher": "University of Y", "journal": "University of Y.", "publication_types": ("Thesis",)},
            "T. University of Y.",
        ),
        (
            {"publisher": "medRxiv", "journal": "medRxiv", "publication_types": ("Preprint",), "year": 2021},
            "T [Preprint]. medRxiv. 2021.",
        ),
        (
            {"publisher": "P", "journal": "medRxiv", "publication_types": ("Preprint",), "year": 2021},
            "T [Preprint]. medRxiv. 2021.",
        ),
        ({"publisher": "medRxiv", "publication_types": ("Preprint",), "year": 2021}, "T [Preprint]. medRxiv; 2021."),
        ({"journal": "J"}, "T. J."),
    ],
)
def test_what_is_missing_leaves_no_stray_signs(fields: dict[str, Any], printed: str) -> None:
    assert one(title="T", **fields) == printed


def test_an_address_that_is_none_of_the_web_is_left_out() -> None:
    assert one(title="T", urls=("javascript:alert(1)",)) == "T."
    assert one(title="T", urls=("https://example.org/a",)) == "T. Available from: https://example.org/a"


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_style_from_a_file_is_followed_and_keeps_the_order_of_the_records(tmp_path: Path) -> None:
    layout = '<text variable="citation-number" prefix="[" suffix="]"/><text variable="title"/>'
    body = f'<bibliography><sort><key variable="title"/></sort><layout>{layout}</layout></bibliography>'
    style = write(tmp_path / "own.csl", CSL.format(body=body))
    assert cited(Citation(title="b"), Citation(title="a"), style=style) == ["[1] b", "[2] a"]


def test_an_item_knows_what_the_library_would_look_up_for_it() -> None:
    items = [{"id": "item0", "type": "article", "title": "a"}, {"id": "item1", "type": "article", "title": "b"}]
    bibliography = CitationStylesBibliography(load_style("vancouver"), CiteProcJSON(items), formatter.plain)
    looked_up = [CitationItem("item0"), CitationItem("item1")]
    bibliography.register(citeproc.Citation(looked_up))
    known = [(one.number, one.reference, one.bibliography, one.is_bad(), one.key) for one in looked_up]
    bibliography.keys = []
    cited = cited_items(bibliography, ["item0", "item1"])
    assert [(one.number, one.reference, one.bibliography, one.is_bad(), one.key) for one in cited] == known
    assert cited[0].citation is cited[1].citation


def test_what_was_looked_up_in_one_style_is_not_kept_for_the_next(tmp_path: Path) -> None:
    layout = '<text macro="said"/>'
    styles = [
        write(
            tmp_path / f"{field}.csl",
            CSL.format(body=f'<macro name="said"><text variable="{field}"/></macro>{BIBLIOGRAPHY.format(layout=layout)}'),
        )
        for field in ("title", "DOI")
    ]
    assert [one(style=style, title="T", doi="10.1000/x") for style in styles] == ["T", "10.1000/x"]


def test_a_style_that_prints_nothing_still_gives_the_title(tmp_path: Path) -> None:
    style = write(tmp_path / "own.csl", CSL.format(body=BIBLIOGRAPHY.format(layout='<text variable="archive"/>')))
    assert cited(Citation(title="b"), style=style) == ["b"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("not XML", "is not the XML of a citation style"),
        ('<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]><s>&e;</s>', "is not the XML of a citation style"),
        ("<html/>", "no citation style (CSL)"),
        (CSL.format(body=""), "without a bibliography"),
        (
            '<style xmlns="http://purl.org/net/xbiblio/csl"><info><link rel="independent-parent" href="https://x.example/apa"/></info></style>',
            "only points to https://x.example/apa",
        ),
        (CSL.format(body=BIBLIOGRAPHY.format(layout='<text macro="nowhere"/>')), "cannot be applied"),
        (
            CSL.format(body='<macro name="m"><text macro="m"/></macro>' + BIBLIOGRAPHY.format(layout='<text macro="m"/>')),
            "cannot be applied",
        ),
        (" " * 1_000_001, "at most 1,000,000"),
    ],
)
def test_a_style_that_cannot_be_used_is_explained(tmp_path: Path, text: str, says: str) -> None:
    style = write(tmp_path / "own.csl", text)
    with pytest.raises(PrismaError) as error:
        cited(Citation(title="b"), style=style)
    assert says in str(error.value)
    assert style in str(error.value)


@pytest.mark.parametrize("named", ["harvard", "../vancouver", "style.xml", ""])
def test_a_style_that_is_neither_ours_nor_a_file_is_refused(named: str) -> None:
    with pytest.raises(UsageError, match="vancouver, apa"):
        cited(Citation(title="b"), style=named)


def test_what_a_style_puts_in_italics_stands_in_runs_of_its_own_and_the_words_stay_the_same() -> None:
    [line] = references([csl_item(ARTICLE, "1")], "apa")
    assert isinstance(line, StyledText)
    assert "".join(run.text for run in line.runs) == line
    italic = [run.text for run in line.runs if run.italic]
    assert italic[0] == ARTICLE.journal
    assert not any(run.bold for run in line.runs)


def test_a_stretch_that_is_not_in_the_text_changes_nothing() -> None:
    assert styled("A title. Journal", [TextRun("Elsewhere", italic=True), TextRun("Journal", bold=True)]) == "A title. Journal"
    text = styled("A title. Journal", [TextRun("Elsewhere", italic=True), TextRun("Journal", bold=True)])
    assert isinstance(text, StyledText)
    assert text.runs == (TextRun("A title. "), TextRun("Journal", bold=True))
    assert not isinstance(styled("plain", []), StyledText)


@pytest.mark.parametrize(
    ("layout", "marks"),
    [
        ('<text variable="title"/>', False),
        ('<text variable="title" font-style="normal" font-weight="normal"/>', False),
        ('<text variable="title" font-style="italic"/>', True),
        ('<group><text variable="title" font-weight="bold"/></group>', True),
    ],
)
def test_only_a_style_with_italics_or_bold_is_looked_through_for_them(tmp_path: Path, layout: str, marks: bool) -> None:
    path = tmp_path / "own.csl"
    path.write_text(CSL.format(body=BIBLIOGRAPHY.format(layout=layout)))
    assert may_mark(load_style(str(path))) is marks
    [line] = cited(Citation(title="A trial"), style=str(path))
    assert (line, isinstance(line, StyledText)) == ("A trial", marks)


def test_what_one_style_looks_up_is_not_taken_for_what_another_would_find(tmp_path: Path) -> None:
    path = tmp_path / "own.csl"
    for words in ("first", "second"):
        macro = f'<macro name="own"><text value="{words}"/></macro>'
        path.write_text(CSL.format(body=macro + BIBLIOGRAPHY.format(layout='<text macro="own"/>')))
        assert cited(ARTICLE, ARTICLE, style=str(path)) == [words, words]


def test_a_title_cannot_bring_marks_of_its_own() -> None:
    assert list(stretches(preformat("\ue000sly\ue002"))) == []


def test_italics_come_into_cells_and_lists_of_word() -> None:
    reference = styled("A title. Journal 1.", [TextRun("Journal", italic=True)])
    document = Document("T", (Points((reference,)), Table(("Report",), ((reference,),))))
    opened = docx.Document(io.BytesIO(render_word(document)))
    cell = opened.tables[0].rows[1].cells[0].paragraphs[0]
    for runs in (opened.paragraphs[1].runs, cell.runs):
        assert [(run.text, bool(run.italic)) for run in runs] == [("A title. ", False), ("Journal", True), (" 1.", False)]
