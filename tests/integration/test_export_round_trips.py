"""Export, then import elsewhere: the other review holds equal records, and what reviewers said where the format can carry it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from serve import DEMO

from prisma_tool.cli.main import run
from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.formats.writers import WRITERS
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.records.export import Selection, export
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, add_note, decide
from prisma_tool.store.engine import event_rows
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records
from prisma_tool.updates.import_decisions import DecisionImportOptions, decision_importer

KEYS = ("embase:L2990000001", "embase:L2990000002", "embase:L2990000003")
CARRY_DECISIONS = (".ris", ".xml", ".csv", ".tsv", ".xlsx", ".jsonl")


N = 12


@pytest.fixture
def review(make_review: Callable[..., Review]) -> Review:
    """Records of Embase, of which three have votes, one a note and a label."""
    return make_review(reviewers=("Ada", "Ben"), toml_edits={"blind = true": "blind = false"}, once=_filled)


def _filled(made: Review) -> None:
    file = made.folder.with_name("embase.ris")
    entries = (DEMO / "embase.ris").read_text(encoding="utf-8").split("TY  -")
    file.write_text("TY  -".join(entries[: N + 1]), encoding="utf-8")
    import_file(made, file, Import("Embase"))
    choices = [
        Decision(KEYS[0], Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE),
        Decision(KEYS[1], Stage.TITLE_ABSTRACT, "Ada", Verdict.EXCLUDE, "Wrong population", "children; only"),
        Decision(KEYS[2], Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE),
        Decision(KEYS[2], Stage.TITLE_ABSTRACT, "Ben", Verdict.EXCLUDE),
    ]
    decide(made, choices)
    add_note(made, KEYS[0], 'see "table 2", p. 3', "Ben")
    with made.store.write() as transaction:
        event_log.append(
            transaction, [event_log.Draft(EventKind.LABEL, KEYS[0], "", "Ada", {"label": "pilot", "labelled": True})]
        )


def exported(review: Review, path: Path, **chosen: object) -> Path:
    export(review, [path], Selection(**chosen))  # type: ignore[arg-type] # the fields of a selection
    return path


def rows(review: Review, path: Path, **chosen: object) -> list[dict[str, str]]:
    with exported(review, path, **chosen).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def stored(review: Review) -> dict[str, tuple[object, ...]]:
    with review.store.read() as transaction:
        return {one.key: tuple(_content(one.citation)) for one in records.all_records(transaction)}


def _content(one: Citation) -> Iterator[object]:
    yield from (one.title, tuple(map(str, one.authors)), one.year, one.doi, one.pmid, one.journal, one.pages)
    yield from (" ".join(one.abstract_text.split()), one.registry_numbers)


def said(review: Review) -> set[tuple[str, ...]]:
    names = ("verdict", "reason", "note", "text", "label")
    with review.store.read() as transaction:
        found = list(event_rows.events(transaction, kinds=[EventKind.DECISION, EventKind.NOTE, EventKind.LABEL]))
        # A file does not say at which stage a note was made.
        stages = {event.id: "" if event.kind == EventKind.NOTE else event.stage for event in found}
        return {
            (event.kind, event.subject, stages[event.id], event.reviewer, *(event.text(name) for name in names))
            for event in found
        }


@pytest.mark.parametrize("suffix", WRITERS)
def test_another_review_holds_equal_records(
    review: Review, make_review: Callable[..., Review], tmp_path: Path, suffix: str
) -> None:
    path = exported(review, tmp_path / f"all{suffix}")
    other = make_review(reviewers=("Ada", "Ben"), name="other")
    report = import_file(other, path, Import("Embase"))
    assert (report.declared, report.new, len(report.rejected)) == (N, N, 0)
    mine, theirs = stored(review), stored(other)
    if suffix == ".nbib":
        # MEDLINE's accession is the PMID where there is one.
        assert sorted(theirs.values(), key=str) == sorted(mine.values(), key=str)
    else:
        assert theirs == mine


@pytest.mark.parametrize("suffix", CARRY_DECISIONS)
def test_what_reviewers_said_comes_along_where_it_was_asked_for(
    review: Review, make_review: Callable[..., Review], tmp_path: Path, suffix: str
) -> None:
    path = exported(review, tmp_path / f"all{suffix}", votes=True)
    other = make_review(reviewers=("Ada", "Ben"), name="other")
    import_file(other, path, Import("Embase", listener=decision_importer(other, DecisionImportOptions({"": "Ada"}))))
    assert said(other) == said(review)


@pytest.mark.parametrize("suffix", WRITERS)
def test_single_votes_stay_in_the_review_unless_asked_for(review: Review, tmp_path: Path, suffix: str) -> None:
    written = exported(review, tmp_path / f"all{suffix}").read_bytes()
    assert b"children; only" not in written
    assert b"table 2" not in written


def test_outcomes_without_names_become_decisions_of_who_is_named(
    review: Review, make_review: Callable[..., Review], tmp_path: Path
) -> None:
    path = exported(review, tmp_path / "all.ris")
    other = make_review(reviewers=("Ada", "Ben"), name="other")
    found = import_file(
        other, path, Import("Embase", listener=decision_importer(other, DecisionImportOptions({"": "Ben"})))
    ).earlier_work
    assert (found.decisions, found.labels) == (2, 1)


def test_the_same_state_gives_the_same_bytes(review: Review, tmp_path: Path) -> None:
    for suffix in (".xlsx", ".ris"):
        first = exported(review, tmp_path / f"a{suffix}", votes=True).read_bytes()
        assert exported(review, tmp_path / f"b{suffix}", votes=True).read_bytes() == first


@pytest.mark.parametrize(
    ("chosen", "keys"),
    [
        ({"name": "excluded"}, {KEYS[1]}),
        ({"name": "conflicts", "stage": Stage.TITLE_ABSTRACT}, {KEYS[2]}),
        ({"name": "included", "stage": Stage.TITLE_ABSTRACT}, {KEYS[0]}),
        ({"name": "to-retrieve"}, {KEYS[0]}),
        ({"name": "included"}, set()),
        ({"where": "label = pilot"}, {KEYS[0]}),
        ({"where": "reviewer = Ben and outcome = conflict"}, {KEYS[2]}),
        ({"where": f"key in ({KEYS[1]}) and run = embase.ris and source = embase and kind = database"}, {KEYS[1]}),
        ({"where": "reason ~ population and stage = title-abstract and register = no"}, {KEYS[1]}),
    ],
)
def test_a_selection_holds_what_it_says(review: Review, tmp_path: Path, chosen: dict[str, object], keys: set[str]) -> None:
    assert {row["key"] for row in rows(review, tmp_path / "some.csv", **chosen)} == keys


def test_the_label_that_asreview_reads_is_the_last_decision(review: Review, tmp_path: Path) -> None:
    labels = {row["key"]: (row["included"], row["reason"]) for row in rows(review, tmp_path / "all.csv")}
    assert [labels[key] for key in KEYS] == [("1", ""), ("0", "Wrong population"), ("", "")]


def test_duplicates_are_rows_of_their_own_and_one_report_shows_the_best_of_all(review: Review, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("accession,title,doi\nS1,Twin,10.1/x\n", encoding="utf-8")
    import_file(review, tmp_path / "b.csv", Import("Scopus"))
    with review.store.write() as transaction:
        pair = {"other": "scopus:S1", "verdict": "same", "reason": "by hand"}
        event_log.append(transaction, [event_log.Draft(EventKind.DUPLICATE, KEYS[0], reviewer="Ada", payload=pair)])
    assert [row["key"] for row in rows(review, tmp_path / "d.csv", name="duplicates")] == ["scopus:S1"]
    (report,) = rows(review, tmp_path / "u.csv", name="unique", where="source = Scopus")
    assert (report["key"], len(rows(review, tmp_path / "a.csv"))) == (KEYS[0], N + 1)


def test_several_files_are_written_in_one_call(review: Review, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wish = ["export", "-o", str(tmp_path / "a.bib"), "-o", str(tmp_path / "a.xml"), "--label", "pilot", "--where", "has:title"]
    assert run(["-C", str(review.folder), *wish, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["records"] == 1
    assert (tmp_path / "a.bib").read_text(encoding="utf-8").startswith("@article{embase:L2990000001,")


def test_a_wrong_suffix_set_or_double_name_writes_nothing(review: Review, tmp_path: Path) -> None:
    for paths, chosen, said_ in (
        ([tmp_path / "a.doc"], Selection(), "records are written as .ris"),
        ([tmp_path / "a.ris"], Selection("all of them"), "There is no set"),
        ([tmp_path / "a.ris", tmp_path / "a.ris"], Selection(), "named twice"),
    ):
        with pytest.raises(UsageError, match=said_):
            export(review, paths, chosen)
    with pytest.raises(PrismaError, match="does not exist"):
        export(review, [tmp_path / "no" / "a.ris"], Selection())
    assert not (tmp_path / "a.ris").exists()
