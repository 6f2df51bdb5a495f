"""A PubMed strategy in other syntaxes: nothing is claimed that has no counterpart, and the reading from left to right is kept."""

from __future__ import annotations

import pytest

from prisma_tool.identify.strategy.pasted.reader import read_strategy
from prisma_tool.identify.strategy.translate.platforms import PLATFORMS
from prisma_tool.identify.strategy.translate.translate import TranslatedLine, translate


def written(text: str, platform: str) -> TranslatedLine:
    return translate(read_strategy(text), PLATFORMS[platform])[-1]


@pytest.mark.parametrize(
    ("platform", "text"),
    [
        ("ovid-medline", 'exp Leukemia/ or "heart attack".ti,ab. or infarct*.ti,ab.'),
        ("central", '[mh "Leukemia"] OR "heart attack":ti,ab OR infarct*:ti,ab'),
        (
            "scopus",
            'INDEXTERMS("Leukemia") OR (TITLE("heart attack") OR ABS("heart attack")) OR (TITLE(infarct*) OR ABS(infarct*))',
        ),
        ("cinahl", '(MH "Leukemia+") OR (TI "heart attack" OR AB "heart attack") OR (TI infarct* OR AB infarct*)'),
    ],
)
def test_headings_phrases_and_stems_are_written_as_each_platform_does(platform: str, text: str) -> None:
    assert written('Leukemia[mh] OR "heart attack"[tiab] OR infarct*[tiab]', platform).text == text


@pytest.mark.parametrize("platform", ["embase", "wos"])
def test_a_heading_without_counterpart_is_marked_so_that_it_cannot_be_run(platform: str) -> None:
    line = written("Leukemia[mh] AND heart[tiab]", platform)
    assert "[[Leukemia[mh]]]" in line.text
    assert any("Leukemia[mh]" in doubt for doubt in line.doubts)


@pytest.mark.parametrize(
    ("platform", "text"),
    [
        ("ovid-medline", "(hip adj4 pain).ti,ab."),
        ("embase", "(hip NEAR/4 pain):ti,ab"),
        ("central", "(hip NEAR/4 pain):ti,ab"),
        ("scopus", "(TITLE((hip W/3 pain)) OR ABS((hip W/3 pain)))"),
        ("wos", "(TI=((hip NEAR/3 pain)) OR AB=((hip NEAR/3 pain)))"),
        ("cinahl", "(TI (hip N3 pain) OR AB (hip N3 pain))"),
    ],
)
def test_a_distance_counts_the_words_between_as_pubmed_does(platform: str, text: str) -> None:
    assert written('"hip pain"[tiab:~3]', platform).text == text


def test_brackets_keep_the_reading_from_left_to_right() -> None:
    assert written("a[ti] OR b[ti] AND c[ti] NOT d[ti]", "ovid-medline").text == "((a.ti. or b.ti.) and c.ti.) not d.ti."
    assert written("#1 a[ti]\n#2 b[ti]\n#3 (#1 OR #2) NOT or/1-2", "cinahl").text == "(S1 OR S2) NOT (S1 OR S2)"
    assert written("a[ti] NOT b[ti]", "scopus").text == "TITLE(a) AND NOT TITLE(b)"


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    "term",
    ["drug therapy[sh]", "hasabstract", "Smith J[1au]", '"Neoplasms/diet therapy"[mh]', "2014/06:2025[dp]", "a[xyzzy]", "()"],
)
def test_whatever_is_written_loses_no_term_without_a_word(platform: str, term: str) -> None:
    line = written(f"heart[tiab] AND {term}", platform)
    assert line.doubts or "[[" not in line.text
    assert "heart" in line.text


def test_whole_years_are_said_to_be_whole_years() -> None:
    line = written("heart[ti] AND 2014/06/01:2025/01/31[dp]", "embase")
    assert line.text == "heart:ti AND [2014-2025]/py"
    assert line.doubts == ("“2014/06/01:2025/01/31”: written as whole years",)
    assert written("heart[ti] AND 2014:2025[dp]", "embase").doubts == ()


def test_what_stops_the_search_on_pubmed_is_a_doubt_of_its_translation() -> None:
    (doubt,) = written("a[ti] OR b[ti]\nAND\nc[ti] OR d[ti]", "embase").doubts
    assert doubt.startswith("stops the search on PubMed: Rows are joined by AND")
    first, second = translate(read_strategy("#1 a[ti] OR b[ti] d[ti]\n#2 #1 AND c[ti]"), PLATFORMS["embase"])
    assert [doubt for doubt in first.doubts if "stops the search on PubMed: line 1" in doubt]
    assert not second.doubts
