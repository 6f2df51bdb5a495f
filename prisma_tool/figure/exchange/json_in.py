"""Reading a flow back from JSON: what `flow --json` and `flow -o x.json` write, or a shorter file written by hand.

Invariant: reading what we wrote and writing it again gives the same bytes; whatever is not understood is an error or a note, never
passed over.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from prisma_tool.errors import FormatError
from prisma_tool.figure.exchange.typed_flow import LISTS, TOO_LARGE, TypedNumbers, whole_number
from prisma_tool.flow.adjustments import REASON_LISTS
from prisma_tool.flow.flow import (
    COUNT_KEYS,
    OPTIONAL_KEYS,
    PENDING_KEYS,
    Adjustment,
    Check,
    CheckKind,
    Participants,
    Template,
)
from prisma_tool.flow.living.versions import LIVING, name_at
from prisma_tool.formats.text.decoding import decode
from prisma_tool.model.protocol.figure_words import ExtraBoxes, FigureWords, Language, problem_of_key, problem_of_text, unmarked
from prisma_tool.model.text import clean, one_line

KNOWN = (
    "template", "counts", "lists", "pending", "sums_only", "unmerged", "adjustments", "footnotes", "checks", "interim", "notes",
    "labels", "caption", "alt", "author", "language", "show", "last_searched", "participants", "dated", "head",
    "versions",
)  # fmt: skip
"""The head belongs to the log that was counted, not to the numbers: it is passed over."""

_MOST_DIGITS = 1000
"""Of a number that is still read, so that its place in the file can be said."""

T = TypeVar("T")


def parse_flow_json(data: bytes, origin: str) -> TypedNumbers:
    """The numbers in a JSON file; `origin` is its name in messages.

    Raises:
        FormatError: it is no JSON object, a number is no whole number, or a key stands twice.
    """
    try:
        parsed = json.loads(decode(data).text, object_pairs_hook=_without_doubles, parse_int=_short_number)
    except FormatError as error:
        raise FormatError(f"{origin}: {error.message}") from error
    except RecursionError as error:
        raise FormatError(f"{origin} is not JSON that holds the numbers of a flow: it is nested too deeply.") from error
    except ValueError as error:
        raise FormatError(f"{origin} is not JSON: {one_line(str(error))}.") from error
    return parse_flow_mapping(_JsonValue(origin, "the file").mapping(parsed), origin)


def parse_flow_mapping(mapping: Mapping[str, Any], origin: str) -> TypedNumbers:
    """The numbers of a flow's JSON that has been read.

    Raises:
        FormatError: a value is not what its key promises.
    """
    root = _JsonValue(origin)
    numbers = TypedNumbers(
        origin,
        {
            key: root.at(f"counts.{key}").number(n)
            for key, n in root.part(mapping, "counts", (*COUNT_KEYS, *OPTIONAL_KEYS)).items()
        },
        {name: root.at(f"lists.{name}").numbers(lines) for name, lines in root.part(mapping, "lists", LISTS).items()},
        root.at("pending").numbers(root.part(mapping, "pending", PENDING_KEYS)),
        root.at("unmerged").required(mapping.get("unmerged", 0)),
        tuple(root.at("adjustments").adjustment(item) for item in root.items(mapping, "adjustments")),
        tuple(root.at("footnotes").text(item) for item in root.items(mapping, "footnotes")),
        tuple(root.at("checks").check(item) for item in root.items(mapping, "checks")),
        None if mapping.get("template") in (None, LIVING) else root.at("template").member(Template, mapping["template"]),
        hide=frozenset(root.at("sums_only").one_of(REASON_LISTS, item) for item in root.items(mapping, "sums_only")),
        words=_words(root, mapping),
        last_searched=root.at("last_searched").text(mapping.get("last_searched", "")),
        dated=root.at("dated").moment(mapping.get("dated")),
        participants=root.at("participants").participants(mapping.get("participants")),
        versions=_versions(root, mapping),
        notes=tuple(
            f"{origin}: '{one_line(key)}' means nothing here and was passed over." for key in mapping if key not in KNOWN
        ),
    )
    if mapping.get("interim") is True and not numbers.unmerged and not any(numbers.pending.values()):
        raise FormatError(
            f'{origin} says "interim": true but not what is pending; add "unmerged": N for records that have not been through '
            'deduplication, or the counts of "pending", or take "interim" away.'
        )
    return numbers


def _versions(root: _JsonValue, mapping: Mapping[str, Any]) -> tuple[TypedNumbers, ...]:
    """The versions of a living review, each named in messages by the file and its own label."""
    listed = [root.at("versions").mapping(item) for item in root.items(mapping, "versions")]
    if mapping.get("template") == LIVING and not listed:
        raise FormatError(f'{root.origin} has the template "{LIVING}" and no "versions", a list with the counts of each version.')
    return tuple(
        replace(
            parse_flow_mapping(_without_label(version), f"{root.origin}, {name_at(place)}"),
            label=one_line(root.at("versions.label").text(version.get("label", ""))),
        )
        for place, version in enumerate(listed)
    )


def _without_label(version: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in version.items() if key != "label"}


def _words(root: _JsonValue, mapping: Mapping[str, Any]) -> FigureWords:
    """The words for the figure, checked as those of a protocol are."""
    notes = root.at("notes").words(mapping.get("notes") or {})
    return FigureWords(
        {key: unmarked(key, note) for key, note in notes.items()},
        root.at("labels").words(mapping.get("labels") or {}),
        root.at("caption").fillable(mapping.get("caption", "")),
        root.at("alt").fillable(mapping.get("alt", "")),
        one_line(root.at("author").text(mapping.get("author", ""))),
        language=root.at("language").member(Language, mapping.get("language", Language.ENGLISH)),
        show=tuple(root.at("show").member(ExtraBoxes, item) for item in root.items(mapping, "show")),
    )


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        twice = next(key for index, (key, _) in enumerate(pairs) if key in dict(pairs[:index]))
        raise ValueError(f"the key '{twice}' stands twice in one object")
    return mapping


def _short_number(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number of {len(digits)} digits is no count")
    return int(digits)


class _JsonValue:
    """Checks the values at one point of the file, which `name` says in messages; what is not of its kind is a FormatError."""

    def __init__(self, origin: str, name: str = "") -> None:
        self.origin, self.name = origin, name

    def at(self, name: str) -> _JsonValue:
        return _JsonValue(self.origin, name)

    def error(self, value: Any, expected: str) -> FormatError:
        text = one_line(json.dumps(value, ensure_ascii=False))[:60]
        return FormatError(f"{self.origin}, {one_line(self.name)}: {text} is not {expected}.")

    def mapping(self, value: Any) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.error(value, 'an object such as {"records_screened": 17}')
        return value

    def part(self, mapping: Mapping[str, Any], name: str, known: tuple[str, ...]) -> Mapping[str, Any]:
        here = self.at(name)
        section = here.mapping(mapping.get(name) or {})
        for key in section:
            if key not in known:
                raise FormatError(f"{self.origin}, {name}: there is no '{one_line(key)}'; known are {', '.join(known)}.")
        return section

    def items(self, mapping: Mapping[str, Any], name: str) -> list[Any]:
        listed = mapping.get(name) or []
        if not isinstance(listed, list):
            raise self.at(name).error(listed, "a list")
        return listed

    def number(self, value: Any) -> int | None:
        if value is None:
            return None
        if isinstance(value, str):
            try:
                return whole_number(value)
            except ValueError:
                raise self.error(value, "a count such as 1234") from None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value // 1 or not 0 <= value < TOO_LARGE:
            raise self.error(value, "a count such as 1234")
        return int(value)

    def required(self, value: Any) -> int:
        n = self.number(value)
        if n is None:
            raise self.error(value, "a count such as 1234")
        return n

    def numbers(self, value: Any) -> dict[str, int]:
        mapping = self.mapping(value)
        by_label = {clean(label): self.at(f"{self.name}.{label}").required(n) for label, n in mapping.items()}
        if len(by_label) != len(mapping):
            raise FormatError(f"{self.origin}, {one_line(self.name)}: two labels differ in control characters only.")
        return by_label

    def text(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.error(value, "a text")
        return clean(value)

    def one_of(self, known: tuple[str, ...], value: Any) -> str:
        if value not in known:
            raise self.error(value, f"one of {', '.join(known)}")
        return str(value)

    def fillable(self, value: Any) -> str:
        """A text whose placeholders can be filled."""
        text = one_line(self.text(value))
        problem = problem_of_text(text)
        if problem:
            raise FormatError(f"{self.origin}, {one_line(self.name)}: it {problem}")
        return text

    def words(self, value: Any) -> dict[str, str]:
        """Texts by the key of a box or line."""
        texts: dict[str, str] = {}
        for key, text in self.mapping(value).items():
            problem = problem_of_key(key)
            if problem:
                raise FormatError(f"{self.origin}, {one_line(self.name)}: '{one_line(key)}' {problem}")
            texts[key] = self.at(f"{self.name}.{key}").fillable(text)
        return {key: text for key, text in texts.items() if text}

    def moment(self, value: Any) -> datetime | None:
        if value is None:
            return None
        try:
            return datetime.fromisoformat(self.text(value)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.error(value, "a time such as 2025-01-31T12:00:00Z") from None

    def participants(self, value: Any) -> Participants | None:
        if value is None:
            return None
        mapping = self.mapping(value)
        n, known, studies = (self.at(f"{self.name}.{key}").required(mapping.get(key)) for key in ("n", "known", "studies"))
        if known > studies:
            raise self.error(known, f"a number of studies with known participants, for there are {studies} studies")
        return Participants(n, known, studies)

    def member(self, kind: type[T], value: Any) -> T:
        try:
            return kind(value)  # type: ignore[call-arg]  # enumerations are called with a value
        except ValueError:
            raise self.error(value, f"one of {', '.join(kind)}") from None  # type: ignore[arg-type]  # and list their members

    def adjustment(self, value: Any) -> Adjustment:
        mapping = self.mapping(value)
        n = mapping.get("n")
        if isinstance(n, bool) or not isinstance(n, int):
            raise self.error(n, "a whole number")
        return Adjustment(n, self.text(mapping.get("note", "")), self.text(mapping.get("box", "")))

    def check(self, value: Any) -> Check:
        mapping = self.mapping(value)
        if not isinstance(mapping.get("holds"), bool):
            raise self.error(mapping.get("holds"), "true or false")
        kind = self.member(CheckKind, mapping.get("kind"))
        name, detail, difference = (
            self.text(mapping.get("name")),
            self.text(mapping.get("detail", "")),
            mapping.get("difference", 0),
        )
        if isinstance(difference, bool) or not isinstance(difference, int):
            raise self.error(difference, "a whole number")
        hints = tuple(self.at("checks.hints").text(hint) for hint in self.items(mapping, "hints"))
        return Check(name, kind, mapping["holds"], detail, difference, hints)
