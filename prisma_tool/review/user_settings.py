"""How one person likes the application: keys and colours, from `config.toml` in the user's configuration folder.

    [application]
    theme = "prisma-light"
    keys = "rayyan"
    verdict_pause = 200

    [keys]
    "screening.include" = "y"
    "screening.exclude" = "n,x"

Nothing of it is part of a review. Invariant: a setting that cannot be meant is a sentence that names file and key, never a guess.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prisma_tool.errors import UsageError
from prisma_tool.model.text import one_line

_LONGEST_PAUSE = 5000
_OFFERED = "keys-offered"
"""An empty file beside the settings, once the sets of keys were offered."""


@dataclass(frozen=True, slots=True)
class Settings:
    """A theme's name, empty for the usual one, and keys by the ids of their bindings; `path` says where they stand.

    `preset` names a set of keys, which `keys` may change; `verdict_pause` is for how many milliseconds a record must have stood on the
    screen before a verdict on it counts; `is_new` is true until the sets of keys were offered.
    """

    theme: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    path: str = "config.toml"
    verdict_pause: int = 200
    preset: str = ""
    is_new: bool = False


USUAL = Settings()
"""How the application is for whom has set nothing."""


def settings(config_folder: Path) -> Settings:
    """The settings of a configuration folder; those of a new installation where there is no file.

    Raises:
        UsageError: the file cannot be read, or a setting is not text.
    """
    path = config_folder / "config.toml"
    if not os.access(path, os.R_OK):
        return Settings(path=str(path), is_new=not (config_folder / _OFFERED).exists())
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}. Mend it or move it away.") from error
    application = _table(path, data, "application")
    return Settings(
        theme=_text(path, application, "theme"),
        keys=_keys(path, _table(path, data, "keys")),
        path=str(path),
        verdict_pause=_pause(path, application),
        preset=_text(path, application, "keys"),
    )


def note_offered(path: Path) -> None:
    """Remember that the sets of keys were offered; where that cannot be written they are offered again."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / _OFFERED).touch()


def keep_preset(path: Path, name: str) -> None:
    """Write into the settings which set of keys is liked; everything else in the file stays as it is.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        written = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(_with_preset(written, name), encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be written: {error}.") from error


def _with_preset(written: str, name: str) -> str:
    """The text of the settings with this set of keys in its table [application]."""
    # Only whoever changes the settings waits for it.
    import tomlkit

    document = tomlkit.parse(written)
    document.setdefault("application", tomlkit.table())["keys"] = name
    return tomlkit.dumps(document)


def _table(path: Path, data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = data.get(name, {})
    if not isinstance(table, dict):
        raise UsageError(f"{path}: '{name}' must be a table, [{name}].")
    return table


def _text(path: Path, table: Mapping[str, Any], name: str) -> str:
    value = table.get(name, "")
    if not isinstance(value, str):
        raise UsageError(f"{path}: '{name}' must be text in quotation marks.")
    return value


def _pause(path: Path, table: Mapping[str, Any]) -> int:
    pause = table.get("verdict_pause", USUAL.verdict_pause)
    if not isinstance(pause, int) or isinstance(pause, bool) or not 0 <= pause <= _LONGEST_PAUSE:
        raise UsageError(f"{path}: 'verdict_pause' must be a number of milliseconds from 0 to {_LONGEST_PAUSE}.")
    return pause


def _keys(path: Path, table: Mapping[str, Any]) -> dict[str, str]:
    for name, keys in table.items():
        if not isinstance(keys, str) or not keys.strip():
            raise UsageError(f'{path}: [keys] {one_line(name)} must be a key or several with commas, such as "i" or "i,y".')
    return dict(table)
