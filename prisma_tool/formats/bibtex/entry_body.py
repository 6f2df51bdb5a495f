"""The text of one BibTeX entry as its fields. Values come back as they stand, with strings joined and delimiters gone.

Tolerant where the meaning is plain (a missing comma, no key, text between fields), strict where it is not: what cannot be read is
told by a reason. Invariant: every step moves forwards, so that the time taken grows with the length of the text only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Field = tuple[str, str]

_HEAD = re.compile(r"\s*@\s*([A-Za-z][\w-]*)\s*([{(])\s*")
_KEY = re.compile(r"([^,={}\n\"]*)(?:,|(?=\n|\}|$))")
_FIELD = re.compile(r"[\s,;]*+(?:%[^\n]*+\n[\s,;]*+)*+([^\s=,{}\"#%()@\\]++(?:(?<=[A-Za-z]) [A-Z][A-Za-z-]*+){0,3})\s*=\s*")
_CLOSE = {"{": re.compile(r"[\s,]*\}"), "(": re.compile(r"[\s,]*\)")}
_BRACED = re.compile(r"\{([^{}]*+(?:\{[^{}]*+(?:\{[^{}]*+\}[^{}]*+)*+\}[^{}]*+)*+)\}")
_MARK = re.compile(r"[{}\"]")
_BRACE = re.compile(r"[{}]")
_BARE = re.compile(r"[^\s,{}\"#=()]+")
_JOIN = re.compile(r"\s*#\s*")
_NEXT_FIELD = re.compile(r"\n[ \t]*(?=[A-Za-z][\w-]*[ \t]*=[ \t]*[{\"\d])")
_FIELD_LINE = re.compile(r"^[ \t]*([A-Za-z][\w-]*)[ \t]*=[ \t]*[{\"\d]", re.MULTILINE)
_ENDS_STRING = re.compile(r"\s*(?:[#})]|$|,\s*(?:[})]|[\w:.-]+\s*=|$))")
_SWALLOWED = re.compile(r"\n\s*[\w-]+\s*=\s*$")
_SWALLOWED_FIELD = re.compile(r",\s*[A-Za-z][\w-]*\s*=\s*[{\"\d]")
_MARGIN = 40
_LONGEST_VALUE = 2_000_000
"""Strings that name strings could grow without limit."""


class Unreadable(Exception):
    """No error of the program: carries why an entry cannot be read up to where it becomes a reject."""


@dataclass(frozen=True, slots=True)
class Body:
    """One entry: its type and field names in lower case, its key, and where in the text it ended.

    `stray` is true where text between the fields was passed over, or the closing brace is missing.
    """

    kind: str
    key: str
    fields: tuple[Field, ...]
    end: int
    stray: bool = False


@dataclass(slots=True)
class _Cursor:
    text: str
    close: re.Pattern[str]
    strings: Mapping[str, str]
    place: int
    fields: list[Field] = field(default_factory=list)
    stray: bool = False
    quoted: bool = False


def read_body(text: str, strings: Mapping[str, str]) -> Body:
    """The entry at the beginning of `text`; `strings` holds the values of `@string` by lower-case name.

    Raises:
        Unreadable: with the reason, fit for a reject.
    """
    head = _HEAD.match(text)
    if not head:
        raise Unreadable("the entry has no type and opening brace")
    cursor = _Cursor(text, _CLOSE[head[2]], strings, head.end())
    key = _key(cursor)
    _read_fields(cursor)
    return Body(head[1].lower(), key, tuple(cursor.fields), cursor.place, cursor.stray)


def _key(cursor: _Cursor) -> str:
    if _FIELD.match(cursor.text, cursor.place):
        return ""
    match = _KEY.match(cursor.text, cursor.place)
    if not match:
        return ""
    cursor.place = match.end()
    return match[1].strip()


def _closed(cursor: _Cursor) -> bool:
    """True at the entry's end. Where known fields follow a brace too many, without one coming twice, reading goes on there."""
    closing = cursor.close.match(cursor.text, cursor.place)
    if not closing:
        return _cut_off(cursor)
    onward = _NEXT_FIELD.search(cursor.text, closing.end())
    if onward and _belongs(cursor, onward.start() + 1):
        cursor.place, cursor.stray = onward.end(), True
        return False
    cursor.place = closing.end()
    return True


