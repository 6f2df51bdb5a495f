"""Paths that somebody types, which may be what no path can be."""

from __future__ import annotations

import os
from pathlib import Path
from unicodedata import category

from prisma_tool.errors import UsageError
from prisma_tool.model.text import one_line

TAKES_PATHS = "takes-paths"
"""The class of a field in which a path is written: a file that is dropped there is named in it."""
_LONGEST_NAME, _LONGEST_PATH = 255, 4000
"""Bytes; what nearly all file systems take."""


def path_typed(typed: str, folder: Path) -> Path:
    """The path that was typed, in `folder` unless it names another; ~ is somebody's home.

    Raises:
        UsageError: nothing on a disk can be called so.
    """
    text = typed.strip()
    if any(category(sign) == "Cc" for sign in text):
        raise UsageError(f"{one_line(text)}: a name has no control characters; write it anew.")
    try:
        path = folder / Path(text).expanduser()
    except RuntimeError as error:
        raise UsageError(f"{text.split('/')[0]}: this machine knows no such user; write the folder itself.") from error
    if len(os.fsencode(path)) > _LONGEST_PATH or any(len(os.fsencode(part)) > _LONGEST_NAME for part in path.parts):
        raise UsageError(f"{text[:40]}...: a name of a file or folder has {_LONGEST_NAME} bytes at most; write a shorter one.")
    return path
