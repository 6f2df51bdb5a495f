"""A log that can be verified: contents against their hashes, the head against one that was published, and what follows it, mended."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from copied_folders import copy_folder

from prisma_tool.cli.main import run
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.text_query import TextTerm
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import open_review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.engine import event_rows, log_numbers
from prisma_tool.store.engine.database import Store
from prisma_tool.store.engine.log_contents import altered
from prisma_tool.store.index import index_health, text_index
from prisma_tool.store.projections import event_log
from prisma_tool.store.projections.event_log import Draft
from prisma_tool.store.projections.log_head import log_head

if TYPE_CHECKING:
    from tests.integration.conftest import Bench


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    def filled(made: Bench) -> None:
        made.given("Embase", "1", "2")
        made.dedupe()
        made.vote("exclude", "embase:1", "embase:2")

    return make_bench(reviewers=("Ada",), once=filled)


@pytest.fixture
def told(bench: Bench, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    def run_here(*arguments: str, code: int = 0, folder: Path | None = None) -> Any:
        capsys.readouterr()
        assert run(["-C", str(folder or bench.review.folder), *arguments, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return run_here


def wrong(report: Any) -> dict[str, str]:
    return {one["name"]: one["detail"] for one in report["checks"] if not one["holds"]}


def sql(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "review.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


FORGED = "UPDATE event SET payload = json_set(payload, '$.verdict', 'include') WHERE kind = 'decision' AND subject = 'embase:1'"


def test_a_vote_that_was_changed_in_the_database_is_named_also_after_a_rebuild(bench: Bench, told: Callable[..., Any]) -> None:
    sql(bench.review.folder, FORGED)
    told("doctor", "--rebuild", code=4)
    (detail,) = wrong(told("doctor", code=4)).values()
    assert "(decision on embase:1, 2025-02-03" in detail
    assert "was changed" in detail


def test_a_forger_who_also_makes_the_hash_anew_is_betrayed_by_the_journal_and_by_a_published_head(
    bench: Bench, told: Callable[..., Any]
) -> None:
    published = told("status")["head"]
    sql(bench.review.folder, FORGED)
    with bench.review.store.write() as transaction:
        for event, recomputed in list(altered(transaction)):
            transaction.session.execute(
                sa.text("UPDATE event SET sha256 = :sha256 WHERE id = :id"), {"sha256": recomputed, "id": event.id}
            )
    told("doctor", "--rebuild", code=4)
    assert list(wrong(told("doctor", code=4))) == ["journal"]
    assert not told("doctor", "--head", published, code=4)["contained"]


def test_a_head_is_contained_as_long_as_nothing_before_it_changes(bench: Bench, told: Callable[..., Any]) -> None:
    before = told("status")
    assert told("doctor", "--head", before["head"]) == {
        "head": before["head"], "contained": True, "events": before["events"], "since": 0, "first": None, "last": None, "version": "",
    }  # fmt: skip
    bench.vote("include", "embase:2")
    answer = told("doctor", "--head", before["head"].upper())
    assert (answer["events"], answer["since"], answer["first"]) == (before["events"], 1, answer["last"])
    sql(bench.review.folder, FORGED)
    assert not told("doctor", "--head", before["head"], code=4)["contained"], "what an event says counts, not the hash beside it"


def test_what_is_no_head_is_a_usage_error(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("", "abc", "g" * 64):
        assert run(["-C", str(bench.review.folder), "doctor", "--head", text]) == 2
    assert "64 hexadecimal digits" in capsys.readouterr().err
    assert run(["-C", str(bench.review.folder), "doctor", "--rebuild", "--head", "0" * 64]) == 2


def test_the_same_head_stands_wherever_it_is_printed_and_in_no_figure(
    bench: Bench, told: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = told("status")["head"]
    assert told("flow")["head"] == told("report", "methods")["head"] == head
    assert head in " ".join(told("report", "methods")["sentences"])
    assert run(["-C", str(bench.review.folder), "flow", "-o", str(tmp_path / "x.json"), "-o", str(tmp_path / "x.svg")]) == 0
    assert not any(head in path.read_text("utf-8") for path in tmp_path.glob("x.*"))
    (tmp_path / "printed.json").write_text(json.dumps(told("flow")), encoding="utf-8")
    assert run(["flow", "--from-json", str(tmp_path / "printed.json"), "--json"]) == 0
    output = capsys.readouterr()
    assert "head" not in json.loads(output.out)
    assert "passed over" not in output.err


def test_a_version_notes_the_head_before_its_close_and_its_flow_prints_it(bench: Bench, told: Callable[..., Any]) -> None:
    before = told("status")
    assert told("version", "close", "2025")["head"] == before["head"]
    bench.vote("include", "embase:2")
    assert told("flow", "--version", "2025")["head"] == before["head"]
    assert told("version", "list")["versions"][0]["head"] == before["head"]
    answer = told("doctor", "--head", before["head"])
    assert (answer["version"], answer["since"]) == ("2025", 2)


def test_the_flow_of_a_moment_prints_the_head_of_the_log_as_it_was_then(bench: Bench, told: Callable[..., Any]) -> None:
    head, moment = told("status")["head"], told("log")["events"][-1]["received"]
    bench.vote("include", "embase:2")
    assert told("flow", "--at", moment)["head"] == head != told("flow")["head"]


def test_a_version_that_a_copy_closed_is_recognised_among_what_was_done_here_meanwhile(
    bench: Bench, told: Callable[..., Any], tmp_path: Path
) -> None:
    copy = copy_folder(bench.review.folder, tmp_path / "copy")
    bench.vote("include", "embase:1")
    assert run(["-C", str(copy), "decide", "embase:2", "include"]) == 0
    assert run(["-C", str(copy), "retrieve", "embase:2", "not-retrieved"]) == 0
    head = told("version", "close", "2025", folder=copy)["head"]
    assert not told("doctor", "--head", head, code=4)["contained"]
    bench.vote("exclude", "embase:1")
    assert run(["-C", str(bench.review.folder), "merge", str(copy)]) == 0
    answer = told("doctor", "--head", head)
    assert (answer["contained"], answer["version"]) == (True, "2025")
    sql(bench.review.folder, FORGED.replace("'embase:1'", "'embase:2'"))
    answer = told("doctor", "--head", head, code=4)
    assert (answer["contained"], answer["version"]) == (False, "2025"), "that a version noted a head proves nothing by itself"


def test_the_log_as_json_has_what_a_verifier_needs(bench: Bench, told: Callable[..., Any]) -> None:
    vote = told("log")["events"][-1]
    assert (vote["via"], len(vote["sha256"])) == ("command line", 64)
    assert vote["clock"] > 0


def test_every_kind_of_event_fits_its_hash_on_both_databases(store: Store) -> None:
    odd = {"verdict": "include", "note": 'β \U0001f600 \\ "', "n": 1.5, "deep": {"b": [1, None, True], "a": ""}}
    with store.write() as transaction:
        event_log.append(
            transaction, [Draft(kind, "x:1", reviewer="Ada", payload=odd) for kind in EventKind if kind != EventKind.UNDO]
        )
    with store.read() as transaction:
        assert list(altered(transaction)) == []
        assert log_head(transaction).events == len(EventKind) - 1


# --- numbers, and what an older program leaves out


def _votes(store: Store, n: int) -> None:
    with store.write() as transaction:
        event_log.append(
            transaction, [Draft(EventKind.NOTE, f"x:{place}", reviewer="Ada", payload={"note": "n"}) for place in range(n)]
        )


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("UPDATE event SET number = 0 WHERE number = 3", "1 events have no number"),
        ("UPDATE event SET number = 4 WHERE number = 5", "1 events have a number that another has too"),
        ("DELETE FROM event WHERE number = 2", "1 numbers are missing between 1 and 5"),
    ],
)
def test_numbers_that_are_zero_double_or_missing_are_named_and_mended(store: Store, damage: str, sentence: str) -> None:
    _votes(store, 5)
    with store.write() as transaction:
        transaction.session.execute(sa.text(damage))
    with store.write() as transaction:
        assert sentence in next(log_numbers.number_problems(transaction))
        log_numbers.renumber(transaction)
    with store.read() as transaction:
        assert list(log_numbers.number_problems(transaction)) == []
        numbers = list(transaction.session.execute(sa.text("SELECT number FROM event ORDER BY number")).scalars())
    assert numbers == list(range(1, len(numbers) + 1))


def test_an_event_without_a_number_comes_last_where_followers_meet_it(store: Store) -> None:
    _votes(store, 3)
    with store.write() as transaction:
        transaction.session.execute(sa.text("UPDATE event SET number = 0 WHERE number = 1"))
        log_numbers.renumber(transaction)
    with store.read() as transaction:
        assert event_rows.latest(transaction, 1)[0][1].subject == "x:0"


def test_what_an_older_program_left_out_of_an_event_is_given_as_an_upgrade_would(bench: Bench, told: Callable[..., Any]) -> None:
    sql(bench.review.folder, "UPDATE event SET number = 0, clock = 0, salt = '', sha256 = '' WHERE kind = 'decision'")
    assert {"contents of events", "numbers of events"} <= wrong(told("doctor", code=4)).keys()
    mended = told("doctor", "--rebuild", code=4)["checks"]
    assert "2 events of an older program given clock and hash" in mended[0]["detail"]
    # The journal still has the hashes from before, which no older program would have written there.
    assert list(wrong(told("doctor", code=4))) == ["journal"]


# --- the index of words


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("DELETE FROM words WHERE record = 'embase:1'", "1 record without an entry"),
        ("INSERT INTO word_index(word_index) VALUES ('delete-all')", "the index holds other words than its entries"),
        ("DELETE FROM word_index_docsize", "the index holds other words than its entries"),
        (
            "UPDATE words SET id = 99 WHERE record = 'embase:1'",
            "the index holds other words than its entries",
        ),
        ("UPDATE words SET digest = digest - 1 WHERE record = 'embase:1'", "1 record with the words of an earlier"),
    ],
)
def test_a_record_that_no_search_finds_is_named_and_made_findable(
    bench: Bench, told: Callable[..., Any], damage: str, sentence: str
) -> None:
    sql(bench.review.folder, damage)
    assert sentence in wrong(told("doctor", code=4))["index of words"]
    told("doctor", "--rebuild")
    with bench.review.store.read() as transaction:
        assert text_index.keys_matching(transaction, [TextTerm(("author1",))]) == {"embase:1"}


@pytest.mark.postgres
def test_missing_and_outdated_words_are_known_on_both_databases(store: Store, deliver: Callable[..., object]) -> None:
    from prisma_tool.model.record.citation import Citation

    deliver(store, ("1", Citation(title="Aspirin")), ("2", Citation(title="Zinc")), ("3", Citation(title="Iron")))
    with store.write() as transaction:
        transaction.session.execute(sa.text("DELETE FROM words WHERE record = 'embase:1'"))
        transaction.session.execute(sa.text("UPDATE words SET digest = 5 WHERE record = 'embase:2'"))
    with store.write() as transaction:
        missing, outdated = index_health.unindexed(transaction), set(index_health.outdated(transaction))
        assert (missing, outdated) == ({"embase:1"}, {"embase:2"})
        index_health.reindex(transaction, missing | outdated, {})
    with store.write() as transaction:
        assert not index_health.unindexed(transaction)
        assert not set(index_health.outdated(transaction))
        assert not index_health.search_tables_differ(transaction)


# --- the folder and the journal


def test_a_database_copied_without_its_log_of_changes_is_named_with_what_it_lost(
    bench: Bench, told: Callable[..., Any], tmp_path: Path
) -> None:
    """The review is open, so that what was stored last stands in review.db-wal alone."""
    folder = bench.review.folder
    with closing(sqlite3.connect(folder / "review.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with bench.review.store.held():
        bench.given("Scopus", "7", "8", kind=SourceKind.DATABASE)
        bench.vote("include", "scopus:7")
        copy = Path(shutil.copytree(folder, tmp_path / "copy", ignore=shutil.ignore_patterns("review.db-*")))
    lost = wrong(told("doctor", code=4, folder=copy))
    assert "belongs to no run of the database" in lost["runs of raw/"]
    assert "1 events of the journal" in lost["journal"]
    assert "prisma-tool restore" in lost["journal"]
    assert told("doctor")["holds"]


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("raw/019b0000-0000-7000-8000-000000000000/x.ris.gz", "runs of raw/"),
        ("raw/loose.gz", "runs of raw/"),
        ("rejects/old-0123abcd.ris", "files of rejects/"),
        ("rejects/notes.txt", "files of rejects/"),
        ("fulltext/paper.pdf", "files of fulltext/"),
        ("fulltext/inbox/paper.pdf", ""),
        ("fulltext/.DS_Store", ""),
        ("raw/Thumbs.db", ""),
    ],
)
def test_a_file_that_belongs_to_nothing_is_named(bench: Bench, told: Callable[..., Any], name: str, check: str) -> None:
    path = bench.review.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    problems = wrong(told("doctor", code=4 if check else 0))
    assert list(problems) == ([check] if check else [])
    if check:
        assert name.rpartition("/x.ris.gz")[0] or name in problems[check]


def test_rejects_and_documents_of_the_review_belong_to_it(bench: Bench, told: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "damaged.ris").write_text("TY  - JOUR\nTI  - Whole\nER  - \nTY  - JOUR\nER  - \n", encoding="utf-8")
    assert run(["-C", str(bench.review.folder), "import", str(tmp_path / "damaged.ris"), "--source", "Scopus"]) == 0
    assert list((bench.review.folder / "rejects").iterdir())
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.4")
    bench.vote("include", "embase:1")
    assert run(["-C", str(bench.review.folder), "retrieve", "embase:1", "retrieved", "--file", str(tmp_path / "paper.pdf")]) == 0
    assert run(["-C", str(bench.review.folder), "dedupe"]) == 0
    assert wrong(told("doctor")) == {}


def test_a_journal_that_lacks_events_of_this_folder_is_named_and_completed(bench: Bench, told: Callable[..., Any]) -> None:
    (file,) = (bench.review.folder / "journal").glob("*.jsonl")
    whole = file.read_bytes().splitlines()
    file.write_bytes(b"\n".join(whole[:-2]) + b"\n")
    assert "the journal lacks 2 events" in wrong(told("doctor", code=4))["journal"]
    assert "2 events appended to the journal" in told("doctor", "--rebuild")["checks"][0]["detail"]
    assert sorted(file.read_bytes().splitlines()) == sorted(whole)


def test_what_came_by_merging_and_what_is_older_than_the_journal_is_not_asked_of_it(
    bench: Bench, told: Callable[..., Any], tmp_path: Path
) -> None:
    copy = copy_folder(bench.review.folder, tmp_path / "copy")
    assert run(["-C", str(copy), "decide", "embase:2", "include"]) == 0
    (file,) = (bench.review.folder / "journal").glob("*.jsonl")
    file.write_bytes(file.read_bytes().splitlines()[-1] + b"\n")
    assert run(["-C", str(bench.review.folder), "merge", str(copy)]) == 0
    for path in (bench.review.folder / "journal").glob("*.jsonl"):
        if path != file:
            path.unlink()
    assert wrong(told("doctor")) == {}


@pytest.mark.postgres
def test_on_a_server_the_journal_of_a_colleague_is_not_missed_and_comes_along_when_the_review_moves_back(
    bench: Bench, told: Callable[..., Any], postgres_url: str, tmp_path: Path
) -> None:
    folder = bench.review.folder
    assert run(["-C", str(folder), "move", postgres_url]) == 0
    colleague = Path(shutil.copytree(folder, tmp_path / "colleague", ignore=shutil.ignore_patterns("journal")))
    with open_review(colleague, Environment(), print) as review:
        decide(review, [Decision("embase:2", Stage.TITLE_ABSTRACT, "Ada", Verdict.INCLUDE)])
    assert wrong(told("doctor")) == {}
    assert run(["-C", str(folder), "move", "sqlite"]) == 0
    assert wrong(told("doctor")) == {}
    assert sum("embase:2" in path.read_text("utf-8") for path in (folder / "journal").glob("*.jsonl")) == 2