def _cut_off(cursor: _Cursor) -> bool:
    """True where the text ends after whole fields, only the closing brace missing.

    Raises:
        Unreadable: the last value took that brace, and fields with it.
    """
    rest = cursor.text[cursor.place : cursor.place + _MARGIN].strip(" \t\n,")
    if rest or not cursor.fields or cursor.text[cursor.place :].strip(" \t\n,"):
        return False
    if _SWALLOWED_FIELD.search(cursor.fields[-1][1]):
        raise Unreadable("a value is not closed: a brace is missing")
    cursor.stray = True
    return True


def _belongs(cursor: _Cursor, place: int) -> bool:
    names = {name for name, _ in cursor.fields}
    return cursor.text.rstrip().endswith(("}", ")")) and names.isdisjoint(field_names(cursor.text, place))


def field_names(text: str, place: int = 0) -> list[str]:
    """The names, in lower case, in lines that begin as a field does."""
    return [name.lower() for name in _FIELD_LINE.findall(text, place)]


def _read_fields(cursor: _Cursor) -> None:
    """All fields, up to the entry's end."""
    text, fields = cursor.text, cursor.fields
    while True:
        match = _FIELD.match(text, cursor.place)
        if match:
            cursor.place = match.end()
            fields.append((match[1].lower(), read_value(cursor)))
        elif _closed(cursor):
            return
        else:
            _skip(cursor)


def _skip(cursor: _Cursor) -> None:
    """Pass over text that belongs to no field, up to the next line that begins one."""
    onward = _NEXT_FIELD.search(cursor.text, cursor.place)
    if cursor.quoted or not onward:
        raise Unreadable("the text after a value is no field: a quotation mark, brace or comma is missing")
    cursor.place, cursor.stray = onward.end(), True


def read_value(cursor: _Cursor) -> str:
    """The value that begins here: pieces in braces, quotation marks or by name, joined with `#`."""
    first = _piece(cursor)
    joined = _JOIN.match(cursor.text, cursor.place)
    return _with_more(cursor, first) if joined else first


def _with_more(cursor: _Cursor, first: str) -> str:
    parts, length = [first], len(first)
    while joined := _JOIN.match(cursor.text, cursor.place):
        cursor.place = joined.end()
        parts.append(_piece(cursor))
        length += len(parts[-1])
        if length > _LONGEST_VALUE:
            raise Unreadable("a value made of strings is too long")
    return "".join(parts)


def _piece(cursor: _Cursor) -> str:
    mark = cursor.text[cursor.place : cursor.place + 1]
    cursor.quoted = mark == '"'
    if mark == "{":
        return _braced(cursor)
    if mark == '"':
        return _quoted(cursor)
    match = _BARE.match(cursor.text, cursor.place)
    if not match:
        return ""
    cursor.place = match.end()
    return cursor.strings.get(match[0].lower(), match[0])


def _braced(cursor: _Cursor) -> str:
    quick = _BRACED.match(cursor.text, cursor.place)
    if quick:
        cursor.place = quick.end()
        return quick[1]
    depth = 0
    for brace in _BRACE.finditer(cursor.text, cursor.place):
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            value = cursor.text[cursor.place + 1 : brace.start()]
            cursor.place = brace.end()
            return value
    raise Unreadable("a value is not closed: a brace is missing")


def _quoted(cursor: _Cursor) -> str:
    depth = 0
    for mark in _MARK.finditer(cursor.text, cursor.place + 1):
        if mark[0] != '"':
            depth += 1 if mark[0] == "{" else -1
        elif depth <= 0 and _ends(cursor.text, mark):
            value = cursor.text[cursor.place + 1 : mark.start()]
            cursor.place = mark.end()
            if _SWALLOWED.search(value[-80:]):
                raise Unreadable("a value is not closed: a quotation mark is missing")
            return value
    raise Unreadable("a value is not closed: a quotation mark is missing")


def _ends(text: str, mark: re.Match[str]) -> bool:
    """An accent before an unbraced letter does not end a value, unless nothing but an end can follow."""
    escaped = mark.start() and text[mark.start() - 1] == "\\"
    return not escaped or bool(_ENDS_STRING.match(text, mark.end()))


def read_strings(text: str, strings: Mapping[str, str]) -> dict[str, str]:
    """The names in one `@string{name = value}`, in lower case.

    Raises:
        Unreadable: not of that form.
    """
    body = read_body(text, strings)
    return dict(body.fields)
