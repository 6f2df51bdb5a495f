"""Formats that other packages add. They are tried after all built-in ones, and what they give is checked: it comes from outside.

Invariant: what leaves this module is an account that balances, whose citations hold what their types say, without control characters.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from typing import Any

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import Parsed, ParsedEntry, Reject
from prisma_tool.formats.format_table import BY_NAME, Format
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look
from prisma_tool.model.record.well_typed import is_well_typed
from prisma_tool.model.text import clean
from prisma_tool.plugins.entry_points import PluginKind, PluginWarning, all_usable, usable


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
        return plugin.recognises(look.text) is True
    except Exception as error:  # noqa: BLE001 - somebody else's code fails as it likes
        warnings.warn(f"{_failed(name, error).message} It is left out.", PluginWarning, stacklevel=2)
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
        parsed = parse()
    except FormatError:
        raise
    except Exception as error:
        raise _failed(name, error) from error
    if type(parsed) is not Parsed or type(parsed.declared) is not int:
        raise FormatError(f"The plug-in '{name}' gave no account but {type(parsed).__name__}. Tell its authors.")
    wrong = next((n for n, piece in enumerate((*parsed.entries, *parsed.rejects), 1) if not _is_sound(piece)), None)
    if wrong is not None:
        raise FormatError(
            f"The plug-in '{name}' gave a piece (number {wrong}) that is no sound entry or reject. Tell its authors."
        )
    return replace(parsed, format=name, warnings=tuple(clean(str(warning)) for warning in parsed.warnings))


def _failed(name: str, error: Exception) -> FormatError:
    return FormatError(clean(f"The plug-in '{name}' failed: {type(error).__name__}: {error}. Tell its authors."))


def _is_sound(piece: object) -> bool:
    if type(piece) is Reject:
        return type(piece.line) is int and all(type(text) is str for text in (piece.reason, piece.raw))
    return (
        type(piece) is ParsedEntry
        and all(type(text) is str for text in (piece.accession, piece.raw, piece.source))
        and type(piece.line) is int
        and is_well_typed(piece.citation)
        and _is_clean(piece.citation)
    )


def _is_clean(value: Any) -> bool:
    """Whether no text in a citation holds a control character, which the built-in parsers remove."""
    texts = [astuple(value)]
    while texts:
        item = texts.pop()
        if isinstance(item, tuple):
            texts.extend(item)
        elif isinstance(item, str) and clean(item) != item:
            return False
    return True
