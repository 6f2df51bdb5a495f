"""Text of a source in the shape a citation keeps it.

Invariant: whatever leaves this module is cleaned of control characters and in Unicode normal form C, so that equal text is equal
whichever way a source composed its accents.
"""

from __future__ import annotations

import re
import unicodedata

from prisma_tool.model.text import clean, one_line

_EMPTY_LINES = re.compile(r"\n{2,}")
_API_KEY = re.compile(r"(api[-_]?key\W{1,5})[^\s\"'&,}]+", re.IGNORECASE)
_QUOTED_LENGTH = 200
_MARKDOWN_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!^<>~|&=])")


def line(text: str) -> str:
    """`text` on one line."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return unicodedata.normalize("NFC", one_line(text))


def tidy(text: str) -> str:
    """`line` for values of a text that `formats.text.decoding` has cleaned as a whole: the same result, without cleaning it again."""
    if text.isascii():
        return " ".join(text.split()) if "  " in text or "\n" in text or "\t" in text else text.strip()
    return unicodedata.normalize("NFC", " ".join(text.split()))


def paragraphs(text: str) -> str:
    """`text` with its line breaks kept, each line trimmed and empty lines left out."""
    lines = "\n".join(line(part) for part in clean(text).split("\n"))
    return _EMPTY_LINES.sub("\n", lines).strip()


def quoted(text: str) -> str:
    """The beginning of foreign text, fit to stand inside an error message; NCBI repeats the API key in some answers: left out."""
    words = _API_KEY.sub(r"\1…", line(text))
    return words if len(words) <= _QUOTED_LENGTH else words[: _QUOTED_LENGTH - 1].rstrip() + "…"


def without_escapes(markdown: str) -> str:
    """Text as ClinicalTrials.gov means it: its long texts are Markdown, with a backslash before signs."""
    return _MARKDOWN_ESCAPE.sub(r"\1", markdown) if "\\" in markdown else markdown


def with_type(named: tuple[str, ...], kind: str) -> tuple[str, ...]:
    """Publication types as the source names them, and what the entry's own type says, unless one of them says it already."""
    known = {name.casefold() for name in named}
    return (*named, kind) if kind and kind.casefold() not in known else named


def lines(values: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Each value on one line, empty ones left out, each once, in order."""
    return tuple(dict.fromkeys(filter(None, map(line, values))))
