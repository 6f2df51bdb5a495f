"""Whose vote an open report waits for: how the records of a stage are divided among the reviewers.

Pure. Invariants: the answer depends on the report's key, the team and who has voted, never on the order of the queue or of the votes, so
that copies of a review agree without asking each other; and no report waits for nobody unless `waits_for_assignment` or an empty team says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from prisma_tool.model.protocol.rules import Split, StageRules


@dataclass(frozen=True, slots=True)
class OpenReport:
    """What is known of one open report: its key, who has voted on it, and to whom it was assigned.

    `pilot` are the reviewers whose votes a pilot round wants on it; None where no round is under way at the stage.
    """

    key: str
    voters: AbstractSet[str] = frozenset()
    assigned: AbstractSet[str] = frozenset()
    pilot: AbstractSet[str] | None = None


def reviewers_owing(rules: StageRules, active: Sequence[str], report: OpenReport) -> frozenset[str]:
    """The reviewers who still owe a vote on an open report; `active` are those who screen now, in any order.

    During a pilot round only its records are open, and to everyone. Else a shared queue asks everybody who has not voted; halves ask as
    many as are missing, by the hash of key and name (rendezvous hashing, Thaler & Ravishankar 1998, IEEE/ACM Trans Netw 6:1-14: who joins
    takes an even part of each share, who leaves hands on only the own share); an assignment asks those whom it names, or anybody where one of them has left.
    """
    if report.pilot is not None:
        return frozenset(report.pilot & set(active)) - report.voters
    not_voted = [name for name in active if name not in report.voters]
    missing = rules.reviewers_per_record - len(report.voters)
    if missing <= 0:
        return frozenset()
    match rules.split:
        case Split.SHARED:
            return frozenset(not_voted)
        case Split.HALVES:
            return frozenset(sorted(not_voted, key=lambda name: _draw(report.key, name))[:missing])
        case Split.ASSIGNMENT:
            return _assigned(report, not_voted, missing, active)


def _assigned(report: OpenReport, not_voted: Collection[str], missing: int, active: Collection[str]) -> frozenset[str]:
    assigned = report.assigned & set(not_voted)
    departed = report.assigned - set(active) - report.voters
    return frozenset(not_voted) if departed and len(assigned) < missing else frozenset(assigned)


def waits_for_assignment(rules: StageRules, report: OpenReport) -> bool:
    """True for a report that nobody was given yet, though the protocol wants the work assigned."""
    missing = rules.reviewers_per_record - len(report.voters)
    assigned = len(report.assigned - report.voters)
    return rules.split is Split.ASSIGNMENT and report.pilot is None and assigned < missing


def _draw(key: str, name: str) -> bytes:
    return hashlib.sha256(f"{key}\x1f{name}".encode()).digest()


def sample(keys: Collection[str], n: int, seed: str) -> list[str]:
    """A random sample of `n` keys (fewer where there are fewer), the same on every machine for the same seed; in the order drawn."""
    return sorted(keys, key=lambda key: _draw(seed, key))[:n]
