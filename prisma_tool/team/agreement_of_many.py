"""How far three or more reviewers agree, in one figure: Krippendorff's alpha, Gwet's AC1 and Fleiss' kappa, for categories without an order.

Pure arithmetic on the ratings of each report, of which any number may have rated. Invariant: the order of reviewers and reports does not
matter; a statistic is None where the ratings cannot define it.

Sources of the formulas: alpha: Krippendorff 2011 (Computing Krippendorff's Alpha-Reliability, University of Pennsylvania, part C); AC1 for
several raters with missing ratings: Gwet 2008 (Br J Math Stat Psychol 61:29-48) and 2014 (Handbook of Inter-Rater Reliability, 4th ed.);
kappa, only where every report has as many ratings: Fleiss 1971 (Psychol Bull 76:378-382).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from prisma_tool.team.agreement_statistics import FEWEST_CATEGORIES

_FEWEST_RATINGS = 2
Tally = Counter[str]
"""How many reviewers put one report into each category."""


@dataclass(frozen=True, slots=True)
class ManyAgreement:
    """The agreement of several reviewers on the `n` reports that at least two of them rated; `fleiss` only with equal numbers of ratings."""

    n: int
    alpha: float | None = None
    ac1: float | None = None
    fleiss: float | None = None


def agreement_of_many(ratings: Sequence[Sequence[str]], categories: Collection[str] = ()) -> ManyAgreement:
    """The agreement in the ratings of each report; `categories` are those that could be chosen, beside any that were."""
    tallies = [Counter(given) for given in ratings]
    compared = [tally for tally in tallies if tally.total() >= _FEWEST_RATINGS]
    if not compared:
        return ManyAgreement(0)
    used = {category for tally in tallies for category in tally}
    category_count = max(len(used | set(categories)), FEWEST_CATEGORIES)
    return ManyAgreement(len(compared), _alpha(compared), _ac1(tallies, compared, category_count), _fleiss(compared))


def _alpha(compared: Sequence[Tally]) -> float | None:
    """One minus observed over expected disagreement, on the ratings that can be paired."""
    totals = sum(compared, Counter[str]())
    n = totals.total()
    expected = sum(count * (n - count) for count in totals.values()) / (n * (n - 1))
    if not expected:
        return None
    observed = sum(_disagreeing(tally) / (tally.total() - 1) for tally in compared) / n
    return 1 - observed / expected


def _disagreeing(tally: Tally) -> int:
    """Ordered pairs of ratings of one report that differ."""
    return sum(count * (tally.total() - count) for count in tally.values())


def _observed(compared: Sequence[Tally]) -> float:
    """The mean share of agreeing pairs of ratings, over the reports that two or more rated."""
    pairs = [tally.total() * (tally.total() - 1) for tally in compared]
    return sum(1 - _disagreeing(tally) / n for tally, n in zip(compared, pairs, strict=True)) / len(compared)


def _shares(tallies: Sequence[Tally]) -> list[float]:
    """The mean share of each category, over all reports that anybody rated."""
    rated = [tally for tally in tallies if tally]
    used = sorted({category for tally in rated for category in tally})
    return [sum(tally[category] / tally.total() for tally in rated) / len(rated) for category in used]


def _ac1(tallies: Sequence[Tally], compared: Sequence[Tally], category_count: int) -> float:
    expected = sum(share * (1 - share) for share in _shares(tallies)) / (category_count - 1)
    return (_observed(compared) - expected) / (1 - expected)


def _fleiss(compared: Sequence[Tally]) -> float | None:
    expected = sum(share**2 for share in _shares(compared))
    if len({tally.total() for tally in compared}) > 1 or expected >= 1:
        return None
    return (_observed(compared) - expected) / (1 - expected)
