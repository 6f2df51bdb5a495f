"""The rules of style sheets, read once a process.

Textual reads all style sheets anew for each application and each theme, because a user has one of them; the tests start hundreds.
"""

from __future__ import annotations

from collections.abc import Hashable

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_RULES: dict[Hashable, list[RuleSet]] = {}
_read = Stylesheet._parse_rules


def rules_read_once(sheet: Stylesheet, css: str, *where: Hashable, **more: Hashable) -> list[RuleSet]:
    """In the place of `Stylesheet._parse_rules`: what it gives for this text under the variables of the sheet's theme."""
    key = (css, where, frozenset(more.items()), frozenset(sheet._variables.items()))
    if key not in _RULES:
        _RULES[key] = _read(sheet, css, *where, **more)  # type: ignore[arg-type] # as they were given
    return _RULES[key]
