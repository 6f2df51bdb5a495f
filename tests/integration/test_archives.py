"""A review that may only be read, as on a disc, in an archived folder or in a colleague's folder: all of it is seen, and nothing of it changes."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from copied_folders import copy_folder

from prisma_tool.cli.main import run
from prisma_tool.errors import StoreError
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import open_review
from prisma_tool.store.engine import archives
from prisma_tool.store.engine.claims import claimed
from prisma_tool.store.engine.database import Store

DATA = Path(__file__).parents[1] / "data"
RELEASED = sorted(DATA.glob("review-*.db"))
RIS = "TY  - JOUR\nAN  - L1\nTI  - An invented title of several words\nPY  - 2020\nER  - \n"


def said(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert run(["-C", str(folder), *arguments]) == code, capsys.readouterr().err
    streams = capsys.readouterr()
    return streams.out, streams.err


def listing(folder: Path) -> list[tuple[str, int, bytes]]:
    """Every file with its time and content, and every folder."""
    return sorted(
        (str(path), path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in (folder, *folder.rglob("*"))
    )


def sealed(folder: Path) -> Path:
    for path in (*folder.rglob("*"), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    return folder


def rename_review(folder: Path, line: str) -> None:
    """Put another line in place of the one by which review.toml names its review."""
    path = folder / "review.toml"
    path.write_text(re.sub(r"^id = .*\n", line, path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE), encoding="utf-8")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A review with one record, whose newest note is still in the write-ahead log, as after a power cut."""
    folder = tmp_path_factory.mktemp("made") / "review"
    assert run(["init", str(folder), "--reviewer", "Ada"]) == 0
    (folder.parent / "one.ris").write_text(RIS, encoding="utf-8")
    assert run(["-C", str(folder), "import", str(folder.parent / "one.ris"), "--source", "Embase"]) == 0
    kept = folder.with_name("kept")
    with closing(sqlite3.connect(folder / "review.db")) as other:
        # Whoever closes last writes the log back, so the folder is copied while another connection is open.
        other.execute("SELECT count(*) FROM event").fetchall()
        assert run(["-C", str(folder), "note", "embase:L1", "committed late"]) == 0
        copy_folder(folder, kept)
    return kept


