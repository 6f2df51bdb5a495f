"""What users do wrong, and what the machine does to them: one or two sentences, the right exit code, nothing lost, no traceback."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from prisma_tool.cli.main import run

if TYPE_CHECKING:
    from tests.conftest import MadeOnce

RIS = "TY  - JOUR\nAN  - L1\nTI  - An invented title of several words\nPY  - 2020\nER  - \n"


@pytest.fixture
def review(made_once: MadeOnce, tmp_path: Path) -> Path:
    folder = tmp_path / "review"

    def begin() -> None:
        assert run(["init", str(folder), "--reviewer", "Ada", "--reviewer", "Ben", "--pubmed", "CAR-T[tiab]"]) == 0

    (tmp_path / "one.ris").write_text(RIS, encoding="utf-8")
    return made_once(begin, folder)


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str, code: int) -> str:
    capsys.readouterr()
    assert run(list(arguments)) == code
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert said.err.strip()
    return said.err


def test_a_folder_without_a_review(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "prisma-tool init DIR" in complaint(capsys, "-C", str(tmp_path), "status", code=1)


def test_init_refuses_an_existing_review(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "holds a review already" in complaint(capsys, "init", str(review), code=1)


def test_a_wrong_key_in_the_protocol_is_named_with_a_suggestion(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (review / "review.toml").read_text(encoding="utf-8")
    (review / "review.toml").write_text(text.replace("blind = true", "blnd = true"), encoding="utf-8")
    said = complaint(capsys, "-C", str(review), "status", code=1)
    assert "review.toml: 'screening.blnd'" in said
    assert "did you mean 'blind'" in said


def test_an_unknown_reviewer_and_none_at_all(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Ada, Ben" in complaint(capsys, "-C", str(review), "decide", "x:1", "include", "--reviewer", "Eve", code=2)
    assert "--reviewer NAME" in complaint(capsys, "-C", str(review), "decide", "x:1", "include", code=2)


def test_an_unknown_record_is_answered_with_similar_keys(
    review: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(review), "import", str(tmp_path / "one.ris"), "--source", "Embase"]) == 0
    said = complaint(capsys, "-C", str(review), "decide", "embass:L1", "include", "--reviewer", "Ada", code=1)
    assert "Did you mean embase:L1" in said


def test_one_missing_file_does_not_keep_the_others_out(review: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    files = [str(tmp_path / "missing.ris"), str(tmp_path / "one.ris")]
    assert run(["-C", str(review), "import", *files, "--source", "Embase", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)["files"]
    assert [file["new"] for file in told] == [0, 1]


def test_a_checked_file_is_told_like_an_import_and_stores_nothing(
    review: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["-C", str(review), "import", str(tmp_path / "one.ris"), "--source", "Embase", "--check", "--json"]) == 0
    account = json.loads(capsys.readouterr().out)["files"][0]
    assert (account["declared"], account["parsed"], account["new"]) == (1, 1, 1)
    assert run(["-C", str(review), "status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["identified"] == 0
    assert list((review / "raw").iterdir()) == []


def test_a_binary_file_given_as_ris(review: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "paper.ris").write_bytes(b"%PDF-1.7\n\x00\x01\x02" + bytes(range(256)) * 8)
    said = complaint(capsys, "-C", str(review), "import", str(tmp_path / "paper.ris"), "--source", "Embase", code=1)
    assert "PDF" in said
    assert len(said) < 500


def test_screen_without_a_terminal_points_to_decide(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "prisma-tool decide" in complaint(capsys, "-C", str(review), "screen", "--reviewer", "Ada", code=2)


def test_a_figure_of_an_unknown_kind_or_in_a_missing_folder(
    review: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ".svg" in complaint(capsys, "-C", str(review), "flow", "-o", str(tmp_path / "a.bmp"), code=2)
    assert "does not exist" in complaint(capsys, "-C", str(review), "flow", "-o", str(tmp_path / "no" / "a.svg"), code=1)


def test_a_database_that_is_none(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (review / "review.db").write_bytes(b"not a database at all, not even close" * 100)
    assert "prisma-tool restore SNAPSHOT" in complaint(capsys, "-C", str(review), "status", code=1)


def test_escape_sequences_in_a_title_never_reach_the_terminal(
    review: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "evil.ris").write_text(RIS.replace("An invented", "\x1b]0;owned\x07\x1b[31mAn invented"), encoding="utf-8")
    assert run(["-C", str(review), "import", str(tmp_path / "evil.ris"), "--source", "Em\x1b[2Jbase"]) == 0
    assert run(["-C", str(review), "flow"]) == 0
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err


def test_a_search_without_a_network_is_incomplete_and_never_zero_hits(review: Path, tmp_path: Path) -> None:
    surroundings = {**os.environ, "PRISMA_TOOL_EUTILS_URL": "http://127.0.0.1:9/none", "PYTHONPATH": str(tmp_path)}
    # The pauses between tries are real in a process of its own; here they are taken away before the program starts.
    (tmp_path / "sitecustomize.py").write_text("import time\ntime.sleep = lambda seconds: None\n", encoding="utf-8")
    command = [sys.executable, "-m", "prisma_tool", "-C", str(review), "search", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=surroundings, check=False)
    assert done.returncode == 3, done.stderr
    told = json.loads(done.stdout)["runs"][0]
    assert (told["status"], told["reported"]) == ("incomplete", None)
    assert "no connection" in done.stderr


def limited(review: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command after a few lines of Python, in a process of its own."""
    program = f"import os, resource, sys\n{script}\nfrom prisma_tool.cli.main import run\nsys.exit(run({['-C', str(review), *arguments]!r}))"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


@pytest.mark.posix
def test_a_full_disk_stores_nothing_half(review: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = "".join(RIS.replace("L1", f"L{n}").replace("title", f"title number {n}") for n in range(3000))
    (tmp_path / "many.ris").write_text(entries, encoding="utf-8")
    full = "resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))"
    done = limited(review, full, "import", str(tmp_path / "many.ris"), "--source", "Embase")
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "disk" in done.stderr.lower() or "too large" in done.stderr.lower()
    capsys.readouterr()
    assert run(["-C", str(review), "status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["identified"] == 0
    assert run(["-C", str(review), "import", str(tmp_path / "many.ris"), "--source", "Embase"]) == 0


def without_override() -> None:
    """Give up root's right to write where it may not, so that permissions hold as for anybody (CAP_DAC_OVERRIDE, _READ_SEARCH)."""
    drop_from_bounding_set = 24
    for capability in (1, 2):
        ctypes.CDLL(None).prctl(drop_from_bounding_set, capability, 0, 0, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="permissions are dropped in Linux's way")
@pytest.mark.parametrize("arguments", [("status",), ("decide", "embase:L1", "include", "--reviewer", "Ada"), ("import", "FILE")])
@pytest.mark.posix
def test_a_read_only_folder_is_looked_at_and_not_changed(review: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    importing = ["import", str(tmp_path / "one.ris"), "--source", "Embase"]
    assert run(["-C", str(review), *importing]) == 0
    for path in (*review.rglob("*"), review):
        path.chmod(0o555 if path.is_dir() else 0o444)
    wanted = [str(tmp_path / "one.ris") if part == "FILE" else part for part in arguments]
    command = [sys.executable, "-m", "prisma_tool", "-C", str(review), *wanted]
    command += ["--source", "Scopus"] if "import" in arguments else []
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=without_override)
    review.chmod(0o755)
    assert "Traceback" not in done.stderr
    assert "nothing can be changed here" in done.stderr
    assert done.returncode == (0 if arguments == ("status",) else 1), done.stderr
