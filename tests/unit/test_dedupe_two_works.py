"""One title, and one work or two: forms of publication, namesakes, versions, rows with little in them; all are invented."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from prisma_tool.dedupe.compare import compare
from prisma_tool.dedupe.judging.forms import Form, form
from prisma_tool.dedupe.normalise import normalise
from prisma_tool.model.record.citation import Author, Citation, Link, Section

JOINED, UNCERTAIN, DIFFERENT, FORBIDDEN = "same", "unsure", "different", "forbidden"
TITLE = "Invented rest and supposed job satisfaction among nurses of imagined wards"
PAPER = Citation(
    title=TITLE,
    authors=(Author("Quistgård", "Anna"), Author("Lindberg", "Bob")),
    year=2019,
    journal="Journal of Invented Nursing",
    volume="12",
    issue="3",
    pages="101-110",
)
NO_PLACE: dict[str, Any] = {"journal": "", "volume": "", "issue": "", "pages": ""}
NO_PAGE: dict[str, Any] = {"issue": "", "pages": ""}
REVIEW = replace(PAPER, journal="Invented Database of Reviews", volume="", issue="", pages="CD990001")
PROCEEDINGS = replace(PAPER, journal="Conference on Invented Systems 2019", volume="2019", issue="", pages="1-6")
ARTICLE = replace(PAPER, pages="e12345")
TELLING = Section(
    "",
    "Nurses of wards that nobody built rested under the imagined trees while others measured how much they liked it, "
    "and the morale of porters, clerks and gardeners stayed exactly where their managers had always believed that it was.",
)


def paper(**changes: Any) -> Citation:
    return replace(PAPER, **changes)


def without(**changes: Any) -> Citation:
    """The paper in a row that has no place."""
    return replace(PAPER, **{**NO_PLACE, **changes})


def by(family: str, given: str) -> dict[str, Any]:
    return {"authors": (Author(family, given),)}


FORMS = [
    ("a thesis and the paper", paper(), without(publication_types=("Thesis",)), UNCERTAIN),
    ("a thesis in two sources", without(publication_types=("Thesis",)), without(journal="Dissertation Abstracts"), JOINED),
    ("a preprint by its type and the paper", paper(), without(publication_types=("Preprint",)), UNCERTAIN),
    ("a preprint by its identifier and the paper", paper(), without(doi="10.21203/rs.3.rs-990001/v1"), UNCERTAIN),
    ("a preprint in two sources", without(doi="10.1101/2019.99"), without(journal="medRxiv"), JOINED),
    ("a paper and a row without a place", paper(), without(), JOINED),
    ("a supplement's contribution and the paper", paper(), paper(issue="SUPPL 1", pages=""), UNCERTAIN),
    ("a supplement's pages in two sources", paper(issue="Suppl 1"), paper(issue=""), JOINED),
    ("a meeting's abstract and the paper", paper(), paper(**NO_PAGE, publication_types=("Conference Abstract",)), UNCERTAIN),
    (
        "a meeting's abstract with its page and without",
        paper(pages="44", issue=""),
        paper(**NO_PAGE, publication_types=("Conference Abstract",)),
        JOINED,
    ),
]

NAMESAKES = [
    ("one surname and other given names", without(**by("Wang", "Lei")), without(**by("Wang", "Yan")), UNCERTAIN),
    (
        "a group before one of the namesakes",
        without(authors=(Author("Invented Ward Group", collective=True), Author("Wang", "Lei"))),
        without(**by("Wang", "Yan")),
        UNCERTAIN,
    ),
    ("an initial of the given name", without(**by("Wang", "Lei")), without(**by("Wang", "L")), JOINED),
    ("no given name", without(**by("Wang", "Lei")), without(**by("Wang", "")), JOINED),
    ("given and family name exchanged", without(**by("Wang", "Lei")), without(**by("Lei", "Wang")), JOINED),
    ("other given names on one page", paper(**by("Wang", "Lei")), paper(**by("Wang", "Yan")), JOINED),
    (
        "other given names, and another author in common",
        without(authors=(Author("Wang", "Lei"), Author("Lindberg", "B"))),
        without(authors=(Author("Wang", "Yan"), Author("Lindberg", "B"))),
        JOINED,
    ),
]

LITTLE = [
    ("a title alone", paper(), Citation(title=TITLE), UNCERTAIN),
    ("a long title and its year", paper(), Citation(title=TITLE, year=2019), JOINED),
    (
        "a short title and its year",
        paper(title="Rest of nurses today"),
        Citation(title="Rest of nurses today", year=2019),
        UNCERTAIN,
    ),
    ("a journal's name that was cut", paper(), without(journal="Journal of Inv\u2026"), JOINED),
]

YEARS = [
    ("a review a year later under its number", REVIEW, replace(REVIEW, year=2020), UNCERTAIN),
    ("a review of one year under its number", REVIEW, replace(REVIEW, authors=PAPER.authors[:1]), JOINED),
    ("two years ahead of print", paper(), paper(year=2017, volume="", **NO_PAGE), UNCERTAIN),
    ("three years", paper(), paper(year=2016, volume="", **NO_PAGE), DIFFERENT),
]

RETRACTED = [
    (
        "a paper marked as retracted under its identifier",
        paper(doi="10.5555/a"),
        without(doi="10.5555/a", title=f"RETRACTED: {TITLE}"),
        JOINED,
    ),
    ("a paper marked as retracted on its page", paper(), paper(title=f"RETRACTED: {TITLE}"), JOINED),
    ("a paper marked as retracted without a page", paper(), paper(title=f"RETRACTED: {TITLE}", **NO_PAGE), UNCERTAIN),
    ("a notice on another page", paper(), paper(title=f"Retracted: {TITLE}", pages="200"), FORBIDDEN),
    ("a notice under its own identifier", paper(doi="10.5555/a"), paper(doi="10.5555/b", title=f"Retracted: {TITLE}"), FORBIDDEN),
    ("a notice of retraction", paper(), paper(title=f"Notice of retraction: {TITLE}", **NO_PAGE), FORBIDDEN),
    ("an erratum that says so at the end", paper(), paper(title=f"{TITLE}: Erratum", **NO_PAGE), FORBIDDEN),
    ("an erratum that lost its first letter", paper(), paper(title=f"Rratum: {TITLE}", **NO_PAGE), FORBIDDEN),
    ("a misprinted reply", paper(), paper(title=f"Rely to: {TITLE}", **NO_PAGE), FORBIDDEN),
    ("a reply without a blank", paper(), paper(title=f"Replyto: {TITLE}", **NO_PAGE), FORBIDDEN),
    ("a reply and the same misprinted", paper(title=f"Reply to: {TITLE}"), paper(title=f"Rely to: {TITLE}"), JOINED),
    ("an erratum of Web of Science", paper(), paper(title=f"{TITLE} (vol 12, pg 101, 2019)", **NO_PAGE), FORBIDDEN),
    (
        "a comment of which one row has no page",
        paper(title=f"Comment on: {TITLE}"),
        paper(title=f"Comment on: {TITLE}", pages=""),
        UNCERTAIN,
    ),
    (
        "a reply of which one row has no page",
        paper(title=f"Reply to: {TITLE}"),
        paper(title=f"Reply to: {TITLE}", pages=""),
        UNCERTAIN,
    ),
]

PREPRINT = without(publication_types=("Preprint",), doi="10.1101/2019.99")
RELATED = [
    ("a preprint that names its article", paper(pmid="99000001"), replace(PREPRINT, links=(Link("PreprintOf", "99000001"),)), FORBIDDEN),
    ("a preprint that names another article", paper(pmid="99000001"), replace(PREPRINT, links=(Link("PreprintOf", "99000002"),)), UNCERTAIN),
    ("a preprint whose article has no number there", paper(), replace(PREPRINT, links=(Link("PreprintOf", "99000001"),)), UNCERTAIN),
    ("a preprint in PubMed that was updated", paper(pmid="99000001"), without(pmid="99000002", links=(Link("UpdateIn", "99000001"),)), FORBIDDEN),
    (
        "an article named by the paper that it was republished from",
        paper(pmid="99000001"),
        paper(pmid="99000002", links=(Link("RepublishedFrom", "99000001"),)),
        FORBIDDEN,
    ),
    ("a row that names itself", paper(pmid="99000001"), without(pmid="99000001", links=(Link("UpdateOf", "99000001"),)), JOINED),
    ("one identifier, whatever is said of it", paper(doi="10.5555/a", pmid="99000001"), paper(doi="10.5555/a", links=(Link("UpdateOf", "99000001"),)), JOINED),
    ("a reference without a number", paper(), paper(links=(Link("PreprintIn", "", "medRxiv"),)), JOINED),
]  # fmt: skip

PLACES = [
    (
        "a word exchanged where every paper counts from 1",
        PROCEEDINGS,
        replace(PROCEEDINGS, title=TITLE.replace("nurses", "porters")),
        UNCERTAIN,
    ),
    ("a word exchanged over the pages of one paper", paper(), paper(title=TITLE.replace("nurses", "porters")), JOINED),
    ("a phrase more under one article number", ARTICLE, replace(ARTICLE, title=f"{TITLE} in Utopia"), JOINED),
    ("a phrase more without a page", paper(**NO_PAGE), paper(title=f"{TITLE} in Utopia", **NO_PAGE), UNCERTAIN),
    (
        "a phrase more under a short number",
        replace(ARTICLE, pages="e12"),
        replace(ARTICLE, pages="e12", title=f"{TITLE} in Utopia"),
        UNCERTAIN,
    ),
    ("a word exchanged under one article number", ARTICLE, replace(ARTICLE, title=TITLE.replace("nurses", "porters")), UNCERTAIN),
    ("markup within a title", paper(), paper(title=TITLE.replace("Invented", "<i>Invented</i>"), **NO_PAGE), JOINED),
]

LETTERS = [
    ("a first letter less", without(), without(title=TITLE.replace("supposed", "upposed")), UNCERTAIN),
    (
        "a first letter less under one DOI",
        paper(doi="10.5555/a"),
        paper(doi="10.5555/a", title=TITLE.replace("supposed", "upposed")),
        JOINED,
    ),
    (
        "a first letter less with one abstract",
        without(abstract=(TELLING,)),
        without(abstract=(TELLING,), title=TITLE.replace("supposed", "upposed")),
        JOINED,
    ),
    (
        "another word under one DOI",
        paper(doi="10.5555/a", pages="44"),
        paper(doi="10.5555/a", pages="44", title=TITLE.replace("nurses", "porters")),
        UNCERTAIN,
    ),
]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [pytest.param(*row[1:], id=row[0]) for row in (*FORMS, *NAMESAKES, *LITTLE, *YEARS, *RETRACTED, *RELATED, *PLACES, *LETTERS)],
)
def test_one_title_is_one_work_or_two(first: Citation, second: Citation, expected: str) -> None:
    a, b = normalise("a:1", "a", first), normalise("b:1", "b", second)
    for comparison in (compare(a, b), compare(b, a)):
        assert (FORBIDDEN if comparison.vetoed else comparison.verdict) == expected, comparison.reason


def test_an_article_that_names_its_preprint_by_europe_pmc_s_number_is_not_joined_with_it() -> None:
    article = normalise("pubmed:1", "pubmed", paper(links=(Link("PreprintIn", "", "PPR99001 medRxiv"),)))
    preprint, longer = (normalise(f"europe-pmc:{number}", "europe-pmc", PREPRINT) for number in ("PPR99001", "PPR990012"))
    assert compare(article, preprint).vetoed
    assert compare(article, preprint).rule == "a source relates one to the other, as a preprint to its article: two reports"
    assert compare(article, longer).verdict == UNCERTAIN


@pytest.mark.parametrize(
    ("citation", "expected"),
    [
        (Citation(publication_types=("Preprint",)), Form.PREPRINT),
        (Citation(doi="10.1101/2019.99"), Form.PREPRINT),
        (Citation(journal="bioRxiv"), Form.PREPRINT),
        (Citation(journal="Journal of Preprints"), Form.UNKNOWN),
        (Citation(publication_types=("Dissertation/Thesis",)), Form.THESIS),
        (Citation(journal="ProQuest Dissertations and Theses"), Form.THESIS),
        (Citation(publication_types=("Meeting Abstract",)), Form.ABSTRACT),
        (Citation(publication_types=("Conference Paper",)), Form.UNKNOWN),
        (Citation(volume="12 Suppl 1"), Form.SUPPLEMENT),
        (PAPER, Form.UNKNOWN),
    ],
)
def test_the_form_is_read_where_a_record_shows_it(citation: Citation, expected: Form) -> None:
    assert form(citation) is expected
