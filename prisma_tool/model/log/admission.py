"""What an event must be like to be taken in from a copy: the same that holds for what is done here.

Pure. Invariants: every kind that this version understands has its fields here, with what they may hold, so that no reader of the log
meets a value that nothing of this program could have written; kinds and fields that it does not know are kept, as a newer version wrote them.
Whether people and records are known is not asked here: what names unknown ones is kept, and counts for nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from prisma_tool.model.log import clock as clocks
from prisma_tool.model.log.contents import content_hash
from prisma_tool.model.log.corrections import edit_of, edited
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.log.stopping_acts import StoppingAct
from prisma_tool.model.log.team import Membership, PilotState
from prisma_tool.model.log.versions import VersionOrigin
from prisma_tool.model.protocol.stopping import MOST_REPORTS, could_be_sampled
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.well_typed import is_well_typed
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import FULL_TEXT_ONLY, CountedAs, DuplicateVerdict, RetrievalStatus, Stage, Verdict
from prisma_tool.plain_files import lies_below

LONGEST_NAME = 1_000
"""Characters of a name, a label or whatever else is no running text."""
LONGEST_SUBJECT = 10_000
LARGEST_PAYLOAD = 64 << 20
"""Characters of a payload as JSON; a version that closed over 100,000 included reports needs a tenth of it."""
_ZERO = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""A zero character as JSON writes it, but not a backslash and the letters of one."""
_LARGEST_NUMBER = 1 << 53
"""The largest number that every reader of JSON keeps exactly."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a value may be: the test, and its words for the message."""

    holds: Callable[[Any], bool]
    words: str


@dataclass(frozen=True, slots=True)
class _Optional:
    """A field that may be absent, and what it holds otherwise."""

    rule: _Rule


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST_NAME


def _is_key(value: Any) -> bool:
    """A record's key: the slug of its source and an accession."""
    return isinstance(value, str) and len(value) <= LONGEST_SUBJECT and all(part.strip() for part in value.partition(":"))


def _is_count(value: Any) -> bool:
    return type(value) is int and abs(value) <= _LARGEST_NUMBER


def _is_number(value: Any) -> bool:
    return value is None or type(value) is float or _is_count(value)


def _is_day_or_none(value: Any) -> bool:
    try:
        return bool(value == "" or date.fromisoformat(value).isoformat() == value)
    except (TypeError, ValueError):
        return False


def _one_of(vocabulary: type[StrEnum]) -> _Rule:
    allowed = frozenset(member.value for member in vocabulary)
    return _Rule(lambda value: isinstance(value, str) and value in allowed, f"one of {', '.join(sorted(allowed))}")


def _list_of(rule: _Rule) -> _Rule:
    return _Rule(lambda value: isinstance(value, list) and all(map(rule.holds, value)), f"a list, each item {rule.words}")


def _object(**fields: _Rule | _Optional) -> _Rule:
    return _Rule(
        lambda value: isinstance(value, dict) and not _misfit(value, fields),
        f"an object with {', '.join(fields)} as this program writes it",
    )


def _row(*rules: _Rule) -> _Rule:
    return _Rule(
        lambda value: (
            isinstance(value, list)
            and len(value) == len(rules)
            and all(rule.holds(item) for rule, item in zip(rules, value, strict=True))
        ),
        f"a row of {len(rules)} values",
    )


_TEXT = _Rule(_is_text, "text")
_NAME = _Rule(_is_name, f"a name of 1 to {LONGEST_NAME} characters")
_KEY = _Rule(_is_key, "a record's key")
_KEYS = _list_of(_KEY)
_TEXTS = _list_of(_TEXT)
_FLAG = _Rule(lambda value: isinstance(value, bool), "true or false")
_COUNT = _Rule(_is_count, "a whole number")
_COUNT_ABOVE_0 = _Rule(lambda value: _is_count(value) and value > 0, "a whole number above 0")
_KNOWN = _Rule(lambda value: _is_count(value) and 0 <= value <= MOST_REPORTS, "a number of reports")
_OPEN = _Rule(lambda value: _KNOWN.holds(value) and value > 0, "a number of reports above 0")
_STRETCHES = _list_of(_Rule(could_be_sampled, "a stretch of random draws"))
_NUMBER = _Rule(_is_number, "a number")
_NUMBER_OR_NONE = _Rule(lambda value: value is None or _is_count(value), "a whole number or nothing")
_DAY_OR_NONE = _Rule(_is_day_or_none, "a day such as 2026-01-31, or empty")
_SEED = _Rule(
    lambda value: value is None or isinstance(value, str) or _is_count(value), "a seed: text, a whole number or nothing"
)
_WORDS_BY_NAME = _Rule(
    lambda value: isinstance(value, dict) and all(map(_is_text, value.values())), "an object whose values are text"
)
_FILE = _Rule(
    lambda value: value == "" or (isinstance(value, str) and lies_below(value, "fulltext")), "a file below fulltext/, or nothing"
)
_LINE = _object(line=_COUNT, count=_Optional(_NUMBER_OR_NONE), text=_Optional(_TEXT))
_MISSED = _object(id=_TEXT, lost_by=_list_of(_COUNT))
_ENTERED = _Rule(
    lambda value: isinstance(value, dict) and value.keys() == {"n", "note"} and _is_count(value["n"]) and _is_text(value["note"]),
    "a number with its note",
)

