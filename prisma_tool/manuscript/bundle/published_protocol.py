"""review.toml as a deposit has it: without names, comments, the database's address, and what was agreed about the deposit itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prisma_tool.manuscript.bundle.pseudonyms import PEOPLE_KEYS, Pseudonyms, by_number, protocol_data
from prisma_tool.model.protocol.bundle_rules import BundleRules

_NEVER = ("database", "bundle")
_OF_AUTHORS = ("authors", "contact", "interests", "answers")
"""What may name the authors and others, who are named only if they agreed."""
_OF_SEARCHES = ("peer_review", "how")
"""Who reviewed a strategy, and whom the team asked."""


def published_protocol(text: str, names: Pseudonyms, rules: BundleRules, strategies: Mapping[str, str] | None = None) -> str:
    """The text to publish in place of a text of review.toml; one that cannot be read is left out whole.

    Args:
        text: The text.
        names: The pseudonyms of the people.
        rules: What the team agreed to publish.
        strategies: The strategies that lie in files beside it, by the name of the search; they are put in place of the files' names.
    """
    import tomlkit

    published = _published(protocol_data(text), names, rules)
    if strategies and isinstance(published.get("search"), list):
        published["search"] = [_with_strategy(search, strategies) for search in published["search"]]
    return tomlkit.dumps(published)


def _with_strategy(search: Any, strategies: Mapping[str, str]) -> Any:
    if not isinstance(search, dict) or "strategy_file" not in search or search.get("name") not in strategies:
        return search
    return {**_without(search, ("strategy_file",)), "strategy": strategies[search["name"]]}


def _published(data: Mapping[str, Any], names: Pseudonyms, rules: BundleRules) -> dict[str, Any]:
    left_out = {*_NEVER, *(() if rules.name_authors else _OF_AUTHORS)}
    kept = {key: value for key, value in data.items() if key not in left_out}
    for key in PEOPLE_KEYS:
        if isinstance(kept.get(key), list):
            # Sorted: the order in which a team lists itself may be that of the paper's authors.
            shown = (names.of(" ".join(name.split())) for name in kept[key] if isinstance(name, str))
            kept[key] = sorted(shown, key=by_number)
    flow = kept.get("flow")
    if isinstance(flow, dict) and not rules.name_authors:
        kept["flow"] = {key: value for key, value in flow.items() if key != "author"}
    searches = kept.get("search")
    if isinstance(searches, list) and not rules.name_authors:
        kept["search"] = [_without(search, _OF_SEARCHES) for search in searches]
    return kept


def _without(table: Any, keys: tuple[str, ...]) -> Any:
    return {key: value for key, value in table.items() if key not in keys} if isinstance(table, dict) else table
