"""CSL-JSON (Zotero, citeproc, Crossref), to an account of citations: a list, one item, or an object with `items`.

Names of fields: the schema of the Citation Style Language. They are translated into RIS's tags, so that one set of rules reads both.
Invariant: one entry or reject for each item; the `line` of each is its place in the list, from 1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.dialects.load import platform_table
from prisma_tool.formats.tagged.tag_translation import entry, translated
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Decoding, Look, decoding
from prisma_tool.formats.text.framing import Frame
from prisma_tool.formats.text.json_items import JsonItems
from prisma_tool.formats.text.tag_values import Pair
from prisma_tool.model.text import clean

FORMAT = "csl-json"
_DIALECT = platform_table("csl")["tagged"]
NAMES, TYPES = _DIALECT["names"], _DIALECT["kinds"]
"""A field to RIS's tag, and a type to the name of a publication type."""
_TYPED = re.compile(
    r"\"type\"\s*:\s*\"(?:article(?:-\w+)*|journal-article|book|chapter|paper-conference|thesis|report|dataset|webpage|document|manuscript"
    r"|post(?:-\w+)?|patent|posted-content|review|entry(?:-\w+)*|speech|software|standard)\""
)
_NAMED = re.compile(r"\"(?:title|issued|container-title|DOI|author)\"\s*:")
_FOREIGN = re.compile(r"\"(?:protocolSection|ProtocolSection|FullStudiesResponse)\"\s*:")
_WORD_PARTS = re.compile(r"[;,]\s*")


def recognises(look: Look) -> bool:
    """True for JSON in which an item has a type of CSL and one of its fields."""
    if look.opening not in {"{", "["} or _FOREIGN.search(look.text):
        return False
    return bool(_TYPED.search(look.text)) and bool(_NAMED.search(look.text))


def parse_csl_json(data: ByteSource) -> Parsed:
    """The account of a CSL-JSON file with all entries in memory.

    Raises:
        FormatError: not JSON.
    """
    return open_csl_json(data).whole()


def open_csl_json(data: ByteSource) -> FileAccount:
    """The account of a CSL-JSON file, to be read entry by entry.

    Raises:
        FormatError: here, not text; while reading, not JSON.
    """
    text = decoding(data)
    account = FileAccount(FORMAT, text.encoding)
    account.pieces = _pieces(text, account)
    return account


def _pieces(text: Decoding, account: FileAccount) -> Iterator[ParsedEntry | Reject]:
    document = JsonItems(text.blocks(","), "items")
    for item in document.items():
        account.declared += 1
        yield _piece(item, account.declared)
    if not document.listed:
        account.declared = 1
        yield _piece(document.rest, 1)
    account.warnings += text.warnings


def _piece(item: Any, number: int) -> ParsedEntry | Reject:
    raw = clean(json.dumps(item, ensure_ascii=False))
    if not isinstance(item, dict):
        return Reject(number, "the item is no object", raw)
    pairs, also = translated(_pairs(item), NAMES)
    return entry(Frame(number, raw), pairs, also)


def _pairs(item: dict[str, Any]) -> Iterator[Pair]:
    own = item.get("custom")
    custom = own if isinstance(own, dict) else {}
    for name, value in (*item.items(), *custom.items()):
        if name == "custom" and custom:
            continue
        if name in _DIALECT["people"]:
            yield from ((name, text) for text in map(_name, _listed(value)) if text)
        elif name == "type":
            yield name, "" if "types" in custom else TYPES.get(str(value), "")
        elif name == "note":
            yield from ((name, clean(note)) for note in str(value).split("\n"))
        elif name == "keyword":
            yield from ((name, word) for word in _WORD_PARTS.split(str(value)))
        elif isinstance(value, dict) and ("date-parts" in value or "raw" in value or "literal" in value):
            yield name, _date(value)
        else:
            yield from ((name, clean(str(text))) for text in _listed(value) if isinstance(text, str | int | float))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _name(name: Any) -> str:
    """The name in RIS's way; a literal name, which CSL never takes apart, is a group's where it has several words."""
    if not isinstance(name, dict):
        return clean(str(name))
    parts = {key: clean(str(text)) for key, text in name.items() if isinstance(text, str)}
    if "literal" in parts:
        return f"{parts['literal']}," if " " in parts["literal"] else parts["literal"]
    family = " ".join(filter(None, (parts.get("dropping-particle"), parts.get("non-dropping-particle"), parts.get("family"))))
    return ", ".join(filter(None, (family, parts.get("given"), parts.get("suffix"))))


def _date(date: dict[str, Any]) -> str:
    """A date as year, month and day, or as it is printed."""
    parts = date.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list):
        return "/".join(str(part) if number == 0 else f"{part:0>2}" for number, part in enumerate(parts[0]) if part is not None)
    return clean(str(date.get("raw") or date.get("literal") or ""))
