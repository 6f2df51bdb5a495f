"""Events as a deposit publishes them, one line each, and back.

A line holds the public part of an event as it enters its hash, the commitment to the private part, and of the private part what counting
needs and nobody minds: pseudonyms for names, no free text unless the team agreed. Three ways to vouch for a line:

- open: nothing is held back, so the salt stands there and commitment and hash can be recomputed;
- committed: the hash follows from public part and commitment; what stands there of the private part is not proven by it;
- sealed: of a protocol only the hash stands there, because its text has a public SHA-256 by which a guess at the names in it could be tested.

Events from before events had random salts are published in full or not at all: whoever knows all but a name could test guesses at it by the hash.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from prisma_tool.errors import FormatError, ReviewError
from prisma_tool.manuscript.bundle.pseudonyms import Pseudonyms, by_number
from prisma_tool.manuscript.bundle.published_citation import published_field
from prisma_tool.model.log.admission import problem
from prisma_tool.model.log.contents import PUBLIC_FIELDS, commitment, derived_salt, public_hash, public_part
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.utc import utc_text

_PERSON_IS_SUBJECT = EventKind.REVIEWER
WITHHELD = "withheld"

_DISCLOSED: Mapping[str, tuple[str, ...]] = {
    EventKind.DUPLICATE: ("findings",),
    EventKind.DEDUPLICATION: ("found", "fresh", "configuration", "joined_before", "compared_until", "stated"),
    EventKind.REMOVAL: ("stop",),
    EventKind.ADJUSTMENT: ("note",),
    EventKind.EFFORT: ("means", "service", "answer", "version", "licence"),
    EventKind.NOTICE: ("notice", "by", "detail"),
    EventKind.WATCH: ("new", "changed"),
    EventKind.REASON: ("label",),
    EventKind.PILOT: ("keys", "seed"),
    EventKind.ORDER: ("why", "open", "found", "seed", "stretches"),
    EventKind.STRATEGY: ("strategy", "problems", "count", "heading", "answer", "run", "searched_on", "hits"),
    EventKind.STOPPING: (
        *("words", "target", "confidence", "count", "p", "records", "screened", "found", "left", "plausibly_missed"),
        *("held", "set_late"),
    ),
}
"""What of the private payload is published as it stands. What only the engine wrote is published whole (see `_disclosed`)."""
_NOTES: Mapping[str, tuple[str, ...]] = {
    EventKind.DECISION: ("note", "answers"),
    EventKind.ADJUDICATION: ("note", "answers"),
    EventKind.RETRIEVAL: ("note",),
    EventKind.NOTE: ("text",),
    EventKind.LABEL: ("label",),
    EventKind.EFFORT: ("what",),
}
"""What is published only where the team agreed: free text."""
_NEEDED: Mapping[str, Mapping[str, Any]] = {
    EventKind.NOTE: {"text": ""},
    EventKind.LABEL: {"label": WITHHELD},
    EventKind.EFFORT: {"what": WITHHELD},
}
"""What stands in place of a field that every event of the kind has."""


_GUESSABLE = (
    "The deposit was not written: this log holds events from before events had random salts, and by their hashes anybody could test whom a "
    "pseudonym stands for. If everybody agrees to be named, write name_reviewers = true into [bundle] of review.toml."
)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """How the private parts of events are published."""

    names: Pseudonyms
    protocol: Callable[[str], str]
    """The text to publish in place of a text of review.toml."""
    notes: bool = False
    named: bool = False
    """Whether people are named, so that no guess at a name matters."""


def line_of_event(event: Event, number: int, *, merged: bool, how: Disclosure) -> dict[str, Any]:
    """The line that publishes an event; `number` and `merged` say how this database came to hold it."""
    shown = disclosed(event, how)
    public = dict(public_part(event))
    line: dict[str, Any] = {
        "number": number,
        "received": utc_text(event.received),
        "merged": merged,
        "private": {"reviewer": shown.reviewer, "subject": _private_subject(shown), "payload": _private(shown)},
        "sha256": event.sha256,
    }
    if shown == event:
        return {**line, "public": public, "salt": event.salt}
    if event.salt == derived_salt(event.id) and not how.named:
        raise ReviewError(_GUESSABLE)
    if event.kind == EventKind.PROTOCOL:
        payload = {name: value for name, value in public["payload"].items() if name != "sha256"}
        return {**line, "public": {**public, "payload": payload}, "sealed": True}
    return {**line, "public": public, "commitment": commitment(event)}


def disclosed(event: Event, how: Disclosure) -> Event:
    """The event with as much of its private part as is published."""
    subject = how.names.of(event.subject) if event.kind == _PERSON_IS_SUBJECT else event.subject
    shown = replace(event, reviewer=how.names.of(event.reviewer), subject=subject)
    if _is_engines(event):
        return shown
    payload = {name: value for name, value in event.payload.items() if name in PUBLIC_FIELDS}
    return replace(shown, payload=payload | dict(_shown(event, how)))


def _is_engines(event: Event) -> bool:
    """Whether a program alone wrote the event, from what sources delivered."""
    return event.kind == EventKind.DEDUPLICATION or (event.kind == EventKind.DUPLICATE and event.reviewer == ENGINE)


def _shown(event: Event, how: Disclosure) -> Mapping[str, Any]:
    payload, kind = event.payload, event.kind
    fields = (*_DISCLOSED.get(kind, ()), *(_NOTES.get(kind, ()) if how.notes else ()))
    shown = dict(_NEEDED.get(kind, {})) | {name: payload[name] for name in fields if name in payload}
    match kind:
        case EventKind.PROTOCOL:
            shown["text"] = how.protocol(event.text("text"))
        case EventKind.ASSIGNMENT:
            shown["to"] = how.names.of(event.text("to"))
        case EventKind.PILOT:
            shown["reviewers"] = sorted(map(how.names.of, payload.get("reviewers", ())), key=by_number)
        case EventKind.STRATEGY if "by" in payload:
            shown["by"] = how.names.of(event.text("by"))
        case EventKind.EDIT:
            name = event.text("field")
            shown |= {"field": name, **{part: published_field(name, payload.get(part)) for part in ("value", "was")}}
    return shown


def _private(event: Event) -> dict[str, Any]:
    return {name: value for name, value in event.payload.items() if name not in PUBLIC_FIELDS}


def _private_subject(event: Event) -> str:
    return event.subject if event.kind == _PERSON_IS_SUBJECT else ""


@dataclass(frozen=True, slots=True)
class LoggedLine:
    """A line of a deposit's log as it was read: the event as published, and what vouches for it."""

    event: Event
    number: int
    merged: bool
    proof: str
    """`open`, `committed` or `sealed`."""


