"""Text from outside, made harmless and comparable. Invariant: nothing that passed `clean` can move a terminal's cursor."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[@-Z\\-_])?|\x9b[0-?]*[ -/]*[@-~]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_NOT_WORD = re.compile(r"[\W_]+")
_PARTED = bytes(ord(" ") if chr(code).isascii() and not chr(code).isalnum() else code for code in range(0x100))
"""Bytes of UTF-8, with a space for each ASCII character that is neither letter nor digit."""

_UNDECOMPOSED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
"""Letters with a stroke or ligature that Unicode does not take apart."""
_CACHED_RUN = 16
"""Longer runs, such as lines of Chinese, hardly come again."""


def clean(text: str) -> str:
    """`text` without escape sequences, control characters, direction overrides and lone surrogates; newlines and tabs stay."""
    if (text.isascii() and text.isprintable()) or (_CONTROLS.search(text) is None and "\r" not in text):
        return text
    return _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))


def one_line(text: str) -> str:
    """Cleaned text with every run of white space as a single space."""
    return " ".join(clean(text).split())


def counted(n: int, singular: str, plural: str = "", thousands: str = ",") -> str:
    """`1 record`, `1,234 records`.

    Args:
        n: How many.
        singular: The noun for one.
        plural: The noun for others; empty for the singular with an s.
        thousands: What stands between the thousands.
    """
    return f"{n:,}".replace(",", thousands) + f" {singular if n == 1 else plural or singular + 's'}"


def fold(text: str) -> str:
    """Text for comparison: compatibility-decomposed, accents dropped, case-folded, words of letters and digits apart by spaces.

    Frozen: content keys depend on it.
    """
    bare = text if text.isascii() else _FOREIGN.sub(_folded_run, text)
    # Every rule looks at one character alone, so that only the few that are not ASCII need the long way.
    return " ".join(bare.casefold().encode().translate(_PARTED).decode().split())


def _folded_run(run: re.Match[str]) -> str:
    return _folded(run[0]) if len(run[0]) <= _CACHED_RUN else _folded.__wrapped__(run[0])


@lru_cache(maxsize=10_000)
def _folded(run: str) -> str:
    """Characters beyond ASCII, folded; the same few come in every text."""
    decomposed = unicodedata.normalize("NFKD", run).casefold().translate(_UNDECOMPOSED)
    return _NOT_WORD.sub(" ", "".join(character for character in decomposed if not unicodedata.combining(character)))


_JOINERS = "\u200c\u200d"


def printable(text: str) -> str:
    """`text` from outside as one composed line without invisible characters (joiners of letters stay)."""
    composed = unicodedata.normalize("NFC", one_line(text))
    return one_line("".join(c for c in composed if c in _JOINERS or unicodedata.category(c) not in {"Cf", "Co", "Cn"}))
