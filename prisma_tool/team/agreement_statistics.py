"""How far two reviewers agree: percent, Cohen's kappa with its interval, PABAK and Gwet's AC1.

Pure arithmetic on pairs of ratings. Invariant: every statistic is symmetric in the two reviewers, 1 where they agree on everything (where
it is defined at all), and None where the ratings cannot define it, never a number out of nowhere.

Sources of the formulas: kappa: Cohen 1960 (Educ Psychol Meas 20:37-46); its standard error: Fleiss, Cohen & Everitt 1969 (Psychol Bull
72:323-327); PABAK, which is 2 Po - 1 on two categories: Byrt, Bishop & Carlin 1993 (J Clin Epidemiol 46:423-429); the same thought on more
categories: Brennan & Prediger 1981 (Educ Psychol Meas 41:687-699); AC1: Gwet 2008 (Br J Math Stat Psychol 61:29-48).

The interval of kappa is one for large samples, and none is given where it would mislead: for fewer than 30 reports, and where the ratings
are degenerate, so that the standard error is 0 or one of the two used one category throughout.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054
"""The 97.5th percentile of the standard normal distribution."""

FEWEST_FOR_INTERVAL = 30
"""Reports from which on the large-sample interval of kappa is given."""
_NO_ERROR = 1e-9
"""A standard error below this is 0 but for rounding."""

FEWEST_CATEGORIES = 2
"""Where both only ever used one category, there was still another to choose."""

Rating = tuple[str, str]
"""The categories into which the first and the second reviewer put one report."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of two reviewers on the reports that both rated.

    `n` counts these reports, `agree` those on which they agree. The rest are ratios: `kappa` from -1 to 1 with the 95% confidence interval
    `kappa_low` to `kappa_high`, `pabak` (on two categories), `brennan_prediger` (on more) and `ac1` likewise. None where it is undefined:
    all of them without a common report, kappa also where both used one and the same category throughout, for then chance alone explains
    everything. `categories` is how many could be chosen.
    """

    n: int
    agree: int
    kappa: float | None = None
    kappa_low: float | None = None
    kappa_high: float | None = None
    pabak: float | None = None
    brennan_prediger: float | None = None
    ac1: float | None = None
    categories: int = FEWEST_CATEGORIES


def agreement(ratings: Sequence[Rating], categories: Collection[str] = ()) -> Agreement:
    """The agreement in these ratings; `categories` are those that could be chosen, beside any that were."""
    n = len(ratings)
    all_categories = sorted({category for rating in ratings for category in rating} | set(categories))
    category_count = max(len(all_categories), FEWEST_CATEGORIES)
    if not n:
        return Agreement(0, 0, categories=category_count)
    table = Counter(ratings)
    shares = {rating: count / n for rating, count in table.items()}
    agree = sum(count for (a, b), count in table.items() if a == b)
    kappa, standard_error = _kappa(shares, all_categories, n)
    low, high = _interval(kappa, standard_error, table)
    by_uniform_chance = (category_count * agree / n - 1) / (category_count - 1)
    on_two = category_count == FEWEST_CATEGORIES
    return Agreement(
        n,
        agree,
        kappa,
        low,
        high,
        by_uniform_chance if on_two else None,
        None if on_two else by_uniform_chance,
        _ac1(shares, all_categories, category_count),
        category_count,
    )


def _interval(kappa: float | None, standard_error: float, table: Counter[Rating]) -> tuple[float | None, float | None]:
    """The 95% interval of kappa, or none where it would mislead."""
    one_sided = any(len({rating[side] for rating in table}) == 1 for side in (0, 1))
    if kappa is None or table.total() < FEWEST_FOR_INTERVAL or standard_error < _NO_ERROR or one_sided:
        return None, None
    return max(-1.0, kappa - Z95 * standard_error), min(1.0, kappa + Z95 * standard_error)


Shares = dict[Rating, float]


def _kappa(shares: Shares, categories: Sequence[str], n: int) -> tuple[float | None, float]:
    """Cohen's kappa, and its standard error for an interval (Fleiss, Cohen & Everitt 1969, formula 13)."""
    first, second = _margins(shares, categories)
    observed = sum(shares.get((category, category), 0.0) for category in categories)
    expected = sum(first[category] * second[category] for category in categories)
    if expected >= 1:
        return None, 0.0
    kappa = (observed - expected) / (1 - expected)
    disagreement = 1 - kappa
    on_diagonal = sum(
        shares.get((category, category), 0.0) * (1 - (first[category] + second[category]) * disagreement) ** 2
        for category in categories
    )
    off_diagonal = disagreement**2 * sum(share * (second[a] + first[b]) ** 2 for (a, b), share in shares.items() if a != b)
    variance = (on_diagonal + off_diagonal - (kappa - expected * disagreement) ** 2) / (n * (1 - expected) ** 2)
    return kappa, sqrt(max(variance, 0.0))


def _margins(shares: Shares, categories: Sequence[str]) -> tuple[dict[str, float], dict[str, float]]:
    first, second = dict.fromkeys(categories, 0.0), dict.fromkeys(categories, 0.0)
    for (a, b), share in shares.items():
        first[a] += share
        second[b] += share
    return first, second


def _ac1(shares: Shares, categories: Sequence[str], category_count: int) -> float:
    """Gwet's AC1: agreement by chance from the categories' mean share, so that rare categories do not drag it down."""
    first, second = _margins(shares, categories)
    mean = [(first[category] + second[category]) / 2 for category in categories]
    expected = sum(share * (1 - share) for share in mean) / (category_count - 1)
    observed = sum(shares.get((category, category), 0.0) for category in categories)
    return (observed - expected) / (1 - expected)
