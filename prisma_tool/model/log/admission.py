"""What an event must be like to be taken in from a copy: the same that holds for what is done here.

Pure. Invariants: every kind that this version understands has its fields here, with what they may hold, so that no reader of the log
meets a value that nothing of this program could have written; kinds and fields that it does not know are kept, as a newer version wrote them.
Whether people and records are known is not asked here: what names unknown ones is kept, and counts for nothing.
"""

from __future__ import annotations

import json
import re
from datetime import datetime

from prisma_tool.model.log import clock as clocks
from prisma_tool.model.log.contents import content_hash
from prisma_tool.model.log.corrections import edit_of, edited
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.log.payload_fields import (
    LONGEST_NAME,
    LONGEST_SUBJECT,
    MORE_BY_ACT,
    NAME,
    PAYLOADS,
    is_key,
    is_name,
    misfit,
)
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.well_typed import is_well_typed
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import FULL_TEXT_ONLY, Stage

LARGEST_PAYLOAD = 64 << 20
"""Characters of a payload as JSON; a version that closed over 100,000 included reports needs a tenth of it."""
_ZERO = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""A zero character as JSON writes it, but not a backslash and the letters of one."""
_ABOUT_RECORD = frozenset(
    {
        EventKind.DECISION,
        EventKind.ADJUDICATION,
        EventKind.DUPLICATE,
        EventKind.RETRIEVAL,
        EventKind.STUDY,
        EventKind.REMOVAL,
        EventKind.NOTE,
        EventKind.LABEL,
        EventKind.ACKNOWLEDGEMENT,
        EventKind.EDIT,
        EventKind.EFFORT,
        EventKind.NOTICE,
        EventKind.ASSIGNMENT,
    }
)
_ABOUT_NAME = frozenset({EventKind.UNDO, EventKind.ADJUSTMENT, EventKind.VERSION, EventKind.REVIEWER, EventKind.PARTICIPANTS})
_AT_STAGE = frozenset({EventKind.DECISION, EventKind.ADJUDICATION, EventKind.ASSIGNMENT, EventKind.PILOT})
_BY_PERSON = frozenset({EventKind.DECISION, EventKind.ADJUDICATION})


def named(event: Event) -> str:
    """An event for a message: its id, and what it is about."""
    about = f" on {one_line(event.subject)[:80]}" if event.subject else ""
    return f"the event {one_line(event.id)[:80]} ({one_line(event.kind)[:80]}{about})"


def hash_problem(event: Event) -> str:
    """Why the hash that is stored with an event is not that of its content; empty where it is."""
    return "" if content_hash(event) == event.sha256 else "its content does not fit the SHA-256 that is stored with it"


def differing(event: Event, other: Event) -> tuple[str, ...]:
    """In which fields two events of one id differ, but for what each database adds; values may be another's votes, so they are not told."""
    names = ("kind", "subject", "stage", "reviewer", "at", "tool_version", "clock", "via", "salt", "sha256")
    plain = [name for name in names if getattr(event, name) != getattr(other, name)]
    from_payload = sorted(name for name in {*event.payload, *other.payload} if _item(event, name) != _item(other, name))
    return (*plain, *(one_line(name)[:80] for name in from_payload))


def _item(event: Event, name: str) -> str | None:
    """A value of the payload as JSON, because to Python 1 is true."""
    return json.dumps(event.payload[name], sort_keys=True) if name in event.payload else None


def problem(event: Event) -> str:
    """Why an event cannot be taken in; empty where it can."""
    reason = _frame_problem(event) or _size_problem(event)
    return reason or (_kind_problem(event) if event.kind in PAYLOADS else "")


def ahead_problem(event: Event, now: datetime) -> str:
    """Why an event's clock is too far ahead of the wall clock to be taken in; empty where it is not."""
    if clocks.lag(now, event.clock) <= clocks.MOST_AHEAD:
        return ""
    return (
        f"its clock is {clocks.lag_text(clocks.MOST_AHEAD)} or more ahead of this computer's; if this computer's is right, merge a copy "
        "from before that event"
    )


def _frame_problem(event: Event) -> str:
    for name in ("id", "kind"):
        if not is_name(getattr(event, name)):
            return f"its {name} is empty or too long"
    for name in ("stage", "reviewer", "tool_version", "via", "salt", "sha256"):
        if len(getattr(event, name)) > LONGEST_NAME:
            return f"its {name} is longer than {LONGEST_NAME} characters"
    if not 0 <= event.clock <= clocks.FURTHEST:
        return f"its clock ({event.clock}) lies outside what any clock shows"
    return ""


def _size_problem(event: Event) -> str:
    if len(event.subject) > LONGEST_SUBJECT:
        return f"its subject is longer than {LONGEST_SUBJECT} characters"
    try:
        written = json.dumps(dict(event.payload), allow_nan=False)
    except ValueError:
        return "its payload holds a number that is none (NaN or infinite)"
    if len(written) > LARGEST_PAYLOAD:
        return f"its payload is larger than {LARGEST_PAYLOAD >> 20} MB"
    names = f"{event.id}{event.kind}{event.subject}{event.stage}{event.reviewer}{event.via}"
    return "it holds a zero character, which no text has" if _ZERO.search(written) or "\0" in names else ""


def _kind_problem(event: Event) -> str:
    kind = EventKind(event.kind)
    if event.stage not in ("", *Stage) or (kind in _AT_STAGE and not event.stage):
        return f"its stage is not one of {', '.join(Stage)}"
    if kind in _ABOUT_RECORD and not is_key(event.subject):
        return "its subject is not a record's key"
    if kind in _ABOUT_NAME and not is_name(event.subject):
        return f"its subject is not {NAME.words}"
    if kind in _BY_PERSON and (not is_name(event.reviewer) or event.reviewer == ENGINE):
        return "it is nobody's: a vote needs the name of a person"
    return _payload_problem(event, kind) or _meaning_problem(event, kind)


def _payload_problem(event: Event, kind: EventKind) -> str:
    fields = dict(PAYLOADS[kind])
    for (of, name, value), more in MORE_BY_ACT.items():
        if of == kind and event.payload.get(name) == value:
            fields |= more
    return misfit(event.payload, fields)


def _meaning_problem(event: Event, kind: EventKind) -> str:
    """What no single field shows."""
    if kind is EventKind.DUPLICATE and not event.subject < event.text("other"):
        return "its pair is not two different keys, the smaller first"
    if kind in _BY_PERSON and event.stage == Stage.TITLE_ABSTRACT and event.payload["verdict"] in FULL_TEXT_ONLY:
        return f"the verdict {event.payload['verdict']} belongs to full text only"
    if kind is EventKind.EDIT and not _can_be_applied(event):
        return "its 'value' is none that this field of a record may have"
    return ""


def _can_be_applied(event: Event) -> bool:
    try:
        edit = edit_of(event)
        return edit is None or (is_well_typed(edited(Citation(), [edit])) and is_well_typed(Citation(**{edit.field: edit.was})))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return False
