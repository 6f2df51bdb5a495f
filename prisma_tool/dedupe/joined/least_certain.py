"""The joined pairs that a person may want to look at: those that changed rules would not join, and those that least speaks for.

Invariants: a pair stands in the list only while the engine alone holds it together, and while its two records are not brought together by
better backed pairs or by a person; what a person confirmed or separated has left it. Reading it compares no records.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from prisma_tool.dedupe.joined.certainty import Certainty, certainty
from prisma_tool.dedupe.joined.changed_rules import reasons_to_ask
from prisma_tool.dedupe.joined.joined_groups import JoinedGroups
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import clusters
from prisma_tool.store.records.clusters import JoinedPair


@dataclass(frozen=True, slots=True)
class LeastCertain:
    """A joined pair (`a < b`), the engine's reason for joining it, how well it is backed, and since when it is (`Event.order`).

    `would_ask` is why the present rules would not join what earlier ones did; empty where they would.
    """

    a: str
    b: str
    reason: str
    certainty: Certainty
    since: int
    would_ask: str = ""

    @property
    def rule(self) -> str:
        """The rule by which the pair was joined: the engine's reason without the findings in brackets behind it."""
        return self.reason.rpartition(" (")[0] or self.reason

    @property
    def explanation(self) -> str:
        """Why the pair is listed, in words."""
        if self.would_ask:
            return f"joined by earlier rules ({self.rule}); would not be joined now: {self.would_ask}"
        return f"{self.rule}; certainty {self.certainty.score} of 100: {self.certainty.words}"


def least_certain(transaction: Transaction) -> list[LeastCertain]:
    """The list: what the present rules would not join first, then the least certain first."""
    joined, asked = clusters.joined(transaction), reasons_to_ask(transaction)
    score = cache(_scored)
    scored = ((pair, score(tuple(pair.payload.get("findings", {}).items()))) for pair in joined if not pair.by_person)
    candidates = (_candidate(pair, backing, asked) for pair, backing in scored if backing.is_least or asked)
    doubtful = [pair for pair in candidates if pair.would_ask or pair.certainty.is_least]
    groups = JoinedGroups(_backed(joined, doubtful))
    listed = [pair for pair in doubtful if not groups.together(pair.a, pair.b)]
    return sorted(listed, key=lambda pair: (not pair.would_ask, pair.certainty.score, pair.a, pair.b))


def _scored(findings: tuple[tuple[str, str], ...]) -> Certainty:
    return certainty(dict(findings))


def _candidate(pair: JoinedPair, backing: Certainty, asked: dict[tuple[str, str], tuple[str, int]]) -> LeastCertain:
    reason, since = asked.get((pair.a, pair.b), ("", 0))
    # What was joined after the rules were judged by was joined by them.
    would_ask = reason if since > pair.clock else ""
    return LeastCertain(pair.a, pair.b, str(pair.payload.get("reason", "")), backing, max(pair.clock, since), would_ask)


def _backed(joined: Iterable[JoinedPair], doubtful: Iterable[LeastCertain]) -> list[tuple[str, str]]:
    in_doubt = {(pair.a, pair.b) for pair in doubtful}
    return [(pair.a, pair.b) for pair in joined if (pair.a, pair.b) not in in_doubt]


def listed_since(transaction: Transaction, clock: int) -> list[LeastCertain]:
    """The pairs that came to the list after a moment (`Event.order`); costs next to nothing where nothing was joined since."""
    if not clusters.joined_since(transaction, clock):
        return []
    return [pair for pair in least_certain(transaction) if pair.since > clock]
