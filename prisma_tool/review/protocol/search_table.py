"""The searches of review.toml: each [[search]] table checked.

Invariant: a search of a source that is searched from here has a strategy; all other searches are declared ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from prisma_tool.errors import ReviewError
from prisma_tool.model.protocol.declared_searches import DeclaredSearch
from prisma_tool.model.protocol.live_sources import BY_SLUG, LIVE_SOURCES, LiveSource, added_source
from prisma_tool.model.protocol.protocol import CITATION_SEARCH, OVERLAP_DAYS, SearchPlan
from prisma_tool.model.protocol.source_plugins import STRATEGY
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import fold, one_line
from prisma_tool.review.protocol.checked_values import CheckedValues
from prisma_tool.review.protocol.declared_table import ACCOUNT_KEYS, read_account, read_declared

_NUMBERED_KEYS = frozenset({*(source.line_key for source in LIVE_SOURCES), STRATEGY})
_RERUN_KEYS = ("update", "overlap_days")
_MOST_DAYS = 3650
_NUMBERED = re.compile(r"#?1[.):]\s|#1\s")


def read_searches(values: CheckedValues, data: Mapping[str, Any]) -> tuple[tuple[SearchPlan, ...], tuple[DeclaredSearch, ...]]:
    """The searches of the document that are run from here, and those that are declared; `values` checks them.

    Raises:
        ReviewError: an unknown key, a name that is used twice, a search without a strategy, or a translation of a search that is not there.
    """
    searches = [_search(values, item) for item in values.tables(data, "search")]
    names = {search.name for search in searches}
    if len(names) < len(searches):
        raise values.wrong("search.name", "is used twice; give each search a name of its own.")
    declared = tuple(search for search in searches if isinstance(search, DeclaredSearch))
    for search in declared:
        if search.translated_from and search.translated_from not in names - {search.name}:
            known = ", ".join(sorted(names - {search.name})) or "there is no other"
            raise values.wrong(f"search {search.name}: translated_from", f"must be the name of another search: {known}.")
    return tuple(search for search in searches if isinstance(search, SearchPlan)), declared


def check_searched_elsewhere(sources: Sequence[str]) -> None:
    """Whether a new review can declare these sources as searched elsewhere, each by its name.

    Raises:
        ReviewError: one has no name, is named twice, or is searched from here and needs a strategy.
    """
    named: set[str] = set()
    for source in sources:
        name = slug(source)
        if not fold(source):
            raise ReviewError("A source that is searched elsewhere needs a name, such as Embase; nothing was made.")
        if name in named:
            raise ReviewError(
                f"{one_line(source)} is named twice among the sources that are searched elsewhere; nothing was made."
            )
        if name in BY_SLUG:
            raise ReviewError(
                f"{BY_SLUG[name].label} is searched from here, not elsewhere: leave it out, and give its strategy now or later at Protocol; nothing "
                "was made."
            )
        named.add(name)


def _search(values: CheckedValues, item: dict[str, Any]) -> SearchPlan | DeclaredSearch:
    name, source = (one_line(values.text(item, key, "search.")) for key in ("name", "source"))
    if not name or not fold(source):
        raise values.wrong("search", "needs a name and a source, like PubMed, ClinicalTrials.gov or Embase.")
    if name == CITATION_SEARCH:
        raise values.wrong("search.name", f"cannot be '{CITATION_SEARCH}', which names the search of `prisma-tool cite`.")
    service = BY_SLUG.get(slug(source)) or _added(source, item)
    if service is None:
        return read_declared(values, item, name, source, {key for live in LIVE_SOURCES for key in _live_keys(live)})
    return _live_search(values, item, name, service)


def _added(source: str, item: Mapping[str, Any]) -> LiveSource | None:
    """The source that a package adds, unless the table states what was searched elsewhere: that stays a declared search."""
    states_more = item.keys() - {"name", "source", STRATEGY, *ACCOUNT_KEYS}
    return None if states_more or not item.get(STRATEGY) else added_source(source)


def _live_keys(service: LiveSource) -> tuple[str, ...]:
    return (*service.strategy_keys, *(_RERUN_KEYS if service.limits_reruns else ()))


def _live_search(values: CheckedValues, item: dict[str, Any], name: str, service: LiveSource) -> SearchPlan:
    values.known("search", item, ("name", "source", *_live_keys(service), *ACCOUNT_KEYS))
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
        account=read_account(values, item, f"search {name}: "),
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
