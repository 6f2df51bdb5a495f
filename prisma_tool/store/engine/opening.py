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
from prisma_tool.store.engine.addresses import format_address
from prisma_tool.store.engine.batches import insert_all
from prisma_tool.store.engine.compaction import compact
from prisma_tool.store.engine.database import Store, Transaction, make_engine
from prisma_tool.store.engine.driver_errors import PUT_BACK, PUT_BACK_ON_SERVER, translate_errors
from prisma_tool.store.engine.schema import OWN_TABLES, REVISION, ReviewRow
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
    may_upgrade: Callable[[str], bool] = lambda _: False,
) -> Store:
    """The store at an address, or in the SQLite file at a path, with its schema brought up to date.

    A database of an older version is first copied into `backups` (SQLite) and then upgraded; one on a server, which others use too, only
    if `may_upgrade` agrees.

    Args:
        address: A PostgreSQL or SQLite address, or the path of a SQLite file.
        protocol: The rules by which transactions read votes.
        now: The clock, giving aware times.
        new_id: Makes event and run ids that sort by time.
        tool_version: What every stored event and run names as its origin.
        backups: The folder for the copy before an upgrade; made when needed.
        tell: Takes a sentence for the user about each upgrade.
        create: Whether an empty or missing database becomes that of a new review; else it is refused.
        may_upgrade: Is asked, with a sentence that says what it means for whom, before a database on a server is upgraded.

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
            raise StoreError(f"{format_address(engine.url)} is empty: it holds no review. {_put_back(engine)}")
        if revision is not None and revision != HEAD:
            _require_upgradable(engine, revision, protocol, may_upgrade)
            _back_up(engine, revision, backups, tell, now())
        if revision != HEAD:
            migrate(engine, HEAD)
        if revision not in (None, HEAD) and engine.dialect.name == "sqlite":
            compact(Path(str(engine.url.database)))
        unless_opened.pop_all()
    return Store(engine, now, new_id, protocol, tool_version, HEAD)


def is_empty(address: str | Path) -> bool:
    """Whether a database has no tables at all.

    Raises:
        StoreError: it cannot be reached, or holds tables, but no review's.
    """
    engine = make_engine(address)
    with ExitStack() as stack, translate_errors(engine.url):
        stack.callback(engine.dispose)
        return stored_revision(engine) is None


def _put_back(engine: sa.Engine) -> str:
    return PUT_BACK if engine.dialect.name == "sqlite" else PUT_BACK_ON_SERVER


def stored_revision(engine: sa.Engine) -> str | None:
    """The schema revision of a database, None for an empty one.

    Raises:
        StoreError: it holds tables, but no review's.
    """
    with engine.connect() as connection:
        tables = set(sa.inspect(connection).get_table_names())
        if not tables:
            return None
        if not tables >= OWN_TABLES:
            listed = ", ".join(sorted(tables)[:3]) + (", ..." if len(tables) > 3 else "")  # noqa: PLR2004 - enough to recognise it by
            raise StoreError(
                f"{format_address(engine.url)} is the database of another program (its tables: {one_line(listed)}), not of a review; nothing "
                f"was written into it. {_put_back(engine)}"
            )
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


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


def require_same_review(engine: sa.Engine, review: str) -> None:
    """Check that a database can be used as it is, and holds this review.

    Raises:
        StoreError: it cannot be reached, has another schema, or holds another review or none.
    """
    with translate_errors(engine.url):
        _require_file(engine)
        revision = stored_revision(engine)
        if revision != HEAD:
            problem = "is empty" if revision is None else f"has schema {revision}, this program {HEAD}"
            raise StoreError(f"{format_address(engine.url)} {problem}.")
        with engine.connect() as connection:
            stored = connection.execute(sa.select(ReviewRow.id)).scalar() or ""
    if stored != review:
        raise StoreError(f"{format_address(engine.url)} holds {f'the review {stored}' if stored else 'no review'}, not {review}.")


def _require_upgradable(engine: sa.Engine, revision: str, protocol: Protocol, may_upgrade: Callable[[str], bool]) -> None:
    """Refuse what is newer, and what others use too unless that is agreed."""
    if revision not in known_revisions():
        raise StoreError(
            f"This review's database was written by a newer version of prisma-tool (schema {revision}; this program knows up to "
            f"{HEAD}). Update prisma-tool; nothing was changed."
        )
    if engine.dialect.name == "sqlite":
        return
    meaning = (
        f"{format_address(engine.url)} is shared and has schema {revision}; after its upgrade to {HEAD} older programs are refused, so all "
        f"who use it must update prisma-tool: {_who_must_update(engine, protocol)}."
    )
    if not may_upgrade(meaning):
        raise StoreError(f"{meaning} Nothing was changed; `prisma-tool doctor --upgrade` upgrades it.")


def _who_must_update(engine: sa.Engine, protocol: Protocol) -> str:
    statement = sa.text("SELECT reviewer, max(received) FROM event WHERE reviewer <> '' GROUP BY reviewer")
    with engine.connect() as connection:
        newest = {name.casefold(): received for name, received in connection.execute(statement)}
    people = dict.fromkeys((*protocol.reviewers, *protocol.adjudicators, *protocol.observers))
    wrote = {name: newest.get(name.casefold(), "")[: len("2025-01-31")] for name in people}
    listed = (f"{one_line(name)} ({f'last wrote on {day}' if day else 'has not written yet'})" for name, day in wrote.items())
    return ", ".join(listed) or "review.toml lists nobody"


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
