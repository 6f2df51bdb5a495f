"""The rules of screening that a protocol sets: how many decide on a record, who sees what meanwhile, and who settles a conflict.

Pure data. Invariant: `ScreeningRules.at` is the only way to ask what holds at a stage, so that a rule that one stage has otherwise is
never overlooked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from prisma_tool.model.protocol.stopping import RANDOM_SHARE, Rule
from prisma_tool.model.vocabulary import Stage


class Split(StrEnum):
    """How the records of a stage are divided among the reviewers."""

    SHARED = "shared"
    """One queue for all: whoever comes first."""
    HALVES = "halves"
    """Even shares by the hash of the record's key, so that copies of a review agree without asking each other."""
    ASSIGNMENT = "assignment"
    """Who screens which record is said with `prisma-tool assign`."""


class Adjudication(StrEnum):
    """Who may settle a conflict."""

    CONSENSUS = "consensus"
    """Any reviewer or adjudicator, the two who disagreed included, once they have talked."""
    THIRD = "third"
    """Any reviewer or adjudicator who has not voted on the report."""
    ADJUDICATORS = "adjudicators"
    """Only those whom the protocol names as adjudicators."""


@dataclass(frozen=True, slots=True)
class StageRules:
    """What holds at one stage. `pilot` is the number of records of a pilot round, 0 where the protocol asks for none."""

    reviewers_per_record: int = 1
    blind: bool = True
    split: Split = Split.SHARED
    pilot: int = 0


@dataclass(frozen=True, slots=True)
class ScreeningRules:
    """The table [screening]: what holds at both stages, and in `stages` the rules of a stage that has some of its own.

    `maybe` speaks of title/abstract alone: at full text a maybe is always pending (counting rule 12).
    """

    reviewers_per_record: int = 1
    maybe: str = "include"
    blind: bool = True
    screen_other_methods: bool = False
    title_abstract_reasons: bool = True
    """Whether an exclusion at title/abstract may name its reason; at full text it always must."""
    split: Split = Split.SHARED
    pilot: int = 0
    adjudication: Adjudication = Adjudication.CONSENSUS
    stages: Mapping[Stage, StageRules] = field(default_factory=dict)
    stopping: Rule = field(default_factory=Rule)
    """When a prioritised screening may stop."""
    random_share: float = RANDOM_SHARE
    """The part of a prioritised queue that is drawn by chance, so that recall can be estimated."""
    embeddings: bool = False
    """Whether the order of relevance reads the meaning of sentences beside words; needs the extra of that name."""

    def at(self, stage: Stage) -> StageRules:
        """The rules of a stage."""
        return self.stages.get(stage) or StageRules(self.reviewers_per_record, self.blind, self.split, self.pilot)

    @property
    def in_pairs(self) -> bool:
        """True where some stage wants two reviewers for each record."""
        return any(self.at(stage).reviewers_per_record > 1 for stage in Stage)
