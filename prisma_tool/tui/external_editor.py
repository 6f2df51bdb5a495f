"""Giving the terminal to the reviewer's own editor for a while."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from textual.app import App, SuspendNotSupported

from prisma_tool.errors import PrismaError

_USUAL = ("sensible-editor", "nano", "vim", "vi", "notepad")
Find = Callable[[str], str | None]


def editor_command(variables: Mapping[str, str], find: Find = shutil.which) -> list[str]:
    """What starts the reviewer's editor: VISUAL, else EDITOR, else one that is there.

    Raises:
        PrismaError: none is there, or the variable cannot be read.
    """
    named = variables.get("VISUAL", "").strip() or variables.get("EDITOR", "").strip()
    if named:
        try:
            return shlex.split(named)
        except ValueError as error:
            raise PrismaError(f"VISUAL or EDITOR cannot be read ({error}): {named}") from error
    editor = next((editor for editor in _USUAL if find(editor)), None)
    if editor is None:
        raise PrismaError("No editor was found. Name yours, for example: export EDITOR=nano")
    return [editor]


def edit(app: App[None], command: list[str], path: Path) -> None:
    """Let the editor work on a file in this terminal, and come back when it is closed.

    Raises:
        PrismaError: the terminal cannot be given away, or the editor cannot be started.
    """
    try:
        with app.suspend():
            # Nothing may be raised in here: the terminal would not be taken back.
            failed = _run([*command, str(path)])
    except SuspendNotSupported as error:
        raise PrismaError(f"This terminal cannot be given to an editor. Edit {path} elsewhere, then press r here.") from error
    if failed:
        raise PrismaError(f"{command[0]} could not be started: {failed}. Set EDITOR to your editor.")


def _run(command: list[str]) -> str:
    """Run a program to its end; why it could not be started, or nothing."""
    try:
        subprocess.run(command, check=False)  # noqa: S603 - the reviewer's own editor
    except (OSError, ValueError) as error:
        return getattr(error, "strerror", None) or str(error)
    return ""
