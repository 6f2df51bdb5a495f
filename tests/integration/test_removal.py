"""Taking records out before screening: counted in its box, undoable, all or nothing, never once somebody voted (counting rule 9)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from prisma_tool.cli.main import run
from prisma_tool.errors import DecisionError, UsageError
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.reports.state import Phase, load_review_state
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.removal import RemovalRequest, RemovalResult, RemovedAs, remove

TABLE = "accession,title,year\nA1,Old report,1999\nA2,New report,2020\nA3,Newer report,2021\nA4,Newest report,2022\n"


@pytest.fixture
def review(make_review: Callable[..., Review], tmp_path: Path) -> Review:
    made = make_review()
    path = tmp_path / "a.csv"
    path.write_text(TABLE, encoding="utf-8")
    import_file(made, path, Import("Embase"))
    return made


def phases(review: Review) -> dict[str, Phase]:
    with review.store.read() as transaction:
        return {record.key[-2:]: report.phase for report in load_review_state(transaction).reports for record in report.records}


def removal(review: Review, *keys: str, where: str = "", kind: RemovedAs = RemovedAs.OTHER) -> RemovalResult:
    return remove(review, RemovalRequest("Ada", keys, where, kind, "out of scope"))


def test_removed_records_stand_in_the_box_that_was_named(review: Review) -> None:
    removal(review, "embase:A1", kind=RemovedAs.AUTOMATION)
    removal(review, where="year > 2021")
    assert phases(review) == {
        "A1": Phase.REMOVED_AUTOMATIC,
        "A2": Phase.SCREENING,
        "A3": Phase.SCREENING,
        "A4": Phase.REMOVED_OTHER,
    }


def test_removing_the_same_again_adds_nothing(review: Review) -> None:
    assert removal(review, where="year >= 2020").records == ("embase:A2", "embase:A3", "embase:A4")
    again = removal(review, where="year >= 2020")
    assert (again.records, again.already) == ((), 3)


def test_undo_puts_records_back(review: Review) -> None:
    removal(review, where="has:title")
    remove(review, RemovalRequest("Ada", where="year < 2021", undo=True))
    assert set(phases(review).values()) == {Phase.SCREENING, Phase.REMOVED_OTHER}
    remove(review, RemovalRequest("Ada", ("embase:A3", "embase:A4"), undo=True))
    assert set(phases(review).values()) == {Phase.SCREENING}
    with pytest.raises(DecisionError, match="embase:A3 was not removed"):
        remove(review, RemovalRequest("Ada", ("embase:A3",), undo=True))


def test_a_record_with_votes_is_named_and_nothing_is_removed(review: Review) -> None:
    decide(review, [Decision("embase:A2", Stage.TITLE_ABSTRACT, "Ada", Verdict.EXCLUDE)])
    with pytest.raises(DecisionError, match=r"1 of the 4 records somebody voted on already: embase:A2\. Nothing was removed"):
        removal(review, where="has:title")
    assert Phase.REMOVED_OTHER not in phases(review).values()


def test_records_of_other_methods_have_no_box_to_go_to(review: Review, tmp_path: Path) -> None:
    (tmp_path / "web.csv").write_text("accession,title\nW1,Web page\n", encoding="utf-8")
    import_file(review, tmp_path / "web.csv", Import("A website", SourceKind.WEBSITE))
    with pytest.raises(DecisionError, match="come from other methods"):
        removal(review, "a-website:W1")


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (RemovalRequest("Ada"), "either keys, or --where"),
        (RemovalRequest("Ada", ("embase:A1",), "has:title"), "either keys, or --where"),
        (RemovalRequest("Ada", ("embase:A1",)), "--as automation or --as other, and --reason"),
        (RemovalRequest("Ada", ("embase:A1",), reason="x", undo=True), "leave --as and --reason out"),
    ],
)
def test_a_wish_that_says_too_little_or_too_much_is_refused(review: Review, wish: RemovalRequest, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        remove(review, wish)


def test_the_command_tells_how_many_and_stores_nothing_when_checking(review: Review, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ["-C", str(review.folder)]
    wish = ["remove", "--where", "year < 2021", "--as", "automation", "--reason", "too old"]
    assert run([*folder, *wish, "--check"]) == 0
    assert "2 reports (2 records) would be removed." in capsys.readouterr().out
    assert run([*folder, *wish, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["removed"], told["reports"], told["already"]) == (2, ["embase:A1", "embase:A2"], 0)
    assert run([*folder, "remove", "embase:A9", "--as", "other", "--reason", "x"]) == 1
    assert "There is no record embase:A9" in capsys.readouterr().err


def test_a_language_is_found_by_its_name_or_code_whatever_the_source_calls_it(review: Review, tmp_path: Path) -> None:
    rows = "accession,title,language,publication types,year\nB1,One,eng,Review,1990\nB2,Two,English; French,Trial,1999\nB3,Three,de,Review,2001\nB4,Four,,,\n"
    (tmp_path / "b.csv").write_text(rows, encoding="utf-8")
    import_file(review, tmp_path / "b.csv", Import("Scopus"))
    assert removal(review, where="has:language and language != English").records == ("scopus:B3",)
    assert removal(review, where="source = Scopus and year < 2000 and type = review").records == ("scopus:B1",)
    assert removal(review, where="language in (fra, german)").records == ("scopus:B2",)
