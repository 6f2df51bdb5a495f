"""What abstracts say for and against one report, on both sides of every threshold; all are invented."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from prisma_tool.dedupe.clustering import judge_pair, without_chains
from prisma_tool.dedupe.compare import compare, examine
from prisma_tool.dedupe.judging.evidence import digest, evidence
from prisma_tool.dedupe.normalise import Comparable, normalise
from prisma_tool.model.record.citation import Author, Citation, Section, Trial

OPENING = "Invented drainage of an imagined ventricle has hardly been measured in any series from these hospitals."
TEXT = (
    f"{OPENING} We measured pressure and outcome with tubes that were placed under local anaesthesia, and followed everybody until "
    "discharge. Pressure fell by 12.7 units within 48 hours, outcome improved in 61 of them, and the difference held (P = 0.0312)."
)
CUT = TEXT[: TEXT.index(" by 12.7")]
OTHER = (
    "Whether shunts which surgeons choose by colour survive longer than those chosen by weight remains unknown. This trial compared "
    "green valves against heavy valves between two cities; revision was the endpoint, infection came second, and neither mattered."
)
GERMAN = (
    "Die erfundene Ableitung wurde bisher kaum gemessen, weder hier noch dort. Einige Kinder bekamen Schrauben, andere Knoten, und "
    "niemand wusste vorher, welche Wirkung eintreten werde. Gemessen haben wir trotzdem, sogar doppelt."
)
PAPER = Citation(
    title="Invented drainage of the imagined ventricle after supposed haemorrhage",
    authors=(Author("Quistgård", "Anna"), Author("Lindberg", "Bo")),
    year=2019,
    journal="Journal of Invented Neurology",
    volume="12",
    pages="101-110",
)


def paper(text: str = "", key: str = "a:1", **changes: Any) -> Comparable:
    return normalise(key, key[0], replace(PAPER, abstract=(Section("", text),) if text else (), **changes))


def found(first: str, second: str, **changes: Any) -> dict[str, str]:
    a, b = paper(first), paper(second, "b:1", **changes)
    assert evidence(a, b) == evidence(b, a)
    return {name: finding.value for name, finding in evidence(a, b) if finding != "missing"}


def verdict(first: Comparable, second: Comparable) -> str:
    assert compare(first, second) == compare(second, first)
    return compare(first, second).verdict.value


def numbered(*numbers: str) -> str:
    return f"{TEXT[:-1]}; in series with longer observation these values were {', '.join(numbers)}."


@pytest.mark.parametrize(
    ("why", "first", "second", "expected"),
    [
        ("equal to the letter", TEXT, TEXT, "agrees"),
        ("headings and capitals", TEXT, f"BACKGROUND: {TEXT.upper()}", "agrees"),
        (
            "a copyright line",
            TEXT,
            f"{TEXT} (C) 2019 The Invented Press, all rights reserved for everybody everywhere.",
            "agrees",
        ),
        ("cut at a length", TEXT, CUT, "agrees"),
        ("another text", TEXT, OTHER, "differs"),
        ("another text, cut", TEXT, OTHER[:180], None),
        ("another language", TEXT, GERMAN, None),
        ("a remark that there is none", TEXT, "No abstract is available for this article.", None),
        (
            "two other numbers and none in common",
            OPENING + TEXT[:160] + " 34 and 35.",
            OPENING + TEXT[:160] + " 36 and 37.",
            "differs",
        ),
        ("one other number", OPENING + TEXT[:160] + " 34 and 35.", OPENING + TEXT[:160] + " 34 and 37.", "agrees"),
        ("two other numbers and more in common", numbered("34", "35"), numbered("36", "37"), "agrees"),
        ("numbers written otherwise", numbered("0.051", "1,234"), numbered(".051", "1234"), "agrees"),
    ],
)
def test_two_abstracts_are_one_text_or_two(why: str, first: str, second: str, expected: str | None) -> None:
    assert found(first, second).get("abstract") == expected, why


def test_sixteen_words_make_an_abstract_and_fourteen_do_not() -> None:
    words = [f"invented{letter}" for letter in "abcdefghijklmnop"]
    assert found(" ".join(words[:15]) + ".", " ".join(words[:15])) == {"abstract": "agrees"}
    assert found(" ".join(words[:14]) + ".", " ".join(words[:14])) == {}


def test_one_word_of_twenty_may_be_misprinted_and_two_may_not() -> None:
    words = [f"invented{letter}" for letter in "abcdefghijklmnopqrst"]
    assert found(" ".join(words) + ".", " ".join([*words[:19], "misprinted"]) + ".") == {"abstract": "agrees"}
    assert found(" ".join(words) + ".", " ".join([*words[:18], "misprinted", "twice"]) + ".") == {}


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("We saw much (n = 120).", "We saw much (n=84).", "differs"),
        ("We saw 120 patients.", "We saw 84 newly diagnosed patients.", "differs"),
        ("We saw 1,200 patients.", "We saw (n = 1200).", "agrees"),
        ("We saw 120 patients.", "We saw 84 weeks.", None),
        ("We saw 120 patients.", "We saw 84 patients and", None),
    ],
)
def test_samples_of_other_sizes_are_other_studies(first: str, second: str, expected: str | None) -> None:
    assert found(first, second).get("sample size") == expected


def test_first_sentences_and_rare_numbers_are_evidence_of_their_own() -> None:
    assert (
        found(f"{OPENING} {OTHER}", f"{OPENING} Nothing else was to be said about the matter at that time.")["first sentence"]
        == "agrees"
    )
    assert "first sentence" not in found(f"Background. {OTHER}", f"Background. {TEXT}")
    rare = "Values of 12.71, 0.0312 and 4711 were"
    assert found(f"{rare} seen.", f"{rare} not seen by others.")["rare numbers"] == "agrees"
    assert "rare numbers" not in found(
        "Values of 12.71, 0.0312 and 2011 were seen.", "Values of 12.71, 0.0312 and 2011 were found."
    )


def test_numbers_of_one_register_differ_and_numbers_of_two_registers_say_nothing() -> None:
    name = "registry numbers named"
    assert found("Registered as NCT99000001.", "Registered as NCT99000002.")[name] == "differs"
    assert found("Registered as NCT99000001.", "Registered as NCT99000001, too.")[name] == "agrees"
    assert name not in found("Registered as NCT99000001.", "Registered as ISRCTN99000001.")
    assert found("Registered as NCT99000001.", "", registry_numbers=("NCT99000002",))[name] == "differs"
    assert name not in found("", "NCT99000002", registry_numbers=("NCT99000001",), trial=Trial())


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (TEXT, OTHER, "the abstracts differ"),
        ("We saw 120 patients.", "We saw 84 patients.", "the samples have other sizes"),
        ("NCT99000001.", "NCT99000002.", "they name other trials of one register"),
    ],
)
def test_evidence_against_makes_a_question_of_a_join_but_not_of_one_by_pmid(first: str, second: str, words: str) -> None:
    asked = compare(paper(first), paper(second, "b:1"))
    assert (asked.verdict, words in asked.reason) == ("unsure", True)
    assert verdict(paper(first, doi="10.5555/one"), paper(second, "b:1", doi="10.5555/one")) == "unsure"
    assert verdict(paper(first, pmid="99000001"), paper(second, "b:1", pmid="99000001")) == "same"


def test_one_trial_named_twice_joins_no_articles() -> None:
    first = paper("Registered as NCT99000001.", registry_numbers=("NCT99000001",))
    second = paper(
        "Registered as NCT99000001.", "b:1", title="Remarks upon nothing", pages="7", registry_numbers=("NCT99000001",)
    )
    assert verdict(first, second) == "different"


def test_equal_abstracts_outweigh_one_misprinted_field_and_not_two() -> None:
    place: dict[str, Any] = {"issue": "3"}
    assert verdict(paper(TEXT, **place), paper(TEXT, "b:1", pages="203-210", **place)) == "same"
    assert verdict(paper(TEXT, **place), paper(OTHER, "b:1", pages="203-210", **place)) == "unsure"
    assert verdict(paper(TEXT, **place), paper(TEXT, "b:1", authors=(Author("Tamm"),), **place)) == "same"
    assert verdict(paper(TEXT, **place), paper(TEXT, "b:1", pages="203-210", volume="13", **place)) == "unsure"
    assert verdict(paper(TEXT, **place), paper(TEXT, "b:1", pages="203-210", year=2020, **place)) == "unsure"


def test_equal_abstracts_are_asked_about_in_one_journal_and_not_between_a_preprint_and_its_paper() -> None:
    others = (Author("Tamm"),)
    assert verdict(paper(TEXT), paper(TEXT, "b:1", authors=others, pages="")) == "unsure"
    assert verdict(paper(OTHER), paper(TEXT, "b:1", authors=others, pages="")) == "different"
    preprint = paper(TEXT, "b:1", doi="10.5555/preprint", journal="Invented Preprints", volume="", pages="")
    assert verdict(paper(TEXT, doi="10.5555/one"), preprint) == "different"


def test_a_bare_row_does_not_join_two_papers_whose_abstracts_differ() -> None:
    bare: dict[str, Any] = {"volume": "", "pages": ""}
    trio = [paper(TEXT, **bare), paper(OTHER, "b:1", **bare), paper("", "c:1", **bare)]
    judged = [judge_pair(trio[i], trio[j]) for i, j in ((0, 1), (0, 2), (1, 2))]
    stated = without_chains(judged, {record.key: record for record in trio}, {})
    assert sorted(pair.comparison.verdict for pair in stated) == ["same", "unsure", "unsure"]


TEXTS = st.sampled_from(["", TEXT, OTHER, CUT, numbered("34", "35"), "We saw 84 patients.", "NCT99000001", "NCT99000002"])
TITLES = st.sampled_from([PAPER.title, f"{PAPER.title} in children", "Editorial", "", "Invented drainage of the other ventricle"])
FIELDS = st.fixed_dictionaries(
    {
        "title": TITLES,
        "pages": st.sampled_from(["101-110", "103-112", "S12", "e101", "t-110", "1-10", ""]),
        "volume": st.sampled_from(["12", "2019", ""]),
        "issue": st.sampled_from(["3", "4", ""]),
        "doi": st.sampled_from(["", "10.5555/one", "10.5555/other"]),
        "year": st.sampled_from([2019, 2020, None]),
    }
)


@given(TEXTS, TEXTS, FIELDS, FIELDS)
def test_comparing_is_symmetric_with_all_the_evidence(
    first: str, second: str, one: dict[str, Any], other: dict[str, Any]
) -> None:
    a, b = paper(first, **one), paper(second, "b:1", **other)
    assert examine(a, b) == examine(b, a)
    assert compare(a, b) == compare(b, a)


def test_an_abstract_is_kept_as_the_citation_has_it_and_read_in_small() -> None:
    citation = replace(PAPER, abstract=(Section("METHODS", TEXT),))
    assert normalise("a:1", "a", citation).abstract is citation.abstract
    assert digest(citation.abstract).numbers == {"12.7", "48", "61", ".0312"}
