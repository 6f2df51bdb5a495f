"""Citations as JSON and back, for the store. Invariant: `decode(encode(c)) == c`; fields at their default are left out."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from prisma_tool.model.citation import Author, Citation, Link, Section, Trial

_FIELDS = {
    kind: tuple((field.name, field.default) for field in fields(kind)) for kind in (Citation, Author, Link, Section, Trial)
}
"""Names and defaults, looked up once: every record of an import passes here."""
_NESTED: dict[str, type[Any]] = {"authors": Author, "abstract": Section, "other_abstracts": Section, "links": Link}


def encode(citation: Citation) -> str:
    """The citation as compact JSON with sorted keys: equal citations give equal text."""
    return json.dumps(_plain(citation), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is tuple:
        return [item if type(item) is str else _plain(item) for item in value]
    named = _FIELDS.get(kind)
    if named is None:
        return value
    kept = ((name, getattr(value, name), default) for name, default in named)
    return {name: item if type(item) is str else _plain(item) for name, item, default in kept if item != default}


def decode(text: str) -> Citation:
    """The citation that `encode` wrote; fields that this version does not know are passed over."""
    data = _known(Citation, json.loads(text))
    for name, kind in _NESTED.items():
        if name in data:
            data[name] = tuple(kind(**_known(kind, item)) for item in data[name])
    if data.get("trial"):
        data["trial"] = Trial(**_tuples(_known(Trial, data["trial"])))
    if "extra" in data:
        data["extra"] = tuple((tag, value) for tag, value in data["extra"])
    return Citation(**_tuples(data))


def _known(kind: type[Any], data: dict[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in data.items() if name in names}


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
