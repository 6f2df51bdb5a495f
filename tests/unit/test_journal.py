"""The journal: whole lines from several writers, nothing lost where it cannot be written for a while, and nothing believed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from prisma_tool.model.log.contents import content_hash
from prisma_tool.model.log.events import Event
from prisma_tool.model.log.run_entry import RunEntry
from prisma_tool.review import journal as journal_module
from prisma_tool.review.journal import FOLDER, Journal, journal_contents, line_of, read_journal, shows_work

NOON = datetime(2025, 2, 3, 12, tzinfo=UTC)


def event(number: int, **fields: object) -> Event:
    made = Event(
        f"{number:036}", "label", f"embase:{number}", "", "Ada", NOON, NOON, "0", {"label": "blue"}, clock=number + 1, salt="s"
    )
    made = replace(made, **fields)
    return replace(made, sha256=content_hash(made))


EVENTS = [event(number) for number in range(5)]


def silent(text: str) -> None:
    raise AssertionError(text)


def day(folder: Path) -> Path:
    return folder / FOLDER / "2025-02-03.jsonl"


def test_what_is_appended_is_read_back_one_file_a_day(tmp_path: Path) -> None:
    journal = Journal(tmp_path, silent)
    journal.append(EVENTS[:2])
    journal.append([replace(EVENTS[2], received=NOON + timedelta(days=1))])
    assert [one.id for one in read_journal(tmp_path)] == [one.id for one in EVENTS[:3]]
    assert sorted(path.name for path in (tmp_path / FOLDER).iterdir()) == ["2025-02-03.jsonl", "2025-02-04.jsonl"]


def test_many_events_are_written_in_several_pieces_and_all_are_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "_TOGETHER", 2)
    Journal(tmp_path, silent).append(EVENTS)
    assert [one.id for one in read_journal(tmp_path)] == [one.id for one in EVENTS]


@pytest.mark.parametrize("cut", [1, 40, -1])
def test_a_line_that_was_cut_off_costs_itself_and_no_other(tmp_path: Path, cut: int) -> None:
    journal = Journal(tmp_path, silent)
    journal.append(EVENTS[:2])
    lines = day(tmp_path).read_bytes().splitlines(keepends=True)
    day(tmp_path).write_bytes(lines[0] + lines[1][:cut])
    journal.append(EVENTS[2:])
    contents = journal_contents(tmp_path)
    whole = EVENTS if cut == -1 else [EVENTS[0], *EVENTS[2:]]
    assert list(contents.events.values()) == whole
    assert contents.unreadable == (0 if cut == -1 else 1)
    assert contents.damaged == set()


def test_a_line_whose_content_was_changed_is_passed_over_and_its_event_named(tmp_path: Path) -> None:
    Journal(tmp_path, silent).append(EVENTS[:2])
    day(tmp_path).write_bytes(day(tmp_path).read_bytes().replace(b'"subject":"embase:1"', b'"subject":"embase:9"'))
    contents = journal_contents(tmp_path)
    assert contents.events.keys() == {EVENTS[0].id}
    assert (contents.unreadable, contents.damaged) == (1, {EVENTS[1].id})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["run", "left_out", "id", "at", "received"]), inner, max_size=3)
        ),
        max_leaves=6,
    ),
    st.sampled_from([*line_of(EVENTS[0]), "run", "source", "left_out"]),
)
def test_a_line_may_hold_anything(tmp_path_factory: pytest.TempPathFactory, value: object, name: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / FOLDER).mkdir()
    lines = (json.dumps(value), json.dumps({**line_of(EVENTS[0]), name: value}), json.dumps(line_of(EVENTS[1])))
    day(folder).write_text("\n".join(lines), "utf-8")
    assert EVENTS[1].id in journal_contents(folder).events or name == "left_out"


_WRITER = """
import sys
from pathlib import Path
from test_journal import event
from prisma_tool.review import journal as journal_module
from prisma_tool.review.journal import Journal
journal = Journal(Path(sys.argv[1]), print)
for number in range(200):
    journal.append([event(int(sys.argv[2]) * 1000 + number, payload={"label": "x" * number * 40})])
"""


def test_two_programs_at_once_do_not_write_into_each_others_lines(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path), str(who)], env=environment) for who in (1, 2)]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    contents = journal_contents(tmp_path)
    assert (len(contents.events), contents.unreadable) == (400, 0)


@pytest.fixture
def _small_files() -> Iterator[None]:
    """No file grows beyond some hundred bytes, as on a full disk."""
    import resource  # POSIX alone has it

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("_small_files")
@pytest.mark.posix
def test_what_a_full_disk_did_not_take_is_said_once_and_written_when_there_is_room(tmp_path: Path) -> None:
    import resource

    told: list[str] = []
    journal = Journal(tmp_path, told.append)
    for one in EVENTS[:4]:
        journal.append([one])
    assert len(told) == 1
    assert "What was done is stored, but" in told[0]
    assert len(journal_contents(tmp_path).events) < 4
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    journal.append([EVENTS[4]])
    assert journal_contents(tmp_path).events.keys() == {one.id for one in EVENTS}


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
@pytest.mark.posix
def test_only_plain_files_are_written_and_read(tmp_path: Path, kind: str) -> None:
    (tmp_path / FOLDER).mkdir()
    elsewhere = tmp_path / "elsewhere.jsonl"
    elsewhere.write_text(json.dumps(dict(line_of(EVENTS[0]))), "utf-8")
    match kind:
        case "link":
            day(tmp_path).symlink_to(elsewhere)
        case "pipe":
            os.mkfifo(day(tmp_path))
        case _:
            day(tmp_path).mkdir()
    before, told = elsewhere.read_bytes(), list[str]()
    Journal(tmp_path, told.append).append([EVENTS[1]])
    assert len(told) == 1
    assert elsewhere.read_bytes() == before
    assert journal_contents(tmp_path).events == {}
    assert not shows_work(tmp_path)


def test_runs_are_kept_as_they_were_last(tmp_path: Path) -> None:
    journal = Journal(tmp_path, silent)
    for status in ("running", "complete"):
        journal.append([RunEntry(NOON, {"id": "r", "status": status}, {"slug": "embase"})])
    assert journal_contents(tmp_path).runs["r"].run["status"] == "complete"
    assert shows_work(tmp_path)


def test_events_that_were_left_out_are_not_read_until_they_are_written_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path, silent)
    journal.append(EVENTS)
    journal.leave_out([EVENTS[1].id, EVENTS[3].id], NOON)
    assert journal_contents(tmp_path).events.keys() == {EVENTS[number].id for number in (0, 2, 4)}
    journal.append([EVENTS[3]])
    assert journal_contents(tmp_path).events.keys() == {EVENTS[number].id for number in (0, 2, 3, 4)}
