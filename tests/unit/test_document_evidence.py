"""Which report a document is, by what its first pages say: both sides of every rule, with invented works."""

from __future__ import annotations

import pytest

from prisma_tool.fulltext.document_evidence import ComparedReport, DocumentEvidence, FirstPages, weighed
from prisma_tool.fulltext.pdf_identity import SoughtReport
from prisma_tool.model.record.citation import Citation

TITLE = "Light therapy and sleep in people who work by night"
DOI = "10.5555/night.12"
HEAD = f"Journal of Invented Trials 2024;3:17-25\n{TITLE}\nA. Moreau, B. Ito\n"
MINE = Citation(title=TITLE, doi=DOI, pmid="34531250", registry_numbers=("NCT01234567",))


def report(key: str, citation: Citation, *, wanted: bool = True, phase: str = "has a file already") -> ComparedReport:
    return ComparedReport.of(SoughtReport(key, (citation,), (key,), wanted, "" if wanted else phase))


def judge(*pages: str, inside: tuple[str, ...] = (), others: tuple[ComparedReport, ...] = ()) -> DocumentEvidence:
    return weighed(FirstPages(pages, inside), [report("a:1", MINE), *others])


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (f"{HEAD}doi: {DOI}", f"names {DOI} on page 1"),
        (f"{HEAD}https://doi.org/10.5555/\nnight.12 Received", f"names {DOI} on page 1"),
        (f"{HEAD}PMID: 34531250", "names PMID 34531250 on page 1"),
        (f"{HEAD}Registered as NCT01234567.", "names NCT01234567 on page 1"),
        (f"{HEAD}{DOI}\nThe response to treatment was good.", f"names {DOI} on page 1"),
    ],
)
def test_a_number_and_the_title_are_certain_together(page: str, words: str) -> None:
    evidence = judge(page)
    assert evidence.is_certain
    assert evidence.candidates[0].words == (words, "has its title on page 1")


def test_a_cover_page_before_the_article_is_passed_over() -> None:
    assert judge("Downloaded from the library of Invented University", f"{HEAD}{DOI}").candidates[0].words[0].endswith("page 2")


@pytest.mark.parametrize(
    ("page", "doubt"),
    [
        (HEAD, "names none of its numbers"),
        (f"A letter about the night. {DOI}", "not its title"),
        # Another article of the same trial, which names the trial's number.
        ("Light therapy and mood in people who work by day: a second look\nNCT01234567", "has a title like its own on page 1 (82 of 100)"),
        (f"Erratum\n{HEAD}{DOI}", "it says “erratum”"),
        (f"Correction to: {TITLE}\n{DOI}", "it says “correction to”"),
        (f"Supplementary appendix\nSupplement to: Moreau A. {TITLE}. {DOI}", "it says “supplementary appendix”"),
        # A comment prints its own DOI beside that of the article.
        (f"{HEAD}10.5555/comment.9\nabout {DOI}", "it also names 10.5555/comment.9"),
    ],
)  # fmt: skip
def test_one_without_the_other_or_a_word_against_it_is_for_a_person(page: str, doubt: str) -> None:
    evidence = judge(page)
    assert [one.key for one in evidence.candidates] == ["a:1"]
    assert not evidence.is_certain
    assert doubt in (*evidence.candidates[0].words, *evidence.doubts)


@pytest.mark.parametrize(
    "page",
    [
        "Tea for everyone: an invented cohort. 10.5555/tea",
        # A longer DOI is another; a bare number is no PMID.
        "Tea for everyone. 10.5555/night.123 and 34531250",
        # Cited in its list of references, which belongs to other works.
        f"Tea for everyone.\nReferences\n1. Moreau A. {TITLE}. {DOI}",
        "",
    ],
)
def test_a_document_that_names_no_report_belongs_to_none(page: str) -> None:
    assert judge(page).candidates == ()


def test_a_doi_on_the_second_page_is_of_what_the_article_cites() -> None:
    assert judge(f"{HEAD}{DOI}", "As shown before (10.5555/comment.9)").is_certain


def test_the_documents_description_of_itself_counts_for_and_against() -> None:
    assert judge(HEAD, inside=(DOI,)).is_certain
    assert judge(f"{HEAD}{DOI}", inside=("10.5555/other",)).doubts == ("it also names 10.5555/other",)