@pytest.fixture
def archive(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the review that holds all in its database file, and is not sealed yet; permissions are those of its files, also for root."""
    monkeypatch.setattr(archives, "is_writable", lambda path: bool(path.stat().st_mode & stat.S_IWUSR))
    folder = copy_folder(written, tmp_path / "archive")
    with closing(sqlite3.connect(folder / "review.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)


@pytest.fixture
def cut_off(written: Path, archive: Path) -> Path:
    """The same as it was copied while it was open: with its write-ahead log, and with or without the log's index."""
    for path in written.glob("review.db*"):
        shutil.copy(path, archive)
    assert (archive / "review.db-wal").stat().st_size
    return archive


READING = (
    ("status",),
    ("flow",),
    ("log",),
    ("doctor",),
    ("rank",),
    ("conflicts",),
    ("reasons",),
    ("version", "list"),
    ("export", "-o", "OUT.csv"),
    ("flow", "-o", "OUT.svg"),
    ("report", "excluded", "-o", "OUT.md"),
    ("report", "bundle", "-o", "OUT.zip"),
    ("backup", "--to", "OUT"),
    ("remove", "embase:L1", "--as", "other", "--reason", "No report", "--check"),
)
CHANGING = (
    ("decide", "embase:L1", "include"),
    ("note", "embase:L1", "words"),
    ("dedupe",),
    ("reasons", "rename", "Wrong outcome", "Other outcome"),
    ("report", "answer", "5", "text"),
    ("reviewer", "add", "Eve"),
    ("doctor", "--rebuild"),
    ("backup",),
    ("version", "close", "2025"),
)


def test_what_only_reads_does_so_and_leaves_nothing_in_the_folder(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = listing(sealed(archive))
    for command in READING:
        _, narration = said(capsys, archive, *(part.replace("OUT", str(tmp_path / "out")) for part in command))
        assert "nothing can be changed here" in narration, command
    assert listing(archive) == before


def test_a_file_is_checked_against_an_archive_as_against_any_review(
    cut_off: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "two.ris"
    file.write_text(RIS + RIS.replace("L1", "L2").replace("invented", "other"), encoding="utf-8")
    checked = ("import", str(file), "--source", "Embase", "--check", "--json")
    open_copy = copy_folder(cut_off, tmp_path / "open")
    expected = json.loads(said(capsys, open_copy, *checked)[0])["files"][0]
    before = listing(sealed(cut_off))
    account = json.loads(said(capsys, cut_off, *checked)[0])["files"][0]
    assert (account["declared"], account["new"], account["seen"]) == (2, 1, 1)
    assert account == expected
    assert listing(cut_off) == before
    said(capsys, cut_off, *checked[:-2], code=1)


def test_whether_screening_may_stop_is_answered_in_an_archive(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, archive, "decide", "embase:L1", "exclude")
    sealed(archive)
    assert "Nothing can be changed" not in said(capsys, archive, "rank", "--stop", "--check", code=1)[1]
    assert "Nothing can be changed" in said(capsys, archive, "rank", "--stop", "--anyway", code=1)[1]


def test_what_would_change_something_is_refused_with_what_to_do(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = listing(sealed(archive))
    for command in CHANGING:
        _, narration = said(capsys, archive, *command, code=1)
        assert "Copy the review's folder to where you may write, and work there." in narration, command
    assert listing(archive) == before


@pytest.mark.parametrize("writable", ["review.db", "."], ids=["a sealed folder", "a sealed file"])
def test_one_of_file_and_folder_sealed_is_enough(archive: Path, writable: str, capsys: pytest.CaptureFixture[str]) -> None:
    sealed(archive)
    (archive / writable).chmod(0o755)
    before = listing(archive)
    snapshot = next((archive / "backups").glob("*.db")).name
    for command in (
        ("reasons", "rename", "Wrong outcome", "Other outcome"),
        ("move", "sqlite:///other.db"),
        ("restore", snapshot),
    ):
        assert "Nothing can be changed here" in said(capsys, archive, *command, code=1)[1], command
    said(capsys, archive, "rank")
    assert listing(archive) == before


def test_a_review_that_may_be_written_is_no_archive(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, archive, "note", "embase:L1", "words")[1].count("nothing can be changed") == 0


@pytest.mark.parametrize("index", [True, False], ids=["with its index", "without its index"])
def test_what_was_committed_to_the_log_alone_is_seen(cut_off: Path, index: bool, capsys: pytest.CaptureFixture[str]) -> None:
    if not index:
        (cut_off / "review.db-shm").unlink()
    before = listing(sealed(cut_off))
    out, narration = said(capsys, cut_off, "log", "--json")
    assert "committed late" in out
    assert ("temporary copy" in narration) is not index
    assert listing(cut_off) == before


def test_what_an_interrupted_change_left_is_put_back_in_a_copy(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rollback journal that is ignored would show half of a change."""
    (archive / "review.db-journal").write_bytes(b"\0" * 512)
    before = listing(sealed(archive))
    assert "temporary copy" in said(capsys, archive, "status")[1]
    assert listing(archive) == before


def test_an_empty_log_needs_no_copy(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (archive / "review.db-wal").touch()
    (archive / "review.db-shm").unlink(missing_ok=True)
    assert "temporary copy" not in said(capsys, sealed(archive), "status")[1]


def test_a_protocol_that_changed_since_it_was_logged_is_told_and_not_followed(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml = archive / "review.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("Wrong outcome", "Renamed"), encoding="utf-8")
    out, narration = said(capsys, sealed(archive), "reasons")
    assert "what is shown follows the text in the log" in narration
    assert "Wrong outcome" in out
    assert "Renamed" not in out


def test_the_database_of_another_review_is_refused(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rename_review(archive, 'id = "00000000-0000-4000-8000-000000000000"\n')
    assert "belongs to the review 00000000-0000-4000-8000-000000000000" in said(capsys, sealed(archive), "status", code=1)[1]


def test_a_file_that_changes_while_it_is_read_as_unchanging_is_noticed(archive: Path) -> None:
    with open_review(sealed(archive), Environment(), lambda _: None) as review:
        with pytest.raises(StoreError, match="was changed by another program while it was read"), review.store.read():
            os.utime(archive / "review.db", ns=(1, 1))
        with review.store.read():
            pass


def test_what_its_owner_stores_meanwhile_is_seen_while_that_is_going_on_and_afterwards(archive: Path) -> None:
    def labels(store: Store) -> list[str]:
        with store.read() as transaction:
            return [name for (name,) in transaction.session.connection().exec_driver_sql("SELECT name FROM source")]

    with open_review(sealed(archive), Environment(), lambda _: None) as review:
        assert labels(review.store) == ["Embase"]
        with closing(sqlite3.connect(archive / "review.db")) as owner:
            with owner:
                owner.execute("INSERT INTO source (slug, name, kind, platform, position) VALUES ('x', 'Owner', 'other', '', 9)")
            assert sorted(labels(review.store)) == ["Embase", "Owner"]
        assert not (archive / "review.db-wal").exists()
        assert sorted(labels(review.store)) == ["Embase", "Owner"]


def test_no_claim_leaves_a_lock_in_the_folder(archive: Path) -> None:
    with open_review(sealed(archive), Environment(), lambda _: None) as review:
        before = listing(archive)
        with pytest.raises(StoreError, match="Nothing can be changed here"), claimed(review.store, "pubmed"):
            pass
        assert listing(archive) == before


@pytest.mark.parametrize("stored", RELEASED, ids=lambda path: path.stem)
def test_an_older_database_is_shown_from_an_upgraded_copy(
    stored: Path, archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in archive.glob("review.db*"):
        path.unlink()
    shutil.copy(stored, archive / "review.db")
    with closing(sqlite3.connect(archive / "review.db")) as connection, connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'review'").fetchall():
            # From schema 0003 on a review's first opening names it.
            connection.execute("INSERT INTO review VALUES ('00000000-0000-4000-8000-000000000000')")
    rename_review(archive, "")
    before = listing(sealed(archive))
    out, narration = said(capsys, archive, "status", "--json")
    assert json.loads(out)["identified"] == 4
    assert ("temporary copy" in narration) is (stored != RELEASED[-1])
    assert listing(archive) == before


@pytest.mark.parametrize(
    ("line", "own"),
    [
        ("", "names no review, and the database"),
        ('id = "9fb3fb06-7b6f-5e25-bbf1-0b134f1619fb"\n', "belongs to the review 9fb3fb06-7b6f-5e25-bbf1-0b134f1619fb"),
    ],
)
def test_a_database_that_names_no_review_is_called_by_its_own_name_and_not_by_that_of_its_copy(
    line: str, own: str, archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rename_review(archive, line)
    shutil.copy(DATA / "review-0003.db", archive / "review.db")
    err = said(capsys, sealed(archive), "status", code=1)[1]
    assert f"{archive / 'review.toml'} {own}" in err
    assert f" the database {archive / 'review.db'} names no review; nothing was changed" in err
    assert "belongs to the review ," not in err
