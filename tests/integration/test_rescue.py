"""Rescue: what a damaged review gives back, and that nothing is missing without a word."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from copied_folders import copy_folder

from prisma_tool.cli.main import run
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import create_review, open_review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.opening import review_id
from prisma_tool.store.index.originals import stored_originals
from prisma_tool.store.projections import rebuild
from prisma_tool.store.records.records import all_records

if TYPE_CHECKING:
    from tests.conftest import MadeOnce

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "rescue.py"


def _benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rescue_benchmark", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


benchmark = _benchmark()


Made = tuple[Any, Any]
"""What a seed's review held, and how chance stood when it had been made."""


@pytest.fixture(scope="session")
def made() -> dict[int, Made]:
    """The reviews of this process by their seeds."""
    return {}


@pytest.fixture
def rescued(made: dict[int, Made], made_once: MadeOnce, tmp_path: Path) -> Callable[[int, Any], tuple[str, str]]:
    """What `rescued` of the benchmark gives, where the review of each seed is made once."""

    def rescued(seed: int, damage: Any) -> tuple[str, str]:
        chance = random.Random(seed)

        def make() -> None:
            made[seed] = benchmark.make(tmp_path, chance), chance.getstate()

        made_once(make, tmp_path / "review", seed)
        held, state = made[seed]
        chance.setstate(state)
        outcome: tuple[str, str] = benchmark.damaged(damage, tmp_path, chance, held)
        return outcome

    return rescued


@pytest.mark.parametrize("damage", benchmark.WHOLE, ids=lambda damage: damage.__name__)
def test_nothing_that_was_confirmed_is_missing_after(damage: Any, rescued: Callable[..., tuple[str, str]]) -> None:
    assert rescued(17, damage) == ("whole", "")


def test_bytes_changed_in_the_description_of_a_table(rescued: Callable[..., tuple[str, str]]) -> None:
    assert rescued(375, benchmark.flip_bytes) == ("whole", "")


@pytest.mark.parametrize("seed", [10, 23])
@pytest.mark.parametrize("damage", benchmark.PARTLY, ids=lambda damage: damage.__name__)
def test_what_is_missing_is_named_after(damage: Any, seed: int, rescued: Callable[..., tuple[str, str]]) -> None:
    assert rescued(seed, damage)[0] in ("whole", "named")


@pytest.fixture
def demo(tmp_path: Path, built_demo: Path) -> Path:
    """A copy of the worked example."""
    return copy_folder(built_demo, tmp_path / "demo")


