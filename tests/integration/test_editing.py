"""Correcting a record: the original is kept, and whatever shows, finds, compares or counts the record goes by the correction."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from prisma_tool.cli.main import run
from prisma_tool.dedupe.run import current_report, deduplicate
from prisma_tool.errors import DecisionError, UsageError
from prisma_tool.model.log.corrections import payload
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Author, Citation, Section
from prisma_tool.model.text_query import text_query
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.records.corrections import edit, fields_of
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Store
from prisma_tool.store.index import text_index
from prisma_tool.store.projections import as_of, event_log, rebuild
from prisma_tool.store.records import records
from prisma_tool.updates.acknowledgement import acknowledge, open_items

PLAIN = Citation(
    title="A trial of one treatment against another in elderly patients",
    authors=(Author("Moreau", "A"),),
    year=2020,
    journal="J Inv",
    doi="10.1000/wrong",
    pmid="11",
)
Deliver = Callable[..., records.StoredBatch]
Shell = Callable[..., Any]


@pytest.fixture
def review(make_review: Callable[..., Review], deliver: Deliver) -> Review:
    def filled(made: Review) -> None:
        deliver(made.store, ("L1", PLAIN))

    return make_review(reviewers=("Ada", "Ben"), once=filled)


@pytest.fixture
def shell(review: Review, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Runs a command as Ada; gives its JSON, or its stdout where no --json was asked for."""
    monkeypatch.setenv("PRISMA_TOOL_REVIEWER", "Ada")

    def call(*arguments: str, code: int = 0, typed: str = "") -> Any:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        capsys.readouterr()
        assert run(["-C", str(review.folder), *arguments]) == code
        out, err = capsys.readouterr()
        return json.loads(out) if "--json" in arguments else out or err

    return call


def held(store: Store, key: str = "embase:L1") -> records.StoredRecord:
    with store.read() as transaction:
        return records.records_by_key(transaction, [key])[key]


def test_an_edit_shows_with_its_author_and_the_original_and_is_taken_back_step_by_step(review: Review, shell: Shell) -> None:
    assert shell("edit", "embase:L1", "year", "2021", "--json")["was"] == "2020"
    shell("edit", "embase:L1", "year", "2022", "--reviewer", "Ben")
    assert "[edited by Ben; the source has: 2020]" in shell("edit", "embase:L1")
    assert (held(review.store).citation.year, held(review.store).original.year) == (2022, 2020)
    assert shell("edit", "embase:L1", "Year", "--undo", "--json")["value"] == "2021"
    assert shell("edit", "embase:L1", "year", "--undo", "--json") == {
        "key": "embase:L1", "field": "year", "value": "2020", "was": "2020", "by": "", "at": "", "origin": "",
        "changed": False,
    }  # fmt: skip
    assert "nothing to take back" in shell("edit", "embase:L1", "year", "--undo", code=1)


