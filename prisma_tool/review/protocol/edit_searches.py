"""Writing searches into review.toml: a cleaned strategy, with what stood there above it as a comment, and further searches.

Pure. Invariant: a text is given back only if it reads back as what was meant.
"""

from __future__ import annotations

from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from prisma_tool.errors import ReviewError
from prisma_tool.model.protocol.live_sources import BY_SLUG
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import one_line
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.review.protocol.toml_text import toml_string

_PLACE = "the cleaned strategy stands here"
"""Marks the line for the time of editing: the library keeps everything else as it was."""


def with_strategy(text: str, search: str, parameter: str, strategy: str) -> str:
    """The text of review.toml with this strategy, the original above it as a comment.

    Args:
        text: review.toml as it stands.
        search: the name of the search.
        parameter: the key that holds the strategy: `term`, or `query.term`.
        strategy: the text that is to stand there.

    Raises:
        ReviewError: it is laid out in a way that cannot be edited here, or has no such search.
    """
    try:
        document = tomlkit.parse(text)
        tables: Any = document.get("search", [])
        table = next(table for table in tables if one_line(str(table["name"])) == search)
        original = str(table[parameter])
        table[parameter] = _PLACE
        key, indent = _line_of_place(tomlkit.dumps(document))
        value = toml_string(strategy)
        lines = [*(f"# {line}".rstrip() for line in _commented(original)), f"{key}{value}"]
        result = tomlkit.dumps(document).replace(f'{indent}{key}"{_PLACE}"', "\n".join(f"{indent}{line}" for line in lines), 1)
        stated = {plan.name: plan.parameters for plan in parse_protocol(result).searches}
    except (TOMLKitError, TypeError, AttributeError, KeyError, IndexError, ValueError, StopIteration) as error:
        raise _uneditable(search) from error
    if stated[search][parameter] != strategy:
        raise _uneditable(search)
    return result


def with_search(text: str, name: str, source: str, strategy: str) -> str:
    """The text of review.toml with one more search, after all that stands there.

    Args:
        text: review.toml as it stands.
        name: the name of the search; no other may have it.
        source: PubMed or another source that is searched from here, or any that is searched elsewhere.
        strategy: the strategy; a source that is searched elsewhere may go without.

    Raises:
        ReviewError: the name is taken, or a strategy is missing where it must not be.
    """
    service = BY_SLUG.get(slug(source))
    lines = ["[[search]]", f"name = {toml_string(name)}", f"source = {toml_string(source)}"]
    if strategy or service:
        key = service.line_key if service else "strategy"
        lines.append(f"{tomlkit.key(key).as_string()} = {toml_string(strategy)}")
    result = "\n".join([text.rstrip("\n"), "", *lines, ""])
    parse_protocol(result)
    return result


def _commented(original: str) -> list[str]:
    return ["The strategy as it was pasted:", *(one_line(line) for line in original.splitlines())]


def _line_of_place(text: str) -> tuple[str, str]:
    """What stands before the value in its line ("term = "), and the indent of that line."""
    line = next(line for line in text.splitlines() if _PLACE in line)
    before = line.partition(f'"{_PLACE}"')[0]
    return before.lstrip(), before[: len(before) - len(before.lstrip())]


def _uneditable(search: str) -> ReviewError:
    return ReviewError(
        f"{FILE_NAME} is laid out in a way that cannot be edited here; write the cleaned strategy of {search} into it yourself. "
        "`prisma-tool search --check` shows it."
    )
