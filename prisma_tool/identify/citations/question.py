"""The question of a citation search, and what its run keeps of it, so that the same can be asked again.

Invariant: `kept(written(question))` asks what the question asked, but for its seeds; those are found anew from where they came: a set is filled with who is in it
now, a record that was named stays named.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from prisma_tool.model.protocol.protocol import command_for_search
from prisma_tool.sources.citations.index import CitationDirection

ASKED = "asked"
"""In a run's `service`: the question, and the keys of the seeds."""
SEEDS = "seeds"
INCLUDED = "included"
"""The set of seeds where a person names none."""


@dataclass(frozen=True, slots=True)
class CitationQuestion:
    """What is to be searched.

    Attributes:
        seeds: The records to go out from (none: the included reports).
        directions: Which ways.
        rounds: How many rounds.
        origins: Where the seeds come from, as a person named it: sets and records (none: the included reports).
        indexes: The indexes that a person named (none: all there are).
    """

    seeds: tuple[str, ...] = ()
    directions: tuple[CitationDirection, ...] = tuple(CitationDirection)
    rounds: int = 1
    origins: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()


def written(question: CitationQuestion, seeds: Iterable[str]) -> dict[str, Any]:
    """What a run keeps of its question and of the records that it went out from."""
    return {
        "origins": list(question.origins or question.seeds),
        "directions": list(question.directions),
        "rounds": question.rounds,
        "indexes": list(question.indexes),
        SEEDS: list(seeds),
    }


def kept(asked: Mapping[str, Any]) -> CitationQuestion:
    """The question that a run kept, without its seeds; the included reports have a name in it, so that they can stand beside records."""
    return CitationQuestion(
        directions=tuple(way for way in CitationDirection if way in asked["directions"]),
        rounds=asked["rounds"],
        origins=tuple(asked["origins"]) or (INCLUDED,),
        indexes=tuple(sorted(asked["indexes"])),
    )


def command_again(search: str, service: Mapping[str, Any]) -> str:
    """What a person types to go on with a run of a search: of a citation search the very question that it asked.

    Args:
        search: The name of the search.
        service: What its run keeps.
    """
    if ASKED not in service:
        return command_for_search(search)
    question = kept(service[ASKED])
    one_way = question.directions if len(question.directions) < len(CitationDirection) else ()
    named = () if question.origins == (INCLUDED,) else question.origins
    words = [f"--{way}" for way in one_way]
    words += [word for origin in named for word in ("--from", shlex.quote(origin))]
    words += [word for index in question.indexes for word in ("--index", shlex.quote(index))]
    words += ["--rounds", str(question.rounds)] if question.rounds > 1 else []
    return " ".join((command_for_search(search), *words))


def combined(questions: Iterable[CitationQuestion]) -> list[CitationQuestion]:
    """As few questions as ask the same: those that differ in their seeds alone become one, and one that another holds is left out."""
    by_way: dict[CitationQuestion, dict[str, None]] = {}
    for one in questions:
        by_way.setdefault(replace(one, origins=()), {}).update(dict.fromkeys(one.origins))
    merged = [replace(way, origins=tuple(origins)) for way, origins in by_way.items()]
    return [one for one in merged if not any(repeats(other, one) for other in merged if other is not one)]


def repeats(question: CitationQuestion, other: CitationQuestion) -> bool:
    """Whether who asks the question asks all that the other asked; both as runs keep them."""
    return (
        _has_all(question.origins, other.origins)
        and _has_all(question.directions, other.directions)
        and question.rounds >= other.rounds
        and (not question.indexes or (bool(other.indexes) and _has_all(question.indexes, other.indexes)))
    )


def _has_all(these: Sequence[str], those: Sequence[str]) -> bool:
    return set(those) <= set(these)
