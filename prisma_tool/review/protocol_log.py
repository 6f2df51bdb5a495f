"""The protocol in the log: each text of review.toml is an event, which says what is known of who changed it (counting rule 24).

Invariant: an event claims no more than was seen. A command or the application that wrote the file says who gave the order; of a file that
was found changed it is known only who had the review open then, and often not even that.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any

from prisma_tool.model.log.contributors import onlookers_of, people_of
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Store, Transaction
from prisma_tool.store.projections import event_log, rebuild


class ProtocolAct(StrEnum):
    """How a text of the protocol came into the log."""

    CHANGED = "changed"
    """A command of ours wrote it, or the editor that the application opened: for the event's reviewer."""
    NOTED = "noted"
    """The file was found changed while the event's reviewer had the review open; who had changed it is not known."""
    RESTATED = "restated"
    """After a merge this folder's text was put in force again."""


def note_protocol(store: Store, text: str, by: str = "", act: ProtocolAct = ProtocolAct.NOTED) -> None:
    """Log the protocol's text if it changed since it was last logged, and judge all outcomes anew under it.

    Args:
        store: The database, under the protocol that the text states.
        text: The text of review.toml.
        by: Who changed it, or had the review open when that was noted; empty where nobody is known.
        act: Which of the two.
    """
    with store.read() as transaction:
        if _is_noted(transaction, text):
            return
    with store.write() as transaction:
        _note(transaction, text, by, act)


def restate_protocol(transaction: Transaction, text: str) -> None:
    """After events of a copy came in, let the newest protocol in the log be this folder's again."""
    _note(transaction, text, "", ProtocolAct.RESTATED)


def is_noted(store: Store, text: str) -> bool:
    """Whether the log's newest protocol is this text."""
    with store.read() as transaction:
        return _is_noted(transaction, text)


def _is_noted(transaction: Transaction, text: str) -> bool:
    newest = newest_protocol(transaction)
    return newest is not None and newest.text("sha256") == _digest(text)


def _note(transaction: Transaction, text: str, by: str, act: ProtocolAct) -> None:
    if _is_noted(transaction, text):
        return
    people = sorted({name.casefold() for name in people_of(transaction.protocol)})
    onlookers = sorted(onlookers_of(transaction.protocol))
    payload: dict[str, Any] = {"text": text, "sha256": _digest(text), "people": people}
    payload |= {"onlookers": onlookers} if onlookers else {}
    before = newest_protocol(transaction)
    # What a copy brought was never in force in this folder, so it is not what the text replaces.
    replaced = newest_protocol(transaction, merged=False) or before
    if replaced is None:
        by = ""
    else:
        payload |= {"act": act.value, "replaces": replaced.id}
    event_log.append(transaction, [event_log.Draft(EventKind.PROTOCOL, reviewer=by, payload=payload)])
    known = before.payload if before else {}
    if (people, onlookers) != (known.get("people", []), known.get("onlookers", [])):
        # Whose events count has changed.
        rebuild.rebuild(transaction)


def newest_protocol(transaction: Transaction, *, merged: bool | None = None) -> Event | None:
    """The newest protocol in the log, or of those that came by merging, or of those that did not."""
    return next(event_rows.events(transaction, kinds=[EventKind.PROTOCOL], merged=merged, newest_first=True, limit=1), None)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
