"""Opening a database: its schema is created, checked, upgraded after a backup or refused, always with a sentence to act on."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import warnings
from collections.abc import Callable, Mapping
from contextlib import closing, nullcontext
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from prisma_tool.cli.main import run
from prisma_tool.errors import StoreError
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text_query import text_query
from prisma_tool.model.utc import utc_text
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows, log_numbers, opening
from prisma_tool.store.engine.database import Store, make_engine
from prisma_tool.store.engine.packed_texts import packed, unpacked
from prisma_tool.store.engine.schema import Base, VersionRow
from prisma_tool.store.index import index_health, text_index
from prisma_tool.store.projections import event_log, rebuild, single_vote
from prisma_tool.store.records import records

if TYPE_CHECKING:
    from tests.conftest import Deliver

OpenStore = Callable[..., Store]
MakeReview = Callable[..., Review]
DATA = Path(__file__).parents[1] / "data"
RELEASED = sorted(DATA.glob("review-*.db"))


def run_sql(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def test_the_newest_revision_is_the_one_that_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", str(opening.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == opening.HEAD


def _named_in_the_schema(name: str | None, kind: str, parents: Mapping[str, str | None]) -> bool:
    """The index of words is each database's own, with tables of its own on SQLite and a column of texts on PostgreSQL."""
    return not (name or "").startswith("word_index") and (parents.get("table_name"), name) != ("words", "text")


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
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '9000'\ndown_revision = '0005'\n"
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
    assert copy.name.endswith("Z-before-upgrade-0005.db")
    with closing(sqlite3.connect(copy)) as backup:
        assert backup.execute("SELECT version_num FROM alembic_version").fetchall() == [("0005",)]


def test_a_program_that_was_open_during_an_upgrade_stores_nothing_more_and_says_what_to_do(
    older_database: str, open_database: OpenStore, request: pytest.FixtureRequest
) -> None:
    older = open_database(older_database)
    request.getfixturevalue("later_program")
    newer = open_database(older_database)
    for store, fails in ((older, True), (newer, False)):
        refused = (
            pytest.raises(
                StoreError,
                match=r"changed to schema 9000 while this program, which writes 0005, was open; nothing was stored",
            )
            if fails
            else nullcontext()
        )
        with refused, store.write() as transaction:
            event_log.append(transaction, [event_log.Draft(EventKind.NOTE, "x:1", reviewer="Ada")])
        with refused, store.write_beside(single_vote.lock("x:1"), single_vote.questions("x:1")) as write:
            vote = event_log.Draft(EventKind.DECISION, "x:1", "title-abstract", "Ada", {"verdict": "include"})
            single_vote.store(write, single_vote.surroundings(write.answers), vote)
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
    assert "is shared and has schema 0005" in asked[0]
    assert "Ada (last wrote on 2025-02-03), Ben (has not written yet), Cy (has not written yet)." in asked[0]
    engine = make_engine(postgres_url)
    assert opening.stored_revision(engine) == "0005"
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
    assert opening.stored_revision(engine) == "0005"
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
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0005",)]


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


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """A database of schema 0003 whose contents have originals, some of them long."""
    path = Path(shutil.copy(DATA / "review-0003.db", tmp_path / "review.db"))
    run_sql(
        path,
        "UPDATE record_version SET raw = 'TY  - JOUR' || char(10) || content || char(10) || 'N1  - ' || replace(hex(zeroblob(8000)), '0', 'ä ')",
    )
    return path


def _plain_rows(path: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT record, version, run, stored, changes, content, raw FROM record_version ORDER BY 1, 2"
        ).fetchall()


def _found(path: Path) -> dict[str, set[str]]:
    """What each word and pair of words of a database finds, asked of its own tables."""
    with closing(sqlite3.connect(path)) as connection:
        texts = dict(connection.execute("SELECT record, text FROM words").fetchall())
        asked = {f'"{first} {second}"' for text in texts.values() for first, second in pairwise(f"{text} {text}".split())}
        asked |= {word for text in texts.values() for word in text.split()}
        finding = "SELECT record FROM words WHERE id IN (SELECT rowid FROM word_index WHERE word_index MATCH ?)"
        quoted = {one: one if '"' in one else f'"{one}"' for one in asked}
        return {one: {key for (key,) in connection.execute(finding, (sign,))} for one, sign in quoted.items()}


