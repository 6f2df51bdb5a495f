"""The searches of review.toml: each [[search]] table checked.

Invariant: a search that comes out names a source that is known here and has a strategy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from prisma_tool.model.protocol.live_sources import LIVE_SOURCES, live_source
from prisma_tool.model.protocol.protocol import CITATION_SEARCH, OVERLAP_DAYS, SearchPlan
from prisma_tool.model.text import one_line
from prisma_tool.review.protocol.checked_values import CheckedValues

_NUMBERED_KEYS = frozenset(source.line_key for source in LIVE_SOURCES)
_RERUN_KEYS = ("update", "overlap_days")
_MOST_DAYS = 3650
_NUMBERED = re.compile(r"#?1[.):]\s|#1\s")


def read_searches(values: CheckedValues, data: Mapping[str, Any]) -> tuple[SearchPlan, ...]:
    """The searches of the document; `values` checks them.

    Raises:
        ReviewError: an unknown key, a name that is used twice, or a search without a strategy.
    """
    searches = [_search(values, item) for item in values.tables(data, "search")]
    if len({search.name for search in searches}) < len(searches):
        raise values.wrong("search.name", "is used twice; give each search a name of its own.")
    return tuple(searches)


def _search(values: CheckedValues, item: dict[str, Any]) -> SearchPlan:
    name, source = (one_line(values.text(item, key, "search.")) for key in ("name", "source"))
    service = live_source(source)
    if not name or service is None:
        listed = ", ".join(live.label for live in LIVE_SOURCES)
        raise values.wrong("search", f"needs a name, and as source one of: {listed} (import files of others).")
    if name == CITATION_SEARCH:
        raise values.wrong("search.name", f"cannot be '{CITATION_SEARCH}', which names the search of `prisma-tool cite`.")
    rerun_keys = _RERUN_KEYS if service.limits_reruns else ()
    values.known("search", item, ("name", "source", *service.strategy_keys, *rerun_keys))
    texts = [key for key in service.strategy_keys if key not in service.switches]
    parameters = {key: _strategy(values, item, key, f"search {name}: ") for key in texts if key in item}
    if not any(parameters.values()):
        raise values.wrong(f"search {name}", f"has no strategy; give it one of: {', '.join(texts)}.")
    on = (key for key in service.switches if values.flag(item, key, f"search {name}: ", default=False))
    return SearchPlan(
        name,
        service.label,
        {**{key: value for key, value in parameters.items() if value}, **dict.fromkeys(on, "true")},
        since_last=values.choice(item, "update", ("whole", "since-last"), f"search {name}: ") == "since-last",
        overlap_days=_days(values, item, "overlap_days", f"search {name}: "),
    )


def _strategy(values: CheckedValues, item: dict[str, Any], key: str, table: str) -> str:
    """A strategy: a text, or for the parameters that may be numbered a list of its lines, which get their numbers here."""
    value = item[key]
    if key not in _NUMBERED_KEYS or not isinstance(value, list):
        return values.text(item, key, table)
    lines = [line.strip() for line in value if isinstance(line, str)]
    if len(lines) < len(value):
        raise values.wrong(table + key, 'must be a text, or a list of lines, like ["first line", "second line", "#1 AND #2"].')
    return _as_lines(lines)


def _days(values: CheckedValues, data: Mapping[str, Any], key: str, table: str) -> int:
    value = data.get(key, OVERLAP_DAYS)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_DAYS:
        raise values.wrong(table + key, f"must be a number of days from 0 to {_MOST_DAYS}.")
    return value


def _as_lines(lines: list[str]) -> str:
    """The lines of a list as one text; they are numbered unless the first has a number already. Comments (`//`) have none."""
    counted = [line for line in lines if line and not line.startswith("//")]
    if not counted or _NUMBERED.match(counted[0]):
        return "\n".join(lines)
    numbers = iter(range(1, len(counted) + 1))
    return "\n".join(f"{next(numbers)}. {line}" if line and not line.startswith("//") else line for line in lines)
