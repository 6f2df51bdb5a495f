"""OpenAlex as a citation index: works in batches by their numbers, what cites them by cursor, one work where a number was merged away.

A key is needed. Merged works answer with 301: the address names the work that took their place, and only its number is taken from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import requests

from prisma_tool.errors import FormatError, Interrupted, SearchRefused
from prisma_tool.formats.citation_indexes.openalex import OpenAlexWork, WorksPage, parse_work, parse_works, work_number
from prisma_tool.formats.text import json_tree as tree
from prisma_tool.model.text import one_line
from prisma_tool.sources.citations.index import CitationDirection, IndexFacts, IndexReply, Relation, Seed
from prisma_tool.sources.failures import TransientError
from prisma_tool.sources.transport import Ask, ServiceAnswer, Transport, judge_status

PER_PAGE = 100
MOST_PAGES = 1_000
NO_KEY = "OpenAlex is left out: it wants a key, which is free. Put it into OPENALEX_API_KEY (openalex.org/settings/api)."
CHOOSE = "Or choose other indexes with --index."
_ASKABLE = re.compile(r"[^|,\s]+")
"""A number that no sign in it parts from the next."""
_BUDGET = re.compile(r"budget|credit|daily|insufficient", re.IGNORECASE)
_FIELDS = (
    "id,doi,ids,display_name,publication_year,publication_date,type,language,authorships,primary_location,biblio,abstract_inverted_index,"
    "is_retracted,referenced_works"
)


@dataclass(frozen=True, slots=True)
class OpenAlex:
    """The index; ids are `W12345`."""

    transport: Transport
    base: str
    api_key: str
    label: ClassVar[str] = "OpenAlex"
    directions: ClassVar[frozenset[CitationDirection]] = frozenset(CitationDirection)
    told_with_seeds: ClassVar[frozenset[CitationDirection]] = frozenset((CitationDirection.BACKWARD,))
    seeds_at_once: ClassVar[int] = 50
    relations_at_once: ClassVar[int] = 50
    works_at_once: ClassVar[int] = 100

    def number(self, own: str) -> str:
        """What of an id may name a record."""
        return own

    def seeds(self, seeds: Sequence[Seed]) -> IndexReply:
        """Which of these seeds are there, by DOI, and by PMID those that no DOI finds; what they cite comes along."""
        works: dict[str, OpenAlexWork] = {}
        known: dict[str, str] = {}
        answers: list[bytes] = []
        for name in ("doi", "pmid"):
            keys = {
                value: seed.key for seed in seeds if seed.key not in known and _ASKABLE.fullmatch(value := getattr(seed, name))
            }
            if keys:
                listed, raw = self._listed(f"{name}:{'|'.join(keys)}")
                works |= {work.number: work for work in listed}
                matching = ((keys.get(getattr(work.citation, name)), work.number) for work in reversed(listed))
                known |= {key: own for key, own in matching if key}
                answers += raw
        cited = (works[own] for own in dict.fromkeys(known.values()))
        relations = (Relation(work.number, CitationDirection.BACKWARD, other) for work in cited for other in work.references)
        return IndexReply(IndexFacts(known=known, relations=tuple(relations)), tuple(answers))

    def related(self, ids: Sequence[str], direction: CitationDirection) -> IndexReply:
        """What cites these works; which of them each cites, its own list of references says."""
        works, answers = self._listed(f"cites:{'|'.join(ids)}")
        wanted = set(ids)
        relations = [Relation(own, direction, work.number) for work in works for own in work.references if own in wanted]
        return IndexReply(IndexFacts(relations=tuple(relations), works={work.number: work.citation for work in works}), answers)

    def works(self, ids: Sequence[str]) -> IndexReply:
        """These works; one that the list does not give is asked for by itself, because it may have been merged into another."""
        listed, answers = self._listed(f"openalex:{'|'.join(ids)}")
        held = {work.number: work.citation for work in listed}
        raw = list(answers)
        for missing in (one for one in ids if one not in held):
            work, body = self._single(missing)
            raw.append(body)
            if work is not None:
                held[missing] = work.citation
        return IndexReply(IndexFacts(works=held), tuple(raw))

    def _listed(self, filters: str) -> tuple[list[OpenAlexWork], tuple[bytes, ...]]:
        """All works that a filter lets through."""
        works: dict[str, OpenAlexWork] = {}
        answers: list[bytes] = []
        cursor, seen = "*", {""}
        while cursor not in seen and len(answers) < MOST_PAGES:
            seen.add(cursor)
            page, raw = self._page(filters, cursor)
            answers.append(raw)
            works |= {work.number: work for work in page.works}
            # The service names a next page until one is empty.
            cursor = page.next_cursor if page.works and len(works) < page.total else ""
        if len(works) < page.total:
            raise Interrupted(f"OpenAlex counts {page.total} works but lists {len(works)}; the same command asks again.")
        return list(works.values()), tuple(answers)

    def _page(self, filters: str, cursor: str) -> tuple[WorksPage, bytes]:
        return self.transport.fetch(
            self._ask("works", {"filter": filters, "per_page": str(PER_PAGE), "cursor": cursor, "select": _FIELDS}), _page_of
        )

    def _single(self, number: str, *, again: bool = True) -> tuple[OpenAlexWork | None, bytes]:
        work, merged_into, raw = self.transport.fetch(self._ask(f"works/{number}", {"select": _FIELDS}), _single_of)
        if merged_into and again:
            return self._single(merged_into, again=False)
        return work, raw

    def _ask(self, path: str, parameters: Mapping[str, str]) -> Ask:
        return Ask(f"{self.base}/{path}", {**parameters, "api_key": self.api_key}, name="works", secret=self.api_key)


def judge_openalex(answer: ServiceAnswer) -> None:
    """Reject answers that are no works.

    Raises:
        SearchRefused: the key or the request is refused.
        Interrupted: the key's budget is used up.
        TransientError: anything else that another try may mend.
    """
    if answer.status == requests.codes.ok:
        return
    words = _message(answer)
    if answer.status in (requests.codes.unauthorized, requests.codes.payment_required):
        raise SearchRefused("OpenAlex refuses the OPENALEX_API_KEY. Check the key (it is not shown here), or unset it.")
    if answer.status == requests.codes.too_many_requests and _BUDGET.search(words):
        raise Interrupted(f"OpenAlex's budget for this key is used up for today (“{words}”); the same command goes on tomorrow.")
    if answer.status == requests.codes.bad_request and words:
        raise SearchRefused(f"OpenAlex refuses the request: {words}.")
    if answer.status == requests.codes.forbidden:
        raise TransientError("asked too fast")
    judge_status(answer)


def _message(answer: ServiceAnswer) -> str:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    return one_line(tree.text(document, "message") or tree.text(document, "error"))[:160]


def _page_of(answer: ServiceAnswer) -> tuple[WorksPage, bytes]:
    judge_openalex(answer)
    try:
        return parse_works(answer.body), answer.body
    except FormatError as error:
        raise TransientError(error.message) from None


def _single_of(answer: ServiceAnswer) -> tuple[OpenAlexWork | None, str, bytes]:
    """The work; or the number of the one that it was merged into; or neither, where there is none."""
    if answer.status == requests.codes.moved_permanently:
        number = work_number(answer.headers.get("Location", "").partition("?")[0].rstrip("/").rpartition("/")[2])
        if number:
            return None, number, answer.body
    if answer.status == requests.codes.not_found and _message(answer):
        return None, "", answer.body
    judge_openalex(answer)
    try:
        return parse_work(answer.body), "", answer.body
    except FormatError as error:
        raise TransientError(error.message) from None