def test_the_upgrade_of_a_former_schema_keeps_every_byte_of_the_records_and_what_words_find(
    former: Path, open_database: OpenStore
) -> None:
    rows, finds = _plain_rows(former), _found(former)
    store = open_database(f"sqlite:///{former}")
    with store.read() as transaction:
        kept = [
            (
                row.record,
                row.version,
                row.run,
                utc_text(row.stored),
                json.dumps(row.changes),
                row.content,
                unpacked(row.raw, row.content),
            )
            for (row,) in transaction.session.execute(sa.select(VersionRow).order_by(VersionRow.record, VersionRow.version))
        ]
        assert kept == rows
        assert {one: text_index.keys_matching(transaction, text_query(one)) for one in finds} == finds
        assert max(map(len, finds.values())) > 1
    with store.write() as transaction:
        assert not list(index_health.outdated(transaction))
        assert not index_health.search_tables_differ(transaction)
    stored = [(content, raw) for *_, content, raw in _plain_rows(former)]
    assert all(isinstance(one, bytes) for pair in stored for one in pair)
    assert sum(len(raw) for _, raw in stored) < 0.1 * sum(len(row[-1]) for row in rows)


@pytest.mark.parametrize(("in_use", "page"), [(False, 8_192), (True, 4_096)])
def test_an_upgraded_file_is_made_smaller_unless_somebody_else_has_it_open(
    former: Path, open_database: OpenStore, in_use: bool, page: int
) -> None:
    before = former.stat().st_size
    run_sql(former, "PRAGMA journal_mode=WAL")
    with closing(sqlite3.connect(former)) as other:
        if in_use:
            other.execute("SELECT * FROM record").fetchall()
        store = open_database(f"sqlite:///{former}")
        assert opening.stored_revision(store.engine) == opening.HEAD
        with store.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA page_size").scalar() == page
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert (connection.exec_driver_sql("PRAGMA freelist_count").scalar() == 0) is not in_use
        run_sql(former, "PRAGMA wal_checkpoint(TRUNCATE)")
    assert (former.stat().st_size < before) is not in_use


def test_an_upgrade_needs_no_room_for_making_the_file_smaller(
    former: Path, open_database: OpenStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, 3 * former.stat().st_size - 1))
    store = open_database(f"sqlite:///{former}")
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA page_size").scalar() == 4_096


def test_a_text_that_only_sqlite_indexed_whole_is_indexed_as_far_as_every_database_can(
    former: Path, open_database: OpenStore
) -> None:
    words = " ".join(f"word{number:06}" for number in range(90_000))
    run_sql(
        former,
        "DELETE FROM words WHERE record = 'pubmed:2'",
        f"INSERT INTO words (record, text) VALUES ('pubmed:2', 'zinc {words}')",
    )
    with open_database(f"sqlite:///{former}").read() as transaction:
        for word, finds in (("zinc", {"pubmed:2"}), ("word000000", {"pubmed:2"}), ("word089999", set())):
            assert text_index.keys_matching(transaction, text_query(word)) == finds
        assert list(index_health.outdated(transaction)) == ["pubmed:2"], (
            "so that doctor --rebuild lets its short fields come first"
        )


@pytest.mark.postgres
def test_the_former_schema_is_upgraded_on_postgresql_too(postgres_url: str, open_database: OpenStore, deliver: Deliver) -> None:
    store = open_database(postgres_url)
    deliver(store, ("1", Citation(title="Aspirin")), ("2", Citation(title="Zinc")))
    with store.write() as transaction:
        content = transaction.session.get_one(VersionRow, ("embase:1", 1)).content
        transaction.session.execute(
            sa.update(VersionRow).where(VersionRow.record == "embase:1").values(raw=packed("TY  - JOUR", content))
        )
    with store.engine.connect().execution_options(prisma_write="alone") as connection, connection.begin():
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(opening.MIGRATIONS))
        command.downgrade(config, "0003")
        (former,) = connection.exec_driver_sql("SELECT raw FROM record_version WHERE record = 'embase:1'").one()
    assert former == "TY  - JOUR"
    with open_database(postgres_url).write() as transaction:
        row = transaction.session.get_one(VersionRow, ("embase:1", 1))
        assert (row.content, unpacked(row.raw, row.content)) == (content, "TY  - JOUR")
        assert text_index.keys_matching(transaction, text_query("zinc")) == {"embase:2"}
        assert not list(index_health.outdated(transaction))


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
