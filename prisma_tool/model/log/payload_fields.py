"""What the payload of each kind of event holds: its fields, and what a value of them may be.

Pure. Invariant: every kind that this version understands stands here with all its fields; fields that are not named are of a newer
version, and are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.log.stopping_acts import StoppingAct
from prisma_tool.model.log.team import Membership, PilotState
from prisma_tool.model.log.versions import VersionOrigin
from prisma_tool.model.protocol.stopping import MOST_REPORTS, could_be_sampled
from prisma_tool.model.vocabulary import CountedAs, DuplicateVerdict, RetrievalStatus, Verdict
from prisma_tool.plain_files import lies_below

LONGEST_NAME = 1_000
"""Characters of a name, a label or whatever else is no running text."""
LONGEST_SUBJECT = 10_000
_LARGEST_NUMBER = 1 << 53
"""The largest number that every reader of JSON keeps exactly."""


@dataclass(frozen=True, slots=True)
class ValueRule:
    """What a value may be: the test, and its words for the message."""

    holds: Callable[[Any], bool]
    words: str


@dataclass(frozen=True, slots=True)
class OptionalField:
    """A field that may be absent, and what it holds otherwise."""

    rule: ValueRule


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_name(value: Any) -> bool:
    """Whether this may be a name, a label or whatever else is no running text."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST_NAME


def is_key(value: Any) -> bool:
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


def _one_of(vocabulary: type[StrEnum]) -> ValueRule:
    allowed = frozenset(member.value for member in vocabulary)
    return ValueRule(lambda value: isinstance(value, str) and value in allowed, f"one of {', '.join(sorted(allowed))}")


def _list_of(rule: ValueRule) -> ValueRule:
    return ValueRule(lambda value: isinstance(value, list) and all(map(rule.holds, value)), f"a list, each item {rule.words}")


def _object(**fields: ValueRule | OptionalField) -> ValueRule:
    return ValueRule(
        lambda value: isinstance(value, dict) and not misfit(value, fields),
        f"an object with {', '.join(fields)} as this program writes it",
    )


def _row(*rules: ValueRule) -> ValueRule:
    return ValueRule(
        lambda value: (
            isinstance(value, list)
            and len(value) == len(rules)
            and all(rule.holds(item) for rule, item in zip(rules, value, strict=True))
        ),
        f"a row of {len(rules)} values",
    )


_TEXT = ValueRule(_is_text, "text")
NAME = ValueRule(is_name, f"a name of 1 to {LONGEST_NAME} characters")
_KEY = ValueRule(is_key, "a record's key")
_KEYS = _list_of(_KEY)
_TEXTS = _list_of(_TEXT)
_FLAG = ValueRule(lambda value: isinstance(value, bool), "true or false")
_COUNT = ValueRule(_is_count, "a whole number")
_COUNT_ABOVE_0 = ValueRule(lambda value: _is_count(value) and value > 0, "a whole number above 0")
_KNOWN = ValueRule(lambda value: _is_count(value) and 0 <= value <= MOST_REPORTS, "a number of reports")
_OPEN = ValueRule(lambda value: _KNOWN.holds(value) and value > 0, "a number of reports above 0")
_STRETCHES = _list_of(ValueRule(could_be_sampled, "a stretch of random draws"))
_NUMBER = ValueRule(_is_number, "a number")
_NUMBER_OR_NONE = ValueRule(lambda value: value is None or _is_count(value), "a whole number or nothing")
_DAY_OR_NONE = ValueRule(_is_day_or_none, "a day such as 2026-01-31, or empty")
_SEED = ValueRule(
    lambda value: value is None or isinstance(value, str) or _is_count(value), "a seed: text, a whole number or nothing"
)
_WORDS_BY_NAME = ValueRule(
    lambda value: isinstance(value, dict) and all(map(_is_text, value.values())), "an object whose values are text"
)
_FILE = ValueRule(
    lambda value: value == "" or (isinstance(value, str) and lies_below(value, "fulltext")), "a file below fulltext/, or nothing"
)
_LINE = _object(line=_COUNT, count=OptionalField(_NUMBER_OR_NONE), text=OptionalField(_TEXT))
_MISSED = _object(id=_TEXT, lost_by=_list_of(_COUNT))
_ENTERED = ValueRule(
    lambda value: isinstance(value, dict) and value.keys() == {"n", "note"} and _is_count(value["n"]) and _is_text(value["note"]),
    "a number with its note",
)

