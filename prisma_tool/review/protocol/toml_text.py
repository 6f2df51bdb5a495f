"""Text as TOML writes it: on one line, or line below line where it has several."""

from __future__ import annotations

import json
import re

_PLAIN = re.compile(r"[^\x00-\x09\x0b-\x1f\x7f\\]*")


def toml_string(text: str) -> str:
    """The text as a TOML string; lines stand below each other where nothing in them needs an escape.

    A newline right behind the opening quotes of several lines is no part of the text (TOML 1.0, "String").
    """
    quotes = '"' * 3
    if "\n" in text and quotes not in text and not text.endswith('"') and _PLAIN.fullmatch(text):
        return f"{quotes}\n{text}{quotes}"
    # JSON's escapes are a subset of TOML's for basic strings, save the DEL character.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
