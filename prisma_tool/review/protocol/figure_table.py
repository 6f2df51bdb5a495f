"""The words of the figure in review.toml: [flow.notes], [flow.labels], and caption, alt, author, language and show of [flow].

Invariant: a key that no box has, or a placeholder that cannot be filled, is refused with those that exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prisma_tool.model.protocol.figure_words import ExtraBoxes, FigureWords, Language, problem_of_key, problem_of_text, unmarked
from prisma_tool.model.text import one_line
from prisma_tool.review.protocol.checked_values import CheckedValues


def read_figure_words(values: CheckedValues, flow: Mapping[str, Any]) -> FigureWords:
    """The words in the table `flow`; `values` checks them.

    Raises:
        ReviewError: an unknown key or placeholder, or a value that is no text.
    """
    return FigureWords(
        notes={key: unmarked(key, text) for key, text in _texts(values, flow, "notes").items()},
        labels=_texts(values, flow, "labels"),
        caption=_text(values, flow, "caption", "flow."),
        alt=_text(values, flow, "alt", "flow."),
        author=one_line(values.text(flow, "author", "flow.")),
        show=_shown(values, flow),
        language=Language(values.choice(flow, "language", tuple(language.value for language in Language), "flow.")),
    )


def _shown(values: CheckedValues, flow: Mapping[str, Any]) -> tuple[ExtraBoxes, ...]:
    names = values.texts(flow, "show", "flow.")
    if not {*names} <= {*ExtraBoxes}:
        raise values.wrong("flow.show", f"must hold names out of: {', '.join(ExtraBoxes)}.")
    return tuple(map(ExtraBoxes, names))


def _texts(values: CheckedValues, flow: Mapping[str, Any], name: str) -> dict[str, str]:
    table = flow.get(name, {})
    if not isinstance(table, dict):
        raise values.wrong(f"flow.{name}", f"must be a table: write [flow.{name}] on a line of its own.")
    for key in table:
        problem = problem_of_key(key)
        if problem:
            raise values.wrong(f"flow.{name}.{key}", problem)
    texts = {key: _text(values, table, key, f"flow.{name}.") for key in table}
    return {key: text for key, text in texts.items() if text}


def _text(values: CheckedValues, table: Mapping[str, Any], key: str, name: str) -> str:
    text = one_line(values.text(table, key, name))
    problem = problem_of_text(text)
    if problem:
        raise values.wrong(name + key, problem)
    return text
