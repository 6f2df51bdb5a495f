"""Addresses of databases: read, shown to people, and without what is secret in them."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from prisma_tool.errors import StoreError

_SECRETS = ("password", "sslpassword")
"""Parts of an address after `?` that are passwords."""


def parse_address(url: str) -> sa.URL:
    """The address as SQLAlchemy takes it, with our driver.

    Raises:
        StoreError: it means nothing, or names another kind of database.
    """
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise StoreError(
            "The database address cannot be understood; it should look like postgresql://user@host/name or sqlite:///path."
        ) from None
    driver = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}.get(
        parsed.get_backend_name()
    )
    if driver is None:
        raise StoreError(f"Databases of the kind '{parsed.drivername}' are not supported; use SQLite or PostgreSQL.")
    return parsed.set(drivername=driver)


def format_address(url: sa.URL) -> str:
    """A database's address for people: a file's path, or a server's address without passwords (also after `?`) and driver."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    # The folder of an SQLite file may have a name that is no text.
    shown = url.database and url.database.encode("utf-8", "replace").decode()
    return url.set(drivername=url.get_backend_name(), database=shown, query={}).render_as_string(hide_password=True)


def address_shown(address: str) -> str:
    """An address as `format_address` shows it; nothing is opened.

    Raises:
        StoreError: the address means nothing.
    """
    return format_address(parse_address(address))


def database_file(address: str | Path) -> Path | None:
    """The SQLite file at an address; None for a database on a server or in memory.

    Raises:
        StoreError: the address means nothing.
    """
    if isinstance(address, Path):
        return address
    url = parse_address(address)
    return Path(url.database) if url.drivername == "sqlite" and url.database not in {None, "", ":memory:"} else None


def without_secrets(address: str) -> tuple[str, bool]:
    """A PostgreSQL address without the passwords in it, and whether it had any.

    The address must be one that `make_engine` took.
    """
    url = sa.make_url(address)
    query = {name: value for name, value in url.query.items() if name not in _SECRETS}
    without_passwords = sa.URL.create("postgresql", url.username, None, url.host, url.port, url.database, query)
    return without_passwords.render_as_string(hide_password=False), url.password is not None or len(query) < len(url.query)
