"""What the team agreed to publish with a deposit: [bundle] of review.toml. What it does not name stays out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BundleRules:
    """What goes into a deposit beyond identifiers, numbers and pseudonyms."""

    name_reviewers: bool = False
    """Whether everybody who decided agreed to be named; else they are R1, R2 and so on."""
    name_authors: bool = False
    """Whether the review's authors are named in the deposit's description."""
    notes: bool = False
    """Whether notes, labels and attempts to get full texts go in, which are free text and may hold opinions."""
    raw_of: tuple[str, ...] = ()
    """Further sources whose untouched answers or files may be published, because their licence allows it."""
    not_names: tuple[str, ...] = ()
    """Words that happen to be somebody's name, and mean something else in this review."""
