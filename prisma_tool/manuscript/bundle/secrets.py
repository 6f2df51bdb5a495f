"""What must not stand in a deposit: keys, addresses and passwords of services anywhere; names, logins and folders in what the team wrote.

Titles and the services' answers are looked through for keys only: a name in them is an author's, and public. Invariant: a file that holds what it
must not is never written; the sentence says which file, never what.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote, unquote, urlsplit

from prisma_tool.errors import ReviewError
from prisma_tool.manuscript.bundle.container import blocks

_SHORTEST_SECRET = 4
_OVERLAP = 4_096
"""Bytes that two looked-through parts share, so that nothing is missed between them."""
_COMMON_LOGINS = frozenset("root user admin administrator ubuntu debian runner nobody docker guest test".split())
_SECRET_VARIABLES = ("_API_KEY", "_EMAIL", "_PASSWORD", "_TOKEN", "_SECRET")
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PSEUDONYM = re.compile(r"[Rr]\d+")
_OF_SOURCES = ("data/records.jsonl", "records.csv", "excluded.csv", "included.csv", "not-retrieved.csv", "audit/sheet.csv")


@dataclass(frozen=True, slots=True)
class Forbidden:
    """What is looked for: `secrets` in every file, `names` (by what they are) in the files that the team's words are in."""

    secrets: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    allowed: frozenset[str] = frozenset()

    def watched(self, name: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """Pass a file on while looking through it.

        Raises:
            ReviewError: it holds what it must not.
        """
        patterns = [*self._patterns(name)]
        self._look(name, name, patterns)
        before = b""
        for block in blocks(pieces):
            self._look(name, (before + block).decode(errors="replace"), patterns)
            before = (before + block)[-_OVERLAP:]
            yield block

    def look(self, name: str, body: bytes) -> None:
        """Look through the bytes of an answer that is kept compressed."""
        self._look(name, body.decode(errors="replace"), [*self._patterns(name)])

    def _patterns(self, name: str) -> Iterator[tuple[re.Pattern[str], str]]:
        for text, what in self.secrets.items():
            yield re.compile("|".join(map(re.escape, _spellings(text))), re.IGNORECASE), what
        if not (name in _OF_SOURCES or name.startswith("raw/")):
            for text, what in self.names.items():
                yield _whole(text), what

    def _look(self, name: str, text: str, patterns: Iterable[tuple[re.Pattern[str], str]]) -> None:
        for pattern, what in patterns:
            if pattern.search(text):
                raise _refusal(name, what)
        if not (name in _OF_SOURCES or name.startswith("raw/")):
            for match in _ADDRESS.finditer(text):
                if match.group().casefold() not in self.allowed:
                    raise _refusal(name, "an e-mail address")


def _whole(text: str) -> re.Pattern[str]:
    """A name as whole words, also as "Family, Given", whatever its spaces; very short ones by their capitals too."""
    *given, family = map(re.escape, text.split())
    first = r"\s+".join(given)
    written = rf"(?:{first}\s+{family}|{family},?\s+{first})" if first else family
    flags = re.IGNORECASE if len(text) > 2 else 0  # noqa: PLR2004 - initials
    return re.compile(rf"(?<![^\W_]){written}(?![^\W_])", flags)


def _spellings(text: str) -> list[str]:
    """A secret as JSON, XML and addresses write it."""
    return [
        *dict.fromkeys((text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], escape(text), quote(text, "")))
    ]


def _refusal(name: str, what: str) -> ReviewError:
    return ReviewError(
        f"The deposit was not written: {name} would hold {what}. Take it out where it was written (review.toml, a reason, a study's label, a file's "
        "name), or, if it is meant, agree to it in [bundle] of review.toml: name_reviewers, name_authors, notes = false, or not_names = [...] for "
        "words that are no name here."
    )


def secrets_in(variables: Mapping[str, str], database: str, *more: str) -> dict[str, str]:
    """What no file may hold, with what to call it.

    Args:
        variables: The environment; those that hold keys, addresses and passwords by their names.
        database: The address of the database, whose password is one of them.
        more: Further secrets.
    """
    forbidden = {value: f"the value of {name}" for name, value in variables.items() if name.endswith(_SECRET_VARIABLES)}
    forbidden |= dict.fromkeys(more, "a key or address from your configuration")
    password = _password(database)
    if password:
        forbidden |= {password: "the database's password", unquote(password): "the database's password"}
    if "://" in database:
        forbidden[database] = "the database's address"
    return {value: what for value, what in forbidden.items() if len(value.strip()) >= _SHORTEST_SECRET}


def _password(address: str) -> str:
    try:
        return urlsplit(address).password or ""
    except ValueError:
        return ""


def names_in(people: Iterable[str], logins: Iterable[str], folders: Iterable[str], allowed: Iterable[str]) -> dict[str, str]:
    """What the files with the team's words may not hold."""
    ours = {name.casefold() for name in allowed}
    forbidden = {name: "somebody's name" for name in people if not _PSEUDONYM.fullmatch(name)}
    forbidden |= {login: "the login of somebody's computer" for login in logins if login.casefold() not in _COMMON_LOGINS}
    forbidden |= {folder: "a folder of somebody's computer" for folder in folders if len(folder) > 1}
    return {text: what for text, what in forbidden.items() if text.strip() and text.casefold() not in ours}
