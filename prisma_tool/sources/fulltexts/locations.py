"""What services say about full texts: where a copy lies, in which version, under which licence.

Invariant: an address here is a plain web address; anything else that a service names is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit

from prisma_tool.model.text import one_line

LONGEST_ADDRESS = 2_000


class TextVersion(StrEnum):
    """Which version of a work a copy is, in the words of the services (NISO RP-8-2008); unknown where a service does not say."""

    PUBLISHED = "published"
    ACCEPTED = "accepted"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"


_VERSIONS = {
    "publishedversion": TextVersion.PUBLISHED,
    "acceptedversion": TextVersion.ACCEPTED,
    "submittedversion": TextVersion.SUBMITTED,
}


def version_named(word: str) -> TextVersion:
    """The version that Unpaywall and OpenAlex call by this word, such as `publishedVersion`."""
    return _VERSIONS.get(word.casefold(), TextVersion.UNKNOWN)


@dataclass(frozen=True, slots=True)
class TextQuestion:
    """A report as services are asked about it."""

    key: str
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""


@dataclass(frozen=True, slots=True)
class TextLocation:
    """A copy: the address of its PDF (empty where only a page is known), of its page, its version and licence.

    `md5` is what the service says of the file's content; with it the file is what the service means, whatever it looks like.
    """

    pdf: str = ""
    page: str = ""
    version: TextVersion = TextVersion.UNKNOWN
    licence: str = ""
    md5: str = ""


@dataclass(frozen=True, slots=True)
class TextReply:
    """What a service answers about one report: whether it knows it, the copies (the best first), and whether it calls it retracted."""

    known: bool
    locations: tuple[TextLocation, ...] = ()
    retracted: bool = False
    remark: str = ""


class TextService(Protocol):
    """A service that is asked about several reports at once, or about one."""

    @property
    def label(self) -> str:
        """What people call it."""

    @property
    def host(self) -> str:
        """The host that its questions go to."""

    @property
    def at_once(self) -> int:
        """How many reports one question may be about."""

    def can_ask(self, question: TextQuestion) -> bool:
        """Whether the report has a number that this service goes by."""

    def ask(self, questions: Sequence[TextQuestion]) -> Mapping[str, TextReply]:
        """The replies by key; a report that is missing among them is not known to the service.

        Raises:
            SearchRefused: the service will not answer.
            Interrupted: it fails.
        """


def host_of(address: str) -> str:
    """The host and port of an address, in small letters; empty where it has none."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def web_address(text: str) -> str:
    """A plain http(s) address, or nothing: other schemes, user names, control characters and endless ones are not followed."""
    address = text.strip()
    try:
        parts = urlsplit(address)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None and (parts.port or 1) > 0
    except ValueError:
        usable = False
    plain = address == one_line(address) and " " not in address and address.isprintable() and len(address) <= LONGEST_ADDRESS
    return address if usable and plain else ""


_GOOD = (TextVersion.PUBLISHED, TextVersion.ACCEPTED, TextVersion.UNKNOWN, TextVersion.SUBMITTED)


def best_first(locations: Sequence[TextLocation]) -> tuple[TextLocation, ...]:
    """Copies with a PDF before mere pages, published before accepted before others; each address once, else in the service's order."""
    unique: dict[str, TextLocation] = {}
    for one in locations:
        unique.setdefault(one.pdf or one.page, one)
    usable = (one for address, one in unique.items() if address)
    return tuple(sorted(usable, key=lambda one: (not one.pdf, _GOOD.index(one.version))))