def test_two_reports_that_both_agree_are_for_a_person() -> None:
    both = judge(f"{HEAD}{DOI} NCT01234567", others=(report("b:2", Citation(title=TITLE, registry_numbers=("NCT01234567",))),))
    assert both.doubts == ("it may be 2 reports",)


def test_of_one_that_agrees_and_one_that_is_only_named_the_first_is_it() -> None:
    evidence = judge(
        f"{HEAD}{DOI} NCT01234567", others=(report("b:2", Citation(title="Register", registry_numbers=("NCT01234567",))),)
    )
    assert evidence.is_certain
    assert [one.key for one in evidence.candidates] == ["a:1"]


def test_a_report_that_has_a_file_or_is_not_sought_is_said() -> None:
    compared = [report("a:1", MINE, wanted=False)]
    assert weighed(FirstPages((f"{HEAD}{DOI}",)), compared).doubts == ("a:1 has a file already",)


@pytest.mark.parametrize(("lost", "certain", "named"), [(8, True, True), (9, False, True), (20, False, True), (21, False, False)])
def test_of_a_titles_100_letters_92_make_it_agree_and_80_make_it_a_candidate(lost: int, *, certain: bool, named: bool) -> None:
    letters = ("atrialofsleepandoflightinpeoplewhoworkbynightandrestbydaywiththeirfamiliesathome" * 2)[:100]
    title = " ".join(letters[n : n + 4] for n in range(0, 100, 4))
    # The letters that the page lost stand apart, in the inner part, so that no shorter stretch of it is more like the title.
    places = range(14, 14 + 4 * lost, 4)
    page = "".join("7" if n in places else letter for n, letter in enumerate(letters))
    evidence = weighed(FirstPages((f"000 {page} 000 {DOI}",)), [report("a:1", Citation(title=title, doi=DOI))])
    assert evidence.is_certain is certain
    untitled = weighed(FirstPages((f"000 {page} 000",)), [report("a:1", Citation(title=title))])
    assert bool(untitled.candidates) is named


@pytest.mark.parametrize(("title", "named"), [("Statins and sleep in older age", True), ("Statins and sleep in old ages", False)])
def test_a_title_of_25_letters_may_lead_to_a_report_and_one_of_24_not(title: str, *, named: bool) -> None:
    assert bool(weighed(FirstPages((f"Letters. {title}. A. Ito",)), [report("a:1", Citation(title=title))]).candidates) is named


def test_a_page_with_less_than_half_of_the_longer_words_is_not_compared() -> None:
    mine = [report("a:1", Citation(title="Alphas betaxx gammas deltas 1234567890"))]
    assert weighed(FirstPages(("alphas betaxx gamm-s delt-s 1234567890",)), mine).candidates
    assert not weighed(FirstPages(("alphas bet-xx gamm-s delt-s 1234567890",)), mine).candidates


@pytest.mark.parametrize(("title", "page", "is_compared"), [
    # Two of four longer words stand there as they are, then one; then five of eleven.
    ("alpine bridge castle dragons", "alpine bridge caxtle draxons", True),
    ("alpine bridge castle dragons", "alpine brixge caxtle draxons", False),
    (
        "alpine bridge castle dragon effort fabric garden harbor island jungle kettle",
        "alpine bridge castle dragon effort faxric gaxden haxbor isxand juxgle kexttle",
        False,
    ),
    # Words of five letters count, those of four do not.
    ("alpha bravo delta gamma alpine bridge castle dragon", "alpha bravo delta gamma alpxne brixge caxtle draxon", True),
    ("alps bear crow deer alpine bridge castle dragon", "alps bear crow deer alpxne brixge caxtle draxon", False),
])  # fmt: skip
def test_a_page_with_less_than_half_of_the_longer_words_of_a_title_is_not_taken_for_it(
    title: str, page: str, is_compared: bool
) -> None:
    evidence = weighed(FirstPages((page,)), [report("a:1", Citation(title=title))])
    assert bool(evidence.candidates) is is_compared


@pytest.mark.parametrize(("before", "is_doubted"), [(392, True), (393, False)])
def test_a_word_of_another_work_counts_within_the_first_400_characters(before: int, is_doubted: bool) -> None:
    evidence = judge(f"{'x' * before} Erratum {HEAD}{DOI}")
    assert evidence.candidates
    assert ("it says “erratum”" in evidence.doubts) is is_doubted
