"""A cell of a checklist claims what the data show, marks what the authors say as theirs, and leaves the rest open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from prisma_tool.cli.report import report_command
from prisma_tool.flow.flow import Adjustment, Count, Flow, Participants, Pending, Study, Template
from prisma_tool.manuscript.checklist.facts import ChecklistFacts
from prisma_tool.manuscript.checklist.form_items import NOT_VERIFIED, STATEMENTS, FormItem, form_items
from prisma_tool.manuscript.checklist.protocol_changes import ProtocolChange, ProtocolHistory, history
from prisma_tool.manuscript.checklist.rows import ChecklistRow, RowState, checklist_rows, filled_row
from prisma_tool.manuscript.checklist.statement import Statement
from prisma_tool.manuscript.checklist.statements import TOPICS
from prisma_tool.manuscript.search_appendix.data import (
    Appendix,
    Deduplication,
    ImportedFile,
    ReportedRun,
    ReportedStrategy,
    Search,
    StrategyLine,
)
from prisma_tool.manuscript.search_appendix.items import items
from prisma_tool.model.log.events import Event
from prisma_tool.model.log.versions import Closing
from prisma_tool.model.protocol.answers import ITEMS, ChecklistForm
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.publication import Publication

DAY = datetime(2025, 2, 3, 9, tzinfo=UTC)
LATER = datetime(2025, 5, 6, 9, tzinfo=UTC)


def run_on(day: datetime, **fields: Any) -> ReportedRun:
    return ReportedRun("r", day, day, "complete", "ada", "0.1.0", 1, 1, 0, 0, **fields)


def strategy(**fields: Any) -> ReportedStrategy:
    return ReportedStrategy((StrategyLine(1, "a"),), "a", fields.pop("limits", ()), DAY, DAY, **fields)


def search(*days: datetime, **fields: Any) -> Search:
    return Search("pm", "PubMed", "database", "NLM", (strategy(**fields),), tuple(map(run_on, days)))


def imported(source: str, *days: datetime, kind: str = "database", platform: str = "Ovid") -> tuple[ImportedFile, ...]:
    return tuple(ImportedFile("f.ris", source, kind, platform, "ris", "utf-8", "", 1, 1, 0, run_on(day)) for day in days)


EMPTY = Appendix("", "0.1.0", (), (), Deduplication(0, 0, 0, 0, 0), (), 0)


def facts(rules: Protocol | None = None, flow: Flow | None = None, **fields: Any) -> ChecklistFacts:
    protocol = rules or Protocol()
    appendix = replace(EMPTY, **fields.pop("appendix", {}))
    values: dict[str, Any] = {"version": "", "methods": (), "near_misses": 0, "protocol": protocol} | fields
    return ChecklistFacts(rules=protocol, flow=flow or Flow(Template.NEW_V1), appendix=appendix, **values)


def row(number: str, form: ChecklistForm = ChecklistForm.PRISMA_2020, **fields: Any) -> ChecklistRow:
    return next(one for one in checklist_rows(form, facts(**fields)) if one.number == number)


# --- the forms -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", list(ChecklistForm))
def test_each_form_has_the_items_of_its_statement_in_their_order(form: ChecklistForm) -> None:
    items = form_items(form)
    assert tuple(item.number for item in items if not item.covers) == ITEMS[form]
    assert len({item.number for item in items}) == len(items)
    assert all(item.cue and item.question.rstrip(".?;").strip() for item in items)
    assert STATEMENTS[form].count("doi:10.") == 1


def test_every_topic_of_a_form_is_spoken_of_and_none_is_spoken_of_in_vain() -> None:
    assert {item.topic for form in ChecklistForm for item in form_items(form)} - {""} == set(TOPICS)


@pytest.mark.parametrize("form", list(ChecklistForm))
def test_the_wording_is_our_own(form: ChecklistForm) -> None:
    words = " ".join(f"{item.cue} {item.question}" for item in form_items(form)).casefold()
    official = (
        "identify the report as",
        "explicit statement",
        "specify the",
        "describe any",
        "describe the",
        "provide a",
        "present the",
    )
    assert [phrase for phrase in official if phrase in words] == []


def test_item_4_demands_no_pico_13b_is_preparation_and_16b_exclusions() -> None:
    items = {item.number: item for item in form_items(ChecklistForm.PRISMA_2020)}
    assert "PICO" not in items["4"].cue + items["4"].question
    assert "prepared" in items["13b"].cue
    assert "excluded" in items["16b"].cue


def test_numbers_that_were_not_verified_say_so() -> None:
    numbers = {item.number: item.printed_number for item in form_items(ChecklistForm.LIVING)}
    assert numbers["L1"] == "L1"
    assert all(numbers[number].endswith("(number not verified)") for number in NOT_VERIFIED)
    assert numbers["1+"] == "1+"


# --- kinds of cells -----------------------------------------------------------------------------------------------------------------

ITEM = FormItem(ChecklistForm.PRISMA_2020, "Methods", "9", "cue", "How?")
SHOWN = Statement("It was so.", "prisma-tool flow")
WHOLE = replace(SHOWN, complete=True)


@pytest.mark.parametrize(
    ("statement", "answers", "state", "cell"),
    [
        (None, {}, RowState.OPEN, ('OPEN: How? [prisma-tool report answer 9 "..."]',)),
        (WHOLE, {}, RowState.FILLED, ("It was so. [prisma-tool flow]",)),
        (SHOWN, {}, RowState.PARTLY, ("It was so. [prisma-tool flow]", 'OPEN: How? [prisma-tool report answer 9 "..."]')),
        (SHOWN, {"9": "So."}, RowState.FILLED, ("It was so. [prisma-tool flow]", "Authors' statement: So.")),
        (None, {"9": "So."}, RowState.ANSWERED, ("Authors' statement: So.",)),
        (SHOWN, {"9": "n/a: no data"}, RowState.NOT_APPLICABLE, ("Not applicable, by the authors: no data",)),
        (None, {"9": "Not applicable, as none"}, RowState.NOT_APPLICABLE, ("Not applicable, by the authors: as none",)),
        (None, {"9": "N/A"}, RowState.OPEN, ('OPEN: Why is the item not applicable? [prisma-tool report answer 9 "..."]',)),
        (None, {"9": "National data"}, RowState.ANSWERED, ("Authors' statement: National data",)),
        (
            replace(WHOLE, question="What waits?"),
            {"9": "So."},
            RowState.PARTLY,
            ("It was so. [prisma-tool flow]", "Authors' statement: So.", "OPEN: What waits? [prisma-tool status]"),
        ),
    ],
)
def test_a_row_says_what_fills_it(
    statement: Statement | None, answers: dict[str, str], state: RowState, cell: tuple[str, ...]
) -> None:
    filled = filled_row(ITEM, statement, Protocol(answers=answers))
    assert (filled.state, filled.cell) == (state, cell)


def test_the_place_in_the_manuscript_stands_beside_the_item() -> None:
    assert filled_row(ITEM, None, Protocol(answers={"9.page": "p. 7"})).page == "p. 7"


def test_what_review_toml_says_for_the_manuscript_answers_its_item() -> None:
    told = Protocol(publication=Publication(registration="PROSPERO CRD1", funding="None."))
    assert row("24a", rules=told).cell == ("Authors' statement: PROSPERO CRD1",)
    assert row("25", rules=told).state is RowState.ANSWERED
    assert row("24b", rules=told).cell == (
        'OPEN: Where can the protocol be read? Or say that none was prepared. [protocol_url = "..." in review.toml]',
    )


def test_an_item_of_two_keys_stays_open_while_one_is_missing() -> None:
    half = row("5", ChecklistForm.SCOPING, rules=Protocol(publication=Publication(registration="X 1")))
    assert (half.state, half.answer) == (RowState.PARTLY, "X 1")
    both = Publication(registration="X 1", protocol_url="https://osf.io/a")
    assert row("5", ChecklistForm.SCOPING, rules=Protocol(publication=both)).state is RowState.ANSWERED


def test_what_a_living_review_adds_to_an_item_is_never_closed_by_that_items_answer() -> None:
    added = row("1+", ChecklistForm.LIVING, rules=Protocol(answers={"1": "A review"}))
    assert (added.state, added.answer) == (RowState.PARTLY, "A review")


# --- what the data say -------------------------------------------------------------------------------------------------------------


def test_an_empty_review_claims_nothing() -> None:
    for form in ChecklistForm:
        assert [one for one in checklist_rows(form, facts()) if one.sentence] == []


def test_each_command_that_a_cell_names_is_one() -> None:
    full = facts(
        Protocol(title="T", question="Q", include=("a",)),
        FLOW,
        appendix={"searches": (search(DAY, LATER),), "files": imported("Embase", DAY)},
        methods=("M.",),
        protocol_history=ProtocolHistory(DAY),
    )
    commands = {one.command for form in ChecklistForm for one in checklist_rows(form, full)} - {
        "",
        "prisma-tool flow",
        "prisma-tool flow --template living",
    }
    assert len(commands) > 4
    assert {command.removeprefix("prisma-tool report ") for command in commands} <= set(report_command.commands)


FLOW = Flow(
    Template.NEW_V1,
    database_results=Count(("a", "b", "c")),
    records_screened=Count(("a", "b")),
    dbr_sought_reports=Count(("a",)),
    dbr_assessed=Count(("a", "b")),
    dbr_excluded={"Wrong outcome": Count(("b",))},
    new_studies=Count(("a",), studies=(Study("S", ("a",)),)),
    new_reports=Count(("a",)),
    duplicates=Count(("c",)),
)


def test_a_day_of_import_is_not_given_as_the_day_of_the_search() -> None:
    sources = {"searches": (search(DAY, LATER),), "files": imported("Embase", DAY)}
    assert row("6", appendix=sources).sentence == (
        "PubMed, last searched on 2025-05-06; Embase (imported 2025-02-03; no day of the search is recorded here)."
    )
    assert row("6", appendix=sources).state is RowState.PARTLY
    assert row("6", appendix={"searches": (search(DAY),)}).state is RowState.FILLED


def test_a_source_without_a_kept_strategy_is_named() -> None:
    told = row("7", appendix={"searches": (search(DAY),), "files": imported("Embase", DAY)})
    assert told.sentence == (
        "The strategy of PubMed stands letter by letter in the search appendix. Of Embase no strategy is kept here."
    )
    assert told.state is RowState.PARTLY
    assert row("8", ChecklistForm.SCOPING, appendix={"files": imported("Embase", DAY)}).state is RowState.OPEN


def test_criteria_leave_the_grouping_open() -> None:
    told = row("5", rules=Protocol(include=("Adults", "RCTs"), exclude=("Animals",)))
    assert (told.sentence, told.state) == ("Included: Adults; RCTs. Excluded: Animals.", RowState.PARTLY)
    assert row("3", ChecklistForm.ABSTRACTS, rules=Protocol(include=("Adults",))).state is RowState.FILLED


def test_how_studies_were_selected_is_closed_by_the_authors_word_on_independence_alone() -> None:
    assert row("8", methods=("A.", "B.")).sentence == "A. B."
    assert row("8", methods=("A.",)).state is RowState.PARTLY
    one = Protocol(answers={"independence:title-abstract": "Yes."})
    both = Protocol(answers={"independence:title-abstract": "Yes.", "independence:full-text": "Yes."})
    assert row("8", rules=one, methods=("A.",)).state is RowState.PARTLY
    assert row("8", rules=both, methods=("A.",)).state is RowState.FILLED


def test_the_numbers_are_the_figures_and_interim_while_work_is_pending() -> None:
    sentence = "Of 3 records from databases, 2 were screened, 1 report sought, 2 assessed. 1 study (1 report) is included."
    assert (row("16a", flow=FLOW).sentence, row("16a", flow=FLOW).state) == (sentence, RowState.FILLED)
    pending = replace(FLOW, pending=Pending(full_text=Count(("a",))))
    told = row("16a", flow=pending, rules=Protocol(answers={"16a": "Figure 1"}))
    assert told.sentence == f"INTERIM, as work is pending: {sentence}"
    assert (told.state, told.how) == (RowState.PARTLY, "prisma-tool status")


def test_exclusions_are_closed_by_near_misses_or_by_the_authors() -> None:
    told = row("16b", flow=FLOW)
    assert "1 report was excluded at full text" in told.sentence
    assert (told.state, row("16b", flow=FLOW, near_misses=1).state) == (RowState.PARTLY, RowState.FILLED)
    assert row("16b", flow=FLOW, rules=Protocol(answers={"16b": "None."})).state is RowState.FILLED


def test_numbers_entered_by_hand_are_not_claimed_to_be_cited() -> None:
    typed = (Adjustment(2, "from the old review"),)
    flow = replace(
        FLOW,
        dbr_excluded={"Wrong outcome": Count(("b",), typed)},
        new_studies=Count(("a",), typed, studies=(Study("S", ("a",)),)),
    )
    assert row("16b", flow=flow).sentence.startswith("3 reports were excluded at full text; 1 of them is cited with its reason")
    assert row("17", flow=flow).sentence == (
        "3 studies (1 report) are included; 1 of them is cited in the table of included studies."
    )
    assert row("17", flow=FLOW).sentence == "1 study (1 report) is included; each is cited in the table of included studies."


def test_the_abstract_tells_participants_only_as_far_as_they_are_known() -> None:
    assert "participants" not in row("7", ChecklistForm.ABSTRACTS, flow=FLOW).sentence
    counted = replace(FLOW, participants=Participants(40, 1, 2))
    assert "The participants of 1 of 2 studies are known: 40." in row("7", ChecklistForm.ABSTRACTS, flow=counted).sentence


def test_a_review_without_included_studies_has_no_sentence_about_them() -> None:
    empty = replace(FLOW, new_studies=Count(studies=()), new_reports=Count())
    assert (row("17", flow=empty).sentence, row("7", ChecklistForm.ABSTRACTS, flow=empty).sentence) == ("", "")


# --- PRISMA-S ----------------------------------------------------------------------------------------------------------------------


def searched(number: str, **appendix: Any) -> ChecklistRow:
    return row(number, ChecklistForm.SEARCHES, flow=FLOW, appendix=appendix)


def test_prisma_s_says_what_the_search_appendix_says_and_asks_what_it_leaves() -> None:
    files = imported("Embase", DAY) + imported("Scopus", DAY, platform="")
    told = searched("1", searches=(search(DAY),), files=files)
    item = items(facts(appendix={"searches": (search(DAY),), "files": files}).appendix)[0]
    assert (told.sentence, told.question) == (" ".join(item.sentences), item.question)
    assert told.state is RowState.PARTLY


def test_an_item_of_prisma_s_without_a_sentence_asks_alone() -> None:
    told = searched("6", searches=(search(DAY),))
    assert (told.sentence, told.command, told.state) == ("", "", RowState.OPEN)


# --- changes of the protocol ---------------------------------------------------------------------------------------------------


def text(content: str, clock: int, kind: str = "protocol", **payload: str) -> Event:
    return Event(str(clock), kind, "", "", "", DAY, DAY, "0.1.0", {"text": content, **payload}, clock=clock)


def changed(*contents: str, first_vote: int = 99) -> list[tuple[tuple[str, ...], bool]]:
    events = [text(content, clock) for clock, content in enumerate(contents, 1)]
    told = history(events, text("", first_vote, "decision")).changes
    return [(change.parts, change.after_first_vote) for change in told]


def test_a_change_names_what_of_the_protocol_changed_and_whether_votes_had_been_given() -> None:
    first, second = 'question = "a"\n[criteria]\ninclude = ["x"]', 'question = "b"\n[criteria]\ninclude = ["y"]'
    assert changed(first, second) == [(("the question", "the eligibility criteria"), False)]
    assert changed(first, second, first_vote=1) == [(("the question", "the eligibility criteria"), True)]


@pytest.mark.parametrize(
    "after",
    [
        'question = "a" # comment',
        'question = "a"\n[answers]\n3 = "x"',
        'question = "a"\nfunding = "x"',
        'question = "a"\ntools = []',
    ],
)
def test_what_settles_nothing_is_no_change(after: str) -> None:
    assert changed('question = "a"', after) == []


def test_a_text_that_cannot_be_read_is_told_as_such_and_one_put_in_force_again_is_none() -> None:
    assert changed('question = "a"', "= =") == [(("the text, in a way that cannot be compared",), False)]
    again = [text("a = 1", 1), text("question = 'b'", 2, act="restated")]
    assert history(again, None) == ProtocolHistory(DAY)
    assert history([], None) == ProtocolHistory()


def test_amendments_are_told_and_their_reasons_asked_for() -> None:
    change = ProtocolChange(LATER, ("the question", "the searches"), after_first_vote=True)
    told = row("24c", protocol_history=ProtocolHistory(DAY, (change,)))
    assert told.sentence == (
        "The protocol in review.toml was first noted on 2025-02-03. Changes that the log holds: 2025-05-06 the question and the searches "
        "(after the first vote)."
    )
    assert told.state is RowState.PARTLY
    assert row("24c", protocol_history=ProtocolHistory(DAY)).sentence.endswith("The log holds no change of it.")


def test_a_living_review_tells_what_changed_since_the_version_before() -> None:
    before = Closing("c", "2024", DAY, DAY, (1, "c"), "", (), (), frozenset())
    early = ProtocolChange(DAY, ("the title",), after_first_vote=False)
    late = ProtocolChange(LATER, ("the searches",), after_first_vote=True)
    told = facts(flow=replace(FLOW, previous_studies=Count(studies=(Study("P", ("p",)),))), previous=before)
    told = replace(told, protocol_history=ProtocolHistory(DAY, (early, late)))
    rows = {one.number.split()[0]: one for one in checklist_rows(ChecklistForm.LIVING, told)}
    assert rows["L2"].sentence == (
        "Since the version 2024: Changes that the log holds: 2025-05-06 the searches (after the first vote)."
    )
    assert rows["16a+"].command == "prisma-tool flow --template living"
    assert rows["L3"].sentence.startswith("The version 2024 included 1 study; 1 was added since.")
