"""Citations as JSON and back, for the store. Invariant: `decode(encode(c)) == c`; fields at their default are left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from json.encoder import encode_basestring as quoted
from operator import attrgetter
from typing import Any

import msgspec
from msgspec.structs import fields

from prisma_tool.model import json_text
from prisma_tool.model.record.citation import Author, Citation, Link, Section, Trial

_NESTED: dict[str, type[Any]] = {"authors": Author, "abstract": Section, "other_abstracts": Section, "links": Link}
_KINDS: tuple[type[Any], ...] = (Citation, Author, Link, Section, Trial)
_NAMES = {kind: frozenset(field.name for field in fields(kind)) for kind in _KINDS}


def _writer(kind: type[Any]) -> Callable[[Any], str]:
    """Writes objects of a kind; what can be looked up once is: every record of an import passes here, some ten times."""
    ordered = sorted(fields(kind), key=lambda field: field.name)
    values = attrgetter(*(field.name for field in ordered))
    named = tuple((f'"{field.name}":', field.default) for field in ordered)

    def write(item: Any) -> str:
        kept = [
            name + (quoted(value) if type(value) is str else _json(value))
            for value, (name, default) in zip(values(item), named, strict=True)
            if value != default
        ]
        return "{" + ",".join(kept) + "}"

    return write


_WRITERS = {kind: _writer(kind) for kind in _KINDS}


def encode(citation: Citation) -> str:
    """The citation as compact JSON with sorted keys: equal citations give equal text."""
    return _WRITERS[Citation](citation)


def _json(value: Any) -> str:
    kind = type(value)
    if kind is tuple:
        write_item = quoted if value and type(value[0]) is str else _json
        return "[" + ",".join(map(write_item, value)) + "]"
    write = _WRITERS.get(kind)
    return write(value) if write else json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


_ALL = _NAMES[Citation]
_whole = msgspec.json.Decoder(Citation).decode
"""Makes a citation at a fraction of the cost; refuses one whose values are of other types, or no JSON by the letter."""


def decode(text: str, only: Collection[str] = _ALL) -> Citation:
    """The citation that `encode` wrote, with these fields alone; fields that this version does not know are passed over."""
    if only is _ALL:
        try:
            return _whole(text)
        except (ValueError, RecursionError):
            pass
    data = {name: value for name, value in json_text.parse(text).items() if name in only}
    for name, kind in _NESTED.items():
        if name in data:
            data[name] = tuple(kind(**_known(kind, item)) for item in data[name])
    if data.get("trial") is not None:  # a trial of which nothing is known is one all the same
        data["trial"] = Trial(**_tuples(_known(Trial, data["trial"])))
    if "extra" in data:
        data["extra"] = tuple((tag, value) for tag, value in data["extra"])
    return Citation(**_tuples(data))


def _known(kind: type[Any], data: dict[str, Any]) -> dict[str, Any]:
    names = _NAMES[kind]
    return {name: value for name, value in data.items() if name in names}


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
