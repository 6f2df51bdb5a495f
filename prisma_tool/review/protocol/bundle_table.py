"""What may be published with a deposit, in review.toml: the table [bundle], checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from prisma_tool.model.protocol.bundle_rules import BundleRules
from prisma_tool.review.protocol.checked_values import CheckedValues

BUNDLE_KEYS = ("name_reviewers", "name_authors", "notes", "raw_of", "not_names")


def read_bundle_rules(values: CheckedValues, data: Mapping[str, Any]) -> BundleRules:
    """The rules in the table `bundle` of the document; `values` checks them.

    Raises:
        ReviewError: an unknown key, or a value that is not allowed.
    """
    table = values.table(data, "bundle")
    flags = {name: values.flag(table, name, "bundle.", default=False) for name in ("name_reviewers", "name_authors", "notes")}
    return BundleRules(
        **flags,
        raw_of=values.texts(table, "raw_of", "bundle."),
        not_names=values.texts(table, "not_names", "bundle."),
    )
