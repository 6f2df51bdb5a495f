"""The file that a form is to write: its path from what was typed, and the question before one is replaced.

Invariant: a name without a folder belongs to the review's own folder, wherever the application was started.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from prisma_tool.errors import UsageError
from prisma_tool.model.text import one_line
from prisma_tool.tui.dialogs.form import FormField, Values
from prisma_tool.tui.dialogs.typed_paths import path_typed

FILE = "file"
_SEVERAL = "exist already. Once more replaces them; another name leaves each"


def file_field(value: str, hint: str, proposes: Callable[[Values], str] | None = None) -> FormField:
    """The field for the file's name; `hint` tells the suffixes that there are, `proposes` another name for other values."""
    return FormField(FILE, "File", value, is_path=True, hint=hint, proposes=proposes)


def typed_path(typed: str, what: str, folder: Path) -> Path:
    """The path that was typed, in the review's folder unless it names another.

    Raises:
        UsageError: nothing was typed, or what can be no path.
    """
    if not typed.strip():
        raise UsageError(f"Name {what}.")
    return path_typed(typed, folder)


def target(values: Values, folder: Path) -> Path:
    """The file that is to be written.

    Raises:
        UsageError: none is named.
    """
    return typed_path(values[FILE], "the file to write", folder)


def replaces(folder: Path, values: Values, also: Sequence[str] = ()) -> str:
    """The question where the file exists already, or that of another field; of files that are written from a review's folder.

    Raises:
        UsageError: none is named.
    """
    others = (path_typed(values[name], folder) for name in also if values[name].strip())
    existing = [one_line(str(path)) for path in (target(values, folder), *others) if _is_replaced(path)]
    exist = "exists already. Once more replaces it; another name leaves it" if len(existing) == 1 else _SEVERAL
    return f"{' and '.join(existing)} {exist} as it is." if existing else ""


def _is_replaced(path: Path) -> bool:
    """Whether something is there that is no folder: one that is called like a file is refused, and never replaced."""
    try:
        return path.exists() and not path.is_dir()
    except OSError:
        return False
