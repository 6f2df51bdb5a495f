"""From an address to a usable store: create, check the schema's revision, upgrade after a backup, refuse what is newer.

Alembic is imported only when the stored revision is not the current one, because that import costs more than most commands.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from prisma_tool.errors import StoreError
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.store.engine.database import Store, make_engine, translate_errors

HEAD = "0002"
"""The newest revision in `migrations/versions`; a test holds it equal to Alembic's own answer."""

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def open_store(
    address: str | Path,
    *,
    protocol: Protocol,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    tool_version: str,
    backups: Path,
    tell: Callable[[str], None],
) -> Store:
    """The store at an address, or in the SQLite file at a path, with its schema brought up to date.

    A database of an older version is first copied into `backups` (SQLite) and then upgraded.

    Args:
        address: A PostgreSQL or SQLite address, or the path of a SQLite file, which is made where there is none.
        protocol: The rules by which transactions read votes.
        now: The clock, giving aware times.
        new_id: Makes event and run ids that sort by time.
        tool_version: What every stored event and run names as its origin.
        backups: The folder for the copy before an upgrade; made when needed.
        tell: Takes a sentence for the user about each upgrade.

    Raises:
        StoreError: the database is out of reach, damaged, or was written by a newer version of this program.
    """
    engine = make_engine(address)
    with ExitStack() as unless_opened, translate_errors(engine.url):
        unless_opened.callback(engine.dispose)
        revision = stored_revision(engine)
        if revision != HEAD:
            _upgrade(engine, revision, backups, tell, now)
        unless_opened.pop_all()
    return Store(engine, now, new_id, protocol, tool_version)


def stored_revision(engine: sa.Engine) -> str | None:
    """The schema revision of a database, None for an empty one."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def known_revisions() -> frozenset[str]:
    """The revisions this program can upgrade from, read from the names of the migration files."""
    return frozenset(path.name.split("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _upgrade(
    engine: sa.Engine, revision: str | None, backups: Path, tell: Callable[[str], None], now: Callable[[], datetime]
) -> None:
    if revision is not None:
        if revision not in known_revisions():
            raise StoreError(
                f"This review's database was written by a newer version of prisma-tool (schema {revision}; this program knows up to "
                f"{HEAD}). Update prisma-tool; nothing was changed."
            )
        _back_up(engine, revision, backups, tell, now())
    migrate(engine, HEAD)


def _back_up(engine: sa.Engine, revision: str, backups: Path, tell: Callable[[str], None], moment: datetime) -> None:
    if engine.dialect.name != "sqlite":
        tell("Upgrading the PostgreSQL schema in one transaction; if it fails, nothing changes.")
        return
    target = backups / f"review-{revision}-{moment:%Y%m%dT%H%M%SZ}.db"
    try:
        backups.mkdir(exist_ok=True)
        with closing(sqlite3.connect(str(engine.url.database))) as original, closing(sqlite3.connect(target)) as copy:
            original.backup(copy)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"Before its upgrade the database must be copied to {target}, which failed: {error}. "
            "Make that possible and try again; nothing was changed."
        ) from error
    tell(f"The database was copied to {target} before its upgrade to schema {HEAD}.")


def migrate(engine: sa.Engine, revision: str) -> None:
    """Bring a database to `revision`, such as `HEAD`, in one transaction; an empty one gets all tables."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect().execution_options(prisma_write="alone") as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
