"""A review knows itself: no other database is taken for its own, none is created by accident, and copies upgraded apart agree."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from prisma_tool.cli.main import run
from prisma_tool.errors import ReviewError, StoreError
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import create_review, open_review
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.store.engine import event_rows, opening
from prisma_tool.store.engine.database import Store, make_engine
from prisma_tool.store.engine.log_contents import altered
from prisma_tool.store.projections import rebuild
from prisma_tool.store.projections.log_head import log_head

if TYPE_CHECKING:
    from tests.conftest import OpenStore
    from tests.integration.conftest import Bench

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    made = make_bench(reviewers=("Ada",))
    made.given("Embase", "1", "2")
    made.dedupe()
    made.vote("exclude", "embase:1")
    made.review.store.close()
    return made


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE moz_places (id INTEGER)")
        connection.execute("INSERT INTO moz_places VALUES (7)")


def _no_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA user_version = 3")


def _folder(path: Path) -> None:
    path.mkdir()


def _another_review(path: Path) -> None:
    folder = path.parent.parent / "another-review"
    create_review(folder, title="Zinc")
    with open_review(folder, Environment(), print):
        pass
    shutil.copy(folder / "review.db", path)


def _another_application(path: Path) -> None:
    """One that also uses Alembic, whose table of versions looks like ours."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute(f"INSERT INTO alembic_version VALUES ('{opening.HEAD}')")
        connection.execute("CREATE TABLE event (id INTEGER)")


def _missing(path: Path) -> None:
    """Nothing is put in its place."""


@pytest.mark.parametrize(
    ("replace", "sentence"),
    [
        (_missing, r"review\.db is missing or empty, though raw/ or journal/ show"),
        (_empty, r"review\.db is missing or empty, though raw/ or journal/ show"),
        (_no_tables, r"is empty: it holds no review"),
        (_folder, r"review\.db is no file \(a folder, pipe or device\)"),
        (_another_program, r"is the database of another program \(its tables: moz_places\), not of a review"),
        (_another_application, r"is the database of another program \(its tables: alembic_version, event\)"),
        (
            _another_review,
            r"belongs to the review .* \(A review\), but the database .* holds the review .* \(Zinc\); nothing was changed",
        ),
    ],
)
def test_a_file_in_the_place_of_the_database_is_refused_and_not_written_to(
    bench: Bench, replace: Callable[[Path], None], sentence: str
) -> None:
    path = bench.review.folder / "review.db"
    for part in bench.review.folder.glob("review.db*"):
        part.unlink()
    replace(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError, match=sentence), open_review(bench.review.folder, Environment(), print):
        pass
    for command in (["status"], ["flow", "--check"], ["decide", "embase:2", "include"]):
        assert run(["-C", str(bench.review.folder), *command]) == 1
    assert run(["-C", str(bench.review.folder), "doctor"]) == 4
    assert (path.read_bytes() if path.is_file() else None) == before


@pytest.mark.postgres
def test_a_server_database_of_another_application_is_refused_and_not_written_to(bench: Bench, postgres_url: str) -> None:
    engine = make_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE invoices (id INTEGER)"))
    environment = Environment(database=postgres_url)
    with (
        pytest.raises(StoreError, match=r"another program \(its tables: invoices\).*nothing was written into it"),
        open_review(bench.review.folder, environment, print),
    ):
        pass
    assert sa.inspect(engine).get_table_names() == ["invoices"]
    engine.dispose()


@pytest.mark.postgres
def test_an_empty_server_database_is_no_new_review_where_work_was_done(bench: Bench, postgres_url: str) -> None:
    with (
        pytest.raises(StoreError, match="is empty: it holds no review"),
        open_review(bench.review.folder, Environment(database=postgres_url), print),
    ):
        pass
    engine = make_engine(postgres_url)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_review_toml_without_an_id_takes_that_of_its_database_and_says_so(bench: Bench) -> None:
    path = bench.review.folder / "review.toml"
    text = path.read_text("utf-8")
    stored = parse_protocol(text).id
    path.write_text("".join(line for line in text.splitlines(keepends=True) if not line.startswith("id = ")), encoding="utf-8")
    assert not parse_protocol(path.read_text("utf-8")).id
    sentences: list[str] = []
    with open_review(bench.review.folder, Environment(), sentences.append) as review:
        assert review.protocol.id == stored
    assert parse_protocol(path.read_text("utf-8")).id == stored
    assert f'id = "{stored}"; keep it' in sentences[0]


