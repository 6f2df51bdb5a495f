"""Reading from a review how far its reviewers agree (counting rule 26); the arithmetic is in `agreement_statistics` and `agreement_of_many`.

What counts on a report is what each of two had said when the second of them spoke, and only where the second could not have read the
first one's vote by then (`ratings`); the others are counted as left out. Votes from files count as they are recorded, and it is said so.
Invariant: a report that still waits for a vote says nothing, so that no number here tells how somebody voted (counting rule 25).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from itertools import combinations
from typing import Any

from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.store.engine.database import Transaction
from prisma_tool.team.agreement_of_many import ManyAgreement, agreement_of_many
from prisma_tool.team.agreement_statistics import FEWEST_FOR_INTERVAL, Agreement, Rating, agreement
from prisma_tool.team.blinding_log import Exposure
from prisma_tool.team.pilot import pilot_keys
from prisma_tool.team.ratings import PAIR, Pair, PairRatings, in_protocol_order, pair_ratings
from prisma_tool.team.shared_ratings import SharedRatings, shared_ratings
from prisma_tool.team.stage_reports import StageReports, StageVotes, standing_reports, votes_on

_SEVERAL = 3
"""Reviewers from which on there is one figure over all of them."""


class ReportSubset(StrEnum):
    """Which reports: all, those of pilot rounds, or the rest."""

    ALL = "all"
    PILOT = "pilot"
    MAIN = "main"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """On how many reports a pair's votes do not count, as the second could have read the first one's before voting."""

    not_blind: int = 0
    after_outcome: int = 0

    @property
    def n(self) -> int:
        """All of them."""
        return self.not_blind + self.after_outcome

    @property
    def words(self) -> str:
        """`3 reports left out, where ... (2 as the stage was not blind, 1 as the outcome was known)`; empty for none."""
        causes = ((self.not_blind, "as the stage was not blind"), (self.after_outcome, "as the outcome was known"))
        parts = [f"{n} {why}" for n, why in causes if n]
        reports = "1 report" if self.n == 1 else f"{self.n} reports"
        return (
            f"{reports} left out, where the second reviewer could have read the first vote ({', '.join(parts)})" if parts else ""
        )


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """The agreement of two reviewers at a stage, and what does not count; `a` stands before `b` in the protocol.

    `recorded` says on how many of the counted reports a vote was not given here by itself, so that nothing is known about access.
    `categories` says in words what the verdicts were sorted into.
    """

    stage: Stage
    a: str
    b: str
    agreement: Agreement
    left_out: LeftOut = field(default_factory=LeftOut)
    recorded: int = 0
    categories: str = ""

    @property
    def met(self) -> bool:
        """Whether both voted on some report, counted or not."""
        return bool(self.agreement.n or self.left_out.n)


@dataclass(frozen=True, slots=True)
class OverallAgreement:
    """One figure for the agreement of three or more reviewers at a stage, on the reports that at least two of them voted on."""

    stage: Stage
    reviewers: tuple[str, ...]
    agreement: ManyAgreement
    recorded: int = 0
    categories: str = ""


@dataclass(frozen=True, slots=True)
class StageAgreement:
    """How far everybody agrees at a stage: pair by pair, and `overall` where three or more voted."""

    pairs: tuple[PairAgreement, ...] = ()
    overall: OverallAgreement | None = None


def agreements(transaction: Transaction, part: ReportSubset = ReportSubset.ALL) -> list[PairAgreement]:
    """The agreement of every two who have voted at a stage, over all versions, also of those who never met on a report."""
    return [pair for stage in Stage for pair in _standing_agreement(transaction, stage, part)]


def _standing_agreement(transaction: Transaction, stage: Stage, part: ReportSubset) -> Iterable[PairAgreement]:
    shared = shared_ratings(transaction, stage) if part is ReportSubset.ALL else None
    if shared is not None:
        return _pair_agreements(transaction.protocol, stage, shared.voters, shared.rated)
    reports = standing_reports(transaction, stage)
    votes = votes_on(transaction, reports)
    return agreement_on(transaction, reports, votes, pair_ratings(transaction, reports, votes.cast), part).pairs


def stage_agreements(transaction: Transaction, reports: StageReports) -> dict[ReportSubset, StageAgreement]:
    """The agreement on these reports and on each part of them, whose votes are read once."""
    votes = votes_on(transaction, reports)
    ratings = pair_ratings(transaction, reports, votes.cast)
    return {part: agreement_on(transaction, reports, votes, ratings, part) for part in ReportSubset}


def agreement_on(
    transaction: Transaction,
    reports: StageReports,
    votes: StageVotes,
    ratings: Mapping[str, PairRatings],
    part: ReportSubset = ReportSubset.ALL,
) -> StageAgreement:
    """The same, where the votes were read already."""
    protocol, stage = transaction.protocol, reports.stage
    wanted = _of_part(transaction, reports, part)
    rated = [ratings[report] for report in sorted(ratings) if report in wanted]
    pairs = _pair_agreements(protocol, stage, votes.voters, _shared(rated))
    return StageAgreement(pairs, _overall(in_protocol_order(protocol, votes.voters), rated, stage, protocol))


def _pair_agreements(
    protocol: Protocol, stage: Stage, voters: Collection[str], shared: Sequence[SharedRatings]
) -> tuple[PairAgreement, ...]:
    pairs = combinations(in_protocol_order(protocol, voters), PAIR)
    return tuple(_pair_agreement(pair, shared, stage, protocol) for pair in pairs)


def _shared(rated: Sequence[PairRatings]) -> list[SharedRatings]:
    """The ratings that reports share (`Rater`), as most do with thousands of others, each with how many do, in the order of the reports."""
    by_identity = {id(report): report for report in rated}
    numbers = Counter(map(id, rated))
    return [(report, numbers[identity]) for identity, report in by_identity.items()]


def _pair_agreement(pair: Pair, shared: Iterable[SharedRatings], stage: Stage, protocol: Protocol) -> PairAgreement:
    """The agreement of two reviewers on these reports, each with how many are rated so."""
    counted: Counter[Rating] = Counter()
    exposed: Counter[Exposure] = Counter()
    recorded = 0
    for report, n in shared:
        if pair not in report.ratings:
            continue
        if pair in report.exposed:
            exposed[report.exposed[pair]] += n
        else:
            counted[_sorted(report.ratings[pair], stage, protocol)] += n
            recorded += n * (pair in report.recorded)
    return PairAgreement(
        stage,
        *pair,
        agreement(list(counted.elements()), categories(stage, protocol)),
        LeftOut(exposed[Exposure.NOT_BLIND], exposed[Exposure.AFTER_OUTCOME]),
        recorded,
        category_words(stage, protocol),
    )


def _overall(names: Sequence[str], rated: Iterable[PairRatings], stage: Stage, protocol: Protocol) -> OverallAgreement | None:
    if len(names) < _SEVERAL:
        return None
    counted = [(report, given) for report in rated if (given := report.counted())]
    tallied = [[category(verdict, stage, protocol) for verdict in given.values()] for _, given in counted]
    recorded = sum(any(set(pair) <= given.keys() for pair in report.recorded) for report, given in counted)
    many = agreement_of_many(tallied, categories(stage, protocol))
    return OverallAgreement(stage, tuple(names), many, recorded, category_words(stage, protocol))


def _of_part(transaction: Transaction, reports: StageReports, part: ReportSubset) -> Collection[str]:
    if part is ReportSubset.ALL:
        return reports.voted
    piloted = reports.names_of(pilot_keys(transaction, reports.stage, reports.at))
    return piloted if part is ReportSubset.PILOT else reports.voted - piloted


def _sorted(rating: Rating, stage: Stage, protocol: Protocol) -> Rating:
    a, b = (category(verdict, stage, protocol) for verdict in rating)
    return a, b


def category(verdict: str, stage: Stage, protocol: Protocol) -> str:
    """A verdict as a category: exclude against the rest; a maybe at title/abstract is one of its own where the protocol lets it conflict."""
    if verdict == Verdict.MAYBE and _maybe_stands_apart(stage, protocol):
        return verdict
    return verdict if verdict == Verdict.EXCLUDE else Verdict.INCLUDE


def categories(stage: Stage, protocol: Protocol) -> tuple[str, ...]:
    """The categories that could be chosen."""
    apart = (Verdict.MAYBE.value,) if _maybe_stands_apart(stage, protocol) else ()
    return (Verdict.INCLUDE.value, *apart, Verdict.EXCLUDE.value)


def category_words(stage: Stage, protocol: Protocol) -> str:
    """The categories for people."""
    if _maybe_stands_apart(stage, protocol):
        return "three categories (include, maybe and exclude)"
    rest = "include or maybe" if stage is Stage.TITLE_ABSTRACT else "all other verdicts"
    return f"two categories (exclude against {rest})"


def _maybe_stands_apart(stage: Stage, protocol: Protocol) -> bool:
    return stage is Stage.TITLE_ABSTRACT and protocol.screening.maybe != "include"


def as_json(pairs: Iterable[PairAgreement], overall: Iterable[OverallAgreement] = ()) -> dict[str, Any]:
    """The object of `report agreement --json`: `n` and `agree` are counts, the rest ratios, null where undefined."""
    listed = [{"stage": pair.stage.value, **pair_json(pair)} for pair in pairs]
    return {"pairs": listed, "overall": [{"stage": one.stage.value, **overall_json(one)} for one in overall]}


def pair_json(pair: PairAgreement) -> dict[str, Any]:
    """One pair without its stage."""
    return {"a": pair.a, "b": pair.b, **asdict(pair.agreement), "left_out": asdict(pair.left_out), "recorded": pair.recorded}


def overall_json(overall: OverallAgreement) -> dict[str, Any]:
    """The figure over all without its stage."""
    return {"reviewers": list(overall.reviewers), **asdict(overall.agreement), "recorded": overall.recorded}


def sentence(pair: PairAgreement) -> str:
    """The agreement in words: `110 of 120 (91.7%), kappa 0.78 (95% CI 0.67 to 0.89), PABAK 0.83, AC1 0.86`, and what was left out."""
    return "; ".join(filter(None, (_statistics(pair.agreement, counted_all=not pair.left_out.n), pair.left_out.words)))


def overall_sentence(overall: OverallAgreement) -> str:
    """The figure over all in words: `Krippendorff's alpha 0.74, Gwet's AC1 0.78, on 11 reports with at least two votes`."""
    agreed = overall.agreement
    names = (("Krippendorff's alpha", agreed.alpha), ("Gwet's AC1", agreed.ac1), ("Fleiss' kappa", agreed.fleiss))
    parts = [f"{name} {value:.2f}" for name, value in names if value is not None]
    if not parts:
        return "no report counts"
    undefined = [] if agreed.alpha is not None else ["Krippendorff's alpha undefined, as one category was used throughout"]
    return f"{', '.join([*undefined, *parts])}, on {agreed.n} {'report' if agreed.n == 1 else 'reports'} with at least two votes"


def _statistics(agreed: Agreement, *, counted_all: bool) -> str:
    if not agreed.n and not counted_all:
        return "no report counts"
    if not agreed.n:
        return "no report screened by both"
    values = (("PABAK", agreed.pabak), ("Brennan-Prediger", agreed.brennan_prediger), ("AC1", agreed.ac1))
    parts = [f"{agreed.agree} of {agreed.n} ({agreed.agree / agreed.n:.1%})", _kappa(agreed)]
    return ", ".join([*parts, *(f"{name} {value:.2f}" for name, value in values if value is not None)])


def _kappa(agreed: Agreement) -> str:
    if agreed.kappa is None:
        return "kappa undefined, as both used one category throughout"
    if agreed.kappa_low is None or agreed.kappa_high is None:
        return f"kappa {agreed.kappa:.2f} ({no_interval(agreed)})"
    return f"kappa {agreed.kappa:.2f} (95% CI {agreed.kappa_low:.2f} to {agreed.kappa_high:.2f})"


def no_interval(agreed: Agreement) -> str:
    """Why a kappa has no interval."""
    if agreed.n < FEWEST_FOR_INTERVAL:
        return f"no interval for fewer than {FEWEST_FOR_INTERVAL} reports"
    return "no interval, as the ratings vary too little to estimate one"
