"""HTML that exporters leave in titles and abstracts, as readable text, and the way back.

Only tags of inline HTML, JATS and MathML and references with their semicolon count: "p<0.05 and x>3" and "AT&T" are words.
Invariant: `unmarked(guarded(text)) == text` for every cleaned text.
"""

from __future__ import annotations

import html
import re

from prisma_tool.formats.text.inline_markup import placed
from prisma_tool.formats.text.tidy import tidy
from prisma_tool.model.text import clean

_INLINE = (
    r"/?(?:i|b|u|s|p|em|strong|sup|sub|inf|br|hr|tt|span|div|small|big|font|italic|bold|scp?|underline|ul|ol|li|h[1-6]|a|abstracttext"
    r"|(?:jats|mml|xhtml|m):[a-z]+)(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'|[^\s<>\"']+))*\s*/?"
)
_TAG = re.compile(rf"<(?:{_INLINE})>|&lt;(?:{_INLINE})&gt;", re.IGNORECASE)
_OPEN = re.compile(r"<[/A-Za-z]")
_PLACED = re.compile(r"(<|&lt;)(sup|sub|inf)(?:>|&gt;)([^<>&]{1,20})\1/\2(?:>|&gt;)", re.IGNORECASE)
_PARTING = re.compile(r"(?:<|&lt;)/?(?:p|br|hr|div|li|h[1-6]|abstracttext|(?:jats|xhtml):(?:p|title|sec))\b", re.IGNORECASE)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def readable_text(text: str) -> str:
    """`tidy` for words: without inline tags, references read ("p&lt;0.05", "CO<sub>2</sub>", "M&uuml;ller"), on one line."""
    return tidy(unmarked(text)) if "&" in text or "<" in text else tidy(text)


def unmarked(text: str) -> str:
    """Text without inline tags and with its character references read; references of references too, which exporters make."""
    if "&" not in text and _OPEN.search(text) is None:
        return text
    if "&" not in text and "<" not in text:
        return text
    indexed = _PLACED.sub(lambda match: placed("sub" if match[2].lower() != "sup" else "sup", match[3]), text)
    bare = _TAG.sub(lambda tag: " " if _PARTING.match(tag.group()) else "", indexed)
    return _read(_read(bare))


def guarded(text: str) -> str:
    """Text that `unmarked` reads as `text`; the same text unless it holds what would be taken for markup."""
    if unmarked(text) == text:
        return text
    return text.replace("&", "&amp;amp;").replace("<", "&amp;lt;")


def _read(text: str) -> str:
    """References as characters; one that names a control character leaves nothing."""
    return clean(_REFERENCE.sub(lambda match: html.unescape(match.group()), text)) if "&" in text else text
