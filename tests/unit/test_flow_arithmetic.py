"""The arithmetic of other people's numbers: what does not follow from what, by how much, and what may explain it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from prisma_tool.cli.main import run
from prisma_tool.figure.exchange.typed_flow import TypedFlow, TypedNumbers, flow_of
from prisma_tool.flow.arithmetic import relations
from prisma_tool.flow.arithmetic.box_words import words_of
from prisma_tool.flow.arithmetic.letter import letter
from prisma_tool.flow.arithmetic.relations import side_sum
from prisma_tool.flow.arithmetic.slips import slips_of
from prisma_tool.flow.flow import Check, CheckKind, Flow, Template
from prisma_tool.flow.included import DROPPED_REPORTS, DROPPED_STUDIES
from prisma_tool.model.protocol.figure_words import FigureWords

Counts = dict[str, int | None]


@dataclass
class Numbers:
    """Counts and lists that are changed in place before they are read."""

    counts: Counts = field(default_factory=dict)
    lists: dict[str, dict[str, int]] = field(default_factory=dict)

    def __getitem__(self, key: str) -> int:
        return self.counts[key] or 0

    def add(self, key: str, n: int) -> None:
        self.counts[key] = self[key] + n

    def sum_of(self, name: str) -> int:
        return sum(self.lists.get(name, {}).values())


def read(numbers: Numbers) -> TypedFlow:
    return flow_of(TypedNumbers("numbers.json", numbers.counts, numbers.lists))


def failed(numbers: Numbers) -> list[Check]:
    return [check for check in read(numbers).flow.checks if not check.holds]


@st.composite
def consistent(draw: st.DrawFn, *, sizes: int = 400) -> Numbers:
    """Numbers of an updated review with both columns in which each follows from the others; some part of each box stays."""

    def part(whole: int) -> int:
        return draw(st.integers(1, max(1, whole // 3)))

    counts: Counts = {}
    pubmed, embase, registers = (draw(st.integers(sizes, 9 * sizes)) for _ in range(3))
    counts |= {"database_results": pubmed + embase, "register_results": registers}
    identified = pubmed + embase + registers
    counts["duplicates"], counts["excluded_automatic"], counts["excluded_other"] = part(identified), part(sizes), part(sizes)
    screened = identified - sum(counts[key] or 0 for key in ("duplicates", "excluded_automatic", "excluded_other"))
    counts |= {"records_screened": screened, "records_excluded": part(screened)}
    for key in ("website_results", "organisation_results", "citations_results"):
        counts[key] = draw(st.integers(sizes, 2 * sizes))
    lists: dict[str, dict[str, int]] = {
        "database_specific_results": {"PubMed": pubmed, "Embase": embase},
        "register_specific_results": {"ISRCTN": registers},
    }
    included = 0
    for prefix, sought in (("dbr", screened - (counts["records_excluded"] or 0)), ("other", draw(st.integers(60, 3 * sizes)))):
        missing = part(sought)
        assessed = sought - missing
        excluded = part(assessed)
        counts |= {
            f"{prefix}_sought_reports": sought,
            f"{prefix}_notretrieved_reports": missing,
            f"{prefix}_assessed": assessed,
        }
        lists[f"{prefix}_excluded"] = {"Wrong population": excluded // 2, "Wrong outcome": excluded - excluded // 2}
        included += assessed - excluded
    previous = draw(st.integers(2, 200))
    counts |= {"new_reports": included, "new_studies": included - part(included)}
    counts |= {"previous_reports": previous, "previous_studies": previous - part(previous)}
    for members in ("studies", "reports"):
        counts[f"total_{members}"] = (counts[f"previous_{members}"] or 0) + (counts[f"new_{members}"] or 0)
    return Numbers(counts, lists)


@given(consistent())
def test_a_consistent_flow_has_no_difference_and_nothing_is_explained(numbers: Numbers) -> None:
    found = read(numbers)
    assert [check for check in found.flow.checks if not check.holds or check.difference or check.hints] == []
    assert "relations that could be checked hold" in letter(found.flow, found.origin, found.not_compared)


@dataclass(frozen=True)
class Mistake:
    """How somebody gets a flow wrong: what is done to the numbers, and the box that the doctor should name."""

    relation: str
    make: Callable[[Numbers], int]
    """Changes the numbers and gives the signed difference."""
    named: str


def add(key: str, n: Callable[[Numbers], int]) -> Callable[[Numbers], int]:
    def make(numbers: Numbers) -> int:
        by = n(numbers)
        numbers.add(key, by)
        return by

    return make


def studies_for_reports(numbers: Numbers) -> int:
    by = numbers["new_studies"] - numbers["new_reports"]
    numbers.counts["new_reports"] = numbers["new_studies"]
    return by


SCREENED, SOUGHT, INCLUDED = relations.SCREENED.name, relations.SOUGHT.name, relations.INCLUDED.name
ASSESSED, OTHER_ASSESSED = relations.LEFT.assessed.name, relations.OTHER.assessed.name
MISTAKES = {
    "citation searching pooled": Mistake(
        SCREENED, add("records_screened", lambda n: n["citations_results"]), "by citation searching"
    ),
    "websites and organisations pooled": Mistake(
        SCREENED,
        add("records_screened", lambda n: n["website_results"] + n["organisation_results"]),
        "on websites and through organisations",
    ),
    "all other sources pooled": Mistake(
        SCREENED,
        add("records_screened", lambda n: n["website_results"] + n["organisation_results"] + n["citations_results"]),
        "on websites and through organisations and by citation searching",
    ),
    "duplicates subtracted twice": Mistake(SCREENED, add("records_screened", lambda n: -n["duplicates"]), "subtracted twice"),
    "duplicates not subtracted": Mistake(SCREENED, add("records_screened", lambda n: n["duplicates"]), "duplicate records"),
    "automation left out": Mistake(SCREENED, add("records_screened", lambda n: n["excluded_automatic"]), "automation tools"),
    "other removals left out": Mistake(SCREENED, add("records_screened", lambda n: n["excluded_other"]), "other reasons"),
    "both removals left out": Mistake(
        SCREENED,
        add("records_screened", lambda n: n["excluded_automatic"] + n["excluded_other"]),
        "automation tools and the records removed for other reasons",
    ),
    "registers not screened": Mistake(
        SCREENED, add("records_screened", lambda n: -n["register_results"]), "may not have been screened"
    ),
    "sought without those not retrieved": Mistake(
        SOUGHT, add("dbr_sought_reports", lambda n: -n["dbr_notretrieved_reports"]), "taken off already"
    ),
    "not retrieved counted as assessed": Mistake(
        ASSESSED, add("dbr_assessed", lambda n: n["dbr_notretrieved_reports"]), "counted as assessed"
    ),
    "not retrieved subtracted twice": Mistake(
        OTHER_ASSESSED, add("other_assessed", lambda n: -n["other_notretrieved_reports"]), "subtracted twice"
    ),
    "assessed without those excluded": Mistake(
        ASSESSED, add("dbr_assessed", lambda n: -n.sum_of("dbr_excluded")), "taken off already"
    ),
    "not retrieved counted as included": Mistake(
        INCLUDED,
        add("new_reports", lambda n: n["dbr_notretrieved_reports"] + n["other_notretrieved_reports"]),
        "the reports not retrieved (",
    ),
    "one column's not retrieved included": Mistake(
        INCLUDED, add("new_reports", lambda n: n["other_notretrieved_reports"]), "not retrieved (other methods)"
    ),
    "other methods left out": Mistake(
        INCLUDED,
        add("new_reports", lambda n: n.sum_of("other_excluded") - n["other_assessed"]),
        "left out as those of other methods",
    ),
    "a reason counted as included": Mistake(
        INCLUDED, add("new_reports", lambda n: n.lists["dbr_excluded"]["Wrong outcome"]), '"Wrong outcome"'
    ),
    "studies entered for reports": Mistake(INCLUDED, studies_for_reports, "entered for the reports"),
    "previous reports counted as new": Mistake(INCLUDED, add("new_reports", lambda n: n["previous_reports"]), "counted as new"),
    "previous studies not counted": Mistake(
        relations.TOTAL_STUDIES.name, add("total_studies", lambda n: -n["previous_studies"]), "may not have been counted"
    ),
    "previous studies counted twice": Mistake(
        relations.TOTAL_STUDIES.name, add("total_studies", lambda n: n["previous_studies"]), "counted twice"
    ),
    "a box after deduplication": Mistake(
        relations.SOURCES[0].name, add("database_results", lambda n: -n["duplicates"]), "taken off already"
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
@given(numbers=consistent())
def test_a_known_mistake_is_named_or_another_of_the_same_size(name: str, numbers: Numbers) -> None:
    mistake = MISTAKES[name]
    by = mistake.make(numbers)
    assume(by)
    check = next(check for check in failed(numbers) if check.name == mistake.relation)
    assert check.difference == by
    assert all(hint.startswith(f"{by:+d}") and "may" in hint for hint in check.hints)
    assert f"{by:+d}" in check.detail
    assert check.hints


@pytest.mark.parametrize("name", MISTAKES)
def test_where_no_two_numbers_are_the_same_the_mistake_is_the_only_thing_named(name: str) -> None:
    numbers, mistake = distinct(), MISTAKES[name]
    by = mistake.make(numbers)
    check = next(check for check in failed(numbers) if check.name == mistake.relation)
    assert check.difference == by
    (hint,) = check.hints
    assert mistake.named in hint


def distinct() -> Numbers:
    """An update in which no number and no sum of a few is another number."""
    counts: Counts = {
        "database_results": 21_703,
        "register_results": 1_907,
        "duplicates": 6_211,
        "excluded_automatic": 523,
        "excluded_other": 86,
        "records_screened": 16_790,
        "records_excluded": 15_447,
        "dbr_sought_reports": 1_343,
        "dbr_notretrieved_reports": 47,
        "dbr_assessed": 1_296,
        "website_results": 309,
        "organisation_results": 1_013,
        "citations_results": 4_271,
        "other_sought_reports": 617,
        "other_notretrieved_reports": 29,
        "other_assessed": 588,
        "new_studies": 700,
        "new_reports": 711,
        "previous_studies": 133,
        "previous_reports": 158,
        "total_studies": 833,
        "total_reports": 869,
    }
    lists = {
        "database_specific_results": {"PubMed": 12_702, "Embase": 9_001},
        "register_specific_results": {"ISRCTN": 1_204, "ANZCTR": 703},
        "dbr_excluded": {"Wrong population": 641, "Wrong outcome": 74},
        "other_excluded": {"Wrong population": 277, "Wrong outcome": 181},
    }
    return Numbers(counts, lists)


def test_two_mistakes_at_once_are_both_named() -> None:
    numbers = distinct()
    numbers.add("records_screened", numbers["citations_results"] + numbers["excluded_automatic"])
    (check,) = (check for check in failed(numbers) if check.name == SCREENED)
    (hint,) = check.hints
    assert hint == (
        "+4794: +4271, as many as were identified by citation searching, which may have been screened with the rest; if so, say it in a "
        "note, or count them there; and +523, as many as the records marked as ineligible by automation tools, which may not have been "
        "subtracted"
    )


@given(consistent(), st.integers(1, 5_000))
def test_every_hint_adds_up_to_the_difference(numbers: Numbers, extra: int) -> None:
    numbers.add("records_screened", extra)
    check = next(check for check in failed(numbers) if check.name == SCREENED)
    assert check.difference == extra
    sizes = set(numbers.counts.values()) | {n for lines in numbers.lists.values() for n in lines.values()}
    sizes |= {numbers.sum_of(name) for name in numbers.lists}
    for hint in check.hints:
        whole, *parts = [int(n) for n in re.findall(r"[+-][0-9]+", hint)]
        terms = [int(n) for n in re.findall(r"\b[0-9]+", "".join(re.findall(r"\(([0-9]+(?: [+-] [0-9]+)+)\)", hint)))]
        assert whole == extra
        assert sum(parts) == extra if parts else not terms or extra in (sum(terms), terms[0] - terms[-1])
        assert {abs(n) for n in parts or terms or [whole]} <= sizes


def a_review(**changes: Any) -> Numbers:
    """One thousand records, two hundred duplicates, sixty reports sought."""
    counts: Counts = {
        "database_results": 1000,
        "duplicates": 203,
        "records_screened": 797,
        "records_excluded": 737,
        "dbr_sought_reports": 60,
        "dbr_notretrieved_reports": 7,
        "dbr_assessed": 53,
        "new_studies": 19,
        "new_reports": 22,
    }
    lists = {"dbr_excluded": {"Wrong design": 31}}
    return Numbers(
        {**counts, **{key: n for key, n in changes.items() if not isinstance(n, dict)}},
        {**lists, **{key: lines for key, lines in changes.items() if isinstance(lines, dict)}},
    )


COLUMN: dict[str, Any] = {"other_sought_reports": 9, "other_notretrieved_reports": 2, "other_assessed": 7}
PUBLISHED = {
    "citation searching in the records screened": (
        a_review(citations_results=41, records_screened=838, records_excluded=778, **COLUMN, new_reports=29),
        SCREENED,
        41,
        "identified by citation searching",
    ),
    "a handsearch in the records screened": (
        a_review(
            other_specific_results={"Handsearching": 14}, records_screened=811, records_excluded=751, **COLUMN, new_reports=29
        ),
        SCREENED,
        14,
        'by "Handsearching"',
    ),
    "websites and citation searching in the records screened": (
        a_review(website_results=5, citations_results=41, records_screened=843, records_excluded=783, **COLUMN, new_reports=29),
        SCREENED,
        46,
        "on websites and by citation searching (5 + 41)",
    ),
    "other sources in the reports sought": (
        a_review(citations_results=41, dbr_sought_reports=101, dbr_assessed=94, **COLUMN, new_reports=70),
        SOUGHT,
        41,
        "identified by citation searching",
    ),
    "studies only, more than the reports left": (
        a_review(new_studies=30, new_reports=None),
        relations.ENTERING_STUDIES.name,
        8,
        "",
    ),
    "studies only, with those not retrieved": (
        a_review(new_studies=29, new_reports=None),
        relations.ENTERING_STUDIES.name,
        7,
        "the reports not retrieved, which may have been counted as included",
    ),
    "studies and reports, both more than were left": (
        a_review(new_studies=29, new_reports=29),
        relations.ENTERING_STUDIES.name,
        7,
        "the reports not retrieved, which may have been counted as included",
    ),
    "reports only, more than were left": (
        a_review(new_studies=None, new_reports=29),
        INCLUDED,
        7,
        "the reports not retrieved, which may have been counted as included",
    ),
    "more studies than reports": (a_review(new_studies=25), "studies and reports", 3, ""),
    "reports without a study": (a_review(new_studies=0), "studies and reports", -1, ""),
    "reports left at 0": (a_review(new_reports=0), "studies and reports", 19, "left at 0"),
    "studies and reports exchanged": (a_review(new_studies=22, new_reports=19), INCLUDED, -3, "exchanged"),
    "more reasons at title/abstract than records excluded": (
        a_review(screening_reasons={"Not a trial": 700, "Animals": 68}),
        "reasons at title/abstract = records excluded",
        31,
        "which may have been counted under the reasons at title/abstract",
    ),
    "fewer reasons at title/abstract": (
        a_review(screening_reasons={"Not a trial": 700}),
        "reasons at title/abstract = records excluded",
        -37,
        "",
    ),
    "more reports excluded than assessed": (
        a_review(dbr_excluded={"Wrong design": 60}),
        relations.LEFT.excluded.name,
        7,
        "counted as excluded",
    ),
    "totals that leave the previous version out": (
        a_review(previous_studies=12, previous_reports=15, total_studies=19, total_reports=37),
        "total studies = previous + new",
        -12,
        "may not have been counted",
    ),
    "reports in the total of studies": (
        a_review(previous_studies=12, previous_reports=15, total_studies=37, total_reports=37),
        "total studies = previous + new",
        6,
        "reports may have been added up instead of studies",
    ),
    "total studies beyond the reports that could be there": (
        a_review(new_studies=19, new_reports=None, previous_studies=12, previous_reports=15, total_studies=38),
        relations.TOTAL_ENTERING_STUDIES.name,
        1,
        "",
    ),
}


def test_more_reports_than_studies_are_not_taken_for_an_exchange() -> None:
    (check,) = failed(a_review(new_studies=22, new_reports=28))
    assert (check.name, check.difference, check.hints) == (INCLUDED, 6, ())


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_kind_of_difference_is_named_with_its_size(name: str) -> None:
    numbers, relation, difference, hint = PUBLISHED[name]
    found = read(numbers)
    check = next(check for check in found.flow.checks if check.name == relation)
    assert not check.holds
    assert check.difference == difference
    assert hint in " ".join(check.hints) if hint else f"{difference:+d}" in check.detail
    text = letter(found.flow, found.origin)
    assert f"{difference:+d}" in text
    assert hint in text


def test_where_no_combination_fits_nothing_is_claimed() -> None:
    (check,) = failed(a_review(records_screened=888, records_excluded=828))
    assert (check.difference, check.hints) == (91, ())
    assert check.detail == "888 is not 797; +91. Correct the numbers"


def test_two_boxes_are_named_while_they_are_few() -> None:
    numbers = a_review(previous_studies=12, previous_reports=34, total_studies=55, total_reports=56)
    check = next(check for check in failed(numbers) if check.name == "total studies = previous + new")
    assert check.difference == 24
    assert check.hints == (
        "+24, as many as the reports excluded less the reports not retrieved (31 - 7), which may be a coincidence",
    )


def test_where_more_than_a_few_pairs_fit_none_is_named() -> None:
    numbers = a_review(new_reports=63, previous_studies=12, previous_reports=53, total_studies=31, total_reports=72)
    # 60 - 19, 53 - 12 and 72 - 31.
    check = next(check for check in failed(numbers) if check.name == INCLUDED)
    assert (check.difference, check.hints) == (41, ())


@pytest.mark.parametrize(
    ("lists", "detail"),
    [
        ({"database_specific_results": {"MEDLINE (Ovid)": 900, "ClinicalTrials.gov": 100}}, '"ClinicalTrials.gov" (n = 100) is a register and stands among the databases'),
        ({"register_specific_results": {"WHO ICTRP": 4, "Scopus": 6}, "register_results": 10, "duplicates": 213}, '"Scopus" (n = 6) is a database and stands among the registers'),
    ],
)  # fmt: skip
def test_a_source_in_the_list_of_the_other_kind_is_a_warning(lists: dict[str, Any], detail: str) -> None:
    (check,) = failed(a_review(**lists))
    assert (check.kind, check.detail) == (CheckKind.WARNING, detail)


@pytest.mark.parametrize(
    "name",
    [
        "Cochrane Central Register of Controlled Trials",
        "Victoria",
        "MEDLINE and ClinicalTrials.gov",
        "CENTRAL (with ClinicalTrials.gov and ICTRP)",
        "RePEc",
    ],
)
def test_a_source_that_may_be_either_is_no_warning(name: str) -> None:
    assert failed(a_review(database_specific_results={name: 1000})) == []


def test_every_slip_is_of_a_relation_in_the_table_and_names_boxes_of_the_flow() -> None:
    flow = Flow(Template.UPDATED_V2)
    for relation in (*relations.table(read(next_update()).flow), relations.TOTAL_ENTERING_STUDIES):
        for slip in slips_of(relation):
            assert all(hasattr(flow, box.lstrip("+-")) and words_of(flow, box.lstrip("+-")) for box in slip.boxes)


def test_studies_set_aside_count_for_their_reports_where_nobody_gave_these() -> None:
    assert side_sum(read(a_review()).flow, relations.COULD_ENTER) == 22
    studies = {"ongoing": {"Ongoing studies": 2}}
    assert side_sum(read(a_review(**studies)).flow, relations.COULD_ENTER) == 20
    reports = {"ongoing_reports": {"Reports of ongoing studies": 3}}
    assert side_sum(read(a_review(**studies, **reports)).flow, relations.COULD_ENTER) == 19


def test_what_was_carried_over_is_screened_like_what_was_identified() -> None:
    assert SCREENED in {check.name for check in failed(a_review(records_screened=804))}
    carried_over = {"Carried over": 7}
    assert SCREENED not in {check.name for check in failed(a_review(records_screened=804, carried_over=carried_over))}


def next_update() -> Numbers:
    return a_review(**COLUMN, citations_results=41, previous_studies=1, previous_reports=1, total_studies=20, total_reports=23)


def test_what_a_file_says_of_previous_studies_explains_a_total_and_nothing_else_does() -> None:
    versions = {"previous_studies": 10, "previous_reports": 12, "total_studies": 28, "total_reports": 33}
    lists = {"dropped": {DROPPED_STUDIES: 1, DROPPED_REPORTS: 1}, "new_reports_of_previous_studies": {"Moreau 2019": 2}}
    numbers = a_review(**versions, **lists, new_reports=20)
    assert failed(numbers) == [] != failed(a_review(**versions, new_reports=20))
    details = {check.name: check.detail for check in read(numbers).flow.checks}
    assert details["total studies = previous + new"] == "10 previous + 19 new is not 28 in total; -1 no longer included"
    numbers.lists["dropped"] = {DROPPED_STUDIES: 2, DROPPED_REPORTS: 1}
    assert [check.difference for check in failed(numbers)] == [-1]


def test_numbers_that_were_not_given_are_not_compared_and_the_letter_says_so() -> None:
    found = read(a_review(new_reports=None))
    assert all(check.holds for check in found.flow.checks)
    assert INCLUDED not in {check.name for check in found.flow.checks}
    (sentence,) = found.not_compared
    assert sentence == (
        "The number of reports of included studies is not given: 19 studies need at least as many, and 22 could enter."
    )
    assert letter(found.flow, found.origin, found.not_compared).endswith(sentence)
    assert read(a_review(new_studies=None)).not_compared == (
        "The number of included studies is not given: 22 reports are of at least 1 and, one study a report, at most 22 studies.",
    )


def test_a_box_under_words_that_count_something_else_is_not_compared() -> None:
    numbers = TypedNumbers(
        "numbers.csv", a_review(new_reports=4).counts, {}, words=FigureWords(labels={"new_reports": "Trials found by hand"})
    )
    found = flow_of(numbers)
    assert {INCLUDED, "studies and reports"}.isdisjoint(check.name for check in found.flow.checks)
    assert found.not_compared == (
        'The number under "Trials found by hand" is no number of reports of included studies, whose place it takes, and was not compared.',
    )
    same = flow_of(replace(numbers, words=FigureWords(labels={"new_reports": "Articles on included trials"})))
    assert INCLUDED in {check.name for check in same.flow.checks}


def test_a_hint_and_a_sentence_speak_of_a_box_in_its_own_words() -> None:
    pooled, *_ = PUBLISHED["citation searching in the records screened"]
    own = {"citations_results": "Backward citations", "records_screened": "Titles read"}
    found = flow_of(TypedNumbers("numbers.csv", pooled.counts, pooled.lists, words=FigureWords(labels=own)))
    text = letter(found.flow, found.origin)
    assert 'There are 838 "Titles read", but 797 would follow' in text
    assert '+41, as many as were identified by "Backward citations", which may have been screened with the rest' in text


def test_the_command_prints_a_paragraph_for_the_authors_and_exits_4(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    numbers, *_ = PUBLISHED["citation searching in the records screened"]
    file = tmp_path / "theirs.json"
    file.write_text(json.dumps({"counts": numbers.counts, "lists": numbers.lists}))
    assert run(["flow", "--from-json", str(file), "--check"]) == 4
    paragraph = capfd.readouterr().out.splitlines()[-1]
    assert "There are 838 records screened, but 797 would follow from 1000 records from databases - 203 duplicate" in paragraph
    assert "+41, as many as were identified by citation searching, which may have been screened with the rest" in paragraph
    assert run(["flow", "--from-json", str(file), "--check", "--json"]) == 4
    details = {check["name"]: check for check in json.loads(capfd.readouterr().out)["checks"]}
    assert details[SCREENED]["difference"] == 41
    assert len(details[SCREENED]["hints"]) == 1
    assert "difference" not in details[SOUGHT]


def test_a_check_says_what_was_found_and_its_name_only_where_that_is_true() -> None:
    waits = Check("nothing pending", CheckKind.WARNING, holds=False, detail="28 reports wait")
    assert waits.sentence == "28 reports wait"
    assert replace(waits, holds=True, detail="none").sentence == "nothing pending"
    sums = Check("screened", CheckKind.STRICT, holds=True, detail="2 = 2")
    assert sums.sentence == "screened: 2 = 2"
    assert replace(sums, holds=False, detail="2 is not 3").sentence == "screened: 2 is not 3"
    assert (
        replace(sums, kind=CheckKind.WARNING, holds=False, detail="2 is not 3", difference=1).sentence == "screened: 2 is not 3"
    )
