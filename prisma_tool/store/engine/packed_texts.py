"""The long texts of records as bytes: compressed where that is shorter.

A packed text begins with a byte that no UTF-8 has and that names the dictionary; anything else is the text itself in UTF-8. Invariants:
`unpacked(packed(text, beside), beside) == text`, in every later version too; what is unpacked, which may come from a stranger, is never
much longer than what was stored.
"""

from __future__ import annotations

import zlib

from prisma_tool.store.engine.packing_dictionary import FIRST_DICTIONARY

_FIRST = b"\xf8"
"""Before what `FIRST_DICTIONARY` was used for. Another dictionary gets the next byte, and this one stays."""
_LEVEL = 1
"""The next take a tenth more time for 3 % less, the highest twice as much for 6 %."""
_WINDOWS = range(13, zlib.MAX_WBITS + 1)
"""In bits. One no larger than dictionary and text together does, and is made ready sooner."""
_FREE, _MOST_TIMES = 1 << 16, 32
"""A text of so many bytes is packed however short it becomes, a longer one only where it becomes no shorter than by this factor."""


class UnreadableText(ValueError):
    """What is stored is no packed text: the file is damaged, or somebody tampered with it."""


def packed(text: str, beside: str = "") -> bytes:
    """A text as it is stored.

    Args:
        text: In characters that UTF-8 has.
        beside: Another text that says much of the same and is stored beside it; unpacking needs it again.
    """
    plain, dictionary = text.encode(), _dictionary(beside)
    window = min(max((len(dictionary) + len(plain)).bit_length(), _WINDOWS[0]), _WINDOWS[-1])
    # A table of an eighth of the window's size has been the fastest.
    stream = zlib.compressobj(_LEVEL, zlib.DEFLATED, window, window - 7, zlib.Z_DEFAULT_STRATEGY, dictionary)
    short = _FIRST + stream.compress(plain) + stream.flush()
    return short if len(short) < len(plain) <= longest_text(short) else plain


def unpacked(stored: bytes, beside: str = "") -> str:
    """The text that `packed` took.

    Raises:
        UnreadableText: it is not what `packed` makes, or the text beside it is another.
    """
    try:
        return (_inflated(stored, beside) if stored.startswith(_FIRST) else stored).decode()
    except (zlib.error, UnicodeDecodeError) as error:
        raise UnreadableText(f"a packed text cannot be read: {error}") from error


def _inflated(stored: bytes, beside: str) -> bytes:
    stream = zlib.decompressobj(zlib.MAX_WBITS, _dictionary(beside))
    plain = stream.decompress(stored[len(_FIRST) :], longest_text(stored))
    if not stream.eof or stream.unused_data:
        raise UnreadableText("a packed text is cut, or longer than it may be")
    return plain


def _dictionary(beside: str) -> bytes:
    return FIRST_DICTIONARY + beside.encode() if beside else FIRST_DICTIONARY


def longest_text(stored: bytes) -> int:
    """How many bytes the text of a packed one may have."""
    return max(_FREE, _MOST_TIMES * len(stored))
