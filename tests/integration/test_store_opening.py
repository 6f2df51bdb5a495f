"""Opening a database: its schema is created, checked, upgraded after a backup or refused, always with a sentence to act on."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import warnings
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from prisma_tool.cli.main import run
from prisma_tool.errors import StoreError
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows, log_numbers, opening
from prisma_tool.store.engine.database import Store, make_engine
from prisma_tool.store.engine.schema import Base
from prisma_tool.store.projections import event_log, rebuild
from prisma_tool.store.records import records

OpenStore = Callable[..., Store]
MakeReview = Callable[..., Review]
RELEASED = sorted((Path(__file__).parents[1] / "data").glob("review-*.db"))


def run_sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_the_newest_revision_is_the_one_that_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(opening.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == opening.HEAD


def _named_in_the_schema(name: str | None, kind: str, parents: object) -> bool:
    """The index of words is each database's own, with tables of its own on SQLite."""
    return not (name or "").startswith("word_index")


def test_the_migrations_make_exactly_the_tables_of_the_schema(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _named_in_the_schema})
        assert compare_metadata(context, Base.metadata) == []


def test_a_database_is_created_once_and_opened_again(open_database: OpenStore, database_url: str) -> None:
    for _ in range(2):
        with closing(open_database(database_url)) as store:
            assert opening.stored_revision(store.engine) == opening.HEAD


def test_a_database_of_a_newer_program_is_refused_and_not_touched(open_database: OpenStore, tmp_path: Path) -> None:
    path = tmp_path / "review.db"
    open_database(f"sqlite:///{path}").close()
    run_sql(path, "UPDATE alembic_version SET version_num = '9999'")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"newer version of prisma-tool \(schema 9999.*Update prisma-tool; nothing was changed"):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes() == before


@pytest.mark.postgres
def test_a_postgresql_database_of_a_newer_program_is_refused(open_database: OpenStore, postgres_url: str) -> None:
    store = open_database(postgres_url)
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer version"):
        open_database(postgres_url)


@pytest.fixture
def later_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The program as it will be one revision later."""
    folder = tmp_path / "later" / "migrations"
    shutil.copytree(opening.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "9000_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '9000'\ndown_revision = '0003'\n"
        "def upgrade():\n    op.create_table('later', sa.Column('n', sa.Integer()))\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(opening, "MIGRATIONS", folder)
    monkeypatch.setattr(opening, "HEAD", "9000")


@pytest.fixture
def older_database(database_url: str, open_database: OpenStore) -> str:
    """A database as today's program leaves it; asked for before `later_program`."""
    open_database(database_url).close()
    return database_url


def test_an_older_database_is_upgraded_after_a_backup(
    older_database: str, later_program: None, open_database: OpenStore, tmp_path: Path
) -> None:
    told: list[str] = []
    store = open_database(older_database, tell=told.append)
    assert sa.inspect(store.engine).has_table("later")
    if store.engine.dialect.name == "postgresql":
        assert "in one transaction" in told[0]
        return
    (copy,) = (tmp_path / "backups").glob("*.db")
    assert str(copy) in told[0]
    assert copy.name.endswith("Z-before-upgrade-0003.db")
    with closing(sqlite3.connect(copy)) as backup:
        assert backup.execute("SELECT version_num FROM alembic_version").fetchall() == [("0003",)]


def test_a_program_that_was_open_during_an_upgrade_stores_nothing_more_and_says_what_to_do(
    older_database: str, open_database: OpenStore, request: pytest.FixtureRequest
) -> None:
    older = open_database(older_database)
    request.getfixturevalue("later_program")
    newer = open_database(older_database)
    for store, fails in ((older, True), (newer, False)):
        for beside in (False, True):
            with (
                pytest.raises(
                    StoreError,
                    match=r"changed to schema 9000 while this program, which writes 0003, was open; nothing was stored",
                )
                if fails
                else nullcontext(),
                store.write(beside=beside) as transaction,
            ):
                event_log.append(transaction, [event_log.Draft(EventKind.NOTE, "x:1", reviewer="Ada")])
    with newer.read() as transaction:
        assert event_log.last_number(transaction) == 2
        assert list(log_numbers.number_problems(transaction)) == []


