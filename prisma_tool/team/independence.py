"""Whether reviewers worked independently: the authors' word for it, and what the log says against it (counting rule 28).

The log proves access, not independence. Pure. Invariant: "independently" is only said where the authors' kept answer says so and no vote
in the log speaks against it; an answer that is neither a plain yes nor a plain no is quoted, never interpreted.
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


_PLAIN = (
    "we|they|it|the|both|all|each|every|(?:two|three|four|five) (?:reviewers|authors|people|screeners)|reviewers?|"
    "authors?|people|screeners?|have|has|did|do|so|were|was|work(?:ed)?|screen(?:ed)?|vot(?:e|es|ed)|decid(?:e|ed)|judged?|assess(?:ed)?|given|records?|reports?|titles?|abstracts?|full|texts?|in|"
    "duplicate|and|fully|entirely|completely"
)
"""The words that may stand beside "independently" without narrowing it. With any other word ("only", "whether", "nobody") it may say less, or
the contrary."""
_BEFORE = rf"(?:(?:{_PLAIN})\W+)*"
_APART = r"independent(?:ly)?(?:\W+(?:of|from) (?:each other|one another))?(?:\W+in duplicate)?"
_YES = re.compile(rf"(?:(?:yes|y|true)|(?:yes\W+)?{_BEFORE}{_APART})\W*")
_NO = re.compile(rf"(?:(?:no|n|false)|(?:no\W+)?{_BEFORE}(?:not|non)\W+{_BEFORE}{_APART})\W*")


def answer_key(stage: Stage) -> str:
    """The key of the authors' answer about a stage."""
    return f"{INDEPENDENCE}:{stage.value}"


def declared(protocol: Protocol, stage: Stage) -> Declared:
    """What the kept answer about a stage says."""
    answer = " ".join(protocol.answers.get(answer_key(stage), "").casefold().split())
    if not answer:
        return Declared.NOTHING
    if _NO.fullmatch(answer):
        return Declared.NOT_INDEPENDENT
    return Declared.INDEPENDENT if _YES.fullmatch(answer) else Declared.IN_THEIR_WORDS


def contradicting(ratings: Collection[PairRatings], tools: Collection[str] = ()) -> int:
    """On how many reports a person could have read another's vote in this tool before giving one: the log contradicts independence."""
    return sum(any(not set(pair) & set(tools) for pair in report.exposed) for report in ratings)
