"""Titles and names as they are compared: without what databases append, rightly read, with one word for one meaning; all invented."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from prisma_tool.dedupe.compare import compare, examine
from prisma_tool.dedupe.judging.appended_words import APPENDED_WORDS, without_appended
from prisma_tool.dedupe.judging.same_words import DRUG_NAMES, exchanged_drug_names
from prisma_tool.dedupe.judging.shared_places import mark_shared
from prisma_tool.dedupe.normalise import Comparable, normalise, read_rightly
from prisma_tool.dedupe.without_review import deduplicate_citations
from prisma_tool.model.record.citation import Author, Citation

TITLE = "Invented drainage of imagined ventricles"
PAPER = Citation(
    title=TITLE,
    authors=(Author("Quistgård", "Anna"),),
    year=2019,
    journal="Journal of Invented Neurology",
    volume="12",
    pages="101",
)
BARE: dict[str, Any] = {"volume": "", "pages": ""}


def paper(key: str = "a:1", **changes: Any) -> Comparable:
    return normalise(key, key[0], replace(PAPER, **changes))


def verdict(one: dict[str, Any], other: dict[str, Any]) -> str:
    return compare(paper(**one), paper("b:1", **other)).verdict.value


@pytest.mark.parametrize(
    "given",
    [
        f"{TITLE} [Review] [33 refs]",
        f"{TITLE}. [Review]",
        f"{TITLE} (multiple letters)",
        f"{TITLE}: Brief communication",
        f"{TITLE}. Brief report",
        f"{TITLE} [Chinese]",
        f"{TITLE} [Article in Chinese]",
        f"{TITLE} [abstract no. 134]",
        f"{TITLE} [abstract no: 134]",
        f"{TITLE} (conference abstract)",
        f"{TITLE}: the official journal of the Invented Society",
        f"{TITLE} 06 Biological Sciences 0605 Microbiology 11 Medical and Health Sciences 1103 Clinical Sciences",
        f"{TITLE} [published erratum appears in Acta Ficta 2019;3:7]",
        f"{TITLE} (Acta Ficta (2019) 12:3 (e99) DOI: 10.5555/acta.99)",
        f"{TITLE} [corrected]",
        f"Session 2: {TITLE}",
        f"Abstract P123: {TITLE}",
        f"179. {TITLE}",
        f"{TITLE} whi...",
    ],
)
def test_a_title_loses_what_databases_append(given: str) -> None:
    assert paper(title=given).title == paper().title


@pytest.mark.parametrize(
    "given",
    [
        f"{TITLE}: part 2",
        f"{TITLE} [2]",
        f"{TITLE} (vol 12, pg 34, 2010)",
        f"{TITLE}: a report",
        f"{TITLE}: communication between brief encounters",
        f"{TITLE} in the Chinese",
        f"{TITLE} of the official register",
        "[Review]",
        "Session 2",
    ],
)
def test_a_title_keeps_what_tells_one_report_from_another(given: str) -> None:
    assert without_appended(given) == given


def test_a_correction_marked_within_a_title_leaves_the_rest_of_it() -> None:
    assert without_appended("Invented tubes [corrected], with or without valves") == "Invented tubes, with or without valves"


def test_every_habit_of_a_platform_has_its_reason_and_a_hint_in_lower_case() -> None:
    assert all(row.platform and row.reason and row.hint == row.hint.lower() for row in APPENDED_WORDS)


@pytest.mark.parametrize(
    ("misread", "meant"),
    [
        ("HrubÃ½", "Hrubý"),
        ("HaÅ¡to", "Hašto"),
        ("â€œtubesâ€\x9d", "“tubes”"),
        ("São Paulo", "São Paulo"),
        ("Ñandú", "Ñandú"),
        ("plain", "plain"),
    ],
)
def test_letters_of_a_wrong_encoding_are_read_as_they_were_meant(misread: str, meant: str) -> None:
    assert read_rightly(misread) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("H(sub)2O in tubes that are imagined", "H(sub 2)O in tubes that are imagined"),
        ("VO_(2)max in tubes that are imagined", "VO<sub>2</sub>max in tubes that are imagined"),
        ("TNF-α in tubes that are imagined", "TNF-ALPHA IN TUBES THAT ARE IMAGINED"),
        ("TNF-Α IN TUBES THAT ARE IMAGINED", "TNF-alpha in tubes that are imagined"),
        ("Tubes & valves in imagined haemorrhage", "Tubes and valves in imagined hemorrhage"),
        ("Tubes vs valves in imagined oedema", "Tubes versus valves in imagined edema"),
    ],
)
def test_two_spellings_of_a_title_are_one(one: str, other: str) -> None:
    assert paper(title=one).squeezed == paper(title=other).squeezed


def test_two_names_of_one_drug_ask_and_name_both() -> None:
    found = compare(paper(title="Paracetamol for imagined headaches"), paper("b:1", title="Acetaminophen for imagined headaches"))
    assert found.verdict == "unsure"
    assert "two names of one drug: acetaminophen, paracetamol" in found.reason
    assert verdict({"title": "Aspirin for imagined headaches"}, {"title": "Aspirin for imagined headaches"}) == "same"


def test_a_drug_named_twice_is_not_exchanged() -> None:
    both, one = frozenset(("paracetamol", "acetaminophen")), frozenset(("paracetamol",))
    assert exchanged_drug_names(both, one) == exchanged_drug_names(one, one) == ()
    assert exchanged_drug_names(one, frozenset(("acetaminophen", "albuterol"))) == ("acetaminophen", "paracetamol")
    assert all(DRUG_NAMES[name] == name for name in DRUG_NAMES.values())


@pytest.mark.parametrize("title", ["Editorial", "Letter to the editor", "In this issue", "News", "Book review"])
def test_a_title_of_every_issue_asks_without_a_page(title: str) -> None:
    assert verdict({"title": title, **BARE}, {"title": title, **BARE}) == "unsure"
    assert verdict({"title": title, "pages": ""}, {"title": title, "pages": ""}) == "unsure"
    assert verdict({"title": title}, {"title": title}) == "same"


def test_a_group_or_nobody_does_not_differ_from_persons() -> None:
    for author in (Author("Invented Tubes Study Group"), Author("Invented Tubes", collective=True), Author("Anonymous")):
        assert verdict({"authors": (author,)}, {}) == "same"
    assert verdict({"authors": (Author("Tamm"),)}, {}) == "unsure"


def test_a_doi_that_distinct_titles_bear_tells_nothing() -> None:
    records = [
        paper(doi="10.5555/s"),
        paper("b:1", title="Remarks upon nothing whatsoever", doi="10.5555/s"),
        paper("c:1", doi="10.5555/one"),
    ]
    assert [record.doi_shared for record in mark_shared(records)] == [True, True, False]
    alone = [paper(doi="10.5555/s"), paper("b:1", title=f"{TITLE}: a subtitle", doi="10.5555/s")]
    assert not any(record.doi_shared for record in mark_shared(alone))
    translated = [paper(doi="10.5555/s"), paper("b:1", title="[Erdachte Entwässerung]", doi="10.5555/s")]
    assert not any(record.doi_shared for record in mark_shared(translated))


def test_abstracts_of_a_supplement_are_joined_by_their_titles_and_not_by_its_doi() -> None:
    like = f"{TITLE} in children, in adults and in everybody else"
    abstracts = [
        replace(PAPER, doi="10.5555/s", title=title, pages="", authors=())
        for title in (TITLE, like, "Remarks upon nothing whatsoever", TITLE.upper())
    ]
    assert deduplicate_citations(abstracts[:2]).labels == (0, 0)
    assert deduplicate_citations(abstracts).labels == (0, 1, 2, 0)


@pytest.mark.parametrize(
    ("pages", "titles", "shared"),
    [
        ("S12", ("Remarks upon nothing", "Kites over harbours"), True),
        ("12", ("Remarks upon nothing", "Kites over harbours"), True),
        ("S12", ("Remarks upon nothing",), False),
        ("12-19", ("Remarks upon nothing", "Kites over harbours"), False),
        ("", ("Remarks upon nothing", "Kites over harbours"), False),
    ],
)
def test_a_single_page_that_three_titles_bear_tells_nothing(pages: str, titles: tuple[str, ...], shared: bool) -> None:
    records = [paper(pages=pages), *(paper(f"b:{n}", title=title, pages=pages) for n, title in enumerate(titles))]
    assert {record.page_shared for record in mark_shared(records)} == {shared}
    marked = mark_shared([*records, paper("c:1", pages=pages)])
    page = dict(examine(marked[0], marked[-1]).findings)["first page"]
    assert page == ("agrees" if pages and not shared else "missing")
