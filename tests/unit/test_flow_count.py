"""Which reports each box and line of the figure counts, one by one: a report of each phase in each column, exact members and numbers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from prisma_tool.errors import UsageError
from prisma_tool.flow.count import count
from prisma_tool.flow.counting_input import CountingInput, Entered
from prisma_tool.flow.flow import CheckKind, Count, Flow, Lines, Template, total
from prisma_tool.model.log.fold import State
from prisma_tool.model.log.versions import Closing, Era
from prisma_tool.model.protocol.protocol import Protocol, Reason
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.reports.state import Phase, Report, ReviewState
from prisma_tool.store.records.report_rows import CountedRecord
from prisma_tool.store.runs.runs import Source

KINDS = {
    "Scopus": SourceKind.DATABASE,
    "Embase": SourceKind.DATABASE,
    "ICTRP": SourceKind.REGISTER,
    "WHO": SourceKind.WEBSITE,
    "Cochrane": SourceKind.ORGANISATION,
    "Lists": SourceKind.CITATION,
    "Letters": SourceKind.OTHER,
    "Handsearch": SourceKind.OTHER,
}
SOURCES = {name.lower(): Source(name.lower(), name, kind, place) for place, (name, kind) in enumerate(KINDS.items())}
PROTOCOL = Protocol(reasons=(Reason("w", "Wrong outcome"), Reason("a", "Age")))
P = Phase


def report(key: str, *further: str, phase: Phase = P.SCREENING, reason: str = "", differ: bool = False) -> Report:
    """A report of these records, in the column of the first."""
    records = tuple(CountedRecord(one, one.split(":")[0], register_entry=False) for one in (key, *further))
    left = SOURCES[records[0].source].kind.in_left_column
    return Report(key, records, left, phase, None, None, reason, differ, ())


_NOTHING_COUNTED, _FIRST_ERA = CountingInput(), Era()


def flow(
    *reports: Report, account: CountingInput = _NOTHING_COUNTED, era: Era = _FIRST_ERA, waiting: Iterable[str] = (), **how: object
) -> Flow:
    standing = ReviewState(SOURCES, reports, State({}, {}, {}), frozenset(waiting), era)
    found = count(standing, PROTOCOL, account, **how)  # type: ignore[arg-type] # passed through
    assert [one for one in found.checks if one.kind is CheckKind.STRICT and not one.holds] == []
    assert found.checks
    return found


def keys(counted: Count | None) -> tuple[str, ...]:
    assert counted is not None
    return counted.records


def lines(counted: Lines) -> list[tuple[str, int]]:
    return [(label, line.n) for label, line in counted.items()]


# --- phases ------------------------------------------------------------------------------------------------------------------

ASSESSED = {P.EXCLUDED, P.ONGOING, P.AWAITING, P.INCLUDED}
SOUGHT = ASSESSED | {P.SEEKING, P.NOT_RETRIEVED, P.ASSESSING, P.ASSESSMENT_CONFLICT}
LEFT = {
    "excluded_automatic": {P.REMOVED_AUTOMATIC},
    "excluded_other": {P.REMOVED_OTHER},
    "records_screened": SOUGHT | {P.SCREENED_OUT},
    "records_excluded": {P.SCREENED_OUT},
    "dbr_sought_reports": SOUGHT,
    "dbr_notretrieved_reports": {P.NOT_RETRIEVED},
    "dbr_assessed": ASSESSED,
}
OTHER = {"other_sought_reports": SOUGHT, "other_notretrieved_reports": {P.NOT_RETRIEVED}, "other_assessed": ASSESSED}
BOTH = {"new_reports": {P.INCLUDED}}
PENDING = {
    "title_abstract": {P.SCREENING, P.SCREENING_CONFLICT},
    "retrieval": {P.SEEKING},
    "full_text": {P.ASSESSING, P.ASSESSMENT_CONFLICT},
    "conflicts": {P.SCREENING_CONFLICT, P.ASSESSMENT_CONFLICT},
}
COLUMNS = {**dict.fromkeys(LEFT, ("embase",)), **dict.fromkeys(OTHER, ("who",))}


@pytest.fixture(scope="module")
def every_phase() -> Flow:
    return flow(*(report(f"{slug}:{phase.name}", phase=phase) for slug in ("embase", "who") for phase in Phase))


def named(phases: Iterable[Phase], columns: Iterable[str] = ("embase", "who")) -> list[str]:
    return sorted(f"{slug}:{phase.name}" for slug in columns for phase in phases)


@pytest.mark.parametrize(("box", "phases"), [*LEFT.items(), *OTHER.items(), *BOTH.items()])
def test_a_box_counts_the_phases_of_its_own_column(every_phase: Flow, box: str, phases: set[Phase]) -> None:
    assert sorted(keys(getattr(every_phase, box))) == named(phases, COLUMNS.get(box, ("embase", "who")))


@pytest.mark.parametrize(("part", "phases"), PENDING.items())
def test_what_is_pending_is_counted_in_both_columns(every_phase: Flow, part: str, phases: set[Phase]) -> None:
    assert sorted(keys(getattr(every_phase.pending, part))) == named(phases)


def test_ongoing_and_awaiting_are_counted_in_both_columns(every_phase: Flow) -> None:
    assert {label: sorted(line.records) for label, line in every_phase.ongoing.items()} == {"Ongoing studies": named({P.ONGOING})}
    assert {label: sorted(line.records) for label, line in every_phase.awaiting.items()} == {
        "Studies awaiting classification": named({P.AWAITING})
    }


@pytest.mark.parametrize("key", ["embase:1", "who:1"])
def test_a_study_is_ongoing_or_awaiting_whichever_column_it_came_by(key: str) -> None:
    assert lines(flow(report(key, phase=P.ONGOING)).ongoing) == [("Ongoing studies", 1)]
    assert lines(flow(report(key, phase=P.AWAITING)).awaiting) == [("Studies awaiting classification", 1)]
    assert flow(report(key, phase=P.INCLUDED)).ongoing == flow(report(key, phase=P.INCLUDED)).awaiting == {}


def test_reasons_that_differ_are_a_conflict_though_the_report_is_excluded() -> None:
    found = flow(report("embase:1", phase=P.EXCLUDED, differ=True), report("who:1", phase=P.EXCLUDED, differ=True))
    assert keys(found.pending.conflicts) == ("embase:1", "who:1")
    assert found.interim


def test_records_that_wait_for_deduplication_are_counted() -> None:
    assert flow(report("embase:1", phase=P.INCLUDED), waiting=["embase:1", "embase:2"]).unmerged == 2


# --- sources -----------------------------------------------------------------------------------------------------------------


def test_each_kind_of_source_has_its_box_and_each_source_its_line_in_the_order_in_which_they_joined() -> None:
    kinds = ("embase:1", "embase:2", "scopus:1", "ictrp:1", "who:1", "cochrane:1", "lists:1", "handsearch:1", "letters:1")
    found = flow(*map(report, kinds))
    assert keys(found.database_results) == ("embase:1", "embase:2", "scopus:1")
    assert keys(found.register_results) == ("ictrp:1",)
    assert keys(found.website_results) == ("who:1",)
    assert keys(found.organisation_results) == ("cochrane:1",)
    assert keys(found.citations_results) == ("lists:1",)
    assert lines(found.database_specific_results) == [("Scopus", 1), ("Embase", 2)]
    assert lines(found.register_specific_results) == [("ICTRP", 1)]
    assert lines(found.other_specific_results) == [("Letters", 1), ("Handsearch", 1)]


def test_a_source_without_records_has_no_line() -> None:
    assert lines(flow(report("embase:1")).database_specific_results) == [("Embase", 1)]


def test_duplicates_are_the_surplus_records_of_databases_and_registers_alone() -> None:
    found = flow(report("embase:1", "scopus:1", "ictrp:1", "who:1"), report("who:2", "lists:2"), report("embase:3"))
    assert keys(found.duplicates) == ("scopus:1", "ictrp:1")


# --- reasons -----------------------------------------------------------------------------------------------------------------

GIVEN = [("1", ""), ("2", "zeal"), ("3", "a"), ("4", "bias"), ("5", "w"), ("6", "a"), ("7", "Age")]
TOLD = [("Wrong outcome", ("5",)), ("Age", ("3", "6", "7")), ("bias", ("4",)), ("zeal", ("2",)), ("No reason given", ("1",))]
"""Listed reasons in the protocol's order, unlisted ones by name, none last; an old id that reads as today's label shares its line."""


@pytest.mark.parametrize(
    ("source", "phase", "box"),
    [
        ("embase", P.SCREENED_OUT, "screening_reasons"),
        ("embase", P.EXCLUDED, "dbr_excluded"),
        ("who", P.EXCLUDED, "other_excluded"),
    ],
)
def test_reasons_stand_in_the_protocols_order_and_those_without_come_last(source: str, phase: Phase, box: str) -> None:
    elsewhere = [report(f"{slug}:{one.name}", phase=one, reason="w") for slug in ("embase", "who") for one in Phase]
    here = [report(f"{source}:{key}", phase=phase, reason=reason) for key, reason in GIVEN]
    counted = getattr(flow(*here), box)
    assert [(label, line.records) for label, line in counted.items()] == [
        (label, tuple(f"{source}:{key}" for key in members)) for label, members in TOLD
    ]
    assert keys(getattr(flow(*elsewhere), box)["Wrong outcome"]) == (f"{source}:{phase.name}",)


# --- by whom -----------------------------------------------------------------------------------------------------------------


def test_excluded_by_a_person_is_what_a_person_voted_on_in_any_of_its_records() -> None:
    account = CountingInput(
        tool_votes=frozenset({"embase:1", "embase:2", "embase:3", "embase:4"}),
        human_votes=frozenset({"scopus:1", "embase:2", "embase:4", "who:1"}),
    )
    found = flow(
        report("embase:1", "scopus:1", phase=P.SCREENED_OUT),
        report("embase:2", "scopus:2", phase=P.SCREENED_OUT),
        report("embase:3", phase=P.SCREENED_OUT),
        report("embase:4", phase=P.INCLUDED),
        report("who:1", phase=P.SCREENED_OUT),
        account=account,
    )
    assert keys(found.excluded_by_human) == ("embase:1", "embase:2")
    assert keys(found.excluded_by_tool) == ("embase:3",)


def test_nothing_is_divided_where_no_tool_voted() -> None:
    found = flow(report("embase:1", phase=P.SCREENED_OUT), account=CountingInput(human_votes=frozenset({"embase:1"})))
    assert found.excluded_by_human is found.excluded_by_tool is None


# --- versions, numbers entered by hand, templates ------------------------------------------------------------------------------

CLOSED = Closing("1", "v1", datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC), (1, "1"), "", (), (), frozenset())


def test_what_was_carried_over_stands_beside_databases_or_last_among_other_methods_and_only_all_versions_together_count_what_was_closed() -> (
    None
):
    reports = (
        report("embase:old", phase=P.SEEKING),
        report("embase:closed", phase=P.SCREENED_OUT),
        report("embase:new", phase=P.SCREENED_OUT),
        report("scopus:new", phase=P.SCREENED_OUT),
        report("letters:old", phase=P.SEEKING),
        report("letters:new", phase=P.SEEKING),
    )
    era = Era((CLOSED,), fresh=frozenset({"embase:new", "scopus:new", "letters:new"}))
    update = flow(*reports, era=era)
    assert lines(update.database_specific_results) == [("Scopus", 1), ("Embase", 1)]
    assert [(label, line.records) for label, line in update.carried_over.items()] == [("Carried over", ("embase:old",))]
    assert keys(update.database_results) == ("embase:new", "scopus:new")
    assert lines(update.other_specific_results) == [("Letters", 1), ("Carried over", 1)]
    assert keys(update.records_excluded) == ("embase:new", "scopus:new")
    together = flow(*reports, era=era, cumulative=True)
    assert lines(together.database_specific_results) == [("Scopus", 1), ("Embase", 3)]
    assert keys(together.records_excluded) == ("embase:closed", "embase:new", "scopus:new")


def test_numbers_entered_for_an_earlier_version_count_over_all_versions_alone_and_are_footnoted() -> None:
    account = CountingInput(
        entered=(Entered("duplicates", 3, "now"), Entered("database_results", 3, "now"), Entered("duplicates", 4, "then", False),
                 Entered("database_results", 4, "then", False)),
    )  # fmt: skip
    here, together = (flow(report("embase:1"), account=account, cumulative=cumulative) for cumulative in (False, True))
    assert (here.duplicates.n, together.duplicates.n) == (3, 7)
    assert [total(one.database_specific_results) for one in (here, together)] == [4, 8]
    assert [("now" in note, "then" in note) for note in here.footnotes] == [(True, False)] * 2
    assert sum("then" in note for note in together.footnotes) == 2


def test_the_template_follows_the_data_unless_another_is_wanted() -> None:
    assert flow(report("embase:1")).template is Template.NEW_V1
    assert flow(report("embase:1"), template=Template.UPDATED_V2).template is Template.UPDATED_V2
    with pytest.raises(UsageError, match="no column for other methods"):
        flow(report("who:1"), template=Template.NEW_V1)
