"""What drivers report, in sentences that name the database and what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from prisma_tool.errors import StoreError
from prisma_tool.store.engine.addresses import format_address
from prisma_tool.store.engine.packed_texts import UnreadableText

BUSY_SECONDS = 20
"""How long a program waits for another one that writes."""

_GONE = (
    "The PostgreSQL server went away in the middle of this step. What was confirmed before is kept; run the same command again when "
    "the server is back."
)


PUT_BACK = (
    "`prisma-tool rescue` gathers in a new folder all that can be read; `prisma-tool backup --list` shows the snapshots, and "
    "`prisma-tool restore SNAPSHOT` puts one back."
)
"""What to do about a database that is damaged or not the right one."""

PUT_BACK_ON_SERVER = (
    "If review.toml names the wrong database, correct it; `prisma-tool restore SNAPSHOT` also fills an empty one, `prisma-tool backup --list` "
    "shows the snapshots, and `prisma-tool rescue` gathers in a new folder all that can be read."
)
"""The same where the database is on a server: nothing of other programs is replaced there."""


SENTENCES = (
    ("disk is full", "The disk is full: nothing of this step was stored. Make room and run the same command again."),
    (
        "disk i/o error",
        "The disk refused to write (full or failing): nothing of this step was stored. Make room and run it again.",
    ),
    ("readonly database", "The database is read-only: allow writing to the review folder and its review.db, or copy the folder."),
    ("unable to open database", "The database cannot be opened: check that the review folder exists and may be written to."),
    ("database is locked", f"Another program kept the database busy for {BUSY_SECONDS} seconds; nothing was stored. Try again."),
    ("not a database", f"This file is no database (damaged, or another kind of file). {PUT_BACK}"),
    ("malformed", f"This database is damaged. {PUT_BACK}"),
    (
        "connection refused",
        "The PostgreSQL server does not answer; nothing was stored. Check that it runs and the address is right.",
    ),
    ("password authentication", "The PostgreSQL server refused the user or password."),
    (
        "no password supplied",
        "The PostgreSQL server asks for a password; put it into the address in PRISMA_TOOL_DATABASE or ~/.pgpass.",
    ),
    ("terminating connection", _GONE),
    ("server closed the connection", _GONE),
    ("connection already closed", _GONE),
    ("the connection is closed", _GONE),
    ("connection is lost", _GONE),
    ("consuming input failed", _GONE),
    ("starting up", "The PostgreSQL server is starting; nothing was stored. Run the same command again in a moment."),
    ("shutting down", _GONE),
    (
        "in recovery mode",
        "The PostgreSQL server recovers from a crash; nothing was stored. Run the same command again in a moment.",
    ),
    (
        "is the server running",
        "The PostgreSQL server does not answer; nothing was stored. Check that it runs and the address is right.",
    ),
    ("timeout expired", "The PostgreSQL server does not answer in time; nothing was stored. Check the network and the address."),
    ("could not translate host name", "The PostgreSQL server's name is unknown here; check the address and the network."),
    ("failed to resolve host", "The PostgreSQL server's name is unknown here; check the address and the network."),
    (
        "too many clients",
        "The PostgreSQL server has no connection left; nothing was stored. Try again, or let it take more (max_connections).",
    ),
    (
        "connection slots",
        "The PostgreSQL server has no connection left; nothing was stored. Try again, or let it take more (max_connections).",
    ),
    ("does not exist", "The PostgreSQL server does not have this database or user; create it first (createdb NAME)."),
)


@contextmanager
def translate_errors(url: sa.URL) -> Iterator[None]:
    """Turn driver errors, and texts that cannot be read, into sentences that name the database and what to do.

    Raises:
        StoreError: in place of any SQLAlchemy or driver error.
    """
    try:
        yield
    except UnreadableText as error:
        raise StoreError(f"The content of a record is damaged ({error}). {PUT_BACK} ({format_address(url)})") from error
    except (sa.exc.DBAPIError, sa.exc.TimeoutError, sqlite3.Error) as error:
        raise StoreError(_sentence(error, url)) from error


def _sentence(error: Exception, url: sa.URL) -> str:
    message = str(getattr(error, "orig", error)).strip()
    address = format_address(url)
    known = next((sentence for part, sentence in SENTENCES if part in message.lower()), None)
    return (
        f"{known} ({address})"
        if known
        else f"The database {address} reports: {message.splitlines()[0] if message else 'an error'}"
    )
