"""What a manuscript and a deposit say about themselves: authors, registration, protocol, funding, interests, data, licence.

Pure. Invariant: an ORCID that stands here has a valid check digit; every text is the authors' own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])", re.IGNORECASE)
_BASE = 11
_TEN = 10


@dataclass(frozen=True, slots=True)
class AuthorEntry:
    """An author of the manuscript; `orcid` is the bare number with hyphens, or empty."""

    name: str
    orcid: str = ""
    affiliation: str = ""
    corresponding: bool = False

    @property
    def orcid_url(self) -> str:
        """The address of the ORCID record; empty without one."""
        return f"https://orcid.org/{self.orcid}" if self.orcid else ""


@dataclass(frozen=True, slots=True)
class Publication:
    """What review.toml says for the manuscript; an empty text was not given."""

    authors: tuple[AuthorEntry, ...] = ()
    registration: str = ""
    protocol_url: str = ""
    funding: str = ""
    interests: str = ""
    data_availability: str = ""
    licence: str = ""


def orcid_number(text: str) -> str | None:
    """The ORCID as `0000-0002-1825-0097`; None for anything else, such as one whose check digit is wrong (ISO 7064, mod 11-2)."""
    match = _ORCID.fullmatch(text.strip())
    if match is None:
        return None
    digits = "".join(match.groups()).upper()
    return "-".join(match.groups()).upper() if _check_digit(digits[:-1]) == digits[-1] else None


def _check_digit(digits: str) -> str:
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (_BASE + 1 - total % _BASE) % _BASE
    return "X" if check == _TEN else str(check)
