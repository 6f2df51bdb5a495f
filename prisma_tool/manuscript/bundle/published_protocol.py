"""review.toml as a deposit has it: without names, comments, the database's address, and what was agreed about the deposit itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prisma_tool.manuscript.bundle.pseudonyms import PEOPLE_KEYS, Pseudonyms, protocol_data
from prisma_tool.model.protocol.bundle_rules import BundleRules

_NEVER = ("database", "bundle")
_OF_AUTHORS = ("authors", "contact", "interests")
"""What stands there of the authors, who are named only if they agreed."""


def published_protocol(text: str, names: Pseudonyms, rules: BundleRules) -> str:
    """The text to publish in place of a text of review.toml; one that cannot be read is left out whole."""
    import tomlkit

    return tomlkit.dumps(_published(protocol_data(text), names, rules))


def _published(data: Mapping[str, Any], names: Pseudonyms, rules: BundleRules) -> dict[str, Any]:
    left_out = {*_NEVER, *(() if rules.name_authors else _OF_AUTHORS)}
    kept = {key: value for key, value in data.items() if key not in left_out}
    for key in PEOPLE_KEYS:
        if isinstance(kept.get(key), list):
            kept[key] = [names.of(" ".join(name.split())) if isinstance(name, str) else name for name in kept[key]]
    flow = kept.get("flow")
    if isinstance(flow, dict) and not rules.name_authors:
        kept["flow"] = {key: value for key, value in flow.items() if key != "author"}
    return kept