@pytest.mark.postgres
def test_a_shared_database_is_upgraded_only_when_somebody_agrees_who_knows_who_must_update(
    postgres_url: str, open_database: OpenStore, request: pytest.FixtureRequest
) -> None:
    protocol = Protocol(reviewers=("Ada", "Ben"), adjudicators=("Cy",))
    with open_database(postgres_url).write() as transaction:
        event_log.append(transaction, [event_log.Draft(EventKind.NOTE, "x:1", reviewer="ada")])
    request.getfixturevalue("later_program")
    asked: list[str] = []

    def decline(meaning: str) -> bool:
        asked.append(meaning)
        return False

    with pytest.raises(StoreError, match=r"Nothing was changed; `prisma-tool doctor --upgrade`"):
        open_database(postgres_url, protocol, may_upgrade=decline)
    assert "is shared and has schema 0003" in asked[0]
    assert "Ada (last wrote on 2025-02-03), Ben (has not written yet), Cy (has not written yet)." in asked[0]
    engine = make_engine(postgres_url)
    assert opening.stored_revision(engine) == "0003"
    engine.dispose()
    assert opening.stored_revision(open_database(postgres_url, protocol, may_upgrade=lambda _: True).engine) == "9000"


@pytest.mark.postgres
@pytest.mark.parametrize(("terminal", "answer"), [(False, None), (True, False), (True, True)])
def test_on_a_terminal_the_upgrade_of_a_shared_database_is_asked_about_and_elsewhere_refused(
    terminal: bool,
    answer: bool | None,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    here, postgres_url = ["-C", str(request.getfixturevalue("review_folder"))], request.getfixturevalue("postgres_url")
    assert run([*here, "move", postgres_url]) == 0
    request.getfixturevalue("later_program")
    asked: list[str] = []

    def confirm(text: str, **_: object) -> bool | None:
        asked.append(text)
        return answer

    monkeypatch.setattr("click.confirm", confirm)
    monkeypatch.setattr("sys.stdin.isatty", lambda: terminal, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    assert run([*here, "status"]) == (0 if answer else 1)
    assert len(asked) == terminal
    if not answer:
        assert "must update prisma-tool: Ada (" in capsys.readouterr().err
        assert run([*here, "doctor"]) == 4
        assert run([*here, "doctor", "--upgrade"]) == 0
    assert run([*here, "status"]) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_in_a_file_is_upgraded_without_asking(
    older_database: str, later_program: None, open_database: OpenStore
) -> None:
    def ask(meaning: str) -> bool:
        raise AssertionError(meaning)

    assert opening.stored_revision(open_database(older_database, may_upgrade=ask).engine) == "9000"


def test_an_upgrade_that_fails_leaves_the_older_database_as_it_was(
    older_database: str, later_program: None, open_database: OpenStore
) -> None:
    with (opening.MIGRATIONS / "versions" / "9000_next.py").open("a", encoding="utf-8") as script:
        script.write("    op.execute('SELECT * FROM nowhere')\n")
    with pytest.raises(StoreError):
        open_database(older_database)
    engine = make_engine(older_database)
    assert opening.stored_revision(engine) == "0003"
    assert not sa.inspect(engine).has_table("later")
    engine.dispose()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_backup_that_cannot_be_made_stops_the_upgrade(
    older_database: str, later_program: None, open_database: OpenStore, tmp_path: Path
) -> None:
    (tmp_path / "backups").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(StoreError, match=r"backups.*nothing was changed"):
        open_database(older_database)
    with closing(sqlite3.connect(tmp_path / "review.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0003",)]


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: path.name)
def test_a_database_of_each_released_schema_opens_with_the_same_state(
    released: Path, open_database: OpenStore, tmp_path: Path
) -> None:
    shutil.copy(released, tmp_path / "review.db")
    store = open_database(f"sqlite:///{tmp_path / 'review.db'}")
    with store.read() as transaction:
        kept = rebuild.stored_state(transaction)
        assert rebuild.differences(transaction) == []
        assert [record.citation.title for record in records.all_records(transaction)] == [
            "Aspirin",
            "Aspirin.",
            "Zinc",
            "β-Carotene",
        ]
        assert [event.kind for event in event_rows.events(transaction)][-1] == "from-a-later-version"
    assert kept.cluster_of == {"embase:1": "pubmed:1", "pubmed:1": "pubmed:1", "pubmed:2": "pubmed:2", "website:3": "website:3"}
    states = {(name, stage): (outcome.state, outcome.reason) for (name, stage), outcome in kept.outcomes.items()}
    assert states == {
        ("pubmed:1", "title-abstract"): ("include", ""),
        ("pubmed:1", "full-text"): ("exclude", "wrong-outcome"),
    }


def test_there_is_a_stored_database_of_the_newest_schema() -> None:
    assert f"review-{opening.HEAD}.db" in {path.name for path in RELEASED}


def test_a_file_that_is_no_database_is_named_as_such(open_database: OpenStore, tmp_path: Path) -> None:
    path = tmp_path / "review.db"
    path.write_bytes(b"This is a text about databases. " * 200)
    with pytest.raises(StoreError, match=r"no database .*`prisma-tool rescue`"):
        open_database(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"This is a text")


def test_a_folder_that_does_not_exist_is_named(open_database: OpenStore, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be opened: check that the review folder exists.*nowhere"):
        open_database(f"sqlite:///{tmp_path / 'nowhere' / 'review.db'}")


@pytest.mark.parametrize("name", ["why? because", "100% #1 & more", "[brackets]", "größer"])
def test_a_review_may_have_any_folder_name(make_review: MakeReview, name: str) -> None:
    review = make_review(name=name)
    assert (review.folder / "review.db").is_file()
    assert review.folder.name == name


@pytest.mark.parametrize("address", ["postgresql://ada:secret@127.0.0.1:9/x", "postgresql://ada@127.0.0.1:9/x?password=secret"])
def test_an_absent_postgresql_server_is_named_without_the_password(open_database: OpenStore, address: str) -> None:
    with pytest.raises(StoreError, match=r"server does not answer.*127\.0\.0\.1:9") as caught:
        open_database(address)
    assert "secret" not in str(caught.value)


@pytest.mark.postgres
def test_a_missing_postgresql_database_is_named(open_database: OpenStore, postgres_url: str) -> None:
    with pytest.raises(StoreError, match=r"does not have this database or user.*nowhere"):
        open_database(postgres_url.replace("/test_", "/nowhere_"))


@pytest.mark.postgres
def test_the_short_name_of_postgresql_addresses_works_too(open_database: OpenStore, postgres_url: str) -> None:
    assert open_database(postgres_url.replace("postgresql:", "postgres:")).engine.dialect.name == "postgresql"


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("not an address", "cannot be understood"),
        ("postgresql://ada:secret@host:port/x", "cannot be understood"),
        ("mysql://ada:secret@host/x", "'mysql' are not supported"),
    ],
)
def test_an_address_that_means_nothing_is_refused_without_repeating_it(
    open_database: OpenStore, address: str, sentence: str
) -> None:
    with pytest.raises(StoreError, match=sentence) as caught:
        open_database(address)
    assert "secret" not in str(caught.value)


def test_without_the_driver_postgresql_is_explained(open_database: OpenStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(StoreError, match="'postgres' extra"):
        open_database("postgresql://ada@127.0.0.1:9/x")


def test_opening_and_closing_leaves_no_connection_behind(open_database: OpenStore, database_url: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        open_database(database_url).close()
