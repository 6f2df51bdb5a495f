"""What review.toml says for the manuscript: [[authors]], registration, protocol_url, funding, interests, data_availability, licence.

Invariant: what comes out is printable in one line, an ORCID has a valid check digit, and an address is one of the web.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from prisma_tool.model.protocol.publication import AuthorEntry, Publication, orcid_number
from prisma_tool.model.text import one_line
from prisma_tool.review.protocol.checked_values import CheckedValues

PUBLICATION_KEYS = ("authors", "registration", "protocol_url", "funding", "interests", "data_availability", "licence")
_AUTHOR_KEYS = ("name", "orcid", "affiliation", "corresponding")
_WEB = re.compile(r"https?://[^\s<>\"]{1,500}")
_NONE = re.compile(r"none\b|not available\b|no protocol\b", re.IGNORECASE)


def read_publication(values: CheckedValues, data: Mapping[str, Any]) -> Publication:
    """What the document says for the manuscript; `values` checks it.

    Raises:
        ReviewError: an unknown key, an author without a name or named twice, an ORCID that is none, or a wrong address.
    """
    texts = {key: one_line(values.text(data, key)) for key in PUBLICATION_KEYS if key not in ("authors", "protocol_url")}
    return Publication(authors=_authors(values, data), protocol_url=_address(values, data), **texts)


def _authors(values: CheckedValues, data: Mapping[str, Any]) -> tuple[AuthorEntry, ...]:
    authors = tuple(_author(values, item) for item in values.tables(data, "authors"))
    names = [author.name.casefold() for author in authors]
    numbers = [author.orcid for author in authors if author.orcid]
    if len(set(names)) < len(names):
        raise values.wrong("authors", "names somebody twice; two people of one name need a middle name or initial.")
    if len(set(numbers)) < len(numbers):
        raise values.wrong("authors", "gives one ORCID to two people.")
    return authors


def _author(values: CheckedValues, item: dict[str, Any]) -> AuthorEntry:
    values.known("authors", item, _AUTHOR_KEYS)
    name, orcid, affiliation = (one_line(values.text(item, key, "authors.")) for key in ("name", "orcid", "affiliation"))
    if not name:
        raise values.wrong("authors", 'has somebody without a name; write name = "Given Family".')
    return AuthorEntry(
        name, _orcid(values, name, orcid), affiliation, values.flag(item, "corresponding", "authors.", default=False)
    )


def _orcid(values: CheckedValues, name: str, text: str) -> str:
    number = orcid_number(text) if text else ""
    if number is None:
        raise values.wrong(
            "authors.orcid",
            f"of {name} is '{text[:60]}', which is no ORCID: sixteen digits such as 0000-0002-1825-0097, the last a check digit. "
            "Copy it from orcid.org.",
        )
    return number


def _address(values: CheckedValues, data: Mapping[str, Any]) -> str:
    """Where the protocol can be read: an address or DOI of the web, or the words that there is none."""
    text = one_line(values.text(data, "protocol_url"))
    if text.startswith("10."):
        text = f"https://doi.org/{text}"
    if text and not _WEB.fullmatch(text) and not _NONE.match(text):
        raise values.wrong("protocol_url", 'must be an address such as "https://osf.io/abcde", a DOI, or "none" with the reason.')
    return text