def shown(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert run([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def _lose_databases(folder: Path) -> None:
    (folder / "review.db").unlink()
    shutil.rmtree(folder / "backups")


def _lose_journal(folder: Path) -> None:
    shutil.rmtree(folder / "journal")


@pytest.mark.parametrize("lose", [_lose_databases, _lose_journal])
def test_the_new_review_counts_as_the_old_one_did(
    demo: Path, tmp_path: Path, lose: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["-C", str(demo)]
    questions = (["flow"], ["status"], ["study", "list"])
    before = [shown(capsys, *here, *question) for question in questions]
    lose(demo)
    done = shown(capsys, *here, "rescue", "--to", str(tmp_path / "new"))
    assert done["complete"]
    assert [shown(capsys, "-C", str(tmp_path / "new"), *question) for question in questions] == before
    assert run(["-C", str(tmp_path / "new"), "doctor"]) == 0


def test_the_account_says_from_where_each_came_and_the_damaged_folder_is_as_it_was(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _lose_databases(demo)
    before = {path: path.read_bytes() for path in demo.rglob("*") if path.is_file()}
    done = shown(capsys, "-C", str(demo), "rescue")
    assert Path(done["folder"]) == tmp_path / "demo-rescued"
    assert done["records"] == {"database": 0, "snapshot": 0, "raw": 661, "total": 661}
    assert done["events"]["journal"] == done["events"]["total"] > 700
    assert {path: path.read_bytes() for path in demo.rglob("*") if path.is_file()} == before


def test_records_whose_answers_are_lost_are_named(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _lose_databases(demo)
    (gone,) = (demo / "raw").glob("*/embase*")
    gone.unlink()
    done = shown(capsys, "-C", str(demo), "rescue", code=3)
    assert any(gone.name in line and "is missing" in line for line in done["missing"])
    assert not done["complete"]


def test_answers_and_documents_that_no_record_depends_on_are_missed_too(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.4\n")
    here = ["-C", str(demo)]
    key = shown(capsys, *here, "study", "list")["studies"][0]["records"][0]
    assert run([*here, "retrieve", key, "retrieved", "--file", str(tmp_path / "paper.pdf")]) == 0
    for name in ("raw", "fulltext"):
        shutil.rmtree(demo / name)
    done = shown(capsys, *here, "rescue", code=3)
    answers, documents = done["missing"]
    assert answers.startswith("21 untouched answers: raw/")
    assert documents.startswith("8 documents: fulltext/")


def test_a_report_described_by_hand_is_rescued(demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    added = shown(capsys, "-C", str(demo), "add", "--title", "A thesis", "--source", "Reference lists", "--kind", "citation")
    _lose_databases(demo)
    shown(capsys, "-C", str(demo), "rescue")
    assert shown(capsys, "-C", f"{demo}-rescued", "edit", added["key"], "title", "The thesis") is not None


def test_a_file_read_by_columns_that_a_person_named_is_read_so_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["-C", str(tmp_path / "review")]
    assert run(["init", str(tmp_path / "review"), "--reviewer", "Ada"]) == 0
    (tmp_path / "t.csv").write_text("what,where\nZinc,Embase\nIron,Scopus\nGold,Embase\n", "utf-8")
    options = ["--source", "Mixed", "--source-column", "where", "--column", "title=what"]
    assert run([*here, "import", str(tmp_path / "t.csv"), *options]) == 0
    before = shown(capsys, *here, "flow")["lists"]
    _lose_databases(tmp_path / "review")
    assert shown(capsys, *here, "rescue")["records"]["raw"] == 3
    assert shown(capsys, "-C", str(tmp_path / "review-rescued"), "flow")["lists"] == before


def test_an_event_that_was_altered_in_the_database_is_taken_from_the_journal(
    demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = shown(capsys, "-C", str(demo), "flow")
    with closing(sqlite3.connect(demo / "review.db")) as connection, connection:
        connection.execute("UPDATE event SET payload = replace(payload, 'exclude', 'include') WHERE kind = 'decision'")
    shown(capsys, "-C", str(demo), "rescue")
    assert shown(capsys, "-C", f"{demo}-rescued", "flow") == before


def test_the_database_of_another_review_is_left_out(demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other"
    assert run(["init", str(other), "--reviewer", "Ada"]) == 0
    shutil.copyfile(other / "review.db", demo / "review.db")
    done = shown(capsys, "-C", str(demo), "rescue")
    assert done["records"]["total"] == 661


@pytest.mark.posix
def test_links_pipes_and_paths_that_lead_out_are_not_followed(
    demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _lose_databases(demo)
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("secret", "utf-8")
    os.mkfifo(demo / "review.db")
    shutil.rmtree(demo / "fulltext")
    (demo / "fulltext").symlink_to(secret)
    (demo / "rejects" / "key").symlink_to(secret / "key")
    os.mkfifo(demo / "journal" / "9.jsonl")
    missing = shown(capsys, "-C", str(demo), "rescue", code=3)["missing"]
    assert [line for line in missing if "not copied" in line] == [
        "fulltext is a link; it was not copied",
        "rejects/key is a link; it was not copied",
        "journal/9.jsonl is not a file (a device or pipe); it was not copied",
    ]
    assert [path for path in Path(f"{demo}-rescued").rglob("*") if path.is_file() and path.read_bytes() == b"secret"] == []


@pytest.mark.parametrize("released", ["review-0001.db", "review-0002.db"])
def test_a_database_from_before_reviews_had_an_id_is_rescued_as_its_upgrade_would_be(released: str, tmp_path: Path) -> None:
    states = []
    for name in ("upgraded", "damaged"):
        create_review(tmp_path / name, text="title = 'A review'\n")
        (tmp_path / name / "review.toml").write_text("title = 'A review'\n", "utf-8")
        shutil.copyfile(Path(__file__).parents[1] / "data" / released, tmp_path / name / "review.db")
    assert run(["-C", str(tmp_path / "damaged"), "rescue", "--to", str(tmp_path / "rescued")]) == 0
    for name in ("upgraded", "rescued"):
        with open_review(tmp_path / name, Environment(), print) as review, review.store.read() as transaction:
            state = rebuild.stored_state(transaction)
            log = {event.id: (event.clock, event.sha256) for event in event_rows.events(transaction) if event.kind != "protocol"}
            states.append((review_id(transaction), log, state.cluster_of, state.outcomes))
    assert states[0] == states[1]


def test_an_original_that_cannot_be_read_is_named_and_costs_its_record_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, ris = tmp_path / "damaged", tmp_path / "two.ris"
    ris.write_text("".join(f"TY  - JOUR\nTI  - Aspirin {n}\nAN  - {n}\nER  - \n" for n in (1, 2)), "utf-8")
    assert run(["init", str(folder), "--reviewer", "Ada"]) == 0
    assert run(["-C", str(folder), "import", str(ris), "--source", "Embase"]) == 0
    with closing(sqlite3.connect(folder / "review.db")) as connection, connection:
        connection.execute("UPDATE record_version SET raw = x'f8ff' WHERE record = 'embase:1'")
    capsys.readouterr()
    assert run(["-C", str(folder), "export", "-o", str(tmp_path / "out.nbib")]) in (0, 1)
    assert "Traceback" not in capsys.readouterr().err
    done = shown(capsys, "-C", str(folder), "rescue", "--to", str(tmp_path / "rescued"))
    assert done["notes"] == ["Not readable in the database: 1 places of record_version."]
    with open_review(tmp_path / "rescued", Environment(), print) as review, review.store.read() as transaction:
        originals = dict(stored_originals(transaction, ["embase:1", "embase:2"]))
        titles = [record.citation.title for record in all_records(transaction)]
    assert (originals["embase:1"], "TI  - Aspirin 2" in originals["embase:2"]) == ("", True)
    assert titles == ["Aspirin 1", "Aspirin 2"]


def test_a_content_that_cannot_be_read_is_an_error_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "review"), "--reviewer", "Ada"]) == 0
    here = ["-C", str(tmp_path / "review")]
    assert run([*here, "add", "--title", "Aspirin", "--source", "Website", "--kind", "website"]) == 0
    with closing(sqlite3.connect(tmp_path / "review" / "review.db")) as connection, connection:
        connection.execute("UPDATE record_version SET content = x'f8ff'")
    capsys.readouterr()
    assert run([*here, "export", "-o", str(tmp_path / "out.csv")]) == 1
    assert "The content of a record is damaged (a packed text" in (said := capsys.readouterr().err)
    assert "`prisma-tool rescue`" in said


@pytest.fixture
def refused(demo: Path) -> Iterator[Path]:
    """The damaged folder stays as it is whatever is refused."""
    before = sorted(demo.rglob("*"))
    yield demo
    assert sorted(demo.rglob("*")) == before


@pytest.mark.parametrize(("target", "code"), [("demo/new", 2), ("full", 1)])
def test_a_folder_in_use_or_within_the_damaged_one_is_refused(refused: Path, tmp_path: Path, target: str, code: int) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    assert run(["-C", str(refused), "rescue", "--to", str(tmp_path / target)]) == code
