"""Loading the tables of platforms. A new platform is a table in this folder, not a module.

A table has the platform's name and a section for each kind of file that it writes: `table` (see `platforms.table_dialects`), `register`
(see `platforms.registers`), `tagged` (see `tagged.dialect_reader`; `tagged.ovid`, `tagged.refer` and `csl` take their names of fields from it), `xml`,
`rows` (see `tables.labelled_rows`), `ris` (see `platforms.ris_dialect`), `missing`, its words for a missing value (see
`text.missing_values`), and `address`, where the accession stands in the platform's own addresses. Invariant: each table is read once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent


@cache
def platform_table(name: str) -> Mapping[str, Any]:
    """The table in the file `name`, which is the platform's in small letters."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def platform_names() -> tuple[str, ...]:
    """The names of all tables, in alphabetical order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def sections(kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The platforms that write files of a kind, each with what is particular in these."""
    for table in map(platform_table, platform_names()):
        if kind in table:
            yield table["platform"], table[kind]
