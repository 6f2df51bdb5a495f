"""The merged view of a cluster: the best value of each field, and from which record it comes. Nothing is discarded.

What a person corrected speaks before what any source says. Else the representative speaks first; a field that it lacks is taken from
the most complete record that has it. The longest abstract wins, because exports cut abstracts; numbers and links of all records are
united.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from prisma_tool.model.record.changes import completeness
from prisma_tool.model.record.citation import Citation

_UNITED = frozenset({"registry_numbers", "mentioned_numbers", "links", "urls", "issn"})


@dataclass(frozen=True, slots=True)
class MergedRecord:
    """One citation for a cluster; `origins` maps each field that is not the representative's own to the key it comes from."""

    citation: Citation
    origins: Mapping[str, str]


def merged(
    representative: str, records: Mapping[str, Citation], corrected: Mapping[str, Collection[str]] | None = None
) -> MergedRecord:
    """The merged view of `records` (by key), shown under `representative`; `corrected` names each record's corrected fields."""
    corrected_fields = corrected or {}
    order = sorted(records, key=lambda key: (key != representative, -completeness(records[key]), key))
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for field in Citation.__struct_fields__:
        corrected_keys = [key for key in order if field in corrected_fields.get(key, ()) and getattr(records[key], field)]
        candidates = [(key, getattr(records[key], field)) for key in corrected_keys[:1] or order]
        if field in _UNITED:
            values[field] = _united(getattr(records[key], field) for key in dict.fromkeys((*corrected_keys, *order)))
            continue
        key, values[field] = _longest(candidates, records) if field == "abstract" else _first(candidates)
        if key != representative:
            origins[field] = key
    return MergedRecord(replace(records[representative], **values), origins)


def _first(candidates: Sequence[tuple[str, Any]]) -> tuple[str, Any]:
    return next(((key, value) for key, value in candidates if value), candidates[0])


def _longest(candidates: Sequence[tuple[str, Any]], records: Mapping[str, Citation]) -> tuple[str, Any]:
    # max() keeps the first of equals, which is the representative's.
    return max(candidates, key=lambda candidate: len(records[candidate[0]].abstract_text))


def _united(values: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(value for group in values for value in group))
