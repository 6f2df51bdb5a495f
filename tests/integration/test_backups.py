"""Snapshots: when they are taken, how they are listed, and how a review is put back from one."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from prisma_tool.cli.main import run
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.snapshots import SnapshotKind, SnapshotName
from prisma_tool.review import snapshots
from prisma_tool.review.copies.backup import back_up
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.snapshots import contents_of, take_snapshot
from prisma_tool.store.projections import event_log

if TYPE_CHECKING:
    from tests.conftest import MadeOnce

RIS = "".join(f"TY  - JOUR\nAN  - {number}\nTI  - Trial {number}\nPY  - 2020\nER  - \n\n" for number in range(1, 6))


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def standing(folder: Path) -> dict[str, str]:
    with closing(sqlite3.connect(folder / "review.db")) as connection:
        return dict(connection.execute("SELECT subject, verdict FROM standing WHERE kind = 'decision'"))


def decide(folder: Path, number: int, verdict: str = "include") -> None:
    assert run(["-C", str(folder), "decide", f"embase:{number}", verdict]) == 0


def of_kind(folder: Path, kind: SnapshotKind) -> list[Path]:
    return sorted((folder / "backups").glob(f"*-{kind}*.db"))


@pytest.fixture
def folder(made_once: MadeOnce, tmp_path: Path) -> Path:
    """A review with five records and a decision on the first."""
    review = tmp_path / "review"

    def fill() -> None:
        create_review(review, reviewers=("Ada",))
        assert run(["-C", str(review), "import", str(tmp_path / "embase.ris"), "--source", "Embase"]) == 0
        decide(review, 1)

    (tmp_path / "embase.ris").write_text(RIS, "utf-8")
    return made_once(fill, review)


def note(review: Review) -> None:
    with review.store.write() as transaction:
        event_log.append(transaction, [event_log.Draft(EventKind.NOTE, payload={"text": "a note"})])


def test_the_first_deed_of_each_day_leaves_a_snapshot_and_the_later_ones_none(tmp_path: Path) -> None:
    create_review(tmp_path / "review")
    for day, deeds in ((3, 1), (3, 2), (4, 2)):
        moment = datetime(2025, 2, day, 9, tzinfo=UTC)
        with open_review(tmp_path / "review", Environment(), print, now=lambda at=moment: at) as review:  # type: ignore[misc]  # a fixed moment
            for _ in range(deeds):
                note(review)
    taken = of_kind(tmp_path / "review", SnapshotKind.DAILY)
    assert [path.name[7:16] for path in taken] == ["20250203T", "20250204T"]
    assert [contents_of(path).problem for path in taken] == ["", ""]


def test_opening_a_review_and_noting_its_protocol_is_no_deed(tmp_path: Path) -> None:
    create_review(tmp_path / "review")
    with open_review(tmp_path / "review", Environment(), print):
        pass
    assert list((tmp_path / "review" / "backups").iterdir()) == []


def test_nobody_waits_for_a_snapshot_before_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create_review(tmp_path / "review")
    going_on, lines = threading.Event(), list[str]()

    def take(*arguments: Any) -> Path:
        assert going_on.wait(30)
        return take_snapshot(*arguments)

    def tell(line: str) -> None:
        lines.append(line)
        going_on.set()

    monkeypatch.setattr(snapshots, "take_snapshot", take)
    monkeypatch.setattr(snapshots, "_PATIENCE", 0)
    with open_review(tmp_path / "review", Environment(), tell) as review:
        note(review)
        note(review)
        assert of_kind(tmp_path / "review", SnapshotKind.DAILY) == []
    assert ["is being written" in line for line in lines] == [True]
    (daily,) = of_kind(tmp_path / "review", SnapshotKind.DAILY)
    assert not contents_of(daily).problem


def test_a_snapshot_that_cannot_be_taken_costs_no_decision_and_is_said_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(folder / "backups")
    (folder / "backups").write_text("in its place", "utf-8")
    decide(folder, 2, "exclude")
    assert capsys.readouterr().err.count("today's snapshot could not be taken") == 1
    assert standing(folder) == {"embase:1": "include", "embase:2": "exclude"}


def test_a_daily_snapshot_never_takes_the_last_room(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(folder / "backups")
    size = (folder / "review.db").stat().st_size
    monkeypatch.setattr(snapshots.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(size * 9, size * 7, size * 2))  # type: ignore[attr-defined]
    decide(folder, 2)
    assert "too little room" in capsys.readouterr().err
    assert not (folder / "backups").exists()


def test_daily_snapshots_go_when_later_ones_supersede_them(folder: Path) -> None:
    for day in range(1, 25):
        name = SnapshotName(datetime(2025, 1, day, tzinfo=UTC), SnapshotKind.DAILY)
        shutil.copyfile(of_kind(folder, SnapshotKind.DAILY)[-1], folder / "backups" / name.file_name)
    with open_review(folder, Environment(), print) as review:
        requested = back_up(review)
    of_kind(folder, SnapshotKind.DAILY)[-1].unlink()
    decide(folder, 2)
    assert (
        len(of_kind(folder, SnapshotKind.DAILY)) == 9
    )  # today, six days of January, and one of each of the two weeks before them
    assert requested.exists()


def test_closing_a_version_keeps_its_snapshot(folder: Path) -> None:
    assert run(["-C", str(folder), "version", "close", "2025: first", "--force"]) == 0
    (snapshot,) = of_kind(folder, SnapshotKind.VERSION)
    assert snapshot.name.endswith("-version-2025-first.db")
    assert not contents_of(snapshot).problem


@pytest.mark.posix
def test_backups_are_listed_with_what_each_holds_and_whether_it_can_be_read(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["-C", str(folder), "backup"]
    made = told(capsys, *here)
    (folder / "backups" / "review-20200101T000000Z-requested.db").write_bytes(b"nothing of the kind")
    (folder / "backups" / "linked.db").symlink_to(made["snapshot"])
    os.mkfifo(folder / "backups" / "pipe.db")
    listed = told(capsys, *here, "--list")["snapshots"]
    assert [(one["kind"], one["readable"]) for one in listed] == [("requested", True), ("daily", True), ("requested", False)]
    assert (listed[0]["events"], listed[0]["bytes"]) == (made["events"], Path(made["snapshot"]).stat().st_size)
    elsewhere = told(capsys, *here, "--to", str(tmp_path / "elsewhere"))
    assert Path(elsewhere["snapshot"]).parent == tmp_path / "elsewhere"
    assert len(told(capsys, *here, "--to", str(tmp_path / "elsewhere"), "--list")["snapshots"]) == 1


def test_a_snapshot_is_put_back_and_what_was_there_is_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["-C", str(folder)]
    name = Path(told(capsys, *here, "backup")["snapshot"]).name
    decide(folder, 1, "exclude")
    decide(folder, 2)
    done = told(capsys, *here, "restore", name)
    assert standing(folder) == {"embase:1": "include"}
    assert (done["later"]["events"], done["applied"], done["records"]) == (2, 0, 5)
    with closing(sqlite3.connect(done["kept"])) as kept:
        assert kept.execute("SELECT count(*) FROM event WHERE kind = 'decision'").fetchone() == (3,)
    # The very command again, with the answer.
    assert told(capsys, *here, "restore", name, "--replay")["applied"] == 2
    assert standing(folder) == {"embase:1": "exclude", "embase:2": "include"}
    assert run([*here, "doctor"]) == 0


def test_events_are_applied_again_as_they_were(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["-C", str(folder)]
    name = Path(told(capsys, *here, "backup")["snapshot"]).name
    decide(folder, 2)

    def log() -> set[tuple[str, int, str]]:
        with closing(sqlite3.connect(folder / "review.db")) as connection:
            return set(connection.execute("SELECT id, clock, sha256 FROM event"))

    before = log()
    told(capsys, *here, "restore", name, "--replay")
    assert log() == before


def test_events_that_were_left_out_are_not_offered_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["-C", str(folder)]
    name = Path(told(capsys, *here, "backup")["snapshot"]).name
    decide(folder, 2)
    first = told(capsys, *here, "restore", name, "--no-replay")
    assert told(capsys, *here, "restore", name)["later"] is None
    # Unless the state in which they stood comes back.
    told(capsys, *here, "restore", Path(first["kept"]).name)
    later = told(capsys, *here, "restore", name)["later"]
    assert later["events"] == 1
    assert "T" in later["first"], "moments are ISO 8601, as in every other object"


def test_records_that_the_snapshot_lacks_are_said(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["-C", str(folder)]
    name = Path(told(capsys, *here, "backup")["snapshot"]).name
    (tmp_path / "more.ris").write_text(RIS.replace("AN  - ", "AN  - 9"), "utf-8")
    assert run([*here, "import", str(tmp_path / "more.ris"), "--source", "Embase"]) == 0
    decide(folder, 91)
    capsys.readouterr()
    assert run([*here, "restore", name, "--replay"]) == 0
    said = capsys.readouterr().out
    assert "1 of them about records that the snapshot lacks" in said
    assert "import or search again, or use `prisma-tool rescue`" in said
    assert run([*here, "import", str(tmp_path / "more.ris"), "--source", "Embase"]) == 0
    assert standing(folder) == {"embase:1": "include", "embase:91": "include"}
    checks = told(capsys, *here, "doctor", code=4)["checks"]
    assert [check["name"] for check in checks if not check["holds"]] == ["runs of raw/"], (
        "of the first import only its answers are left"
    )


def test_a_damaged_or_missing_database_is_replaced(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["-C", str(folder)]
    name = Path(told(capsys, *here, "backup")["snapshot"]).name
    (folder / "review.db").write_bytes(b"nothing of the kind" * 500)
    done = told(capsys, *here, "restore", name)
    assert Path(done["kept"]).read_bytes().startswith(b"nothing of the kind")
    (folder / "review.db").unlink()
    assert told(capsys, *here, "restore", name)["kept"] == ""
    assert standing(folder) == {"embase:1": "include"}
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


def test_a_program_that_is_open_sees_what_was_put_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["-C", str(folder)]
    name = Path(told(capsys, *here, "backup")["snapshot"]).name
    decide(folder, 1, "exclude")
    with open_review(folder, Environment(), print) as review, review.store.held():
        told(capsys, *here, "restore", name)
        with review.store.write() as transaction:
            assert len(list(event_rows.events(transaction, kinds=["decision"]))) == 1


@pytest.mark.posix
def test_only_a_whole_snapshot_of_this_review_is_put_back(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create_review(tmp_path / "other", reviewers=("Ada",))
    with open_review(tmp_path / "other", Environment(), print) as other:
        foreign = back_up(other, tmp_path)
    before = (folder / "review.db").read_bytes()
    (tmp_path / "text.db").write_text("text", "utf-8")
    (tmp_path / "link.db").symlink_to(of_kind(folder, SnapshotKind.DAILY)[0])
    for path, problem in {
        foreign: "a snapshot of another review",
        tmp_path / "text.db": "file is not a database",
        tmp_path / "link.db": "which is not opened",
        tmp_path / "none.db": "There is no snapshot",
        tmp_path: "which is not opened",
    }.items():
        assert run(["-C", str(folder), "restore", str(path)]) == 1
        assert problem in capsys.readouterr().err
    assert (folder / "review.db").read_bytes() == before


@pytest.mark.postgres
def test_a_review_on_a_server_is_backed_up_to_a_file_and_put_back(
    folder: Path, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["-C", str(folder)]
    told(capsys, *here, "move", postgres_url)
    shutil.rmtree(folder / "backups")
    made = told(capsys, *here, "backup")
    assert not contents_of(Path(made["snapshot"])).problem
    decide(folder, 2)
    done = told(capsys, *here, "restore", Path(made["snapshot"]).name, "--replay")
    assert (done["applied"], done["records"]) == (1, 5)
    assert not contents_of(Path(done["kept"])).problem
    assert of_kind(folder, SnapshotKind.DAILY) == []
    assert told(capsys, *here, "status")["stages"]["title-abstract"]["included"] == 2
    assert run([*here, "doctor"]) == 0


@pytest.mark.postgres
def test_a_server_that_was_set_up_anew_is_filled_from_a_snapshot_and_another_programs_tables_are_left(
    folder: Path, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["-C", str(folder)]
    told(capsys, *here, "move", postgres_url)
    name = Path(told(capsys, *here, "backup")["snapshot"]).name
    decide(folder, 2)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE orders (id int)")
    assert run([*here, "restore", name]) == 1
    assert "database of another program (its tables: orders)" in capsys.readouterr().err
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP TABLE orders")
    assert run([*here, "status"]) == 1
    assert "`prisma-tool restore SNAPSHOT` also fills an empty one" in capsys.readouterr().err
    done = told(capsys, *here, "restore", name, "--replay")
    assert (done["kept"], done["applied"], done["records"]) == ("", 1, 5)
    assert run([*here, "doctor"]) == 0


@pytest.mark.postgres
def test_a_rescue_without_the_server_says_that_colleagues_may_have_done_more(
    folder: Path, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["-C", str(folder)]
    told(capsys, *here, "move", postgres_url)
    done = told(capsys, *here, "rescue", code=3)
    assert [line.partition(",")[0] for line in done["missing"]] == ["events of colleagues"]
