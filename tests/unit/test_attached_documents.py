"""A PDF that a person attached is held against the report: only what its own first pages say of another work is told."""

from __future__ import annotations

import pytest

from prisma_tool.fulltext.attached_documents import doubt_about
from prisma_tool.fulltext.document_evidence import FirstPages
from prisma_tool.fulltext.pdf_identity import SoughtReport
from prisma_tool.model.record.citation import Citation

TITLE, DOI = "Light therapy and sleep in people who work by night", "10.5555/night.12"
OTHER_TITLE, OTHER_DOI = "Tea for everyone: an invented cohort of adults", "10.5555/tea.3"
STRANGE = "10.5555/strange.9"
SOUGHT = [
    SoughtReport("a:1", (Citation(title=TITLE, doi=DOI, pmid="34531250"),), ("a:1", "b:1"), wanted=True),
    SoughtReport("a:2", (Citation(title=OTHER_TITLE, doi=OTHER_DOI),), ("a:2",), wanted=False, phase="is excluded"),
]


def doubt(*pages: str, inside: tuple[str, ...] = (), key: str = "a:1") -> str:
    return doubt_about(FirstPages(pages, inside), key, SOUGHT)


@pytest.mark.parametrize(
    "pages",
    [
        (f"{TITLE}\n{DOI}",),
        ("Cover page of a library", f"{TITLE}\n{DOI}"),
        # The number alone, as where the title is a picture; and the title alone, as in print before there were DOIs.
        (f"Received in May. {DOI}",),
        (TITLE,),
        # A comment cited on the first page does not make it another's.
        (f"{TITLE}\n{DOI}\nsee {STRANGE}",),
        # What it cites from its second page on is no number of its own.
        (TITLE, f"Received in May.\n{STRANGE}"),
        # Neither number nor title of anything: a scan, or a page that cannot be judged.
        ("",),
        (),
        ("Some words that no report has",),
        # Beside its own title that of another report, which a review cites and a series announces.
        (f"{TITLE}\nNext in this series: {OTHER_TITLE}",),
    ],
)
def test_nothing_is_said_of_a_document_that_may_be_the_report(pages: tuple[str, ...]) -> None:
    assert doubt(*pages) == ""


@pytest.mark.parametrize("key", ["a:1", "b:1"])
def test_a_document_that_is_another_report_of_the_review_is_named(key: str) -> None:
    said = doubt(f"{OTHER_TITLE}\n{OTHER_DOI}", key=key)
    assert said == f"names {OTHER_DOI} and has the title of “{OTHER_TITLE}”, not of the report it was attached to"
    assert doubt(OTHER_TITLE, key=key) == f"has the title of “{OTHER_TITLE}”, not of the report it was attached to"


def test_number_and_title_of_another_report_count_more_than_the_title_alone_as_of_a_comment() -> None:
    said = doubt(f"{OTHER_TITLE}\n{OTHER_DOI}\nA comment on: {TITLE}")
    assert said == f"names {OTHER_DOI} and has the title of “{OTHER_TITLE}”, not of the report it was attached to"


@pytest.mark.parametrize(("lost", "is_named"), [(8, True), (9, False)])
def test_92_of_a_titles_100_letters_name_another_report_and_91_do_not(lost: int, *, is_named: bool) -> None:
    letters = ("atrialofsleepandoflightinpeoplewhoworkbynightandrestbydaywiththeirfamiliesathome" * 2)[:100]
    title = " ".join(letters[n : n + 4] for n in range(0, 100, 4))
    # The letters that the page lost stand apart, in the inner part, so that no shorter stretch of it is more like the title.
    page = "".join("7" if n in range(14, 14 + 4 * lost, 4) else letter for n, letter in enumerate(letters))
    sought = [*SOUGHT, SoughtReport("a:3", (Citation(title=title),), ("a:3",), wanted=True)]
    said = doubt_about(FirstPages((f"000 {page} 000",)), "a:1", sought)
    assert said == (f"has the title of “{title}”, not of the report it was attached to" if is_named else "")


def test_a_doi_that_is_not_the_report_s_is_said_where_neither_number_nor_title_is() -> None:
    said = f"names {STRANGE}, and neither number nor title of the report it was attached to"
    assert doubt(f"Works of another kind\n{STRANGE}") == said
    assert doubt("Works of another kind", inside=(STRANGE,)) == said


def test_the_title_under_another_doi_is_said_as_of_a_preprint() -> None:
    assert doubt(f"{TITLE}\n{STRANGE}") == f"has the title of the report it was attached to, but names {STRANGE} and not {DOI}"


def test_a_report_without_a_doi_may_have_any_with_its_title() -> None:
    sought = [SoughtReport("a:1", (Citation(title=TITLE),), ("a:1",), wanted=True)]
    assert doubt_about(FirstPages((f"{TITLE}\n{STRANGE}",)), "a:1", sought) == ""
