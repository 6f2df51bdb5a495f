"""The parts of a question: free words, and lines that name population, intervention, comparator and outcome. Pure.

Invariant: a question that is taken apart and put together says what it said.
"""

from __future__ import annotations

from collections.abc import Mapping

from prisma_tool.model.text import one_line

PARTS = ("Population", "Intervention", "Comparator", "Outcome")


def parts_of(question: str) -> tuple[str, dict[str, str]]:
    """The free words, and each part that has a line of its own, such as `Population: adults`."""
    free, parts = [], dict.fromkeys(PARTS, "")
    for line in question.strip().splitlines():
        name, colon, words = line.partition(":")
        part = next((part for part in PARTS if colon and part.casefold() == name.strip().casefold()), "")
        if part and not parts[part]:
            parts[part] = one_line(words)
        else:
            free.append(line)
    return "\n".join(free).strip(), parts


def question_of(free: str, parts: Mapping[str, str]) -> str:
    """The question as review.toml holds it."""
    lines = [f"{part}: {words}" for part in PARTS if (words := one_line(parts[part]))]
    return "\n".join(filter(None, [free.strip(), *lines]))
