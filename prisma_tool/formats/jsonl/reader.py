"""JSON lines as this program writes them: one object a line, with the whole citation. Invariant: one entry or reject a line.

What the review said about a record comes as pairs at the beginning of `extra`, named like the columns of our tables, one for each of
them, so that they can be told from what the record itself brought under the same name; nothing is executed or guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple, replace

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.account.export_row import OWN_COLUMNS
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Decoding, Look, decoding
from prisma_tool.formats.text.tidy import line
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.codec import decode as decode_citation

FORMAT = "jsonl"


def recognises(look: Look) -> bool:
    """True where the first line is a whole JSON object with a citation in it."""
    if look.opening != "{":
        return False
    first = look.text.lstrip().split("\n", 1)[0]
    return '"citation"' in first and first.rstrip().endswith("}")


def parse_jsonl(data: ByteSource) -> Parsed:
    """The account of a file of JSON lines with all entries in memory.

    Raises:
        FormatError: not text, or no line holds anything.
    """
    return open_jsonl(data).whole()


def open_jsonl(data: ByteSource) -> FileAccount:
    """The account of a file of JSON lines, to be read entry by entry.

    Raises:
        FormatError: not text, or no line holds anything.
    """
    text = decoding(data)
    account = FileAccount(FORMAT, text.encoding)
    account.pieces = _pieces(text, account)
    return account


def _pieces(text: Decoding, account: FileAccount) -> Iterator[ParsedEntry | Reject]:
    number = 1
    for block in text.blocks():
        rows = block.removesuffix("\n").split("\n")
        account.declared += sum(1 for row in rows if row.strip())
        for number, raw in enumerate(rows, start=number):  # noqa: B020 - goes on where the block before ended
            if raw.strip():
                yield _piece(number, raw)
        number += 1
    if not account.declared:
        raise FormatError("The file holds no line of JSON.")
    account.warnings += text.warnings


def _piece(number: int, raw: str) -> ParsedEntry | Reject:
    try:
        document = json.loads(raw)
        citation = _citation(document)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        return Reject(number, f"not a record in JSON ({line(str(error)) or type(error).__name__})", raw)
    if citation.is_empty:
        return Reject(number, "no bibliographic field", raw)
    accession = document.get("accession", "")
    return ParsedEntry(citation, accession=line(accession) if isinstance(accession, str) else "", raw=raw, line=number)


def _citation(document: dict[str, Any]) -> Citation:
    """The citation as the store keeps it, each text on clean lines, and what was said about it.

    Raises:
        ValueError: a value is of another kind than its field.
    """
    citation = decode_citation(json.dumps(_cleaned(document["citation"])))
    _check(citation)
    return replace(citation, extra=(*_review_facts(document).items(), *citation.extra))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return "\n".join(map(line, value.split("\n")))
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {name: _cleaned(item) for name, item in value.items()}
    return value


def _check(citation: Citation) -> None:
    """Check that every field holds what it should, so that nothing stumbles over it later.

    Raises:
        ValueError: one does not.
    """
    default = Citation()
    for name in Citation.__struct_fields__:
        value, kind = getattr(citation, name), type(getattr(default, name))
        if name == "trial" or (name == "year" and (value is None or type(value) is int)):
            continue
        if not isinstance(value, kind) or (kind is tuple and not all(_is_plain(name, item) for item in value)):
            raise ValueError(f"{name} is not as it should be")


def _is_plain(name: str, item: object) -> bool:
    if name == "extra":
        return isinstance(item, tuple) and all(isinstance(part, str) for part in item)
    if isinstance(item, Struct):
        return all(isinstance(value, (str, bool)) for value in astuple(item))
    return isinstance(item, str)


def _review_facts(document: dict[str, Any]) -> dict[str, str]:
    """A value for each of our own columns, empty where nothing was said."""
    facts = {name: line(text) if isinstance(text := document.get(name), str) else "" for name in sorted(OWN_COLUMNS)}
    if isinstance(document.get("representative"), bool):
        facts["representative"] = str(document["representative"]).lower()
    if isinstance(document.get("labels"), list):
        facts["labels"] = "; ".join(line(str(label)).replace(";", ",") for label in document["labels"])
    if isinstance(document.get("reviewers"), dict):
        facts["reviewers"] = json.dumps(document["reviewers"], sort_keys=True)
    return facts