_Fields = Mapping[str, _Rule | _Optional]

_VOTE: _Fields = {
    "verdict": _one_of(Verdict),
    "reason": _Optional(_TEXT),
    "note": _Optional(_TEXT),
    "origin": _Optional(_TEXT),
    "version": _Optional(_TEXT),
    "answers": _Optional(_WORDS_BY_NAME),
}

_PAYLOADS: Mapping[str, _Fields] = {
    EventKind.DECISION: _VOTE,
    EventKind.ADJUDICATION: _VOTE,
    EventKind.DUPLICATE: {
        "other": _KEY,
        "verdict": _one_of(DuplicateVerdict),
        "reason": _Optional(_TEXT),
        "findings": _Optional(_WORDS_BY_NAME),
    },
    EventKind.DEDUPLICATION: {
        "found": _Optional(_list_of(_row(_TEXT, _TEXT, _TEXT, _COUNT))),
        "fresh": _Optional(_COUNT),
        "strict": _Optional(_FLAG),
        "configuration": _Optional(_TEXT),
        "joined_before": _Optional(_list_of(_row(_KEY, _KEY, _TEXT))),
    },
    EventKind.RETRIEVAL: {"status": _one_of(RetrievalStatus), "file": _Optional(_FILE), "note": _Optional(_TEXT)},
    EventKind.STUDY: {"study": _NAME, "linked": _FLAG},
    EventKind.REMOVAL: {
        "removed": _FLAG,
        "as": _Optional(_TEXT),
        "reason": _Optional(_TEXT),
        "rule": _Optional(_TEXT),
        "stop": _Optional(_TEXT),
    },
    EventKind.ADJUSTMENT: {"n": _COUNT, "note": _Optional(_TEXT)},
    EventKind.NOTE: {"text": _TEXT},
    EventKind.UNDO: {},
    EventKind.PROTOCOL: {"text": _TEXT, "sha256": _TEXT},
    EventKind.STRATEGY: {
        "act": _NAME,
        "sha256": _Optional(_TEXT),
        "strategy": _Optional(_TEXT),
        "source": _Optional(_TEXT),
        "problems": _Optional(_list_of(_object(code=_TEXT))),
        "count": _Optional(_NUMBER_OR_NONE),
        "lines": _Optional(_list_of(_LINE)),
        "found": _Optional(_TEXTS),
        "missed": _Optional(_list_of(_MISSED)),
        "warnings": _Optional(_TEXTS),
        "heading": _Optional(_TEXT),
        "answer": _Optional(_TEXT),
        "by": _Optional(_TEXT),
        "run": _Optional(_TEXT),
        "searched_on": _Optional(_DAY_OR_NONE),
        "hits": _Optional(_NUMBER_OR_NONE),
    },
    EventKind.VERSION: {
        "act": _one_of(VersionOrigin),
        "source": _Optional(_TEXT),
        "studies": _Optional(_list_of(_object(label=_TEXT, records=_KEYS))),
        "reports": _Optional(_KEYS),
        "pending": _Optional(_KEYS),
        "typed": _Optional(_object(studies=_Optional(_list_of(_ENTERED)), reports=_Optional(_list_of(_ENTERED)))),
    },
    EventKind.LABEL: {"label": _NAME, "labelled": _FLAG},
    EventKind.ACKNOWLEDGEMENT: {"kinds": _TEXTS},
    EventKind.EDIT: {"field": _NAME, "origin": _Optional(_TEXT)},
    EventKind.EFFORT: {
        "means": _NAME,
        "what": _TEXT,
        **{name: _Optional(_TEXT) for name in ("service", "answer", "version", "licence", "address", "remark")},
    },
    EventKind.WATCH: {"new": _COUNT, "changed": _COUNT},
    EventKind.NOTICE: {"notice": _NAME, "by": _NAME, "detail": _Optional(_TEXT)},
    EventKind.REASON: {"into": _TEXT, "label": _Optional(_TEXT), "place": _Optional(_COUNT)},
    EventKind.REVIEWER: {"state": _one_of(Membership)},
    EventKind.ASSIGNMENT: {"to": _NAME, "assigned": _FLAG},
    EventKind.PILOT: {
        "act": _one_of(PilotState),
        "keys": _Optional(_KEYS),
        "reviewers": _Optional(_list_of(_NAME)),
        "n": _Optional(_COUNT),
        "seed": _Optional(_SEED),
    },
    EventKind.ORDER: {
        "act": _Optional(_TEXT),
        "order": _Optional(_TEXT),
        "why": _Optional(_TEXT),
        "file": _Optional(_TEXT),
        "sha256": _Optional(_TEXT),
        "records": _Optional(_list_of(_row(_TEXT, _TEXT, _NUMBER_OR_NONE, _FLAG))),
        "open": _Optional(_COUNT),
        "found": _Optional(_COUNT),
        "seed": _Optional(_SEED),
        "stopping": _Optional(_FLAG),
        "stretches": _Optional(_STRETCHES),
    },
    EventKind.PARTICIPANTS: {"participants": _COUNT_ABOVE_0, "as": _Optional(_one_of(CountedAs))},
    EventKind.STOPPING: {
        "act": _one_of(StoppingAct),
        "rule": _Optional(_TEXT),
        "words": _Optional(_TEXT),
        **{name: _Optional(_NUMBER) for name in ("target", "confidence", "count", "p", "records", "screened", "found", "left")},
        "most_missing": _Optional(_NUMBER),
        "before": _Optional(_COUNT),
        "plausibly_missed": _Optional(_NUMBER),
        "held": _Optional(_FLAG),
        "set_late": _Optional(_FLAG),
    },
}
"""What the payload of each kind holds. Fields that are not named here are of a newer version, and kept."""

