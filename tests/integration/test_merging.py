"""`merge` and `move` on whole reviews: folders, database files and a PostgreSQL server."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from copied_folders import copy_folder

from prisma_tool.cli.main import run
from prisma_tool.flow.as_json import as_json
from prisma_tool.flow.read import read_flow
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import open_review
from prisma_tool.screening.adjudication import conflicts
from prisma_tool.screening.decisions import Decision, decide

if TYPE_CHECKING:
    from tests.conftest import Ticking
    from tests.integration.conftest import Bench

DATA = Path(__file__).parents[1] / "data"
PAIR = {"reviewers_per_record = 1": "reviewers_per_record = 2"}


@pytest.fixture
def base(make_bench: Callable[..., Bench]) -> Path:
    """A review of two with three reports, closed."""
    return make_bench(reviewers=("Ada", "Ben"), toml_edits=PAIR, once=filled).review.folder


def filled(bench: Bench) -> None:
    bench.given("Embase", "1", "2", "3")
    bench.dedupe()


@pytest.fixture
def vote(clock: Ticking) -> Callable[..., None]:
    def voted(folder: Path, name: str, verdict: str, *keys: str, environment: Environment = Environment()) -> None:  # noqa: B008 - a frozen value
        with open_review(folder, environment, print, now=clock) as review:
            decide(review, [Decision(key, Stage.TITLE_ABSTRACT, name, Verdict(verdict)) for key in keys])

    return voted


def copied(folder: Path, name: str) -> Path:
    return copy_folder(folder, folder.with_name(name))


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert run(list(arguments)) == code
    return json.loads(capsys.readouterr().out)


def flow_of(folder: Path) -> dict[str, Any]:
    with open_review(folder, Environment(), print) as review:
        return as_json(read_flow(review))


def test_two_who_never_met_meet_in_a_merge_and_their_conflicts_with_them(
    base: Path, vote: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    train = copied(base, "train")
    vote(base, "Ada", "include", "embase:1", "embase:2")
    vote(train, "Ben", "exclude", "embase:1", "embase:3")
    came = told(capsys, "-C", str(base), "merge", str(train), "--json")
    assert (came["records"], came["events"], came["differences"]) == (0, 2, [])
    with open_review(base, Environment(), print) as review, review.store.read() as transaction:
        assert [one.key for one in conflicts(transaction)] == ["embase:1"]
    assert run(["-C", str(train), "merge", str(base)]) == 0
    assert flow_of(train) == flow_of(base)
    capsys.readouterr()
    assert run(["-C", str(base), "merge", str(train)]) == 0
    assert "Nothing new" in capsys.readouterr().out
    assert run(["-C", str(base), "doctor"]) == 0


def test_blinding_holds_over_a_merge(base: Path, vote: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    train = copied(base, "train")
    vote(train, "Ben", "exclude", "embase:3")
    assert run(["-C", str(base), "merge", str(train / "review.db")]) == 0
    log = told(capsys, "-C", str(base), "log", "--reviewer", "Ada", "--json")["events"]
    assert [one for one in log if one["kind"] == "decision"] == []
    log = told(capsys, "-C", str(base), "log", "--reviewer", "Ben", "--json")["events"]
    assert [one["subject"] for one in log if one["kind"] == "decision"] == ["embase:3"]


def test_records_and_files_of_a_copy_come_along_and_wait_for_deduplication(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train = copied(base, "train")
    found = tmp_path / "late.csv"
    found.write_text("accession,title,doi\n9,A late trial,10.1/late\n", encoding="utf-8")
    assert run(["-C", str(train), "import", str(found), "--source", "Scopus"]) == 0
    document = tmp_path / "paper.pdf"
    document.write_bytes(b"%PDF-1.7 theirs")
    for arguments in (
        ["decide", "embase:1", "include", "--reviewer", "Ada"],
        ["decide", "embase:1", "include", "--reviewer", "Ben"],
    ):
        assert run(["-C", str(train), *arguments]) == 0
    assert run(["-C", str(train), "retrieve", "embase:1", "retrieved", "--file", str(document), "--reviewer", "Ada"]) == 0
    (attached,) = (train / "fulltext").iterdir()
    (base / "fulltext" / attached.name).write_bytes(b"ours")
    came = told(capsys, "-C", str(base), "merge", str(train), "--json")
    assert (came["records"], came["runs"], len(came["kept_apart"]), came["not_taken"]) == (1, 1, 1, [])
    assert (base / "fulltext" / attached.name).read_bytes() == b"ours"
    assert sorted(path.read_bytes() for path in (base / "fulltext").iterdir()) == [b"%PDF-1.7 theirs", b"ours"]
    assert told(capsys, "-C", str(base), "merge", str(train), "--json")["not_taken"] == []
    third = copied(train, "third")
    (third / "fulltext" / attached.name).write_bytes(b"damaged")
    came = told(capsys, "-C", str(third), "merge", str(base), "--json", code=3)
    assert [left["reason"] for left in came["not_taken"]] == ["is no PDF: it does not begin as a PDF does"]
    assert sorted(path.read_bytes() for path in (third / "fulltext").iterdir()) == [b"%PDF-1.7 theirs", b"damaged"]
    assert told(capsys, "-C", str(base), "flow", "--json")["interim"]
    assert all(one["holds"] for one in told(capsys, "-C", str(base), "doctor", "--json")["checks"])


def test_a_protocol_that_differs_is_shown_and_refused_unless_accepted(
    base: Path, vote: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    train = copied(base, "train")
    text = (train / "review.toml").read_text("utf-8")
    (train / "review.toml").write_text(text.replace('maybe = "include"', 'maybe = "conflict"'), encoding="utf-8")
    vote(train, "Ben", "exclude", "embase:3")
    assert run(["-C", str(base), "merge", str(train)]) == 1
    said = capsys.readouterr().err
    assert "screening.maybe: include here, conflict in the copy" in said
    assert "nothing was merged" in said
    came = told(capsys, "-C", str(base), "merge", str(train), "--accept", "--json")
    assert came["differences"] == ["screening.maybe: include here, conflict in the copy"]
    events = told(capsys, "-C", str(base), "log", "--reviewer", "Ben", "--json")["events"]
    protocols = sorted((one for one in events if one["kind"] == "protocol"), key=lambda one: str(one["id"]))
    assert 'maybe = "include"' in protocols[-1]["payload"]["text"]


def test_a_comment_or_another_database_is_no_difference(base: Path) -> None:
    train = copied(base, "train")
    text = (train / "review.toml").read_text("utf-8")
    (train / "review.toml").write_text(f"# mine\n{text}\n[database]\nurl = 'sqlite:///review.db'\n", encoding="utf-8")
    assert run(["-C", str(base), "merge", str(train)]) == 0


@pytest.mark.parametrize(
    ("copy", "said"),
    [
        ("nowhere", "nowhere does not exist"),
        ("empty", "is no folder of a review"),
        ("review", "own database"),
        ("review/review.db", "own database"),
        ("review/review.toml", "cannot be read as a review's database"),
    ],
)
def test_what_is_no_copy_is_refused_with_a_sentence(
    base: Path, copy: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (base.parent / "empty").mkdir()
    monkeypatch.chdir(base.parent)
    assert run(["-C", str(base), "merge", copy]) == 1
    assert said in capsys.readouterr().err


@pytest.mark.postgres
def test_a_review_moves_to_postgresql_and_back_with_nothing_lost(
    base: Path, postgres_url: str, vote: Callable[..., None], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    vote(base, "Ada", "include", "embase:1", "embase:2")
    before, here = flow_of(base), ["-C", str(base)]
    secret = postgres_url.replace("postgres@", "postgres:s3cret@")
    there = told(capsys, *here, "move", secret, "--json")
    assert there["tables"]["event"]["rows"] > 0
    written = (base / "review.toml").read_text("utf-8")
    assert "s3cret" not in written
    assert sa.make_url(tomllib.loads(written)["database"]["url"]) == sa.make_url(postgres_url)
    assert "# Exclusion reasons in order" in written
    assert not (base / "review.db").exists()
    (old,) = (base / "backups").glob("review-*-moved.db")
    assert run([*here, "merge", str(old)]) == 0
    assert "Nothing new" in capsys.readouterr().out
    assert flow_of(base) == before
    assert run([*here, "doctor"]) == 0
    vote(base, "Ben", "include", "embase:1")
    after = flow_of(base)
    back = told(capsys, *here, "move", "sqlite", "--json")
    assert back["to"].endswith("review.db")
    assert "database" not in tomllib.loads((base / "review.toml").read_text("utf-8"))
    assert flow_of(base) == after
    assert run([*here, "doctor"]) == 0


def test_where_only_the_database_of_a_copy_was_named_the_missing_files_are_told(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train = copied(base, "train")
    (tmp_path / "late.csv").write_text("accession,title\n9,A late trial\n", encoding="utf-8")
    assert run(["-C", str(train), "import", str(tmp_path / "late.csv"), "--source", "Scopus"]) == 0
    assert run(["-C", str(base), "merge", str(train / "review.db")]) == 0
    assert "raw answers and documents are not here" in capsys.readouterr().err
    assert run(["-C", str(base), "doctor"]) == 4
    assert run(["-C", str(base), "merge", str(train)]) == 0
    assert run(["-C", str(base), "doctor"]) == 0


@pytest.mark.postgres
def test_on_a_server_a_raw_answer_in_another_folder_is_said_and_no_fault(
    base: Path, postgres_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["-C", str(base)]
    assert run([*here, "move", postgres_url]) == 0
    shutil.rmtree(base / "raw")
    (found,) = (one for one in told(capsys, *here, "doctor", "--json")["checks"] if one["name"] == "raw answers")
    assert found == {
        "name": "raw answers",
        "holds": True,
        "detail": "0 files match their SHA-256; 1 are not in this folder, perhaps in a colleague's",
    }


@pytest.mark.postgres
def test_a_copy_on_a_server_is_merged_and_a_full_database_is_not_moved_to(
    base: Path, postgres_url: str, vote: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    team, here = copied(base, "team"), ["-C", str(base)]
    assert run(["-C", str(team), "move", postgres_url]) == 0
    vote(team, "Ben", "exclude", "embase:2")
    assert told(capsys, *here, "merge", postgres_url, "--json")["events"] >= 1
    assert run([*here, "move", postgres_url]) == 1
    assert "holds a review already" in capsys.readouterr().err
    assert (base / "review.db").exists()
    capsys.readouterr()
    assert run([*here, "merge", str(team)]) == 1
    assert "asked only if you name it" in capsys.readouterr().err
    assert run([*here, "merge", str(team), "--database", postgres_url]) == 0
    assert run(["-C", str(team), "merge", str(base)]) == 0
    assert flow_of(team) == flow_of(base)


def test_a_move_to_an_existing_file_or_to_nowhere_is_refused(base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (base / "other.db").write_bytes(b"something")
    here = ["-C", str(base)]
    assert run([*here, "move", "other.db"]) == 1
    assert "is not overwritten" in capsys.readouterr().err
    assert run([*here, "move", "review.db"]) == 2
    assert run([*here, "move", "postgresql://nobody@127.0.0.1:1/none"]) == 1
    assert "does not answer" in capsys.readouterr().err
    assert run([*here, "move", "copy.db"]) == 0
    assert tomllib.loads((base / "review.toml").read_text("utf-8"))["database"]["url"] == "sqlite:///copy.db"
    assert run([*here, "status"]) == 0


@pytest.mark.parametrize("revision", ["0001", "0002"])
def test_a_copy_of_an_older_schema_is_upgraded_aside_and_its_own_file_stays_as_it_was(
    revision: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    assert run(["init", str(here), "--reviewer", "Ada", "--reviewer", "Ben"]) == 0
    text = re.sub(r"^id = .*\n", "", (here / "review.toml").read_text("utf-8"), count=1, flags=re.MULTILINE)
    shutil.rmtree(here)
    for folder in (here, there):
        folder.mkdir()
        (folder / "review.toml").write_text(text, encoding="utf-8")
        shutil.copyfile(DATA / f"review-{revision}.db", folder / "review.db")
    (here / "raw" / "x").mkdir(parents=True)
    (here / "raw" / "x" / "answer.gz").write_bytes(b"")
    assert run(["-C", str(here), "status"]) == 0
    assert told(capsys, "-C", str(here), "merge", str(there), "--json")["records"] == 0
    assert (there / "review.db").read_bytes() == (DATA / f"review-{revision}.db").read_bytes()
    assert [path.name for path in sorted(there.iterdir())] == ["review.db", "review.toml"]