def test_a_pasted_abstract_keeps_its_headings_and_is_searched_and_exported(review: Review, shell: Shell, tmp_path: Path) -> None:
    pasted = "BACKGROUND: It matters.\nMethods: We randomised\nfifty patients.\n\nResults: [bold] \x1b[31mnone"
    shell("edit", "embase:L1", "abstract", "-", typed=pasted)
    assert held(review.store).citation.abstract == (
        Section("BACKGROUND", "It matters."),
        Section("Methods", "We randomised"),
        Section("", "fifty patients."),
        Section("Results", "[bold] none"),
    )
    with review.store.read() as transaction:
        assert text_index.keys_matching(transaction, text_query('"fifty patients"')) == {"embase:L1"}
    found = shell("export", "-o", str(tmp_path / "a.csv"), "--where", 'abstract ~ "fifty patients"', "--json")
    assert found["records"] == 1
    assert "fifty patients" in (tmp_path / "a.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("field", "value", "attribute", "stored"),
    [
        ("authors", "Curie, Marie; WHO Trial Group,", "authors", (Author("Curie", "Marie"), Author("WHO Trial Group", collective=True))),
        ("DOI", "https://doi.org/10.1000/RIGHT.1", "doi", "10.1000/right.1"),
        ("pmid", "PMID: 0042", "pmid", "42"),
        ("nct", "NCT 01234567; ISRCTN12345678", "registry_numbers", ("NCT01234567", "ISRCTN12345678")),
        ("language", "eng; fre", "languages", ("eng", "fre")),
        ("title", "  Two\n lines ", "title", "Two lines"),
        ("journal", "", "journal", ""),
    ],
)  # fmt: skip
def test_a_value_is_stored_as_the_field_keeps_it(review: Review, field: str, value: str, attribute: str, stored: object) -> None:
    edit(review, "embase:L1", field, value, "Ada")
    assert getattr(held(review.store).citation, attribute) == stored


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("year", "MMXX", "not a year"),
        ("doi", "none", "not one DOI"),
        ("doi", "10.1000/a; 10.1000/b", "not one DOI"),
        ("pmid", "12 or 13", "not a PMID"),
        ("nct", "NCT123", "not a trial registration number"),
        ("url", "javascript:alert(1)", "not an address"),
        ("titel1", "x", "Did you mean title"),
    ],
)
def test_what_is_no_value_of_the_field_is_refused(review: Review, field: str, value: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        edit(review, "embase:L1", field, value, "Ada")
    assert held(review.store).citation == PLAIN


def test_an_edit_that_changes_nothing_or_leaves_nothing_is_refused(review: Review, deliver: Deliver) -> None:
    with pytest.raises(DecisionError, match="already"):
        edit(review, "embase:L1", "year", "2020", "Ada")
    deliver(review.store, ("L2", Citation(title="Only a title")))
    with pytest.raises(DecisionError, match="Nothing would be left"):
        edit(review, "embase:L2", "title", " ", "Ada")
    with pytest.raises(DecisionError, match="no record embase:L9"):
        edit(review, "embase:L9", "title", "x", "Ada")


def test_all_fields_of_a_record_read_back_as_they_are_shown(review: Review) -> None:
    shown = {one.field: one.value for one in fields_of(review, "embase:L1")}
    assert shown["authors"] == "Moreau, A"
    for field, value in shown.items():
        with pytest.raises(DecisionError, match="already"):
            edit(review, "embase:L1", field, value, "Ada")


def test_an_edit_stands_on_top_of_a_later_delivery_and_the_reviewer_is_told(
    review: Review, deliver: Deliver, shell: Shell
) -> None:
    shell("edit", "embase:L1", "year", "2021")
    assert deliver(review.store, ("L1", replace(PLAIN, year=2019))).seen == 1
    assert (held(review.store).citation.year, held(review.store).original.year) == (2021, 2019)
    assert fields_of(review, "embase:L1")[3].changed
    (told,) = shell("status", "--json")["attention"]["edits"]
    assert (told["field"], told["value"], told["before"], told["now"], told["by"]) == ("year", "2021", "2020", "2019", "Ada")
    assert "the source now has year “2019”; the edit by Ada, “2021”, stands" in shell("status", "--attention")
    shell("status", "--acknowledge", "embase:L1")
    assert shell("status", "--json")["attention"]["edits"] == []


def test_a_source_that_comes_round_to_the_edit_is_no_news(review: Review, deliver: Deliver) -> None:
    edit(review, "embase:L1", "year", "2021", "Ada")
    assert deliver(review.store, ("L1", PLAIN)).seen == 1
    deliver(review.store, ("L1", replace(PLAIN, year=2021)))
    with review.store.read() as transaction:
        assert open_items(transaction).superseded_corrections == ()


def test_an_edited_record_is_flagged_to_those_who_had_voted_and_not_to_its_editor(review: Review) -> None:
    for name in ("Ada", "Ben"):
        decide(review, [Decision("embase:L1", Stage.TITLE_ABSTRACT, name, Verdict.EXCLUDE)])
    edit(review, "embase:L1", "abstract", "It is about children.", "Ada")
    with review.store.read() as transaction:
        (told,) = open_items(transaction).changes
    assert (told.kind, told.waiting, told.after) == ("abstract arrived", ("Ben",), "4 words (edited by Ada)")
    acknowledge(review, ["embase:L1"], "Ben")
    with review.store.read() as transaction:
        assert open_items(transaction).changes == ()


def test_records_whose_identifiers_were_corrected_are_compared_again(review: Review, deliver: Deliver) -> None:
    other = Citation(
        title="Ein anderer Titel derselben Arbeit über Behandlungen", year=2020, doi="10.1000/right", journal="J Inv"
    )
    deliver(review.store, ("S1", other), source="Scopus")
    deduplicate(review, time.monotonic)
    edit(review, "embase:L1", "doi", "10.1000/right", "Ada")
    edit(review, "embase:L1", "title", other.title, "Ada")
    deduplicate(review, time.monotonic)
    with review.store.read() as transaction:
        assert current_report(transaction).unique == 1
        assert records.keys_with(transaction, "doi", ["10.1000/right"]) == {"embase:L1", "scopus:S1"}
        assert records.keys_with(transaction, "doi", ["10.1000/wrong"]) == set()


def test_in_a_cluster_the_corrected_value_speaks_before_the_other_records(review: Review, deliver: Deliver) -> None:
    longer = replace(PLAIN, abstract=(Section("", "A longer abstract of another source."),))
    deliver(review.store, ("S1", longer), source="Scopus")
    edit(review, "embase:L1", "abstract", "Mine.", "Ada")
    edit(review, "embase:L1", "doi", "", "Ada")
    view = records.merged_records("scopus:S1", [held(review.store, "scopus:S1"), held(review.store)])
    assert (view.citation.abstract_text, view.origins["abstract"]) == ("Mine.", "embase:L1")
    assert view.citation.doi == "10.1000/wrong", "an emptied field is filled from the other records"


def test_the_past_shows_a_record_as_it_was_corrected_then(store: Store, deliver: Deliver) -> None:
    deliver(store, ("L1", PLAIN))
    before = store.now()
    with store.write() as transaction:
        said = payload("abstract", (Section("", "Pasted"),), ())
        (event,) = event_log.append(transaction, [event_log.Draft(EventKind.EDIT, "embase:L1", reviewer="Ada", payload=said)])
    with store.write() as transaction:
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, event.id)])
        between = event.received + timedelta(microseconds=1)
        assert as_of.contents_at(transaction, before)["embase:L1"].abstract_text == ""
        assert as_of.contents_at(transaction, between)["embase:L1"].abstract_text == "Pasted"
        assert as_of.contents_at(transaction, store.now())["embase:L1"].abstract_text == ""
        assert rebuild.differences(transaction) == []


