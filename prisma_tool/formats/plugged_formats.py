"""Formats that other packages add. They are tried after all built-in ones, and what they give is checked: it comes from outside.

Invariant: what leaves this module is an account that balances, whose citations hold what their types say, without control characters.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import Parsed, ParsedEntry, Reject
from prisma_tool.formats.format_table import BY_NAME, Format
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.well_typed import is_well_typed
from prisma_tool.model.text import clean
from prisma_tool.plugins.entry_points import PluginKind, PluginWarning, all_usable, usable
from prisma_tool.plugins.foreign_code import ForeignFailure, run_foreign


@dataclass(frozen=True, slots=True)
class FormatPlugin:
    """A format of citation files.

    `recognises` takes the beginning of a file as text and says whether it is one; only files that no built-in format recognises are shown to it.
    `parse` takes the whole file and gives its account: `declared` entries, counted by a simpler rule than the parsing, equals entries and rejects.
    Its name is that of its entry point.
    """

    title: str
    recognises: Callable[[str], bool]
    parse: Callable[[bytes], Parsed]


_TAKEN = frozenset(BY_NAME)
_SURROGATES = re.compile("[\ud800-\udfff]")
LAST_YEAR = 9_999


def plugged_format(name: str) -> Format | None:
    """The format of this name that a package adds, or None."""
    plugin = usable(PluginKind.FORMATS, name, FormatPlugin, _TAKEN)
    return None if plugin is None else _format(name, plugin)


def recognised(look: Look) -> str:
    """The name of the first added format that recognises a file; empty for none."""
    added = all_usable(PluginKind.FORMATS, FormatPlugin, _TAKEN)
    return next((name for name, plugin in added if _recognises(name, plugin, look)), "")


def _recognises(name: str, plugin: FormatPlugin, look: Look) -> bool:
    try:
        return run_foreign(lambda: plugin.recognises(look.text)) is True
    except ForeignFailure as failure:
        warnings.warn(f"{_failed(name, failure).message} It is left out.", PluginWarning, stacklevel=2)
        return False


def _format(name: str, plugin: FormatPlugin) -> Format:
    def parse(data: ByteSource) -> Parsed:
        return checked_account(name, lambda: plugin.parse(bytes(data[:])))

    return Format(name, plugin.title, lambda look: _recognises(name, plugin, look), parse)


def checked_account(name: str, parse: Callable[[], Any]) -> Parsed:
    """What a plug-in's parser gives, as an account under the plug-in's name.

    Raises:
        FormatError: it fails, gives something else, or citations that do not hold what their types say.
    """
    try:
        # Citations may be made when they are looked at; that is the plug-in's work too.
        parsed, fault = run_foreign(lambda: _examined(parse()), FormatError)
    except ForeignFailure as failure:
        raise _failed(name, failure) from failure
    if fault:
        raise FormatError(f"The plug-in '{name}' gave {fault}. Tell its authors.")
    return replace(parsed, format=name, warnings=tuple(map(clean, parsed.warnings)))


def _examined(parsed: Any) -> tuple[Parsed, str]:
    """What was given, and in words what it is where it is no sound account."""
    if type(parsed) is not Parsed:
        return parsed, f"no account but {type(parsed).__name__}"
    if not _is_account(parsed):
        return parsed, "an account that does not hold what its types say"
    wrong = next((n for n, piece in enumerate((*parsed.entries, *parsed.rejects), 1) if not _is_sound(piece)), 0)
    return parsed, f"a piece (number {wrong}) that is no sound entry or reject" if wrong else ""


def _is_account(parsed: Parsed) -> bool:
    return (
        type(parsed.declared) is int
        and all(_is_clean(text) for text in (parsed.encoding, parsed.platform))
        and all(type(part) is tuple for part in (parsed.entries, parsed.rejects, parsed.warnings, parsed.header, parsed.mapping))
        and all(type(text) is str for text in (*parsed.warnings, *parsed.header))
        and all(type(pair) is tuple and tuple(map(type, pair)) == (str, str) for pair in parsed.mapping)
    )


def _failed(name: str, failure: ForeignFailure) -> FormatError:
    return FormatError(f"The plug-in '{name}' failed: {failure}. Tell its authors.")


def _is_sound(piece: object) -> bool:
    if type(piece) is Reject:
        return type(piece.line) is int and all(_is_storable(text) for text in (piece.reason, piece.raw))
    return (
        type(piece) is ParsedEntry
        and all(_is_clean(text) for text in (piece.accession, piece.source))
        and _is_storable(piece.raw)
        and type(piece.line) is int
        and is_well_typed(piece.citation)
        and (piece.citation.year is None or 0 < piece.citation.year <= LAST_YEAR)
        and _holds_clean_texts(piece.citation)
    )


def _is_clean(text: object) -> bool:
    return type(text) is str and clean(text) == text


def _is_storable(text: object) -> bool:
    """Whether a text can be kept as it stood in the file, whatever it holds."""
    return type(text) is str and _SURROGATES.search(text) is None


def _holds_clean_texts(citation: Citation) -> bool:
    """Whether no text in a citation holds a control character, which the built-in parsers remove."""
    texts: list[Any] = [citation]
    while texts:
        item = texts.pop()
        if isinstance(item, (tuple, Struct)):
            texts.extend(item if isinstance(item, tuple) else astuple(item))
        elif isinstance(item, str) and not _is_clean(item):
            return False
    return True
