"""Text on its way into XML. Invariant: whatever it holds, it arrives as text and the document stays well-formed."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def text(content: str) -> str:
    """`content` between tags, without the characters that XML 1.0 forbids."""
    return escape(_ILLEGAL.sub("", content))


def attribute(content: str) -> str:
    """`content` as an attribute's value, with its quotes."""
    return quoteattr(_ILLEGAL.sub("", content))