Fields = Mapping[str, ValueRule | OptionalField]

_VOTE: Fields = {
    "verdict": _one_of(Verdict),
    "reason": OptionalField(_TEXT),
    "note": OptionalField(_TEXT),
    "origin": OptionalField(_TEXT),
    "version": OptionalField(_TEXT),
    "answers": OptionalField(_WORDS_BY_NAME),
}

PAYLOADS: Mapping[str, Fields] = {
    EventKind.DECISION: _VOTE,
    EventKind.ADJUDICATION: _VOTE,
    EventKind.DUPLICATE: {
        "other": _KEY,
        "verdict": _one_of(DuplicateVerdict),
        "reason": OptionalField(_TEXT),
        "findings": OptionalField(_WORDS_BY_NAME),
    },
    EventKind.DEDUPLICATION: {
        "found": OptionalField(_list_of(_row(_TEXT, _TEXT, _TEXT, _COUNT))),
        "fresh": OptionalField(_COUNT),
        "strict": OptionalField(_FLAG),
        "configuration": OptionalField(_TEXT),
        "joined_before": OptionalField(_list_of(_row(_KEY, _KEY, _TEXT))),
    },
    EventKind.RETRIEVAL: {"status": _one_of(RetrievalStatus), "file": OptionalField(_FILE), "note": OptionalField(_TEXT)},
    EventKind.STUDY: {"study": NAME, "linked": _FLAG},
    EventKind.REMOVAL: {
        "removed": _FLAG,
        "as": OptionalField(_TEXT),
        "reason": OptionalField(_TEXT),
        "rule": OptionalField(_TEXT),
        "stop": OptionalField(_TEXT),
    },
    EventKind.ADJUSTMENT: {"n": _COUNT, "note": OptionalField(_TEXT)},
    EventKind.NOTE: {"text": _TEXT},
    EventKind.UNDO: {},
    EventKind.PROTOCOL: {"text": _TEXT, "sha256": _TEXT},
    EventKind.STRATEGY: {
        "act": NAME,
        "sha256": OptionalField(_TEXT),
        "strategy": OptionalField(_TEXT),
        "source": OptionalField(_TEXT),
        "problems": OptionalField(_list_of(_object(code=_TEXT))),
        "count": OptionalField(_NUMBER_OR_NONE),
        "lines": OptionalField(_list_of(_LINE)),
        "found": OptionalField(_TEXTS),
        "missed": OptionalField(_list_of(_MISSED)),
        "warnings": OptionalField(_TEXTS),
        "heading": OptionalField(_TEXT),
        "answer": OptionalField(_TEXT),
        "by": OptionalField(_TEXT),
        "run": OptionalField(_TEXT),
        "searched_on": OptionalField(_DAY_OR_NONE),
        "hits": OptionalField(_NUMBER_OR_NONE),
    },
    EventKind.VERSION: {
        "act": _one_of(VersionOrigin),
        "source": OptionalField(_TEXT),
        "studies": OptionalField(_list_of(_object(label=_TEXT, records=_KEYS))),
        "reports": OptionalField(_KEYS),
        "pending": OptionalField(_KEYS),
        "typed": OptionalField(_object(studies=OptionalField(_list_of(_ENTERED)), reports=OptionalField(_list_of(_ENTERED)))),
    },
    EventKind.LABEL: {"label": NAME, "labelled": _FLAG},
    EventKind.ACKNOWLEDGEMENT: {"kinds": _TEXTS},
    EventKind.EDIT: {"field": NAME, "origin": OptionalField(_TEXT)},
    EventKind.EFFORT: {
        "means": NAME,
        "what": _TEXT,
        **{name: OptionalField(_TEXT) for name in ("service", "answer", "version", "licence", "address", "remark")},
    },
    EventKind.WATCH: {"new": _COUNT, "changed": _COUNT},
    EventKind.NOTICE: {"notice": NAME, "by": NAME, "detail": OptionalField(_TEXT)},
    EventKind.REASON: {"into": _TEXT, "label": OptionalField(_TEXT), "place": OptionalField(_COUNT)},
    EventKind.REVIEWER: {"state": _one_of(Membership)},
    EventKind.ASSIGNMENT: {"to": NAME, "assigned": _FLAG},
    EventKind.PILOT: {
        "act": _one_of(PilotState),
        "keys": OptionalField(_KEYS),
        "reviewers": OptionalField(_list_of(NAME)),
        "n": OptionalField(_COUNT),
        "seed": OptionalField(_SEED),
    },
    EventKind.ORDER: {
        "act": OptionalField(_TEXT),
        "order": OptionalField(_TEXT),
        "why": OptionalField(_TEXT),
        "file": OptionalField(_TEXT),
        "sha256": OptionalField(_TEXT),
        "records": OptionalField(_list_of(_row(_TEXT, _TEXT, _NUMBER_OR_NONE, _FLAG))),
        "open": OptionalField(_COUNT),
        "found": OptionalField(_COUNT),
        "seed": OptionalField(_SEED),
        "stopping": OptionalField(_FLAG),
        "stretches": OptionalField(_STRETCHES),
    },
    EventKind.PARTICIPANTS: {"participants": _COUNT_ABOVE_0, "as": OptionalField(_one_of(CountedAs))},
    EventKind.STOPPING: {
        "act": _one_of(StoppingAct),
        "rule": OptionalField(_TEXT),
        "words": OptionalField(_TEXT),
        **{
            name: OptionalField(_NUMBER)
            for name in ("target", "confidence", "count", "p", "records", "screened", "found", "left")
        },
        "most_missing": OptionalField(_NUMBER),
        "before": OptionalField(_COUNT),
        "plausibly_missed": OptionalField(_NUMBER),
        "held": OptionalField(_FLAG),
        "set_late": OptionalField(_FLAG),
    },
}
"""What the payload of each kind holds. Fields that are not named here are of a newer version, and kept."""

