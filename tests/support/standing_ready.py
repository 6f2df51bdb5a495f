"""What tests need again and again, made once a process: an empty SQLite database of today's schema, and compiled statements.

Nor do their databases wait for a disk: no test cuts the power.

Invariant: what is handed out is what the program itself made; that it makes it, from nothing, is tested beside.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event as hooks

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.store.engine.database import make_engine
from prisma_tool.store.engine.opening import open_store


@cache
def empty_database() -> bytes:
    """A database as `open_store` makes it where there is none: running all migrations takes 25 ms or more, a copy next to nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        fill_with_the_schema(path)
        return path.read_bytes()


def fill_with_the_schema(address: str | Path) -> None:
    """Leave an empty database as `open_store` does."""
    nowhere = Path("nowhere")
    open_store(
        address, protocol=Protocol(), now=_never, new_id=_never, tool_version="", backups=nowhere, tell=print, create=True
    ).close()


def _never() -> Any:
    raise AssertionError("An empty database needs neither time nor ids.")


def engine_with_shared_statements(address: str | Path, *, create: bool = False) -> sa.Engine:
    """An engine as the program makes it, save that on SQLite all share one dialect and what was compiled for it, and none waits for the disk.

    SQLAlchemy keeps compiled statements per engine and dialect. A user's program has one engine; the tests have thousands, and would
    spend a sixth of their time on compiling the same statements again.
    """
    engine = make_engine(address, create=create)
    if engine.dialect.name == "sqlite":
        engine.dialect, statements = _sqlite_statements()
        engine.update_execution_options(compiled_cache=statements)
        hooks.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF").close())
    return engine


@cache
def _sqlite_statements() -> tuple[sa.Dialect, dict[Any, Any]]:
    """A dialect that has met a database, and the statements that were compiled for it."""
    engine = make_engine("sqlite://")
    with engine.connect():
        return engine.dialect, {}
