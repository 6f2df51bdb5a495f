"""What an event says in one canonical text, and the SHA-256 over it.

Public fields enter as they are. Private ones (who, notes, labels, texts) enter as a commitment: a SHA-256 over a random salt and
them. Whoever knows a log without its salts and private fields, as in a pseudonymised deposit, can so still recompute the hash of every
event, and learns no name from it. `received`, and whatever else a database adds, is left out: it differs between copies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any
from uuid import UUID, uuid5

from prisma_tool.model.json_text import are_spelled_alike, canonical, is_spelled_alike
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.utc import utc_text

PUBLIC_FIELDS = frozenset(
    {
        *(
            "verdict",
            "reason",
            "status",
            "other",
            "rule",
            "study",
            "linked",
            "removed",
            "as",
            "n",
            "act",
            "state",
            "kinds",
            "into",
        ),
        *(
            "place",
            "strict",
            "sha256",
            "version",
            "origin",
            "assigned",
            "labelled",
            "studies",
            "reports",
            "pending",
            "typed",
            "source",
            "blind",
        ),
        "participants",
        "head",
    }
)
"""What of a payload is public: what counts are made of. Everything else, and whatever a newer program adds, is private."""

_PRIVATE_SUBJECTS = frozenset({EventKind.REVIEWER.value})
"""Kinds whose subject is a person."""


def commitment(event: Event) -> str:
    """The SHA-256 over the event's salt and private fields."""
    private = {name: value for name, value in event.payload.items() if name not in PUBLIC_FIELDS}
    subject = event.subject if event.kind in _PRIVATE_SUBJECTS else ""
    return _sha256([event.salt, event.reviewer, subject, private])


def content_hash(event: Event) -> str:
    """The SHA-256 over what the event says; its `sha256` is not looked at."""
    return _spliced_hash(event) or public_hash(public_part(event), commitment(event))


def have_one_hash(one: Event, other: Event) -> bool:
    """Whether two events certainly have one content hash, as equal events have whose payloads are spelled alike; False also where that is not seen at once."""
    if one != other:
        return False
    # A text equals nothing but the same text.
    return _TEXT.issuperset(map(type, one.payload.values())) or are_spelled_alike(one.payload, other.payload)


_own_texts = attrgetter("id", "kind", "subject", "stage", "via", "tool_version", "reviewer", "salt")
_TEXT = frozenset({str})


def _spliced_hash(event: Event) -> str:
    """The same hash around texts of the payload that events share; empty where a text of the event's own is not spelled as it stands.

    A log has hundreds of thousands of votes that say one of a handful of things.
    """
    own = _own_texts(event)
    if not _TEXT.issuperset(map(type, own)) or type(event.clock) is not int or not is_spelled_alike("".join(own)):
        return ""
    event_id, kind, subject, stage, via, tool_version, reviewer, salt = own
    public, private = _payload_texts(event.payload)
    known, hidden = ("", subject) if kind in _PRIVATE_SUBJECTS else (subject, "")
    committed = hashlib.sha256(f'["{salt}","{reviewer}","{hidden}",{private}]'.encode()).hexdigest()
    content = (
        f'[{{"at":"{utc_text(event.at)}","clock":{event.clock},"id":"{event_id}","kind":"{kind}","payload":{public},"stage":"{stage}",'
        f'"subject":"{known}","tool_version":"{tool_version}","via":"{via}"}},"{committed}"]'
    )
    return hashlib.sha256(content.encode()).hexdigest()


def _payload_texts(payload: Mapping[str, Any]) -> tuple[str, str]:
    """The canonical texts of the public and of the private part of a payload."""
    items = tuple(payload.items())
    # Of texts alone, equal ones are spelled alike; 1, 1.0 and true are equal too.
    of_texts = _TEXT.issuperset(map(type, payload)) and _TEXT.issuperset(map(type, payload.values()))
    return _shared_texts(items) if of_texts else _texts(items)


def _texts(items: tuple[tuple[str, Any], ...]) -> tuple[str, str]:
    public = {name: value for name, value in items if name in PUBLIC_FIELDS}
    private = {name: value for name, value in items if name not in PUBLIC_FIELDS}
    return canonical(public).decode(), canonical(private).decode()


_shared_texts = lru_cache(maxsize=4096)(_texts)


def public_part(event: Event) -> Mapping[str, Any]:
    """The public fields of an event, as they enter its hash and stand in a deposit."""
    return {
        "id": event.id,
        "kind": event.kind,
        "subject": "" if event.kind in _PRIVATE_SUBJECTS else event.subject,
        "stage": event.stage,
        "at": utc_text(event.at),
        "clock": event.clock,
        "via": event.via,
        "tool_version": event.tool_version,
        "payload": {name: value for name, value in event.payload.items() if name in PUBLIC_FIELDS},
    }


def public_hash(public: Mapping[str, Any], committed: str) -> str:
    """The SHA-256 of an event of which only the public fields and the commitment are known."""
    return _sha256([public, committed])


def derived_salt(event_id: str) -> str:
    """The salt of an event that was stored before events had one: from its id, so that copies upgraded apart agree."""
    return hashlib.sha256(event_id.encode()).hexdigest()[:32]


_REVIEWS = UUID("6b1f6c1e-3f0a-5b7e-9d55-0c3f5a1d8e42")
"""The namespace of review ids that derive from a log (RFC 9562, version 5)."""


def derived_review_id(oldest_event: str) -> str:
    """The id of a review from before reviews had one: from its oldest event, so that copies upgraded or rescued apart agree."""
    return str(uuid5(_REVIEWS, oldest_event))


_LANES = 256
"""Bytes of the sum behind a head: 2,048 bits, against which no known way of adding up to a given sum is practicable."""


def head(hashes: Iterable[str]) -> str:
    """One hash over all events, whatever their order, from the hashes of each: 64 hexadecimal digits.

    The hashes, stretched to 2,048 bits by SHAKE-256, are added up modulo 2**2048 (Bellare and Micciancio 1997, "AdHash"), and the sum is hashed.
    """
    total = Head()
    total.add_all(hashes)
    return total.text()


class Head:
    """A head under way; `text` may be asked after every event, for the head of what was added by then.

    It begins with what `total` gave of another, or with nothing.
    """

    def __init__(self, total: bytes = b"") -> None:
        self._sum = int.from_bytes(total, "big")

    def add(self, event_hash: str) -> None:
        """Add the hash of one event."""
        self.add_all((event_hash,))

    def add_all(self, hashes: Iterable[str]) -> None:
        """Add the hashes of many events."""
        stretched = (hashlib.shake_256(event_hash.encode()).digest(_LANES) for event_hash in hashes)
        self._sum += sum(int.from_bytes(digest, "big") for digest in stretched)

    def total(self) -> bytes:
        """What was added by then, from which another can go on."""
        return (self._sum % (1 << (8 * _LANES))).to_bytes(_LANES, "big")

    def text(self) -> str:
        """The head as 64 hexadecimal digits."""
        return hashlib.sha256(self.total()).hexdigest()


def _sha256(content: Any) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()
