"""Refusals in the words of the application: a sentence that names a command says which key does the same here.

Invariants: what a command does at no place stays a command, so that nobody is sent to a key that there is not; nothing else of a sentence
changes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from prisma_tool.errors import PrismaError
from prisma_tool.model.text import one_line

_COMMAND = re.compile(r"`(?:prisma-tool )?([^`]+)`")
_OPTION = re.compile(r"(?<![-\w])--([a-z][a-z-]*)(?: (?:\.\.\.|[A-Z]+(?:-[A-Z]+)*\b))?")
_NUMBER = "adjust"
"""The one command of which the words that follow are needed: the box and the number."""
_FORMS = {
    _NUMBER: "Enter a number",
    "assign": "Assign evenly",
    "backup": "Take a snapshot",
    "backup --list": "Put back a snapshot",
    "export": "Export records",
    "flow": "Draw the figure",
    "remove": "Remove records",
    "remove --undo": "Put removed records back",
    "report": "Write a report",
    "report bundle": "Write a deposit",
    "restore": "Put back a snapshot",
    "study link": "Link reports to a study",
    "version close": "Close a version",
    "version import": "Bring in a version",
    "version list": "Reopen the newest version",
    "version reopen": "Reopen the newest version",
}
_PLACES = {
    "adjudicate": "Conflicts (S)",
    "conflicts": "Conflicts (S)",
    "decide": "a verdict's key at the record",
    "dedupe": "R at Duplicates (3)",
    "dedupe --merge": "s at the record (4)",
    "dedupe --review": "Duplicates (3)",
    "-C": "“Open a review” (o)",
    "import": "+ at Home (1)",
    "init": "“Start a new review” (n)",
    "label": "L at the record",
    "log": "Activity (0)",
    "rank --reopen": "P at Title/abstract (4)",
    "reasons": "Enter at Protocol (9)",
    "retrieve": "p at Full text (5)",
    "retrieve --find": "F at Full text (5)",
    "reviewer": "Enter at Protocol (9)",
    "search": "R at Sources (2)",
    "search --check": "V at Sources (2)",
    "status": "Home (1)",
    "status --attention": "! at Sources (2)",
    "study list": "Studies (6)",
}
ACTS: Mapping[str, str] = {**{name: f"“{title}” (=)" for name, title in _FORMS.items()}, **_PLACES}
"""What does here what a command does, by its first words; the longest that fit count."""
NO_PLACE = frozenset(
    {
        "asreview",
        "cite",
        "doctor",
        "export --help",
        "merge",
        "move",
        "pilot",
        "pip",
        "plugins",
        "report answer",
        "rescue",
        "study participants",
        "verify",
    }
)
"""What can only be done outside the application, or has several places."""


def refusal(error: PrismaError, labels: Mapping[str, str] | None = None) -> str:
    """Why something was refused, as one line; `labels` are what the fields of a form are called, by the options that they stand for."""
    return one_line(in_application(error.message, labels or {}))


def in_application(sentence: str, labels: Mapping[str, str] | None = None) -> str:
    """A sentence that may name commands and options, for somebody who is in the application."""
    return _OPTION.sub(_label_of(labels or {}), _COMMAND.sub(_act, sentence))


def _act(match: re.Match[str]) -> str:
    words = _plain(match[1])
    longest = max((name for name in {*ACTS, *NO_PLACE} if _begins(words, name)), key=len, default="")
    if longest == _NUMBER:
        return f"{ACTS[_NUMBER]}, {_OPTION.sub('', words.removeprefix(_NUMBER)).strip()}"
    return ACTS.get(longest, match[0])


def _begins(words: str, name: str) -> bool:
    """Whether a command begins so; an option may stand anywhere in it."""
    command, _, option = name.partition(" --")
    return f"{words} ".startswith(f"{command} ") and (not option or f" --{option} " in f"{words} ")


def _plain(command: str) -> str:
    return " ".join(command.split())


def _label_of(labels: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    def replaced(match: re.Match[str]) -> str:
        label = labels.get(match[1])
        return f"“{label}”" if label else match[0]

    return replaced
