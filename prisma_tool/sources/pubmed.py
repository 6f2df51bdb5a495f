"""PubMed through the E-utilities: counting, listing ids without a ceiling, fetching records by explicit ids.

Limits: "A General Introduction to the E-utilities" (https://www.ncbi.nlm.nih.gov/books/NBK25497/). PubMed lists at most 9,999 ids of a query and clamps silently at the
edge, so a larger listing is split by halving ranges of UIDs, which tile exactly. Invariants: a listing of more than `LISTED_AT_MOST`
records is never taken for complete; nothing found is believed only when the service says so twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import requests

from prisma_tool.errors import FormatError, SearchRefused
from prisma_tool.formats.account.account import Parsed
from prisma_tool.formats.pubmed.esearch import ServiceError, read_listing
from prisma_tool.formats.pubmed.reader import parse_pubmed_xml
from prisma_tool.model.text import one_line
from prisma_tool.sources.failures import TransientError
from prisma_tool.sources.portions import Portions
from prisma_tool.sources.transport import Ask, ServiceAnswer, TooMuchError, Transport, judge_status

LISTED_AT_MOST = 9_000
"""Split above this; the documented wall is 9,999, where the service starts to clamp."""
HIGHEST_UID = 99_999_999
"""PMIDs have at most eight digits."""
BATCH, SMALLEST_BATCH = 200, 25
"""Records asked for at once: at most, and where asking for fewer would no longer help."""
DOIS_AT_ONCE = 30
"""A term of some thousand characters, each DOI in every field that may hold it."""
_DOI_FIELDS = ("AID", "LID", "DOI")
"""PubMed keeps DOIs as identifiers that publishers sent and as locations; the third name is its own short form for them."""
SLOW_SECONDS = 0.5
"""An answer that takes longer keeps one thread from asking as often as is permitted."""
MOST_COMPLAINTS = 500
"""More are not told; the untouched answer has them."""
_BENIGN = {"No items found."}
_NUMBER = re.compile(r"[0-9]{1,9}")
_NAMES_TERM = re.compile(r"\bterm\b|\bsyntax\b|\bparse|\bquery\b(?! #)", re.IGNORECASE)
_NAMES_REQUEST = re.compile(r"\bterm\b|\bsyntax\b|\bparameter\b|\bretstart\b|\binvalid\b|\bID list\b", re.IGNORECASE)
_FAULTS_IN_400 = re.compile(r"\btimeout\b|empty response|backend failed", re.IGNORECASE)
_TIMED_OUT = re.compile(r"\btimeout\b|empty response", re.IGNORECASE)
_REFUSAL_BYTES = 16 * 1024
"""So much of a refusal is read: its words stand at the beginning, and brackets that never close take long to look through."""
_MARKUP = re.compile(rb"<[^>]*>")


class Complaint(NamedTuple):
    """What PubMed could not search as written: the service's own kind (phrasesnotfound, ...) and the text that it names."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class IdListing:
    """One esearch: the ids of a range, and what the service made of the strategy. `raw` is the untouched answer."""

    count: int
    ids: tuple[str, ...]
    translation: str
    echo: tuple[Complaint, ...]
    raw: bytes

    @property
    def warnings(self) -> tuple[str, ...]:
        """The complaints, each in one line."""
        return tuple(f"{complaint.kind}: {complaint.text}" for complaint in self.echo)


Span = tuple[int, int]
"""A closed range of UIDs."""
EVERYTHING: Span = (1, HIGHEST_UID)


@dataclass(frozen=True, slots=True)
class Batch:
    """The ids that one request asked for, the untouched answer, and its records, which may be fewer."""

    asked: Sequence[str]
    raw: bytes
    parsed: Parsed


def lists_all(listing: IdListing) -> bool:
    """True where the service lists as many ids as it counts, because they are few enough."""
    return listing.count <= LISTED_AT_MOST


