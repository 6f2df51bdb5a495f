"""Reading JSON whose shape is not to be trusted: every look-up gives text, numbers or objects, and emptiness where they are absent.

Some programs re-save ClinicalTrials.gov answers with every value in a list of one; values are taken out of such boxes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prisma_tool.formats.text.tidy import line, lines, paragraphs

_DEEPEST_BOX = 3


def find(tree: Any, *path: str) -> Any:
    """The value at `path` of nested objects, or None."""
    for name in path:
        tree = unboxed(tree)
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def unboxed(value: Any) -> Any:
    """A value out of lists of one."""
    for _ in range(_DEEPEST_BOX):
        if not isinstance(value, list) or len(value) != 1:
            break
        value = value[0]
    return value


def text(tree: Any, *path: str) -> str:
    """The string (or number, as text) at `path` on one line, or an empty string."""
    return line(_plain(unboxed(find(tree, *path))))


def long_text(tree: Any, *path: str) -> str:
    """The string at `path` with its line breaks, or an empty string."""
    return paragraphs(_plain(unboxed(find(tree, *path))))


def texts(tree: Any, *path: str) -> tuple[str, ...]:
    """The strings in the list at `path`, each once."""
    return lines([_plain(value) for value in _leaves(find(tree, *path), _DEEPEST_BOX)])


def nodes(tree: Any, *path: str) -> tuple[dict[str, Any], ...]:
    """The objects in the list at `path`."""
    value = find(tree, *path)
    return tuple(one for one in map(unboxed, value) if isinstance(one, dict)) if isinstance(value, list) else ()


def number(tree: Any, *path: str) -> int | None:
    """The whole number at `path`, or None."""
    digits = text(tree, *path)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= len("1000000000") else None


def _plain(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _leaves(value: Any, depth: int) -> Iterator[Any]:
    if not isinstance(value, list) or not depth:
        yield value
        return
    for item in value:
        yield from _leaves(item, depth - 1)
