"""What the tags of RIS mean, as all platforms' tables say together; a platform adds what it alone writes. Applied by `formats.ris`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from prisma_tool.formats.dialects.load import sections

Tags = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RisDialect:
    """Tags by what they hold.

    `single` are fields of one value, of whose tags the first filled one counts, `many` fields of all values. Registration numbers
    under `identifying` tags are the entry's own. `early_access` may hold the date of an article without a volume. Of the tags in
    `accession` the first counts whose value fits its pattern; None stands for any that is no library program's number. `kinds` are
    types of references with the names of publication types.
    """

    single: Mapping[str, Tags]
    many: Mapping[str, Tags]
    kinds: Mapping[str, str]
    authors: Tags
    identifying: Tags
    early_access: Tags
    accession: Mapping[str, re.Pattern[str] | None]


@cache
def ris_dialect() -> RisDialect:
    """The meanings of all platforms together, those of RIS itself first."""
    common, *others = sorted((facts for _, facts in sections("ris")), key=lambda facts: "single" not in facts)
    every = (common, *others)
    return RisDialect(
        {field: tuple(tags) for field, tags in common["single"].items()},
        {field: tuple(tags) for field, tags in common["many"].items()},
        common["kinds"],
        tuple(_joined(every, "authors")),
        tuple(_joined(every, "identifying")),
        tuple(_joined(every, "early_access")),
        {tag: re.compile(pattern) if pattern else None for facts in every for tag, pattern in facts.get("accession", {}).items()},
    )


def _joined(every: tuple[Mapping[str, Any], ...], name: str) -> Iterator[str]:
    return (tag for facts in every for tag in facts.get(name, ()))
