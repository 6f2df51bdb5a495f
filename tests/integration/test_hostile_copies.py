"""A copy of a review is hostile until it was checked: whatever stands in it, nothing happens beyond a sentence."""

from __future__ import annotations

import errno
import gzip
import json
import os
import re
import shutil
import socket
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from copied_folders import copy_folder
from msgspec.structs import replace

from prisma_tool import plain_files
from prisma_tool.cli.main import run
from prisma_tool.model.log import clock as clocks
from prisma_tool.model.log.contents import content_hash
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import open_review, utc_now
from prisma_tool.store.engine import event_rows

if TYPE_CHECKING:
    from tests.conftest import MadeOnce
    from tests.integration.conftest import Bench

SECRET = "the key that lies in another folder"


@pytest.fixture
def base(made_once: MadeOnce, make_bench: Callable[..., Bench], tmp_path: Path) -> Path:
    """A review with three reports, one of them with a full text, closed."""

    def make() -> None:
        bench = make_bench(reviewers=("Ada", "Ben"))
        bench.given("Embase", "1", "2", "3")
        bench.dedupe()
        bench.review.store.close()
        (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7 a paper")
        here = ["-C", str(bench.review.folder)]
        assert run([*here, "decide", "embase:1", "include", "--reviewer", "Ada"]) == 0
        attach = ["retrieve", "embase:1", "retrieved", "--file", str(tmp_path / "paper.pdf"), "--reviewer", "Ada"]
        assert run([*here, *attach]) == 0

    return made_once(make, tmp_path / "review")


@pytest.fixture
def copy(made_once: MadeOnce, base: Path) -> Path:
    """A copy in which Ben did one thing more."""
    target = base.with_name("copy")

    def make() -> None:
        copy_folder(base, target)
        assert run(["-C", str(target), "decide", "embase:2", "exclude", "--reviewer", "Ben"]) == 0

    return made_once(make, target)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder that is nobody's business, with a secret under the names that a copy has."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for name in ("id_rsa", "review.db", "review.toml", "paper.pdf"):
        (folder / name).write_text(SECRET, encoding="utf-8")
    return folder


def state(folder: Path) -> dict[str, Any]:
    """All that a merge may change: the files, and the rows of the log."""
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("review.db")
    }
    with closing(sqlite3.connect(folder / "review.db")) as database:
        return {"files": files, "log": database.execute("SELECT * FROM event ORDER BY id").fetchall()}


