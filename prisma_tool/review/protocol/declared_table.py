"""What people state of searches in review.toml: [[search]] tables of sources that are not searched from here, and [[search.rerun]].

Invariants: a date is a day of the calendar, hits are a count, and the path of a strategy leads nowhere but into the review folder.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from prisma_tool.model.protocol.declared_searches import DeclaredSearch, SearchAccount, SearchDate, stated_strategy
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.review.protocol.checked_values import CheckedValues

ACCOUNT_KEYS = ("platform", "limits", "filters", "prior_work", "peer_review")
"""Keys that any search may have."""
DECLARED_KEYS = (
    "name", "source", "kind", "strategy", "strategy_file", "searched_on", "hits", "rerun", "translated_from", "how", "seeds",
    *ACCOUNT_KEYS,
)  # fmt: skip
_RERUN_KEYS = ("searched_on", "hits")
_MOST_HITS = 1_000_000_000


def read_account(values: CheckedValues, item: Mapping[str, Any], table: str) -> SearchAccount:
    """What a [[search]] table states beside the strategy.

    Raises:
        ReviewError: a value that is neither a text nor a list of texts.
    """
    limits, filters, prior_work, peer_review = (_texts(values, item, key, table) for key in ACCOUNT_KEYS[1:])
    return SearchAccount(one_line(values.text(item, "platform", table)), limits, filters, prior_work, peer_review)


def read_declared(
    values: CheckedValues, item: Mapping[str, Any], name: str, source: str, live_keys: Collection[str]
) -> DeclaredSearch:
    """The search of a source that is not searched from here.

    Args:
        values: Checks what is read.
        item: The [[search]] table.
        name: The search's name.
        source: The label of its source.
        live_keys: The keys that only searches of live sources have, for the hint.

    Raises:
        ReviewError: an unknown key or a value that is not allowed.
    """
    table = f"search {name}: "
    for key in item:
        if key in live_keys and key not in DECLARED_KEYS:
            problem = f"belongs to a source that is searched from here, and {source} is none; a declared search has 'strategy'."
            raise values.wrong(table + key, problem)
    values.known("search", item, DECLARED_KEYS)
    if "strategy" in item and "strategy_file" in item:
        raise values.wrong(table + "strategy", "stands beside 'strategy_file'; keep one of them.")
    kinds = ("", *(kind.value for kind in SourceKind))
    kind = values.choice(item, "kind", kinds, table)
    return DeclaredSearch(
        name=name,
        source=source,
        kind=SourceKind(kind) if kind else None,
        strategy=stated_strategy(_lines(values, item, "strategy", table)),
        strategy_file=_path(values, item, table),
        dates=_dates(values, item, table),
        translated_from=one_line(values.text(item, "translated_from", table)),
        how=_texts(values, item, "how", table),
        seeds=_texts(values, item, "seeds", table),
        account=read_account(values, item, table),
    )


def _texts(values: CheckedValues, item: Mapping[str, Any], key: str, table: str) -> tuple[str, ...]:
    """A text, or a list of texts."""
    value = item.get(key, [])
    return values.texts({key: [value]} if isinstance(value, str) else item, key, table)


def _lines(values: CheckedValues, item: Mapping[str, Any], key: str, table: str) -> str:
    value = item.get(key, "")
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(value)
    return values.text(item, key, table)


def _path(values: CheckedValues, item: Mapping[str, Any], table: str) -> str:
    path = values.text(item, "strategy_file", table)
    parts = path.split("/")
    if path and (not path.isprintable() or "\\" in path or ":" in path or any(part in ("", ".", "..") for part in parts)):
        raise values.wrong(table + "strategy_file", 'must be a path inside the review folder, like "strategies/embase.txt".')
    return path


def _dates(values: CheckedValues, item: Mapping[str, Any], table: str) -> tuple[SearchDate, ...]:
    dates = [_date(values, item, table)] if "searched_on" in item or "hits" in item else []
    for rerun in values.tables(item, "rerun"):
        values.known("search.rerun", rerun, _RERUN_KEYS)
        dates.append(_date(values, rerun, f"{table}rerun."))
        if dates[-1].searched_on is None:
            raise values.wrong(f"{table}rerun", "needs 'searched_on', the day of the rerun.")
    days = [one.searched_on for one in dates]
    if len(set(days)) < len(days):
        raise values.wrong(f"{table}rerun", "names a day for the second time; the hits of a day stand together.")
    return tuple(sorted(dates, key=lambda one: one.searched_on or date.min))


def _date(values: CheckedValues, item: Mapping[str, Any], table: str) -> SearchDate:
    return SearchDate(_day(values, item, table), _hits(values, item, table))


def _day(values: CheckedValues, item: Mapping[str, Any], table: str) -> date | None:
    value = item.get("searched_on", "")
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if value == "":
        return None
    day = day_of(value) if isinstance(value, str) else None
    if day is None:
        raise values.wrong(table + "searched_on", "must be a day, like 2026-01-31.")
    return day


def day_of(text: str) -> date | None:
    """The day that a text names as 2026-01-31, or None."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if day.isoformat() == text.strip() else None


def _hits(values: CheckedValues, item: Mapping[str, Any], table: str) -> int | None:
    value = item.get("hits")
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_HITS):
        raise values.wrong(table + "hits", "must be the number of hits that the source announced, like 512.")
    return value
