"""Which pairs are one report, on invented records for every known trap."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.dedupe.clustering import judge_pair, without_chains
from prisma_tool.dedupe.compare import compare
from prisma_tool.dedupe.normalise import Comparable, normalise
from prisma_tool.model.record.citation import Author, Citation, Section, Trial

PAPER = Citation(
    title="Chimeric antigen receptor T cells against CD33 in refractory acute myeloid leukaemia",
    authors=(Author("Müller-Lüdenscheid", "Anna"), Author("Søndergård", "Bo")),
    year=2019,
    journal="Journal of Invented Haematology",
    volume="12",
    pages="101-110",
    abstract=(Section("", "Invented."),),
)


def paper(key: str = "a:1", **changes: Any) -> Comparable:
    fields = {name: getattr(PAPER, name) for name in Citation.__struct_fields__}
    return normalise(key, key.split(":", maxsplit=1)[0], Citation(**{**fields, **changes}))


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        (
            "case and punctuation differ",
            {"title": "CHIMERIC ANTIGEN RECEPTOR T-CELLS AGAINST CD33 IN REFRACTORY ACUTE MYELOID LEUKAEMIA."},
        ),
        ("diacritics are lost", {"authors": (Author("Muller-Ludenscheid", "A."), Author("Sondergard", "B"))}),
        ("the journal is abbreviated", {"journal": "J Invented Haematol"}),
        ("pages are abbreviated", {"pages": "101-10"}),
        ("it is ahead of print", {"volume": "", "pages": "", "year": 2018}),
        ("authors are missing", {"authors": ()}),
        ("the title tells of its erratum", {"title": f"{PAPER.title} [Erratum appears in J Invented Haematol. 2020]"}),
        ("the title is bracketed as translated", {"title": f"[{PAPER.title}]"}),
        ("the title is given in two languages", {"title": f"{PAPER.title}; Células inventadas contra la leucemia"}),
        ("the subtitle is dropped", {"title": f"{PAPER.title}: a phase 1 trial"}),
        ("a letter is lost", {"title": PAPER.title.replace("refractory", "refactory")}),
        ("a spreadsheet took the pages for a date", {"pages": "101-Oct"}),
        ("only initials are given", {"authors": (Author("Müller-Lüdenscheid", "A"), Author("Søndergård", "B"))}),
        ("names run together", {"authors": (Author("Müller-Lüdenscheid AnnaSøndergård Bo"),)}),
        ("given and family names are swapped", {"authors": (Author("Anna", "Müller-Lüdenscheid"), Author("Bo", "Søndergård"))}),
        ("a group is named instead of people", {"authors": (Author("Invented Study Group", collective=True),)}),
    ],
)
def test_one_report_is_recognised_although(why: str, changes: dict[str, Any]) -> None:
    assert compare(paper(), paper("b:1", **changes)).verdict == "same", why


@pytest.mark.parametrize(
    ("why", "changes"),
    [
        ("an erratum is not the paper", {"title": f"Erratum: {PAPER.title}"}),
        ("a reply is not the paper", {"title": f"Reply to: {PAPER.title}"}),
        ("a comment is not the paper", {"title": f"Comment on: {PAPER.title}", "pages": "203"}),
        ("a retraction notice is not the paper", {"publication_types": ("Retraction Notice",)}),
        ("part II is not part I", {"title": f"{PAPER.title}: part 2", "pages": "111-120"}),
        (
            "another first author and journal",
            {"authors": (Author("Quist", "C"),), "journal": "Acta Ficta", "volume": "3", "pages": "7"},
        ),
        (
            "a meeting abstract is not its paper",
            {"journal": "Blood Conference Abstracts", "volume": "130", "pages": "S1", "year": 2018},
        ),
        ("a preprint is not the published paper", {"journal": "medRxiv", "volume": "", "pages": "", "doi": "10.5555/preprint"}),
        ("another year's update of a report", {"title": f"{PAPER.title}: 2021 update", "pages": "400-409"}),
        ("a sibling trial", {"title": PAPER.title.replace("CD33", "CD7"), "pages": "202-210"}),
        ("a generic title by other people", {"title": "Editorial", "authors": (Author("Quist", "C"),), "pages": "1"}),
        ("years apart", {"year": 2011, "volume": "4", "pages": "9-12", "journal": "Acta Ficta"}),
        (
            "a register entry is not its paper",
            {
                "trial": Trial(status="COMPLETED"),
                "registry_numbers": ("NCT99000001",),
                "authors": (),
                "journal": "",
                "volume": "",
            },
        ),
    ],
)
def test_two_reports_stay_apart_because(why: str, changes: dict[str, Any]) -> None:
    other = paper("b:1", **changes)
    # The preprint's published twin has a DOI of its own.
    assert compare(paper(doi="10.5555/paper" if other.doi else ""), other).verdict == "different", why


def test_greek_letters_and_their_names_are_one() -> None:
    greek = paper(title="Invented β-catenin and TNF-α in refractory acute leukaemia")
    assert (
        compare(greek, paper("b:1", title="Invented beta-catenin and TNF alpha in refractory acute leukaemia")).verdict == "same"
    )


def test_two_register_entries_with_different_numbers_are_never_joined() -> None:
    first = paper(trial=Trial(), registry_numbers=("NCT99000001",))
    second = paper("b:1", trial=Trial(), registry_numbers=("NCT99000002",))
    assert compare(first, second).verdict == "different"


def test_one_trial_in_two_registers_has_two_entries_although_they_name_each_other() -> None:
    first = paper(trial=Trial(), registry_numbers=("NCT99000001", "ISRCTN99000001"))
    second = paper("b:1", trial=Trial(), registry_numbers=("ISRCTN99000001", "NCT99000001"))
    assert compare(first, second).verdict == "different"


def test_one_register_entry_from_two_sources_is_joined() -> None:
    first = paper(trial=Trial(), registry_numbers=("NCT99000001",))
    assert compare(first, paper("b:1", trial=Trial(), registry_numbers=("NCT99000001",), title="Other words")).verdict == "same"


def test_different_dois_are_left_to_a_person_at_most() -> None:
    assert compare(paper(doi="10.5555/a"), paper("b:1", doi="10.5555/b")).verdict == "unsure"


def test_abstracts_of_a_supplement_that_share_a_doi_stay_apart() -> None:
    first = paper(doi="10.5555/supplement", title="A peptide suppresses inflammation in invented mice", pages="S1")
    second = paper("b:1", doi="10.5555/supplement", title="A peptide promotes inflammation in invented rats", pages="S2")
    assert compare(first, second).verdict != "same"


def test_a_translated_title_over_the_same_several_pages_is_the_same_report() -> None:
    translated = paper("b:1", title="Erfundene T-Zellen mit chimärem Rezeptor bei refraktärer Leukämie")
    assert compare(paper(), translated).verdict == "same"
    assert compare(paper(pages="S7"), paper("b:1", title=translated.title, pages="S7")).verdict == "unsure"


def test_versions_of_a_cochrane_review_are_left_to_a_person() -> None:
    cochrane = {"journal": "Cochrane Database of Systematic Reviews", "pages": "CD006828"}
    first = paper(year=2008, volume="", **cochrane)
    assert compare(first, paper("b:1", year=2012, volume="6", **cochrane)).verdict == "unsure"


def test_a_verdict_names_its_rule_and_the_fields_that_agree() -> None:
    reason = compare(paper(doi="10.5555/a"), paper("b:1", doi="10.5555/a")).reason
    assert "same DOI and title" in reason
    assert "authors agrees" in reason


def test_records_are_not_chained_through_a_third_that_lacks_the_contradicting_identifier() -> None:
    trio = [paper("a:1", doi="10.5555/a"), paper("b:1", doi=""), paper("c:1", doi="10.5555/c")]
    by_key = {record.key: record for record in trio}
    judged = [judge_pair(a, b) for a, b in combinations(trio, 2)]
    stated = without_chains(judged, by_key, {})
    assert sorted(pair.comparison.verdict for pair in stated) == ["same", "unsure", "unsure"]


def test_an_erratum_does_not_come_in_through_a_record_that_shares_its_identifier() -> None:
    trio = [paper("a:1", pmid="1"), paper("b:1", pmid="1", title=f"Erratum: {PAPER.title}"), paper("c:1")]
    by_key = {record.key: record for record in trio}
    judged = [judge_pair(a, b) for a, b in combinations(trio, 2)]
    joined = [pair for pair in without_chains(judged, by_key, {}) if pair.comparison.verdict == "same"]
    assert len(joined) == 1


def test_identical_rows_that_say_little_are_joined_by_their_page_alone() -> None:
    sparse: dict[str, Any] = {"title": "Editorial", "authors": (), "year": 2019, "journal": "Acta Ficta"}
    assert compare(paper(pages="", volume="", **sparse), paper("b:1", pages="", volume="", **sparse)).verdict == "unsure"
    assert compare(paper(pages="1", volume="2", **sparse), paper("b:1", pages="1", volume="2", **sparse)).verdict == "same"
    other = compare(paper(pages="1", volume="2", **sparse), paper("b:1", pages="9", volume="3", **sparse))
    assert other.verdict != "same"


def test_register_entries_without_a_number_do_not_contradict_each_other() -> None:
    assert compare(paper(trial=Trial()), paper("b:1", trial=Trial())).verdict == "same"


def test_words_before_a_title_are_no_dropped_subtitle() -> None:
    misspelt = paper("b:1", title=f"Comentary upon {PAPER.title}", pages="", volume="")
    assert compare(paper(), misspelt).verdict != "same"
    assert compare(paper(), paper("b:1", title=f"{PAPER.title}: a first report")).verdict == "same"


TITLES = st.sampled_from(
    [PAPER.title, "Editorial", "", f"Erratum: {PAPER.title}", f"{PAPER.title} part 2", "Another invented title of words"]
)


@st.composite
def comparables(draw: st.DrawFn) -> Comparable:
    return paper(
        draw(st.sampled_from(["a:1", "b:2", "c:3"])),
        title=draw(TITLES),
        doi=draw(st.sampled_from(["", "10.5555/a", "10.5555/b"])),
        pmid=draw(st.sampled_from(["", "1", "2"])),
        year=draw(st.sampled_from([None, 2018, 2019, 2025])),
        authors=draw(st.sampled_from([(), PAPER.authors, (Author("Quist"),)])),
        journal=draw(st.sampled_from(["", PAPER.journal, "J Invented Haematol", "Acta Ficta"])),
        pages=draw(st.sampled_from(["", "101-110", "7"])),
    )


@given(comparables(), comparables())
def test_scoring_is_symmetric(a: Comparable, b: Comparable) -> None:
    assert compare(a, b) == compare(b, a)


@given(comparables())
def test_a_copy_of_a_record_that_says_anything_is_its_duplicate(record: Comparable) -> None:
    telling = len(record.words) >= 4 or record.doi or record.pmid
    assert not telling or compare(record, record).verdict == "same"
