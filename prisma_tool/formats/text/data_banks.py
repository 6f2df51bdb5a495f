"""Which of PubMed's data bank accessions are trial registrations. Invariant: a gene sequence or data set never counts as a study."""

from __future__ import annotations

import re
from collections.abc import Iterable

from prisma_tool.model.record.identifiers import normal_registry_number, registry_numbers
from prisma_tool.model.text import fold

# Trial registers in the National Library of Medicine's list of data bank names (field SI), and those of the WHO network.
_REGISTERS = re.compile(
    r"\b(anzctr|chictr|cris|ctri|drks|euctr|eudract|irct|isrctn|japiccti|jmacct|jprn|jrct|lbctr|ntr|pactr|phrr|rebec|repec|rpcec"
    r"|slctr|tctr|umin)\b"
)


def data_banks(accessions: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Pairs of bank and number as registrations in their registers' spelling, and the others as pairs for `Citation.extra`."""
    registered: list[str] = []
    others: list[tuple[str, str]] = []
    for bank, number in accessions:
        if number and (registry_numbers(number) or _REGISTERS.search(fold(bank))):
            registered.append(normal_registry_number(number))
        else:
            others.append(("DataBank", f"{bank}: {number}".rstrip(": ")))
    return tuple(dict.fromkeys(registered)), tuple(others)
