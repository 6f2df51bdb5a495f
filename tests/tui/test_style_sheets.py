"""The style sheets: a rule for a widget that has another name by now would be ignored, and a screen whose sheet is gone would not open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from textual.widget import Widget

from prisma_tool import tui

ROOT = Path(tui.__file__).parent
SHEETS = sorted(ROOT.rglob("*.tcss"))
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_TYPE = re.compile(r"(?<![.#\w:-])[A-Z]\w+")


def subclasses(of: type[Widget]) -> Iterator[type[Widget]]:
    for subclass in of.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


@pytest.fixture(scope="module")
def widgets() -> set[str]:
    for folder in {sheet.parent for sheet in SHEETS} | {ROOT / "widgets"}:
        for module in folder.glob("*.py"):
            import_module(".".join(("prisma_tool.tui", *module.relative_to(ROOT).with_suffix("").parts)))
    return {subclass.__name__ for subclass in subclasses(Widget)}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: str(sheet.relative_to(ROOT)))
def test_a_style_sheet_names_widgets_that_there_are(sheet: Path, widgets: set[str]) -> None:
    selectors = re.findall(r"([^{}]+)\{", _COMMENT.sub("", sheet.read_text(encoding="utf-8")))
    named = {name for selector in selectors for name in _TYPE.findall(selector)}
    assert named <= widgets


def test_every_style_sheet_that_is_named_is_there() -> None:
    named = re.compile(r'"([./\w-]+\.tcss)"')
    missing = [
        (module.name, sheet)
        for module in ROOT.rglob("*.py")
        for sheet in named.findall(module.read_text(encoding="utf-8"))
        if not (module.parent / sheet).is_file()
    ]
    assert missing == []