def refused(base: Path, copy: Path | str, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """Merging changes nothing here; what was said."""
    before = state(base)
    capsys.readouterr()
    assert run(["-C", str(base), "merge", str(copy), *options]) == 1
    assert state(base) == before
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said


def instead(path: Path, made: Callable[[Path], None]) -> None:
    """Put something else in the place of a file or folder."""
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    made(path)


@contextmanager
def bound(path: Path) -> Iterator[None]:
    """A unix socket in the place of a file; its path is short, whatever the folder's."""
    here = Path.cwd()
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listening:
        os.chdir(path.parent)
        listening.bind(path.name)
        os.chdir(here)
        yield


def linked_to(target: Path) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def pipe(path: Path) -> None:
    os.mkfifo(path)


OTHER_THINGS: dict[str, Callable[[Path], Callable[[Path], None]]] = {
    "link": lambda elsewhere: lambda path: path.symlink_to(elsewhere / path.name),
    "dangling link": lambda elsewhere: linked_to(elsewhere / "nothing"),
    "link to a device": lambda _: linked_to(Path("/dev/zero")),
    "pipe": lambda _: pipe,
    "folder": lambda _: lambda path: path.mkdir(),
}


@pytest.mark.parametrize("name", ["review.db", "review.toml"])
@pytest.mark.parametrize("thing", OTHER_THINGS)
def test_in_the_place_of_a_file_nothing_but_a_plain_file_is_opened(
    base: Path, copy: Path, elsewhere: Path, name: str, thing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    instead(copy / name, OTHER_THINGS[thing](elsewhere))
    said = refused(base, copy, capsys)
    assert name in said
    assert SECRET not in said


@pytest.mark.parametrize("name", ["review.db", "review.toml", "review.db-wal"])
def test_a_socket_in_the_place_of_a_file_is_not_opened(
    base: Path, copy: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with bound(copy / name):
        assert "is a socket" in refused(base, copy, capsys)


@pytest.mark.posix
def test_a_write_ahead_log_that_is_a_link_is_not_followed(
    base: Path, copy: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    instead(copy / "review.db-wal", linked_to(elsewhere / "id_rsa"))
    assert "is a link" in refused(base, copy, capsys)


@pytest.mark.posix
def test_a_copy_that_is_itself_a_link_is_not_followed(base: Path, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for target in (copy, copy / "review.db"):
        link = base.with_name(f"link-to-{target.name}")
        link.symlink_to(target)
        assert "is a link" in refused(base, link, capsys)


@pytest.mark.posix
def test_a_copy_behind_a_link_that_the_user_names_is_read(base: Path, copy: Path) -> None:
    base.with_name("shelf").symlink_to(copy.parent)
    assert run(["-C", str(base), "merge", str(base.with_name("shelf") / "copy")]) == 0


@pytest.mark.parametrize("content", ["#" * (2 << 20), "a = " + "[" * 100_000], ids=["huge", "deeply nested"])
def test_a_protocol_that_is_none_is_refused_with_a_sentence(
    base: Path, copy: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / "review.toml").write_text(content, encoding="utf-8")
    assert "review.toml" in refused(base, copy, capsys)


# --- files -------------------------------------------------------------------------------------------------------------------


def merged(base: Path, copy: Path, capsys: pytest.CaptureFixture[str], code: int = 3) -> dict[str, str]:
    """What was not taken, by its name, with the reason; nothing new may be claimed then."""
    capsys.readouterr()
    assert run(["-C", str(base), "merge", str(copy), "--json"]) == code
    return {left["file"]: left["reason"] for left in json.loads(capsys.readouterr().out)["not_taken"]}


def attached(folder: Path) -> Path:
    (file,) = (folder / "fulltext").iterdir()
    return file


FOLDER_LINKS = ["raw", "fulltext", "rejects"]


@pytest.mark.parametrize("name", FOLDER_LINKS)
@pytest.mark.posix
def test_a_folder_that_is_a_link_is_not_followed(
    base: Path, copy: Path, elsewhere: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    instead(copy / name, linked_to(elsewhere))
    assert merged(base, copy, capsys) == {name: "is a link"}
    assert not [path for path in base.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda path: path.symlink_to("/etc/hostname"), "is a link"),
        (pipe, "is not a file (a device or pipe)"),
        (lambda path: path.write_bytes(b"#!/bin/sh"), "is no PDF: it does not begin as a PDF does"),
        (lambda path: path.write_bytes(b""), "is no PDF: it does not begin as a PDF does"),
    ],
    ids=["link", "pipe", "program", "empty"],
)
@pytest.mark.posix
def test_a_full_text_that_is_none_is_left_and_listed(
    base: Path, copy: Path, made: Callable[[Path], None], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = attached(copy).name
    (base / "fulltext" / name).unlink()
    instead(copy / "fulltext" / name, made)
    assert merged(base, copy, capsys) == {f"fulltext/{name}": reason}
    assert not list((base / "fulltext").iterdir())
    # Everything else is here by now, and still this is not: nobody is told that all is well.
    assert run(["-C", str(base), "merge", str(copy)]) == 3
    assert "Nothing new" not in capsys.readouterr().out


def test_what_no_run_and_no_event_names_is_left_and_listed(base: Path, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["fulltext/Paper.command", "fulltext/extra.pdf", "raw/x/answer.gz", "rejects/other-01234567.ris", "rejects/plain.csv"]
    for name in names:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        (copy / name).write_bytes(b"%PDF-1.7")
    (copy / "fulltext" / "inbox").mkdir()
    (copy / "fulltext" / "inbox" / "later.pdf").write_bytes(b"%PDF-1.7")
    (copy / "fulltext" / ".DS_Store").write_bytes(b"left behind")
    assert merged(base, copy, capsys) == dict.fromkeys(names, "is named by no run and no event")


@pytest.mark.parametrize("name", [b"\x1b]0;title\x07.pdf", b"caf\xe9.pdf", b"a\nb.pdf", b"back\\slash.pdf"])
def test_a_name_that_cannot_be_printed_is_listed_as_it_can(
    base: Path, copy: Path, name: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(os.fsdecode(bytes(copy / "fulltext") + b"/" + name)).write_bytes(b"%PDF-1.7")
    (listed,) = merged(base, copy, capsys)
    assert listed.isprintable()


def test_a_folder_that_cannot_be_read_is_listed(
    base: Path, copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = os.scandir

    def guarded(path: Path) -> Any:
        if path == copy / "fulltext":
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path)

    # Modes would not stop root, as whom tests may run.
    monkeypatch.setattr(os, "scandir", guarded)
    assert merged(base, copy, capsys) == {"fulltext": "cannot be read (Permission denied)"}


def test_a_file_that_cannot_be_read_is_listed(
    base: Path, copy: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = attached(copy).name
    real = plain_files._open_inside

    def guarded(path: Path, inside: Path) -> int:
        if path.name == name:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(path, inside)

    monkeypatch.setattr(plain_files, "_open_inside", guarded)
    assert merged(base, copy, capsys) == {f"fulltext/{name}": "cannot be read (Permission denied)"}


def test_an_answer_that_was_altered_is_left_and_listed(base: Path, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (answer,) = (copy / "raw").glob("*/*")
    shutil.rmtree(base / "raw")
    good = answer.read_bytes()
    answer.write_bytes(good[:-4])
    assert list(merged(base, copy, capsys).values()) == ["is damaged: it cannot be unpacked"]
    answer.write_bytes(gzip.compress(b"other words"))
    assert "was altered" in next(iter(merged(base, copy, capsys).values()))
    answer.write_bytes(gzip.compress(b"0" * (1 << 26)))
    assert "was altered" in next(iter(merged(base, copy, capsys).values()))
    answer.write_bytes(good)
    assert merged(base, copy, capsys, code=0) == {}
    assert run(["-C", str(base), "doctor"]) == 0


# --- servers -----------------------------------------------------------------------------------------------------------------


@contextmanager
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def was_asked(server: socket.socket) -> bool:
    try:
        server.accept()
    except BlockingIOError:
        return False
    return True


@pytest.mark.parametrize("with_file", [True, False])
def test_the_server_that_a_copy_names_is_not_asked(
    base: Path, copy: Path, with_file: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PGPASSWORD", SECRET)
    with listener() as server:
        address = f"postgresql://ada@127.0.0.1:{server.getsockname()[1]}/review"
        with (copy / "review.toml").open("a", encoding="utf-8") as stream:
            stream.write(f"\n[database]\nurl = '{address}'\n")
        if with_file:
            capsys.readouterr()
            assert run(["-C", str(base), "merge", str(copy)]) == 0
            assert f"names the database {address}, which was not asked" in capsys.readouterr().err
        else:
            (copy / "review.db").unlink()
            assert f"keeps its records in {address}, which is asked only if you name it" in refused(base, copy, capsys)
        other = f"postgresql://ada@127.0.0.1:{server.getsockname()[1]}/other"
        assert run(["-C", str(base), "merge", str(copy), "--database", other]) == 2
        assert not was_asked(server)


@pytest.mark.parametrize("url", ["sqlite:////etc/hostname", "sqlite:///../elsewhere/review.db", "nonsense", "mysql://x/y"])
def test_a_database_outside_the_copy_is_not_read(base: Path, copy: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with (copy / "review.toml").open("a", encoding="utf-8") as stream:
        stream.write(f"\n[database]\nurl = '{url}'\n")
    assert run(["-C", str(base), "merge", str(copy)]) == 0
    assert "which was not asked" in capsys.readouterr().err


def test_a_database_of_another_name_in_the_copy_is_read(base: Path, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(copy), "move", "other.db"]) == 0
    assert run(["-C", str(base), "merge", str(copy)]) == 0
    assert "1 events" in capsys.readouterr().out


# --- the database ------------------------------------------------------------------------------------------------------------


def changed(folder: Path, *statements: str) -> None:
    """Change a database as no program of ours does."""
    with closing(sqlite3.connect(folder / "review.db")) as database:
        database.execute("PRAGMA foreign_keys=OFF")
        for statement in statements:
            database.execute(statement)
        database.commit()


BOMB = (b"\xf8" + zlib.compress(bytes(10_000_000))).hex()
"""A text that would take a thousand times the room that it has in the file."""


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("CREATE TRIGGER spy AFTER INSERT ON event BEGIN DELETE FROM record; END", "the trigger spy"),
        ("CREATE VIEW spy AS SELECT * FROM event", "the view spy"),
        ("CREATE TABLE customer (id INTEGER)", "the table customer"),
        ("CREATE VIRTUAL TABLE spy USING fts5(text)", "the table spy"),
        ("CREATE TRIGGER words_added AFTER INSERT ON words BEGIN DELETE FROM record; END", "the trigger words_added"),
        ("DROP TABLE word_index", ""),
        (f"UPDATE record_version SET content = x'{BOMB}'", "cannot be read"),
        (f"UPDATE record_version SET raw = x'{BOMB}'", "its raw holds"),
        ("UPDATE record_version SET raw = 9223372036854775807", "its raw holds"),
        ("UPDATE record_version SET content = 9223372036854775807", "its content holds"),
        ("ALTER TABLE event RENAME COLUMN payload TO content", "payload"),
        ("DROP TABLE record", "names one of record that is not there"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer version"),
        ("DELETE FROM alembic_version", "is empty"),
        ("DELETE FROM review", "names no review"),
        ("UPDATE review SET id = 'b1946ac9-2492-4d23-a9e0-1f7a3f1f5f00'", "is of another review"),
        ("UPDATE event SET payload = '{not json'", "cannot be read"),
        ("UPDATE event SET payload = '[1]' WHERE kind = 'decision'", "its payload holds"),
        ("UPDATE event SET at = 'yesterday' WHERE kind = 'decision'", "cannot be read"),
        ("UPDATE event SET at = '2025-02-03T09:00:00.000000' WHERE kind = 'decision'", "its at holds"),
        ("UPDATE event SET reviewer = x'00ff' WHERE kind = 'decision'", "its reviewer holds"),
        ("UPDATE event SET subject = CAST(x'ff' AS TEXT) WHERE kind = 'decision'", "UTF-8"),
        ("UPDATE event SET clock = 'later' WHERE kind = 'decision'", "its clock holds"),
        ("UPDATE source SET kind = 'spy'", "its kind holds"),
        ("UPDATE run SET status = 'spied'", "its status holds"),
        ('UPDATE run SET raw = \'[{"path": "/etc/hostname", "sha256": ""}]\'', "its raw holds"),
        ('UPDATE run SET raw = \'[{"path": "raw/../../x", "sha256": ""}]\'', "its raw holds"),
        ("UPDATE run SET raw = '5'", "its raw holds"),
        ("UPDATE run SET id = 'other'", "names one of run that is not there"),
    ],
)
def test_a_database_that_no_review_has_is_refused(
    base: Path, copy: Path, statement: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    changed(copy, statement)
    if said:
        assert said in refused(base, copy, capsys)
    else:
        assert run(["-C", str(base), "merge", str(copy)]) == 0


@pytest.mark.parametrize("content", ['{"title": 5}', '{"authors": 7}', "[]", "{", '{"abstract": [{"label": "", "text": null}]}'])
def test_a_content_that_is_no_citation_is_refused(
    base: Path, copy: Path, content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "late.csv").write_text("accession,title\n9,A late trial\n", encoding="utf-8")
    assert run(["-C", str(copy), "import", str(tmp_path / "late.csv"), "--source", "Scopus"]) == 0
    changed(copy, f"UPDATE record_version SET content = '{content}' WHERE record = 'scopus:9'")
    assert "scopus:9 of the copy has a content that is no citation" in refused(base, copy, capsys)


def test_a_damaged_database_is_refused(base: Path, copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(copy / "review.db")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray((copy / "review.db").read_bytes())
    data[4096 * 3 : 4096 * 40] = b"\xff" * 4096 * 37
    (copy / "review.db").write_bytes(data)
    assert "review.db" in refused(base, copy, capsys)


# --- events ------------------------------------------------------------------------------------------------------------------


def event_of(folder: Path, kind: EventKind = EventKind.DECISION, subject: str = "embase:2") -> Event:
    with open_review(folder, Environment(), print) as review, review.store.read() as transaction:
        return next(event_rows.events(transaction, kinds=[kind], subjects=[subject]))


def put(folder: Path, event: Event, *, honest: bool = True) -> None:
    """Store an event in the place of the one with its id, with the hash of its content or the one that was there."""
    stored = replace(event, sha256=content_hash(event)) if honest else event
    with closing(sqlite3.connect(folder / "review.db")) as database:
        database.execute(
            "UPDATE event SET kind = ?, subject = ?, stage = ?, reviewer = ?, payload = ?, clock = ?, sha256 = ? WHERE id = ?",
            (
                *(stored.kind, stored.subject, stored.stage, stored.reviewer, json.dumps(dict(stored.payload)), stored.clock),
                *(stored.sha256, stored.id),
            ),
        )
        database.commit()


@pytest.mark.parametrize(
    ("honest", "forged", "said"),
    [
        (False, "copy", "was changed in the copy after it was stored"),
        (False, "here", "was changed here after it was stored"),
        (True, "copy", "each fits its own SHA-256, so one was made up"),
    ],
)
def test_an_event_that_differs_under_its_id_refuses_the_merge_and_is_named(
    base: Path, copy: Path, honest: bool, forged: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    event = event_of(base, subject="embase:1")
    put(copy if forged == "copy" else base, replace(event, payload={**event.payload, "verdict": "exclude"}), honest=honest)
    for target, source in ((base, copy), (copy, base)):
        message = refused(target, source, capsys)
        assert f"the event {event.id} (decision on embase:1)" in message
        assert "verdict" in message
        # Who said what is not told: the reader may not have voted yet.
        assert "exclude" not in message
    assert said in refused(base, copy, capsys)


def test_an_event_whose_hash_does_not_fit_refuses_the_merge_whether_it_is_here_or_not(
    base: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = event_of(copy)
    put(copy, replace(event, reviewer="Ada"), honest=False)
    assert "its content does not fit the SHA-256" in refused(base, copy, capsys)
    known = event_of(base, subject="embase:1")
    put(copy, event)
    for folder in (base, copy):
        put(folder, replace(known, sha256="0" * 64), honest=False)
    assert f"{known.id} (decision on embase:1) of the copy was changed" in refused(base, copy, capsys)


@pytest.mark.parametrize(
    "changes",
    [
        {"clock": clocks.FURTHEST + 1},
        {"clock": -1},
        {"payload": {"verdict": "perhaps"}},
        {"payload": {}},
        {"stage": "third"},
        {"stage": ""},
        {"subject": "no key"},
        {"reviewer": ""},
        {"reviewer": "engine"},
        {"kind": "retrieval", "payload": {"status": "retrieved", "file": "fulltext/../../../etc/passwd"}},
        {"kind": "retrieval", "payload": {"status": "retrieved", "file": "/etc/passwd"}},
    ],
    ids=str,
)
def test_an_event_that_nothing_of_this_program_writes_refuses_the_merge_and_is_named(
    base: Path, copy: Path, changes: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    event = event_of(copy)
    put(copy, replace(event, **changes))
    assert f"the event {event.id} (" in refused(base, copy, capsys)


@pytest.mark.parametrize("names", ["itself", "nothing"])
def test_an_undo_of_a_copy_that_names_itself_or_nothing_takes_nothing_back_and_can_be_read(
    base: Path, copy: Path, names: str, capsys: pytest.CaptureFixture[str]
) -> None:
    event = event_of(copy)
    put(copy, replace(event, kind="undo", stage="", subject=event.id if names == "itself" else "no-event", payload={}))
    assert run(["-C", str(base), "merge", str(copy)]) == 0
    capsys.readouterr()
    for command in (["log"], ["log", "--key", "embase:1"], ["status"], ["doctor"], ["flow", "--check"]):
        assert run(["-C", str(base), *command]) == 0
    assert "Traceback" not in capsys.readouterr().err


def test_a_copy_cannot_bring_a_clock_after_which_nothing_that_is_done_here_could_be_merged(
    base: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    event = event_of(copy)
    century = clocks.microseconds(utc_now() + clocks.MOST_AHEAD)
    put(copy, replace(event, clock=century + 10**12))
    assert "its clock is 100 years or more ahead of this computer's" in refused(base, copy, capsys)
    put(copy, replace(event, clock=century))
    colleague = copy_folder(base, base.with_name("colleague"))
    assert run(["-C", str(base), "merge", str(copy)]) == 0
    assert run(["-C", str(base), "decide", "embase:2", "include", "--reviewer", "Ben"]) == 0
    assert run(["-C", str(colleague), "merge", str(base)]) == 0
    assert event_of(colleague).clock == century


def test_a_program_that_an_event_calls_a_full_text_is_not_taken(
    base: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / "fulltext" / "Paper.command").write_bytes(b"%PDF-1.7")
    event = event_of(copy)
    put(copy, replace(event, kind="retrieval", stage="", payload={"status": "retrieved", "file": "fulltext/Paper.command"}))
    assert merged(base, copy, capsys) == {"fulltext/Paper.command": "is no PDF: its name does not end in .pdf"}
    assert not (base / "fulltext" / "Paper.command").exists()


def test_an_event_of_a_kind_that_only_a_newer_version_knows_is_kept(base: Path, copy: Path) -> None:
    event = event_of(copy)
    put(copy, replace(event, kind="prophecy", payload={"anything": [1, {"at": None}]}))
    assert run(["-C", str(base), "merge", str(copy)]) == 0
    with open_review(base, Environment(), print) as review, review.store.read() as transaction:
        (kept,) = event_rows.events(transaction, kinds=["prophecy"], merged=True)
    assert kept.payload == {"anything": [1, {"at": None}]}


# --- other reviews -----------------------------------------------------------------------------------------------------------


def test_a_copy_of_another_review_is_refused_unless_that_is_wanted(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    assert run(["init", str(other), "--title", "Hips", "--reviewer", "Ada", "--reviewer", "Ben"]) == 0
    (tmp_path / "late.csv").write_text("accession,title\n9,A late trial\n", encoding="utf-8")
    assert run(["-C", str(other), "import", str(tmp_path / "late.csv"), "--source", "Scopus"]) == 0
    said = refused(base, other, capsys, "--accept")
    assert "is of another review" in said
    assert "no record and no event in common" in said
    assert "“Hips”" in said
    assert "is of another review" in refused(base, other / "review.db", capsys, "--accept")
    assert run(["-C", str(base), "merge", str(other), "--accept", "--accept-unrelated"]) == 0
    assert "no record and no event in common" in capsys.readouterr().err


def test_a_copy_whose_review_toml_is_of_another_review_is_refused(
    base: Path, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (copy / "review.toml").read_text(encoding="utf-8")
    other = re.sub(r"^id = .*$", 'id = "b1946ac9-2492-4d23-a9e0-1f7a3f1f5f00"', text, count=1, flags=re.MULTILINE)
    (copy / "review.toml").write_text(other, encoding="utf-8")
    said = refused(base, copy, capsys)
    assert "is of another review" in said
    assert "in common" not in said


def test_a_copy_without_a_record_or_event_in_common_is_said_to_be_so(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    shutil.copyfile(base / "review.toml", fresh / "review.toml")
    assert run(["-C", str(fresh), "status"]) == 0
    capsys.readouterr()
    assert run(["-C", str(fresh), "merge", str(base)]) == 0
    assert "no record and no event in common" in capsys.readouterr().err
