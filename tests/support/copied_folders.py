"""Folders of reviews copied as a person would."""

from __future__ import annotations

import shutil
from pathlib import Path

_UNFINISHED = shutil.ignore_patterns(".*.part*")


def copy_folder(folder: Path, target: Path) -> Path:
    """A copy without the snapshot that an open review may be writing beside it: that file may be gone before it is read."""
    return Path(shutil.copytree(folder, target, ignore=_UNFINISHED))
