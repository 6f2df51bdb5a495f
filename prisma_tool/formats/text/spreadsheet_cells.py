"""Cells that a spreadsheet program would run as a formula, defused with an apostrophe on the way out and freed on the way in.

Invariant: `freed(defused(text)) == text` for every text. A text that itself begins with an apostrophe before such a character gets
one more. Keys and accessions pass unchanged unless they would run, which no source's identifiers do (they begin with a letter or
digit); those are defused too, and as tables are read back through `freed`, still arrive unchanged.
"""

from __future__ import annotations

import re

_RUNS = re.compile(r"'*[=+\-@\t\r]")


def defused(text: str) -> str:
    """`text` with an apostrophe before a first character that starts a formula."""
    return f"'{text}" if _RUNS.match(text) else text


def freed(text: str) -> str:
    """`text` without the apostrophe that `defused` put there."""
    return text[1:] if text.startswith("'") and _RUNS.match(text) else text