@dataclass(frozen=True, slots=True)
class PubMed:
    """A client. `email` and `api_key` go with each request as NCBI asks; the key is never shown or stored."""

    transport: Transport
    base: str
    email: str = ""
    api_key: str = ""

    def listing(self, term: str) -> IdListing:
        """The first listing of a search: count, translation, complaints, and all its ids if they are `LISTED_AT_MOST` at most.

        Raises:
            SearchRefused: the strategy or the key is refused.
            Interrupted: the service fails.
        """
        return self._search(term)

    def spans(self, term: str, spans: Iterable[Span]) -> Iterator[tuple[IdListing, list[Span]]]:
        """The listings of a search within these ranges of UIDs, each with the ranges that are still to be listed after it.

        A range with too many records gives a listing without ids, and its two halves are still to be listed.

        Raises:
            SearchRefused, Interrupted: as for `listing`.
        """
        waiting, owed = list(spans), dict[Span, int]()
        while waiting:
            low, high = span = waiting.pop()
            part = self._search(f"({term}) AND {low}:{high}[UID]", believe_nothing=owed.get(span, 1) <= 0)
            if span not in owed and waiting and waiting[-1] in owed:
                # A lower half: its upper half, which comes next, owes the rest of what both have together.
                owed[waiting[-1]] -= part.count
            if not lists_all(part) and low < high:
                middle = (low + high) // 2
                waiting += [(middle + 1, high), (low, middle)]
                owed[middle + 1, high] = part.count
                part = replace(part, ids=())
            yield part, list(waiting)

    def count(self, term: str) -> IdListing:
        """How many records match `term`, and what PubMed makes of it; no ids.

        Raises:
            SearchRefused: the strategy or the key is refused.
            Interrupted: the service fails.
        """
        ask = self._ask("esearch", {"db": "pubmed", "term": term, "retmode": "json", "retmax": "0"})
        listing = self.transport.fetch(ask, lambda answer: _listing(answer, at_most=0))
        return listing if listing.count else self.transport.fetch(ask, lambda answer: _listing(answer, at_most=0))

    def with_dois(self, dois: Sequence[str]) -> IdListing:
        """The PMIDs of the articles that PubMed knows by up to `DOIS_AT_ONCE` DOIs; in no order, and without a word on which is whose.

        Raises:
            SearchRefused: the key is refused.
            Interrupted: the service fails.
        """
        asked = [" OR ".join(f'"{doi}"[{field}]' for field in _DOI_FIELDS) for doi in dois if '"' not in doi]
        return self._search(" OR ".join(asked)) if asked else IdListing(0, (), "", (), b"")

    def _search(self, term: str, *, believe_nothing: bool = False) -> IdListing:
        fields = {"db": "pubmed", "term": term, "retmode": "json", "retmax": str(LISTED_AT_MOST), "retstart": "0"}
        ask = self._ask("esearch", fields)
        listing = self.transport.fetch(ask, _listing)
        # A failing backend may say "nothing" once in passing: it is asked once more before that is believed without other evidence.
        return listing if listing.count or believe_nothing else self.transport.fetch(ask, _listing)

    def batches(self, portions: Portions) -> Iterator[Batch]:
        """The records of these ids, a batch after the other; the batches shrink while the service fails on them.

        Several threads may each ask for the batches of the same portions.

        Raises:
            SearchRefused: the key is refused.
            Interrupted: the service fails.
        """
        while asked := portions.take():
            try:
                body, parsed = self.fetch(asked, divisible=len(asked) > portions.smallest)
            except TooMuchError:
                portions.give_back(asked)
            else:
                portions.coped(slowly=self.transport.latest_seconds > SLOW_SECONDS)
                yield Batch(asked, body, parsed)

    def fetch(self, pmids: Sequence[str], *, divisible: bool = False) -> tuple[bytes, Parsed]:
        """The untouched answer and its records for up to `BATCH` ids; the caller compares what came with what was requested.

        Raises:
            TooMuchError: the ids are `divisible`, and the service could not deliver all of them in time.
            Interrupted: the service gives no well-formed set of articles.
        """
        fields = {"db": "pubmed", "id": ",".join(pmids), "retmode": "xml", "rettype": "abstract"}
        ask = replace(self._ask("efetch", fields), divisible=divisible)
        return self.transport.fetch(ask, lambda answer: _articles(answer, frozenset(pmids)))

    def _ask(self, endpoint: str, fields: dict[str, str]) -> Ask:
        identity = {"tool": "prisma-tool", "email": self.email, "api_key": self.api_key}
        parameters = fields | {name: value for name, value in identity.items() if value}
        return Ask(f"{self.base}/{endpoint}.fcgi", parameters, post=True, name=endpoint, secret=self.api_key)


