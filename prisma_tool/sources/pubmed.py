"""PubMed through the E-utilities: counting, listing ids without a ceiling, fetching records by explicit ids.

Limits and failures: reference pubmed_eutilities.md, D1-D4. PubMed lists at most 9,999 ids of a query and clamps silently at the
edge, so a larger listing is split by halving ranges of UIDs, which tile exactly. Invariant: `identify` returns as many ids as the
service counted, or raises.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import requests

from prisma_tool.errors import FormatError, Interrupted, SearchRefused
from prisma_tool.formats.account import Parsed
from prisma_tool.formats.pubmed_xml import parse_pubmed_xml
from prisma_tool.model.text import one_line
from prisma_tool.sources.transport import Answer, Ask, TransientError, Transport, judge_status

LISTED_AT_MOST = 9_000
"""Split above this; the documented wall is 9,999, where the service starts to clamp."""
HIGHEST_UID = 99_999_999
"""PMIDs have at most eight digits."""
BATCH = 200
_BENIGN = {"No items found."}
_NUMBER = re.compile(r"[0-9]{1,9}")
_NAMES_TERM = re.compile(r"\bterm\b|\bsyntax\b|\bparse|\bquery\b(?! #)", re.IGNORECASE)
_NAMES_REQUEST = re.compile(r"\bterm\b|\bsyntax\b|\bparameter\b|\bretstart\b|\binvalid\b|\bID list\b", re.IGNORECASE)
_FAULTS_IN_400 = re.compile(r"\btimeout\b|empty response|backend failed", re.IGNORECASE)
_MARKUP = re.compile(rb"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Listing:
    """One esearch: the ids of a range, and what the service made of the strategy. `raw` is the untouched answer."""

    count: int
    ids: tuple[str, ...]
    translation: str
    warnings: tuple[str, ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class PubMed:
    """A client. `email` and `api_key` go with each request as NCBI asks; the key is never shown or stored."""

    transport: Transport
    base: str
    email: str = ""
    api_key: str = ""

    def list_ids(self, term: str, keep: Callable[[Listing], None]) -> tuple[Listing, tuple[str, ...]]:
        """The first listing (with count, translation, warnings) and all PMIDs that match `term`; `keep` sees every answer.

        Raises:
            SearchRefused: the strategy or the key is refused.
            Interrupted: the service fails, or lists fewer ids than it counts.
        """
        first = self._search(term)
        keep(first)
        if first.count <= LISTED_AT_MOST:
            return first, _reconciled(first.count, first.ids)
        listed = [pmid for part in self._parts(term, 1, HIGHEST_UID, keep) for pmid in part.ids]
        return first, _reconciled(first.count, listed)

    def _parts(self, term: str, low: int, high: int, keep: Callable[[Listing], None]) -> Iterator[Listing]:
        middle = (low + high) // 2
        for start, end in ((low, middle), (middle + 1, high)):
            part = self._search(f"({term}) AND {start}:{end}[UID]")
            keep(part)
            if part.count > LISTED_AT_MOST and start < end:
                yield from self._parts(term, start, end, keep)
            else:
                yield part

    def _search(self, term: str) -> Listing:
        fields = {"db": "pubmed", "term": term, "retmode": "json", "retmax": str(LISTED_AT_MOST), "retstart": "0"}
        return self.transport.fetch(self._ask("esearch", fields), _listing)

    def fetch(self, pmids: Sequence[str]) -> tuple[bytes, Parsed]:
        """The untouched answer and its records for up to `BATCH` ids; the caller compares what came with what was asked.

        Raises:
            Interrupted: the service gives no well-formed set of articles.
        """
        fields = {"db": "pubmed", "id": ",".join(pmids), "retmode": "xml", "rettype": "abstract"}
        return self.transport.fetch(self._ask("efetch", fields), lambda answer: _articles(answer, frozenset(pmids)))

    def _ask(self, endpoint: str, fields: dict[str, str]) -> Ask:
        identity = {"tool": "prisma-tool", "email": self.email, "api_key": self.api_key}
        parameters = fields | {name: value for name, value in identity.items() if value}
        return Ask(f"{self.base}/{endpoint}.fcgi", parameters, post=True, name=endpoint, secret=self.api_key)


def _reconciled(count: int, ids: Sequence[str]) -> tuple[str, ...]:
    distinct = tuple(dict.fromkeys(ids))
    if len(distinct) < count:
        raise Interrupted(f"PubMed counted {count} records but listed {len(distinct)} ids; the search is not complete.")
    return distinct


def _listing(answer: Answer) -> Listing:
    _judge(answer)
    result = _esearch_result(answer)
    count, listed = str(result.get("count")), result.get("idlist")
    if not _NUMBER.fullmatch(count) or not isinstance(listed, list):
        raise TransientError("an answer without count and ids")
    ids = tuple(map(str, listed))
    if not all(map(_NUMBER.fullmatch, ids)):
        raise TransientError("a listing of what are no PMIDs")
    if len(ids) < min(int(count), LISTED_AT_MOST):
        raise TransientError(f"a count of {count} but {len(ids)} ids")
    return Listing(
        count=int(count),
        ids=ids,
        translation=one_line(str(result.get("querytranslation", ""))),
        warnings=_warnings(result),
        raw=answer.body,
    )


def _esearch_result(answer: Answer) -> dict[str, Any]:
    try:
        # strict=False: the service puts raw newlines into its error texts (D4).
        data = json.loads(answer.body, strict=False)
    except ValueError:
        raise TransientError(f"not the JSON that was asked for: {answer.excerpt}") from None
    if not isinstance(data, dict):
        raise TransientError("an answer of the wrong shape")
    if "error" in data:
        raise TransientError(one_line(str(data["error"])))
    result = data.get("esearchresult")
    if not isinstance(result, dict):
        raise TransientError("an answer of the wrong shape")
    if "ERROR" in result:
        said = one_line(str(result["ERROR"]))
        raise TransientError(said, blames_question=bool(_NAMES_TERM.search(said)))
    return result


def _warnings(result: dict[str, Any]) -> tuple[str, ...]:
    found = []
    for group in ("errorlist", "warninglist"):
        kinds = result.get(group)
        for kind, values in kinds.items() if isinstance(kinds, dict) else ():
            listed = values if isinstance(values, list) else [values]
            found += [f"{one_line(kind)}: {one_line(str(value))}" for value in listed if str(value) not in _BENIGN]
    return tuple(found)


def _judge(answer: Answer) -> None:
    if answer.status == requests.codes.bad_request:
        _judge_refusal(answer)
    judge_status(answer)


def _judge_refusal(answer: Answer) -> None:
    # Only the words count: the document type alone outweighs an excerpt.
    said = replace(answer, body=_MARKUP.sub(b" ", answer.body)).excerpt
    if re.search(r"api[ -]key", said, re.IGNORECASE):
        # The body echoes the key: it is never quoted.
        raise SearchRefused("PubMed refuses the NCBI_API_KEY. Check the key (it is not shown here), or unset it.")
    if _FAULTS_IN_400.search(said) or not _NAMES_REQUEST.search(said):
        raise TransientError(f"status 400: {said}")
    raise SearchRefused(f"PubMed refuses the request: {said}")


def _articles(answer: Answer, asked: frozenset[str]) -> tuple[bytes, Parsed]:
    if answer.status == requests.codes.bad_request and b"ID list is empty" in answer.body:
        return answer.body, Parsed("pubmed-xml", (), (), 0)
    _judge(answer)
    try:
        parsed = parse_pubmed_xml(answer.body)
    except FormatError as error:
        raise TransientError(error.message) from None
    strangers = {entry.accession for entry in parsed.entries} - asked
    if strangers:
        raise TransientError(f"records that were not asked for ({', '.join(sorted(strangers)[:3])})")
    return answer.body, parsed
