"""From an address to a usable store: create, check the schema's revision, upgrade after a backup, refuse what is newer.

Alembic is imported only when the stored revision is not the current one, because that import costs more than most commands.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from prisma_tool.errors import StoreError
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.snapshots import SnapshotKind, SnapshotName
from prisma_tool.model.text import one_line
from prisma_tool.store.engine.batches import insert_all
from prisma_tool.store.engine.database import PUT_BACK, Store, Transaction, format_address, make_engine, translate_errors
from prisma_tool.store.engine.schema import REVISION, ReviewRow
from prisma_tool.store.engine.snapshots import take_snapshot

HEAD = REVISION

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def open_store(  # noqa: PLR0913 - what opening needs is passed in by name
    address: str | Path,
    *,
    protocol: Protocol,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
    tool_version: str,
    backups: Path,
    tell: Callable[[str], None],
    create: bool = False,
) -> Store:
    """The store at an address, or in the SQLite file at a path, with its schema brought up to date.

    A database of an older version is first copied into `backups` (SQLite) and then upgraded.

    Args:
        address: A PostgreSQL or SQLite address, or the path of a SQLite file.
        protocol: The rules by which transactions read votes.
        now: The clock, giving aware times.
        new_id: Makes event and run ids that sort by time.
        tool_version: What every stored event and run names as its origin.
        backups: The folder for the copy before an upgrade; made when needed.
        tell: Takes a sentence for the user about each upgrade.
        create: Whether an empty or missing database becomes that of a new review; else it is refused.

    Raises:
        StoreError: the database is out of reach, damaged, another program's, or was written by a newer version of this program.
    """
    engine = make_engine(address, create=create)
    with ExitStack() as unless_opened, translate_errors(engine.url):
        unless_opened.callback(engine.dispose)
        if not create:
            _require_file(engine)
        revision = stored_revision(engine)
        if revision is None and not create:
            raise StoreError(f"{format_address(engine.url)} is empty: it holds no review. {PUT_BACK}")
        if revision != HEAD:
            _upgrade(engine, revision, backups, tell, now)
        unless_opened.pop_all()
    return Store(engine, now, new_id, protocol, tool_version, HEAD)


def stored_revision(engine: sa.Engine) -> str | None:
    """The schema revision of a database, None for an empty one.

    Raises:
        StoreError: it holds tables, but no review's.
    """
    with engine.connect() as connection:
        tables = set(sa.inspect(connection).get_table_names())
        if not tables:
            return None
        if not tables >= _OWN_TABLES:
            listed = ", ".join(sorted(tables)[:3]) + (", ..." if len(tables) > 3 else "")  # noqa: PLR2004 - enough to recognise it by
            raise StoreError(
                f"{format_address(engine.url)} is the database of another program (its tables: {one_line(listed)}), not of a review; nothing "
                f"was written into it. {PUT_BACK}"
            )
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


_OWN_TABLES = {"alembic_version", "source", "run", "record", "event"}
"""The tables that a review has had since the first schema."""


def _require_file(engine: sa.Engine) -> None:
    """Say plainly that a file is missing: SQLite would say that it cannot be opened."""
    path = engine.url.database if engine.dialect.name == "sqlite" else None
    if path and not Path(path).exists():
        raise StoreError(f"{path} does not exist. {PUT_BACK}")


def review_id(transaction: Transaction) -> str:
    """The id of the review that a database holds; empty while it has none."""
    return transaction.session.execute(sa.select(ReviewRow.id)).scalar() or ""


def name_review(transaction: Transaction, review: str) -> None:
    """Give a database that has none the id of its review."""
    if not review_id(transaction):
        insert_all(transaction.session, ReviewRow, [{"id": review}])


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
    try:
        target = take_snapshot(Path(str(engine.url.database)), backups, SnapshotName(moment, SnapshotKind.UPGRADE, revision))
    except StoreError as error:
        raise StoreError(f"{error.message} A copy comes before the upgrade, so nothing was changed.") from error
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
