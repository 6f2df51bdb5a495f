"""What a first page says, read apart; and whether a document is the report, on both sides of each threshold."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from invented_pdf import article_pdf, scanned_pdf
from pypdf import PdfWriter

from prisma_tool.fulltext.finding.document_check import OTHER_WORK, UNREADABLE, document_problem
from prisma_tool.fulltext.finding.first_page import PageReader

TITLE = "Effects of γ-interferon on ﬁbrosis in adults with cirrhosis"


@pytest.fixture(scope="module")
def reader() -> Iterator[PageReader]:
    made = PageReader()
    yield made
    made.close()


def test_one_process_reads_many_pages_and_what_is_no_pdf_has_no_words(reader: PageReader) -> None:
    assert "A small trial" in reader.words(article_pdf("A small trial"))
    assert reader.words(b"%PDF-1.4 and then nothing of the kind") == ""
    assert reader.words(scanned_pdf()) == ""
    assert "Another one" in reader.words(article_pdf("Another one"))


def test_a_reader_that_was_ended_begins_anew(reader: PageReader) -> None:
    process = reader._process or reader._begin()
    process.kill()
    process.wait()
    assert reader.words(article_pdf("A small trial")) == ""
    assert "A small trial" in reader.words(article_pdf("A small trial"))


@pytest.mark.parametrize(
    ("words", "doi", "title", "problem"),
    [
        # The DOI, broken over lines; a longer DOI is another.
        ("doi: 10.5555/abc\n.12 Received", "10.5555/abc.12", "Any", ""),
        ("doi: 10.5555/abc.123 Received", "10.5555/abc.12", "Any", OTHER_WORK),
        # A supplement has the DOI with a suffix, a figure too; a full stop ends a sentence, and a version of a preprint is the preprint.
        ("Supplement. doi: 10.5555/abc.s001", "10.5555/abc", "Any", OTHER_WORK),
        ("Supplement. doi: 10.5555/ab\nc.g02", "10.5555/abc", "Any", OTHER_WORK),
        ("Supplement. doi: 10.5555/abc_s1, 10.5555/abc-s2", "10.5555/abc", "Any", OTHER_WORK),
        ("doi: 10.5555/abc. Received in May", "10.5555/abc", "Any", ""),
        ("doi: 10.5555/abc.\nReceived in May", "10.5555/abc", "Any", ""),
        ("doi: 10.5555/abc\n.s001 and a line break", "10.5555/abc", "Any", ""),
        ("https://doi.org/10.5555/abcv1.full", "10.5555/abc", "Any", ""),
        ("doi: 10.5555/abc. The figure is 10.5555/abc.g001", "10.5555/abc", "Any", ""),
        # The title, with hyphens at line ends, ligatures and lost Greek letters.
        ("EFFECTS OF -INTERFERON ON FIBRO-\nSIS IN ADULTS WITH CIRRHOSIS A. Moreau", "", TITLE, ""),
        # 25 letters are enough, 24 are not: "Reply to the editor" stands on many pages.
        ("Letters. Statins and sleep in older age. A. Ito", "", "Statins and sleep in older age", ""),
        ("Letters. Statins and sleep in old ages A. Ito", "", "Statins and sleep in old ages", OTHER_WORK),
        # Another title of the same group: 20 of its 45 letters differ.
        ("Effects of aspirin on survival in children with leukaemia", "", TITLE, OTHER_WORK),
        ("", "10.5555/abc", TITLE, UNREADABLE),
    ],
)  # fmt: skip
def test_a_document_is_the_report_where_its_first_page_names_it(words: str, doi: str, title: str, problem: str) -> None:
    assert document_problem(b"%PDF-1.4", words, doi, [title]) == problem


@pytest.mark.parametrize(("lost", "problem"), [(8, ""), (9, OTHER_WORK)])
def test_92_of_100_letters_of_a_title_must_stand_on_the_page(lost: int, problem: str) -> None:
    title = "a trial of sleep and of light in people who work by night and rest by day with their families at home " * 2
    letters = "".join(title.split())[:100]
    # The letters that the page lost stand apart, in the inner part, so that no shorter stretch of it is more like the title.
    page = "".join("7" if n in range(14, 14 + 8 * lost, 8) else letter for n, letter in enumerate(letters))
    assert document_problem(b"%PDF-1.4", f"0 0 0 {page} 0 0 0", "", [letters]) == problem


@pytest.mark.parametrize(("letters", "first"), [(40, True), (39, False)])
def test_a_first_page_of_40_letters_is_the_one_that_is_read(reader: PageReader, letters: int, first: bool) -> None:
    writer = PdfWriter()
    for words in ("c" * letters, "The second page has the title of the article and its authors"):
        writer.append(io.BytesIO(article_pdf("", words=words)))
    pages = io.BytesIO()
    writer.write(pages)
    assert ("second page" not in reader.words(pages.getvalue())) is first
