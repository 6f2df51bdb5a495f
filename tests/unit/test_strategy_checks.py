"""The strategy guard: what stops a search, what is only told, and what is left in peace."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.identify.strategy.guard.ctgov_checks import examine_trials
from prisma_tool.identify.strategy.guard.problems import ProblemKind
from prisma_tool.identify.strategy.guard.pubmed_checks import complaint_problems, examine, translation_changes
from prisma_tool.identify.strategy.guard.pubmed_tags import FIELDS
from prisma_tool.identify.strategy.known_items import KnownRecords, known_in
from prisma_tool.identify.strategy.numbered_lines import StrategyFault
from prisma_tool.identify.strategy.pasted.reader import read_strategy
from prisma_tool.sources.pubmed import Complaint, _listing
from prisma_tool.sources.transport import ServiceAnswer

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "samples"
QUERIES = json.loads((Path(__file__).parents[2] / "fixtures" / "demo" / "queries.json").read_text(encoding="utf-8"))


def said(text: str) -> dict[str, bool]:
    """The sentences about a PubMed strategy, and whether each stops it."""
    return {problem.message: problem.stops for problem in examine(read_strategy(text))}


@pytest.mark.parametrize(
    "text",
    [
        QUERIES["pubmed"],
        '"hip pain"[tiab:~3] AND "breast feed*"[Title/Abstract] AND english[la]',
        "wounds and injuries[mh] AND hasabstract[text] NOT (animals[mh:noexp] NOT humans[mh])",
        '("2024/01/01"[crdt] : "3000"[crdt]) OR 2014/06:2015[dp] OR "neoplasms/diet therapy"[MeSH Terms]',
        'Smith J[1au] AND review[Publication Type:noexp] AND "N Engl J Med"[Journal:__jid0255562]',
        "IL-6/IL-8[tiab] OR what is pain?[ti] OR do not resuscitate[tiab]",
    ],
)
def test_a_sound_strategy_is_left_in_peace(text: str) -> None:
    assert said(text) == {}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("(a[ti] OR b[ti]", "the bracket before “a[ti] OR b[ti]” is never closed"),
        ("a[ti] OR b[ti])", "a bracket closes after “a[ti] OR b[ti]” that was never opened"),
        ('"heart attack[tiab]', "the quote before “heart attack[tiab]” has no partner"),
        ("heart[ti", "the bracket [ before “ti” has no partner"),
        ("heart[tilab]", "no field [tilab] and would search all fields; did you mean [tiab] (Title/Abstract)?"),
        ("heart[ti,ab]", "did you mean [tiab] (Title/Abstract)?"),
        ("heart[kw]", "did you mean [ot] (Other Term)?"),
        ('"hip pain"[tiab:3]', "proximity is written [tiab:~3]"),
        ("heart[tiab:noexp]", "no field [tiab:noexp]"),
        ('"a"[ti] or "b"[ti]', "“or” is not in capitals and would be searched as a word; write OR"),
        ("a[ti] not b[ti]", "“not” is not in capitals"),
        ("a[ti] AND OR b[ti]", "AND joins nothing in “a[ti] AND OR b[ti]”"),
        ("(OR a[ti])", "OR joins nothing"),
        ("a[ti] AND", "AND joins nothing"),
        ("organi$ation[ti]", "wildcards of other platforms"),
        ("heart adj3 attack", "“adj3” is the proximity operator of Ovid"),
        ("heart NEAR/3 attack", "a proximity operator of other platforms"),
        ("cancer.ti,ab.", "a field of Ovid"),
        ("exp Neoplasms/", "a subject heading of Ovid"),
        ("cancer:ti,ab,kw", "a field of Embase"),
        ("TITLE-ABS-KEY(cancer)", "a field of Scopus or Web of Science"),
        ("(heart OR lung)[tiab]", "follows a bracket; give each term its own tag"),
        ("[mh] heart", "has no term before it"),
        ('"hip pain"[tw:~3]', "works in the fields [ti], [tiab] and [ad] only"),
        ('"hip pain*"[tiab:~3]', "cannot be joined with truncation"),
    ],
)
def test_what_would_be_searched_otherwise_than_it_is_written_stops_a_search(text: str, sentence: str) -> None:
    assert [stops for message, stops in said(text).items() if sentence in message] == [True]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("“heart attack”[tiab]", "curly quotes"),
        ("heart or lung", "“or” is not in capitals"),
        ("ca*[tiab]", "at least 4 characters before the *"),
        ('"heart* attack"[tiab]', "in a phrase only its last word"),
        ("a[ti] OR b[ti] AND c[ti]", "PubMed goes from left to right"),
        ("1. a[ti]\n2. b[ti]\n3. #1 OR c[ti]", "The search is line 3, which does not use #2"),
    ],
)
def test_what_only_deserves_a_warning_does_not_stop_a_search(text: str, sentence: str) -> None:
    assert [stops for message, stops in said(text).items() if sentence in message] == [False]
    assert not any(said(text).values())


def test_a_problem_names_its_line_and_lines_that_are_not_searched_are_passed_over() -> None:
    (only,) = [message for message, stops in said("1. a[ti]\n2. b[tx\n3. c[xyzzy]\n4. #1 OR #3").items() if stops]
    assert only.startswith("line 3: PubMed has no field [xyzzy]")


def test_every_tag_belongs_to_one_field() -> None:
    counted = Counter(name for field, tags in FIELDS.items() for name in {field.lower(), *tags})
    assert [name for name, n in counted.items() if n > 1] == []


@given(st.text(alphabet='ab "[]()*:~#123ANDORti/“”?$\n.', max_size=50))
def test_the_guard_has_something_to_say_about_any_text_and_never_breaks(text: str) -> None:
    try:
        problems = examine(read_strategy(text))
        examine_trials({"query.term": text}, read_strategy(text, essie=True))
    except StrategyFault:
        return
    unbalanced = text.count("(") != text.count(")") and not set(text) & set('"“”[')
    if unbalanced and "\n" not in text:
        assert any(problem.kind is ProblemKind.BRACKETS for problem in problems)


@pytest.mark.parametrize(
    ("complaint", "sentence", "stops"),
    [
        (Complaint("quotedphrasesnotfound", '"kite flying"[Title/Abstract]'), "line 2: PubMed does not know the phrase", True),
        (Complaint("fieldsnotfound", "tx"), "no field [tx]", True),
        (Complaint("phrasesnotfound", "p.E1317Q"), "line 1: PubMed does not know “p.E1317Q”", False),
        (Complaint("phrasesignored", "the"), "PubMed ignores “the”", False),
        (Complaint("outputmessages", "Restrictions achieved."), "PubMed says: Restrictions achieved.", False),
    ],
)
def test_what_pubmed_reports_is_told_with_its_line(complaint: Complaint, sentence: str, stops: bool) -> None:
    strategy = read_strategy('1. p.E1317Q OR x[tx]\n2. "kite flying"[tiab]\n3. #1 AND #2')
    (problem,) = complaint_problems([complaint], strategy)
    assert sentence in problem.message
    assert problem.stops is stops


def test_a_field_that_the_guard_and_pubmed_both_miss_is_one_problem() -> None:
    strategy = read_strategy("heart[Tilab]")
    (ours,), (theirs,) = examine(strategy), complaint_problems([Complaint("fieldsnotfound", "Tilab")], strategy)
    assert ours.code == theirs.code


def test_a_changed_translation_is_told_by_what_came_and_went() -> None:
    before = '"heart"[MeSH Terms] OR "heart"[All Fields]'
    assert translation_changes(before, before) == translation_changes("", before) == ()
    (problem,) = translation_changes(before, '"heart"[MeSH Terms] OR "cardiac"[All Fields]')
    assert not problem.stops
    assert problem.message.endswith('without "heart"[All Fields] and with "cardiac"[All Fields].')


def test_a_real_answer_of_pubmed_with_a_dropped_phrase_is_heard() -> None:
    path = SAMPLES / "esearch" / "biomcp_esearch_errorlist_trunc.json"
    if not path.exists():
        pytest.skip("the samples are not on this machine")
    listing = _listing(ServiceAnswer(200, path.read_bytes()), at_most=0)
    (problem,) = complaint_problems(listing.echo, read_strategy("APC p.E1317Q"))
    assert (listing.count, problem.kind, problem.subject) == (40362, ProblemKind.PHRASE, "p.E1317Q")


def trials(text: str, **others: str) -> dict[str, bool]:
    parameters = {"query.term": text, **{name.replace("_", "."): value for name, value in others.items()}}
    return {problem.message: problem.stops for problem in examine_trials(parameters, read_strategy(text, essie=True))}


@pytest.mark.parametrize(
    ("text", "sentence", "stops"),
    [
        ("AREA[Fase]PHASE3", "no field Fase; did you mean AREA[Phase]?", True),
        ("rosuvastatin[tiab]", "[tiab] is no part of an expression", True),
        ("(heart OR lung", "is never closed", True),
        ('"heart" or "lung"', "write OR", True),
        ("cardi*", "documents no truncation", False),
    ],
)
def test_expressions_of_the_register_are_examined_in_its_own_language(text: str, sentence: str, stops: bool) -> None:
    assert [stopping for message, stopping in trials(text).items() if sentence in message] == [stops]


def test_sound_expressions_of_the_register_are_left_in_peace() -> None:
    assert trials(QUERIES["ctgov"]["query.term"]) == {}
    assert trials("EXPANSION[Concept]heart AND NOT AREA[ResultsFirstPostDate]MISSING OR COVERAGE[FullMatch]lung") == {}
    assert trials('"heart"', filter_advanced="AREA[LastUpdatePostDate]RANGE[2023-01-15,MAX]", query_cond="x") == {}


def test_filters_beside_nothing_but_nct_numbers_are_told_to_have_no_effect() -> None:
    (message,) = trials("NCT01234567 OR NCT01234568", filter_overallStatus="COMPLETED")
    assert "ignores filter.overallStatus" in message


@pytest.mark.parametrize(
    ("text", "pmids", "ncts"),
    [
        ("12345678\n23456789, 345\n", ("12345678", "23456789", "345"), ()),
        ("Smith 2019, pages 12-34. PMID: 12345678; NCT01234567", ("12345678",), ("NCT01234567",)),
        ("see https://pubmed.ncbi.nlm.nih.gov/12345678/ and nct01234567, nct01234567", ("12345678",), ("NCT01234567",)),
        ("TY  - JOUR\nTI  - A title\nPY  - 2019\nAN  - 12345678\nER  - \n", (), ()),
        ("PMID- 12345678\nTI  - A title\nDP  - 2019\nSI  - ClinicalTrials.gov/NCT01234567\n", ("12345678",), ("NCT01234567",)),
    ],
)
def test_known_numbers_are_found_where_they_are_plainly_meant(text: str, pmids: tuple[str, ...], ncts: tuple[str, ...]) -> None:
    items = known_in(text.encode())
    assert (items.pmids, items.ncts) == (pmids, ncts)


def test_known_numbers_come_from_the_real_samples_of_citation_files() -> None:
    folder = SAMPLES / "nbib"
    if not folder.is_dir():
        pytest.skip("the samples are not on this machine")
    found = [known_in(path.read_bytes()) for path in sorted(folder.glob("*.nbib"))]
    assert any(items.pmids for items in found)
    assert all(isinstance(items, KnownRecords) and all(map(str.isdigit, items.pmids)) for items in found)
