"""The names in the code are words that a stranger would search for."""

from __future__ import annotations

import ast
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "prisma_tool"
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts and "_fixtures" not in path.parts)
PRIVATE_DIALECT = frozenset(
    [
        "alike",
        "blame",
        "deed",
        "deeds",
        "desk",
        "errand",
        "found",
        "gathered",
        "heard",
        "lane",
        "manner",
        "outlook",
        "overtaken",
        "said",
        "saying",
        "settling",
        "sitting",
        "spoken",
        "told",
        "tells",
        "whereabouts",
        "wish",
        "wishes",
    ]
)
"""Words that once stood for results, messages, commands, sessions and the like; CONTRIBUTING.md has what to say instead."""


def names(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8") as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.NAME:
                yield token.start[0], token.string


def test_no_identifier_is_of_the_private_dialect() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)}:{line} {name}"
        for path in MODULES
        for line, name in names(path)
        if name.strip("_").lower() in PRIVATE_DIALECT
    ]
    assert wrong == []


def test_no_two_modules_define_a_class_of_one_name() -> None:
    where = defaultdict(list)
    for path in MODULES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                where[node.name].append(str(path.relative_to(PACKAGE)))
    assert {name: paths for name, paths in where.items() if len(paths) > 1} == {}


def test_no_folder_but_that_of_the_commands_holds_more_than_twenty_modules() -> None:
    sizes = {
        str(folder.relative_to(PACKAGE)): sum(path.name != "__init__.py" for path in folder.glob("*.py"))
        for folder in {path.parent for path in MODULES}
    }
    assert {folder: size for folder, size in sizes.items() if size > 20 and folder != "cli"} == {}


ROOMS = "|".join(sorted(path.name for path in PACKAGE.iterdir() if path.is_dir() and not path.name.startswith("_")))
REFERENCE = re.compile(rf"`((?:{ROOMS})(?:\.[a-z_0-9]+)+)")


def test_a_module_that_a_docstring_names_exists() -> None:
    wrong = []
    for path in MODULES:
        for name in REFERENCE.findall(path.read_text(encoding="utf-8")):
            # The last part may be a function of the module.
            parts = name.split(".")
            places = [PACKAGE.joinpath(*parts), PACKAGE.joinpath(*parts[:-1])]
            if not any(place.is_dir() or place.with_suffix(".py").is_file() for place in places):
                wrong.append(f"{path.relative_to(PACKAGE)}: {name}")
    assert wrong == []
