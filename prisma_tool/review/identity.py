"""Which review a folder and a database belong to, and which people of the log it knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from prisma_tool.errors import ReviewError, StoreError
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.review.protocol.file import write_protocol
from prisma_tool.review.protocol.first_text import with_id
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.review.protocol_log import newest_protocol
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.addresses import format_address
from prisma_tool.store.engine.database import Store
from prisma_tool.store.engine.driver_errors import PUT_BACK
from prisma_tool.store.engine.opening import name_review, review_id
from prisma_tool.store.projections import event_log


def identified(store: Store, folder: Path, protocol: Protocol, text: str, tell: Callable[[str], None]) -> str:
    """The text of review.toml once it and the database name the same review; whichever names none takes the other's id.

    Raises:
        StoreError: they name different reviews, or the database holds a log and names none.
    """
    with store.read() as transaction:
        stored, has_log = review_id(transaction), event_log.last_number(transaction) > 0
    if not stored and not has_log:
        with store.write() as transaction:
            name_review(transaction, protocol.id or store.new_id())
            stored = review_id(transaction)
    require_fitting(store, format_address(store.engine.url), folder, protocol, stored)
    if protocol.id:
        return text
    text = with_id(text, stored)
    write_protocol(folder, text)
    if has_log:
        name_unlisted(store, tell)
    tell(f'{folder / FILE_NAME} now names its review by the line id = "{stored}"; keep it.')
    return text


def require_fitting(store: Store, database: str, folder: Path, protocol: Protocol, stored: str) -> None:
    """Check that review.toml and the database, which names the review `stored`, may belong together.

    `database` is what a sentence calls it: the store may be open on a copy.

    Raises:
        StoreError: they name different reviews, or the database names none.
    """
    if not stored or protocol.id not in ("", stored):
        raise _another_review(store, database, folder, protocol, stored)


def name_unlisted(store: Store, tell: Callable[[str], None]) -> None:
    """Say on an upgrade whose events no longer count: before, everybody's did, whoever brought them."""
    if strangers := unlisted_people(store):
        tell(unlisted_sentence(strangers))


def unlisted_people(store: Store) -> dict[str, int]:
    """How many events of each person count for nothing, as review.toml does not list the person, or for votes not among the reviewers."""
    with store.read() as transaction:
        return event_rows.unlisted_people(transaction)


def unlisted_sentence(strangers: Mapping[str, int]) -> str:
    """That events of people whom review.toml does not list are in the log and count for nothing, and how to let them count."""
    listed = ", ".join(f"{one_line(name)} ({n})" for name, n in strangers.items())
    return (
        f"The log holds votes of people whom {FILE_NAME} does not list among the reviewers, or other events of people whom it does not "
        f"list at all; they count for nothing: {listed}. "
        "`prisma-tool reviewer add NAME` lets them count."
    )


def _another_review(store: Store, database: str, folder: Path, protocol: Protocol, stored: str) -> StoreError:
    holds = (
        f"holds the review {stored}" + (f" ({title})" if (title := _logged_title(store)) else "") if stored else "names no review"
    )
    title = f" ({one_line(protocol.title)})" if protocol.title else ""
    own = f"belongs to the review {protocol.id}{title}, but" if protocol.id else "names no review, and"
    return StoreError(
        f"{folder / FILE_NAME} {own} the database {database} {holds}; nothing was changed. "
        f"Put back the database or the review.toml that belongs here. {PUT_BACK}"
    )


def _logged_title(store: Store) -> str:
    with store.read() as transaction:
        newest = newest_protocol(transaction)
    try:
        return one_line(parse_protocol(newest.text("text")).title) if newest else ""
    except ReviewError:
        return ""
