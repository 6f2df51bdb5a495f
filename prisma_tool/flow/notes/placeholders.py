"""Filling the placeholders of notes, labels, caption and alternative text from the counts.

Pure. Invariant: every placeholder that `figure_words` knows can be filled from any flow; a box that the template lacks is 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prisma_tool.flow.flow import Flow, total
from prisma_tool.model.protocol.figure_words import PLACEHOLDER

_NAMES_IN = {"databases": "database_specific_results", "registers": "register_specific_results"}


def filled(text: str, flow: Flow, written: Callable[[int], str] = str, translated: Callable[[str], str] = str) -> str:
    """`text` with its placeholders filled.

    Args:
        text: what the protocol says; all its placeholders are known ones.
        flow: the counts.
        written: how a number is written.
        translated: gives the language's word for "and", "none" and "no date known".
    """
    return PLACEHOLDER.sub(lambda match: _value(match[1], flow, written, translated), text)


def _value(name: str, flow: Flow, written: Callable[[int], str], translated: Callable[[str], str]) -> str:
    if name in _NAMES_IN:
        return listed(getattr(flow, _NAMES_IN[name]), translated("and")) or translated("none")
    value = getattr(flow, name)
    if isinstance(value, str):
        return value or translated("no date known")
    if isinstance(value, Mapping):
        return written(total(value))
    return written(value.n if value is not None else 0)


def listed(names: Iterable[str], conjunction: str = "and") -> str:
    """Names as a sentence lists them: "PubMed, Embase and Scopus"."""
    *others, last = tuple(names) or ("",)
    return f"{', '.join(others)} {conjunction} {last}" if others else last
