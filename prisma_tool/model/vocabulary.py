"""The closed vocabularies of a review, in PRISMA's and Cochrane's words; values are what is stored, printed and parsed."""

from __future__ import annotations

from enum import StrEnum


class SourceKind(StrEnum):
    """Where records come from; the first two fill the left column of the flow diagram (counting rule 5)."""

    DATABASE = "database"
    REGISTER = "register"
    WEBSITE = "website"
    ORGANISATION = "organisation"
    CITATION = "citation"
    OTHER = "other"

    @property
    def in_left_column(self) -> bool:
        """True for databases and registers, which are deduplicated and screened; the rest are "other methods"."""
        return self is SourceKind.DATABASE or self is SourceKind.REGISTER


class Stage(StrEnum):
    """The two rounds of screening."""

    TITLE_ABSTRACT = "title-abstract"
    FULL_TEXT = "full-text"


class Verdict(StrEnum):
    """What one reviewer says about one report at one stage; the last two belong to full text only (counting rule 15)."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    MAYBE = "maybe"
    ONGOING = "ongoing"
    AWAITING = "awaiting"


FULL_TEXT_ONLY = frozenset({Verdict.ONGOING, Verdict.AWAITING})


class OutcomeState(StrEnum):
    """What all votes on a report at a stage mean together."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
    MAYBE = "maybe"
    ONGOING = "ongoing"
    AWAITING = "awaiting"
    CONFLICT = "conflict"
    PENDING = "pending"


class RetrievalStatus(StrEnum):
    """Whether the full text of a report is at hand."""

    RETRIEVED = "retrieved"
    NOT_RETRIEVED = "not-retrieved"


class DuplicateVerdict(StrEnum):
    """Do two records describe the same report? `UNSURE` is the engine's question to a person and joins nothing."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"


class RunStatus(StrEnum):
    """How an execution of a search ended; `RUNNING` is also what a killed process leaves behind."""

    RUNNING = "running"
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    REFUSED = "refused"


class RecordState(StrEnum):
    """What a run meant for a record: first sight, same as before, or same key with other content."""

    NEW = "new"
    SEEN = "seen"
    CHANGED = "changed"


class CountedAs(StrEnum):
    """Which of a study's participants a number counts."""

    RANDOMISED = "randomised"
    ANALYSED = "analysed"
