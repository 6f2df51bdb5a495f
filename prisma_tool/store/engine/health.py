"""Questions about the database itself."""

from __future__ import annotations

import sqlalchemy as sa

from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import EventRow


def integrity(transaction: Transaction) -> list[str]:
    """What SQLite finds wrong with its file or references, a sentence each; a PostgreSQL server looks after itself."""
    if transaction.session.get_bind().dialect.name != "sqlite":
        return []
    damage = [str(line) for line in transaction.session.execute(sa.text("PRAGMA integrity_check")).scalars() if line != "ok"]
    broken = transaction.session.execute(sa.text("PRAGMA foreign_key_check")).all()
    return damage + [f"a row of {row[0]} points to a missing {row[2]}" for row in broken]


def event_kinds(transaction: Transaction) -> dict[str, int]:
    """How many events of each kind the log holds."""
    statement = sa.select(EventRow.kind, sa.func.count()).group_by(EventRow.kind)
    return dict(transaction.session.execute(statement).all())


def server(transaction: Transaction) -> str:
    """What kind of database this is, and its version."""
    dialect = transaction.session.get_bind().dialect
    version = ".".join(map(str, getattr(dialect, "server_version_info", None) or ()))
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(dialect.name, dialect.name)
    return f"{name} {version}".strip()


def revision(transaction: Transaction) -> str:
    """The schema's revision."""
    return str(transaction.session.execute(sa.text("SELECT version_num FROM alembic_version")).scalar())
