"""Ordered criteria: a report is judged question by question, and the first "no" is the reason for its exclusion.

Sequential answers make reasons comparable between reviewers, who otherwise often agree on the exclusion and differ in the reason.
Pure. Invariant: one conclusion has one reason, and it is that of the first criterion that was answered "no".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from prisma_tool.model.vocabulary import Verdict


class Answer(StrEnum):
    """What a reviewer answers to a criterion."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Criterion:
    """A question with the key that answers it with "no", and the id of the reason that such an answer means."""

    key: str
    question: str
    reason: str


DEFAULT_CRITERIA = (
    Criterion("p", "Population", "wrong-population"),
    Criterion("i", "Intervention", "wrong-intervention"),
    Criterion("c", "Comparator", "wrong-comparator"),
    Criterion("o", "Outcome", "wrong-outcome"),
    Criterion("d", "Study design", "wrong-study-design"),
)
"""The questions of a protocol that lists none: PICO and the design, as far as their reasons are in its list."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The verdict that answers amount to, and the reason of an exclusion."""

    verdict: Verdict
    reason: str = ""


def conclusion(criteria: Sequence[Criterion], answers: Mapping[str, str]) -> Conclusion | None:
    """What the answers (by reason id) amount to; None while an earlier criterion is open.

    All "yes" includes; where one is unclear and none is "no" it is a maybe.
    """
    unclear = False
    for criterion in criteria:
        answer = answers.get(criterion.reason)
        if answer is None:
            return None
        if answer == Answer.NO:
            return Conclusion(Verdict.EXCLUDE, criterion.reason)
        unclear = unclear or answer == Answer.UNCLEAR
    return Conclusion(Verdict.MAYBE if unclear else Verdict.INCLUDE)


def answered_no(criteria: Sequence[Criterion], answers: Mapping[str, str], key: str) -> dict[str, str] | None:
    """The answers once the criterion with this key is answered "no": open ones before it count as met. None for no such key."""
    index = next((index for index, criterion in enumerate(criteria) if criterion.key == key), None)
    if index is None:
        return None
    met = {criterion.reason: answers.get(criterion.reason, Answer.YES.value) for criterion in criteria[:index]}
    return {**met, criteria[index].reason: Answer.NO.value}
