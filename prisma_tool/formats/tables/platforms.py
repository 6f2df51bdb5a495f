"""Which platform a table is from, shown by its headers, and its cells as that platform means them; all of it data of `formats.dialects`.

Invariant: a platform is named only where headers stand together that no other one uses, and fills only fields that no column fills.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prisma_tool.formats.platforms.registers import Register, registers
from prisma_tool.formats.platforms.table_dialects import TableDialect, table_dialects
from prisma_tool.formats.tables.columns import tagged_table
from prisma_tool.formats.tables.row import Cells
from prisma_tool.formats.text.cell_values import squeezed
from prisma_tool.formats.text.printed_source import source_parts
from prisma_tool.formats.text.tidy import line

_OVID_PARTS = {"JN": "journal", "YR": "year", "VO": "volume", "IP": "issue", "PG": "pages"}
_GLUED = re.compile(
    r"(?<=[^\W\d_A-Z.])(?<!Mc)(?<!Mac)(?<!De)(?<!La)(?<!Le)(?<!Di)(?<!Du)(?<!Van)(?<!Fitz)(?=[^\W\d_a-z])(?![a-zß-ÿ])"
)
"""Between a small letter and a capital, save inside a name such as McCoy."""
_PLAIN = TableDialect()


def dialect(header: list[str]) -> TableDialect:
    """The platform whose headers these are, or one without a name."""
    names = {squeezed(cell) for cell in header}
    return tagged_table(header) or next((one for one in table_dialects() if one.is_shown_by(names)), _PLAIN)


def register(header: list[str]) -> Register | None:
    """The register whose export has this header, or None."""
    names = {squeezed(cell) for cell in header}
    return next((one for one in registers() if one.in_tables and one.is_shown_by(names)), None)


class PlatformCells:
    """The cells under one header, completed as its platform means them."""

    def __init__(self, traits: TableDialect, header: Sequence[str]) -> None:
        self._traits = traits
        self._places = {squeezed(cell): place for place, cell in reversed(list(enumerate(header)))}

    def __call__(self, values: list[str], cells: Cells) -> Cells:
        """The filled cells of a row by field, with those that stand somewhere else on this platform."""
        elsewhere = {field: (text,) for field, text in self._elsewhere(values, cells) if text.strip()}
        whole = elsewhere | cells
        part = self._value(values, self._traits.bare_number_of).strip() if self._traits.bare_number_of else ""
        number = whole.get("accession", ("",))[0].strip()
        if number.isdecimal() and part and part not in (self._traits.where or {}).values():
            whole["accession"] = (f"{part}:{number}",)
        if self._traits.authors == "glued" and "authors" in whole:
            whole["authors"] = (_apart(whole["authors"][0]),)
        return whole

    def _elsewhere(self, values: list[str], cells: Cells) -> Iterator[tuple[str, str]]:
        traits = self._traits
        if traits.column:
            yield from _printed(traits, line(self._value(values, traits.column)))
        for field, header in (traits.fallback or {}).items():
            yield field, self._value(values, header)
        for field, pattern in (traits.in_address or {}).items():
            numbers = (number for cell in cells.get("url", ()) for number in pattern.findall(cell))
            yield field, next(numbers, "")
        if all(self._value(values, header).strip() == text for header, text in (traits.where or {}).items()):
            for field, other in (traits.same or {}).items():
                yield field, cells.get(other, ("",))[0]

    def _value(self, values: list[str], header: str) -> str:
        return values[self._places[header]] if header in self._places else ""


def _printed(traits: TableDialect, source: str) -> Iterator[tuple[str, str]]:
    """The fields in a printed source, by the platform's pattern, else by Ovid's grammar."""
    if traits.pattern is None:
        yield from ((_OVID_PARTS[tag], text) for tag, text in source_parts(source))
    elif match := traits.pattern.search(source):
        yield from ((field, text or "") for field, text in match.groupdict().items())


def _apart(authors: str) -> str:
    """Names that stand one behind the other ("Anna MarlowTom Browne")."""
    names = [line(name) for name in _GLUED.split(authors) if name.strip()]
    return "; ".join(names) if all(" " in name for name in names) else authors