_FIELDS = {"number", "received", "merged", "private", "sha256", "public"}
_PROOFS = {"salt": "open", "commitment": "committed", "sealed": "sealed"}
_PUBLIC = {"id", "kind", "subject", "stage", "at", "clock", "via", "tool_version", "payload"}
_PRIVATE = {"reviewer", "subject", "payload"}


def read_line(value: Any, place: str) -> LoggedLine:
    """The event that a line publishes.

    Raises:
        FormatError: the line is none, the event none that this program could have written, or its hash is not that of its content.
    """
    proof = _proof(value, place)
    public, private = _object(value, "public", _PUBLIC, place), _object(value, "private", _PRIVATE, place)
    event = _event(value, public, private, place)
    unfit = problem(event)
    if unfit:
        raise FormatError(f"{place}: {unfit}")
    _require_hash(value, event, public, proof, place)
    return LoggedLine(event, value["number"], value["merged"], proof)


def _proof(value: Any, place: str) -> str:
    named = value.keys() & _PROOFS.keys() if isinstance(value, dict) else set()
    if len(named) != 1 or value.keys() - named != _FIELDS or value.get("sealed", True) is not True:
        raise FormatError(f"{place} lacks something, or holds something unknown")
    if type(value["number"]) is not int or not 0 < value["number"] < 1 << 53 or type(value["merged"]) is not bool:
        raise FormatError(f"{place}: 'number' or 'merged' is none")
    return _PROOFS[named.pop()]


def _object(value: Mapping[str, Any], name: str, fields: set[str], place: str) -> Mapping[str, Any]:
    part = value[name]
    if not isinstance(part, dict) or part.keys() != fields or not isinstance(part["payload"], dict):
        raise FormatError(f"{place}: '{name}' lacks something, or holds something unknown")
    return part


def _event(value: Mapping[str, Any], public: Mapping[str, Any], private: Mapping[str, Any], place: str) -> Event:
    payload = {**public["payload"], **private["payload"]}
    if public["kind"] == EventKind.PROTOCOL:
        payload.setdefault("sha256", "")
    texts = [public[name] for name in ("id", "kind", "subject", "stage", "via", "tool_version")]
    texts += [private["reviewer"], private["subject"], value["sha256"], value.get("salt", ""), value.get("commitment", "")]
    if not PUBLIC_FIELDS.isdisjoint(private["payload"]):
        raise FormatError(f"{place}: a field stands in the wrong part")
    if not all(isinstance(text, str) for text in texts) or type(public["clock"]) is not int:
        raise FormatError(f"{place}: a field is not of its type")
    return Event(
        id=public["id"],
        kind=public["kind"],
        subject=private["subject"] or public["subject"],
        stage=public["stage"],
        reviewer=private["reviewer"],
        at=moment_of_text(public["at"], place),
        received=moment_of_text(value["received"], place),
        tool_version=public["tool_version"],
        payload=payload,
        clock=public["clock"],
        via=public["via"],
        salt=value.get("salt", ""),
        sha256=value["sha256"],
    )


def moment_of_text(text: Any, place: str) -> datetime:
    """The moment that `utc_text` wrote.

    Raises:
        FormatError: it is none.
    """
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
        same = utc_text(moment) == text
    except (ValueError, TypeError, OverflowError):
        same = False
    if not same:
        raise FormatError(f"{place}: a time is none")
    return moment


def _require_hash(value: Mapping[str, Any], event: Event, public: Mapping[str, Any], proof: str, place: str) -> None:
    """A sealed line's hash is taken as it is: it only counts for the head."""
    if proof == "sealed":
        if event.kind != EventKind.PROTOCOL:
            raise FormatError(f"{place}: only texts of the protocol are sealed, so that a head proves all else")
        return
    committed = commitment(event) if proof == "open" else value["commitment"]
    if public_part(event) != public or json.dumps(dict(public_part(event)), sort_keys=True) != json.dumps(public, sort_keys=True):
        raise FormatError(f"{place}: a field stands in the wrong part")
    if public_hash(public, committed) != event.sha256:
        raise FormatError(f"{place}: the event {event.id[:80]} was changed: its content does not fit its SHA-256")