def _listing(answer: ServiceAnswer, at_most: int | None = None) -> IdListing:
    _judge(answer)
    result = _esearch_result(answer)
    count, listed = str(result.get("count")), result.get("idlist")
    if not _NUMBER.fullmatch(count) or not isinstance(listed, list):
        raise TransientError("an answer without count and ids")
    ids = tuple(map(str, listed))
    if not all(map(_NUMBER.fullmatch, ids)):
        raise TransientError("a listing of what are no PMIDs")
    if len(ids) < min(int(count), LISTED_AT_MOST if at_most is None else at_most):
        raise TransientError(f"a count of {count} but {len(ids)} ids")
    return IdListing(
        count=int(count),
        ids=ids,
        translation=one_line(str(result.get("querytranslation", ""))),
        echo=_echo(result),
        raw=answer.body,
    )


def _esearch_result(answer: ServiceAnswer) -> dict[str, Any]:
    try:
        return read_listing(answer.body)
    except ServiceError as error:
        raise TransientError(error.message, blames_question=bool(_NAMES_TERM.search(error.message))) from None
    except FormatError as error:
        raise TransientError(error.message) from None


def _echo(result: dict[str, Any]) -> tuple[Complaint, ...]:
    complaints = []
    for group in ("errorlist", "warninglist"):
        kinds = result.get(group)
        for kind, values in kinds.items() if isinstance(kinds, dict) else ():
            listed = values if isinstance(values, list) else [values]
            complaints += [Complaint(one_line(kind), one_line(str(value))) for value in listed if str(value) not in _BENIGN]
    cut = len(complaints) - MOST_COMPLAINTS
    return (
        *complaints[:MOST_COMPLAINTS],
        *([Complaint("outputmessages", f"{cut} further messages, left out here")] if cut > 0 else []),
    )


def _judge(answer: ServiceAnswer) -> None:
    if answer.status == requests.codes.bad_request:
        _judge_refusal(answer)
    judge_status(answer)


def _judge_refusal(answer: ServiceAnswer) -> None:
    # Only the words count: the document type alone outweighs an excerpt.
    excerpt = replace(answer, body=_MARKUP.sub(b" ", answer.body[:_REFUSAL_BYTES])).excerpt
    if re.search(r"api[ -]key", excerpt, re.IGNORECASE):
        # The body echoes the key: it is never quoted.
        raise SearchRefused("PubMed refuses the NCBI_API_KEY. Check the key (it is not shown here), or unset it.")
    if _FAULTS_IN_400.search(excerpt) or not _NAMES_REQUEST.search(excerpt):
        raise TransientError(f"status 400: {excerpt}", heavy=bool(_TIMED_OUT.search(excerpt)))
    raise SearchRefused(f"PubMed refuses the request: {excerpt}")


def _articles(answer: ServiceAnswer, asked: frozenset[str]) -> tuple[bytes, Parsed]:
    if answer.status == requests.codes.bad_request and b"ID list is empty" in answer.body:
        return answer.body, Parsed("pubmed-xml", (), (), 0)
    _judge(answer)
    try:
        parsed = parse_pubmed_xml(answer.body)
    except FormatError as error:
        # A set that is not well-formed was cut short on its way.
        raise TransientError(error.message, heavy=b"<PubmedArticleSet" in answer.body[:1000]) from None
    strangers = {entry.accession for entry in parsed.entries} - asked
    if strangers:
        raise TransientError(f"records that were not asked for ({', '.join(sorted(strangers)[:3])})")
    return answer.body, parsed
