"""What a deposit says of the review that it is of: title, authors, licence, registration, from the protocol that is deposited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.publication import AuthorEntry
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
class DepositDescription:
    """What a deposit's description says of the review; `licence` is a key of `LICENCES`."""

    title: str
    authors: tuple[AuthorEntry, ...] = ()
    licence: str = USUAL_LICENCE
    registration: str = ""
    protocol_url: str = ""
    funding: str = ""


def described(protocol: Protocol) -> DepositDescription:
    """The description that a protocol gives; a licence without an address known here is the usual one."""
    about = protocol.publication
    return DepositDescription(
        title=one_line(protocol.title) or "Systematic review",
        authors=about.authors,
        licence=next((known for known in LICENCES if known.casefold() == about.licence.casefold()), USUAL_LICENCE),
        registration=about.registration,
        protocol_url=about.protocol_url,
        funding=about.funding,
    )
