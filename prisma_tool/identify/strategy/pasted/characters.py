"""Characters that copying leaves in a strategy, written as the services know them.

A word processor bends quotes and lengthens hyphens, a web page adds invisible characters, an East Asian keyboard types brackets of
full width: none of them is meant, and each is searched as something else. Pure; what was changed is counted by its kind.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable

Rewrite = Callable[[str], tuple[str, int]]

_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_BLANK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_DOUBLE_QUOTE = re.compile("[“”„‟«»″〝〞]|``(?=\\w)|(?<=\\w)''")
_SINGLE_QUOTE = re.compile("[‘’‚‛′`´]")
_DASH = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63]")
_FULL_WIDTH = re.compile("[\uff01-\uff5e]")
_BRACKETS = str.maketrans("【】〔〕〈〉", "[][]()")
_BRACKET = re.compile("[【】〔〕〈〉]")
_ENTITY = re.compile(r"&(?:quot|amp|lt|gt|nbsp|#\d{1,5}|#x[0-9a-fA-F]{1,4});")
_DOUBLE_PIPE = re.compile(r"\s*\|\|\s*")
_DOUBLE_AMPERSAND = re.compile(r"\s*&&\s*")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")
"""Save those that end a row, as Word's soft line break does."""
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_ASTERISK = re.compile("[\u2217\u204e\ufe61\u2731]")
_TAG = re.compile(r"</?(?:br|p|b|i|u|em|strong|span|div|td|tr|th|li|ul|ol|sup|sub|font)\b[^<>]*>", re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,})\w*[ \t]*$", re.MULTILINE)
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)\*\*")
_BULLET = re.compile(r"^[ \t]*[•‣▪◦●○–][ \t]+", re.MULTILINE)
_QUOTED_MAIL = re.compile(r"^[ \t]*>(?:[ \t]*>)*[ \t]*", re.MULTILINE)
_ESCAPED = re.compile(r"\\(?=[\"\[\](){}*#_&<>|])")
"""Markdown, JSON and LaTeX put a backslash before a character of their own."""
_REMARK = re.compile(r"/\*.*?\*/", re.DOTALL)
_LAST_REMARK = re.compile(r"[ \t]+//[ \t].*$", re.MULTILINE)


def _replacing(pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]) -> Rewrite:
    return lambda text: pattern.subn(replacement, text)


def _replaced_all(text: str, *replacements: tuple[re.Pattern[str], str]) -> tuple[str, int]:
    """Several replacements as one; how many there were in all."""
    total = 0
    for pattern, replacement in replacements:
        text, count = pattern.subn(replacement, text)
        total += count
    return text, total


def _marks(text: str) -> tuple[str, int]:
    return _replaced_all(text, (_FENCE, ""), (_TAG, " "), (_BOLD, r"\1"), (_BULLET, ""), (_QUOTED_MAIL, ""))


REWRITES: tuple[tuple[str, Rewrite], ...] = (
    ("control characters were taken out", _replacing(_CONTROL, "")),
    ("backslashes before punctuation were taken out", _replacing(_ESCAPED, "")),
    ("HTML entities were written as characters", _replacing(_ENTITY, lambda match: html.unescape(match.group()))),
    ("marks of a page or a text processor (<br>, **, bullets, fences, > of mails) were taken out", _marks),
    ("remarks (/* ... */, // ...) were taken out", lambda text: _replaced_all(text, (_REMARK, " "), (_LAST_REMARK, ""))),
    ("ligatures were written out", _replacing(_LIGATURE, lambda match: unicodedata.normalize("NFKC", match.group()))),
    ("unusual asterisks became plain ones", _replacing(_ASTERISK, "*")),
    ("invisible characters were taken out", _replacing(_INVISIBLE, "")),
    ("unusual blanks became plain ones", _replacing(_BLANK, " ")),
    (
        "characters of full width became plain ones",
        _replacing(_FULL_WIDTH, lambda match: unicodedata.normalize("NFKC", match.group())),
    ),
    ("foreign brackets became plain ones", _replacing(_BRACKET, lambda match: match.group().translate(_BRACKETS))),
    ("curly quotes became straight ones", _replacing(_DOUBLE_QUOTE, '"')),
    ("curly apostrophes became straight ones", _replacing(_SINGLE_QUOTE, "'")),
    ("long dashes became hyphens", _replacing(_DASH, "-")),
    ("|| became OR", _replacing(_DOUBLE_PIPE, " OR ")),
    ("&& became AND", _replacing(_DOUBLE_AMPERSAND, " AND ")),
)
"""What is rewritten, in order, each with the sentence that tells it."""


def plain_characters(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with plain characters, and a sentence for each kind of rewriting that was needed."""
    sentences = []
    for sentence, rewrite in REWRITES:
        text, count = rewrite(text)
        if count:
            sentences.append(f"{sentence} ({count} times)" if count > 1 else sentence)
    return text, tuple(sentences)
