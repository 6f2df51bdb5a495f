"""What review.toml says of the publication: title, authors, licence, registration. The one place that reads these keys for a deposit.

What is missing or of another form is passed over: a deposit can do without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prisma_tool.model.text import one_line

LICENCES: Mapping[str, tuple[str, str]] = {
    "CC-BY-4.0": ("https://creativecommons.org/licenses/by/4.0/", "Creative Commons Attribution 4.0 International"),
    "CC0-1.0": ("https://creativecommons.org/publicdomain/zero/1.0/", "Creative Commons Zero 1.0 Universal"),
    "CC-BY-SA-4.0": (
        "https://creativecommons.org/licenses/by-sa/4.0/",
        "Creative Commons Attribution Share Alike 4.0 International",
    ),
}
"""Licences by their SPDX identifier: address and name."""
USUAL_LICENCE = "CC-BY-4.0"


@dataclass(frozen=True, slots=True)
class PublishedAuthor:
    """An author of the review; ORCID and affiliation may be empty."""

    name: str
    orcid: str = ""
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """What a deposit's description says of the review."""

    title: str
    authors: tuple[PublishedAuthor, ...] = ()
    licence: str = USUAL_LICENCE
    registration: str = ""
    protocol_url: str = ""
    funding: str = ""


def publication(data: Mapping[str, Any]) -> Publication:
    """The publication that the keys of a review.toml describe."""
    authors = data.get("authors", ())
    licence = _text(data, "licence")
    return Publication(
        title=_text(data, "title") or "Systematic review",
        authors=tuple(filter(None, map(_author, authors if isinstance(authors, list) else ()))),
        licence=next((known for known in LICENCES if known.casefold() == licence.casefold()), USUAL_LICENCE),
        registration=_text(data, "registration"),
        protocol_url=_text(data, "protocol_url"),
        funding=_text(data, "funding"),
    )


def _author(value: Any) -> PublishedAuthor | None:
    if isinstance(value, str):
        return PublishedAuthor(one_line(value)) if value.strip() else None
    if not isinstance(value, dict) or not _text(value, "name"):
        return None
    return PublishedAuthor(_text(value, "name"), _text(value, "orcid").rpartition("/")[2], _text(value, "affiliation"))


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key, "")
    return one_line(value) if isinstance(value, str) else ""
