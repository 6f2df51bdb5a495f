"""One round of a citation search in one index: seeds, relations, works, each in as few questions as the index allows.

Owns the order of the questions. Invariant: the questions follow from the seeds and the answers before them alone, so that a search which was
interrupted asks the same ones and skips those that were answered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from prisma_tool.formats.citation_indexes.joined_works import Lead
from prisma_tool.identify.citations.joining import FoundWork
from prisma_tool.sources.citations.index import CitationDirection, CitationIndex, IndexFacts, IndexReply, Relation, Seed

T = TypeVar("T")
Asker = Callable[[str, Callable[[], IndexReply]], IndexFacts]
"""Gives what a question of this name was answered before, else asks it and keeps the answer."""


@dataclass(slots=True)
class RoundResult:
    """What an index gave in a round: the works, the seeds that it does not know, and the works that it names and does not give."""

    works: list[FoundWork] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    undelivered: list[str] = field(default_factory=list)


def ask_index(
    index: CitationIndex, name: str, seeds: Sequence[Seed], directions: Sequence[CitationDirection], ask: Asker
) -> RoundResult:
    """Ask one index all that a round wants of it; `name` begins the names of its questions.

    Raises:
        SearchRefused: the index will not answer.
        Interrupted: it fails, or the person who waits stopped the search.
    """
    facts = [
        ask(f"{name}/seeds/{number}", lambda batch=batch: index.seeds(batch))  # type: ignore[misc]  # a batch of its own
        for number, batch in enumerate(_batches(seeds, index.seeds_at_once))
    ]
    known = {key: own for one in facts for key, own in one.known.items()}
    own_ids = list(dict.fromkeys(known.values()))
    for direction in directions:
        if direction in index.directions - index.told_with_seeds:
            facts += [
                ask(f"{name}/{direction}/{number}", lambda batch=batch, way=direction: index.related(batch, way))  # type: ignore[misc]
                for number, batch in enumerate(_batches(own_ids, index.relations_at_once))
            ]
    relations = [one for fact in facts for one in fact.relations if one.direction in directions]
    held = {number for fact in facts for number in fact.works}
    wanting = [number for number in dict.fromkeys(one.work for one in relations) if number not in held]
    facts += [
        ask(f"{name}/works/{number}", lambda batch=batch: index.works(batch))  # type: ignore[misc]
        for number, batch in enumerate(_batches(wanting, index.works_at_once))
    ]
    result = _result(index, known, relations, facts)
    loose = [one for fact in facts for one in fact.loose if one.direction in directions]
    keys = _keys_by_id(known)
    result.works += [
        FoundWork("", one.citation, tuple(Lead(key, one.direction, index.label) for key in keys[one.seed])) for one in loose
    ]
    result.unknown = [seed.key for seed in seeds if seed.key not in known]
    return result


def _result(
    index: CitationIndex, known: dict[str, str], relations: Iterable[Relation], facts: Iterable[IndexFacts]
) -> RoundResult:
    keys, leads = _keys_by_id(known), defaultdict[str, dict[Lead, None]](dict)
    for one in relations:
        leads[one.work] |= dict.fromkeys(Lead(key, one.direction, index.label) for key in keys[one.seed])
    contents = {number: citation for fact in facts for number, citation in fact.printed.items()}
    contents |= {number: citation for fact in facts for number, citation in fact.works.items()}
    result = RoundResult()
    for number, led in leads.items():
        if number in contents and not contents[number].is_empty:
            result.works.append(FoundWork(index.number(number), contents[number], tuple(led)))
        else:
            result.undelivered.append(f"{index.label} {number}")
    return result


def _keys_by_id(known: dict[str, str]) -> dict[str, list[str]]:
    keys = defaultdict[str, list[str]](list)
    for key, own in known.items():
        keys[own].append(key)
    return keys


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