_MORE_BY_ACT: Mapping[tuple[str, str, str], _Fields] = {
    (EventKind.STRATEGY, "act", "accepted"): {"problems": _list_of(_object(code=_TEXT))},
    (EventKind.STRATEGY, "act", "attached"): {"run": _NAME, "searched_on": _DAY_OR_NONE, "strategy": _TEXT},
    (EventKind.STRATEGY, "act", "reviewed"): {"strategy": _TEXT, "heading": _NAME, "answer": _NAME, "by": _TEXT},
    (EventKind.ORDER, "why", "chance"): {"open": _OPEN, "found": _KNOWN},
    (EventKind.ORDER, "act", "sampling"): {
        "open": _OPEN,
        "found": _KNOWN,
        "seed": _COUNT,
        "sha256": _TEXT,
        "stretches": _STRETCHES,
    },
    (EventKind.PILOT, "act", PilotState.OPEN): {"keys": _KEYS, "reviewers": _list_of(_NAME)},
}
"""What must be there besides, where a field of the payload has a certain value."""

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
    return reason or (_kind_problem(event) if event.kind in _PAYLOADS else "")


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
        if not _is_name(getattr(event, name)):
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
    if kind in _ABOUT_RECORD and not _is_key(event.subject):
        return "its subject is not a record's key"
    if kind in _ABOUT_NAME and not _is_name(event.subject):
        return f"its subject is not {_NAME.words}"
    if kind in _BY_PERSON and (not _is_name(event.reviewer) or event.reviewer == ENGINE):
        return "it is nobody's: a vote needs the name of a person"
    return _payload_problem(event, kind) or _meaning_problem(event, kind)


def _payload_problem(event: Event, kind: EventKind) -> str:
    fields = dict(_PAYLOADS[kind])
    for (of, name, value), more in _MORE_BY_ACT.items():
        if of == kind and event.payload.get(name) == value:
            fields |= more
    return _misfit(event.payload, fields)


def _misfit(values: Mapping[str, Any], fields: _Fields) -> str:
    for name, field in fields.items():
        if name not in values:
            if isinstance(field, _Optional):
                continue
            return f"its payload lacks '{name}'"
        rule = field.rule if isinstance(field, _Optional) else field
        if not rule.holds(values[name]):
            return f"its '{name}' is not {rule.words}"
    return ""


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
