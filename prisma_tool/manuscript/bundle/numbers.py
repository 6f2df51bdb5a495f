"""The numbers of a deposit's figure, each with its members, and the figure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from prisma_tool.figure.words.options import PLAIN
from prisma_tool.figure.write import RENDERERS
from prisma_tool.flow.as_json import count_keys, explanation, list_keys
from prisma_tool.flow.flow import Flow
from prisma_tool.manuscript.bundle import canonical

FLOW, NUMBERS, FIGURE = "flow.json", "numbers.json", "figure.svg"


def number_keys(flow: Flow) -> Iterator[str]:
    """The keys of all numbers of a flow: its boxes that have one, and the lines of its lists."""
    yield from (key for key in count_keys(flow) if getattr(flow, key) is not None)
    for key in list_keys(flow):
        yield from (f"{key}:{label}" for label in getattr(flow, key))


def numbers(flow: Flow) -> dict[str, Any]:
    """Every number with its members, by its key."""
    return {key: explanation(flow, key) for key in number_keys(flow)}


def number_files(flow: Flow) -> dict[str, bytes]:
    """The flow as data, its numbers with their members, and the figure."""
    return {
        FLOW: RENDERERS[".json"](flow, PLAIN),
        NUMBERS: canonical.document(numbers(flow)),
        FIGURE: RENDERERS[".svg"](flow, PLAIN),
    }


def first_difference(deposited: bytes, flow: Flow) -> str:
    """The first number that is another in the deposit than its data say, in words; empty where all are the same."""
    try:
        stated = json.loads(deposited)
    except (ValueError, RecursionError):
        return f"{NUMBERS} is no JSON"
    stated = stated if isinstance(stated, dict) else {}
    for key, number in numbers(flow).items():
        given = stated.get(key)
        if given == number:
            continue
        if not isinstance(given, dict):
            return f"the number {key} is missing in {NUMBERS}; the data give {number['n']}"
        if given.get("n") != number["n"]:
            return f"the number {key} is {str(given.get('n'))[:20]} in {NUMBERS}; the data give {number['n']}"
        return f"the number {key} has other members in {NUMBERS} than in the data"
    further = sorted(stated.keys() - numbers(flow).keys())
    return f"{NUMBERS} has a number {further[0][:80]} that the data do not give" if further else ""


def flow_difference(deposited: bytes, flow: Flow) -> str:
    """The first number of a deposited flow that is another than the data say, in words; empty where all are the same."""
    try:
        stated = json.loads(deposited)
        boxes = {
            **stated["counts"],
            **{f"{name}:{label}": n for name, lines in stated["lists"].items() for label, n in lines.items()},
        }
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return f"{FLOW} is not as deposits have it"
    for key in number_keys(flow):
        n = explanation(flow, key)["n"]
        if boxes.get(key) != n:
            return f"the number {key} is {str(boxes.get(key))[:20]} in {FLOW}; the data give {n}"
    return ""
