"""Whether reviewers worked independently: the authors' word for it, and what the log says against it (counting rule 28).

The log proves access, not independence. Pure. Invariant: "independently" is only said where the authors' kept answer says so and no vote
in the log speaks against it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum

from prisma_tool.model.protocol.answers import INDEPENDENCE
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import Stage
from prisma_tool.team.ratings import PairRatings


class Declared(StrEnum):
    """What the authors' answer says about the votes of a stage."""

    NOTHING = "nothing"
    INDEPENDENT = "independent"
    NOT_INDEPENDENT = "not independent"
    IN_THEIR_WORDS = "in their words"
    """An answer that is neither a plain yes nor a plain no; it is quoted."""


_YES = re.compile(r"(?:yes|y|true)\b|(?:\w+\W+){0,12}?independent(?:ly)?\b")
_NO = re.compile(r"(?:no|n|false|not)\b|.*\b(?:not|never|nor|hardly|partly|non)\W+(?:\w+\W+){0,3}?independent|.*\bdependent")


def answer_key(stage: Stage) -> str:
    """The key of the authors' answer about a stage."""
    return f"{INDEPENDENCE}:{stage.value}"


def declared(protocol: Protocol, stage: Stage) -> Declared:
    """What the kept answer about a stage says."""
    answer = " ".join(protocol.answers.get(answer_key(stage), "").casefold().split())
    if not answer:
        return Declared.NOTHING
    if _NO.match(answer):
        return Declared.NOT_INDEPENDENT
    return Declared.INDEPENDENT if _YES.match(answer) else Declared.IN_THEIR_WORDS


def contradicting(ratings: Collection[PairRatings], tools: Collection[str] = ()) -> int:
    """On how many reports a person could have read another's vote in this tool before giving one: the log contradicts independence."""
    return sum(any(not set(pair) & set(tools) for pair in report.exposed) for report in ratings)
