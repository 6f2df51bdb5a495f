"""Refusals say in the application what a person can press there, not what they could type elsewhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from prisma_tool.errors import PrismaError
from prisma_tool.tui.forms.form_table import FORMS
from prisma_tool.tui.words.refusal_words import ACTS, NO_PLACE, in_application, refusal

PACKAGE = Path(__file__).parents[2] / "prisma_tool"
COMMAND = re.compile(r"`prisma-tool ([a-z]+)((?: [a-z]+)?)")


def _sentences() -> Iterator[str]:
    """The literals of the rooms below the command line, with {} where something is filled in."""
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if path.relative_to(PACKAGE).parts[0] in ("cli", "demo", "manuscript") or "`prisma-tool" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_command_that_a_sentence_names_has_a_place_or_is_known_to_have_none() -> None:
    named = {match.groups() for text in _sentences() for match in COMMAND.finditer(text)}
    known = {name.split(" --")[0] for name in {*ACTS, *NO_PLACE}}
    assert len(named) > 20
    assert {first + rest for first, rest in named if not {first, first + rest} & known} == set()


def test_forms_that_are_named_exist() -> None:
    named = {title for act in ACTS.values() for title in re.findall("“(.*)” \\(=\\)", act)}
    assert named <= {form.title for form in FORMS}


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Take it with `prisma-tool backup`.", "Take it with “Take a snapshot” (=)."),
        ("reopen it: `prisma-tool version reopen`.", "reopen it: “Reopen the newest version” (=)."),
        ("`prisma-tool remove pubmed:1 --undo` puts it back", "“Put removed records back” (=) puts it back"),
        ("`prisma-tool adjust titles_excluded -3 --note ...`", "“Enter a number” (=), titles_excluded -3"),
        ("run `prisma-tool dedupe`", "run R at Duplicates (3)"),
        ("say `prisma-tool doctor --rebuild`", "say `prisma-tool doctor --rebuild`"),
        ("`prisma-tool restored`", "`prisma-tool restored`"),
        ("--note is an option", "--note is an option"),
    ],
)
def test_a_command_is_said_as_the_key_that_does_the_same(sentence: str, words: str) -> None:
    assert in_application(sentence) == words


def test_an_option_is_said_as_the_field_of_the_form_that_stands_for_it() -> None:
    error = PrismaError("Say in --note where\nit comes from, or --where CONDITION; not --noted.")
    words = refusal(error, {"note": "Where it comes from", "where": "That meet"})
    assert words == "Say in “Where it comes from” where it comes from, or “That meet”; not --noted."


def test_no_place_shows_an_error_in_the_words_of_the_command_line() -> None:
    """What a place shows goes through `refusal`; only what is shown beside the text of review.toml, or where there is no key, does not."""
    shown = re.compile(r"one_line\(error\.message\)")
    places = PACKAGE / "tui"
    elsewhere = {"plain_dialogue.py", "refusal_words.py", "loaded_text.py", "search_session.py"}
    assert [path.name for path in places.rglob("*.py") if shown.search(path.read_text()) and path.name not in elsewhere] == []