def test_labels_are_put_on_found_again_whatever_their_case_and_taken_off(review: Review, shell: Shell, tmp_path: Path) -> None:
    assert shell("label", "embase:L1", "Ask Ben", "--json") == {"key": "embase:L1", "labels": ["Ask Ben"], "changed": True}
    assert shell("label", "embase:L1", "ask  ben", "--json")["changed"] is False
    assert shell("export", "-o", str(tmp_path / "a.csv"), "--label", "ask ben", "--json")["records"] == 1
    assert shell("label", "embase:L1", "ASK BEN", "--remove", "--json")["labels"] == []
    assert "does not have the label" in shell("label", "embase:L1", "Ask Ben", "--remove", code=1)
    assert "needs letters" in shell("label", "embase:L1", " - ", code=1)


def test_a_note_is_kept_with_its_author(review: Review, shell: Shell) -> None:
    assert shell("note", "embase:L1", "-", "--json", typed="Two\nlines\n") == {
        "key": "embase:L1",
        "note": "Two\nlines",
        "reviewer": "Ada",
    }
    assert "empty" in shell("note", "embase:L1", " ", code=1)
    with review.store.read() as transaction:
        (note,) = event_rows.events(transaction, kinds=[EventKind.NOTE])
    assert (note.subject, note.reviewer, note.text("text")) == ("embase:L1", "Ada", "Two\nlines")