MORE_BY_ACT: Mapping[tuple[str, str, str], Fields] = {
    (EventKind.STRATEGY, "act", "accepted"): {"problems": _list_of(_object(code=_TEXT))},
    (EventKind.STRATEGY, "act", "attached"): {"run": NAME, "searched_on": _DAY_OR_NONE, "strategy": _TEXT},
    (EventKind.STRATEGY, "act", "reviewed"): {"strategy": _TEXT, "heading": NAME, "answer": NAME, "by": _TEXT},
    (EventKind.ORDER, "why", "chance"): {"open": _OPEN, "found": _KNOWN},
    (EventKind.ORDER, "act", "sampling"): {
        "open": _OPEN,
        "found": _KNOWN,
        "seed": _COUNT,
        "sha256": _TEXT,
        "stretches": _STRETCHES,
    },
    (EventKind.PILOT, "act", PilotState.OPEN): {"keys": _KEYS, "reviewers": _list_of(NAME)},
}
"""What must be there besides, where a field of the payload has a certain value."""


def misfit(values: Mapping[str, Any], fields: Fields) -> str:
    """Why these values are not what the fields hold; empty where they are."""
    for name, field in fields.items():
        if name not in values:
            if isinstance(field, OptionalField):
                continue
            return f"its payload lacks '{name}'"
        rule = field.rule if isinstance(field, OptionalField) else field
        if not rule.holds(values[name]):
            return f"its '{name}' is not {rule.words}"
    return ""
