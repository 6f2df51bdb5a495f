"""Platforms' tables as data: by which headers each is known, and what its cells hold where. Applied by `formats.tables.platforms`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from prisma_tool.formats.dialects.load import sections
from prisma_tool.formats.text.cell_values import squeezed


@dataclass(frozen=True, slots=True)
class TableDialect:
    """One platform's tables; headers are squeezed (see `cell_values.squeezed`), fields are those of `tables.columns.SYNONYMS`.

    `signatures` are sets of headers, of which one stands whole in the platform's tables; `tags` and `tag_signature` are the same for
    tables under two-letter tags, as they stand. `authors` says how names are written: "family first", "given first" or "glued" (given
    first, one behind the other). `columns` are headers that mean another field here than elsewhere, or none (an empty text).

    Fields that no column fills are filled from: the `column` of the printed source, by a pattern with the names of fields as groups or
    by Ovid's grammar; the columns in `fallback`; the patterns `in_address` in the addresses; the fields in `same`, where the columns in
    `where` have these values. `bare_number_of` names the column of the part of the platform whose bare numbers stand as they are where
    it holds one of `where`'s values; bare numbers of other parts carry its value (Europe PMC's ETH:123456).
    """

    platform: str = ""
    signatures: tuple[frozenset[str], ...] = ()
    tag_signature: frozenset[str] = frozenset()
    tags: Mapping[str, str] | None = None
    authors: str = "family first"
    columns: Mapping[str, str] | None = None
    column: str = ""
    pattern: re.Pattern[str] | None = None
    fallback: Mapping[str, str] | None = None
    in_address: Mapping[str, re.Pattern[str]] | None = None
    same: Mapping[str, str] | None = None
    where: Mapping[str, str] | None = None
    bare_number_of: str = ""

    def is_shown_by(self, names: set[str]) -> bool:
        """True for headers (squeezed) among which a signature stands."""
        return any(signature <= names for signature in self.signatures)

    def placed(self, header: Sequence[str], positions: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
        """The positions of each field, as this platform means its headers."""
        names = [squeezed(cell) for cell in header]
        own = {names.index(name): field for name, field in (self.columns or {}).items() if name in names}
        others = {field: tuple(place for place in places if place not in own) for field, places in positions.items()}
        added = {field: tuple(place for place, name in own.items() if name == field) for field in own.values() if field}
        merged = {field: (*added.get(field, ()), *others.get(field, ())) for field in (*others, *added)}
        return {field: places for field, places in merged.items() if places}


@cache
def table_dialects() -> tuple[TableDialect, ...]:
    """All platforms that write tables of citations."""
    return tuple(_dialect(platform, facts) for platform, facts in sections("table"))


@cache
def tagged_tables() -> tuple[TableDialect, ...]:
    """Those that write tables under tags."""
    return tuple(one for one in table_dialects() if one.tags)


def _dialect(platform: str, facts: Mapping[str, Any]) -> TableDialect:
    own = dict(facts)
    printed = own.pop("printed", {})
    return TableDialect(
        platform,
        tuple(frozenset(map(squeezed, signature)) for signature in own.pop("signatures", ())),
        frozenset(own.pop("tag_signature", ())),
        column=printed.get("column", ""),
        pattern=re.compile(printed["pattern"]) if "pattern" in printed else None,
        in_address={field: re.compile(pattern) for field, pattern in own.pop("in_address", {}).items()},
        **own,
    )