@pytest.mark.parametrize("written", ["7", '"my review"', '"6579cf23-83ba-4c75-8c08"', "true"])
def test_an_id_that_is_no_uuid_is_refused(bench: Bench, written: str) -> None:
    path = bench.review.folder / "review.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace(f'id = "{parse_protocol(text).id}"', f"id = {written}"), encoding="utf-8")
    with pytest.raises(ReviewError, match="'id'"), open_review(bench.review.folder, Environment(), print):
        pass


# --- upgrades


def facts(store: Store) -> dict[str, Any]:
    """What must be the same wherever a database is upgraded."""
    with store.read() as transaction:
        assert list(altered(transaction)) == []
        assert rebuild.differences(transaction) == []
        events = list(event_rows.events(transaction))
        return {
            "review": opening.review_id(transaction),
            "head": log_head(transaction).head,
            "order": [(event.id, event.clock, event.salt, event.via) for event in events],
        }


@pytest.mark.parametrize("schema", ["0001", "0002"])
def test_what_an_upgrade_fills_in_derives_from_the_log_alone(schema: str, open_database: OpenStore, tmp_path: Path) -> None:
    upgraded = []
    for name in ("one", "another"):
        shutil.copy(DATA / f"review-{schema}.db", tmp_path / f"{name}.db")
        upgraded.append(facts(open_database(f"sqlite:///{tmp_path / name}.db")))
    assert upgraded[0] == upgraded[1]
    assert UUID(upgraded[0]["review"]).version == 5
    assert [clock for _, clock, _, _ in upgraded[0]["order"]] == sorted(clock for _, clock, _, _ in upgraded[0]["order"])


@pytest.mark.postgres
def test_an_upgrade_on_a_server_fills_in_the_same_as_in_a_file(
    open_database: OpenStore, postgres_url: str, tmp_path: Path
) -> None:
    shutil.copy(DATA / "review-0002.db", tmp_path / "file.db")
    _copy_rows(tmp_path / "file.db", postgres_url)
    assert facts(open_database(postgres_url)) == facts(open_database(f"sqlite:///{tmp_path / 'file.db'}"))


def _copy_rows(path: Path, postgres_url: str) -> None:
    """All rows of an older database in a file, into one of the same schema on a server."""
    target = make_engine(postgres_url)
    opening.migrate(target, "0002")
    with closing(sqlite3.connect(path)) as source, target.begin() as connection:
        tables = sa.MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name == "alembic_version":
                continue
            columns = [column.name for column in table.columns]
            for row in source.execute(f"SELECT {', '.join(columns)} FROM {table.name}"):
                connection.execute(sa.insert(table), [dict(zip(columns, map(_plain, table.columns, row), strict=True))])
    target.dispose()


def _plain(column: sa.Column[Any], value: Any) -> Any:
    """A value as the driver of the other database takes it: SQLite has neither JSON nor truth values."""
    import json

    if isinstance(column.type, sa.JSON):
        return json.loads(value)
    return bool(value) if isinstance(column.type, sa.Boolean) else value


def test_copies_that_were_upgraded_apart_merge(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("here", "there")]
    for folder in folders:
        create_review(folder, text='title = "A review"\nreviewers = ["Ada"]\n')
        toml = folder / "review.toml"
        toml.write_text('title = "A review"\nreviewers = ["Ada"]\n', encoding="utf-8")
        shutil.copy(DATA / "review-0002.db", folder / "review.db")
        assert run(["-C", str(folder), "status"]) == 0
    assert run(["-C", str(folders[1]), "decide", "pubmed:2", "include"]) == 0
    assert run(["-C", str(folders[0]), "merge", str(folders[1])]) == 0
    with open_review(folders[0], Environment(), print) as review, review.store.read() as transaction:
        votes = [event for event in event_rows.events(transaction, kinds=["decision"]) if event.subject == "pubmed:2"]
        assert [vote.text("verdict") for vote in votes] == ["exclude", "include"]
        assert list(altered(transaction)) == []
